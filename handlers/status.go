package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// listed is how many cases or payouts one answer lists.
const listed = 5

// status answers HS: what stands behind a code, or the cases of the phone's own people.
func (d *desk) status(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error) {
	if strings.TrimSpace(arg) == "" {
		return d.myApplications(ctx, t)
	}
	keys, last4 := codesIn(arg)
	return d.lookUp(ctx, t, keys, last4)
}

// codesIn reads "H15.22-261101-0042 1234": the keys to try, and the second fact
// that may stand behind the code.
func codesIn(arg string) (keys []string, last4 string) {
	keys = append(keys, text.FindCodes("HS "+arg)...)
	if k := text.CodeKey(arg); k != "" && !slices.Contains(keys, k) {
		keys = append(keys, k)
	}
	words := strings.Fields(arg)
	last := words[len(words)-1]
	if len(words) > 1 && len(last) == 4 && strings.Trim(last, "0123456789") == "" {
		last4 = last
		if k := text.CodeKey(strings.Join(words[:len(words)-1], "")); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
	}
	return keys, last4
}

// statusKeys answers the codes that free words hold.
func (d *desk) statusKeys(ctx context.Context, t *dialogue.Talk, keys string) (dialogue.Reply, error) {
	return d.lookUp(ctx, t, strings.Fields(keys), "")
}

// lookUp answers the first code that there is. A code that is unknown and one that is somebody
// else's read the same: what they tell depends on proof alone.
func (d *desk) lookUp(ctx context.Context, t *dialogue.Talk, keys []string, last4 string) (dialogue.Reply, error) {
	own, err := d.ownsAny(ctx, t, keys)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if !own && !d.mayLookUp(ctx, t) {
		return t.Say("status.too_many"), nil
	}
	for _, k := range keys[:min(len(keys), listed)] {
		app, err := d.Applications.ApplicationByCode(ctx, k)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return dialogue.Reply{}, fmt.Errorf("finding a case: %w", err)
		}
		if strings.HasSuffix(k, last4) && k == text.CodeKey(app.Code) && strings.HasSuffix(text.CodeKey(app.Code), last4) {
			last4 = "" // the digits are the end of the code itself
		}
		return d.tell(ctx, t, app, last4)
	}
	return t.Say("status.not_found"), nil
}

// myApplications lists the cases of the people whom the phone proves.
func (d *desk) myApplications(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	people, err := d.proven(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if len(people) == 0 || d.route(t) == casework.RoutePublic {
		return t.Say("status.ask_code"), nil
	}
	apps, err := d.Applications.ApplicationsOf(ctx, ids(people), listed)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("listing cases: %w", err)
	}
	switch len(apps) {
	case 0:
		return t.Say("status.none_of_phone"), nil
	case 1:
		return d.tell(ctx, t, apps[0], "")
	}
	r := t.Say("status.list", "n", len(apps))
	for _, a := range apps {
		v := casework.View(a, casework.ByPhone, d.route(t), t.Now)
		r.Offer = append(r.Offer, dialogue.Offer{
			Label: t.Text("status.list_item", "name", nameOf(people, a.PersonID), "stage", d.stage(t, v)),
			Word:  "HS " + a.Code, Command: dialogue.Command{Name: "HS", Arg: a.Code},
		})
	}
	return r, nil
}

