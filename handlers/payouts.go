package handlers

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

const (
	payoutsKept   = 20                   // payouts read for one answer
	pastPayoutAge = 120 * 24 * time.Hour // how far back past ones are shown
)

// payouts answers CT: when, where, how, what to bring, who may collect for somebody.
func (d *desk) payouts(ctx context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	own, err := d.ownPayouts(ctx, t, t.Now)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if own == nil {
		return d.sessions(ctx, t)
	}
	coming := d.coming(t, own)
	offers := []dialogue.Offer{
		{Key: "choice.missing.", Command: dialogue.Command{Name: "payout/missing"}},
		{Key: "choice.past.", Command: dialogue.Command{Name: "payout/past"}},
	}
	if len(coming) == 0 {
		r := t.Say("payout.none_coming")
		r.Offer = offers
		return r, nil
	}
	var lines []string
	for _, group := range bySession(coming) {
		lines = append(lines, d.sessionLines(t, group)...)
	}
	r := say(strings.Join(append(lines, d.hints(t, coming)...), "\n"))
	r.Offer = offers
	return r, nil
}

// ownPayouts are those of the people whom the phone proves; nil when it proves nobody, or nothing personal
// may be told on this channel.
func (d *desk) ownPayouts(ctx context.Context, t *dialogue.Talk, since time.Time) ([]casework.Payout, error) {
	people, err := d.proven(ctx, t)
	if err != nil || len(people) == 0 || d.route(t) == casework.RoutePublic {
		return nil, err
	}
	own, err := d.Payouts.PayoutsOf(ctx, ids(people), since, payoutsKept)
	if err != nil {
		return nil, fmt.Errorf("listing payouts: %w", err)
	}
	own = slices.DeleteFunc(own, func(p casework.Payout) bool {
		return p.State == casework.PayoutDraft || p.State == casework.PayoutCancelled
	})
	if own == nil {
		own = []casework.Payout{}
	}
	return own, nil
}

func (d *desk) coming(t *dialogue.Talk, all []casework.Payout) []casework.Payout {
	today := casework.DayOf(t.Now)
	var out []casework.Payout
	for _, p := range all {
		if p.PayDate >= today && p.State == casework.PayoutScheduled {
			out = append(out, p)
		}
	}
	return out
}

func (d *desk) past(t *dialogue.Talk, all []casework.Payout) []casework.Payout {
	today := casework.DayOf(t.Now)
	var out []casework.Payout
	for _, p := range slices.Backward(all) { // the latest first
		if p.PayDate < today || p.State != casework.PayoutScheduled {
			out = append(out, p)
		}
	}
	return out[:min(len(out), listed)]
}

// bySession groups what is paid on one day at one place, in the order given.
func bySession(all []casework.Payout) [][]casework.Payout {
	var groups [][]casework.Payout
	for _, p := range all {
		i := slices.IndexFunc(groups, func(g []casework.Payout) bool {
			return g[0].PayDate == p.PayDate && g[0].Place == p.Place && g[0].Method == p.Method
		})
		if i < 0 {
			groups = append(groups, []casework.Payout{p})
			continue
		}
		groups[i] = append(groups[i], p)
	}
	return groups
}

// sessionLines say when and where, and below it what each payout is.
func (d *desk) sessionLines(t *dialogue.Talk, group []casework.Payout) []string {
	p := group[0]
	lines := []string{capital(d.when(t, p))}
	for _, one := range group {
		v := casework.ViewPayout(one, casework.ByPhone, d.route(t))
		lines = append(lines, d.payoutLine(t, v))
	}
	return lines
}

func (d *desk) when(t *dialogue.Talk, p casework.Payout) string {
	switch p.Method {
	case casework.MethodAccount:
		return t.Text("payout.when.account", "day", day(t, p.PayDate))
	case casework.MethodHome:
		return t.Text("payout.when.home", "day", day(t, p.PayDate), "time", d.hoursOf(t, p))
	}
	return t.Text("payout.when.cash", "day", day(t, p.PayDate), "time", d.hoursOf(t, p), "place", p.Place)
}

// hoursOf is ", 7h30-11h", or nothing.
func (d *desk) hoursOf(t *dialogue.Talk, p casework.Payout) string {
	if p.Hours == "" {
		return ""
	}
	return t.Text("payout.hours", "hours_of_day", p.Hours)
}

// payoutLine is one payout: an amount to whom it may be told, and never beside a
// name on an SMS.
func (d *desk) payoutLine(t *dialogue.Talk, v casework.PayoutView) string {
	what := d.worth(v.Amount, v.Goods)
	line := t.Text("payout.line", "programme", d.programme(t, v.Programme, v.PublicOf), "period", v.Period)
	if what != "" {
		line = t.Text("payout.line_worth", "line", line, "worth", what)
	}
	if v.Name != "" {
		line = t.Text("payout.line_name", "name", v.Name, "line", line)
	}
	return line
}

func (d *desk) worth(amount int64, goods string) string {
	if amount > 0 {
		return text.ShowMoney(amount)
	}
	return goods
}

// hints say what to bring and who else may collect, and what to mind where an account is paid.
func (d *desk) hints(t *dialogue.Talk, coming []casework.Payout) []string {
	var lines []string
	byHand := func(p casework.Payout) bool { return p.Method != casework.MethodAccount }
	if i := slices.IndexFunc(coming, byHand); i >= 0 {
		lines = append(lines, d.bring(t, coming[i]))
	}
	if slices.ContainsFunc(coming, func(p casework.Payout) bool { return p.Method == casework.MethodCash || p.Method == "" }) {
		lines = append(lines, t.Text("payout.proxy"))
	}
	if slices.ContainsFunc(coming, func(p casework.Payout) bool { return !byHand(p) }) {
		lines = append(lines, t.Text("payout.account_hint"))
	}
	return lines
}

