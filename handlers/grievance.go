package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// grievanceScript is the one intake for khiếu nại, kiến nghị and phản ánh. The kind is
// suggested from the words; an officer decides it.
func (d *desk) grievanceScript() dialogue.Script {
	return dialogue.Script{
		ID: "grievance", Version: 1, Title: "grievance.title", Word: "PA", Keep: true, Guarded: true,
		ReadBack: "grievance.read_back", Send: "choice.send.",
		Questions: []dialogue.Question{
			{ID: "for", Ask: askFor, Label: "grievance.label.for",
				Choices: []string{"choice.for.self.", "choice.for.family.", "choice.for.other."}},
			{ID: "name", Text: "grievance.ask.name", Label: "grievance.label.name", Help: "grievance.help.name", Open: true, Check: checkName},
			{ID: "hamlet", Text: "grievance.ask.hamlet", Label: "grievance.label.hamlet", Open: true, Check: checkWords},
			{ID: "what", Ask: askWhat, Label: "grievance.label.what", Help: "grievance.help.what",
				Open: true, Long: true, Files: true, Check: checkStory},
			{ID: "about", Text: "grievance.ask.about", Label: "grievance.label.about", Options: d.aboutOptions},
			{ID: "files", Text: "grievance.ask.files", Label: "grievance.label.files", Files: true, Options: d.fileOptions},
			{ID: "contact", Text: "grievance.ask.contact", Label: "grievance.label.contact",
				Choices: []string{"choice.contact.here.", "choice.contact.call.", "choice.contact.none."}},
			{ID: "phone", Text: "grievance.ask.phone", Label: "grievance.label.phone", Contact: true, Check: checkPhone,
				When: func(a dialogue.Answers) bool { return a.Get("contact") == "call" && a.Get("known_phone") == "" }},
		},
		Act: d.fileGrievance,
	}
}

// askFor is the first question. It says how to do with one message, and that what was told is kept.
func askFor(_ context.Context, t *dialogue.Talk) (string, error) {
	question := t.Text("grievance.ask.for")
	switch a := t.Form.Answers; {
	case a.Has("for"):
		return question, nil
	case a.Has("what"):
		return t.Text("grievance.begin_told") + " " + question, nil
	}
	return t.Text("grievance.begin") + " " + question, nil
}

// askWhat asks for the name of the person concerned, where that is not the one who writes.
func askWhat(_ context.Context, t *dialogue.Talk) (string, error) {
	if t.Form.Answers.Get("for") == "self" {
		return t.Text("grievance.ask.what"), nil
	}
	return t.Text("grievance.ask.what_other"), nil
}

// aboutOptions are the asker's own cases and payouts.
func (d *desk) aboutOptions(ctx context.Context, t *dialogue.Talk) ([]dialogue.Choice, error) {
	people, err := d.proven(ctx, t)
	if err != nil || len(people) == 0 || d.route(t) == casework.RoutePublic {
		return nil, err
	}
	apps, err := d.Applications.ApplicationsOf(ctx, ids(people), 3)
	if err != nil {
		return nil, fmt.Errorf("listing cases: %w", err)
	}
	due, err := d.due(ctx, t)
	if err != nil {
		return nil, err
	}
	var choices []dialogue.Choice
	for _, a := range apps {
		choices = append(choices, dialogue.Choice{Value: fmt.Sprintf("a%d", a.ID), Label: t.Text("grievance.about_case", "code", a.Code),
			Word: fmt.Sprintf("HS %d", len(choices)+1)})
	}
	for i, p := range due[:min(len(due), 2)] {
		v := casework.ViewPayout(p, casework.ByPhone, d.route(t))
		choices = append(choices, dialogue.Choice{Value: fmt.Sprintf("p%d", p.ID), Label: d.shortLine(t, v), Word: fmt.Sprintf("KY %d", i+1)})
	}
	if len(choices) == 0 {
		return nil, nil
	}
	return append(choices, t.Choice("none", "choice.about_none.")), nil
}

// fileOptions: pictures can be sent everywhere but by SMS.
func (d *desk) fileOptions(_ context.Context, t *dialogue.Talk) ([]dialogue.Choice, error) {
	if t.SMS() {
		return nil, nil
	}
	return []dialogue.Choice{t.Choice("done", "choice.done.")}, nil
}

// grievance answers PA: progress of a code, filing in one message, or the list of one's own.
func (d *desk) grievance(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error) {
	whole := "PA " + arg
	if code, ok := text.FindGrievanceCode(whole); ok {
		return d.progress(ctx, t, code, afterCode(arg))
	} else if code != "" && strings.HasPrefix(text.CodeKey(arg), text.CodeKey(code)[2:]) {
		return t.Say("grievance.mistyped", "code", code), nil
	}
	words := text.Words(arg)
	switch {
	case len(words) == 0, len(words) < 3 && t.Conv.Keyword != "":
		return d.ownGrievances(ctx, t)
	case len(words) < 3:
		return d.newGrievance(ctx, t, "")
	}
	return d.fileAtOnce(t, arg)
}

