// Package httpsmstest is a domestic SMS carrier for tests: an API of JSON, the SOAP
// interface that is usual in Viet Nam, pushed messages and receipts, and the refusals of both.
package httpsmstest

import (
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	httpsms "tiepdan/bot/sms/http"
	"tiepdan/bot/text"
)

// What the emulated account is made of.
const (
	User     = "ubnd_tanhoa"
	Password = "emulator-password"
	Sender   = "8079"
	Secret   = "emulator-secret-0123456789"
)

// Forbidden are the signs that the carrier refuses.
const Forbidden = `%#&[]{}\<@`

// The carrier's codes.
const (
	codeTaken     = 0
	codeLogin     = 101
	codeSender    = 102
	codeBalance   = 103
	codeNumber    = 104
	codeThrottled = 108
	codeLong      = 301
	codeSigns     = 302
	codeAccents   = 303
	codeDuplicate = 304
	codeRefused   = 305
)

// Config is how the carrier behaves. The zero value takes every good message.
type Config struct {
	Duplicates time.Duration    // how long the same text to the same number is refused; 0: never
	OptedOut   []string         // numbers (84…) that refuse messages
	Balance    int              // how many segments are paid for; 0: any number
	ReceiptURL string           // where receipts go; empty: there are none
	Receipt    string           // what they say; empty: DELIVRD
	Clock      func() time.Time // nil: time.Now
}

// Server is the emulator.
type Server struct {
	*httptest.Server
	cfg Config

	mu       sync.Mutex
	messages []Message
	seen     map[string]time.Time // the last time of each number and text
	spent    int                  // segments
	faults   []Fault
	requests int
	pushed   int
	errs     []error
	pending  int
	idle     sync.Cond
	slots    chan struct{}
}

// Message is one that the carrier took.
type Message struct {
	ID        string
	To        string // 84…
	Text      string
	Sender    string
	RequestID string
	ClientID  string
	Segments  int
	At        time.Time
}

// Fault is what goes wrong with one call; next is the carrier without a fault.
type Fault func(w http.ResponseWriter, r *http.Request, next http.Handler)

// New starts a carrier; Close ends it.
func New(cfg Config) *Server {
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Receipt == "" {
		cfg.Receipt = "DELIVRD"
	}
	s := &Server{cfg: cfg, seen: map[string]time.Time{}, slots: make(chan struct{}, 8)}
	s.idle.L = &s.mu
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/send", s.sendJSON)
	mux.HandleFunc("GET /get", s.sendQuery)
	mux.HandleFunc("POST /bulkapi", s.sendSOAP)
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if f := s.fault(); f != nil {
			f(w, r, mux)
			return
		}
		mux.ServeHTTP(w, r)
	}))
	return s
}

// Close ends the carrier after the receipts under way.
func (s *Server) Close() {
	s.mu.Lock()
	s.wait()
	s.mu.Unlock()
	s.Server.Close()
}

// JSON is how to talk to the carrier's JSON interface.
func (s *Server) JSON() httpsms.Config {
	return httpsms.Config{
		URL:           s.URL + "/api/send",
		Headers:       []string{"Content-Type: application/json", "Authorization: Bearer " + Password},
		Body:          `{"from":{{json .Sender}},"to":"{{.To}}","text":{{json .Text}},"unicode":{{.Unicode}},"request_id":{{json .RequestID}},"client_id":"{{.OutboxID}}"}`,
		OK:            "json:code=0",
		ID:            "json:data.id",
		Throttled:     []string{"json:code=108"},
		BadNumber:     []string{"json:code=104"},
		OptedOut:      []string{"json:code=305"},
		Rejected:      []string{"json:code=301|302|303|304"},
		Misconfigured: []string{"json:code=101|102|103"},
		Sender:        Sender,
		Forbidden:     Forbidden,
		Unicode:       true,
		Secret:        Secret,
	}
}

