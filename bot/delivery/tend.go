package delivery

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"time"

	"tiepdan/bot"
)

// So many doubtful rows are looked at before lapsed claims are looked for again.
const doubtBatch = 50

// tend looks after what hangs: claims that lapsed and outcomes that are unknown.
func (w *Worker) tend(ctx context.Context) {
	for ctx.Err() == nil {
		if _, err := w.Outbox.Lapse(ctx, w.Channel.Name(), w.Policy.grace(w.Channel)); err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "could not look for lapsed claims", "channel", w.Channel.Name(), "error", err)
		}
		n, err := w.resolve(ctx)
		if err != nil && ctx.Err() == nil {
			w.Log.ErrorContext(ctx, "could not look at doubtful messages", "channel", w.Channel.Name(), "error", err)
		}
		if n < doubtBatch || err != nil {
			pause(ctx, nil, w.Policy.Poll)
		}
	}
}

// pause waits for a jittered d, or less when wake is signalled or ctx ends.
func pause(ctx context.Context, wake <-chan struct{}, d time.Duration) {
	t := time.NewTimer(d/2 + rand.N(d/2+1))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-wake:
	case <-t.C:
	}
}

// resolve decides about one batch of doubtful rows.
func (w *Worker) resolve(ctx context.Context) (int, error) {
	rows, err := w.Outbox.Doubtful(ctx, w.Channel.Name(), doubtBatch)
	if err != nil {
		return 0, err
	}
	settler, asks := bot.SettlerOf(w.Channel)
	for _, row := range rows {
		if ctx.Err() != nil {
			return 0, nil
		}
		err := w.Outbox.Settle(ctx, w.ask(ctx, settler, asks, row))
		if errors.Is(err, ErrAnother) {
			err = w.Outbox.Settle(ctx, w.Policy.doubt(row, asks, w.Clock()))
		}
		if err != nil {
			return 0, err
		}
	}
	if len(rows) > 0 {
		w.Wake()
	}
	return len(rows), nil
}

// ask lets the provider say what became of a row, where it can, and decides.
func (w *Worker) ask(ctx context.Context, settler bot.Settler, asks bool, row Row) Settlement {
	now := w.Clock()
	if !asks {
		return w.Policy.doubt(row, false, now)
	}
	ask, cancel := context.WithTimeout(ctx, w.Policy.Send)
	defer cancel()
	said, err := settler.Settle(ask, row.Out, row.ProviderID)
	if said != nil && err == nil {
		return settled(row, *said)
	}
	// A question that failed is asked again, for a while: the answer may spare a repetition.
	if err != nil && now.Sub(row.Doubtful) < 3*w.Policy.ReceiptWait {
		w.Log.WarnContext(ctx, "could not ask what became of a message", "channel", row.Out.To.Channel, "message", row.Out.ID)
		return Settlement{Row: row, State: Unknown, Again: now.Add(w.Policy.ReceiptWait)}
	}
	return w.Policy.doubt(row, true, now)
}

// Applier applies receipts in batches.
type Applier struct {
	receipts Receipts
	log      *slog.Logger
	wake     chan struct{}
}

// NewApplier makes an applier; Run starts it.
func NewApplier(r Receipts, log *slog.Logger) *Applier {
	return &Applier{receipts: r, log: log, wake: make(chan struct{}, 1)}
}

// Wake says that receipts came. It never blocks.
func (a *Applier) Wake() { signal(a.wake) }

// Receipts whose send became known on a replica that then stopped are found by
// going through all that are open once in a while.
const fromStart = 10 * time.Minute

// Run applies until ctx ends.
func (a *Applier) Run(ctx context.Context) error {
	var cursor int64
	began := time.Now()
	for ctx.Err() == nil {
		if time.Since(began) > fromStart {
			cursor, began = 0, time.Now()
		}
		next, n, err := a.receipts.ApplyReceipts(ctx, cursor)
		if err != nil {
			if ctx.Err() == nil {
				a.log.ErrorContext(ctx, "could not apply receipts", "error", err)
			}
			pause(ctx, nil, time.Second)
			continue
		}
		cursor = next
		if n == 0 {
			pause(ctx, a.wake, time.Second)
		}
	}
	return nil
}
