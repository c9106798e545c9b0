package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
)

// Settle implements delivery.Outbox.
func (o Outbox) Settle(ctx context.Context, s delivery.Settlement) error {
	err := o.db.write(ctx, func(ctx context.Context, tx *Tx) error { return o.db.settleRow(ctx, tx, s) })
	if err != nil {
		return fmt.Errorf("settle message: %w", err)
	}
	return nil
}

func (db *DB) settleRow(ctx context.Context, tx *Tx, s delivery.Settlement) error {
	if err := ownMessage(ctx, tx, s); err != nil {
		return err
	}
	moved, err := moveRow(ctx, tx, s)
	if err != nil {
		return err
	}
	if moved && s.Row.NoticeID != 0 && s.State != delivery.Waiting {
		if err := db.settleNotice(ctx, tx, s.Row.NoticeID, string(s.State), s.Failure); err != nil {
			return fmt.Errorf("settle notice: %w", err)
		}
	}
	if err := channelHealth(ctx, tx, s); err != nil {
		return err
	}
	if err := leaveAlone(ctx, tx, s); err != nil {
		return err
	}
	if s.ProviderID == "" {
		return nil
	}
	return db.earlyReceipts(ctx, tx, s.Row.Out.To.Channel, s.ProviderID)
}

// ownMessage refuses what a provider, asked for a lost message, said of one that another row
// is known by.
func ownMessage(ctx context.Context, tx *Tx, s delivery.Settlement) error {
	if s.ProviderID == "" || s.Row.Doubtful.IsZero() {
		return nil
	}
	var other int64
	err := tx.row(ctx, `SELECT id FROM outbox WHERE channel = $1 AND provider_id = $2 AND provider_id <> '' AND id <> $3 LIMIT 1`,
		s.Row.Out.To.Channel, s.ProviderID, s.Row.Out.ID).Scan(&other)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return delivery.ErrAnother
}

// moveRow records the outcome, unless more is known of the row already: it moves
// only under the claim's token, and a lapsed claim's late outcome still counts
// until the row is claimed anew.
func moveRow(ctx context.Context, tx *Tx, s delivery.Settlement) (bool, error) {
	id, token, now := s.Row.Out.ID, s.Row.Token, ms(tx.now)
	class, code := "", ""
	if s.Failure != nil {
		class, code = string(s.Failure.Class), s.Failure.Code
	}
	var n int64
	var err error
	switch {
	case s.State == delivery.Sent || s.State == delivery.Delivered:
		n, err = tx.changed(ctx, `UPDATE outbox SET state = $1, settled_at = $2, fail_class = '', fail_code = '' WHERE id = $3 AND token = $4
			AND state IN ('claimed', 'unknown', 'waiting')`, string(s.State), now, id, token)
		if err == nil && s.ProviderID != "" {
			_, err = tx.exec(ctx, `UPDATE outbox SET provider_id = $1 WHERE id = $2 AND token = $3`, s.ProviderID, id, token)
		}
	case s.State == delivery.Failed:
		n, err = tx.changed(ctx, `UPDATE outbox SET state = 'failed', settled_at = $1, fail_class = $2, fail_code = $3
			WHERE id = $4 AND token = $5 AND state IN ('claimed', 'unknown')`, now, class, code, id, token)
	case s.State == delivery.Unknown:
		n, err = tx.changed(ctx, `UPDATE outbox SET settled_at = CASE WHEN state = 'unknown' THEN settled_at ELSE $1 END,
			state = 'unknown', not_before = $2, fail_class = 'unknown', fail_code = CASE WHEN $3 = '' THEN fail_code ELSE $3 END
			WHERE id = $4 AND token = $5 AND (state = 'claimed' OR state = 'unknown' AND not_before > 0)`, now, ms(s.Again), code, id, token)
	case s.Repeat:
		// The token stays: should the first hand-over's outcome still come, the second is not needed.
		n, err = tx.changed(ctx, `UPDATE outbox SET state = 'waiting', repeats = repeats + 1, not_before = $1
			WHERE id = $2 AND token = $3 AND state = 'unknown'`, ms(s.Again), id, token)
		tx.wake.Outbox = true
	default:
		// A late word that an answer was not taken comes too late once later answers may have gone.
		n, err = tx.changed(ctx, `UPDATE outbox SET state = 'waiting', token = '', attempts = attempts + $1, not_before = $2,
			fail_class = $3, fail_code = $4 WHERE id = $5 AND token = $6
			AND (state = 'claimed' OR state = 'unknown' AND (not_before > 0 OR lane <> 0))`,
			flag(s.Counted), ms(s.Again), class, code, id, token)
	}
	return n > 0, err
}

