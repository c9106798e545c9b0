package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
	"tiepdan/bot/telegram/telegramtest"
)

const (
	crashes      = 50
	crashCases   = 120 // applications; some change their status in each round
	crashToken   = "123456:crash-test-token"
	crashSecret  = "crash-test-secret"
	crashPeople  = 5000                   // at most: so many look-ups an hour are answered, and the load is to be answered
	longestAlive = 900 * time.Millisecond // of one life under load
)

// TestCrash kills the program at random moments under load, and then looks at what it promised:
// every message that was accepted is answered, every filed grievance is there once, no notice is
// lost silently or sent twice, and answers were doubled no more often than hand-overs were cut.
func TestCrash(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	if s := os.Getenv("TIEPDAN_TEST_SEED"); s != "" {
		n, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		seed = n
	}
	t.Logf("seed %d (set TIEPDAN_TEST_SEED to repeat its choices)", seed)
	c := newCrashRun(t, seed)
	c.cases = c.in.populate(c.sample, crashCases)
	began := time.Now()
	for range crashes {
		c.liveAndDie()
	}
	c.lastLife()
	c.check()
	t.Logf("%d kills in %s\n%s", crashes, time.Since(began).Round(time.Second), c.table())
}

// crashRun is one run: the load, and what is known from outside.
type crashRun struct {
	t        *testing.T
	in       *installation
	sample   *sample
	cases    []samplePerson
	rng      *rand.Rand // of the main goroutine alone
	carrier  *carrier
	telegram *telegramtest.Server
	records  *records
	round    int // of status changes

	people atomic.Int64 // numbers of senders and texts
	stop   context.CancelFunc
	load   sync.WaitGroup
	failed chan error

	mu       sync.Mutex
	accepted map[string]string // provider id of every message of the carrier that was accepted, and its text
	writers  []*telegramtest.Person
	retried  int
	cut      map[string]bool // hand-overs that a kill found under way: row and moment
	cutRows  map[string]int  // how often each row's hand-over was cut
	result   crashResult
}

// crashResult is the printed table.
type crashResult struct {
	accepted, retried, answered, lost, grievances int
	cutAnswers, cutNotices, doubled, twiceCut     int
	notices                                       map[string]int
}

func newCrashRun(t *testing.T, seed uint64) *crashRun {
	c := &crashRun{t: t, sample: newSample(seed, time.Now()), rng: rand.New(rand.NewPCG(seed, 1)), failed: make(chan error, 100),
		accepted: map[string]string{}, cut: map[string]bool{}, cutRows: map[string]int{}}
	c.carrier = startCarrier(t, httpsmstest.Config{}, slowly(seed))
	c.telegram = telegramtest.New(telegramtest.Options{Token: crashToken, Unit: 30 * time.Millisecond})
	slow := slowly(seed + 1)
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/sendMessage") {
			slow(w, r, c.telegram)
			return
		}
		c.telegram.ServeHTTP(w, r)
	}))
	t.Cleanup(func() {
		c.telegram.Close()
		door.Close()
	})
	c.in = install(t, c.carrier.settings("TIEPDAN_TELEGRAM_TOKEN="+crashToken, "TIEPDAN_TELEGRAM_WEBHOOK_SECRET="+crashSecret,
		"TIEPDAN_TELEGRAM_API_URL="+door.URL)...)
	return c
}

// slowly makes a provider that takes its time before and after it takes a message, so that kills
// find hand-overs under way: some whose message was taken, some whose was not.
func slowly(seed uint64) func(w http.ResponseWriter, r *http.Request, next http.Handler) {
	var mu sync.Mutex
	rng := rand.New(rand.NewPCG(seed, 2))
	pause := func() time.Duration {
		mu.Lock()
		defer mu.Unlock()
		return time.Duration(rng.IntN(40)) * time.Millisecond
	}
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		select {
		case <-time.After(pause()):
		case <-r.Context().Done(): // the program died before we took anything
			return
		}
		next.ServeHTTP(w, r)
		w.(http.Flusher).Flush()
		time.Sleep(pause()) // the answer's end comes late
	}
}

// liveAndDie starts the program, lets the load go on for a while, kills it, and
// notes which hand-overs the kill has cut.
func (c *crashRun) liveAndDie() {
	c.t.Helper()
	s, err := c.in.start()
	if err != nil {
		c.t.Fatal(err)
	}
	if c.stop == nil {
		c.startLoad()
	}
	// Some lives end before the program is ready.
	if c.rng.IntN(5) > 0 {
		if err := s.ready(20 * time.Second); err != nil {
			c.t.Fatal(err)
		}
	}
	importing := c.changeStatuses()
	select {
	case <-time.After(time.Duration(c.rng.Int64N(int64(longestAlive)))):
	case err := <-c.failed:
		s.kill()
		c.t.Fatal(err)
	}
	s.kill()
	if importing != nil {
		if err := <-importing; err != nil {
			c.t.Fatal(err)
		}
	}
	c.noteCuts()
}

