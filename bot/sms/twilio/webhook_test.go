package twilio_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/sms/twilio"
	"tiepdan/bot/sms/twilio/twiliotest"
)

const twiml = `<?xml version="1.0" encoding="UTF-8"?><Response/>`

func TestInbound(t *testing.T) {
	t.Parallel()
	file := "/ME" + strings.Repeat("0", 31)
	tests := map[string]struct {
		in   twiliotest.Inbound
		want *bot.Incoming // nil: left out
	}{
		"words":       {twiliotest.Inbound{From: hers, Body: "HS 04486.G/2019/08708"}, &bot.Incoming{Kind: bot.KindText, Text: "HS 04486.G/2019/08708"}},
		"accents":     {twiliotest.Inbound{From: hers, Body: "Tra cứu hồ sơ + & ="}, &bot.Incoming{Kind: bot.KindText, Text: "Tra cứu hồ sơ + & ="}},
		"decomposed":  {twiliotest.Inbound{From: hers, Body: "ho\u0302\u0300 so\u031b"}, &bot.Incoming{Kind: bot.KindText, Text: "hồ sơ"}},
		"odd bytes":   {twiliotest.Inbound{From: hers, Body: "a\x00b\xffc"}, &bot.Incoming{Kind: bot.KindText, Text: "abc"}},
		"nothing":     {twiliotest.Inbound{From: hers}, &bot.Incoming{Kind: bot.KindStart}},
		"more fields": {twiliotest.Inbound{From: hers, Body: "MENU", Extra: map[string]string{"Brandnew": "1", "ß": "ü"}}, &bot.Incoming{Kind: bot.KindText, Text: "MENU"}},
		"abroad":      {twiliotest.Inbound{From: "+14155550100", Body: "hi"}, &bot.Incoming{Address: bot.Address{ID: "+14155550100"}, Kind: bot.KindText, Text: "hi"}},
		"stop":        {twiliotest.Inbound{From: hers, Body: "STOP", OptOutType: "STOP"}, &bot.Incoming{Kind: bot.KindOptOut, Text: "STOP"}},
		"start":       {twiliotest.Inbound{From: hers, Body: "START", OptOutType: "START"}, &bot.Incoming{Kind: bot.KindOptIn, Text: "START"}},
		"help":        {twiliotest.Inbound{From: hers, Body: "HELP", OptOutType: "HELP"}, nil},
		"whatsapp":    {twiliotest.Inbound{From: "whatsapp:+84912345678", Body: "hi"}, nil},
		"a name":      {twiliotest.Inbound{From: "Viettel", Body: "hi"}, nil},
		"pictures": {twiliotest.Inbound{From: hers, Body: "đây", Media: []string{"image/jpeg", "audio/amr"}},
			&bot.Incoming{Kind: bot.KindFiles, Text: "đây", Files: []bot.FileRef{{ProviderID: file + "1", Type: "image/jpeg"}, {ProviderID: file + "2", Type: "audio/amr"}}}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twiliotest.Config{}, nil)
			tc.in.To = ours
			reply, err := r.server.Receive(t.Context(), r.hooks.URL+"/webhooks/twilio", tc.in)
			if err != nil || reply.Status != http.StatusOK || reply.Body != twiml || !strings.HasPrefix(reply.ContentType, "text/xml") {
				t.Fatalf("reply %+v, %v", reply, err)
			}
			tc.in.Again = reply.SID
			if _, err := r.server.Receive(t.Context(), r.hooks.URL+"/webhooks/twilio", tc.in); err != nil {
				t.Fatal(err)
			}
			events := r.hooks.Events()
			if tc.want == nil {
				if len(events) != 0 {
					t.Fatalf("events %+v", events)
				}
				return
			}
			if len(events) != 1 {
				t.Fatalf("events %+v", events)
			}
			checkEvent(t, events[0], *tc.want, reply.SID)
		})
	}
}

