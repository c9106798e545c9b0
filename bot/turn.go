package bot

import (
	"context"
	"time"
)

// Conversation is what records know of a talk with one address, as a turn
// sees it.
type Conversation struct {
	ID         int64
	Address    Address
	Rev        int64
	Lang       string    // "vi" or "en"
	Accents    bool      // SMS with accents
	Phone      string    // E.164 that this address is proven to be: an SMS sender's own, or a linked chat's; empty: none
	PhoneSince time.Time // when that was last proven or used
	UnitID     int64     // the unit the person is served by; 0: not known yet
	FirstAt    time.Time // zero: this is their first message ever
	LastInAt   time.Time // before this event; zero: never
	Holder     string    // "bot", or the officer who has taken the conversation
	Digits     bool      // bare digits can arrive on this route (false on a keyword-rented short code)
	Keyword    string    // the rented keyword that every hint must begin with; "" on other routes
}

// Event is one stored Incoming in its conversation's order.
type Event struct {
	ID       int64
	Seq      int64
	Attempt  int // 1 on the first try
	Incoming Incoming
	StoredAt time.Time
}

// Turn is what playing one event decided. It is committed whole or not at all.
type Turn struct {
	State []byte    // the conversation's next state, unsealed
	Say   []Content // answers, in order
	Acts  []Act     // changes to records, in order
	// Set changes what records hold of the conversation itself.
	Set Settings
	// Quiet: the text of this event may accuse a person. The body is sealed under
	// SealAccusation and never shown; State and Say hold nothing of it.
	Quiet bool
}

// Settings are the parts of a Conversation that a turn may change; nil leaves one as it is.
type Settings struct {
	Lang    *string
	Accents *bool
	UnitID  *int64
	Holder  *string // an officer takes the conversation; "bot" gives it back
}

// Act is one change to records that a turn asks for. Key is unique for ever for that
// change ("grievance:<draft id>"): an act whose key was committed before does nothing.
// The concrete types are casework's commands; store/sqldb knows them all.
type Act interface{ ActKey() string }

// Player decides a turn. Play reads records but changes nothing; it may be
// called again for the same event after a discarded turn, and must then be
// free to decide anew.
type Player interface {
	Play(ctx context.Context, conv Conversation, state []byte, ev Event) (Turn, error)
	// Apology is the one sentence a person gets when their event was parked:
	// it could not be played. It names a telephone number.
	Apology(conv Conversation) Content
}

// StaffEvent is what the office appends to a conversation's inbox as a KindStaff
// event: JSON in Incoming.Text.
type StaffEvent struct {
	Action string            `json:"action"` // "take", "return", "ask", "moved"
	By     string            `json:"by"`
	Text   string            `json:"text,omitempty"`
	Args   map[string]string `json:"args,omitempty"`
}

// ChatEntry is one line of a web chat's log.
type ChatEntry struct {
	ID       int64 // what Last-Event-ID counts; grows within a chat
	FromBot  bool
	Part     Part // for a person's line only Text is set
	OutboxID int64
	At       time.Time
}
