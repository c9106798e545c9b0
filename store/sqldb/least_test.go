package sqldb

import (
	"context"
	"errors"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/casework"
)

func TestAnothersMessageIsNotTakenForALostOne(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBox(t)
	// The same answer twice to one person: the first arrived, the second was cut off. Asked for
	// that text, the provider finds the first.
	b.answer(1, 1)
	first := b.claim(1).Rows[0]
	b.settle(delivery.Settlement{Row: first, State: delivery.Sent, ProviderID: "SM1"})
	lost := b.answer(1, 2)
	second := b.claim(1).Rows[0]
	b.settle(delivery.Settlement{Row: second, State: delivery.Unknown, Again: b.h.now().Add(time.Second)})
	b.h.move(2 * time.Second)
	doubtful, err := b.db.Outbox().Doubtful(ctx, bot.SMS, 10)
	if err != nil || len(doubtful) != 1 || doubtful[0].Out.ID != lost {
		t.Fatalf("%+v, %v", doubtful, err)
	}
	err = b.db.Outbox().Settle(ctx, delivery.Settlement{Row: doubtful[0], State: delivery.Sent, ProviderID: "SM1"})
	if !errors.Is(err, delivery.ErrAnother) || b.state(lost) != "unknown" {
		t.Errorf("the lost answer is %s, %v", b.state(lost), err)
	}
	b.settle(delivery.Settlement{Row: doubtful[0], State: delivery.Sent, ProviderID: "SM2"})
	if b.state(lost) != "sent" {
		t.Errorf("its own message leaves it %s", b.state(lost))
	}
}

func TestWhatAPersonJustDidIsAnsweredDespiteAnOptOut(t *testing.T) {
	t.Parallel()
	for why, want := range map[string]string{"asked": "claimed", "wrong_number": "skipped", "provider": "skipped"} {
		b := newBox(t)
		row := b.notice(0, "+84912345678")
		must(t, b.db, `UPDATE notices SET class = 'task'`)
		must(t, b.db, `INSERT INTO opt_outs (channel, address, class, why, since) VALUES ('sms', '+84912345678', 'all', $1, 1)`, why)
		b.claim(10)
		if got := b.state(row); got != want {
			t.Errorf("after an opt-out (%s) it is %s, want %s", why, got, want)
		}
	}
}

func TestOneTaskForOneThing(t *testing.T) {
	t.Parallel()
	db, _ := clockedDB(t)
	conv := chat(t, db, bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "")
	o := origin(conv, "+84912345678")
	for range 2 { // twice, at another time: two tasks
		key := newToken()
		do(t, db, casework.WrongNumber{Key: key, Origin: o},
			casework.OpenTask{Key: key + "t", Origin: o, Kind: casework.TaskWrongNumber, Detail: "sai số"})
		must(t, db, `UPDATE tasks SET opened_at = opened_at - 1`)
	}
	do(t, db, casework.SaidDead{Key: "d", Origin: o}, casework.OpenTask{Key: "dt", Origin: o, Kind: casework.TaskDeath, Detail: "báo tử"})
	do(t, db, casework.OpenTask{Key: "c1", Origin: o, Kind: casework.TaskCallback}, casework.OpenTask{Key: "c2", Origin: o, Kind: casework.TaskCallback})
	for kind, want := range map[string]int{casework.TaskWrongNumber: 2, casework.TaskDeath: 1, casework.TaskCallback: 2} {
		if got := countRows(t, db, `SELECT COUNT(*) FROM tasks WHERE kind = $1`, kind); got != want {
			t.Errorf("%d tasks of kind %s, want %d", got, kind, want)
		}
	}
	tasks, err := db.Tasks(context.Background(), "hoa", true, 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if task.Kind != casework.TaskCallback && task.Detail == "" {
			t.Errorf("task %+v lost its words", task)
		}
	}
}

