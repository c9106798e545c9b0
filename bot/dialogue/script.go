// Package dialogue plays conversations. A Script is declared from top to bottom
// like the form that it replaces: questions with their checks beside them,
// conditions, a read-back, one act at the end. The Engine owns what all of them
// share: going back, correcting one answer, repeating, skipping, giving up, help, asking
// something else in between and coming back, drafts, paging. What is kept between two
// messages is a State, which survives being written out and read back.
package dialogue

import (
	"context"
	"errors"
	"fmt"

	"tiepdan/locales"
)

// Script is one dialogue.
type Script struct {
	ID      string
	Version int    // one more with every change of questions that a half-filled form would notice
	Title   string // text key: what the dialogue is called inside a sentence ("phản ánh")
	// Word is the command that begins it; inside the dialogue what follows that word
	// is an answer. Empty: none does.
	Word string
	// Questions are asked in this order.
	Questions []Question
	// ReadBack is the text key of the read-back, with the argument {list}; empty: none.
	ReadBack string
	// Send is the key of the choice that confirms the read-back (see Choice.Key).
	Send string
	// Settled: after these answers there is nothing to read back or to send; the act answers
	// at once. nil: never.
	Settled func(Answers) bool
	// Keep: half-filled, it is kept as a draft for 30 days.
	Keep bool
	// Guarded: a text that may accuse somebody ends this dialogue without a trace, because
	// its other answers would say who wrote it.
	Guarded bool
	// Always: it is heard even while an officer has the conversation.
	Always bool
	// Act is the one act at the end. Talk.Form holds the answers.
	Act func(context.Context, *Talk) (Reply, error)
}

// Question is one line of the form.
type Question struct {
	ID    string
	Text  string // text key of the question
	Label string // text key of its name in the read-back; empty: it is not read back
	Help  string // text key of what helps with it; empty: the general help
	// Ask says the question where a key is not enough; it may read records.
	Ask func(context.Context, *Talk) (string, error)
	// Choices are the answers offered; keys of choices (see Choice.Key).
	Choices []string
	// Options are offered where they come from records. None found, and no Check: the question is not asked.
	Options func(context.Context, *Talk) ([]Choice, error)
	// Check reads an answer in the person's own words. nil: only choices are answers.
	Check Check
	// Open: any words are an answer, so that command words are looked for first. Without
	// it the question's own valid answer wins over a command word.
	Open bool
	// Skip: the law lets it be left out.
	Skip bool
	// Long: the answer may come in several messages; what answers nothing afterwards is added to it.
	Long bool
	// Files: pictures and documents belong to the answer.
	Files bool
	// Contact: it asks for a telephone number, so that one shared from the phone's own book is an
	// answer to Check. A channel that has a button for it shows one.
	Contact bool
	// When says whether it is asked at all, after what was answered so far. nil: always.
	When func(Answers) bool
}

// Check reads an answer: its value, how the read-back shows it (empty: as the value), or the text
// key of what is wrong with it.
type Check func(ctx context.Context, t *Talk, text string) (value, shown, problem string, err error)

// Choice is one answer on offer. Its texts are made once, when the question is
// asked, so that a digit means what the person saw.
//
// A choice with a Key, which ends in a dot ("choice.yes."), takes its texts from the
// catalogue: choice.yes.label is shown, choice.yes.word is what to type where digits do not arrive, and
// choice.yes.also lists, with commas, other words for it. The words of every language are understood.
type Choice struct {
	Value string `json:"v"`
	Key   string `json:"k,omitempty"`
	Label string `json:"l,omitempty"`
	Word  string `json:"w,omitempty"` // ASCII capitals, unique among the choices
}

// Answer is what was answered to one question.
type Answer struct {
	Value   string `json:"v,omitempty"`
	Shown   string `json:"s,omitempty"` // for the read-back; empty: the value
	Key     string `json:"k,omitempty"` // the key of the choice that was taken; its label is shown
	Skipped bool   `json:"skip,omitempty"`
}

// Answers by the question's id. What a dialogue was begun with and asks nobody
// ("payout": "118") is kept here as well.
type Answers map[string]Answer

// Get is the value of an answer; empty if there is none or it was skipped.
func (a Answers) Get(id string) string { return a[id].Value }

// Has says whether the question was answered or skipped.
func (a Answers) Has(id string) bool {
	_, ok := a[id]
	return ok
}

// Given makes answers from ids and values, for beginning a dialogue with what is known.
func Given(idsAndValues ...string) Answers {
	a := Answers{}
	for i := 0; i+1 < len(idsAndValues); i += 2 {
		a[idsAndValues[i]] = Answer{Value: idsAndValues[i+1]}
	}
	return a
}

func (s *Script) question(id string) *Question {
	for i := range s.Questions {
		if s.Questions[i].ID == id {
			return &s.Questions[i]
		}
	}
	return nil
}

// check finds mistakes in a declaration: names twice, and texts that a language lacks.
func (s *Script) check(c *locales.Catalogues) error {
	if s.ID == "" || s.Act == nil || len(s.Questions) == 0 {
		return errors.New("a script needs an id, questions and an act")
	}
	if s.ReadBack != "" && s.Send == "" {
		return fmt.Errorf("script %s: a read-back needs a choice that confirms it", s.ID)
	}
	keys := []string{s.Title, s.ReadBack}
	if s.Send != "" {
		keys = append(keys, choiceKeys(s.Send)...)
	}
	seen := map[string]bool{}
	for _, q := range s.Questions {
		if q.ID == "" || q.ID[0] == '~' || seen[q.ID] {
			return fmt.Errorf("script %s: question id %q is empty, reserved or there twice", s.ID, q.ID)
		}
		seen[q.ID] = true
		if q.Check == nil && q.Options == nil && len(q.Choices) == 0 {
			return fmt.Errorf("script %s: nothing answers question %q", s.ID, q.ID)
		}
		if q.Contact && q.Check == nil {
			return fmt.Errorf("script %s: question %q takes a shared number and has no check for it", s.ID, q.ID)
		}
		if (q.Text == "") == (q.Ask == nil) {
			return fmt.Errorf("script %s: question %q needs a text or Ask, not both", s.ID, q.ID)
		}
		keys = append(keys, q.Text, q.Label, q.Help)
		for _, k := range q.Choices {
			keys = append(keys, choiceKeys(k)...)
		}
	}
	for _, code := range c.Codes() {
		for _, k := range keys {
			if k != "" && !c.Language(code).Has(k) {
				return fmt.Errorf("script %s: %s has no text %q", s.ID, code, k)
			}
		}
	}
	return nil
}

func choiceKeys(key string) []string { return []string{key + "label", key + "word", key + "also"} }
