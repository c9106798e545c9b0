package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/store/sqldb"
)

type broadcastCmd struct {
	List    broadcastListCmd    `cmd:"" help:"List the latest broadcasts."`
	Preview broadcastPreviewCmd `cmd:"" help:"Show who would be told what, on which channel, in how many segments."`
	Send    broadcastSendCmd    `cmd:"" help:"Send a draft through the running server, and show its progress."`
	Status  broadcastStatusCmd  `cmd:"" help:"Count a broadcast's recipients by what became of them."`
	Pause   broadcastPauseCmd   `cmd:"" help:"Stop handing over at once; resume goes on."`
	Resume  broadcastResumeCmd  `cmd:"" help:"Go on after a pause."`
	Cancel  broadcastCancelCmd  `cmd:"" help:"End it: nobody else is told."`
}

// broadcastArgs are those of every command about one broadcast.
type broadcastArgs struct {
	Settings
	ID   int64 `arg:"" help:"The broadcast's number."`
	JSON bool  `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

type broadcastListCmd struct {
	Settings
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

func (c *broadcastListCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	all, err := d.records.Broadcasts(e.ctx, 50)
	if err != nil {
		return err
	}
	if c.JSON {
		return writeJSON(e.stdout, all)
	}
	for _, s := range all {
		d.printStatus(e.stdout, s)
	}
	return nil
}

type broadcastPreviewCmd struct {
	broadcastArgs
	Service
}

func (c *broadcastPreviewCmd) Run(e *env) error {
	sample, err := holdsSample(e, &c.Settings)
	if err != nil {
		return err
	}
	s, err := openServiceOrSample(e, &c.Settings, &c.Service, slog.New(slog.DiscardHandler), sample)
	if err != nil {
		return err
	}
	defer s.stores.Close()
	d := &desk{records: s.stores.Records, stores: s.stores, lang: e.texts.Language(c.Lang)}
	v, err := d.records.PreviewBroadcast(e.ctx, c.ID, nil)
	if err != nil {
		return d.notFound(err, fmt.Sprint(c.ID))
	}
	if c.JSON {
		return writeJSON(e.stdout, struct {
			sqldb.Preview
			Refused []rejectedRow `json:"refused"`
		}{v, d.rejectedRows(v.Refused)})
	}
	d.printPreview(e.stdout, v)
	return nil
}

func (d *desk) printPreview(w io.Writer, v sqldb.Preview) {
	say := func(key string, args ...any) { fmt.Fprintln(w, d.lang.Text(key, args...)) }
	say("cmd.broadcast.preview", "id", v.ID, "state", d.lang.Text("cmd.broadcast.state."+v.State), "people", v.People, "payouts", v.Payouts, "recipients", v.Recipients)
	for _, name := range slices.Sorted(maps.Keys(v.Channels)) {
		say("cmd.broadcast.channel", "channel", name, "n", v.Channels[name])
	}
	if v.Segments > 0 {
		say("cmd.broadcast.segments", "n", v.Segments)
	}
	for _, reason := range slices.Sorted(maps.Keys(v.Skipped)) {
		say("cmd.broadcast.skipped", "n", v.Skipped[reason], "reason", d.lang.Text("cmd.skip."+reason))
	}
	for _, s := range v.Samples {
		say("cmd.broadcast.sample", "channel", s.Channel, "segments", s.Segments)
		for line := range strings.Lines(s.Text) {
			fmt.Fprint(w, "  | ", strings.TrimRight(line, "\n"), "\n")
		}
	}
	d.printRejected(w, v.Refused)
}

type broadcastSendCmd struct {
	broadcastArgs
	NoWait bool `name:"no-wait" env:"TIEPDAN_NO_WAIT" help:"Do not stay to show the progress."`
}

// Run lets a draft go. The server sends; this command only shows how far it is, and may be ended at any time.
func (c *broadcastSendCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	if err := d.records.SendBroadcast(e.ctx, d.by, c.ID); err != nil {
		return d.broadcastError(err, c.ID)
	}
	if !serverRuns(c.DatabaseURL) {
		fmt.Fprintln(e.stderr, d.lang.Text("cmd.broadcast.no_server"))
		return errors.Join(d.report(e, c.broadcastArgs), errReported)
	}
	if until := d.quiet.Until(time.Now()); !until.IsZero() {
		fmt.Fprintln(e.stderr, d.lang.Text("cmd.broadcast.quiet", "time", until.In(bot.Hanoi).Format("15:04")))
	}
	if c.NoWait {
		return d.report(e, c.broadcastArgs)
	}
	s, err := d.follow(e, c.broadcastArgs)
	if err != nil {
		return err
	}
	if err := d.report(e, c.broadcastArgs); err != nil {
		return err
	}
	if s.State != sqldb.BroadcastDone || s.Failed+s.Unknown > 0 {
		return errReported // somebody stopped it, or some were not reached for certain: the figures say how many
	}
	return nil
}

// follow shows the progress until the broadcast stands still, and gives its figures then, or until the person leaves.
func (d *desk) follow(e *env, c broadcastArgs) (sqldb.Status, error) {
	var shown sqldb.Status
	for {
		s, err := d.records.BroadcastStatus(e.ctx, c.ID)
		if errors.Is(err, context.Canceled) {
			break
		}
		if err != nil {
			return s, d.notFound(err, fmt.Sprint(c.ID))
		}
		if !c.JSON && s != shown {
			shown = s
			d.printProgress(e.stderr, s)
		}
		if s.State != sqldb.BroadcastSending {
			fmt.Fprintln(e.stderr)
			return s, nil
		}
		select {
		case <-time.After(500 * time.Millisecond):
			continue
		case <-e.ctx.Done():
		}
		break
	}
	fmt.Fprintln(e.stderr, "\n"+d.lang.Text("cmd.broadcast.left", "id", c.ID))
	return shown, errReported
}

// printProgress draws one line over the last.
func (d *desk) printProgress(w io.Writer, s sqldb.Status) {
	const width = 30
	done := s.Total - s.Waiting
	full := 0
	if s.Total > 0 {
		full = width * done / s.Total
	}
	fmt.Fprintf(w, "\r[%s%s] %s", strings.Repeat("#", full), strings.Repeat(".", width-full),
		d.lang.Text("cmd.broadcast.progress", "done", done, "total", s.Total, "failed", s.Failed, "unknown", s.Unknown))
}

// report prints the figures at the end of a command.
func (d *desk) report(e *env, c broadcastArgs) error {
	s, err := d.records.BroadcastStatus(context.WithoutCancel(e.ctx), c.ID)
	if err != nil {
		return d.notFound(err, fmt.Sprint(c.ID))
	}
	if c.JSON {
		return writeJSON(e.stdout, s)
	}
	d.printStatus(e.stdout, s)
	return nil
}

func (d *desk) printStatus(w io.Writer, s sqldb.Status) {
	fmt.Fprintln(w, d.lang.Text("cmd.broadcast.status", "id", s.ID, "state", d.lang.Text("cmd.broadcast.state."+s.State), "total", s.Total,
		"waiting", s.Waiting, "sent", s.Sent, "delivered", s.Delivered, "failed", s.Failed, "unknown", s.Unknown, "skipped", s.Skipped))
}

func (d *desk) broadcastError(err error, id int64) error {
	if errors.Is(err, sqldb.ErrBroadcastState) {
		return errors.New(d.lang.Text("cmd.broadcast.wrong_state", "id", id))
	}
	return d.notFound(err, fmt.Sprint(id))
}

type broadcastStatusCmd struct{ broadcastArgs }

func (c *broadcastStatusCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	return d.report(e, c.broadcastArgs)
}

type (
	broadcastPauseCmd  struct{ broadcastArgs }
	broadcastResumeCmd struct{ broadcastArgs }
	broadcastCancelCmd struct{ broadcastArgs }
)

func (c *broadcastPauseCmd) Run(e *env) error  { return c.move(e, (*sqldb.DB).PauseBroadcast) }
func (c *broadcastResumeCmd) Run(e *env) error { return c.move(e, (*sqldb.DB).ResumeBroadcast) }
func (c *broadcastCancelCmd) Run(e *env) error { return c.move(e, (*sqldb.DB).CancelBroadcast) }

// move changes a broadcast's state and prints its figures.
func (c *broadcastArgs) move(e *env, how func(*sqldb.DB, context.Context, string, int64) error) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	if err := how(d.records, e.ctx, d.by, c.ID); err != nil {
		return d.broadcastError(err, c.ID)
	}
	return d.report(e, *c)
}
