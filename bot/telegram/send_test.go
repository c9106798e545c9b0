package telegram

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

func to(p *telegramtest.Person, text string) bot.Outgoing {
	return bot.Outgoing{To: bot.Address{Channel: bot.Telegram, ID: p.Address()}, Part: bot.Part{Text: text, Segments: 1}}
}

// started is a person who has opened the chat.
func started(s *telegramtest.Server) *telegramtest.Person {
	p := s.Person(777000111, "Người dân")
	p.Start("")
	return p
}

func TestSend(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	p := started(s)
	out := to(p, "Hồ sơ đã có kết quả. <b>")
	out.Part.Buttons = [][]bot.Choice{{{ID: "q7:a", Label: "Đã nhận"}}}
	sent, err := c.Send(deadline(t), out)
	if err != nil {
		t.Fatalf("Send: %v", err)
	}
	inbox := p.Inbox()
	if len(inbox) != 1 {
		t.Fatalf("%d messages came, want 1", len(inbox))
	}
	m := inbox[0]
	if m.Text != out.Part.Text || !m.Protected || len(m.Buttons) != 1 || m.Buttons[0][0] != (telegramtest.Button{Text: "Đã nhận", Data: "q7:a"}) {
		t.Errorf("came as %+v", m)
	}
	if want := (bot.Sent{ProviderID: "m123456.777000111." + strconv.Itoa(m.ID), Delivered: true}); sent != want {
		t.Errorf("Send gave %+v, want %+v", sent, want)
	}
	call := s.Calls("sendMessage")[0]
	if _, ok := call.Params["parse_mode"]; ok || call.Params["link_preview_options"] != `{"is_disabled":true}` {
		t.Errorf("parameters %v", call.Params)
	}
}

// TestSendErrors has every row of the Bot API's error table, produced by the emulator.
func TestSendErrors(t *testing.T) {
	t.Parallel()
	rejected := func(code string) bot.SendError { return bot.SendError{Class: bot.Rejected, Code: code} }
	unknown := func(code string) bot.SendError { return bot.SendError{Class: bot.Unknown, Code: code} }
	gone := func(code string) bot.SendError {
		return bot.SendError{Class: bot.Unreachable, Code: code, BadAddress: true}
	}
	mend := func(code string) bot.SendError { return bot.SendError{Class: bot.Misconfigured, Code: code} }
	wait := func(d time.Duration) bot.SendError {
		return bot.SendError{Class: bot.Throttled, Code: "429", RetryAfter: d}
	}
	refuse := telegramtest.Refuse
	tests := []struct {
		name  string
		fault telegramtest.Fault
		want  bot.SendError
	}{
		{"chat not found", refuse(400, "Bad Request: chat not found"), gone("chat_not_found")},
		{"empty", refuse(400, "Bad Request: message text is empty"), rejected("empty")},
		{"empty, other words", refuse(400, "Bad Request: text must be non-empty"), rejected("empty")},
		{"too long", refuse(400, "Bad Request: message is too long"), rejected("too_long")},
		{"too long, the datacentre's word", refuse(400, "Bad Request: MESSAGE_TOO_LONG"), rejected("too_long")},
		{"entities", refuse(400, `Bad Request: can't parse entities: Unsupported start tag "x" at byte offset 3`), rejected("entities")},
		{"button data", refuse(400, "Bad Request: BUTTON_DATA_INVALID"), rejected("button_data")},
		{"no such reply", refuse(400, "Bad Request: message to be replied not found"), rejected("400")},
		{"body too large", refuse(413, "Request Entity Too Large"), rejected("413")},
		{"token revoked", refuse(401, "Unauthorized"), mend("401")},
		{"wrong URL", refuse(404, "Not Found"), mend("404")},
		{"conflict", refuse(409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"), mend("409")},
		{"blocked", refuse(403, "Forbidden: bot was blocked by the user"), bot.SendError{Class: bot.Unreachable, Code: "blocked", OptedOut: true}},
		{"deactivated", refuse(403, "Forbidden: user is deactivated"), gone("deactivated")},
		{"never started", refuse(403, "Forbidden: bot can't initiate conversation with a user"), bot.SendError{Class: bot.Unreachable, Code: "not_started"}},
		{"kicked", refuse(403, "Forbidden: bot was kicked from the supergroup chat"), gone("kicked")},
		{"not a member", refuse(403, "Forbidden: bot is not a member of the channel chat"), gone("not_member")},
		{"another 403", refuse(403, "Forbidden: something new"), bot.SendError{Class: bot.Unreachable, Code: "403"}},
		{"too many", telegramtest.TooMany(35), wait(35 * time.Second)},
		{"restart", telegramtest.Restart(), unknown("500")},
		{"page 502", telegramtest.Page(502), unknown("http_502")},
		{"page 504 after it was taken", telegramtest.PageAfterAccept(504), unknown("http_504")},
		{"page 200", telegramtest.Page(200), unknown("http_200")},
		{"page 408", telegramtest.Page(408), unknown("http_408")},
		{"page 403 of a carrier", telegramtest.Page(403), mend("http_403")},
		{"page 302 of a carrier", telegramtest.Page(302), mend("http_302")},
		{"page 429", telegramtest.Page(429), bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: time.Second}},
		{"cut after it was taken", telegramtest.CutAfterAccept(), unknown("cut")},
		{"cut before it was taken", telegramtest.CutBeforeAccept(), unknown("cut")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			s, c := pair(t, nil)
			p := started(s)
			s.FailNext("sendMessage", tt.fault)
			_, err := c.Send(deadline(t), to(p, "Chào bà con, nội dung riêng"))
			checkSendError(t, err, tt.want)
			if calls := s.Calls("sendMessage"); len(calls) != 1 {
				t.Errorf("%d calls, want 1: Send must not repeat itself", len(calls))
			}
		})
	}
}

