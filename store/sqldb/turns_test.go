package sqldb

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
)

func TestTurnIsCommittedWhole(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	in := wrote(zalo(1), "1", "chào")
	in.ReplyToken = "mo-7"
	keep(t, db, in, wrote(zalo(1), "2", "CT"))
	c := claimOne(t, db)
	if !c.Conv.FirstAt.IsZero() || !c.Conv.LastInAt.IsZero() || c.Event.Attempt != 1 || c.Conv.Holder != "bot" {
		t.Errorf("first claim: %+v", c)
	}
	lang, unit, accents, holder := "en", int64(3), true, "officer"
	next, err := db.Commit(context.Background(), bot.Decision{Claim: c, Parts: []bot.Part{{Text: "a"}, {Text: "b"}},
		Turn: bot.Turn{State: []byte("s1"), Acts: []bot.Act{casework.GiveConsent{Key: "consent:1", Purpose: "news"}},
			Set: bot.Settings{Lang: &lang, UnitID: &unit, Accents: &accents, Holder: &holder}}}, 10*time.Second)
	if err != nil || next == nil {
		t.Fatalf("commit: %v, %v", next, err)
	}
	want := bot.Conversation{ID: c.Conv.ID, Address: zalo(1), Rev: 1, Lang: "en", Accents: true, UnitID: 3,
		FirstAt: h.now(), LastInAt: h.now(), Holder: "officer"}
	if next.Conv != want || next.Event.Seq != 2 || next.Token != c.Token {
		t.Errorf("next claim %+v, want conversation %+v", next, want)
	}
	if rev, state, err := db.State(context.Background(), c.Conv.ID); rev != 1 || string(state) != "s1" || err != nil {
		t.Errorf("state %d %q, %v", rev, state, err)
	}
	if one[int](t, db, `SELECT COUNT(*) FROM acts WHERE key = 'consent:1'`) != 1 {
		t.Error("the act is not there")
	}
	last, err := db.Commit(context.Background(), bot.Decision{Claim: *next, Parts: []bot.Part{{Text: "c"}}, Turn: bot.Turn{State: nil}}, time.Minute)
	if err != nil || last != nil {
		t.Fatalf("last commit: %v, %v", last, err)
	}
	var got string
	rows, err := db.read.Query(`SELECT seq || reply_token || part FROM outbox WHERE lane = 0 ORDER BY seq`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			t.Fatal(err)
		}
		got += s + "\n"
	}
	const parts = `1mo-7body:{"text":"a","segments":0}
2mo-7body:{"text":"b","segments":0}
3body:{"text":"c","segments":0}
`
	if got != parts {
		t.Errorf("outbox:\n%swant:\n%s", got, parts)
	}
	if n := one[int](t, db, `SELECT COUNT(*) FROM conversations WHERE due_at IS NULL AND token = '' AND lease_until = 0`); n != 1 {
		t.Error("the lease was not given back")
	}
}

func TestLostLeaseDiscardsTheTurn(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "chào"))
	slow := claimOne(t, db)
	if claims, err := db.Claim(ctx, 1, time.Second); err != nil || len(claims) != 0 {
		t.Fatalf("claimed what is leased: %v, %v", claims, err)
	}
	h.move(9 * time.Second)
	if err := db.Renew(ctx, slow, 10*time.Second); err != nil {
		t.Fatal(err)
	}
	h.move(11 * time.Second)
	quick := claimOne(t, db)
	if quick.Event.Attempt != 2 {
		t.Errorf("second claim is attempt %d", quick.Event.Attempt)
	}
	if err := db.Renew(ctx, slow, time.Second); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("renewed another's lease: %v", err)
	}
	answer := bot.Decision{Claim: slow, Parts: []bot.Part{{Text: "slow"}},
		Turn: bot.Turn{Acts: []bot.Act{casework.GiveConsent{Key: "consent:slow"}}}}
	if _, err := db.Commit(ctx, answer, time.Second); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("committed under another's lease: %v", err)
	}
	stale := quick
	stale.Conv.Rev = 7
	if _, err := db.Commit(ctx, bot.Decision{Claim: stale, Parts: []bot.Part{{Text: "stale"}}}, time.Second); !errors.Is(err, bot.ErrLeaseLost) {
		t.Errorf("committed on another revision: %v", err)
	}
	if err := db.Release(ctx, slow, 0, false); err != nil {
		t.Error(err)
	}
	if _, err := db.Commit(ctx, bot.Decision{Claim: quick, Parts: []bot.Part{{Text: "quick"}}}, time.Second); err != nil {
		t.Fatal(err)
	}
	if n := one[int](t, db, `SELECT COUNT(*) FROM outbox`) + one[int](t, db, `SELECT COUNT(*) FROM acts`); n != 1 {
		t.Errorf("%d answers and acts, want the quick turn's one answer", n)
	}
}

