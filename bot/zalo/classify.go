package zalo

import (
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
)

// codeWindow is SendError.Code of a person who has not written for seven days.
const codeWindow = "window"

// classify says what one of Zalo's error codes means for a message. All of them are
// Zalo's own word that it was not taken. message is Zalo's text, read where one code
// means two things and never kept.
func classify(code int, message string, now time.Time) *bot.SendError {
	e := &bot.SendError{Class: bot.Transient, Code: strconv.Itoa(code)}
	switch code {
	case codeRate:
		e.Class, e.RetryAfter = bot.Throttled, nextMinute(now)
	case -234: // this message not at night: it waits alone, for a pause would hold back answers too
		e.RetryAfter = untilMorning(now)
	case -201:
		e.Class = bot.Rejected
		if namesRecipient(message) {
			e.Class, e.BadAddress = bot.Unreachable, true
		}
	case -217, -244: // invitation blocked; this kind of message restricted
		e.Class, e.OptedOut = bot.Unreachable, true
	case -213, -218, -227: // no follower; receives no more today; banned or inactive for 45 days
		e.Class = bot.Unreachable
	case -230, -232:
		e.Class, e.Code = bot.Unreachable, codeWindow
	case -100, -210, -233, -237, -240, -248, -249, -403:
		e.Class = bot.Rejected
	case -200, -214: // "send message failed"; "is being processed"
		e.Class = bot.Transient
	case -216, -220, 216, 401, -401:
		e.Class = bot.Misconfigured // after a new token was refused as well
	case -204, -205, -209, -211, -212, -219, -221, -223, -224, -235, -242, -320, -321:
		e.Class = bot.Misconfigured
	}
	return e
}

// tokenRefused: the access token was not accepted. The positive forms and
// 401 have been seen once beside the documented two.
func tokenRefused(e *bot.SendError) bool {
	if e == nil {
		return false
	}
	switch e.Code {
	case "-216", "-220", "216", "401", "-401":
		return true
	}
	return false
}

// namesRecipient: "user_id is invalid!" is what Zalo says to a user it does not
// know; the same code with another field is our own mistake.
func namesRecipient(message string) bool {
	m := strings.ToLower(message)
	return strings.Contains(m, "user_id") || strings.Contains(m, "user id") || strings.Contains(m, "recipient")
}

// untilMorning is how long it is until 06:00 in Viet Nam, when Zalo takes
// again what it refuses at night.
func untilMorning(now time.Time) time.Duration {
	local := now.In(bot.Hanoi)
	morning := time.Date(local.Year(), local.Month(), local.Day(), 6, 0, 0, 0, bot.Hanoi)
	if !morning.After(local) {
		morning = morning.AddDate(0, 0, 1)
	}
	return morning.Sub(local)
}
