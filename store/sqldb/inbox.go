package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"tiepdan/bot"
)

var _ bot.Sink = (*DB)(nil)

// arrival is an Incoming made ready outside the transaction.
type arrival struct {
	in    bot.Incoming
	body  []byte // sealed
	chat  []byte // sealed entry of the web chat's log; nil on other channels
	files [][]byte
}

// Keep implements bot.Sink: events are numbered within their conversation and
// stored with everything that depends on their arrival, receipts go to their own table. It
// gives up when ctx ends; trying again then changes nothing that was kept.
func (db *DB) Keep(ctx context.Context, d bot.Decoded) error {
	if len(d.Events) == 0 && len(d.Receipts) == 0 {
		return nil
	}
	arrivals := make([]arrival, 0, len(d.Events))
	for _, in := range d.Events {
		a, err := db.arrive(in)
		if err != nil {
			return fmt.Errorf("keep: %w", err)
		}
		arrivals = append(arrivals, a)
	}
	err := db.keepAll(ctx, arrivals, d.Receipts)
	if err != nil && len(arrivals) > 1 && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		// One odd message must not cost the others that came in the same call.
		errs := []error{db.keepAll(ctx, nil, d.Receipts)}
		for i := range arrivals {
			errs = append(errs, db.keepAll(ctx, arrivals[i:i+1], nil))
		}
		err = errors.Join(errs...)
	}
	if err != nil {
		return fmt.Errorf("keep: %w", err)
	}
	return nil
}

func (db *DB) keepAll(ctx context.Context, arrivals []arrival, receipts []bot.Receipt) error {
	return db.writeInTime(ctx, func(ctx context.Context, tx *Tx) error {
		for _, a := range arrivals {
			if err := db.keepEvent(ctx, tx, a); err != nil {
				return err
			}
		}
		return keepReceipts(ctx, tx, receipts)
	})
}

func (db *DB) arrive(in bot.Incoming) (arrival, error) {
	if in.ProviderID == "" { // better twice than not at all
		in.ProviderID = newToken()
	}
	a := arrival{in: in}
	var err error
	if a.body, err = db.seal(bot.SealBody, in); err != nil {
		return arrival{}, err
	}
	if in.Address.Channel == bot.Webchat && personal(in.Kind) && (in.Text != "" || len(in.Files) > 0) {
		if a.chat, err = db.seal(bot.SealBody, bot.Part{Text: said(in), Segments: 1}); err != nil {
			return arrival{}, err
		}
	}
	for _, f := range in.Files {
		ref, err := db.seal(bot.SealBody, f)
		if err != nil {
			return arrival{}, err
		}
		a.files = append(a.files, ref)
	}
	return a, nil
}

// seal writes v as JSON and seals it.
func (db *DB) seal(class string, v any) ([]byte, error) {
	text, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", class, err)
	}
	return db.vault.Seal(class, text), nil
}

// unseal reverses seal.
func (db *DB) unseal(class string, sealed []byte, v any) error {
	text, err := db.vault.Open(class, sealed)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, v); err != nil {
		return fmt.Errorf("read %s: %w", class, err)
	}
	return nil
}

// personal says whether the person at the address did this themselves.
func personal(k bot.Kind) bool {
	return k != bot.KindStaff && k != bot.KindTakeover && k != bot.KindBlocked
}

