package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/broadcast"
	"tiepdan/bot/delivery"
	"tiepdan/bot/notify"
	"tiepdan/casework"
)

// notice is one promise to tell somebody something.
type notice struct {
	id           int64
	key          string
	class        string
	broadcast    int64
	unit         int64
	person       int64
	conversation int64
	phone        string
	words        notify.Words
	expires      time.Time

	sealed []byte
	state  string
	tried  []string
}

// States of a notice. A queued one has a row in the outbox.
const (
	noticeWaiting = "waiting"
	noticeQueued  = "queued"
	noticeSkipped = "skipped"
	noticeFailed  = "failed"
)

// tendAtOnce is how many notices are planned in one change.
const tendAtOnce = 100

// owe keeps a promise, once for its key, and puts it in the outbox at once where it can be told now. Without a
// planner, or in the quiet hours, it waits for TendNotices.
func (db *DB) owe(ctx context.Context, tx *Tx, n notice) error {
	sealed, err := db.seal(bot.SealBody, n.words)
	if err != nil {
		return err
	}
	id, err := tx.insert(ctx, `INSERT INTO notices (key, class, broadcast_id, unit_id, person_id, conversation_id, phone, words, expires_at, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT (key) DO NOTHING RETURNING id`,
		n.key, n.class, n.broadcast, n.unit, n.person, n.conversation, n.phone, sealed, ms(n.expires), ms(tx.now))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("owe notice: %w", err)
	}
	if db.notifier() == nil {
		return nil
	}
	return db.planNotice(ctx, tx, id)
}

func loadNotice(ctx context.Context, a asker, id int64) (notice, error) {
	n := notice{id: id}
	var tried string
	var expires int64
	err := a.row(ctx, `SELECT class, broadcast_id, unit_id, person_id, conversation_id, phone, words, expires_at, state, tried FROM notices WHERE id = $1`, id).
		Scan(&n.class, &n.broadcast, &n.unit, &n.person, &n.conversation, &n.phone, &n.sealed, &expires, &n.state, &tried)
	if tried != "" {
		n.tried = strings.Split(tried, ",")
	}
	n.expires = at(expires)
	return n, found(err, "notice")
}

// TendNotices plans the notices that wait and whose time has come, and says how many it looked at. It is a
// job of the server, may stop at any point and does nothing twice; those of broadcasts are RefillBroadcasts' work.
func (db *DB) TendNotices(ctx context.Context) (int, error) {
	if db.notifier() == nil {
		return 0, nil
	}
	for total := 0; ; {
		ids, err := list(ctx, committed{db}, `SELECT id FROM notices WHERE state = 'waiting' AND broadcast_id = 0 AND not_before <= $1
			ORDER BY not_before, id LIMIT $2`, []any{ms(db.now()), tendAtOnce}, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
		if err != nil {
			return total, fmt.Errorf("look for notices: %w", err)
		}
		if len(ids) == 0 {
			return total, nil
		}
		err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
			for _, id := range ids {
				if err := db.planNotice(ctx, tx, id); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("plan notices: %w", err)
		}
		total += len(ids)
	}
}

// planNotice plans one waiting notice and carries the plan out.
func (db *DB) planNotice(ctx context.Context, tx *Tx, id int64) error {
	n, err := loadNotice(ctx, tx, id)
	if err != nil || n.state != noticeWaiting {
		return err
	}
	return db.carryOut(ctx, tx, n, db.plan(ctx, tx, n, tx.now))
}

// plan decides about one notice by what is known now. A notice that cannot be read or
// said is skipped: one odd row must not hold up the others.
func (db *DB) plan(ctx context.Context, a asker, n notice, now time.Time) notify.Plan {
	promise, skip, err := db.promise(ctx, a, n, now)
	switch {
	case err != nil:
		db.log.Error("a notice cannot be planned", "notice", n.id, "error", err)
		return notify.Plan{Skip: "unreadable"}
	case skip != "":
		return notify.Plan{Skip: skip}
	}
	return db.notifier().Plan(promise, now)
}

func (db *DB) carryOut(ctx context.Context, tx *Tx, n notice, p notify.Plan) error {
	switch {
	case p.Skip != "":
		return endNotice(ctx, tx, n.id, noticeSkipped, p.Skip)
	case !p.Later.IsZero():
		_, err := tx.exec(ctx, `UPDATE notices SET state = 'waiting', not_before = $1 WHERE id = $2`, ms(p.Later), n.id)
		return err
	}
	for _, part := range p.Parts {
		sealed, err := db.seal(bot.SealBody, part)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `INSERT INTO outbox (conversation_id, notice_id, channel, address, lane, part, not_before, expires_at, created_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $7)`,
			p.ConversationID, n.id, p.To.Channel, p.To.ID, int(p.Lane), sealed, ms(tx.now), ms(p.Expires)); err != nil {
			return fmt.Errorf("queue notice: %w", err)
		}
	}
	tx.wake.Outbox = true
	_, err := tx.exec(ctx, `UPDATE notices SET state = 'queued', reason = '', not_before = 0, tried = $1 WHERE id = $2`,
		strings.Join(append(n.tried, p.To.Channel), ","), n.id)
	return err
}

