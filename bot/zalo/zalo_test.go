package zalo_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

const (
	appID       = "360846524940903967"
	appSecret   = "app-secret-for-tests"
	oaSecret    = "oa-secret-for-tests"
	oaID        = "388613280878808645"
	citizen     = "2468458835296197922"
	redirectURL = "https://tiepdan.example/zalo/callback"
	verifier    = "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfG"
)

// noon on an ordinary Wednesday in Viet Nam.
var noon = time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)

// world is an emulated Zalo and one channel that is connected to it.
type world struct {
	t      *testing.T
	clock  *zalotest.Clock
	srv    *zalotest.Server
	grants *zalotest.Grants
	ch     *zalo.Channel
	seed   string
	logs   *lockedBuffer
}

func newWorld(t *testing.T, change ...func(*zalo.Config)) *world {
	t.Helper()
	w := &world{t: t, clock: zalotest.NewClock(noon), grants: zalotest.NewGrants(), logs: &lockedBuffer{}}
	w.srv = zalotest.New(zalotest.Options{Clock: w.clock, RedirectURL: redirectURL, CodeVerifier: verifier})
	t.Cleanup(w.srv.Close)
	w.seed = w.srv.NewRefreshToken()
	w.ch = w.replica(change...)
	return w
}

// replica is another channel on the same grants and the same Zalo.
func (w *world) replica(change ...func(*zalo.Config)) *zalo.Channel {
	w.t.Helper()
	cfg := w.config()
	for _, f := range change {
		f(&cfg)
	}
	ch, err := zalo.New(cfg, w.grants, testHash)
	if err != nil {
		w.t.Fatalf("New: %v", err)
	}
	return ch
}

func (w *world) config() zalo.Config {
	transport := &http.Transport{}
	w.t.Cleanup(transport.CloseIdleConnections)
	return zalo.Config{
		AppID: appID, AppSecret: appSecret, OASecretKey: oaSecret, RefreshToken: w.seed, CodeVerifier: verifier,
		APIURL: w.srv.URL, OAuthURL: w.srv.URL, TemplateURL: w.srv.URL, RedirectURL: redirectURL,
		PerMinute:  4000,
		HTTPClient: &http.Client{Transport: transport, Timeout: 10 * time.Second},
		Clock:      w.clock.Now,
		Log:        slog.New(slog.NewTextHandler(w.logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
}

func testHash(kind, value string) string {
	sum := sha256.Sum256([]byte(kind + "\x00" + value))
	return hex.EncodeToString(sum[:])
}

// user is a person who has just written.
func (w *world) user() *zalotest.User {
	u := w.srv.AddUser("", "Nguyễn Văn A")
	u.Say("xin chào")
	return u
}

func outgoing(to, text string) bot.Outgoing {
	return bot.Outgoing{ID: 7, To: bot.Address{Channel: bot.Zalo, ID: to}, Part: bot.Part{Text: text, Segments: 1}}
}

func (w *world) send(u *zalotest.User, text string) (bot.Sent, error) {
	return w.ch.Send(w.t.Context(), outgoing(u.ID, text))
}

// sendError is the failure of a send, which must be of the one type.
func sendError(t *testing.T, err error) *bot.SendError {
	t.Helper()
	var serr *bot.SendError
	if !errors.As(err, &serr) {
		t.Fatalf("got %v (%T), want a *bot.SendError", err, err)
	}
	return serr
}

func (w *world) stored() bot.Grant {
	w.t.Helper()
	g, err := w.grants.Grant(w.t.Context(), bot.Zalo)
	if err != nil {
		w.t.Fatalf("read the grant: %v", err)
	}
	return g
}

// receiver is a web server that treats a channel's routes as the program does:
// verify, decode, keep each key once, answer.
type receiver struct {
	srv   *httptest.Server
	route bot.Route

	mu       sync.Mutex
	down     bool
	events   []bot.Incoming
	receipts []bot.Receipt
	repeated int
	refused  map[string]int
	broken   int
}

func newReceiver(t *testing.T, ch *zalo.Channel) *receiver {
	t.Helper()
	r := &receiver{route: ch.Routes()[0], refused: map[string]int{}}
	r.srv = httptest.NewServer(r)
	t.Cleanup(r.srv.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, req.Body, r.route.MaxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	if err := r.route.Verify(req, body); err != nil {
		var no *bot.Refusal
		if !errors.As(err, &no) {
			no = &bot.Refusal{Status: http.StatusUnauthorized, Reason: "other"}
		}
		r.refused[no.Reason]++
		w.WriteHeader(no.Status)
		return
	}
	decoded, err := r.route.Decode(req, body)
	if err != nil {
		r.broken++
	}
	r.keep(decoded)
}

func (r *receiver) keep(d bot.Decoded) {
	for _, in := range d.Events {
		known := false
		for _, have := range r.events {
			known = known || have.ProviderID == in.ProviderID
		}
		if known {
			r.repeated++
			continue
		}
		r.events = append(r.events, in)
	}
	r.receipts = append(r.receipts, d.Receipts...)
}

// Keep makes a receiver a bot.Sink.
func (r *receiver) Keep(_ context.Context, d bot.Decoded) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.down {
		return errors.New("records are away")
	}
	r.keep(d)
	return nil
}

func (r *receiver) setDown(down bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.down = down
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
