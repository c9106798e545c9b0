package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/bot/notify"
)

// notifier is who plans notices, and how many open bulk rows a channel may have.
type notifier struct {
	planner *notify.Planner
	maxBulk int
}

// maxBulk is how many open bulk rows the outbox holds for each channel: enough to keep it busy, few
// enough that memory is flat and a cancel is instant.
const maxBulk = 20_000

// planBatch is how many notices are planned in one change, so that no other write waits long.
const planBatch = 50

// States of a notice besides those of its outbox rows.
const (
	noticeWaiting = "waiting" // not planned yet
	noticeQueued  = "queued"  // its rows are in the outbox
)

// UseNotifier sets who plans notices; until then they wait. It is called before the records are used.
func (db *DB) UseNotifier(p *notify.Planner) { db.tell = notifier{planner: p, maxBulk: maxBulk} }

// notice is a stored promise.
type notice struct {
	id      int64
	promise notify.Promise
	state   string
	tried   []string // channels, in order; the last one is being tried while it is queued
}

// owe keeps a promise to tell somebody something, once per key, in the
// transaction that makes it owed, and plans it there. A broadcast's recipients wait for their turn.
func (db *DB) owe(ctx context.Context, tx *Tx, p notify.Promise) error {
	words, err := db.seal(bot.SealBody, p.Words)
	if err != nil {
		return fmt.Errorf("owe a notice: %w", err)
	}
	id, err := tx.insert(ctx, `INSERT INTO notices (key, class, broadcast_id, unit_id, person_id, conversation_id, phone, words, not_before, expires_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (key) DO NOTHING RETURNING id`,
		p.Key, p.Class, p.BroadcastID, p.UnitID, p.PersonID, p.ConversationID, p.Phone, words,
		ms(p.NotBefore), ms(p.Expires), ms(tx.now))
	if errors.Is(err, sql.ErrNoRows) {
		return nil // promised before
	}
	if err != nil {
		return fmt.Errorf("owe a notice: %w", err)
	}
	if db.tell.planner == nil || p.BroadcastID != 0 || p.NotBefore.After(tx.now) {
		return nil
	}
	if err := db.planNotice(ctx, tx, notice{id: id, promise: p, state: noticeWaiting}); err != nil {
		return fmt.Errorf("owe a notice: %w", err)
	}
	return nil
}

// PlanWaiting plans notices of no broadcast that wait, at most limit. It is idempotent.
func (db *DB) PlanWaiting(ctx context.Context, limit int) error {
	if db.tell.planner == nil {
		return nil
	}
	var ids []int64
	err := db.readRows(ctx, `SELECT id FROM notices WHERE state = 'waiting' AND broadcast_id = 0 AND not_before <= $1
		ORDER BY not_before, id LIMIT $2`, []any{ms(db.now()), limit}, scanIDs(&ids))
	if err != nil {
		return fmt.Errorf("list waiting notices: %w", err)
	}
	for batch := range slices.Chunk(ids, planBatch) {
		err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
			for _, id := range batch {
				n, ok, err := db.loadNotice(ctx, tx, id)
				if err != nil {
					return err
				}
				if !ok || n.state != noticeWaiting {
					continue
				}
				if err := db.planNotice(ctx, tx, n); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return fmt.Errorf("plan notices: %w", err)
		}
	}
	return nil
}

func scanIDs(ids *[]int64) func(*sql.Rows) error {
	return func(rows *sql.Rows) error {
		var id int64
		err := rows.Scan(&id)
		*ids = append(*ids, id)
		return err
	}
}

