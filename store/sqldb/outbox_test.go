package sqldb

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
)

// box is an outbox under test on one channel.
type box struct {
	t  *testing.T
	db *DB
	h  *hand
	n  int
}

func newBox(t *testing.T) *box {
	db, h := clockedDB(t)
	return &box{t: t, db: db, h: h}
}

func (b *box) answer(conv, seq int64) int64 {
	return must(b.t, b.db, `INSERT INTO outbox (conversation_id, seq, channel, address, lane, part, created_at) VALUES ($1, $2, 'sms', $3, 0, 'body:{}', $4)`,
		conv, seq, fmt.Sprint("+84", conv), ms(b.h.now()))
}

// notice inserts a bulk notice of a broadcast and its outbox row, and returns the row.
func (b *box) notice(broadcast int64, address string) int64 {
	b.n++
	notice := must(b.t, b.db, `INSERT INTO notices (key, class, broadcast_id, phone, words, state, created_at) VALUES ($1, 'payout', $2, $3, 'x', 'queued', 0)`,
		fmt.Sprint("n", b.n), broadcast, address)
	return must(b.t, b.db, `INSERT INTO outbox (notice_id, channel, address, lane, part, created_at) VALUES ($1, 'sms', $2, 2, 'body:{}', $3)`,
		notice, address, ms(b.h.now()))
}

func (b *box) broadcast(state string) int64 {
	return must(b.t, b.db, `INSERT INTO broadcasts (kind, title, state, created_at) VALUES ('payouts', 't', $1, 0)`, state)
}

func (b *box) claim(n int) delivery.Batch {
	b.t.Helper()
	return b.claimWith(delivery.Want{Channel: bot.SMS, Rows: n, Notices: n, Lease: 20 * time.Second})
}

func (b *box) claimWith(w delivery.Want) delivery.Batch {
	b.t.Helper()
	batch, err := b.db.Outbox().Claim(context.Background(), w)
	if err != nil {
		b.t.Fatal(err)
	}
	return batch
}

func (b *box) ids(batch delivery.Batch) string {
	var ids []int64
	for _, row := range batch.Rows {
		ids = append(ids, row.Out.ID)
	}
	return fmt.Sprint(ids)
}

func (b *box) settle(s delivery.Settlement) {
	b.t.Helper()
	if err := b.db.Outbox().Settle(context.Background(), s); err != nil {
		b.t.Fatal(err)
	}
}

func (b *box) state(row int64) string {
	b.t.Helper()
	return one[string](b.t, b.db, `SELECT state FROM outbox WHERE id = $1`, row)
}

func (b *box) noticeState(row int64) string {
	b.t.Helper()
	return one[string](b.t, b.db, `SELECT state FROM notices WHERE id = (SELECT notice_id FROM outbox WHERE id = $1)`, row)
}

func TestLanesAndOrder(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	sending := b.broadcast("sending")
	bulk := b.notice(sending, "+84900")
	first, second := b.answer(1, 1), b.answer(1, 2)
	other := b.answer(2, 1)
	got := b.claim(10)
	if want := fmt.Sprint([]int64{first, other, bulk}); b.ids(got) != want {
		t.Fatalf("claimed %s, want %s", b.ids(got), want)
	}
	if b.ids(b.claim(10)) != "[]" {
		t.Error("claimed an answer whose earlier one is under way")
	}
	b.settle(delivery.Settlement{Row: got.Rows[0], State: delivery.Sent, ProviderID: "p"})
	if got := b.claim(10); b.ids(got) != fmt.Sprint([]int64{second}) {
		t.Errorf("claimed %s, want the second answer", b.ids(got))
	}
}

