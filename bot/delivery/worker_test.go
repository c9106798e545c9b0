package delivery

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tiepdan/bot"
)

var discard = slog.New(slog.DiscardHandler)

// box is an Outbox in memory: rows wait until they are claimed, and settlements are noted.
type box struct {
	mu       sync.Mutex
	rows     []Row
	wants    []Want
	settled  []Settlement
	doubtful []Row
	lapses   int
	fail     int             // so many settlements fail first
	others   map[string]bool // provider ids that other rows are known by
	each     func(Settlement)
}

func (b *box) Claim(_ context.Context, w Want) (batch Batch, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wants = append(b.wants, w)
	notices := 0
	rest := b.rows[:0:0]
	for _, row := range b.rows {
		if len(batch.Rows) >= w.Rows || !row.Answer() && (notices >= w.Notices || w.Quiet) {
			rest = append(rest, row)
			continue
		}
		if !row.Answer() {
			notices++
		}
		batch.Rows = append(batch.Rows, row)
	}
	b.rows = rest
	return batch, nil
}

func (b *box) Settle(_ context.Context, s Settlement) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.fail > 0 {
		b.fail--
		return errors.New("away")
	}
	if b.others[s.ProviderID] {
		return fmt.Errorf("settle: %w", ErrAnother)
	}
	b.settled = append(b.settled, s)
	if b.each != nil {
		b.each(s)
	}
	return nil
}

func (b *box) Lapse(context.Context, string, time.Duration) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.lapses++
	return 0, nil
}

func (b *box) Doubtful(context.Context, string, int) ([]Row, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	rows := b.doubtful
	b.doubtful = nil
	return rows, nil
}

func rows(n int, lane bot.Lane) (rows []Row) {
	for i := range n {
		rows = append(rows, Row{Out: bot.Outgoing{ID: int64(i + 1), Lane: lane, To: bot.Address{Channel: "fake", ID: fmt.Sprint(lane, i)}}})
	}
	return rows
}

// run starts a worker and returns a func that stops it and waits.
func run(t *testing.T, b *box, ch bot.Channel, change ...func(*Config)) (w *Worker, stop func()) {
	t.Helper()
	c := Config{Channel: ch, Outbox: b, Policy: DefaultPolicy(), Clock: time.Now, Log: discard}
	for _, f := range change {
		f(&c)
	}
	w = NewWorker(c)
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	running.Go(func() {
		if err := w.Run(ctx); err != nil {
			t.Error(err)
		}
	})
	return w, func() { cancel(); running.Wait() }
}

func ok(context.Context, bot.Outgoing) (bot.Sent, error) { return bot.Sent{ProviderID: "p"}, nil }

func TestPaceAndWindow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{rows: rows(60, bot.LaneBulk)}
		var mu sync.Mutex
		flying, most := 0, 0
		began := time.Now()
		ch := &fake{limits: bot.Limits{PerSecond: 10, Burst: 5, InFlight: 4}, send: func(context.Context, bot.Outgoing) (bot.Sent, error) {
			mu.Lock()
			flying++
			most = max(most, flying)
			mu.Unlock()
			time.Sleep(50 * time.Millisecond)
			mu.Lock()
			flying--
			mu.Unlock()
			return bot.Sent{}, nil
		}}
		all := make(chan struct{})
		b.each = func(Settlement) {
			if len(b.settled) == 60 {
				close(all)
			}
		}
		_, stop := run(t, b, ch)
		<-all
		took := time.Since(began)
		stop()
		if took < 5400*time.Millisecond || took > 7*time.Second {
			t.Errorf("60 messages at 10 a second with a burst of 5 took %v", took)
		}
		if most > 3 { // of a window of 4, one is kept for answers
			t.Errorf("%d notices were under way at once", most)
		}
		for _, w := range b.wants {
			if w.Rows > 4 || w.Notices > 3 || w.Lease != 20*time.Second {
				t.Errorf("wanted %+v", w)
			}
		}
	})
}

