package dialogue

import (
	"context"
	"strconv"
	"strings"
	"unicode/utf8"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// What every channel can show (see bot.Content), and the longest id of a choice, in bytes.
const (
	maxChoices = 9
	maxID      = 60
)

// GoPrefix begins the id of a choice that is a command ("go:CT", "go:HS|H15…"). Such a
// choice never goes stale.
const GoPrefix = "go:"

// The choices of the engine's own steps, and their values.
const (
	keySkip   = "choice.skip."
	keyFix    = "choice.fix."
	keyCancel = "choice.cancel."
	keyDrop   = "choice.drop."
	keyKeep   = "choice.keep."
	keyGoOn   = "choice.go_on."

	valueSkip   = "skip"
	valueSend   = "~send"
	valueFix    = "~fix"
	valueCancel = "~cancel"
	valueDrop   = "~drop"
	valueKeep   = "~keep"
	valueGoOn   = "~go_on"
)

// next goes to the first question without an answer, or on to the end.
func (p *play) next(ctx context.Context, f *Frame, before string) error {
	script := p.scripts[f.Script]
	if script.Settled != nil && script.Settled(f.Answers) {
		return p.act(ctx, f)
	}
	for i := range script.Questions {
		q := &script.Questions[i]
		if f.Answers.Has(q.ID) || q.When != nil && !q.When(f.Answers) {
			continue
		}
		f.Step = q.ID
		asked, err := p.ask(ctx, f, q, before)
		if asked || err != nil {
			return err
		}
	}
	if script.ReadBack != "" {
		f.Step = stepReview
		return p.askAgain(ctx, before)
	}
	return p.act(ctx, f)
}

// askAgain says the open question, after a sentence of its own if there is one.
func (p *play) askAgain(ctx context.Context, before string) error {
	f := p.s.form()
	if f == nil {
		if before != "" {
			p.say(bot.Content{Text: before})
		}
		return nil
	}
	switch f.Step {
	case stepReview:
		return p.askReview(f, before)
	case stepFix:
		return p.askFix(f, before)
	case stepLeave:
		return p.askLeave(f, before)
	}
	q := p.scripts[f.Script].question(f.Step)
	if q == nil {
		return p.next(ctx, f, before)
	}
	asked, err := p.ask(ctx, f, q, before)
	if err != nil || asked {
		return err
	}
	return p.next(ctx, f, before)
}

// ask says a question; false when its options have vanished and there is nothing to ask.
func (p *play) ask(ctx context.Context, f *Frame, q *Question, before string) (bool, error) {
	p.t.Form = f
	choices := p.named(q.Choices)
	if q.Options != nil {
		options, err := q.Options(ctx, p.t)
		if err != nil {
			return false, err
		}
		if len(options) == 0 && q.Check == nil {
			return false, nil
		}
		choices = append(options, choices...)
	}
	if q.Skip && len(choices) < maxChoices {
		choices = append(choices, p.choiceOf(valueSkip, keySkip))
	}
	f.Asked = choices[:min(len(choices), maxChoices)]
	words := ""
	if q.Ask != nil {
		var err error
		if words, err = q.Ask(ctx, p.t); err != nil {
			return false, err
		}
	} else {
		words = p.t.Text(q.Text)
	}
	if a, ok := f.Answers[q.ID]; ok && !a.Skipped {
		words += "\n" + p.t.Text("dialogue.now", "value", p.shown(q, a))
	}
	p.sayAsked(f, before, words, q.Open)
	p.turn.Say[len(p.turn.Say)-1].AskContact = q.Contact
	return true, nil
}

// sayAsked says a question with its choices. prompt: they are answered by words.
func (p *play) sayAsked(f *Frame, before, words string, prompt bool) {
	content := bot.Content{Text: join(before, words), Prompt: prompt && len(f.Asked) > 0}
	for _, c := range f.Asked {
		content.Choices = append(content.Choices, bot.Choice{ID: f.ID + ":" + f.Step + ":" + c.Value, Label: c.Label, Word: c.Word})
	}
	p.say(content)
}

func join(before, words string) string {
	if before == "" {
		return words
	}
	return before + "\n" + words
}

// named makes choices of their keys; the value is the last part of the key.
func (p *play) named(keys []string) []Choice {
	choices := make([]Choice, 0, len(keys)+1)
	for _, k := range keys {
		name := strings.TrimSuffix(k, ".")
		choices = append(choices, p.choiceOf(name[strings.LastIndexByte(name, '.')+1:], k))
	}
	return choices
}

func (p *play) choiceOf(value, key string) Choice { return p.t.Choice(value, key) }

// items are the questions that the read-back lists, in order.
func (p *play) items(f *Frame) []*Question {
	script := p.scripts[f.Script]
	var items []*Question
	for i := range script.Questions {
		q := &script.Questions[i]
		if q.Label != "" && f.Answers.Has(q.ID) && (q.When == nil || q.When(f.Answers)) && len(items) < maxChoices {
			items = append(items, q)
		}
	}
	return items
}

func (p *play) askReview(f *Frame, before string) error {
	script := p.scripts[f.Script]
	var lines []string
	for i, q := range p.items(f) {
		lines = append(lines, p.t.Text("dialogue.item", "n", i+1, "label", p.t.Text(q.Label), "value", p.shown(q, f.Answers[q.ID])))
	}
	f.Asked = []Choice{p.choiceOf(valueSend, script.Send), p.choiceOf(valueFix, keyFix), p.choiceOf(valueCancel, keyCancel)}
	p.sayAsked(f, before, p.t.Text(script.ReadBack, "list", strings.Join(lines, "\n")), true)
	return nil
}

func (p *play) askFix(f *Frame, before string) error {
	f.Asked = nil
	for i, q := range p.items(f) {
		f.Asked = append(f.Asked, Choice{Value: q.ID, Label: p.t.Text(q.Label), Word: wordCorrect + " " + strconv.Itoa(i+1)})
	}
	p.sayAsked(f, before, p.t.Text("dialogue.fix"), false)
	return nil
}

func (p *play) askLeave(f *Frame, before string) error {
	script := p.scripts[f.Script]
	f.Asked = []Choice{p.choiceOf(valueDrop, keyDrop)}
	if script.Keep {
		f.Asked = append(f.Asked, p.choiceOf(valueKeep, keyKeep))
	}
	f.Asked = append(f.Asked, p.choiceOf(valueGoOn, keyGoOn))
	p.sayAsked(f, before, p.t.Text("dialogue.leave", "title", p.t.Text(script.Title)), false)
	return nil
}

// shown is an answer as the person reads it.
func (p *play) shown(q *Question, a Answer) string {
	switch {
	case a.Skipped:
		return p.t.Text("dialogue.skipped")
	case a.Key != "":
		return p.t.Text(a.Key + "label")
	case q.Long:
		return p.quote(a.Value)
	case a.Shown != "":
		return a.Shown
	}
	return a.Value
}

// How much of a long answer is quoted.
const (
	quoteStart = 34
	quoteEnd   = 22
)

// quote shows the start, the end and the length of a long answer, so that a person knows that all
// of it is there.
func (p *play) quote(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if utf8.RuneCountInString(s) <= quoteStart+quoteEnd+20 {
		return s
	}
	return p.t.Text("dialogue.quote", "start", head(s, quoteStart), "end", tail(s, quoteEnd), "n", len(strings.Fields(s)))
}

// head is the start of s, about n letters, up to the end of a word.
func head(s string, n int) string {
	r := []rune(s)[:n]
	if i := strings.LastIndexByte(string(r), ' '); i > len(string(r))/2 {
		return string(r)[:i]
	}
	return string(r)
}

func tail(s string, n int) string {
	all := []rune(s)
	r := string(all[len(all)-n:])
	if i := strings.IndexByte(r, ' '); i >= 0 && i < len(r)/2 {
		return r[i+1:]
	}
	return r
}

// match finds the choice that words mean: its label, its word, another word for
// it in any language, or its number.
func (p *play) match(asked []Choice, words string, digits bool) (Choice, bool) {
	folded := courteous(text.Words(words))
	if folded == "" || halts(words) {
		return Choice{}, false
	}
	if n, err := strconv.Atoi(folded); err == nil && digits && n >= 1 && n <= len(asked) {
		return asked[n-1], true
	}
	for _, c := range asked {
		if folded == text.Fold(c.Label) || folded == text.Fold(c.Word) || c.Key != "" && p.also(c.Key, folded) {
			return c, true
		}
	}
	return Choice{}, false
}

// halts: "dừng" (stop) and "đừng" (do not), typed with their accents, are no "đúng" (right).
func halts(words string) bool {
	words = strings.ToLower(text.Clean(words))
	return strings.Contains(words, "dừng") || strings.Contains(words, "đừng")
}

// sentence is how many words an answer may have in which a choice is looked for.
const sentence = 6

// almost finds the one choice that a short sentence names: "dạ chưa ai nhận hết". Where two are
// named, the longer words decide, and a "not" beside the words decides against them.
func (p *play) almost(asked []Choice, words string) (Choice, bool) {
	folded := text.Words(words)
	if len(folded) < 2 || len(folded) > sentence || halts(words) {
		return Choice{}, false
	}
	if _, command := p.read(words); command {
		return Choice{}, false
	}
	in := " " + strings.Join(folded, " ") + " "
	var best Choice
	longest, twice := 0, false
	for _, c := range asked {
		if c.Key == "" || c.Key == keySkip {
			continue
		}
		n := p.longestIn(in, c.Key)
		switch {
		case n > longest:
			best, longest, twice = c, n, false
		case n == longest && n > 0:
			twice = true
		}
	}
	return best, longest > 0 && !twice
}

// longestIn is how many words the longest wording of a choice has that stands in a text.
func (p *play) longestIn(in, key string) int {
	best := 0
	for _, code := range p.cfg.Texts.Codes() {
		l := p.cfg.Texts.Language(code)
		for _, w := range append(strings.Split(l.Text(key+"also"), ","), l.Text(key+"label"), l.Text(key+"word")) {
			w = text.Fold(w)
			if w == "dung" { // "đúng" beside other words may be "đừng", do not
				continue
			}
			if len(w) > 1 && strings.Contains(in, " "+w+" ") && !denied(strings.Replace(in, " "+w+" ", " ", 1)) {
				best = max(best, len(strings.Fields(w)))
			}
		}
	}
	return best
}

// denied: a "not" or a doubt stands in what is left of a text.
func denied(rest string) bool {
	for _, w := range []string{"khong", "ko", "chua", "hong", "chang", "dung", "not", "never", "hay", "biet"} {
		if strings.Contains(rest, " "+w+" ") {
			return true
		}
	}
	return false
}

func (p *play) also(key, folded string) bool {
	for _, code := range p.cfg.Texts.Codes() {
		l := p.cfg.Texts.Language(code)
		if folded == text.Fold(l.Text(key+"label")) || folded == text.Fold(l.Text(key+"word")) {
			return true
		}
		for _, w := range strings.Split(l.Text(key+"also"), ",") {
			if folded == text.Fold(w) {
				return true
			}
		}
	}
	return false
}

// courteous drops the words of courtesy around an answer, and "số" before a number.
func courteous(words []string) string {
	for len(words) > 1 {
		switch last := words[len(words)-1]; last {
		case "a", "nhe", "nha", "nghen", "please":
			words = words[:len(words)-1]
			continue
		}
		switch words[0] {
		case "da", "so", "chon", "thua":
			words = words[1:]
			continue
		}
		break
	}
	return strings.Join(words, " ")
}
