package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"sync"

	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// office is what records keep in memory: the rules, the places, and who plans notices.
type office struct {
	mu       sync.RWMutex
	rules    casework.Rules
	planner  *notify.Planner
	homeCode string
	units    unitSet
}

// unitSet never changes once it is made.
type unitSet struct {
	byID   map[int64]casework.Unit
	byCode map[string]int64
	byName map[string][]int64
	home   int64
	places *text.Places
}

func (db *DB) openOffice(ctx context.Context) error {
	rules, err := casework.LoadRules(nil)
	if err != nil {
		return fmt.Errorf("open records: %w", err)
	}
	db.office.rules = rules
	return db.RefreshUnits(ctx)
}

// UseRules replaces the rules that ship with the program.
func (db *DB) UseRules(r casework.Rules) {
	db.office.mu.Lock()
	defer db.office.mu.Unlock()
	db.office.rules = r
}

// UseNotifier sets who plans notices. Until then they wait.
func (db *DB) UseNotifier(p *notify.Planner) {
	db.office.mu.Lock()
	defer db.office.mu.Unlock()
	db.office.planner = p
}

// UseHome says by its code which unit serves people of whom nothing is known. Without it that is the
// first commune with a telephone number, else the first commune.
func (db *DB) UseHome(ctx context.Context, code string) error {
	db.office.mu.Lock()
	db.office.homeCode = code
	db.office.mu.Unlock()
	return db.RefreshUnits(ctx)
}

func (db *DB) rules() casework.Rules {
	db.office.mu.RLock()
	defer db.office.mu.RUnlock()
	return db.office.rules
}

func (db *DB) notifier() *notify.Planner {
	db.office.mu.RLock()
	defer db.office.mu.RUnlock()
	return db.office.planner
}

func (db *DB) unitSet() unitSet {
	db.office.mu.RLock()
	defer db.office.mu.RUnlock()
	return db.office.units
}

// RefreshUnits reads the units anew. The server calls it when another program has written.
func (db *DB) RefreshUnits(ctx context.Context) error {
	all, err := list(ctx, committed{db}, `SELECT id, code, name, kind, COALESCE(parent_id, 0), region, phone, counter, hours, aliases
		FROM units ORDER BY id`, nil, func(rows *sql.Rows, u *casework.Unit) error {
		var aliases string
		if err := rows.Scan(&u.ID, &u.Code, &u.Name, &u.Kind, &u.ParentID, &u.Region, &u.Phone, &u.Counter, &u.Hours, &aliases); err != nil {
			return err
		}
		return json.Unmarshal([]byte(aliases), &u.Aliases)
	})
	if err != nil {
		return fmt.Errorf("read units: %w", err)
	}
	db.office.mu.Lock()
	defer db.office.mu.Unlock()
	db.office.units = newUnitSet(all, db.office.homeCode)
	return nil
}

func newUnitSet(all []casework.Unit, homeCode string) unitSet {
	s := unitSet{byID: make(map[int64]casework.Unit, len(all)), byCode: make(map[string]int64, len(all)), byName: make(map[string][]int64, len(all))}
	places := make([]text.Place, 0, len(all))
	commune, reachable := int64(0), int64(0)
	for _, u := range all {
		s.byID[u.ID] = u
		s.byCode[u.Code] = u.ID
		for _, name := range append([]string{u.Name}, u.Aliases...) {
			key := text.Fold(name)
			s.byName[key] = append(s.byName[key], u.ID)
		}
		places = append(places, text.Place{ID: u.ID, Name: u.Name, Kind: u.Kind, Parent: u.ParentID, Aliases: u.Aliases})
		if u.Code == homeCode && homeCode != "" {
			s.home = u.ID
		}
		if u.Kind == "commune" && commune == 0 {
			commune = u.ID
		}
		if u.Kind == "commune" && reachable == 0 && u.Phone != "" {
			reachable = u.ID
		}
	}
	switch {
	case s.home != 0:
	case reachable != 0:
		s.home = reachable
	default:
		s.home = commune
	}
	s.places = text.NewPlaces(places)
	return s
}

// Unit reads one; casework.ErrNotFound if there is none.
func (db *DB) Unit(id int64) (casework.Unit, error) {
	u, ok := db.unitSet().byID[id]
	if !ok {
		return casework.Unit{}, fmt.Errorf("unit: %w", casework.ErrNotFound)
	}
	return u, nil
}