// Query is how to talk to the carrier's interface for GET.
func (s *Server) Query() httpsms.Config {
	cfg := s.JSON()
	cfg.URL = s.URL + "/get?user=" + User + "&pass=" + Password + "&from={{url .Sender}}&to={{.ToNational}}&text={{url .Text}}"
	cfg.Method, cfg.Body, cfg.Headers = "GET", "", nil
	cfg.OK, cfg.ID = `^OK:`, `^OK:(\S+)`
	cfg.Throttled, cfg.BadNumber, cfg.OptedOut = []string{"^ERR:108"}, []string{"^ERR:104"}, []string{"^ERR:305"}
	cfg.Rejected, cfg.Misconfigured = []string{`^ERR:30[1234]`}, []string{`^ERR:10[123]`}
	cfg.Unicode = false
	return cfg
}

// SOAP is how to talk to the carrier's SOAP interface, which takes a text of 480 characters.
func (s *Server) SOAP() httpsms.Config {
	cfg := s.JSON()
	cfg.URL = s.URL + "/bulkapi?wsdl"
	cfg.Headers = []string{"Content-Type: text/xml; charset=utf-8", `SOAPAction: ""`}
	cfg.Body = `<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:impl="http://impl.bulkSms.ws/"><soapenv:Body><impl:wsCpMt>` +
		`<User>` + User + `</User><Password>` + Password + `</Password><CPCode>TANHOA</CPCode><RequestID>{{or .RequestID "1" | xml}}</RequestID>` +
		`<UserID>{{.To}}</UserID><ReceiverID>{{.To}}</ReceiverID><ServiceID>{{xml .Sender}}</ServiceID><CommandCode>bulksms</CommandCode>` +
		`<Content>{{xml .Text}}</Content><ContentType>{{if .Unicode}}1{{else}}0{{end}}</ContentType></impl:wsCpMt></soapenv:Body></soapenv:Envelope>`
	cfg.OK, cfg.ID = "xml:result=1", ""
	cfg.Throttled, cfg.BadNumber, cfg.OptedOut = []string{"108: "}, []string{"104: "}, []string{"305: "}
	cfg.Rejected, cfg.Misconfigured = []string{"30[1234]: "}, []string{"10[123]: "}
	cfg.MaxSegments = 3
	return cfg
}

// Messages are those that were taken, in order.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.messages)
}

// Requests counts the calls to send, refused and cut ones too.
func (s *Server) Requests() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests
}

func (s *Server) sendJSON(w http.ResponseWriter, r *http.Request) {
	var in struct {
		From      string `json:"from"`
		To        string `json:"to"`
		Text      string `json:"text"`
		Unicode   bool   `json:"unicode"`
		RequestID string `json:"request_id"`
		ClientID  string `json:"client_id"`
	}
	reply := func(code int, id string) {
		w.Header().Set("Content-Type", "application/json")
		out := map[string]any{"code": code, "message": meaning(code)}
		if id != "" {
			out["data"] = map[string]any{"id": json.Number(id)}
		}
		// A caller that has gone away is the test's business.
		_ = json.NewEncoder(w).Encode(out)
	}
	if r.Header.Get("Authorization") != "Bearer "+Password {
		reply(codeLogin, "")
		return
	}
	if err := json.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in); err != nil {
		http.Error(w, "bad json", http.StatusBadRequest)
		return
	}
	code, id := s.take(Message{To: in.To, Text: in.Text, Sender: in.From, RequestID: in.RequestID, ClientID: in.ClientID}, in.Unicode)
	reply(code, id)
}

func (s *Server) sendQuery(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	code, id := codeLogin, ""
	if q.Get("user") == User && q.Get("pass") == Password {
		to := q.Get("to")
		if rest, ok := strings.CutPrefix(to, "0"); ok {
			to = "84" + rest
		}
		code, id = s.take(Message{To: to, Text: q.Get("text"), Sender: q.Get("from")}, false)
	}
	if code == codeTaken {
		fmt.Fprintf(w, "OK:%s\n", id)
		return
	}
	fmt.Fprintf(w, "ERR:%d %s\n", code, meaning(code))
}