// noteCuts reads what was being handed over when the program died.
func (c *crashRun) noteCuts() {
	c.t.Helper()
	if c.records == nil {
		c.records = c.in.records()
	}
	for _, row := range c.records.rows(`SELECT id, begun_at, lane FROM outbox WHERE state = 'claimed'`) {
		key := row[0] + "@" + row[1]
		if c.cut[key] {
			continue // cut before, and not looked at since
		}
		c.cut[key] = true
		c.cutRows[row[0]]++
		if row[2] == "0" {
			c.result.cutAnswers++
		} else {
			c.result.cutNotices++
		}
	}
}

// startLoad begins what people and offices do; it goes on while the program dies and comes back.
func (c *crashRun) startLoad() {
	ctx, stop := context.WithCancel(c.t.Context())
	c.stop = stop
	c.t.Cleanup(stop)
	for i := range 4 {
		rng := rand.New(rand.NewPCG(c.rng.Uint64(), uint64(i)))
		c.load.Go(func() {
			for ctx.Err() == nil && c.people.Load() < crashPeople {
				c.write(rng)
			}
		})
	}
	c.load.Go(func() {
		for ctx.Err() == nil {
			n := c.people.Add(1)
			p := c.telegram.Person(7_000_000+n, "Người dùng")
			c.mu.Lock()
			c.writers = append(c.writers, p)
			c.mu.Unlock()
			p.Say("HS " + sampleCode(int(n)%crashCases))
			select {
			case <-time.After(300 * time.Millisecond):
			case <-ctx.Done():
			}
		}
	})
}

// write is one person who sends one message by SMS until the carrier got it through.
func (c *crashRun) write(rng *rand.Rand) {
	n := c.people.Add(1)
	mo := httpsmstest.MO{From: phoneOf(n), RequestID: fmt.Sprintf("crash-%d", n), Text: "HS " + sampleCode(rng.IntN(crashCases))}
	if rng.IntN(3) == 0 {
		mo.Text = fmt.Sprintf("PA %s thang nay chua thay thong bao ngay phat tien, nho xa xem lai giup", unique(n))
	}
	// A message that was begun is pushed to its end: the carrier does not stop with our load.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	tries, err := c.carrier.pushUntilKept(ctx, c.in, mo)
	if err != nil {
		c.failed <- err
		return
	}
	c.mu.Lock()
	c.accepted[mo.RequestID] = mo.Text
	c.retried += tries - 1
	c.mu.Unlock()
	time.Sleep(time.Duration(rng.IntN(40)) * time.Millisecond)
}

// phoneOf is the n-th sender's number.
func phoneOf(n int64) string { return fmt.Sprintf("8435%07d", n) }

// unique marks a grievance's text so that it is known again.
func unique(n int64) string { return fmt.Sprintf("viec so %06d", n) }

// changeStatuses imports changed statuses in some lives, beside the program that dies meanwhile.
// Each round moves every case one status on, so that each owes its people one notice.
func (c *crashRun) changeStatuses() <-chan error {
	if c.rng.IntN(8) > 0 && c.round > 0 || c.round >= len(crashStatuses) {
		return nil
	}
	status := crashStatuses[c.round]
	c.round++
	path := c.in.write(fmt.Sprintf("changed-%d.csv", c.round), c.sample.moved(c.cases, status))
	cutAfter := time.Duration(c.rng.IntN(300)) * time.Millisecond
	done := make(chan error, 1)
	go func() { done <- c.importTwice(path, cutAfter) }()
	return done
}

// importTwice kills the import after a time, too, and then runs it again to its end.
func (c *crashRun) importTwice(path string, cutAfter time.Duration) error {
	ctx, cancel := context.WithTimeout(c.t.Context(), cutAfter)
	defer cancel()
	if err := c.in.command(ctx, "import", "applications", path, "--notify").Run(); err == nil {
		return nil // it was faster
	}
	out, errs, code := c.in.run("", "import", "applications", path, "--notify")
	if code != 0 {
		return fmt.Errorf("import: exit %d: %s%s", code, out, errs)
	}
	return nil
}

// crashStatuses are those that cases go through, one a round. None reads like the one before: not
// accepted, stopped and finished all read "there is a result", and what says nothing new is not pushed.
var crashStatuses = []string{"6", "7", "3", "10"}

