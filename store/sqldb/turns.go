package sqldb

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
)

var _ bot.Inbox = (*DB)(nil)

// newToken names one lease, so that only its holder can use it.
func newToken() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// leased is a claim before its event's body is opened, outside the transaction.
type leased struct {
	claim bot.Claim
	body  []byte
	class string
}

// Claim implements bot.Inbox.
func (db *DB) Claim(ctx context.Context, n int, lease time.Duration) ([]bot.Claim, error) {
	now := ms(db.now())
	var due int
	err := db.readRow(ctx, `SELECT 1 FROM conversations WHERE due_at <= $1 AND lease_until <= $1 LIMIT 1`, []any{now}, &due)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("claim conversations: %w", err)
	}
	token := newToken()
	var got []leased
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		got = got[:0]
		ids, err := leaseDue(ctx, tx, token, n, lease)
		if err != nil {
			return err
		}
		for _, id := range ids {
			l, err := nextEvent(ctx, tx, id, token)
			if err != nil {
				return err
			}
			if l != nil {
				got = append(got, *l)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim conversations: %w", err)
	}
	claims := make([]bot.Claim, 0, len(got))
	for _, l := range got {
		claims = append(claims, db.open(l))
	}
	return claims, nil
}

func leaseDue(ctx context.Context, tx *Tx, token string, n int, lease time.Duration) (ids []int64, err error) {
	rows, err := tx.query(ctx, `UPDATE conversations SET token = $1, lease_until = $2
		WHERE id IN (SELECT id FROM conversations WHERE due_at <= $3 AND lease_until <= $3 ORDER BY due_at LIMIT $4)
		RETURNING id`, token, ms(tx.now.Add(lease)), ms(tx.now), n)
	if err != nil {
		return nil, err
	}
	err = eachRow(rows, func(rows *sql.Rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	})
	return ids, err
}

// nextEvent counts an attempt at a leased conversation's first waiting event and
// reads both. nil: nothing waits, and the lease is given back.
func nextEvent(ctx context.Context, tx *Tx, conv int64, token string) (*leased, error) {
	l := &leased{claim: bot.Claim{Token: token}}
	ev := &l.claim.Event
	var stored int64
	err := tx.row(ctx, `UPDATE events SET attempts = attempts + 1 WHERE id = (SELECT id FROM events
			WHERE conversation_id = $1 AND state = 'waiting' ORDER BY seq LIMIT 1)
		RETURNING id, seq, attempts, body, class, stored_at`, conv).
		Scan(&ev.ID, &ev.Seq, &ev.Attempt, &l.body, &l.class, &stored)
	if errors.Is(err, sql.ErrNoRows) {
		_, err := tx.exec(ctx, `UPDATE conversations SET token = '', lease_until = 0, due_at = NULL WHERE id = $1`, conv)
		return nil, err
	}
	if err != nil {
		return nil, err
	}
	ev.StoredAt = at(stored)
	l.claim.Conv, err = readConversation(ctx, tx, conv, ev.Seq)
	return l, err
}

// readConversation reads a conversation as the event numbered seq finds it:
// what was heard before that event, not since.
func readConversation(ctx context.Context, tx *Tx, id, seq int64) (bot.Conversation, error) {
	c := bot.Conversation{ID: id}
	var since, first, last int64
	err := tx.row(ctx, `SELECT channel, address, rev, holder, lang, accents, unit_id, phone, phone_since, first_at,
			COALESCE((SELECT e.stored_at FROM events e WHERE e.conversation_id = c.id AND e.seq < $2
				AND e.kind NOT IN ('staff', 'takeover', 'blocked') ORDER BY e.seq DESC LIMIT 1), 0)
		FROM conversations c WHERE id = $1`, id, seq).
		Scan(&c.Address.Channel, &c.Address.ID, &c.Rev, &c.Holder, &c.Lang, &c.Accents, &c.UnitID, &c.Phone, &since, &first, &last)
	if err != nil {
		return c, err
	}
	c.PhoneSince, c.LastInAt = at(since), at(last)
	if last != 0 {
		c.FirstAt = at(first)
	}
	return c, nil
}

// open reads a leased event's body.
func (db *DB) open(l leased) bot.Claim {
	c := l.claim
	if err := db.unseal(l.class, l.body, &c.Event.Incoming); err != nil {
		db.log.Error("an event cannot be read", "event", c.Event.ID, "error", err)
		c.Broken = true
	}
	if c.Conv.Address.Channel == bot.SMS { // the sender's own number, proven by the message itself
		c.Conv.Phone, c.Conv.PhoneSince = c.Conv.Address.ID, c.Event.StoredAt
	}
	return c
}

// Renew implements bot.Inbox.
func (db *DB) Renew(ctx context.Context, c bot.Claim, lease time.Duration) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.changed(ctx, `UPDATE conversations SET lease_until = $1 WHERE id = $2 AND token = $3`,
			ms(tx.now.Add(lease)), c.Conv.ID, c.Token)
		if err != nil {
			return fmt.Errorf("renew lease: %w", err)
		}
		if n == 0 {
			return bot.ErrLeaseLost
		}
		return nil
	})
}

// Release implements bot.Inbox.
func (db *DB) Release(ctx context.Context, c bot.Claim, after time.Duration, failed bool) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err := tx.changed(ctx, `UPDATE conversations SET token = '', lease_until = 0, due_at = $1 WHERE id = $2 AND token = $3`,
			ms(tx.now.Add(after)), c.Conv.ID, c.Token)
		if err != nil || n == 0 || failed {
			return err
		}
		tx.wake.Conversations = true
		_, err = tx.exec(ctx, `UPDATE events SET attempts = attempts - 1 WHERE id = $1 AND state = 'waiting' AND attempts > 0`, c.Event.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("give conversation back: %w", err)
	}
	return nil
}

// State implements bot.Inbox.
func (db *DB) State(ctx context.Context, conversationID int64) (rev int64, state []byte, err error) {
	var sealed []byte
	err = db.readRow(ctx, `SELECT rev, state FROM conversations WHERE id = $1`, []any{conversationID}, &rev, &sealed)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil, bot.ErrNoState
	}
	if err != nil {
		return 0, nil, fmt.Errorf("read state: %w", err)
	}
	if sealed == nil {
		return rev, nil, nil
	}
	state, err = db.vault.Open(bot.SealState, sealed)
	return rev, state, err
}
