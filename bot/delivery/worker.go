package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"tiepdan/bot"
)

// Config is what a Worker needs.
type Config struct {
	Channel bot.Channel
	Outbox  Outbox
	Policy  Policy
	Clock   bot.Clock // the same as the records'
	Log     *slog.Logger
	// Quiet says that nobody is to be disturbed at a time; nil: never.
	Quiet func(time.Time) bool
	// Handed is told of every hand-over: what it came to ("sent", "transient", …) and how long
	// the provider took. May be nil.
	Handed func(lane bot.Lane, outcome string, took time.Duration)
}

// Worker sends what waits for one channel.
type Worker struct {
	Config
	limits bot.Limits
	pace   *rate.Limiter
	wake   chan struct{}
	freed  chan struct{}
	hands  sync.WaitGroup

	mu      sync.Mutex
	flying  int                  // hand-overs under way
	notices int                  // of these, notices and bulk
	last    map[string]time.Time // when an address was last written to, where that matters
}

// NewWorker makes a worker; Run starts it.
func NewWorker(c Config) *Worker {
	limits := c.Channel.Limits()
	limits.InFlight = max(limits.InFlight, 1)
	pace := rate.NewLimiter(rate.Inf, 1)
	if limits.PerSecond > 0 {
		pace = rate.NewLimiter(rate.Limit(limits.PerSecond), max(limits.Burst, 1))
	}
	if c.Quiet == nil {
		c.Quiet = func(time.Time) bool { return false }
	}
	if c.Handed == nil {
		c.Handed = func(bot.Lane, string, time.Duration) {}
	}
	return &Worker{Config: c, limits: limits, pace: pace, wake: make(chan struct{}, 1),
		freed: make(chan struct{}, 1), last: make(map[string]time.Time)}
}

// Wake says that something new waits. It never blocks.
func (w *Worker) Wake() { signal(w.wake) }

func signal(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}

// Run sends until ctx ends, then finishes what is under way. A row that was
// claimed and not begun goes back.
func (w *Worker) Run(ctx context.Context) error {
	defer w.hands.Wait()
	w.hands.Go(func() { w.tend(ctx) })
	for w.room(ctx) {
		want := w.want()
		batch, err := w.Outbox.Claim(ctx, want)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "could not claim messages", "channel", want.Channel, "error", err)
		}
		w.pace.AllowN(time.Now(), len(batch.Rows))
		for _, row := range batch.Rows {
			w.begin(row)
			w.hands.Go(func() {
				defer w.end(row)
				w.handOver(ctx, row)
			})
		}
		if len(batch.Rows) == 0 && batch.Skipped == 0 {
			w.rest(ctx, batch.Next)
		}
	}
	return nil
}

// room waits until one message may go, by the window in flight and by the
// channel's rate; false once ctx ends.
func (w *Worker) room(ctx context.Context) bool {
	for ctx.Err() == nil {
		w.mu.Lock()
		full := w.flying >= w.limits.InFlight
		w.mu.Unlock()
		if full {
			select {
			case <-w.freed:
			case <-ctx.Done():
			}
			continue
		}
		tokens := w.pace.TokensAt(time.Now())
		if tokens >= 1 || w.pace.Limit() == rate.Inf {
			return true
		}
		t := time.NewTimer(time.Duration((1 - tokens) / w.limits.PerSecond * float64(time.Second)))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
	return false
}

// want is what may be claimed now: the free window, the tokens at hand and at
// most one second of the rate. A quarter of the window is kept for answers.
func (w *Worker) want() Want {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := w.limits.InFlight - w.flying
	forNotices := w.limits.InFlight
	if w.limits.InFlight > 1 {
		forNotices -= max(1, w.limits.InFlight/4)
	}
	if w.pace.Limit() != rate.Inf {
		n = min(n, int(w.pace.TokensAt(time.Now())), max(1, int(w.limits.PerSecond)))
	}
	return Want{Channel: w.Channel.Name(), Rows: n, Notices: max(0, min(n, forNotices-w.notices)),
		Quiet: w.Quiet(w.Clock()), Lease: w.Policy.Lease}
}

func (w *Worker) begin(row Row) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying++
	if !row.Answer() {
		w.notices++
	}
}

