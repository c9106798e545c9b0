// Package smstest mounts a carrier's webhooks for tests, as the program does: limit, verify,
// decode, keep, answer.
package smstest

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"

	"tiepdan/bot"
)

// Hooks is a server that carriers call, and what they brought.
type Hooks struct {
	*httptest.Server

	mu       sync.Mutex
	routes   []bot.Route
	events   []bot.Incoming
	receipts []bot.Receipt
	errs     []error
}

// New starts a server without routes: its address is needed to make a carrier.
func New() *Hooks {
	h := &Hooks{}
	h.Server = httptest.NewServer(http.HandlerFunc(h.serve))
	return h
}

// Mount adds routes.
func (h *Hooks) Mount(routes []bot.Route) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.routes = append(h.routes, routes...)
}

// Events are those that came, in order; one that came again is not listed twice.
func (h *Hooks) Events() []bot.Incoming {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.events)
}

// Receipts are those that came, in order and with repeats.
func (h *Hooks) Receipts() []bot.Receipt {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.receipts)
}

// Errors are those of broken bodies.
func (h *Hooks) Errors() []error {
	h.mu.Lock()
	defer h.mu.Unlock()
	return slices.Clone(h.errs)
}

func (h *Hooks) serve(w http.ResponseWriter, r *http.Request) {
	route, ok := h.route(r)
	if !ok {
		http.NotFound(w, r)
		return
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, route.MaxBody))
	if err != nil {
		w.WriteHeader(http.StatusRequestEntityTooLarge)
		return
	}
	if err := route.Verify(r, body); err != nil {
		status := http.StatusUnauthorized
		var refusal *bot.Refusal
		if errors.As(err, &refusal) {
			status = refusal.Status
		}
		w.WriteHeader(status)
		return
	}
	d, err := route.Decode(r, body)
	h.keep(d, err)
	if d.ContentType != "" {
		w.Header().Set("Content-Type", d.ContentType)
	}
	// A carrier that has gone away is the test's business.
	_, _ = w.Write(d.Answer)
}

func (h *Hooks) route(r *http.Request) (bot.Route, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := slices.IndexFunc(h.routes, func(route bot.Route) bool {
		methods := route.Methods
		if len(methods) == 0 {
			methods = []string{http.MethodPost}
		}
		return slices.Contains(methods, r.Method) && matches(route.Path, r.URL.Path)
	})
	if i < 0 {
		return bot.Route{}, false
	}
	return h.routes[i], true
}

func matches(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, got, func(w, g string) bool { return w == g || w == ":secret" })
}

func (h *Hooks) keep(d bot.Decoded, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		h.errs = append(h.errs, err)
	}
	h.receipts = append(h.receipts, d.Receipts...)
	for _, e := range d.Events {
		if !slices.ContainsFunc(h.events, func(kept bot.Incoming) bool { return kept.ProviderID == e.ProviderID }) {
			h.events = append(h.events, e)
		}
	}
}
