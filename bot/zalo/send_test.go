package zalo_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

// Every code of Zalo's table, as an answer with status 200.
func TestSendErrors(t *testing.T) {
	t.Parallel()
	const toMorning = 17*time.Hour - 25*time.Second // from 13:00:25 in Viet Nam to 06:00
	for _, tc := range []struct {
		code    int
		message string
		want    bot.SendError
	}{
		{-32, "Your application reached limit call api", bot.SendError{Class: bot.Throttled, Code: "-32", RetryAfter: 35 * time.Second}},
		{-32, "Your OA reached limit call api", bot.SendError{Class: bot.Throttled, Code: "-32", RetryAfter: 35 * time.Second}},
		{-100, "attachment_id was expired", bot.SendError{Class: bot.Rejected, Code: "-100"}},
		{-200, "Send message failed", bot.SendError{Class: bot.Transient, Code: "-200"}},
		{-201, "text is invalid!", bot.SendError{Class: bot.Rejected, Code: "-201"}},
		{-201, "user_id is invalid!", bot.SendError{Class: bot.Unreachable, Code: "-201", BadAddress: true}},
		{-204, "Offical Account is disable", bot.SendError{Class: bot.Misconfigured, Code: "-204"}},
		{-205, "Offical Account is not exist", bot.SendError{Class: bot.Misconfigured, Code: "-205"}},
		{-209, "Not supported this api", bot.SendError{Class: bot.Misconfigured, Code: "-209"}},
		{-210, "Parameter exceeds allowable limit", bot.SendError{Class: bot.Rejected, Code: "-210"}},
		{-211, "Out of quota", bot.SendError{Class: bot.Misconfigured, Code: "-211"}},
		{-212, "App has not registed this api", bot.SendError{Class: bot.Misconfigured, Code: "-212"}},
		{-213, "User has not followed OA", bot.SendError{Class: bot.Unreachable, Code: "-213"}},
		{-214, "Article is being processed", bot.SendError{Class: bot.Transient, Code: "-214"}},
		{-217, "User has blocked invitation from OA", bot.SendError{Class: bot.Unreachable, Code: "-217", OptedOut: true}},
		{-218, "Out of quota receive", bot.SendError{Class: bot.Unreachable, Code: "-218"}},
		{-219, "App is removed or disabled", bot.SendError{Class: bot.Misconfigured, Code: "-219"}},
		{-221, "The OA needs to be verified to use this feature", bot.SendError{Class: bot.Misconfigured, Code: "-221"}},
		{-223, "Official Account has not authorized this API", bot.SendError{Class: bot.Misconfigured, Code: "-223"}},
		{-224, "The OA needs to upgrade OA Tier Package", bot.SendError{Class: bot.Misconfigured, Code: "-224"}},
		{-227, "User is banned or has been inactive for more than 45 days", bot.SendError{Class: bot.Unreachable, Code: "-227"}},
		{-230, "User has not interacted with the OA in the past 7 days", bot.SendError{Class: bot.Unreachable, Code: "window"}},
		{-232, "User has not interacted with the OA, or the last interaction has expired", bot.SendError{Class: bot.Unreachable, Code: "window"}},
		{-233, "message type is invalid or not support", bot.SendError{Class: bot.Rejected, Code: "-233"}},
		{-234, "This message cannot be sent at night (10:00PM - 6:00AM)", bot.SendError{Class: bot.Transient, Code: "-234", RetryAfter: toMorning}},
		{-235, "This API does not support this type of OA", bot.SendError{Class: bot.Misconfigured, Code: "-235"}},
		{-240, "MessageV2 API has been shut down, please switch to MessageV3", bot.SendError{Class: bot.Rejected, Code: "-240"}},
		{-242, "Invalid appsecret_proof provided in the API argument", bot.SendError{Class: bot.Misconfigured, Code: "-242"}},
		{-244, "User has restricted this message type from your OA", bot.SendError{Class: bot.Unreachable, Code: "-244", OptedOut: true}},
		{-248, "Violates our platform standards", bot.SendError{Class: bot.Rejected, Code: "-248"}},
		{-249, "Template does not support send via UID", bot.SendError{Class: bot.Rejected, Code: "-249"}},
		{-320, "Your app needs to connect with Zalo Cloud Account", bot.SendError{Class: bot.Misconfigured, Code: "-320"}},
		{-321, "Zalo Cloud Account out of money or unable to be charged", bot.SendError{Class: bot.Misconfigured, Code: "-321"}},
		{-9999, "something new", bot.SendError{Class: bot.Transient, Code: "-9999"}},
	} {
		t.Run(fmt.Sprintf("%d %s", tc.code, tc.message), func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.clock.Advance(time.Hour + 25*time.Second) // 13:00:25
			u := w.user()
			w.srv.Fail(zalotest.SendPath, 1, zalotest.Fault{Code: tc.code, Message: tc.message})
			_, err := w.send(u, "x")
			if got := sendError(t, err); *got != tc.want {
				t.Errorf("got %+v, want %+v", *got, tc.want)
			}
			if n := w.srv.Calls(zalotest.SendPath); n != 1 || len(u.Got()) != 0 {
				t.Errorf("%d calls, %d messages", n, len(u.Got()))
			}
		})
	}
}

