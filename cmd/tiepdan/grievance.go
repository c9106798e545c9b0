package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/store/sqldb"
)

type grievanceCmd struct {
	List   grievanceListCmd   `cmd:"" help:"List grievances, those due first. Their words are not shown."`
	Show   grievanceShowCmd   `cmd:"" help:"Open one with its words and moves. That it was read is audited."`
	Update grievanceUpdateCmd `cmd:"" help:"Move one on. The person who filed is told."`
}

type grievanceListCmd struct {
	Settings
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
	All  bool `env:"TIEPDAN_ALL" help:"Also those that have ended."`
}

// grievanceRow is one line of the list, as JSON.
type grievanceRow struct {
	Code         string `json:"code"`
	Kind         string `json:"kind"`
	Topic        string `json:"topic"`
	Status       string `json:"status"`
	Desk         string `json:"desk"`
	Filed        string `json:"filed"`
	AnswerBy     string `json:"answer_by"`
	Incomplete   bool   `json:"incomplete"`
	PaidDisputed bool   `json:"paid_disputed"`
}

func rowOf(g casework.Grievance) grievanceRow {
	kind := g.Kind
	if kind == "" {
		kind = g.KindSuggested
	}
	return grievanceRow{Code: g.Code, Kind: kind, Topic: g.Topic, Status: g.Status, Desk: g.Desk, Filed: g.FiledAt.In(bot.Hanoi).Format(time.RFC3339),
		AnswerBy: string(g.AnswerBy), Incomplete: g.Incomplete, PaidDisputed: g.PaidDisputed}
}

// listAtMost bounds what one list shows.
const listAtMost = 100_000

func (c *grievanceListCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	all, err := d.records.ListGrievances(e.ctx, d.by, sqldb.GrievanceFilter{Open: !c.All, Limit: listAtMost})
	if err != nil {
		return err
	}
	rows := make([]grievanceRow, 0, len(all))
	for _, g := range all {
		rows = append(rows, rowOf(g))
	}
	if c.JSON {
		return writeJSON(e.stdout, rows)
	}
	for _, r := range rows {
		fmt.Fprintf(e.stdout, "%-15s %-11s %-22s %s\n", r.Code, d.lang.Text("cmd.kind."+r.Kind), d.lang.Text("cmd.grievance.status."+r.Status),
			d.lang.Text("cmd.grievance.due", "day", showDay(r.AnswerBy)))
	}
	if len(rows) == 0 {
		fmt.Fprintln(e.stdout, d.lang.Text("cmd.grievance.none"))
	}
	return nil
}

// showDay writes a stored date as people do.
func showDay(day string) string {
	t, err := time.ParseInLocation(time.DateOnly, day, bot.Hanoi)
	if err != nil {
		return day
	}
	return text.ShowDate(t)
}

// showMoment writes a stored moment as people do.
func showMoment(moment string) string {
	t, err := time.Parse(time.RFC3339, moment)
	if err != nil {
		return moment
	}
	return t.In(bot.Hanoi).Format("15:04") + " " + text.ShowDate(t)
}

