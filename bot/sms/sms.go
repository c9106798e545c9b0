// Package sms is the channel "sms": answers without accents unless asked for, choices
// as digits or as words to send, lengths counted in segments. Whoever carries the messages is
// behind the Carrier interface.
package sms

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// Config is what an office has agreed on with its carrier.
type Config struct {
	// Keyword begins every message to us on a short code that others use too; empty on a
	// number that is ours alone.
	Keyword string
	Number  string // what people send to, as hints show it; empty: hints name none
	Hints   Hints
}

// Hints are the words that this channel adds to an answer; they come from the
// catalogues. Each is asked for in the content's language.
type Hints struct {
	Choice func(Hint) string // one line that offers a choice by the words to send
	More   func(Hint) string // one line that says that the rest waits for the words to send
	// Sign is the word for a sign that the carrier refuses ('%': "phần trăm"); empty
	// where punctuation does as well.
	Sign func(lang string, sign rune) string
}

// Hint is what a hint speaks of.
type Hint struct {
	Lang   string
	Number string // Config.Number
	Send   string // the words to send, keyword first: "XA CO". The line must hold them as they are
	Label  string // what the choice means; empty in More
}

// moreWord asks for the rest of a long answer.
const moreWord = "TIEP"

// Channel is the channel "sms" over one carrier.
type Channel struct {
	cfg     Config
	carrier Carrier
	route   Route
}

var (
	_ bot.Channel = (*Channel)(nil)
	_ bot.Webhook = (*Channel)(nil)
	_ bot.Pager   = (*Channel)(nil)
	_ bot.Checker = (*Channel)(nil)
	_ bot.Catchup = (*Channel)(nil)
	_ bot.Settler = (*Channel)(nil)
)

// New joins a carrier to the channel. It fails for a keyword that is no keyword and for
// hints that do not say what to send, so that no citizen has to find out.
func New(cfg Config, carrier Carrier) (*Channel, error) {
	cfg.Keyword = strings.ToUpper(cfg.Keyword)
	if len(cfg.Keyword) > 16 || strings.Trim(cfg.Keyword, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") != "" {
		return nil, errors.New("TIEPDAN_SMS_KEYWORD: must be one word of at most 16 letters without accents and digits")
	}
	c := &Channel{cfg: cfg, carrier: carrier, route: carrier.Route()}
	if err := c.checkSigns(); err != nil {
		return nil, err
	}
	if c.route.TwoWay {
		return c, c.checkHints()
	}
	return c, nil
}

func (c *Channel) checkHints() error {
	if c.cfg.Hints.Choice == nil || c.cfg.Hints.More == nil {
		return errors.New("sms: a route that people can answer on needs hints")
	}
	for _, lang := range []string{"vi", "en"} {
		content := bot.Content{Lang: lang}
		choice := bot.Choice{Label: "x", Word: "CO"}
		if !strings.Contains(c.wordLine(content, choice), c.send("CO")) {
			return fmt.Errorf("sms: the %s hint for a choice does not hold the words to send", lang)
		}
		if !strings.Contains(c.moreLine(content), c.send(moreWord)) {
			return fmt.Errorf("sms: the %s hint for more does not hold the words to send", lang)
		}
	}
	return nil
}

// Name is "sms".
func (c *Channel) Name() string { return bot.SMS }

// Digits says whether a bare digit can reach us: never where others share the number.
func (c *Channel) Digits() bool { return c.route.WholeNumber && c.cfg.Keyword == "" }

// Keyword is what every message to us begins with; empty where nothing has to.
func (c *Channel) Keyword() string { return c.cfg.Keyword }

// Limits is the carrier's pace.
func (c *Channel) Limits() bot.Limits {
	l := bot.Limits{
		PerSecond: c.route.PerSecond,
		Burst:     max(1, c.route.Burst),
		InFlight:  unlimitedInFlight,
		Receipts:  c.route.Receipts,
		TwoWay:    c.route.TwoWay,
	}
	if l.PerSecond > 0 {
		// An answer takes a second or so: more at once would only wait for the pace.
		l.InFlight = min(unlimitedInFlight, max(2, int(2*l.PerSecond)))
	}
	return l
}