func (w *Worker) end(row Row) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying--
	if !row.Answer() {
		w.notices--
	}
	signal(w.freed)
}

// rest waits for a wake-up, a hand-over's end, what is due next, or a jittered second.
func (w *Worker) rest(ctx context.Context, next time.Time) {
	d := w.Policy.Poll/2 + rand.N(w.Policy.Poll/2+1)
	if !next.IsZero() {
		d = max(time.Millisecond, min(d, next.Sub(w.Clock())))
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-w.wake:
	case <-w.freed:
	case <-t.C:
	}
}

// handOver sends one claimed row and settles it.
func (w *Worker) handOver(ctx context.Context, row Row) {
	work := context.WithoutCancel(ctx) // what was begun is finished
	if ctx.Err() != nil {
		w.settle(work, Settlement{Row: row, State: Waiting, Again: w.Clock()})
		return
	}
	if until := w.tooSoon(row.Out.To.ID); !until.IsZero() {
		w.settle(work, Settlement{Row: row, State: Waiting, Again: until})
		return
	}
	began := time.Now()
	sent, failure := w.send(work, row.Out)
	took := time.Since(began)
	if failure == nil {
		w.Handed(row.Out.Lane, "sent", took)
		w.settle(work, taken(row, sent, w.limits.PerRecipient))
		return
	}
	w.Handed(row.Out.Lane, string(failure.Class), took)
	w.Log.WarnContext(ctx, "a message was not taken", "channel", row.Out.To.Channel, "message", row.Out.ID,
		"class", failure.Class, "code", failure.Code, "attempt", row.Attempts+1)
	w.settle(work, w.Policy.notTaken(row, failure, w.Channel, w.Clock()))
}

// tooSoon says until when the person must be left alone, and else that they are
// being written to now. Zero: now is well.
func (w *Worker) tooSoon(address string) time.Time {
	gap := w.limits.PerRecipient
	if gap <= 0 {
		return time.Time{}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	now := w.Clock()
	if until := w.last[address].Add(gap); until.After(now) {
		return until
	}
	if len(w.last) > 10_000 {
		for a, t := range w.last {
			if now.Sub(t) >= gap {
				delete(w.last, a)
			}
		}
	}
	w.last[address] = now
	return time.Time{}
}

// send calls the channel. An error that does not say what it means, and a
// panic, leave open whether the message went out.
func (w *Worker) send(ctx context.Context, out bot.Outgoing) (sent bot.Sent, failure *bot.SendError) {
	ctx, cancel := context.WithTimeout(ctx, w.Policy.Send)
	defer cancel()
	defer func() {
		if p := recover(); p != nil {
			failure = &bot.SendError{Class: bot.Unknown, Code: "panic", Err: fmt.Errorf("panic with a %T", p)}
		}
	}()
	sent, err := w.Channel.Send(ctx, out)
	if err == nil {
		return sent, nil
	}
	if errors.As(err, &failure) {
		return bot.Sent{}, failure
	}
	return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Code: "unclassified"}
}

// settle records an outcome, trying for a while when records are away. What
// stays unrecorded becomes unknown when its claim lapses.
func (w *Worker) settle(ctx context.Context, s Settlement) {
	ctx, cancel := context.WithTimeout(ctx, w.Policy.Lease-w.Policy.Send)
	defer cancel()
	for wait := 50 * time.Millisecond; ; wait *= 2 {
		err := w.Outbox.Settle(ctx, s)
		if err == nil {
			return
		}
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			w.Log.ErrorContext(ctx, "could not record what became of a message", "channel", w.Channel.Name(),
				"message", s.Row.Out.ID, "state", s.State, "error", err)
			return
		}
	}
}
