package zalo_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

// The test vector: a body of 276 bytes and its signature.
const (
	vectorBody = `{"app_id":"360846524940903967","user_id_by_app":"552177279717587730","event_name":"user_send_text","timestamp":"1760000000123","sender":{"id":"2468458835296197922"},"recipient":{"id":"388613280878808645"},"message":{"msg_id":"96d3cdf3af150460909","text":"Tra cứu hồ sơ"}}`
	vectorMAC  = "b2b84a056a04aea2f56a2b768adc7b582f7daa9033da6c37ad94939452a8cc48"
)

func event(body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/webhooks/zalo", strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func offline(t *testing.T, change ...func(*zalo.Config)) bot.Route {
	t.Helper()
	cfg := zalo.Config{AppID: appID, AppSecret: appSecret, OASecretKey: oaSecret}
	for _, f := range change {
		f(&cfg)
	}
	ch, err := zalo.New(cfg, zalotest.NewGrants(), testHash)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	routes := ch.Routes()
	if len(routes) != 1 || routes[0].Path != "/webhooks/zalo" || routes[0].MaxBody != 256<<10 {
		t.Fatalf("routes: %+v", routes)
	}
	return routes[0]
}

// hmacOf is the signature that many public examples compute, wrongly.
func hmacOf(body string) string {
	m := hmac.New(sha256.New, []byte(oaSecret))
	m.Write([]byte(appID + body + "1760000000123"))
	return hex.EncodeToString(m.Sum(nil))
}

func TestVerify(t *testing.T) {
	t.Parallel()
	if sum := hmacOf(vectorBody); !strings.HasPrefix(sum, "74bb5f53") || !strings.HasSuffix(sum, "efa0") {
		t.Fatalf("the HMAC of the vector is %s", sum)
	}
	if len(vectorBody) != 276 {
		t.Fatalf("the vector's body has %d bytes", len(vectorBody))
	}
	strict := func(c *zalo.Config) { c.Strict = true }
	unconfigured := func(c *zalo.Config) { c.OASecretKey = "" }
	number := strings.Replace(vectorBody, `"1760000000123"`, `1760000000123`, 1)
	otherApp := strings.Replace(vectorBody, appID, "360846524940903968", 1)
	sign := func(body string) string { return zalotest.Sign(appID, []byte(body), "1760000000123", oaSecret) }

	for name, tc := range map[string]struct {
		change    func(*zalo.Config)
		body      string
		signature string
		status    int // 0: passes
		reason    string
	}{
		"the vector":                   {body: vectorBody, signature: "mac=" + vectorMAC},
		"without its prefix":           {body: vectorBody, signature: vectorMAC},
		"upper case":                   {body: vectorBody, signature: "MAC=" + strings.ToUpper(vectorMAC)},
		"a timestamp that is a number": {body: number, signature: sign(number)},
		"by HMAC":                      {body: vectorBody, signature: "mac=" + hmacOf(vectorBody), status: 200, reason: "signature"},
		"one bit off":                  {body: vectorBody, signature: "mac=" + vectorMAC[:63] + "9", status: 200, reason: "signature"},
		"shorter":                      {body: vectorBody, signature: "mac=" + vectorMAC[:62], status: 200, reason: "signature"},
		"no hex":                       {body: vectorBody, signature: "mac=zz", status: 200, reason: "signature"},
		"none":                         {body: vectorBody, status: 200, reason: "signature"},
		"none, strict":                 {change: strict, body: vectorBody, status: 401, reason: "signature"},
		"re-encoded body":              {body: strings.Replace(vectorBody, "ứ", `\u1ee9`, 1), signature: "mac=" + vectorMAC, status: 200, reason: "signature"},
		"another app":                  {body: otherApp, signature: zalotest.Sign("360846524940903968", []byte(otherApp), "1760000000123", oaSecret), status: 200, reason: "app_id"},
		"no JSON":                      {body: "<html>", status: 200, reason: "body"},
		"no JSON, strict":              {change: strict, body: "[1]", status: 401, reason: "body"},
		"the probe":                    {body: "{}", status: 200, reason: "probe"},
		"the probe with spaces":        {body: " { }\n", status: 200, reason: "probe"},
		"the probe, strict":            {change: strict, body: "{}", status: 200, reason: "probe"},
		"not configured yet":           {change: unconfigured, body: vectorBody, signature: "mac=" + vectorMAC, status: 200, reason: "not_configured"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var changes []func(*zalo.Config)
			if tc.change != nil {
				changes = append(changes, tc.change)
			}
			route := offline(t, changes...)
			err := route.Verify(event(tc.body, "X-ZEvent-Signature", tc.signature), []byte(tc.body))
			if tc.status == 0 {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var no *bot.Refusal
			if !errors.As(err, &no) || no.Status != tc.status || no.Reason != tc.reason {
				t.Fatalf("got %v, want %d %s", err, tc.status, tc.reason)
			}
		})
	}
}

