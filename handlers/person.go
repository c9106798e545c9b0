package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// person answers GAP CB: a telephone number, and a call back.
func (d *desk) person(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	if t.Conv.Keyword != "" { // one message must do
		return d.callBack(t, "any", t.Conv.Phone, key(t, "callback")), nil
	}
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "person", Answers: d.knownPhone(t)}}, nil
}

func (d *desk) personScript() dialogue.Script {
	return dialogue.Script{
		ID: "person", Version: 1, Title: "person.title",
		Questions: []dialogue.Question{
			{ID: "hour", Text: "person.ask", Choices: []string{"choice.hour.morning.", "choice.hour.afternoon.", "choice.hour.any.", "choice.hour.none."}},
			{ID: "phone", Text: "person.ask_phone", Contact: true, Check: checkPhone,
				When: func(a dialogue.Answers) bool { return a.Get("hour") != "none" && a.Get("known_phone") == "" }},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			a := t.Form.Answers
			if a.Get("hour") == "none" {
				return t.Say("person.no_call"), nil
			}
			return d.callBack(t, a.Get("hour"), or(a.Get("phone"), t.Conv.Phone), "callback:"+t.Form.ID), nil
		},
	}
}

// callBack opens the task to call somebody back by the end of the next working day.
func (d *desk) callBack(t *dialogue.Talk, hour, phone, actKey string) dialogue.Reply {
	due := d.Rules.Calendar.AddWorkingDays(casework.DayOf(t.Now), 1).Due
	r := t.Say("person.will_call", "day", day(t, due), "hour", t.Text("person.hour."+hour))
	r.Acts = append(r.Acts, casework.OpenTask{
		Key: actKey, Origin: d.origin(t), Kind: casework.TaskCallback,
		Detail: d.staffText("task.callback", "number", text.ShowPhone(phone), "hour", d.staffText("person.hour."+hour)), Due: due,
	})
	return r
}
