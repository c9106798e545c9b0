package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/broadcast"
	"tiepdan/bot/notify"
	"tiepdan/casework"
)

const (
	makeBatch = 200 // payments that find their recipient in one change
	// makePause lets other writers in between two such changes of a command: SQLite's lock is not fair.
	makePause = 5 * time.Millisecond
)

// SendBroadcast lets a draft schedule be announced, and makes its recipients. Everything else is the server's to
// do; should this be cut short, so is that. A broadcast that is being sent already stays so. It fails with
// casework.ErrNotFound, and with broadcast.ErrState for one that is paused or over.
func (db *DB) SendBroadcast(ctx context.Context, id int64) error {
	err := db.moveBroadcast(ctx, id, broadcast.Sending, broadcast.Draft, broadcast.Sending)
	if err != nil {
		return fmt.Errorf("send broadcast: %w", err)
	}
	for more := true; more; {
		if more, err = db.makeRecipients(ctx, id); err != nil {
			return fmt.Errorf("send broadcast: %w", err)
		}
		if err := rest(ctx, makePause); err != nil {
			return fmt.Errorf("send broadcast: %w", err)
		}
	}
	return nil
}

func rest(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-t.C:
		return nil
	}
}

// PauseBroadcast stops handing over at once; what is being handed over is finished.
func (db *DB) PauseBroadcast(ctx context.Context, id int64) error {
	if err := db.moveBroadcast(ctx, id, broadcast.Paused, broadcast.Sending, broadcast.Paused); err != nil {
		return fmt.Errorf("pause broadcast: %w", err)
	}
	return nil
}

// ResumeBroadcast goes on with a paused broadcast.
func (db *DB) ResumeBroadcast(ctx context.Context, id int64) error {
	if err := db.moveBroadcast(ctx, id, broadcast.Sending, broadcast.Paused, broadcast.Sending); err != nil {
		return fmt.Errorf("resume broadcast: %w", err)
	}
	return nil
}

// CancelBroadcast ends a broadcast at once: who was not told yet is not told.
func (db *DB) CancelBroadcast(ctx context.Context, id int64) error {
	err := db.moveBroadcast(ctx, id, broadcast.Cancelled, broadcast.Draft, broadcast.Sending, broadcast.Paused, broadcast.Cancelled)
	if err != nil {
		return fmt.Errorf("cancel broadcast: %w", err)
	}
	for more := true; more; {
		if more, err = db.dropRecipients(ctx, id); err != nil {
			return fmt.Errorf("cancel broadcast: %w", err)
		}
		if err := rest(ctx, makePause); err != nil {
			return fmt.Errorf("cancel broadcast: %w", err)
		}
	}
	return nil
}

// moveBroadcast changes the state, if it is one of from.
func (db *DB) moveBroadcast(ctx context.Context, id int64, to string, from ...string) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		state, err := broadcastState(ctx, tx, id)
		if err != nil {
			return err
		}
		for _, f := range from {
			if state != f {
				continue
			}
			tx.wake.Outbox = true
			_, err := tx.exec(ctx, `UPDATE broadcasts SET state = $1, started_at = CASE WHEN started_at = 0 AND $1 = 'sending' THEN $2 ELSE started_at END,
				ended_at = CASE WHEN $1 = 'cancelled' AND ended_at = 0 THEN $2 ELSE ended_at END WHERE id = $3`, to, ms(tx.now), id)
			return err
		}
		return fmt.Errorf("it is %s: %w", state, broadcast.ErrState)
	})
}

func broadcastState(ctx context.Context, tx *Tx, id int64) (state string, err error) {
	err = tx.row(ctx, `SELECT state FROM broadcasts WHERE id = $1`, id).Scan(&state)
	if errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("broadcast %d: %w", id, casework.ErrNotFound)
	}
	if err != nil {
		return "", fmt.Errorf("read broadcast: %w", err)
	}
	return state, nil
}

// phoneOf is the number by which a payment is announced to the person of payouts p: their own before their
// household's, the one heard last. A number that fell silent proves nobody but is still written to.
const phoneOf = `COALESCE((SELECT l.phone FROM person_phones l WHERE l.person_id = p.person_id AND (l.ended_at = 0 OR l.ended_why = 'silent')
	ORDER BY CASE l.whose WHEN 'self' THEN 0 WHEN 'household' THEN 1 WHEN 'unknown' THEN 2 ELSE 3 END, l.last_heard DESC, l.since DESC, l.phone LIMIT 1), '')`