// An hour after the first attempt the same body comes with the same timestamp.
func TestRetryAfterAnHourIsAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := newReceiver(t, w.ch)
	if !w.srv.SetWebhook(in.srv.URL) {
		t.Fatal("the address was not saved")
	}
	in.setDown(true)
	u := w.srv.AddUser("", "B")
	id := u.Say("HS 123")
	w.srv.Flush()
	for _, step := range []time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute} {
		w.srv.Advance(step)
	}
	if w.srv.Pending() != 1 || len(in.events) != 0 {
		t.Fatalf("pending %d, events %d", w.srv.Pending(), len(in.events))
	}
	in.setDown(false)
	w.srv.Advance(time.Hour)
	if len(in.events) != 1 {
		t.Fatalf("got %d events, refusals %v", len(in.events), in.refused)
	}
	got := in.events[0]
	if got.ProviderID != oaID+":user_send_text:"+id || got.Meta[zalo.MetaRetry] != "5" {
		t.Errorf("got %+v", got)
	}
	if !got.At.Equal(noon) {
		t.Errorf("at %v, want the time of the first attempt %v", got.At, noon)
	}
	if w.srv.Disabled() {
		t.Error("the webhook was switched off")
	}
}

func TestRepeatsOrderAndForgeries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := newReceiver(t, w.ch)
	if !w.srv.SetWebhook(in.srv.URL) || in.refused["probe"] != 1 {
		t.Fatalf("probe: %v", in.refused)
	}
	u := w.srv.AddUser("", "B")

	w.srv.Duplicate(1)
	u.Say("một")
	w.srv.Flush()
	if len(in.events) != 1 || in.repeated != 1 {
		t.Fatalf("a repeat: %d events, %d repeated", len(in.events), in.repeated)
	}
	w.srv.Duplicate(1)
	u.Follow() // no message id: known by its body
	w.srv.Flush()
	if len(in.events) != 2 || in.repeated != 2 {
		t.Fatalf("a flat repeat: %d events, %d repeated", len(in.events), in.repeated)
	}

	w.srv.Corrupt(1)
	u.Say("hai")
	w.srv.Flush()
	w.srv.SignByHMAC(true)
	u.Say("ba")
	w.srv.Flush()
	w.srv.SignByHMAC(false)
	if len(in.events) != 2 || in.refused["signature"] != 2 || w.srv.Pending() != 0 {
		t.Fatalf("forged: %d events, refusals %v, pending %d", len(in.events), in.refused, w.srv.Pending())
	}

	w.srv.Hold()
	u.Say("bốn")
	w.clock.Advance(time.Second)
	u.Say("năm")
	w.srv.Release(true)
	w.srv.Flush()
	last := in.events[len(in.events)-2:]
	if last[0].Text != "năm" || last[1].Text != "bốn" || !last[1].At.Before(last[0].At) {
		t.Fatalf("reversed: %+v", last)
	}
}

// What we send comes back as an echo and receipts; only a human's message in
// Zalo's own console is an event.
func TestEchoReceiptsAndTakeover(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := newReceiver(t, w.ch)
	u := w.user()
	if !w.srv.SetWebhook(in.srv.URL) {
		t.Fatal("the address was not saved")
	}
	sent, err := w.send(u, "Hồ sơ 123 đã tiếp nhận.")
	if err != nil {
		t.Fatalf("send: %v", err)
	}
	w.srv.Flush()
	if len(in.events) != 0 {
		t.Fatalf("the echo became an event: %+v", in.events)
	}
	if len(in.receipts) != 1 || in.receipts[0].ProviderID != sent.ProviderID || in.receipts[0].State != bot.ReceiptDelivered {
		t.Fatalf("receipts: %+v, want one for %s", in.receipts, sent.ProviderID)
	}
	w.srv.Officer(u, "1234567890123456789", "Chào bác, em là cán bộ tiếp dân.")
	w.srv.Flush()
	if len(in.events) != 1 || in.events[0].Kind != bot.KindTakeover || in.events[0].Address.ID != u.ID {
		t.Fatalf("takeover: %+v", in.events)
	}
}
