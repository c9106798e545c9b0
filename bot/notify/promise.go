// Package notify turns one promise to tell somebody something into messages:
// which channel, in which language, when, in which words. It decides; records keep.
package notify

import "time"

// Promise is one thing that somebody is to be told, once. Its Key is what makes it one:
// promising it again changes nothing.
type Promise struct {
	Key            string // "status:<application>:<change>", "grievance:<id>:<move>", "payout:<phone>:<day>:<place>"
	Class          string // casework.Class…: what a person may refuse
	BroadcastID    int64
	UnitID         int64
	PersonID       int64  // 0: several people, or none on record
	ConversationID int64  // tell here first; 0: wherever the phone's person is
	Phone          string // E.164; empty: no phone
	Words          Words
	NotBefore      time.Time
	Expires        time.Time // useless after; zero: never
}

// Words are a text of the catalogues with its arguments, so that the language and the
// channel can be chosen when it is told.
type Words struct {
	Key  string            `json:"key"`
	Args map[string]string `json:"args,omitempty"`
}