// unannounced is a payment of a schedule that belongs to no notice yet.
type unannounced struct {
	id, person, unit int64
	day, place       string
	phone            string
}

func scanUnannounced(rows *sql.Rows) (u unannounced, err error) {
	err = rows.Scan(&u.id, &u.person, &u.unit, &u.day, &u.place, &u.phone)
	return u, err
}

// makeRecipients gives the next payments of a schedule that is being sent to their recipients, who are made where
// they are not there yet, and says whether more are left. It may be called by any process at any time.
func (db *DB) makeRecipients(ctx context.Context, id int64) (more bool, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		state, err := broadcastState(ctx, tx, id)
		if err != nil || state != broadcast.Sending && state != broadcast.Paused {
			more = false
			return err
		}
		rows, err := tx.query(ctx, `SELECT p.id, p.person_id, p.unit_id, p.pay_date, p.place, `+phoneOf+` FROM payouts p
			WHERE p.broadcast_id = $1 AND p.broadcast_id <> 0 AND p.notice_id = 0 AND p.state = 'draft' ORDER BY p.id LIMIT $2`, id, makeBatch)
		if err != nil {
			return fmt.Errorf("list payments: %w", err)
		}
		var batch []unannounced
		err = eachRow(rows, func(rows *sql.Rows) error {
			u, err := scanUnannounced(rows)
			batch = append(batch, u)
			return err
		})
		if err != nil {
			return fmt.Errorf("list payments: %w", err)
		}
		for _, u := range batch {
			if err := db.announce(ctx, tx, id, u); err != nil {
				return err
			}
		}
		more = len(batch) == makeBatch
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("make recipients: %w", err)
	}
	return more, nil
}

// announce gives one payment to its recipient and puts it on the schedule that people are told of.
func (db *DB) announce(ctx context.Context, tx *Tx, id int64, u unannounced) error {
	words, err := db.seal(bot.SealBody, notify.Payout(u.day, u.place))
	if err != nil {
		return err
	}
	state, reason, person, settled := noticeWaiting, "", int64(0), int64(0)
	if u.phone == "" {
		state, reason, person, settled = "skipped", string(notify.NoPhone), u.person, ms(tx.now)
	}
	key := broadcast.Key(id, u.phone, u.person, u.day, u.place)
	var notice int64
	var have string
	for range 2 {
		err = tx.row(ctx, `INSERT INTO notices (key, class, broadcast_id, unit_id, person_id, phone, words, state, reason, expires_at, created_at, settled_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id, state`,
			key, casework.ClassPayout, id, u.unit, person, u.phone, words, state, reason, ms(broadcast.Expires(u.day)), ms(tx.now), settled).
			Scan(&notice, &have)
		if err != nil {
			return fmt.Errorf("make recipient: %w", err)
		}
		if have == noticeWaiting || u.phone == "" {
			break
		}
		key = fmt.Sprintf("%s:%d", key, u.id) // told already, before this payment was there
	}
	_, err = tx.exec(ctx, `UPDATE payouts SET notice_id = $1, state = 'scheduled', updated_at = $2 WHERE id = $3`, notice, ms(tx.now), u.id)
	if err != nil {
		return fmt.Errorf("schedule payment: %w", err)
	}
	return nil
}

// dropRecipients skips recipients of a cancelled broadcast that were not handed over, and says whether more are left.
func (db *DB) dropRecipients(ctx context.Context, id int64) (more bool, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		state, err := broadcastState(ctx, tx, id)
		if err != nil || state != broadcast.Cancelled {
			more = false
			return err
		}
		ids, err := idsOf(ctx, tx, `SELECT n.id FROM notices n WHERE n.broadcast_id = $1 AND n.broadcast_id <> 0 AND (n.state = 'waiting'
			OR n.state = 'queued' AND EXISTS (SELECT 1 FROM outbox o WHERE o.notice_id = n.id AND o.state = 'waiting')) LIMIT $2`, id, makeBatch)
		if err != nil {
			return fmt.Errorf("list recipients: %w", err)
		}
		more = len(ids) == makeBatch
		return db.stopNotices(ctx, tx, ids, notify.Cancelled)
	})
	if err != nil {
		return false, fmt.Errorf("drop recipients: %w", err)
	}
	return more, nil
}

