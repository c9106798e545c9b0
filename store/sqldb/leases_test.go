package sqldb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/schedule"
)

func TestGrantRotatesOnceForAll(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := testDB(t)
	grants := db.Grants()
	grants.look = time.Millisecond
	if _, err := grants.Grant(ctx, "zalo"); !errors.Is(err, bot.ErrNoGrant) {
		t.Fatalf("before the first: %v", err)
	}
	var exchanges atomic.Int64
	exchange := func(_ context.Context, g bot.Grant) (bot.Grant, error) {
		exchanges.Add(1)
		return bot.Grant{Access: fmt.Sprint("access", g.Generation+1), Refresh: g.Refresh + "r"}, nil
	}
	for generation := range int64(3) {
		var wg sync.WaitGroup
		for range 6 {
			wg.Go(func() {
				got, err := grants.Rotate(ctx, "zalo", generation, time.Minute, exchange)
				if err != nil || got.Generation != generation+1 || got.Access != fmt.Sprint("access", generation+1) {
					t.Errorf("generation %d: %+v, %v", generation, got, err)
				}
			})
		}
		wg.Wait()
	}
	if exchanges.Load() != 3 {
		t.Errorf("exchanged %d times for 3 generations", exchanges.Load())
	}
	if got, err := grants.Grant(ctx, "zalo"); err != nil || got.Refresh != "rrr" || got.Name != "zalo" {
		t.Errorf("kept %+v, %v", got, err)
	}
}

func TestGrantExchangeFails(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	grants := testDB(t).Grants()
	away := errors.New("away")
	fail := func(consent bool) func(context.Context, bot.Grant) (bot.Grant, error) {
		return func(context.Context, bot.Grant) (bot.Grant, error) { return bot.Grant{NeedsConsent: consent}, away }
	}
	if _, err := grants.Rotate(ctx, "zalo", 0, time.Minute, fail(false)); !errors.Is(err, away) {
		t.Errorf("a failed exchange: %v", err)
	}
	if _, err := grants.Grant(ctx, "zalo"); !errors.Is(err, bot.ErrNoGrant) {
		t.Errorf("a failed exchange left something: %v", err)
	}
	if got, err := grants.Rotate(ctx, "zalo", 0, time.Minute, fail(true)); !errors.Is(err, away) || !got.NeedsConsent {
		t.Errorf("a refused token: %+v, %v", got, err)
	}
	if got, err := grants.Grant(ctx, "zalo"); err != nil || !got.NeedsConsent || got.Generation != 1 {
		t.Errorf("kept %+v, %v", got, err)
	}
}