// keepEvent stores one arrival, once for ever.
func (db *DB) keepEvent(ctx context.Context, tx *Tx, a arrival) error {
	var known int
	err := tx.row(ctx, `SELECT 1 FROM events WHERE channel = $1 AND provider_id = $2`,
		a.in.Address.Channel, a.in.ProviderID).Scan(&known)
	if err == nil {
		return nil
	}
	if !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	conv, seq, err := numberEvent(ctx, tx, a.in)
	if err != nil {
		return err
	}
	state := "waiting"
	if a.in.Kind == bot.KindEdited {
		replaced, err := db.replaceWaiting(ctx, tx, conv, a.in)
		if err != nil {
			return err
		}
		if replaced {
			state, a.body = "replaced", nil
		}
	}
	event, err := tx.insert(ctx, `INSERT INTO events (conversation_id, seq, channel, provider_id, kind, body, state, stored_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		conv, seq, a.in.Address.Channel, a.in.ProviderID, string(a.in.Kind), a.body, state, ms(tx.now))
	if err != nil {
		return err
	}
	tx.wake.Conversations = true
	return db.keepBeside(ctx, tx, a, conv, event)
}

// numberEvent finds or makes the conversation and takes the event's number in it.
func numberEvent(ctx context.Context, tx *Tx, in bot.Incoming) (conv, seq int64, err error) {
	now := ms(tx.now)
	heard, blocked := now, int64(0)
	switch {
	case in.Kind == bot.KindBlocked:
		heard, blocked = 0, now
	case !personal(in.Kind):
		heard, blocked = 0, -1 // says nothing about the person
	}
	err = tx.row(ctx, `INSERT INTO conversations (channel, address, first_at, last_in_at, blocked_at, due_at, next_seq)
		VALUES ($1, $2, $3, $3, CASE WHEN $4 > 0 THEN $4 ELSE 0 END, $5, 2)
		ON CONFLICT (channel, address) DO UPDATE SET
			first_at = CASE WHEN first_at = 0 THEN excluded.first_at ELSE first_at END,
			last_in_at = CASE WHEN excluded.last_in_at > last_in_at THEN excluded.last_in_at ELSE last_in_at END,
			blocked_at = CASE WHEN $4 < 0 THEN blocked_at ELSE $4 END,
			due_at = COALESCE(due_at, excluded.due_at),
			next_seq = next_seq + 1
		RETURNING id, next_seq - 1`,
		in.Address.Channel, in.Address.ID, heard, blocked, now).Scan(&conv, &seq)
	return conv, seq, err
}

// keepBeside stores what an event brings along: wanted files, the web chat's
// log, when its channel and phone were last heard.
func (db *DB) keepBeside(ctx context.Context, tx *Tx, a arrival, conv, event int64) error {
	now := ms(tx.now)
	for _, ref := range a.files {
		tx.wake.Files = true
		if _, err := tx.exec(ctx, `INSERT INTO attachments (event_id, channel, ref, created_at) VALUES ($1, $2, $3, $4)`,
			event, a.in.Address.Channel, ref, now); err != nil {
			return err
		}
	}
	if a.chat != nil {
		tx.wake.Chat = true
		if _, err := tx.exec(ctx, `INSERT INTO chat_log (conversation_id, author, event_id, sealed, at) VALUES ($1, $2, $3, $4, $5)`,
			conv, byPerson, event, a.chat, now); err != nil {
			return err
		}
	}
	if a.in.Address.Channel == bot.SMS && personal(a.in.Kind) {
		if err := heardFrom(ctx, tx, a.in.Address.ID); err != nil {
			return err
		}
	}
	if !db.heard.due(a.in.Address.Channel, tx.now) {
		return nil
	}
	_, err := tx.exec(ctx, `INSERT INTO channels (name, last_in_at) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET last_in_at = excluded.last_in_at`, a.in.Address.Channel, now)
	return err
}

// heard remembers when a channel's last_in_at was written, because once a second is enough.
type heard struct {
	mu   sync.Mutex
	last map[string]time.Time
}

func (h *heard) due(channel string, now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if now.Sub(h.last[channel]).Abs() < time.Second {
		return false
	}
	h.last[channel] = now
	return true
}

// replaceWaiting puts an edited text in place of the message that it edits, and
// says whether that message was still waiting. One that is being played is not: it
// is the first waiting of a conversation under lease.
func (db *DB) replaceWaiting(ctx context.Context, tx *Tx, conv int64, in bot.Incoming) (bool, error) {
	var id int64
	var body []byte
	err := tx.row(ctx, `SELECT e.id, e.body FROM events e JOIN conversations c ON c.id = e.conversation_id
		WHERE e.channel = $1 AND e.provider_id = $2 AND e.conversation_id = $3 AND e.state = 'waiting'
		  AND (c.lease_until <= $4 OR EXISTS (SELECT 1 FROM events p
			WHERE p.conversation_id = e.conversation_id AND p.state = 'waiting' AND p.seq < e.seq))`,
		in.Address.Channel, in.Replaces, conv, ms(tx.now)).Scan(&id, &body)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var old bot.Incoming
	if err := db.unseal(bot.SealBody, body, &old); err != nil {
		db.log.Error("an edited message cannot be read", "event", id, "error", err)
		return false, nil // it is asked anew
	}
	if old.Kind != bot.KindText && old.Kind != bot.KindFiles {
		return false, nil
	}
	old.Text = in.Text
	if body, err = db.seal(bot.SealBody, old); err != nil {
		return false, err
	}
	_, err = tx.exec(ctx, `UPDATE events SET body = $1 WHERE id = $2`, body, id)
	return err == nil, err
}

// keepReceipts stores receipts, once for each state, until they are applied.
func keepReceipts(ctx context.Context, tx *Tx, receipts []bot.Receipt) error {
	for _, r := range receipts {
		var failure []byte
		if r.Failure != nil {
			var err error
			if failure, err = json.Marshal(r.Failure); err != nil {
				return fmt.Errorf("write failure: %w", err)
			}
		}
		at := r.At
		if at.IsZero() {
			at = tx.now
		}
		if _, err := tx.exec(ctx, `INSERT INTO receipts (channel, provider_id, outbox_id, state, failure, at)
			VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (channel, provider_id, outbox_id, state) DO NOTHING`,
			r.Channel, r.ProviderID, r.OutboxID, int(r.State), string(failure), ms(at)); err != nil {
			return err
		}
		tx.wake.Receipts = true
	}
	return nil
}