// What does not come from Zalo's own code leaves open whether the message went
// out. The channel must not send it again itself.
func TestSendUnknownOutcomes(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		fault zalotest.Fault
		code  string
		taken int
	}{
		"HTML 502":                {zalotest.Fault{Status: 502}, "http_502", 0},
		"HTML 502 after it went":  {zalotest.Fault{Status: 502, Late: true}, "http_502", 1},
		"503":                     {zalotest.Fault{Status: 503}, "http_503", 0},
		"a redirect":              {zalotest.Fault{Status: 302}, "http_302", 0},
		"403 from in between":     {zalotest.Fault{Status: 403}, "http_403", 0},
		"HTML with 200":           {zalotest.Fault{Body: "<html>busy</html>"}, "not_json", 0},
		"JSON without error":      {zalotest.Fault{Body: `{"data":{}}`, Late: true}, "not_json", 1},
		"error of no number":      {zalotest.Fault{Body: `{"error":{"a":1}}`}, "not_json", 0},
		"a list":                  {zalotest.Fault{Body: `[]`}, "not_json", 0},
		"cut before":              {zalotest.Fault{Cut: true}, "network", 0},
		"cut after it went":       {zalotest.Fault{Cut: true, Late: true}, "network", 1},
		"too slow, and it went":   {zalotest.Fault{Late: true, Delay: time.Minute}, "network", 1},
		"an answer without bound": {zalotest.Fault{Body: strings.Repeat(" ", 2<<20), Late: true}, "cut", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u := w.user()
			w.srv.Fail(zalotest.SendPath, 1, tc.fault)
			ctx, cancel := context.WithTimeout(t.Context(), 8*time.Second)
			defer cancel()
			if tc.fault.Delay > 0 {
				ctx, cancel = context.WithTimeout(ctx, 200*time.Millisecond)
				defer cancel()
			}
			_, err := w.ch.Send(ctx, outgoing(u.ID, "x"))
			if got := sendError(t, err); got.Class != bot.Unknown || got.Code != tc.code {
				t.Errorf("got %v, want unknown %s", got, tc.code)
			}
			if n := w.srv.Calls(zalotest.SendPath); n != 1 || len(u.Got()) != tc.taken {
				t.Errorf("%d calls, %d messages, want 1 and %d", n, len(u.Got()), tc.taken)
			}
		})
	}
}

func TestSendNothingWritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.send(u, "đầu tiên"); err != nil {
		t.Fatalf("send: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := w.ch.Send(ended, outgoing(u.ID, "x"))
	if got := sendError(t, err); got.Class != bot.Transient {
		t.Errorf("after its context: %v, want transient", got)
	}

	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + listener.Addr().String()
	if err := listener.Close(); err != nil {
		t.Fatal(err)
	}
	deaf := w.replica(func(c *zalo.Config) { c.APIURL = address })
	_, err = deaf.Send(t.Context(), outgoing(u.ID, "x"))
	if got := sendError(t, err); got.Class != bot.Transient || got.Code != "network" {
		t.Errorf("nobody listens: %v, want transient", got)
	}
	foreign := w.replica(func(c *zalo.Config) {
		next := c.HTTPClient.Transport
		c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			if strings.HasSuffix(r.URL.Path, "/cs") {
				return nil, errors.New("no telling")
			}
			return next.RoundTrip(r)
		})}
	})
	_, err = foreign.Send(t.Context(), outgoing(u.ID, "x"))
	if got := sendError(t, err); got.Class != bot.Unknown {
		t.Errorf("a transport that tells nothing: %v, want unknown", got)
	}
	if len(u.Got()) != 1 {
		t.Errorf("%d messages arrived", len(u.Got()))
	}
}

