package telegram

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

// gateway does what bot/webhook promises to a channel: limit, verify, decode, keep, answer.
type gateway struct {
	route bot.Route
	sink  bot.Sink
}

func (h *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.route.MaxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	var refusal *bot.Refusal
	if err := h.route.Verify(r, body); errors.As(err, &refusal) {
		w.WriteHeader(refusal.Status)
		return
	}
	d, err := h.route.Decode(r, body)
	if err != nil {
		return
	}
	if err := h.sink.Keep(r.Context(), d); err != nil {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if len(d.Answer) > 0 {
		w.Header().Set("Content-Type", d.ContentType)
	}
	_, _ = w.Write(d.Answer) // Telegram comes again if it did not get this
}

// whole is an emulator whose webhook reaches a channel.
type whole struct {
	s    *telegramtest.Server
	c    *Channel
	sink *shelf
	hook string
}

func newWhole(t *testing.T) *whole {
	t.Helper()
	h := &gateway{sink: newShelf()}
	web := httptest.NewServer(h)
	t.Cleanup(web.Close)
	s, c := pair(t, func(cfg *Config) { cfg.PublicURL = web.URL })
	h.route = c.Routes()[0]
	if err := c.Register(deadline(t), nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	return &whole{s: s, c: c, sink: h.sink.(*shelf), hook: web.URL + WebhookPath}
}

// last waits for n events in all and returns the latest.
func (w *whole) last(t *testing.T, n int) bot.Incoming {
	t.Helper()
	for {
		w.sink.mu.Lock()
		events := slices.Clone(w.sink.events)
		w.sink.mu.Unlock()
		if len(events) >= n {
			return events[n-1]
		}
		select {
		case <-w.sink.kept:
		case <-deadline(t).Done():
			t.Fatalf("%d of %d events came", len(events), n)
		}
	}
}

func (w *whole) reply(t *testing.T, to bot.Incoming, content bot.Content) error {
	t.Helper()
	parts, err := w.c.Render(content)
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	for _, part := range parts {
		if _, err := w.c.Send(deadline(t), bot.Outgoing{To: to.Address, Part: part}); err != nil {
			return err
		}
	}
	return nil
}

// TestConversation goes through the whole wire: a person, Telegram, the webhook, and back.
func TestConversation(t *testing.T) {
	t.Parallel()
	w := newWhole(t)
	p := w.s.Person(777000111, "Người dân")
	p.Start("link_8fK2")
	in := w.last(t, 1)
	if in.Kind != bot.KindStart || in.Text != "link_8fK2" {
		t.Fatalf("the chat began with %+v", in)
	}
	if err := w.reply(t, in, bot.Content{Text: "Chọn mục", Choices: choices("Tra cứu", "Phản ánh")}); err != nil {
		t.Fatalf("Send: %v", err)
	}
	press, err := p.PressLabel("Phản ánh")
	if err != nil {
		t.Fatal(err)
	}
	if in = w.last(t, 2); in.Kind != bot.KindChoice || in.Choice != "q7:b" {
		t.Fatalf("a press came as %+v", in)
	}
	if err := w.s.Await(deadline(t), func() bool { return w.s.Answered(press) == 1 }); err != nil {
		t.Error("the press was not answered")
	}
	if err := w.reply(t, in, bot.Content{Text: "Bà con gửi số", AskContact: true}); err != nil {
		t.Fatalf("Send: %v", err)
	}
	inbox := p.Inbox()
	if asked := inbox[len(inbox)-1]; len(asked.Keys) != 1 || asked.Keys[0][0] != (telegramtest.Key{Text: testShare, RequestContact: true}) {
		t.Errorf("asked with %+v", asked)
	}
	p.ShareNumber("84912345678")
	if in = w.last(t, 3); in.Kind != bot.KindContact || in.Phone != "+84912345678" {
		t.Errorf("the number came as %+v", in)
	}
	p.ShareContact("84912345678", p.ID(), true)
	if in = w.last(t, 4); in.Kind != bot.KindUnread {
		t.Errorf("a forwarded card came as %+v", in)
	}
	number := p.Say("hồ sơ 1")
	said := w.last(t, 5)
	if err := p.Edit(number, "hồ sơ 2"); err != nil {
		t.Fatal(err)
	}
	if in = w.last(t, 6); in.Kind != bot.KindEdited || in.Replaces != said.ProviderID || in.Text != "hồ sơ 2" {
		t.Errorf("the edit came as %+v, of %+v", in, said)
	}
	p.Block()
	if in = w.last(t, 7); in.Kind != bot.KindBlocked {
		t.Errorf("the block came as %+v", in)
	}
	checkSendError(t, w.reply(t, in, bot.Content{Text: "x"}), bot.SendError{Class: bot.Unreachable, Code: "blocked", OptedOut: true})
	p.Unblock()
	if in = w.last(t, 8); in.Kind != bot.KindStart || in.Meta["unblocked"] != "true" {
		t.Errorf("the return came as %+v", in)
	}
}

// TestFilesComeThroughTheWholeWire sends each kind and reads it back.
func TestFilesComeThroughTheWholeWire(t *testing.T) {
	t.Parallel()
	w := newWhole(t)
	p := w.s.Person(777000111, "Người dân")
	p.SendPhoto([]byte("ảnh"), "Mương vỡ", "13911000111")
	p.SendDocument([]byte("đơn"), "don.pdf", "application/pdf", "")
	p.SendVoice([]byte("tiếng"))
	for i, want := range []string{"ảnh", "đơn", "tiếng"} {
		in := w.last(t, i+1)
		if in.Kind != bot.KindFiles || len(in.Files) != 1 {
			t.Fatalf("a file came as %+v", in)
		}
		body, err := w.c.Fetch(deadline(t), in.Files[0], 1<<20)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		got, err := io.ReadAll(body)
		if err != nil || string(got) != want {
			t.Errorf("read %q, %v, want %q", got, err, want)
		}
		if err := body.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	p.SendLocation(21.5, 105.25)
	if in := w.last(t, 4); in.Kind != bot.KindLocation || in.Meta["latitude"] != "21.5" {
		t.Errorf("a place came as %+v", in)
	}
	p.SendSticker()
	if in := w.last(t, 5); in.Kind != bot.KindUnread {
		t.Errorf("a sticker came as %+v", in)
	}
}

// TestInOrderAndOnce: records fail now and then, Telegram repeats itself, and
// every person's messages still come once and in order.
func TestInOrderAndOnce(t *testing.T) {
	t.Parallel()
	w := newWhole(t)
	w.sink.mu.Lock()
	w.sink.fails = 5
	w.sink.mu.Unlock()
	w.s.Duplicate(10)
	const people, each = 6, 8
	var wg sync.WaitGroup
	for n := range people {
		p := w.s.Person(int64(1000+n), "Người dân")
		wg.Go(func() {
			for i := range each {
				p.Say(fmt.Sprint(i))
			}
		})
	}
	wg.Wait()
	w.last(t, people*each)
	got := map[string]string{}
	w.sink.mu.Lock()
	defer w.sink.mu.Unlock()
	for _, in := range w.sink.events {
		got[in.Address.ID] += in.Text
	}
	want := map[string]string{}
	for n := range people {
		want[fmt.Sprint(1000+n)] = "01234567"
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("came as %v", got)
	}
}

// TestForgedCallsAreRefused, whatever they carry.
func TestForgedCallsAreRefused(t *testing.T) {
	t.Parallel()
	w := newWhole(t)
	tests := []struct {
		name, secret, body string
		want               int
	}{
		{"no secret", "", msg(1, `"text":"x"`), 401},
		{"wrong secret", "guess", msg(1, `"text":"x"`), 401},
		{"wrong secret and no JSON", "guess", "{{{", 401},
		{"broken body", testSecret, "{{{", 200},
		{"too large", testSecret, strings.Repeat(" ", 128<<10+1), 413},
		{"largest", testSecret, msg(1, `"text":"x"`) + strings.Repeat(" ", 1000), 200},
	}
	for _, tt := range tests {
		ctx, cancel := context.WithTimeout(deadline(t), 5*time.Second)
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, w.hook, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(secretHeader, tt.secret)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		if err := resp.Body.Close(); err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		cancel()
		if resp.StatusCode != tt.want {
			t.Errorf("%s: status %d, want %d", tt.name, resp.StatusCode, tt.want)
		}
	}
	if got := w.sink.texts(); !reflect.DeepEqual(got, []string{"x"}) {
		t.Errorf("kept %q, want only what came with the secret", got)
	}
}