// lastLife starts the program once more and waits until nothing is left to do.
func (c *crashRun) lastLife() {
	c.t.Helper()
	c.stop()
	s := c.in.serve()
	waited := make(chan struct{})
	go func() {
		c.load.Wait()
		close(waited)
	}()
	select {
	case <-waited:
	case err := <-c.failed:
		c.t.Fatal(err)
	case <-time.After(2 * time.Minute):
		c.t.Fatal("the last messages could not be pushed")
	}
	for c.round < len(crashStatuses) {
		if importing := c.changeStatuses(); importing != nil {
			if err := <-importing; err != nil {
				c.t.Fatal(err)
			}
		}
	}
	until(c.t, 2*time.Minute, "telegram's updates are taken", func() bool { return c.telegram.Pending() == 0 })
	c.records.atRest(3 * time.Minute)
	if err := s.stop(); err != nil {
		c.t.Fatal(err)
	}
}

func (c *crashRun) check() {
	c.t.Helper()
	c.checkEvents()
	c.checkAnswers()
	c.checkGrievances()
	c.checkNotices()
}

// checkEvents: what was accepted is there, was played, and has its answer.
func (c *crashRun) checkEvents() {
	known := map[string]string{}
	for _, row := range c.records.rows(`SELECT provider_id, state FROM events WHERE channel = 'sms'`) {
		known[row[0]] = row[1]
	}
	for id := range c.accepted {
		if known[id] != "done" {
			c.t.Errorf("message %s was accepted and its event is %q", id, known[id])
		}
	}
	if n := c.records.number(`SELECT COUNT(*) FROM events e WHERE channel IN ('sms', 'telegram') AND kind = 'text'
		AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.event_id = e.id AND o.lane = 0)`); n != 0 {
		c.t.Errorf("%d messages have no answer", n)
	}
	c.result.accepted, c.result.retried = len(c.accepted)+len(c.writers), c.retried
	if n := c.records.number(`SELECT COUNT(*) FROM events WHERE channel = 'telegram' AND kind = 'text'`); int(n) != len(c.writers) {
		c.t.Errorf("telegram brought %d messages, and %d are kept", len(c.writers), n)
	}
}

// checkAnswers: every answer reached its provider, and doubles are no more than cuts.
func (c *crashRun) checkAnswers() {
	took := map[string]int{}      // by outbox row
	told := map[string][]string{} // by number
	for _, m := range c.carrier.Messages() {
		took[m.ClientID]++
		told[m.To] = append(told[m.To], m.Text)
	}
	twiceCut := map[string]bool{} // people with an answer whose hand-overs were both cut
	for _, row := range c.records.rows(`SELECT address FROM outbox WHERE lane = 0 AND state = 'unknown' AND repeats = 1`) {
		twiceCut[strings.TrimPrefix(row[0], "+")] = true
	}
	for id, words := range c.accepted {
		if to := phoneOf(c.numberOf(id)); !twiceCut[to] {
			c.checkWords(words, told[to])
		}
	}
	said := map[string]int{} // by chat and text
	for _, call := range c.telegram.Calls("sendMessage") {
		if call.Refused == 0 {
			said[call.Params["chat_id"]+" "+call.Params["text"]]++
		}
	}
	for _, row := range c.records.rows(`SELECT id, state, repeats FROM outbox WHERE lane = 0 AND channel = 'sms'`) {
		id, n := row[0], took[row[0]]
		c.result.doubled += max(0, n-1)
		switch {
		case n > 0:
			c.result.answered++
			if n > 1 && c.cutRows[id] < n-1 {
				c.t.Errorf("answer %s was taken %d times, and %d hand-overs were cut", id, n, c.cutRows[id])
			}
		case row[1] == "unknown" && row[2] == "1" && c.cutRows[id] > 1:
			c.result.twiceCut++ // both hand-overs of it were cut before the carrier took it
		default:
			c.result.lost++
			c.t.Errorf("answer %s was never taken: %s after %s repetitions, %d cuts", id, row[1], row[2], c.cutRows[id])
		}
	}
	for _, n := range said {
		c.result.answered++
		c.result.doubled += n - 1
	}
	if c.result.doubled > c.result.cutAnswers {
		c.t.Errorf("%d answers were doubled, and only %d hand-overs were cut", c.result.doubled, c.result.cutAnswers)
	}
	for _, p := range c.writers {
		switch {
		case len(p.Inbox()) > 0:
		case twiceCut[p.Address()]:
			c.result.twiceCut++
		default:
			c.result.lost++
			c.t.Errorf("a person on telegram got no answer")
		}
	}
}