func TestReleaseCountsOnlyFailures(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "chào"))
	c := claimOne(t, db)
	if err := db.Release(ctx, c, 0, false); err != nil {
		t.Fatal(err)
	}
	c = claimOne(t, db)
	if c.Event.Attempt != 1 {
		t.Errorf("an attempt that was not made counts: %d", c.Event.Attempt)
	}
	if err := db.Release(ctx, c, 2*time.Second, true); err != nil {
		t.Fatal(err)
	}
	if claims, err := db.Claim(ctx, 1, time.Second); err != nil || len(claims) != 0 {
		t.Errorf("claimed before its time: %v, %v", claims, err)
	}
	h.move(2 * time.Second)
	if c = claimOne(t, db); c.Event.Attempt != 2 {
		t.Errorf("attempt %d, want 2", c.Event.Attempt)
	}
}

func TestParkedEvent(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "chào"))
	c := claimOne(t, db)
	if _, err := db.Commit(ctx, bot.Decision{Claim: c, Turn: bot.Turn{State: []byte("s1")}}, time.Second); err != nil {
		t.Fatal(err)
	}
	keep(t, db, wrote(zalo(1), "2", "odd"), wrote(zalo(1), "3", "CT"))
	next, err := db.Commit(ctx, bot.Decision{Claim: claimOne(t, db), Parked: true, Parts: []bot.Part{{Text: "xin lỗi"}}}, time.Second)
	if err != nil || next == nil || next.Event.Incoming.Text != "CT" {
		t.Fatalf("after the parked event: %+v, %v", next, err)
	}
	if _, state, err := db.State(ctx, c.Conv.ID); string(state) != "s1" || err != nil {
		t.Errorf("the state moved to %q, %v", state, err)
	}
	if one[int](t, db, `SELECT COUNT(*) FROM tasks WHERE kind = 'parked'`) != 1 || one[int](t, db, `SELECT COUNT(*) FROM outbox`) != 1 ||
		one[string](t, db, `SELECT state FROM events WHERE provider_id = '2'`) != "parked" {
		t.Error("no task, no apology, or not parked")
	}
}

func TestQuietTurnSealsWhatWasSaid(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := clockedDB(t)
	web := bot.Address{Channel: bot.Webchat, ID: "chat"}
	keep(t, db, wrote(web, "1", "ông X nhận tiền"), wrote(web, "2", "CT"))
	if _, err := db.Commit(ctx, bot.Decision{Claim: claimOne(t, db), Turn: bot.Turn{Quiet: true}, Last: true}, time.Second); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"events", "chat_log"} {
		var class string
		var sealed []byte
		column := map[string]string{"events": "body", "chat_log": "sealed"}[table]
		if err := db.read.QueryRow(`SELECT class, `+column+` FROM `+table+` ORDER BY id LIMIT 1`).Scan(&class, &sealed); err != nil {
			t.Fatal(err)
		}
		if class != bot.SealAccusation || !bytes.HasPrefix(sealed, []byte(bot.SealAccusation+":")) {
			t.Errorf("%s: class %s", table, class)
		}
	}
	entries, err := db.Chats().Since(ctx, "chat", 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Part.Text != "CT" {
		t.Errorf("the chat shows %+v, %v", entries, err)
	}
}

func TestUnreadableEventIsBroken(t *testing.T) {
	t.Parallel()
	db, _ := clockedDB(t)
	keep(t, db, wrote(zalo(1), "1", "chào"))
	must(t, db, `UPDATE events SET body = 'x'`)
	if c := claimOne(t, db); !c.Broken {
		t.Error("an event that cannot be read is not broken")
	}
}

func TestSMSProvesItsNumber(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	keep(t, db, wrote(bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "1", "HS 1"))
	if c := claimOne(t, db); c.Conv.Phone != "+84912345678" || !c.Conv.PhoneSince.Equal(h.now()) {
		t.Errorf("phone %q since %v", c.Conv.Phone, c.Conv.PhoneSince)
	}
}

func TestChatSaysOnce(t *testing.T) {
	t.Parallel()
	db, _ := clockedDB(t)
	for range 3 {
		if err := db.Chats().Say(context.Background(), "chat", 7, bot.Part{Text: "Chào"}); err != nil {
			t.Fatal(err)
		}
	}
	entries, err := db.Chats().Since(context.Background(), "chat", 0, 10)
	if err != nil || len(entries) != 1 || !entries[0].FromBot || entries[0].OutboxID != 7 {
		t.Errorf("the chat shows %+v, %v", entries, err)
	}
}
