package zalo_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

func TestSeedIsUsedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	for range 3 {
		if _, err := w.send(u, "x"); err != nil {
			t.Fatalf("send: %v", err)
		}
	}
	if _, err := w.replica().Send(t.Context(), outgoing(u.ID, "after a restart")); err != nil {
		t.Fatalf("send after a restart: %v", err)
	}
	if n := w.srv.Exchanges(); n != 1 {
		t.Errorf("%d exchanges, want 1", n)
	}
	g := w.stored()
	if g.Generation != 1 || g.SeedHash != testHash("zalo-refresh-token", w.seed) || g.Refresh == w.seed || g.NeedsConsent {
		t.Errorf("stored %+v", g)
	}
	if !g.AccessUntil.Equal(noon.Add(25*time.Hour)) || !g.RefreshUntil.Equal(noon.Add(90*24*time.Hour)) {
		t.Errorf("lives until %v and %v", g.AccessUntil, g.RefreshUntil)
	}
	if w.grants.LastHold() <= 12*time.Second {
		t.Errorf("held for %v, not longer than two calls of the token endpoint", w.grants.LastHold())
	}
}

func TestRenewsFiveHoursBeforeTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	for _, step := range []struct {
		advance time.Duration
		want    int
	}{{0, 1}, {20*time.Hour - time.Second, 1}, {time.Second, 2}, {time.Hour, 2}} {
		w.clock.Advance(step.advance)
		if _, err := w.send(u, "x"); err != nil {
			t.Fatalf("send: %v", err)
		}
		if n := w.srv.Exchanges(); n != step.want {
			t.Errorf("after %v: %d exchanges, want %d", step.advance, n, step.want)
		}
	}
	w.clock.Advance(20 * time.Hour)
	if err := w.ch.Renew(t.Context()); err != nil || w.srv.Exchanges() != 3 {
		t.Errorf("Renew: %v, %d exchanges", err, w.srv.Exchanges())
	}
}

// A token that was ended elsewhere is replaced whatever its stored end says,
// and the message goes out once.
func TestRefusedTokenIsReplacedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.send(u, "một"); err != nil {
		t.Fatalf("send: %v", err)
	}
	w.srv.Revoke()
	if _, err := w.send(u, "hai"); err != nil {
		t.Fatalf("send after the token was ended: %v", err)
	}
	if w.srv.Exchanges() != 2 || len(u.Got()) != 2 {
		t.Errorf("%d exchanges, %d messages", w.srv.Exchanges(), len(u.Got()))
	}
	// Refused again with a new token: one exchange, then it says what is wrong, and
	// the next messages do not burn tokens.
	w.srv.Fail(zalotest.SendPath, 4, zalotest.Fault{Code: -220, Message: "access_token is expired or removed"})
	for range 3 {
		_, err := w.send(u, "ba")
		if got := sendError(t, err); got.Class != bot.Misconfigured || got.Code != "-220" {
			t.Fatalf("got %v", got)
		}
	}
	if n := w.srv.Exchanges(); n != 3 {
		t.Errorf("%d exchanges, want 3", n)
	}
	w.clock.Advance(time.Minute)
	if _, err := w.send(u, "bốn"); err != nil {
		t.Errorf("after a minute: %v", err)
	}
}

func TestTwoReplicasRefreshAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	other := w.replica()
	atOnce := func(text string) {
		t.Helper()
		var all sync.WaitGroup
		for _, ch := range []*zalo.Channel{w.ch, other, w.ch, other} {
			all.Go(func() {
				if _, err := ch.Send(context.WithoutCancel(t.Context()), outgoing(u.ID, text)); err != nil {
					t.Errorf("send: %v", err)
				}
			})
		}
		all.Wait()
	}
	atOnce("seed")
	if n := w.srv.Exchanges(); n != 1 {
		t.Errorf("at the start: %d exchanges, want 1", n)
	}
	w.clock.Advance(21 * time.Hour)
	atOnce("near its end")
	if n := w.srv.Exchanges(); n != 2 {
		t.Errorf("near its end: %d exchanges, want 2", n)
	}
	w.srv.Revoke()
	atOnce("ended")
	if n := w.srv.Exchanges(); n != 3 {
		t.Errorf("after it was ended: %d exchanges, want 3", n)
	}
	if len(u.Got()) != 12 {
		t.Errorf("%d messages, want 12", len(u.Got()))
	}
}

