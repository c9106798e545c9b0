// Package twiliotest is a Twilio for tests: the part of its message API that an
// SMS channel uses, refusing what the real one refuses, and the webhooks that it calls.
package twiliotest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"tiepdan/bot/text"
)

// The account that the emulator knows, unless Config names another one.
const (
	AccountSID = "AC00000000000000000000000000000001"
	AuthToken  = "emulatorAuthToken0123456789abcdef"
)

// Config is the emulated account. Zero values are usable.
type Config struct {
	AccountSID string
	AuthToken  string
	From       []string // senders that the account owns; empty: any
	PageSize   int      // the longest page of a list; 0: what is asked for
	Clock      func() time.Time
}

// Server is the emulator. Its methods may be called by many goroutines.
type Server struct {
	*httptest.Server
	cfg Config

	mu        sync.Mutex
	messages  []*Message // oldest first
	faults    []Fault
	callbacks Callbacks
	suspended bool
	posts     int
	last      int
	errs      []error
	pending   int       // callbacks to be made
	idle      sync.Cond // told when pending is 0
	slots     chan struct{}
}

// Message is one message as the account holds it.
type Message struct {
	SID         string
	Inbound     bool
	From, To    string
	ServiceSID  string
	Body        string
	Status      string
	ErrorCode   int
	NumMedia    int
	CallbackURL string
	At          time.Time
}

// New starts an emulator; Close ends it.
func New(cfg Config) *Server {
	if cfg.AccountSID == "" {
		cfg.AccountSID = AccountSID
	}
	if cfg.AuthToken == "" {
		cfg.AuthToken = AuthToken
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	s := &Server{cfg: cfg, slots: make(chan struct{}, 8)}
	s.idle.L = &s.mu
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}", s.account)
	mux.HandleFunc("POST /2010-04-01/Accounts/{account}/Messages.json", s.create)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages.json", s.list)
	mux.HandleFunc("GET /2010-04-01/Accounts/{account}/Messages/{sid}", s.fetch)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuse(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
	})
	s.Server = httptest.NewServer(s.guard(mux))
	return s
}

// Close ends the emulator after the callbacks under way.
func (s *Server) Close() {
	s.mu.Lock()
	s.wait()
	s.mu.Unlock()
	s.Server.Close()
}

// Messages is what the account holds, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Message, 0, len(s.messages))
	for _, m := range s.messages {
		out = append(out, *m)
	}
	return out
}

// Posts counts the calls that would create a message, refused and cut ones too.
func (s *Server) Posts() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.posts
}

// Suspend makes Twilio call the account suspended.
func (s *Server) Suspend() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.suspended = true
}

// guard checks the credentials and plays the next fault.
func (s *Server) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, password, ok := r.BasicAuth()
		if !ok || user != s.cfg.AccountSID || password != s.cfg.AuthToken {
			w.Header().Set("WWW-Authenticate", `Basic realm="Twilio API"`)
			refuse(w, http.StatusUnauthorized, 20003, "Authenticate")
			return
		}
		if f := s.fault(r); f != nil {
			f(w, r, next)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Server) account(w http.ResponseWriter, r *http.Request) {
	if r.PathValue("account") != s.cfg.AccountSID+".json" {
		refuse(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
		return
	}
	s.mu.Lock()
	status := "active"
	if s.suspended {
		status = "suspended"
	}
	s.mu.Unlock()
	answer(w, http.StatusOK, map[string]any{"sid": s.cfg.AccountSID, "status": status, "friendly_name": "Emulator", "type": "Full"})
}

func (s *Server) create(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		refuse(w, http.StatusBadRequest, 20001, "Bad request")
		return
	}
	if code, message := s.refusal(r.PathValue("account"), r.PostForm); code != 0 {
		status := http.StatusBadRequest
		if code == 20404 {
			status = http.StatusNotFound
		}
		refuse(w, status, code, message)
		return
	}
	m := s.add(Message{
		From: r.PostForm.Get("From"), To: r.PostForm.Get("To"), Body: r.PostForm.Get("Body"),
		ServiceSID: r.PostForm.Get("MessagingServiceSid"), CallbackURL: r.PostForm.Get("StatusCallback"),
	})
	after := s.callback(r.Context(), m)
	answer(w, http.StatusCreated, s.wire(m))
	if f, ok := w.(http.Flusher); ok {
		f.Flush()
	}
	after()
}

// refusal is what Twilio says no to (https://www.twilio.com/docs/api/errors), with
// the magic numbers of its test credentials; 0 where it takes the message.
func (s *Server) refusal(account string, form url.Values) (int, string) {
	from, to, body := form.Get("From"), form.Get("To"), form.Get("Body")
	switch {
	case account != s.cfg.AccountSID:
		return 20404, "The requested resource was not found"
	case to == "":
		return 21604, "A 'To' phone number is required."
	case from == "" && form.Get("MessagingServiceSid") == "":
		return 21603, "A 'From' phone number is required."
	case body == "":
		return 21602, "Message body is required."
	case utf8.RuneCountInString(body) > 1600:
		return 21617, "The concatenated message body exceeds the 1600 character limit."
	case from == "+15005550001":
		return 21212, "Invalid 'From' Phone Number: " + from
	case from == "+15005550007", from != "" && len(s.cfg.From) > 0 && !slices.Contains(s.cfg.From, from):
		return 21606, "The From phone number " + from + " is not a valid, SMS-capable number for your account."
	case from == "+15005550008":
		return 21611, "This 'From' number has exceeded the maximum number of queued messages"
	}
	return refusedNumber(to)
}

