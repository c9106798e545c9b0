package httpsms_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	httpsms "tiepdan/bot/sms/http"
	"tiepdan/bot/sms/http/httpsmstest"
	"tiepdan/bot/sms/smstest"
)

const hers = "+84912345678"

// rig is a carrier between an emulator and a server that takes its pushes.
type rig struct {
	*httpsms.Carrier
	server *httpsmstest.Server
	hooks  *smstest.Hooks
}

// newRig talks to the emulator by one of its interfaces.
func newRig(t *testing.T, account httpsmstest.Config, how func(*httpsmstest.Server) httpsms.Config, change func(*httpsms.Config)) rig {
	t.Helper()
	r := rig{hooks: smstest.New()}
	t.Cleanup(r.hooks.Close)
	if account.ReceiptURL == "own" {
		account.ReceiptURL = r.hooks.URL + "/webhooks/sms/" + httpsmstest.Secret + "/receipt"
	}
	r.server = httpsmstest.New(account)
	t.Cleanup(r.server.Close)
	cfg := how(r.server)
	if change != nil {
		change(&cfg)
	}
	c, err := httpsms.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Carrier = c
	r.hooks.Mount(c.Webhooks())
	return r
}

func hello(text string) sms.Message {
	return sms.Message{ID: 42, To: hers, Text: text, ReplyToken: "MO7"}
}

func sendError(t *testing.T, err error) bot.SendError {
	t.Helper()
	var se *bot.SendError
	if !errors.As(err, &se) {
		t.Fatalf("not a SendError: %v", err)
	}
	secretless(t, err)
	got := *se
	got.Err = nil
	return got
}

// secretless: an error goes to logs, so it holds no secret, number, text or address.
func secretless(t *testing.T, err error) {
	t.Helper()
	s := fmt.Sprintf("%v %+v", err, err)
	for _, secret := range []string{httpsmstest.Password, httpsmstest.Secret, httpsmstest.User, "912345678", "Xin chao", "/api/send", "/get"} {
		if strings.Contains(s, secret) {
			t.Errorf("the error holds %q: %s", secret, s)
		}
	}
}

var interfaces = map[string]func(*httpsmstest.Server) httpsms.Config{
	"json":  (*httpsmstest.Server).JSON,
	"query": (*httpsmstest.Server).Query,
	"soap":  (*httpsmstest.Server).SOAP,
}

func TestSend(t *testing.T) {
	t.Parallel()
	for name, how := range interfaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{}, how, nil)
			const text = "Ho so \"04486.G/2019/08708\" da xong; 7h30 + 1 = 8h30 $5 'a' ?x=1\n1 Dung"
			sent, err := r.Send(t.Context(), hello(text))
			if err != nil {
				t.Fatal(err)
			}
			got := r.server.Messages()
			if len(got) != 1 || got[0].Text != text || got[0].To != "84912345678" || got[0].Sender != "8079" {
				t.Fatalf("the carrier has %+v", got)
			}
			if !sent.Delivered {
				t.Error("without receipts nothing more will be known")
			}
			switch name {
			case "json":
				if sent.ProviderID != got[0].ID || got[0].RequestID != "MO7" || got[0].ClientID != "42" {
					t.Errorf("sent %+v, the carrier has %+v", sent, got[0])
				}
			case "query":
				if sent.ProviderID != got[0].ID {
					t.Errorf("sent %+v, the carrier has %+v", sent, got[0])
				}
			case "soap":
				if sent.ProviderID != "" || got[0].RequestID != "MO7" {
					t.Errorf("sent %+v, the carrier has %+v", sent, got[0])
				}
			}
		})
	}
}