func TestAnswersFindRoomBesideBulk(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{rows: rows(50, bot.LaneBulk)}
		answered := make(chan time.Duration, 1)
		began := time.Now()
		ch := &fake{limits: bot.Limits{InFlight: 4}, send: func(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
			if out.Lane == bot.LaneAnswer {
				answered <- time.Since(began)
				return bot.Sent{}, nil
			}
			<-ctx.Done() // the provider hangs on everything else
			return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Code: "timeout"}
		}}
		w, stop := run(t, b, ch)
		synctest.Wait()
		b.mu.Lock()
		b.rows = append(rows(1, bot.LaneAnswer), b.rows...)
		b.mu.Unlock()
		w.Wake()
		if took := <-answered; took > time.Second {
			t.Errorf("the answer waited %v for bulk", took)
		}
		stop()
	})
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		send  func(context.Context, bot.Outgoing) (bot.Sent, error)
		state State
		class bot.Class
	}{
		"taken":     {ok, Sent, ""},
		"delivered": {func(context.Context, bot.Outgoing) (bot.Sent, error) { return bot.Sent{Delivered: true}, nil }, Delivered, ""},
		"wrapped": {func(context.Context, bot.Outgoing) (bot.Sent, error) {
			return bot.Sent{}, fmt.Errorf("call: %w", &bot.SendError{Class: bot.Rejected})
		}, Failed, bot.Rejected},
		"no class": {func(context.Context, bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, errors.New("odd") }, Unknown, bot.Unknown},
		"panic":    {func(context.Context, bot.Outgoing) (bot.Sent, error) { panic("odd") }, Unknown, bot.Unknown},
		"hangs": {func(ctx context.Context, _ bot.Outgoing) (bot.Sent, error) {
			<-ctx.Done()
			return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Err: ctx.Err()}
		}, Unknown, bot.Unknown},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				b := &box{rows: rows(1, bot.LaneAnswer), fail: 2} // records are away twice
				one := make(chan struct{})
				b.each = func(Settlement) { close(one) }
				_, stop := run(t, b, &fake{limits: bot.Limits{InFlight: 1}, send: tt.send})
				<-one
				stop()
				s := b.settled[0]
				if s.State != tt.state || s.Failure == nil != (tt.class == "") || s.Failure != nil && s.Failure.Class != tt.class {
					t.Errorf("settled %+v", s)
				}
			})
		})
	}
}

func TestOnePersonIsNotWrittenToTooOften(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{rows: rows(2, bot.LaneAnswer)}
		b.rows[1].Out.To = b.rows[0].Out.To
		both := make(chan struct{})
		b.each = func(Settlement) {
			if len(b.settled) == 2 {
				close(both)
			}
		}
		began := time.Now()
		_, stop := run(t, b, &fake{limits: bot.Limits{InFlight: 2, PerRecipient: time.Second}, send: ok})
		<-both
		stop()
		var sent, back int
		for _, s := range b.settled {
			switch {
			case s.State == Sent && s.Gap == time.Second:
				sent++
			case s.State == Waiting && s.Failure == nil && !s.Counted && s.Again.Equal(began.Add(time.Second)):
				back++
			}
		}
		if sent != 1 || back != 1 {
			t.Errorf("settled %+v", b.settled)
		}
	})
}

func TestStopFinishesWhatWasBegun(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{rows: rows(5, bot.LaneAnswer)}
		_, stop := run(t, b, &fake{limits: bot.Limits{InFlight: 2}, send: func(ctx context.Context, _ bot.Outgoing) (bot.Sent, error) {
			select {
			case <-time.After(5 * time.Second):
				return bot.Sent{}, nil
			case <-ctx.Done():
				return bot.Sent{}, &bot.SendError{Class: bot.Unknown}
			}
		}})
		synctest.Wait()
		stop()
		if len(b.settled) != 2 || len(b.rows) != 3 || b.settled[0].State != Sent || b.settled[1].State != Sent {
			t.Errorf("settled %+v, %d wait", b.settled, len(b.rows))
		}
	})
}

