package sqldb

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tiepdan/casework/sheet"
)

// Kinds of files.
const (
	ImportApplications = "applications"
	ImportPayouts      = "payouts"
	ImportUnits        = "units"
	ImportPeople       = "people"
)

const (
	importRows  = 500                   // rows in one change
	importPause = 20 * time.Millisecond // other programs' changes go between two of them: SQLite's lock is not fair
	askAbove    = 50                    // people told without being asked whether
)

var (
	// ErrRejected: rows are bad, and nothing was taken.
	ErrRejected = errors.New("rows are rejected")
	// ErrAskNotify: more people would be told than may be without asking. Nothing was taken yet;
	// importing the same file again with Notify goes on.
	ErrAskNotify = errors.New("many people would be told")
	// ErrNoUnit: there is no unit to file the rows under.
	ErrNoUnit = errors.New("no unit is known")
)

// ImportOptions are what the one who imports decides.
type ImportOptions struct {
	FileName string
	By       string // the user, for the audit trail
	SkipBad  bool   // take the good rows although others are bad
	Notify   bool   // tell people however many they are
	// Progress is told how many rows a phase ("read", "check", "apply") has done. May be nil.
	Progress func(phase string, rows int)

	chunk int // rows in one change; 0: importRows
}

// Rejected is one thing that is wrong with one row.
type Rejected struct {
	Row int `json:"row"` // as a spreadsheet shows it: the header is 1
	sheet.Fault
}

// Report says what an import found and did.
type Report struct {
	ID          int64      `json:"id"`
	Rows        int        `json:"rows"`
	Rejected    []Rejected `json:"rejected"`
	New         int        `json:"new"`
	Changed     int        `json:"changed"`
	Unchanged   int        `json:"unchanged"`
	WouldNotify int        `json:"would_notify"` // people who are told, or would be
	Repaired    int        `json:"repaired"`     // numbers that were mended
	Broadcast   int64      `json:"broadcast,omitempty"`
	Ignored     []string   `json:"ignored,omitempty"` // headers that no column goes by
}

// importing is one import under way, as its row says.
type importing struct {
	id        int64
	kind      string
	unit      int64
	state     string
	appliedTo int
	notify    bool
	broadcast int64
	quiet     map[int64]bool // units whose first import this is
	chunk     int
	counts    Report
}

// verdict is what a row would do.
type verdict struct {
	fault  *sheet.Fault // it cannot be taken after all
	isNew  bool
	change bool
	tells  bool // somebody would be told
}

// importer is what differs between kinds of files. check only reads; take changes, and may still find a fault.
type importer interface {
	table() sheet.Table
	key(values map[string]string) string // what must not be there twice
	check(ctx context.Context, a asker, imp *importing, row int, values map[string]string) (verdict, error)
	take(ctx context.Context, tx *Tx, imp *importing, values map[string]string) (*sheet.Fault, error)
}

func (db *DB) importer(kind string) (importer, error) {
	switch kind {
	case ImportApplications:
		return applicationImport{db}, nil
	case ImportPayouts:
		return payoutImport{db}, nil
	case ImportUnits:
		return unitImport{db}, nil
	case ImportPeople:
		return personImport{db}, nil
	}
	return nil, fmt.Errorf("no kind of import is called %q", kind)
}

// Import reads a file for a unit and takes it (0: rows may be of any unit, and those that name none are home's): into staging, checked there, then applied in
// chunks that a crash may fall between. A file of which an import was broken off goes on where it stood. It returns
// ErrRejected or ErrAskNotify with a report when nothing was taken, and *sheet.FileError when the file cannot be read.
func (db *DB) Import(ctx context.Context, kind string, unit int64, file io.ReadSeeker, o ImportOptions) (Report, error) {
	im, err := db.importer(kind)
	if err != nil {
		return Report{}, err
	}
	if db.homeOf(unit) == 0 && kind != ImportUnits {
		return Report{}, fmt.Errorf("import %s: %w", kind, ErrNoUnit)
	}
	if o.Progress == nil {
		o.Progress = func(string, int) {}
	}
	if o.chunk == 0 {
		o.chunk = importRows
	}
	if err := db.dropStale(ctx); err != nil {
		return Report{}, fmt.Errorf("import %s: %w", kind, err)
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, io.LimitReader(file, sheet.MaxFile+1)); err != nil {
		return Report{}, fmt.Errorf("import %s: %w", kind, err)
	}
	sum := hex.EncodeToString(hash.Sum(nil))
	imp, err := db.pendingImport(ctx, `kind = $1 AND unit_id = $2 AND sha256 = $3`, kind, unit, sum)
	if errors.Is(err, sql.ErrNoRows) {
		if _, err := file.Seek(0, io.SeekStart); err != nil {
			return Report{}, fmt.Errorf("import %s: %w", kind, err)
		}
		imp = &importing{kind: kind, unit: unit}
		err = db.stage(ctx, im, imp, file, sum, o)
	}
	if err != nil {
		return Report{ID: imp.idOf()}, fmt.Errorf("import %s: %w", kind, err)
	}
	imp.chunk = o.chunk
	report, err := db.checkAndTake(ctx, im, imp, o)
	if err != nil {
		err = fmt.Errorf("import %s: %w", kind, err)
	}
	return report, err
}

