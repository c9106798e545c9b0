package dialogue

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
)

// stateVersion is the form of State; one more when its JSON changes its meaning.
const stateVersion = 1

// maxStack bounds how many dialogues may lie below one another.
const maxStack = 4

// State is what is kept of a conversation between two messages.
type State struct {
	Version int `json:"version"`
	// Stack are the open dialogues; the last one has the question, those before it
	// wait for it to end.
	Stack  []Frame `json:"stack,omitempty"`
	Misses int     `json:"misses,omitempty"` // answers in a row that nobody could read
	// Rest is what a long answer still has to say; TIEP asks for it.
	Rest []Page `json:"rest,omitempty"`
	// Told is the notice that the person has been given (see Config.Notice).
	Told string `json:"told,omitempty"`
}

// Page is a part of an answer that waits.
type Page struct {
	Text    string       `json:"text"`
	Choices []bot.Choice `json:"choices,omitempty"`
	Prompt  bool         `json:"prompt,omitempty"`
}

// Frame is one open dialogue.
type Frame struct {
	ID      string   `json:"id"` // unique for ever; the draft's id, and what keeps filing to once
	Script  string   `json:"script"`
	Version int      `json:"version"`
	Step    string   `json:"step,omitempty"`  // the question's id, or one of the steps below
	Back    string   `json:"back,omitempty"`  // the question to return to from stepLeave
	Asked   []Choice `json:"asked,omitempty"` // what was offered with the question
	Answers Answers  `json:"answers,omitempty"`
	Events  []int64  `json:"events,omitempty"` // messages whose files belong to it
	// Long is the question whose long answer may go on, until LongAt has passed for a while.
	Long   string    `json:"long,omitempty"`
	LongAt time.Time `json:"long_at,omitzero"`
}

// Steps that every dialogue has.
const (
	stepReview = "~review" // the read-back
	stepFix    = "~fix"    // which answer is to be corrected?
	stepLeave  = "~leave"  // give it up, keep it, go on?
	stepOffer  = "~offer"  // commands on offer after an answer; it has no script
)

// errState: a stored state cannot be read.
var errState = errors.New("stored state is not readable")

// Decode reads a stored state; an empty one is a new conversation. It
// fails, without panicking, for what this program did not write.
func Decode(b []byte) (State, error) {
	if len(b) == 0 {
		return State{Version: stateVersion}, nil
	}
	var s State
	if err := json.Unmarshal(b, &s); err != nil {
		return State{}, fmt.Errorf("%w: %w", errState, err)
	}
	if s.Version != stateVersion || len(s.Stack) > maxStack || s.Misses < 0 {
		return State{}, fmt.Errorf("%w: version %d, %d dialogues", errState, s.Version, len(s.Stack))
	}
	for _, f := range s.Stack {
		if err := f.check(); err != nil {
			return State{}, err
		}
	}
	return s, nil
}

func (f *Frame) check() error {
	if f.ID == "" || strings.ContainsAny(f.ID, ":|") || len(f.ID) > 32 || len(f.Asked) > maxChoices {
		return fmt.Errorf("%w: dialogue %q", errState, f.Script)
	}
	return nil
}

// Encode writes a state out.
func (s State) Encode() ([]byte, error) {
	s.Version = stateVersion
	b, err := json.Marshal(s)
	if err != nil {
		return nil, fmt.Errorf("writing state: %w", err)
	}
	return b, nil
}

// encodeFrame writes one dialogue out as a draft.
func encodeFrame(f Frame) ([]byte, error) {
	b, err := json.Marshal(f)
	if err != nil {
		return nil, fmt.Errorf("writing draft: %w", err)
	}
	return b, nil
}

// decodeFrame reads a draft.
func decodeFrame(b []byte) (Frame, error) {
	var f Frame
	if err := json.Unmarshal(b, &f); err != nil {
		return Frame{}, fmt.Errorf("%w: %w", errState, err)
	}
	if err := f.check(); err != nil {
		return Frame{}, err
	}
	return f, nil
}

// top is the open dialogue; nil when there is none.
func (s *State) top() *Frame {
	if len(s.Stack) == 0 {
		return nil
	}
	return &s.Stack[len(s.Stack)-1]
}

func (s *State) pop() { s.Stack = s.Stack[:len(s.Stack)-1] }

// form is the dialogue that a question belongs to; nil when none is open, or only commands are on offer.
func (s *State) form() *Frame {
	f := s.top()
	if f == nil || f.Step == stepOffer {
		return nil
	}
	return f
}

// typed says that a person has put work into the form.
func (f *Frame) typed(script *Script) int {
	n := 0
	for _, q := range script.Questions {
		if a, ok := f.Answers[q.ID]; ok && !a.Skipped {
			n++
			if q.Long {
				n++
			}
		}
	}
	return n
}
