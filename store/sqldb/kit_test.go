package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
)

// hand is a clock that tests move.
type hand struct {
	mu sync.Mutex
	t  time.Time
}

func newHand() *hand { return &hand{t: time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)} }

func (h *hand) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.t
}

func (h *hand) move(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.t = h.t.Add(d)
}

// clockedDB opens fresh records under a clock that the test moves.
func clockedDB(t testing.TB) (*DB, *hand) {
	t.Helper()
	h := newHand()
	db, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"),
		Options{Vault: plainVault{}, Clock: h.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, h
}

// must runs one statement.
func must(t testing.TB, db *DB, query string, args ...any) int64 {
	t.Helper()
	var id int64
	err := db.write(context.Background(), func(ctx context.Context, tx *Tx) error {
		res, err := tx.exec(ctx, query, args...)
		if err == nil {
			id, err = res.LastInsertId()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// one reads one value.
func one[T any](t testing.TB, db *DB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := db.read.QueryRow(query, args...).Scan(&v); err != nil && err != sql.ErrNoRows {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

func wrote(address bot.Address, id, words string) bot.Incoming {
	return bot.Incoming{Address: address, ProviderID: id, Kind: bot.KindText, Text: words}
}

func keep(t testing.TB, db *DB, events ...bot.Incoming) {
	t.Helper()
	if err := db.Keep(context.Background(), bot.Decoded{Events: events}); err != nil {
		t.Fatal(err)
	}
}

func zalo(n int) bot.Address { return bot.Address{Channel: bot.Zalo, ID: fmt.Sprint("user", n)} }

// claimOne claims the one conversation that is due.
func claimOne(t testing.TB, db *DB) bot.Claim {
	t.Helper()
	claims, err := db.Claim(context.Background(), 10, 10*time.Second)
	if err != nil || len(claims) != 1 {
		t.Fatalf("claimed %d conversations (%v), want 1", len(claims), err)
	}
	return claims[0]
}