// AdvanceBroadcasts does what is to be done for every broadcast now: makes recipients, moves them to the
// outbox as far as there is room, and ends what is settled. It is idempotent, may be called by any
// replica, and wants to be called every second.
func (db *DB) AdvanceBroadcasts(ctx context.Context) error {
	if db.tell.planner == nil {
		return nil
	}
	var ids []int64
	var states []string
	err := db.readRows(ctx, `SELECT id, state FROM broadcasts WHERE state IN ('sending', 'cancelled')
		AND (state = 'sending' OR EXISTS (SELECT 1 FROM notices n WHERE n.broadcast_id = broadcasts.id AND n.broadcast_id <> 0 AND n.state IN ('waiting', 'queued')))
		ORDER BY id`, nil, func(rows *sql.Rows) error {
		var id int64
		var state string
		err := rows.Scan(&id, &state)
		ids, states = append(ids, id), append(states, state)
		return err
	})
	if err != nil {
		return fmt.Errorf("list broadcasts: %w", err)
	}
	for i, id := range ids {
		steps := []func(context.Context, int64) (bool, error){db.makeRecipients, db.refill, db.finish}
		if states[i] == broadcast.Cancelled {
			steps = []func(context.Context, int64) (bool, error){db.dropRecipients}
		}
		for _, step := range steps {
			for more := true; more; {
				if more, err = step(ctx, id); err != nil {
					return fmt.Errorf("advance broadcast %d: %w", id, err)
				}
			}
		}
	}
	return nil
}

// refill moves the next recipients of a broadcast to the outbox, in order, until a channel is full, and says
// whether to go on.
func (db *DB) refill(ctx context.Context, id int64) (more bool, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		more = false
		state, err := broadcastState(ctx, tx, id)
		if err != nil || state != broadcast.Sending {
			return err
		}
		ids, err := idsOf(ctx, tx, `SELECT id FROM notices WHERE broadcast_id = $1 AND broadcast_id <> 0 AND state = 'waiting'
			ORDER BY id LIMIT $2`, id, planBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		open, err := openBulk(ctx, tx)
		if err != nil {
			return err
		}
		for _, notice := range ids {
			room, err := db.queueBulk(ctx, tx, notice, open)
			if err != nil || !room {
				return err
			}
		}
		more = len(ids) == planBatch
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("refill: %w", err)
	}
	return more, nil
}

// openBulk counts the open bulk rows of each channel.
func openBulk(ctx context.Context, tx *Tx) (map[string]int, error) {
	rows, err := tx.query(ctx, `SELECT channel, COUNT(*) FROM outbox WHERE state = 'waiting' AND lane = 2 GROUP BY channel
		UNION ALL SELECT channel, COUNT(*) FROM outbox WHERE state = 'claimed' AND lane = 2 GROUP BY channel`)
	if err != nil {
		return nil, fmt.Errorf("count open rows: %w", err)
	}
	open := map[string]int{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		var channel string
		var n int
		err := rows.Scan(&channel, &n)
		open[channel] += n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count open rows: %w", err)
	}
	return open, nil
}

// queueBulk plans one recipient; room is false if its channel is full, and it waits.
func (db *DB) queueBulk(ctx context.Context, tx *Tx, id int64, open map[string]int) (room bool, err error) {
	n, ok, err := db.loadNotice(ctx, tx, id)
	if err != nil || !ok {
		return true, err
	}
	attempt, reason, err := db.tryNotice(ctx, tx, n)
	if err != nil {
		return false, err
	}
	if reason != "" {
		return true, endNotice(ctx, tx, id, "skipped", string(reason))
	}
	if open[attempt.To.Channel]+len(attempt.Parts) > db.tell.maxBulk {
		return false, nil
	}
	open[attempt.To.Channel] += len(attempt.Parts)
	return true, db.queueNotice(ctx, tx, n, attempt)
}

// finish ends a broadcast all of whose recipients are settled.
func (db *DB) finish(ctx context.Context, id int64) (more bool, err error) {
	const left = `SELECT 1 FROM notices n WHERE n.broadcast_id = $1 AND n.broadcast_id <> 0 AND n.state = `
	var open bool
	err = db.readRow(ctx, `SELECT EXISTS (`+left+`'waiting') OR EXISTS (`+left+`'queued')`, []any{id}, &open)
	if err != nil || open {
		return false, err
	}
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE broadcasts SET state = 'done', ended_at = $2 WHERE id = $1 AND state = 'sending'
			AND NOT EXISTS (SELECT 1 FROM payouts p WHERE p.broadcast_id = $1 AND p.broadcast_id <> 0 AND p.notice_id = 0 AND p.state = 'draft')
			AND NOT EXISTS (`+left+`'waiting') AND NOT EXISTS (`+left+`'queued')`, id, ms(tx.now))
		return err
	})
	if err != nil {
		return false, fmt.Errorf("finish: %w", err)
	}
	return false, nil
}
