package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

// shelf is a sink that keeps each event once, as records do.
type shelf struct {
	mu     sync.Mutex
	events []bot.Incoming
	seen   map[string]int
	drops  []string
	fails  int           // so many calls fail before anything is kept
	after  func()        // runs after something was kept, before Keep returns
	kept   chan struct{} // one signal for each call that succeeded
}

func newShelf() *shelf { return &shelf{seen: map[string]int{}, kept: make(chan struct{}, 100)} }

func (s *shelf) Keep(_ context.Context, d bot.Decoded) error {
	s.mu.Lock()
	if s.fails > 0 {
		s.fails--
		s.mu.Unlock()
		return errors.New("records are away")
	}
	for _, in := range d.Events {
		if s.seen[in.ProviderID]++; s.seen[in.ProviderID] == 1 {
			s.events = append(s.events, in)
		}
	}
	s.drops = append(s.drops, d.Dropped...)
	after := s.after
	s.mu.Unlock()
	if after != nil {
		after()
	}
	s.kept <- struct{}{}
	return nil
}

// texts are the words kept, in order.
func (s *shelf) texts() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var texts []string
	for _, in := range s.events {
		texts = append(texts, in.Text)
	}
	return texts
}

// pauses records how long the poller would have waited, and does not wait.
type pauses struct {
	mu    sync.Mutex
	waits []time.Duration
}

func (p *pauses) pause(ctx context.Context, d time.Duration) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.waits = append(p.waits, d)
	return ctx.Err()
}

func (p *pauses) all() []time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]time.Duration(nil), p.waits...)
}

func polling(cfg *Config) { cfg.Mode, cfg.WebhookSecret, cfg.PublicURL = ModePoll, "", "" }

// listen runs the poller until the returned function is called.
func listen(t *testing.T, c *Channel, sink bot.Sink) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(deadline(t))
	ended := make(chan error, 1)
	go func() { ended <- c.Listen(ctx, sink) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Listen: %v", err)
		}
	}
}

func await(t *testing.T, kept <-chan struct{}) {
	t.Helper()
	select {
	case <-kept:
	case <-deadline(t).Done():
		t.Fatal("nothing was kept")
	}
}

func TestListen(t *testing.T) {
	t.Parallel()
	s, c := pair(t, polling)
	p := started(s)
	p.Say("hs 1")
	p.SayInGroup(-100, "xin chào")
	sink := newShelf()
	stop := listen(t, c, sink)
	await(t, sink.kept)
	press := p.Press(1, "q7:a")
	await(t, sink.kept)
	if err := s.Await(deadline(t), func() bool { return s.Pending() == 0 && s.Answered(press) == 1 }); err != nil {
		t.Fatalf("%d updates are not confirmed, the press was answered %d times", s.Pending(), s.Answered(press))
	}
	stop()
	if got, want := sink.texts(), []string{"", "hs 1", ""}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	if !reflect.DeepEqual(sink.drops, []string{"group"}) {
		t.Errorf("dropped %q", sink.drops)
	}
	poll := s.Calls("getUpdates")[0].Params
	if poll["timeout"] != "40" || poll["allowed_updates"] != `["message","edited_message","callback_query","my_chat_member"]` {
		t.Errorf("polled with %v", poll)
	}
}