func TestRowsClaimedAreThoseAskedFor(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for i := range 5 {
		b.answer(int64(i+1), 1)
		b.notice(0, fmt.Sprint("+8490", i))
	}
	got := b.claimWith(delivery.Want{Channel: bot.SMS, Rows: 7, Notices: 1, Lease: time.Second})
	if len(got.Rows) != 6 {
		t.Errorf("claimed %d rows, want 5 answers and 1 notice", len(got.Rows))
	}
	if got := b.claimWith(delivery.Want{Channel: bot.SMS, Rows: 7, Notices: 7, Quiet: true, Lease: time.Second}); len(got.Rows) != 0 {
		t.Error("claimed a notice in quiet hours")
	}
	if got := b.claimWith(delivery.Want{Channel: bot.Zalo, Rows: 7, Notices: 7, Lease: time.Second}); len(got.Rows) != 0 {
		t.Error("claimed another channel's row")
	}
}

func TestNoticesAreCheckedAtTheClaim(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		broadcast string
		before    func(b *box, row int64)
		state     string // of the row after the claim; "claimed" if it goes
	}{
		"sending":   {"sending", nil, "claimed"},
		"paused":    {"paused", nil, "waiting"},
		"cancelled": {"cancelled", nil, "skipped"},
		"opted out of payouts": {"sending", func(b *box, _ int64) {
			must(b.t, b.db, `INSERT INTO opt_outs VALUES ('sms', '+84900', 'payout', 'asked', 0)`)
		}, "skipped"},
		"opted out of all": {"sending", func(b *box, _ int64) {
			must(b.t, b.db, `INSERT INTO opt_outs VALUES ('sms', '+84900', 'all', 'wrong_number', 0)`)
		}, "skipped"},
		"opted out of news": {"sending", func(b *box, _ int64) {
			must(b.t, b.db, `INSERT INTO opt_outs VALUES ('sms', '+84900', 'news', 'asked', 0)`)
		}, "claimed"},
		"expired notice": {"sending", func(b *box, _ int64) { must(b.t, b.db, `UPDATE notices SET expires_at = 1`) }, "skipped"},
		"expired row":    {"sending", func(b *box, _ int64) { must(b.t, b.db, `UPDATE outbox SET expires_at = 1`) }, "skipped"},
		"not yet": {"sending", func(b *box, _ int64) {
			must(b.t, b.db, `UPDATE notices SET not_before = $1`, ms(b.h.now().Add(time.Minute)))
		}, "waiting"},
		"blocked us": {"sending", func(b *box, _ int64) {
			must(b.t, b.db, `INSERT INTO conversations (channel, address, blocked_at) VALUES ('sms', '+84900', 1)`)
		}, "failed"},
		"said to have died": {"sending", func(b *box, _ int64) {
			unit := must(b.t, b.db, `INSERT INTO units (code, name, kind) VALUES ('x', 'xã X', 'commune')`)
			person := must(b.t, b.db, `INSERT INTO people (unit_id, name, name_key, quiet_at, created_at, updated_at) VALUES ($1, 'A', 'a', 1, 0, 0)`, unit)
			must(b.t, b.db, `UPDATE notices SET person_id = $1`, person)
		}, "skipped"},
		"withdrawn": {"sending", func(b *box, _ int64) { must(b.t, b.db, `UPDATE notices SET state = 'skipped'`) }, "skipped"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			row := b.notice(b.broadcast(tt.broadcast), "+84900")
			if tt.before != nil {
				tt.before(b, row)
			}
			got := b.claim(5)
			if b.state(row) != tt.state || (len(got.Rows) == 1) != (tt.state == "claimed") {
				t.Errorf("the row is %s, %d claimed; want %s", b.state(row), len(got.Rows), tt.state)
			}
			if tt.state == "skipped" || tt.state == "failed" {
				if got.Skipped != 1 || b.noticeState(row) != tt.state {
					t.Errorf("skipped %d, the notice is %s", got.Skipped, b.noticeState(row))
				}
			}
		})
	}
}

