package zalo

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"tiepdan/bot"
)

const (
	grantName = bot.Zalo
	seedKind  = "zalo-refresh-token"

	// renewBefore leaves a night's outage between the first try and the end of
	// a token that lives 25 hours.
	renewBefore = 5 * time.Hour
	// exchangeTimeout ends one call of the token endpoint.
	exchangeTimeout = 6 * time.Second
	// rotateHold is how long other replicas wait: longer than a refused seed and a
	// renewal after it, because a lock shorter than the calls under it burns the
	// refresh token.
	rotateHold = 30 * time.Second
	// pause keeps a failing token endpoint from being called for every message.
	pause = time.Minute

	// Zalo's lifetimes, used where an answer does not say.
	accessLife  = 25 * time.Hour
	refreshLife = 90 * 24 * time.Hour

	// seedsKept: so many used seeds are remembered. During a rolling restart two
	// replicas hold two seeds; without a memory they would play each other's again.
	seedsKept = 4
)

// Words for SendError.Code where Zalo has no number of its own.
const (
	codeNoGrant      = "no_grant"      // nothing stored and no seed set
	codeNeedsConsent = "needs_consent" // the refresh token was refused
	codeGrant        = "grant"         // records did not give the pair
	codeOAuth        = "oauth"         // the token endpoint did not answer as it should
)

// keeper keeps the access token valid. Zalo's refresh tokens work once and each
// new access token ends the one before, so every renewal goes through bot.Grants.
type keeper struct {
	grants   bot.Grants
	oauth    oauthClient
	seed     string
	seedHash string
	clock    bot.Clock
	log      *slog.Logger

	mu     sync.Mutex
	failed *bot.SendError // what the last renewal failed with; nil after a good one
	until  time.Time      // no renewal before this, while failed is set
}

// current gives the pair to use now, renewing it when it is near its end or
// when a new seed is configured.
func (k *keeper) current(ctx context.Context) (bot.Grant, *bot.SendError) {
	g, serr := k.read(ctx)
	if serr != nil {
		return bot.Grant{}, serr
	}
	now := k.clock()
	valid := g.Access != "" && now.Before(g.AccessUntil)
	switch {
	case k.newSeed(g):
	case g.NeedsConsent && valid:
		// What is left of the access token bridges the time until somebody consents.
		return g, nil
	case g.NeedsConsent:
		return bot.Grant{}, &bot.SendError{Class: bot.Misconfigured, Code: codeNeedsConsent}
	case g.Refresh == "":
		return bot.Grant{}, &bot.SendError{Class: bot.Misconfigured, Code: codeNoGrant}
	case now.Add(renewBefore).Before(g.AccessUntil):
		return g, nil
	}
	next, serr := k.replace(ctx, g.Generation)
	if serr != nil && valid {
		return g, nil
	}
	return next, serr
}

// replace renews the pair of that generation, whatever its stored end. If
// another replica was first, its pair is returned and Zalo is not called.
func (k *keeper) replace(ctx context.Context, generation int64) (bot.Grant, *bot.SendError) {
	if failed := k.paused(); failed != nil {
		if g, serr := k.read(ctx); serr == nil && g.Generation != generation && !g.NeedsConsent {
			return g, nil
		}
		return bot.Grant{}, failed
	}
	g, err := k.rotate(ctx, generation, k.renew)
	if err == nil {
		return g, nil
	}
	var serr *bot.SendError
	if !errors.As(err, &serr) {
		serr = &bot.SendError{Class: bot.Transient, Code: codeGrant, Err: err}
	}
	return bot.Grant{}, serr
}

// rotate runs exchange under the lock in records. Until Zalo is called, the
// caller's deadline counts. From then on it does not: a pair that Zalo has issued
// must reach records even when the message it was wanted for is given up.
func (k *keeper) rotate(ctx context.Context, generation int64,
	exchange func(context.Context, bot.Grant) (bot.Grant, error)) (bot.Grant, error) {
	free, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	detach := context.AfterFunc(ctx, cancel)
	defer detach()
	return k.grants.Rotate(free, grantName, generation, rotateHold, func(held context.Context, cur bot.Grant) (bot.Grant, error) {
		if !detach() {
			return bot.Grant{}, &bot.SendError{Class: bot.Transient, Code: codeGrant, Err: ctx.Err()}
		}
		return exchange(held, cur)
	})
}

// renew is the exchange of an ordinary renewal: with the seed if that is new,
// else with the stored refresh token.
func (k *keeper) renew(ctx context.Context, cur bot.Grant) (bot.Grant, error) {
	// Callers that queued behind a failed renewal must not each try it again.
	if failed := k.paused(); failed != nil {
		return bot.Grant{}, failed
	}
	if k.newSeed(cur) {
		got, err := k.exchange(ctx, refreshForm(k.seed))
		if err == nil {
			return k.adopt(cur, got, k.seed), nil
		}
		if !terminal(err) {
			return bot.Grant{}, k.fail(err)
		}
		cur.SeedHash = remember(cur.SeedHash, k.seedHash)
		if cur.Refresh == "" || cur.NeedsConsent {
			return ended(cur), k.fail(err)
		}
		k.log.Warn("zalo refused the configured refresh token; going on with the stored grant", "code", codeOf(err))
	}
	switch {
	case cur.NeedsConsent:
		return bot.Grant{}, &bot.SendError{Class: bot.Misconfigured, Code: codeNeedsConsent}
	case cur.Refresh == "":
		return bot.Grant{}, &bot.SendError{Class: bot.Misconfigured, Code: codeNoGrant}
	}
	got, err := k.exchange(ctx, refreshForm(cur.Refresh))
	if err == nil {
		return k.adopt(cur, got, cur.Refresh), nil
	}
	if terminal(err) {
		return ended(cur), k.fail(err)
	}
	return bot.Grant{}, k.fail(err)
}