const unlimitedInFlight = 32

// Send hands one part to the carrier. A link never leaves: networks block
// messages that hold one, and the police tell people not to trust them.
func (c *Channel) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	switch {
	case out.To.Channel != bot.SMS || !E164(out.To.ID):
		return bot.Sent{}, &bot.SendError{Class: bot.Unreachable, Code: "address", BadAddress: true}
	case out.Part.Text == "":
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "empty"}
	case FindLink(out.Part.Text) != "":
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "link"}
	}
	return c.carrier.Send(ctx, message(out))
}

func message(out bot.Outgoing) Message {
	return Message{ID: out.ID, To: out.To.ID, Text: out.Part.Text, ReplyToken: out.ReplyToken, Begun: out.Begun}
}

// Routes are the carrier's webhooks, with the keyword taken off what comes in.
func (c *Channel) Routes() []bot.Route {
	routes := c.carrier.Webhooks()
	for i := range routes {
		decode := routes[i].Decode
		routes[i].Decode = func(r *http.Request, body []byte) (bot.Decoded, error) {
			d, err := decode(r, body)
			c.strip(d.Events)
			return d, err
		}
	}
	return routes
}

// strip takes the keyword off. What is left empty opens the chat: a person
// who sends the keyword alone wants to know what it is for.
func (c *Channel) strip(events []bot.Incoming) {
	for i := range events {
		e := &events[i]
		if c.cfg.Keyword != "" {
			e.Text = stripKeyword(c.cfg.Keyword, e.Text)
		}
		if e.Kind == bot.KindText && e.Text == "" {
			e.Kind = bot.KindStart
		}
	}
}

// stripKeyword drops the first word of s if it is the keyword, whatever its case and
// accents, with the signs around it.
func stripKeyword(keyword, s string) string {
	s = strings.TrimSpace(s)
	start := strings.IndexFunc(s, wordRune)
	if start < 0 {
		return s
	}
	end := len(s)
	if n := strings.IndexFunc(s[start:], func(r rune) bool { return !wordRune(r) }); n >= 0 {
		end = start + n
	}
	if !strings.EqualFold(text.Fold(s[start:end]), keyword) {
		return s
	}
	return strings.TrimLeftFunc(s[end:], func(r rune) bool { return !wordRune(r) })
}

func wordRune(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// Check asks the carrier, where it can be asked.
func (c *Channel) Check(ctx context.Context) error {
	if checker, ok := c.carrier.(bot.Checker); ok {
		return checker.Check(ctx)
	}
	return nil
}

// Catchup asks the carrier for what was missed, where it keeps that.
func (c *Channel) Catchup(ctx context.Context, since time.Time, sink bot.Sink) error {
	if carrier, ok := c.carrier.(bot.Catchup); ok {
		return carrier.Catchup(ctx, since, stripping{c, sink})
	}
	return nil
}

// Strip takes the keyword off what is kept by another way than the carrier's.
func (c *Channel) Strip(sink bot.Sink) bot.Sink { return stripping{c, sink} }

// stripping takes the keyword off what Catchup brings.
type stripping struct {
	channel *Channel
	sink    bot.Sink
}

func (s stripping) Keep(ctx context.Context, d bot.Decoded) error {
	s.channel.strip(d.Events)
	return s.sink.Keep(ctx, d)
}

// Settles says whether the carrier can be asked at all.
func (c *Channel) Settles() bool {
	_, ok := c.carrier.(Settler)
	return ok
}

// Settle asks the carrier what became of a message; nil where it cannot say.
func (c *Channel) Settle(ctx context.Context, out bot.Outgoing, providerID string) (*bot.Receipt, error) {
	if carrier, ok := c.carrier.(Settler); ok {
		return carrier.Settle(ctx, message(out), providerID)
	}
	return nil, nil
}
