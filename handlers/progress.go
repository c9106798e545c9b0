package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// progress answers PA with a code, to the one who filed alone. For everybody else the
// code reads as if it did not exist. Words behind the code are added to it.
func (d *desk) progress(ctx context.Context, t *dialogue.Talk, code, more string) (dialogue.Reply, error) {
	g, err := d.ownGrievance(ctx, t, code)
	if errors.Is(err, ErrNotFound) {
		return t.Say("grievance.not_found"), nil
	}
	if err != nil {
		return dialogue.Reply{}, err
	}
	if len(strings.Fields(more)) > 1 {
		return d.added(t, g, more, "add", []int64{t.Event.ID}), nil
	}
	lines := []string{t.Text("grievance.progress", "code", g.Code, "status", t.Text("grievance.status."+g.Status), "filed", day(t, casework.DayOf(g.FiledAt)))}
	if g.SignedOn != "" {
		lines = append(lines, t.Text("grievance.signed", "day", day(t, g.SignedOn)))
	}
	if !over(g) && g.AnswerBy != "" {
		lines = append(lines, t.Text("grievance.answer_by", "day", day(t, g.AnswerBy)))
	}
	for _, m := range lastNotes(g.Moves) {
		lines = append(lines, capital(t.Text("grievance.note", "day", day(t, casework.DayOf(m.At)), "note", m.Note)))
	}
	withdraw := dialogue.Offer{Key: "choice.withdraw.", Command: dialogue.Command{Name: "grievance/withdraw", Arg: g.Code}}
	if !over(g) && t.Conv.Keyword != "" { // the words to send must do alone, whatever was said before them
		lines = append(lines, t.Text("grievance.add_hint", "code", g.Code))
		withdraw = dialogue.Offer{
			Label: t.Text("choice.withdraw.label"), Word: t.Text("choice.withdraw.word") + " " + strings.TrimPrefix(g.Code, "PA-"), Command: withdraw.Command,
		}
	}
	r := say(strings.Join(lines, "\n"))
	switch {
	case over(g):
	case t.Conv.Keyword != "":
		r.Offer = []dialogue.Offer{withdraw}
	default:
		r.Offer = []dialogue.Offer{{Key: "choice.add.", Command: dialogue.Command{Name: "grievance/add", Arg: g.Code}}, withdraw}
	}
	return r, nil
}

func over(g casework.Grievance) bool {
	switch g.Status {
	case casework.GrievanceAnswered, casework.GrievanceRefused, casework.GrievanceWithdrawn, casework.GrievanceClosed:
		return true
	}
	return false
}

// lastNotes are the two latest notes of the office.
func lastNotes(moves []casework.Move) []casework.Move {
	var notes []casework.Move
	for _, m := range slices.Backward(moves) {
		if m.Note != "" && m.By != "citizen" && len(notes) < 2 {
			notes = append(notes, m)
		}
	}
	slices.Reverse(notes)
	return notes
}

// ownGrievance finds a grievance that this asker filed: from this conversation, or from
// the phone that it proves.
func (d *desk) ownGrievance(ctx context.Context, t *dialogue.Talk, code string) (casework.Grievance, error) {
	if !d.mayLookUp(ctx, t) {
		return casework.Grievance{}, ErrNotFound
	}
	g, err := d.Grievances.GrievanceByCode(ctx, code)
	if err != nil {
		return casework.Grievance{}, fmt.Errorf("finding a grievance: %w", err)
	}
	if g.ConversationID != t.Conv.ID && (g.Phone == "" || g.Phone != t.Conv.Phone) {
		return casework.Grievance{}, ErrNotFound
	}
	return g, nil
}

// addTo begins the question what is to be added.
func (d *desk) addTo(ctx context.Context, t *dialogue.Talk, code string) (dialogue.Reply, error) {
	if _, err := d.ownGrievance(ctx, t, code); errors.Is(err, ErrNotFound) {
		return t.Say("grievance.not_found"), nil
	} else if err != nil {
		return dialogue.Reply{}, err
	}
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "add", Answers: dialogue.Given("code", code)}}, nil
}

func (d *desk) addScript() dialogue.Script {
	return dialogue.Script{
		ID: "add", Version: 1, Title: "grievance.add_title", Guarded: true,
		Questions: []dialogue.Question{
			{ID: "more", Text: "grievance.ask.more", Open: true, Files: true, Check: checkWords, Options: d.fileOptions},
		},
		Act: func(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			g, err := d.ownGrievance(ctx, t, t.Form.Answers.Get("code"))
			if errors.Is(err, ErrNotFound) {
				return t.Say("grievance.not_found"), nil
			}
			if err != nil {
				return dialogue.Reply{}, err
			}
			more := t.Form.Answers.Get("more")
			if more == "done" { // pictures alone
				more = ""
				if len(t.Form.Events) == 0 {
					return t.Say("grievance.nothing_added"), nil
				}
			}
			return d.added(t, g, more, t.Form.ID, append(t.Form.Events, t.Event.ID)), nil
		},
	}
}

func (d *desk) added(t *dialogue.Talk, g casework.Grievance, more, name string, events []int64) dialogue.Reply {
	if over(g) {
		return t.Say("grievance.over", "code", g.Code)
	}
	r := t.Say("grievance.added", "code", g.Code)
	r.Acts = append(r.Acts, casework.AddToGrievance{
		Key: key(t, "add:"+name), Origin: d.originIn(t, g.UnitID), Code: g.Code, Text: more, EventIDs: slices.Compact(events),
	})
	return r
}

// withdraw asks once more before it withdraws.
func (d *desk) withdraw(ctx context.Context, t *dialogue.Talk, code string) (dialogue.Reply, error) {
	g, err := d.ownGrievance(ctx, t, code)
	switch {
	case errors.Is(err, ErrNotFound):
		return t.Say("grievance.not_found"), nil
	case err != nil:
		return dialogue.Reply{}, err
	case over(g):
		return t.Say("grievance.over", "code", g.Code), nil
	case g.SignedOn != "": // a signed complaint is withdrawn by a signed paper (Luật Khiếu nại 02/2011/QH13, điều 10)
		return t.Say("grievance.withdraw_signed", "code", g.Code), nil
	}
	if t.Conv.Keyword != "" { // one message must do
		return d.withdrawn(t, g), nil
	}
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "withdraw", Answers: dialogue.Given("code", code)}}, nil
}

func (d *desk) withdrawn(t *dialogue.Talk, g casework.Grievance) dialogue.Reply {
	r := t.Say("grievance.withdrawn", "code", g.Code)
	r.Acts = append(r.Acts, casework.WithdrawGrievance{Key: "withdraw:" + g.Code, Origin: d.originIn(t, g.UnitID), Code: g.Code})
	return r
}

func (d *desk) withdrawScript() dialogue.Script {
	return dialogue.Script{
		ID: "withdraw", Version: 1, Title: "grievance.withdraw_title",
		Questions: []dialogue.Question{
			{ID: "sure", Text: "grievance.ask.withdraw", Choices: []string{"choice.yes.", "choice.no."}},
		},
		Act: func(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			code := t.Form.Answers.Get("code")
			g, err := d.ownGrievance(ctx, t, code)
			if errors.Is(err, ErrNotFound) {
				return t.Say("grievance.not_found"), nil
			}
			if err != nil {
				return dialogue.Reply{}, err
			}
			if t.Form.Answers.Get("sure") != "yes" {
				return t.Say("grievance.not_withdrawn", "code", code), nil
			}
			return d.withdrawn(t, g), nil
		},
	}
}
