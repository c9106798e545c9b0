package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"

	"tiepdan/bot/broadcast"
	"tiepdan/bot/notify"
	"tiepdan/casework"
)

// ErrNoPlanner: nobody plans notices here (UseNotifier).
var ErrNoPlanner = errors.New("nobody plans notices")

// BroadcastStatus says how far a broadcast has come, all of it at one instant. casework.ErrNotFound if there is none.
func (db *DB) BroadcastStatus(ctx context.Context, id int64) (broadcast.Status, error) {
	s := broadcast.Status{ID: id}
	err := db.view(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		if s.State, err = broadcastState(ctx, tx, id); err != nil {
			return err
		}
		rows, err := tx.query(ctx, `SELECT state, COUNT(*) FROM notices WHERE broadcast_id = $1 AND broadcast_id <> 0 GROUP BY state
			UNION ALL SELECT 'unmade', COUNT(*) FROM payouts WHERE broadcast_id = $1 AND broadcast_id <> 0 AND notice_id = 0 AND state = 'draft'`, id)
		if err != nil {
			return err
		}
		return eachRow(rows, func(rows *sql.Rows) error {
			var state string
			var n int
			err := rows.Scan(&state, &n)
			if s.State == broadcast.Cancelled && (state == "unmade" || state == noticeWaiting) {
				state = "skipped" // they will never be told
			}
			s.Add(state, n)
			return err
		})
	})
	if err != nil {
		return broadcast.Status{}, fmt.Errorf("broadcast status: %w", err)
	}
	return s, nil
}

// PreviewBroadcast says what sending a broadcast would do now, and changes nothing.
// casework.ErrNotFound if there is none, ErrNoPlanner where nobody plans.
func (db *DB) PreviewBroadcast(ctx context.Context, id int64) (broadcast.Preview, error) {
	if db.tell.planner == nil {
		return broadcast.Preview{}, fmt.Errorf("preview broadcast: %w", ErrNoPlanner)
	}
	var p broadcast.Preview
	err := db.view(ctx, func(ctx context.Context, tx *Tx) error {
		state, err := broadcastState(ctx, tx, id)
		if err != nil {
			return err
		}
		p = broadcast.NewPreview(id, "", state)
		if err := tx.row(ctx, `SELECT title FROM broadcasts WHERE id = $1`, id).Scan(&p.Title); err != nil {
			return err
		}
		if err := tx.row(ctx, `SELECT COUNT(DISTINCT person_id) FROM payouts WHERE broadcast_id = $1 AND state <> 'cancelled'`, id).
			Scan(&p.People); err != nil {
			return err
		}
		return db.previewAll(ctx, tx, &p)
	})
	if err != nil {
		return broadcast.Preview{}, fmt.Errorf("preview broadcast: %w", err)
	}
	return p, nil
}

// previewAll goes through the payments phone by phone, holding those of one phone.
func (db *DB) previewAll(ctx context.Context, tx *Tx, p *broadcast.Preview) error {
	rows, err := tx.query(ctx, `SELECT p.id, p.person_id, p.unit_id, p.pay_date, p.place, `+phoneOf+` AS phone FROM payouts p
		WHERE p.broadcast_id = $1 AND p.state <> 'cancelled' ORDER BY phone, p.id`, p.ID)
	if err != nil {
		return err
	}
	var phone string
	groups := map[string][]unannounced{}
	err = eachRow(rows, func(rows *sql.Rows) error {
		u, err := scanUnannounced(rows)
		if err != nil {
			return err
		}
		if u.phone != phone {
			if err := db.previewGroups(ctx, tx, p, groups); err != nil {
				return err
			}
			phone = u.phone
			clear(groups)
		}
		key := broadcast.Key(p.ID, u.phone, u.person, u.day, u.place)
		if u.phone == "" && groups[key] == nil {
			p.Skip(string(notify.NoPhone))
			groups[key] = []unannounced{}
			return nil
		}
		if u.phone != "" {
			groups[key] = append(groups[key], u)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return db.previewGroups(ctx, tx, p, groups)
}

// previewGroups plans the notices of one phone.
func (db *DB) previewGroups(ctx context.Context, tx *Tx, p *broadcast.Preview, groups map[string][]unannounced) error {
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		group := groups[key]
		if len(group) == 0 {
			continue
		}
		n := notice{promise: notify.Promise{Key: key, Class: casework.ClassPayout, UnitID: group[0].unit, Phone: group[0].phone,
			Words: notify.Payout(group[0].day, group[0].place), Expires: broadcast.Expires(group[0].day)}}
		a, err := audienceOf(ctx, tx, n)
		if err != nil {
			return err
		}
		var due []duePerson
		for _, u := range group {
			one, err := dueBy(ctx, tx, `p.id = $1`, u.id)
			if err != nil {
				return err
			}
			due = append(due, one...)
		}
		sortDue(due)
		if a, err = payoutAudience(ctx, tx, n.promise, a, due); err != nil {
			return err
		}
		attempt, reason := db.tell.planner.Plan(n.promise, a, tx.now)
		if reason != "" {
			p.Skip(string(reason))
			continue
		}
		p.Tell(attempt.To.Channel, attempt.Parts)
	}
	return nil
}
