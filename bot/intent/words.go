package intent

import (
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// word is one word as it was typed, in the forms in which it is compared.
type word struct {
	fold  string // lower case, without accents
	alt   string // another reading of it (Telex or VNI leftovers, teencode), without accents; "" if none
	marks marks  // the accents that were typed
	start int    // bytes in the text, first and past the last
	end   int
	part  int // number of the sentence; rules do not reach across sentences
}

// marks are the accents of a word: its tone, and the shape of each letter of
// its fold. The tone belongs to the word, not to a letter, so that "hoà" and
// "hòa" are the same.
type marks struct {
	tone   byte
	shapes string // "" when no letter has one
}

// The tones. Hỏi and ngã are one: the South speaks them alike and many people
// write the one for the other.
const (
	level byte = iota
	falling
	rising
	dipping
	heavy
)

// The shapes of a letter.
const (
	bare byte = iota
	hat
	bowl
	horn
	stroke
)

// agree: the accents that were typed do not contradict the word that is looked
// for. A word without any says nothing, since half of all messages have none; in one that has
// some the tone counts ("tôi" is not "tội"), and a shape may be missing ("tièn").
func (m marks) agree(want marks) bool {
	if m.tone == level && m.shapes == "" {
		return true
	}
	if m.tone != want.tone {
		return false
	}
	for i := range len(m.shapes) {
		if m.shapes[i] != bare && (i >= len(want.shapes) || m.shapes[i] != want.shapes[i]) {
			return false
		}
	}
	return true
}

// letter takes one rune apart: its plain form, its shape and its tone.
func letter(r rune) (plain rune, shape, tone byte) {
	r = unicode.ToLower(r)
	if r < 0x80 {
		return r, bare, level
	}
	if r == 'đ' || r == 'ð' || r == 'ɖ' {
		return 'd', stroke, level
	}
	plain = r
	for i, part := range norm.NFD.String(string(r)) {
		switch part {
		case 0x0300:
			tone = falling
		case 0x0301:
			tone = rising
		case 0x0303, 0x0309:
			tone = dipping
		case 0x0323:
			tone = heavy
		case 0x0302:
			shape = hat
		case 0x0306:
			shape = bowl
		case 0x031B:
			shape = horn
		default:
			if i == 0 && part < 0x80 {
				plain = part
			}
		}
	}
	return plain, shape, tone
}

// letterTable is letter for the runes that Vietnamese uses, computed once.
type letterTable map[rune]struct {
	plain       rune
	shape, tone byte
}

func newLetterTable() letterTable {
	t := letterTable{}
	for _, span := range [][2]rune{{0xC0, 0x24F}, {0x1E00, 0x1EFF}} {
		for r := span[0]; r <= span[1]; r++ {
			e := t[r]
			e.plain, e.shape, e.tone = letter(r)
			t[r] = e
		}
	}
	return t
}

var letters = newLetterTable()

func (t letterTable) look(r rune) (plain rune, shape, tone byte) {
	if r < 0x80 {
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r, bare, level
	}
	if e, ok := t[r]; ok {
		return e.plain, e.shape, e.tone
	}
	return unicode.ToLower(r), bare, level
}

// split cuts a text (NFC) into words, without any other reading of them.
func split(s string) []word {
	words := make([]word, 0, len(s)/4+1)
	var b wordBuilder
	part := 0
	finish := func(end int) {
		if b.empty() {
			return
		}
		w := b.word()
		w.start, w.end, w.part = b.start, end, part
		words = append(words, w)
		b.reset()
	}
	for i, r := range s {
		switch {
		case r < 0x80 && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9'),
			r >= 0x80 && (unicode.IsLetter(r) || unicode.IsNumber(r)):
			b.add(i, r)
		case r == '%':
			finish(i)
			b.add(i, r)
			finish(i + 1)
		case r >= 0x80 && unicode.IsMark(r):
			b.mark(r)
		default:
			word := b.letters > 1
			finish(i)
			if endsPart(r, s[i+1:min(len(s), i+2)], word) {
				part++
			}
		}
	}
	finish(len(s))
	return words
}

// endsPart: a full stop ends a sentence only before a space and after a word,
// because "tr.ấp" and "Q. 3" have none.
func endsPart(r rune, next string, afterWord bool) bool {
	switch r {
	case '\n', '!', '?', ';':
		return true
	case '.':
		return afterWord && (next == "" || next == " " || next == "\n")
	}
	return false
}

type wordBuilder struct {
	fold    []rune
	shapes  []byte
	tone    byte
	shaped  bool
	start   int
	letters int
}

func (b *wordBuilder) empty() bool { return len(b.fold) == 0 }

func (b *wordBuilder) add(at int, r rune) {
	if b.empty() {
		b.start = at
	}
	plain, shape, tone := letters.look(r)
	b.fold = append(b.fold, plain)
	b.shapes = append(b.shapes, shape)
	b.shaped = b.shaped || shape != bare
	b.letters++
	if tone != level {
		b.tone = tone
	}
}

// mark keeps the vowel signs of other scripts (Khmer) with their word; loose
// accents of Latin are dropped.
func (b *wordBuilder) mark(r rune) {
	if !b.empty() && (r < 0x0300 || r > 0x036F) {
		b.fold = append(b.fold, r)
		b.shapes = append(b.shapes, bare)
	}
}

func (b *wordBuilder) word() word {
	w := word{fold: string(b.fold), marks: marks{tone: b.tone}}
	if b.shaped {
		w.marks.shapes = string(b.shapes)
	}
	return w
}

func (b *wordBuilder) reset() {
	*b = wordBuilder{fold: b.fold[:0], shapes: b.shapes[:0]}
}
