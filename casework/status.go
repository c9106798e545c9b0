package casework

import (
	"fmt"
	"strconv"

	"tiepdan/bot/text"
)

// StatusWords are the official words of statuses, steps, outcomes, methods and forms, as
// offices write them in files. What citizens read is in the catalogues.
type StatusWords struct {
	status map[string]Status
	names  map[Status]officialWord
	other  map[string]map[string]string // list, folded word, code
}

type officialWord struct {
	Number int      `json:"number,omitempty"`
	Code   string   `json:"code"`
	Name   string   `json:"name"`
	Also   []string `json:"also"`
}

// ReadStatusWords reads the file of official words. It fails on an unknown field, a status that is missing
// or a word that means two things.
func ReadStatusWords(data []byte) (*StatusWords, error) {
	var f map[string][]officialWord
	if err := strictJSON(data, &f); err != nil {
		return nil, fmt.Errorf("read status words: %w", err)
	}
	w := &StatusWords{status: map[string]Status{}, names: map[Status]officialWord{}, other: map[string]map[string]string{}}
	for _, one := range f["statuses"] {
		s := Status(one.Number)
		w.names[s] = one
		for _, word := range append([]string{strconv.Itoa(one.Number), one.Code, one.Name}, one.Also...) {
			key := text.Fold(word)
			if other, twice := w.status[key]; twice && other != s {
				return nil, fmt.Errorf("read status words: %q is two statuses", word)
			}
			w.status[key] = s
		}
	}
	for s := StatusRegistered; s <= StatusReturned; s++ {
		if w.names[s].Code != s.Code() || w.names[s].Name == "" {
			return nil, fmt.Errorf("read status words: status %d must be %q", s, s.Code())
		}
	}
	delete(f, "statuses")
	for list, words := range f {
		w.other[list] = map[string]string{}
		for _, one := range words {
			for _, word := range append([]string{one.Code, one.Name}, one.Also...) {
				key := text.Fold(word)
				if other, twice := w.other[list][key]; twice && other != one.Code {
					return nil, fmt.Errorf("read status words: %q is two %s", word, list)
				}
				w.other[list][key] = one.Code
			}
		}
	}
	return w, nil
}

// Status reads a national status: its number ("5", "05"), its official words with or without
// accents, or its code ("supplement").
func (w *StatusWords) Status(s string) (Status, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		_, ok := w.names[Status(n)]
		return Status(n), ok
	}
	st, ok := w.status[text.Fold(s)]
	return st, ok
}

// Name is a status' official words in Vietnamese.
func (w *StatusWords) Name(s Status) string { return w.names[s].Name }

// Step reads a step of a programme, by code or official words.
func (w *StatusWords) Step(s string) (string, bool) { return w.word("steps", s) }

// Outcome reads an outcome.
func (w *StatusWords) Outcome(s string) (string, bool) { return w.word("outcomes", s) }

// Method reads a method of paying.
func (w *StatusWords) Method(s string) (string, bool) { return w.word("methods", s) }

// Form reads the form of a case.
func (w *StatusWords) Form(s string) (string, bool) { return w.word("forms", s) }

func (w *StatusWords) word(list, s string) (string, bool) {
	code, ok := w.other[list][text.Fold(s)]
	return code, ok
}

// Code is a status' code in files and texts: "supplement".
func (s Status) Code() string {
	switch s {
	case StatusRegistered:
		return "registered"
	case StatusReceived:
		return "received"
	case StatusNotAccepted:
		return "not_accepted"
	case StatusProcessing:
		return "processing"
	case StatusSupplement:
		return "supplement"
	case StatusFeeDue:
		return "fee_due"
	case StatusWithdrawn:
		return "withdrawn"
	case StatusStopped:
		return "stopped"
	case StatusFinished:
		return "finished"
	case StatusReturned:
		return "returned"
	}
	return ""
}

// Over says whether the office has nothing more to do.
func (s Status) Over() bool {
	switch s {
	case StatusNotAccepted, StatusWithdrawn, StatusStopped, StatusFinished, StatusReturned:
		return true
	}
	return false
}
