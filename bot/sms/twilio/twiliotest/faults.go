package twiliotest

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"
)

// Fault is what goes wrong with one call. next is the emulator without a fault.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// Fail plays faults for the next calls, one each.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

func (s *Server) fault(r *http.Request) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/Messages.json") {
		s.posts++
	}
	if len(s.faults) == 0 {
		return nil
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	return f
}

// Pass lets one call through.
func Pass(w http.ResponseWriter, r *http.Request, next http.Handler) { next.ServeHTTP(w, r) }

// TooMany answers 429 with code 20429. after is Retry-After in seconds; 0: none.
func TooMany(after int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		if after > 0 {
			w.Header().Set("Retry-After", strconv.Itoa(after))
		}
		w.Header().Set("Twilio-Concurrent-Requests", "101")
		refuse(w, http.StatusTooManyRequests, 20429, "Too Many Requests")
	}
}

// Code answers an error envelope with any status and code.
func Code(status, code int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		refuse(w, status, code, "Refused for To=+84912345678")
	}
}

// HTML answers a page, as something between us and Twilio does when Twilio is away.
func HTML(status int) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Location", "https://example.invalid/")
		w.WriteHeader(status)
		_, _ = w.Write([]byte("<html><head><title>Unavailable</title></head><body>" + strings.Repeat("x", 2000) + "</body></html>"))
	}
}

// Slow waits before the call is served, or until the caller has gone.
func Slow(d time.Duration) Fault {
	return func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		// A server sees that its caller has gone only once the body is read. A form that
		// does not parse is refused by next.
		_ = r.ParseForm()
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			next.ServeHTTP(w, r)
		case <-r.Context().Done():
		}
	}
}

// Cut takes the message and then breaks the connection: the caller cannot know.
func Cut(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// Drop breaks the connection before anything is taken.
func Drop(http.ResponseWriter, *http.Request, http.Handler) { panic(http.ErrAbortHandler) }
