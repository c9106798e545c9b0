package casework

import (
	"time"
)

// The commands below are what a dialogue, the command line or the console asks
// records to do. Each carries a Key that is unique for ever for that change:
// a command whose key was committed before does nothing. store/sqldb applies
// them, in one transaction with the turn that asked.

// Origin says where a command came from.
type Origin struct {
	ConversationID int64
	EventID        int64 // the message that carried it; files of that message belong to the same change
	UnitID         int64
	Phone          string // proven phone of the asker, E.164; empty: none
	At             time.Time
}

// FileGrievance files a grievance (phản ánh, kiến nghị, what looks like a khiếu nại, a question).
type FileGrievance struct {
	Key       string // "grievance:<draft id>"
	Origin    Origin
	Grievance Grievance // Code and AnswerBy are set by the one who files, so that they can be read out at once
	EventIDs  []int64   // messages whose files belong to it
}

// AddToGrievance adds words or files of the person who filed.
type AddToGrievance struct {
	Key      string
	Origin   Origin
	Code     string
	Text     string
	EventIDs []int64
}

// WithdrawGrievance withdraws it at the person's wish (rút đơn).
type WithdrawGrievance struct {
	Key    string
	Origin Origin
	Code   string
}

// MoveGrievance is an officer's step. The person who filed is told of every one.
type MoveGrievance struct {
	Key    string
	By     string
	Code   string
	Status string
	Kind   string // re-class; empty: unchanged. The filing date never changes
	Note   string // what the citizen is told
	Signed string // date the signed paper came, "2006-01-02"; empty: unchanged
	At     time.Time
}

// SealText keeps a text that may accuse a person, sealed, for the reception
// role above the unit concerned; gone after 30 days unless entered as a case.
type SealText struct {
	Key    string
	Origin Origin
	Text   string
}

// Kinds of a task.
const (
	TaskCallback    = "callback"     // somebody wants a person
	TaskAppointment = "appointment"  // an appointment at the reception office above
	TaskDataRequest = "data_request" // yêu cầu của chủ thể dữ liệu
	TaskNewPhone    = "new_phone"
	TaskDeath       = "death" // somebody said that a person has died; only staff mark it
	TaskWrongNumber = "wrong_number"
	TaskIncomplete  = "incomplete" // a grievance filed in one message
	TaskSafety      = "safety"     // somebody may be in danger
)

// OpenTask gives the office something to do by a date.
type OpenTask struct {
	Key      string
	Origin   Origin
	Kind     string
	PersonID int64
	Detail   string // sealed
	Due      string // "2006-01-02"; empty: no legal or promised date
}

// Classes of notices, for opting out.
const (
	ClassAll       = "all"
	ClassPayout    = "payout"
	ClassStatus    = "status"
	ClassGrievance = "grievance"
	ClassNews      = "news"
	ClassTask      = "task" // answers what the person just did; cannot be refused
)

// OptOut stops a class of notices to the asker's address and proven phone; answers to what they ask still go.
type OptOut struct {
	Key    string
	Origin Origin
	Class  string
}

// OptIn starts them again.
type OptIn struct {
	Key    string
	Origin Origin
	Class  string
}

// WrongNumber stops everything to this phone at once and ends its links; staff are told.
type WrongNumber struct {
	Key    string
	Origin Origin
}

// SaidDead stops all notices for the people whom the phone stands for (or the one given) and
// opens a task: only staff mark a death.
type SaidDead struct {
	Key      string
	Origin   Origin
	PersonID int64 // 0: all people of the asker's phone
}

// OfferLink stores a short code (LK 4821) that, sent from a phone, links it to this chat.
type OfferLink struct {
	Key     string
	Origin  Origin
	Code    string
	Expires time.Time
}

// TakeLink is the code arriving from a phone: it links the chat that showed the code.
type TakeLink struct {
	Key    string
	Origin Origin // of the SMS; Phone is its sender
	Code   string
}

// Unlink ends the link between this chat and its phone.
type Unlink struct {
	Key    string
	Origin Origin
}

// GiveConsent records a typed answer to a consent question.
type GiveConsent struct {
	Key         string
	Origin      Origin
	Purpose     string // news
	TextVersion string
	Given       bool
}

// SaveDraft keeps an unfinished dialogue for 30 days. DropDraft ends it; MoveDraft makes it this conversation's.
type SaveDraft struct {
	Key      string
	Origin   Origin
	ID       string
	Dialogue string
	State    []byte // sealed by records
	Code     string // what continues it elsewhere, beside a second fact; empty: nothing does
	Expires  time.Time
}

// DropDraft removes a draft that was filed or given up.
type DropDraft struct {
	Key    string
	Origin Origin
	ID     string
}

// MoveDraft makes a draft of another conversation this one's.
type MoveDraft struct {
	Key    string
	Origin Origin
	ID     string
}

// ActKey implements bot.Act for every command that a dialogue may ask for.
func (c FileGrievance) ActKey() string     { return c.Key }
func (c AddToGrievance) ActKey() string    { return c.Key }
func (c WithdrawGrievance) ActKey() string { return c.Key }
func (c MoveGrievance) ActKey() string     { return c.Key }
func (c SealText) ActKey() string          { return c.Key }
func (c OpenTask) ActKey() string          { return c.Key }
func (c OptOut) ActKey() string            { return c.Key }
func (c OptIn) ActKey() string             { return c.Key }
func (c WrongNumber) ActKey() string       { return c.Key }
func (c SaidDead) ActKey() string          { return c.Key }
func (c OfferLink) ActKey() string         { return c.Key }
func (c TakeLink) ActKey() string          { return c.Key }
func (c Unlink) ActKey() string            { return c.Key }
func (c GiveConsent) ActKey() string       { return c.Key }
func (c SaveDraft) ActKey() string         { return c.Key }
func (c DropDraft) ActKey() string         { return c.Key }
func (c MoveDraft) ActKey() string         { return c.Key }
