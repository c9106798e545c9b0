package dialogue

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/locales"
)

// How long a form waits for its next answer.
const (
	// waits: after this much silence a message is no longer read as the answer to an
	// old question; the form becomes a draft.
	waits = 72 * time.Hour
	// DraftLife is how long a half-filled form is kept.
	DraftLife = 30 * 24 * time.Hour
	// longWaits: within this time after a long answer, words that answer nothing belong to it.
	longWaits = 5 * time.Minute
)

// Config is what an Engine is made of.
type Config struct {
	Texts  *locales.Catalogues
	Clock  bot.Clock
	Random io.Reader // names for dialogues and drafts; read by many goroutines at once
	Desk   Desk
	// Scripts are all dialogues, each known by its ID.
	Scripts []Script
	// SaveDraft makes the act that keeps a draft for DraftLife.
	SaveDraft func(*Talk, Draft) bot.Act
	// Pagers cut long answers, by channel name; a channel without one says all at once.
	Pagers map[string]bot.Pager
	// Notice is the version of the first-contact notice: with a new one it is given again.
	Notice string
	// Words reads, beside the commands of bot/text, the words that answers tell people to send. It
	// takes whole messages alone and must be pure. nil: there are none.
	Words func(text string) (Command, bool)
}

// Engine plays scripts and commands. It implements bot.Player, keeps nothing
// between two turns, and may be used by many goroutines.
type Engine struct {
	cfg     Config
	scripts map[string]*Script
}

var _ bot.Player = (*Engine)(nil)

// New checks the scripts: a mistake in one is an error here and not in front of a
// citizen.
func New(cfg Config) (*Engine, error) {
	if cfg.Texts == nil || cfg.Clock == nil || cfg.Random == nil || cfg.Desk == nil || cfg.SaveDraft == nil {
		return nil, errors.New("dialogue engine: texts, clock, random source, desk and drafts are all needed")
	}
	e := &Engine{cfg: cfg, scripts: make(map[string]*Script, len(cfg.Scripts))}
	for i := range cfg.Scripts {
		s := &cfg.Scripts[i]
		if err := s.check(cfg.Texts); err != nil {
			return nil, fmt.Errorf("dialogue engine: %w", err)
		}
		if e.scripts[s.ID] != nil {
			return nil, fmt.Errorf("dialogue engine: script %q is there twice", s.ID)
		}
		e.scripts[s.ID] = s
	}
	return e, nil
}

// play is one turn on its way.
type play struct {
	*Engine
	t    *Talk
	s    *State
	turn bot.Turn
	more bool // what is said is the rest of an earlier answer
}

// Play decides one turn.
func (e *Engine) Play(ctx context.Context, conv bot.Conversation, state []byte, ev bot.Event) (bot.Turn, error) {
	s, lost := Decode(state)
	if lost != nil {
		// A form that cannot be read any more must not silence the conversation for ever.
		s = State{}
	}
	p := &play{Engine: e, s: &s, t: e.talk(conv, ev)}
	p.dropUnknown()
	if err := p.event(ctx); err != nil {
		return bot.Turn{}, err
	}
	if lost != nil && len(p.turn.Say) > 0 {
		p.turn.Say[0].Text = p.t.Text("dialogue.lost") + "\n" + p.turn.Say[0].Text
	}
	p.finish()
	var err error
	if p.turn.State, err = s.Encode(); err != nil {
		return bot.Turn{}, err
	}
	return p.turn, nil
}

// Apology is said when an event could not be played.
func (e *Engine) Apology(conv bot.Conversation) bot.Content {
	t := e.talk(conv, bot.Event{})
	return bot.Content{Text: t.Text("dialogue.apology"), Lang: t.Lang.Code(), Accents: conv.Accents}
}

func (e *Engine) talk(conv bot.Conversation, ev bot.Event) *Talk {
	place := e.cfg.Desk.Place(conv)
	return &Talk{
		Conv:  conv,
		Event: ev,
		Now:   e.cfg.Clock(),
		Lang:  e.cfg.Texts.Language(conv.Lang).Region(place.Region),
		place: place,
		texts: e.cfg.Texts,
		token: e.token,
	}
}

const tokenLetters = "0123456789abcdefghjkmnpqrstvwxyz" // 32, none that reads as another

func (e *Engine) token(n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(e.cfg.Random, b); err != nil {
		return "", fmt.Errorf("drawing a name: %w", err)
	}
	for i := range b {
		b[i] = tokenLetters[b[i]%32]
	}
	return string(b), nil
}

