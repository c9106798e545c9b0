package delivery

import (
	"math/rand/v2"
	"time"

	"tiepdan/bot"
)

// Policy is how long things take and how often they are tried.
type Policy struct {
	Send         time.Duration // a hand-over's time-out
	Lease        time.Duration // a claim's; longer than Send by what a paused process may lose
	Grace        time.Duration // how long an unknown outcome waits where nothing can settle it
	ReceiptWait  time.Duration // and where a receipt or a query can
	FirstRetry   time.Duration // after a transient failure; doubled each time
	LongestWait  time.Duration
	LongestPause time.Duration // of a channel, whatever its provider asks for
	Attempts     int           // transient failures before a row without expiry is given up
	Mend         time.Duration // how long a row waits for somebody to mend the channel
	DoubtFor     time.Duration // how long a notice's outcome is asked for
	Poll         time.Duration // the longest rest between two looks
}

// DefaultPolicy holds the times that the program promises.
func DefaultPolicy() Policy {
	return Policy{
		Send: 8 * time.Second, Lease: 20 * time.Second,
		Grace: 2 * time.Second, ReceiptWait: 30 * time.Second,
		FirstRetry: 2 * time.Second, LongestWait: 10 * time.Minute, LongestPause: time.Hour, Attempts: 20,
		Mend: 30 * time.Second, DoubtFor: 24 * time.Hour, Poll: time.Second,
	}
}

// grace is how long an unknown outcome of this channel waits before it is looked at.
func (p Policy) grace(ch bot.Channel) time.Duration {
	if _, ok := bot.SettlerOf(ch); ok || ch.Limits().Receipts {
		return p.ReceiptWait
	}
	return p.Grace
}

// taken is the settlement of a message that the provider took.
func taken(row Row, sent bot.Sent, gap time.Duration) Settlement {
	s := Settlement{Row: row, State: Sent, ProviderID: sent.ProviderID, Gap: gap}
	if sent.Delivered {
		s.State = Delivered
	}
	return s
}

// notTaken decides what a failed hand-over means for its row and its channel.
func (p Policy) notTaken(row Row, failure *bot.SendError, ch bot.Channel, now time.Time) Settlement {
	s := Settlement{Row: row, State: Waiting, Failure: failure, Gap: ch.Limits().PerRecipient}
	switch failure.Class {
	case bot.Transient:
		s.Counted = true
		s.Again = now.Add(p.wait(row.Attempts, failure.RetryAfter))
		if !row.ExpiresAt.IsZero() && s.Again.After(row.ExpiresAt) ||
			row.ExpiresAt.IsZero() && row.Attempts+1 >= p.Attempts {
			s.State, s.Again = Failed, time.Time{}
		}
	case bot.Throttled:
		pause := failure.RetryAfter
		if pause <= 0 {
			pause = 5 * time.Second
		}
		pause = min(pause, p.LongestPause) // a provider's slip must not silence a channel for days
		s.Again = now.Add(pause)
		s.Pause = s.Again
	case bot.Misconfigured:
		s.Again = now.Add(p.Mend)
	case bot.Rejected, bot.Unreachable:
		s.State = Failed
	default: // Unknown, and every class that is not known
		s.State = Unknown
		s.Again = now.Add(p.grace(ch))
	}
	return s
}

// wait grows with every attempt, with some jitter, so that what failed
// together does not come back together.
func (p Policy) wait(attempts int, told time.Duration) time.Duration {
	w := p.LongestWait
	if attempts < 16 {
		w = min(p.FirstRetry<<attempts, p.LongestWait)
	}
	w += rand.N(w/4 + 1)
	return max(w, told)
}

// doubt decides about a row whose outcome is unknown and of which the provider
// says nothing: an answer goes once more, a notice never. asks: the provider
// can be asked again.
func (p Policy) doubt(row Row, asks bool, now time.Time) Settlement {
	s := Settlement{Row: row, State: Unknown}
	since := now.Sub(row.Doubtful)
	switch {
	case row.Answer() && row.Repeats == 0:
		s.State, s.Repeat, s.Again = Waiting, true, now
	case !row.Answer() && asks && since < p.DoubtFor:
		s.Again = now.Add(max(since, p.ReceiptWait))
	}
	return s
}

// settled is what a provider's word makes of an unknown row.
func settled(row Row, said bot.Receipt) Settlement {
	s := Settlement{Row: row, State: Sent, ProviderID: said.ProviderID}
	switch said.State {
	case bot.ReceiptDelivered:
		s.State = Delivered
	case bot.ReceiptFailed:
		s.State, s.Failure = Failed, said.Failure
	}
	return s
}
