package handlers

import (
	"context"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// Understand reads free words. sure asks only for what is certain, because a question is open.
func (d *desk) Understand(ctx context.Context, t *dialogue.Talk, words string, sure bool) (dialogue.Reply, bool, error) {
	if c, ok := ownWord(words); ok {
		r, err := d.Run(ctx, t, c)
		return r, true, err
	}
	if told, certain := died(words); told && (certain || !sure) {
		arg := ""
		if certain {
			arg = "sure"
		}
		r, err := d.Run(ctx, t, dialogue.Command{Name: "death", Arg: arg})
		return r, true, err
	}
	if code, ok := text.FindGrievanceCode(words); ok {
		r, err := d.progress(ctx, t, code, "")
		return r, true, err
	}
	if keys := text.FindCodes(words); len(keys) > 0 {
		r, err := d.lookUp(ctx, t, keys, "")
		return r, true, err
	}
	return dialogue.Reply{}, false, nil
}

// ownWord reads the words that answers offer beside the commands of bot/text.
func ownWord(words string) (dialogue.Command, bool) {
	folded := text.Fold(words)
	for _, w := range []struct{ says, name string }{
		{"chua nhan", "payout.missing"}, {"not received", "payout.missing"}, {"da nhan", "payout.received"}, {"received", "payout.received"},
		{"ky truoc", "payout.past"}, {"past", "payout.past"},
		{"hen", "guarded.appointment"}, {"meet", "guarded.appointment"},
		{"cai dat", "settings"}, {"settings", "settings"}, {"co dau", "settings.accents"}, {"khong dau", "settings.plain"},
		{"tin moi", "consent"}, {"news", "consent"}, {"bo lk", "link.end"}, {"unlink", "link.end"},
		{"xoa du lieu", "rights.erase"}, {"doi so", "rights.phone"},
	} {
		if folded == w.says {
			name, arg := w.name, ""
			if name == "rights.erase" {
				name, arg = "rights", "erase"
			}
			return dialogue.Command{Name: name, Arg: arg}, true
		}
	}
	return dialogue.Command{}, false
}

// danger says whether somebody may be in danger.
func (d *desk) danger(words string) bool {
	return strings.Contains(" "+text.Fold(words)+" ", " muon chet ")
}

// kindOf suggests the kind of a grievance from its words.
func (d *desk) kindOf(story string) string {
	folded := text.Fold(story)
	switch {
	case strings.Contains(folded, "khieu nai"), strings.Contains(folded, "xem xet lai"):
		return casework.KindComplaint
	case strings.Contains(folded, "kien nghi"), strings.Contains(folded, "de nghi"):
		return casework.KindProposal
	}
	return casework.KindReport
}