type grievanceShowCmd struct {
	Settings
	Code string `arg:"" help:"PA-…"`
	JSON bool   `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

// grievanceDetail is one grievance opened, as JSON.
type grievanceDetail struct {
	grievanceRow
	Name        string             `json:"name"`
	Hamlet      string             `json:"hamlet"`
	Phone       string             `json:"phone"`
	Text        string             `json:"text"`
	ContactWish string             `json:"contact_wish"`
	SignedOn    string             `json:"signed_on"`
	Moves       []grievanceMove    `json:"moves"`
	Files       []sqldb.Attachment `json:"files"`
}

type grievanceMove struct {
	At     string `json:"at"`
	By     string `json:"by"`
	Status string `json:"status"`
	Note   string `json:"note"`
}

func (c *grievanceShowCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	g, err := d.records.ShowGrievance(e.ctx, d.by, canonical(c.Code))
	if err != nil {
		return d.notFound(err, c.Code)
	}
	files, err := d.records.AttachmentsOf(e.ctx, g.ID)
	if err != nil {
		return err
	}
	if files == nil {
		files = []sqldb.Attachment{}
	}
	v := grievanceDetail{grievanceRow: rowOf(g), Name: g.Name, Hamlet: g.Hamlet, Phone: g.Phone, Text: g.Text, ContactWish: g.ContactWish,
		SignedOn: string(g.SignedOn), Files: files, Moves: []grievanceMove{}}
	for _, m := range g.Moves {
		v.Moves = append(v.Moves, grievanceMove{At: m.At.In(bot.Hanoi).Format(time.RFC3339), By: m.By, Status: m.Status, Note: m.Note})
	}
	if c.JSON {
		return writeJSON(e.stdout, v)
	}
	d.printGrievance(e.stdout, v)
	return nil
}

func (d *desk) printGrievance(w io.Writer, v grievanceDetail) {
	line := func(key, value string) {
		if value != "" {
			fmt.Fprintf(w, "%-18s %s\n", d.lang.Text(key), value)
		}
	}
	fmt.Fprintln(w, v.Code)
	line("cmd.grievance.field.kind", d.lang.Text("cmd.kind."+v.Kind))
	line("cmd.grievance.field.status", d.lang.Text("cmd.grievance.status."+v.Status))
	line("cmd.grievance.field.filed", showMoment(v.Filed))
	line("cmd.grievance.field.answer_by", showDay(v.AnswerBy))
	line("cmd.grievance.field.signed", showDay(v.SignedOn))
	line("cmd.grievance.field.name", v.Name)
	line("cmd.grievance.field.hamlet", v.Hamlet)
	if v.Phone != "" {
		line("cmd.grievance.field.phone", text.ShowPhone(v.Phone))
	}
	line("cmd.grievance.field.contact", v.ContactWish)
	line("cmd.grievance.field.text", v.Text)
	for _, f := range v.Files {
		line("cmd.grievance.field.file", fmt.Sprintf("%s %s %d", f.State, f.MediaType, f.Size))
	}
	for _, m := range v.Moves {
		fmt.Fprintf(w, "  %s  %-12s %-20s %s\n", showMoment(m.At), m.By, d.lang.Text("cmd.grievance.status."+m.Status), m.Note)
	}
}

type grievanceUpdateCmd struct {
	Settings
	Code   string `arg:"" help:"PA-…"`
	Status string `env:"TIEPDAN_STATUS" help:"received, in_progress, transferred, guided, answered, refused, withdrawn, closed."`
	Kind   string `env:"TIEPDAN_KIND" help:"Decide the kind: complaint, proposal, report, question."`
	Note   string `env:"TIEPDAN_NOTE" help:"What the person who filed is told."`
	Signed string `env:"TIEPDAN_SIGNED" help:"The day the signed paper came, dd/mm/yyyy: starts a complaint's clock."`
}

func (c *grievanceUpdateCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	if c.Status == "" && c.Kind == "" && c.Note == "" && c.Signed == "" {
		return errors.New(d.lang.Text("cmd.grievance.nothing"))
	}
	now := time.Now()
	move := casework.MoveGrievance{Key: fmt.Sprintf("shell:%s:%d", d.by, now.UnixNano()), By: d.by, Code: canonical(c.Code),
		Status: c.Status, Kind: c.Kind, Note: text.Clean(c.Note), At: now.UTC()}
	if c.Signed != "" {
		day, ok := text.Date(c.Signed, now)
		if !ok {
			return errors.New(d.lang.Text("cmd.grievance.bad_day", "day", c.Signed))
		}
		move.Signed = casework.DayOf(day)
	}
	if err := d.records.Do(e.ctx, move); err != nil {
		if errors.Is(err, casework.ErrBadMove) {
			return errors.New(d.lang.Text("cmd.grievance.bad_move"))
		}
		return d.notFound(err, c.Code)
	}
	g, err := d.records.GrievanceByCode(e.ctx, move.Code)
	if err != nil {
		return d.notFound(err, c.Code)
	}
	said := "cmd.grievance.moved"
	if g.Phone == "" && g.ConversationID == 0 {
		said = "cmd.grievance.moved_untold"
	}
	fmt.Fprintln(e.stdout, d.lang.Text(said, "code", move.Code))
	return nil
}

// canonical is a grievance's code however it was typed.
func canonical(code string) string {
	if c, _ := text.FindGrievanceCode(code); c != "" {
		return c
	}
	return code
}
