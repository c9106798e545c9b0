package handlers

import (
	"context"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
)

func (d *desk) english(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return d.speak(t, "en"), nil
}

func (d *desk) vietnamese(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return d.speak(t, "vi"), nil
}

func (d *desk) speak(t *dialogue.Talk, code string) dialogue.Reply {
	t.Speak(code)
	r := t.Say("settings.language")
	r.Set = bot.Settings{Lang: &code}
	return r
}

// languages answers somebody who needs a language that is not here.
func (d *desk) languages(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("settings.languages"), nil
}

// accents writes SMS with accents from now on, plain without them.
func (d *desk) accents(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return d.setAccents(t, true), nil
}

func (d *desk) plain(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return d.setAccents(t, false), nil
}

func (d *desk) setAccents(t *dialogue.Talk, on bool) dialogue.Reply {
	answer := "settings.plain"
	if on {
		answer = "settings.accents"
	}
	r := t.Say(answer)
	r.Set = bot.Settings{Accents: &on}
	return r
}

// settings offers what a person may change.
func (d *desk) settings(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("settings.ask")
	if t.Lang.Code() == "vi" {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.english.", Command: dialogue.Command{Name: "EN"}})
	} else {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.vietnamese.", Command: dialogue.Command{Name: "VI"}})
	}
	if t.SMS() && t.Conv.Accents {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.plain.", Command: dialogue.Command{Name: "settings/plain"}})
	} else if t.SMS() {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.accents.", Command: dialogue.Command{Name: "settings/accents"}})
	}
	r.Offer = append(r.Offer,
		dialogue.Offer{Key: "choice.stop_notices.", Command: dialogue.Command{Name: "optout/choose"}},
		dialogue.Offer{Key: "choice.news.", Command: dialogue.Command{Name: "consent"}},
		dialogue.Offer{Key: "choice.new_phone.", Command: dialogue.Command{Name: "rights/phone"}},
		dialogue.Offer{Key: "choice.my_data.", Command: dialogue.Command{Name: "rights"}})
	if !t.SMS() {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.link.", Command: dialogue.Command{Name: "LK"}})
	}
	return r, nil
}
