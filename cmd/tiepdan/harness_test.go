package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
)

// until waits until ok, and fails the test after a time. Other processes give no signal
// but their files and their answers, so it looks again and again.
func until(t testing.TB, atMost time.Duration, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(atMost)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", atMost, what)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// write puts a file into the installation's folder and returns its path.
func (in *installation) write(name string, content []byte) string {
	in.t.Helper()
	path := filepath.Join(in.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		in.t.Fatal(err)
	}
	return path
}

// report runs a command with --json and reads what it printed.
func report[T any](in *installation, args ...string) T {
	in.t.Helper()
	return decodeReport[T](in.t, []byte(in.must(append(args, "--json")...)))
}

func decodeReport[T any](t testing.TB, printed []byte) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(printed, &out); err != nil {
		t.Fatalf("a command did not print JSON: %v: %.300s", err, printed)
	}
	return out
}

// populate imports the invented commune: its units and n applications.
func (in *installation) populate(s *sample, n int) []samplePerson {
	in.t.Helper()
	in.must("import", "units", in.write("units.csv", s.units()))
	people, rows := s.applications(n)
	in.must("import", "applications", in.write("applications.csv", rows))
	return people
}

// records is a read-only view of an installation's records, as they are on the disk.
type records struct {
	t  testing.TB
	db *sql.DB
}

func (in *installation) records() *records {
	in.t.Helper()
	return openRecords(in.t, filepath.Join(in.dir, "data", "tiepdan.db"))
}

func openRecords(t testing.TB, path string) *records {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?mode=ro&_pragma=busy_timeout(5000)")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &records{t: t, db: db}
}

// number reads one number.
func (r *records) number(query string, args ...any) int64 {
	r.t.Helper()
	var n sql.NullInt64
	if err := r.db.QueryRow(query, args...).Scan(&n); err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	return n.Int64
}

// rows reads all rows of a query as texts.
func (r *records) rows(query string, args ...any) [][]string {
	r.t.Helper()
	rows, err := r.db.Query(query, args...)
	if err != nil {
		r.t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		r.t.Fatal(err)
	}
	var out [][]string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			r.t.Fatal(err)
		}
		row := make([]string, len(columns))
		for i, v := range values {
			row[i] = v.String
		}
		out = append(out, row)
	}
	if err := rows.Err(); err != nil {
		r.t.Fatal(err)
	}
	return out
}

// open counts what is not at rest: events to be played, messages to be sent, and answers whose
// unknown outcome may still lead to another hand-over. A notice that is unknown is not sent again.
func (r *records) open() int64 {
	r.t.Helper()
	return r.number(`SELECT (SELECT COUNT(*) FROM events WHERE state = 'waiting')
		+ (SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'claimed') OR state = 'unknown' AND not_before > 0 AND lane = 0)
		+ (SELECT COUNT(*) FROM notices WHERE state IN ('waiting', 'queued'))`)
}

// atRest waits until nothing is open, and says what is if that takes too long.
func (r *records) atRest(atMost time.Duration) {
	r.t.Helper()
	deadline := time.Now().Add(atMost)
	for r.open() != 0 {
		if time.Now().After(deadline) {
			r.t.Fatalf("after %s: events %v, messages %v, notices %v", atMost,
				r.rows(`SELECT channel, state, COUNT(*), MAX(attempts) FROM events GROUP BY channel, state`),
				r.rows(`SELECT channel, lane, state, not_before > 0, COUNT(*), MAX(attempts), MAX(repeats), MAX(fail_code) FROM outbox GROUP BY channel, lane, state, not_before > 0`),
				r.rows(`SELECT class, state, reason, COUNT(*) FROM notices GROUP BY class, state, reason`))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// carrier is the emulated domestic carrier behind a door that can be slow.
type carrier struct {
	*httpsmstest.Server
	door *httptest.Server
}

// startCarrier starts one. around, which may be nil, decides what happens to each hand-over.
func startCarrier(t testing.TB, cfg httpsmstest.Config, around func(w http.ResponseWriter, r *http.Request, next http.Handler)) *carrier {
	c := &carrier{Server: httpsmstest.New(cfg)}
	next := c.Config.Handler
	c.door = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if around == nil {
			next.ServeHTTP(w, r)
			return
		}
		around(w, r, next)
	}))
	t.Cleanup(func() {
		c.door.Close()
		c.Server.Close()
	})
	return c
}

