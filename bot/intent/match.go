package intent

import "slices"

// span is where a class was found: words from up to, but not including, to.
type span struct{ from, to int }

// found is what a lexicon's classes were found in a text.
type found struct {
	words []word
	spans [][]span // by class, by position
}

// find looks for every phrase of every class.
func (l *lexicon) find(words []word) found {
	f := found{words: words, spans: make([][]span, len(l.classes))}
	f.spans[textStart] = []span{{0, 0}}
	f.spans[textEnd] = []span{{len(words), len(words)}}
	for i := range words {
		f.at(i, l.first[words[i].fold])
		if alt := words[i].alt; alt != "" && alt != words[i].fold {
			f.at(i, l.first[alt])
		}
		l.misspelled(&f, i)
	}
	if l.mask >= 0 {
		f.hide(l.mask)
	}
	return f
}

// at adds the phrases that begin at word i.
func (f *found) at(i int, phrases []phrase) {
	for _, p := range phrases {
		if !p.begins(f.words[i:]) {
			continue
		}
		s := span{i, i + len(p.words)}
		if had := f.spans[p.class]; len(had) == 0 || had[len(had)-1] != s {
			f.spans[p.class] = append(had, s)
		}
	}
}

func (p phrase) begins(words []word) bool {
	if len(words) < len(p.words) {
		return false
	}
	for i, want := range p.words {
		w := words[i]
		if !w.is(want) || w.part != words[0].part || p.strict && w.marks != want.marks {
			return false
		}
	}
	return true
}

// is: the typed word can be the wanted one. Another reading of a word has no
// accents that could contradict.
func (w word) is(want word) bool {
	return w.fold == want.fold && w.marks.agree(want.marks) || w.alt == want.fold && w.alt != ""
}

// hide drops what lies inside a longer phrase of the mask class.
func (f *found) hide(mask int) {
	if !f.has(mask) {
		return
	}
	reach := make([]int, len(f.words)) // by word: where the longest mask that begins there ends
	for _, m := range f.spans[mask] {
		reach[m.from] = max(reach[m.from], m.to)
	}
	before := make([]int, len(f.words)) // the same for masks that begin earlier
	for i := 1; i < len(reach); i++ {
		before[i] = max(before[i-1], reach[i-1])
	}
	for class, spans := range f.spans {
		if class < reserved || class == mask {
			continue
		}
		f.spans[class] = slices.DeleteFunc(spans, func(s span) bool {
			return before[s.from] >= s.to || reach[s.from] > s.to
		})
	}
}

func (f found) has(class int) bool { return len(f.spans[class]) > 0 }

// holds says whether a rule is met.
func (f found) holds(r rule) bool {
	if r.most > 0 && len(f.words) > r.most {
		return false
	}
	for _, s := range r.steps {
		if !f.has(s.class) {
			return false
		}
	}
	if slices.ContainsFunc(r.veto, f.has) {
		return false
	}
	return f.follow(r.steps, span{-1, -1})
}

// follow looks for the steps one after the other behind prev; a from of -1
// means that nothing comes before.
func (f found) follow(steps []step, prev span) bool {
	if len(steps) == 0 {
		return true
	}
	s := steps[0]
	for _, at := range f.after(s.class, prev.to) {
		if prev.from >= 0 && (at.from-prev.to > s.gap) {
			break
		}
		if prev.from >= 0 && (f.crosses(prev, at) || f.between(s.never, prev.to, at.from)) {
			continue
		}
		if f.follow(steps[1:], at) {
			return true
		}
	}
	return false
}

// after gives the places of a class at or behind a word.
func (f found) after(class, word int) []span {
	spans := f.spans[class]
	i, _ := slices.BinarySearchFunc(spans, word, func(s span, word int) int { return s.from - word })
	return spans[i:]
}

// crosses: a sentence ends between the two.
func (f found) crosses(a, b span) bool {
	if a.from == a.to || b.from == b.to {
		return false // the start or the end of the text
	}
	return f.words[a.to-1].part != f.words[b.from].part
}

func (f found) between(classes []int, from, to int) bool {
	for _, class := range classes {
		for _, s := range f.after(class, from) {
			if s.to <= to {
				return true
			}
			if s.from >= to {
				break
			}
		}
	}
	return false
}
