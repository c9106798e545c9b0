package sqldb

import (
	"context"
	"database/sql"
	"fmt"

	"tiepdan/casework"
)

// RecordResults notes what became of the payouts of a schedule whose day is over: state says
// casework.PayoutPaid or PayoutUncollected for each. Whoever was not told by then is not told any more.
func (db *DB) RecordResults(ctx context.Context, by string, broadcastID int64, state func(payoutID int64) string) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		ids, err := list(ctx, tx, `SELECT id FROM payouts WHERE broadcast_id = $1 AND state IN ('draft', 'scheduled')`, []any{broadcastID},
			func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
		if err != nil {
			return err
		}
		for _, id := range ids {
			s := state(id)
			if s != casework.PayoutPaid && s != casework.PayoutUncollected {
				return fmt.Errorf("payout %d cannot become %q", id, s)
			}
			if _, err := tx.exec(ctx, `UPDATE payouts SET state = $1, updated_at = $2 WHERE id = $3`, s, ms(tx.now), id); err != nil {
				return err
			}
		}
		steps := []string{
			`UPDATE notices SET state = 'skipped', reason = 'expired', settled_at = $1 WHERE broadcast_id = $2 AND broadcast_id <> 0 AND state = 'waiting'`,
			`UPDATE broadcasts SET state = 'done', ended_at = $1 WHERE id = $2`,
		}
		for _, step := range steps {
			if _, err := tx.exec(ctx, step, ms(tx.now), broadcastID); err != nil {
				return err
			}
		}
		return audit(ctx, tx, by, "results", "broadcast", broadcastID, "")
	})
	if err != nil {
		return fmt.Errorf("record results: %w", err)
	}
	return nil
}
