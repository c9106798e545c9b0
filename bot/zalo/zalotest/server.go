// Package zalotest is Zalo for tests: an emulator of the parts that package zalo
// uses, which refuses what the real one refuses. It serves the OAuth host, the OA
// API and a file host on one address, and sends signed webhooks.
package zalotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Options of an emulator. Empty ones get invented values.
type Options struct {
	AppID, AppSecret, OASecretKey, OAID string
	RedirectURL                         string // what the console has as callback; empty: consent is refused
	CodeVerifier                        string // if set, a code exchange must bring it
	Clock                               *Clock // nil: the machine's time
	PerMinute                           int    // calls per minute; 0: no limit
	Seen                                bool   // people read at once: user_seen_message follows
	Retries                             []time.Duration
}

// Info is what getoa tells.
type Info struct {
	Name, Package, PackageUntil, LinkedCloud string
	Verified                                 bool
}

// Fault is what happens to a call instead of its answer, or after it.
type Fault struct {
	Code    int           // Zalo's error code, with status 200
	Message string        // beside Code
	Status  int           // an HTML page with this status
	Body    string        // this body with status 200, whatever it is
	Cut     bool          // the connection is cut
	Late    bool          // only after the call had its effect: what the caller sees is not what became of it
	Delay   time.Duration // first wait so long, in real time
}

// Server is one emulated Zalo with one app and one Official Account.
type Server struct {
	URL  string
	opts Options
	http *httptest.Server

	mu      sync.Mutex
	info    Info
	faults  map[string][]Fault // by path
	window  time.Time          // the minute that is counted
	calls   int                // within window
	paths   map[string]int     // calls ever, by path
	serial  int
	oauth   oauthState
	people  map[string]*person
	log     []row // every message, in order
	files   map[string]file
	billed  int
	closing chan struct{}

	hooks hooks
}

// New starts an emulator. Close it in the end.
func New(opts Options) *Server {
	fill := func(v *string, fallback string) {
		if *v == "" {
			*v = fallback
		}
	}
	fill(&opts.AppID, "360846524940903967")
	fill(&opts.AppSecret, "app-secret-for-tests")
	fill(&opts.OASecretKey, "oa-secret-for-tests")
	fill(&opts.OAID, "388613280878808645")
	if opts.Retries == nil {
		opts.Retries = []time.Duration{30 * time.Second, 5 * time.Minute, 15 * time.Minute, 30 * time.Minute, time.Hour}
	}
	s := &Server{
		opts:    opts,
		info:    Info{Name: "UBND xã Mẫu", Package: "Growth", PackageUntil: "31/12/2099", LinkedCloud: "1000000001", Verified: true},
		faults:  map[string][]Fault{},
		paths:   map[string]int{},
		people:  map[string]*person{},
		files:   map[string]file{},
		closing: make(chan struct{}),
	}
	s.oauth.init()
	s.hooks.init(s)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /v4/oa/permission", s.permission)
	mux.HandleFunc("POST /v4/oa/access_token", s.accessToken)
	mux.HandleFunc("POST "+SendPath, s.api(s.send))
	mux.HandleFunc("GET /v2.0/oa/getoa", s.api(s.getOA))
	mux.HandleFunc("GET /v3.0/oa/user/detail", s.api(s.userDetail))
	mux.HandleFunc("GET /v2.0/oa/listrecentchat", s.api(s.listRecent))
	mux.HandleFunc("GET /v2.0/oa/conversation", s.api(s.conversation))
	mux.HandleFunc("GET /media/{name}", s.serveFile)
	s.http = httptest.NewServer(s.disturbed(mux))
	s.URL = s.http.URL
	return s
}

// unlimited is the limit that is told where none is set.
const unlimited = 1 << 30

// Paths of calls, for Fail and Calls.
const (
	SendPath         = "/v3.0/oa/message/cs"
	TokenPath        = "/v4/oa/access_token"
	InfoPath         = "/v2.0/oa/getoa"
	RecentPath       = "/v2.0/oa/listrecentchat"
	ConversationPath = "/v2.0/oa/conversation"
)

