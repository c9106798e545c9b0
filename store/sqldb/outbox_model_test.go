package sqldb

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
)

// world is a provider and a worker around the outbox. It knows what the
// provider really took, which the outbox can only infer.
type world struct {
	t       *rapid.T
	db      *DB
	h       *hand
	channel string
	convs   map[int]int64 // → next seq
	notices map[int64]bool
	order   map[int64][2]int64     // answer → conversation, seq
	held    map[int64]delivery.Row // claimed, not settled
	old     []handed               // claims whose worker died or was late
	took    map[int64]int          // hand-overs that the provider took
	lost    map[int64]int          // those of which the outcome was lost
	lastSeq map[int64]int64
}

// handed is a hand-over whose outcome the records have not heard.
type handed struct {
	row   delivery.Row
	taken bool
}

func (w *world) fail(err error) {
	if err != nil {
		w.t.Fatal(err)
	}
}

// row inserts an outbox row.
func (w *world) row(conv, seq, notice int64, lane bot.Lane, address string) int64 {
	var id int64
	w.fail(w.db.write(context.Background(), func(ctx context.Context, tx *Tx) (err error) {
		id, err = tx.insert(ctx, `INSERT INTO outbox (conversation_id, seq, notice_id, channel, address, lane, part, not_before, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, 'body:{}', $7, $7) RETURNING id`, conv, seq, notice, w.channel, address, int(lane), ms(tx.now))
		return err
	}))
	return id
}

func (w *world) answer() {
	who := rapid.IntRange(0, 2).Draw(w.t, "conversation")
	var conv int64
	address := fmt.Sprint(w.channel, who)
	w.fail(w.db.write(context.Background(), func(ctx context.Context, tx *Tx) (err error) {
		conv, err = tx.insert(ctx, `INSERT INTO conversations (channel, address) VALUES ($1, $2)
			ON CONFLICT (channel, address) DO UPDATE SET rev = rev RETURNING id`, w.channel, address)
		return err
	}))
	w.convs[who]++
	w.order[w.row(conv, w.convs[who], 0, bot.LaneAnswer, address)] = [2]int64{conv, w.convs[who]}
}

func (w *world) notice() {
	var notice int64
	w.fail(w.db.write(context.Background(), func(ctx context.Context, tx *Tx) (err error) {
		notice, err = tx.insert(ctx, `INSERT INTO notices (key, class, words, state, created_at) VALUES ($1, 'payout', 'x', 'queued', 0) RETURNING id`,
			fmt.Sprint(w.channel, len(w.notices)))
		return err
	}))
	lane := rapid.SampledFrom([]bot.Lane{bot.LaneNotice, bot.LaneBulk}).Draw(w.t, "lane")
	w.notices[w.row(0, 0, notice, lane, fmt.Sprint("n", notice))] = true
}

// claim hands over at once, as claimed means begun: whether the provider takes a row is decided here.
func (w *world) claim() {
	n := rapid.IntRange(1, 4).Draw(w.t, "rows")
	batch, err := w.db.Outbox().Claim(context.Background(), delivery.Want{Channel: w.channel, Rows: n, Notices: n, Lease: 20 * time.Second})
	w.fail(err)
	if len(batch.Rows) > n {
		w.t.Fatalf("claimed %d rows, asked for %d", len(batch.Rows), n)
	}
	for _, row := range batch.Rows {
		w.held[row.Out.ID] = row
		if o, ok := w.order[row.Out.ID]; ok {
			if o[1] < w.lastSeq[o[0]] {
				w.t.Fatalf("answer %d of conversation %d goes after answer %d", o[1], o[0], w.lastSeq[o[0]])
			}
			w.lastSeq[o[0]] = o[1]
		}
	}
}

// pick draws one of the held rows.
func (w *world) pick() (delivery.Row, bool) {
	if len(w.held) == 0 {
		return delivery.Row{}, false
	}
	row := w.held[rapid.SampledFrom(w.heldIDs()).Draw(w.t, "row")]
	delete(w.held, row.Out.ID)
	return row, true
}

func (w *world) heldIDs() []int64 { return slices.Sorted(maps.Keys(w.held)) }

func (w *world) take(row delivery.Row) {
	id := row.Out.ID
	w.took[id]++
	if w.notices[id] && w.took[id] > 1 {
		w.t.Fatalf("notice row %d was taken twice", id)
	}
	if w.took[id] > 1+w.lost[id] || w.took[id] > 2 {
		w.t.Fatalf("answer row %d was taken %d times after %d lost outcomes", id, w.took[id], w.lost[id])
	}
}

// outcomeOf makes the settlement that the worker would make.
func (w *world) outcomeOf(row delivery.Row, what string) delivery.Settlement {
	now := w.h.now()
	s := delivery.Settlement{Row: row, State: delivery.Waiting, Failure: &bot.SendError{Class: bot.Class(what)}}
	switch what {
	case "sent", "delivered":
		w.take(row)
		s = delivery.Settlement{Row: row, State: delivery.State(what), ProviderID: fmt.Sprint("p", row.Out.ID, "-", row.Repeats)}
	case string(bot.Transient):
		s.Counted, s.Again = true, now.Add(2*time.Second)
	case string(bot.Throttled):
		s.Again = now.Add(3 * time.Second)
		s.Pause = s.Again
	case string(bot.Misconfigured):
		s.Again = now.Add(30 * time.Second)
	case string(bot.Rejected):
		s.State = delivery.Failed
	case string(bot.Unknown):
		w.lose(row)
		s.State, s.Again = delivery.Unknown, now.Add(2*time.Second)
	}
	return s
}

