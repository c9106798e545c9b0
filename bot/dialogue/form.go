package dialogue

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// inBetween is how many words a question asked in between has at most, right after a story.
const inBetween = 8

// longest is how many bytes one long answer may have with all that was added.
const longest = 20000

// text plays words that were typed.
func (p *play) text(ctx context.Context, words string) error {
	f := p.s.top()
	switch {
	case f == nil:
		return p.idle(ctx, words)
	case f.Step == stepOffer:
		if c, ok := p.match(f.Asked, words, true); ok {
			return p.offered(ctx, c)
		}
		return p.idle(ctx, words)
	case f.Step == stepReview, f.Step == stepFix, f.Step == stepLeave:
		return p.shared(ctx, f, words)
	}
	return p.question(ctx, f, words, true)
}

// idle plays words while no question is open.
func (p *play) idle(ctx context.Context, words string) error {
	if c, ok := p.read(words); ok {
		return p.idleCommand(ctx, c)
	}
	if c, known := p.cfg.Desk.Understand(p.t, words, false); known {
		return p.idleCommand(ctx, c)
	}
	p.s.Misses++
	if p.s.Misses >= maxMisses {
		p.s.Misses = 0
		p.say(bot.Content{Text: p.t.Text("dialogue.person")})
		return nil
	}
	return p.run(ctx, Command{Name: CommandUnknown})
}

// maxMisses is how often in a row somebody is not understood before a person is offered.
const maxMisses = 3

func (p *play) idleCommand(ctx context.Context, c Command) error {
	p.s.Misses = 0
	switch c.Name {
	case wordMore:
		return p.rest(ctx)
	case wordBack, CommandCancel, wordSkip, CommandRepeat, wordCorrect:
		p.say(bot.Content{Text: p.t.Text("dialogue.nothing_open")})
		return p.run(ctx, Command{Name: CommandMenu})
	}
	return p.run(ctx, c)
}

// question plays an answer to the open question. commands is false for words that must not be read as
// a command again.
func (p *play) question(ctx context.Context, f *Frame, words string, commands bool) error {
	q := p.scripts[f.Script].question(f.Step)
	if q == nil { // an older form of this dialogue: go on with the first question that has no answer
		return p.next(ctx, f, "")
	}
	if c, ok := p.match(f.Asked, words, !q.Open); ok {
		return p.chosen(ctx, f, q, c)
	}
	p.t.Form = f
	problem := ""
	if q.Check == nil {
		if c, ok := p.almost(f.Asked, words); ok {
			return p.chosen(ctx, f, q, c)
		}
	}
	if q.Check != nil && !q.Open {
		done, why, err := p.check(ctx, f, q, words)
		if done || err != nil {
			return err
		}
		problem = why
	}
	if c, ok := p.read(words); ok && commands {
		return p.formCommand(ctx, f, q, c)
	}
	if q.Check != nil && q.Open {
		done, why, err := p.check(ctx, f, q, words)
		if done || err != nil {
			return err
		}
		problem = why
	}
	return p.elsewhere(ctx, f, q, words, problem)
}

// check tries words as an answer; done says that the turn went on with it.
func (p *play) check(ctx context.Context, f *Frame, q *Question, words string) (done bool, problem string, err error) {
	value, shown, problem, err := q.Check(ctx, p.t, words)
	if err != nil || problem != "" {
		return false, problem, err
	}
	return true, "", p.accept(ctx, f, q, Answer{Value: value, Shown: shown})
}

// elsewhere: the words do not answer the question. They may go on with the long answer before it, or ask
// something else in between.
func (p *play) elsewhere(ctx context.Context, f *Frame, q *Question, words, problem string) error {
	n := len(text.Words(words))
	goesOn := f.Long != "" && !f.Answers.Has(q.ID) && p.t.Now.Sub(f.LongAt) < longWaits && n > 2
	// A short question in between is told from the rest of a story by its length.
	if c, known := p.cfg.Desk.Understand(p.t, words, true); known && (!goesOn || n <= inBetween) {
		return p.formCommand(ctx, f, q, c)
	}
	if goesOn {
		return p.addLong(ctx, f, words)
	}
	return p.miss(ctx, q, problem)
}

