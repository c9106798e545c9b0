package sqldb

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
)

func TestKeepOnceAndInOrder(t *testing.T) {
	t.Parallel()
	db := testDB(t)
	var wg sync.WaitGroup
	for range 8 { // the provider sends everything eight times at once
		wg.Go(func() {
			for i := range 20 {
				in := wrote(zalo(i%4), fmt.Sprint("m", i), "chào")
				if err := db.Keep(context.Background(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := one[int](t, db, `SELECT COUNT(*) FROM events`); n != 20 {
		t.Errorf("kept %d events, want 20", n)
	}
	if n := one[int](t, db, `SELECT COUNT(*) FROM conversations WHERE due_at IS NOT NULL AND next_seq = 6`); n != 4 {
		t.Errorf("%d conversations count 5 events, want 4", n)
	}
	if n := one[int](t, db, `SELECT COUNT(*) FROM events a JOIN events b ON a.conversation_id = b.conversation_id
		AND a.seq < b.seq AND a.id > b.id`); n != 0 {
		t.Errorf("%d pairs are numbered against the order in which they came", n)
	}
}

func TestKeepGivesUpInTime(t *testing.T) {
	t.Parallel()
	db := testDB(t)
	hold, held := make(chan struct{}), make(chan struct{})
	go func() {
		_ = db.write(context.Background(), func(context.Context, *Tx) error { close(held); <-hold; return nil })
	}()
	<-held // records hang
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	err := db.Keep(ctx, bot.Decoded{Events: []bot.Incoming{wrote(zalo(1), "m", "chào")}})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("kept while records hang: %v", err)
	}
	close(hold)
	keep(t, db, wrote(zalo(1), "m", "chào")) // the provider tries again
	if n := one[int](t, db, `SELECT COUNT(*) FROM events`); n != 1 {
		t.Errorf("kept %d events, want 1", n)
	}
}

func TestOneOddEventCostsNoOther(t *testing.T) {
	t.Parallel()
	db := testDB(t)
	must(t, db, `CREATE TRIGGER odd BEFORE INSERT ON events WHEN NEW.provider_id = 'odd' BEGIN SELECT RAISE(ABORT, 'odd'); END`)
	err := db.Keep(context.Background(), bot.Decoded{Events: []bot.Incoming{wrote(zalo(1), "1", "a"), wrote(zalo(1), "odd", "b"), wrote(zalo(1), "3", "c")},
		Receipts: []bot.Receipt{{Channel: bot.Zalo, ProviderID: "p", State: bot.ReceiptSent}}})
	if err == nil {
		t.Error("the odd event is said to be kept")
	}
	if n := one[int](t, db, `SELECT COUNT(*) FROM events`) + one[int](t, db, `SELECT COUNT(*) FROM receipts`); n != 3 {
		t.Errorf("kept %d events and receipts, want the 3 others", n)
	}
}

func TestEventWithoutProviderIDIsKept(t *testing.T) {
	t.Parallel()
	db := testDB(t)
	keep(t, db, wrote(zalo(1), "", "a"), wrote(zalo(1), "", "b"))
	if n := one[int](t, db, `SELECT COUNT(*) FROM events`); n != 2 {
		t.Errorf("kept %d events, want 2", n)
	}
}

func TestKeepMarksTheConversation(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	blocked := func() int64 { return one[int64](t, db, `SELECT blocked_at FROM conversations`) }
	last := func() int64 { return one[int64](t, db, `SELECT last_in_at FROM conversations`) }
	keep(t, db, wrote(zalo(1), "1", "chào"))
	first := ms(h.now())
	h.move(time.Minute)
	keep(t, db, bot.Incoming{Address: zalo(1), ProviderID: "2", Kind: bot.KindBlocked})
	if blocked() != ms(h.now()) || last() != first {
		t.Errorf("after the person blocked us: blocked %d, last in %d", blocked(), last())
	}
	h.move(time.Minute)
	keep(t, db, bot.Incoming{Address: zalo(1), ProviderID: "3", Kind: bot.KindStaff, Text: `{}`})
	if blocked() == 0 || last() != first {
		t.Error("the office's own event counts as the person's")
	}
	keep(t, db, wrote(zalo(1), "4", "MO"))
	if blocked() != 0 || last() != ms(h.now()) || one[int64](t, db, `SELECT first_at FROM conversations`) != first {
		t.Error("a message does not reopen the conversation")
	}
	if one[int64](t, db, `SELECT last_in_at FROM channels WHERE name = 'zalo'`) != ms(h.now()) {
		t.Error("the channel does not know when it was last heard")
	}
}

func TestKeepWhatComesAlong(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	unit := must(t, db, `INSERT INTO units (code, name, kind) VALUES ('x', 'xã X', 'commune')`)
	person := must(t, db, `INSERT INTO people (unit_id, name, name_key, created_at, updated_at) VALUES ($1, 'A', 'a', 0, 0)`, unit)
	must(t, db, `INSERT INTO person_phones (person_id, phone, whose, since) VALUES ($1, '+84912345678', 'self', $2)`, person, ms(h.now()))
	keep(t, db, wrote(bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "s", "HS 1"))
	if one[int64](t, db, `SELECT last_heard FROM person_phones`) != ms(h.now()) {
		t.Error("the phone does not know when it was last heard")
	}
	web := bot.Address{Channel: bot.Webchat, ID: "chat"}
	keep(t, db, bot.Incoming{Address: web, ProviderID: "w", Kind: bot.KindFiles, Files: []bot.FileRef{{Name: "anh.jpg"}, {Name: "b.pdf"}}})
	if n := one[int](t, db, `SELECT COUNT(*) FROM attachments WHERE state = 'wanted'`); n != 2 {
		t.Errorf("%d files are wanted, want 2", n)
	}
	entries, err := db.Chats().Since(context.Background(), "chat", 0, 10)
	if err != nil || len(entries) != 1 || entries[0].Part.Text != "anh.jpg, b.pdf" || entries[0].FromBot {
		t.Errorf("the chat shows %+v, %v", entries, err)
	}
}

func TestEditedMessage(t *testing.T) {
	t.Parallel()
	edit := func(id, replaces, words string) bot.Incoming {
		return bot.Incoming{Address: zalo(1), ProviderID: id, Kind: bot.KindEdited, Replaces: replaces, Text: words}
	}
	t.Run("still waiting", func(t *testing.T) {
		t.Parallel()
		db, _ := clockedDB(t)
		keep(t, db, wrote(zalo(1), "1", "HS 11"), edit("2", "1", "HS 12"), edit("2", "1", "HS 12"))
		c := claimOne(t, db)
		if c.Event.Incoming.Text != "HS 12" || c.Event.Incoming.Kind != bot.KindText {
			t.Errorf("plays %+v, want the edited text", c.Event.Incoming)
		}
		if n := one[int](t, db, `SELECT COUNT(*) FROM events WHERE state = 'waiting'`); n != 1 {
			t.Errorf("%d events wait, want 1", n)
		}
	})
	t.Run("being played", func(t *testing.T) {
		t.Parallel()
		db, _ := clockedDB(t)
		keep(t, db, wrote(zalo(1), "1", "HS 11"), wrote(zalo(1), "2", "CT"))
		c := claimOne(t, db)
		keep(t, db, edit("3", "1", "HS 12"), edit("4", "2", "LICH"))
		next, err := db.Commit(context.Background(), bot.Decision{Claim: c}, time.Minute)
		if err != nil || next.Event.Incoming.Text != "LICH" {
			t.Fatalf("second event: %+v, %v", next, err)
		}
		if next, err = db.Commit(context.Background(), bot.Decision{Claim: *next}, time.Minute); err != nil {
			t.Fatal(err)
		}
		if next == nil || next.Event.Incoming.Kind != bot.KindEdited || next.Event.Incoming.Text != "HS 12" {
			t.Errorf("the edit of what was being played: %+v, want it asked anew", next)
		}
	})
	t.Run("of something unknown", func(t *testing.T) {
		t.Parallel()
		db, _ := clockedDB(t)
		keep(t, db, edit("2", "1", "HS 12"))
		if c := claimOne(t, db); c.Event.Incoming.Kind != bot.KindEdited {
			t.Errorf("plays %+v", c.Event.Incoming)
		}
	})
}