// dropUnknown takes out dialogues that this program no longer has. In one whose questions have
// changed since, a digit must not choose what it did not stand for: its choices are forgotten.
func (p *play) dropUnknown() {
	kept := p.s.Stack[:0]
	for _, f := range p.s.Stack {
		script := p.scripts[f.Script]
		if script == nil && f.Step != stepOffer {
			continue
		}
		if f.Answers == nil {
			f.Answers = Answers{}
		}
		if script != nil && f.Version != script.Version {
			f.Version, f.Asked = script.Version, nil
		}
		kept = append(kept, f)
	}
	p.s.Stack = kept
}

// event plays what arrived.
func (p *play) event(ctx context.Context) error {
	in := p.t.Event.Incoming
	in.Text = text.Clean(in.Text)
	switch in.Kind {
	case bot.KindBlocked, bot.KindTakeover:
		return nil
	case bot.KindStaff:
		return p.run(ctx, Command{CommandStaff, in.Text})
	case bot.KindOptOut:
		return p.silently(ctx, CommandOptOut)
	case bot.KindOptIn:
		return p.silently(ctx, CommandOptIn)
	}
	if in.Text != "" {
		if a := p.cfg.Desk.Alarm(in.Text); a != Calm {
			return p.alarm(ctx, a)
		}
	}
	if p.t.Conv.Holder != "" && p.t.Conv.Holder != "bot" {
		return p.held(ctx, in)
	}
	p.age()
	return p.heard(ctx, in)
}

// heard plays what a person did, while the bot has the conversation.
func (p *play) heard(ctx context.Context, in bot.Incoming) error {
	switch in.Kind {
	case bot.KindText:
		if in.Text == "" {
			return p.notHere(ctx, "dialogue.unread")
		}
		return p.text(ctx, in.Text)
	case bot.KindChoice:
		return p.choice(ctx, in.Choice)
	case bot.KindStart:
		return p.run(ctx, Command{CommandStart, in.Text})
	case bot.KindContact:
		return p.contact(ctx, in)
	case bot.KindFiles:
		return p.files(ctx, in)
	case bot.KindLocation:
		return p.location(ctx, in)
	case bot.KindEdited:
		return p.notHere(ctx, "dialogue.edited")
	}
	return p.notHere(ctx, "dialogue.unread")
}

// notHere says that something cannot be used, and asks the open question again.
func (p *play) notHere(ctx context.Context, key string) error {
	return p.reply(ctx, p.t.Say(key))
}

// silently plays what a carrier has answered already.
func (p *play) silently(ctx context.Context, name string) error {
	r, err := p.cfg.Desk.Run(ctx, p.t, Command{Name: name})
	if err != nil {
		return err
	}
	p.take(r)
	return nil
}

// held: an officer has the conversation. Only what the law gives a person at any time is
// heard; the rest waits for the officer.
func (p *play) held(ctx context.Context, in bot.Incoming) error {
	if p.always(ctx, in) {
		return p.heard(ctx, in)
	}
	if in.Kind != bot.KindText {
		return nil
	}
	c, ok := p.read(in.Text)
	if !ok {
		return nil
	}
	switch c.Name {
	case "TU CHOI", "MO", "SAI SO":
		r, err := p.cfg.Desk.Run(ctx, p.t, c)
		if err != nil {
			return err
		}
		p.take(r)
		p.say(r.Say...)
	}
	return nil
}

// always: the message answers a dialogue that goes on beside the officer.
func (p *play) always(ctx context.Context, in bot.Incoming) bool {
	f := p.s.form()
	if f == nil || !p.scripts[f.Script].Always {
		return false
	}
	switch in.Kind {
	case bot.KindChoice:
		return strings.HasPrefix(in.Choice, f.ID+":")
	case bot.KindText:
		if _, ok := p.match(f.Asked, in.Text, true); ok {
			return true
		}
		q := p.scripts[f.Script].question(f.Step)
		if q == nil || q.Check == nil || q.Open {
			return false
		}
		_, _, problem, err := q.Check(ctx, p.t, in.Text)
		return err == nil && problem == ""
	}
	return false
}

// alarm answers a text before anything has read it. A dialogue whose answers
// would say who accuses somebody ends without a trace.
func (p *play) alarm(ctx context.Context, a Alarm) error {
	p.s.Misses = 0
	r, err := p.cfg.Desk.Raise(ctx, p.t, a)
	if err != nil {
		return err
	}
	if a == Accusation || r.Quiet {
		p.dropGuarded()
	}
	return p.reply(ctx, r)
}