func (p *play) addLong(ctx context.Context, f *Frame, words string) error {
	a := f.Answers[f.Long]
	if len(a.Value)+len(words) > longest {
		return p.askAgain(ctx, p.t.Text("dialogue.too_long"))
	}
	a.Value = strings.TrimSpace(a.Value + "\n" + words)
	f.Answers[f.Long] = a
	f.LongAt = p.t.Now
	p.s.Misses = 0
	return p.askAgain(ctx, p.t.Text("dialogue.added"))
}

// miss says what was wrong, and asks again; the third time it offers a person.
func (p *play) miss(ctx context.Context, q *Question, problem string) error {
	p.s.Misses++
	if problem == "" {
		problem = "dialogue.unclear"
	}
	before := p.t.Text(problem)
	switch {
	case p.s.Misses >= maxMisses:
		p.s.Misses = 0
		before = p.t.Text("dialogue.person")
	case p.s.Misses == 2 && q != nil && q.Help != "":
		before = p.t.Text(q.Help)
	}
	return p.askAgain(ctx, before)
}

func (p *play) chosen(ctx context.Context, f *Frame, q *Question, c Choice) error {
	if c.Key == keySkip {
		return p.skip(ctx, f, q)
	}
	a := Answer{Value: c.Value, Key: c.Key}
	if c.Key == "" {
		a.Shown = c.Label
	}
	if q.Files {
		a = Answer{Value: c.Value, Shown: p.filesShown(f)}
	}
	return p.accept(ctx, f, q, a)
}

func (p *play) filesShown(f *Frame) string {
	if len(f.Events) == 0 {
		return p.t.Text("dialogue.skipped")
	}
	return p.t.Text("dialogue.files", "n", len(f.Events))
}

// accept keeps an answer and goes on.
func (p *play) accept(ctx context.Context, f *Frame, q *Question, a Answer) error {
	f.Answers[q.ID] = a
	p.s.Misses = 0
	if q.Long {
		f.Long, f.LongAt = q.ID, p.t.Now
	}
	return p.next(ctx, f, "")
}

// formCommand plays a command word while a question is open.
func (p *play) formCommand(ctx context.Context, f *Frame, q *Question, c Command) error {
	p.s.Misses = 0
	switch c.Name {
	case wordBack:
		return p.back(ctx, f)
	case CommandCancel:
		return p.cancel(ctx, f)
	case "HUY", "DUNG", "TC":
		return p.doubtful(ctx, f, q, c)
	case wordSkip:
		return p.skip(ctx, f, q)
	case CommandRepeat, CommandResume:
		return p.askAgain(ctx, "")
	case "TG":
		return p.help(ctx, q)
	case wordMore:
		if len(p.s.Rest) > 0 {
			return p.rest(ctx)
		}
		return p.askAgain(ctx, "")
	case wordCorrect:
		return p.correct(ctx, f, c.Arg)
	case CommandMenu:
		for p.s.top() != nil {
			p.putAway()
		}
		return p.run(ctx, c)
	}
	if script := p.scripts[f.Script]; c.Name == script.Word && !text.ValidGrievanceCode(c.Arg) {
		if c.Arg == "" || q == nil {
			return p.askAgain(ctx, "")
		}
		if !q.Open && f.typed(script) == 0 { // nothing was answered yet: the one message says it all
			p.s.pop()
			return p.run(ctx, c)
		}
		return p.question(ctx, f, c.Arg, false)
	}
	return p.run(ctx, c)
}

// doubtful plays the words that mean two things. HUY and DUNG are also names, and no question wants
// notices to stop because of a word.
func (p *play) doubtful(ctx context.Context, f *Frame, q *Question, c Command) error {
	if c.Name == "HUY" && (q == nil || !q.Open) {
		return p.cancel(ctx, f)
	}
	return p.askAgain(ctx, p.t.Text("dialogue.doubtful"))
}

