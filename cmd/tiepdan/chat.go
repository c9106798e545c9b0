package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/alecthomas/kong"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/telegram"
	"tiepdan/bot/text"
	"tiepdan/bot/zalo"
)

// chatCmd plays a citizen in a terminal: the whole service on sample data of its own, in a folder
// that goes when the talk ends. Real records are never touched.
type chatCmd struct {
	Channel string `env:"TIEPDAN_CHAT_CHANNEL" default:"sms" enum:"sms,telegram,zalo" help:"Speak as on this channel: sms, telegram, zalo."`
	Keyword string `env:"TIEPDAN_CHAT_KEYWORD" help:"On sms: a short code shared by this keyword, so that no bare digit arrives."`
	From    string `env:"TIEPDAN_CHAT_FROM" help:"The phone that speaks; default: one of the sample data's."`
	Lang    string `env:"TIEPDAN_LANG" default:"vi" help:"Language of what the command prints: vi or en."`
}

// Run reads a line, shows what comes back, and ends with the input.
func (c *chatCmd) Run(e *env) error {
	dir, err := os.MkdirTemp("", "tiepdan-chat-")
	if err != nil {
		return fmt.Errorf("chat: %w", err)
	}
	defer os.RemoveAll(dir)
	set := &Settings{DatabaseURL: "sqlite:" + filepath.Join(dir, "tiepdan.db"), DataDir: dir, Lang: c.Lang}
	pub := &Service{}
	if err := kong.ApplyDefaults(pub); err != nil {
		return fmt.Errorf("chat: %w", err)
	}
	pub.SMS = SMSSettings{Keyword: c.Keyword, Number: chatNumber}
	shown := &screen{out: e.stdout}
	s, err := openServiceOn(e, set, pub, slog.New(slog.DiscardHandler), func(d channelDeps) (*channels, error) { return c.open(pub, d, shown) })
	if err != nil {
		return err
	}
	defer s.stores.Close()
	if err := s.addSample(e.ctx); err != nil {
		return err
	}
	from, err := c.address(s)
	if err != nil {
		return err
	}
	work, ctx := newStage("workers", s.log, func(error) {})
	s.startWorkers(ctx, work)
	defer work.stop()
	l := e.texts.Language(c.Lang)
	fmt.Fprintln(e.stdout, l.Text("cmd.chat.hello", "channel", c.Channel, "from", from.ID))
	fmt.Fprintln(e.stdout, l.Text("cmd.serve.sample", "code", sampleCode(2)))
	return c.talk(e, s, from, shown)
}

// chatNumber is the number that hints name.
const chatNumber = "8099"

// talk keeps each line as a message and waits for its answers.
func (c *chatCmd) talk(e *env, s *service, from bot.Address, shown *screen) error {
	sink := bot.Sink(s.stores.Records)
	if s.channels.sms != nil { // the keyword may be typed, as the hints say, or left away
		sink = s.channels.sms.Strip(sink)
	}
	in := bufio.NewScanner(e.stdin)
	in.Buffer(nil, maxLine)
	for n := 1; ; n++ {
		fmt.Fprint(e.stdout, "> ")
		if !in.Scan() {
			fmt.Fprintln(e.stdout)
			return in.Err()
		}
		line := text.Clean(in.Text())
		if line == "" {
			continue
		}
		msg := bot.Incoming{Address: from, ProviderID: "chat:" + strconv.Itoa(n), Kind: bot.KindText, Text: line, At: s.clock().UTC()}
		if line == "/start" { // what opening a chat sends
			msg.Kind, msg.Text = bot.KindStart, ""
		}
		if id := shown.choice(line); id != "" {
			msg.Kind, msg.Choice = bot.KindChoice, id
		}
		answered := shown.expect()
		if err := sink.Keep(e.ctx, bot.Decoded{Events: []bot.Incoming{msg}}); err != nil {
			return err
		}
		if err := settle(e.ctx, answered); err != nil {
			return err
		}
	}
}

