package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
)

// answerFor is how long an answer is worth sending.
const answerFor = 24 * time.Hour

// sealedTurn is a decision made ready outside the transaction.
type sealedTurn struct {
	bot.Decision
	state []byte
	parts [][]byte
	body  []byte // the event's body under the accusation class, for a quiet turn
	chat  []byte // the same of the web chat's entry
}

func (db *DB) sealTurn(d bot.Decision) (sealedTurn, error) {
	t := sealedTurn{Decision: d}
	if d.Turn.State != nil {
		t.state = db.vault.Seal(bot.SealState, d.Turn.State)
	}
	for _, p := range d.Parts {
		sealed, err := db.seal(bot.SealBody, p)
		if err != nil {
			return t, err
		}
		t.parts = append(t.parts, sealed)
	}
	if !d.Turn.Quiet {
		return t, nil
	}
	var err error
	if t.body, err = db.seal(bot.SealAccusation, d.Claim.Event.Incoming); err != nil {
		return t, err
	}
	t.chat, err = db.seal(bot.SealAccusation, bot.Part{Text: said(d.Claim.Event.Incoming), Segments: 1})
	return t, err
}

// Commit implements bot.Inbox.
func (db *DB) Commit(ctx context.Context, d bot.Decision, lease time.Duration) (*bot.Claim, error) {
	t, err := db.sealTurn(d)
	if err != nil {
		return nil, err
	}
	var next *leased
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := db.commitTurn(ctx, tx, t); err != nil {
			return err
		}
		var err error
		next, err = afterTurn(ctx, tx, t, lease)
		return err
	})
	if err != nil {
		return nil, err
	}
	if next == nil {
		return nil, nil
	}
	c := db.open(*next)
	return &c, nil
}

func (db *DB) commitTurn(ctx context.Context, tx *Tx, t sealedTurn) error {
	seq, err := moveConversation(ctx, tx, t)
	if err != nil {
		return err
	}
	for _, act := range t.Turn.Acts {
		if err := db.apply(ctx, tx, act); err != nil {
			return fmt.Errorf("act %T: %w", act, err)
		}
	}
	conv, ev := t.Claim.Conv, t.Claim.Event
	for i, part := range t.parts {
		tx.wake.Outbox = true
		if _, err := tx.exec(ctx, `INSERT INTO outbox (conversation_id, seq, event_id, channel, address, lane, part,
				reply_token, not_before, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $9)`,
			conv.ID, seq+int64(i), ev.ID, conv.Address.Channel, conv.Address.ID, int(bot.LaneAnswer), part,
			ev.Incoming.ReplyToken, ms(tx.now), ms(tx.now.Add(answerFor))); err != nil {
			return fmt.Errorf("answer: %w", err)
		}
	}
	if t.Turn.Quiet {
		if err := db.forgetNames(ctx, tx, ev.ID); err != nil {
			return err
		}
	}
	return endEvent(ctx, tx, t)
}

// moveConversation is the fence: without the claim's lease and revision nothing
// is kept. It returns the number of the turn's first answer.
func moveConversation(ctx context.Context, tx *Tx, t sealedTurn) (seq int64, err error) {
	set := t.Turn.Set
	var accents *int
	if set.Accents != nil {
		n := flag(*set.Accents)
		accents = &n
	}
	err = tx.row(ctx, `UPDATE conversations SET rev = rev + 1, next_out = next_out + $1,
			state = CASE WHEN $2 = 1 THEN state ELSE $3 END, lang = COALESCE($4, lang), accents = COALESCE($5, accents),
			unit_id = COALESCE($6, unit_id), holder = COALESCE($7, holder)
		WHERE id = $8 AND rev = $9 AND token = $10 RETURNING next_out - $1`,
		len(t.parts), flag(t.Parked), t.state, set.Lang, accents, set.UnitID, set.Holder,
		t.Claim.Conv.ID, t.Claim.Conv.Rev, t.Claim.Token).Scan(&seq)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, bot.ErrLeaseLost
	}
	return seq, err
}

func endEvent(ctx context.Context, tx *Tx, t sealedTurn) error {
	state, ev, conv := "done", t.Claim.Event, t.Claim.Conv
	if t.Parked {
		state = "parked"
		if _, err := tx.exec(ctx, `INSERT INTO tasks (kind, unit_id, conversation_id, phone, opened_at) VALUES ('parked', $1, $2, $3, $4)`,
			conv.UnitID, conv.ID, conv.Phone, ms(tx.now)); err != nil {
			return fmt.Errorf("park: %w", err)
		}
	}
	if _, err := tx.exec(ctx, `UPDATE events SET state = $1, done_at = $2 WHERE id = $3`, state, ms(tx.now), ev.ID); err != nil {
		return fmt.Errorf("end event: %w", err)
	}
	if !t.Turn.Quiet {
		return nil
	}
	if _, err := tx.exec(ctx, `UPDATE events SET body = $1, class = $2 WHERE id = $3`, t.body, bot.SealAccusation, ev.ID); err != nil {
		return fmt.Errorf("seal event: %w", err)
	}
	_, err := tx.exec(ctx, `UPDATE chat_log SET sealed = $1, class = $2 WHERE event_id = $3 AND event_id <> 0`, t.chat, bot.SealAccusation, ev.ID)
	return err
}

// afterTurn goes on to the conversation's next event under the same lease, or gives it back.
func afterTurn(ctx context.Context, tx *Tx, t sealedTurn, lease time.Duration) (*leased, error) {
	conv := t.Claim.Conv.ID
	if t.Last {
		tx.wake.Conversations = true
		_, err := tx.exec(ctx, `UPDATE conversations SET token = '', lease_until = 0 WHERE id = $1`, conv)
		return nil, err
	}
	if _, err := tx.exec(ctx, `UPDATE conversations SET lease_until = $1 WHERE id = $2`, ms(tx.now.Add(lease)), conv); err != nil {
		return nil, err
	}
	return nextEvent(ctx, tx, conv, t.Claim.Token)
}
