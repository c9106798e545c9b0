package sqldb

import (
	"context"

	"tiepdan/bot"
)

func (db *DB) settleNotice(ctx context.Context, tx *Tx, noticeID int64, state string, _ *bot.SendError) error {
	_, err := tx.exec(ctx, `UPDATE notices SET state = $1, settled_at = $2 WHERE id = $3`, state, ms(tx.now), noticeID)
	return err
}
