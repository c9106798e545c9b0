package sqldb

import (
	"context"
	"encoding/json"
	"fmt"

	"tiepdan/bot"
	"tiepdan/bot/notify"
)

// owe keeps a promise to tell somebody something, once per key, in the
// transaction that makes it owed.
func (db *DB) owe(ctx context.Context, tx *Tx, p notify.Promise) error {
	words, err := json.Marshal(p.Words)
	if err != nil {
		return fmt.Errorf("owe a notice: %w", err)
	}
	_, err = tx.exec(ctx, `INSERT INTO notices (key, class, broadcast_id, unit_id, person_id, conversation_id, phone, words, not_before, expires_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (key) DO NOTHING`,
		p.Key, p.Class, p.BroadcastID, p.UnitID, p.PersonID, p.ConversationID, p.Phone, db.vault.Seal(bot.SealBody, words),
		ms(p.NotBefore), ms(p.Expires), ms(tx.now))
	if err != nil {
		return fmt.Errorf("owe a notice: %w", err)
	}
	return nil
}