// The process dies between Zalo's answer and the commit: the grant is lost, and
// the program says so until somebody consents again.
func TestCrashAfterRotation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.send(u, "một"); err != nil {
		t.Fatalf("send: %v", err)
	}
	w.clock.Advance(26 * time.Hour)
	w.grants.Lose(1)
	_, err := w.send(u, "hai")
	if got := sendError(t, err); got.Class != bot.Transient || !errors.Is(err, zalotest.ErrLost) {
		t.Fatalf("the crash itself: %v", got)
	}

	reborn := w.replica()
	for range 3 {
		_, err = reborn.Send(t.Context(), outgoing(u.ID, "ba"))
		if got := sendError(t, err); got.Class != bot.Misconfigured || got.Code != "needs_consent" {
			t.Fatalf("after the restart: %v", got)
		}
	}
	if g := w.stored(); !g.NeedsConsent {
		t.Errorf("stored %+v", g)
	}
	// The token endpoint was asked once for each: seed, lost pair, refused one.
	if n := w.srv.Calls(zalotest.TokenPath); n != 3 {
		t.Errorf("%d calls of the token endpoint, want 3", n)
	}
	if err := reborn.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "consent") {
		t.Errorf("Check: %v", err)
	}

	if status, body := consent(t, w, reborn); status != http.StatusOK || body != `{"status":"stored"}` {
		t.Fatalf("consent: %d %s", status, body)
	}
	if _, err := reborn.Send(t.Context(), outgoing(u.ID, "bốn")); err != nil {
		t.Errorf("after the consent: %v", err)
	}
	// The configured seed is older than the consent, and must not be played again.
	if _, err := w.replica().Send(t.Context(), outgoing(u.ID, "năm")); err != nil || w.srv.Calls(zalotest.TokenPath) != 4 {
		t.Errorf("after another restart: %v, %d calls of the token endpoint", err, w.srv.Calls(zalotest.TokenPath))
	}
}

// What is left of an access token is used when its refresh token was refused.
func TestRefusedRefreshTokenBridges(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.send(u, "một"); err != nil {
		t.Fatalf("send: %v", err)
	}
	w.clock.Advance(21 * time.Hour)
	w.srv.Fail(zalotest.TokenPath, 1, zalotest.Fault{Body: `{"error":-14014,"error_name":"Invalid refresh token.","error_reason":"","error_description":"","ref_doc":"https://developers.zalo.me/"}`})
	for range 2 {
		if _, err := w.send(u, "hai"); err != nil {
			t.Fatalf("send with what is left: %v", err)
		}
	}
	if err := w.ch.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "consent") {
		t.Errorf("Check: %v", err)
	}
	w.clock.Advance(5 * time.Hour)
	_, err := w.send(u, "ba")
	if got := sendError(t, err); got.Code != "needs_consent" {
		t.Errorf("after its end: %v", got)
	}
}

