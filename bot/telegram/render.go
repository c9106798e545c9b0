package telegram

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

const (
	// partUnits is the longest part in UTF-16 units. The server counts 4096 code points,
	// clients count units: 4000 units are within both.
	partUnits = 4000
	// dataBytes is the longest callback_data (core.telegram.org/bots/api#inlinekeyboardbutton).
	dataBytes = 64
	// halfRow is the longest label, in letters, that is readable on half of a small phone's width.
	halfRow = 16
	// joiner makes one picture out of several (an emoji family).
	joiner = '\u200d'
)

// Render shapes content into messages of at most 4000 UTF-16 units, with the
// buttons under the last. It fails for content without text, and for a choice
// that Telegram cannot carry.
func (c *Channel) Render(content bot.Content) ([]bot.Part, error) {
	body := text.Clean(content.Text)
	if body == "" {
		return nil, errors.New("render for telegram: the text is empty")
	}
	if content.Link != "" {
		body += "\n" + text.Clean(content.Link)
	}
	if first := text.Clean(content.First); first != "" {
		body += "\n\n" + first
	}
	pieces := split(body, partUnits)
	parts := make([]bot.Part, len(pieces))
	for i, piece := range pieces {
		parts[i] = bot.Part{Text: piece, Segments: 1}
	}
	if content.OneWay {
		return parts, nil
	}
	rows, err := buttonRows(content.Choices)
	if err != nil {
		return nil, err
	}
	last := &parts[len(parts)-1]
	last.Buttons = rows
	last.AskContact = content.AskContact
	return parts, nil
}

// buttonRows puts two short labels beside each other, and a long one alone.
func buttonRows(choices []bot.Choice) ([][]bot.Choice, error) {
	var rows [][]bot.Choice
	open := false // the last row has room for one more short label
	for _, choice := range choices {
		if choice.ID == "" || len(choice.ID) > dataBytes {
			return nil, fmt.Errorf("render for telegram: a choice's id has %d bytes, want 1 to %d", len(choice.ID), dataBytes)
		}
		if choice.Label == "" {
			return nil, errors.New("render for telegram: a choice has no label")
		}
		short := utf8.RuneCountInString(choice.Label) <= halfRow
		if open && short {
			rows[len(rows)-1] = append(rows[len(rows)-1], choice)
			open = false
			continue
		}
		rows = append(rows, []bot.Choice{choice})
		open = short
	}
	return rows, nil
}

// split cuts s into pieces of at most limit UTF-16 units: between paragraphs if
// it can, else between lines, else between words, else anywhere but before a
// combining mark. Nothing but white space at the cuts is lost.
func split(s string, limit int) []string {
	var pieces []string
	for s != "" {
		at := fit(s, limit)
		if at < len(s) {
			at = border(s, at)
		}
		if piece := strings.TrimSpace(s[:at]); piece != "" {
			pieces = append(pieces, piece)
		}
		s = strings.TrimSpace(s[at:])
	}
	return pieces
}

// fit is the number of bytes of s that fill at most limit UTF-16 units.
func fit(s string, limit int) int {
	units := 0
	for i, r := range s {
		units += max(1, utf16.RuneLen(r))
		if units > limit {
			return i
		}
	}
	return len(s)
}

// border is where to cut s at or before at. A border in the first half is not
// taken while a lesser one lies further on: parts should not be slivers.
func border(s string, at int) int {
	// One byte more than fits, so that a border right behind the last word counts.
	window := s[:at+1]
	for _, mark := range []string{"\n\n", "\n", " "} {
		if i := strings.LastIndex(window, mark); i > at/2 {
			return i
		}
	}
	for i := at; i > at/2; {
		before, size := utf8.DecodeLastRuneInString(s[:i])
		after, _ := utf8.DecodeRuneInString(s[i:])
		if !unicode.In(after, unicode.Mn, unicode.Me) && before != joiner && after != joiner {
			return i
		}
		i -= size
	}
	return at
}
