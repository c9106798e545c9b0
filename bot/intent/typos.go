package intent

import (
	"slices"
	"strings"

	"tiepdan/bot/text"
)

// Phrases shorter than this, letters run together, are found only when they are spelled
// right: too many other words are one letter away from them.
const (
	leastJoined = 6
	leastNear   = 7
)

// addNear lets a phrase of several words be found with its spaces missing and, if it is
// long enough, with one letter wrong.
func (l *lexicon) addNear(p phrase) {
	joined := ""
	for _, w := range p.words {
		joined += w.fold
	}
	if len(p.words) < 2 || len(joined) < leastJoined {
		return
	}
	l.near[joined] = p
	if len(joined) < leastNear {
		return
	}
	for i := range joined {
		if short := joined[:i] + joined[i+1:]; l.near[short].words == nil {
			l.near[short] = p
		}
	}
}

// misspelled looks at a word that is no Vietnamese syllable, alone and with its neighbours,
// for a phrase that it may have been meant to be ("ănchặn", "tham nhũg").
func (l *lexicon) misspelled(f *found, i int) {
	words := f.words
	if len(l.near) == 0 || words[i].alt != "" || text.Syllable(words[i].fold) {
		return
	}
	for _, s := range []span{{i, i + 1}, {i, i + 2}, {i - 1, i + 1}} {
		if s.from < 0 || s.to > len(words) {
			continue
		}
		var joined strings.Builder
		for _, w := range words[s.from:s.to] {
			joined.WriteString(w.fold)
		}
		if p, ok := l.nearest(joined.String()); ok {
			f.spans[p.class] = append(f.spans[p.class], s)
			slices.SortFunc(f.spans[p.class], func(a, b span) int { return a.from - b.from })
			return
		}
	}
}

func (l *lexicon) nearest(joined string) (phrase, bool) {
	if len(joined) < leastJoined || len(joined) > 20 {
		return phrase{}, false
	}
	if p, ok := l.near[joined]; ok {
		return p, true
	}
	for i := range joined {
		if p, ok := l.near[joined[:i]+joined[i+1:]]; ok {
			return p, true
		}
	}
	return phrase{}, false
}
