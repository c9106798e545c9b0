package notify

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
	"tiepdan/locales"
)

const (
	seen      = 3 * 24 * time.Hour   // a web chat that was used within this is read again
	linkHolds = 365 * 24 * time.Hour // a link between a chat and a phone ends after so much silence

	// classTask answers what the person just did: it knows neither quiet hours nor refusal.
	classTask = "task"
)

// Units reads places and offices. It is served from memory.
type Units interface {
	Unit(id int64) (casework.Unit, error)
	// Home serves people of whom nothing is known.
	Home() casework.Unit
}

// Config is what a Planner needs.
type Config struct {
	Texts      *locales.Catalogues
	Channels   map[string]bot.Channel // those that are on, by name
	Programmes *casework.Programmes
	Units      Units
	Quiet      QuietHours
	// Keyword is the word by which the SMS number is rented: every hint to answer
	// by SMS begins with it. Empty: the number is ours alone.
	Keyword string
}

// Planner decides how a promise is told. It only computes, and may be used by many
// goroutines.
type Planner struct{ cfg Config }

// New makes a Planner.
func New(c Config) *Planner { return &Planner{c} }

// Way is one conversation by which a person can be reached.
type Way struct {
	ConversationID int64
	Address        bot.Address
	Lang           string // "vi", "en"
	Accents        bool   // accents on SMS, chosen by the person
	LastInAt       time.Time
	LinkedAt       time.Time // when the chat was last proven to be the phone's; zero: it is not
	Blocked        bool
	UnitID         int64
}

// Refusal is a class of notices that somebody does not want at an address.
type Refusal struct {
	Address bot.Address
	Class   string
}

// Due is one payment that a payout notice covers.
type Due struct {
	PersonID  int64
	Name      string
	Birth     string // "1949" or "1949-03-12"; empty: not known
	Sex       string // casework.SexFemale or SexMale; empty: not known
	Programme string
	Hours     string
	Method    string
	Papers    string
}

// Audience is what records know of those who are to be told.
type Audience struct {
	Ways    []Way
	Refused []Refusal
	Tried   []string // channels that were tried already
	// Silenced: the person has died, or somebody said so.
	Silenced bool
	// Relayed: the phone is a hamlet head's or an association's; no names.
	Relayed bool
	Due     []Due // of a payout notice; the silenced are not among them
}

// Reason says in one word why somebody is not told.
type Reason string

const (
	OptedOut    Reason = "opted_out"
	Silenced    Reason = "silenced"
	NoChannel   Reason = "no_channel"
	NoPhone     Reason = "no_phone"
	NotMobile   Reason = "not_mobile" // a fixed line takes no SMS
	Expired     Reason = "expired"
	Cancelled   Reason = "cancelled"
	WrongNumber Reason = "wrong_number"
	Unsayable   Reason = "unsayable"  // no channel can render it: a mistake in the program
	Unreadable  Reason = "unreadable" // its words cannot be unsealed
)

// Attempt is one message to one address.
type Attempt struct {
	ConversationID int64 // 0: there was none yet
	To             bot.Address
	Parts          []bot.Part
	NotBefore      time.Time
}

// Plan decides what is tried now; a reason instead when nothing is to be.
// The promise's own conversation comes first, then the channel that the person used
// last, then SMS. What was tried is not tried again.
func (pl *Planner) Plan(p Promise, a Audience, now time.Time) (Attempt, Reason) {
	switch {
	case a.Silenced:
		return Attempt{}, Silenced
	case p.Words.Key == keyPayout && len(a.Due) == 0:
		return Attempt{}, Cancelled
	}
	begin := now
	if p.NotBefore.After(begin) {
		begin = p.NotBefore
	}
	if p.Class != classTask {
		begin = pl.cfg.Quiet.Next(begin)
	}
	if !p.Expires.IsZero() && !begin.Before(p.Expires) {
		return Attempt{}, Expired
	}
	ways, reason := pl.ladder(p, a, begin)
	for _, w := range ways {
		parts, err := pl.render(p, a, w, now)
		if err != nil {
			reason = Unsayable
			continue
		}
		return Attempt{ConversationID: w.ConversationID, To: w.Address, Parts: parts, NotBefore: begin}, ""
	}
	return Attempt{}, reason
}

// ladder lists the ways that are open at a time, the best first, and why there
// is none.
func (pl *Planner) ladder(p Promise, a Audience, at time.Time) ([]Way, Reason) {
	ways := slices.Clone(a.Ways)
	slices.SortStableFunc(ways, func(x, y Way) int {
		if x, y := x.ConversationID == p.ConversationID, y.ConversationID == p.ConversationID; x != y && p.ConversationID != 0 {
			if x {
				return -1
			}
			return 1
		}
		return cmp.Compare(y.LastInAt.UnixMilli(), x.LastInAt.UnixMilli())
	})
	phone := bot.Address{Channel: bot.SMS, ID: p.Phone}
	if p.Phone != "" && !slices.ContainsFunc(ways, func(w Way) bool { return w.Address == phone }) {
		bare := Way{Address: phone}
		if len(ways) > 0 {
			bare.Lang, bare.UnitID = ways[0].Lang, ways[0].UnitID
		}
		ways = append(ways, bare)
	}
	if p.Phone != "" && a.refuses(phone, p.Class) {
		return nil, OptedOut // who refuses on their phone refuses in the chats linked to it
	}
	var open, stale []Way
	reason := NoChannel
	for _, w := range ways {
		switch {
		case w.Blocked || slices.Contains(a.Tried, w.Address.Channel):
		case a.refuses(w.Address, p.Class):
			reason = OptedOut
		case w.Address.Channel == bot.SMS && fixedLine(w.Address.ID):
			reason = NotMobile
		case pl.open(p, w, at):
			open = append(open, w)
		case w.Address.Channel == bot.Webchat && pl.cfg.Channels[bot.Webchat] != nil && w.mine(p):
			stale = append(stale, w) // its log waits for the person's return: better than nothing
		}
	}
	return append(open, stale...), reason
}

func (w Way) mine(p Promise) bool {
	return p.ConversationID != 0 && w.ConversationID == p.ConversationID
}

// open says whether a way may be used at a time.
func (pl *Planner) open(p Promise, w Way, at time.Time) bool {
	channel := pl.cfg.Channels[w.Address.Channel]
	if channel == nil {
		return false
	}
	if windowed, ok := channel.(bot.Windowed); ok && !windowed.Open(w.LastInAt, at) {
		return false
	}
	switch w.Address.Channel {
	case bot.SMS:
		return w.mine(p) || w.Address.ID == p.Phone
	case bot.Webchat:
		if w.LastInAt.IsZero() || at.Sub(w.LastInAt) > seen {
			return false
		}
	}
	return w.mine(p) || w.linked(at)
}

// fixedLine: numbers of Viet Nam that begin in 2 are not mobile (Circular 22/2014/TT-BTTTT).
func fixedLine(phone string) bool { return strings.HasPrefix(phone, "+842") }

// linked says whether the chat still counts as the phone's.
func (w Way) linked(at time.Time) bool {
	last := w.LinkedAt
	if last.IsZero() {
		return false
	}
	if w.LastInAt.After(last) {
		last = w.LastInAt
	}
	return at.Sub(last) < linkHolds
}

func (a Audience) refuses(to bot.Address, class string) bool {
	return class != classTask && slices.ContainsFunc(a.Refused, func(r Refusal) bool {
		return r.Address == to && (r.Class == casework.ClassAll || r.Class == class)
	})
}