type roundTrip func(*http.Request) (*http.Response, error)

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func TestSendRefusesWhatCannotGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, tc := range map[string]struct {
		out  bot.Outgoing
		want bot.SendError
	}{
		"another channel": {bot.Outgoing{To: bot.Address{Channel: bot.SMS, ID: "+84912345678"}, Part: bot.Part{Text: "x"}}, bot.SendError{Class: bot.Unreachable, Code: "address", BadAddress: true}},
		"no address":      {outgoing("", "x"), bot.SendError{Class: bot.Unreachable, Code: "address", BadAddress: true}},
		"empty":           {outgoing(citizen, " \n"), bot.SendError{Class: bot.Rejected, Code: "empty"}},
	} {
		_, err := w.ch.Send(t.Context(), tc.out)
		if got := sendError(t, err); *got != tc.want {
			t.Errorf("%s: got %+v", name, *got)
		}
	}
	if w.srv.Calls(zalotest.SendPath) != 0 || w.srv.Exchanges() != 0 {
		t.Error("Zalo was called")
	}
}

// The emulator's own refusals, which copy the real ones.
func TestSendAgainstTheRules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.ch.Send(t.Context(), outgoing("999", "x")); !sendError(t, err).BadAddress {
		t.Errorf("unknown uid: %v", err)
	}
	if _, err := w.send(u, strings.Repeat("ệ", 2001)); sendError(t, err).Code != "-210" {
		t.Errorf("2001 characters: %v", err)
	}
	if _, err := w.send(u, strings.Repeat("ệ", 2000)); err != nil {
		t.Errorf("2000 characters: %v", err)
	}
	u.Block(true)
	if _, err := w.send(u, "x"); !sendError(t, err).OptedOut {
		t.Errorf("blocked: %v", err)
	}
	u.Block(false)
	u.Idle(true)
	if _, err := w.send(u, "x"); sendError(t, err).Code != "-227" {
		t.Errorf("inactive: %v", err)
	}
	silent := w.srv.AddUser("", "C")
	if _, err := w.send(silent, "x"); sendError(t, err).Code != "window" {
		t.Errorf("never wrote: %v", err)
	}
}

// 48 hours is a price line, 7 days the end.
func TestWindowEdges(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		after        time.Duration
		open, billed bool
	}{
		"at once":         {0, true, false},
		"48 h":            {48 * time.Hour, true, false},
		"48 h and 1 s":    {48*time.Hour + time.Second, true, true},
		"7 d less 1 s":    {7*24*time.Hour - time.Second, true, true},
		"7 d":             {7 * 24 * time.Hour, false, true}, // Zalo still takes it; we stay on the safe side
		"7 d and 1 s":     {7*24*time.Hour + time.Second, false, false},
		"3 months":        {90 * 24 * time.Hour, false, false},
		"a clock set off": {-time.Minute, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u := w.user()
			w.clock.Advance(tc.after)
			if got := w.ch.Open(noon, w.clock.Now()); got != tc.open {
				t.Errorf("Open %v, want %v", got, tc.open)
			}
			_, err := w.send(u, "x")
			if tc.open && err != nil {
				t.Errorf("open, but refused: %v", err)
			}
			if tc.after > 7*24*time.Hour && tc.after < 80*24*time.Hour {
				if got := sendError(t, err); got.Class != bot.Unreachable || got.Code != "window" {
					t.Errorf("closed: %v", got)
				}
			}
			if billed := w.srv.Billed() == 1; billed != tc.billed {
				t.Errorf("billed %v, want %v", billed, tc.billed)
			}
		})
	}
	w := newWorld(t)
	if w.ch.Open(time.Time{}, noon) {
		t.Error("open to somebody who never wrote")
	}
}

