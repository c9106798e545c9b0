package main

import (
	"bytes"
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
	"tiepdan/bot/text"
	"tiepdan/store/sqldb"
)

// districtRows is the size of one district's campaign.
const districtRows = 31_588

// sumOf adds up the figures that are disjoint.
func sumOf(b sqldb.Status) int {
	return b.Waiting + b.Sent + b.Delivered + b.Failed + b.Unknown + b.Skipped
}

// TestDistrict imports the payout file of a whole district and announces it to the end.
func TestDistrict(t *testing.T) {
	t.Parallel()
	d := newDistrict(newSample(31588, time.Now()), districtRows)
	c := startCarrier(t, httpsmstest.Config{}, nil)
	in := install(t, c.settings()...)
	in.must("import", "units", in.write("units.csv", d.units))
	service := in.serve()

	file := in.write("payouts.csv", d.payouts)
	began := time.Now()
	draft, importPeak := importDistrict(t, in, file)
	imported := time.Since(began)
	if draft.Rows != d.rows || len(draft.Rejected) != 0 {
		t.Fatalf("imported %d rows of %d, %d refused: %.300v", draft.Rows, d.rows, len(draft.Rejected), draft.Rejected)
	}

	began = time.Now()
	b := announce(t, in, c, strconv.FormatInt(draft.Broadcast, 10), d)
	sent := time.Since(began)
	high, err := peak(service.cmd.Process.Pid)
	if err != nil {
		t.Fatal(err)
	}
	checkRecipients(t, c, d)
	if b.Total != len(d.recipients)+b.Skipped || b.Sent+b.Delivered != len(d.recipients) {
		t.Errorf("%d recipients with a phone, and the report says %+v", len(d.recipients), b)
	}
	t.Logf("%d rows, %d recipients, %d people without a phone: import %s (peak %.0f MB), broadcast %s (server's peak %.0f MB), %+v",
		d.rows, len(d.recipients), d.silent, imported.Round(time.Millisecond), importPeak, sent.Round(time.Millisecond), high, b)
	if err := service.stop(); err != nil {
		t.Error(err)
	}
}

// importDistrict imports the payouts, and looks at the program's peak memory until it ends.
func importDistrict(t *testing.T, in *installation, file string) (sqldb.Report, float64) {
	t.Helper()
	var out, errs bytes.Buffer
	cmd := in.command(t.Context(), "import", "payouts", file, "--unit", "TINH", "--json")
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	high := 0.0
	for {
		select {
		case err := <-done:
			if err != nil {
				t.Fatalf("import: %v: %.400s%s", err, out.String(), errs.String())
			}
			return decodeReport[sqldb.Report](t, out.Bytes()), high
		case <-time.After(20 * time.Millisecond):
			if mb, err := peak(cmd.Process.Pid); err == nil { // it may have ended just now
				high = max(high, mb)
			}
		}
	}
}

// announce sends the schedule through the running server, pauses and resumes it on the way, and
// adds up the figures whenever it looks.
func announce(t *testing.T, in *installation, c *carrier, id string, d *district) sqldb.Status {
	t.Helper()
	look := func() sqldb.Status {
		b := report[sqldb.Status](in, "broadcast", "status", id)
		if sumOf(b) != b.Total {
			t.Fatalf("the figures do not add up: %+v", b)
		}
		return b
	}
	in.must("broadcast", "preview", id)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	send := in.command(ctx, "broadcast", "send", id)
	if err := send.Start(); err != nil {
		t.Fatal(err)
	}
	until(t, time.Minute, "the first tenth is sent", func() bool { return len(c.Messages()) > len(d.recipients)/10 })
	in.must("broadcast", "pause", id)
	paused := time.Now()
	time.Sleep(4 * time.Second) // nothing is to happen: there is no signal to wait for
	got := c.Messages()
	if late := got[len(got)-1].At.Sub(paused); late > 2*time.Second || len(got) >= len(d.recipients) {
		t.Errorf("a message went out %s after the pause, %d of %d in all", late, len(got), len(d.recipients))
	}
	if b := look(); b.State != "paused" {
		t.Errorf("the state of a paused broadcast is %q", b.State)
	}
	in.must("broadcast", "resume", id)
	var b sqldb.Status
	until(t, 4*time.Minute, "the broadcast is done", func() bool {
		b = look()
		return b.State == "done" && b.Waiting == 0
	})
	cancel()
	_ = send.Wait() // it showed the progress; how it ends here is for another test
	return b
}

// checkRecipients: every phone, day and place was told exactly once.
func checkRecipients(t *testing.T, c *carrier, d *district) {
	t.Helper()
	told := map[recipient]int{}
	for _, m := range c.Messages() {
		told[readRecipient(m)]++
	}
	missed, twice := 0, 0
	for r := range d.recipients {
		n := told[recipient{phone: r.phone, day: r.day, place: text.Unaccent(r.place)}]
		if n == 0 {
			missed++
		}
		if n > 1 {
			twice++
		}
	}
	if missed > 0 || twice > 0 || len(c.Messages()) != len(d.recipients) {
		t.Errorf("%d recipients were missed, %d were told twice; %d messages for %d recipients; one of them: %+v",
			missed, twice, len(c.Messages()), len(d.recipients), c.Messages()[0])
	}
}

// readRecipient finds out of a message to whom it was, for which day and place.
func readRecipient(m httpsmstest.Message) recipient {
	r := recipient{phone: "0" + strings.TrimPrefix(m.To, "84")}
	for _, f := range strings.FieldsFunc(m.Text, func(c rune) bool { return c == ' ' || c == ',' || c == '.' || c == '\n' || c == ')' || c == '(' }) {
		if _, err := time.Parse("02/01/2006", f); err == nil {
			r.day = f
		}
	}
	for n := range 8 {
		for _, commune := range districtCommunes {
			if place := text.Unaccent(hamletHall(n+1, commune)); strings.Contains(m.Text, place) {
				r.place = place
			}
		}
	}
	return r
}