// channelHealth counts what went wrong in a row and pauses or halts the channel.
// What is learnt of a doubtful row says nothing about how the channel is now.
func channelHealth(ctx context.Context, tx *Tx, s delivery.Settlement) error {
	if !s.Row.Doubtful.IsZero() {
		return nil
	}
	name, now := s.Row.Out.To.Channel, ms(tx.now)
	var err error
	switch {
	case s.State == delivery.Sent || s.State == delivery.Delivered:
		_, err = tx.exec(ctx, `INSERT INTO channels (name, last_out_at) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE
			SET last_out_at = excluded.last_out_at, bad_in_row = 0, halted_at = 0, probe_at = 0`, name, now)
	case s.Failure == nil:
	case s.State == delivery.Unknown || s.Failure.Class == bot.Misconfigured:
		_, err = tx.exec(ctx, `INSERT INTO channels (name, bad_in_row) VALUES ($1, 1) ON CONFLICT (name) DO UPDATE
			SET bad_in_row = bad_in_row + 1,
				halted_at = CASE WHEN halted_at = 0 AND bad_in_row + 1 >= $2 THEN $3 ELSE halted_at END,
				probe_at = CASE WHEN halted_at = 0 AND bad_in_row + 1 >= $2 THEN $4 ELSE probe_at END`,
			name, haltAfter, now, ms(tx.now.Add(probeEvery)))
	case s.Failure.Class == bot.Throttled:
		_, err = tx.exec(ctx, `INSERT INTO channels (name, paused_until) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE
			SET paused_until = CASE WHEN paused_until < excluded.paused_until THEN excluded.paused_until ELSE paused_until END`,
			name, ms(s.Pause))
	case s.Failure.Class == bot.Rejected || s.Failure.Class == bot.Unreachable:
		_, err = tx.exec(ctx, `UPDATE channels SET bad_in_row = 0, halted_at = 0, probe_at = 0 WHERE name = $1`, name)
	}
	if err != nil {
		return fmt.Errorf("channel health: %w", err)
	}
	return nil
}

// leaveAlone keeps the channel's gap before the person's next message, and
// remembers a person who refused us at the provider until they write again.
func leaveAlone(ctx context.Context, tx *Tx, s delivery.Settlement) error {
	to := s.Row.Out.To
	if s.Failure != nil && s.Failure.OptedOut {
		if err := markBlocked(ctx, tx, to.Channel, to.ID); err != nil {
			return err
		}
	}
	if s.Gap <= 0 {
		return nil
	}
	_, err := tx.exec(ctx, `UPDATE outbox SET not_before = $1
		WHERE conversation_id = (SELECT id FROM conversations WHERE channel = $2 AND address = $3)
		  AND state IN ('waiting', 'claimed', 'unknown') AND state = 'waiting' AND not_before < $1`,
		ms(tx.now.Add(s.Gap)), to.Channel, to.ID)
	return err
}

func markBlocked(ctx context.Context, tx *Tx, channel, address string) error {
	_, err := tx.exec(ctx, `INSERT INTO conversations (channel, address, blocked_at) VALUES ($1, $2, $3)
		ON CONFLICT (channel, address) DO UPDATE SET blocked_at = excluded.blocked_at`, channel, address, ms(tx.now))
	return err
}

