package handlers

import (
	"context"
	"fmt"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// noMatter is the argument with which a payout is reported that is not due yet.
const noMatter = "~"

// missing begins the report of a payout that did not come. arg is the number of a payout, what was said
// already, or noMatter.
func (d *desk) missing(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error) {
	due, err := d.due(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if t.Conv.Keyword != "" {
		return d.missingAtOnce(ctx, t, due, arg)
	}
	b := &dialogue.Begin{Script: "missing", Answers: dialogue.Answers{}}
	if story(arg) != "" {
		b.Answers["more"] = dialogue.Answer{Value: arg}
	}
	if len(due) == 0 && arg != noMatter {
		own, err := d.ownPayouts(ctx, t, t.Now)
		if err != nil {
			return dialogue.Reply{}, err
		}
		if len(d.coming(t, own)) > 0 {
			return d.notDueYet(ctx, t)
		}
	}
	return dialogue.Reply{Begin: b}, nil
}

// notDueYet tells when the money comes before anything is reported.
func (d *desk) notDueYet(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	r, err := d.payouts(ctx, t, "")
	if err != nil {
		return dialogue.Reply{}, err
	}
	r.Say[0].Text = t.Text("missing.not_due") + "\n" + r.Say[0].Text
	r.Offer = []dialogue.Offer{{Key: "choice.missing.", Command: dialogue.Command{Name: "payout/missing", Arg: noMatter}}}
	return r, nil
}

// missingAtOnce does with one message, where every message costs: a payout's number or a sentence files the
// report; without them the answer says what to send, and to ask at home first.
func (d *desk) missingAtOnce(ctx context.Context, t *dialogue.Talk, due []casework.Payout, arg string) (dialogue.Reply, error) {
	if p, found, err := d.payoutOf(ctx, t, arg); err != nil {
		return dialogue.Reply{}, err
	} else if found {
		return d.reportMissing(t, p, "", "", nil)
	}
	if len(text.Words(arg)) >= 4 && len(due) == 0 {
		g, err := d.draftGrievance(t, casework.KindReport)
		if err != nil {
			return dialogue.Reply{}, err
		}
		g.Topic = "payout_missing"
		return d.fileIncomplete(t, g, d.staffText("missing.report_unknown", "what", arg, "more", "")), nil
	}
	if len(due) == 0 {
		return t.Say("missing.one_message_unknown"), nil
	}
	r := t.Say("missing.one_message")
	for _, p := range due {
		id := fmt.Sprint(p.ID)
		r.Offer = append(r.Offer, dialogue.Offer{
			Label:   d.shortLine(t, casework.ViewPayout(p, casework.ByPhone, d.route(t))),
			Word:    t.Text("choice.missing.word") + " " + id,
			Command: dialogue.Command{Name: "payout/missing", Arg: id},
		})
	}
	return r, nil
}

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
			{ID: "home", Ask: d.askHome, Help: "missing.home_help", Choices: []string{"choice.home.yes.", "choice.home.no."},
				When: func(a dialogue.Answers) bool { return !intoAccount(a.Get("payout")) }},
			{ID: "what", Text: "missing.what", Label: "missing.label.what", Open: true, Check: checkWords, When: unknown},
			{ID: "name", Text: "missing.name", Label: "grievance.label.name", Help: "grievance.help.name", Open: true, Check: checkName, When: unknown},
			{ID: "hamlet", Text: "missing.hamlet", Label: "grievance.label.hamlet", Open: true, Check: checkWords, When: unknown},
			{ID: "more", Ask: d.askMore, Label: "missing.label.more", Open: true, Long: true, Skip: true, Files: true, Check: checkStory, When: goesOn},
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
	p, found, err := d.payoutOf(ctx, t, a.Get("payout"))
	if err != nil {
		return dialogue.Reply{}, err
	}
	if found {
		return d.reportMissing(t, p, a.Get("more"), t.Form.ID, t.Form.Events)
	}
	g, err := d.draftGrievance(t, casework.KindReport)
	if err != nil {
		return dialogue.Reply{}, err
	}
	g.Topic, g.ForWhom = "payout_missing", "self"
	g.Name, g.Hamlet = a.Get("name"), a.Get("hamlet")
	g.Text = strings.TrimSpace(d.staffText("missing.report_unknown", "what", a.Get("what"), "more", a.Get("more")))
	d.placeOf(&g, a.Get("hamlet"))
	g.Desk = casework.DeskOf(g)
	return dialogue.Reply{
		Say:  t.Say("missing.filed", "code", g.Code, "day", day(t, g.AnswerBy)).Say,
		Acts: d.fileActs(t, g, t.Form.ID, t.Form.Events),
	}, nil
}

// askHome asks first at home, after what the list says of the payout that was chosen.
func (d *desk) askHome(ctx context.Context, t *dialogue.Talk) (string, error) {
	known, err := d.knownOf(ctx, t)
	return strings.TrimSpace(known + " " + t.Text("missing.home")), err
}

// askMore says what the list says where nothing was asked at home: an account is paid, and nobody collects.
func (d *desk) askMore(ctx context.Context, t *dialogue.Talk) (string, error) {
	if !intoAccount(t.Form.Answers.Get("payout")) {
		return t.Text("missing.more"), nil
	}
	known, err := d.knownOf(ctx, t)
	return strings.TrimSpace(known + " " + t.Text("missing.more")), err
}

// knownOf is what the list says of the payout that was chosen, where that alone may help.
func (d *desk) knownOf(ctx context.Context, t *dialogue.Talk) (string, error) {
	p, found, err := d.payoutOf(ctx, t, t.Form.Answers.Get("payout"))
	switch {
	case err != nil || !found:
		return "", err
	case p.State == casework.PayoutUncollected:
		return t.Text("missing.uncollected"), nil
	case p.State == casework.PayoutBounced:
		return t.Text("missing.bounced"), nil
	}
	return "", nil
}

// accountMark stands before the number of a payout that goes into an account, in the answer to which one is
// missing.
const accountMark = "k"

func intoAccount(payout string) bool { return strings.HasPrefix(payout, accountMark) }

// reportMissing files what the list says already of one of the asker's own payouts.
func (d *desk) reportMissing(t *dialogue.Talk, p casework.Payout, more, form string, events []int64) (dialogue.Reply, error) {
	g, err := d.draftGrievance(t, casework.KindReport)
	if err != nil {
		return dialogue.Reply{}, err
	}
	g.Topic, g.ForWhom, g.Name = "payout_missing", "self", p.PersonName
	g.PayoutID, g.PersonID, g.ApplicationID, g.UnitID = p.ID, p.PersonID, p.ApplicationID, p.UnitID
	g.PaidDisputed = p.State == casework.PayoutPaid
	g.Text = strings.TrimSpace(d.staffText("missing.report", "programme", d.Rules.Programmes.FullName(p.Programme, "vi"), "period", p.Period,
		"worth", d.worth(p.Amount, p.Goods), "day", staffDay(p.PayDate), "more", more))
	g.Desk = casework.DeskOf(g)
	answer := "missing.filed"
	if g.PaidDisputed {
		answer = "missing.filed_disputed"
	}
	return dialogue.Reply{
		Say:  t.Say(answer, "code", g.Code, "day", day(t, g.AnswerBy)).Say,
		Acts: d.fileActs(t, g, form, events),
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