// Home is the unit that serves people of whom nothing is known; zero when there are no units.
func (db *DB) Home() casework.Unit {
	s := db.unitSet()
	return s.byID[s.home]
}

// Places finds units named in a text.
func (db *DB) Places() *text.Places { return db.unitSet().places }

// UnitCoded reads one by its code; casework.ErrNotFound if there is none.
func (db *DB) UnitCoded(code string) (casework.Unit, error) {
	s := db.unitSet()
	u, ok := s.byID[s.byCode[strings.TrimSpace(code)]]
	if !ok {
		return casework.Unit{}, fmt.Errorf("unit: %w", casework.ErrNotFound)
	}
	return u, nil
}

// speaker is the unit in whose name people of a unit are told something: the nearest one
// above with a telephone number or a counter, else home.
func (s unitSet) speaker(id int64) casework.Unit {
	for range 8 { // deeper than any administration, shallow enough for a loop in the data
		u, ok := s.byID[id]
		if !ok {
			break
		}
		if u.Phone != "" || u.Counter != "" {
			return u
		}
		id = u.ParentID
	}
	return s.byID[s.home]
}

// within says whether a unit is another one or lies below it. Everything lies below 0.
func (s unitSet) within(id, above int64) bool {
	if above == 0 {
		return true
	}
	for range 8 {
		if id == above {
			return true
		}
		if id = s.byID[id].ParentID; id == 0 {
			return false
		}
	}
	return false
}

// named finds the unit that an office's file means, by code or by name, at or below the importing one. Of several
// with that name the one at or below home is meant.
func (s unitSet) named(words string, below int64) (casework.Unit, bool) {
	if below == 0 && s.home != 0 {
		if u, ok := s.named(words, s.home); ok {
			return u, true
		}
	}
	if id, ok := s.byCode[words]; ok && s.within(id, below) {
		return s.byID[id], true
	}
	for _, id := range s.byName[text.Fold(words)] {
		if s.within(id, below) {
			return s.byID[id], true
		}
	}
	for _, m := range s.places.Find(words) {
		if s.within(m.Place.ID, below) {
			return s.byID[m.Place.ID], true
		}
	}
	return casework.Unit{}, false
}

// placeOf resolves the unit and the hamlet that a row names, at or below the importing one; the row of one that names
// neither is the importing unit's. A hamlet counts for its commune. bad is the key of the column that names nothing known.
func (db *DB) placeOf(v map[string]string, below int64) (unit, hamlet int64, bad string) {
	s := db.unitSet()
	if words := v["unit"]; words != "" {
		u, ok := s.named(words, below)
		if !ok {
			return 0, 0, "unit"
		}
		unit, hamlet = s.commune(u)
		below = u.ID
	}
	if words := v["hamlet"]; words != "" {
		u, ok := s.numbered(words, below)
		if !ok {
			return 0, 0, "hamlet"
		}
		unit, hamlet = s.commune(u)
	}
	if unit == 0 {
		unit = db.homeOf(below)
	}
	return unit, hamlet, ""
}

// commune is the unit that people of a place are filed under, and the hamlet if the place is one.
func (s unitSet) commune(u casework.Unit) (unit, hamlet int64) {
	if u.Kind == "hamlet" && u.ParentID != 0 {
		return u.ParentID, u.ID
	}
	return u.ID, 0
}

// numbered is named for a hamlet's column, where many offices write the bare number.
func (s unitSet) numbered(words string, below int64) (casework.Unit, bool) {
	u, ok := s.named(words, below)
	if ok || strings.Trim(words, "0123456789") != "" {
		return u, ok
	}
	for _, kind := range []string{"ấp", "thôn", "khóm", "tổ dân phố", "khu phố", "tổ", "xóm"} {
		if u, ok := s.named(kind+" "+words, below); ok && u.Kind == "hamlet" {
			return u, true
		}
	}
	return casework.Unit{}, false
}

// homeOf gives the unit that a record is filed under: the one named, or home.
func (db *DB) homeOf(id int64) int64 {
	s := db.unitSet()
	if _, ok := s.byID[id]; ok {
		return id
	}
	return s.home
}