// settle waits for an answer and for the parts that follow it closely. Some messages get none.
func settle(ctx context.Context, answered <-chan struct{}) error {
	wait := 5 * time.Second
	for {
		select {
		case <-answered:
			wait = 400 * time.Millisecond
		case <-time.After(wait):
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// address is who speaks.
func (c *chatCmd) address(s *service) (bot.Address, error) {
	from := c.From
	if from == "" {
		from = "0990000007" // somebody who is paid
	}
	phone, err := text.Phone(from)
	if err != nil {
		return bot.Address{}, &settingError{fmt.Errorf("TIEPDAN_CHAT_FROM: must be a telephone number")}
	}
	if c.Channel != bot.SMS {
		return bot.Address{Channel: c.Channel, ID: "990000001"}, nil
	}
	return bot.Address{Channel: bot.SMS, ID: phone}, nil
}

// open makes the one channel that is spoken on; what it sends goes to the screen.
func (c *chatCmd) open(pub *Service, d channelDeps, shown *screen) (*channels, error) {
	out := &channels{all: map[string]bot.Channel{}, keywords: map[string]string{}}
	var ch bot.Channel
	var err error
	switch c.Channel {
	case bot.SMS:
		out.sms, err = sms.New(sms.Config{Keyword: c.Keyword, Number: chatNumber, Hints: smsHints(d.texts)}, shown)
		if err != nil {
			return nil, &settingError{err}
		}
		ch = out.sms
		if c.Keyword != "" {
			out.keywords[bot.SMS] = out.sms.Keyword()
		}
	case bot.Telegram:
		ch, err = telegram.New(telegram.Config{Token: "1:chat", Mode: telegram.ModePoll, PublicURL: pub.PublicURL, Clock: d.clock, Log: d.log})
	case bot.Zalo:
		ch, err = zalo.New(zalo.Config{AppID: "1", AppSecret: "chat", Clock: d.clock, Log: d.log}, d.grants, d.hash)
	}
	if err != nil {
		return nil, fmt.Errorf("chat: %w", err)
	}
	if c.Channel != bot.SMS {
		ch = onScreen{ch, shown}
	}
	out.all[c.Channel] = ch
	return out, nil
}

// onScreen is a channel that renders as itself and sends to the screen.
type onScreen struct {
	bot.Channel
	screen *screen
}

func (o onScreen) Send(_ context.Context, out bot.Outgoing) (bot.Sent, error) {
	o.screen.show(out.Part)
	return bot.Sent{Delivered: true}, nil
}

// screen shows what is sent. It is also the carrier of the SMS channel.
type screen struct {
	out io.Writer

	mu      sync.Mutex
	buttons []bot.Choice // of the last message that had some
	waiting chan struct{}
}

var _ sms.Carrier = (*screen)(nil)

func (s *screen) Route() sms.Route {
	return sms.Route{TwoWay: true, Unicode: true, WholeNumber: true}
}

func (s *screen) Webhooks() []bot.Route { return nil }

func (s *screen) Send(_ context.Context, m sms.Message) (bot.Sent, error) {
	seg := text.SMS(m.Text)
	s.show(bot.Part{Text: m.Text, Segments: seg.Parts})
	return bot.Sent{Delivered: true}, nil
}

func (s *screen) show(p bot.Part) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for line := range strings.Lines(p.Text) {
		fmt.Fprint(s.out, "< ", strings.TrimRight(line, "\n"), "\n")
	}
	var buttons []bot.Choice
	for _, row := range p.Buttons {
		buttons = append(buttons, row...)
	}
	for i, b := range buttons {
		fmt.Fprintf(s.out, "  [%d] %s\n", i+1, b.Label)
	}
	if len(buttons) > 0 {
		s.buttons = buttons
	}
	fmt.Fprintln(s.out)
	select {
	case s.waiting <- struct{}{}:
	default:
	}
}

// expect returns a channel that hears of everything shown from now on.
func (s *screen) expect() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = make(chan struct{}, 16)
	return s.waiting
}

// choice is the button that a digit stands for; empty if none does.
func (s *screen) choice(line string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := strconv.Atoi(line)
	if err != nil || n < 1 || n > len(s.buttons) {
		return ""
	}
	return s.buttons[n-1].ID
}
