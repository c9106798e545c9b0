package delivery

import (
	"context"
	"testing"
	"time"

	"tiepdan/bot"
)

// fake is a channel whose sends a test answers.
type fake struct {
	bot.Channel
	limits bot.Limits
	send   func(ctx context.Context, out bot.Outgoing) (bot.Sent, error)
}

func (*fake) Name() string         { return "fake" }
func (f *fake) Limits() bot.Limits { return f.limits }
func (f *fake) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	return f.send(ctx, out)
}

// asked is a fake whose provider can be asked.
type asked struct {
	*fake
	settle func() (*bot.Receipt, error)
}

func (a asked) Settle(context.Context, bot.Outgoing, string) (*bot.Receipt, error) { return a.settle() }

func TestNotTaken(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	soon, never := now.Add(time.Second), time.Time{}
	for name, tt := range map[string]struct {
		row      Row
		failure  bot.SendError
		receipts bool
		state    State
		again    time.Duration // from now; 0: not
		upTo     time.Duration // the same plus jitter
		counted  bool
		paused   bool
	}{
		"transient":               {Row{}, bot.SendError{Class: bot.Transient}, false, Waiting, 2 * time.Second, 2500 * time.Millisecond, true, false},
		"transient again":         {Row{Attempts: 3}, bot.SendError{Class: bot.Transient}, false, Waiting, 16 * time.Second, 20 * time.Second, true, false},
		"transient for long":      {Row{Attempts: 18}, bot.SendError{Class: bot.Transient}, false, Waiting, 10 * time.Minute, 150 * 5 * time.Second, true, false},
		"transient, told when":    {Row{}, bot.SendError{Class: bot.Transient, RetryAfter: time.Minute}, false, Waiting, time.Minute, time.Minute, true, false},
		"transient until useless": {Row{ExpiresAt: soon}, bot.SendError{Class: bot.Transient}, false, Failed, 0, 0, true, false},
		"transient for ever":      {Row{Attempts: 19}, bot.SendError{Class: bot.Transient}, false, Failed, 0, 0, true, false},
		"throttled":               {Row{}, bot.SendError{Class: bot.Throttled, RetryAfter: 7 * time.Second}, false, Waiting, 7 * time.Second, 7 * time.Second, false, true},
		"throttled, not told":     {Row{}, bot.SendError{Class: bot.Throttled}, false, Waiting, 5 * time.Second, 5 * time.Second, false, true},
		"rejected":                {Row{}, bot.SendError{Class: bot.Rejected}, false, Failed, 0, 0, false, false},
		"unreachable":             {Row{}, bot.SendError{Class: bot.Unreachable}, false, Failed, 0, 0, false, false},
		"misconfigured":           {Row{}, bot.SendError{Class: bot.Misconfigured}, false, Waiting, 30 * time.Second, 30 * time.Second, false, false},
		"unknown":                 {Row{}, bot.SendError{Class: bot.Unknown}, false, Unknown, 2 * time.Second, 2 * time.Second, false, false},
		"unknown, with receipts":  {Row{}, bot.SendError{Class: bot.Unknown}, true, Unknown, 30 * time.Second, 30 * time.Second, false, false},
		"no class at all":         {Row{}, bot.SendError{}, false, Unknown, 2 * time.Second, 2 * time.Second, false, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ch := &fake{limits: bot.Limits{Receipts: tt.receipts}}
			s := DefaultPolicy().notTaken(tt.row, &tt.failure, ch, now)
			if s.State != tt.state || s.Counted != tt.counted || s.Pause.IsZero() == tt.paused || s.Repeat {
				t.Errorf("settlement %+v", s)
			}
			if tt.again == 0 && s.Again != never || tt.again != 0 && (s.Again.Before(now.Add(tt.again)) || s.Again.After(now.Add(tt.upTo))) {
				t.Errorf("again at %v, want between %v and %v from now", s.Again.Sub(now), tt.again, tt.upTo)
			}
		})
	}
}

func TestDoubt(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	answer, notice := Row{Out: bot.Outgoing{Lane: bot.LaneAnswer}, Doubtful: now.Add(-time.Minute)}, Row{Out: bot.Outgoing{Lane: bot.LaneBulk}, Doubtful: now.Add(-time.Minute)}
	repeated, old := answer, notice
	repeated.Repeats, old.Doubtful = 1, now.Add(-25*time.Hour)
	for name, tt := range map[string]struct {
		row    Row
		asks   bool
		state  State
		repeat bool
		again  time.Duration
	}{
		"answer goes once more":     {answer, false, Waiting, true, 0},
		"answer, provider silent":   {answer, true, Waiting, true, 0},
		"answer never a third time": {repeated, true, Unknown, false, -1},
		"notice never again":        {notice, false, Unknown, false, -1},
		"notice is asked for":       {notice, true, Unknown, false, time.Minute},
		"but not for ever":          {old, true, Unknown, false, -1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := DefaultPolicy().doubt(tt.row, tt.asks, now)
			if s.State != tt.state || s.Repeat != tt.repeat {
				t.Errorf("settlement %+v", s)
			}
			if tt.again < 0 && !s.Again.IsZero() || tt.again >= 0 && !s.Again.Equal(now.Add(tt.again)) {
				t.Errorf("looked at again %v from now", s.Again.Sub(now))
			}
		})
	}
}

func TestAskTheProvider(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC)
	gone := &bot.SendError{Class: bot.Unreachable, Code: "30003"}
	for name, tt := range map[string]struct {
		said  *bot.Receipt
		err   error
		state State
		again bool
	}{
		"delivered":     {&bot.Receipt{State: bot.ReceiptDelivered, ProviderID: "SM1"}, nil, Delivered, false},
		"accepted":      {&bot.Receipt{State: bot.ReceiptAccepted, ProviderID: "SM1"}, nil, Sent, false},
		"failed":        {&bot.Receipt{State: bot.ReceiptFailed, ProviderID: "SM1", Failure: gone}, nil, Failed, false},
		"nothing known": {nil, nil, Waiting, true},
		"not reached":   {nil, context.DeadlineExceeded, Unknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ch := asked{&fake{}, func() (*bot.Receipt, error) { return tt.said, tt.err }}
			w := NewWorker(Config{Channel: ch, Policy: DefaultPolicy(), Clock: func() time.Time { return now }, Log: discard})
			s := w.ask(t.Context(), ch, true, Row{Doubtful: now.Add(-30 * time.Second)})
			if s.State != tt.state || s.Again.IsZero() == tt.again {
				t.Errorf("settlement %+v", s)
			}
			if tt.said != nil && (s.ProviderID != "SM1" || s.Failure != tt.said.Failure) {
				t.Errorf("settlement %+v does not say what the provider said", s)
			}
		})
	}
}
