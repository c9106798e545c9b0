package sms

import (
	"context"
	"time"

	"tiepdan/bot"
)

// Carrier is whoever takes messages to the phone networks for us: an
// international provider or a domestic aggregator.
type Carrier interface {
	// Route says what this carrier is able to do; it does not change while the program runs.
	Route() Route
	// Send hands one message over. It returns a *bot.SendError for every failure, and
	// never puts a secret, a number or a text into it.
	Send(ctx context.Context, m Message) (bot.Sent, error)
	// Webhooks are the paths that the carrier calls; none if it never does. The
	// events carry the text as it was sent to us, keyword included.
	Webhooks() []bot.Route
}

// Settler is a carrier that can be asked what became of a message.
type Settler interface {
	// Settle returns nil when nothing can be said yet. providerID is empty when our
	// own hand-over was cut before the carrier named the message.
	Settle(ctx context.Context, m Message, providerID string) (*bot.Receipt, error)
}

// Message is one text to hand over to a carrier.
type Message struct {
	ID         int64     // the outbox row, for carriers that carry a correlation value
	To         string    // E.164
	Text       string    // as it is to arrive, already within the route's limits
	ReplyToken string    // what the carrier gave with the message that this answers; may be empty
	Begun      time.Time // when handing over began; zero: not known
}

// Route is what a carrier's way to a person is able to do.
type Route struct {
	TwoWay      bool    // people can answer
	Receipts    bool    // the carrier tells later what became of a message
	Unicode     bool    // letters outside the GSM alphabet arrive
	WholeNumber bool    // the number is ours alone, so that a bare digit reaches us
	MaxSegments int     // the longest message, in segments; 0: no limit of the carrier's own
	Forbidden   string  // signs that this carrier refuses
	PerSecond   float64 // messages, not segments; 0: no limit
	Burst       int     // messages at once within PerSecond
}

// E164 says whether s has the form of every SMS address: a plus, a country
// code and a number, 7 to 15 digits in all.
func E164(s string) bool {
	if len(s) < 8 || len(s) > 16 || s[0] != '+' || s[1] == '0' {
		return false
	}
	for _, c := range s[1:] {
		if c < '0' || c > '9' {
			return false
		}
	}
	return true
}
