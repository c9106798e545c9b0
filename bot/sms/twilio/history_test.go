package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/sms/twilio"
	"tiepdan/bot/sms/twilio/twiliotest"
)

type kept struct {
	events []bot.Incoming
	err    error
}

func (k *kept) Keep(_ context.Context, d bot.Decoded) error {
	k.events = append(k.events, d.Events...)
	return k.err
}

// ticking is a clock that moves a second with every look.
func ticking(start time.Time) func() time.Time {
	var n atomic.Int64
	return func() time.Time { return start.Add(time.Duration(n.Add(1)) * time.Second) }
}

var november = time.Date(2026, 11, 5, 0, 0, 0, 0, time.UTC)

func TestCatchup(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{PageSize: 3, Clock: ticking(november)}, nil)
	hook := r.hooks.URL + "/webhooks/twilio"
	receive := func(in twiliotest.Inbound) string {
		reply, err := r.server.Receive(t.Context(), hook, in)
		if err != nil {
			t.Fatal(err)
		}
		return reply.SID
	}
	receive(twiliotest.Inbound{From: hers, To: ours, Body: "from before", Lost: true})
	var want []string
	for i := range 8 {
		want = append(want, receive(twiliotest.Inbound{From: hers, To: ours, Body: fmt.Sprint("HS ", i), Lost: i != 4}))
	}
	if _, failure := r.send(t, hello(1)); failure != nil {
		t.Fatal(failure)
	}
	receive(twiliotest.Inbound{From: hers, To: "+15005559999", Body: "to another number", Lost: true})
	receive(twiliotest.Inbound{From: "Viettel", To: ours, Body: "from a name", Lost: true})
	want = append(want, receive(twiliotest.Inbound{From: hers, To: ours, Media: []string{"image/png"}, Lost: true}))

	var k kept
	if err := r.Catchup(t.Context(), november.Add(2*time.Second), &k); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range k.events {
		got = append(got, e.ProviderID)
	}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Fatalf("caught up with %v, want %v", got, want)
	}
	if e := k.events[0]; e.Text != "HS 0" || e.Kind != bot.KindText || e.Address.ID != hers || !e.At.Equal(november.Add(2*time.Second)) {
		t.Errorf("event %+v", e)
	}
	if e := k.events[8]; e.Kind != bot.KindUnread {
		t.Errorf("event %+v", e)
	}
	// The webhook brought one of them under the same key.
	if events := r.hooks.Events(); len(events) != 1 || events[0].ProviderID != want[4] || events[0].Text != k.events[4].Text {
		t.Errorf("the webhook brought %+v", events)
	}
}

func TestCatchupFails(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	r.server.Fail(twiliotest.HTML(503))
	err := r.Catchup(t.Context(), november, &kept{})
	if err == nil {
		t.Fatal("no error")
	}
	secretless(t, err)
	if _, err := r.server.Receive(t.Context(), r.hooks.URL, twiliotest.Inbound{From: hers, To: ours, Body: "a", Lost: true}); err != nil {
		t.Fatal(err)
	}
	away := errors.New("records are away")
	if err := r.Catchup(t.Context(), november, &kept{err: away}); !errors.Is(err, away) {
		t.Fatalf("catch-up = %v", err)
	}
	oneWay := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.TwoWay = false })
	oneWay.server.Fail(twiliotest.HTML(503))
	if err := oneWay.Catchup(t.Context(), november, &kept{}); err != nil {
		t.Fatalf("a one-way route has nothing to catch up with: %v", err)
	}
}

func TestSettleKnown(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		statuses []string
		want     bot.ReceiptState // 0: nothing can be said
	}{
		"waiting":   {[]string{"queued"}, bot.ReceiptAccepted},
		"sent":      {[]string{"sent"}, bot.ReceiptSent},
		"delivered": {[]string{"delivered"}, bot.ReceiptDelivered},
		"failed":    {[]string{"failed"}, bot.ReceiptFailed},
		"unheard":   {[]string{"teleported"}, 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twiliotest.Config{Clock: ticking(november)}, nil)
			r.server.Tell(twiliotest.Callbacks{Statuses: tc.statuses, ErrorCode: 30005})
			sent, failure := r.send(t, hello(5))
			if failure != nil || r.server.Wait() != nil {
				t.Fatal(failure)
			}
			got, err := r.Settle(t.Context(), hello(5), sent.ProviderID)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == 0 {
				if got != nil {
					t.Fatalf("receipt %+v", got)
				}
				return
			}
			if got.State != tc.want || got.ProviderID != sent.ProviderID || got.OutboxID != 5 || got.At.IsZero() {
				t.Fatalf("receipt %+v", got)
			}
			if tc.want == bot.ReceiptFailed && !got.Failure.BadAddress {
				t.Fatalf("failure %+v", got.Failure)
			}
		})
	}
}

func TestSettleUnknown(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{PageSize: 2, Clock: ticking(november)}, func(c *twilio.Config) {
		c.Clock = func() time.Time { return november.Add(30 * time.Minute) }
	})
	cut := func(m sms.Message) {
		t.Helper()
		r.server.Fail(twiliotest.Cut)
		if _, failure := r.send(t, m); failure == nil || failure.Class != bot.Unknown {
			t.Fatalf("failure = %v", failure)
		}
	}
	lost := sms.Message{ID: 6, To: hers, Text: "HS 1: Xin chao", Begun: november.Add(time.Second)}
	cut(lost)
	for i := range 4 {
		if _, failure := r.send(t, sms.Message{ID: int64(10 + i), To: hers, Text: fmt.Sprint("Xin chao ", i)}); failure != nil {
			t.Fatal(failure)
		}
	}
	twice := sms.Message{ID: 20, To: hers, Text: "MENU", Begun: november}
	cut(twice)
	cut(twice)
	if err := r.server.Wait(); err != nil {
		t.Fatal(err)
	}

	blind, early, never := lost, lost, lost
	blind.Begun = time.Time{}
	early.Begun = november.Add(-time.Hour)
	never.Text = "Xin chao, khong co"
	tests := map[string]struct {
		m     sms.Message
		found bool
	}{
		"in its time":      {lost, true},
		"time not known":   {blind, true},
		"at another time":  {early, false},
		"never taken":      {never, false},
		"which of the two": {twice, false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := r.Settle(t.Context(), tc.m, "")
			if err != nil {
				t.Fatal(err)
			}
			if (got != nil) != tc.found {
				t.Fatalf("receipt %+v", got)
			}
			if got != nil && (got.OutboxID != 6 || got.ProviderID != r.server.Messages()[0].SID) {
				t.Fatalf("receipt %+v", got)
			}
		})
	}
	r.server.Fail(twiliotest.HTML(503), twiliotest.Code(404, 20404))
	for _, id := range []string{"", "SM1"} {
		if got, err := r.Settle(t.Context(), lost, id); err == nil || got != nil {
			t.Fatalf("settle = %+v, %v", got, err)
		} else {
			secretless(t, err)
		}
	}
}
