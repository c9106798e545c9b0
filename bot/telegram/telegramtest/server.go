// Package telegramtest is an emulator of Telegram's Bot API: what a bot calls,
// the people who write to it, and the webhooks that bring their messages. It refuses
// what the real server refuses, in its words (tdlib/telegram-bot-api), and
// fails on request. It knows the methods that this program uses; others are "not found".
package telegramtest

import (
	"context"
	"encoding/json"
	"io"
	"maps"
	"math/rand/v2"
	"mime"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// Options shape a Server. Only Token is needed.
type Options struct {
	Token string // the one token that is known, "123456:ABC"
	// Cloud refuses webhook addresses that Telegram's own server refuses. Without it the
	// emulator is a self-hosted server in local mode: plain http and any port will do.
	Cloud bool
	// Unit stands for one second wherever the emulator waits: polls, retries. 0: one second.
	Unit time.Duration
	// PerSecond answers 429 to more messages than that within a second; 0: no limit.
	PerSecond int
	Clock     func() time.Time // nil: time.Now
}

// Server is the emulator. It is an http.Handler; Close ends its deliveries.
type Server struct {
	opt   Options
	botID int64
	url   string
	hooks *http.Client // calls the bot's webhook
	ctx   context.Context
	stop  context.CancelFunc
	work  sync.WaitGroup

	mu         sync.Mutex
	changed    chan struct{} // closed and replaced whenever anything changes
	chats      map[int64]*chat
	moved      map[int64]int64
	updates    []*update
	nextUpdate int64
	hook       hook
	busy       map[string]bool // queues with a delivery under way
	poller     int             // counts polls; a higher one ends those before
	allowed    []string        // kinds of update that are made; nil: all that are known here
	duplicate  int             // so many deliveries come twice
	calls      []Call
	faults     map[string][]Fault
	files      map[string]storedFile
	presses    map[string]*press
	commands   map[string][]command
	recent     []time.Time // when the latest messages were taken
}

// Call is one call that the bot made.
type Call struct {
	Method string // as the documentation spells it
	Params map[string]string
	// Inline: it came in the answer to a webhook.
	Inline bool
	// Refused is the error code it got; 0: it was taken; Lost: it never arrived.
	Refused int
}

// Lost is Call.Refused of a call that a fault kept from running.
const Lost = -1

// New makes an emulator without a listener of its own.
func New(opt Options) *Server {
	if opt.Unit == 0 {
		opt.Unit = time.Second
	}
	if opt.Clock == nil {
		opt.Clock = time.Now
	}
	id, _, _ := strings.Cut(opt.Token, ":")
	botID, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		panic("telegramtest: the token has no bot id: " + err.Error())
	}
	s := &Server{
		opt:        opt,
		botID:      botID,
		hooks:      &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
		changed:    make(chan struct{}),
		chats:      map[int64]*chat{},
		moved:      map[int64]int64{},
		nextUpdate: 1 + rand.Int64N(1<<30), // the real one starts anywhere, too
		busy:       map[string]bool{},
		faults:     map[string][]Fault{},
		files:      map[string]storedFile{},
		presses:    map[string]*press{},
		commands:   map[string][]command{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	return s
}

// Start serves a new emulator on loopback until the test ends.
func Start(tb testing.TB, opt Options) *Server {
	tb.Helper()
	s := New(opt)
	web := httptest.NewServer(s)
	s.url = web.URL
	tb.Cleanup(func() {
		s.Close()
		web.Close()
	})
	return s
}

// URL is the base address of a started emulator.
func (s *Server) URL() string { return s.url }

// Close ends polls and deliveries and waits for them.
func (s *Server) Close() {
	s.mu.Lock() // so that no delivery begins while we wait for the last
	s.stop()
	s.mu.Unlock()
	s.work.Wait()
	s.hooks.CloseIdleConnections()
}

// Calls are the calls to one method so far, in order.
func (s *Server) Calls(method string) []Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []Call
	for _, call := range s.calls {
		if call.Method == method {
			found = append(found, call)
		}
	}
	return found
}

// Await waits until ok, which is called with nothing locked, says so after a change.
func (s *Server) Await(ctx context.Context, ok func() bool) error {
	for {
		s.mu.Lock()
		changed := s.changed
		s.mu.Unlock()
		if ok() {
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// touch wakes whoever waits for a change. mu is held.
func (s *Server) touch() {
	close(s.changed)
	s.changed = make(chan struct{})
}

// answer is the envelope of every answer.
type answer struct {
	OK          bool        `json:"ok"`
	Result      any         `json:"result,omitempty"`
	Code        int         `json:"error_code,omitempty"`
	Description string      `json:"description,omitempty"`
	Parameters  *parameters `json:"parameters,omitempty"`
}

type parameters struct {
	MigrateTo  int64 `json:"migrate_to_chat_id,omitempty"`
	RetryAfter int   `json:"retry_after,omitempty"`
}

func done(result any) answer { return answer{OK: true, Result: result} }

func refuse(code int, description string) answer {
	return answer{Code: code, Description: description}
}

func badRequest(why string) answer { return refuse(http.StatusBadRequest, "Bad Request: "+why) }

func tooMany(seconds int) answer {
	return answer{Code: http.StatusTooManyRequests, Description: "Too Many Requests: retry after " + strconv.Itoa(seconds),
		Parameters: &parameters{RetryAfter: seconds}}
}

var (
	botPath   = regexp.MustCompile(`^/bot([^/]+)/([A-Za-z]+)$`)
	filePath  = regexp.MustCompile(`^/file/bot([^/]+)/(.+)$`)
	tokenForm = regexp.MustCompile(`^[0-9]+:[A-Za-z0-9_-]+$`)
)

// ServeHTTP answers the bot.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m := filePath.FindStringSubmatch(r.URL.Path); m != nil && r.Method == http.MethodGet {
		s.serveFile(w, m[1], m[2])
		return
	}
	m := botPath.FindStringSubmatch(r.URL.Path)
	switch {
	case m == nil || !tokenForm.MatchString(m[1]):
		write(w, refuse(http.StatusNotFound, "Not Found"))
		return
	case m[1] != s.opt.Token:
		write(w, refuse(http.StatusUnauthorized, "Unauthorized"))
		return
	}
	params, err := readParams(r)
	if err != nil {
		write(w, badRequest("can't parse the request"))
		return
	}
	name, fault, a := s.call(r.Context(), m[2], params, false)
	if fault.wait > 0 {
		s.sleep(r.Context(), fault.wait)
	}
	switch {
	case fault.cut:
		// The connection ends without an answer, and net/http does not log it.
		panic(http.ErrAbortHandler)
	case fault.html != 0:
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(fault.html)
		writeString(w, "<html><head><title>"+http.StatusText(fault.html)+"</title></head><body>nginx</body></html>")
	case name == "":
		write(w, refuse(http.StatusNotFound, "Not Found: method not found"))
	default:
		write(w, a)
	}
}

// call runs one method and records it. name is empty for an unknown method.
func (s *Server) call(ctx context.Context, asked string, params map[string]string, inline bool) (name string, fault Fault, a answer) {
	name, run := method(asked)
	if run == nil {
		return "", Fault{}, answer{}
	}
	fault = s.takeFault(name)
	switch {
	case fault.refusal != nil:
		a = *fault.refusal
	case fault.lost():
		a = refuse(Lost, "")
	default:
		a = run(s, ctx, params)
	}
	s.mu.Lock()
	s.calls = append(s.calls, Call{Method: name, Params: maps.Clone(params), Inline: inline, Refused: a.Code})
	s.touch()
	s.mu.Unlock()
	return name, fault, a
}

type run func(*Server, context.Context, map[string]string) answer

// method finds a method by its name, in any case.
func method(asked string) (string, run) {
	known := map[string]run{
		"getMe":               (*Server).getMe,
		"sendMessage":         (*Server).sendMessage,
		"answerCallbackQuery": (*Server).answerCallbackQuery,
		"setMyCommands":       (*Server).setMyCommands,
		"getFile":             (*Server).getFile,
		"setWebhook":          (*Server).setWebhook,
		"deleteWebhook":       (*Server).deleteWebhook,
		"getWebhookInfo":      (*Server).getWebhookInfo,
		"getUpdates":          (*Server).getUpdates,
	}
	for name, run := range known {
		if strings.EqualFold(name, asked) {
			return name, run
		}
	}
	return "", nil
}

// readParams takes parameters from the query and from a body in one of three encodings.
func readParams(r *http.Request) (map[string]string, error) {
	r.Body = http.MaxBytesReader(nil, r.Body, 1<<20)
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // a bad one is none
	params := map[string]string{}
	if kind == "application/json" {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return nil, err
		}
		if params, err = jsonParams(body); err != nil {
			return nil, err
		}
	}
	if kind == "multipart/form-data" {
		if err := r.ParseMultipartForm(1 << 20); err != nil {
			return nil, err
		}
	}
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	for name := range r.Form {
		params[name] = r.Form.Get(name)
	}
	return params, nil
}

// jsonParams reads an object whose nested values stay JSON, as in a form.
func jsonParams(body []byte) (map[string]string, error) {
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(body, &raw); err != nil {
		return nil, err
	}
	params := map[string]string{}
	for name, value := range raw {
		var s string
		if json.Unmarshal(value, &s) == nil && string(value) != "null" {
			params[name] = s
			continue
		}
		params[name] = string(value)
	}
	return params, nil
}

func write(w http.ResponseWriter, a answer) {
	w.Header().Set("Content-Type", "application/json")
	if a.Parameters != nil && a.Parameters.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(a.Parameters.RetryAfter))
	}
	body, err := json.Marshal(a)
	if err != nil {
		panic("telegramtest: write an answer: " + err.Error())
	}
	if !a.OK {
		w.WriteHeader(a.Code)
	}
	writeString(w, string(body))
}

// writeString ignores a caller that has gone: there is nobody left to tell.
func writeString(w io.Writer, s string) { _, _ = io.WriteString(w, s) }

// sleep waits, unless the caller goes or the emulator closes.
func (s *Server) sleep(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-s.ctx.Done():
	}
}