// loadNotice reads one; ok is false if there is none, or if its words cannot be read: it then
// fails for good, so that it holds up no other.
func (db *DB) loadNotice(ctx context.Context, tx *Tx, id int64) (n notice, ok bool, err error) {
	var words []byte
	var tried string
	var notBefore, expires int64
	p := &n.promise
	n.id = id
	err = tx.row(ctx, `SELECT key, class, broadcast_id, unit_id, person_id, conversation_id, phone, words, state, tried, not_before, expires_at
		FROM notices WHERE id = $1`, id).Scan(&p.Key, &p.Class, &p.BroadcastID, &p.UnitID, &p.PersonID, &p.ConversationID, &p.Phone, &words,
		&n.state, &tried, &notBefore, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return notice{}, false, nil
	}
	if err != nil {
		return notice{}, false, fmt.Errorf("read notice: %w", err)
	}
	p.NotBefore, p.Expires = at(notBefore), at(expires)
	if tried != "" {
		n.tried = strings.Split(tried, ",")
	}
	if err := db.unseal(bot.SealBody, words, &p.Words); err != nil {
		db.log.Error("a notice cannot be read", "notice", id, "error", err)
		return n, false, endNotice(ctx, tx, id, string(delivery.Failed), string(notify.Unreadable))
	}
	return n, true, nil
}

// planNotice tries the next way to keep a promise, or ends it with the reason why there is none: skipped if
// nothing was tried, else failed.
func (db *DB) planNotice(ctx context.Context, tx *Tx, n notice) error {
	attempt, reason, err := db.tryNotice(ctx, tx, n)
	if err != nil {
		return err
	}
	if reason != "" {
		return endNotice(ctx, tx, n.id, string(delivery.Skipped), string(reason))
	}
	return db.queueNotice(ctx, tx, n, attempt)
}

// tryNotice decides what is to be tried now, or why nothing is.
func (db *DB) tryNotice(ctx context.Context, tx *Tx, n notice) (notify.Attempt, notify.Reason, error) {
	a, err := audienceOf(ctx, tx, n)
	if err != nil {
		return notify.Attempt{}, "", err
	}
	attempt, reason := db.tell.planner.Plan(n.promise, a, tx.now)
	return attempt, reason, nil
}

