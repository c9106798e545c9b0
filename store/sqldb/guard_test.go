package sqldb

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
)

func TestRecordsAreTheirOwnersAlone(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	if err := os.WriteFile(path, nil, 0o644); err != nil { // as an older program or a copy left it
		t.Fatal(err)
	}
	db, err := Open(context.Background(), "sqlite:"+path, Options{Vault: plainVault{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	keep(t, db, wrote(zalo(1), "1", "a"))
	for _, name := range []string{path, path + "-wal", path + "-shm"} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", filepath.Base(name), info.Mode().Perm())
		}
	}
}

func TestProgramsMayStartAtTheSameTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "t.db")
	var all sync.WaitGroup
	for range 6 {
		all.Go(func() {
			db, err := Open(context.Background(), "sqlite:"+path, Options{Vault: plainVault{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestPanicsTellNothingOfWhatWasTyped(t *testing.T) {
	t.Parallel()
	db, _ := clockedDB(t)
	for _, p := range []any{"bà Lành 0912345678", errors.New("bà Lành 0912345678"), []string{"bà Lành"}} {
		err := db.write(context.Background(), func(context.Context, *Tx) error { panic(p) })
		if err == nil || strings.Contains(err.Error(), "Lành") || strings.Contains(err.Error(), "0912") {
			t.Errorf("panic with %T: %v", p, err)
		}
	}
	keep(t, db, wrote(zalo(1), "1", "a")) // the writer goes on
}

// fill makes the file unable to grow, as a full disk does. The writer throws its connection
// away when a transaction ends under it, and the limit with it.
func fill(ctx context.Context, tx *Tx) error {
	var pages int64
	if err := tx.s.conn.QueryRowContext(ctx, "PRAGMA page_count").Scan(&pages); err != nil {
		return err
	}
	_, err := tx.s.conn.ExecContext(ctx, fmt.Sprint("PRAGMA max_page_count = ", pages))
	return err
}

func TestAFullDiskIsNotTheEventsFault(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "a"))
	big := bot.Part{Text: strings.Repeat("a", 1<<20), Segments: 1}
	for range 7 {
		if err := db.write(ctx, fill); err != nil {
			t.Fatal(err)
		}
		c := claimOne(t, db)
		if c.Event.Attempt != 1 {
			t.Fatalf("attempt %d is counted against the event", c.Event.Attempt)
		}
		_, err := db.Commit(ctx, bot.Decision{Claim: c, Parts: []bot.Part{big}}, 10*time.Second)
		if !errors.Is(err, bot.ErrAway) {
			t.Fatalf("a turn that the disk has no room for: %v", err)
		}
		if err := db.Release(ctx, c, time.Second, false); err != nil {
			t.Fatal(err)
		}
		h.move(2 * time.Second)
	}
	c := claimOne(t, db)
	if _, err := db.Commit(ctx, bot.Decision{Claim: c, Parts: []bot.Part{big}}, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, db, `SELECT state FROM events`); got != "done" {
		t.Errorf("the event is %s", got)
	}
}

func TestAFullDiskCostsNoOtherChange(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "a"))
	// A group in which one change is too large: the others are kept.
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			errs[i] = db.write(ctx, func(ctx context.Context, tx *Tx) error {
				if i == 3 {
					if err := fill(ctx, tx); err != nil {
						return err
					}
					_, err := tx.exec(ctx, `INSERT INTO acts (key, at) VALUES ($1, 1)`, strings.Repeat("k", 1<<20))
					return err
				}
				_, err := tx.exec(ctx, `UPDATE conversations SET next_out = next_out + 1`)
				return err
			})
		})
	}
	all.Wait()
	for i, err := range errs {
		if (i == 3) != errors.Is(err, bot.ErrAway) {
			t.Errorf("change %d: %v", i, err)
		}
	}
	if got := one[int64](t, db, `SELECT next_out FROM conversations`); got != 8 {
		t.Errorf("%d changes were kept, want 7", got-1)
	}
}
