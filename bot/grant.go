package bot

import (
	"context"
	"errors"
	"time"
)

// Grant is a provider's rotating pair of tokens, kept sealed in records (Zalo).
type Grant struct {
	Name         string // which grant: "zalo"
	Access       string
	Refresh      string
	AccessUntil  time.Time
	RefreshUntil time.Time
	Generation   int64  // one more with every rotation
	SeedHash     string // keyed hash of the configured seed that this grant came from; a new seed starts anew
	NeedsConsent bool   // the provider refused the refresh token: a person must consent again
}

// ErrNoGrant: nothing is stored under that name yet.
var ErrNoGrant = errors.New("no grant stored")

// Grants keeps rotating tokens for all replicas. The lock is in records, by the database's clock.
type Grants interface {
	// Grant reads the current pair; ErrNoGrant if there is none.
	Grant(ctx context.Context, name string) (Grant, error)
	// Rotate calls exchange with the current pair while no other replica can,
	// for at most hold (longer than the provider's time-out), and stores what it returns before
	// anybody uses it. If the stored generation is no longer the one given,
	// another replica was first: the stored pair is returned and exchange is not called. With no
	// grant stored, exchange gets a zero Grant and generation must be 0. When exchange fails,
	// nothing is changed, unless it returns a Grant with NeedsConsent, which is stored.
	Rotate(ctx context.Context, name string, generation int64, hold time.Duration,
		exchange func(context.Context, Grant) (Grant, error)) (Grant, error)
}
