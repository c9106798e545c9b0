package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/casework"
)

// due is one payment of a draft schedule.
type due struct {
	person     int64
	phone      string
	day, place string
	programme  string
}

// draft makes a schedule of payments, as an import does.
func (o *testOffice) draft(dues ...due) int64 {
	o.t.Helper()
	var id int64
	err := o.db.write(context.Background(), func(ctx context.Context, tx *Tx) error {
		var err error
		if id, err = tx.insert(ctx, `INSERT INTO broadcasts (unit_id, kind, title, state, created_at)
			VALUES ($1, 'payouts', 'tháng 12', 'draft', 1) RETURNING id`, o.unit); err != nil {
			return err
		}
		for _, d := range dues {
			p := casework.Payout{PersonID: d.person, UnitID: o.unit, BroadcastID: id, Programme: d.programme, Period: "12/2026", Amount: 543210,
				PayDate: d.day, Hours: "7h30-11h", Place: d.place, Method: casework.MethodCash}
			payout, err := keepDraft(ctx, tx, p)
			if err != nil {
				return err
			}
			if err := o.db.recipient(ctx, tx, p, payout, d.phone); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		o.t.Fatal(err)
	}
	return id
}

func (o *testOffice) do(err error) {
	o.t.Helper()
	if err != nil {
		o.t.Fatal(err)
	}
}

func (o *testOffice) refill() {
	o.t.Helper()
	_, err := o.db.RefillBroadcasts(context.Background())
	o.do(err)
}

func (o *testOffice) status(id int64) Status {
	o.t.Helper()
	s, err := o.db.BroadcastStatus(context.Background(), id)
	o.do(err)
	if sum := s.Waiting + s.Sent + s.Delivered + s.Failed + s.Unknown + s.Skipped; sum != s.Total {
		o.t.Errorf("the figures add up to %d: %+v", sum, s)
	}
	return s
}

const payDay, hall = "2026-12-08", "Nhà văn hóa ấp 3"

func TestRefillKeepsToTheCap(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	o.db.maxBulk = 3
	var dues []due
	for i := range 10 {
		phone := fmt.Sprintf("+849123456%02d", i)
		dues = append(dues, due{o.person(fmt.Sprint("Người ", i), phone), phone, payDay, hall, "btxh"})
	}
	id := o.draft(dues...)
	o.do(o.db.SendBroadcast(context.Background(), "test", id))
	told := map[string]int{}
	for i := 0; o.status(id).State == "sending"; i++ {
		if i > 20 {
			t.Fatal("it does not end")
		}
		o.refill()
		if n := one[int](t, o.db, `SELECT COUNT(*) FROM outbox WHERE state IN ('waiting', 'claimed')`); n > 3 {
			t.Fatalf("%d rows are open, want at most 3", n)
		}
		for _, r := range o.claim(bot.SMS) {
			told[r.Out.To.ID]++
			o.settle(r, delivery.Sent)
		}
	}
	if s := o.status(id); len(told) != 10 || s.Sent != 10 {
		t.Errorf("told %v, %+v", told, s)
	}
}

func TestPauseResumeAndCancel(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	ctx := context.Background()
	o.db.maxBulk = 4
	var dues []due
	for i := range 6 {
		phone := fmt.Sprintf("+849123456%02d", i)
		dues = append(dues, due{o.person(fmt.Sprint("Người ", i), phone), phone, payDay, hall, "btxh"})
	}
	id := o.draft(dues...)
	if err := o.db.PauseBroadcast(ctx, "test", id); !errors.Is(err, ErrBroadcastState) {
		t.Errorf("pausing a draft: %v", err)
	}
	o.do(o.db.SendBroadcast(ctx, "test", id))
	o.refill()
	o.do(o.db.PauseBroadcast(ctx, "test", id))
	o.refill()
	if rows := o.claim(bot.SMS); len(rows) != 0 {
		t.Errorf("claimed %d rows of a paused broadcast", len(rows))
	}
	o.do(o.db.ResumeBroadcast(ctx, "test", id))
	rows := o.claim(bot.SMS)
	if len(rows) != 4 {
		t.Fatalf("claimed %d rows, want 4", len(rows))
	}
	o.settle(rows[0], delivery.Sent)
	o.refill()
	o.do(o.db.CancelBroadcast(ctx, "test", id))
	if more := o.claim(bot.SMS); len(more) != 0 {
		t.Errorf("claimed %d rows of a cancelled broadcast", len(more))
	}
	if s := o.status(id); s.State != "cancelled" || s.Sent != 1 || s.Waiting != 3 || s.Skipped != 2 {
		t.Errorf("cancelled with three under way: %+v", s)
	}
	o.settle(rows[1], delivery.Delivered)
	o.settle(rows[2], delivery.Failed)
	o.settle(rows[3], delivery.Unknown)
	if s := o.status(id); s.Waiting != 0 || s.Delivered != 1 || s.Failed != 1 || s.Unknown != 1 || s.Total != 6 {
		t.Errorf("and these settled: %+v", s)
	}
	for _, move := range []func(context.Context, string, int64) error{o.db.SendBroadcast, o.db.PauseBroadcast, o.db.ResumeBroadcast} {
		if err := move(ctx, "test", id); !errors.Is(err, ErrBroadcastState) {
			t.Errorf("moving a cancelled broadcast: %v", err)
		}
	}
	if err := o.db.SendBroadcast(ctx, "test", id+1); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("sending none: %v", err)
	}
}

// TestACancelThatWasCutShort: the state has changed, and nothing else.
func TestACancelThatWasCutShort(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	id := o.draft(due{o.person("A", aPhone), aPhone, payDay, hall, "btxh"}, due{o.person("B", "+84912345679"), "+84912345679", payDay, hall, "btxh"})
	o.do(o.db.SendBroadcast(context.Background(), "test", id))
	must(t, o.db, `UPDATE broadcasts SET state = 'cancelled'`)
	if s := o.status(id); s.Skipped != 2 {
		t.Errorf("at once: %+v", s)
	}
	o.refill()
	if n := one[int](t, o.db, `SELECT COUNT(*) FROM notices WHERE state = 'skipped' AND reason = 'cancelled'`); n != 2 {
		t.Errorf("%d notices were skipped, want 2", n)
	}
}

func TestABroadcastExpiresWithThePayDay(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	id := o.draft(due{o.person("A", aPhone), aPhone, "2026-11-24", hall, "btxh"}, due{o.person("B", "+84912345679"), "+84912345679", "2026-11-24", hall, "btxh"})
	o.do(o.db.SendBroadcast(context.Background(), "test", id))
	o.db.maxBulk = 1
	o.refill()
	o.hand.move(time.Date(2026, 11, 25, 0, 0, 0, 0, bot.Hanoi).Sub(o.hand.now()))
	if rows := o.claim(bot.SMS); len(rows) != 0 {
		t.Errorf("claimed %d rows after the pay day", len(rows))
	}
	o.refill()
	if s := o.status(id); s.State != "done" || s.Skipped != 2 {
		t.Errorf("after the pay day: %+v", s)
	}
}

// TestABroadcastThatFailsLateIsOpenedAgain: the next rung is a recipient that waits.
func TestABroadcastThatFailsLateIsOpenedAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	o.chat(aPhone)
	id := o.draft(due{o.person("A", aPhone), aPhone, payDay, hall, "btxh"})
	o.do(o.db.SendBroadcast(context.Background(), "test", id))
	o.refill()
	row := o.only(bot.Zalo)
	o.settle(row, delivery.Sent)
	o.refill()
	if s := o.status(id); s.State != "done" {
		t.Fatalf("%+v", s)
	}
	o.receipt(row, bot.ReceiptFailed)
	if s := o.status(id); s.State != "sending" || s.Waiting != 1 {
		t.Fatalf("after the receipt: %+v", s)
	}
	o.settle(o.only(bot.SMS), delivery.Delivered)
	o.refill()
	if s := o.status(id); s.State != "done" || s.Delivered != 1 || s.Total != 1 {
		t.Errorf("at the end: %+v", s)
	}
}