func endNotice(ctx context.Context, tx *Tx, id int64, state, reason string) error {
	_, err := tx.exec(ctx, `UPDATE notices SET state = $1, reason = $2, settled_at = $3 WHERE id = $4`, state, reason, ms(tx.now), id)
	if err != nil {
		return fmt.Errorf("end notice: %w", err)
	}
	return nil
}

// promise gathers what the planner has to know. skip says why there is nothing to plan.
func (db *DB) promise(ctx context.Context, a asker, n notice, now time.Time) (pr notify.Promise, skip string, err error) {
	if skip, err = db.wordsOf(ctx, a, &n); err != nil || skip != "" {
		return pr, skip, err
	}
	pr = notify.Promise{Class: n.class, Bulk: n.broadcast != 0, Words: n.words, Phone: n.phone, Direct: n.conversation,
		Unit: db.unitSet().speaker(n.unit), Tried: n.tried, Expires: n.expires}
	if pr.Refused, err = refusedBy(ctx, a, bot.Address{Channel: bot.SMS, ID: n.phone}); err != nil {
		return pr, "", err
	}
	reaches, err := reaches(ctx, a, n)
	if err != nil {
		return pr, "", err
	}
	for _, r := range reaches {
		if r.ConversationID != n.conversation && r.Address.ID != n.phone && r.LastIn.AddDate(1, 0, 0).Before(now) {
			continue // a chat that was silent for a year proves nobody any more
		}
		if r.Refused, err = refusedBy(ctx, a, r.Address); err != nil {
			return pr, "", err
		}
		pr.Reaches = append(pr.Reaches, r)
	}
	return pr, "", nil
}

// wordsOf opens a notice's words. Those of a payout are made anew from the payouts that are still due,
// so that nobody is named who has died since.
func (db *DB) wordsOf(ctx context.Context, a asker, n *notice) (skip string, err error) {
	if n.class == casework.ClassPayout && n.broadcast != 0 {
		dues, err := duesOf(ctx, a, n.id)
		if err != nil {
			return "", err
		}
		if len(dues) == 0 {
			return nobodyDue(ctx, a, n.id)
		}
		n.words = broadcast.Announce(dues)
		return "", nil
	}
	if n.person != 0 && n.class != casework.ClassGrievance { // who filed is not always who it is about
		p, err := person(ctx, a, n.person)
		if err != nil {
			return "", err
		}
		if p.Dead || p.Quiet {
			return notify.SkipSilenced, nil
		}
	}
	return "", db.unseal(bot.SealBody, n.sealed, &n.words)
}

// nobodyDue says why a payout's notice names nobody: those who are still due may not be named any more, or nothing is due.
func nobodyDue(ctx context.Context, a asker, noticeID int64) (skip string, err error) {
	var due int
	err = a.row(ctx, `SELECT COUNT(*) FROM payouts WHERE notice_id = $1 AND notice_id <> 0 AND state IN ('draft', 'scheduled')`, noticeID).Scan(&due)
	switch {
	case err != nil:
		return "", fmt.Errorf("count payouts: %w", err)
	case due > 0:
		return notify.SkipSilenced, nil
	}
	return notify.SkipOver, nil
}

func duesOf(ctx context.Context, a asker, noticeID int64) ([]broadcast.Due, error) {
	return list(ctx, a, `SELECT `+payoutFields+`, `+personFields+` FROM payouts o JOIN people p ON p.id = o.person_id
		WHERE o.notice_id = $1 AND o.notice_id <> 0 AND o.state IN ('draft', 'scheduled') AND p.dead_at = 0 AND p.quiet_at = 0 ORDER BY o.person_id, o.id`,
		[]any{noticeID}, func(rows *sql.Rows, d *broadcast.Due) error {
			o := &d.Payout
			var p personRow
			err := rows.Scan(append([]any{&o.ID, &o.PersonID, &o.PersonName, &o.UnitID, &o.ApplicationID, &o.BroadcastID, &o.Programme, &o.Period,
				&o.Amount, &o.Goods, &o.PayDate, &o.Hours, &o.Place, &o.Method, &o.Papers, &o.State}, p.into()...)...)
			d.Person = p.person()
			return err
		})
}

