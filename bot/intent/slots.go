package intent

import (
	_ "embed"
	"slices"
	"sort"
	"strconv"
	"time"

	"tiepdan/bot/text"
)

// The kinds of slots and the form of their values.
const (
	SlotDossier   = "dossier"   // a dossier code's key, as text.CodeKey gives it
	SlotGrievance = "grievance" // "PA-4821-7036-2", the check digit is right
	SlotPhone     = "phone"     // E.164
	SlotDate      = "date"      // 2026-11-25
	SlotMoney     = "money"     // whole đồng
	SlotCitizen   = "citizen"   // twelve digits
	SlotProgramme = "programme" // a family of programmes; the classes of rules/programmes.lex
)

//go:embed rules/programmes.lex
var programmesFile string

// programmes is read only. The words are those of daily speech: which programme of
// the law is meant depends on the day and the person, and is for casework to say.
var programmes = mustLexicon(programmesFile)

// reader finds one value in a text.
type reader struct {
	kind string
	find func(string) (string, bool)
}

// findSlots lists what the text names, in the order of kinds. words gets a mark
// where a dossier code begins.
func findSlots(s string, words []word, now time.Time) []Slot {
	slots := []Slot{}
	for _, key := range text.FindCodes(s) {
		find := func(part string) (string, bool) { return key, slices.Contains(text.FindCodes(part), key) }
		from, to := place(s, words, find)
		slots = append(slots, Slot{SlotDossier, key, s[from:to]})
		for i := range words {
			if words[i].start >= from && words[i].start < to {
				words[i].alt = codeWord
				break
			}
		}
	}
	readers := []reader{
		{SlotGrievance, text.FindGrievanceCode},
		{SlotPhone, text.FindPhone},
		{SlotCitizen, text.FindCitizenNumber},
		{SlotDate, func(part string) (string, bool) {
			t, ok := text.Date(part, now)
			return t.Format(time.DateOnly), ok
		}},
		{SlotMoney, func(part string) (string, bool) {
			dong, ok := text.Money(part)
			return strconv.FormatInt(dong, 10), ok
		}},
	}
	for _, r := range readers {
		if value, ok := r.find(s); ok {
			from, to := place(s, words, func(part string) (string, bool) {
				// A word before it keeps a part from being read as a whole text, for which
				// nine bare digits are a grievance code.
				got, ok := r.find("x " + part)
				return got, ok && got == value
			})
			slots = append(slots, Slot{r.kind, value, s[from:to]})
		}
	}
	slots = append(slots, programmesIn(s, words)...)
	return slots[:min(len(slots), maxSlots)]
}

// place narrows a text to the words in which a value was found. Readers say
// what they found and not where; the value is in every part of the text that holds it, so that halving finds
// its end and then its beginning. The whole text is the answer where that does not hold.
func place(s string, words []word, find func(string) (string, bool)) (from, to int) {
	has := func(part string) bool {
		_, ok := find(part)
		return ok
	}
	if len(words) == 0 {
		return 0, len(s)
	}
	end := sort.Search(len(words)-1, func(i int) bool { return has(s[:words[i].end]) })
	to = words[end].end
	begin := sort.Search(end, func(i int) bool { return !has(s[words[i+1].start:to]) })
	from = words[begin].start
	if !has(s[from:to]) {
		return 0, len(s)
	}
	return from, to
}

// programmesIn lists the programmes that the text names, each once.
func programmesIn(s string, words []word) []Slot {
	var slots []Slot
	f := programmes.find(words)
	for class := reserved; class < len(programmes.classes); class++ {
		if class == programmes.mask || !f.has(class) {
			continue
		}
		at := f.spans[class][0]
		typed := s[words[at.from].start:words[at.to-1].end]
		slots = append(slots, Slot{SlotProgramme, programmes.classes[class], typed})
	}
	return slots
}
