package webhook

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
)

// hook is a channel that a test answers for.
type hook struct{ route bot.Route }

func (h hook) Routes() []bot.Route { return []bot.Route{h.route} }

type counts struct {
	mu   sync.Mutex
	seen []string
}

func (c *counts) Webhook(route, result string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.seen = append(c.seen, route+" "+result)
}

// sink notes what it kept, and answers as told.
type sink struct {
	kept []bot.Decoded
	err  error
	wait bool
}

func (s *sink) Keep(ctx context.Context, d bot.Decoded) error {
	if s.wait {
		<-ctx.Done()
		return ctx.Err()
	}
	if s.err == nil {
		s.kept = append(s.kept, d)
	}
	return s.err
}

func pass(*http.Request, []byte) error { return nil }

func decoded(*http.Request, []byte) (bot.Decoded, error) {
	return bot.Decoded{Events: []bot.Incoming{{ProviderID: "1"}}, Answer: []byte("<Response/>"), ContentType: "text/xml"}, nil
}

const secretText = "ông Nguyễn Văn A 0912345678"

func TestWebhook(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		verify func(*http.Request, []byte) error
		decode func(*http.Request, []byte) (bot.Decoded, error)
		sink   sink
		body   string
		status int
		answer string
		result string
	}{
		"kept":      {pass, decoded, sink{}, "x", 200, "<Response/>", Kept},
		"nothing":   {pass, func(*http.Request, []byte) (bot.Decoded, error) { return bot.Decoded{}, nil }, sink{err: errors.New("away")}, "x", 200, "", Empty},
		"too long":  {pass, decoded, sink{}, strings.Repeat("x", 101), 413, "", TooLong},
		"just fits": {pass, decoded, sink{}, strings.Repeat("x", 100), 200, "<Response/>", Kept},
		"refused": {func(*http.Request, []byte) error { return &bot.Refusal{Status: 403, Reason: "signature"} },
			decoded, sink{}, "x", 403, "", "refused_signature"},
		"dropped": {func(*http.Request, []byte) error { return &bot.Refusal{Status: 200, Reason: "not_configured"} },
			decoded, sink{}, "x", 200, "", "refused_not_configured"},
		"other error":   {func(*http.Request, []byte) error { return errors.New(secretText) }, decoded, sink{}, "x", 401, "", Refused},
		"verify panics": {func(*http.Request, []byte) error { panic(secretText) }, decoded, sink{}, "x", 401, "", Refused},
		"broken":        {pass, func(*http.Request, []byte) (bot.Decoded, error) { return bot.Decoded{}, errors.New(secretText) }, sink{}, "x", 200, "", Broken},
		"decode panics": {pass, func(*http.Request, []byte) (bot.Decoded, error) { panic(secretText) }, sink{}, "x", 200, "", Panicked},
		"records away":  {pass, decoded, sink{err: errors.New("away")}, "x", 503, "", Away},
		"records hang":  {pass, decoded, sink{wait: true}, "x", 503, "", Away},
		"receipts alone": {pass, func(*http.Request, []byte) (bot.Decoded, error) {
			return bot.Decoded{Receipts: make([]bot.Receipt, 1)}, nil
		}, sink{}, "x", 200, "", Kept},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var log bytes.Buffer
			var c counts
			s := tt.sink
			engine := gin.New()
			Mount(engine, hook{bot.Route{Path: "/webhooks/x", MaxBody: 100, Verify: tt.verify, Decode: tt.decode}},
				Config{Sink: &s, Log: slog.New(slog.NewTextHandler(&log, nil)), Count: &c, Budget: 30 * time.Millisecond})
			w := httptest.NewRecorder()
			engine.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/webhooks/x", strings.NewReader(tt.body)))
			if w.Code != tt.status || w.Body.String() != tt.answer {
				t.Errorf("answered %d %q, want %d %q", w.Code, w.Body, tt.status, tt.answer)
			}
			if tt.status == 503 && w.Header().Get("Retry-After") == "" {
				t.Error("503 without Retry-After")
			}
			if len(c.seen) != 1 || c.seen[0] != "/webhooks/x "+tt.result {
				t.Errorf("counted %q, want %q", c.seen, tt.result)
			}
			if (len(s.kept) == 1) != (tt.result == Kept) {
				t.Errorf("kept %d times", len(s.kept))
			}
			if strings.Contains(log.String(), "0912") || strings.Contains(log.String(), "Nguy") {
				t.Errorf("the log tells what somebody sent: %s", &log)
			}
		})
	}
}

func TestWhatIsLeftOutIsCounted(t *testing.T) {
	t.Parallel()
	var c counts
	engine := gin.New()
	Mount(engine, hook{bot.Route{Path: "/w", MaxBody: 100, Verify: pass, Decode: func(*http.Request, []byte) (bot.Decoded, error) {
		return bot.Decoded{Dropped: []string{"group", "kind"}}, nil
	}}}, Config{Sink: &sink{}, Log: slog.New(slog.DiscardHandler), Count: &c})
	engine.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodPost, "/w", strings.NewReader("x")))
	if got := strings.Join(c.seen, ","); got != "/w dropped_group,/w dropped_kind,/w "+Empty {
		t.Errorf("counted %s", got)
	}
}

func TestRequestIsWholeForVerifyAndDecode(t *testing.T) {
	t.Parallel()
	check := func(t *testing.T, r *http.Request, body []byte) {
		t.Helper()
		if err := r.ParseForm(); err != nil || r.PostForm.Get("Body") != "HS 1" || string(body) != "Body=HS+1" {
			t.Errorf("form %v, body %q, %v", r.PostForm, body, err)
		}
		if r.PathValue("secret") != "s3cret" {
			t.Errorf("path value %q", r.PathValue("secret"))
		}
		if _, err := io.ReadAll(r.Body); err != nil {
			t.Error(err)
		}
	}
	var c counts
	engine := gin.New()
	Mount(engine, hook{bot.Route{Path: "/webhooks/sms/:secret", Methods: []string{http.MethodGet, http.MethodPost}, MaxBody: 100,
		Verify: func(r *http.Request, body []byte) error { check(t, r, body); return nil },
		Decode: func(r *http.Request, body []byte) (bot.Decoded, error) { check(t, r, body); return bot.Decoded{}, nil }}},
		Config{Sink: &sink{}, Log: slog.New(slog.DiscardHandler), Count: &c})
	r := httptest.NewRequest(http.MethodPost, "/webhooks/sms/s3cret", strings.NewReader("Body=HS+1"))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, r)
	if w.Code != 200 || c.seen[0] != "/webhooks/sms/:secret "+Empty {
		t.Errorf("answered %d, counted %q", w.Code, c.seen)
	}
	w = httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodPut, "/webhooks/sms/s3cret", nil))
	if w.Code != 404 {
		t.Errorf("an unknown method is answered %d", w.Code)
	}
}

// cut is a body that breaks off.
type cut struct{}

func (cut) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestBodyBreaksOff(t *testing.T) {
	t.Parallel()
	var c counts
	engine := gin.New()
	Mount(engine, hook{bot.Route{Path: "/w", MaxBody: 100, Verify: pass, Decode: decoded}},
		Config{Sink: &sink{}, Log: slog.New(slog.DiscardHandler), Count: &c})
	w := httptest.NewRecorder()
	engine.ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/w", cut{}))
	if w.Code != 400 || c.seen[0] != "/w "+Unread {
		t.Errorf("answered %d, counted %q", w.Code, c.seen)
	}
}