// afterCode is what a message says behind a grievance code: "PA-4821-7036-2 còn thêm…".
func afterCode(arg string) string {
	digits := 0
	for i, r := range arg {
		if r >= '0' && r <= '9' || digits > 0 && digits < 9 && (r == 'o' || r == 'O') {
			if digits++; digits == 9 {
				return strings.TrimLeft(arg[i+1:], " .,;:-\n")
			}
		}
	}
	return ""
}

// ownGrievances lists one's own, and begins a new one where a form can be filled.
func (d *desk) ownGrievances(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	own, err := d.Grievances.GrievancesOf(ctx, t.Conv.ID, t.Conv.Phone, 3)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("listing grievances: %w", err)
	}
	drafts, err := d.openDrafts(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	var r dialogue.Reply
	for _, g := range own {
		r.Offer = append(r.Offer, dialogue.Offer{
			Label: d.listItem(t, g),
			Word:  "PA " + strings.TrimPrefix(g.Code, "PA-"), Command: dialogue.Command{Name: "PA", Arg: g.Code},
		})
	}
	if len(drafts) > 0 {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.resume.", Command: dialogue.Command{Name: dialogue.CommandResume}})
	}
	if t.Conv.Keyword != "" { // every message costs there: one must do
		r.Say = t.Say("grievance.one_message").Say
		return r, nil
	}
	if len(r.Offer) == 0 {
		return d.newGrievance(ctx, t, "")
	}
	r.Say = t.Say("grievance.list").Say
	r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.new_grievance.", Command: dialogue.Command{Name: "grievance/new"}})
	return r, nil
}

// myGrievances answers somebody who asks what became of what they sent: nothing new is begun where
// there is none.
func (d *desk) myGrievances(ctx context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	own, err := d.Grievances.GrievancesOf(ctx, t.Conv.ID, t.Conv.Phone, 1)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("listing grievances: %w", err)
	}
	if len(own) == 0 {
		return t.Say("grievance.none"), nil
	}
	return d.ownGrievances(ctx, t)
}

// listItem names a grievance in a list. Where the words to send stand before it, they hold its code.
func (d *desk) listItem(t *dialogue.Talk, g casework.Grievance) string {
	status := t.Text("grievance.status." + g.Status)
	if t.Conv.Keyword != "" {
		return status
	}
	return t.Text("grievance.list_item", "code", g.Code, "status", status)
}

// newGrievance begins the form; what is known of the story so far is its answer already.
func (d *desk) newGrievance(_ context.Context, t *dialogue.Talk, story string) (dialogue.Reply, error) {
	given := dialogue.Answers{}
	if story != "" {
		given = dialogue.Given("what", story)
	}
	if t.Conv.Phone != "" {
		given["known_phone"] = dialogue.Answer{Value: "1"}
	}
	r := dialogue.Reply{Begin: &dialogue.Begin{Script: "grievance", Answers: given}}
	if t.Event.Incoming.Kind == bot.KindFiles {
		r.Begin.Events = []int64{t.Event.ID}
	}
	return r, nil
}

// newComplaint begins the form for somebody who wants to complain in law: first how that is done.
func (d *desk) newComplaint(ctx context.Context, t *dialogue.Talk, story string) (dialogue.Reply, error) {
	r, err := d.newGrievance(ctx, t, story)
	if err != nil {
		return r, err
	}
	r.Begin.Answers["wish"] = dialogue.Answer{Value: casework.KindComplaint}
	r.Say = t.Say("grievance.complaint_first").Say
	return r, nil
}

// fileAtOnce files what came in one message; what is missing is asked by a call.
func (d *desk) fileAtOnce(t *dialogue.Talk, story string) (dialogue.Reply, error) {
	kind := d.kindOf(story)
	g, err := d.draftGrievance(t, kind)
	if err != nil {
		return dialogue.Reply{}, err
	}
	r := d.fileIncomplete(t, g, story)
	if kind == casework.KindComplaint {
		r.Say = append(r.Say, t.Say("grievance.complaint").Say...)
	}
	return r, nil
}

// fileIncomplete files one message, and lets the office call for what is missing.
func (d *desk) fileIncomplete(t *dialogue.Talk, g casework.Grievance, story string) dialogue.Reply {
	g.Text, g.Incomplete, g.Desk = strings.TrimSpace(story), true, casework.DeskReception
	d.placeOf(&g, story)
	r := dialogue.Reply{Acts: d.fileActs(t, g, "", []int64{t.Event.ID})}
	due := d.Rules.Calendar.AddWorkingDays(casework.DayOf(t.Now), 1).Due
	r.Acts = append(r.Acts, casework.OpenTask{
		Key: key(t, "incomplete"), Origin: d.originIn(t, g.UnitID), Kind: casework.TaskIncomplete,
		Detail: d.staffText("task.incomplete", "code", g.Code), Due: due,
	})
	answer := "grievance.filed_at_once"
	if t.Conv.Phone == "" {
		answer = "grievance.filed_no_phone"
	}
	r.Say = t.Say(answer, "code", g.Code, "day", day(t, g.AnswerBy)).Say
	return r
}

