package handlers

import (
	"context"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/intent"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// Alarm listens to a text before it is read as anything else.
func (d *desk) Alarm(words string) dialogue.Alarm {
	switch {
	case d.danger(words):
		return dialogue.Danger
	case intent.Accuses(namesNoCode(words)).Suspect:
		return dialogue.Accusation
	}
	return dialogue.Calm
}

// namesNoCode leaves out the word "mã" before a dossier's code: without accents "ho so ma" also reads as a
// file of somebody who does not exist.
func namesNoCode(words string) string {
	fields := strings.Fields(words)
	kept := make([]string, 0, len(fields))
	for i, f := range fields {
		if text.Fold(f) == "ma" && i+1 < len(fields) && len(text.FindCodes("HS "+fields[i+1])) > 0 {
			continue
		}
		kept = append(kept, f)
	}
	if len(kept) == len(fields) {
		return words
	}
	return strings.Join(kept, " ")
}

// Raise answers an alarm.
func (d *desk) Raise(_ context.Context, t *dialogue.Talk, a dialogue.Alarm) (dialogue.Reply, error) {
	if a == dialogue.Accusation {
		return d.guarded(t), nil
	}
	// Somebody may be in danger: the numbers first, a person of the office at once, and no question
	// of a form behind it.
	if intent.Accuses(t.Event.Incoming.Text).Suspect {
		return d.guardedDanger(t), nil
	}
	r := t.Say("safety.answer")
	r.Hold = true
	r.Acts = append(r.Acts, d.safetyTask(t, d.origin(t), t.Event.Incoming.Text))
	return r, nil
}

// guardedDanger answers a text that accuses somebody and calls for help: the story stays sealed,
// and the call for help goes past the unit that may be accused.
func (d *desk) guardedDanger(t *dialogue.Talk) dialogue.Reply {
	r := d.guarded(t)
	r.Begin, r.Hold = nil, true
	r.Say = append(t.Say("safety.answer").Say, r.Say...)
	above, _ := d.above(t)
	r.Acts = append(r.Acts, d.safetyTask(t, d.originIn(t, above.ID), d.staffText("task.safety_sealed")))
	return r
}

func (d *desk) safetyTask(t *dialogue.Talk, o casework.Origin, detail string) casework.OpenTask {
	return casework.OpenTask{Key: key(t, "safety"), Origin: o, Kind: casework.TaskSafety, Detail: detail, Due: casework.DayOf(t.Now)}
}
