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

// Outbox is what waits to be handed over.
type Outbox struct{ db *DB }

var (
	_ delivery.Outbox   = Outbox{}
	_ delivery.Receipts = Outbox{}
)

// Outbox gives the outbox.
func (db *DB) Outbox() Outbox { return Outbox{db} }

const (
	haltAfter  = 5 // unknowns or misconfigurations in a row
	probeEvery = 30 * time.Second
	skipAhead  = 200 // rows that are not to be sent any more are passed over, so many at once
)

// health is what a channel's row says.
type health struct{ halted, probe, paused int64 }

// Rows that are due, by lane. An answer waits while an earlier one of its conversation is
// open, a part of a notice while an earlier part is; paused broadcasts and
// notices whose time has not come are held.
const (
	dueAnswers = `SELECT o.id FROM outbox o WHERE o.state = 'waiting' AND o.channel = $1 AND o.lane = 0 AND o.not_before <= $2
		AND NOT EXISTS (` + earlierAnswer + `) ORDER BY o.not_before, o.id LIMIT $3`
	earlierAnswer = `SELECT 1 FROM outbox e WHERE e.conversation_id = o.conversation_id AND e.seq < o.seq
		AND e.state IN ('waiting', 'claimed', 'unknown') AND (e.state <> 'unknown' OR e.not_before > 0)
		AND e.lane = 0 AND e.conversation_id <> 0`
	dueNotices = `SELECT o.id FROM outbox o LEFT JOIN notices n ON n.id = o.notice_id LEFT JOIN broadcasts b ON b.id = n.broadcast_id
		WHERE o.state = 'waiting' AND o.channel = $1 AND o.lane = $3 AND o.not_before <= $2 AND NOT (` + held + `)
		ORDER BY o.not_before, o.id LIMIT $4`
	held = `n.id IS NOT NULL AND (n.not_before > $2 OR (n.broadcast_id <> 0 AND COALESCE(b.state, '') NOT IN ('sending', 'done', 'cancelled')))
		OR EXISTS (SELECT 1 FROM outbox e WHERE e.notice_id = o.notice_id AND e.notice_id <> 0 AND e.id < o.id
			AND e.state IN ('waiting', 'claimed'))`
)