func refusedBy(ctx context.Context, a asker, addr bot.Address) ([]string, error) {
	if addr.ID == "" {
		return nil, nil
	}
	return list(ctx, a, `SELECT class FROM opt_outs WHERE channel = $1 AND address = $2`, []any{addr.Channel, addr.ID},
		func(rows *sql.Rows, s *string) error { return rows.Scan(s) })
}

// reaches lists the conversations through which a notice's person may be told.
func reaches(ctx context.Context, a asker, n notice) ([]notify.Reach, error) {
	const fields = `SELECT id, channel, address, lang, accents, last_in_at, blocked_at FROM conversations `
	return list(ctx, a, fields+`WHERE id = $1 UNION `+fields+`WHERE phone = $2 AND phone <> '' UNION `+
		fields+`WHERE channel = 'sms' AND address = $2 AND address <> '' ORDER BY id`,
		[]any{n.conversation, n.phone}, func(rows *sql.Rows, r *notify.Reach) error {
			var accents int
			var lastIn, blocked int64
			err := rows.Scan(&r.ConversationID, &r.Address.Channel, &r.Address.ID, &r.Lang, &accents, &lastIn, &blocked)
			r.Accents, r.LastIn, r.Blocked = accents != 0, at(lastIn), blocked != 0
			return err
		})
}

// tally counts the rows of a notice's current attempt by state.
type tally map[delivery.State]int

func tallyOf(ctx context.Context, tx *Tx, n notice) (tally, error) {
	channel := ""
	if len(n.tried) > 0 {
		channel = n.tried[len(n.tried)-1]
	}
	type count struct {
		state delivery.State
		n     int
	}
	counts, err := list(ctx, tx, `SELECT state, COUNT(*) FROM outbox WHERE notice_id = $1 AND notice_id <> 0 AND ($2 = '' OR channel = $2) GROUP BY state`,
		[]any{n.id, channel}, func(rows *sql.Rows, c *count) error { return rows.Scan(&c.state, &c.n) })
	if err != nil {
		return nil, fmt.Errorf("read a notice's rows: %w", err)
	}
	t := tally{}
	for _, c := range counts {
		t[c.state] = c.n
	}
	return t, nil
}

// went counts the parts that have reached the person, or may have or still may.
func (t tally) went() int {
	return t[delivery.Claimed] + t[delivery.Sent] + t[delivery.Delivered] + t[delivery.Unknown]
}

// outcome is what the rows mean for the notice. A notice of several parts is sent when all are. lost: nothing of
// it has arrived or still can, so that another way may be tried; a part that
// arrived is not said twice.
func (t tally) outcome() (state string, lost bool) {
	switch {
	case t[delivery.Failed] > 0 && t.went() == 0:
		return noticeFailed, true
	case t[delivery.Waiting]+t[delivery.Claimed] > 0:
		return noticeQueued, false
	case t[delivery.Failed] > 0:
		return noticeFailed, false
	case t[delivery.Unknown] > 0:
		return string(delivery.Unknown), false
	case t[delivery.Sent] > 0:
		return string(delivery.Sent), false
	case t[delivery.Delivered] > 0:
		return string(delivery.Delivered), false
	}
	return noticeSkipped, true
}

