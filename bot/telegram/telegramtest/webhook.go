package telegramtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"mime"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// hook is the webhook that is set; with no url there is none.
type hook struct {
	url, secret string
	slots       chan struct{} // as many as there may be connections
	ctx         context.Context
	end         context.CancelFunc
	setAt       time.Time
	failedAt    time.Time
	failure     string
}

var secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]*$`)

func (s *Server) setWebhook(ctx context.Context, p map[string]string) answer {
	if p["url"] == "" {
		return s.deleteWebhook(ctx, p)
	}
	if why := s.badHook(p["url"], p["secret_token"]); why != "" {
		return badRequest(why)
	}
	connections, err := strconv.Atoi(p["max_connections"])
	if err != nil || connections < 1 || connections > 100 {
		connections = 40
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.opt.Clock()
	if s.hook.url != "" && now.Sub(s.hook.setAt) < s.opt.Unit {
		return tooMany(1)
	}
	s.unhook()
	s.hook = hook{url: p["url"], secret: p["secret_token"], slots: make(chan struct{}, connections), setAt: now}
	s.hook.ctx, s.hook.end = context.WithCancel(s.ctx)
	s.allow(p["allowed_updates"])
	s.dispatch()
	s.touch()
	a := done(true)
	a.Description = "Webhook was set"
	return a
}

// badHook says why a webhook cannot be set.
func (s *Server) badHook(address, secret string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "invalid webhook URL specified"
	}
	port := u.Port()
	ip := net.ParseIP(u.Hostname())
	switch {
	case s.opt.Cloud && u.Scheme != "https":
		return "bad webhook: An HTTPS URL must be provided for webhook"
	case s.opt.Cloud && port != "" && !slices.Contains([]string{"80", "88", "443", "8443"}, port):
		return "bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443"
	case s.opt.Cloud && ip != nil && (ip.IsPrivate() || ip.IsLoopback()):
		return "bad webhook: IP address " + ip.String() + " is reserved"
	case len(secret) > 256:
		return "secret token is too long"
	case !secretForm.MatchString(secret):
		return "secret token contains unallowed characters"
	}
	return ""
}

func (s *Server) deleteWebhook(_ context.Context, p map[string]string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := done(true)
	a.Description = "Webhook was deleted"
	if s.hook.url == "" {
		a.Description = "Webhook is already deleted"
	}
	s.unhook()
	if p["drop_pending_updates"] == "true" {
		s.updates = nil
	}
	s.touch()
	return a
}

// unhook ends the deliveries of the webhook that is set. mu is held.
func (s *Server) unhook() {
	if s.hook.end != nil {
		s.hook.end()
	}
	s.hook = hook{}
}

func (s *Server) getWebhookInfo(context.Context, map[string]string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	info := struct {
		URL       string   `json:"url"`
		Custom    bool     `json:"has_custom_certificate"`
		Pending   int      `json:"pending_update_count"`
		ErrorDate int64    `json:"last_error_date,omitempty"`
		Error     string   `json:"last_error_message,omitempty"`
		Max       int      `json:"max_connections,omitempty"`
		Allowed   []string `json:"allowed_updates,omitempty"`
	}{URL: s.hook.url, Pending: len(s.updates), Error: s.hook.failure, Max: cap(s.hook.slots), Allowed: s.allowed}
	if s.hook.failure != "" {
		info.ErrorDate = s.hook.failedAt.Unix()
	}
	return done(info)
}

// dispatch starts a delivery for every queue that waits and has none. mu is held.
func (s *Server) dispatch() {
	if s.hook.url == "" || s.ctx.Err() != nil {
		return
	}
	h := s.hook
	for _, u := range s.updates {
		if s.busy[u.queue] {
			continue
		}
		s.busy[u.queue] = true
		s.work.Go(func() { s.deliver(h, u) })
	}
}

// deliver brings one update until it is taken, expired or the webhook is gone,
// and then looks for the next.
func (s *Server) deliver(h hook, u *update) {
	for try := 0; h.ctx.Err() == nil; try++ {
		wait, err := s.post(h, u)
		if err == nil {
			s.remove(u)
			break
		}
		if h.ctx.Err() != nil { // nobody failed: the webhook was taken away
			break
		}
		s.noteFailure(err)
		if wait == 0 && try > 0 { // the first retry comes at once
			wait = min(s.opt.Unit<<min(try, 7), s.opt.Unit*time.Duration(60+rand.IntN(61)))
		}
		if s.opt.Clock().Add(wait).After(u.expires) {
			s.remove(u)
			break
		}
		s.sleep(h.ctx, wait)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.busy, u.queue)
	s.dispatch()
	s.touch()
}

// post brings an update once, or twice if that was asked for. wait is what the
// bot's Retry-After says.
func (s *Server) post(h hook, u *update) (wait time.Duration, err error) {
	select {
	case h.slots <- struct{}{}:
		defer func() { <-h.slots }()
	case <-h.ctx.Done():
		return 0, h.ctx.Err()
	}
	wait, err = s.postOnce(h, u)
	if err != nil || !s.twice() {
		return wait, err
	}
	return s.postOnce(h, u)
}

func (s *Server) twice() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.duplicate == 0 {
		return false
	}
	s.duplicate--
	return true
}

func (s *Server) postOnce(h hook, u *update) (wait time.Duration, err error) {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, h.url, bytes.NewReader(u.body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	if h.secret != "" {
		req.Header.Set("X-Telegram-Bot-Api-Secret-Token", h.secret)
	}
	resp, err := s.hooks.Do(req)
	if err != nil {
		return 0, err
	}
	defer func() { _ = resp.Body.Close() }() // read to its end below, or of no interest
	body, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return 0, err
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
			wait = time.Duration(min(max(seconds, 0), 3600)) * s.opt.Unit
		}
		return wait, &wrongAnswer{resp.Status}
	}
	s.runInline(resp.Header.Get("Content-Type"), body)
	return 0, nil
}

// runInline makes the call that a webhook's answer may hold. Nobody hears what became of it.
func (s *Server) runInline(contentType string, body []byte) {
	params := map[string]string{}
	switch kind, _, _ := mime.ParseMediaType(contentType); kind {
	case "application/json":
		got, err := jsonParams(body)
		if err != nil {
			return
		}
		params = got
	case "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(string(body))
		if err != nil {
			return
		}
		for name := range form {
			params[name] = form.Get(name)
		}
	}
	name := strings.ToLower(params["method"])
	if name == "" || strings.HasPrefix(name, "get") || slices.Contains([]string{"setwebhook", "deletewebhook", "close", "logout"}, name) {
		return
	}
	delete(params, "method")
	s.call(s.ctx, name, params, true)
}

// wrongAnswer is a status that is no success.
type wrongAnswer struct{ status string }

func (e *wrongAnswer) Error() string { return "wrong response: " + e.status }

func (s *Server) noteFailure(err error) {
	var wrong *wrongAnswer
	s.mu.Lock()
	defer s.mu.Unlock()
	s.hook.failedAt = s.opt.Clock()
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		s.hook.failure = "Connection refused"
	case errors.As(err, &wrong):
		s.hook.failure = "Wrong response from the webhook: " + wrong.status
	default:
		s.hook.failure = "Webhook connection closed"
	}
	s.touch()
}

func (s *Server) remove(u *update) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.updates = slices.DeleteFunc(s.updates, func(other *update) bool { return other == u })
}
