package sqldb

import (
	"context"
	"fmt"
	"time"
)

// Limits counts what a sender may do, in records; Redis does it at scale.
type Limits struct{ db *DB }

// Limits gives the counters kept in records.
func (db *DB) Limits() Limits { return Limits{db} }

// Take uses one of n in window for key, and says whether there was one left.
// The window begins with the first use and is not moved by later ones. It returns an error
// when records are away: whoever guards something with it then refuses.
func (l Limits) Take(ctx context.Context, key string, n int, window time.Duration) (bool, error) {
	hashed := l.db.vault.Hash("limit", key) // a key names a sender
	var used int
	err := l.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.row(ctx, `INSERT INTO limits (key, used, until) VALUES ($1, 1, $2) ON CONFLICT (key) DO UPDATE
			SET used = CASE WHEN until <= $3 THEN 1 ELSE used + 1 END, until = CASE WHEN until <= $3 THEN $2 ELSE until END
			RETURNING used`, hashed, ms(tx.now.Add(window)), ms(tx.now)).Scan(&used)
	})
	if err != nil {
		return false, fmt.Errorf("count use: %w", err)
	}
	return used <= n, nil
}