// TestListenRepeatsAfterACrash: stored, but the process ends before it confirms.
func TestListenRepeatsAfterACrash(t *testing.T) {
	t.Parallel()
	s, c := pair(t, polling)
	p := started(s)
	p.Say("một")
	p.Say("hai")
	sink := newShelf()
	ctx, crash := context.WithCancel(deadline(t))
	sink.after = crash
	if err := c.Listen(ctx, sink); err != nil {
		t.Errorf("Listen: %v", err)
	}
	await(t, sink.kept)
	if n := s.Pending(); n != 3 {
		t.Fatalf("%d updates wait, want all 3: nothing may be confirmed", n)
	}
	sink.after = nil
	p.Say("ba")
	stop := listen(t, newChannel(t, pollConfig(s)), sink)
	if err := s.Await(deadline(t), func() bool { return s.Pending() == 0 }); err != nil {
		t.Fatalf("%d updates still wait", s.Pending())
	}
	stop()
	if got, want := sink.texts(), []string{"", "một", "hai", "ba"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	sink.mu.Lock()
	defer sink.mu.Unlock()
	for id, n := range sink.seen {
		if last := sink.events[3].ProviderID; id != last && n != 2 {
			t.Errorf("%s came %d times, want twice under the same id", id, n)
		}
	}
}

func pollConfig(s *telegramtest.Server) Config {
	cfg := testConfig(s.URL())
	polling(&cfg)
	return cfg
}

// TestListenConfirmsNothingThatWasNotKept: records are away for a while.
func TestListenConfirmsNothingThatWasNotKept(t *testing.T) {
	t.Parallel()
	s, c := pair(t, polling)
	waited := &pauses{}
	c.pause = waited.pause
	started(s).Say("một")
	sink := newShelf()
	sink.fails = 3
	stop := listen(t, c, sink)
	if err := s.Await(deadline(t), func() bool { return s.Pending() == 0 }); err != nil {
		t.Fatalf("%d updates still wait", s.Pending())
	}
	stop()
	if got, want := sink.texts(), []string{"", "một"}; !reflect.DeepEqual(got, want) {
		t.Errorf("kept %q, want %q", got, want)
	}
	for i, least := range []time.Duration{time.Second, 2 * time.Second, 4 * time.Second} {
		if got := waited.all()[i]; got < least || got > least*5/4 {
			t.Errorf("pause %d is %v, want %v and up to a quarter more", i, got, least)
		}
	}
}

// TestListenWaitsAsTold has each failure of a poll and the pause that follows.
func TestListenWaitsAsTold(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		fault telegramtest.Fault
		least time.Duration
	}{
		{"too many", telegramtest.TooMany(35), 35 * time.Second},
		{"a second poller", telegramtest.Refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"), 5 * time.Second},
		{"token revoked", telegramtest.Refuse(401, "Unauthorized"), 5 * time.Minute},
		{"wrong URL", telegramtest.Refuse(404, "Not Found"), 5 * time.Minute},
		{"restart", telegramtest.Restart(), time.Second},
		{"page 502", telegramtest.Page(502), time.Second},
		{"cut", telegramtest.CutAfterAccept(), time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, c := pair(t, polling)
			waited := &pauses{}
			c.pause = waited.pause
			s.FailNext("getUpdates", tt.fault)
			started(s)
			sink := newShelf()
			stop := listen(t, c, sink)
			await(t, sink.kept)
			stop()
			if got := waited.all(); len(got) == 0 || got[0] < tt.least || got[0] > tt.least*5/4 {
				t.Errorf("paused for %v, want %v and up to a quarter more", got, tt.least)
			}
		})
	}
}

// TestListenTakesTheWebhookAway, at the start and when somebody sets one meanwhile.
func TestListenTakesTheWebhookAway(t *testing.T) {
	t.Parallel()
	s, hooked := pair(t, nil)
	if err := hooked.Register(deadline(t), nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	c := newChannel(t, pollConfig(s))
	waited := &pauses{}
	c.pause = waited.pause
	sink := newShelf()
	stop := listen(t, c, sink)
	if err := s.Await(deadline(t), func() bool { return len(s.Calls("deleteWebhook")) == 1 }); err != nil {
		t.Fatal(err)
	}
	if err := hooked.Register(deadline(t), nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	started(s)
	await(t, sink.kept)
	stop()
	for _, call := range s.Calls("deleteWebhook") {
		if call.Params["drop_pending_updates"] == "true" {
			t.Error("what was waiting was thrown away")
		}
	}
}

func TestBrokenUpdateCostsOnlyItself(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	p := &poller{c: c}
	got, pressed, next := p.decode([]json.RawMessage{
		json.RawMessage(msg(7, `"text":"một"`)), json.RawMessage(`"x"`),
		json.RawMessage(`{"update_id":8,"message":3}`), json.RawMessage(msg(9, `"text":"hai"`)),
	})
	if len(got.Events) != 2 || !reflect.DeepEqual(got.Dropped, []string{"broken", "kind"}) || pressed != nil || next != 10 {
		t.Errorf("decode gave %+v, %v, %d", got, pressed, next)
	}
}

func TestBackoffGrowsToItsCap(t *testing.T) {
	t.Parallel()
	for tries, want := range map[int]time.Duration{0: time.Second, 3: 8 * time.Second, 5: 32 * time.Second, 6: time.Minute, 500: time.Minute} {
		if got := backoff(errors.New("x"), tries); got < want || got > want*5/4 {
			t.Errorf("backoff after %d tries is %v, want %v and up to a quarter more", tries, got, want)
		}
	}
}

// TestListenInWebhookMode: there is nothing to fetch, and nothing to fail.
func TestListenInWebhookMode(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	stop := listen(t, c, newShelf())
	stop()
	if calls := s.Calls("getUpdates"); len(calls) != 0 {
		t.Errorf("%d polls", len(calls))
	}
}
