package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// consentVersion names the text "consent.ask"; with a new text it must be asked anew.
const consentVersion = "news-2026-11"

// consent asks for what is no task of the state: news of the commune. Status,
// payouts and grievances need none (Law 91/2025/QH15, art. 19).
func (d *desk) consent(context.Context, *dialogue.Talk, string) (dialogue.Reply, error) {
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "consent"}}, nil
}

func (d *desk) consentScript() dialogue.Script {
	return dialogue.Script{
		ID: "consent", Version: 1, Title: "consent.title",
		Questions: []dialogue.Question{
			{ID: "given", Text: "consent.ask", Choices: []string{"choice.agree.", "choice.disagree."}},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			given := t.Form.Answers.Get("given") == "agree"
			answer := "consent.refused"
			if given {
				answer = "consent.given"
			}
			r := t.Say(answer)
			r.Acts = append(r.Acts, casework.GiveConsent{
				Key: "consent:" + t.Form.ID, Origin: d.origin(t), Purpose: casework.ClassNews, TextVersion: consentVersion, Given: given,
			})
			return r, nil
		},
	}
}
