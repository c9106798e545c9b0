package handlers

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// saveDraft makes the act that keeps a half-filled dialogue.
func (d *desk) saveDraft(t *dialogue.Talk, dr dialogue.Draft) bot.Act {
	return casework.SaveDraft{
		Key: key(t, "draft:"+dr.ID), Origin: d.origin(t), ID: dr.ID, Dialogue: dr.Script, State: dr.State, Code: dr.Code,
		Expires: t.Now.Add(dialogue.DraftLife),
	}
}

func (d *desk) openDrafts(ctx context.Context, t *dialogue.Talk) ([]Draft, error) {
	drafts, err := d.Drafts.DraftsOf(ctx, t.Conv.ID)
	if err != nil {
		return nil, fmt.Errorf("listing drafts: %w", err)
	}
	return drafts, nil
}

// resume answers TIEP TUC: the newest draft of this conversation, or with a code one
// begun elsewhere.
func (d *desk) resume(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error) {
	code := strings.Join(strings.Fields(arg), "")
	if code != "" {
		return d.resumeCode(ctx, t, code)
	}
	drafts, err := d.openDrafts(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	if len(drafts) == 0 {
		return t.Say("draft.none"), nil
	}
	return d.reopen(t, drafts[0], false), nil
}

// reopen ends the draft: a dialogue is open or a draft, never both.
func (d *desk) reopen(t *dialogue.Talk, dr Draft, move bool) dialogue.Reply {
	r := dialogue.Reply{Resume: &dialogue.Draft{ID: dr.ID, Script: dr.Dialogue, State: dr.State}}
	if move {
		r.Acts = append(r.Acts, casework.MoveDraft{Key: key(t, "move:"+dr.ID), Origin: d.origin(t), ID: dr.ID})
	}
	r.Acts = append(r.Acts, casework.DropDraft{Key: key(t, "drop:"+dr.ID), Origin: d.origin(t), ID: dr.ID})
	return r
}

// resumeCode continues a draft of another conversation. Its second fact is the phone in whose
// conversation it was begun: by being it, or by its last four digits.
func (d *desk) resumeCode(ctx context.Context, t *dialogue.Talk, code string) (dialogue.Reply, error) {
	dr, err := d.findDraft(ctx, t, code)
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		return dialogue.Reply{}, err
	case err == nil && dr.ConversationID == t.Conv.ID:
		return d.reopen(t, dr, false), nil
	case err == nil && dr.Phone != "" && dr.Phone == t.Conv.Phone:
		return d.reopen(t, dr, true), nil
	}
	// An unknown code is asked for its second fact like any other.
	return dialogue.Reply{Begin: &dialogue.Begin{Script: "resume", Answers: dialogue.Given("code", code)}}, nil
}

func (d *desk) findDraft(ctx context.Context, t *dialogue.Talk, code string) (Draft, error) {
	if !d.mayLookUp(ctx, t) {
		return Draft{}, ErrNotFound
	}
	dr, err := d.Drafts.DraftByCode(ctx, code)
	if err != nil {
		return Draft{}, fmt.Errorf("finding a draft: %w", err)
	}
	return dr, nil
}

func (d *desk) resumeScript() dialogue.Script {
	return dialogue.Script{
		ID: "resume", Version: 1, Title: "draft.title",
		Questions: []dialogue.Question{{ID: "last4", Text: "draft.ask_fact", Check: checkLast4}},
		Act: func(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
			code, last4 := t.Form.Answers.Get("code"), t.Form.Answers.Get("last4")
			if !d.mayTryFact(ctx, t, "draft:"+code) {
				return t.Say("draft.closed"), nil
			}
			dr, err := d.findDraft(ctx, t, code)
			if errors.Is(err, ErrNotFound) || err == nil && (dr.Phone == "" || !strings.HasSuffix(dr.Phone, last4)) {
				return t.Say("draft.not_found"), nil
			}
			if err != nil {
				return dialogue.Reply{}, err
			}
			return d.reopen(t, dr, true), nil
		},
	}
}
