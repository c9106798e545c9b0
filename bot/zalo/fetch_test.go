package zalo_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
)

func fetchWorld(t *testing.T) (*world, *zalo.Channel) {
	t.Helper()
	w := newWorld(t)
	u, err := url.Parse(w.srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	return w, w.replica(func(c *zalo.Config) { c.MediaHosts = []string{u.Host} })
}

func TestFetch(t *testing.T) {
	t.Parallel()
	w, ch := fetchWorld(t)
	picture := bytes.Repeat([]byte("jpeg"), 1000)
	at := w.srv.AddFile("a.jpg", "image/jpeg", picture)
	for _, address := range []string{at, w.srv.AddRedirect("moved", at)} {
		body, err := ch.Fetch(t.Context(), bot.FileRef{ProviderID: address}, 4000)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		got, err := io.ReadAll(body)
		if err != nil || !bytes.Equal(got, picture) {
			t.Errorf("%d bytes, %v", len(got), err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := ch.Fetch(t.Context(), bot.FileRef{ProviderID: at}, 3999); !errors.Is(err, bot.ErrTooLarge) {
		t.Errorf("one byte too long: %v", err)
	}
	if _, err := ch.Fetch(t.Context(), bot.FileRef{ProviderID: w.srv.URL + "/media/gone"}, 10); err == nil || errors.Is(err, bot.ErrTooLarge) {
		t.Errorf("a file that is gone: %v", err)
	}
}

// A file whose length is not told is cut off with an error, never silently.
func TestFetchCapsWhileReading(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		for range 100 {
			if _, err := rw.Write(bytes.Repeat([]byte("x"), 100)); err != nil {
				return
			}
			rw.(http.Flusher).Flush()
		}
	}))
	defer srv.Close()
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	ch := newWorld(t).replica(func(c *zalo.Config) { c.MediaHosts = []string{u.Host} })
	for max, tooLarge := range map[int64]bool{10000: false, 9999: true, 1: true, 0: true} {
		body, err := ch.Fetch(t.Context(), bot.FileRef{ProviderID: srv.URL}, max)
		if err != nil {
			t.Fatalf("Fetch: %v", err)
		}
		got, err := io.ReadAll(body)
		if errors.Is(err, bot.ErrTooLarge) != tooLarge || int64(len(got)) != min(max, 10000) {
			t.Errorf("at most %d: %d bytes, %v", max, len(got), err)
		}
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
}

func TestFetchOnlyFromZalo(t *testing.T) {
	t.Parallel()
	asked := map[string]bool{}
	w := newWorld(t)
	ch := w.replica(func(c *zalo.Config) {
		c.HTTPClient = &http.Client{Transport: roundTrip(func(r *http.Request) (*http.Response, error) {
			asked[r.URL.Host] = true
			for name := range r.Header {
				if strings.Contains(strings.ToLower(name), "token") {
					t.Error("a token was sent to a file host")
				}
			}
			if r.URL.Path == "/away" {
				return &http.Response{StatusCode: 302, Header: http.Header{"Location": {"http://169.254.169.254/latest"}}, Body: http.NoBody, Request: r}, nil
			}
			return &http.Response{StatusCode: 200, Body: io.NopCloser(strings.NewReader("ok")), ContentLength: 2, Request: r}, nil
		})}
	})
	for address, allowed := range map[string]bool{
		"https://f12.photo.talk.zdn.vn/a.jpg":      true,
		"http://s120-ava-talk.zadn.vn/a":           true,
		"https://F1.ZDN.VN/a":                      true,
		"https://zdn.vn.evil.example/a":            false,
		"https://evilzdn.vn/a":                     false,
		"https://evil.example/?.zdn.vn":            false,
		"https://evil.example#.zdn.vn":             false,
		"https://f1.zdn.vn@evil.example/a":         false,
		"https://user:pw@f1.zdn.vn/a":              false,
		"https://f1.zdn.vn:8443/a":                 false,
		"ftp://f1.zdn.vn/a":                        false,
		"file:///etc/passwd":                       false,
		"http://127.0.0.1/a":                       false,
		"http://[::1]/a":                           false,
		"https://f1.zdn.vn/away":                   false,
		"":                                         false,
		"://":                                      false,
		"https://f1.zdn.vn\\@evil.example/a":       false,
		"https://evil.example/https://f1.zdn.vn/a": false,
	} {
		body, err := ch.Fetch(t.Context(), bot.FileRef{ProviderID: address}, 100)
		if (err == nil) != allowed {
			t.Errorf("%q: %v, allowed %v", address, err, allowed)
		}
		if err == nil {
			if err := body.Close(); err != nil {
				t.Error(err)
			}
		}
	}
	for host := range asked {
		if !strings.HasSuffix(strings.ToLower(host), ".zdn.vn") && !strings.HasSuffix(host, ".zadn.vn") {
			t.Errorf("%s was called", host)
		}
	}
}
