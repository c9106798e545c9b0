package intent

import (
	_ "embed"
	"strings"

	"tiepdan/bot/text"
)

//go:embed rules/accuse.lex
var accuseFile string

//go:embed rules/short.lex
var shortFile string

// accusations is read only.
var accusations = mustLexicon(accuseFile)

// enough is the score from which a text is taken to accuse.
const enough = 4

// Verdict says whether a text may accuse a person of a violation.
type Verdict struct {
	Suspect bool
	// Why names the rules that were met, "" if none. It holds nothing of the text and may be logged.
	Why string
}

// Accuses says whether a text perhaps accuses a person of a violation: of
// taking bribes or people's money, forging lists, favouring relatives,
// threatening. Such a text is a denunciation (tố cáo, Luật Tố cáo 25/2018)
// or may become one; its author's identity is secret from the first moment,
// so doubt counts as yes. A plain report of bad service does not.
func Accuses(s string) Verdict {
	f := accusations.find(read(text.Clean(s)))
	score := 0.0
	var why []string
	for _, r := range accusations.rules {
		if f.holds(r) {
			score += r.score
			why = append(why, r.text)
		}
	}
	return Verdict{Suspect: score >= enough, Why: strings.Join(why, "; ")}
}
