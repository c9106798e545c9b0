package sms

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
)

// fake is a carrier that keeps what it was given.
type fake struct {
	route  Route
	events []bot.Incoming
	sent   []Message
	err    error
}

func (f *fake) Route() Route { return f.route }

func (f *fake) Send(_ context.Context, m Message) (bot.Sent, error) {
	f.sent = append(f.sent, m)
	return bot.Sent{ProviderID: "p1"}, f.err
}

func (f *fake) Webhooks() []bot.Route {
	return []bot.Route{{Path: "/webhooks/fake", Decode: func(*http.Request, []byte) (bot.Decoded, error) {
		return bot.Decoded{Events: f.events, Answer: []byte("ok")}, nil
	}}}
}

// able is a fake with every optional ability.
type able struct {
	fake
	settled Message
	since   time.Time
}

func (a *able) Check(context.Context) error { return errors.New("mend it") }

func (a *able) Catchup(ctx context.Context, since time.Time, sink bot.Sink) error {
	a.since = since
	return sink.Keep(ctx, bot.Decoded{Events: a.events})
}

func (a *able) Settle(_ context.Context, m Message, providerID string) (*bot.Receipt, error) {
	a.settled = m
	return &bot.Receipt{ProviderID: providerID, State: bot.ReceiptSent}, nil
}

type sink struct{ kept []bot.Incoming }

func (s *sink) Keep(_ context.Context, d bot.Decoded) error {
	s.kept = append(s.kept, d.Events...)
	return nil
}

func hints() Hints {
	return Hints{
		Choice: func(h Hint) string {
			if h.Lang == "en" {
				return "Text " + h.Send + " to " + h.Number + ": " + h.Label
			}
			return "Soạn " + h.Send + " gửi " + h.Number + ": " + h.Label
		},
		More: func(h Hint) string {
			if h.Lang == "en" {
				return "More: text " + h.Send
			}
			return "Xem tiếp: soạn " + h.Send
		},
		Sign: func(lang string, sign rune) string {
			words := map[rune][2]string{'%': {"phần trăm", "percent"}, '&': {"và", "and"}, '#': {"số", "number"}, '@': {"a còng", "at"}}
			if lang == "en" {
				return words[sign][1]
			}
			return words[sign][0]
		},
	}
}

func whole() Route   { return Route{TwoWay: true, WholeNumber: true, Unicode: true} }
func shared() Route  { return Route{TwoWay: true} }
func notices() Route { return Route{Unicode: true} }

func channel(t *testing.T, keyword string, route Route) *Channel {
	t.Helper()
	c, err := New(Config{Keyword: keyword, Number: "8079", Hints: hints()}, &fake{route: route})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	mute := hints()
	mute.More = func(Hint) string { return "Xem tiếp: soạn TIEP" }
	quiet := hints()
	quiet.Choice = func(h Hint) string {
		if h.Lang == "en" {
			return h.Label
		}
		return h.Send
	}
	tests := map[string]struct {
		cfg   Config
		route Route
		want  string
	}{
		"keyword of two words":   {Config{Keyword: "XA A", Hints: hints()}, shared(), "TIEPDAN_SMS_KEYWORD"},
		"keyword with accents":   {Config{Keyword: "XÃ", Hints: hints()}, shared(), "TIEPDAN_SMS_KEYWORD"},
		"keyword too long":       {Config{Keyword: strings.Repeat("A", 17), Hints: hints()}, shared(), "TIEPDAN_SMS_KEYWORD"},
		"no hints":               {Config{Keyword: "XA"}, shared(), "hints"},
		"more without keyword":   {Config{Keyword: "XA", Hints: mute}, shared(), "hint for more"},
		"choice without words":   {Config{Keyword: "XA", Hints: quiet}, shared(), "en hint for a choice"},
		"forbidden letter":       {Config{Hints: hints()}, Route{Forbidden: "a"}, "TIEPDAN_SMSHTTP_FORBIDDEN"},
		"forbidden, no stand-in": {Config{}, Route{Forbidden: "%"}, "TIEPDAN_SMSHTTP_FORBIDDEN"},
		"stand-in is forbidden":  {Config{}, Route{Forbidden: "[("}, "TIEPDAN_SMSHTTP_FORBIDDEN"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := New(tc.cfg, &fake{route: tc.route})
			if err == nil || !strings.Contains(err.Error(), tc.want) {
				t.Fatalf("error = %v, want one that names %q", err, tc.want)
			}
		})
	}
}