func TestGrantIsKeptWhenTheCallerHasGone(t *testing.T) {
	t.Parallel()
	grants := testDB(t).Grants()
	ctx, cancel := context.WithCancel(context.Background())
	_, err := grants.Rotate(ctx, "zalo", 0, time.Minute, func(context.Context, bot.Grant) (bot.Grant, error) {
		cancel()
		return bot.Grant{Refresh: "new"}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := grants.Grant(context.Background(), "zalo"); err != nil || got.Refresh != "new" {
		t.Errorf("kept %+v, %v", got, err)
	}
}

func TestGrantWaitsForTheLease(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	grants := db.Grants()
	grants.look = time.Millisecond
	if _, mine, err := grants.tryAcquire(t.Context(), "zalo", 0, "dead", time.Minute); !mine || err != nil {
		t.Fatal(mine, err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	exchange := func(context.Context, bot.Grant) (bot.Grant, error) { return bot.Grant{Access: "a"}, nil }
	if _, err := grants.Rotate(ctx, "zalo", 0, time.Minute, exchange); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("rotated under another's lease: %v", err)
	}
	h.move(time.Minute) // whoever held it has died
	if got, err := grants.Rotate(t.Context(), "zalo", 0, time.Minute, exchange); err != nil || got.Access != "a" {
		t.Errorf("after the lease: %+v, %v", got, err)
	}
}

func TestJobsAreLeased(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	token, now, err := db.ClaimJob(ctx, "prune", 30*time.Second)
	if err != nil || token == "" || !now.Equal(h.now()) {
		t.Fatalf("a new job: %q, %v", token, err)
	}
	if other, _, err := db.ClaimJob(ctx, "prune", 30*time.Second); err != nil || other != "" {
		t.Errorf("claimed another's job: %q, %v", other, err)
	}
	h.move(20 * time.Second)
	if err := db.RenewJob(ctx, "prune", token, 30*time.Second); err != nil {
		t.Error(err)
	}
	h.move(30 * time.Second) // its runner has died
	second, _, err := db.ClaimJob(ctx, "prune", 30*time.Second)
	if err != nil || second == "" {
		t.Fatalf("after the lease: %q, %v", second, err)
	}
	if err := db.RenewJob(ctx, "prune", token, time.Second); !errors.Is(err, schedule.ErrLeaseLost) {
		t.Errorf("renewed another's lease: %v", err)
	}
	if err := db.FinishJob(ctx, "prune", token, h.now().Add(time.Hour), ""); err != nil {
		t.Error(err)
	}
	if err := db.FinishJob(ctx, "prune", second, h.now().Add(time.Minute), "away"); err != nil {
		t.Error(err)
	}
	if third, _, _ := db.ClaimJob(ctx, "prune", time.Second); third != "" {
		t.Error("claimed before it was due")
	}
	if one[string](t, db, `SELECT last_error FROM jobs`) != "away" {
		t.Error("the failure is not noted")
	}
	h.move(time.Minute)
	if third, _, err := db.ClaimJob(ctx, "prune", time.Second); third == "" || err != nil {
		t.Error("not claimed when due", err)
	}
}

func TestPrune(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	web := bot.Address{Channel: bot.Webchat, ID: "chat"}
	withFile := wrote(web, "case", "có ảnh")
	withFile.Files = []bot.FileRef{{Name: "a"}}
	keep(t, db, wrote(web, "old", "chào"), withFile)
	must(t, db, `UPDATE attachments SET grievance_id = 1`)
	c := claimOne(t, db)
	if c2, err := db.Commit(ctx, bot.Decision{Claim: c, Parts: []bot.Part{{Text: "a"}}}, time.Minute); err != nil {
		t.Fatal(err)
	} else if _, err := db.Commit(ctx, bot.Decision{Claim: *c2}, time.Minute); err != nil {
		t.Fatal(err)
	}
	must(t, db, `UPDATE outbox SET state = 'sent'`)
	must(t, db, `INSERT INTO sealed_texts (conversation_id, event_id, sealed, at, gone_at) VALUES (1, 1, 'x', 0, $1)`, ms(h.now().Add(30*24*time.Hour)))
	must(t, db, `INSERT INTO drafts (id, conversation_id, dialogue, state, updated_at, expires_at) VALUES ('d', $1, 'x', 'x', 0, $2)`, c.Conv.ID, ms(h.now().Add(time.Hour)))
	must(t, db, `INSERT INTO link_codes (code_hash, conversation_id, expires_at) VALUES ('c', $1, $2)`, c.Conv.ID, ms(h.now().Add(time.Hour)))
	if n, err := db.Prune(ctx); n != 0 || err != nil {
		t.Fatalf("pruned %d things of today, %v", n, err)
	}
	h.move(30*24*time.Hour + time.Minute)
	keep(t, db, wrote(web, "new", "CT"))
	if _, err := db.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{
		`SELECT COUNT(*) FROM events`:                                              3,
		`SELECT COUNT(*) FROM events WHERE body IS NULL AND provider_id = 'old'`:   1,
		`SELECT COUNT(*) FROM events WHERE body IS NULL`:                           1,
		`SELECT COUNT(*) FROM outbox WHERE part IS NULL`:                           1,
		`SELECT COUNT(*) FROM chat_log WHERE sealed IS NOT NULL`:                   1,
		`SELECT COUNT(*) FROM sealed_texts WHERE sealed IS NULL`:                   1,
		`SELECT (SELECT COUNT(*) FROM drafts) + (SELECT COUNT(*) FROM link_codes)`: 0,
	} {
		if got := one[int](t, db, query); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}
