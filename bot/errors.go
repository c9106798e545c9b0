package bot

import (
	"fmt"
	"time"
)

// Class is what a failed send means. The channel, which understands its provider,
// says the class; the delivery worker, which knows what the message is for, decides.
type Class string

const (
	// Transient: the message was not taken; trying again later is safe. Only when
	// nothing was written to the wire, or the provider's own body says so.
	Transient Class = "transient"
	// Throttled: not taken, come back after RetryAfter.
	Throttled Class = "throttled"
	// Rejected: the provider will never take this message (too long, bad form). Our fault.
	Rejected Class = "rejected"
	// Unreachable: this person cannot be reached on this channel (blocked, no
	// such number, outside the window). Another channel may be tried.
	Unreachable Class = "unreachable"
	// Misconfigured: nothing will go on this channel until somebody mends it (token, permission, balance).
	Misconfigured Class = "misconfigured"
	// Unknown: it may have gone out. Time-outs, cut connections, an HTML 5xx.
	Unknown Class = "unknown"
)

// SendError is every error of Channel.Send. Code is the provider's own code or a
// short word; it never holds a token, a number or a text.
type SendError struct {
	Class      Class         `json:"class"`
	Code       string        `json:"code"`
	RetryAfter time.Duration `json:"retry_after,omitempty"` // for Throttled, and Transient where the provider said when
	// OptedOut: the person refused us at the provider (Telegram's block, Twilio's
	// STOP, Zalo's "restricted"). Recorded, and not tried again until they write.
	OptedOut bool `json:"opted_out,omitempty"`
	// BadAddress: the address itself is wrong for good (no such number).
	BadAddress bool  `json:"bad_address,omitempty"`
	Err        error `json:"-"` // already cleansed; may be nil
}

func (e *SendError) Error() string {
	if e.Err != nil {
		return fmt.Sprintf("send: %s (%s): %v", e.Class, e.Code, e.Err)
	}
	return fmt.Sprintf("send: %s (%s)", e.Class, e.Code)
}

func (e *SendError) Unwrap() error { return e.Err }
