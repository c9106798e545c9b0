package handlers

import (
	"context"
	"fmt"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// rights begins a request about one's own data (Law 91/2025/QH15). what is "view", "correct", "erase"
// or empty.
func (d *desk) rights(_ context.Context, _ *dialogue.Talk, what string) (dialogue.Reply, error) {
	b := &dialogue.Begin{Script: "rights"}
	if what != "" {
		b.Answers = dialogue.Given("what", what)
	}
	return dialogue.Reply{Begin: b}, nil
}

func (d *desk) rightsScript() dialogue.Script {
	return dialogue.Script{
		ID: "rights", Version: 1, Title: "rights.title",
		Questions: []dialogue.Question{
			{ID: "what", Text: "rights.ask", Choices: []string{"choice.data.view.", "choice.data.correct.", "choice.data.erase."}},
			{ID: "sure", Text: "rights.sure", Choices: []string{"choice.yes.", "choice.no."},
				When: func(a dialogue.Answers) bool { return a.Get("what") == "erase" }},
		},
		Act: d.fileRights,
	}
}

// fileRights opens the tracked request, with the dates that the law sets.
func (d *desk) fileRights(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	what := t.Form.Answers.Get("what")
	if t.Form.Answers.Get("sure") == "no" {
		return t.Say("rights.kept"), nil
	}
	step := casework.StepDataErase
	switch what {
	case "view":
		step = casework.StepDataView
	case "correct":
		step = casework.StepDataCorrect
	}
	ack, err := d.Rules.Due(casework.StepDataAcknowledge, t.Now)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("date of the acknowledgement: %w", err)
	}
	due, err := d.Rules.Due(step, t.Now)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("date of the answer: %w", err)
	}
	r := t.Say("rights.answer."+what, "ack", day(t, ack.Due), "day", day(t, due.Due))
	r.Acts = append(r.Acts, casework.OpenTask{
		Key: "rights:" + t.Form.ID, Origin: d.origin(t), Kind: casework.TaskDataRequest,
		Detail: d.staffText("task.data."+what, "ack", ack.Due, "article", due.Article), Due: due.Due,
	})
	return r, nil
}

// newPhone begins the change of a telephone number.
func (d *desk) newPhone(_ context.Context, _ *dialogue.Talk, number string) (dialogue.Reply, error) {
	b := &dialogue.Begin{Script: "newphone"}
	if number != "" {
		b.Answers = dialogue.Answers{"phone": {Value: number, Shown: text.ShowPhone(number)}}
	}
	return dialogue.Reply{Begin: b}, nil
}

// phoneScript: the office checks the new number with the person; until then it proves nobody.
func (d *desk) phoneScript() dialogue.Script {
	return dialogue.Script{
		ID: "newphone", Version: 1, Title: "rights.phone_title",
		Questions: []dialogue.Question{
			{ID: "phone", Text: "rights.ask_phone", Label: "grievance.label.phone", Check: checkPhone},
			{ID: "sure", Ask: func(_ context.Context, t *dialogue.Talk) (string, error) {
				return t.Text("rights.phone_sure", "number", text.ShowPhone(t.Form.Answers.Get("phone"))), nil
			}, Choices: []string{"choice.yes.", "choice.no."}},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			if t.Form.Answers.Get("sure") != "yes" {
				return t.Say("rights.phone_kept"), nil
			}
			number := t.Form.Answers.Get("phone")
			r := t.Say("rights.phone_noted", "number", text.MaskPhone(number))
			r.Acts = append(r.Acts, casework.OpenTask{
				Key: "newphone:" + t.Form.ID, Origin: d.origin(t), Kind: casework.TaskNewPhone,
				Detail: d.staffText("task.new_phone", "number", text.ShowPhone(number)),
				Due:    d.Rules.Calendar.AddWorkingDays(casework.DayOf(t.Now), 2).Due,
			})
			if t.Conv.Phone != "" && t.Conv.Phone != number { // the old number stands for nobody here any more
				r.Acts = append(r.Acts, casework.Unlink{Key: "unlink:" + t.Form.ID, Origin: d.origin(t)})
			}
			return r, nil
		},
	}
}