func TestClaimedAndNotBegunGoesBack(t *testing.T) {
	t.Parallel()
	b := &box{}
	w := NewWorker(Config{Channel: &fake{send: ok}, Outbox: b, Policy: DefaultPolicy(), Clock: time.Now, Log: discard})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	w.handOver(ctx, rows(1, bot.LaneBulk)[0])
	if s := b.settled[0]; s.State != Waiting || s.Counted || s.Repeat || s.Failure != nil {
		t.Errorf("settled %+v", s)
	}
}

func TestQuietHoursReachTheClaim(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{rows: rows(3, bot.LaneBulk)}
		_, stop := run(t, b, &fake{send: ok}, func(c *Config) { c.Quiet = func(time.Time) bool { return true } })
		time.Sleep(3 * time.Second)
		stop()
		if len(b.settled) != 0 || len(b.wants) < 3 || b.lapses < 3 {
			t.Errorf("settled %d, looked %d times, tended %d times", len(b.settled), len(b.wants), b.lapses)
		}
	})
}

func TestDoubtfulRowsAreTended(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := &box{doubtful: append(rows(1, bot.LaneAnswer), rows(1, bot.LaneBulk)...)}
		_, stop := run(t, b, &fake{send: ok})
		time.Sleep(2 * time.Second)
		stop()
		if len(b.settled) != 2 || !b.settled[0].Repeat || b.settled[1].State != Unknown || !b.settled[1].Again.IsZero() {
			t.Errorf("settled %+v", b.settled)
		}
	})
}

func TestAnothersMessageSettlesNothing(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for id, want := range map[string]State{"mine": Sent, "another's": Waiting} {
			doubtful := rows(1, bot.LaneAnswer)
			doubtful[0].Doubtful = time.Now()
			b := &box{doubtful: doubtful, others: map[string]bool{"another's": true}}
			_, stop := run(t, b, asked{&fake{send: ok}, func() (*bot.Receipt, error) {
				return &bot.Receipt{ProviderID: id, State: bot.ReceiptSent}, nil
			}})
			time.Sleep(2 * time.Second)
			stop()
			if len(b.settled) != 1 || b.settled[0].State != want || b.settled[0].Repeat != (want == Waiting) {
				t.Errorf("%s: settled %+v", id, b.settled)
			}
		}
	})
}

// receipts notes the cursors it was asked with.
type receipts struct {
	mu      sync.Mutex
	cursors []int64
	waiting int
}

func (r *receipts) ApplyReceipts(_ context.Context, after int64) (int64, int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cursors = append(r.cursors, after)
	if len(r.cursors) == 2 {
		return after, 0, errors.New("away")
	}
	n := min(r.waiting, 100)
	r.waiting -= n
	return after + int64(n), n, nil
}

func TestReceiptsAreAppliedInBatches(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		r := &receipts{waiting: 250}
		a := NewApplier(r, discard)
		ctx, cancel := context.WithCancel(t.Context())
		var running sync.WaitGroup
		running.Go(func() {
			if err := a.Run(ctx); err != nil {
				t.Error(err)
			}
		})
		time.Sleep(1500 * time.Millisecond)
		r.mu.Lock()
		if got := fmt.Sprint(r.cursors[:4]); r.waiting != 0 || got != "[0 100 100 200]" {
			t.Errorf("%d wait, cursors %v", r.waiting, got)
		}
		r.mu.Unlock()
		time.Sleep(11 * time.Minute) // from the start again, for what became known elsewhere
		cancel()
		running.Wait()
		again := false
		for _, c := range r.cursors[4:] {
			again = again || c == 0
		}
		if !again {
			t.Error("open receipts are never looked at again")
		}
	})
}