// sendSOAP is the operation wsCpMt: one answer for everything, with the reason in words.
func (s *Server) sendSOAP(w http.ResponseWriter, r *http.Request) {
	var in struct {
		User        string `xml:"Body>wsCpMt>User"`
		Password    string `xml:"Body>wsCpMt>Password"`
		RequestID   string `xml:"Body>wsCpMt>RequestID"`
		ReceiverID  string `xml:"Body>wsCpMt>ReceiverID"`
		ServiceID   string `xml:"Body>wsCpMt>ServiceID"`
		Content     string `xml:"Body>wsCpMt>Content"`
		ContentType string `xml:"Body>wsCpMt>ContentType"`
	}
	if err := xml.NewDecoder(io.LimitReader(r.Body, 64<<10)).Decode(&in); err != nil {
		http.Error(w, "<faultstring>bad xml</faultstring>", http.StatusInternalServerError)
		return
	}
	code := codeLogin
	switch {
	case in.User != User || in.Password != Password:
	case utf8.RuneCountInString(in.Content) > 480:
		code = codeLong
	default:
		code, _ = s.take(Message{To: in.ReceiverID, Text: in.Content, Sender: in.ServiceID, RequestID: in.RequestID}, in.ContentType == "1")
	}
	result, message := 0, strconv.Itoa(code)+": "+meaning(code)
	if code == codeTaken {
		result, message = 1, "Insert MT_QUEUE: OK"
	}
	w.Header().Set("Content-Type", "text/xml;charset=UTF-8")
	fmt.Fprintf(w, `<S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/">`+
		`<return><message>%s</message><result>%d</result></return></ns2:wsCpMtResponse></S:Body></S:Envelope>`, message, result)
}

var mobile = regexp.MustCompile(`^84[35789][0-9]{8}$`)

// take keeps a message or says why not.
func (s *Server) take(m Message, unicode bool) (code int, id string) {
	segments := text.SMS(m.Text)
	s.mu.Lock()
	defer s.mu.Unlock()
	m.At, m.Segments = s.cfg.Clock(), segments.Parts
	if code := s.refusal(m, segments, unicode); code != codeTaken {
		return code, ""
	}
	m.ID = strconv.Itoa(9007199254740993 + len(s.messages)) // larger than a float holds
	s.messages = append(s.messages, m)
	s.seen[m.To+"\x00"+m.Text] = m.At
	s.spent += m.Segments
	s.receipt(m)
	return codeTaken, m.ID
}

func (s *Server) refusal(m Message, segments text.Segments, unicode bool) int {
	limit := 612
	if segments.Encoding == text.UCS2 {
		limit = 266
	}
	last, again := s.seen[m.To+"\x00"+m.Text]
	switch {
	case m.Sender != Sender:
		return codeSender
	case !mobile.MatchString(m.To):
		return codeNumber
	case slices.Contains(s.cfg.OptedOut, m.To):
		return codeRefused
	case m.Text == "" || segments.Units > limit:
		return codeLong
	case strings.ContainsAny(m.Text, Forbidden):
		return codeSigns
	case segments.Encoding == text.UCS2 && !unicode:
		return codeAccents
	case again && m.At.Sub(last) < s.cfg.Duplicates:
		return codeDuplicate
	case s.cfg.Balance > 0 && s.spent+m.Segments > s.cfg.Balance:
		return codeBalance
	}
	return codeTaken
}

func meaning(code int) string {
	switch code {
	case codeTaken:
		return "success"
	case codeLogin:
		return "wrong user or password"
	case codeSender:
		return "sender not registered"
	case codeBalance:
		return "not enough balance"
	case codeNumber:
		return "wrong phone number"
	case codeThrottled:
		return "too many requests"
	case codeLong:
		return "wrong length"
	case codeSigns:
		return "content has forbidden signs"
	case codeAccents:
		return "content is unicode"
	case codeDuplicate:
		return "duplicate content"
	}
	return "receiver refuses messages"
}
