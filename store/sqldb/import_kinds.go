package sqldb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/casework/sheet"
)

// number reads an amount that sheet has already checked; 0 for none.
func number(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// applicationImport takes cases, known by their codes.
type applicationImport struct{ db *DB }

func (applicationImport) table() sheet.Table { return sheet.Applications() }

func (applicationImport) key(v map[string]string) string { return text.CodeKey(v["code"]) }

// read is the case as the row describes it: what a column that the file has not would say, stays.
func (im applicationImport) read(ctx context.Context, a asker, imp *importing, v map[string]string) (old, app casework.Application, who subject, fault *sheet.Fault, err error) {
	if old, err = before(ctx, a, v["code"]); err != nil {
		return old, app, who, nil, err
	}
	unit, hamlet, unknown := im.db.placeOf(v, imp.unit)
	if unknown != "" {
		return old, app, who, faultAt(im.table(), unknown, "unknown_unit"), nil
	}
	who = subject{unit: unit, hamlet: hamlet, household: v["household"], name: v["name"], birth: v["birth"], citizen: v["citizen"], phone: v["phone"]}
	app = old
	app.Code, app.UnitID, app.Programme = v["code"], unit, im.db.programmeOf(v["programme"])
	app.Status = casework.Status(number(v["status"]))
	for key, field := range map[string]*string{"step": &app.Step, "outcome": &app.Outcome, "received": &app.Received, "appointed": &app.Appointed,
		"missing": &app.Missing, "reason": &app.Reason, "decision": &app.Decision, "form": &app.Form} {
		if value, there := v[key]; there {
			*field = value
		}
	}
	if value, there := v["amount"]; there {
		app.Amount = number(value)
	}
	if app.Form == "" { // nobody filed where there are steps and no day of filing
		app.Form = casework.FormDossier
		if app.Step != "" && app.Received == "" {
			app.Form = casework.FormList
		}
	}
	if app.PersonID, err = im.db.match(ctx, a, who, old.PersonID); errors.Is(err, errCitizenConflict) {
		return old, app, who, faultAt(im.table(), "citizen", "citizen_conflict"), nil
	}
	return old, app, who, nil, err
}

func (im applicationImport) check(ctx context.Context, a asker, imp *importing, _ int, v map[string]string) (verdict, error) {
	old, app, who, fault, err := im.read(ctx, a, imp, v)
	if err != nil || fault != nil {
		return verdict{fault: fault}, err
	}
	first, err := imp.firstImport(ctx, a, app.UnitID)
	if err != nil {
		return verdict{}, err
	}
	out := verdict{isNew: old.ID == 0, change: app != old}
	if first || !tells(old, app, im.db.now()) {
		return out, nil
	}
	phone := who.phone
	if phone == "" && app.PersonID != 0 {
		if phone, err = bestPhone(ctx, a, app.PersonID); err != nil {
			return out, err
		}
	}
	out.tells = phone != ""
	return out, nil
}

func (im applicationImport) take(ctx context.Context, tx *Tx, imp *importing, v map[string]string) (*sheet.Fault, error) {
	old, app, who, fault, err := im.read(ctx, tx, imp, v)
	if err != nil || fault != nil {
		return fault, err
	}
	if app.PersonID, err = im.db.keepPerson(ctx, tx, who, app.PersonID); err != nil {
		return nil, err
	}
	if app == old {
		return nil, nil
	}
	return nil, im.db.keepApplication(ctx, tx, old, app, imp.notify && !imp.quiet[app.UnitID])
}

// payoutImport takes a payout schedule into a draft.
type payoutImport struct{ db *DB }

func (payoutImport) table() sheet.Table { return sheet.Payouts() }

func (im payoutImport) key(v map[string]string) string {
	who := v["citizen"]
	if who == "" {
		who = text.CodeKey(v["code"])
	}
	return strings.Join([]string{who, im.db.programmeOf(v["programme"]), text.Fold(v["period"])}, "\n")
}

// readPayout is a row of a schedule with what the records know of it.
type readPayout struct {
	who     subject
	payout  casework.Payout
	old     casework.Payout // what the person has for this programme and period
	appCode string          // of an application that the records do not know yet
}

func (im payoutImport) read(ctx context.Context, a asker, imp *importing, v map[string]string) (r readPayout, fault *sheet.Fault, err error) {
	unit, hamlet, unknown := im.db.placeOf(v, imp.unit)
	if unknown != "" {
		return r, faultAt(im.table(), unknown, "unknown_unit"), nil
	}
	r.who = subject{unit: unit, hamlet: hamlet, household: v["household"], name: v["name"], birth: v["birth"], citizen: v["citizen"], phone: v["phone"]}
	app, err := before(ctx, a, v["code"])
	if err != nil {
		return r, nil, err
	}
	if app.ID == 0 {
		r.appCode = v["code"]
	}
	r.payout = casework.Payout{UnitID: unit, ApplicationID: app.ID, BroadcastID: imp.broadcast, Programme: im.db.programmeOf(v["programme"]), Period: v["period"],
		Amount: number(v["amount"]), Goods: v["goods"], PayDate: v["pay_date"], Hours: v["hours"], Place: v["place"], Method: v["method"], Papers: v["papers"],
		State: casework.PayoutDraft}
	if r.payout.Method == "" {
		r.payout.Method = casework.MethodCash
	}
	r.payout.PersonID, err = im.db.match(ctx, a, r.who, app.PersonID)
	if errors.Is(err, errCitizenConflict) {
		return r, faultAt(im.table(), "citizen", "citizen_conflict"), nil
	}
	if err != nil || r.payout.PersonID == 0 {
		return r, nil, err
	}
	if r.old, err = scheduled(ctx, a, r.payout.PersonID, r.payout.Programme, r.payout.Period); err != nil {
		return r, nil, err
	}
	if r.settled() && !samePlan(r.old, r.payout) {
		return r, faultAt(im.table(), "period", "already_scheduled"), nil
	}
	return r, nil, nil
}

// settled: people were told of it, or it was paid; another draft must not undo that.
func (r readPayout) settled() bool {
	return r.old.ID != 0 && r.old.State != casework.PayoutDraft && r.old.State != casework.PayoutCancelled
}

func samePlan(a, b casework.Payout) bool {
	return a.Amount == b.Amount && a.Goods == b.Goods && a.PayDate == b.PayDate && a.Hours == b.Hours && a.Method == b.Method && text.Fold(a.Place) == text.Fold(b.Place)
}

func (im payoutImport) check(ctx context.Context, a asker, imp *importing, _ int, v map[string]string) (verdict, error) {
	r, fault, err := im.read(ctx, a, imp, v)
	if err != nil || fault != nil {
		return verdict{fault: fault}, err
	}
	return verdict{isNew: r.old.ID == 0, change: !r.settled()}, nil // nobody is told until the draft is sent
}

func (im payoutImport) take(ctx context.Context, tx *Tx, imp *importing, v map[string]string) (*sheet.Fault, error) {
	r, fault, err := im.read(ctx, tx, imp, v)
	if err != nil || fault != nil {
		return fault, err
	}
	if r.payout.PersonID, err = im.db.keepPerson(ctx, tx, r.who, r.payout.PersonID); err != nil || r.settled() {
		return nil, err
	}
	if r.appCode != "" {
		if r.payout.ApplicationID, err = im.db.listed(ctx, tx, r); err != nil {
			return nil, err
		}
	}
	id, err := keepDraft(ctx, tx, r.payout)
	if err != nil {
		return nil, err
	}
	phone, err := tellable(ctx, tx, r.payout.PersonID, r.who.phone)
	if err != nil {
		return nil, err
	}
	return nil, im.db.recipient(ctx, tx, r.payout, id, phone)
}

// listed keeps the code by which a schedule knows somebody as a list entry at the step of paying, so that the next schedule
// finds the same person by it.
func (db *DB) listed(ctx context.Context, tx *Tx, r readPayout) (int64, error) {
	app := casework.Application{Code: r.appCode, Form: casework.FormList, PersonID: r.payout.PersonID, UnitID: r.payout.UnitID, Programme: r.payout.Programme,
		Status: casework.StatusProcessing, Step: casework.StepPayment}
	if err := db.keepApplication(ctx, tx, casework.Application{}, app, false); err != nil {
		return 0, err
	}
	kept, err := before(ctx, tx, r.appCode)
	return kept.ID, err
}

// tellable is the number by which a payout is announced: the schedule's own, unless its owner said that it is the
// wrong one, else the person's.
func tellable(ctx context.Context, tx *Tx, personID int64, phone string) (string, error) {
	if phone != "" {
		var wrong int
		err := tx.row(ctx, `SELECT COUNT(*) FROM person_phones WHERE person_id = $1 AND phone = $2 AND ended_why = 'wrong_number'`, personID, phone).Scan(&wrong)
		if err != nil {
			return "", fmt.Errorf("read phone: %w", err)
		}
		if wrong == 0 {
			return phone, nil
		}
	}
	return bestPhone(ctx, tx, personID)
}

// personImport takes people whom the office knows without a case.
type personImport struct{ db *DB }

func (personImport) table() sheet.Table { return sheet.People() }

func (personImport) key(v map[string]string) string {
	if v["citizen"] != "" {
		return v["citizen"]
	}
	return strings.Join([]string{text.Fold(v["name"]), v["birth"], v["phone"], v["household"]}, "\n")
}

func (im personImport) read(ctx context.Context, a asker, imp *importing, v map[string]string) (who subject, id int64, fault *sheet.Fault, err error) {
	unit, hamlet, unknown := im.db.placeOf(v, imp.unit)
	if unknown != "" {
		return who, 0, faultAt(im.table(), unknown, "unknown_unit"), nil
	}
	who = subject{unit: unit, hamlet: hamlet, household: v["household"], name: v["name"], birth: v["birth"], citizen: v["citizen"], phone: v["phone"], whose: v["whose"]}
	id, err = im.db.match(ctx, a, who, 0)
	return who, id, nil, err
}

func (im personImport) check(ctx context.Context, a asker, imp *importing, _ int, v map[string]string) (verdict, error) {
	_, id, fault, err := im.read(ctx, a, imp, v)
	return verdict{fault: fault, isNew: id == 0, change: true}, err
}

func (im personImport) take(ctx context.Context, tx *Tx, imp *importing, v map[string]string) (*sheet.Fault, error) {
	who, id, fault, err := im.read(ctx, tx, imp, v)
	if err != nil || fault != nil {
		return fault, err
	}
	_, err = im.db.keepPerson(ctx, tx, who, id)
	return nil, err
}

// unitImport takes places and offices, known by their codes.
type unitImport struct{ db *DB }

func (unitImport) table() sheet.Table { return sheet.Units() }

func (unitImport) key(v map[string]string) string { return v["code"] }

// check wants the unit above in the records or earlier in the file.
func (im unitImport) check(ctx context.Context, a asker, imp *importing, row int, v map[string]string) (verdict, error) {
	var known int
	if err := a.row(ctx, `SELECT COUNT(*) FROM units WHERE code = $1`, v["code"]).Scan(&known); err != nil {
		return verdict{}, fmt.Errorf("read unit: %w", err)
	}
	if parent := v["parent"]; parent != "" {
		var above int
		err := a.row(ctx, `SELECT (SELECT COUNT(*) FROM units WHERE code = $1) + (SELECT COUNT(*) FROM import_rows WHERE import_id = $2 AND row_key = $3 AND row_key <> '' AND row < $4)`,
			parent, imp.id, im.db.vault.Hash("row", parent), row).Scan(&above)
		if err != nil {
			return verdict{}, fmt.Errorf("read unit above: %w", err)
		}
		if above == 0 || parent == v["code"] {
			return verdict{fault: faultAt(im.table(), "parent", "unknown_parent")}, nil
		}
	}
	return verdict{isNew: known == 0, change: true}, nil
}

func (im unitImport) take(ctx context.Context, tx *Tx, _ *importing, v map[string]string) (*sheet.Fault, error) {
	aliases, err := json.Marshal(splitAliases(v["aliases"]))
	if err != nil {
		return nil, err
	}
	_, err = tx.exec(ctx, `INSERT INTO units (code, name, kind, parent_id, region, phone, counter, hours, aliases)
		VALUES ($1, $2, $3, (SELECT id FROM units WHERE code = $4 AND code <> ''),
			COALESCE(NULLIF($5, ''), (SELECT region FROM units WHERE code = $4), $6), $7, $8, $9, $10)
		ON CONFLICT (code) DO UPDATE SET name = excluded.name, kind = excluded.kind, parent_id = COALESCE(excluded.parent_id, units.parent_id),
			region = CASE WHEN $5 <> '' THEN $5 ELSE units.region END,
			phone = CASE WHEN excluded.phone <> '' THEN excluded.phone ELSE units.phone END,
			counter = CASE WHEN excluded.counter <> '' THEN excluded.counter ELSE units.counter END,
			hours = CASE WHEN excluded.hours <> '' THEN excluded.hours ELSE units.hours END,
			aliases = CASE WHEN excluded.aliases <> '[]' THEN excluded.aliases ELSE units.aliases END`,
		v["code"], v["name"], v["level"], v["parent"], v["region"], usualRegion(v["code"]), v["phone"], v["counter"], v["hours"], string(aliases))
	if err != nil {
		return nil, fmt.Errorf("keep unit: %w", err)
	}
	return nil, nil
}

// usualRegion guesses whose words a province uses by its code (Decision 19/2025/QĐ-TTg numbers them from north to south). A file's
// own column decides otherwise.
func usualRegion(code string) string {
	if len(code) == 2 && code >= "01" && code < "75" {
		return "north"
	}
	return "south"
}

func splitAliases(s string) []string {
	all := []string{}
	for _, one := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";|,", r) }) {
		if one = strings.TrimSpace(one); one != "" {
			all = append(all, one)
		}
	}
	return all
}
