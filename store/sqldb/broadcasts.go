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

// States of a broadcast.
const (
	BroadcastDraft     = "draft"
	BroadcastSending   = "sending"
	BroadcastPaused    = "paused"
	BroadcastDone      = "done"
	BroadcastCancelled = "cancelled"
)

// ErrBroadcastState: what was asked cannot be done in the state that the broadcast is in.
var ErrBroadcastState = errors.New("not possible in the broadcast's state")

// refillAtOnce is how many recipients are moved to the outbox in one change.
const refillAtOnce = 200

// Status counts a broadcast's recipients. The last six are disjoint and add up to Total.
type Status struct {
	ID        int64  `json:"id"`
	State     string `json:"state"`
	Total     int    `json:"total"`
	Waiting   int    `json:"waiting"`
	Sent      int    `json:"sent"`
	Delivered int    `json:"delivered"`
	Failed    int    `json:"failed"`
	Unknown   int    `json:"unknown"`
	Skipped   int    `json:"skipped"`
}

// BroadcastStatus counts. casework.ErrNotFound: there is no such broadcast.
func (db *DB) BroadcastStatus(ctx context.Context, id int64) (Status, error) {
	s := Status{ID: id}
	// One statement, so that the state and the figures are of one instant.
	type count struct {
		broadcast, state string
		n                int
	}
	counts, err := list(ctx, committed{db}, `SELECT b.state, COALESCE(n.state, ''), COUNT(n.id) FROM broadcasts b LEFT JOIN notices n ON n.broadcast_id = b.id AND n.broadcast_id <> 0
		WHERE b.id = $1 GROUP BY b.state, n.state`, []any{id}, func(rows *sql.Rows, c *count) error { return rows.Scan(&c.broadcast, &c.state, &c.n) })
	if err != nil {
		return s, fmt.Errorf("count broadcast: %w", err)
	}
	if len(counts) == 0 {
		return s, found(sql.ErrNoRows, "broadcast")
	}
	for _, c := range counts {
		s.State = c.broadcast
		s.Total += c.n
		if c.broadcast == BroadcastCancelled && c.state == noticeWaiting {
			c.state = noticeSkipped // nobody will be told; dropRecipients only has not come there yet
		}
		switch c.state {
		case noticeWaiting, noticeQueued:
			s.Waiting += c.n
		case "sent":
			s.Sent += c.n
		case "delivered":
			s.Delivered += c.n
		case noticeFailed:
			s.Failed += c.n
		case "unknown":
			s.Unknown += c.n
		case noticeSkipped:
			s.Skipped += c.n
		}
	}
	return s, nil
}

