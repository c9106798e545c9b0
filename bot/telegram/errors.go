package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"tiepdan/bot"
)

// leastPause is waited when Telegram says "too many" without saying how long:
// its pace in one chat.
const leastPause = time.Second

// said finds a refusal by a part of its description. Telegram has no finer
// codes, so its words must do; they are compared in lower case.
type said struct {
	part string
	as   bot.SendError
}

// The texts are those of the published server (tdlib/telegram-bot-api, Client.cpp).
func saidWith403() []said {
	return []said{
		{"blocked by the user", bot.SendError{Class: bot.Unreachable, Code: "blocked", OptedOut: true}},
		{"user is deactivated", bot.SendError{Class: bot.Unreachable, Code: "deactivated", BadAddress: true}},
		// The person has not opened the chat yet, and may still do so.
		{"can't initiate conversation", bot.SendError{Class: bot.Unreachable, Code: "not_started"}},
		{"bot was kicked", bot.SendError{Class: bot.Unreachable, Code: "kicked", BadAddress: true}},
		{"not a member", bot.SendError{Class: bot.Unreachable, Code: "not_member", BadAddress: true}},
	}
}

func saidWith400() []said {
	return []said{
		{"chat not found", bot.SendError{Class: bot.Unreachable, Code: "chat_not_found", BadAddress: true}},
		{"upgraded to a supergroup", bot.SendError{Class: bot.Unreachable, Code: "migrated", BadAddress: true}},
		{"text is empty", bot.SendError{Class: bot.Rejected, Code: "empty"}},
		{"text must be non-empty", bot.SendError{Class: bot.Rejected, Code: "empty"}},
		{"too long", bot.SendError{Class: bot.Rejected, Code: "too_long"}},
		{"message_too_long", bot.SendError{Class: bot.Rejected, Code: "too_long"}},
		{"can't parse entities", bot.SendError{Class: bot.Rejected, Code: "entities"}},
		{"button_data_invalid", bot.SendError{Class: bot.Rejected, Code: "button_data"}},
	}
}

// classify says what a failed send means.
func classify(f *failure) *bot.SendError {
	switch {
	case f.answered:
		return classifyAnswer(f)
	case f.code != 0:
		return classifyStranger(f)
	case f.unsent:
		return &bot.SendError{Class: bot.Transient, Code: "dial", Err: f}
	case errors.Is(f.cause, context.DeadlineExceeded):
		return &bot.SendError{Class: bot.Unknown, Code: "timeout", Err: f}
	default:
		return &bot.SendError{Class: bot.Unknown, Code: "cut", Err: f}
	}
}

// classifyAnswer reads Telegram's own refusal: code first, then its words.
func classifyAnswer(f *failure) *bot.SendError {
	code := fmt.Sprintf("%d", f.code)
	switch f.code {
	case http.StatusUnauthorized, http.StatusNotFound, http.StatusConflict:
		return &bot.SendError{Class: bot.Misconfigured, Code: code}
	case http.StatusTooManyRequests:
		return &bot.SendError{Class: bot.Throttled, Code: code, RetryAfter: max(f.retryAfter, leastPause)}
	case http.StatusForbidden:
		return match(f.description, saidWith403(), bot.SendError{Class: bot.Unreachable, Code: code})
	case http.StatusBadRequest:
		return match(f.description, saidWith400(), bot.SendError{Class: bot.Rejected, Code: code})
	}
	if f.code >= 400 && f.code < 500 {
		return &bot.SendError{Class: bot.Rejected, Code: code}
	}
	// "Internal Server Error: restart" can come after the message went on.
	return &bot.SendError{Class: bot.Unknown, Code: code}
}

func match(description string, known []said, otherwise bot.SendError) *bot.SendError {
	description = strings.ToLower(description)
	for _, k := range known {
		if strings.Contains(description, k.part) {
			return &k.as
		}
	}
	return &otherwise
}

// classifyStranger reads a status that came without Telegram's envelope: from
// a proxy, a front end or a carrier's block page. Only a clear refusal of the
// request itself proves that the message was not taken.
func classifyStranger(f *failure) *bot.SendError {
	e := &bot.SendError{Class: bot.Unknown, Code: fmt.Sprintf("http_%d", f.code), Err: f}
	switch {
	case f.code == http.StatusTooManyRequests:
		e.Class = bot.Throttled
		e.RetryAfter = max(f.retryAfter, leastPause)
	case f.code == http.StatusRequestTimeout:
	case f.code >= 300 && f.code < 500:
		e.Class = bot.Misconfigured
	}
	return e
}