// ended is a grant whose refresh token is of no more use. Its access token stays:
// it may be good for some hours.
func ended(cur bot.Grant) bot.Grant {
	cur.Name, cur.NeedsConsent = grantName, true
	cur.Generation++
	return cur
}

// consent exchanges the code of a person's consent and stores what it gives.
func (k *keeper) consent(ctx context.Context, code string) error {
	for range 3 {
		g, serr := k.read(ctx)
		if serr != nil {
			return serr
		}
		called := false
		_, err := k.rotate(ctx, g.Generation, func(ctx context.Context, cur bot.Grant) (bot.Grant, error) {
			called = true
			got, err := k.exchange(ctx, codeForm(code))
			if err != nil {
				return bot.Grant{}, err
			}
			return k.adopt(cur, got, ""), nil
		})
		if called || err != nil {
			return err
		}
	}
	return errors.New("the grant was renewed elsewhere three times in a row")
}

func (k *keeper) exchange(ctx context.Context, form form) (pair, error) {
	ctx, cancel := context.WithTimeout(ctx, exchangeTimeout)
	defer cancel()
	return k.oauth.exchange(ctx, form)
}

// adopt makes the next stored grant of what Zalo issued. Zalo has been seen to
// leave the refresh token out; overwriting the one used with nothing would
// lose the grant for good.
func (k *keeper) adopt(cur bot.Grant, got pair, used string) bot.Grant {
	now := k.clock().UTC()
	next := bot.Grant{
		Name:         grantName,
		Access:       got.access,
		Refresh:      got.refresh,
		AccessUntil:  now.Add(got.accessLife),
		RefreshUntil: now.Add(got.refreshLife),
		Generation:   cur.Generation + 1,
		SeedHash:     cur.SeedHash,
	}
	if next.Refresh == "" {
		next.Refresh = used
		k.log.Warn("zalo issued an access token without a refresh token; keeping the one before", "generation", next.Generation)
	}
	if k.seed != "" {
		// Also after a consent: that is newer than the configured seed.
		next.SeedHash = remember(cur.SeedHash, k.seedHash)
	}
	k.mu.Lock()
	k.failed = nil
	k.mu.Unlock()
	k.log.Info("zalo tokens renewed", "generation", next.Generation, "access_until", next.AccessUntil)
	return next
}

// read gives the stored grant, or a zero one.
func (k *keeper) read(ctx context.Context) (bot.Grant, *bot.SendError) {
	g, err := k.grants.Grant(ctx, grantName)
	if err != nil && !errors.Is(err, bot.ErrNoGrant) {
		return bot.Grant{}, &bot.SendError{Class: bot.Transient, Code: codeGrant, Err: err}
	}
	return g, nil
}

// paused gives the failure of a renewal that is too recent to be tried again.
func (k *keeper) paused() *bot.SendError {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed == nil || !k.clock().Before(k.until) {
		return nil
	}
	return k.failed
}

// fail says what a failed exchange means for a message, and stops renewals for a while.
func (k *keeper) fail(err error) *bot.SendError {
	serr := &bot.SendError{Class: bot.Transient, Code: codeOAuth, RetryAfter: pause, Err: err}
	var refused *oauthError
	if errors.As(err, &refused) {
		switch {
		case refused.throttled():
			serr = &bot.SendError{Class: bot.Throttled, Code: refused.word(), RetryAfter: nextMinute(k.clock())}
		case refused.terminal():
			serr = &bot.SendError{Class: bot.Misconfigured, Code: codeNeedsConsent, Err: err}
		default:
			serr = &bot.SendError{Class: bot.Misconfigured, Code: refused.word()}
		}
	}
	k.stop(serr, pause)
	return serr
}

// stop lets no renewal happen for d.
func (k *keeper) stop(serr *bot.SendError, d time.Duration) {
	k.log.Warn("zalo tokens not renewed", "class", serr.Class, "code", serr.Code)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.failed, k.until = serr, k.clock().Add(d)
}

// newSeed: a seed is configured that no stored grant came from.
func (k *keeper) newSeed(g bot.Grant) bool {
	return k.seed != "" && !slices.Contains(strings.Fields(g.SeedHash), k.seedHash)
}

// remember puts a seed's hash in front of those used before, separated by spaces.
func remember(list, hash string) string {
	seeds := strings.Fields(list)
	if slices.Contains(seeds, hash) {
		return list
	}
	seeds = append([]string{hash}, seeds...)
	return strings.Join(seeds[:min(len(seeds), seedsKept)], " ")
}

// nextMinute is how long it is until Zalo's counters start anew.
func nextMinute(now time.Time) time.Duration {
	return now.Truncate(time.Minute).Add(time.Minute).Sub(now)
}
