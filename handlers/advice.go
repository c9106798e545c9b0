package handlers

import (
	"context"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// papers answers what is needed for a programme, where the rules know it.
func (d *desk) papers(_ context.Context, t *dialogue.Talk, words string) (dialogue.Reply, error) {
	for _, p := range d.Rules.Programmes.Named(words) {
		if dossier := p.Dossier.In(t.Lang.Code()); dossier != "" {
			return t.Say("help.papers", "programme", p.Name.In(t.Lang.Code()), "papers", dossier), nil
		}
	}
	if anyWord(" "+text.Fold(words)+" ", []string{"mai tang", "ma chay", "tu tuat", "chon cat", "dam ma"}) {
		return t.Say("help.funeral", "papers", d.Rules.Programmes.FuneralPapers("", t.Lang.Code())), nil
	}
	return t.Say("help.where"), nil
}

func (d *desk) where(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.where"), nil
}

// askOffice: amounts and conditions change several times a year and depend on the person, so a person answers.
func (d *desk) askOffice(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.ask_office"), nil
}

// proxy answers who may collect for somebody.
func (d *desk) proxy(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.proxy"), nil
}

// amount shows somebody who is known their own payouts, coming or else past, with the amounts that may be told.
func (d *desk) amount(ctx context.Context, t *dialogue.Talk, words string) (dialogue.Reply, error) {
	people, err := d.proven(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if len(people) == 0 || d.route(t) == casework.RoutePublic {
		return d.askOffice(ctx, t, words)
	}
	own, err := d.ownPayouts(ctx, t, t.Now.Add(-pastPayoutAge))
	switch {
	case err != nil:
		return dialogue.Reply{}, err
	case len(d.coming(t, own)) > 0:
		return d.payouts(ctx, t, "")
	case len(d.past(t, own)) > 0:
		return d.pastPayouts(ctx, t, "")
	}
	return d.askOffice(ctx, t, words)
}
