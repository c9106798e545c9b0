package handlers

import (
	"context"
	"fmt"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// missingScript reports a payout that did not come. It first asks whether somebody at
// home collected it: that settles most of them.
func (d *desk) missingScript() dialogue.Script {
	unknown := func(a dialogue.Answers) bool {
		return a.Get("home") != "yes" && (a.Get("payout") == "" || a.Get("payout") == "other")
	}
	goesOn := func(a dialogue.Answers) bool { return a.Get("home") != "yes" }
	return dialogue.Script{
		ID: "missing", Version: 1, Title: "missing.title", Keep: true, Guarded: true,
		ReadBack: "missing.read_back", Send: "choice.send.",
		Questions: []dialogue.Question{
			{ID: "payout", Text: "missing.which", Label: "missing.label.payout", Options: d.payoutOptions},
			{ID: "home", Text: "missing.home", Help: "missing.home_help", Choices: []string{"choice.home.yes.", "choice.home.no."}},
			{ID: "what", Text: "missing.what", Label: "missing.label.what", Open: true, Check: checkWords, When: unknown},
			{ID: "name", Text: "grievance.ask.name", Label: "grievance.label.name", Help: "grievance.help.name", Open: true, Check: checkName, When: unknown},
			{ID: "hamlet", Text: "grievance.ask.hamlet", Label: "grievance.label.hamlet", Open: true, Check: checkWords, When: unknown},
			{ID: "more", Text: "missing.more", Label: "missing.label.more", Open: true, Long: true, Skip: true, Files: true, Check: checkStory, When: goesOn},
		},
		Settled: func(a dialogue.Answers) bool { return a.Get("home") == "yes" },
		Act:     d.fileMissing,
	}
}

// fileMissing files the report with what the list says already.
func (d *desk) fileMissing(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	a := t.Form.Answers
	if a.Get("home") == "yes" {
		return t.Say("missing.settled"), nil
	}
	g, err := d.draftGrievance(t, casework.KindReport)
	if err != nil {
		return dialogue.Reply{}, err
	}
	g.Topic, g.ForWhom = "payout_missing", "self"
	g.Name, g.Hamlet = a.Get("name"), a.Get("hamlet")
	g.Text = d.staffText("missing.report_unknown", "what", a.Get("what"), "more", a.Get("more"))
	p, found, err := d.payoutOf(ctx, t, a.Get("payout"))
	if err != nil {
		return dialogue.Reply{}, err
	}
	if found {
		g.PayoutID, g.PersonID, g.ApplicationID, g.UnitID = p.ID, p.PersonID, p.ApplicationID, p.UnitID
		g.Name = p.PersonName
		g.PaidDisputed = p.State == casework.PayoutPaid
		g.Text = d.staffText("missing.report", "programme", d.Rules.Programmes.FullName(p.Programme, "vi"), "period", p.Period,
			"worth", d.worth(p.Amount, p.Goods), "day", staffDay(p.PayDate), "more", a.Get("more"))
	} else {
		d.placeOf(&g, a.Get("hamlet"))
	}
	g.Text, g.Desk = strings.TrimSpace(g.Text), casework.DeskOf(g)
	answer := "missing.filed"
	if g.PaidDisputed {
		answer = "missing.filed_disputed"
	}
	return dialogue.Reply{
		Say:  t.Say(answer, "code", g.Code, "day", day(t, g.AnswerBy)).Say,
		Acts: d.fileActs(t, g, t.Form.ID, t.Form.Events),
	}, nil
}

// draftGrievance is a grievance with its code and the date of its answer, both read out at once.
func (d *desk) draftGrievance(t *dialogue.Talk, kind string) (casework.Grievance, error) {
	code, err := text.NewGrievanceCode(d.Random)
	if err != nil {
		return casework.Grievance{}, err
	}
	term, err := d.Rules.AnswerBy(kind, t.Now)
	if err != nil {
		return casework.Grievance{}, fmt.Errorf("date of the answer: %w", err)
	}
	return casework.Grievance{
		Code: code, KindSuggested: kind, Topic: "other", UnitID: d.unitOf(t.Conv).ID, Status: casework.GrievanceReceived,
		ConversationID: t.Conv.ID, Phone: t.Conv.Phone, FiledAt: t.Now, AnswerBy: term.Due,
	}, nil
}

// placeOf sets the unit of a grievance where its hamlet names one for certain.
func (d *desk) placeOf(g *casework.Grievance, hamlet string) {
	places := d.Units.Places()
	if places == nil {
		return
	}
	found := places.Find(hamlet)
	if len(found) != 1 || found[0].Former {
		return
	}
	u, err := d.Units.Unit(found[0].Place.ID)
	if err != nil {
		return
	}
	if u.Kind == "hamlet" {
		u.ID = u.ParentID
	}
	if u.ID != 0 && u.Kind != "province" {
		g.UnitID = u.ID
	}
}
