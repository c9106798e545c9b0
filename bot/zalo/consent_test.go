package zalo_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

func copyAll(w io.Writer, resp *http.Response) (int64, error) { return io.Copy(w, resp.Body) }

// consent goes the way of an administrator: the link, Zalo's page, the callback.
func consent(t *testing.T, w *world, ch *zalo.Channel) (status int, body string) {
	t.Helper()
	return callback(ch, http.MethodGet, agree(t, ch))
}

// agree opens the consent link and gives the query that Zalo's page leads back with.
func agree(t *testing.T, ch *zalo.Channel) url.Values {
	t.Helper()
	link, err := ch.ConsentURL()
	if err != nil {
		t.Fatalf("ConsentURL: %v", err)
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Get(link)
	if err != nil {
		t.Fatalf("open the consent page: %v", err)
	}
	defer resp.Body.Close()
	back, err := resp.Location()
	if err != nil || !strings.HasPrefix(back.String(), redirectURL+"?") {
		t.Fatalf("led to %v, %v", back, err)
	}
	return back.Query()
}

func callback(ch *zalo.Channel, method string, query url.Values) (int, string) {
	rec := httptest.NewRecorder()
	ch.Callback(rec, httptest.NewRequest(method, zalo.CallbackPath+"?"+query.Encode(), nil))
	return rec.Code, rec.Body.String()
}

func TestConsentURL(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	link, err := w.ch.ConsentURL()
	if err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	if u.Path != "/v4/oa/permission" || q.Get("app_id") != appID || q.Get("redirect_uri") != redirectURL || q.Get("state") == "" {
		t.Errorf("link %s", link)
	}
	// The test vector for PKCE.
	if q.Get("code_challenge") != "CIuljz1dtHOCacmhhh_PoCfRimWzq2JLGhjziT34vMc" {
		t.Errorf("challenge %s", q.Get("code_challenge"))
	}
	if _, err := w.replica(func(c *zalo.Config) { c.RedirectURL = "" }).ConsentURL(); err == nil || !strings.Contains(err.Error(), "TIEPDAN_ZALO_REDIRECT_URL") {
		t.Errorf("without a callback address: %v", err)
	}
}

func TestCallback(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *zalo.Config) { c.RefreshToken = "" })
	ch := w.replica(func(c *zalo.Config) { c.RefreshToken = "" }) // another replica takes the callback
	good := agree(t, w.ch)
	change := func(name, value string) url.Values {
		q := url.Values{}
		for k, v := range good {
			q[k] = v
		}
		q.Set(name, value)
		return q
	}
	state := good.Get("state")
	for name, tc := range map[string]struct {
		method string
		query  url.Values
		status int
		body   string
	}{
		"no state":       {http.MethodGet, change("state", ""), 403, `{"error":"state"}`},
		"foreign state":  {http.MethodGet, change("state", strings.Repeat("A", len(state))), 403, `{"error":"state"}`},
		"changed state":  {http.MethodGet, change("state", "B"+state[1:]), 403, `{"error":"state"}`},
		"state of noise": {http.MethodGet, change("state", "%%"), 403, `{"error":"state"}`},
		"no code":        {http.MethodGet, change("code", ""), 400, `{"error":"code"}`},
		"long code":      {http.MethodGet, change("code", strings.Repeat("x", 3000)), 400, `{"error":"code"}`},
		"wrong code":     {http.MethodGet, change("code", "guess"), 502, `{"error":"-14005"}`},
		"by POST":        {http.MethodPost, good, 405, `{"error":"method"}`},
	} {
		if status, body := callback(ch, tc.method, tc.query); status != tc.status || body != tc.body {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, tc.status, tc.body)
		}
	}
	if n := w.srv.Exchanges(); n != 0 {
		t.Fatalf("%d exchanges", n)
	}
	if status, body := callback(ch, http.MethodGet, good); status != 200 || body != `{"status":"stored"}` {
		t.Fatalf("good: %d %s", status, body)
	}
	u := w.user()
	if _, err := w.send(u, "x"); err != nil {
		t.Errorf("send after the consent: %v", err)
	}
	if status, body := callback(ch, http.MethodGet, good); status != 502 || body != `{"error":"-14005"}` {
		t.Errorf("the code again: %d %s", status, body)
	}
	if _, err := w.send(u, "x"); err != nil {
		t.Errorf("a refused code must not hurt the grant: %v", err)
	}
	late := agree(t, w.ch)
	w.clock.Advance(time.Hour)
	if status, body := callback(ch, http.MethodGet, late); status != 403 {
		t.Errorf("an hour later: %d %s", status, body)
	}
}

func TestEmulatorRefusesForeignConsent(t *testing.T) {
	t.Parallel()
	srv := zalotest.New(zalotest.Options{Clock: zalotest.NewClock(noon)})
	defer srv.Close()
	resp, err := http.Get(srv.URL + "/v4/oa/permission?app_id=360846524940903967&redirect_uri=https%3A%2F%2Fa.vn")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || !strings.Contains(string(body), "-14003") {
		t.Errorf("got %s, %v", body, err)
	}
}

func TestVerificationFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t, func(c *zalo.Config) { c.Verification = "Q1w2_E3-" })
	path, body := w.ch.VerificationFile()
	tag := `<meta name="zalo-platform-site-verification" content="Q1w2_E3-">`
	if path != "/zalo_verifierQ1w2_E3-.html" || !strings.Contains(string(body), tag) || w.ch.VerificationTag() != tag {
		t.Errorf("got %s %s", path, body)
	}
	if path, body := w.replica().VerificationFile(); path != "" || body != nil || w.replica().VerificationTag() != "" {
		t.Errorf("without a code: %s %s", path, body)
	}
}