func TestAQuietTurnForgetsTheNamesOfFiles(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := clockedDB(t)
	in := wrote(zalo(1), "1", "")
	in.Kind, in.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "f1", Name: "ong-X-nhan-tien.jpg"}, {ProviderID: "f2", Name: "ong-X.pdf"}}
	keep(t, db, in)
	if _, err := db.Commit(ctx, bot.Decision{Claim: claimOne(t, db), Turn: bot.Turn{Quiet: true}, Last: true}, time.Second); err != nil {
		t.Fatal(err)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM attachments WHERE ref LIKE '%ong-X%'`); n != 0 {
		t.Errorf("%d files still tell whom they accuse", n)
	}
	wanted, err := db.WantedFiles(ctx, 10, time.Minute)
	if err != nil || len(wanted) != 2 || wanted[0].Ref.ProviderID != "f1" || wanted[0].Ref.Name != "" {
		t.Errorf("wanted %+v, %v", wanted, err)
	}
}

func TestAnUnreadableFileHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, _ := clockedDB(t)
	in := wrote(zalo(1), "1", "")
	in.Kind, in.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "f1"}, {ProviderID: "f2"}}
	keep(t, db, in)
	must(t, db, `UPDATE attachments SET ref = 'rubbish' WHERE id = 1`)
	wanted, err := db.WantedFiles(ctx, 10, time.Minute)
	if err != nil || len(wanted) != 1 || wanted[0].Ref.ProviderID != "f2" {
		t.Errorf("wanted %+v, %v", wanted, err)
	}
	if got := one[string](t, db, `SELECT state || ' ' || reason FROM attachments WHERE id = 1`); got != "refused unreadable" {
		t.Errorf("the unreadable one is %s", got)
	}
}

func TestPruneLeavesNothingOfSilentPeople(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db, h := clockedDB(t)
	file := func(a bot.Address, id string) bot.Incoming {
		in := wrote(a, id, "")
		in.Kind, in.Files = bot.KindFiles, []bot.FileRef{{ProviderID: id}}
		return in
	}
	keep(t, db, file(zalo(1), "silent"))
	state := []byte("nửa lá đơn")
	if _, err := db.Commit(ctx, bot.Decision{Claim: claimOne(t, db), Turn: bot.Turn{State: state}}, time.Second); err != nil {
		t.Fatal(err)
	}
	must(t, db, `UPDATE attachments SET state = 'stored', sha256 = 'aa'`)
	must(t, db, `INSERT INTO notices (key, class, words, state, created_at, settled_at) VALUES ('old', 'status', 'body:x', 'sent', 1, $1)`, ms(h.now()))
	h.move(31 * 24 * time.Hour)
	keep(t, db, file(zalo(2), "fresh"), wrote(zalo(3), "waits", "a"))
	for range 2 {
		claims, err := db.Claim(ctx, 1, time.Second)
		if err != nil || len(claims) != 1 {
			t.Fatal(len(claims), err)
		}
		if claims[0].Event.Incoming.ProviderID == "waits" {
			continue // its turn is under way
		}
		if _, err := db.Commit(ctx, bot.Decision{Claim: claims[0], Turn: bot.Turn{State: state}}, time.Second); err != nil {
			t.Fatal(err)
		}
	}
	must(t, db, `UPDATE attachments SET state = 'stored', sha256 = 'bb' WHERE sha256 = ''`)
	must(t, db, `INSERT INTO notices (key, class, words, state, created_at, settled_at) VALUES ('new', 'status', 'body:x', 'sent', 1, $1), ('open', 'status', 'body:x', 'waiting', 1, 0)`, ms(h.now()))
	rev := one[int64](t, db, `SELECT rev FROM conversations WHERE address = 'user1'`)
	if _, err := db.Prune(ctx); err != nil {
		t.Fatal(err)
	}
	if got := one[string](t, db, `SELECT GROUP_CONCAT(address || ' ' || (state IS NULL), ', ') FROM (SELECT * FROM conversations ORDER BY id)`); got != "user1 1, user2 0, user3 1" {
		t.Errorf("states are gone of %s", got)
	}
	// A state kept elsewhere must not come back: it has the old revision.
	if got, _, err := db.State(ctx, 1); err != nil || got != rev+1 {
		t.Errorf("revision %d, %v; want %d", got, err, rev+1)
	}
	kept, err := db.KeptFiles(ctx)
	if err != nil || len(kept) != 1 || !kept["bb"] {
		t.Errorf("kept files %v, %v", kept, err)
	}
	if got := one[string](t, db, `SELECT GROUP_CONCAT(key, ',') FROM (SELECT key FROM notices WHERE LENGTH(words) > 0 ORDER BY key)`); got != "new,open" {
		t.Errorf("words are left of %s", got)
	}
}