func refusedNumber(to string) (int, string) {
	digits, plus := strings.CutPrefix(to, "+")
	switch {
	case to == "+15005550001", !plus, len(digits) < 7, len(digits) > 15, strings.Trim(digits, "0123456789") != "":
		return 21211, "Invalid 'To' Phone Number: " + to
	case to == "+15005550002":
		return 21612, "The 'To' phone number " + to + " is not currently reachable using the 'From' phone number"
	case to == "+15005550003":
		return 21408, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: " + to
	case to == "+15005550004":
		return 21610, "Attempt to send to unsubscribed recipient " + to
	case to == "+15005550009", strings.HasPrefix(to, "+842"):
		return 21614, "'To' number " + to + " is not a valid mobile number"
	}
	return 0, ""
}

func (s *Server) add(m Message) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last++
	m.SID = fmt.Sprintf("SM%032x", s.last)
	m.At = s.cfg.Clock().UTC().Truncate(time.Second)
	switch {
	case m.Inbound:
		m.Status = "received"
	case m.ServiceSID != "":
		m.Status = "accepted"
	default:
		m.Status = "queued"
	}
	s.messages = append(s.messages, &m)
	return &m
}

func (s *Server) fetch(w http.ResponseWriter, r *http.Request) {
	sid, _ := strings.CutSuffix(r.PathValue("sid"), ".json")
	m := s.find(sid)
	if m == nil {
		refuse(w, http.StatusNotFound, 20404, "The requested resource "+r.URL.Path+" was not found")
		return
	}
	answer(w, http.StatusOK, s.wire(m))
}

func (s *Server) find(sid string) *Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := slices.IndexFunc(s.messages, func(m *Message) bool { return m.SID == sid })
	if i < 0 {
		return nil
	}
	return s.messages[i]
}

// list gives pages, newest first, as the real one does.
func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	size, _ := strconv.Atoi(q.Get("PageSize"))
	if size <= 0 || size > 1000 {
		size = 50
	}
	if s.cfg.PageSize > 0 {
		size = min(size, s.cfg.PageSize)
	}
	page, _ := strconv.Atoi(q.Get("Page"))
	found := s.matching(q)
	start := min(page*size, len(found))
	end := min(start+size, len(found))
	items := make([]map[string]any, 0, size)
	for _, m := range found[start:end] {
		items = append(items, s.wire(m))
	}
	var next any
	if end < len(found) {
		q.Set("Page", strconv.Itoa(page+1))
		q.Set("PageToken", fmt.Sprintf("PASM%032x", end))
		next = r.URL.Path + "?" + q.Encode()
	}
	answer(w, http.StatusOK, map[string]any{"messages": items, "page": page, "page_size": size, "next_page_uri": next, "uri": r.URL.RequestURI()})
}

func (s *Server) matching(q url.Values) []*Message {
	since, _ := time.Parse(time.RFC3339, q.Get("DateSent>"))
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []*Message
	for _, m := range slices.Backward(s.messages) {
		if to := q.Get("To"); to != "" && m.To != to {
			continue
		}
		if from := q.Get("From"); from != "" && m.From != from {
			continue
		}
		if m.At.Before(since) {
			continue
		}
		found = append(found, m)
	}
	return found
}

// wire is a message in the API's own form: numbers as strings, dates as RFC 2822.
func (s *Server) wire(m *Message) map[string]any {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := m.At.Format(time.RFC1123Z)
	out := map[string]any{
		"account_sid": s.cfg.AccountSID, "api_version": "2010-04-01", "sid": m.SID, "body": m.Body, "to": m.To,
		"date_created": at, "date_updated": at, "date_sent": nil, "direction": "outbound-api",
		"error_code": nil, "error_message": nil, "from": m.From, "messaging_service_sid": nil,
		"num_media": strconv.Itoa(m.NumMedia), "num_segments": strconv.Itoa(text.SMS(m.Body).Parts),
		"price": nil, "price_unit": nil, "status": m.Status,
		"uri": "/2010-04-01/Accounts/" + s.cfg.AccountSID + "/Messages/" + m.SID + ".json",
	}
	if m.ServiceSID != "" {
		out["messaging_service_sid"], out["num_segments"] = m.ServiceSID, "0"
	}
	if m.From == "" {
		out["from"] = nil
	}
	if m.Inbound {
		out["direction"] = "inbound"
	}
	if m.Status != "queued" && m.Status != "accepted" {
		out["date_sent"] = at
	}
	if m.ErrorCode != 0 {
		out["error_code"] = m.ErrorCode
	}
	return out
}

func answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A caller that has gone away is the test's business.
	_ = json.NewEncoder(w).Encode(v)
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	answer(w, status, map[string]any{
		"code": code, "message": message, "status": status,
		"more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code),
	})
}