func (p *play) help(ctx context.Context, q *Question) error {
	if q != nil && q.Help != "" {
		return p.askAgain(ctx, p.t.Text(q.Help))
	}
	p.say(bot.Content{Text: p.t.Text("dialogue.help")})
	return p.askAgain(ctx, "")
}

func (p *play) skip(ctx context.Context, f *Frame, q *Question) error {
	switch {
	case q == nil:
		return p.askAgain(ctx, "")
	case q.Skip:
		p.s.Misses = 0
		f.Answers[q.ID] = Answer{Skipped: true}
		return p.next(ctx, f, "")
	case f.Answers.Has(q.ID): // gone back to: the answer stays as it was
		return p.next(ctx, f, "")
	}
	return p.askAgain(ctx, p.t.Text("dialogue.needed"))
}

// back goes to the question before.
func (p *play) back(ctx context.Context, f *Frame) error {
	script := p.scripts[f.Script]
	var before *Question
	for i := range script.Questions {
		q := &script.Questions[i]
		if q.ID == f.Step {
			break
		}
		if f.Answers.Has(q.ID) && (q.When == nil || q.When(f.Answers)) {
			before = q
		}
	}
	if before == nil {
		return p.askAgain(ctx, p.t.Text("dialogue.first_question"))
	}
	f.Step = before.ID
	return p.askAgain(ctx, "")
}

// correct goes to the answer with a number of the read-back.
func (p *play) correct(ctx context.Context, f *Frame, number string) error {
	items := p.items(f)
	fields := strings.Fields(number)
	if len(fields) > 0 {
		n, err := strconv.Atoi(fields[len(fields)-1])
		if err == nil && n >= 1 && n <= len(items) {
			f.Step = items[n-1].ID
			return p.askAgain(ctx, "")
		}
	}
	if len(items) == 0 {
		return p.askAgain(ctx, "")
	}
	f.Step = stepFix
	return p.askAgain(ctx, "")
}

// cancel gives the dialogue up; when much was typed, it asks first.
func (p *play) cancel(ctx context.Context, f *Frame) error {
	if f.Step == stepLeave || f.typed(p.scripts[f.Script]) < 2 {
		return p.drop(ctx)
	}
	f.Back, f.Step = f.Step, stepLeave
	return p.askAgain(ctx, "")
}

func (p *play) drop(ctx context.Context) error {
	p.s.pop()
	p.s.Misses = 0
	return p.reply(ctx, p.t.Say("dialogue.dropped"))
}

// shared plays an answer at one of the steps that every dialogue has.
func (p *play) shared(ctx context.Context, f *Frame, words string) error {
	digits := f.Step != stepReview // there, a number is that of an answer
	if c, ok := p.match(f.Asked, words, digits); ok {
		return p.sharedChoice(ctx, f, c)
	}
	if f.Step == stepReview {
		if n := strings.TrimSpace(words); len(n) == 1 && n >= "1" && n <= "9" {
			return p.correct(ctx, f, n)
		}
	}
	if c, ok := p.read(words); ok {
		if f.Step == stepLeave && c.Name == wordBack {
			f.Step = f.Back
			return p.askAgain(ctx, "")
		}
		return p.formCommand(ctx, f, nil, c)
	}
	return p.elsewhere(ctx, f, &Question{ID: f.Step}, words, "")
}

func (p *play) sharedChoice(ctx context.Context, f *Frame, c Choice) error {
	p.s.Misses = 0
	switch c.Value {
	case valueSend:
		return p.act(ctx, f)
	case valueFix:
		return p.correct(ctx, f, "")
	case valueCancel:
		return p.cancel(ctx, f)
	case valueDrop:
		return p.drop(ctx)
	case valueKeep:
		p.putAway()
		return p.reply(ctx, Reply{})
	case valueGoOn:
		f.Step = f.Back
		return p.askAgain(ctx, "")
	}
	f.Step = c.Value // stepFix: the question to answer anew
	return p.askAgain(ctx, "")
}

