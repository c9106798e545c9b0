package sqldb

import (
	"context"
	"fmt"
	"time"

	"tiepdan/bot/schedule"
)

var _ schedule.Jobs = (*DB)(nil)

// ClaimJob implements schedule.Jobs.
func (db *DB) ClaimJob(ctx context.Context, name string, lease time.Duration) (token string, now time.Time, err error) {
	var due bool
	err = db.readRow(ctx, `SELECT NOT EXISTS (SELECT 1 FROM jobs WHERE name = $1 AND (next_at > $2 OR lease_until > $2))`,
		[]any{name, ms(db.now())}, &due)
	if err != nil || !due {
		return "", time.Time{}, err
	}
	mine := newToken()
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		token, now = "", tx.now
		n, err := tx.changed(ctx, `INSERT INTO jobs (name, token, lease_until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE
			SET token = excluded.token, lease_until = excluded.lease_until WHERE next_at <= $4 AND lease_until <= $4`,
			name, mine, ms(tx.now.Add(lease)), ms(tx.now))
		if n > 0 {
			token = mine
		}
		return err
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("claim job: %w", err)
	}
	return token, now, nil
}

// RenewJob implements schedule.Jobs.
func (db *DB) RenewJob(ctx context.Context, name, token string, lease time.Duration) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.changed(ctx, `UPDATE jobs SET lease_until = $1 WHERE name = $2 AND token = $3`, ms(tx.now.Add(lease)), name, token)
		if err != nil {
			return fmt.Errorf("renew job: %w", err)
		}
		if n == 0 {
			return schedule.ErrLeaseLost
		}
		return nil
	})
}

// FinishJob implements schedule.Jobs. A lease lost meanwhile is no error: whoever has it notes its own run.
func (db *DB) FinishJob(ctx context.Context, name, token string, next time.Time, failure string) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE jobs SET token = '', lease_until = 0, last_at = $1, next_at = $2, last_error = $3
			WHERE name = $4 AND token = $5`, ms(tx.now), ms(next), failure, name, token)
		if err != nil {
			return fmt.Errorf("finish job: %w", err)
		}
		return nil
	})
}