func TestExpiredAnswerFails(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	row := b.answer(1, 1)
	must(t, b.db, `UPDATE outbox SET expires_at = $1`, ms(b.h.now()))
	if got := b.claim(1); len(got.Rows) != 0 || got.Skipped != 1 || b.state(row) != "failed" {
		t.Errorf("claimed %d, skipped %d, the row is %s", len(got.Rows), got.Skipped, b.state(row))
	}
}

func TestHalting(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for i := range 12 {
		b.notice(0, fmt.Sprint("+8490", i))
	}
	unknown := &bot.SendError{Class: bot.Unknown, Code: "timeout"}
	for range 5 {
		row := b.claim(1).Rows[0]
		b.settle(delivery.Settlement{Row: row, State: delivery.Unknown, Failure: unknown, Again: b.h.now().Add(time.Hour)})
	}
	if got := b.claim(5); len(got.Rows) != 0 {
		t.Fatalf("claimed %d notices of a halted channel", len(got.Rows))
	}
	answer := b.answer(1, 1)
	if got := b.claim(5); b.ids(got) != fmt.Sprint([]int64{answer}) {
		t.Errorf("claimed %s, want the answer alone", b.ids(got))
	}
	b.h.move(30 * time.Second)
	probe := b.claim(5)
	if len(probe.Rows) != 1 || len(b.claim(5).Rows) != 0 {
		t.Fatalf("claimed %d probes, want 1", len(probe.Rows))
	}
	b.settle(delivery.Settlement{Row: probe.Rows[0], State: delivery.Unknown, Failure: unknown})
	b.h.move(29 * time.Second)
	if got := b.claim(5); len(got.Rows) != 0 {
		t.Errorf("claimed %d probes before 30 s", len(got.Rows))
	}
	b.h.move(time.Second)
	probe = b.claim(5)
	b.settle(delivery.Settlement{Row: probe.Rows[0], State: delivery.Sent})
	if got := b.claim(5); len(got.Rows) != 5 {
		t.Errorf("claimed %d notices after a success, want all 5", len(got.Rows))
	}
}

func TestMisconfiguredHaltsWithoutLoss(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	for i := range 6 {
		b.notice(0, fmt.Sprint("+8490", i))
	}
	for _, row := range b.claim(5).Rows {
		b.settle(delivery.Settlement{Row: row, State: delivery.Waiting, Again: b.h.now().Add(30 * time.Second),
			Failure: &bot.SendError{Class: bot.Misconfigured, Code: "401"}})
	}
	if got := b.claim(5); len(got.Rows) != 0 {
		t.Errorf("claimed %d of a misconfigured channel", len(got.Rows))
	}
	if n := one[int](t, b.db, `SELECT COUNT(*) FROM outbox WHERE state = 'waiting' AND attempts = 0`); n != 6 {
		t.Errorf("%d rows wait without an attempt, want 6", n)
	}
}

func TestThrottledPausesTheChannel(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	first, second := b.answer(1, 1), b.answer(2, 1)
	row := b.claim(1).Rows[0]
	until := b.h.now().Add(7 * time.Second)
	b.settle(delivery.Settlement{Row: row, State: delivery.Waiting, Again: until, Pause: until, Failure: &bot.SendError{Class: bot.Throttled, Code: "429"}})
	if got := b.claim(5); len(got.Rows) != 0 || !got.Next.Equal(until) {
		t.Errorf("claimed %d of a paused channel, next at %v", len(got.Rows), got.Next)
	}
	b.h.move(7 * time.Second)
	got := b.claim(5)
	if len(got.Rows) != 2 || got.Rows[0].Attempts+got.Rows[1].Attempts != 0 {
		t.Errorf("after the pause: %s of %d and %d", b.ids(got), first, second)
	}
}

