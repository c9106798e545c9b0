package telegramtest

import (
	"net/http"
	"time"
)

// Fault is one way in which a call goes wrong.
type Fault struct {
	refusal *answer       // Telegram refuses, in its envelope
	html    int           // a front end answers with this status and a page
	taken   bool          // the method runs all the same
	cut     bool          // the connection ends without an answer
	wait    time.Duration // before whatever is answered
}

// lost: the method never runs.
func (f Fault) lost() bool { return (f.cut || f.html != 0) && !f.taken }

// TooMany refuses with 429 and its time.
func TooMany(seconds int) Fault {
	a := tooMany(seconds)
	return Fault{refusal: &a}
}

// Refuse refuses in Telegram's envelope, with the words of the error tables:
// Refuse(403, "Forbidden: bot was blocked by the user").
func Refuse(code int, description string) Fault {
	a := refuse(code, description)
	return Fault{refusal: &a}
}

// Restart is what the server answers while it restarts.
func Restart() Fault { return Refuse(http.StatusInternalServerError, "Internal Server Error: restart") }

// Page lets a front end answer with a status and HTML; the call is not taken.
func Page(status int) Fault { return Fault{html: status} }

// PageAfterAccept takes the call, but a front end answers with HTML.
func PageAfterAccept(status int) Fault { return Fault{html: status, taken: true} }

// CutAfterAccept takes the call and cuts the connection instead of answering.
func CutAfterAccept() Fault { return Fault{cut: true, taken: true} }

// CutBeforeAccept cuts the connection and does nothing.
func CutBeforeAccept() Fault { return Fault{cut: true} }

// Slow takes the call and answers after d.
func Slow(d time.Duration) Fault { return Fault{wait: d, taken: true} }

// FailNext lets the next calls of a method go wrong, one fault for each call.
func (s *Server) FailNext(method string, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults[method] = append(s.faults[method], faults...)
}

func (s *Server) takeFault(method string) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	waiting := s.faults[method]
	if len(waiting) == 0 {
		return Fault{}
	}
	s.faults[method] = waiting[1:]
	return waiting[0]
}

// Duplicate delivers the next n updates twice over the webhook, as the real
// server does when our answer is lost.
func (s *Server) Duplicate(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.duplicate = n
}

// Migrate moves a group: sending to its old id is refused with the new one.
func (s *Server) Migrate(from, to int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.moved[from] = to
	s.chats[to] = &chat{id: to, kind: "supergroup", started: true}
}