// lose is a hand-over whose outcome we do not learn: taken or not.
func (w *world) lose(row delivery.Row) handed {
	taken := rapid.Bool().Draw(w.t, "taken")
	if taken {
		w.take(row)
	}
	if taken {
		w.lost[row.Out.ID]++
	}
	return handed{row, taken}
}

func (w *world) settle() {
	row, ok := w.pick()
	if !ok {
		return
	}
	what := rapid.SampledFrom([]string{"sent", "delivered", "sent", "transient", "throttled", "misconfigured", "rejected", "unknown"}).Draw(w.t, "outcome")
	w.fail(w.db.Outbox().Settle(context.Background(), w.outcomeOf(row, what)))
}

// crash forgets a claim; what it came to may still be reported late.
func (w *world) crash() {
	row, ok := w.pick()
	if !ok {
		return
	}
	w.old = append(w.old, w.lose(row))
}

// late settles a claim of long ago: with what it came to, or as unknown.
func (w *world) late() {
	if len(w.old) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.old)-1).Draw(w.t, "late")
	old := w.old[i]
	w.old = append(w.old[:i], w.old[i+1:]...)
	s := delivery.Settlement{Row: old.row, State: delivery.Sent, ProviderID: fmt.Sprint("l", old.row.Out.ID)}
	switch {
	case rapid.Bool().Draw(w.t, "unsure"):
		s = delivery.Settlement{Row: old.row, State: delivery.Unknown, Again: w.h.now().Add(time.Second), Failure: &bot.SendError{Class: bot.Unknown}}
	case !old.taken:
		s = delivery.Settlement{Row: old.row, State: delivery.Waiting, Again: w.h.now(), Failure: &bot.SendError{Class: bot.Transient}}
	}
	w.fail(w.db.Outbox().Settle(context.Background(), s))
}

func (w *world) receipt() {
	taken := slices.Sorted(maps.Keys(w.took))
	if len(taken) == 0 {
		return
	}
	id := rapid.SampledFrom(taken).Draw(w.t, "of")
	state := bot.ReceiptState(rapid.IntRange(1, 3).Draw(w.t, "state"))
	r := bot.Receipt{Channel: w.channel, ProviderID: fmt.Sprint("p", id, "-0"), State: state}
	if rapid.Bool().Draw(w.t, "correlated") {
		r.OutboxID = id
	}
	w.fail(w.db.Keep(context.Background(), bot.Decoded{Receipts: []bot.Receipt{r}}))
	w.apply()
}

func (w *world) apply() {
	for cursor, n := int64(0), 1; n > 0; {
		var err error
		cursor, n, err = w.db.Outbox().ApplyReceipts(context.Background(), cursor)
		w.fail(err)
	}
}

// pass lets time go by and tends what hangs, as the worker does.
func (w *world) pass() {
	w.h.move(time.Duration(rapid.IntRange(1, 25).Draw(w.t, "seconds")) * time.Second)
	_, err := w.db.Outbox().Lapse(context.Background(), w.channel, 2*time.Second)
	w.fail(err)
	for _, id := range w.heldIDs() { // what lapsed is no longer ours, and its outcome may come late
		row := w.held[id]
		if !w.h.now().Before(row.Out.Begun.Add(20 * time.Second)) {
			delete(w.held, id)
			w.old = append(w.old, w.lose(row))
		}
	}
	rows, err := w.db.Outbox().Doubtful(context.Background(), w.channel, 50)
	w.fail(err)
	for _, row := range rows {
		s := delivery.Settlement{Row: row, State: delivery.Unknown}
		if row.Answer() && row.Repeats == 0 {
			s.State, s.Repeat, s.Again = delivery.Waiting, true, w.h.now()
		}
		w.fail(w.db.Outbox().Settle(context.Background(), s))
	}
}

// drain lets everything go well until nothing is open, and checks that nothing is lost.
func (w *world) drain() {
	for range 200 {
		w.claim()
		for _, id := range w.heldIDs() {
			row := w.held[id]
			delete(w.held, id)
			w.fail(w.db.Outbox().Settle(context.Background(), w.outcomeOf(row, "sent")))
		}
		w.pass()
		var open int
		w.fail(w.db.read.QueryRow(`SELECT COUNT(*) FROM outbox WHERE channel = $1
			AND (state IN ('waiting', 'claimed') OR state = 'unknown' AND not_before > 0)`, w.channel).Scan(&open))
		if open == 0 {
			return
		}
	}
	w.t.Fatal("rows stay open for ever")
}

func TestOutboxModel(t *testing.T) {
	t.Parallel()
	db, h := clockedDB(t)
	worlds := 0
	rapid.Check(t, func(rt *rapid.T) {
		worlds++
		w := &world{t: rt, db: db, h: h, channel: fmt.Sprint("c", worlds, "-"), convs: map[int]int64{}, notices: map[int64]bool{},
			order: map[int64][2]int64{}, held: map[int64]delivery.Row{}, took: map[int64]int{}, lost: map[int64]int{}, lastSeq: map[int64]int64{}}
		step := func(do func()) func(*rapid.T) { return func(rt *rapid.T) { w.t = rt; do() } }
		rt.Repeat(map[string]func(*rapid.T){
			"answer": step(w.answer), "notice": step(w.notice), "claim": step(w.claim), "claim again": step(w.claim),
			"settle": step(w.settle), "settle again": step(w.settle), "crash": step(w.crash), "late": step(w.late),
			"receipt": step(w.receipt), "pass": step(w.pass),
		})
		w.t = rt
		w.drain()
	})
}