// Every answer of the token endpoint that is no pair.
func TestTokenEndpointErrors(t *testing.T) {
	t.Parallel()
	refused := func(body string) zalotest.Fault { return zalotest.Fault{Body: body} }
	for name, tc := range map[string]struct {
		fault   zalotest.Fault
		class   bot.Class
		code    string
		consent bool
	}{
		"-14014 refresh token":      {refused(`{"error":-14014,"error_name":"Invalid refresh token."}`), bot.Misconfigured, "needs_consent", true},
		"-14014 as text":            {refused(`{"error":"-14014","error_name":"Invalid refresh token."}`), bot.Misconfigured, "needs_consent", true},
		"-118 invalid grant":        {refused(`{"error":-118,"error_name":"invalid_grant"}`), bot.Misconfigured, "needs_consent", true},
		"-14018 grant type":         {refused(`{"error":-14018,"error_name":"Invalid grant type."}`), bot.Misconfigured, "needs_consent", true},
		"a name without number":     {refused(`{"error_name":"Invalid refresh token.","error_reason":"x"}`), bot.Misconfigured, "needs_consent", true},
		"-14002 app":                {refused(`{"error":-14002,"error_name":"Invalid app id."}`), bot.Misconfigured, "-14002", false},
		"-14004 secret":             {refused(`{"error":-14004,"error_name":"Invalid secret key."}`), bot.Misconfigured, "-14004", false},
		"-32 rate":                  {refused(`{"error":-32,"error_name":"limit"}`), bot.Throttled, "-32", false},
		"no token in it":            {refused(`{"expires_in":"90000"}`), bot.Transient, "oauth", false},
		"HTML with 200":             {refused(`<html>`), bot.Transient, "oauth", false},
		"HTML 502":                  {zalotest.Fault{Status: 502}, bot.Transient, "oauth", false},
		"429":                       {zalotest.Fault{Status: 429}, bot.Transient, "oauth", false},
		"cut":                       {zalotest.Fault{Cut: true}, bot.Transient, "oauth", false},
		"a body of null":            {refused(`null`), bot.Transient, "oauth", false},
		"tokens that are no string": {refused(`{"access_token":5,"refresh_token":6}`), bot.Transient, "oauth", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			u := w.user()
			w.srv.Fail(zalotest.TokenPath, 1, tc.fault)
			_, err := w.send(u, "x")
			got := sendError(t, err)
			if got.Class != tc.class || got.Code != tc.code {
				t.Fatalf("got %v, want %s %s", got, tc.class, tc.code)
			}
			// A failing endpoint is not called for every message.
			if _, err = w.send(u, "x"); sendError(t, err).Code != tc.code || w.srv.Calls(zalotest.TokenPath) != 1 {
				t.Errorf("at once again: %v, %d calls", err, w.srv.Calls(zalotest.TokenPath))
			}
			w.clock.Advance(time.Minute)
			_, err = w.send(u, "x")
			if tc.consent {
				if sendError(t, err).Code != "needs_consent" || !w.stored().NeedsConsent || w.srv.Calls(zalotest.TokenPath) != 1 {
					t.Errorf("later: %v, %d calls", err, w.srv.Calls(zalotest.TokenPath))
				}
				return
			}
			if err != nil || len(u.Got()) != 1 {
				t.Errorf("later: %v, %d messages", err, len(u.Got()))
			}
		})
	}
}

func TestAnswerWithoutRefreshToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	w.srv.OmitRefresh(1)
	if _, err := w.send(u, "x"); err != nil {
		t.Fatalf("send: %v", err)
	}
	if g := w.stored(); g.Refresh != w.seed {
		t.Error("the refresh token was overwritten")
	}
	if !strings.Contains(w.logs.String(), "without a refresh token") {
		t.Error("no warning was logged")
	}
	w.clock.Advance(25 * time.Hour)
	if _, err := w.send(u, "x"); err != nil {
		t.Errorf("the next renewal: %v", err)
	}
}

// A new seed starts anew; a wrong one does not end a good grant; one that was
// used before is never played again, as when replicas restart one by one.
func TestSeedsComeAndGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	withSeed := func(seed string) *zalo.Channel {
		return w.replica(func(c *zalo.Config) { c.RefreshToken = seed })
	}
	send := func(ch *zalo.Channel, want int) {
		t.Helper()
		if _, err := ch.Send(t.Context(), outgoing(u.ID, "x")); err != nil {
			t.Fatalf("send: %v", err)
		}
		if n := w.srv.Calls(zalotest.TokenPath); n != want {
			t.Fatalf("%d calls of the token endpoint, want %d", n, want)
		}
	}
	send(w.ch, 1)
	second := w.srv.NewRefreshToken()
	send(withSeed(second), 2)
	send(w.ch, 2)             // an old replica, still with the first seed
	send(withSeed(second), 2) // and a new one again
	send(withSeed("mistyped"), 4)
	send(withSeed("mistyped"), 4)
	send(withSeed(""), 4)
	if !strings.Contains(w.logs.String(), "going on with the stored grant") {
		t.Error("the mistyped seed was not logged")
	}
}

func TestNoGrantAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *zalo.Config) { c.RefreshToken = "" })
	_, err := w.ch.Send(t.Context(), outgoing(citizen, "x"))
	if got := sendError(t, err); got.Class != bot.Misconfigured || got.Code != "no_grant" {
		t.Errorf("got %v", got)
	}
	if err := w.ch.Renew(t.Context()); err == nil {
		t.Error("Renew found a grant")
	}
	if w.srv.Calls(zalotest.TokenPath) != 0 {
		t.Error("the token endpoint was called")
	}
}

