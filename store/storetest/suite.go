package storetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot"
)

// Limits is what a counter must do.
type Limits interface {
	Take(ctx context.Context, key string, n int, window time.Duration) (bool, error)
}

// Backend is a store under test.
type Backend struct {
	States bot.States
	Limits Limits
	// Begin makes a conversation and returns its id, with nothing kept of it yet.
	Begin func(t *testing.T) int64
	// Commit does what a turn does at its end: it makes state the conversation's
	// next, and returns the revision.
	Commit func(t *testing.T, conversationID int64, state []byte) int64
}

// Run runs the suite.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	t.Run("states", func(t *testing.T) { t.Parallel(); testStates(t, open(t)) })
	t.Run("older revision", func(t *testing.T) { t.Parallel(); testOlder(t, open(t)) })
	t.Run("limits", func(t *testing.T) { t.Parallel(); testLimits(t, open(t)) })
	t.Run("limits at once", func(t *testing.T) { t.Parallel(); testLimitsAtOnce(t, open(t)) })
	t.Run("window ends", func(t *testing.T) { t.Parallel(); testWindow(t, open(t)) })
}

func testStates(t *testing.T, b Backend) {
	ctx := t.Context()
	one, other := b.Begin(t), b.Begin(t)
	if _, _, err := b.States.Get(ctx, one); !errors.Is(err, bot.ErrNoState) {
		t.Fatalf("before the first turn: %v, want ErrNoState", err)
	}
	for i, state := range [][]byte{[]byte("first"), {0, 1, 2, 255}, nil, bytes.Repeat([]byte("đơn "), 20_000)} {
		rev := b.Commit(t, one, state)
		gotRev, got, err := b.States.Get(ctx, one)
		if err != nil || gotRev != rev || !bytes.Equal(got, state) {
			t.Errorf("state %d: revision %d of %d, %d bytes of %d, %v", i, gotRev, rev, len(got), len(state), err)
		}
	}
	if _, _, err := b.States.Get(ctx, other); !errors.Is(err, bot.ErrNoState) {
		t.Errorf("another conversation: %v, want ErrNoState", err)
	}
}

func testOlder(t *testing.T, b Backend) {
	ctx := t.Context()
	conv := b.Begin(t)
	var rev int64
	for i := range 5 {
		rev = b.Commit(t, conv, fmt.Append(nil, i))
	}
	var wg sync.WaitGroup
	for old := range rev {
		wg.Go(func() {
			if err := b.States.Put(ctx, conv, old, []byte("old")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if got, state, err := b.States.Get(ctx, conv); err != nil || got != rev || string(state) != "4" {
		t.Errorf("after late puts: revision %d, %q, %v; want %d, \"4\"", got, state, err, rev)
	}
}

func testLimits(t *testing.T, b Backend) {
	for _, key := range []string{"guess:+84912345678", "guess:+84912345679"} {
		for i := range 5 {
			ok, err := b.Limits.Take(t.Context(), key, 3, time.Hour)
			if err != nil || ok != (i < 3) {
				t.Errorf("%s, use %d of 3: %v, %v", key, i+1, ok, err)
			}
		}
	}
	if ok, err := b.Limits.Take(t.Context(), "none", 0, time.Hour); ok || err != nil {
		t.Errorf("one of none: %v, %v", ok, err)
	}
}

func testLimitsAtOnce(t *testing.T, b Backend) {
	var given atomic.Int64
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			ok, err := b.Limits.Take(t.Context(), "at once", 10, time.Hour)
			if err != nil {
				t.Error(err)
			}
			if ok {
				given.Add(1)
			}
		})
	}
	wg.Wait()
	if given.Load() != 10 {
		t.Errorf("gave %d of 10", given.Load())
	}
}

// testWindow uses up a short window and waits for it to end by itself: later uses do not prolong it.
func testWindow(t *testing.T, b Backend) {
	const window = 100 * time.Millisecond
	began := time.Now()
	if ok, err := b.Limits.Take(t.Context(), "window", 1, window); !ok || err != nil {
		t.Fatalf("first use: %v, %v", ok, err)
	}
	for {
		ok, err := b.Limits.Take(t.Context(), "window", 1, window)
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); ok {
			if took < window-10*time.Millisecond {
				t.Errorf("given again after %v of %v", took, window)
			}
			return
		} else if took > 20*window {
			t.Fatalf("not given again after %v of %v", took, window)
		}
	}
}
