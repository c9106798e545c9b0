package text

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrParts: a text was to be split into pieces of less than one part.
var ErrParts = errors.New("a piece needs at least one part")

// SplitSMS cuts a text into stand-alone texts of at most maxParts parts each.
// It cuts after a sentence or a line where that leaves a piece at least half full, else
// between words; a word is cut only when it is longer than a whole piece. Numbers
// written in groups stay together. Nothing is lost but the white space at a cut. An empty text gives no
// piece; the only error is ErrParts.
func SplitSMS(s string, maxParts int) ([]string, error) {
	if maxParts < 1 {
		return nil, fmt.Errorf("split text: %w", ErrParts)
	}
	rest := strings.TrimSpace(nfc(strings.ToValidUTF8(s, "")))
	var pieces []string
	for rest != "" {
		n := Fit(rest, maxParts)
		if n < len(rest) {
			n = border(rest, n)
		}
		pieces = append(pieces, strings.TrimSpace(rest[:n]))
		rest = strings.TrimSpace(rest[n:])
	}
	return pieces, nil
}

// Fit says how many bytes of s, from its start, go into parts SMS parts without cutting a
// character that is seen as one. It is at least one rune, however little fits. s must be NFC.
func Fit(s string, parts int) int {
	var m meter
	whole, end := 0, 0 // the ends of the last whole character, and of the last rune
	for i, r := range s {
		if i > 0 && !continues(s[:i], r) {
			whole = i
		}
		m.add(r)
		if m.segments().Parts > parts {
			if whole == 0 { // one endless heap of marks: better cut than lost
				whole = max(end, utf8.RuneLen(r))
			}
			return whole
		}
		end = i + utf8.RuneLen(r)
	}
	return len(s)
}

const joiner = 0x200D // zero width joiner

// continues: r is seen as one with what comes before it.
func continues(before string, r rune) bool {
	if unicode.IsMark(r) || r == joiner || r >= 0x1F3FB && r <= 0x1F3FF {
		return true
	}
	last, _ := utf8.DecodeLastRuneInString(before)
	return last == joiner
}

// border looks for the best place to cut s at or before byte n.
func border(s string, n int) int {
	sentence, word, loose := 0, 0, 0
	for i, r := range s[:n] {
		if !unicode.IsSpace(r) {
			continue
		}
		loose = i
		if r == '\n' || endsSentence(s[:i]) {
			sentence, word = i, i
		} else if !insideNumber(s[:i], s[i:]) {
			word = i
		}
	}
	if next, _ := utf8.DecodeRuneInString(s[n:]); unicode.IsSpace(next) {
		loose = n
		if endsSentence(s[:n]) || next == '\n' {
			sentence, word = n, n
		} else if !insideNumber(s[:n], s[n:]) {
			word = n
		}
	}
	switch {
	case sentence > 0 && sentence >= n/2:
		return sentence
	case word > 0:
		return word
	case loose > 0:
		return loose
	}
	return n
}

func endsSentence(s string) bool {
	s = strings.TrimRight(s, `"')”’»`)
	last, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?;…", last)
}

// insideNumber: the white space between the two parts stands inside a number or a
// code that is written in groups.
func insideNumber(before, after string) bool {
	left, right := before[strings.LastIndexFunc(before, unicode.IsSpace)+1:], strings.TrimLeftFunc(after, unicode.IsSpace)
	if i := strings.IndexFunc(right, unicode.IsSpace); i >= 0 {
		right = right[:i]
	}
	return strings.ContainsFunc(left, unicode.IsDigit) && strings.ContainsFunc(right, unicode.IsDigit)
}