// originIn is the origin of a change that concerns another unit.
func (d *desk) originIn(t *dialogue.Talk, unit int64) casework.Origin {
	o := d.origin(t)
	o.UnitID = unit
	return o
}

// fileActs files a grievance once for ever: by its form, or by the message that carried it.
func (d *desk) fileActs(t *dialogue.Talk, g casework.Grievance, form string, events []int64) []bot.Act {
	k := "grievance:" + form
	if form == "" {
		k = key(t, "grievance")
	}
	return []bot.Act{casework.FileGrievance{Key: k, Origin: d.originIn(t, g.UnitID), Grievance: g, EventIDs: events}}
}

// fileGrievance ends the intake.
func (d *desk) fileGrievance(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	a := t.Form.Answers
	kind := or(a.Get("wish"), d.kindOf(a.Get("what")))
	g, err := d.draftGrievance(t, kind)
	if err != nil {
		return dialogue.Reply{}, err
	}
	g.ForWhom, g.Name, g.Hamlet, g.Text = a.Get("for"), a.Get("name"), a.Get("hamlet"), a.Get("what")
	g.ContactWish = a.Get("contact")
	if p := a.Get("phone"); p != "" {
		g.ContactWish = "call " + p
	}
	g.Desk = casework.DeskReception
	d.placeOf(&g, g.Hamlet)
	if err := d.aboutOf(ctx, t, &g, a.Get("about")); err != nil {
		return dialogue.Reply{}, err
	}
	r := dialogue.Reply{Acts: d.fileActs(t, g, t.Form.ID, t.Form.Events)}
	r.Say = t.Say("grievance.filed", "code", g.Code, "day", day(t, g.AnswerBy)).Say
	if kind == casework.KindComplaint && a.Get("wish") == "" { // who wanted it was told at the start
		r.Say = append(r.Say, t.Say("grievance.complaint").Say...)
	}
	return r, nil
}

// aboutOf ties a grievance to the case or payout that was chosen.
func (d *desk) aboutOf(ctx context.Context, t *dialogue.Talk, g *casework.Grievance, chosen string) error {
	switch {
	case strings.HasPrefix(chosen, "p"):
		p, found, err := d.payoutOf(ctx, t, chosen[1:])
		if err != nil || !found {
			return err
		}
		g.PayoutID, g.PersonID, g.ApplicationID = p.ID, p.PersonID, p.ApplicationID
	case strings.HasPrefix(chosen, "a"):
		people, err := d.proven(ctx, t)
		if err != nil {
			return err
		}
		apps, err := d.Applications.ApplicationsOf(ctx, ids(people), listed)
		if err != nil {
			return fmt.Errorf("listing cases: %w", err)
		}
		for _, app := range apps {
			if fmt.Sprintf("a%d", app.ID) == chosen {
				g.ApplicationID, g.PersonID = app.ID, app.PersonID
			}
		}
	}
	return nil
}

func checkName(_ context.Context, _ *dialogue.Talk, words string) (value, shown, problem string, err error) {
	folded := text.Words(words)
	switch {
	case strings.ContainsAny(words, "0123456789"), len(folded) > 8:
		return "", "", "grievance.name_form", nil
	case len(folded) < 2:
		return "", "", "grievance.name_short", nil
	}
	return strings.Join(strings.Fields(words), " "), "", "", nil
}

func checkWords(_ context.Context, _ *dialogue.Talk, words string) (value, shown, problem string, err error) {
	words = strings.Join(strings.Fields(words), " ")
	if text.Fold(words) == "" {
		return "", "", "dialogue.unclear", nil
	}
	if len(words) > 300 {
		return "", "", "grievance.too_many_words", nil
	}
	return words, "", "", nil
}

// checkStory wants a sentence, so that "ok" or "alo" is not filed as a grievance.
func checkStory(_ context.Context, _ *dialogue.Talk, words string) (value, shown, problem string, err error) {
	if len(text.Words(words)) < 3 {
		return "", "", "grievance.story_short", nil
	}
	return words, "", "", nil
}

func checkPhone(_ context.Context, _ *dialogue.Talk, words string) (value, shown, problem string, err error) {
	phone, err := text.Phone(words)
	if errors.Is(err, text.ErrNotPhone) {
		if found, ok := text.FindPhone(words); ok {
			return found, text.ShowPhone(found), "", nil
		}
		return "", "", "grievance.phone_form", nil
	}
	return phone, text.ShowPhone(phone), "", err
}
