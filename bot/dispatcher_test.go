package bot_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tiepdan/bot"
)

// memory is an Inbox in memory. A conversation under lease is not claimed again.
type memory struct {
	mu     sync.Mutex
	events map[int64][]bot.Event // waiting
	rev    map[int64]int64
	state  map[int64][]byte
	leased map[int64]string
	said   []string
	parked []int64
	renews int
	lose   bool // the next commit finds its lease lost
	away   int  // so many commits fail because records are away
	n      int
	done   chan struct{} // closed when nothing waits
}

func newMemory(events ...bot.Event) *memory {
	m := &memory{events: map[int64][]bot.Event{}, rev: map[int64]int64{}, state: map[int64][]byte{}, leased: map[int64]string{},
		done: make(chan struct{})}
	for _, ev := range events {
		conv := ev.ID / 100
		m.events[conv] = append(m.events[conv], ev)
	}
	return m
}

// event makes event number seq of a conversation.
func event(conv, seq int64, words string) bot.Event {
	return bot.Event{ID: conv*100 + seq, Seq: seq, Incoming: bot.Incoming{Kind: bot.KindText, Text: words}}
}

func (m *memory) next(conv int64, token string) bot.Claim {
	ev := &m.events[conv][0]
	ev.Attempt++
	return bot.Claim{Conv: bot.Conversation{ID: conv, Rev: m.rev[conv], Address: bot.Address{Channel: "test"}}, Token: token, Event: *ev,
		Broken: ev.Incoming.Text == "broken"}
}

func (m *memory) Claim(_ context.Context, n int, _ time.Duration) (claims []bot.Claim, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for conv, events := range m.events {
		if len(events) > 0 && m.leased[conv] == "" && len(claims) < n {
			m.n++
			m.leased[conv] = fmt.Sprint(m.n)
			claims = append(claims, m.next(conv, m.leased[conv]))
		}
	}
	return claims, nil
}

func (m *memory) Renew(_ context.Context, c bot.Claim, _ time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.renews++
	if m.leased[c.Conv.ID] != c.Token {
		return bot.ErrLeaseLost
	}
	return nil
}

func (m *memory) State(_ context.Context, conv int64) (int64, []byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.rev[conv], m.state[conv], nil
}

func (m *memory) Commit(_ context.Context, d bot.Decision, _ time.Duration) (*bot.Claim, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	conv := d.Claim.Conv.ID
	if m.away > 0 {
		m.away--
		return nil, fmt.Errorf("begin: %w", bot.ErrAway)
	}
	if m.lose {
		m.lose = false
		delete(m.leased, conv)
		return nil, bot.ErrLeaseLost
	}
	if m.leased[conv] != d.Claim.Token || m.rev[conv] != d.Claim.Conv.Rev {
		return nil, bot.ErrLeaseLost
	}
	m.rev[conv]++
	for _, p := range d.Parts {
		m.said = append(m.said, p.Text)
	}
	if d.Parked {
		m.parked = append(m.parked, d.Claim.Event.ID)
	} else {
		m.state[conv] = d.Turn.State
	}
	m.events[conv] = m.events[conv][1:]
	if len(m.events[conv]) == 0 || d.Last {
		delete(m.leased, conv)
		m.finish()
		return nil, nil
	}
	c := m.next(conv, d.Claim.Token)
	return &c, nil
}

func (m *memory) finish() {
	for _, events := range m.events {
		if len(events) > 0 {
			return
		}
	}
	close(m.done)
}

func (m *memory) Release(_ context.Context, c bot.Claim, _ time.Duration, failed bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.leased[c.Conv.ID] == c.Token {
		delete(m.leased, c.Conv.ID)
		if !failed {
			m.events[c.Conv.ID][0].Attempt--
		}
	}
	return nil
}

// player answers by a func.
type player func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error)

func (p player) Play(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
	return p(ctx, conv, state, ev)
}
func (player) Apology(bot.Conversation) bot.Content { return bot.Content{Text: "sorry"} }

// echo says the text and appends it to the state.
func echo(_ context.Context, _ bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
	return bot.Turn{State: append(slices.Clone(state), ev.Incoming.Text...), Say: []bot.Content{{Text: ev.Incoming.Text}}}, nil
}

