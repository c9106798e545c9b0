package twilio

import (
	"bytes"
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

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"
)

// maxAnswer bounds what is read of one answer, in bytes. A page of 50 messages
// of 1,600 characters, each written \uXXXX, stays below it.
const maxAnswer = 1 << 20

var errAnswerTooLong = errors.New("the answer is too long")

// exchange is one call to Twilio. The library takes no context and drops the
// status and headers of errors, so each call gets a transport of its own
// that carries the one and remembers the others.
type exchange struct {
	ctx    context.Context
	api    *url.URL
	base   http.RoundTripper
	status int         // 0: no answer
	after  string      // Retry-After
	onWire atomic.Bool // a connection was handed the request: some of it may have been written
}

func (c *Carrier) exchange(ctx context.Context) (*openapi.ApiService, *exchange) {
	x := &exchange{ctx: ctx, api: c.api, base: c.transport}
	cl := &client.Client{
		Credentials: client.NewCredentials(c.cfg.AccountSID, c.cfg.AuthToken),
		HTTPClient:  &http.Client{Transport: x, CheckRedirect: noRedirect},
	}
	cl.SetAccountSid(c.cfg.AccountSID)
	// Built by hand: the library's constructor lets TWILIO_EDGE and TWILIO_REGION
	// in the environment move the host.
	return openapi.NewApiService(&client.RequestHandler{Client: cl}), x
}

func noRedirect(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// RoundTrip sends the library's request to the configured host, within the call's context.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { x.onWire.Store(true) },
	})
	out := req.Clone(ctx)
	out.URL.Scheme, out.URL.Host = x.api.Scheme, x.api.Host
	out.URL.Path = x.api.Path + req.URL.Path
	out.Host = x.api.Host
	resp, err := x.base.RoundTrip(out)
	if err != nil {
		return nil, err
	}
	// The library leaves the bodies of errors open, which would cost a connection each.
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err == nil && len(body) > maxAnswer {
		err = errAnswerTooLong
	}
	if err != nil {
		return nil, fmt.Errorf("read the answer: %w", err)
	}
	x.status, x.after = resp.StatusCode, resp.Header.Get("Retry-After")
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// retryAfter is what the last answer asked for, or fallback.
func (x *exchange) retryAfter(fallback time.Duration) time.Duration {
	if s, err := strconv.Atoi(x.after); err == nil && s > 0 && s <= 24*60*60 {
		return time.Duration(s) * time.Second
	}
	return fallback
}
