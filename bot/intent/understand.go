package intent

import (
	_ "embed"
	"slices"
	"time"

	"tiepdan/bot/text"
)

//go:embed rules/intents.lex
var intentsFile string

// wishes is read only.
var wishes = mustLexicon(intentsFile)

// What to do with a Reading.
const (
	Act     = "act"     // the first intent is meant
	Ask     = "ask"     // one of the first two may be meant
	Unknown = "unknown" // nothing was understood
)

// The intents. What each means and how it differs from its neighbours is in the rules file.
const (
	CheckStatus       = "check_status"
	PayoutDate        = "payout_date"
	PayoutMissing     = "payout_missing"
	PayoutAmount      = "payout_amount"
	Eligibility       = "eligibility"
	RequiredDocuments = "required_documents"
	WhereToApply      = "where_to_apply"
	FileComplaint     = "file_complaint"
	FileDenunciation  = "file_denunciation"
	FilePetition      = "file_petition"
	ComplaintStatus   = "complaint_status"
	AddInformation    = "add_information"
	TalkToStaff       = "talk_to_staff"
	ChangeLanguage    = "change_language"
	Help              = "help"
	Greeting          = "greeting"
	Thanks            = "thanks"
	Cancel            = "cancel"
	StopMessages      = "stop_messages"
	ResumeMessages    = "resume_messages"
	WrongPerson       = "wrong_person"
	Deceased          = "deceased" // the person written to has died; a kind of WrongPerson
	UpdatePhone       = "update_phone"
	DeleteMyData      = "delete_my_data"
	Safety            = "safety" // suicide, violence, disaster: a person must answer at once; a kind of Other
	Other             = "other"
)

// Reading is what a free text was understood to want.
type Reading struct {
	Decision string  `json:"decision"` // Act, Ask or Unknown
	Intents  []Guess `json:"intents"`  // at most four, the likeliest first
	Slots    []Slot  `json:"slots"`
}

// Guess is one intent that may be meant.
type Guess struct {
	Name       string  `json:"name"`
	Confidence float64 `json:"confidence"` // 0 to 1
}

// Slot is a value that the text names.
type Slot struct {
	Kind  string `json:"kind"`  // see the Slot… constants
	Value string `json:"value"` // canonical
	Text  string `json:"text"`  // as typed
}

const (
	sure = 6 // the score from which a single rule is enough to act
	// suspected is what a text that Accuses found suspect gets as a denunciation: never enough to act on.
	suspected = 5.5
	faint     = 4   // the score under which nothing was understood
	doubt     = 1.5 // what every intent competes with, besides its best rival
	certain   = 0.5 // the confidence from which to act
	maxSlots  = 12
	maxRead   = 2000 // bytes; what a person wants stands at the start
)

// Understand says what a free text wants. It acts only when it is sure: of two intents that are close it
// asks. now is needed for days named without a year. The text must not be one that Accuses found
// suspect, unless the caller only wants it classified.
func Understand(s string, now time.Time) Reading {
	s = text.Clean(s)
	suspect := Accuses(s).Suspect
	if len(s) > maxRead {
		s = text.Clean(s[:maxRead])
	}
	words := read(s)
	slots := findSlots(s, words, now)
	r := Reading{Decision: Unknown, Intents: []Guess{}, Slots: slots}
	if names, ok := commanded(s); ok {
		return r.settle(names)
	}
	scores := wishes.scores(words)
	if suspect {
		scores[FileDenunciation] = max(scores[FileDenunciation], suspected)
	}
	if hasKhmer(s) {
		scores[ChangeLanguage] = sure + doubt
	}
	r.rank(scores)
	return r
}

// scores gives each intent the points of its best rule, and a little for the
// others that were met.
func (l *lexicon) scores(words []word) map[string]float64 {
	f := l.find(words)
	scores := map[string]float64{}
	extra := map[string]float64{}
	for _, r := range l.rules {
		if !f.holds(r) {
			continue
		}
		if scores[r.name] > 0 {
			extra[r.name] = min(extra[r.name]+0.25, 1)
		}
		scores[r.name] = max(scores[r.name], r.score)
	}
	for name, e := range extra {
		scores[name] += e
	}
	return scores
}

// rank turns scores into guesses and a decision.
func (r *Reading) rank(scores map[string]float64) {
	var names []string
	for name, score := range scores {
		if score >= faint {
			names = append(names, name)
		}
	}
	slices.SortFunc(names, func(a, b string) int {
		switch {
		case scores[a] > scores[b]:
			return -1
		case scores[a] < scores[b]:
			return 1
		case a < b:
			return -1
		}
		return 1
	})
	for i, name := range names[:min(len(names), 3)] {
		rival := 0.0
		if i > 0 {
			rival = scores[names[0]]
		} else if len(names) > 1 {
			rival = scores[names[1]]
		}
		confidence := scores[name] / (scores[name] + rival + doubt)
		r.Intents = append(r.Intents, Guess{name, round(confidence)})
	}
	if len(names) == 0 {
		return
	}
	r.Decision = Ask
	if top := r.Intents[0]; top.Name == Safety || top.Confidence >= certain && scores[top.Name] >= sure {
		r.Decision = Act
	}
	r.addParent()
}

func round(f float64) float64 { return float64(int(f*100+0.5)) / 100 }

// addParent puts the wider intent behind one that is a kind of it, for callers
// that know only the wider one.
func (r *Reading) addParent() {
	parent := map[string]string{Deceased: WrongPerson, Safety: Other}[r.Intents[0].Name]
	if parent == "" {
		return
	}
	r.Intents = slices.DeleteFunc(r.Intents, func(g Guess) bool { return g.Name == parent })
	r.Intents = slices.Insert(r.Intents, 1, Guess{parent, r.Intents[0].Confidence})
}

// settle makes the reading of a command word: it means one intent, or one of
// several.
func (r Reading) settle(names []string) Reading {
	r.Decision = Act
	confidence := 1.0
	if len(names) > 1 {
		r.Decision, confidence = Ask, round(1/float64(len(names)))
	}
	for _, name := range names {
		r.Intents = append(r.Intents, Guess{name, confidence})
	}
	return r
}

// commanded gives the intents of a text that is a command word. A grievance
// (PA) with a text of its own is read like any text, by what follows.
func commanded(s string) ([]string, bool) {
	if code, _ := text.FindGrievanceCode(s); code != "" && len(text.Words(s)) <= 5 {
		return []string{ComplaintStatus}, true
	}
	word, rest := text.Command(s)
	switch word {
	case "HS":
		return []string{CheckStatus}, true
	case "CT":
		return []string{PayoutDate}, true
	case "PA":
		return []string{ComplaintStatus}, rest == ""
	case "TG", "MENU":
		return []string{Help}, true
	case "THOI":
		return []string{Cancel}, true
	case "TU CHOI":
		return []string{StopMessages}, true
	case "MO":
		return []string{ResumeMessages}, true
	case "GAP CB":
		return []string{TalkToStaff}, true
	case "SAI SO":
		return []string{WrongPerson}, true
	case "EN", "VI":
		return []string{ChangeLanguage}, true
	case "TC": // từ chối or tra cứu
		return []string{StopMessages, CheckStatus}, true
	case "HUY", "DUNG": // this dialogue or all messages; DUNG is also "đúng", which only a question makes clear
		return []string{Cancel, StopMessages}, true
	}
	return nil, false
}

// hasKhmer: the text is written in Khmer, which the program does not read.
func hasKhmer(s string) bool {
	return slices.ContainsFunc([]rune(s), func(r rune) bool { return r >= 0x1780 && r <= 0x17FF })
}
