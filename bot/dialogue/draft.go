package dialogue

import (
	"context"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// begin opens a dialogue. One that is open already is not begun a second time.
func (p *play) begin(ctx context.Context, b Begin) error {
	if f := p.s.top(); f != nil && f.Script == b.Script {
		return p.askAgain(ctx, "")
	}
	if len(p.s.Stack) >= maxStack {
		p.putAway()
	}
	id, err := p.token(10)
	if err != nil {
		return err
	}
	f := Frame{ID: id, Script: b.Script, Version: p.scripts[b.Script].Version, Answers: Answers{}, Events: b.Events}
	for k, v := range b.Answers {
		f.Answers[k] = v
	}
	p.s.Stack = append(p.s.Stack, f)
	return p.next(ctx, p.s.top(), "")
}

// resume opens a draft where it was left.
func (p *play) resume(ctx context.Context, d Draft) error {
	f, err := decodeFrame(d.State)
	if err != nil || p.scripts[f.Script] == nil {
		return p.reply(ctx, p.t.Say("dialogue.draft_gone"))
	}
	if f.Answers == nil {
		f.Answers = Answers{}
	}
	if f.Step == stepLeave {
		f.Step = f.Back
	}
	f.Long = ""
	if len(p.s.Stack) >= maxStack {
		p.putAway()
	}
	p.s.Stack = append(p.s.Stack, f)
	return p.askAgain(ctx, p.t.Text("dialogue.resumed", "title", p.t.Text(p.scripts[f.Script].Title)))
}

// putAway ends the open dialogue and keeps what was typed as a draft.
func (p *play) putAway() {
	f := *p.s.top()
	p.s.pop()
	script := p.scripts[f.Script]
	if script == nil || !script.Keep || f.typed(script) == 0 {
		return
	}
	state, err := encodeFrame(f)
	if err != nil {
		return // strings and numbers alone: they can always be written
	}
	d := Draft{ID: f.ID, Script: f.Script, State: state}
	key := "dialogue.kept"
	if p.t.Conv.Phone != "" {
		if d.Code, err = p.draftCode(); err == nil {
			key = "dialogue.kept_code"
		}
	}
	p.turn.Acts = append(p.turn.Acts, p.cfg.SaveDraft(p.t, d))
	p.say(bot.Content{Text: p.t.Text(key, "title", p.t.Text(script.Title), "code", d.Code)})
}

// draftCode is six digits: enough beside a second fact whose tries are limited.
func (p *play) draftCode() (string, error) {
	b := make([]byte, 0, 6)
	for len(b) < cap(b) {
		one, err := p.token(1)
		if err != nil {
			return "", err
		}
		if one[0] >= '0' && one[0] <= '9' {
			b = append(b, one[0])
		}
	}
	return string(b), nil
}

// list shows, while a question is open, the offers that are the answer itself: a list from records.
// They are chosen by their words, since a digit belongs to the question.
func (p *play) list(offers []Offer) {
	if len(p.turn.Say) == 0 {
		return
	}
	last := &p.turn.Say[len(p.turn.Say)-1]
	for _, o := range offers {
		if o.Label != "" && len(last.Choices) < maxChoices && len(o.id()) <= maxID {
			last.Prompt = true
			last.Choices = append(last.Choices, bot.Choice{ID: o.id(), Label: o.Label, Word: o.Word})
		}
	}
}

// id is the choice's id, which is a command and never goes stale.
func (o Offer) id() string {
	if o.Command.Arg == "" {
		return GoPrefix + o.Command.Name
	}
	return GoPrefix + o.Command.Name + "|" + o.Command.Arg
}

// offer shows commands that may come next, below what was said last.
func (p *play) offer(offers []Offer) error {
	id, err := p.token(10)
	if err != nil {
		return err
	}
	f := Frame{ID: id, Step: stepOffer}
	for _, o := range offers[:min(len(offers), maxChoices)] {
		if len(o.id()) > maxID {
			continue
		}
		c := Choice{Value: o.id(), Label: o.Label, Word: o.Word}
		if o.Key != "" {
			c = p.choiceOf(o.id(), o.Key)
		}
		f.Asked = append(f.Asked, c)
	}
	p.s.Stack = append(p.s.Stack, f)
	if len(p.turn.Say) == 0 {
		p.say(bot.Content{Text: p.t.Text("dialogue.what_next")})
	}
	last := &p.turn.Say[len(p.turn.Say)-1]
	for _, c := range f.Asked {
		last.Choices = append(last.Choices, bot.Choice{ID: c.Value, Label: c.Label, Word: c.Word})
	}
	return nil
}

// rest says what a long answer still has to say.
func (p *play) rest(ctx context.Context) error {
	if len(p.s.Rest) == 0 {
		return p.run(ctx, Command{Name: CommandMenu})
	}
	page := p.s.Rest[0]
	p.s.Rest = p.s.Rest[1:]
	p.more = true
	p.say(bot.Content{Text: page.Text, Choices: page.Choices, Prompt: page.Prompt, More: len(p.s.Rest) > 0})
	return nil
}

// finish makes what was decided ready to be said: language, first contact, pages.
func (p *play) finish() {
	if len(p.turn.Say) == 0 {
		return
	}
	var out []bot.Content
	var rest []Page
	for i, c := range p.turn.Say {
		c.Text = text.Clean(c.Text)
		c.Lang, c.Accents = p.t.Lang.Code(), p.t.Conv.Accents
		if i == 0 && p.s.Told != p.cfg.Notice {
			c.First = p.t.Text("dialogue.first")
			p.s.Told = p.cfg.Notice
		}
		pager := p.cfg.Pagers[p.t.Conv.Address.Channel]
		if pager == nil || p.more {
			out = append(out, c)
			continue
		}
		pages := pager.Pages(c)
		out = append(out, pages[0])
		for _, more := range pages[1:] {
			rest = append(rest, Page{Text: more.Text, Choices: more.Choices, Prompt: more.Prompt})
		}
	}
	p.turn.Say = out
	if !p.more {
		p.s.Rest = rest
	}
}