func (imp *importing) idOf() int64 {
	if imp == nil {
		return 0
	}
	return imp.id
}

// ResumeImports goes on with the imports that were broken off while they were being applied. The server calls it at its start.
func (db *DB) ResumeImports(ctx context.Context) error {
	if err := db.dropStale(ctx); err != nil {
		return err
	}
	for {
		imp, err := db.pendingImport(ctx, `state = 'applying'`)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("resume import: %w", err)
		}
		im, err := db.importer(imp.kind)
		if err != nil {
			return fmt.Errorf("resume import: %w", err)
		}
		imp.chunk = importRows
		if _, err := db.checkAndTake(ctx, im, imp, ImportOptions{By: bySystem, Progress: func(string, int) {}}); err != nil {
			return fmt.Errorf("resume import %d: %w", imp.id, err)
		}
	}
}

// pendingImport finds an import that was checked or is being applied; sql.ErrNoRows if there is none.
func (db *DB) pendingImport(ctx context.Context, where string, args ...any) (*importing, error) {
	imp := &importing{}
	var notify int
	var quiet, counts string
	err := db.read.QueryRowContext(ctx, `SELECT id, kind, unit_id, state, applied_to, notify, broadcast_id, quiet_units, counts FROM imports
		WHERE `+where+` AND state IN ('checked', 'applying') ORDER BY id DESC LIMIT 1`, args...).
		Scan(&imp.id, &imp.kind, &imp.unit, &imp.state, &imp.appliedTo, &notify, &imp.broadcast, &quiet, &counts)
	if err != nil {
		return nil, err
	}
	imp.notify = notify != 0
	if err := json.Unmarshal([]byte(counts), &imp.counts); err != nil {
		return nil, fmt.Errorf("read counts: %w", err)
	}
	return imp, imp.setQuiet(quiet)
}

func (imp *importing) setQuiet(list string) error {
	var units []int64
	if err := json.Unmarshal([]byte(list), &units); err != nil {
		return fmt.Errorf("read quiet units: %w", err)
	}
	imp.quiet = map[int64]bool{}
	for _, u := range units {
		imp.quiet[u] = true
	}
	return nil
}

func (db *DB) checkAndTake(ctx context.Context, im importer, imp *importing, o ImportOptions) (Report, error) {
	if imp.state != "applying" {
		if err := db.check(ctx, im, imp, o); err != nil {
			return Report{ID: imp.id}, err
		}
		report, err := db.report(ctx, imp)
		switch {
		case err != nil:
			return report, err
		case len(report.Rejected) > 0 && !o.SkipBad:
			return report, errors.Join(ErrRejected, db.dropImport(ctx, imp, "refused", o.By))
		case report.WouldNotify > askAbove && !o.Notify:
			return report, errors.Join(ErrAskNotify, db.saveImport(ctx, imp, "checked"))
		}
		imp.notify = true
		if err := db.begin(ctx, imp); err != nil {
			return report, err
		}
	}
	if err := db.takeAll(ctx, im, imp, o); err != nil {
		return Report{ID: imp.id}, err
	}
	report, err := db.report(ctx, imp)
	if err != nil {
		return report, err
	}
	if imp.kind == ImportUnits {
		err = db.RefreshUnits(ctx)
	}
	return report, errors.Join(err, db.dropImport(ctx, imp, "applied", o.By))
}

// check goes through the staged rows against the records as they are, and counts.
func (db *DB) check(ctx context.Context, im importer, imp *importing, o ImportOptions) error {
	c := &imp.counts
	c.New, c.Changed, c.Unchanged, c.WouldNotify = 0, 0, 0, 0
	imp.quiet = map[int64]bool{}
	for after, done := 0, 0; ; {
		rows, err := db.staged(ctx, committed{db}, imp, after)
		if err != nil || len(rows) == 0 {
			return err
		}
		refused := map[int]sheet.Fault{}
		for _, r := range rows {
			v, err := im.check(ctx, committed{db}, imp, r.number, r.values)
			switch {
			case err != nil:
				return fmt.Errorf("check row %d: %w", r.number, err)
			case v.fault != nil:
				refused[r.number] = *v.fault
			case v.isNew:
				c.New++
			case v.change:
				c.Changed++
			default:
				c.Unchanged++
			}
			if v.fault == nil && v.tells {
				c.WouldNotify++
			}
		}
		if err := db.refuseRows(ctx, imp.id, refused); err != nil {
			return err
		}
		after = rows[len(rows)-1].number
		done += len(rows)
		o.Progress("check", done)
	}
}

