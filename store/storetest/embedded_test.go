package storetest_test

import (
	"fmt"
	"log/slog"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/store"
	"tiepdan/store/storetest"
)

// opened opens stores in a folder of the test's own.
func opened(t *testing.T, redisURL string) *store.Stores {
	t.Helper()
	dir := t.TempDir()
	s, err := store.Open(t.Context(), store.Config{DatabaseURL: "sqlite:" + filepath.Join(dir, "sub", "t.db"), RedisURL: redisURL,
		DataDir: dir, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// keeper begins conversations and commits turns in real records.
type keeper struct {
	s *store.Stores
	n atomic.Int64
}

func (k *keeper) keep(t *testing.T, address bot.Address) {
	t.Helper()
	in := bot.Incoming{Address: address, Kind: bot.KindText, Text: "MENU", ProviderID: fmt.Sprint("m", k.n.Add(1))}
	if err := k.s.Records.Keep(t.Context(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
		t.Fatal(err)
	}
}

func address(n int64) bot.Address { return bot.Address{Channel: bot.Zalo, ID: fmt.Sprint("user", n)} }

func (k *keeper) begin(t *testing.T) int64 {
	t.Helper()
	who := address(k.n.Add(1))
	k.keep(t, who)
	id, err := k.s.Records.ConversationID(t.Context(), who)
	if err != nil {
		t.Fatal(err)
	}
	k.claim(t, id, func(c bot.Claim) {
		if err := k.s.Records.Release(t.Context(), c, 0, false); err != nil {
			t.Fatal(err)
		}
	})
	return id
}

// claim leases conversation id and gives back whatever else was due.
func (k *keeper) claim(t *testing.T, id int64, do func(bot.Claim)) {
	t.Helper()
	claims, err := k.s.Records.Claim(t.Context(), 100, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, c := range claims {
		if c.Conv.ID == id {
			do(c)
			found = true
		} else if err := k.s.Records.Release(t.Context(), c, 0, false); err != nil {
			t.Fatal(err)
		}
	}
	if !found {
		t.Fatalf("conversation %d is not due", id)
	}
}

func (k *keeper) commit(t *testing.T, id int64, state []byte) (rev int64) {
	t.Helper()
	k.claim(t, id, func(c bot.Claim) {
		k.keep(t, c.Conv.Address) // so that something is due for the next commit
		d := bot.Decision{Claim: c, Turn: bot.Turn{State: state}, Last: true}
		if _, err := k.s.Records.Commit(t.Context(), d, time.Minute); err != nil {
			t.Fatal(err)
		}
		if k.s.States != nil {
			if err := k.s.States.Put(t.Context(), id, c.Conv.Rev+1, state); err != nil {
				t.Fatal(err)
			}
		}
		rev = c.Conv.Rev + 1
	})
	return rev
}

func TestEmbedded(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Backend {
		s := opened(t, "")
		if s.States != nil {
			t.Fatal("embedded stores serve states from elsewhere than the records")
		}
		k := &keeper{s: s}
		return storetest.Backend{States: s.Records.States(), Limits: s.Limits, Begin: k.begin, Commit: k.commit}
	})
}

func TestRedis(t *testing.T) {
	t.Parallel()
	server := storetest.Redis(t)
	t.Run("suite", func(t *testing.T) {
		var convs atomic.Int64
		storetest.Run(t, func(t *testing.T) storetest.Backend {
			server := storetest.Redis(t)
			s := opened(t, server.URL())
			revs := make(map[int64]int64)
			return storetest.Backend{States: s.States, Limits: s.Limits,
				Begin: func(*testing.T) int64 { return convs.Add(1) },
				Commit: func(t *testing.T, id int64, state []byte) int64 {
					revs[id]++
					if err := s.States.Put(t.Context(), id, revs[id], state); err != nil {
						t.Fatal(err)
					}
					return revs[id]
				}}
		})
	})
	t.Run("away", func(t *testing.T) { testAway(t, server) })
}

// testAway: without its server nothing hangs, states are missing and counters refuse.
func testAway(t *testing.T, server *storetest.Server) {
	s := opened(t, server.URL())
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	server.Stop()
	began := time.Now()
	if ok, err := s.Limits.Take(t.Context(), "k", 10, time.Hour); ok || err == nil {
		t.Errorf("a counter that is away said %v, %v", ok, err)
	}
	if _, _, err := s.States.Get(t.Context(), 1); err == nil {
		t.Error("a state came from nowhere")
	}
	if err := s.States.Put(t.Context(), 1, 1, nil); err == nil {
		t.Error("a state was put nowhere")
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Errorf("three calls to a server that is away took %v", took)
	}
	server.Start()
	for deadline := time.Now().Add(5 * time.Second); ; {
		ok, err := s.Limits.Take(t.Context(), "k", 10, time.Hour)
		if ok && err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("long after its return: %v, %v", ok, err)
		}
	}
}
