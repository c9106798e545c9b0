package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"tiepdan/bot"
)

// Who wrote an entry of the web chat's log.
const (
	byPerson = "person"
	byBot    = "bot"
)

// said is what the log shows of an arrival: its words, or the names of its files.
func said(in bot.Incoming) string {
	if in.Text != "" {
		return in.Text
	}
	names := make([]string, 0, len(in.Files))
	for _, f := range in.Files {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

// Chats is the log that the web chat writes and streams, by its addresses.
type Chats struct{ db *DB }

// Chats gives the web chat's log.
func (db *DB) Chats() Chats { return Chats{db} }

// Since lists the entries of the chat at address after an entry's id, oldest
// first, at most limit.
func (c Chats) Since(ctx context.Context, address string, after int64, limit int) ([]bot.ChatEntry, error) {
	id, err := c.db.ConversationID(ctx, bot.Address{Channel: bot.Webchat, ID: address})
	if err != nil || id == 0 {
		return nil, err
	}
	return c.db.ChatLog(ctx, id, after, limit)
}

// Say appends what the bot says to the chat at address; saying the same outbox row again changes nothing.
func (c Chats) Say(ctx context.Context, address string, outboxID int64, part bot.Part) error {
	var id int64
	err := c.db.readRow(ctx, `SELECT id FROM chat_log WHERE outbox_id = $1 AND outbox_id <> 0`, []any{outboxID}, &id)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return fmt.Errorf("say in chat: %w", err)
	}
	sealed, err := c.db.seal(bot.SealBody, part)
	if err != nil {
		return fmt.Errorf("say in chat: %w", err)
	}
	err = c.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		tx.wake.Chat = true
		conv, err := tx.insert(ctx, `INSERT INTO conversations (channel, address) VALUES ($1, $2)
			ON CONFLICT (channel, address) DO UPDATE SET address = excluded.address RETURNING id`, bot.Webchat, address)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO chat_log (conversation_id, author, outbox_id, sealed, at) VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (outbox_id) WHERE outbox_id <> 0 DO NOTHING`, conv, byBot, outboxID, sealed, ms(tx.now))
		return err
	})
	if err != nil {
		return fmt.Errorf("say in chat: %w", err)
	}
	return nil
}

// ConversationID finds the conversation with an address; 0 if nothing was ever kept of it.
func (db *DB) ConversationID(ctx context.Context, a bot.Address) (int64, error) {
	var id int64
	err := db.readRow(ctx, `SELECT id FROM conversations WHERE channel = $1 AND address = $2`, []any{a.Channel, a.ID}, &id)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return 0, fmt.Errorf("find conversation: %w", err)
	}
	return id, nil
}

// ChatLog reads the entries of a conversation that came after one, in order,
// at most limit. Texts that may accuse somebody, and those whose time is over, are left out.
func (db *DB) ChatLog(ctx context.Context, conv, after int64, limit int) ([]bot.ChatEntry, error) {
	var entries []bot.ChatEntry
	err := db.readRows(ctx, `SELECT id, author, outbox_id, sealed, at FROM chat_log
		WHERE conversation_id = $1 AND id > $2 AND class = 'body' AND sealed IS NOT NULL ORDER BY id LIMIT $3`,
		[]any{conv, after, limit}, func(rows *sql.Rows) error {
			var e bot.ChatEntry
			var sealed []byte
			var author string
			var when int64
			if err := rows.Scan(&e.ID, &author, &e.OutboxID, &sealed, &when); err != nil {
				return err
			}
			e.FromBot, e.At = author == byBot, at(when)
			entries = append(entries, e)
			return db.unseal(bot.SealBody, sealed, &entries[len(entries)-1].Part)
		})
	if err != nil {
		return nil, fmt.Errorf("read chat: %w", err)
	}
	return entries, nil
}