// plain is a channel that renders a content as one part.
type plain struct{ bot.Channel }

func (plain) Render(c bot.Content) ([]bot.Part, error) {
	if c.Text == "" {
		return nil, errors.New("nothing to say")
	}
	return []bot.Part{{Text: c.Text}}, nil
}

// dispatcher starts a dispatcher and returns it with a func that stops it.
func dispatcher(t *testing.T, m *memory, p player, change ...func(*bot.DispatcherConfig)) (*bot.Dispatcher, func()) {
	t.Helper()
	c := bot.DispatcherConfig{Inbox: m, Player: p, Channels: map[string]bot.Channel{"test": plain{}}, Workers: 3,
		Log: slog.New(slog.DiscardHandler)}
	for _, f := range change {
		f(&c)
	}
	d := bot.NewDispatcher(c)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return d, func() { cancel(); running.Wait() }
}

func TestConversationsPlayInOrder(t *testing.T) {
	t.Parallel()
	var events []bot.Event
	for conv := range int64(9) {
		for seq := range int64(5) {
			events = append(events, event(conv, seq, fmt.Sprint(seq)))
		}
	}
	m := newMemory(events...)
	_, stop := dispatcher(t, m, echo)
	<-m.done
	stop()
	for conv := range int64(9) {
		if string(m.state[conv]) != "01234" {
			t.Errorf("conversation %d played %q", conv, m.state[conv])
		}
	}
	if len(m.said) != 45 {
		t.Errorf("said %d answers, want 45", len(m.said))
	}
}

func TestFiveFailuresPark(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for name, fail := range map[string]func() (bot.Turn, error){
			"error":  func() (bot.Turn, error) { return bot.Turn{}, errors.New("odd") },
			"panic":  func() (bot.Turn, error) { panic("odd") },
			"unsaid": func() (bot.Turn, error) { return bot.Turn{Say: []bot.Content{{}}}, nil },
		} {
			tries := 0
			m := newMemory(event(1, 1, "odd"), event(1, 2, "CT"))
			_, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
				if ev.Incoming.Text == "odd" {
					tries++
					return fail()
				}
				return echo(ctx, conv, state, ev)
			})
			<-m.done
			stop()
			if tries != 5 || !slices.Equal(m.parked, []int64{101}) || strings.Join(m.said, ",") != "sorry,CT" {
				t.Errorf("%s: tried %d times, parked %v, said %v", name, tries, m.parked, m.said)
			}
		}
	})
}

func TestRecordsAwayParkNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(event(1, 1, "HS 1"), event(1, 2, "CT"))
		m.away = 20
		var away int
		_, stop := dispatcher(t, m, echo, func(c *bot.DispatcherConfig) {
			c.Played = func(outcome string, _ time.Duration) {
				if outcome == "away" {
					away++
				}
			}
		})
		<-m.done
		stop()
		if away != 20 || len(m.parked) != 0 || strings.Join(m.said, ",") != "HS 1,CT" {
			t.Errorf("away %d times, parked %v, said %v", away, m.parked, m.said)
		}
	})
}

func TestBrokenAndCrashingEventsAreNotPlayed(t *testing.T) {
	t.Parallel()
	crashed := event(2, 1, "kills the process")
	crashed.Attempt = 5
	m := newMemory(event(1, 1, "broken"), crashed)
	_, stop := dispatcher(t, m, func(context.Context, bot.Conversation, []byte, bot.Event) (bot.Turn, error) {
		t.Error("played")
		return bot.Turn{}, nil
	})
	<-m.done
	stop()
	if slices.Sort(m.parked); !slices.Equal(m.parked, []int64{101, 201}) {
		t.Errorf("parked %v", m.parked)
	}
}

func TestLostLeaseIsDecidedAgain(t *testing.T) {
	t.Parallel()
	plays := 0
	m := newMemory(event(1, 1, "a"))
	m.lose = true
	d, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
		plays++
		return echo(ctx, conv, state, ev)
	})
	d.Wake()
	<-m.done
	stop()
	if plays != 2 || strings.Join(m.said, ",") != "a" {
		t.Errorf("played %d times, said %v", plays, m.said)
	}
}

