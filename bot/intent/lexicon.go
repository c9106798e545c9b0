package intent

import (
	"fmt"
	"strconv"
	"strings"
)

// lexicon is a rules file, read. A file declares classes of phrases that mean
// the same and rules that give points to a sentence in which classes follow each other:
//
//	[take]                   a class; "@other" takes in the phrases of another class
//	lấy, giữ lại, {thu|gom} tiền
//
//	(accuse)                 the rules of one name
//	4 actor take ~2 goods    4 points: the three in this order, in one sentence, with at
//	                         most 5 words (at most 2 before goods) between them
//	4 actor -self take       no phrase of class self between the two
//	4 take goods /hope       not in a text with a phrase of class hope
//	3 ^ ~0 greet <=4         at the start of the text (and "$" the end), which has at most 4 words
//
// Phrases are written with accents. Where the person typed accents they must
// not contradict; where not, only the letters count. Phrases of the class "mask" hide
// what lies inside them, so that "thu nhập" is no "thu". Phrases of the class "grave" are
// found misspelled too.
type lexicon struct {
	classes []string
	first   map[string][]phrase // by the first word, without accents
	near    map[string]phrase   // by their letters run together, and with one letter left out
	rules   []rule
	mask    int
}

type phrase struct {
	words  []word
	class  int
	strict bool // the accents must have been typed
}

// Other readings of a word that stand for a whole kind of words; in a rules file they are phrases.
const (
	moneyWord  = "@money"  // a number written like money ("200k", "1tr8")
	numberWord = "@number" // digits
	codeWord   = "@code"   // the beginning of a dossier code
)

func isKind(phrase string) bool {
	return phrase == moneyWord || phrase == numberWord || phrase == codeWord
}

type rule struct {
	name  string
	text  string // as it stands in the file, for reasons and tests
	score float64
	steps []step
	veto  []int
	most  int // words in the text; 0: any number
}

// step is a class that a rule needs after the step before it.
type step struct {
	class int
	gap   int // words at most between it and the step before
	never []int
}

// Classes that every lexicon has: the start and the end of the text.
const (
	textStart = iota
	textEnd
	reserved
)

const usualGap = 5

// mustLexicon reads a file that is part of the program; a test reads them all.
func mustLexicon(file string) *lexicon {
	l, err := parseLexicon(file)
	if err != nil {
		panic(err)
	}
	return l
}

type lexiconParser struct {
	lex     *lexicon
	ids     map[string]int
	phrases map[int][]string
	typos   int // the class whose phrases are also found misspelled
}

func parseLexicon(file string) (*lexicon, error) {
	p := lexiconParser{
		lex:     &lexicon{classes: []string{"^", "$"}, first: map[string][]phrase{}, near: map[string]phrase{}, mask: -1},
		ids:     map[string]int{"^": textStart, "$": textEnd},
		phrases: map[int][]string{},
	}
	class, name := -1, ""
	number := 0
	for line := range strings.Lines(file) {
		number++
		line, _, _ = strings.Cut(line, "#")
		line = strings.TrimSpace(line)
		var err error
		switch {
		case line == "":
		case line[0] == '[':
			class, err = p.openClass(strings.Trim(line, "[]"))
			name = ""
		case line[0] == '(':
			name, class = strings.Trim(line, "()"), -1
		case class >= 0:
			err = p.addPhrases(class, line)
		case name != "":
			err = p.addRule(name, line)
		default:
			err = fmt.Errorf("%q belongs to no class and no rules", line)
		}
		if err != nil {
			return nil, fmt.Errorf("rules, line %d: %w", number, err)
		}
	}
	if id, ok := p.ids["mask"]; ok {
		p.lex.mask = id
	}
	p.typos = -1
	if id, ok := p.ids["grave"]; ok {
		p.typos = id
	}
	p.index()
	return p.lex, nil
}

func (p *lexiconParser) openClass(name string) (int, error) {
	if _, twice := p.ids[name]; twice {
		return 0, fmt.Errorf("class %q is there twice", name)
	}
	id := len(p.lex.classes)
	p.ids[name] = id
	p.lex.classes = append(p.lex.classes, name)
	return id, nil
}

func (p *lexiconParser) addPhrases(class int, line string) error {
	for _, part := range strings.Split(line, ",") {
		part = strings.TrimSpace(part)
		if part == "" {
			continue
		}
		if other, ok := strings.CutPrefix(part, "@"); ok && !isKind(part) {
			id, known := p.ids[other]
			if !known {
				return fmt.Errorf("class %q is not declared above", other)
			}
			p.phrases[class] = append(p.phrases[class], p.phrases[id]...)
			continue
		}
		all, err := spread(part)
		if err != nil {
			return err
		}
		for _, text := range all {
			if !isKind(text) && len(split(text)) == 0 {
				return fmt.Errorf("%q has no word", part)
			}
		}
		p.phrases[class] = append(p.phrases[class], all...)
	}
	return nil
}

// spread writes out the alternatives of "trưởng {ấp|thôn}".
func spread(s string) ([]string, error) {
	before, rest, open := strings.Cut(s, "{")
	if !open {
		return []string{s}, nil
	}
	inside, after, closed := strings.Cut(rest, "}")
	if !closed {
		return nil, fmt.Errorf("%q: a bracket is not closed", s)
	}
	var out []string
	for _, choice := range strings.Split(inside, "|") {
		more, err := spread(before + choice + after)
		if err != nil {
			return nil, err
		}
		out = append(out, more...)
	}
	return out, nil
}

func (p *lexiconParser) addRule(name, line string) error {
	fields := strings.Fields(line)
	score, err := strconv.ParseFloat(fields[0], 64)
	if err != nil {
		return fmt.Errorf("%q has no score", line)
	}
	r := rule{name: name, text: strings.Join(fields[1:], " "), score: score}
	next := step{gap: usualGap}
	for _, f := range fields[1:] {
		switch {
		case strings.HasPrefix(f, "<="):
			if r.most, err = strconv.Atoi(f[2:]); err != nil {
				return fmt.Errorf("%q: %q is not a number of words", line, f)
			}
		case f[0] == '~':
			if next.gap, err = strconv.Atoi(f[1:]); err != nil {
				return fmt.Errorf("%q: %q is not a number of words", line, f)
			}
		case f[0] == '-', f[0] == '/':
			id, known := p.ids[f[1:]]
			if !known {
				return fmt.Errorf("%q: no class %q", line, f[1:])
			}
			if f[0] == '-' {
				next.never = append(next.never, id)
			} else {
				r.veto = append(r.veto, id)
			}
		default:
			id, known := p.ids[f]
			if !known {
				return fmt.Errorf("%q: no class %q", line, f)
			}
			next.class = id
			r.steps = append(r.steps, next)
			next = step{gap: usualGap}
		}
	}
	if len(r.steps) == 0 {
		return fmt.Errorf("%q needs a class", line)
	}
	p.lex.rules = append(p.lex.rules, r)
	return nil
}

func (p *lexiconParser) index() {
	for class, texts := range p.phrases {
		seen := map[string]bool{}
		for _, text := range texts {
			if seen[text] {
				continue
			}
			seen[text] = true
			ph := phrase{words: split(text), class: class, strict: strings.HasPrefix(text, "=")}
			if isKind(text) {
				ph.words = []word{{fold: text}}
			}
			first := ph.words[0].fold
			p.lex.first[first] = append(p.lex.first[first], ph)
			if class == p.typos {
				p.lex.addNear(ph)
			}
		}
	}
}
