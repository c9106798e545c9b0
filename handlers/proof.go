package handlers

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"tiepdan/bot/dialogue"
	"tiepdan/casework"
)

// How many tries are allowed. Codes are dates and running numbers, and can be guessed;
// four digits can be tried through.
const (
	lookupsPerSender = 40    // a day
	lookupsInAll     = 20000 // an hour
	factsPerSender   = 5     // a day
	factsPerCase     = 10    // a day
	factsInAll       = 300   // an hour
	linksPerSender   = 6     // a day
	linksInAll       = 200   // an hour: there are only 10,000 codes

	perDay  = 24 * time.Hour
	perHour = time.Hour
)

// sender names who tries, for counting.
func sender(t *dialogue.Talk) string { return strconv.FormatInt(t.Conv.ID, 10) }

// ownsAny says whether the asker's phone proves somebody whom one of these codes is about. Asking
// for one's own case is no guessing, and is never counted.
func (d *desk) ownsAny(ctx context.Context, t *dialogue.Talk, keys []string) (bool, error) {
	people, err := d.proven(ctx, t)
	if err != nil || len(people) == 0 {
		return false, err
	}
	for _, k := range keys[:min(len(keys), listed)] {
		app, err := d.Applications.ApplicationByCode(ctx, k)
		switch {
		case errors.Is(err, ErrNotFound):
		case err != nil:
			return false, fmt.Errorf("finding a case: %w", err)
		case slices.Contains(ids(people), app.PersonID):
			return true, nil
		}
	}
	return false, nil
}

// mayLookUp counts one look-up of a code. When the counter is away, looking up goes on: a code alone
// tells little.
func (d *desk) mayLookUp(ctx context.Context, t *dialogue.Talk) bool {
	for _, l := range []struct {
		key    string
		n      int
		window time.Duration
	}{
		{"code:" + sender(t), lookupsPerSender, perDay},
		{"code:all", lookupsInAll, perHour},
	} {
		if left, err := d.Limits.Take(ctx, l.key, l.n, l.window); err == nil && !left {
			return false
		}
	}
	return true
}

// mayTryFact counts one try of a second fact. When the counter is away nobody may try.
func (d *desk) mayTryFact(ctx context.Context, t *dialogue.Talk, what string) bool {
	for _, l := range []struct {
		key    string
		n      int
		window time.Duration
	}{
		{"fact:" + sender(t), factsPerSender, perDay},
		{"fact:" + what, factsPerCase, perDay},
		{"fact:all", factsInAll, perHour},
	} {
		left, err := d.Limits.Take(ctx, l.key, l.n, l.window)
		if err != nil || !left {
			return false
		}
	}
	return true
}

// mayTakeLink counts one try of a link code. When the counter is away nobody may try.
func (d *desk) mayTakeLink(ctx context.Context, t *dialogue.Talk) bool {
	if left, err := d.Limits.Take(ctx, "link:"+sender(t), linksPerSender, perDay); err != nil || !left {
		return false
	}
	left, err := d.Limits.Take(ctx, "link:all", linksInAll, perHour)
	return err == nil && left
}

// factTried is what became of a second fact.
type factTried int

const (
	factNone   factTried = iota // none was given
	factRight                   //
	factWrong                   //
	factClosed                  // too many tries, or they cannot be counted
)

// tryFact checks the last four digits of the citizen number of the person of a case.
func (d *desk) tryFact(ctx context.Context, t *dialogue.Talk, app casework.Application, last4 string) (factTried, error) {
	switch {
	case last4 == "" || d.route(t) == casework.RoutePublic:
		return factNone, nil
	case !d.mayTryFact(ctx, t, strconv.FormatInt(app.ID, 10)):
		return factClosed, nil
	}
	right, err := d.People.CitizenEndsWith(ctx, app.PersonID, last4)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return factNone, fmt.Errorf("checking a second fact: %w", err)
	}
	if !right {
		return factWrong, nil
	}
	return factRight, nil
}

// proofOf is what the asker has shown for a case.
func (d *desk) proofOf(ctx context.Context, t *dialogue.Talk, app casework.Application, last4 string) (casework.Proof, factTried, error) {
	people, err := d.proven(ctx, t)
	if err != nil {
		return casework.CodeOnly, factNone, err
	}
	if slices.Contains(ids(people), app.PersonID) {
		return casework.ByPhone, factNone, nil
	}
	tried, err := d.tryFact(ctx, t, app, last4)
	if tried == factRight {
		return casework.LastFour, tried, err
	}
	return casework.CodeOnly, tried, err
}
