// Package webhook mounts the paths that providers call: it limits and reads
// the body, lets the channel verify and decode it, keeps what came out, and only then answers.
package webhook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
)

// Counter counts calls by route and what became of them. Neither holds anything of a person.
type Counter interface {
	Webhook(route, result string)
}

// What became of a call. A refusal is counted as "refused_" and its reason; what a
// decoder left out is counted besides, as "dropped_" and its reason.
const (
	Kept       = "kept"     // events or receipts are durable
	Empty      = "empty"    // nothing in it concerns us
	TooLong    = "too_long" // 413
	Unread     = "unread"   // the body broke off: 400
	Broken     = "broken"   // the decoder could not make sense of it: 200, or it comes for ever
	Panicked   = "panicked" // the decoder failed: 200 likewise
	Away       = "away"     // records did not answer in time: 503
	Refused    = "refused"  // no reason given: 401
	refusedFor = "refused_" // and the channel's reason
	droppedFor = "dropped_"
	retryAfter = "5"          // seconds; when records are away
	noAnswer   = "text/plain" // content type of an empty answer
)

// Config is what Mount needs.
type Config struct {
	Sink   bot.Sink
	Log    *slog.Logger
	Count  Counter
	Budget time.Duration // for keeping; 0: 1.5 s. The strictest provider waits 2 s in all (Zalo)
}

// Mount adds the routes of a channel.
func Mount(routes gin.IRoutes, hook bot.Webhook, c Config) {
	if c.Budget <= 0 {
		c.Budget = 1500 * time.Millisecond
	}
	for _, route := range hook.Routes() {
		methods := route.Methods
		if len(methods) == 0 {
			methods = []string{http.MethodPost}
		}
		for _, method := range methods {
			routes.Handle(method, route.Path, c.handler(route))
		}
	}
}

func (c Config) handler(route bot.Route) gin.HandlerFunc {
	return func(g *gin.Context) {
		result := c.serve(g, route)
		c.Count.Webhook(route.Path, result)
	}
}

// serve answers one call and says what became of it.
func (c Config) serve(g *gin.Context, route bot.Route) string {
	body, err := io.ReadAll(io.LimitReader(g.Request.Body, route.MaxBody+1))
	if int64(len(body)) > route.MaxBody {
		g.Header("Connection", "close") // the rest of the body is not worth reading
		g.Status(http.StatusRequestEntityTooLarge)
		return TooLong
	}
	if err != nil {
		g.Status(http.StatusBadRequest)
		return Unread
	}
	for _, p := range g.Params {
		g.Request.SetPathValue(p.Key, p.Value)
	}
	if result, ok := c.verify(g, route, body); !ok {
		return result
	}
	decoded, err := decode(route, withBody(g.Request, body), body)
	if err != nil {
		result := Broken
		if errors.Is(err, errPanic) {
			result = Panicked
		}
		c.Log.WarnContext(g, "a webhook call could not be decoded", "route", route.Path, "result", result)
		g.Status(http.StatusOK)
		return result
	}
	for _, why := range decoded.Dropped {
		c.Count.Webhook(route.Path, droppedFor+why)
	}
	return c.keep(g, route, decoded)
}

// withBody lets whoever reads the request next read all of its body.
func withBody(r *http.Request, body []byte) *http.Request {
	r.Body = io.NopCloser(bytes.NewReader(body))
	return r
}

func (c Config) verify(g *gin.Context, route bot.Route, body []byte) (result string, ok bool) {
	err := guarded(func() error { return route.Verify(withBody(g.Request, body), body) })
	if err == nil {
		return "", true
	}
	var refusal *bot.Refusal
	if errors.As(err, &refusal) {
		g.Status(refusal.Status)
		return refusedFor + refusal.Reason, false
	}
	if errors.Is(err, errPanic) {
		c.Log.WarnContext(g, "a webhook call could not be verified", "route", route.Path)
	}
	g.Status(http.StatusUnauthorized)
	return Refused, false
}

// keep stores what came and answers what the provider wants to read.
func (c Config) keep(g *gin.Context, route bot.Route, d bot.Decoded) string {
	result := Empty
	if len(d.Events)+len(d.Receipts) > 0 {
		result = Kept
		// A provider that hangs up does not take its message back.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(g.Request.Context()), c.Budget)
		defer cancel()
		if err := c.Sink.Keep(ctx, d); err != nil {
			c.Log.ErrorContext(g, "a webhook call could not be kept", "route", route.Path, "error", err)
			g.Header("Retry-After", retryAfter)
			g.Status(http.StatusServiceUnavailable)
			return Away
		}
	}
	if len(d.Answer) == 0 {
		g.Status(http.StatusOK)
		return result
	}
	kind := d.ContentType
	if kind == "" {
		kind = noAnswer
	}
	g.Data(http.StatusOK, kind, d.Answer)
	return result
}

// errPanic: a channel's function panicked. What it panicked with may hold what a person sent.
var errPanic = errors.New("panic")

func guarded(do func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w with a %T", errPanic, p)
		}
	}()
	return do()
}

func decode(route bot.Route, r *http.Request, body []byte) (d bot.Decoded, err error) {
	err = guarded(func() error {
		d, err = route.Decode(r, body)
		return err
	})
	return d, err
}
