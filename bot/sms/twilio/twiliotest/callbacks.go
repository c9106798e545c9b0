package twiliotest

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Callbacks says how the states of a message are told. The zero value tells
// "sent" and then "delivered".
type Callbacks struct {
	Statuses   []string // in the order of what happens; nil: sent, delivered
	ErrorCode  int      // with undelivered and failed
	Duplicate  bool     // each twice
	OutOfOrder bool     // the last first
	Early      bool     // before the answer to the hand-over
	Missing    bool     // the final one never comes
	BadSign    bool     // signed with another token
	// Rewrite changes the address that is called, for a server that listens
	// elsewhere than its public address says. The signature is for the address as it was given.
	Rewrite func(string) string
}

// Tell sets how the states of messages are told from now on.
func (s *Server) Tell(c Callbacks) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callbacks = c
}

// Wait returns when every callback has been made, and with the first that could not be.
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

func (s *Server) done() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pending--
	if s.pending == 0 {
		s.idle.Broadcast()
	}
}

// callback makes the callbacks of one message, now or when what it returns is called.
func (s *Server) callback(ctx context.Context, m *Message) func() {
	s.mu.Lock()
	c := s.callbacks
	if !c.Early {
		s.pending++
	}
	s.mu.Unlock()
	if c.Early {
		s.tell(context.WithoutCancel(ctx), m, c)
		return func() {}
	}
	return func() {
		go func() {
			defer s.done()
			s.slots <- struct{}{}
			defer func() { <-s.slots }()
			s.tell(context.WithoutCancel(ctx), m, c)
		}()
	}
}

func (s *Server) tell(ctx context.Context, m *Message, c Callbacks) {
	statuses := c.Statuses
	if statuses == nil {
		statuses = []string{"sent", "delivered"}
	}
	told := slices.Clone(statuses)
	if c.Missing {
		told = told[:len(told)-1]
	}
	if c.OutOfOrder {
		slices.Reverse(told)
	}
	s.mu.Lock()
	m.Status = statuses[len(statuses)-1]
	if m.Status == "undelivered" || m.Status == "failed" {
		m.ErrorCode = c.ErrorCode
	}
	target, form := m.CallbackURL, url.Values{
		"AccountSid": {s.cfg.AccountSID}, "ApiVersion": {"2010-04-01"}, "From": {m.From}, "To": {m.To},
		"MessageSid": {m.SID}, "SmsSid": {m.SID},
	}
	s.mu.Unlock()
	if target == "" {
		return
	}
	for _, status := range told {
		form.Set("MessageStatus", status)
		form.Set("SmsStatus", status)
		form.Del("ErrorCode")
		if status == "undelivered" || status == "failed" {
			form.Set("ErrorCode", strconv.Itoa(c.ErrorCode))
		}
		if status == "delivered" {
			form.Set("RawDlrDoneDate", "2611050130") // parameters come without notice
		}
		s.post(ctx, target, form, c)
		if c.Duplicate {
			s.post(ctx, target, form, c)
		}
	}
}

func (s *Server) post(ctx context.Context, target string, form url.Values, c Callbacks) {
	token := s.cfg.AuthToken
	if c.BadSign {
		token = "another"
	}
	to := target
	if c.Rewrite != nil {
		to = c.Rewrite(target)
	}
	if _, err := s.call(ctx, to, form, Sign(token, target, form), ""); err != nil {
		s.mu.Lock()
		s.errs = append(s.errs, err)
		s.mu.Unlock()
	}
}

// Inbound is one message that a person sends to the account.
type Inbound struct {
	From, To, Body string
	OptOutType     string            // STOP, START, HELP: Advanced Opt-Out is on and has answered
	Media          []string          // content types of the files
	Extra          map[string]string // parameters more
	Token          string            // signed with this one instead of the account's
	SignedURL      string            // the address that is signed; empty: the one that is called
	Unsigned       bool
	Again          string // the sid of an earlier message: the same event once more
	Lost           bool   // the webhook is not called, so that only the list has it
}

// Reply is what the webhook answered.
type Reply struct {
	SID         string
	Status      int
	Body        string
	ContentType string
}

// Receive keeps a message from a person and calls the webhook at target with it; a connection
// that fails is tried once more, as Twilio does.
func (s *Server) Receive(ctx context.Context, target string, in Inbound) (Reply, error) {
	sid := in.Again
	if sid == "" {
		sid = s.add(Message{Inbound: true, From: in.From, To: in.To, Body: in.Body, NumMedia: len(in.Media)}).SID
	}
	if in.Lost {
		return Reply{SID: sid}, nil
	}
	form := s.inboundForm(sid, in)
	token, signed := s.cfg.AuthToken, target
	if in.Token != "" {
		token = in.Token
	}
	if in.SignedURL != "" {
		signed = in.SignedURL
	}
	signature := Sign(token, signed, form)
	if in.Unsigned {
		signature = ""
	}
	reply, err := s.call(ctx, target, form, signature, "event-"+sid)
	if err != nil {
		reply, err = s.call(ctx, target, form, signature, "event-"+sid)
	}
	reply.SID = sid
	return reply, err
}

func (s *Server) inboundForm(sid string, in Inbound) url.Values {
	form := url.Values{
		"AccountSid": {s.cfg.AccountSID}, "ApiVersion": {"2010-04-01"}, "MessageSid": {sid}, "SmsSid": {sid}, "SmsMessageSid": {sid},
		"From": {in.From}, "To": {in.To}, "Body": {in.Body}, "NumMedia": {strconv.Itoa(len(in.Media))}, "NumSegments": {"1"},
		"SmsStatus": {"received"}, "FromCountry": {"VN"}, "FromCity": {""},
	}
	if in.OptOutType != "" {
		form.Set("OptOutType", in.OptOutType)
	}
	for i, kind := range in.Media {
		n := strconv.Itoa(i)
		form.Set("MediaContentType"+n, kind)
		form.Set("MediaUrl"+n, fmt.Sprintf("%s/2010-04-01/Accounts/%s/Messages/%s/Media/ME%032x", s.URL, s.cfg.AccountSID, sid, i+1))
	}
	for k, v := range in.Extra {
		form.Set(k, v)
	}
	return form
}

func (s *Server) call(ctx context.Context, target string, form url.Values, signature, event string) (Reply, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, strings.NewReader(form.Encode()))
	if err != nil {
		return Reply{}, fmt.Errorf("call the webhook: %w", err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
	if signature != "" {
		req.Header.Set("X-Twilio-Signature", signature)
	}
	if event != "" {
		req.Header.Set("I-Twilio-Idempotency-Token", event)
	}
	resp, err := s.Client().Do(req)
	if err != nil {
		return Reply{}, fmt.Errorf("call the webhook: %w", err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10))
	if err != nil {
		return Reply{}, fmt.Errorf("read the webhook's answer: %w", err)
	}
	return Reply{Status: resp.StatusCode, Body: string(body), ContentType: resp.Header.Get("Content-Type")}, nil
}

// Sign is X-Twilio-Signature, written from
// https://www.twilio.com/docs/usage/webhooks/webhooks-security and not from Twilio's library.
func Sign(token, address string, form url.Values) string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, k := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(k + form.Get(k)))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
