package twilio

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tiepdan/bot"
	"tiepdan/bot/sms"
)

// maxAnswer bounds what is read of one answer, in bytes. A page of 50 messages
// of 1,600 characters, each written \uXXXX, stays below it.
const maxAnswer = 1 << 20

// exchange is one call to Twilio. The library takes no context and drops the
// status and headers of errors, so each call gets a transport of its own
// that carries the one and remembers the others.
type exchange struct {
	ctx    context.Context
	api    *url.URL
	base   http.RoundTripper
	answer sms.Answer
	lost   *bot.SendError // there is no answer, and why
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
	out := req.Clone(x.ctx)
	out.URL.Scheme, out.URL.Host = x.api.Scheme, x.api.Host
	out.URL.Path = x.api.Path + req.URL.Path
	out.Host = x.api.Host
	answer, err := sms.Call(x.base, out, maxAnswer)
	if err != nil {
		errors.As(err, &x.lost)
		return nil, err
	}
	x.answer = answer
	// A copy in memory: the library leaves the bodies of errors open, which would cost a
	// connection each.
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Header: answer.Header,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)), Request: req,
	}, nil
}

// judge turns what a call of the library returned into what the worker reads, nil where
// Twilio did what was asked. Its own messages are left out, because they quote the number.
func (x *exchange) judge(err error) *bot.SendError {
	var rest *client.TwilioRestError
	switch {
	case err == nil && x.answer.OK():
		return nil
	case x.lost != nil:
		return x.lost
	case errors.As(err, &rest) && rest.Code != 0:
		return x.restFailure(rest.Code)
	case x.answer.Status != 0:
		return x.answer.Failure()
	}
	return &bot.SendError{Class: bot.Transient, Code: "not_sent"} // the library refused before any call
}

func (x *exchange) restFailure(code int) *bot.SendError {
	v, known := judge(code)
	if !known {
		e := x.answer.Failure()
		e.Code = strconv.Itoa(code)
		return e
	}
	if v.class == bot.Throttled {
		v.after = x.answer.RetryAfter(v.after)
	}
	return v.failure(code)
}