func (p *play) dropGuarded() {
	kept := p.s.Stack[:0]
	for _, f := range p.s.Stack {
		if s := p.scripts[f.Script]; s != nil && !s.Guarded {
			f.Long = ""
			kept = append(kept, f)
		}
	}
	p.s.Stack = kept
}

// age puts away what waited too long for an answer.
func (p *play) age() {
	last := p.t.Conv.LastInAt
	if last.IsZero() || p.t.Now.Sub(last) < waits {
		return
	}
	if p.t.Now.Sub(last) >= DraftLife {
		p.s.Stack = nil
	}
	for p.s.top() != nil {
		p.putAway()
	}
	p.s.Misses = 0
}

// take keeps what a reply changes.
func (p *play) take(r Reply) {
	p.turn.Acts = append(p.turn.Acts, r.Acts...)
	if r.Set.Lang != nil {
		p.turn.Set.Lang = r.Set.Lang
	}
	if r.Set.Accents != nil {
		p.turn.Set.Accents = r.Set.Accents
		p.t.Conv.Accents = *r.Set.Accents
	}
	if r.Set.UnitID != nil {
		p.turn.Set.UnitID = r.Set.UnitID
	}
	p.turn.Quiet = p.turn.Quiet || r.Quiet
	if r.Close {
		p.s.Stack = nil
	}
}

func (p *play) run(ctx context.Context, c Command) error {
	p.t.Form = p.s.form()
	r, err := p.cfg.Desk.Run(ctx, p.t, c)
	if err != nil {
		return err
	}
	return p.reply(ctx, r)
}

// reply says an answer and goes on with what is open.
func (p *play) reply(ctx context.Context, r Reply) error {
	if f := p.s.top(); f != nil && f.Step == stepOffer {
		p.s.pop()
	}
	p.take(r)
	p.say(r.Say...)
	switch {
	case r.Resume != nil:
		return p.resume(ctx, *r.Resume)
	case r.Begin != nil:
		return p.begin(ctx, *r.Begin)
	case p.s.top() != nil:
		p.list(r.Offer)
		if r.Hold {
			return nil
		}
		return p.askAgain(ctx, "")
	case len(r.Offer) > 0:
		return p.offer(r.Offer)
	}
	return nil
}

func (p *play) say(contents ...bot.Content) { p.turn.Say = append(p.turn.Say, contents...) }

// read recognises a command word.
func (e *Engine) read(s string) (Command, bool) {
	if c, ok := own(s); ok {
		return c, true
	}
	if e.cfg.Words != nil {
		if c, ok := e.cfg.Words(s); ok {
			return c, true
		}
	}
	if code, ok := text.FindGrievanceCode(s); ok && wholly(s, code) {
		return Command{"PA", code}, true
	}
	word, rest := text.Command(s)
	return Command{word, rest}, word != ""
}

// wholly: nothing but the code (and its PA) is in s.
func wholly(s, code string) bool {
	return strings.TrimPrefix(text.CodeKey(s), "PA") == strings.TrimPrefix(text.CodeKey(code), "PA")
}

// own are the words of the engine itself.
func own(s string) (Command, bool) {
	folded := text.Fold(s)
	switch folded {
	case "bo qua", "boqua", "skip":
		return Command{Name: wordSkip}, true
	case "nhac lai", "nhaclai", "doc lai", "repeat":
		return Command{Name: CommandRepeat}, true
	case "back", "quay lai":
		return Command{Name: wordBack}, true
	case "cancel":
		return Command{Name: CommandCancel}, true
	case "more", "xem tiep":
		return Command{Name: wordMore}, true
	}
	for _, w := range []struct{ says, name string }{
		{"tiep tuc", CommandResume}, {"tieptuc", CommandResume}, {"resume", CommandResume},
		{"sua", wordCorrect}, {"change", wordCorrect},
	} {
		rest, ok := strings.CutPrefix(folded, w.says)
		if ok && (rest == "" || rest[0] == ' ') && short(rest) {
			return Command{w.name, strings.TrimSpace(rest)}, true
		}
	}
	return Command{}, false
}

// short: at most a number follows, so that "sửa đường ở ấp 3" is a sentence.
func short(rest string) bool {
	fields := strings.Fields(rest)
	return len(fields) == 0 || len(fields) <= 3 && strings.Trim(strings.Join(fields, ""), "0123456789") == "" ||
		len(fields) == 2 && (fields[0] == "so" || fields[0] == "muc" || fields[0] == "cau")
}

const (
	wordSkip    = "BO QUA"
	wordCorrect = "SUA"
	wordBack    = "LAI"
	wordMore    = "TIEP"
)