// Broadcasts lists the latest broadcasts with their figures, the newest first.
func (db *DB) Broadcasts(ctx context.Context, limit int) ([]Status, error) {
	ids, err := list(ctx, committed{db}, `SELECT id FROM broadcasts ORDER BY id DESC LIMIT $1`, []any{limit}, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
	if err != nil {
		return nil, fmt.Errorf("list broadcasts: %w", err)
	}
	all := make([]Status, 0, len(ids))
	for _, id := range ids {
		s, err := db.BroadcastStatus(ctx, id)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

// SendBroadcast lets a draft go: its payouts are scheduled, and the running server sends. The figures of Status follow.
func (db *DB) SendBroadcast(ctx context.Context, by string, id int64) error {
	return db.moveBroadcast(ctx, by, id, "send", BroadcastSending, []string{BroadcastDraft}, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE payouts SET state = 'scheduled', updated_at = $1 WHERE broadcast_id = $2 AND state = 'draft'`, ms(tx.now), id)
		return err
	})
}

// PauseBroadcast stops it at once: what waits in the outbox is not handed over while the state is paused.
func (db *DB) PauseBroadcast(ctx context.Context, by string, id int64) error {
	return db.moveBroadcast(ctx, by, id, "pause", BroadcastPaused, []string{BroadcastSending}, nil)
}

// ResumeBroadcast goes on after a pause.
func (db *DB) ResumeBroadcast(ctx context.Context, by string, id int64) error {
	return db.moveBroadcast(ctx, by, id, "resume", BroadcastSending, []string{BroadcastPaused}, nil)
}

// CancelBroadcast ends it at once: nothing more is handed over. A draft's payouts are given up with it; those that
// were announced stay due, only nobody else is told.
func (db *DB) CancelBroadcast(ctx context.Context, by string, id int64) error {
	from := []string{BroadcastDraft, BroadcastSending, BroadcastPaused}
	err := db.moveBroadcast(ctx, by, id, "cancel", BroadcastCancelled, from, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `UPDATE payouts SET state = 'cancelled', updated_at = $1 WHERE broadcast_id = $2 AND state = 'draft'`, ms(tx.now), id)
		return err
	})
	if err != nil {
		return err
	}
	for n := 1; n > 0; {
		if n, err = db.dropRecipients(ctx, id); err != nil {
			return fmt.Errorf("cancel broadcast %d: %w", id, err)
		}
		select { // SQLite's lock is not fair: a server beside this command has its turn
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(dropPause):
		}
	}
	return nil
}

// dropPause lies between two changes of dropRecipients.
const dropPause = 5 * time.Millisecond

// dropRecipients skips some recipients of a cancelled broadcast who were not told, and says how many it found. Should a
// cancel be cut short, RefillBroadcasts goes on with it.
func (db *DB) dropRecipients(ctx context.Context, id int64) (n int, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		ids, err := list(ctx, tx, `SELECT n.id FROM notices n JOIN broadcasts b ON b.id = n.broadcast_id AND b.state = 'cancelled'
			WHERE n.broadcast_id = $1 AND n.broadcast_id <> 0 AND (n.state = 'waiting' OR n.state = 'queued' AND EXISTS
				(SELECT 1 FROM outbox o WHERE o.notice_id = n.id AND o.notice_id <> 0 AND o.state = 'waiting')) LIMIT $2`,
			[]any{id, refillAtOnce}, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
		if err != nil {
			return err
		}
		for _, notice := range ids {
			if err := dropNotice(ctx, tx, notice, notify.SkipCancelled); err != nil {
				return err
			}
		}
		n = len(ids)
		return nil
	})
	return n, err
}

func (db *DB) moveBroadcast(ctx context.Context, by string, id int64, action, to string, from []string, also func(context.Context, *Tx) error) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		var now string
		if err := tx.row(ctx, `SELECT state FROM broadcasts WHERE id = $1`, id).Scan(&now); err != nil {
			return found(err, "broadcast")
		}
		if now == to {
			return nil
		}
		ok := false
		for _, f := range from {
			ok = ok || now == f
		}
		if !ok {
			return fmt.Errorf("%w: it is %s", ErrBroadcastState, now)
		}
		if _, err := tx.exec(ctx, `UPDATE broadcasts SET state = $1, started_at = CASE WHEN started_at = 0 AND $1 = 'sending' THEN $2 ELSE started_at END,
				ended_at = CASE WHEN $1 = 'cancelled' THEN $2 ELSE 0 END WHERE id = $3`, to, ms(tx.now), id); err != nil {
			return err
		}
		if also != nil {
			if err := also(ctx, tx); err != nil {
				return err
			}
		}
		tx.wake.Outbox = true
		return audit(ctx, tx, by, action, "broadcast", id, to)
	})
	if err != nil {
		return fmt.Errorf("%s broadcast %d: %w", action, id, err)
	}
	return nil
}

// reopen makes a done broadcast send again, because one of its recipients has to be told
// anew. It says whether the broadcast is one that still tells people.
func reopen(ctx context.Context, tx *Tx, id int64) (alive bool, err error) {
	n, err := tx.changed(ctx, `UPDATE broadcasts SET state = CASE WHEN state = 'done' THEN 'sending' ELSE state END, ended_at = 0
		WHERE id = $1 AND state <> 'cancelled'`, id)
	if err != nil {
		return false, fmt.Errorf("reopen broadcast: %w", err)
	}
	return n > 0, nil
}

// RefillBroadcasts moves recipients of the broadcasts that are sending into the outbox until it holds
// broadcast.MaxOpen open rows of a channel, and ends broadcasts that have told everybody. It is a job
// of the server, may stop at any point and does nothing twice. It says how many recipients it looked at.
func (db *DB) RefillBroadcasts(ctx context.Context) (int, error) {
	planner := db.notifier()
	if planner == nil {
		return 0, nil
	}
	open, err := list(ctx, committed{db}, `SELECT id, state FROM broadcasts b WHERE state = 'sending' OR state = 'cancelled' AND EXISTS
		(SELECT 1 FROM notices n WHERE n.broadcast_id = b.id AND n.broadcast_id <> 0 AND n.state = 'waiting') ORDER BY started_at, id`,
		nil, func(rows *sql.Rows, b *Status) error { return rows.Scan(&b.ID, &b.State) })
	if err != nil {
		return 0, fmt.Errorf("look for broadcasts: %w", err)
	}
	total := 0
	for _, b := range open {
		for n := 1; n > 0; {
			switch {
			case b.State == BroadcastCancelled:
				n, err = db.dropRecipients(ctx, b.ID)
			case planner.Quiet(db.now()).IsZero():
				n, err = db.refill(ctx, b.ID)
			default:
				n = 0
			}
			total += n
			if err != nil {
				return total, fmt.Errorf("refill broadcast %d: %w", b.ID, err)
			}
		}
		if err := db.endBroadcast(ctx, b.ID); err != nil {
			return total, err
		}
	}
	return total, nil
}

// refill moves one batch in the order in which recipients were made, and says how many it moved: none when all are
// moved, or when the next one's channel holds as much as it may.
func (db *DB) refill(ctx context.Context, id int64) (n int, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n = 0
		waiting, err := list(ctx, tx, `SELECT n.id FROM notices n JOIN broadcasts b ON b.id = n.broadcast_id AND b.state = 'sending'
			WHERE n.broadcast_id = $1 AND n.broadcast_id <> 0 AND n.state = 'waiting' AND n.not_before <= $2 ORDER BY n.id LIMIT $3`,
			[]any{id, ms(tx.now), refillAtOnce}, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
		if err != nil || len(waiting) == 0 {
			return err
		}
		open, err := openBulk(ctx, tx)
		if err != nil {
			return err
		}
		for _, notice := range waiting {
			full, err := db.refillOne(ctx, tx, notice, open)
			if err != nil {
				return err
			}
			if full {
				break
			}
			n++
		}
		if n == 0 {
			return nil
		}
		_, err = tx.exec(ctx, `UPDATE broadcasts SET cursor_id = $1 WHERE id = $2`, waiting[n-1], id)
		return err
	})
	return n, err
}

// openBulk counts the open bulk rows of each channel.
func openBulk(ctx context.Context, tx *Tx) (map[string]int, error) {
	type count struct {
		channel string
		n       int
	}
	counts, err := list(ctx, tx, `SELECT channel, COUNT(*) FROM outbox WHERE state = 'waiting' AND lane = 2 GROUP BY channel
		UNION ALL SELECT channel, COUNT(*) FROM outbox WHERE state = 'claimed' AND lane = 2 GROUP BY channel`, nil,
		func(rows *sql.Rows, c *count) error { return rows.Scan(&c.channel, &c.n) })
	open := map[string]int{}
	for _, c := range counts {
		open[c.channel] += c.n
	}
	return open, err
}

func (db *DB) refillOne(ctx context.Context, tx *Tx, id int64, open map[string]int) (full bool, err error) {
	n, err := loadNotice(ctx, tx, id)
	if err != nil {
		return false, err
	}
	p := db.plan(ctx, tx, n, tx.now)
	if len(p.Parts) > 0 && open[p.To.Channel]+len(p.Parts) > db.maxBulk {
		return true, nil
	}
	open[p.To.Channel] += len(p.Parts)
	return false, db.carryOut(ctx, tx, n, p)
}

// endBroadcast ends a broadcast when nobody is left to be told. It writes only then.
func (db *DB) endBroadcast(ctx context.Context, id int64) error {
	const told = `state = 'sending' AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.broadcast_id = broadcasts.id AND n.broadcast_id <> 0 AND n.state = 'waiting')
		AND NOT EXISTS (SELECT 1 FROM notices n WHERE n.broadcast_id = broadcasts.id AND n.broadcast_id <> 0 AND n.state = 'queued')`
	var over int
	err := db.readRow(ctx, `SELECT COUNT(*) FROM broadcasts WHERE id = $1 AND `+told, []any{id}, &over)
	if err == nil && over > 0 {
		err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
			_, err := tx.exec(ctx, `UPDATE broadcasts SET state = 'done', ended_at = $1 WHERE id = $2 AND `+told, ms(tx.now), id)
			return err
		})
	}
	if err != nil {
		return fmt.Errorf("end broadcast %d: %w", id, err)
	}
	return nil
}

// Preview is what a draft would do if it were sent now.
type Preview struct {
	ID         int64          `json:"id"`
	State      string         `json:"state"`
	Recipients int            `json:"recipients"`
	People     int            `json:"people"`
	Payouts    int            `json:"payouts"`
	Channels   map[string]int `json:"channels"` // recipients by channel
	Segments   int            `json:"segments"` // of SMS, all together
	Skipped    map[string]int `json:"skipped"`  // recipients by reason
	Samples    []Sample       `json:"samples"`
	Refused    []Rejected     `json:"refused"` // rows of the file that were not taken
}

// Sample is one message as it would leave.
type Sample struct {
	Channel  string `json:"channel"`
	Text     string `json:"text"`
	Segments int    `json:"segments"`
}

const maxSamples = 2 // notices of each channel

// PreviewBroadcast plans every recipient without sending, outside the quiet hours if it is asked in them. progress, which may be
// nil, is told how many were looked at. Sending later may differ where people write, refuse or link a phone meanwhile.
func (db *DB) PreviewBroadcast(ctx context.Context, id int64, progress func(done int)) (Preview, error) {
	v := Preview{ID: id, Channels: map[string]int{}, Skipped: map[string]int{}}
	if db.notifier() == nil {
		return v, errors.New("preview broadcast: no channel is on")
	}
	var importID int64
	if err := (committed{db}).row(ctx, `SELECT state, import_id FROM broadcasts WHERE id = $1`, id).Scan(&v.State, &importID); err != nil {
		return v, found(err, "broadcast")
	}
	if err := (committed{db}).row(ctx, `SELECT COUNT(*), COUNT(DISTINCT person_id) FROM payouts WHERE broadcast_id = $1 AND state <> 'cancelled'`, id).Scan(&v.Payouts, &v.People); err != nil {
		return v, fmt.Errorf("preview broadcast: %w", err)
	}
	now := db.now()
	if until := db.notifier().Quiet(now); !until.IsZero() {
		now = until
	}
	for after := int64(0); ; {
		batch, err := list(ctx, committed{db}, `SELECT id FROM notices WHERE broadcast_id = $1 AND broadcast_id <> 0 AND id > $2 ORDER BY id LIMIT 500`, []any{id, after},
			func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
		if err != nil {
			return v, fmt.Errorf("preview broadcast: %w", err)
		}
		for _, notice := range batch {
			if err := db.previewOne(ctx, &v, notice, now); err != nil {
				return v, fmt.Errorf("preview broadcast: %w", err)
			}
		}
		if progress != nil {
			progress(v.Recipients)
		}
		if len(batch) < 500 {
			break
		}
		after = batch[len(batch)-1]
	}
	var err error
	v.Refused, err = db.rejected(ctx, importID)
	return v, err
}

func (db *DB) previewOne(ctx context.Context, v *Preview, id int64, now time.Time) error {
	n, err := loadNotice(ctx, committed{db}, id)
	if err != nil {
		return err
	}
	v.Recipients++
	n.tried = nil
	p := db.plan(ctx, committed{db}, n, now)
	if len(p.Parts) == 0 {
		v.Skipped[p.Skip]++
		return nil
	}
	v.Channels[p.To.Channel]++
	if p.To.Channel == bot.SMS {
		v.Segments += p.Segments()
	}
	if v.Channels[p.To.Channel] <= maxSamples {
		for _, part := range p.Parts {
			v.Samples = append(v.Samples, Sample{p.To.Channel, part.Text, part.Segments})
		}
	}
	return nil
}

// newBroadcast begins the draft of a schedule.
func newBroadcast(ctx context.Context, tx *Tx, unit, importID int64) (int64, error) {
	id, err := tx.insert(ctx, `INSERT INTO broadcasts (unit_id, kind, title, state, import_id, created_at)
		SELECT $1, 'payouts', file_name, 'draft', id, $2 FROM imports WHERE id = $3 RETURNING id`, unit, ms(tx.now), importID)
	if err != nil {
		return 0, fmt.Errorf("begin broadcast: %w", err)
	}
	return id, nil
}

// recipient keeps who is told of a payout: one notice for each phone, day and place. Somebody without a phone is
// counted, and skipped unless a phone is known when the draft is sent.
func (db *DB) recipient(ctx context.Context, tx *Tx, p casework.Payout, payoutID int64, phone string) error {
	empty, err := db.seal(bot.SealBody, notify.Words{})
	if err != nil {
		return err
	}
	key := fmt.Sprintf("%d:%s", p.BroadcastID, broadcast.Key(phone, p.PersonID, p))
	id, err := tx.insert(ctx, `INSERT INTO notices (key, class, broadcast_id, unit_id, phone, words, expires_at, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (key) DO UPDATE SET key = excluded.key RETURNING id`,
		key, casework.ClassPayout, p.BroadcastID, p.UnitID, phone, empty, ms(broadcast.Expires(p.PayDate)), ms(tx.now))
	if err != nil {
		return fmt.Errorf("keep recipient: %w", err)
	}
	_, err = tx.exec(ctx, `UPDATE payouts SET notice_id = $1 WHERE id = $2`, id, payoutID)
	return err
}
