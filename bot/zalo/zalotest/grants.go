package zalotest

import (
	"context"
	"errors"
	"sync"
	"time"

	"tiepdan/bot"
)

// ErrLost is what Rotate returns for a pair that Lose made it drop.
var ErrLost = errors.New("the grant was not stored")

// Grants is bot.Grants in memory. Several channels on one Grants behave like
// replicas on one database.
type Grants struct {
	lock chan struct{} // held during an exchange

	mu     sync.Mutex
	grants map[string]bot.Grant
	lose   int
	hold   time.Duration
}

var _ bot.Grants = (*Grants)(nil)

// NewGrants stores nothing yet.
func NewGrants() *Grants {
	return &Grants{lock: make(chan struct{}, 1), grants: map[string]bot.Grant{}}
}

// Grant reads the stored pair.
func (g *Grants) Grant(ctx context.Context, name string) (bot.Grant, error) {
	if err := ctx.Err(); err != nil {
		return bot.Grant{}, err
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	grant, ok := g.grants[name]
	if !ok {
		return bot.Grant{}, bot.ErrNoGrant
	}
	return grant, nil
}

// Rotate follows the contract of bot.Grants.
func (g *Grants) Rotate(ctx context.Context, name string, generation int64, hold time.Duration,
	exchange func(context.Context, bot.Grant) (bot.Grant, error)) (bot.Grant, error) {
	select {
	case g.lock <- struct{}{}:
		defer func() { <-g.lock }()
	case <-ctx.Done():
		return bot.Grant{}, ctx.Err()
	}
	g.mu.Lock()
	cur := g.grants[name]
	g.hold = hold
	g.mu.Unlock()
	if cur.Generation != generation {
		return cur, nil
	}
	held, cancel := context.WithTimeout(ctx, hold)
	defer cancel()
	next, err := exchange(held, cur)
	if err != nil && !next.NeedsConsent {
		return bot.Grant{}, err
	}
	next.Name, next.Generation = name, generation+1
	if lost := g.store(next); lost != nil {
		return bot.Grant{}, lost
	}
	return next, err
}

func (g *Grants) store(next bot.Grant) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.lose > 0 {
		g.lose--
		return ErrLost
	}
	g.grants[next.Name] = next
	return nil
}

// Set stores a grant as it is.
func (g *Grants) Set(grant bot.Grant) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.grants[grant.Name] = grant
}

// Lose drops the next n pairs after Zalo issued them, as a crash before the
// commit does.
func (g *Grants) Lose(n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.lose = n
}

// LastHold is the hold of the last Rotate.
func (g *Grants) LastHold() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.hold
}
