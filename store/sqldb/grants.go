package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
)

// Grants keeps providers' rotating tokens, one replica at a time by a lease in records.
type Grants struct {
	db   *DB
	look time.Duration // how often a waiting replica looks whether the lease is free
}

var _ bot.Grants = Grants{}

// Grants gives the grants kept in records.
func (db *DB) Grants() Grants { return Grants{db: db, look: 100 * time.Millisecond} }

// Grant implements bot.Grants.
func (g Grants) Grant(ctx context.Context, name string) (bot.Grant, error) {
	var sealed []byte
	err := g.db.readRow(ctx, `SELECT sealed FROM grants WHERE name = $1 AND generation > 0`, []any{name}, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return bot.Grant{}, bot.ErrNoGrant
	}
	if err != nil {
		return bot.Grant{}, fmt.Errorf("read grant %s: %w", name, err)
	}
	var grant bot.Grant
	if err := g.db.unseal(bot.SealToken, sealed, &grant); err != nil {
		return bot.Grant{}, fmt.Errorf("read grant %s: %w", name, err)
	}
	return grant, nil
}

// errLeased: another replica is rotating.
var errLeased = errors.New("leased to another")

// Rotate implements bot.Grants.
func (g Grants) Rotate(ctx context.Context, name string, generation int64, hold time.Duration,
	exchange func(context.Context, bot.Grant) (bot.Grant, error)) (bot.Grant, error) {
	token := newToken()
	current, mine, err := g.acquire(ctx, name, generation, token, hold)
	if err != nil || !mine {
		return current, err
	}
	ask, cancel := context.WithTimeout(ctx, hold)
	defer cancel()
	next, failed := exchange(ask, current)
	// What the provider gave must be kept even when the caller has gone: the old token is used up.
	keep, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if failed != nil && !next.NeedsConsent {
		return bot.Grant{}, errors.Join(fmt.Errorf("rotate grant %s: %w", name, failed), g.giveBack(keep, name, token))
	}
	next.Name, next.Generation = name, generation+1
	stored, err := g.keep(keep, next)
	if err != nil {
		return bot.Grant{}, errors.Join(fmt.Errorf("keep grant %s: %w", name, err), failed)
	}
	if !stored { // the lease ran out, and another replica was first
		return g.Grant(keep, name)
	}
	return next, failed
}

// acquire waits for the lease. mine is false when the grant has moved on from generation.
func (g Grants) acquire(ctx context.Context, name string, generation int64, token string, hold time.Duration) (current bot.Grant, mine bool, err error) {
	for {
		current, mine, err = g.tryAcquire(ctx, name, generation, token, hold)
		if !errors.Is(err, errLeased) {
			return current, mine, err
		}
		t := time.NewTimer(g.look)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return bot.Grant{}, false, fmt.Errorf("wait for grant %s: %w", name, ctx.Err())
		}
	}
}

func (g Grants) tryAcquire(ctx context.Context, name string, generation int64, token string, hold time.Duration) (current bot.Grant, mine bool, err error) {
	var sealed []byte
	var have int64
	none := g.db.vault.Seal(bot.SealToken, []byte("{}"))
	err = g.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		if _, err := tx.exec(ctx, `INSERT INTO grants (name, sealed, generation) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING`,
			name, none); err != nil {
			return err
		}
		var until int64
		if err := tx.row(ctx, `SELECT sealed, generation, lease_until FROM grants WHERE name = $1`, name).
			Scan(&sealed, &have, &until); err != nil {
			return err
		}
		if mine = have == generation; !mine {
			return nil
		}
		if until > ms(tx.now) {
			return errLeased
		}
		_, err := tx.exec(ctx, `UPDATE grants SET lease_token = $1, lease_until = $2 WHERE name = $3`, token, ms(tx.now.Add(hold)), name)
		return err
	})
	if err != nil {
		return bot.Grant{}, false, fmt.Errorf("lease grant %s: %w", name, err)
	}
	if err := g.db.unseal(bot.SealToken, sealed, &current); err != nil {
		return bot.Grant{}, false, fmt.Errorf("read grant %s: %w", name, err)
	}
	if have == 0 && !mine {
		return bot.Grant{}, false, bot.ErrNoGrant
	}
	return current, mine, nil
}

// keep stores a grant over the generation before it, whoever holds the lease by
// now: its tokens are the newest that the provider knows.
func (g Grants) keep(ctx context.Context, next bot.Grant) (stored bool, err error) {
	sealed, err := g.db.seal(bot.SealToken, next)
	if err != nil {
		return false, err
	}
	err = g.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.changed(ctx, `UPDATE grants SET sealed = $1, generation = $2, lease_token = '', lease_until = 0
			WHERE name = $3 AND generation = $4`, sealed, next.Generation, next.Name, next.Generation-1)
		stored = n > 0
		return err
	})
	return stored, err
}

func (g Grants) giveBack(ctx context.Context, name, token string) error {
	return g.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE grants SET lease_token = '', lease_until = 0 WHERE name = $1 AND lease_token = $2`, name, token)
		return err
	})
}