// A notice answers no message: the SOAP interface wants RequestID 1 then.
func TestNoticeHasRequestIDOne(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).SOAP, nil)
	if _, err := r.Send(t.Context(), sms.Message{ID: 1, To: hers, Text: "Xin chào bà con"}); err != nil {
		t.Fatal(err)
	}
	if got := r.server.Messages()[0]; got.RequestID != "1" || got.Text != "Xin chào bà con" {
		t.Fatalf("the carrier has %+v", got)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account httpsmstest.Config
		m       sms.Message
		change  func(*httpsms.Config)
		want    bot.SendError
	}{
		"number":   {m: sms.Message{To: "+842838291234", Text: "Xin chao"}, want: bot.SendError{Class: bot.Unreachable, Code: "bad_number", BadAddress: true}},
		"too long": {m: hello(strings.Repeat("x", 613)), want: bot.SendError{Class: bot.Rejected, Code: "rejected"}},
		"signs":    {m: hello("5%"), want: bot.SendError{Class: bot.Rejected, Code: "rejected"}},
		"opted out": {account: httpsmstest.Config{OptedOut: []string{"84912345678"}}, m: hello("Xin chao"),
			want: bot.SendError{Class: bot.Unreachable, Code: "opted_out", OptedOut: true}},
		"balance": {account: httpsmstest.Config{Balance: 1}, m: hello(strings.Repeat("x", 161)),
			want: bot.SendError{Class: bot.Misconfigured, Code: "misconfigured"}},
		"sender": {m: hello("Xin chao"), change: func(c *httpsms.Config) { c.Sender = "9999" }, want: bot.SendError{Class: bot.Misconfigured, Code: "misconfigured"}},
		"login": {m: hello("Xin chao"), change: func(c *httpsms.Config) {
			for i := range c.Headers {
				c.Headers[i] = strings.Replace(c.Headers[i], httpsmstest.Password, "x", 1)
			}
			c.URL = strings.Replace(c.URL, httpsmstest.Password, "x", 1)
			c.Body = strings.Replace(c.Body, httpsmstest.Password, "x", 1)
		}, want: bot.SendError{Class: bot.Misconfigured, Code: "misconfigured"}},
	}
	for how, shape := range interfaces {
		for name, tc := range tests {
			t.Run(how+"/"+name, func(t *testing.T) {
				t.Parallel()
				r := newRig(t, tc.account, shape, tc.change)
				_, err := r.Send(t.Context(), tc.m)
				if got := sendError(t, err); got != tc.want {
					t.Fatalf("failure %+v, want %+v", got, tc.want)
				}
				if r.server.Requests() != 1 || len(r.server.Messages()) != 0 {
					t.Fatalf("%d calls, %d taken", r.server.Requests(), len(r.server.Messages()))
				}
			})
		}
		t.Run(how+"/duplicate", func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{Duplicates: time.Hour}, shape, nil)
			if _, err := r.Send(t.Context(), hello("Xin chao")); err != nil {
				t.Fatal(err)
			}
			_, err := r.Send(t.Context(), hello("Xin chao"))
			if got := sendError(t, err); got.Class != bot.Rejected {
				t.Fatalf("failure %+v", got)
			}
		})
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault httpsmstest.Fault
		want  bot.SendError
	}{
		"throttled":          {httpsmstest.Throttle, bot.SendError{Class: bot.Throttled, Code: "throttled", RetryAfter: 30 * time.Second}},
		"throttled, says":    {httpsmstest.Answer(429, `{"code":108}`, "Retry-After", "9"), bot.SendError{Class: bot.Throttled, Code: "throttled", RetryAfter: 9 * time.Second}},
		"429 without words":  {httpsmstest.Answer(429, "", "Retry-After", "9"), bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: 9 * time.Second}},
		"503":                {httpsmstest.Answer(503, "<html>"), bot.SendError{Class: bot.Unknown, Code: "http_503"}},
		"500 with its words": {httpsmstest.Answer(500, `{"code":104}`), bot.SendError{Class: bot.Unreachable, Code: "bad_number", BadAddress: true}},
		"500 that says OK":   {httpsmstest.Answer(500, `{"code":0}`), bot.SendError{Class: bot.Unknown, Code: "http_500"}},
		"200, a page":        {httpsmstest.Answer(200, "<html>welcome</html>"), bot.SendError{Class: bot.Unknown, Code: "answer"}},
		"200, a new code":    {httpsmstest.Answer(200, `{"code":999}`), bot.SendError{Class: bot.Unknown, Code: "answer"}},
		"200, empty":         {httpsmstest.Answer(200, ""), bot.SendError{Class: bot.Unknown, Code: "answer"}},
		"401":                {httpsmstest.Answer(401, ""), bot.SendError{Class: bot.Misconfigured, Code: "http_401"}},
		"404":                {httpsmstest.Answer(404, ""), bot.SendError{Class: bot.Misconfigured, Code: "http_404"}},
		"302":                {httpsmstest.Answer(302, "", "Location", "http://example.invalid/"), bot.SendError{Class: bot.Misconfigured, Code: "http_302"}},
		"400":                {httpsmstest.Answer(400, ""), bot.SendError{Class: bot.Rejected, Code: "http_400"}},
		"endless":            {httpsmstest.Answer(200, strings.Repeat("x", 100<<10)), bot.SendError{Class: bot.Unknown, Code: "cut"}},
		"cut after":          {httpsmstest.Cut, bot.SendError{Class: bot.Unknown, Code: "cut"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, nil)
			r.server.Fail(tc.fault)
			_, err := r.Send(t.Context(), hello("Xin chao"))
			if got := sendError(t, err); got != tc.want {
				t.Fatalf("failure %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).Query, nil)
	r.server.Close()
	_, err := r.Send(t.Context(), hello("Xin chao"))
	if got := sendError(t, err); got.Class != bot.Transient || got.Code != "connect" {
		t.Fatalf("failure %+v", got)
	}
	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Send(ended, hello("Xin chao")); sendError(t, err).Class != bot.Transient {
		t.Fatalf("a call that never began: %v", err)
	}
}

// The channel over this carrier: what it refuses never reaches it.
func TestThroughTheChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, nil)
	hint := func(h sms.Hint) string { return "Soạn " + h.Send + " gửi " + h.Number + ": " + h.Label }
	words := map[rune]string{'%': "phần trăm", '#': "số", '&': "và", '@': "a còng"}
	channel, err := sms.New(sms.Config{Keyword: "XA", Number: "8079", Hints: sms.Hints{
		Choice: hint, More: hint, Sign: func(_ string, sign rune) string { return words[sign] },
	}}, r.Carrier)
	if err != nil {
		t.Fatal(err)
	}
	content := bot.Content{Text: strings.Repeat("Hồ sơ [1] giảm 5% & mời bà con đến #2 <xã>. ", 30), Accents: true, Choices: []bot.Choice{{Label: "Đúng", Word: "DUNG"}}}
	to := bot.Address{Channel: bot.SMS, ID: hers}
	for _, page := range channel.Pages(content) {
		parts, err := channel.Render(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if _, err := channel.Send(t.Context(), bot.Outgoing{To: to, Part: part}); err != nil {
				t.Fatalf("%v for %q", err, part.Text)
			}
		}
	}
	if n := len(r.server.Messages()); n < 4 {
		t.Fatalf("%d messages", n)
	}

	hooks := smstest.New()
	defer hooks.Close()
	hooks.Mount(channel.Routes())
	mo := httpsmstest.MO{From: "84912345678", Text: "xa HS 123"}
	if _, err := r.server.Push(t.Context(), hooks.URL+"/webhooks/sms/"+httpsmstest.Secret, mo, "1", 3); err != nil {
		t.Fatal(err)
	}
	if got := hooks.Events(); len(got) != 1 || got[0].Text != "HS 123" || got[0].Meta["keyword"] != "XA" {
		t.Fatalf("events %+v", got)
	}
}