// queueNotice puts an attempt's parts into the outbox.
func (db *DB) queueNotice(ctx context.Context, tx *Tx, n notice, a notify.Attempt) error {
	lane := bot.LaneNotice
	if n.promise.BroadcastID != 0 {
		lane = bot.LaneBulk
	}
	for _, part := range a.Parts {
		sealed, err := db.seal(bot.SealBody, part)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO outbox (conversation_id, notice_id, channel, address, lane, part, not_before, expires_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`, a.ConversationID, n.id, a.To.Channel, a.To.ID, int(lane), sealed,
			ms(a.NotBefore), ms(n.promise.Expires), ms(tx.now)); err != nil {
			return fmt.Errorf("queue notice: %w", err)
		}
	}
	tx.wake.Outbox = true
	_, err := tx.exec(ctx, `UPDATE notices SET state = 'queued', tried = $1, reason = '', settled_at = 0 WHERE id = $2`,
		strings.Join(append(slices.Clone(n.tried), a.To.Channel), ","), n.id)
	if err != nil {
		return fmt.Errorf("queue notice: %w", err)
	}
	return nil
}

// endNotice records the outcome of a notice with the reason of one that was not told.
func endNotice(ctx context.Context, tx *Tx, id int64, state, reason string) error {
	_, err := tx.exec(ctx, `UPDATE notices SET state = $1, reason = $2, settled_at = $3 WHERE id = $4`, state, reason, ms(tx.now), id)
	if err != nil {
		return fmt.Errorf("end notice: %w", err)
	}
	return nil
}

// settleNotice brings a notice in line with its outbox rows, one of which has just moved. Only when nothing
// of the attempt can have arrived, which takes a definite failure, is the next way tried: in this transaction,
// and so once. A row of an earlier attempt changes nothing.
func (db *DB) settleNotice(ctx context.Context, tx *Tx, noticeID int64, _ string, failure *bot.SendError) error {
	n, ok, err := db.loadNotice(ctx, tx, noticeID)
	if err != nil || !ok || len(n.tried) == 0 {
		return err
	}
	t, err := tallyOf(ctx, tx, n)
	if err != nil {
		return err
	}
	state, lost := t.outcome()
	reason := ""
	if failure != nil && (state == string(delivery.Failed) || state == string(delivery.Skipped)) {
		reason = failure.Code
	}
	switch {
	case lost && n.state == string(delivery.Skipped):
		return nil // it was stopped while this was under way
	case lost:
		return db.nextRung(ctx, tx, n, reason)
	case state == n.state, state == noticeQueued && n.state == string(delivery.Skipped):
		return nil
	}
	return endNotice(ctx, tx, n.id, state, reason)
}

// nextRung tries the next way of a notice whose last one failed for good.
func (db *DB) nextRung(ctx context.Context, tx *Tx, n notice, failure string) error {
	if _, err := tx.exec(ctx, `UPDATE outbox SET state = 'skipped', fail_code = 'replaced', settled_at = $1
		WHERE notice_id = $2 AND channel = $3 AND state = 'waiting'`, ms(tx.now), n.id, n.current()); err != nil {
		return fmt.Errorf("drop the rest of a notice: %w", err)
	}
	if db.tell.planner == nil {
		return endNotice(ctx, tx, n.id, string(delivery.Failed), failure)
	}
	goes, err := reopened(ctx, tx, n)
	if err != nil {
		return err
	}
	if !goes {
		return endNotice(ctx, tx, n.id, string(delivery.Failed), failure)
	}
	attempt, reason, err := db.tryNotice(ctx, tx, n)
	if err != nil {
		return err
	}
	if reason != "" {
		return endNotice(ctx, tx, n.id, string(delivery.Failed), failure)
	}
	if err := db.queueNotice(ctx, tx, n, attempt); err != nil {
		return err
	}
	if n.promise.BroadcastID == 0 {
		return nil
	}
	_, err = tx.exec(ctx, `UPDATE broadcasts SET state = 'sending', ended_at = 0 WHERE id = $1 AND state = 'done'`, n.promise.BroadcastID)
	return err
}

// reopened says whether another way may still be tried: not once the broadcast was cancelled.
func reopened(ctx context.Context, tx *Tx, n notice) (bool, error) {
	if n.promise.BroadcastID == 0 {
		return true, nil
	}
	var state string
	if err := tx.row(ctx, `SELECT state FROM broadcasts WHERE id = $1`, n.promise.BroadcastID).Scan(&state); err != nil {
		return false, fmt.Errorf("read broadcast: %w", err)
	}
	return state != "cancelled", nil
}

// current is the channel that is being tried.
func (n notice) current() string {
	if len(n.tried) == 0 {
		return ""
	}
	return n.tried[len(n.tried)-1]
}

// tally counts the rows of a notice's current attempt by state.
type tally map[delivery.State]int

func tallyOf(ctx context.Context, tx *Tx, n notice) (tally, error) {
	rows, err := tx.query(ctx, `SELECT state, COUNT(*) FROM outbox WHERE notice_id = $1 AND channel = $2 GROUP BY state`, n.id, n.current())
	if err != nil {
		return nil, fmt.Errorf("read a notice's rows: %w", err)
	}
	t := tally{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var state delivery.State
		var count int
		err := rows.Scan(&state, &count)
		t[state] = count
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read a notice's rows: %w", err)
	}
	return t, nil
}

// outcome is what the rows mean for the notice. lost: nothing of it has arrived
// or can still arrive, so that another way may be tried.
func (t tally) outcome() (state string, lost bool) {
	went := t[delivery.Sent] + t[delivery.Delivered] + t[delivery.Unknown]
	switch {
	case t[delivery.Failed] > 0 && went == 0 && t[delivery.Claimed] == 0:
		return string(delivery.Failed), true
	case t[delivery.Waiting]+t[delivery.Claimed] > 0:
		return noticeQueued, false
	case t[delivery.Failed] > 0:
		return string(delivery.Failed), false // a part of it arrived: saying all of it again would double that
	case t[delivery.Unknown] > 0:
		return string(delivery.Unknown), false
	case t[delivery.Sent] > 0:
		return string(delivery.Sent), false
	case t[delivery.Delivered] > 0:
		return string(delivery.Delivered), false
	}
	return string(delivery.Skipped), false
}

// stopNoticesOfPhone skips everything that is still to go to a phone. What is being handed over goes.
func (db *DB) stopNoticesOfPhone(ctx context.Context, tx *Tx, phone string, why notify.Reason) error {
	ids, err := idsOf(ctx, tx, `SELECT id FROM notices WHERE phone = $1 AND phone <> '' AND state IN ('waiting', 'queued')`, phone)
	if err != nil {
		return fmt.Errorf("stop notices of a phone: %w", err)
	}
	return db.stopNotices(ctx, tx, ids, why)
}

// stopNoticesOfPerson skips everything that is still to be said about a person. A payout notice
// that covers others too is worded anew without them.
func (db *DB) stopNoticesOfPerson(ctx context.Context, tx *Tx, personID int64, why notify.Reason) error {
	ids, err := idsOf(ctx, tx, `SELECT id FROM notices WHERE person_id = $1 AND person_id <> 0 AND broadcast_id = 0
		AND state IN ('waiting', 'queued')`, personID)
	if err != nil {
		return fmt.Errorf("stop notices of a person: %w", err)
	}
	if err := db.stopNotices(ctx, tx, ids, why); err != nil {
		return err
	}
	shared, err := idsOf(ctx, tx, `SELECT DISTINCT n.id FROM payouts p JOIN notices n ON n.id = p.notice_id
		WHERE p.person_id = $1 AND n.state = 'queued'`, personID)
	if err != nil {
		return fmt.Errorf("stop notices of a person: %w", err)
	}
	for _, id := range shared {
		if err := db.takeBack(ctx, tx, id); err != nil {
			return err
		}
	}
	return nil
}

// stopNotices skips notices and their rows that are not being handed over.
func (db *DB) stopNotices(ctx context.Context, tx *Tx, ids []int64, why notify.Reason) error {
	for _, id := range ids {
		if _, err := tx.exec(ctx, `UPDATE outbox SET state = 'skipped', fail_code = $1, settled_at = $2
			WHERE notice_id = $3 AND state = 'waiting'`, string(why), ms(tx.now), id); err != nil {
			return fmt.Errorf("stop notice: %w", err)
		}
		if _, err := tx.exec(ctx, `UPDATE notices SET state = 'skipped', reason = $1, settled_at = $2 WHERE id = $3
			AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = notices.id AND o.state IN ('claimed', 'sent', 'delivered', 'unknown'))`,
			string(why), ms(tx.now), id); err != nil {
			return fmt.Errorf("stop notice: %w", err)
		}
	}
	return nil
}

// takeBack lets a queued notice of which nothing was handed over wait to be planned anew.
func (db *DB) takeBack(ctx context.Context, tx *Tx, id int64) error {
	n, ok, err := db.loadNotice(ctx, tx, id)
	if err != nil || !ok {
		return err
	}
	t, err := tallyOf(ctx, tx, n)
	if err != nil {
		return err
	}
	if len(t) != 1 || t[delivery.Waiting] == 0 {
		return nil
	}
	if _, err := tx.exec(ctx, `DELETE FROM outbox WHERE notice_id = $1 AND channel = $2 AND state = 'waiting'`, id, n.current()); err != nil {
		return fmt.Errorf("take a notice back: %w", err)
	}
	_, err = tx.exec(ctx, `UPDATE notices SET state = 'waiting', tried = $1 WHERE id = $2`, strings.Join(n.tried[:len(n.tried)-1], ","), id)
	if err != nil {
		return fmt.Errorf("take a notice back: %w", err)
	}
	return nil
}

func idsOf(ctx context.Context, tx *Tx, query string, args ...any) ([]int64, error) {
	rows, err := tx.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var ids []int64
	return ids, eachRow(rows, scanIDs(&ids))
}
