package intent

import (
	"strings"

	"tiepdan/bot/text"
)

// read cuts a text into words and gives each its other reading: short forms
// are written out, leftovers of an input method undone. One typed word can
// become several ("cb" is "cán bộ").
func read(s string) []word {
	typed := split(s)
	words := make([]word, 0, len(typed)+4)
	for _, w := range typed {
		if long := w.written(); long != nil {
			for _, l := range long {
				next := w
				next.fold, next.marks = l.fold, l.marks
				words = append(words, next)
			}
			words[len(words)-len(long)].alt = w.fold
			continue
		}
		switch {
		case strings.Trim(w.fold, "0123456789") == "":
			w.alt = numberWord
		case isMoney(w.fold):
			w.alt = moneyWord
		case text.Syllable(w.fold):
			w.alt = maybe[w.fold]
		default:
			w.alt = retyped(w.fold)
		}
		words = append(words, w)
	}
	return words
}

// written gives what a short form stands for, nil if w is none. A short form
// listed with accents needs them, another one must have no tone ("đc" may have its stroke).
func (w word) written() []word {
	for _, s := range shorthand[w.fold] {
		if s.short.marks == (marks{}) && w.marks.tone == level || s.short.marks == w.marks {
			return s.long
		}
	}
	return nil
}

// retyped undoes Telex ("tieefn"), VNI ("tie62n") and the letters that young
// people write for sounds ("jờ", "fải"); "" if that changes nothing.
func retyped(s string) string {
	if len(s) > 14 {
		return ""
	}
	if plain := text.Plain(s); plain != s {
		return plain
	}
	if base := strings.TrimRight(s, "123456789"); base != s && text.Syllable(base) {
		return base // "lo65" among other words; "ap3" loses nothing, because both readings are tried
	}
	for _, pair := range [][2]string{{"dz", "d"}, {"j", "gi"}, {"f", "ph"}, {"z", "v"}, {"w", "qu"}, {"q", "qu"}} {
		rest, ok := strings.CutPrefix(s, pair[0])
		if spoken := strings.Replace(pair[1]+rest, "gii", "gi", 1); ok && text.Syllable(spoken) {
			return spoken
		}
	}
	return ""
}

// isMoney: s begins with a digit and ends with a unit of money ("200k", "1tr8").
func isMoney(s string) bool {
	digits := strings.TrimLeft(s, "0123456789")
	if digits == s || digits == "" {
		return false
	}
	unit := strings.TrimRight(digits, "0123456789")
	return moneyUnits[unit]
}

// Read only.
var (
	moneyUnits = set("k tr trieu ngan nghin dong d vnd cu xi")
	// maybe are words that can be a short form of another, or themselves.
	maybe     = map[string]string{"hong": "khong"}
	shorthand = readShorthand(shortFile)
)

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, s := range strings.Fields(list) {
		m[s] = true
	}
	return m
}

type shortForm struct {
	short word
	long  []word
}

// readShorthand reads lines of "short forms = words".
func readShorthand(file string) map[string][]shortForm {
	m := map[string][]shortForm{}
	for line := range strings.Lines(file) {
		shorts, long, ok := strings.Cut(line, "=")
		if !ok || strings.HasPrefix(line, "#") {
			continue
		}
		for _, s := range split(shorts) {
			m[s.fold] = append(m[s.fold], shortForm{short: s, long: split(long)})
		}
	}
	return m
}
