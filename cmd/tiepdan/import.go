package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tiepdan/casework/sheet"
	"tiepdan/store/sqldb"
)

type importCmd struct {
	Settings
	Table   string `arg:"" enum:"units,applications,people,payouts" help:"units, applications, people or payouts."`
	File    string `arg:"" type:"existingfile" help:"CSV or XLSX."`
	SkipBad bool   `env:"TIEPDAN_SKIP_BAD" help:"Take the good rows although others are bad."`
	Notify  bool   `env:"TIEPDAN_NOTIFY" help:"Tell people of changed statuses, however many they are."`
	JSON    bool   `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

// Run takes a file into records, beside the server that may be running.
func (c *importCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	var unit int64
	if c.Table != sqldb.ImportUnits { // TIEPDAN_UNIT may name one that only this file brings
		if unit, err = d.unit(c.Unit); err != nil {
			return err
		}
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("import: %w", err)
	}
	defer f.Close()
	o := sqldb.ImportOptions{FileName: filepath.Base(c.File), By: d.by, SkipBad: c.SkipBad, Notify: c.Notify}
	if !c.JSON {
		o.Progress = func(phase string, rows int) {
			fmt.Fprintf(e.stderr, "\r%s", d.lang.Text("cmd.import.progress", "phase", d.lang.Text("cmd.import.phase."+phase), "rows", rows))
		}
	}
	report, err := d.records.Import(e.ctx, c.Table, unit, f, o)
	if !c.JSON {
		fmt.Fprintln(e.stderr)
	}
	return d.reportImport(e, c, report, err)
}

// unit is the unit that the rows are filed under unless they say otherwise; 0: home.
func (d *desk) unit(code string) (int64, error) {
	if code == "" {
		return 0, nil
	}
	u, err := d.records.UnitCoded(code)
	if err != nil {
		return 0, &settingError{fmt.Errorf("TIEPDAN_UNIT: there is no unit %q", code)}
	}
	return u.ID, nil
}

// reportImport says what became of a file. Its exit status is 0 only when every
// row that was to be taken was taken.
func (d *desk) reportImport(e *env, c *importCmd, r sqldb.Report, err error) error {
	var unreadable *sheet.FileError
	switch {
	case errors.As(err, &unreadable):
		return errors.New(d.lang.Text(unreadable.Reason, pairArgs(unreadable.Args)...))
	case errors.Is(err, sqldb.ErrNoUnit):
		return errors.New(d.lang.Text("cmd.import.no_unit"))
	case err != nil && !errors.Is(err, sqldb.ErrRejected) && !errors.Is(err, sqldb.ErrAskNotify):
		return err
	}
	if c.JSON {
		v := struct {
			sqldb.Report
			Rejected []rejectedRow `json:"rejected"`
		}{r, d.rejectedRows(r.Rejected)}
		if werr := writeJSON(e.stdout, v); werr != nil {
			return werr
		}
	} else {
		d.printReport(e.stdout, c, r, err)
	}
	if err != nil {
		return errReported
	}
	return nil
}

// shownRejected bounds how many bad rows a terminal is filled with; --json gives all.
const shownRejected = 50

func (d *desk) printReport(w io.Writer, c *importCmd, r sqldb.Report, err error) {
	say := func(key string, args ...any) { fmt.Fprintln(w, d.lang.Text(key, args...)) }
	say("cmd.import.counts", "rows", r.Rows, "new", r.New, "changed", r.Changed, "unchanged", r.Unchanged, "rejected", len(r.Rejected))
	d.printRejected(w, r.Rejected)
	if r.Repaired > 0 {
		say("cmd.import.repaired", "n", r.Repaired)
	}
	for _, name := range r.Ignored {
		say("cmd.import.ignored", "column", name)
	}
	switch {
	case errors.Is(err, sqldb.ErrRejected):
		say("cmd.import.nothing_taken")
	case errors.Is(err, sqldb.ErrAskNotify):
		say("cmd.import.ask", "n", r.WouldNotify, "table", c.Table, "file", c.File)
	case r.WouldNotify > 0:
		say("cmd.import.told", "n", r.WouldNotify)
	}
	switch {
	case r.Broadcast != 0 && r.New+r.Changed == 0:
		say("cmd.import.no_schedule")
	case r.Broadcast != 0:
		say("cmd.import.schedule", "id", r.Broadcast)
	}
}

// printRejected names bad rows by row, column and reason.
func (d *desk) printRejected(w io.Writer, rejected []sqldb.Rejected) {
	for i, bad := range rejected {
		if i == shownRejected {
			fmt.Fprintln(w, d.lang.Text("cmd.import.more_bad", "n", len(rejected)-i))
			return
		}
		fmt.Fprintln(w, d.lang.Text("cmd.import.bad", "row", bad.Row, "column", bad.Column, "reason", d.lang.Text(bad.Reason, pairArgs(bad.Args)...)))
	}
}

// rejectedRow is one thing that is wrong with one row, as JSON.
type rejectedRow struct {
	Row    int    `json:"row"`    // as a spreadsheet shows it: the header is 1
	Column string `json:"column"` // as docs/files.md writes it
	Reason string `json:"reason"` // in the language of the command
	Code   string `json:"code"`   // the same for programs: "bad_status"
}

// rejectedRows is never nil, so that JSON shows a list.
func (d *desk) rejectedRows(rejected []sqldb.Rejected) []rejectedRow {
	rows := make([]rejectedRow, 0, len(rejected))
	for _, bad := range rejected {
		rows = append(rows, rejectedRow{Row: bad.Row, Column: bad.Column, Reason: d.lang.Text(bad.Reason, pairArgs(bad.Args)...),
			Code: strings.TrimPrefix(bad.Reason, "import.reason.")})
	}
	return rows
}

// pairArgs makes a text's arguments of a map.
func pairArgs(m map[string]string) []any {
	args := make([]any, 0, 2*len(m))
	for k, v := range m {
		args = append(args, k, v)
	}
	return args
}