// Close ends the emulator, slow answers and the webhook sender.
func (s *Server) Close() {
	s.mu.Lock()
	select {
	case <-s.closing:
	default:
		close(s.closing)
	}
	s.mu.Unlock()
	s.hooks.close()
	s.http.Close()
}

func (s *Server) now() time.Time {
	if s.opts.Clock == nil {
		return time.Now()
	}
	return s.opts.Clock.Now()
}

// Advance moves the clock, and sends the webhook retries that fall due, each
// once however far the clock moved. It needs Options.Clock.
func (s *Server) Advance(d time.Duration) {
	s.opts.Clock.Advance(d)
	s.hooks.due(s.now())
}

// SetInfo changes what getoa tells.
func (s *Server) SetInfo(info Info) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.info = info
}

// SetRate changes the calls per minute; 0: no limit.
func (s *Server) SetRate(perMinute int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opts.PerMinute = perMinute
}

// Fail makes the next n calls of path go wrong.
func (s *Server) Fail(path string, n int, f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for range n {
		s.faults[path] = append(s.faults[path], f)
	}
}

// Calls is how often path was called.
func (s *Server) Calls(path string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.paths[path]
}

func (s *Server) nextFault(path string) (Fault, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.paths[path]++
	queue := s.faults[path]
	if len(queue) == 0 {
		return Fault{}, false
	}
	s.faults[path] = queue[1:]
	return queue[0], true
}

// disturbed puts the ordered faults before, or after, what a call does.
func (s *Server) disturbed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f, ok := s.nextFault(r.URL.Path)
		if !ok {
			next.ServeHTTP(w, r)
			return
		}
		if f.Late {
			next.ServeHTTP(httptest.NewRecorder(), r)
		}
		if f.Delay > 0 {
			select {
			case <-time.After(f.Delay):
			case <-r.Context().Done():
			case <-s.closing:
			}
		}
		switch {
		case f.Cut:
			panic(http.ErrAbortHandler)
		case f.Status != 0:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(f.Status)
			fmt.Fprintf(w, "<html><body><h1>%d %s</h1></body></html>", f.Status, http.StatusText(f.Status))
		case f.Body != "":
			_, _ = w.Write([]byte(f.Body))
		case f.Code != 0:
			writeJSON(w, map[string]any{"error": f.Code, "message": f.Message})
		case !f.Late:
			next.ServeHTTP(w, r)
		}
	})
}

// refusal is an application error: Zalo answers it with status 200.
type refusal struct {
	code    int
	message string
}

// api wraps an endpoint of the OA API: the rate, then the token, then the work.
func (s *Server) api(do func(r *http.Request) (any, *refusal)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		no := s.count(w.Header())
		if no == nil {
			no = s.oauth.check(r.Header.Get("access_token"), s.now())
		}
		var data any
		if no == nil {
			data, no = do(r)
		}
		s.mu.Unlock()
		if no != nil {
			writeJSON(w, map[string]any{"error": no.code, "message": no.message})
			return
		}
		writeJSON(w, map[string]any{"error": 0, "message": "Success", "data": data})
	}
}

// count is Zalo's counter: it starts anew with each minute.
func (s *Server) count(h http.Header) *refusal {
	if minute := s.now().Truncate(time.Minute); !minute.Equal(s.window) {
		s.window, s.calls = minute, 0
	}
	limit := s.opts.PerMinute
	if limit == 0 {
		limit = unlimited
	}
	s.calls++
	h.Set("X-RateLimit-Limit", strconv.Itoa(limit))
	h.Set("X-RateLimit-Remain", strconv.Itoa(max(0, limit-s.calls)))
	if s.calls > limit {
		return &refusal{-32, "Your OA reached limit call api"}
	}
	return nil
}

func writeJSON(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // the caller went away; tests cut connections on purpose
}
