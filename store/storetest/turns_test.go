package storetest_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/store"
	"tiepdan/store/storetest"
)

// count is a player whose state is every text that it played.
type count struct{}

func (c count) Play(_ context.Context, _ bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
	next := fmt.Appendf(nil, "%s%s,", state, ev.Incoming.Text)
	return bot.Turn{State: next, Say: []bot.Content{{Text: ev.Incoming.Text}}}, nil
}

func (count) Apology(bot.Conversation) bot.Content { return bot.Content{Text: "sorry"} }

// plain is a channel that only renders.
type plain struct{ bot.Channel }

func (plain) Render(c bot.Content) ([]bot.Part, error) {
	return []bot.Part{{Text: c.Text, Segments: 1}}, nil
}

// play runs a dispatcher over the stores until stop is called.
func play(t testing.TB, s *store.Stores, workers int, played func(string, time.Duration)) (d *bot.Dispatcher, stop func()) {
	t.Helper()
	d = bot.NewDispatcher(bot.DispatcherConfig{Inbox: s.Records, States: s.States, Player: count{}, Workers: workers,
		Channels: map[string]bot.Channel{bot.Zalo: plain{}}, Log: slog.New(slog.DiscardHandler), Played: played})
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() {
		if err := d.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return d, func() { cancel(); running.Wait() }
}

// TestRedisVanishes flushes, kills and restarts Redis under conversations: every
// turn is played once, on the state that the one before it left.
func TestRedisVanishes(t *testing.T) {
	t.Parallel()
	const people, each = 20, 12
	server := storetest.Redis(t)
	s := opened(t, server.URL())
	var turns atomic.Int64
	third, twoThirds, all := make(chan struct{}), make(chan struct{}), make(chan struct{})
	d, stop := play(t, s, 4, func(outcome string, _ time.Duration) {
		if outcome != "played" {
			t.Errorf("a turn was %s", outcome)
		}
		switch turns.Add(1) {
		case people * each / 3:
			close(third)
		case people * each * 2 / 3:
			close(twoThirds)
		case people * each:
			close(all)
		}
	})
	var sending sync.WaitGroup
	for n := range int64(people) {
		sending.Go(func() {
			for i := range each {
				in := bot.Incoming{Address: address(n), ProviderID: fmt.Sprintf("%d-%d", n, i), Kind: bot.KindText, Text: fmt.Sprint(i)}
				if err := s.Records.Keep(context.Background(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
					t.Error(err)
				}
				d.Wake()
			}
		})
	}
	<-third
	server.Flush()
	<-twoThirds
	server.Stop()
	<-all
	server.Start()
	sending.Wait()
	stop()
	want := "0,1,2,3,4,5,6,7,8,9,10,11,"
	for n := range int64(people) {
		id, err := s.Records.ConversationID(t.Context(), address(n))
		if err != nil {
			t.Fatal(err)
		}
		if rev, state, err := s.Records.State(t.Context(), id); err != nil || rev != each || string(state) != want {
			t.Errorf("conversation %d: revision %d, %q, %v", id, rev, state, err)
		}
	}
	counts, err := s.Records.Outbox().Counts(t.Context())
	if err != nil || len(counts) != 1 || counts[0].Rows != people*each {
		t.Errorf("answers: %+v, %v; want %d", counts, err, people*each)
	}
}

// TestReplicasShareConversations lets three dispatchers play from one set of records.
func TestReplicasShareConversations(t *testing.T) {
	t.Parallel()
	const people, each = 10, 10
	s := opened(t, "")
	var turns atomic.Int64
	all := make(chan struct{})
	var stops []func()
	for range 3 {
		_, stop := play(t, s, 3, func(outcome string, _ time.Duration) {
			if outcome == "played" && turns.Add(1) == people*each {
				close(all)
			}
		})
		stops = append(stops, stop)
	}
	for i := range each {
		for n := range int64(people) {
			in := bot.Incoming{Address: address(n), ProviderID: fmt.Sprintf("%d-%d", n, i), Kind: bot.KindText, Text: fmt.Sprint(i)}
			if err := s.Records.Keep(t.Context(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
				t.Fatal(err)
			}
		}
	}
	<-all
	for _, stop := range stops {
		stop()
	}
	for n := range int64(people) {
		id, err := s.Records.ConversationID(t.Context(), address(n))
		if err != nil {
			t.Fatal(err)
		}
		if _, state, err := s.Records.State(t.Context(), id); err != nil || !strings.HasSuffix(string(state), "8,9,") {
			t.Errorf("conversation %d: %q, %v", id, state, err)
		}
	}
}

// BenchmarkTurn takes a message from being kept to its answer in the outbox, all committed.
func BenchmarkTurn(b *testing.B) {
	for name, people := range map[string]int{"one person": 1, "many people": 2000} {
		b.Run(name, func(b *testing.B) {
			s, err := store.Open(b.Context(), store.Config{DatabaseURL: "sqlite:" + b.TempDir() + "/t.db", DataDir: b.TempDir(),
				Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				b.Fatal(err)
			}
			turns := make(chan struct{}, 1024)
			d, stop := play(b, s, 32, func(string, time.Duration) { turns <- struct{}{} })
			var n atomic.Int64
			b.ReportAllocs()
			b.ResetTimer()
			var sending sync.WaitGroup
			for range 32 {
				sending.Go(func() {
					for i := n.Add(1); i <= int64(b.N); i = n.Add(1) {
						in := bot.Incoming{Address: address(i % int64(people)), ProviderID: fmt.Sprint("m", i), Kind: bot.KindText, Text: "."}
						if err := s.Records.Keep(context.Background(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
							b.Error(err)
						}
						d.Wake()
					}
				})
			}
			for range b.N {
				<-turns
			}
			sending.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "turns/s")
			b.StopTimer()
			stop()
			if err := s.Close(); err != nil {
				b.Error(err)
			}
		})
	}
}
