package dialogue

import (
	"context"
	"time"

	"tiepdan/bot"
	"tiepdan/locales"
)

// Talk is one turn as scripts and commands see it.
type Talk struct {
	Conv  bot.Conversation
	Event bot.Event
	Now   time.Time
	// Form is the open dialogue, with its answers; nil when none is open.
	Form *Frame
	Lang locales.Language

	place Place
	texts *locales.Catalogues
	token func(n int) (string, error)
}

// Place is what of the serving office stands in texts.
type Place struct {
	Region locales.Region
	// Args are given to every text: names and values in turn.
	Args []any
}

// Text is a text in the person's language. Beside args, every text may use what
// Place gives and {k}, the keyword that must begin a message on a shared number
// ("XA ", or nothing).
func (t *Talk) Text(key string, args ...any) string {
	all := append([]any{"k", t.keyword()}, t.place.Args...)
	return t.Lang.Text(key, append(all, args...)...)
}

func (t *Talk) keyword() string {
	if t.Conv.Keyword == "" {
		return ""
	}
	return t.Conv.Keyword + " "
}

// Say makes an answer of a text key.
func (t *Talk) Say(key string, args ...any) Reply {
	return Reply{Say: []bot.Content{{Text: t.Text(key, args...)}}}
}

// Choice makes a choice of its texts' key (see Choice.Key).
func (t *Talk) Choice(value, key string) Choice {
	return Choice{Value: value, Key: key, Label: t.Text(key + "label"), Word: t.Text(key + "word")}
}

// Speak changes the language in the middle of a turn.
func (t *Talk) Speak(code string) {
	t.Conv.Lang = code
	t.Lang = t.texts.Language(code).Region(t.place.Region)
}

// Token is a fresh random word of n digits and small letters, to name something for ever.
func (t *Talk) Token(n int) (string, error) { return t.token(n) }

// SMS says that the person reads this as a text message.
func (t *Talk) SMS() bool { return t.Conv.Address.Channel == bot.SMS }

// Command is one thing to do: a command word and what follows it, or a name of the
// handlers' own that a choice stands for.
type Command struct {
	Name string
	Arg  string
}

// Commands that the engine reads beside those of bot/text, and what it asks the desk for.
const (
	CommandMenu    = "MENU"
	CommandResume  = "TIEP TUC"
	CommandRepeat  = "NHAC LAI"
	CommandCancel  = "THOI"
	CommandUnknown = "~unknown" // nobody understood; Arg is empty
	CommandStart   = "~start"   // the chat was opened; Arg is the link's payload
	CommandFiles   = "~files"   // files came while no dialogue was open
	CommandContact = "~contact" // a telephone number was shared
	CommandStaff   = "~staff"   // the office did something; Arg is a bot.StaffEvent
	CommandOptOut  = "~opt_out" // the carrier recorded STOP and has answered
	CommandOptIn   = "~opt_in"
)

// Reply is what a command or a script's act answers.
type Reply struct {
	Say  []bot.Content // Text, and where wanted AskContact and Link; the engine fills in the rest
	Acts []bot.Act
	Set  bot.Settings
	// Begin opens a dialogue.
	Begin *Begin
	// Resume opens a draft again.
	Resume *Draft
	// Offer are commands that may come next; shown when no question is open.
	Offer []Offer
	// Quiet: see bot.Turn.
	Quiet bool
	// Close ends every open dialogue without a word.
	Close bool
	// Hold keeps an open question open without asking it again.
	Hold bool
}

// Begin names a dialogue to open.
type Begin struct {
	Script  string
	Answers Answers
	Events  []int64 // messages whose files belong to it
}

// Offer is a command on offer.
type Offer struct {
	Key     string // the choice's texts: see Choice.Key
	Label   string // with Word instead of a key, where the texts come from records
	Word    string
	Command Command
}

// Alarm is what is heard in a text before anything else is read in it.
type Alarm int

// The alarms.
const (
	Calm       Alarm = iota
	Accusation       // it may accuse a person of a violation
	Danger           // somebody may be in danger
)

// Desk is what the engine asks of the handlers.
type Desk interface {
	// Alarm listens to a text before it is read as anything else. It must be fast and pure.
	Alarm(text string) Alarm
	// Raise answers an alarm. The text is in t.Event alone; what comes back must hold none of it.
	Raise(ctx context.Context, t *Talk, a Alarm) (Reply, error)
	// Run answers a command. Errors are of records that are away: the turn is given up and tried again.
	Run(ctx context.Context, t *Talk, c Command) (Reply, error)
	// Understand reads free words as a command. sure asks only for what is certain, because a
	// question is open. known is false when it understands nothing.
	Understand(t *Talk, text string, sure bool) (c Command, known bool)
	// Place says who serves this conversation. It is served from memory.
	Place(conv bot.Conversation) Place
}

// Draft is a half-filled dialogue.
type Draft struct {
	ID     string
	Script string
	State  []byte
	Code   string // continues it elsewhere, beside a second fact; empty: nothing does
}
