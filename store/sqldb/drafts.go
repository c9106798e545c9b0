package sqldb

import (
	"context"
	"database/sql"
	"fmt"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

func (db *DB) draftHash(code string) string {
	if code == "" {
		return ""
	}
	return db.vault.Hash("draft", text.CodeKey(code))
}

// saveDraft keeps a draft. One that another conversation has taken meanwhile is left alone.
func (db *DB) saveDraft(ctx context.Context, tx *Tx, c casework.SaveDraft) error {
	_, err := tx.exec(ctx, `INSERT INTO drafts (id, conversation_id, dialogue, state, code_hash, updated_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		ON CONFLICT (id) DO UPDATE SET dialogue = excluded.dialogue, state = excluded.state, code_hash = excluded.code_hash,
			updated_at = excluded.updated_at, expires_at = excluded.expires_at
		WHERE drafts.conversation_id = excluded.conversation_id`,
		c.ID, c.Origin.ConversationID, c.Dialogue, db.vault.Seal(bot.SealState, c.State), db.draftHash(c.Code), ms(tx.now), ms(c.Expires))
	if err != nil {
		return fmt.Errorf("save draft: %w", err)
	}
	return nil
}

func dropDraft(ctx context.Context, tx *Tx, c casework.DropDraft) error {
	if _, err := tx.exec(ctx, `DELETE FROM drafts WHERE id = $1 AND conversation_id = $2`, c.ID, c.Origin.ConversationID); err != nil {
		return fmt.Errorf("drop draft: %w", err)
	}
	return nil
}

func moveDraft(ctx context.Context, tx *Tx, c casework.MoveDraft) error {
	if _, err := tx.exec(ctx, `UPDATE drafts SET conversation_id = $1, updated_at = $2 WHERE id = $3`, c.Origin.ConversationID, ms(tx.now), c.ID); err != nil {
		return fmt.Errorf("move draft: %w", err)
	}
	return audit(ctx, tx, byCitizen, "move_draft", "conversation", c.Origin.ConversationID, "")
}

// DraftsOf implements handlers.Drafts.
func (db *DB) DraftsOf(ctx context.Context, conversationID int64) ([]casework.Draft, error) {
	return db.drafts(ctx, `d.conversation_id = $1`, conversationID)
}

// DraftByCode implements handlers.Drafts.
func (db *DB) DraftByCode(ctx context.Context, code string) (casework.Draft, error) {
	hash := db.draftHash(code)
	if hash == "" {
		return casework.Draft{}, found(sql.ErrNoRows, "draft")
	}
	all, err := db.drafts(ctx, `d.code_hash = $1 AND d.code_hash <> ''`, hash)
	if err != nil {
		return casework.Draft{}, err
	}
	if len(all) == 0 {
		return casework.Draft{}, found(sql.ErrNoRows, "draft")
	}
	return all[0], nil
}

func (db *DB) drafts(ctx context.Context, where string, arg any) ([]casework.Draft, error) {
	all, err := list(ctx, committed{db}, `SELECT d.id, d.conversation_id, d.dialogue, d.state, c.channel, c.address, c.phone, d.updated_at
		FROM drafts d JOIN conversations c ON c.id = d.conversation_id WHERE `+where+` AND d.expires_at > $2 ORDER BY d.updated_at DESC, d.id`,
		[]any{arg, ms(db.now())}, func(rows *sql.Rows, d *casework.Draft) error {
			var channel, address string
			var updated int64
			if err := rows.Scan(&d.ID, &d.ConversationID, &d.Dialogue, &d.State, &channel, &address, &d.Phone, &updated); err != nil {
				return err
			}
			if d.UpdatedAt = at(updated); channel == bot.SMS {
				d.Phone = address
			}
			var err error
			d.State, err = db.vault.Open(bot.SealState, d.State)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read drafts: %w", err)
	}
	return all, nil
}
