package text

import (
	"slices"
	"strings"
	"unicode"
)

// Place is one administrative unit as records know it.
type Place struct {
	ID      int64
	Name    string   // with or without its kind: "Xã Tân Biên", "Tân Biên", "Ấp 3"
	Kind    string   // "xã", "phường", "ấp", "commune", "hamlet" …; may be empty
	Parent  int64    // 0: none
	Aliases []string // what it is also called, the names of the units that it was made of among them
}

// Match is a place that a text may mean.
type Match struct {
	Place  Place
	Text   string // the words that named it, folded
	Former bool   // the text says "cũ", or the name is an alias
}

// Places finds units in free text. It never changes after NewPlaces and may be used by many
// goroutines.
type Places struct {
	all     []Place
	byID    map[int64]int
	names   map[string][]named
	longest int // words of the longest name
}

// named is one name of one place.
type named struct {
	place  int
	alias  bool
	short  string // the typed form of a name of one word or number, which is easily another word
	levels level
}

// NewPlaces indexes the units. Two with one name are both kept.
func NewPlaces(places []Place) *Places {
	p := &Places{all: slices.Clone(places), byID: make(map[int64]int, len(places)), names: make(map[string][]named, 2*len(places))}
	for i, place := range p.all {
		p.byID[place.ID] = i
		p.add(i, place.Name, false)
		for _, alias := range place.Aliases {
			p.add(i, alias, true)
		}
	}
	return p
}

// Place is the unit with that id.
func (p *Places) Place(id int64) (Place, bool) {
	i, ok := p.byID[id]
	if !ok {
		return Place{}, false
	}
	return p.all[i], true
}

func (p *Places) add(i int, name string, alias bool) {
	words := placeWords(name)
	if n := len(words); n > 1 && (words[n-1].typed == "cũ" || words[n-1].typed == "cu") {
		words = words[:n-1]
	}
	if len(words) == 0 {
		return
	}
	levels := levelOf(Words(p.all[i].Kind))
	kind := kindOfName(words, Fold(p.all[i].Kind))
	if alias || levels == 0 { // a former unit may have been of another kind
		levels = levelOf(foldedOf(words[:kind]))
	}
	if kind > 0 {
		p.index(words, named{place: i, alias: alias, levels: levels})
	}
	n := named{place: i, alias: alias, levels: levels}
	if words = words[kind:]; len(words) == 1 && (syllable(words[0].folded) || countDigits(words[0].folded) > 0) {
		n.short = words[0].typed
	}
	p.index(words, n)
}

func (p *Places) index(words []placeWord, n named) {
	key := placeKey(words)
	if slices.ContainsFunc(p.names[key], func(m named) bool { return m.place == n.place }) {
		return
	}
	p.names[key] = append(p.names[key], n)
	p.longest = max(p.longest, len(words))
}

// window is a stretch of words that is a name.
type window struct {
	from, to int
	size     int // letters
	found    []named
	former   bool
}

// maxWords bounds how much of a text is read for places: more than any channel lets a person write.
const maxWords = 2000

// Find gives the places that a text names, those with the longest names first. A name
// that several units bear gives a match for each, the present names before the former ones; if the text also
// names a unit above, only those that lie in it. Accents, Đắk/Đăk/Dak, Ngọk/Ngọc, i/y and missing spaces
// make no difference. Names of one word or number are found behind
// their kind ("ấp 3", "tp hue"), above the hamlet also by their exact accents.
func (p *Places) Find(s string) []Match {
	words := placeWords(s)
	words = words[:min(len(words), maxWords)]
	windows := p.windows(words)
	mentioned := make(map[int64]bool)
	for _, w := range windows {
		for _, n := range w.found {
			mentioned[p.all[n.place].ID] = true
		}
	}
	var out []Match
	seen := make(map[int64]bool)
	for _, w := range windows {
		for _, n := range p.within(w.found, mentioned) {
			place := p.all[n.place]
			if seen[place.ID] {
				continue
			}
			seen[place.ID] = true
			out = append(out, Match{Place: place, Text: strings.Join(foldedOf(words[w.from:w.to]), " "), Former: w.former || n.alias})
		}
	}
	return out
}