func nameOf(people []casework.Person, id int64) string {
	for _, p := range people {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// tell says what this asker may learn of a case.
func (d *desk) tell(ctx context.Context, t *dialogue.Talk, app casework.Application, last4 string) (dialogue.Reply, error) {
	proof, tried, err := d.proofOf(ctx, t, app, last4)
	if err != nil {
		return dialogue.Reply{}, err
	}
	v := casework.View(app, proof, d.route(t), t.Now)
	name := ""
	if v.Name {
		p, err := d.People.Person(ctx, app.PersonID)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return dialogue.Reply{}, fmt.Errorf("reading the person of a case: %w", err)
		}
		name = p.Name
	}
	lines := d.statusLines(t, v, name)
	r := dialogue.Reply{}
	switch tried {
	case factWrong:
		lines = append(lines, t.Text("status.fact_wrong"))
	case factClosed:
		lines = append(lines, t.Text("status.fact_closed"))
	default:
		if proof == casework.CodeOnly && d.route(t) != casework.RoutePublic {
			lines, r.Offer = d.moreOffer(t, app, lines)
		}
	}
	if t.Conv.UnitID == 0 && proof == casework.ByPhone && app.UnitID != 0 {
		r.Set.UnitID = &app.UnitID
	}
	r.Say = say(strings.Join(lines, "\n")).Say
	return r, nil
}

// moreOffer says how more can be learned: in one message where every message costs.
func (d *desk) moreOffer(t *dialogue.Talk, app casework.Application, lines []string) ([]string, []dialogue.Offer) {
	if t.SMS() {
		return append(lines, t.Text("status.more_hint", "code", app.Code)), nil
	}
	return lines, []dialogue.Offer{{Key: "choice.details.", Command: dialogue.Command{Name: "status/more", Arg: app.Code}}}
}

// stage is where a case stands, in plain words.
func (d *desk) stage(t *dialogue.Talk, v casework.StatusView) string {
	if v.Step != "" && !v.Status.Over() {
		return t.Text("status.step." + v.Step)
	}
	return t.Text("status.stage." + v.Status.Code())
}

func (d *desk) statusLines(t *dialogue.Talk, v casework.StatusView, name string) []string {
	first := "status.dossier"
	if v.Form == casework.FormList {
		first = "status.entry"
	}
	lines := []string{t.Text(first, "code", v.Code, "stage", d.stage(t, v))}
	if name != "" {
		lines[0] = t.Text("status.of", "name", name, "programme", d.programme(t, v.Programme, v.PublicOf)) + " " + lines[0]
	}
	if dates := d.dates(t, v); dates != "" {
		lines = append(lines, dates)
	}
	lines = append(lines, d.outcome(t, v)...)
	if v.Missing != "" {
		lines = append(lines, t.Text("status.missing", "papers", v.Missing))
	}
	if late(v) && v.Action == casework.ActionWait { // to wait longer is no answer to somebody who waited too long
		return append(lines, t.Text("status.next.late"))
	}
	return append(lines, t.Text("status.next."+v.Action))
}

// late: the clock stops while it is the person's turn.
func late(v casework.StatusView) bool {
	return v.Late && v.Action != casework.ActionSupplement && v.Action != casework.ActionPay
}

func (d *desk) programme(t *dialogue.Talk, programme string, public bool) string {
	if public {
		return d.Rules.Programmes.PublicName(programme, t.Lang.Code())
	}
	return d.Rules.Programmes.FullName(programme, t.Lang.Code())
}

func (d *desk) dates(t *dialogue.Talk, v casework.StatusView) string {
	received, appointed := day(t, v.Received), day(t, v.Appointed)
	switch {
	case late(v):
		return t.Text("status.late", "appointed", appointed)
	case received != "" && appointed != "":
		return t.Text("status.both_dates", "received", received, "appointed", appointed)
	case received != "" && v.Form == casework.FormList: // nobody filed it
		return t.Text("status.put_on", "received", received)
	case received != "":
		return t.Text("status.received", "received", received)
	case appointed != "":
		return t.Text("status.appointed", "appointed", appointed)
	}
	return ""
}

// outcome is told where the view allows it: never by a code alone, never by SMS.
func (d *desk) outcome(t *dialogue.Talk, v casework.StatusView) []string {
	var lines []string
	switch v.Outcome {
	case casework.OutcomeGranted:
		lines = append(lines, t.Text("status.outcome.granted"))
		if v.Amount > 0 {
			lines = append(lines, t.Text("status.amount", "amount", text.ShowMoney(v.Amount)))
		}
	case casework.OutcomeRefused:
		lines = append(lines, t.Text("status.outcome.refused"))
		if v.Reason != "" {
			lines = append(lines, t.Text("status.reason", "reason", v.Reason))
		}
		lines = append(lines, t.Text("status.appeal"))
	default:
		return nil
	}
	if v.Decision != "" {
		lines = append(lines, t.Text("status.decision", "decision", v.Decision))
	}
	return lines
}

// statusMore begins the question for a second fact.
func (d *desk) statusMore(_ context.Context, t *dialogue.Talk, code string) (dialogue.Reply, error) {
	if d.route(t) == casework.RoutePublic {
		return t.Say("status.public"), nil
	}
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "fact", Answers: dialogue.Given("code", code)}}, nil
}

// factScript asks for the last four digits of the citizen number.
func (d *desk) factScript() dialogue.Script {
	return dialogue.Script{
		ID: "fact", Version: 1, Title: "status.title",
		Questions: []dialogue.Question{
			{ID: "last4", Text: "status.ask_fact", Help: "status.ask_fact_help", Check: checkLast4},
		},
		Act: func(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			return d.lookUp(ctx, t, []string{text.CodeKey(t.Form.Answers.Get("code"))}, t.Form.Answers.Get("last4"))
		},
	}
}

func checkLast4(_ context.Context, _ *dialogue.Talk, words string) (value, shown, problem string, err error) {
	w := strings.TrimSpace(words)
	if n, ok := text.CitizenNumber(w); ok {
		w = text.LastFour(n)
	}
	if len(w) != 4 || strings.Trim(w, "0123456789") != "" {
		return "", "", "status.fact_form", nil
	}
	return w, "", "", nil
}
