package zalotest

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
)

var start = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

func newServer(t *testing.T, opts Options) *Server {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = NewClock(start)
	}
	s := New(opts)
	t.Cleanup(s.Close)
	return s
}

// token posts to the token endpoint and gives what it answered.
func token(t *testing.T, s *Server, secret string, form url.Values) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+TokenPath, strings.NewReader(form.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("secret_key", secret)
	return answered(t, req)
}

func get(t *testing.T, s *Server, path, access string) map[string]any {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("access_token", access)
	return answered(t, req)
}

// answered does a request that must be answered with status 200 and a JSON object.
func answered(t *testing.T, req *http.Request) map[string]any {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	dec := json.NewDecoder(resp.Body)
	dec.UseNumber()
	var a map[string]any
	if err := dec.Decode(&a); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("status %d, %v", resp.StatusCode, err)
	}
	return a
}

func errorCode(a map[string]any) string {
	n, ok := a["error"].(json.Number)
	if !ok {
		return ""
	}
	return n.String()
}

func TestTokenEndpoint(t *testing.T) {
	t.Parallel()
	s := newServer(t, Options{})
	seed := s.NewRefreshToken()
	form := func(change ...string) url.Values {
		v := url.Values{"app_id": {s.opts.AppID}, "grant_type": {"refresh_token"}, "refresh_token": {seed}}
		for i := 0; i+1 < len(change); i += 2 {
			v.Set(change[i], change[i+1])
		}
		return v
	}
	for _, tc := range []struct {
		secret string
		form   url.Values
		want   string
	}{
		{s.opts.AppSecret, form("app_id", "1"), "-14002"},
		{"wrong", form(), "-14004"},
		{s.opts.AppSecret, form("grant_type", "password"), "-14018"},
		{s.opts.AppSecret, form("refresh_token", "wrong"), "-14014"},
		{s.opts.AppSecret, form("grant_type", "authorization_code", "code", "wrong"), "-14005"},
	} {
		if a := token(t, s, tc.secret, tc.form); errorCode(a) != tc.want || a["error_name"] == "" {
			t.Errorf("got %v, want %s", a, tc.want)
		}
	}
	first := token(t, s, s.opts.AppSecret, form())
	if first["expires_in"] != "90000" || s.Exchanges() != 1 {
		t.Fatalf("got %v", first)
	}
	if a := token(t, s, s.opts.AppSecret, form()); errorCode(a) != "-14014" {
		t.Errorf("the same refresh token again: %v", a)
	}
	access, _ := first["access_token"].(string)
	if a := get(t, s, InfoPath, access); errorCode(a) != "0" {
		t.Errorf("getoa: %v", a)
	}
	refresh, _ := first["refresh_token"].(string)
	second := token(t, s, s.opts.AppSecret, form("refresh_token", refresh))
	if a := get(t, s, InfoPath, access); errorCode(a) != "-216" {
		t.Errorf("the access token before: %v", a)
	}
	access, _ = second["access_token"].(string)
	s.Advance(25 * time.Hour)
	if a := get(t, s, InfoPath, access); errorCode(a) != "-220" {
		t.Errorf("after 25 hours: %v", a)
	}
	refresh, _ = second["refresh_token"].(string)
	s.Advance(90 * 24 * time.Hour)
	if a := token(t, s, s.opts.AppSecret, form("refresh_token", refresh)); errorCode(a) != "-14014" {
		t.Errorf("after three months: %v", a)
	}
}

func TestUserDetailAndHistory(t *testing.T) {
	t.Parallel()
	s := newServer(t, Options{})
	s.NewRefreshToken()
	access := s.oauth.access
	u := s.AddUser("2468458835296197922", "A")
	detail := "/v3.0/oa/user/detail?data=" + url.QueryEscape(`{"user_id":"2468458835296197922"}`)
	if a := get(t, s, detail, access); errorCode(a) != "-213" {
		t.Errorf("a stranger: %v", a)
	}
	u.SharePhone("84912345678")
	a := get(t, s, detail, access)
	data, _ := a["data"].(map[string]any)
	shared, _ := data["shared_info"].(map[string]any)
	if phone, ok := shared["phone"].(json.Number); !ok || phone.String() != "84912345678" {
		t.Errorf("the phone is no number: %v", a)
	}
	for range 12 {
		u.Say("x")
	}
	page := func(data string) map[string]any {
		return get(t, s, ConversationPath+"?data="+url.QueryEscape(data), access)
	}
	if rows, _ := page(`{"user_id":"2468458835296197922","offset":10,"count":10}`)["data"].([]any); len(rows) != 2 {
		t.Errorf("second page: %d rows", len(rows))
	}
	if a := page(`{"user_id":"2468458835296197922","offset":0,"count":11}`); errorCode(a) != "-210" {
		t.Errorf("eleven rows: %v", a)
	}
	if a := page(`{"user_id":"1","offset":0,"count":10}`); errorCode(a) != "-201" {
		t.Errorf("unknown user: %v", a)
	}
}