func TestKeyword(t *testing.T) {
	t.Parallel()
	tests := []struct{ in, want string }{
		{"XA HS 123", "HS 123"},
		{"xa hs 123", "hs 123"},
		{"Xã HS 123", "HS 123"},
		{"xa\u0303 HS 123", "HS 123"},
		{"  XA:  HS 123", "HS 123"},
		{"\"XA HS 123\"", "HS 123\""},
		{"XA\nPA rác đầy đường", "PA rác đầy đường"},
		{"XAHS 123", "XAHS 123"},
		{"XA NHÀ", "NHÀ"},
		{"HS XA 123", "HS XA 123"},
		{"XA", ""},
		{" xa. ", ""},
		{"", ""},
		{"...", "..."},
	}
	for _, tc := range tests {
		if got := stripKeyword("XA", tc.in); got != tc.want {
			t.Errorf("stripKeyword(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestRoutesStripTheKeyword(t *testing.T) {
	t.Parallel()
	events := func() []bot.Incoming {
		return []bot.Incoming{
			{Kind: bot.KindText, Text: "XA HS 123"},
			{Kind: bot.KindText, Text: "xa"},
			{Kind: bot.KindText, Text: "HS 123"},
			{Kind: bot.KindOptOut, Text: "STOP"},
		}
	}
	want := []bot.Incoming{
		{Kind: bot.KindText, Text: "HS 123"},
		{Kind: bot.KindStart, Text: ""},
		{Kind: bot.KindText, Text: "HS 123"},
		{Kind: bot.KindOptOut, Text: "STOP"},
	}
	carrier := &able{fake: fake{route: shared(), events: events()}}
	c, err := New(Config{Keyword: "xa", Hints: hints()}, carrier)
	if err != nil {
		t.Fatal(err)
	}
	d, err := c.Routes()[0].Decode(nil, nil)
	if err != nil || string(d.Answer) != "ok" {
		t.Fatalf("decode = %+v, %v", d, err)
	}
	carrier.events = events()
	var s sink
	if err := c.Catchup(t.Context(), time.Unix(7, 0), &s); err != nil || !carrier.since.Equal(time.Unix(7, 0)) {
		t.Fatalf("catch-up: %v since %v", err, carrier.since)
	}
	for i := range want {
		for _, got := range [][]bot.Incoming{d.Events, s.kept} {
			if got[i].Kind != want[i].Kind || got[i].Text != want[i].Text {
				t.Errorf("event %d = %s %q, want %s %q", i, got[i].Kind, got[i].Text, want[i].Kind, want[i].Text)
			}
		}
	}
}

func TestAbilitiesPassThrough(t *testing.T) {
	t.Parallel()
	carrier := &able{fake: fake{route: whole()}}
	c, err := New(Config{Hints: hints()}, carrier)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(t.Context()); err == nil || err.Error() != "mend it" {
		t.Errorf("check = %v", err)
	}
	begun := time.Unix(100, 0)
	out := bot.Outgoing{ID: 9, To: bot.Address{Channel: bot.SMS, ID: "+84912345678"}, Part: bot.Part{Text: "a"}, ReplyToken: "r", Begun: begun}
	r, err := c.Settle(t.Context(), out, "p")
	if err != nil || r.ProviderID != "p" || carrier.settled != (Message{ID: 9, To: "+84912345678", Text: "a", ReplyToken: "r", Begun: begun}) {
		t.Errorf("settle = %+v, %v with %+v", r, err, carrier.settled)
	}

	if _, ok := bot.SettlerOf(c); !ok {
		t.Error("a carrier that can be asked is not")
	}

	plain := channel(t, "", whole())
	if _, ok := bot.SettlerOf(plain); ok {
		t.Error("a carrier that cannot be asked is waited for")
	}
	if err := plain.Check(t.Context()); err != nil {
		t.Errorf("check of a carrier that cannot be asked = %v", err)
	}
	if err := plain.Catchup(t.Context(), begun, &sink{}); err != nil {
		t.Errorf("catch-up of a carrier that keeps nothing = %v", err)
	}
	if r, err := plain.Settle(t.Context(), out, "p"); r != nil || err != nil {
		t.Errorf("settle of a carrier that cannot be asked = %v, %v", r, err)
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	number := bot.Address{Channel: bot.SMS, ID: "+84912345678"}
	tests := map[string]struct {
		out  bot.Outgoing
		want *bot.SendError
	}{
		"taken":          {bot.Outgoing{ID: 3, To: number, Part: bot.Part{Text: "Ho so 1"}, ReplyToken: "mo-1"}, nil},
		"another chat":   {bot.Outgoing{To: bot.Address{Channel: bot.Zalo, ID: "+84912345678"}, Part: bot.Part{Text: "a"}}, &bot.SendError{Class: bot.Unreachable, BadAddress: true}},
		"national form":  {bot.Outgoing{To: bot.Address{Channel: bot.SMS, ID: "0912345678"}, Part: bot.Part{Text: "a"}}, &bot.SendError{Class: bot.Unreachable, BadAddress: true}},
		"nothing to say": {bot.Outgoing{To: number}, &bot.SendError{Class: bot.Rejected}},
		"a link":         {bot.Outgoing{To: number, Part: bot.Part{Text: "xem dichvucong.gov.vn"}}, &bot.SendError{Class: bot.Rejected}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			carrier := &fake{route: whole()}
			c, err := New(Config{Hints: hints()}, carrier)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := c.Send(t.Context(), tc.out)
			if tc.want == nil {
				if err != nil || sent.ProviderID != "p1" || len(carrier.sent) != 1 || carrier.sent[0].ReplyToken != "mo-1" {
					t.Fatalf("send = %+v, %v, carrier got %+v", sent, err, carrier.sent)
				}
				return
			}
			var se *bot.SendError
			if !errors.As(err, &se) || se.Class != tc.want.Class || se.BadAddress != tc.want.BadAddress || len(carrier.sent) != 0 {
				t.Fatalf("send = %v, carrier got %+v", err, carrier.sent)
			}
			if strings.Contains(err.Error(), "912345678") || strings.Contains(err.Error(), "dichvucong") {
				t.Fatalf("the error tells too much: %v", err)
			}
		})
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		route Route
		want  bot.Limits
	}{
		"no limit": {Route{TwoWay: true}, bot.Limits{Burst: 1, InFlight: 32, TwoWay: true}},
		"slow":     {Route{PerSecond: 0.5, Receipts: true}, bot.Limits{PerSecond: 0.5, Burst: 1, InFlight: 2, Receipts: true}},
		"fast":     {Route{PerSecond: 100, Burst: 20}, bot.Limits{PerSecond: 100, Burst: 20, InFlight: 32}},
		"middling": {Route{PerSecond: 5, Burst: 5}, bot.Limits{PerSecond: 5, Burst: 5, InFlight: 10}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := New(Config{Hints: hints()}, &fake{route: tc.route})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Limits(); got != tc.want {
				t.Fatalf("limits = %+v, want %+v", got, tc.want)
			}
		})
	}
}

func TestDigits(t *testing.T) {
	t.Parallel()
	if c := channel(t, "", whole()); !c.Digits() || c.Keyword() != "" || c.Name() != "sms" {
		t.Error("a whole number must take digits")
	}
	if c := channel(t, "xa", shared()); c.Digits() || c.Keyword() != "XA" {
		t.Error("a shared number must take none")
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"+84912345678": true, "+15005550006": true, "+6551234567": true,
		"84912345678": false, "+0912345678": false, "+84": false, "+8491234567890123": false, "+84 912345678": false, "": false, "Viettel": false,
	} {
		if got := E164(s); got != want {
			t.Errorf("E164(%q) = %v", s, got)
		}
	}
}
