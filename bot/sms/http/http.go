package httpsms

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
)

// Carrier is one domestic carrier.
type Carrier struct {
	cfg       Config
	transport http.RoundTripper
	request   request
	ok        pattern
	id        *pattern // nil: the answer names nothing
	refusals  []refusal
	fields    map[string][]string // the carrier's names, lower case
	secret    [sha256.Size]byte
}

// refusal is a kind of answer that did not take the message.
type refusal struct {
	patterns []pattern
	failure  bot.SendError
}

var _ sms.Carrier = (*Carrier)(nil)

// throttledFor is how long to wait where the carrier does not say.
const throttledFor = 30 * time.Second

// New checks the configuration, fills its templates in once, and connects
// nowhere. Its errors name the setting to mend.
func New(cfg Config) (*Carrier, error) {
	for _, check := range []func() error{cfg.checkInbound, cfg.checkRoute} {
		if err := check(); err != nil {
			return nil, err
		}
	}
	if cfg.Answer == "" {
		cfg.Answer = "1"
	}
	if cfg.HTTP == nil {
		cfg.HTTP = http.DefaultTransport
	}
	c := &Carrier{cfg: cfg, transport: cfg.HTTP, fields: fieldNames(cfg.Fields), secret: sha256.Sum256([]byte(cfg.Secret))}
	if err := c.readPatterns(); err != nil {
		return nil, err
	}
	var err error
	if c.request, err = parseRequest(cfg); err != nil {
		return nil, err
	}
	return c, c.request.try(c.vars(sms.Message{ID: 1, To: "+84912345678", Text: trial, ReplyToken: "1"}))
}

func (c *Carrier) readPatterns() error {
	var err error
	if c.cfg.OK == "" {
		return setting("OK", errors.New(`say how an answer reads that took the message, as in "json:code=0" or "xml:result=1"`))
	}
	if c.ok, err = parsePattern(c.cfg.OK); err != nil {
		return setting("OK", err)
	}
	if c.cfg.ID != "" {
		id, err := parsePattern(c.cfg.ID)
		if err != nil {
			return setting("ID", err)
		}
		c.id = &id
	}
	for _, r := range []struct {
		name    string
		list    []string
		failure bot.SendError
	}{
		{"THROTTLED", c.cfg.Throttled, bot.SendError{Class: bot.Throttled, Code: "throttled"}},
		{"BAD_NUMBER", c.cfg.BadNumber, bot.SendError{Class: bot.Unreachable, Code: "bad_number", BadAddress: true}},
		{"OPTED_OUT", c.cfg.OptedOut, bot.SendError{Class: bot.Unreachable, Code: "opted_out", OptedOut: true}},
		{"REJECTED", c.cfg.Rejected, bot.SendError{Class: bot.Rejected, Code: "rejected"}},
		{"MISCONFIGURED", c.cfg.Misconfigured, bot.SendError{Class: bot.Misconfigured, Code: "misconfigured"}},
	} {
		patterns, err := parsePatterns(r.list)
		if err != nil {
			return setting(r.name, err)
		}
		c.refusals = append(c.refusals, refusal{patterns, r.failure})
	}
	return nil
}

// maxAnswer bounds what is read of an answer, in bytes.
const maxAnswer = 64 << 10

// Send hands one message over. Nothing can be asked afterwards, so what the patterns do not
// know is Unknown: neither taken nor refused.
func (c *Carrier) Send(ctx context.Context, m sms.Message) (bot.Sent, error) {
	out, err := c.request.render(c.vars(m))
	if err != nil {
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "template"}
	}
	req, err := http.NewRequestWithContext(ctx, out.method, out.url.String(), strings.NewReader(out.body))
	if err != nil {
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "template"}
	}
	req.Header = out.header
	if host := out.header.Get("Host"); host != "" {
		req.Host = host
	}
	answer, err := sms.Call(c.transport, req, maxAnswer)
	if err != nil {
		return bot.Sent{}, err
	}
	if failure := c.judge(answer); failure != nil {
		return bot.Sent{}, failure
	}
	sent := bot.Sent{Delivered: !c.cfg.Receipts} // without receipts no more will ever be known
	if c.id != nil {
		sent.ProviderID, _ = c.id.find(answer.Body)
	}
	return sent, nil
}

// judge says nil where the message was taken. The carrier's own words count more than the
// status: some refuse with 200, others with 500.
func (c *Carrier) judge(a sms.Answer) *bot.SendError {
	if a.OK() && c.ok.match(a.Body) {
		return nil
	}
	for _, r := range c.refusals {
		if !matchAny(r.patterns, a.Body) {
			continue
		}
		failure := r.failure
		if failure.Class == bot.Throttled {
			failure.RetryAfter = a.RetryAfter(throttledFor)
		}
		return &failure
	}
	if a.OK() {
		return &bot.SendError{Class: bot.Unknown, Code: "answer", Err: fmt.Errorf("no pattern knows the answer (status %d, %d bytes)", a.Status, len(a.Body))}
	}
	return a.Failure()
}
