package casework

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"tiepdan/bot/text"
)

// Words is a text of the rules in each language.
type Words map[string]string

// In gives the words in a language, in Vietnamese if there are none.
func (w Words) In(lang string) string {
	if s, ok := w[lang]; ok {
		return s
	}
	return w["vi"]
}

// Programme is one kind of support.
type Programme struct {
	Code      string   `json:"code"`
	Name      Words    `json:"name"`
	Public    Words    `json:"public"`    // short words that anybody may hear; for a sensitive one they name no group
	Sensitive bool     `json:"sensitive"` // its name tells of health, poverty or a family's trouble
	Reference string   `json:"reference"` // the rule that it rests on
	From      Day      `json:"from"`
	To        Day      `json:"to,omitempty"`      // empty: open
	Bring     Words    `json:"bring,omitempty"`   // what to bring to a payout, where it differs from the usual
	Dossier   Words    `json:"dossier,omitempty"` // the papers to file
	Funeral   string   `json:"funeral,omitempty"` // the programme that helps with the funeral of its beneficiaries
	Identify  []string `json:"words"`             // what people call it
}

// Closed says whether it was over on a day.
func (p Programme) Closed(now time.Time) bool { return p.To != "" && p.To < DayOf(now) }

// Programmes are the kinds of support that the program knows. An office's own
// words for another one are allowed everywhere: they are kept, never shown to a stranger.
type Programmes struct {
	byCode  map[string]Programme
	byKey   map[string]string // folded code or name to code
	phrases []phrase          // the longest first
	unknown Words
	funeral Words
	bring   Words
}

type phrase struct{ folded, code string }

// ReadProgrammes reads a file of programmes. It fails on an unknown field, a programme
// without code, names, public words, dates or reference, a sensitive one whose public words are its
// name, and two programmes with one code or name.
func ReadProgrammes(data []byte) (*Programmes, error) {
	var f struct {
		Programmes []Programme `json:"programmes"`
		Unknown    Words       `json:"unknown"`
		Funeral    Words       `json:"funeral"`
		Bring      Words       `json:"bring"`
	}
	if err := strictJSON(data, &f); err != nil {
		return nil, fmt.Errorf("read programmes: %w", err)
	}
	p := &Programmes{byCode: map[string]Programme{}, byKey: map[string]string{}, unknown: f.Unknown, funeral: f.Funeral, bring: f.Bring}
	for _, one := range f.Programmes {
		if err := p.add(one); err != nil {
			return nil, fmt.Errorf("read programmes: %s: %w", one.Code, err)
		}
	}
	for _, one := range f.Programmes {
		if _, ok := p.byCode[one.Funeral]; one.Funeral != "" && !ok {
			return nil, fmt.Errorf("read programmes: %s: no funeral programme %q", one.Code, one.Funeral)
		}
	}
	slices.SortStableFunc(p.phrases, func(a, b phrase) int { return len(b.folded) - len(a.folded) })
	if f.Unknown["vi"] == "" || f.Funeral["vi"] == "" || f.Bring["vi"] == "" {
		return nil, fmt.Errorf("read programmes: words for an unknown programme, a funeral or what to bring are missing")
	}
	return p, nil
}

func (p *Programmes) add(one Programme) error {
	if one.Code == "" || one.Name["vi"] == "" || one.Name["en"] == "" || one.Public["vi"] == "" || one.Public["en"] == "" ||
		!isDay(one.From) || one.To != "" && !isDay(one.To) || one.Reference == "" {
		return fmt.Errorf("a programme needs code, names, public words, dates and reference")
	}
	if one.Sensitive && one.Public["vi"] == one.Name["vi"] {
		return fmt.Errorf("the public words of a sensitive programme must not be its name")
	}
	p.byCode[one.Code] = one
	for _, name := range []string{one.Code, one.Name["vi"], one.Name["en"]} {
		key := text.Fold(name)
		if other, twice := p.byKey[key]; twice && other != one.Code {
			return fmt.Errorf("%q already names %s", name, other)
		}
		p.byKey[key] = one.Code
	}
	for _, w := range append([]string{one.Name["vi"]}, one.Identify...) {
		p.phrases = append(p.phrases, phrase{text.Fold(w), one.Code})
	}
	return nil
}

// Find gives the programme of a code or of its full name, in any case and without accents. ok is false for
// an office's own words.
func (p *Programmes) Find(codeOrName string) (Programme, bool) {
	one, ok := p.byCode[p.byKey[text.Fold(codeOrName)]]
	return one, ok
}

// Named finds the programmes that free words name, the longest words first, each once. Words that stand inside longer ones that
// name another programme do not count: "mai táng người có công" is not "người có công".
func (p *Programmes) Named(words string) []Programme {
	rest := " " + text.Fold(words) + " "
	var found []Programme
	for _, ph := range p.phrases {
		if !strings.Contains(rest, " "+ph.folded+" ") {
			continue
		}
		rest = strings.ReplaceAll(rest, " "+ph.folded+" ", " | ")
		if !slices.ContainsFunc(found, func(q Programme) bool { return q.Code == ph.code }) {
			found = append(found, p.byCode[ph.code])
		}
	}
	return found
}

// All lists the programmes that are open on a day, in the file's order of codes.
func (p *Programmes) All(now time.Time) []Programme {
	var all []Programme
	for _, one := range p.byCode {
		if !one.Closed(now) {
			all = append(all, one)
		}
	}
	slices.SortFunc(all, func(a, b Programme) int { return strings.Compare(a.Code, b.Code) })
	return all
}

// PublicName is what anybody may hear of a programme, given its code or the office's own words.
func (p *Programmes) PublicName(programme, lang string) string {
	if one, ok := p.Find(programme); ok {
		return one.Public.In(lang)
	}
	return p.unknown.In(lang)
}

// FullName is what its own beneficiary may hear, given its code or the office's own words.
func (p *Programmes) FullName(programme, lang string) string {
	if one, ok := p.Find(programme); ok {
		return one.Name.In(lang)
	}
	return programme
}

// Bring is what to bring to a payout of a programme, given its code or the office's own words.
func (p *Programmes) Bring(programme, lang string) string {
	if one, _ := p.Find(programme); len(one.Bring) > 0 {
		return one.Bring.In(lang)
	}
	return p.bring.In(lang)
}

// FuneralPapers are the papers for the funeral support of a beneficiary of a programme, and
// those that every such support wants when the programme is not known.
func (p *Programmes) FuneralPapers(programme, lang string) string {
	one, _ := p.Find(programme)
	if help, ok := p.byCode[one.Funeral]; ok && len(help.Dossier) > 0 {
		return help.Dossier.In(lang)
	}
	return p.funeral.In(lang)
}