// TestNobodyIsToldTwice plays a broadcast with a provider that answers anything, people who refuse, and officers who
// pause, resume and cancel, in any order. Between every two steps, each of which a crash may follow, the
// figures add up to the same recipients, and nobody is told twice.
func TestNobodyIsToldTwice(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		o := newOffice(t, "")
		ctx := context.Background()
		o.db.maxBulk = rapid.IntRange(1, 4).Draw(rt, "cap")
		id, recipients := o.anyDraft(rt)
		o.do(o.db.SendBroadcast(ctx, "test", id))
		var flying, settled []delivery.Row
		check := func(step string) Status {
			s := o.status(id)
			twice := one[int](t, o.db, `SELECT COUNT(*) FROM (SELECT notice_id FROM outbox WHERE state IN ('claimed', 'sent', 'delivered', 'unknown')
				GROUP BY notice_id HAVING COUNT(*) > 1)`)
			open := one[int](t, o.db, `SELECT COALESCE(MAX(n), 0) FROM (SELECT COUNT(*) AS n FROM outbox WHERE state = 'waiting' GROUP BY channel)`)
			if t.Failed() || s.Total != recipients || twice > 0 || s.State == "done" && s.Waiting > 0 || open > o.db.maxBulk {
				rt.Fatalf("after %s: %+v of %d, %d told twice, %d open", step, s, recipients, twice, open)
			}
			return s
		}
		for i := range rapid.IntRange(5, 25).Draw(rt, "steps") {
			step := rapid.SampledFrom([]string{"refill", "refill", "claim", "claim", "settle", "settle", "receipt", "pause", "resume", "cancel", "refuse", "wrong", "lapse", "later", "die"}).Draw(rt, "step")
			switch step {
			case "refill":
				o.refill()
			case "claim":
				flying = append(flying, o.claim(rapid.SampledFrom([]string{bot.SMS, bot.Zalo}).Draw(rt, "channel"))...)
			case "settle":
				if len(flying) == 0 {
					continue
				}
				at := rapid.IntRange(0, len(flying)-1).Draw(rt, "row")
				o.settle(flying[at], rapid.SampledFrom([]delivery.State{delivery.Sent, delivery.Delivered, delivery.Failed, delivery.Unknown}).Draw(rt, "outcome"))
				settled = append(settled, flying[at])
				flying = slices.Delete(flying, at, at+1)
			case "receipt":
				if len(settled) > 0 {
					o.receipt(rapid.SampledFrom(settled).Draw(rt, "row"), rapid.SampledFrom([]bot.ReceiptState{bot.ReceiptDelivered, bot.ReceiptFailed}).Draw(rt, "receipt"))
				}
			case "pause", "resume", "cancel":
				if step == "cancel" && rapid.IntRange(0, 4).Draw(rt, "really") > 0 {
					continue
				}
				move := map[string]func(context.Context, string, int64) error{"pause": o.db.PauseBroadcast, "resume": o.db.ResumeBroadcast, "cancel": o.db.CancelBroadcast}[step]
				if err := move(ctx, "test", id); err != nil && !errors.Is(err, ErrBroadcastState) {
					rt.Fatal(err)
				}
			case "refuse":
				must(t, o.db, `INSERT INTO opt_outs (channel, address, class, why, since) VALUES ('sms', $1, 'all', 'asked', 1) ON CONFLICT DO NOTHING`,
					fmt.Sprintf("+8491234560%d", rapid.IntRange(0, 3).Draw(rt, "phone")))
			case "wrong":
				o.do(o.db.Do(ctx, casework.WrongNumber{Key: fmt.Sprint("wrong", i), Origin: casework.Origin{
					Phone: fmt.Sprintf("+8491234560%d", rapid.IntRange(0, 3).Draw(rt, "phone"))}}))
			case "later":
				o.hand.move(time.Duration(rapid.IntRange(1, 240).Draw(rt, "hours")) * time.Hour)
			case "lapse":
				o.hand.move(time.Minute)
				for _, c := range []string{bot.SMS, bot.Zalo} {
					if _, err := o.db.Outbox().Lapse(ctx, c, time.Minute); err != nil {
						rt.Fatal(err)
					}
				}
			case "die":
				who := one[int64](t, o.db, `SELECT id FROM people ORDER BY id LIMIT 1 OFFSET $1`, rapid.IntRange(0, 5).Draw(rt, "who"))
				o.do(o.db.Do(ctx, casework.SaidDead{Key: fmt.Sprint("dead", i), PersonID: who}))
			}
			check(step)
		}
		o.finish(rt, id, flying)
		if s := check("the end"); s.Waiting != 0 || s.State != "done" && s.State != "cancelled" {
			rt.Fatalf("at the end: %+v", s)
		}
	})
}

