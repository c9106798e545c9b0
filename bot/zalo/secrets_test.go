package zalo_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

// Whatever goes wrong, no error and no log line holds a secret, a token, a
// user's id, a text or an address with one of them in it.
func TestNothingPrivateInErrorsAndLogs(t *testing.T) {
	t.Parallel()
	const (
		plantedUser = "7777000011112222333"
		plantedText = "nội dung riêng của bác Tư"
		plantedFile = "https://f1.zdn.vn/don-cua-bac-tu.jpg"
	)
	w := newWorld(t)
	planted := []string{appSecret, oaSecret, w.seed, verifier, plantedUser, plantedText, "don-cua-bac-tu", "0912345678", "912345678"}
	remember := func() {
		if g, err := w.grants.Grant(t.Context(), bot.Zalo); err == nil {
			planted = append(planted, g.Access, g.Refresh)
		}
	}
	u := w.srv.AddUser(plantedUser, "Bác Tư")
	u.Say(plantedText)
	var said []error
	try := func(err error) {
		if err != nil {
			said = append(said, err)
		}
		var serr *bot.SendError
		if errors.As(err, &serr) && serr.Err != nil {
			said = append(said, serr.Err, fmt.Errorf("%+v", *serr))
		}
		remember()
	}
	send := func() {
		_, err := w.send(u, plantedText)
		try(err)
	}
	for _, f := range []zalotest.Fault{
		{Code: -201, Message: "user_id " + plantedUser + " is invalid!"}, {Code: -210, Message: plantedText},
		{Status: 502}, {Cut: true}, {Body: "<html>" + plantedText}, {Code: -9, Message: w.seed},
	} {
		w.srv.Fail(zalotest.SendPath, 1, f)
		send()
	}
	for _, f := range []zalotest.Fault{
		{Cut: true}, {Status: 500}, {Body: "<" + plantedText}, {Body: `{"error":-14004,"error_name":"` + appSecret + `"}`},
		{Body: `{"error":-14014,"error_name":"` + w.seed + `"}`},
	} {
		w.clock.Advance(21 * time.Hour)
		w.srv.Fail(zalotest.TokenPath, 1, f)
		try(w.ch.Renew(t.Context()))
		w.srv.Revoke()
		u.Say(plantedText)
		send()
		try(w.ch.Check(t.Context()))
	}
	for _, path := range []string{zalotest.InfoPath, zalotest.RecentPath, zalotest.ConversationPath} {
		for _, f := range []zalotest.Fault{{Cut: true}, {Status: 502}, {Code: -201, Message: plantedUser}} {
			w.srv.Fail(path, 1, f)
			try(w.ch.Catchup(t.Context(), noon.Add(-time.Hour), newReceiver(t, w.ch)))
		}
	}
	deaf := w.replica(func(c *zalo.Config) {
		c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			return nil, &url.Error{Op: "Get", URL: r.URL.String(), Err: errors.New("unreachable")}
		})}
	})
	try(deaf.Catchup(t.Context(), noon, newReceiver(t, deaf)))
	_, err := deaf.Fetch(t.Context(), bot.FileRef{ProviderID: plantedFile}, 1)
	try(err)
	_, err = deaf.Fetch(t.Context(), bot.FileRef{ProviderID: "http://evil.example/don-cua-bac-tu.jpg"}, 1)
	try(err)
	query := agree(t, w.ch)
	planted = append(planted, query.Get("code"), query.Get("state"))
	callback(deaf, http.MethodGet, query)
	callback(w.ch, http.MethodGet, query)
	remember()
	for _, body := range []string{vectorBody, `{"app_id":"360846524940903967","timestamp":"` + plantedText} {
		r := event(body, "X-ZEvent-Signature", "mac=00")
		route := w.ch.Routes()[0]
		try(route.Verify(r, []byte(body)))
		_, err := route.Decode(r, []byte(body+plantedText))
		try(err)
	}

	if len(said) < 30 {
		t.Fatalf("only %d errors were provoked", len(said))
	}
	logs := w.logs.String()
	if !strings.Contains(logs, "zalo tokens renewed") || !strings.Contains(logs, "zalo tokens not renewed") {
		t.Fatalf("the log is too short to prove anything:\n%s", logs)
	}
	for _, secret := range planted {
		if secret == "" {
			t.Fatal("an empty plant")
		}
		for _, form := range []string{secret, url.QueryEscape(secret)} {
			if strings.Contains(logs, form) {
				t.Errorf("the log holds %q", form)
			}
			for _, err := range said {
				if strings.Contains(err.Error(), form) {
					t.Errorf("an error holds %q: %v", form, err)
				}
			}
		}
	}
}