func checkEvent(t *testing.T, got, want bot.Incoming, sid string) {
	t.Helper()
	if want.Address.ID == "" {
		want.Address.ID = hers
	}
	if got.Address != (bot.Address{Channel: bot.SMS, ID: want.Address.ID}) || got.ProviderID != sid || got.Kind != want.Kind || got.Text != want.Text {
		t.Errorf("event %+v, want %+v", got, want)
	}
	for i := range want.Files {
		want.Files[i].ProviderID = sid + want.Files[i].ProviderID
	}
	if !slices.Equal(got.Files, want.Files) {
		t.Errorf("files %+v, want %+v", got.Files, want.Files)
	}
}

func TestForgedInbound(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		account twiliotest.Config
		path    string
		in      twiliotest.Inbound
		want    int
	}{
		"another token":   {twiliotest.Config{}, "/webhooks/twilio", twiliotest.Inbound{From: hers, Body: "a", Token: "x"}, 403},
		"unsigned":        {twiliotest.Config{}, "/webhooks/twilio", twiliotest.Inbound{From: hers, Body: "a", Unsigned: true}, 403},
		"another address": {twiliotest.Config{}, "/webhooks/twilio", twiliotest.Inbound{From: hers, Body: "a", SignedURL: "https://127.0.0.1/webhooks/twilio"}, 403},
		"another account": {twiliotest.Config{AccountSID: "AC" + strings.Repeat("e", 32)}, "/webhooks/twilio", twiliotest.Inbound{From: hers, Body: "a"}, 403},
		"on the other":    {twiliotest.Config{}, "/webhooks/twilio/status", twiliotest.Inbound{From: hers, Body: "a", Unsigned: true}, 403},
		"too large":       {twiliotest.Config{}, "/webhooks/twilio", twiliotest.Inbound{From: hers, Body: strings.Repeat("a", 65<<10)}, 413},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tc.account, nil)
			reply, err := r.server.Receive(t.Context(), r.hooks.URL+tc.path, tc.in)
			if err != nil || reply.Status != tc.want || reply.Body != "" {
				t.Fatalf("reply %+v, %v, want %d", reply, err, tc.want)
			}
			if events := r.hooks.Events(); len(events) != 0 {
				t.Fatalf("events %+v", events)
			}
		})
	}
}