// Lapse implements delivery.Outbox.
func (o Outbox) Lapse(ctx context.Context, channel string, grace time.Duration) (int, error) {
	var ids []int64
	err := o.db.readRows(ctx, `SELECT id FROM outbox WHERE state = 'claimed' AND channel = $1 AND lease_until <= $2 LIMIT 200`,
		[]any{channel, ms(o.db.now())}, func(rows *sql.Rows) error {
			ids = append(ids, 0)
			return rows.Scan(&ids[len(ids)-1])
		})
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	lapsed := 0
	err = o.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		lapsed = 0
		for _, id := range ids {
			n, err := o.db.lapseRow(ctx, tx, id, grace)
			if err != nil {
				return err
			}
			lapsed += n
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("lapse claims: %w", err)
	}
	return lapsed, nil
}

func (db *DB) lapseRow(ctx context.Context, tx *Tx, id int64, grace time.Duration) (int, error) {
	n, err := tx.changed(ctx, `UPDATE outbox SET state = 'unknown', settled_at = $1, not_before = $2, fail_class = 'unknown', fail_code = 'lapsed'
		WHERE id = $3 AND state = 'claimed' AND lease_until <= $1`, ms(tx.now), ms(tx.now.Add(grace)), id)
	if err != nil || n == 0 {
		return 0, err
	}
	var notice int64
	if err := tx.row(ctx, `SELECT notice_id FROM outbox WHERE id = $1`, id).Scan(&notice); err != nil || notice == 0 {
		return 1, err
	}
	return 1, db.settleNotice(ctx, tx, notice, string(delivery.Unknown), &bot.SendError{Class: bot.Unknown, Code: "lapsed"})
}

// Doubtful implements delivery.Outbox.
func (o Outbox) Doubtful(ctx context.Context, channel string, n int) ([]delivery.Row, error) {
	var claimed []claimedRow
	err := o.db.readRows(ctx, `SELECT o.id, o.token, o.settled_at, o.begun_at, `+rowFields+` FROM outbox o
		WHERE o.state = 'unknown' AND o.channel = $1 AND o.not_before > 0 AND o.not_before <= $2 ORDER BY o.not_before LIMIT $3`,
		[]any{channel, ms(o.db.now()), n}, func(rows *sql.Rows) error {
			c := claimedRow{row: delivery.Row{Out: bot.Outgoing{To: bot.Address{Channel: channel}}}}
			r := &c.row
			var lane int
			var since, begun, expires int64
			err := rows.Scan(&r.Out.ID, &r.Token, &since, &begun, &lane, &r.Out.To.ID, &r.NoticeID, &c.part, &r.Out.ReplyToken,
				&expires, &r.Attempts, &r.Repeats, &r.ProviderID)
			r.Out.Lane, r.Out.Begun, r.Doubtful, r.ExpiresAt = bot.Lane(lane), at(begun), at(since), at(expires)
			claimed = append(claimed, c)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list doubtful messages: %w", err)
	}
	return o.openParts(ctx, claimed), nil
}

// Counts says how many rows of each channel and lane stand where, and how many were handed over anew.
func (o Outbox) Counts(ctx context.Context) ([]delivery.Count, error) {
	var counts []delivery.Count
	err := o.db.readRows(ctx, `SELECT channel, lane, state, COUNT(*), SUM(repeats) FROM outbox GROUP BY channel, lane, state
		ORDER BY channel, lane, state`, nil, func(rows *sql.Rows) error {
		var c delivery.Count
		var lane int
		err := rows.Scan(&c.Channel, &lane, &c.State, &c.Rows, &c.Repeats)
		c.Lane = bot.Lane(lane)
		counts = append(counts, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count messages: %w", err)
	}
	return counts, nil
}
