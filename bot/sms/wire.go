package sms

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"

	"tiepdan/bot"
)

// Answer is what a carrier's HTTP interface answered, whole.
type Answer struct {
	Status int // 0: no answer
	Header http.Header
	Body   []byte
}

var errAnswerTooLong = errors.New("the answer is too long")

// Call makes one request, follows no redirect, and reads at most most bytes of the answer. Its
// error is a *bot.SendError that tells whether the request may have left: Transient while no
// connection had it, Unknown after that. It holds no address and nothing of the request.
func Call(transport http.RoundTripper, req *http.Request, most int64) (Answer, error) {
	var onWire atomic.Bool
	ctx := httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { onWire.Store(true) },
	})
	resp, err := transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		return Answer{}, lost(err, onWire.Load())
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, most+1))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err == nil && int64(len(body)) > most {
		err = errAnswerTooLong
	}
	if err != nil {
		return Answer{}, lost(fmt.Errorf("read the answer: %w", err), true)
	}
	return Answer{Status: resp.StatusCode, Header: resp.Header, Body: body}, nil
}

func lost(err error, onWire bool) *bot.SendError {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err // without the address, which may hold an account or a password
	}
	switch {
	case !onWire:
		return &bot.SendError{Class: bot.Transient, Code: "connect", Err: err}
	case errors.Is(err, context.DeadlineExceeded):
		return &bot.SendError{Class: bot.Unknown, Code: "timeout", Err: err}
	}
	return &bot.SendError{Class: bot.Unknown, Code: "cut", Err: err}
}

// OK says that the status is one of success.
func (a Answer) OK() bool { return a.Status >= 200 && a.Status <= 299 }

// RetryAfter is what the answer asks for, or fallback where it asks for nothing
// that can be true.
func (a Answer) RetryAfter(fallback time.Duration) time.Duration {
	if s, err := strconv.Atoi(a.Header.Get("Retry-After")); err == nil && s > 0 && s <= 24*60*60 {
		return time.Duration(s) * time.Second
	}
	return fallback
}

// Failure judges an answer by its status alone: what came is not the carrier's own
// form, such as a page of HTML from something in between. A success that cannot be
// understood and every 5xx are Unknown.
func (a Answer) Failure() *bot.SendError {
	e := &bot.SendError{Class: bot.Unknown, Code: "http_" + strconv.Itoa(a.Status)}
	switch {
	case a.Status == http.StatusTooManyRequests:
		e.Class, e.RetryAfter = bot.Throttled, a.RetryAfter(time.Second)
	case a.Status == http.StatusRequestTimeout:
	case a.Status == http.StatusUnauthorized, a.Status == http.StatusForbidden, a.Status == http.StatusNotFound,
		a.Status == http.StatusMethodNotAllowed, a.Status == http.StatusProxyAuthRequired,
		a.Status >= 300 && a.Status < 400:
		e.Class = bot.Misconfigured
	case a.Status >= 400 && a.Status < 500:
		e.Class = bot.Rejected
	}
	return e
}
