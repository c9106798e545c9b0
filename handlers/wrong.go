package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// wrongNumber answers SAI SO: this phone stops at once, and nothing is said of whom it was for.
func (d *desk) wrongNumber(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("wrong.stopped")
	r.Close = true
	r.Acts = append(r.Acts,
		casework.WrongNumber{Key: key(t, "wrong"), Origin: d.origin(t)},
		casework.OpenTask{Key: key(t, "wrong_task"), Origin: d.origin(t), Kind: casework.TaskWrongNumber, Detail: d.staffText("task.wrong_number")})
	return r, nil
}

// wrong begins the question whether they are not the one meant.
func (d *desk) wrong(context.Context, *dialogue.Talk, string) (dialogue.Reply, error) {
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "wrong"}}, nil
}

// wrongScript asks first, where somebody said in words of their own that they are not the one meant.
func (d *desk) wrongScript() dialogue.Script {
	return dialogue.Script{
		ID: "wrong", Version: 1, Title: "wrong.title",
		Questions: []dialogue.Question{
			{ID: "sure", Text: "wrong.ask", Choices: []string{"choice.yes.", "choice.no."}},
		},
		Act: func(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			if t.Form.Answers.Get("sure") != "yes" {
				return t.Say("wrong.stays"), nil
			}
			return d.wrongNumber(ctx, t, "")
		},
	}
}
