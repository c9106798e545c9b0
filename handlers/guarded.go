package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// guarded answers a text that may accuse a person. No story is taken here: a message is not a
// lawful denunciation, and who denounces is an official secret (Luật Tố cáo 25/2018). The text is
// sealed for the reception office a level above; the answer is neutral, since
// others may read the phone.
func (d *desk) guarded(t *dialogue.Talk) dialogue.Reply {
	r := t.Say("guarded.answer", d.aboveArgs(t)...)
	r.Quiet = true
	r.Acts = append(r.Acts, casework.SealText{Key: key(t, "seal"), Origin: d.origin(t), Text: t.Event.Incoming.Text})
	r.Begin = &dialogue.Begin{Script: "appointment", Answers: d.knownPhone(t)}
	return r
}

// guardedCommand answers somebody who wants to denounce and has told nothing yet.
func (d *desk) guardedCommand(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return d.guarded(t), nil
}

// aboveArgs names the reception office a level above the unit concerned.
func (d *desk) aboveArgs(t *dialogue.Talk) []any {
	above, ok := d.above(t)
	if !ok {
		return []any{"office", t.Text("guarded.office_above"), "office_phone", ""}
	}
	phone := ""
	if above.Phone != "" {
		phone = t.Text("guarded.office_phone", "number", above.Phone)
	}
	return []any{"office", or(above.Counter, t.Text("guarded.office_of", "name", above.Name)), "office_phone", phone}
}

func (d *desk) above(t *dialogue.Talk) (casework.Unit, bool) {
	u, err := d.Units.Unit(d.unitOf(t.Conv).ParentID)
	return u, err == nil
}

func (d *desk) knownPhone(t *dialogue.Talk) dialogue.Answers {
	if t.Conv.Phone == "" {
		return nil
	}
	return dialogue.Given("known_phone", "1")
}

// appointment is the word HEN.
func (d *desk) appointment(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	a := d.knownPhone(t)
	if a == nil {
		a = dialogue.Answers{}
	}
	a["wish"] = dialogue.Answer{Value: "meet"}
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "appointment", Answers: a}}, nil
}

// appointmentScript arranges a meeting at the office above. It asks for no story.
func (d *desk) appointmentScript() dialogue.Script {
	return dialogue.Script{
		ID: "appointment", Version: 1, Title: "guarded.title", Always: true,
		Questions: []dialogue.Question{
			{ID: "wish", Text: "guarded.ask", Choices: []string{"choice.meet.", "choice.no."}},
			{ID: "phone", Text: "guarded.ask_phone", Contact: true, Check: checkPhone,
				When: func(a dialogue.Answers) bool { return a.Get("wish") == "meet" && a.Get("known_phone") == "" }},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			if t.Form.Answers.Get("wish") != "meet" {
				return t.Say("guarded.no_wish", d.aboveArgs(t)...), nil
			}
			phone := or(t.Form.Answers.Get("phone"), t.Conv.Phone)
			above, _ := d.above(t)
			r := t.Say("guarded.arranged")
			r.Acts = append(r.Acts, casework.OpenTask{
				Key: "appointment:" + t.Form.ID, Origin: d.originIn(t, above.ID), Kind: casework.TaskAppointment,
				Detail: d.staffText("task.appointment", "number", text.ShowPhone(phone)),
				Due:    d.Rules.Calendar.AddWorkingDays(casework.DayOf(t.Now), 2).Due,
			})
			return r, nil
		},
	}
}