// windows are the names in words that do not overlap, the longest first.
func (p *Places) windows(words []placeWord) []window {
	var all []window
	for from := range words {
		for to := from + 1; to <= min(len(words), from+p.longest+1); to++ {
			key := placeKey(words[from:to])
			if found := p.names[key]; found != nil {
				w := window{from: from, to: to, size: len(key)}
				w.former = to < len(words) && (words[to].typed == "cũ" || words[to].typed == "cu")
				if w.found = fitting(found, words, w); len(w.found) > 0 {
					all = append(all, w)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b window) int { return b.size - a.size })
	var out []window
	for _, w := range all {
		if !slices.ContainsFunc(out, func(o window) bool { return w.from < o.to && o.from < w.to }) {
			out = append(out, w)
		}
	}
	return out
}

// fitting are the names that the words around the window allow.
func fitting(found []named, words []placeWord, w window) []named {
	levels := kindBefore(words[:w.from])
	var out, sameLevel []named
	for _, n := range found {
		if n.short != "" && !n.shortFits(levels, words[w.from].typed) {
			continue
		}
		out = append(out, n)
		if levels != 0 && (n.levels == 0 || n.levels&levels != 0) {
			sameLevel = append(sameLevel, n)
		}
	}
	if len(sameLevel) > 0 {
		out = sameLevel
	}
	former := slices.DeleteFunc(slices.Clone(out), func(n named) bool { return !n.alias })
	if w.former && len(former) > 0 {
		return former
	}
	slices.SortStableFunc(out, func(a, b named) int {
		switch {
		case a.alias == b.alias:
			return 0
		case b.alias:
			return -1
		}
		return 1
	})
	return out
}

// shortFits decides on a name of one word: "Huế" alone is a city and "Đông" alone is not a hamlet.
func (n named) shortFits(before level, typed string) bool {
	if before != 0 {
		return n.levels == 0 || n.levels&before != 0
	}
	return n.short == typed && n.levels != hamlet && countDigits(typed) == 0 && !isASCII(typed)
}

// within keeps of several places those above which the text names the most units.
func (p *Places) within(found []named, mentioned map[int64]bool) []named {
	if len(found) < 2 {
		return found
	}
	best := 0
	depths := make([]int, len(found))
	for i, n := range found {
		depths[i] = p.namedAbove(n.place, mentioned)
		best = max(best, depths[i])
	}
	kept := found[:0:0]
	for i, n := range found {
		if depths[i] == best {
			kept = append(kept, n)
		}
	}
	return kept
}

// namedAbove counts the units above a place that the text mentions. A circle in the records must not hang us.
func (p *Places) namedAbove(i int, mentioned map[int64]bool) int {
	n := 0
	for range 8 {
		parent, ok := p.byID[p.all[i].Parent]
		if !ok {
			break
		}
		if mentioned[p.all[parent].ID] {
			n++
		}
		i = parent
	}
	return n
}

// placeWord is a word of a text as typed (lower case) and folded.
type placeWord struct{ typed, folded string }

func foldedOf(words []placeWord) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = w.folded
	}
	return out
}

func placeWords(s string) []placeWord {
	var out []placeWord
	typed := strings.FieldsFunc(strings.ToLower(Clean(s)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsNumber(r) && !unicode.IsMark(r)
	})
	for _, t := range typed {
		f := strings.ReplaceAll(Fold(t), " ", "")
		letters := strings.TrimRight(f, "0123456789")
		if number := f[len(letters):]; letters != "" && number != "" && levelOf([]string{letters}) != 0 { // "ap3", "kp3"
			out = append(out, placeWord{letters, letters})
			f, t = number, number
		}
		if f == "" {
			continue
		}
		if countDigits(f) == len(f) {
			f = strings.TrimLeft(f[:len(f)-1], "0") + f[len(f)-1:]
			t = f
		}
		out = append(out, placeWord{t, f})
	}
	return out
}