// A message's deadline must not cut the exchange short: its pair would be lost.
func TestDeadlineDoesNotLoseThePair(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	answered := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		cancel() // while the token endpoint works
		<-answered
		target, err := url.Parse(w.srv.URL + r.URL.Path)
		if err != nil {
			t.Error(err)
			return
		}
		out := r.Clone(context.WithoutCancel(r.Context()))
		out.URL, out.RequestURI, out.Host = target, "", target.Host
		resp, err := http.DefaultTransport.RoundTrip(out)
		if err != nil {
			t.Error(err)
			return
		}
		defer resp.Body.Close()
		rw.WriteHeader(resp.StatusCode)
		if _, err := copyAll(rw, resp); err != nil {
			t.Error(err)
		}
	}))
	defer slow.Close()
	context.AfterFunc(ctx, func() { close(answered) })
	ch := w.replica(func(c *zalo.Config) { c.OAuthURL = slow.URL })
	_, err := ch.Send(ctx, outgoing(citizen, "x"))
	if got := sendError(t, err); got.Class != bot.Transient {
		t.Errorf("got %v, want transient: nothing was sent", got)
	}
	if g := w.stored(); g.Generation != 1 || g.Access == "" {
		t.Errorf("the pair was lost: %+v", g)
	}
}

// grantsBetween lets a test do something between the reading of a grant and its
// rotation, or takes records away.
type grantsBetween struct {
	*zalotest.Grants
	after func()
	away  error
}

func (g *grantsBetween) Grant(ctx context.Context, name string) (bot.Grant, error) {
	if g.away != nil {
		return bot.Grant{}, g.away
	}
	grant, err := g.Grants.Grant(ctx, name)
	if g.after != nil {
		after := g.after
		g.after = nil
		after()
	}
	return grant, err
}

func TestConsentWhileAnotherReplicaRenews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	between := &grantsBetween{Grants: w.grants}
	ch, err := zalo.New(w.config(), between, testHash)
	if err != nil {
		t.Fatal(err)
	}
	query := agree(t, ch)
	between.after = func() {
		if err := w.ch.Renew(t.Context()); err != nil {
			t.Errorf("Renew: %v", err)
		}
	}
	if status, body := callback(ch, http.MethodGet, query); status != http.StatusOK {
		t.Fatalf("got %d %s", status, body)
	}
	if g := w.stored(); g.Generation != 2 || w.srv.Exchanges() != 2 {
		t.Errorf("generation %d after %d exchanges", g.Generation, w.srv.Exchanges())
	}
}

func TestRecordsAway(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	away := errors.New("records are away")
	ch, err := zalo.New(w.config(), &grantsBetween{Grants: w.grants, away: away}, testHash)
	if err != nil {
		t.Fatal(err)
	}
	_, err = ch.Send(t.Context(), outgoing(citizen, "x"))
	if got := sendError(t, err); got.Class != bot.Transient || got.Code != "grant" || !errors.Is(err, away) {
		t.Errorf("got %v", got)
	}
	query := agree(t, ch)
	if status, body := callback(ch, http.MethodGet, query); status != http.StatusBadGateway || body != `{"error":"grant"}` {
		t.Errorf("consent: %d %s", status, body)
	}
	if w.srv.Calls(zalotest.TokenPath) != 0 {
		t.Error("the token endpoint was called")
	}
}

// A replica whose own renewal failed goes on with the pair that another one got.
func TestFailedReplicaTakesTheOthersPair(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	u := w.user()
	if _, err := w.send(u, "một"); err != nil {
		t.Fatalf("send: %v", err)
	}
	other := w.replica()
	w.srv.Revoke()
	w.srv.Fail(zalotest.TokenPath, 1, zalotest.Fault{Status: 503})
	if _, err := w.send(u, "hai"); sendError(t, err).Class != bot.Transient {
		t.Fatalf("the token endpoint is away: %v", err)
	}
	if _, err := other.Send(t.Context(), outgoing(u.ID, "ba")); err != nil {
		t.Fatalf("the other replica: %v", err)
	}
	if _, err := w.send(u, "bốn"); err != nil {
		t.Errorf("with the other's pair: %v", err)
	}
}
