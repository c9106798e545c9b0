package zalotest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

// hookDeadline is how long Zalo waits for an answer.
const hookDeadline = 2 * time.Second

// hooks sends events one after the other, in the order of their making unless
// a test says otherwise.
type hooks struct {
	s      *Server
	client *http.Client
	ctx    context.Context
	stop   context.CancelFunc
	ended  chan struct{}

	mu        sync.Mutex
	changed   *sync.Cond // something was queued, or the sender came to rest
	url       string
	disabled  bool
	held      bool
	busy      bool
	queue     []delivery
	waiting   []delivery // held back
	retries   []delivery
	duplicate int
	corrupt   int
	hmac      bool
	delivered int
	closed    bool
}

// delivery is one event on its way; the body never changes.
type delivery struct {
	body    []byte
	stamp   string
	attempt int // 0: the first
	due     time.Time
}

func (h *hooks) init(s *Server) {
	h.s = s
	h.client = &http.Client{Timeout: hookDeadline}
	h.ctx, h.stop = context.WithCancel(context.Background())
	h.changed = sync.NewCond(&h.mu)
	h.ended = make(chan struct{})
	go h.run()
}

func (h *hooks) close() {
	h.mu.Lock()
	h.closed = true
	h.changed.Broadcast()
	h.mu.Unlock()
	h.stop()
	<-h.ended
}

func (h *hooks) run() {
	defer close(h.ended)
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		for len(h.queue) == 0 && !h.closed {
			h.busy = false
			h.changed.Broadcast()
			h.changed.Wait()
		}
		if h.closed {
			h.busy = false
			h.changed.Broadcast()
			return
		}
		h.busy = true
		d := h.queue[0]
		h.queue = h.queue[1:]
		times := 1
		if h.duplicate > 0 {
			h.duplicate--
			times = 2
		}
		for range times {
			h.deliver(d)
		}
	}
}

// deliver makes one attempt. It gives h.mu up while it waits for the answer.
func (h *hooks) deliver(d delivery) {
	url, signature := h.url, h.sign(d)
	h.mu.Unlock()
	ok := h.post(url, d, signature)
	h.mu.Lock()
	if ok {
		h.delivered++
		return
	}
	steps := h.s.opts.Retries
	if d.attempt >= len(steps) {
		h.disabled = true
		return
	}
	d.due = h.s.now().Add(steps[d.attempt])
	d.attempt++
	h.retries = append(h.retries, d)
}

func (h *hooks) post(url string, d delivery, signature string) bool {
	req, err := http.NewRequestWithContext(h.ctx, http.MethodPost, url, bytes.NewReader(d.body))
	if err != nil {
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	if signature != "" {
		req.Header.Set("X-ZEvent-Signature", signature)
	}
	if d.attempt > 0 {
		req.Header["num_retry"] = []string{strconv.Itoa(d.attempt)}
	}
	resp, err := h.client.Do(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.StatusCode == http.StatusOK
}

func (h *hooks) sign(d delivery) string {
	if d.stamp == "" {
		return "" // the probe
	}
	sum := Sign(h.s.opts.AppID, d.body, d.stamp, h.s.opts.OASecretKey)
	switch {
	case h.hmac:
		m := hmac.New(sha256.New, []byte(h.s.opts.OASecretKey))
		m.Write([]byte(h.s.opts.AppID + string(d.body) + d.stamp))
		sum = "mac=" + hex.EncodeToString(m.Sum(nil))
	case h.corrupt > 0:
		h.corrupt--
		last := byte('0')
		if sum[len(sum)-1] == last {
			last = '1'
		}
		sum = sum[:len(sum)-1] + string(last)
	}
	return sum
}

// Sign is the value of X-ZEvent-Signature.
func Sign(appID string, body []byte, timestamp, secret string) string {
	sum := sha256.Sum256(slices.Concat([]byte(appID), body, []byte(timestamp), []byte(secret)))
	return "mac=" + hex.EncodeToString(sum[:])
}

func (h *hooks) add(body []byte, stamp string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	d := delivery{body: body, stamp: stamp}
	switch {
	case h.url == "" || h.disabled || h.closed:
		// Zalo keeps nothing for a webhook that is off.
	case h.held:
		h.waiting = append(h.waiting, d)
	default:
		h.queue = append(h.queue, d)
		h.changed.Broadcast()
	}
}

// due queues the retries whose time has come, and waits for their outcome.
func (h *hooks) due(now time.Time) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.settle()
	var later []delivery
	for _, d := range h.retries {
		if d.due.After(now) {
			later = append(later, d)
		} else {
			h.queue = append(h.queue, d)
		}
	}
	h.retries = later
	h.changed.Broadcast()
	h.settle()
}

// settle waits, with h.mu held, until nothing is queued or under way.
func (h *hooks) settle() {
	for (len(h.queue) > 0 || h.busy) && !h.closed {
		h.changed.Wait()
	}
}

// SetWebhook saves the address: Zalo posts an unsigned "{}" to it, and saves it only if that
// is answered 200. It reports whether it was.
func (s *Server) SetWebhook(url string) bool {
	if !s.hooks.post(url, delivery{body: []byte("{}")}, "") {
		return false
	}
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.url, s.hooks.disabled = url, false
	return true
}

// Flush waits until every event was tried.
func (s *Server) Flush() {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.settle()
}

// RetryNow tries once more what waits for a retry, without waiting for its time.
func (s *Server) RetryNow() { s.hooks.due(s.now().Add(24 * time.Hour)) }

// Pending is how many events wait for a retry.
func (s *Server) Pending() int {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return len(s.hooks.retries)
}

// Delivered is how many deliveries were answered 200.
func (s *Server) Delivered() int {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return s.hooks.delivered
}

// Disabled: the last retry failed, and the webhook is off until SetWebhook.
func (s *Server) Disabled() bool {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	return s.hooks.disabled
}

// Duplicate delivers each of the next n events twice.
func (s *Server) Duplicate(n int) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.duplicate = n
}

// Corrupt makes the next n signatures wrong.
func (s *Server) Corrupt(n int) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.corrupt = n
}

// SignByHMAC signs as many public examples wrongly do.
func (s *Server) SignByHMAC(on bool) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.hmac = on
}

// Hold keeps events back until Release.
func (s *Server) Hold() {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	s.hooks.held = true
}

// Release sends what was held back, the last first if reversed.
func (s *Server) Release(reversed bool) {
	s.hooks.mu.Lock()
	defer s.hooks.mu.Unlock()
	if reversed {
		slices.Reverse(s.hooks.waiting)
	}
	s.hooks.queue = append(s.hooks.queue, s.hooks.waiting...)
	s.hooks.waiting, s.hooks.held = nil, false
	s.hooks.changed.Broadcast()
}