// placeKey is how names are compared: joined, with one spelling for sounds that have several.
func placeKey(words []placeWord) string {
	s := strings.Join(foldedOf(words), "")
	s = strings.ReplaceAll(s, "dac", "dak")
	s = strings.ReplaceAll(s, "ngoc", "ngok")
	b := []byte(s)
	for i, c := range b {
		if c == 'y' && i > 0 && (!vowel(b[i-1]) || b[i-1] == 'u' && i > 1 && b[i-2] == 'q') {
			b[i] = 'i'
		}
	}
	return string(b)
}

// level is the tier, or tiers, that a kind of unit belongs to.
type level uint8

const (
	province level = 1 << iota
	district
	commune
	hamlet
)

// kinds are the words for a kind of unit, as they stand before a name, the longest first; read only.
var kinds = []struct {
	says  string // with accents
	level level
}{
	{"tổ nhân dân tự quản", hamlet}, {"tổ dân phố", hamlet}, {"special zone", commune}, {"khu phố", hamlet},
	{"thành phố", province | district}, {"thị trấn", commune}, {"thị xã", district}, {"đặc khu", commune},
	{"tỉnh", province}, {"huyện", district}, {"quận", district}, {"xã", commune}, {"phường", commune},
	{"ấp", hamlet}, {"thôn", hamlet}, {"khóm", hamlet}, {"xóm", hamlet}, {"bản", hamlet}, {"buôn", hamlet}, {"làng", hamlet},
	{"plei", hamlet}, {"sóc", hamlet}, {"tổ", hamlet}, {"khu", hamlet}, {"phố", hamlet}, {"đội", hamlet},
	{"tdp", hamlet}, {"kp", hamlet}, {"tp", province | district}, {"tt", commune}, {"tx", district}, {"q", district}, {"h", district},
	{"p", commune}, {"x", commune}, {"t", province},
	{"province", province}, {"city", province | district}, {"district", district}, {"town", district}, {"commune", commune},
	{"ward", commune}, {"township", commune}, {"hamlet", hamlet}, {"village", hamlet},
}

// levelOf is the tier of words that are a kind and nothing else; 0 when they are not.
func levelOf(folded []string) level {
	if len(folded) == 0 {
		return 0
	}
	return kindLevels[strings.Join(folded, " ")]
}

// kindLevels is kinds without accents; built once, read only.
var kindLevels = plainKinds()

func plainKinds() map[string]level {
	m := make(map[string]level, len(kinds))
	for _, k := range kinds {
		m[Unaccent(k.says)] |= k.level
	}
	return m
}

// kindBefore is the tier of the kind at the end of words: "… ở xã", "tổ dân phố số".
func kindBefore(words []placeWord) level {
	if n := len(words); n > 1 && words[n-1].folded == "so" {
		words = words[:n-1]
	}
	for n := min(5, len(words)); n > 0; n-- {
		if l := levelOf(foldedOf(words[len(words)-n:])); l != 0 {
			return l
		}
	}
	return 0
}

// kindOfName is how many words at the start of a name are its kind. Without its accents a
// kind counts only when it is the recorded one, because "Quan Triều" is a name.
func kindOfName(words []placeWord, recorded string) int {
	for _, k := range kinds {
		says := strings.Fields(k.says)
		if len(says) >= len(words) {
			continue
		}
		typed := make([]string, len(says))
		for i := range says {
			typed[i] = words[i].typed
		}
		joined := strings.Join(typed, " ")
		if joined == k.says || joined == Unaccent(k.says) && joined == recorded {
			if n := len(says); n+1 < len(words) && words[n].folded == "so" && countDigits(words[n+1].folded) > 0 {
				return n + 1
			}
			return len(says)
		}
	}
	return 0
}
