// Package text reads and shapes Vietnamese as people type it: with and without
// accents, decomposed, with leftovers of an input method, with phone numbers,
// codes, dates and money written in many ways; and it counts what an SMS costs.
// Everything here is pure: no clock, no network, no state.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean makes a text fit to be stored: valid UTF-8, no NUL or other control
// characters except the line feed, NFC, the look-alikes of đ mapped to đ, no white space
// around it. A tab becomes a space and every kind of line end a line feed. Characters
// that turn the writing direction are dropped, because they can make a text read as another one.
// Clean(Clean(s)) == Clean(s).
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "")
	if plainASCII(s) {
		return strings.TrimSpace(s)
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(cleanRune, s)
	return strings.TrimSpace(nfc(s))
}

// plainASCII: nothing in s needs Clean's slow way.
func plainASCII(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= 0x7f || (c < 0x20 && c != '\n') {
			return false
		}
	}
	return true
}

func cleanRune(r rune) rune {
	switch {
	case r == '\n':
		return r
	case r == '\t':
		return ' '
	case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
		return '\n'
	case unicode.IsControl(r), r == 0xFEFF, turnsDirection(r):
		return -1
	case r == 'ð', r == 'ɖ':
		return 'đ'
	case r == 'Ð', r == 'Ɖ':
		return 'Đ'
	}
	return r
}

func turnsDirection(r rune) bool {
	return r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 || r == 0x200E || r == 0x200F
}

// nfc composes s until it stays as it is: with absurdly long runs of marks one
// pass is not always stable.
func nfc(s string) string {
	for !norm.NFC.IsNormalString(s) {
		next := norm.NFC.String(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}

// Unaccent removes Vietnamese accents and keeps case, line breaks and
// punctuation. Signs that GSM-7 lacks become those that it has: quotes, dashes, the
// ellipsis, bullets, ₫, the degree sign, every kind of space. Zero-width characters go.
// What has no plain form (Khmer, emoji) stays, so the result is GSM-7 wherever it can be.
func Unaccent(s string) string {
	if isASCII(s) {
		return stripControl(s)
	}
	s = nfc(strings.ToValidUTF8(s, ""))
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		writePlain(&b, r)
	}
	return nfc(b.String())
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

func stripControl(s string) string {
	if plainASCII(s) && !strings.ContainsRune(s, '`') {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		writePlain(&b, r)
	}
	return b.String()
}

func writePlain(b *strings.Builder, r rune) {
	switch {
	case r >= 0x20 && r < 0x7f && r != '`', r == '\n':
		b.WriteByte(byte(r))
	case letters.base(r) != 0:
		b.WriteByte(letters.base(r))
	case r >= 0x0300 && r <= 0x036F: // combining marks of Latin; those of other scripts stay
	case r >= 0xFF01 && r <= 0xFF5E: // full-width forms
		writePlain(b, r-0xFEE0)
	default:
		writeSign(b, r)
	}
}

func writeSign(b *strings.Builder, r rune) {
	if out, ok := signs[r]; ok {
		b.WriteString(out)
		return
	}
	switch {
	case r == '\t', unicode.Is(unicode.Zs, r):
		b.WriteByte(' ')
	case r == '\r', r == '\v', r == '\f', r == 0x85, r == 0x2028, r == 0x2029:
		b.WriteByte('\n')
	case unicode.IsControl(r), turnsDirection(r):
	default:
		b.WriteRune(r)
	}
}

// signs are the replacements for what GSM-7 lacks; read only.
var signs = map[rune]string{
	'“': `"`, '”': `"`, '„': `"`, '‟': `"`, '«': `"`, '»': `"`, '″': `"`,
	'‘': "'", '’': "'", '‚': "'", '‛': "'", '‹': "'", '›': "'", '′': "'", '`': "'", '´': "'", 'ʼ': "'",
	'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '•': "-", '·': "-", '▪': "-", '●': "-",
	'…': "...", '₫': "d", '°': " do", 'º': " do", '×': "x", '÷': ":", '¼': "1/4", '½': "1/2", '¾': "3/4",
	'²': "2", '³': "3", '¹': "1", '→': "->", '←': "<-", '≥': ">=", '≤': "<=", '≠': "#", '≈': "~", '™': "", '®': "", '©': "",
	0x00AD: "", 0x200B: "", 0x200C: "", 0x200D: "", 0x2060: "", 0xFEFF: "", 0x180E: "",
	0xFE0E: "", 0xFE0F: "", 0x20E3: "",
}

// latin holds the plain letter of every accented Latin letter, 0 where there is none.
type latin struct {
	low  [0x250 - 0xC0]byte    // U+00C0..U+024F
	high [0x1F00 - 0x1E00]byte // U+1E00..U+1EFF
}

// letters is built once from the Unicode decompositions and never changed.
var letters = newLatin()

func newLatin() *latin {
	t := new(latin)
	for i := range t.low {
		t.low[i] = plainLetter(rune(0xC0 + i))
	}
	for i := range t.high {
		t.high[i] = plainLetter(rune(0x1E00 + i))
	}
	return t
}

func (t *latin) base(r rune) byte {
	switch {
	case r < 0xC0:
		return 0
	case r < 0x250:
		return t.low[r-0xC0]
	case r == 'ɖ': // the lower case of Ɖ
		return 'd'
	case r >= 0x1E00 && r < 0x1F00:
		return t.high[r-0x1E00]
	}
	return 0
}

// plainLetter: đ and its look-alikes do not decompose; ƀ is a letter of the
// Bahnar and Ê-đê alphabets.
func plainLetter(r rune) byte {
	switch r {
	case 'đ', 'ð':
		return 'd'
	case 'Đ', 'Ð', 'Ɖ':
		return 'D'
	case 'ƀ':
		return 'b'
	case 'Ƀ':
		return 'B'
	}
	d := norm.NFD.String(string(r))
	if c := d[0]; len(d) > 1 && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') {
		return c
	}
	return 0
}

// Fold is the form in which texts are compared: cleaned, without accents, lower
// case, every run of anything else than letters and digits a single space.
// Fold("Hồ-sơ  H53") is "ho so h53". Fold(Fold(s)) == Fold(s).
func Fold(s string) string {
	s = Unaccent(Clean(s))
	var b strings.Builder
	b.Grow(len(s))
	gap, letter := false, false
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z', r >= '0' && r <= '9':
		case r >= 'A' && r <= 'Z':
			r += 'a' - 'A'
		case r < utf8.RuneSelf:
			gap, letter = true, false
			continue
		case unicode.IsMark(r) && letter && !gap: // a vowel sign of Khmer belongs to its word
		case unicode.IsLetter(r), unicode.IsNumber(r):
			r = unicode.ToLower(r)
		default:
			gap, letter = true, false
			continue
		}
		if gap && b.Len() > 0 {
			b.WriteByte(' ')
		}
		gap, letter = false, !unicode.IsNumber(r)
		b.WriteRune(r)
	}
	return nfc(b.String())
}

// Words are the words of Fold(s).
func Words(s string) []string {
	return strings.Fields(Fold(s))
}
