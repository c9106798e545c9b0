package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/twilio/twilio-go/client"

	"tiepdan/bot"
)

// verdict is what one of Twilio's error codes means to us.
type verdict struct {
	class      bot.Class
	after      time.Duration
	optedOut   bool
	badAddress bool
}

// judge reads a code of https://www.twilio.com/docs/api/errors. Codes from
// 30000 come in receipts, the others with the answer to a hand-over. It is false for
// a code that it does not know: Twilio refines them over time.
func judge(code int) (verdict, bool) {
	switch code {
	case 20003, // wrong account or token
		20005,        // account not active
		20404,        // no such account
		21222, 21224, // the library found a sign in account or token that no account has
		21212, 21606, 21659, // sender wrong or not ours
		21657,        // sender not valid in that country
		21408,        // country not enabled: messaging geographic permissions
		21612,        // this sender cannot reach that number
		21603, 21703, // no sender; a messaging service without one
		21608, // trial account: only verified numbers
		30002, // account suspended
		30042: // generic sender
		return verdict{class: bot.Misconfigured}, true
	case 20429: // too many requests at once
		return verdict{class: bot.Throttled, after: time.Second}, true
	case 21611, 30001: // the sender's queue of ten hours is full
		return verdict{class: bot.Throttled, after: 5 * time.Minute}, true
	case 21211, 21614, 21635, // not a number, not a mobile one, a landline
		30005: // no such handset
		return verdict{class: bot.Unreachable, badAddress: true}, true
	case 21610: // answered STOP
		return verdict{class: bot.Unreachable, optedOut: true}, true
	case 30004, 30006: // blocked by the network; landline or a network out of reach
		return verdict{class: bot.Unreachable}, true
	case 21617, // over 1,600 characters
		21602, 21604, 21619, // no text, no number
		30007, // filtered as spam: template or sender to be registered
		63016: // outside a chat's window
		return verdict{class: bot.Rejected}, true
	case 30003: // handset off or without service
		return verdict{class: bot.Transient, after: time.Hour}, true
	case 30008: // the network gave no reason
		return verdict{class: bot.Transient, after: 30 * time.Minute}, true
	case 30036: // waited at Twilio longer than it may
		return verdict{class: bot.Transient, after: 5 * time.Minute}, true
	case 30410: // the network did not answer Twilio, which does not try again: it may have gone
		return verdict{class: bot.Unknown}, true
	}
	return verdict{}, false
}

func (v verdict) failure(code string, err error) *bot.SendError {
	return &bot.SendError{Class: v.class, Code: code, RetryAfter: v.after, OptedOut: v.optedOut, BadAddress: v.badAddress, Err: err}
}

// receiptFailure is the failure that a receipt tells. code is 0 where it names none.
func receiptFailure(code int) *bot.SendError {
	v, known := judge(code)
	if !known {
		v = verdict{class: bot.Rejected}
	}
	return v.failure(strconv.Itoa(code), nil)
}

// failure turns what the library returned into what the worker reads. Twilio's
// own messages are left out, because they quote the number.
func (x *exchange) failure(err error) *bot.SendError {
	var rest *client.TwilioRestError
	if errors.As(err, &rest) && (rest.Code != 0 || x.status != 0) {
		return x.restFailure(rest)
	}
	if x.status != 0 {
		return x.statusFailure()
	}
	cause := cleanse(err)
	if !x.onWire.Load() {
		return &bot.SendError{Class: bot.Transient, Code: "connect", Err: cause}
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return &bot.SendError{Class: bot.Unknown, Code: "timeout", Err: cause}
	}
	return &bot.SendError{Class: bot.Unknown, Code: "cut", Err: cause}
}

func (x *exchange) restFailure(rest *client.TwilioRestError) *bot.SendError {
	v, known := judge(rest.Code)
	if !known {
		e := x.statusFailure()
		if rest.Code != 0 {
			e.Code = strconv.Itoa(rest.Code)
		}
		return e
	}
	if v.class == bot.Throttled {
		v.after = x.retryAfter(v.after)
	}
	return v.failure(strconv.Itoa(rest.Code), fmt.Errorf("twilio answered %d", x.status))
}

// statusFailure judges an answer by its HTTP status alone: no code, an unknown
// one, or a page of HTML from something in between.
func (x *exchange) statusFailure() *bot.SendError {
	e := &bot.SendError{Class: bot.Unknown, Code: "http_" + strconv.Itoa(x.status)}
	switch {
	case x.status == http.StatusTooManyRequests:
		e.Class, e.RetryAfter = bot.Throttled, x.retryAfter(time.Second)
	case x.status == http.StatusRequestTimeout:
	case x.status == http.StatusUnauthorized, x.status == http.StatusForbidden, x.status == http.StatusNotFound,
		x.status == http.StatusProxyAuthRequired, x.status >= 300 && x.status < 400:
		e.Class = bot.Misconfigured
	case x.status >= 400 && x.status < 500:
		e.Class = bot.Rejected
	}
	return e
}

// cleanse drops the URL, which names the account, from a transport's error.
func cleanse(err error) error {
	var u *url.Error
	if errors.As(err, &u) {
		return u.Err
	}
	return err
}
