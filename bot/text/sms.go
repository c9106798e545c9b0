package text

import (
	"unicode/utf16"
)

// The encodings of an SMS.
const (
	GSM7 = "GSM7" // 3GPP TS 23.038 default alphabet with its extension table
	UCS2 = "UCS2" // UTF-16
)

// What fits, in septets or UTF-16 units: one SMS, and each part of a longer
// one (3GPP TS 23.040, 8-bit reference).
const (
	gsmSingle, gsmPart = 160, 153
	ucsSingle, ucsPart = 70, 67
)

// Segments is what a text costs as SMS.
type Segments struct {
	Encoding string // GSM7 or UCS2, for the whole message
	Units    int    // septets, or UTF-16 units
	Parts    int    // what the carrier bills; 0 for an empty text
}

// SMS counts a text after composing it (NFC). A pair of septets or of surrogates is
// never cut, so that the parts may be more than the units divided.
func SMS(s string) Segments {
	var m meter
	for _, r := range nfc(s) {
		m.add(r)
	}
	return m.segments()
}

// meter counts both encodings at once, since the last letter may decide which one it is.
type meter struct {
	gsm, ucs tally
	unicode  bool // something is outside GSM-7
}

type tally struct{ units, parts, room int } // parts and room as if the text were long

func (t *tally) add(cost, size int) {
	t.units += cost
	if t.room < cost {
		t.parts++
		t.room = size
	}
	t.room -= cost
}

func (m *meter) add(r rune) {
	m.ucs.add(max(1, utf16.RuneLen(r)), ucsPart)
	cost := septets(r)
	if cost == 0 {
		m.unicode = true
		return
	}
	m.gsm.add(cost, gsmPart)
}

func (m *meter) segments() Segments {
	t, encoding, single := m.gsm, GSM7, gsmSingle
	if m.unicode {
		t, encoding, single = m.ucs, UCS2, ucsSingle
	}
	switch {
	case t.units == 0:
		return Segments{Encoding: encoding}
	case t.units <= single:
		return Segments{Encoding: encoding, Units: t.units, Parts: 1}
	}
	return Segments{Encoding: encoding, Units: t.units, Parts: t.parts}
}

// septets is what a character costs in GSM-7: 1, 2 with the escape, 0 when it
// is not in the alphabet.
func septets(r rune) int {
	if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= ' ' && r <= '?' {
		return 1
	}
	switch r {
	case '@', '£', '¥', 'è', 'é', 'ù', 'ì', 'ò', 'Ç', '\n', 'Ø', 'ø', '\r', 'Å', 'å',
		'Δ', '_', 'Φ', 'Γ', 'Λ', 'Ω', 'Π', 'Ψ', 'Σ', 'Θ', 'Ξ', 'Æ', 'æ', 'ß', 'É',
		'¤', '¡', 'Ä', 'Ö', 'Ñ', 'Ü', '§', '¿', 'ä', 'ö', 'ñ', 'ü', 'à':
		return 1
	case '\f', '^', '{', '}', '\\', '[', '~', ']', '|', '€':
		return 2
	}
	return 0
}
