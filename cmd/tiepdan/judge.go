package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"tiepdan/bot/intent"
	"tiepdan/bot/text"
)

// The commands in this file let an office check the program's judgement: each
// reads lines, a plain text or a JSON object, and writes one line for each.

// maxLine is the longest line that is read, in bytes.
const maxLine = 1 << 20

// eachLine calls do for every non-empty line of r.
func eachLine(r io.Reader, do func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		if line := strings.TrimSpace(lines.Text()); line != "" {
			if err := do(line); err != nil {
				return err
			}
		}
	}
	if err := lines.Err(); err != nil {
		return fmt.Errorf("read standard input: %w", err)
	}
	return nil
}

// question is one line as these commands read it.
type question struct {
	Text string    `json:"text"`
	Now  time.Time `json:"now"`
}

// readQuestion reads a JSON object, or else takes the line as the text itself.
func readQuestion(line string) (question, error) {
	if !strings.HasPrefix(line, "{") {
		return question{Text: line}, nil
	}
	var q question
	if err := json.Unmarshal([]byte(line), &q); err != nil {
		return q, fmt.Errorf("line is not the JSON object it begins as: %w", err)
	}
	return q, nil
}

type smsCmd struct {
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

type smsAnswer struct {
	Encoding    string `json:"encoding"` // GSM7 or UCS2
	Units       int    `json:"units"`    // septets, or UTF-16 units
	Parts       int    `json:"parts"`
	Folded      string `json:"folded"` // the text without accents
	FoldedParts int    `json:"folded_parts"`
}

func (c smsCmd) Run(e *env) error {
	return eachLine(e.stdin, func(line string) error {
		q, err := readQuestion(line)
		if err != nil {
			return err
		}
		s, folded := text.SMS(q.Text), text.Unaccent(q.Text)
		a := smsAnswer{Encoding: s.Encoding, Units: s.Units, Parts: s.Parts, Folded: folded, FoldedParts: text.SMS(folded).Parts}
		if c.JSON {
			return json.NewEncoder(e.stdout).Encode(a)
		}
		_, err = fmt.Fprintf(e.stdout, "%s %d/%d\t%d\t%s\n", a.Encoding, a.Units, a.Parts, a.FoldedParts, a.Folded)
		return err
	})
}

type understandCmd struct {
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

func (c understandCmd) Run(e *env) error {
	return eachLine(e.stdin, func(line string) error {
		q, err := readQuestion(line)
		if err != nil {
			return err
		}
		if q.Now.IsZero() {
			q.Now = time.Now()
		}
		r := intent.Understand(q.Text, q.Now)
		if c.JSON {
			return json.NewEncoder(e.stdout).Encode(r)
		}
		var words []string
		for _, g := range r.Intents {
			words = append(words, fmt.Sprintf("%s %.2f", g.Name, g.Confidence))
		}
		for _, s := range r.Slots {
			words = append(words, s.Kind+"="+s.Value)
		}
		_, err = fmt.Fprintf(e.stdout, "%s\t%s\n", r.Decision, strings.Join(words, ", "))
		return err
	})
}