// settleNotice brings a notice in line with its rows, one of which has just moved. A definite failure of all of
// it, and nothing else, opens the next rung of the ladder, in this same change; when there is none the person is
// unreachable. A row of an earlier rung changes nothing.
func (db *DB) settleNotice(ctx context.Context, tx *Tx, id int64, _ string, failure *bot.SendError) error {
	n, err := loadNotice(ctx, tx, id)
	if errors.Is(err, casework.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	t, err := tallyOf(ctx, tx, n)
	if err != nil {
		return err
	}
	state, lost := t.outcome()
	reason := ""
	if state == noticeFailed || state == noticeSkipped {
		reason = state
		if failure != nil && failure.Code != "" {
			reason = failure.Code
		}
	}
	switch {
	case n.state == noticeSkipped && (lost || state == noticeQueued), n.state == state && !lost:
		return nil
	case state == noticeFailed && lost, state == noticeSkipped && (reason == notify.SkipOptedOut || reason == "blocked"):
		return db.nextRung(ctx, tx, n, state, reason)
	}
	return endNotice(ctx, tx, id, state, reason)
}

// nextRung tries another way of a notice of which nothing arrived; state and reason are its end when there is none.
func (db *DB) nextRung(ctx context.Context, tx *Tx, n notice, state, reason string) error {
	// The other parts of what failed are not to go alone.
	if _, err := tx.exec(ctx, `UPDATE outbox SET state = 'skipped', fail_code = 'replaced', settled_at = $1
		WHERE notice_id = $2 AND notice_id <> 0 AND state = 'waiting'`, ms(tx.now), n.id); err != nil {
		return fmt.Errorf("drop the rest of a notice: %w", err)
	}
	next := notify.Plan{Skip: notify.SkipUnreachable}
	if db.notifier() != nil {
		next = db.plan(ctx, tx, n, tx.now)
	}
	if next.Skip != "" {
		return endNotice(ctx, tx, n.id, state, reason)
	}
	if n.broadcast == 0 {
		return db.carryOut(ctx, tx, n, next)
	}
	if alive, err := reopen(ctx, tx, n.broadcast); err != nil || !alive {
		return errors.Join(err, endNotice(ctx, tx, n.id, state, reason))
	}
	open, err := openBulk(ctx, tx)
	if err != nil {
		return err
	}
	if open[next.To.Channel]+len(next.Parts) > db.maxBulk { // RefillBroadcasts goes on when there is room
		_, err := tx.exec(ctx, `UPDATE notices SET state = 'waiting' WHERE id = $1`, n.id)
		return err
	}
	return db.carryOut(ctx, tx, n, next)
}

// takeBack removes a notice's rows that were not handed over, and says whether none is left that was. What was
// handed over in part is as good as told.
func takeBack(ctx context.Context, tx *Tx, n notice) (bool, error) {
	if _, err := tx.exec(ctx, `DELETE FROM outbox WHERE notice_id = $1 AND notice_id <> 0 AND state = 'waiting'`, n.id); err != nil {
		return false, fmt.Errorf("take a notice back: %w", err)
	}
	t, err := tallyOf(ctx, tx, n)
	if err != nil || t.went() == 0 {
		return err == nil, err
	}
	if state, _ := t.outcome(); state != n.state {
		return false, endNotice(ctx, tx, n.id, state, "")
	}
	return false, nil
}

// dropNotices ends the notices to a phone that have not been handed over.
func (db *DB) dropNotices(ctx context.Context, tx *Tx, phone, reason string) error {
	ids, err := list(ctx, tx, `SELECT id FROM notices WHERE phone = $1 AND phone <> '' AND state IN ('waiting', 'queued')`, []any{phone},
		func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
	if err != nil {
		return fmt.Errorf("drop notices: %w", err)
	}
	for _, id := range ids {
		if err := dropNotice(ctx, tx, id, reason); err != nil {
			return err
		}
	}
	return nil
}

// dropNotice skips one notice, unless it is being handed over or was.
func dropNotice(ctx context.Context, tx *Tx, id int64, reason string) error {
	n, err := loadNotice(ctx, tx, id)
	if err != nil {
		return err
	}
	if back, err := takeBack(ctx, tx, n); err != nil || !back {
		return err
	}
	return endNotice(ctx, tx, id, noticeSkipped, reason)
}

// silence ends the notices about a person that have not been handed over. One that covers others too is said
// anew without them.
func (db *DB) silence(ctx context.Context, tx *Tx, personID int64) error {
	ids, err := list(ctx, tx, `SELECT id FROM notices WHERE person_id = $1 AND person_id <> 0 AND class <> 'grievance' AND state IN ('waiting', 'queued')
		UNION SELECT n.id FROM payouts o JOIN notices n ON n.id = o.notice_id WHERE o.person_id = $1 AND o.notice_id <> 0 AND n.state = 'queued'`,
		[]any{personID}, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
	if err != nil {
		return fmt.Errorf("silence: %w", err)
	}
	for _, id := range ids {
		n, err := loadNotice(ctx, tx, id)
		if err != nil {
			return err
		}
		back, err := takeBack(ctx, tx, n)
		switch {
		case err != nil:
			return err
		case !back:
		case n.broadcast == 0:
			err = endNotice(ctx, tx, id, noticeSkipped, notify.SkipSilenced)
		default:
			err = requeue(ctx, tx, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// requeue makes a broadcast's notice wait again on the rung that it was on.
func requeue(ctx context.Context, tx *Tx, n notice) error {
	tried := n.tried
	if n.state == noticeQueued && len(tried) > 0 {
		tried = tried[:len(tried)-1]
	}
	_, err := tx.exec(ctx, `UPDATE notices SET state = 'waiting', not_before = 0, tried = $1 WHERE id = $2`, strings.Join(tried, ","), n.id)
	if err != nil {
		return fmt.Errorf("requeue notice: %w", err)
	}
	_, err = reopen(ctx, tx, n.broadcast)
	return err
}
