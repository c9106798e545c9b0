package storetest_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strconv"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/store"
)

// provider is a channel that fails in every way, and knows what it really took.
type provider struct {
	mu    sync.Mutex
	rand  *rand.Rand
	calm  bool
	taken map[string][]string // texts by address, in order
	cut   int                 // took a message and did not say so
}

func (*provider) Name() string       { return bot.Zalo }
func (*provider) Limits() bot.Limits { return bot.Limits{InFlight: 8} }
func (*provider) Render(c bot.Content) ([]bot.Part, error) {
	return []bot.Part{{Text: c.Text, Segments: 1}}, nil
}

func (p *provider) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.rand.IntN(10)
	if p.calm {
		n = 9
	}
	switch n {
	case 0:
		return bot.Sent{}, &bot.SendError{Class: bot.Transient, Code: "refused"}
	case 1:
		return bot.Sent{}, &bot.SendError{Class: bot.Throttled, Code: "429", RetryAfter: 5 * time.Millisecond}
	case 2:
		return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Code: "cut"}
	}
	p.taken[out.To.ID] = append(p.taken[out.To.ID], out.Part.Text)
	if n == 3 {
		p.cut++
		return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Code: "cut"}
	}
	return bot.Sent{ProviderID: fmt.Sprint(out.ID), Delivered: true}, nil
}

// TestWholePath takes messages from being kept to a provider that fails in every
// way, with workers that stop and start: every message is answered, in order, and what
// arrives twice is counted.
func TestWholePath(t *testing.T) {
	t.Parallel()
	const people, each = 8, 6
	s := opened(t, "")
	p := &provider{rand: rand.New(rand.NewPCG(1, 2)), taken: map[string][]string{}}
	policy := delivery.DefaultPolicy()
	policy.Grace, policy.FirstRetry, policy.Poll = 10*time.Millisecond, time.Millisecond, 20*time.Millisecond
	_, stop := play(t, s, 4, func(string, time.Duration) {})
	for i := range each {
		for n := range int64(people) {
			in := bot.Incoming{Address: address(n), ProviderID: fmt.Sprintf("%d-%d", n, i), Kind: bot.KindText, Text: fmt.Sprint(i)}
			if err := s.Records.Keep(t.Context(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	for round := 0; ; round++ {
		p.mu.Lock()
		p.calm = round > 5
		p.mu.Unlock()
		work(t, s, p, policy)
		if open(t, s) == 0 {
			break
		}
		if round > 200 {
			t.Fatal("answers wait for ever")
		}
	}
	stop()
	checkTaken(t, s, p, people, each)
}

// work runs a worker for a moment.
func work(t *testing.T, s *store.Stores, p *provider, policy delivery.Policy) {
	w := delivery.NewWorker(delivery.Config{Channel: p, Outbox: s.Records.Outbox(), Policy: policy, Clock: time.Now,
		Log: slog.New(slog.DiscardHandler)})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := w.Run(ctx); err != nil {
		t.Error(err)
	}
}

// open counts rows of which more can become; it is 0 only once all events have been answered.
func open(t *testing.T, s *store.Stores) (n int64) {
	counts, err := s.Records.Outbox().Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n = 48
	for _, c := range counts {
		if c.State == delivery.Delivered || c.State == delivery.Unknown {
			n -= c.Rows
		}
	}
	if n == 0 {
		doubtful, err := s.Records.Outbox().Doubtful(t.Context(), bot.Zalo, 1)
		if err != nil {
			t.Fatal(err)
		}
		n = int64(len(doubtful))
	}
	return n
}

// checkTaken: in order, twice only after a lost outcome, missing only where the outcome stays unknown.
func checkTaken(t *testing.T, s *store.Stores, p *provider, people int64, each int) {
	doubled, missing := 0, 0
	for n := range people {
		next := 0
		for _, text := range p.taken[address(n).ID] {
			i, err := strconv.Atoi(text)
			switch {
			case err != nil || i < next-1:
				t.Errorf("person %d got %v", n, p.taken[address(n).ID])
			case i == next-1:
				doubled++
			default:
				missing += i - next
				next = i + 1
			}
		}
		missing += each - next
	}
	counts, err := s.Records.Outbox().Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var repeats, unknown int64
	for _, c := range counts {
		repeats += c.Repeats
		if c.State == delivery.Unknown {
			unknown += c.Rows
		}
	}
	if int64(doubled) > repeats || doubled > p.cut || int64(missing) > unknown {
		t.Errorf("%d answers came twice (%d repeated, %d outcomes cut), %d never (%d unknown)", doubled, repeats, p.cut, missing, unknown)
	}
}