func (d *desk) bring(t *dialogue.Talk, p casework.Payout) string {
	papers := or(p.Papers, d.Rules.Programmes.Bring(p.Programme, t.Lang.Code()))
	if papers == "" {
		return t.Text("payout.bring_usual")
	}
	return t.Text("payout.bring", "papers", papers)
}

// sessions is what is publicly planned, for somebody of whom nothing is proven.
func (d *desk) sessions(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	plan, err := d.Payouts.SessionsOf(ctx, d.unitOf(t.Conv).ID, t.Now, listed)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("listing sessions: %w", err)
	}
	lines := []string{t.Text("payout.no_sessions")}
	if len(plan) > 0 {
		lines = []string{t.Text("payout.sessions")}
	}
	for _, group := range bySession(plan) {
		var programmes []string
		for _, p := range group {
			if name := d.programme(t, p.Programme, true); !slices.Contains(programmes, name) {
				programmes = append(programmes, name)
			}
		}
		v := casework.ViewPayout(group[0], casework.CodeOnly, d.route(t))
		lines = append(lines, capital(t.Text(sessionText(group[0]), "day", day(t, v.PayDate), "time", d.hoursOf(t, group[0]), "place", v.Place,
			"programme", strings.Join(programmes, ", "))))
	}
	r := say(strings.Join(append(lines, t.Text(d.proofHint(t))), "\n"))
	r.Offer = []dialogue.Offer{{Key: "choice.missing.", Command: dialogue.Command{Name: "payout/missing"}}}
	return r, nil
}

func sessionText(p casework.Payout) string {
	switch p.Method {
	case casework.MethodAccount:
		return "payout.session.account"
	case casework.MethodHome:
		return "payout.session.home"
	}
	return "payout.session"
}

// proofHint is the text that says how a person learns of their own share.
func (d *desk) proofHint(t *dialogue.Talk) string {
	switch {
	case d.route(t) == casework.RoutePublic:
		return "payout.proof.public"
	case t.SMS():
		return "payout.proof.sms"
	}
	return "payout.proof.chat"
}

// pastPayouts tells what became of earlier ones.
func (d *desk) pastPayouts(ctx context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	own, err := d.ownPayouts(ctx, t, t.Now.Add(-pastPayoutAge))
	if err != nil {
		return dialogue.Reply{}, err
	}
	if own == nil {
		return say(t.Text("payout.past_unproven") + "\n" + t.Text(d.proofHint(t))), nil
	}
	past := d.past(t, own)
	if len(past) == 0 {
		return t.Say("payout.none_past"), nil
	}
	lines := []string{t.Text("payout.past")}
	for _, p := range past {
		v := casework.ViewPayout(p, casework.ByPhone, d.route(t))
		lines = append(lines, capital(t.Text("payout.past_line", "day", day(t, v.PayDate), "line", d.payoutLine(t, v), "state", t.Text("payout.state."+v.State))))
	}
	r := say(strings.Join(lines, "\n"))
	r.Offer = []dialogue.Offer{{Key: "choice.missing.", Command: dialogue.Command{Name: "payout/missing"}}}
	return r, nil
}

// received is the answer DA NHAN outside a question.
func (d *desk) received(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("payout.thanks"), nil
}

// due are payouts whose day has come, the latest first.
func (d *desk) due(ctx context.Context, t *dialogue.Talk) ([]casework.Payout, error) {
	own, err := d.ownPayouts(ctx, t, t.Now.Add(-pastPayoutAge))
	if err != nil {
		return nil, err
	}
	today := casework.DayOf(t.Now)
	var out []casework.Payout
	for _, p := range slices.Backward(own) {
		if p.PayDate <= today {
			out = append(out, p)
		}
	}
	return out[:min(len(out), listed)], nil
}

// payoutOptions makes choices of the payouts that may be missing.
func (d *desk) payoutOptions(ctx context.Context, t *dialogue.Talk) ([]dialogue.Choice, error) {
	due, err := d.due(ctx, t)
	if err != nil || len(due) == 0 {
		return nil, err
	}
	choices := make([]dialogue.Choice, 0, len(due)+1)
	for i, p := range due {
		v := casework.ViewPayout(p, casework.ByPhone, d.route(t))
		value := fmt.Sprint(p.ID)
		if p.Method == casework.MethodAccount {
			value = accountMark + value
		}
		choices = append(choices, dialogue.Choice{
			Value: value, Label: t.Text("payout.option", "line", d.shortLine(t, v), "day", day(t, v.PayDate)), Word: fmt.Sprintf("KY %d", i+1),
		})
	}
	return append(choices, t.Choice("other", "choice.other_payout.")), nil
}

// shortLine names a payout without its amount.
func (d *desk) shortLine(t *dialogue.Talk, v casework.PayoutView) string {
	line := t.Text("payout.line", "programme", d.programme(t, v.Programme, v.PublicOf), "period", v.Period)
	if v.Name != "" {
		return t.Text("payout.line_name", "name", v.Name, "line", line)
	}
	return line
}

// payoutOf finds one of the asker's own payouts again by its id.
func (d *desk) payoutOf(ctx context.Context, t *dialogue.Talk, id string) (casework.Payout, bool, error) {
	own, err := d.ownPayouts(ctx, t, t.Now.Add(-pastPayoutAge))
	if err != nil {
		return casework.Payout{}, false, err
	}
	for _, p := range own {
		if fmt.Sprint(p.ID) == strings.TrimPrefix(id, accountMark) {
			return p, true, nil
		}
	}
	return casework.Payout{}, false, nil
}