// act ends the dialogue with its one act.
func (p *play) act(ctx context.Context, f *Frame) error {
	script := p.scripts[f.Script]
	for _, q := range script.Questions { // an answer that a later correction made pointless
		if q.When != nil && !q.When(f.Answers) {
			delete(f.Answers, q.ID)
		}
	}
	form := *f
	p.t.Form = &form
	r, err := script.Act(ctx, p.t)
	if err != nil {
		return err
	}
	p.s.pop()
	p.s.Misses = 0
	return p.reply(ctx, r)
}

// choice plays a button.
func (p *play) choice(ctx context.Context, id string) error {
	if c, ok := strings.CutPrefix(id, GoPrefix); ok {
		name, arg, _ := strings.Cut(c, "|")
		return p.pressed(ctx, Command{name, arg})
	}
	frame, rest, _ := strings.Cut(id, ":")
	step, value, _ := strings.Cut(rest, ":")
	f := p.s.form()
	if f == nil || f.ID != frame || f.Step != step {
		return p.stale(ctx)
	}
	i := slices.IndexFunc(f.Asked, func(c Choice) bool { return c.Value == value })
	if i < 0 {
		return p.stale(ctx)
	}
	if strings.HasPrefix(step, "~") {
		return p.sharedChoice(ctx, f, f.Asked[i])
	}
	q := p.scripts[f.Script].question(step)
	if q == nil {
		return p.stale(ctx)
	}
	p.t.Form = f
	return p.chosen(ctx, f, q, f.Asked[i])
}

// stale: the button belongs to a question that is no longer open.
func (p *play) stale(ctx context.Context) error {
	if p.s.form() != nil {
		return p.askAgain(ctx, p.t.Text("dialogue.closed"))
	}
	p.say(bot.Content{Text: p.t.Text("dialogue.closed")})
	return p.run(ctx, Command{Name: CommandMenu})
}

// pressed plays the button of a command.
func (p *play) pressed(ctx context.Context, c Command) error {
	if f := p.s.form(); f != nil {
		return p.formCommand(ctx, f, p.scripts[f.Script].question(f.Step), c)
	}
	return p.idleCommand(ctx, c)
}

func (p *play) offered(ctx context.Context, c Choice) error {
	name, arg, _ := strings.Cut(strings.TrimPrefix(c.Value, GoPrefix), "|")
	return p.idleCommand(ctx, Command{name, arg})
}

// files plays pictures and documents.
func (p *play) files(ctx context.Context, in bot.Incoming) error {
	f := p.s.form()
	if f == nil || !slices.ContainsFunc(p.scripts[f.Script].Questions, func(q Question) bool { return q.Files }) {
		return p.run(ctx, Command{CommandFiles, in.Text})
	}
	f.Events = append(f.Events, p.t.Event.ID)
	if in.Text != "" {
		return p.text(ctx, in.Text)
	}
	q := p.scripts[f.Script].question(f.Step)
	if len(f.Events) > 1 && q != nil && q.Files {
		return nil // one of several pictures: the first was answered
	}
	return p.askAgain(ctx, p.t.Text("dialogue.file_kept"))
}

// contact plays a shared telephone number: where a question asks for one it is the answer.
func (p *play) contact(ctx context.Context, in bot.Incoming) error {
	if f := p.s.form(); f != nil && in.Phone != "" {
		if q := p.scripts[f.Script].question(f.Step); q != nil && q.Contact {
			p.t.Form = f
			if done, _, err := p.check(ctx, f, q, in.Phone); done || err != nil {
				return err
			}
		}
	}
	return p.run(ctx, Command{CommandContact, in.Phone})
}

// location: only the name of a place can be used; where a person is, is
// sensitive data that no dialogue needs (Decree 356/2025/NĐ-CP).
func (p *play) location(ctx context.Context, in bot.Incoming) error {
	if in.Text != "" && p.s.form() != nil {
		return p.text(ctx, in.Text)
	}
	return p.notHere(ctx, "dialogue.location")
}
