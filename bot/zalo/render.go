package zalo

import (
	"errors"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiepdan/bot"
)

const (
	// maxUnits is a part's length. Zalo refuses (does not cut) above 2,000
	// characters, and does not say what it counts: UTF-16 units are never fewer
	// than code points, and the rest is margin.
	maxUnits = 1900
	// Zalo's limits for buttons.
	maxButtons = 5
	maxTitle   = 100
)

var errEmpty = errors.New("render: the text is empty")

// Render writes choices as numbered text, because buttons may not be shown; a
// prompt's choices by their own words. Buttons, where they are on and there are at most
// five, go on the last part. AskContact is left out: Zalo's form needs a picture, and
// what it gives back is no proof.
func (c *Channel) Render(content bot.Content) ([]bot.Part, error) {
	body := strings.TrimSpace(content.Text)
	if body == "" {
		return nil, errEmpty
	}
	blocks := []string{body}
	if content.Link != "" {
		blocks[0] += "\n" + content.Link
	}
	if len(content.Choices) > 0 && !content.OneWay {
		blocks = append(blocks, menu(content.Choices, content.Prompt))
	}
	if first := strings.TrimSpace(content.First); first != "" {
		blocks = append(blocks, first)
	}
	var parts []bot.Part
	for _, piece := range split(norm.NFC.String(strings.Join(blocks, "\n\n")), maxUnits) {
		parts = append(parts, bot.Part{Text: piece, Segments: 1})
	}
	if c.cfg.Buttons && !content.OneWay {
		parts[len(parts)-1].Buttons = buttons(content.Choices)
	}
	return parts, nil
}

// menu is one line per choice.
func menu(choices []bot.Choice, prompt bool) string {
	lines := make([]string, len(choices))
	for i, choice := range choices {
		label := oneLine(choice.Label)
		switch {
		case !prompt:
			lines[i] = strconv.Itoa(i+1) + ". " + label
		case choice.Word == "":
			lines[i] = "- " + label
		default:
			lines[i] = choice.Word + ": " + label
		}
	}
	return strings.Join(lines, "\n")
}

// buttons gives one row per choice, or none at all: some buttons beside a longer
// menu would read as if they were everything.
func buttons(choices []bot.Choice) [][]bot.Choice {
	if len(choices) > maxButtons {
		return nil
	}
	var rows [][]bot.Choice
	for _, choice := range choices {
		choice.Label = norm.NFC.String(oneLine(choice.Label))
		if choice.ID == "" || choice.Label == "" || units(choice.Label) > maxTitle {
			return nil
		}
		rows = append(rows, []bot.Choice{choice})
	}
	return rows
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// split cuts s into pieces of at most limit units, at the end of a paragraph,
// of a line or of a word, in that order.
func split(s string, limit int) []string {
	var pieces []string
	s = strings.TrimSpace(s)
	for units(s) > limit {
		cut := cutAt(s, limit)
		pieces = append(pieces, strings.TrimRightFunc(s[:cut], unicode.IsSpace))
		s = strings.TrimLeftFunc(s[cut:], unicode.IsSpace)
	}
	return append(pieces, s)
}

// cutAt is the index at which to cut s, which is longer than limit and begins with no space.
func cutAt(s string, limit int) int {
	end, n := 0, 0
	for i, r := range s {
		n += width(r)
		if n > limit {
			end = i
			break
		}
	}
	head := s[:end]
	// A cut may fall exactly where the next piece begins with its space.
	if next, _ := utf8.DecodeRuneInString(s[end:]); next == '\n' {
		head = s[:end+1]
	}
	// A first paragraph or line of a few words is no place to cut a long text.
	if i := strings.LastIndex(head, "\n\n"); i > end/3 {
		return i
	}
	if i := strings.LastIndexByte(head, '\n'); i > end/3 {
		return i
	}
	if next, _ := utf8.DecodeRuneInString(s[end:]); unicode.IsSpace(next) {
		return end
	}
	if i := strings.LastIndexFunc(s[:end], unicode.IsSpace); i > 0 {
		return i
	}
	return whole(s, end)
}

// whole moves a cut inside one long word back, so that no mark is parted from its letter.
func whole(s string, end int) int {
	for i := end; i > end/2; {
		r, _ := utf8.DecodeRuneInString(s[i:])
		before, size := utf8.DecodeLastRuneInString(s[:i])
		if !unicode.Is(unicode.M, r) && r != zeroWidthJoiner && before != zeroWidthJoiner {
			return i
		}
		i -= size
	}
	return end
}

const zeroWidthJoiner = '\u200d'

// units is the length of s in UTF-16 units.
func units(s string) int {
	n := 0
	for _, r := range s {
		n += width(r)
	}
	return n
}

func width(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}
