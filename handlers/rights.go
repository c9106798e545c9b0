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
func (d *desk) rights(_ context.Context, t *dialogue.Talk, what string) (dialogue.Reply, error) {
	switch {
	case t.Conv.Keyword != "" && what != "": // one message must do
		return d.requestData(t, what, key(t, "rights"))
	case t.Conv.Keyword != "":
		r := t.Say("rights.ask")
		for _, wish := range []string{"view", "correct", "erase"} {
			r.Offer = append(r.Offer, dialogue.Offer{
				Label: t.Text("choice.data." + wish + ".label"), Word: t.Text("rights.word." + wish), Command: dialogue.Command{Name: "rights", Arg: wish},
			})
		}
		return r, nil
	}
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

func (d *desk) fileRights(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	if t.Form.Answers.Get("sure") == "no" {
		return t.Say("rights.kept"), nil
	}
	return d.requestData(t, t.Form.Answers.Get("what"), "rights:"+t.Form.ID)
}

// requestData opens the tracked request, with the dates that the law sets.
func (d *desk) requestData(t *dialogue.Talk, what, actKey string) (dialogue.Reply, error) {
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
		Key: actKey, Origin: d.origin(t), Kind: casework.TaskDataRequest,
		Detail: d.staffText("task.data."+what, "ack", ack.Due, "article", due.Article), Due: due.Due,
	})
	return r, nil
}

// newPhone begins the change of a telephone number.
func (d *desk) newPhone(_ context.Context, t *dialogue.Talk, number string) (dialogue.Reply, error) {
	switch {
	case t.Conv.Keyword != "" && number == "":
		return t.Say("rights.phone_one_message"), nil
	case t.Conv.Keyword != "": // one message must do
		return d.notePhone(t, number, key(t, "newphone")), nil
	}
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
			{ID: "phone", Text: "rights.ask_phone", Label: "grievance.label.phone", Contact: true, Check: checkPhone},
			{ID: "sure", Ask: func(_ context.Context, t *dialogue.Talk) (string, error) {
				return t.Text("rights.phone_sure", "number", text.ShowPhone(t.Form.Answers.Get("phone"))), nil
			}, Choices: []string{"choice.yes.", "choice.no."}},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			if t.Form.Answers.Get("sure") != "yes" {
				return t.Say("rights.phone_kept"), nil
			}
			return d.notePhone(t, t.Form.Answers.Get("phone"), "newphone:"+t.Form.ID), nil
		},
	}
}

func (d *desk) notePhone(t *dialogue.Talk, number, actKey string) dialogue.Reply {
	r := t.Say("rights.phone_noted", "number", text.MaskPhone(number))
	r.Acts = append(r.Acts, casework.OpenTask{
		Key: actKey, Origin: d.origin(t), Kind: casework.TaskNewPhone,
		Detail: d.staffText("task.new_phone", "number", text.ShowPhone(number)),
		Due:    d.Rules.Calendar.AddWorkingDays(casework.DayOf(t.Now), 2).Due,
	})
	if t.Conv.Phone != "" && t.Conv.Phone != number { // the old number stands for nobody here any more
		r.Acts = append(r.Acts, casework.Unlink{Key: "unlink:" + actKey, Origin: d.origin(t)})
	}
	return r
}
