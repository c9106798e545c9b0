package handlertest

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/bot/sms"
	"tiepdan/bot/telegram"
	"tiepdan/bot/webchat"
	"tiepdan/bot/zalo"
	"tiepdan/casework"
	"tiepdan/handlers"
	"tiepdan/locales"
)

// Renderer shapes content into what a person sees; every bot.Channel is one.
type Renderer interface {
	Render(bot.Content) ([]bot.Part, error)
}

// Route is the way that a conversation takes.
type Route struct {
	Channel string // a channel name of bot
	ID      string // the person's address on it; an SMS address is their phone
	Keyword string // of a rented short code; sms only
	Number  string // that they write to; sms only
	Lang    string
	Accents bool
	Phone   string // proven, on other channels than sms
	Unit    int64  // that serves them; 0: not known yet
	// Conversation numbers it, for several in one World; 0: the first.
	Conversation int64
}

// Session is one conversation with the dialogues, against a World.
type Session struct {
	World  *World
	Conv   bot.Conversation
	Shown  []bot.Choice // every button that was shown, the latest last
	engine *dialogue.Engine
	render Renderer
	state  []byte
	seq    int64
}

// Answer is what one message brought about.
type Answer struct {
	Turn  bot.Turn
	Parts []bot.Part
}

// Open begins a conversation. random names what the dialogues name; settings
// are the office's.
func Open(w *World, texts *locales.Catalogues, random io.Reader, route Route, settings handlers.Settings) (*Session, error) {
	rules, err := casework.LoadRules(nil)
	if err != nil {
		return nil, err
	}
	render, err := RendererOf(texts, route)
	if err != nil {
		return nil, err
	}
	pagers := map[string]bot.Pager{}
	if p, ok := render.(bot.Pager); ok {
		pagers[route.Channel] = p
	}
	engine, err := handlers.New(handlers.Deps{
		Texts: texts, Clock: w.Now, Random: random, Applications: w, Payouts: w, People: w, Grievances: w, Drafts: w,
		Units: w, Links: w, Limits: w, Rules: rules, Pagers: pagers, Settings: settings,
	})
	if err != nil {
		return nil, err
	}
	s := &Session{World: w, engine: engine, render: render, Conv: bot.Conversation{
		ID: max(1, route.Conversation), Address: bot.Address{Channel: route.Channel, ID: route.ID}, Lang: or(route.Lang, locales.Default), Accents: route.Accents,
		Phone: route.Phone, UnitID: route.Unit, Holder: "bot", Digits: route.Keyword == "", Keyword: route.Keyword,
	}}
	if route.Channel == bot.SMS {
		s.Conv.Phone = route.ID
	}
	return s, nil
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

// Send plays one message and does what it asks for. The state is written out and
// read back in between, since that is how it lives in the program.
func (s *Session) Send(ctx context.Context, in bot.Incoming) (Answer, error) {
	s.seq++
	s.catchUp()
	in.Address = s.Conv.Address
	now := s.World.Now()
	ev := bot.Event{ID: s.seq, Seq: s.seq, Attempt: 1, Incoming: in, StoredAt: now}
	turn, err := s.engine.Play(ctx, s.Conv, s.state, ev)
	if err != nil {
		return Answer{}, err
	}
	if err := s.keep(turn); err != nil {
		return Answer{}, err
	}
	if s.Conv.FirstAt.IsZero() {
		s.Conv.FirstAt = now
	}
	s.Conv.LastInAt = now
	a := Answer{Turn: turn}
	for _, c := range turn.Say {
		parts, err := s.render.Render(c)
		if err != nil {
			return Answer{}, fmt.Errorf("rendering an answer: %w", err)
		}
		a.Parts = append(a.Parts, parts...)
		s.Shown = append(s.Shown, c.Choices...)
	}
	return a, nil
}

func (s *Session) keep(turn bot.Turn) error {
	st, err := dialogue.Decode(turn.State)
	if err != nil {
		return err
	}
	if s.state, err = st.Encode(); err != nil {
		return err
	}
	if string(s.state) != string(turn.State) {
		return fmt.Errorf("a state changed by being written out and read back")
	}
	s.World.Apply(turn.Acts)
	if turn.Set.Lang != nil {
		s.Conv.Lang = *turn.Set.Lang
	}
	if turn.Set.Accents != nil {
		s.Conv.Accents = *turn.Set.Accents
	}
	if turn.Set.UnitID != nil {
		s.Conv.UnitID = *turn.Set.UnitID
	}
	return nil
}

// catchUp sees the link that another conversation has made.
func (s *Session) catchUp() {
	if s.Conv.Address.Channel == bot.SMS {
		return
	}
	if p := s.World.PhoneOf(s.Conv.ID); p != "" {
		s.Conv.Phone = p
	}
}

// Again begins another conversation on the same route.
func (s *Session) Again() {
	s.Conv.ID++
	s.Conv.FirstAt, s.Conv.LastInAt = time.Time{}, time.Time{}
	s.state, s.Shown = nil, nil
}

// Button finds the latest button with a label.
func (s *Session) Button(label string) (bot.Choice, bool) {
	for i := len(s.Shown) - 1; i >= 0; i-- {
		if s.Shown[i].Label == label {
			return s.Shown[i], true
		}
	}
	return bot.Choice{}, false
}

// RendererOf makes the channel that shapes answers on a route. Nothing is sent by it.
func RendererOf(texts *locales.Catalogues, r Route) (Renderer, error) {
	switch r.Channel {
	case bot.SMS:
		return sms.New(sms.Config{Keyword: r.Keyword, Number: r.Number, Hints: Hints(texts)}, silent{wholeNumber: r.Keyword == ""})
	case bot.Telegram:
		return telegram.New(telegram.Config{Token: "123456:sample", Mode: telegram.ModePoll})
	case bot.Zalo:
		return zalo.New(zalo.Config{AppID: "1", AppSecret: "sample"}, noGrants{}, func(kind, value string) string { return kind + value })
	case bot.Webchat, bot.Terminal:
		return webchat.New(webchat.Config{Text: func(lang, key string, args ...any) string { return texts.Language(lang).Text(key, args...) }})
	}
	return nil, fmt.Errorf("no channel %q", r.Channel)
}

// Hints are the words that the SMS channel adds to an answer.
func Hints(texts *locales.Catalogues) sms.Hints {
	return sms.Hints{
		Choice: func(h sms.Hint) string {
			return texts.Language(h.Lang).Text("sms.choice", "send", h.Send, "label", h.Label)
		},
		More: func(h sms.Hint) string { return texts.Language(h.Lang).Text("sms.more", "send", h.Send) },
	}
}

// silent is a carrier that carries nothing.
type silent struct{ wholeNumber bool }

func (s silent) Route() sms.Route {
	return sms.Route{TwoWay: true, Receipts: true, Unicode: true, WholeNumber: s.wholeNumber}
}

func (s silent) Send(context.Context, sms.Message) (bot.Sent, error) {
	return bot.Sent{}, &bot.SendError{Class: bot.Misconfigured, Code: "silent"}
}

func (s silent) Webhooks() []bot.Route { return nil }

type noGrants struct{}

func (noGrants) Grant(context.Context, string) (bot.Grant, error) { return bot.Grant{}, bot.ErrNoGrant }

func (noGrants) Rotate(context.Context, string, int64, time.Duration, func(context.Context, bot.Grant) (bot.Grant, error)) (bot.Grant, error) {
	return bot.Grant{}, bot.ErrNoGrant
}

// Show writes a part as a person sees it: the text, and its buttons in brackets.
func Show(p bot.Part) string {
	lines := []string{p.Text}
	for _, row := range p.Buttons {
		var labels []string
		for _, b := range row {
			labels = append(labels, "["+b.Label+"]")
		}
		lines = append(lines, strings.Join(labels, " "))
	}
	return strings.Join(lines, "\n")
}
