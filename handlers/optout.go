package handlers

import (
	"context"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// optOut answers TU CHOI and STOP: every notice stops at once, or those of one class ("TU CHOI TIEN").
// What somebody asks is still answered.
func (d *desk) optOut(_ context.Context, t *dialogue.Talk, class string) (dialogue.Reply, error) {
	return d.stop(t, or(class, casework.ClassAll)), nil
}

// classes are the notices that can be stopped, each with the key of its choice.
func classes() []string {
	return []string{"choice.class.all.", "choice.class.payout.", "choice.class.status.", "choice.class.grievance.", "choice.class.news."}
}

// className is the class that a choice stands for: the last part of its key.
func className(key string) string {
	parts := strings.Split(key, ".")
	return parts[len(parts)-2]
}

func (d *desk) stop(t *dialogue.Talk, class string) dialogue.Reply {
	answer := "optout.all"
	if class != casework.ClassAll {
		answer = "optout.one"
	}
	r := t.Say(answer, "class", t.Text("optout.class."+class))
	r.Acts = append(r.Acts, casework.OptOut{Key: key(t, "optout"), Origin: d.origin(t), Class: class})
	return r
}

// optIn answers MO and START.
func (d *desk) optIn(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("optout.back")
	r.Acts = append(r.Acts, casework.OptIn{Key: key(t, "optin"), Origin: d.origin(t), Class: casework.ClassAll})
	return r, nil
}

// carrierOptOut records what the carrier has answered itself.
func (d *desk) carrierOptOut(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := d.stop(t, casework.ClassAll)
	r.Say = nil
	return r, nil
}

func (d *desk) carrierOptIn(ctx context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r, err := d.optIn(ctx, t, "")
	r.Say = nil
	return r, err
}

// chooseClass asks which notices shall stop, where a person said it in words of their own.
func (d *desk) chooseClass(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	if t.Conv.Keyword == "" {
		return dialogue.Reply{Begin: &dialogue.Begin{Script: "optout"}}, nil
	}
	r := t.Say("optout.which")
	for _, key := range classes() { // words that do alone, whatever was said before them
		r.Offer = append(r.Offer, dialogue.Offer{
			Label: t.Text(key + "label"), Word: t.Text("choice.refuse.word") + " " + t.Text(key+"word"),
			Command: dialogue.Command{Name: "TU CHOI", Arg: className(key)},
		})
	}
	return r, nil
}

func (d *desk) classScript() dialogue.Script {
	return dialogue.Script{
		ID: "optout", Version: 1, Title: "optout.title",
		Questions: []dialogue.Question{
			{ID: "class", Text: "optout.which", Choices: classes()},
		},
		Act: func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			return d.stop(t, t.Form.Answers.Get("class")), nil
		},
	}
}

// lookUpOrRefuse answers TC, which is tra cứu (look up) or từ chối (refuse).
func (d *desk) lookUpOrRefuse(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("optout.tc")
	r.Offer = []dialogue.Offer{
		{Key: "choice.look_up.", Command: dialogue.Command{Name: "HS"}},
		{Key: "choice.refuse.", Command: dialogue.Command{Name: "TU CHOI"}},
	}
	return r, nil
}

// yesOrStop answers DUNG outside a question: đúng (yes) has nothing to agree to, dừng (stop) has.
func (d *desk) yesOrStop(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("optout.dung")
	r.Offer = []dialogue.Offer{{Key: "choice.refuse.", Command: dialogue.Command{Name: "TU CHOI"}}}
	return r, nil
}

// nothingToCancel answers HUY while nothing is open: hủy, or a man's name.
func (d *desk) nothingToCancel(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("optout.huy")
	r.Offer = []dialogue.Offer{{Key: "choice.refuse.", Command: dialogue.Command{Name: "TU CHOI"}}}
	return r, nil
}