// anyDraft makes a schedule and says how many recipients it has.
func (o *testOffice) anyDraft(rt *rapid.T) (id int64, recipients int) {
	var dues []due
	keys := map[string]bool{}
	for i := range rapid.IntRange(6, 10).Draw(rt, "people") {
		phone := ""
		if n := rapid.IntRange(0, 4).Draw(rt, "phone"); n < 4 {
			phone = fmt.Sprintf("+8491234560%d", n)
		}
		d := due{o.person(fmt.Sprint("Người ", i), phone), phone, rapid.SampledFrom([]string{payDay, "2026-12-09"}).Draw(rt, "day"), hall, "btxh"}
		dues = append(dues, d)
		key := d.phone + d.day
		if phone == "" {
			key = fmt.Sprint(d.person)
		}
		keys[key] = true
	}
	for n := range 4 {
		if rapid.Bool().Draw(rt, "chat") {
			o.chat(fmt.Sprintf("+8491234560%d", n))
		}
	}
	return o.draft(dues...), len(keys)
}

// finish lets a broadcast come to its end.
func (o *testOffice) finish(rt *rapid.T, id int64, flying []delivery.Row) {
	if err := o.db.ResumeBroadcast(context.Background(), "test", id); err != nil && !errors.Is(err, ErrBroadcastState) {
		rt.Fatal(err)
	}
	for _, r := range flying {
		o.settle(r, delivery.Sent)
	}
	for range 40 {
		o.refill()
		if o.status(id).Waiting == 0 {
			break
		}
		for _, c := range []string{bot.SMS, bot.Zalo} {
			for _, r := range o.claim(c) {
				o.settle(r, delivery.Sent)
			}
		}
	}
	o.refill()
}
