// Package handlers holds the citizen's dialogues, one file each. They read
// records through the small interfaces below and change them only by asking
// for casework's commands in a turn.
package handlers

import (
	"context"
	"time"

	"tiepdan/bot/text"
	"tiepdan/casework"
)

// ErrNotFound: no such record, or none that this asker may know of. The two are one
// error on purpose.
var ErrNotFound = casework.ErrNotFound

// Applications reads cases.
type Applications interface {
	// ApplicationByCode finds a case by its code's key (text.CodeKey). ErrNotFound if there is none.
	ApplicationByCode(ctx context.Context, codeKey string) (casework.Application, error)
	// ApplicationsOf lists the cases of these people, the latest change first, at most limit.
	ApplicationsOf(ctx context.Context, people []int64, limit int) ([]casework.Application, error)
}

// Payouts reads payments. Drafts are never returned.
type Payouts interface {
	// PayoutsOf lists payouts of these people with a pay date not before since, soonest first, at most limit.
	PayoutsOf(ctx context.Context, people []int64, since time.Time, limit int) ([]casework.Payout, error)
	// SessionsOf lists what is publicly planned in a unit and below it from a day on: one Payout
	// for each day, place and programme, without person, amount or state.
	SessionsOf(ctx context.Context, unitID int64, since time.Time, limit int) ([]casework.Payout, error)
}

// People reads who a phone stands for.
type People interface {
	// Proven lists the living people whom a message from this phone proves: those linked to
	// it, if it is theirs or within their one household, was heard of within 12 months, and is not
	// ended. A phone that stands for several households, a hamlet head's or an association's proves nobody.
	Proven(ctx context.Context, phone string, now time.Time) ([]casework.Person, error)
	// Person reads one; ErrNotFound if there is none.
	Person(ctx context.Context, id int64) (casework.Person, error)
	// CitizenEndsWith says whether the person's citizen number is known and ends with these four digits.
	CitizenEndsWith(ctx context.Context, personID int64, last4 string) (bool, error)
}

// Grievances reads filings.
type Grievances interface {
	// GrievanceByCode finds one by its canonical code, with its moves. ErrNotFound if there is none.
	GrievanceByCode(ctx context.Context, code string) (casework.Grievance, error)
	// GrievancesOf lists those filed from this conversation or this proven phone, newest first, at most limit.
	GrievancesOf(ctx context.Context, conversationID int64, phone string, limit int) ([]casework.Grievance, error)
}

// Drafts reads unfinished dialogues.
type Drafts interface {
	// DraftsOf lists this conversation's drafts that have not expired, newest first.
	DraftsOf(ctx context.Context, conversationID int64) ([]Draft, error)
	// DraftByCode finds one of any conversation by the code that continues it. ErrNotFound if there is none.
	DraftByCode(ctx context.Context, code string) (Draft, error)
}

// Draft is an unfinished dialogue.
type Draft = casework.Draft

// Units reads places and offices. It changes seldom and is served from memory.
type Units interface {
	// Unit reads one; ErrNotFound if there is none.
	Unit(id int64) (casework.Unit, error)
	// Home is the unit that serves people of whom nothing is known (the one commune of an installation).
	Home() casework.Unit
	// Places finds units named in a text.
	Places() *text.Places
}

// LinkCodes reads offered links.
type LinkCodes interface {
	// LinkOffered says whether this code is open; it does not say for whom.
	LinkOffered(ctx context.Context, code string, now time.Time) (bool, error)
	// OptedOut lists the classes that this address, or the phone proven for it, has refused.
	OptedOut(ctx context.Context, conversationID int64, phone string) ([]string, error)
}

// Limits counts what a sender may do. It is outside the turn on purpose: a discarded turn's guesses count too.
type Limits interface {
	// Take uses one of n in window for key, and says whether there was one left. It
	// returns an error when the counter is away: second-fact checks then close.
	Take(ctx context.Context, key string, n int, window time.Duration) (bool, error)
}