// Claim implements delivery.Outbox.
func (o Outbox) Claim(ctx context.Context, w delivery.Want) (delivery.Batch, error) {
	now := o.db.now()
	h, err := o.health(ctx, w.Channel)
	if err != nil {
		return delivery.Batch{}, fmt.Errorf("claim messages: %w", err)
	}
	if h.paused > ms(now) {
		return delivery.Batch{Next: at(h.paused)}, nil
	}
	ids, err := o.due(ctx, w, h, now)
	if err != nil {
		return delivery.Batch{}, fmt.Errorf("claim messages: %w", err)
	}
	if len(ids) == 0 {
		next, err := o.nextDue(ctx, w, now)
		return delivery.Batch{Next: next}, err
	}
	var c claiming
	err = o.db.write(ctx, func(ctx context.Context, tx *Tx) error {
		c = claiming{want: w, token: newToken(), halted: h.halted != 0}
		for _, id := range ids {
			if err := o.db.claimRow(ctx, tx, &c, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return delivery.Batch{}, fmt.Errorf("claim messages: %w", err)
	}
	return delivery.Batch{Rows: o.openParts(ctx, c.rows), Skipped: c.skipped}, nil
}

func (o Outbox) health(ctx context.Context, channel string) (h health, err error) {
	err = o.db.readRow(ctx, `SELECT halted_at, probe_at, paused_until FROM channels WHERE name = $1`, []any{channel},
		&h.halted, &h.probe, &h.paused)
	if errors.Is(err, sql.ErrNoRows) {
		return health{}, nil
	}
	return h, err
}

// due lists what may be claimed, in the order in which it goes.
func (o Outbox) due(ctx context.Context, w delivery.Want, h health, now time.Time) (ids []int64, err error) {
	scan := func(rows *sql.Rows) error {
		ids = append(ids, 0)
		return rows.Scan(&ids[len(ids)-1])
	}
	if err := o.db.readRows(ctx, dueAnswers, []any{w.Channel, ms(now), w.Rows}, scan); err != nil {
		return nil, err
	}
	if w.Quiet || w.Notices < 1 || len(ids) >= w.Rows || h.halted != 0 && h.probe > ms(now) {
		return ids, nil
	}
	for _, lane := range []bot.Lane{bot.LaneNotice, bot.LaneBulk} {
		if err := o.db.readRows(ctx, dueNotices, []any{w.Channel, ms(now), int(lane), w.Notices + skipAhead}, scan); err != nil {
			return nil, err
		}
	}
	return ids, nil
}

// nextDue says when the first row that waits for its time is due; zero: none does.
func (o Outbox) nextDue(ctx context.Context, w delivery.Want, now time.Time) (time.Time, error) {
	var next int64
	err := o.db.readRow(ctx, `SELECT COALESCE(MIN(not_before), 0) FROM outbox
		WHERE state = 'waiting' AND channel = $1 AND lane IN (0, 1, 2) AND not_before > $2`, []any{w.Channel, ms(now)}, &next)
	return at(next), err
}

// openParts unseals what was claimed. A part that cannot be read will never go.
func (o Outbox) openParts(ctx context.Context, claimed []claimedRow) []delivery.Row {
	rows := make([]delivery.Row, 0, len(claimed))
	for _, c := range claimed {
		if err := o.db.unseal(bot.SealBody, c.part, &c.row.Out.Part); err != nil {
			o.db.log.Error("a message cannot be read", "message", c.row.Out.ID, "error", err)
			unreadable := &bot.SendError{Class: bot.Rejected, Code: "unreadable"}
			if err := o.Settle(ctx, delivery.Settlement{Row: c.row, State: delivery.Failed, Failure: unreadable}); err != nil {
				o.db.log.Error("could not give up a message", "message", c.row.Out.ID, "error", err)
			}
			continue
		}
		rows = append(rows, c.row)
	}
	return rows
}

// claiming is the state of one claim's transaction.
type claiming struct {
	want    delivery.Want
	token   string
	halted  bool // notices and bulk: the one probe alone
	notices int
	skipped int
	rows    []claimedRow
}

type claimedRow struct {
	row  delivery.Row
	part []byte
}

// full says whether a row of this lane has no place any more.
func (c *claiming) full(lane bot.Lane) bool {
	return len(c.rows) >= c.want.Rows || lane != bot.LaneAnswer && c.notices >= c.want.Notices
}

// What a person just did is answered although they asked for no notices (class task), but not to
// a number that is another's.
const (
	answerVerdict = `CASE WHEN o.expires_at > 0 AND o.expires_at <= $2 THEN 'expired'
		WHEN EXISTS (` + earlierAnswer + `) THEN 'hold' ELSE 'go' END`
	noticeVerdict = `CASE WHEN ` + held + ` THEN 'hold'
		WHEN o.expires_at > 0 AND o.expires_at <= $2 OR n.expires_at > 0 AND n.expires_at <= $2 THEN 'expired'
		WHEN o.notice_id <> 0 AND (n.id IS NULL OR b.state = 'cancelled' OR n.state IN ('skipped', 'failed')) THEN 'cancelled'
		WHEN EXISTS (SELECT 1 FROM outbox e WHERE e.notice_id = o.notice_id AND e.notice_id <> 0 AND e.channel = o.channel
			AND e.id < o.id AND e.state IN ('failed', 'skipped')) THEN 'cancelled'
		WHEN EXISTS (SELECT 1 FROM opt_outs x WHERE x.channel = o.channel AND x.address = o.address
			AND x.class IN ('all', n.class) AND (n.class <> 'task' OR x.why <> 'asked')) THEN 'opted_out'
		WHEN n.phone <> '' AND EXISTS (SELECT 1 FROM opt_outs x WHERE x.channel = 'sms' AND x.address = n.phone
			AND x.class IN ('all', n.class) AND (n.class <> 'task' OR x.why <> 'asked')) THEN 'opted_out'
		WHEN p.dead_at > 0 OR p.quiet_at > 0 THEN 'silenced'
		WHEN c.blocked_at > 0 THEN 'blocked' ELSE 'go' END`
	rowFields = `o.lane, o.address, o.notice_id, o.part, o.reply_token, o.expires_at, o.attempts, o.repeats, o.provider_id`
	judge     = `SELECT ` + rowFields + `, CASE WHEN o.lane = 0 THEN ` + answerVerdict + ` ELSE ` + noticeVerdict + ` END
		FROM outbox o LEFT JOIN notices n ON n.id = o.notice_id LEFT JOIN broadcasts b ON b.id = n.broadcast_id
		LEFT JOIN people p ON p.id = n.person_id
		LEFT JOIN conversations c ON c.channel = o.channel AND c.address = o.address
		WHERE o.id = $1 AND o.state = 'waiting'`
)

// claimRow claims one row if it may still go, and ends it if it may not.
func (db *DB) claimRow(ctx context.Context, tx *Tx, c *claiming, id int64) error {
	got := claimedRow{row: delivery.Row{Token: c.token}}
	out := &got.row.Out
	var lane int
	var expires int64
	var verdict string
	err := tx.row(ctx, judge, id, ms(tx.now)).Scan(&lane, &out.To.ID, &got.row.NoticeID, &got.part, &out.ReplyToken, &expires,
		&got.row.Attempts, &got.row.Repeats, &got.row.ProviderID, &verdict)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // another replica was first
	}
	if err != nil {
		return err
	}
	out.ID, out.To.Channel, out.Lane, out.Begun = id, c.want.Channel, bot.Lane(lane), tx.now
	got.row.ExpiresAt = at(expires)
	if verdict == "hold" || verdict == "go" && c.full(out.Lane) {
		return nil
	}
	if verdict != "go" {
		c.skipped++
		return db.endRow(ctx, tx, got.row, verdict)
	}
	if c.halted && out.Lane != bot.LaneAnswer {
		n, err := tx.changed(ctx, `UPDATE channels SET probe_at = $1 WHERE name = $2 AND halted_at > 0 AND probe_at <= $3`,
			ms(tx.now.Add(probeEvery)), c.want.Channel, ms(tx.now))
		if err != nil || n == 0 {
			return err
		}
	}
	if out.Lane != bot.LaneAnswer {
		c.notices++
	}
	c.rows = append(c.rows, got)
	_, err = tx.exec(ctx, `UPDATE outbox SET state = 'claimed', token = $1, lease_until = $2, begun_at = $3 WHERE id = $4`,
		c.token, ms(tx.now.Add(c.want.Lease)), ms(tx.now), id)
	return err
}

// endRow ends a row that is not to be handed over: an answer fails, a notice is
// skipped, and one to somebody who shut this channel has failed on it.
func (db *DB) endRow(ctx context.Context, tx *Tx, row delivery.Row, why string) error {
	state, failure := delivery.Skipped, &bot.SendError{Class: bot.Rejected, Code: why}
	switch {
	case why == "blocked":
		state, failure.Class = delivery.Failed, bot.Unreachable
	case row.Answer():
		state = delivery.Failed
	}
	if _, err := tx.exec(ctx, `UPDATE outbox SET state = $1, fail_class = $2, fail_code = $3, settled_at = $4 WHERE id = $5`,
		string(state), string(failure.Class), why, ms(tx.now), row.Out.ID); err != nil {
		return err
	}
	if row.NoticeID == 0 {
		return nil
	}
	return db.settleNotice(ctx, tx, row.NoticeID, string(state), failure)
}
