package httpsmstest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
)

// Fail plays faults for the next calls, one each.
func (s *Server) Fail(faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = append(s.faults, faults...)
}

func (s *Server) fault() Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests++
	if len(s.faults) == 0 {
		return nil
	}
	f := s.faults[0]
	s.faults = s.faults[1:]
	return f
}

// Answer answers anything at all.
func Answer(status int, body string, header ...string) Fault {
	return func(w http.ResponseWriter, _ *http.Request, _ http.Handler) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(status)
		// A caller that has gone away is the test's business.
		_, _ = io.WriteString(w, body)
	}
}

// Throttle refuses as the JSON interface does when it is called too fast.
func Throttle(w http.ResponseWriter, r *http.Request, next http.Handler) {
	Answer(http.StatusOK, `{"code":108,"message":"too many requests"}`)(w, r, next)
}

// Cut takes the message and then breaks the connection.
func Cut(_ http.ResponseWriter, r *http.Request, next http.Handler) {
	next.ServeHTTP(httptest.NewRecorder(), r)
	panic(http.ErrAbortHandler)
}

// MO is one message from a person, as the carrier pushes it.
type MO struct {
	From      string // 84…
	Text      string // everything that was sent, keyword first
	RequestID string // empty: a new one
	Operator  string
	As        string            // "form" (the default), "query", "get" or "json"
	Names     map[string]string // other names of the fields
	Header    http.Header       // more headers
}

// Pushed is how a push went.
type Pushed struct {
	RequestID string
	Tries     int
	Status    int
	Body      string
}

// Push pushes a message to target until it reads want, at most tries times.
func (s *Server) Push(ctx context.Context, target string, mo MO, want string, tries int) (Pushed, error) {
	if mo.RequestID == "" {
		s.mu.Lock()
		s.pushed++
		mo.RequestID = "MO" + strconv.Itoa(s.pushed)
		s.mu.Unlock()
	}
	keyword, _, _ := strings.Cut(mo.Text, " ")
	fields := map[string]string{
		"User_ID": mo.From, "Service_ID": Sender, "Command_Code": strings.ToUpper(keyword),
		"Message": mo.Text, "Request_ID": mo.RequestID, "Operator": mo.Operator,
	}
	for from, to := range mo.Names {
		fields[to] = fields[from]
		delete(fields, from)
	}
	out := Pushed{RequestID: mo.RequestID}
	for out.Tries < tries {
		out.Tries++
		status, body, err := s.call(ctx, target, fields, mo)
		if err != nil {
			return out, err
		}
		out.Status, out.Body = status, body
		if status == http.StatusOK && body == want {
			break
		}
	}
	return out, nil
}

func (s *Server) call(ctx context.Context, target string, fields map[string]string, mo MO) (int, string, error) {
	form := url.Values{}
	for k, v := range fields {
		form.Set(k, v)
	}
	method, kind, body := http.MethodPost, "application/x-www-form-urlencoded", []byte(form.Encode())
	switch mo.As {
	case "query", "get":
		target, kind, body = target+"?"+form.Encode(), "", nil
		if mo.As == "get" {
			method = http.MethodGet
		}
	case "json":
		var err error
		if body, err = json.Marshal(fields); err != nil {
			return 0, "", fmt.Errorf("push: %w", err)
		}
		kind = "application/json"
	}
	req, err := http.NewRequestWithContext(ctx, method, target, bytes.NewReader(body))
	if err != nil {
		return 0, "", fmt.Errorf("push: %w", err)
	}
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for k, v := range mo.Header {
		req.Header[k] = v
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		return 0, "", fmt.Errorf("push: %w", err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return 0, "", fmt.Errorf("read the answer to a push: %w", err)
	}
	return resp.StatusCode, string(answer), nil
}

// Wait returns when every receipt has been pushed, and with the first that could not be.
func (s *Server) Wait() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.wait()
	if len(s.errs) > 0 {
		return s.errs[0]
	}
	return nil
}

func (s *Server) wait() {
	for s.pending > 0 {
		s.idle.Wait()
	}
}

// receipt pushes what became of m. The caller holds the lock.
func (s *Server) receipt(m Message) {
	if s.cfg.ReceiptURL == "" {
		return
	}
	s.pending++
	go func() {
		s.slots <- struct{}{}
		fields := map[string]string{"Message_ID": m.ID, "Client_ID": m.ClientID, "Status": s.cfg.Receipt}
		_, _, err := s.call(context.Background(), s.cfg.ReceiptURL, fields, MO{})
		<-s.slots
		s.mu.Lock()
		defer s.mu.Unlock()
		if err != nil {
			s.errs = append(s.errs, err)
		}
		s.pending--
		if s.pending == 0 {
			s.idle.Broadcast()
		}
	}()
}
