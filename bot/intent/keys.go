package intent

import "strings"

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
		case isMoney(w.fold):
			w.alt = moneyWord
		case !isSyllable(w.fold):
			w.alt = retyped(w.fold)
		default:
			w.alt = maybe[w.fold]
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
// people write for sounds ("jờ", "fải"); "" if no Vietnamese syllable comes out.
func retyped(s string) string {
	if len(s) > 14 {
		return ""
	}
	for _, undo := range []func(string) string{vni, telex, sounds} {
		if out := undo(s); out != s && isSyllable(out) {
			return out
		}
	}
	return ""
}

func vni(s string) string {
	if s == "" || s[0] < 'a' || s[0] > 'z' {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r >= '1' && r <= '9' {
			return -1
		}
		return r
	}, s)
}

func telex(s string) string {
	out := make([]byte, 0, len(s))
	vowel := false
	for i := range len(s) {
		c := s[i]
		last := byte(0)
		if len(out) > 0 {
			last = out[len(out)-1]
		}
		switch {
		case vowel && strings.IndexByte("sfrxjz", c) >= 0:
		case c == last && strings.IndexByte("aeod", c) >= 0:
		case c == 'w' && strings.IndexByte("aou", last) >= 0:
		case c == 'w':
			out, vowel = append(out, 'u'), true
		default:
			out = append(out, c)
			vowel = vowel || strings.IndexByte("aeiouy", c) >= 0
		}
	}
	return string(out)
}

func sounds(s string) string {
	for _, pair := range [][2]string{{"dz", "d"}, {"j", "gi"}, {"f", "ph"}, {"z", "v"}, {"w", "qu"}} {
		if strings.HasPrefix(s, pair[0]) {
			return strings.Replace(pair[1]+s[len(pair[0]):], "gii", "gi", 1)
		}
	}
	return s
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

// isSyllable: s (without accents) can be a Vietnamese syllable.
func isSyllable(s string) bool {
	for _, onset := range onsets {
		if strings.HasPrefix(s, onset) && rimes[s[len(onset):]] {
			return true
		}
	}
	return false
}

// The parts of a Vietnamese syllable, without accents; read only.
var (
	onsets = []string{"ngh", "ng", "nh", "gh", "gi", "ch", "kh", "ph", "qu", "th", "tr", "b", "c", "d", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", ""}
	rimes  = set(`a ac ach ai am an ang anh ao ap at au ay e ec em en eng eo ep et eu enh ech i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu
		o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oem oen oeo oet oi om on ong op ot oong u ua uac uan uang uat uay uc ue uech uenh ui uoc uoi uom uon uong uot uou
		um un ung up ut uu uy uya uych uyen uyet uyn uynh uyt uyu uo y yem yen yeng yet yeu ym yn ynh yt au ich ing uop uyp`)
	moneyUnits = set("k tr trieu ngan nghin dong d vnd cu xi")
	// maybe are words that are a slip or a short form of another, or themselves.
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