func TestBrokenInbound(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	for _, path := range []string{"/webhooks/twilio", "/webhooks/twilio/status"} {
		reply, err := r.server.Receive(t.Context(), r.hooks.URL+path, twiliotest.Inbound{From: hers, Body: "a", Extra: map[string]string{"MessageSid": ""}})
		if err != nil || reply.Status != http.StatusOK || reply.Body != twiml {
			t.Fatalf("reply %+v, %v", reply, err)
		}
	}
	if n := len(r.hooks.Errors()); n != 2 || len(r.hooks.Events()) != 0 {
		t.Fatalf("%d errors, events %+v", n, r.hooks.Events())
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	sent, delivered, failed, accepted := bot.ReceiptSent, bot.ReceiptDelivered, bot.ReceiptFailed, bot.ReceiptAccepted
	tests := map[string]struct {
		tell    twiliotest.Callbacks
		want    []bot.ReceiptState
		failure bot.SendError
	}{
		"delivered":    {twiliotest.Callbacks{}, []bot.ReceiptState{sent, delivered}, bot.SendError{}},
		"all states":   {twiliotest.Callbacks{Statuses: []string{"accepted", "queued", "sending", "sent", "delivered"}}, []bot.ReceiptState{accepted, accepted, accepted, sent, delivered}, bot.SendError{}},
		"twice":        {twiliotest.Callbacks{Duplicate: true}, []bot.ReceiptState{sent, sent, delivered, delivered}, bot.SendError{}},
		"out of order": {twiliotest.Callbacks{OutOfOrder: true}, []bot.ReceiptState{delivered, sent}, bot.SendError{}},
		"early":        {twiliotest.Callbacks{Early: true}, []bot.ReceiptState{sent, delivered}, bot.SendError{}},
		"no last one":  {twiliotest.Callbacks{Missing: true}, []bot.ReceiptState{sent}, bot.SendError{}},
		"forged":       {twiliotest.Callbacks{BadSign: true}, nil, bot.SendError{}},
		"a new state":  {twiliotest.Callbacks{Statuses: []string{"teleported"}}, nil, bot.SendError{}},
		"canceled":     {twiliotest.Callbacks{Statuses: []string{"canceled"}}, []bot.ReceiptState{failed}, bot.SendError{Class: bot.Rejected, Code: "0"}},
		"handset off":  {undelivered(30003), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Transient, Code: "30003", RetryAfter: time.Hour}},
		"queue":        {undelivered(30001), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Throttled, Code: "30001", RetryAfter: 5 * time.Minute}},
		"suspended":    {undelivered(30002), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Misconfigured, Code: "30002"}},
		"blocked":      {undelivered(30004), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Unreachable, Code: "30004"}},
		"no handset":   {undelivered(30005), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Unreachable, Code: "30005", BadAddress: true}},
		"landline":     {undelivered(30006), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Unreachable, Code: "30006"}},
		"filtered":     {undelivered(30007), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Rejected, Code: "30007"}},
		"no reason":    {undelivered(30008), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Transient, Code: "30008", RetryAfter: 30 * time.Minute}},
		"too late":     {undelivered(30036), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Transient, Code: "30036", RetryAfter: 5 * time.Minute}},
		"sender":       {undelivered(30042), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Misconfigured, Code: "30042"}},
		"no answer":    {undelivered(30410), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Unknown, Code: "30410"}},
		"a new code":   {undelivered(39999), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Rejected, Code: "39999"}},
		"a chat's":     {undelivered(63016), []bot.ReceiptState{sent, failed}, bot.SendError{Class: bot.Rejected, Code: "63016"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twiliotest.Config{}, nil)
			r.server.Tell(tc.tell)
			taken, failure := r.send(t, hello(7))
			if failure != nil {
				t.Fatal(failure)
			}
			if err := r.server.Wait(); err != nil {
				t.Fatal(err)
			}
			var got []bot.ReceiptState
			for _, rc := range r.hooks.Receipts() {
				got = append(got, rc.State)
				if rc.ProviderID != taken.ProviderID || rc.OutboxID != 7 {
					t.Errorf("receipt %+v of %s", rc, taken.ProviderID)
				}
				if rc.State == failed && *rc.Failure != tc.failure {
					t.Errorf("failure %+v, want %+v", rc.Failure, tc.failure)
				}
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("states %v, want %v", got, tc.want)
			}
		})
	}
}

func undelivered(code int) twiliotest.Callbacks {
	return twiliotest.Callbacks{Statuses: []string{"sent", "undelivered"}, ErrorCode: code}
}

// A receipt names the outbox row even when our own hand-over was cut.
func TestReceiptSettlesACut(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	r.server.Fail(twiliotest.Cut)
	if _, failure := r.send(t, hello(99)); failure == nil || failure.Class != bot.Unknown {
		t.Fatalf("failure = %v", failure)
	}
	if err := r.server.Wait(); err != nil {
		t.Fatal(err)
	}
	receipts := r.hooks.Receipts()
	if len(receipts) != 2 || receipts[0].OutboxID != 99 || receipts[0].ProviderID != r.server.Messages()[0].SID {
		t.Fatalf("receipts %+v", receipts)
	}
}

// The channel over Twilio, from a message in to an answer out.
func TestThroughTheChannel(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.PerSecond = 5 })
	line := func(h sms.Hint) string { return h.Send + ": " + h.Label }
	channel, err := sms.New(sms.Config{Hints: sms.Hints{Choice: line, More: line}}, r.Carrier)
	if err != nil {
		t.Fatal(err)
	}
	parts, err := channel.Render(bot.Content{Text: "Hồ sơ đã xong?", Choices: []bot.Choice{{Label: "Đúng"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := channel.Send(t.Context(), bot.Outgoing{ID: 1, To: bot.Address{Channel: bot.SMS, ID: hers}, Part: parts[0]}); err != nil {
		t.Fatal(err)
	}
	if got := r.server.Messages(); len(got) != 1 || got[0].Body != "Ho so da xong?\n1 Dung" {
		t.Fatalf("Twilio has %+v", got)
	}
	if l := channel.Limits(); l.PerSecond != 5 || !l.Receipts || !l.TwoWay {
		t.Fatalf("limits %+v", l)
	}
}