// checkSendError compares what a worker goes by, and looks for what an error must not say.
func checkSendError(t *testing.T, err error, want bot.SendError) {
	t.Helper()
	var got *bot.SendError
	if !errors.As(err, &got) {
		t.Fatalf("Send: %v, want a *bot.SendError", err)
	}
	for _, secret := range []string{"planted", "777000111", "nội dung", "start tag"} {
		if strings.Contains(err.Error(), secret) {
			t.Errorf("the error tells %q: %v", secret, err)
		}
	}
	flat := *got
	flat.Err = nil
	if flat != want {
		t.Errorf("Send failed with %+v, want %+v", flat, want)
	}
}

// TestSendToWhoCannotBeReached lets the emulator judge by itself.
func TestSendToWhoCannotBeReached(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	p := started(s)
	p.Block()
	_, err := c.Send(deadline(t), to(p, "x"))
	checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: "blocked", OptedOut: true})
	p.Unblock()
	if _, err := c.Send(deadline(t), to(p, "x")); err != nil {
		t.Errorf("Send after the block was lifted: %v", err)
	}
	p.Deactivate()
	_, err = c.Send(deadline(t), to(p, "x"))
	checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: "deactivated", BadAddress: true})
	_, err = c.Send(deadline(t), to(s.Person(5, "x"), "x"))
	checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: "not_started"})
	for id, code := range map[string]string{"42": "chat_not_found", "": "address", "0": "address", "+84912345678x": "address"} {
		_, err = c.Send(deadline(t), bot.Outgoing{To: bot.Address{Channel: bot.Telegram, ID: id}, Part: bot.Part{Text: "x"}})
		checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: code, BadAddress: true})
	}
	_, err = c.Send(deadline(t), to(started(s), " "))
	checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: "deactivated", BadAddress: true})
}

func TestSendWhatIsTooMuch(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	p := started(s)
	_, err := c.Send(deadline(t), to(p, strings.Repeat("ệ", 4097)))
	checkSendError(t, err, bot.SendError{Class: bot.Rejected, Code: "too_long"})
	_, err = c.Send(deadline(t), to(p, " "))
	checkSendError(t, err, bot.SendError{Class: bot.Rejected, Code: "empty"})
	out := to(p, "x")
	out.Part.Buttons = [][]bot.Choice{{{ID: strings.Repeat("a", 65), Label: "a"}}}
	_, err = c.Send(deadline(t), out)
	checkSendError(t, err, bot.SendError{Class: bot.Rejected, Code: "button_data"})
	if inbox := p.Inbox(); len(inbox) != 0 {
		t.Errorf("%d messages came", len(inbox))
	}
}

func TestSendFollowsAMovedGroupOnce(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	s.Migrate(-4, -1001234567890)
	out := bot.Outgoing{To: bot.Address{Channel: bot.Telegram, ID: "-4"}, Part: bot.Part{Text: "x"}}
	sent, err := c.Send(deadline(t), out)
	if err != nil || sent.ProviderID != "m123456.-1001234567890.1" {
		t.Errorf("Send = %+v, %v", sent, err)
	}
	s.Migrate(-1001234567890, -5) // and again: that is no group any more, that is a chase
	_, err = c.Send(deadline(t), out)
	checkSendError(t, err, bot.SendError{Class: bot.Unreachable, Code: "migrated", BadAddress: true})
}

func TestSendTimesOut(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	p := started(s)
	s.FailNext("sendMessage", telegramtest.Slow(time.Minute))
	ctx, cancel := context.WithTimeout(deadline(t), 200*time.Millisecond)
	defer cancel()
	_, err := c.Send(ctx, to(p, "x"))
	checkSendError(t, err, bot.SendError{Class: bot.Unknown, Code: "timeout"})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v is not a passed deadline", err)
	}
	if inbox := p.Inbox(); len(inbox) != 1 {
		t.Errorf("%d messages came, want the one whose answer was late", len(inbox))
	}
}