func TestSlowTurnKeepsItsLease(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(event(1, 1, "a"))
		_, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
			time.Sleep(10 * time.Second)
			return echo(ctx, conv, state, ev)
		})
		<-m.done
		stop()
		if m.renews != 3 {
			t.Errorf("renewed %d times in 10 s, want 3", m.renews)
		}
	})
}

func TestLosingTheLeaseEndsTheTurn(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory(event(1, 1, "a"))
		outcomes := make(chan string, 10)
		first := true
		_, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
			if !first {
				return echo(ctx, conv, state, ev)
			}
			first = false
			m.mu.Lock()
			m.leased[1] = "another's"
			m.mu.Unlock()
			<-ctx.Done()
			m.mu.Lock()
			delete(m.leased, 1)
			m.mu.Unlock()
			return bot.Turn{}, ctx.Err()
		}, func(c *bot.DispatcherConfig) {
			c.Played = func(outcome string, _ time.Duration) { outcomes <- outcome }
		})
		<-m.done
		stop()
		if a, b := <-outcomes, <-outcomes; a != "lost" || b != "played" {
			t.Errorf("outcomes %s, %s", a, b)
		}
	})
}

func TestStopFinishesTheTurnAndGivesTheRestBack(t *testing.T) {
	t.Parallel()
	m := newMemory(event(1, 1, "a"), event(1, 2, "b"))
	playing, goOn := make(chan struct{}), make(chan struct{})
	_, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
		close(playing)
		<-goOn
		if ctx.Err() != nil {
			t.Error("the turn under way was cut")
		}
		return echo(ctx, conv, state, ev)
	})
	<-playing
	stopped := make(chan struct{})
	go func() { stop(); close(stopped) }()
	select {
	case <-stopped:
		t.Error("stopped in the middle of a turn")
	case <-time.After(20 * time.Millisecond):
	}
	close(goOn)
	<-stopped
	if strings.Join(m.said, ",") != "a" || m.leased[1] != "" || m.events[1][0].Attempt != 0 {
		t.Errorf("said %v, lease %q, attempt %d", m.said, m.leased[1], m.events[1][0].Attempt)
	}
}

// cache is a States that can be wrong.
type cache struct {
	mu   sync.Mutex
	rev  int64
	text string
	err  error
	puts []string
}

func (c *cache) Get(context.Context, int64) (int64, []byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.rev, []byte(c.text), c.err
}

func (c *cache) Put(_ context.Context, conv, rev int64, state []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.puts = append(c.puts, fmt.Sprintf("%d %d %s", conv, rev, state))
	return c.err
}

func TestStateComesFromTheCacheAtTheRightRevisionOnly(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		cache *cache
		want  string
	}{
		"hit":   {&cache{rev: 3, text: "cached"}, "cached"},
		"older": {&cache{rev: 2, text: "cached"}, "row"},
		"newer": {&cache{rev: 4, text: "cached"}, "row"},
		"empty": {&cache{err: bot.ErrNoState}, "row"},
		"away":  {&cache{rev: 3, text: "cached", err: errors.New("away")}, "row"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMemory(event(1, 1, "+"))
			m.rev[1], m.state[1] = 3, []byte("row")
			_, stop := dispatcher(t, m, echo, func(c *bot.DispatcherConfig) { c.States = tt.cache })
			<-m.done
			stop()
			if string(m.state[1]) != tt.want+"+" || !slices.Equal(tt.cache.puts, []string{"1 4 " + tt.want + "+"}) {
				t.Errorf("state %q, put %q", m.state[1], tt.cache.puts)
			}
		})
	}
}

func TestKeywordRoutesHaveNoDigits(t *testing.T) {
	t.Parallel()
	m := newMemory(event(1, 1, "a"))
	_, stop := dispatcher(t, m, func(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
		if conv.Digits || conv.Keyword != "TIEPDAN" {
			t.Errorf("digits %v, keyword %q", conv.Digits, conv.Keyword)
		}
		return echo(ctx, conv, state, ev)
	}, func(c *bot.DispatcherConfig) { c.Keywords = map[string]string{"test": "TIEPDAN"} })
	<-m.done
	stop()
}