// begin marks the import as being applied; from here on it is finished, whatever happens.
func (db *DB) begin(ctx context.Context, imp *importing) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		imp.broadcast = 0
		if imp.kind == ImportPayouts {
			var err error
			if imp.broadcast, err = newBroadcast(ctx, tx, db.homeOf(imp.unit), imp.id); err != nil {
				return err
			}
		}
		imp.counts.Broadcast = imp.broadcast
		return imp.save(ctx, tx, "applying")
	})
}

func (db *DB) saveImport(ctx context.Context, imp *importing, state string) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error { return imp.save(ctx, tx, state) })
}

func (imp *importing) save(ctx context.Context, tx *Tx, state string) error {
	quiet := make([]int64, 0, len(imp.quiet))
	for u, first := range imp.quiet {
		if first {
			quiet = append(quiet, u)
		}
	}
	units, err := json.Marshal(quiet)
	if err != nil {
		return err
	}
	counts, err := json.Marshal(imp.counts)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE imports SET state = $1, rows_total = $2, notify = $3, broadcast_id = $4, quiet_units = $5, counts = $6, updated_at = $7 WHERE id = $8`,
		state, imp.counts.Rows, flag(imp.notify), imp.broadcast, string(units), string(counts), ms(tx.now), imp.id)
	if err != nil {
		return fmt.Errorf("save import: %w", err)
	}
	return nil
}

// takeAll applies the staged rows. Each change notes how far it came, so that the next one goes on there.
func (db *DB) takeAll(ctx context.Context, im importer, imp *importing, o ImportOptions) error {
	for done := 0; ; {
		n := 0
		err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
			var err error
			n, err = db.takeChunk(ctx, tx, im, imp)
			return err
		})
		if err != nil || n == 0 {
			return err
		}
		done += n
		o.Progress("apply", done)
		if err := rest(ctx); err != nil {
			return err
		}
	}
}

func (db *DB) takeChunk(ctx context.Context, tx *Tx, im importer, imp *importing) (int, error) {
	var to int // read here: another process may have gone on with the same import
	err := tx.row(ctx, `SELECT applied_to FROM imports WHERE id = $1 AND state = 'applying'`, imp.id).Scan(&to)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil // and through
	}
	if err != nil {
		return 0, fmt.Errorf("read import: %w", err)
	}
	rows, err := db.staged(ctx, tx, imp, to)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	for _, r := range rows {
		fault, err := im.take(ctx, tx, imp, r.values)
		if err == nil && fault != nil { // the records have changed since the check
			err = refuseRow(ctx, tx, imp.id, r.number, *fault)
		}
		if err != nil {
			return 0, fmt.Errorf("apply row %d: %w", r.number, err)
		}
	}
	_, err = tx.exec(ctx, `UPDATE imports SET applied_to = $1, updated_at = $2 WHERE id = $3`, rows[len(rows)-1].number, ms(tx.now), imp.id)
	return len(rows), err
}

func (db *DB) report(ctx context.Context, imp *importing) (Report, error) {
	r := imp.counts
	r.ID, r.Broadcast = imp.id, imp.broadcast
	var err error
	r.Rejected, err = db.rejected(ctx, imp.id)
	return r, err
}

// rejected lists what is wrong with an import's rows, in the file's order; never nil.
func (db *DB) rejected(ctx context.Context, id int64) ([]Rejected, error) {
	type row struct {
		number int
		faults string
	}
	rows, err := list(ctx, committed{db}, `SELECT row, rejected FROM import_rows WHERE import_id = $1 AND rejected <> '' ORDER BY row`, []any{id},
		func(rows *sql.Rows, r *row) error { return rows.Scan(&r.number, &r.faults) })
	if err != nil {
		return nil, fmt.Errorf("read rejected rows: %w", err)
	}
	all := []Rejected{}
	for _, r := range rows {
		var faults []sheet.Fault
		if err := json.Unmarshal([]byte(r.faults), &faults); err != nil {
			return nil, fmt.Errorf("read rejected rows: %w", err)
		}
		for _, f := range faults {
			all = append(all, Rejected{Row: r.number, Fault: f})
		}
	}
	return all, nil
}

// firstImport says whether a unit has no applications yet, and remembers it for this import: its first chunk must not make the second tell.
func (imp *importing) firstImport(ctx context.Context, a asker, unit int64) (bool, error) {
	if first, known := imp.quiet[unit]; known {
		return first, nil
	}
	var n int
	if err := a.row(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM applications WHERE unit_id = $1 LIMIT 1) one`, unit).Scan(&n); err != nil {
		return false, fmt.Errorf("read applications of a unit: %w", err)
	}
	imp.quiet[unit] = n == 0
	return n == 0, nil
}

func faultAt(t sheet.Table, key, reason string) *sheet.Fault {
	for _, c := range t.Columns {
		if c.Key == key {
			return &sheet.Fault{Column: c.Name, Reason: "import.reason." + reason}
		}
	}
	return &sheet.Fault{Column: key, Reason: "import.reason." + reason}
}

// programmeOf keeps a known programme by its code and another one in the office's own words.
func (db *DB) programmeOf(words string) string {
	if p, ok := db.rules().Programmes.Find(words); ok {
		return p.Code
	}
	return words
}
