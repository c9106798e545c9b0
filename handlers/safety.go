package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/intent"
	"tiepdan/casework"
)

// Alarm listens to a text before it is read as anything else.
func (d *desk) Alarm(words string) dialogue.Alarm {
	switch {
	case d.danger(words):
		return dialogue.Danger
	case intent.Accuses(words).Suspect:
		return dialogue.Accusation
	}
	return dialogue.Calm
}

// Raise answers an alarm.
func (d *desk) Raise(_ context.Context, t *dialogue.Talk, a dialogue.Alarm) (dialogue.Reply, error) {
	if a == dialogue.Accusation {
		return d.guarded(t), nil
	}
	// Somebody may be in danger: the numbers first, a person of the office at once, and no question
	// of a form behind it.
	r := t.Say("safety.answer")
	r.Hold = true
	detail := t.Event.Incoming.Text
	if intent.Accuses(detail).Suspect { // both at once: the story stays sealed, the call for help does not
		r.Quiet = true
		r.Acts = append(r.Acts, casework.SealText{Key: key(t, "seal"), Origin: d.origin(t), Text: detail})
		detail = d.staffText("task.safety_sealed")
	}
	r.Acts = append(r.Acts, casework.OpenTask{
		Key: key(t, "safety"), Origin: d.origin(t), Kind: casework.TaskSafety, Detail: detail, Due: casework.DayOf(t.Now),
	})
	return r, nil
}
