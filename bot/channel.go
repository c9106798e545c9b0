package bot

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
)

// Channel is what every way of reaching people must be able to do. What only
// some can do is an interface of its own below, found by type assertion.
type Channel interface {
	// Name is one of the channel names of this package.
	Name() string
	// Render shapes content into the parts that will be handed over, within
	// the channel's limits of length and buttons. It is pure: the same content
	// gives the same parts, and nothing is sent. It fails only for content
	// that cannot be said at all (empty text).
	Render(Content) ([]Part, error)
	// Send hands one part to the provider. It returns a *SendError for every
	// failure, and never puts a token, a number or a text into it. ctx ends
	// the provider's call. Send may be called by many goroutines at once.
	Send(ctx context.Context, out Outgoing) (Sent, error)
	// Limits says how fast the provider lets us hand over.
	Limits() Limits
}

// Limits is a channel's pace.
type Limits struct {
	PerSecond    float64       // over all recipients; 0: no limit
	Burst        int           // how many may go at once within PerSecond
	PerRecipient time.Duration // the least time between two messages to one person; 0: none
	InFlight     int           // how many sends may be under way at once; at least 1
	Receipts     bool          // a receipt can be expected, so an unknown outcome may settle
	TwoWay       bool          // people can answer on it
}

// Webhook is a channel that a provider calls. bot/webhook mounts it: it reads
// the body within MaxBody, calls Verify, then Decode, stores what came out,
// and only then writes Decoded.Answer.
type Webhook interface {
	// Routes are the paths it is called on, such as "/webhooks/telegram".
	Routes() []Route
}

// Route is one path of a Webhook.
type Route struct {
	Path    string   // gin syntax; may hold one parameter named ":secret"
	Methods []string // which methods are answered; empty: POST alone
	MaxBody int64    // bytes; a longer body is refused with 413
	// Verify says whether the provider sent this; it sees the raw body and
	// compares in constant time. A nil error passes. A *Refusal decides what is
	// answered; any other error is answered 401.
	Verify func(r *http.Request, body []byte) error
	// Decode turns a verified body into events and receipts. It is pure and
	// never panics; what it does not know it leaves out. An error is a broken
	// body: counted, and answered 200 so that it is not sent again for ever.
	Decode func(r *http.Request, body []byte) (Decoded, error)
}

// Refusal is how a webhook says no: a status for the provider, and a short
// reason for the counter ("signature", "secret", "not_configured").
type Refusal struct {
	Status int
	Reason string
}

func (r *Refusal) Error() string { return fmt.Sprintf("refused: %s (%d)", r.Reason, r.Status) }

// Decoded is what one webhook call carried.
type Decoded struct {
	Events   []Incoming
	Receipts []Receipt
	// Answer is what the provider wants to read after we stored it; empty: an empty 200.
	Answer      []byte
	ContentType string
	// Dropped says in one word each why parts of the call led to no event
	// ("group", "kind"), for the counter; never anything that a person sent.
	Dropped []string
}

// Listener is a channel that fetches its own messages (long polling). Run
// stores through sink, confirms to the provider only what sink has kept, and
// returns when ctx ends.
type Listener interface {
	Listen(ctx context.Context, sink Sink) error
}

// Sink keeps what arrived. When it returns nil the events are durable and
// each is known by (channel, provider id): storing one again changes nothing.
// It returns an error when records are away; the caller then makes its provider try again.
type Sink interface {
	Keep(ctx context.Context, d Decoded) error
}

// Checker says what is wrong with a channel's set-up, in one line that names
// the setting and the cure. nil: nothing is.
type Checker interface {
	Check(ctx context.Context) error
}

// Fetcher gets a file that a person sent. It reads only from the provider's own hosts, and
// at most max bytes; ErrTooLarge otherwise. The caller closes the body.
type Fetcher interface {
	Fetch(ctx context.Context, ref FileRef, max int64) (io.ReadCloser, error)
}

// ErrTooLarge: a file is larger than the program takes.
var ErrTooLarge = errors.New("file too large")

// Catchup asks the provider for what was missed since a time (an outage on our side) and
// gives it to sink under the same keys as the webhook would have.
type Catchup interface {
	Catchup(ctx context.Context, since time.Time, sink Sink) error
}

// Settler asks the provider what became of a message whose outcome is
// unknown. It returns nil when nothing can be said yet.
type Settler interface {
	Settle(ctx context.Context, out Outgoing, providerID string) (*Receipt, error)
}

// Pager is a channel on which one answer may be too long. Pages cuts content
// into what is said one at a time: every page but the last has More set, the
// choices stay with the last one and First with the first one, and each renders within
// the channel's length. Content that fits comes back alone. The caller keeps
// what it has not said yet.
type Pager interface {
	Pages(Content) []Content
}

// Windowed is a channel that may be written to only for a time after the
// person's last message (Zalo: 7 days).
type Windowed interface {
	// Open says whether a message may go now to someone last heard at lastIn.
	Open(lastIn, now time.Time) bool
}

// SettlerOf is a channel's Settler. A channel over one of several carriers has the method but may
// lack the means; it then says so by a method Settles.
func SettlerOf(c Channel) (Settler, bool) {
	s, ok := c.(Settler)
	if m, asks := c.(interface{ Settles() bool }); asks && !m.Settles() {
		return nil, false
	}
	return s, ok
}
