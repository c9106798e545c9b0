// Package delivery hands what waits in the outbox to the channels: paced, in
// order, and never twice unless the provider's answer was lost. It knows messages
// only; what a message is about is known by whoever put it there.
package delivery

import (
	"context"
	"errors"
	"time"

	"tiepdan/bot"
)

// State is where an outbox row stands.
type State string

const (
	Waiting   State = "waiting"   // to be handed over
	Claimed   State = "claimed"   // being handed over
	Sent      State = "sent"      // taken by the provider
	Delivered State = "delivered" // arrived, or as good as a channel can tell
	Failed    State = "failed"    // will not arrive
	Unknown   State = "unknown"   // may have gone out
	Skipped   State = "skipped"   // not to be sent any more
)

// Row is a claimed or doubtful outbox row.
type Row struct {
	Out        bot.Outgoing
	Token      string // of the claim; a settlement without it changes nothing
	NoticeID   int64  // 0: an answer
	Attempts   int    // failed hand-overs that were not taken, before this one
	Repeats    int    // hand-overs after an unknown outcome, before this one
	ProviderID string
	ExpiresAt  time.Time // useless after; zero: never
	Doubtful   time.Time // when the outcome became unknown; zero: it is not
}

// Answer says whether the row is an answer in a conversation.
func (r Row) Answer() bool { return r.Out.Lane == bot.LaneAnswer }

// Want is what a worker can hand over at once.
type Want struct {
	Channel string
	Rows    int // at most so many
	Notices int // of these, at most so many notices and bulk
	// Quiet: it is a time at which nobody is disturbed. Answers alone go.
	Quiet bool
	Lease time.Duration
}

// Batch is what was claimed.
type Batch struct {
	Rows []Row
	// Skipped counts rows that were due and are not to be sent any more (opted out, expired,
	// cancelled). More may wait behind them.
	Skipped int
	// Next is when something that waits now is due; zero: nothing is known of.
	Next time.Time
}

// Settlement is what a hand-over came to, decided.
type Settlement struct {
	Row   Row
	State State
	// ProviderID is set for Sent and Delivered, if the provider gave one.
	ProviderID string
	Failure    *bot.SendError // for everything that went wrong
	// Again is when a Waiting row is due again, or when an Unknown one is looked at again;
	// zero for an Unknown row: never, only a receipt can change it.
	Again   time.Time
	Counted bool // the attempt counts: the row's growing waits depend on it
	Repeat  bool // Waiting after Unknown: it may go out a second time
	// Pause stops the whole channel until then; zero: it goes on.
	Pause time.Time
	Gap   time.Duration // the least time to the next message to the same person
}

// ErrAnother: the message that a provider named is another row's. Two equal texts to one
// person look alike to a provider that is asked for a lost one.
var ErrAnother = errors.New("the message is another row's")

// Outbox is the records' side of sending. All its times are the database's.
type Outbox interface {
	// Claim leases what is due, answers first. Claimed means begun: the caller hands over
	// at once. It skips what is not to be sent any more, holds what is paused, and keeps
	// a halted channel's notices and bulk to one probe per 30 s.
	Claim(ctx context.Context, w Want) (Batch, error)
	// Settle records an outcome, with the receipts that came before it. A row whose
	// token is another's, or of which more is known already, is left as it is. ErrAnother when what a
	// provider said of a doubtful row is about another; nothing is changed then.
	Settle(ctx context.Context, s Settlement) error
	// Lapse makes claims that were never settled unknown, to be looked at again after grace.
	Lapse(ctx context.Context, channel string, grace time.Duration) (int, error)
	// Doubtful lists unknown rows that are to be looked at now, at most n.
	Doubtful(ctx context.Context, channel string, n int) ([]Row, error)
}

// Receipts applies what providers said later.
type Receipts interface {
	// ApplyReceipts applies a batch of the receipts after a cursor to the rows they
	// are about, and moves the cursor. One whose send is not known yet stays for Settle to find.
	ApplyReceipts(ctx context.Context, after int64) (cursor int64, n int, err error)
}

// Count is how many rows of one channel and lane stand in one state.
type Count struct {
	Channel string
	Lane    bot.Lane
	State   State
	Rows    int64
	Repeats int64 // hand-overs after an unknown outcome: what may have arrived twice
}