// TestSendIsNotRepeatedOnAKeptConnection: net/http repeats some requests by itself
// when a kept connection breaks; a message must not be among them.
func TestSendIsNotRepeatedOnAKeptConnection(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	p := started(s)
	if _, err := c.Send(deadline(t), to(p, "1")); err != nil {
		t.Fatalf("Send: %v", err)
	}
	s.FailNext("sendMessage", telegramtest.CutAfterAccept())
	_, err := c.Send(deadline(t), to(p, "2"))
	checkSendError(t, err, bot.SendError{Class: bot.Unknown, Code: "cut"})
	if n := len(p.Inbox()); n != 2 {
		t.Errorf("%d messages came, want 2", n)
	}
}

// TestSendWhenNothingWasWritten: a message is safe to repeat only then.
func TestSendWhenNothingWasWritten(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refusing := "http://" + closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	secure := httptest.NewUnstartedServer(http.NotFoundHandler())
	secure.Config.ErrorLog = log.New(io.Discard, "", 0)
	secure.StartTLS() // with a certificate that nobody knows
	t.Cleanup(secure.Close)
	for name, base := range map[string]string{"refused": refusing, "bad certificate": secure.URL} {
		c := newChannel(t, testConfig(base))
		t.Log(name)
		_, err := c.Send(deadline(t), bot.Outgoing{To: person(), Part: bot.Part{Text: "x"}})
		checkSendError(t, err, bot.SendError{Class: bot.Transient, Code: "dial"})
	}
	c := newChannel(t, testConfig(secure.URL))
	ctx, cancel := context.WithCancel(deadline(t))
	cancel()
	if _, err = c.Send(ctx, bot.Outgoing{To: person(), Part: bot.Part{Text: "x"}}); !errors.Is(err, context.Canceled) {
		t.Errorf("Send with an ended context: %v", err)
	}
}

// TestSendThroughAStranger: answers that only a proxy would give.
func TestSendThroughAStranger(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, header, body string
		status             int
		want               bot.SendError
	}{
		{"JSON that is not Telegram's", "", `{"message":"planted"}`, 503, bot.SendError{Class: bot.Unknown, Code: "http_503"}},
		{"an empty 200", "", ``, 200, bot.SendError{Class: bot.Unknown, Code: "http_200"}},
		{"half an answer", "", `{"ok":true,"resu`, 200, bot.SendError{Class: bot.Unknown, Code: "http_200"}},
		{"429 with seconds", "7", `<html>`, 429, bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: 7 * time.Second}},
		{"429 of Telegram without a body's time", "9", `{"ok":false,"error_code":429,"description":"Too Many Requests"}`, 429, bot.SendError{Class: bot.Throttled, Code: "429", RetryAfter: 9 * time.Second}},
		{"429 with a date", "Thu, 01 Jan 2026 00:00:30 GMT", `<html>`, 429, bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: 30 * time.Second}},
		{"429 with nonsense", "soon", `<html>`, 429, bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: time.Second}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if tt.header != "" {
					w.Header().Set("Retry-After", tt.header)
				}
				w.WriteHeader(tt.status)
				_, _ = io.WriteString(w, tt.body) // a reader that left fails the test below
			}))
			defer web.Close()
			cfg := testConfig(web.URL)
			cfg.Clock = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
			_, err := newChannel(t, cfg).Send(deadline(t), bot.Outgoing{To: person(), Part: bot.Part{Text: "x"}})
			checkSendError(t, err, tt.want)
		})
	}
}

// TestSendNeverFollowsARedirect: it would carry the token to another host.
func TestSendNeverFollowsARedirect(t *testing.T) {
	t.Parallel()
	reached := make(chan string, 1)
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.Path }))
	defer elsewhere.Close()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, elsewhere.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	defer web.Close()
	cfg := testConfig(web.URL)
	cfg.HTTPClient = &http.Client{Timeout: time.Nanosecond} // replaced, too
	_, err := newChannel(t, cfg).Send(deadline(t), bot.Outgoing{To: person(), Part: bot.Part{Text: "x"}})
	checkSendError(t, err, bot.SendError{Class: bot.Misconfigured, Code: "http_307"})
	select {
	case path := <-reached:
		t.Errorf("the redirect was followed to %s", path)
	default:
	}
}

func TestSendWithAWrongToken(t *testing.T) {
	t.Parallel()
	s := telegramtest.Start(t, telegramtest.Options{Token: "123456:another"})
	_, err := newChannel(t, testConfig(s.URL())).Send(deadline(t), bot.Outgoing{To: person(), Part: bot.Part{Text: "x"}})
	checkSendError(t, err, bot.SendError{Class: bot.Misconfigured, Code: "401"})
}
