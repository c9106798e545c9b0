package handlers

import (
	"context"
	"slices"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/intent"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// Understand reads free words as a command. sure asks only for what is certain, because a
// question is open.
func (d *desk) Understand(t *dialogue.Talk, words string, sure bool) (dialogue.Command, bool) {
	if c, ok := d.menuWord(words); ok {
		return c, true
	}
	if told, certain := died(words); told && (certain || !sure) {
		return dialogue.Command{Name: "death", Arg: mark(certain)}, true
	}
	if code, ok := text.FindGrievanceCode(words); ok {
		return dialogue.Command{Name: "PA", Arg: code}, true
	}
	if keys := text.FindCodes(words); len(keys) > 0 {
		return dialogue.Command{Name: "status/keys", Arg: strings.Join(keys, " ")}, true
	}
	if c, ok := plainly(words, sure); ok {
		return c, true
	}
	r := intent.Understand(words, t.Now)
	switch {
	case r.Decision == intent.Act:
		return d.meant(r, words, sure)
	case r.Decision == intent.Ask && !sure:
		return dialogue.Command{Name: "clarify", Arg: names(r)}, true
	}
	return dialogue.Command{}, false
}

func mark(yes bool) string {
	if yes {
		return "1"
	}
	return ""
}

func names(r intent.Reading) string {
	var all []string
	for _, g := range r.Intents {
		all = append(all, g.Name)
	}
	return strings.Join(all, " ")
}

// menuWord reads the words of the menu, which people type as they read them.
func (d *desk) menuWord(words string) (dialogue.Command, bool) {
	folded := text.Fold(words)
	for _, code := range d.Texts.Codes() {
		for _, o := range menuOffers() {
			if folded == text.Fold(d.Texts.Language(code).Text(o.Key+"label")) {
				return o.Command, true
			}
		}
	}
	return dialogue.Command{}, false
}

// meant turns what is certain into a command.
func (d *desk) meant(r intent.Reading, words string, inForm bool) (dialogue.Command, bool) {
	name := r.Intents[0].Name
	if inForm && !slices.Contains([]string{
		intent.CheckStatus, intent.PayoutDate, intent.TalkToStaff, intent.Help, intent.Cancel, intent.Greeting, intent.Thanks,
		intent.StopMessages, intent.ChangeLanguage,
	}, name) {
		return dialogue.Command{}, false
	}
	switch name {
	case intent.PayoutAmount, intent.Eligibility, intent.RequiredDocuments, intent.WhereToApply:
		return dialogue.Command{Name: "advice/" + name, Arg: words}, true
	case intent.FileComplaint:
		return dialogue.Command{Name: "grievance/complaint", Arg: story(words)}, true
	case intent.FilePetition:
		return dialogue.Command{Name: "grievance/new", Arg: story(words)}, true
	case intent.PayoutMissing:
		return dialogue.Command{Name: "payout/missing", Arg: words}, true
	case intent.FileDenunciation:
		return dialogue.Command{Name: "guarded"}, true
	case intent.ChangeLanguage:
		return language(words), true
	case intent.Greeting:
		if inForm {
			return dialogue.Command{Name: dialogue.CommandRepeat}, true
		}
	case intent.UpdatePhone:
		return dialogue.Command{Name: "rights/phone", Arg: slot(r, intent.SlotPhone)}, true
	case intent.DeleteMyData:
		return dialogue.Command{Name: "rights", Arg: dataWish(words)}, true
	}
	c, ok := commandsOf()[name]
	return c, ok
}

// commandsOf are the intents that a command stands for as it is.
func commandsOf() map[string]dialogue.Command {
	return map[string]dialogue.Command{
		intent.CheckStatus:     {Name: "HS"},
		intent.PayoutDate:      {Name: "CT"},
		intent.PayoutMissing:   {Name: "payout/missing"},
		intent.ComplaintStatus: {Name: "grievance/mine"},
		intent.AddInformation:  {Name: "grievance/mine"},
		intent.TalkToStaff:     {Name: "GAP CB"},
		intent.Help:            {Name: "TG"},
		intent.Greeting:        {Name: dialogue.CommandStart},
		intent.Thanks:          {Name: "thanks"},
		intent.Cancel:          {Name: dialogue.CommandCancel},
		intent.StopMessages:    {Name: "optout/choose"},
		intent.ResumeMessages:  {Name: "MO"},
		intent.WrongPerson:     {Name: "wrong"},
		intent.Deceased:        {Name: "death"},
	}
}

// story is what was told already; a mere wish to tell something is none.
func story(words string) string {
	if len(text.Words(words)) < 9 {
		return ""
	}
	return words
}

func slot(r intent.Reading, kind string) string {
	for _, s := range r.Slots {
		if s.Kind == kind {
			return s.Value
		}
	}
	return ""
}

func language(words string) dialogue.Command {
	folded := " " + text.Fold(words) + " "
	switch {
	case strings.Contains(folded, " anh "), strings.Contains(folded, " english "):
		return dialogue.Command{Name: "EN"}
	case strings.Contains(folded, " viet "), strings.Contains(folded, " vietnamese "):
		return dialogue.Command{Name: "VI"}
	}
	return dialogue.Command{Name: "settings/languages"}
}

// dataWish tells erasing from looking; only what is plain is taken for granted.
func dataWish(words string) string {
	folded := " " + text.Fold(words) + " "
	switch {
	case anyWord(folded, []string{"xoa", "delete", "erase", "dung giu", "dong y"}):
		return "erase"
	case anyWord(folded, []string{"giu nhung", "giu gi", "thong tin gi", "xem"}):
		return "view"
	}
	return ""
}

// clarify asks which of several things was meant.
func (d *desk) clarify(ctx context.Context, t *dialogue.Talk, intents string) (dialogue.Reply, error) {
	keys := map[string]string{
		intent.CheckStatus: "choice.status.", intent.PayoutDate: "choice.payout.", intent.PayoutMissing: "choice.missing.",
		intent.FileComplaint: "choice.grievance.", intent.FilePetition: "choice.grievance.", intent.ComplaintStatus: "choice.my_reports.",
		intent.TalkToStaff: "choice.person.", intent.StopMessages: "choice.stop_notices.",
	}
	r := t.Say("help.which")
	for _, name := range strings.Fields(intents) {
		key := keys[name]
		c, ok := commandsOf()[name]
		if name == intent.FileComplaint || name == intent.FilePetition {
			c, ok = dialogue.Command{Name: "grievance/new"}, true
		}
		if key == "" || !ok || slices.ContainsFunc(r.Offer, func(o dialogue.Offer) bool { return o.Key == key }) {
			continue
		}
		r.Offer = append(r.Offer, dialogue.Offer{Key: key, Command: c})
	}
	if len(r.Offer) == 0 {
		return d.unknown(ctx, t, "")
	}
	if !slices.ContainsFunc(r.Offer, func(o dialogue.Offer) bool { return o.Key == "choice.person." }) {
		r.Offer = append(r.Offer, dialogue.Offer{Key: "choice.person.", Command: dialogue.Command{Name: "GAP CB"}})
	}
	return r, nil
}

// danger says whether somebody may be in danger.
func (d *desk) danger(words string) bool {
	r := intent.Understand(words, d.Clock())
	return r.Decision == intent.Act && r.Intents[0].Name == intent.Safety
}

// kindOf suggests the kind of a grievance from its words; an officer decides it.
func (d *desk) kindOf(story string) string {
	r := intent.Understand(story, d.Clock())
	if r.Decision == intent.Unknown {
		return casework.KindReport
	}
	switch r.Intents[0].Name {
	case intent.FileComplaint:
		return casework.KindComplaint
	case intent.FilePetition:
		if anyWord(" "+text.Fold(story)+" ", []string{"kien nghi", "de nghi", "gop y", "mong", "xin xa", "xin cho"}) {
			return casework.KindProposal
		}
	case intent.Eligibility, intent.RequiredDocuments, intent.PayoutAmount, intent.WhereToApply:
		return casework.KindQuestion
	}
	return casework.KindReport
}
