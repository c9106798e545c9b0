package twilio

import (
	"strconv"
	"time"

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

func (v verdict) failure(code int) *bot.SendError {
	return &bot.SendError{
		Class: v.class, Code: strconv.Itoa(code), RetryAfter: v.after, OptedOut: v.optedOut, BadAddress: v.badAddress,
	}
}

// receiptFailure is the failure that a receipt tells. code is 0 where it names none.
func receiptFailure(code int) *bot.SendError {
	v, known := judge(code)
	if !known {
		v = verdict{class: bot.Rejected}
	}
	return v.failure(code)
}
