package handlers

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
)

// menu offers what the service does.
func (d *desk) menu(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("help.menu")
	r.Offer = menuOffers()
	return r, nil
}

func menuOffers() []dialogue.Offer {
	return []dialogue.Offer{
		{Key: "choice.status.", Command: dialogue.Command{Name: "HS"}},
		{Key: "choice.payout.", Command: dialogue.Command{Name: "CT"}},
		{Key: "choice.grievance.", Command: dialogue.Command{Name: "PA"}},
		{Key: "choice.person.", Command: dialogue.Command{Name: "GAP CB"}},
		{Key: "choice.settings.", Command: dialogue.Command{Name: "settings"}},
	}
}

func (d *desk) help(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.words"), nil
}

// start greets; a link may carry a code.
func (d *desk) start(ctx context.Context, t *dialogue.Talk, payload string) (dialogue.Reply, error) {
	if strings.TrimSpace(payload) != "" {
		if code, ok := text.FindGrievanceCode(payload); ok {
			return d.progress(ctx, t, code, "")
		}
		if keys := text.FindCodes(strings.ReplaceAll(payload, "_", "-")); len(keys) > 0 {
			return d.lookUp(ctx, t, keys, "")
		}
	}
	r := t.Say("help.greeting")
	r.Offer = menuOffers()
	return r, nil
}

func (d *desk) unknown(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("help.unknown")
	r.Offer = menuOffers()
	return r, nil
}

func (d *desk) thanks(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.thanks"), nil
}

// noted answers "ok", "dạ" and "không" while no question is open.
func (d *desk) noted(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	return t.Say("help.noted"), nil
}

// looseFiles: files came and no dialogue asked for any.
func (d *desk) looseFiles(ctx context.Context, t *dialogue.Talk, caption string) (dialogue.Reply, error) {
	if len(text.Words(caption)) >= 3 {
		return d.newGrievance(ctx, t, caption)
	}
	r := t.Say("help.files")
	r.Offer = []dialogue.Offer{{Key: "choice.grievance.", Command: dialogue.Command{Name: "grievance/new"}}}
	return r, nil
}

// staff says what the office did in this conversation.
func (d *desk) staff(_ context.Context, t *dialogue.Talk, event string) (dialogue.Reply, error) {
	var e bot.StaffEvent
	if err := json.Unmarshal([]byte(event), &e); err != nil {
		return dialogue.Reply{}, fmt.Errorf("reading what the office did: %w", err)
	}
	switch e.Action {
	case "take":
		r := t.Say("staff.taken")
		r.Hold = true
		return r, nil
	case "return":
		return t.Say("staff.returned"), nil
	case "ask":
		r := t.Say("staff.asks", "question", e.Text, "answer_with", staffAnswer(e.Args["code"]))
		r.Hold = true
		return r, nil
	case "moved":
		r := t.Say("staff.moved", "code", e.Args["code"], "status", t.Text("grievance.status."+e.Args["status"]), "note", e.Text)
		r.Hold = true
		return r, nil
	}
	return dialogue.Reply{Hold: true}, nil
}

// staffAnswer is what an answer to the office's question begins with.
func staffAnswer(code string) string {
	if code == "" {
		return "PA"
	}
	return "PA " + strings.TrimPrefix(code, "PA-")
}
