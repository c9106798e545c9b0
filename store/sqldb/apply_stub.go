package sqldb

import (
	"context"

	"tiepdan/bot"
)

func (db *DB) apply(ctx context.Context, tx *Tx, act bot.Act) error {
	_, err := tx.exec(ctx, `INSERT INTO acts (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, act.ActKey(), ms(tx.now))
	return err
}