// settings configure the carrier's JSON interface without a limit of rate.
func (c *carrier) settings(more ...string) []string {
	j := c.JSON()
	return append([]string{
		"TIEPDAN_SMSHTTP_URL=" + c.door.URL + "/api/send",
		"TIEPDAN_SMSHTTP_HEADERS=" + strings.Join(j.Headers, "\n"),
		"TIEPDAN_SMSHTTP_BODY=" + j.Body,
		"TIEPDAN_SMSHTTP_OK=" + j.OK,
		"TIEPDAN_SMSHTTP_ID=" + j.ID,
		"TIEPDAN_SMSHTTP_THROTTLED=" + strings.Join(j.Throttled, "\n"),
		"TIEPDAN_SMSHTTP_BAD_NUMBER=" + strings.Join(j.BadNumber, "\n"),
		"TIEPDAN_SMSHTTP_OPTED_OUT=" + strings.Join(j.OptedOut, "\n"),
		"TIEPDAN_SMSHTTP_REJECTED=" + strings.Join(j.Rejected, "\n"),
		"TIEPDAN_SMSHTTP_MISCONFIGURED=" + strings.Join(j.Misconfigured, "\n"),
		"TIEPDAN_SMSHTTP_SENDER=" + j.Sender,
		"TIEPDAN_SMSHTTP_FORBIDDEN=" + j.Forbidden,
		"TIEPDAN_SMSHTTP_UNICODE=true",
		"TIEPDAN_SMSHTTP_SECRET=" + j.Secret,
		"TIEPDAN_SMSHTTP_RATE=0",
		"TIEPDAN_SMS_NUMBER=" + j.Sender,
	}, more...)
}

// inbound is the address that the carrier pushes to.
func (in *installation) inbound() string {
	return "http://" + in.addr + "/webhooks/sms/" + httpsmstest.Secret
}

// pushUntilKept pushes a message under one id until the program says that it is kept, as the
// carrier does. It returns how often it had to try.
func (c *carrier) pushUntilKept(ctx context.Context, in *installation, mo httpsmstest.MO) (int, error) {
	for tries := 1; ; tries++ {
		p, err := c.Push(ctx, in.inbound(), mo, "1", 1)
		if err == nil && p.Status == http.StatusOK && p.Body == "1" {
			return tries, nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return tries, fmt.Errorf("push %s: last answered %d: %w", mo.RequestID, p.Status, ctx.Err())
		}
	}
}

// say pushes one message that must be kept at the first try.
func (c *carrier) say(in *installation, from, text string) {
	in.t.Helper()
	p, err := c.Push(in.t.Context(), in.inbound(), httpsmstest.MO{From: from, Text: text, Operator: "VIETTEL"}, "1", 1)
	if err != nil || p.Status != http.StatusOK || p.Body != "1" {
		in.t.Fatalf("a pushed message was answered %d %q: %v", p.Status, p.Body, err)
	}
}

// texts are those that a number got, in order.
func (c *carrier) texts(to string) []string {
	var out []string
	for _, m := range c.Messages() {
		if m.To == to {
			out = append(out, m.Text)
		}
	}
	return out
}

// awaitText waits until a number got a message that holds all of words, and returns it.
func (c *carrier) awaitText(t testing.TB, to string, words ...string) string {
	t.Helper()
	return await(t, func() []string { return c.texts(to) }, words...)
}

// await waits until one of the texts holds all of words, and returns it.
func await(t testing.TB, texts func() []string, words ...string) string {
	t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		got := texts()
		if i := slices.IndexFunc(got, func(s string) bool { return holdsAll(s, words) }); i >= 0 {
			return got[i]
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing that holds %q came; this did: %q", words, got)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func holdsAll(s string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(s, w) })
}

// peak is the service's highest resident memory in MB.
func peak(pid int) (float64, error) {
	b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmHWM: %f kB", &kb); err == nil {
			return kb / 1024, nil
		}
	}
	return 0, fmt.Errorf("no VmHWM")
}

// get reads one page of the running service.
func (in *installation) get(path string) (status int, body string) {
	in.t.Helper()
	resp, err := http.Get("http://" + in.addr + path)
	if err != nil {
		in.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 8<<20))
	if err != nil {
		in.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}