func TestGapBeforeTheNextPart(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	conv := must(t, b.db, `INSERT INTO conversations (channel, address) VALUES ('sms', '+841')`)
	b.answer(conv, 1)
	b.answer(conv, 2)
	row := b.claim(1).Rows[0]
	row.Out.To = bot.Address{Channel: bot.SMS, ID: "+841"}
	b.settle(delivery.Settlement{Row: row, State: delivery.Sent, Gap: time.Second})
	if got := b.claim(1); len(got.Rows) != 0 || !got.Next.Equal(b.h.now().Add(time.Second)) {
		t.Errorf("claimed %d within the gap, next at %v", len(got.Rows), got.Next)
	}
	b.h.move(time.Second)
	if got := b.claim(1); len(got.Rows) != 1 {
		t.Error("not claimed after the gap")
	}
}

func TestRefusedAtTheProvider(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	first := b.notice(0, "+84900")
	b.notice(0, "+84900")
	row := b.claim(1).Rows[0]
	b.settle(delivery.Settlement{Row: row, State: delivery.Failed, Failure: &bot.SendError{Class: bot.Unreachable, Code: "21610", OptedOut: true}})
	if got := b.claim(5); len(got.Rows) != 0 || got.Skipped != 1 || b.noticeState(first) != "failed" {
		t.Errorf("claimed %d, skipped %d", len(got.Rows), got.Skipped)
	}
	keep(t, b.db, wrote(bot.Address{Channel: bot.SMS, ID: "+84900"}, "in", "MO"))
	third := b.notice(0, "+84900")
	if got := b.claim(5); b.ids(got) != fmt.Sprint([]int64{third}) {
		t.Errorf("after the person wrote: claimed %s", b.ids(got))
	}
}

func TestDoubtfulRows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	b := newBox(t)
	answer, notice := b.answer(1, 1), b.notice(0, "+84900")
	begun := b.h.now()
	b.claim(2)
	b.h.move(19 * time.Second)
	if n, err := b.db.Outbox().Lapse(ctx, bot.SMS, 2*time.Second); n != 0 || err != nil {
		t.Errorf("lapsed %d before their time, %v", n, err)
	}
	b.h.move(time.Second)
	if n, err := b.db.Outbox().Lapse(ctx, bot.SMS, 2*time.Second); n != 2 || err != nil {
		t.Fatalf("lapsed %d, %v; want 2", n, err)
	}
	if b.state(answer) != "unknown" || b.noticeState(notice) != "unknown" {
		t.Errorf("the answer is %s, the notice %s", b.state(answer), b.noticeState(notice))
	}
	rows, err := b.db.Outbox().Doubtful(ctx, bot.SMS, 10)
	if err != nil || len(rows) != 0 {
		t.Errorf("%d rows in doubt before the grace is over, %v", len(rows), err)
	}
	b.h.move(2 * time.Second)
	rows, err = b.db.Outbox().Doubtful(ctx, bot.SMS, 10)
	if err != nil || len(rows) != 2 || !rows[0].Out.Begun.Equal(begun) || !rows[0].Doubtful.Equal(begun.Add(20*time.Second)) {
		t.Fatalf("in doubt: %+v, %v", rows, err)
	}
	for _, row := range rows {
		s := delivery.Settlement{Row: row, State: delivery.Unknown}
		if row.Answer() {
			s = delivery.Settlement{Row: row, State: delivery.Waiting, Repeat: true, Again: b.h.now()}
		}
		b.settle(s)
	}
	got := b.claim(5)
	if b.ids(got) != fmt.Sprint([]int64{answer}) || got.Rows[0].Repeats != 1 {
		t.Fatalf("claimed %+v, want the answer once more", got.Rows)
	}
	b.settle(delivery.Settlement{Row: got.Rows[0], State: delivery.Delivered})
	counts, err := b.db.Outbox().Counts(ctx)
	want := []delivery.Count{{Channel: bot.SMS, State: delivery.Delivered, Rows: 1, Repeats: 1}, {Channel: bot.SMS, Lane: bot.LaneBulk, State: delivery.Unknown, Rows: 1}}
	if err != nil || fmt.Sprint(counts) != fmt.Sprint(want) {
		t.Errorf("counts %v, %v; want %v", counts, err, want)
	}
}