func TestRateLimitIsThrottled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	w.srv.SetRate(2)
	w.clock.Advance(10 * time.Second)
	for i := range 2 {
		if _, err := w.send(u, "x"); err != nil {
			t.Fatalf("send %d: %v", i, err)
		}
	}
	_, err := w.send(u, "x")
	got := sendError(t, err)
	if got.Class != bot.Throttled || got.RetryAfter != 50*time.Second {
		t.Fatalf("got %+v", *got)
	}
	w.clock.Advance(got.RetryAfter)
	if _, err := w.send(u, "x"); err != nil {
		t.Errorf("in the next minute: %v", err)
	}
}

// The request as Zalo's documentation has it.
func TestSendRequest(t *testing.T) {
	t.Parallel()
	var got struct{ method, path, token, kind, body string }
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		got.method, got.path, got.token, got.kind, got.body = r.Method, r.URL.Path, r.Header.Get("access_token"), r.Header.Get("Content-Type"), string(body)
		_, _ = io.WriteString(rw, `{"error":"0","message":"Success","data":{"message_id":"63ecf43f0df7dba892e6","user_id":"2468458835296197922","sent_time":"1760000000456","quota":{"quota_type":"reply","remain":"8","total":"8"}}}`)
	}))
	defer api.Close()
	w := newWorld(t, func(c *zalo.Config) { c.APIURL = api.URL })
	out := outgoing(citizen, "A < B & \"C\"\nHẹn trả: 30/11/2026")
	out.Part.Buttons = [][]bot.Choice{{{ID: "q1:a", Label: "Tra cứu"}}, {{ID: "q1:b", Label: "Lịch chi trả"}}}
	sent, err := w.ch.Send(t.Context(), out)
	if err != nil || sent != (bot.Sent{ProviderID: "63ecf43f0df7dba892e6"}) {
		t.Fatalf("got %+v, %v", sent, err)
	}
	want := `{"recipient":{"user_id":"2468458835296197922"},"message":{"text":"A < B & \"C\"\nHẹn trả: 30/11/2026","attachment":{"type":"template","payload":{"buttons":[{"title":"Tra cứu","type":"oa.query.hide","payload":"#td:q1:a"},{"title":"Lịch chi trả","type":"oa.query.hide","payload":"#td:q1:b"}]}}}}` + "\n"
	if got.method != "POST" || got.path != "/v3.0/oa/message/cs" || got.kind != "application/json" || got.body != want {
		t.Errorf("request: %+v", got)
	}
	if g := w.stored(); got.token != g.Access {
		t.Error("the header does not hold the access token")
	}
	if !json.Valid([]byte(got.body)) {
		t.Error("the body is no JSON")
	}
}

// A token or text must not follow a redirect to another host.
func TestRedirectIsNotFollowed(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { t.Error("the other host was called") }))
	defer other.Close()
	api := httptest.NewServer(http.RedirectHandler(other.URL, http.StatusTemporaryRedirect))
	defer api.Close()
	w := newWorld(t, func(c *zalo.Config) { c.APIURL = api.URL })
	_, err := w.ch.Send(t.Context(), outgoing(citizen, "x"))
	if got := sendError(t, err); got.Class != bot.Unknown || got.Code != "http_307" {
		t.Errorf("got %v", got)
	}
}

func TestTakenWithoutAnID(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	w.srv.Fail(zalotest.SendPath, 1, zalotest.Fault{Body: `{"error":0,"message":"Success"}`, Late: true})
	sent, err := w.send(u, "x")
	if err != nil || sent.ProviderID != "" || sent.Delivered {
		t.Errorf("got %+v, %v", sent, err)
	}
	if !strings.Contains(w.logs.String(), "without giving its id") {
		t.Error("nothing was logged")
	}
}

// A status of failure with Zalo's own refusal in it is that refusal.
func TestRefusalWithAnotherStatus(t *testing.T) {
	t.Parallel()
	api := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusBadRequest)
		_, _ = io.WriteString(rw, `{"error":-213,"message":"User has not followed OA"}`)
	}))
	defer api.Close()
	w := newWorld(t, func(c *zalo.Config) { c.APIURL = api.URL })
	_, err := w.ch.Send(t.Context(), outgoing(citizen, "x"))
	if got := sendError(t, err); got.Class != bot.Unreachable || got.Code != "-213" {
		t.Errorf("got %v", got)
	}
}