func TestRate(t *testing.T) {
	t.Parallel()
	s := newServer(t, Options{PerMinute: 2})
	s.NewRefreshToken()
	access := s.oauth.access
	for _, want := range []string{"0", "0", "-32"} {
		if a := get(t, s, InfoPath, access); errorCode(a) != want {
			t.Errorf("got %v, want %s", a, want)
		}
	}
	s.Advance(time.Minute)
	if a := get(t, s, InfoPath, access); errorCode(a) != "0" {
		t.Errorf("in the next minute: %v", a)
	}
}

// hook collects what a webhook got.
type hook struct {
	mu       sync.Mutex
	status   int
	requests []*http.Request
	bodies   []string
}

func (h *hook) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.requests, h.bodies = append(h.requests, r), append(h.bodies, string(body))
	w.WriteHeader(h.status)
}

func TestRetriesUntilDisabled(t *testing.T) {
	t.Parallel()
	s := newServer(t, Options{})
	h := &hook{status: http.StatusServiceUnavailable}
	srv := httptest.NewServer(h)
	defer srv.Close()
	if s.SetWebhook(srv.URL) {
		t.Fatal("an address that fails was saved")
	}
	u := s.AddUser("", "A")
	u.Say("một") // no webhook: kept nowhere but in the history
	h.status = http.StatusOK
	if !s.SetWebhook(srv.URL) || h.bodies[1] != "{}" || h.requests[1].Header.Get("X-ZEvent-Signature") != "" {
		t.Fatalf("probe: %v", h.bodies)
	}
	h.status = http.StatusServiceUnavailable
	u.Say("một")
	s.Flush()
	for _, step := range []time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour} {
		s.Advance(step - time.Second)
		before := len(h.bodies)
		s.Advance(time.Second)
		if len(h.bodies) != before+1 || h.bodies[before] != h.bodies[2] {
			t.Fatalf("after %v: %d deliveries, the body changed or came early", step, len(h.bodies)-before)
		}
	}
	last := h.requests[len(h.requests)-1].Header
	if got := last.Get("num_retry"); got != "5" || !s.Disabled() || s.Pending() != 0 {
		t.Errorf("num_retry %s, disabled %v, pending %d", got, s.Disabled(), s.Pending())
	}
	u.Say("hai")
	s.Flush()
	if len(h.bodies) != 8 {
		t.Errorf("%d deliveries; a disabled webhook gets none", len(h.bodies))
	}
}

func TestRetryNow(t *testing.T) {
	t.Parallel()
	s := newServer(t, Options{})
	h := &hook{status: http.StatusOK}
	srv := httptest.NewServer(h)
	defer srv.Close()
	if !s.SetWebhook(srv.URL) {
		t.Fatal("not saved")
	}
	u := s.AddUser("", "A")
	h.mu.Lock()
	h.status = http.StatusServiceUnavailable
	h.mu.Unlock()
	u.Say("một")
	s.Flush()
	h.mu.Lock()
	h.status = http.StatusOK
	h.mu.Unlock()
	s.RetryNow()
	if s.Pending() != 0 || s.Delivered() != 1 {
		t.Errorf("pending %d, delivered %d", s.Pending(), s.Delivered())
	}
}

func TestGrants(t *testing.T) {
	t.Parallel()
	g := NewGrants()
	if _, err := g.Grant(t.Context(), "zalo"); !errors.Is(err, bot.ErrNoGrant) {
		t.Errorf("empty: %v", err)
	}
	rotate := func(generation int64, next bot.Grant, fail error) (bot.Grant, bool, error) {
		called := false
		got, err := g.Rotate(t.Context(), "zalo", generation, time.Second, func(context.Context, bot.Grant) (bot.Grant, error) {
			called = true
			return next, fail
		})
		return got, called, err
	}
	if got, called, err := rotate(0, bot.Grant{Access: "a"}, nil); err != nil || !called || got.Generation != 1 {
		t.Errorf("first: %+v, %v, %v", got, called, err)
	}
	if got, called, err := rotate(0, bot.Grant{Access: "b"}, nil); err != nil || called || got.Access != "a" {
		t.Errorf("late: %+v, %v, %v", got, called, err)
	}
	no := errors.New("no")
	if _, called, err := rotate(1, bot.Grant{Access: "c"}, no); !errors.Is(err, no) || !called {
		t.Errorf("failed: %v, %v", called, err)
	}
	if got, err := g.Grant(t.Context(), "zalo"); err != nil || got.Access != "a" {
		t.Errorf("a failure changed the grant: %+v, %v", got, err)
	}
	if _, _, err := rotate(1, bot.Grant{Access: "a", NeedsConsent: true}, no); !errors.Is(err, no) {
		t.Errorf("refused: %v", err)
	}
	if got, err := g.Grant(t.Context(), "zalo"); err != nil || !got.NeedsConsent || got.Generation != 2 {
		t.Errorf("a refusal was not stored: %+v, %v", got, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Grant(ended, "zalo"); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context: %v", err)
	}
}