// numberOf is the number of the person who sent a message.
func (c *crashRun) numberOf(id string) int64 {
	n, err := strconv.ParseInt(strings.TrimPrefix(id, "crash-"), 10, 64)
	if err != nil {
		c.t.Fatal(err)
	}
	return n
}

// checkWords: the answer is about what was asked.
func (c *crashRun) checkWords(asked string, got []string) {
	want := "PA-"
	if code, ok := strings.CutPrefix(asked, "HS "); ok {
		want = code
	}
	if !slices.ContainsFunc(got, func(s string) bool { return strings.Contains(s, want) }) {
		c.t.Errorf("%q was answered by %q", asked, got)
	}
}

// checkGrievances: each filing is there once. Everybody files from a phone of their own; the words
// of some are read to see that they are whole.
func (c *crashRun) checkGrievances() {
	filed := map[string]string{} // by phone
	for id, words := range c.accepted {
		if strings.HasPrefix(words, "PA ") {
			filed["+"+phoneOf(c.numberOf(id))] = strings.TrimPrefix(words, "PA ")
		}
	}
	c.result.grievances = len(filed)
	found := map[string]int{}
	codes := map[string]string{}
	for _, row := range c.records.rows(`SELECT code, phone FROM grievances`) {
		found[row[1]]++
		codes[row[0]] = row[1]
	}
	for phone := range filed {
		if found[phone] != 1 {
			c.t.Errorf("one grievance was filed from a phone, and %d are there", found[phone])
		}
	}
	list := report[[]grievanceRow](c.in, "grievance", "list")
	if len(list) != len(filed) || len(codes) != len(filed) {
		c.t.Errorf("%d grievances were filed, %d are there, %d are listed", len(filed), len(codes), len(list))
	}
	for range min(50, len(list)) {
		code := list[c.rng.IntN(len(list))].Code
		if got := report[grievanceDetail](c.in, "grievance", "show", code); got.Text != filed[codes[code]] {
			c.t.Errorf("grievance %s reads %q, and %q was filed", code, got.Text, filed[codes[code]])
		}
	}
}

// checkNotices: none is lost silently, none was sent twice.
func (c *crashRun) checkNotices() {
	c.result.notices = map[string]int{}
	took := map[string]int{}
	for _, m := range c.carrier.Messages() {
		took[m.ClientID]++
	}
	final := []string{"sent", "delivered", "failed", "unknown", "skipped"}
	for _, row := range c.records.rows(`SELECT id, state, reason FROM notices`) {
		c.result.notices[row[1]]++
		if !slices.Contains(final, row[1]) {
			c.t.Errorf("notice %s ended as %q", row[0], row[1])
		}
		if (row[1] == "failed" || row[1] == "skipped") && row[2] == "" {
			c.t.Errorf("notice %s is %s without a reason", row[0], row[1])
		}
	}
	for _, row := range c.records.rows(`SELECT o.id, o.state, n.state FROM outbox o JOIN notices n ON n.id = o.notice_id WHERE o.channel = 'sms'`) {
		n := took[row[0]]
		switch {
		case n > 1:
			c.t.Errorf("notice message %s was taken %d times", row[0], n)
		case n == 0 && (row[1] == "sent" || row[1] == "delivered"):
			c.t.Errorf("notice message %s is %s, and the carrier never took it", row[0], row[1])
		case n == 1 && (row[1] == "failed" || row[1] == "skipped"):
			c.t.Errorf("notice message %s is %s, and the carrier took it", row[0], row[1])
		case row[1] == "unknown" && c.cutRows[row[0]] == 0:
			c.t.Errorf("notice message %s is unknown, and nothing cut it", row[0])
		}
	}
	// Every change of every case that stands for a phone owes one notice.
	want := int(c.records.number(`SELECT COUNT(*) FROM applications a WHERE EXISTS (SELECT 1 FROM person_phones p WHERE p.person_id = a.person_id)`)) * c.round
	if got := int(c.records.number(`SELECT COUNT(*) FROM notices WHERE class = 'status' AND phone <> ''`)); got != want {
		c.t.Errorf("%d notices are owed, and %d were promised", want, got)
	}
}

func (c *crashRun) table() string {
	r := c.result
	return fmt.Sprintf("accepted %d (retried %d)  answered %d messages  lost %d  doubled %d  cut answers %d  cut notices %d  cut twice %d  grievances %d  notices %v",
		r.accepted, r.retried, r.answered, r.lost, r.doubled, r.cutAnswers, r.cutNotices, r.twiceCut, r.grievances, r.notices)
}
