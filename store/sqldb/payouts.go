package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
	"time"

	"tiepdan/casework"
)

const payoutFields = `o.id, o.person_id, p.name, o.unit_id, o.application_id, o.broadcast_id, o.programme, o.period, o.amount, o.goods, o.pay_date,
	o.hours, o.place, o.method, o.papers, o.state`

func scanPayout(rows *sql.Rows, p *casework.Payout) error {
	return rows.Scan(&p.ID, &p.PersonID, &p.PersonName, &p.UnitID, &p.ApplicationID, &p.BroadcastID, &p.Programme, &p.Period, &p.Amount, &p.Goods,
		&p.PayDate, &p.Hours, &p.Place, &p.Method, &p.Papers, &p.State)
}

// PayoutsOf implements handlers.Payouts.
func (db *DB) PayoutsOf(ctx context.Context, people []int64, since time.Time, limit int) ([]casework.Payout, error) {
	var all []casework.Payout
	for _, id := range people {
		theirs, err := list(ctx, committed{db}, `SELECT `+payoutFields+` FROM payouts o JOIN people p ON p.id = o.person_id
			WHERE o.person_id = $1 AND o.pay_date >= $2 AND o.state NOT IN ('draft', 'cancelled') ORDER BY o.pay_date, o.id LIMIT $3`,
			[]any{id, casework.DayOf(since), limit}, scanPayout)
		if err != nil {
			return nil, fmt.Errorf("read payouts: %w", err)
		}
		all = append(all, theirs...)
	}
	slices.SortStableFunc(all, func(a, b casework.Payout) int { return strings.Compare(a.PayDate, b.PayDate) })
	return all[:min(len(all), limit)], nil
}

// SessionsOf implements handlers.Payouts.
func (db *DB) SessionsOf(ctx context.Context, unitID int64, since time.Time, limit int) ([]casework.Payout, error) {
	all, err := list(ctx, committed{db}, `WITH RECURSIVE below(id) AS (SELECT $1 UNION SELECT u.id FROM units u JOIN below b ON u.parent_id = b.id)
		SELECT o.unit_id, o.programme, MIN(o.period), o.pay_date, MIN(o.hours), o.place, MIN(o.method), MIN(o.papers)
		FROM payouts o WHERE o.unit_id IN (SELECT id FROM below) AND o.pay_date >= $2 AND o.state NOT IN ('draft', 'cancelled')
		GROUP BY o.pay_date, o.place, o.programme, o.unit_id ORDER BY o.pay_date, o.place, o.programme LIMIT $3`,
		[]any{unitID, casework.DayOf(since), limit}, func(rows *sql.Rows, p *casework.Payout) error {
			return rows.Scan(&p.UnitID, &p.Programme, &p.Period, &p.PayDate, &p.Hours, &p.Place, &p.Method, &p.Papers)
		})
	if err != nil {
		return nil, fmt.Errorf("read sessions: %w", err)
	}
	return all, nil
}

// scheduled is the payout that a person has for a programme and a period; the zero Payout if there is none.
func scheduled(ctx context.Context, a asker, personID int64, programme, period string) (casework.Payout, error) {
	all, err := list(ctx, a, `SELECT `+payoutFields+` FROM payouts o JOIN people p ON p.id = o.person_id
		WHERE o.person_id = $1 AND o.programme = $2 AND o.period = $3`, []any{personID, programme, period}, scanPayout)
	if err != nil || len(all) == 0 {
		return casework.Payout{}, err
	}
	return all[0], nil
}

// keepDraft stores a payout of a draft schedule. One that stands in another draft, or in a schedule that was given up, moves here.
func keepDraft(ctx context.Context, tx *Tx, p casework.Payout) (int64, error) {
	id, err := tx.insert(ctx, `INSERT INTO payouts (person_id, unit_id, application_id, broadcast_id, programme, period, amount, goods, pay_date,
			hours, place, method, papers, state, created_at, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 'draft', $14, $14)
		ON CONFLICT (person_id, programme, period) DO UPDATE SET unit_id = excluded.unit_id, application_id = excluded.application_id,
			broadcast_id = excluded.broadcast_id, amount = excluded.amount, goods = excluded.goods, pay_date = excluded.pay_date,
			hours = excluded.hours, place = excluded.place, method = excluded.method, papers = excluded.papers, state = 'draft',
			notice_id = 0, updated_at = excluded.updated_at
		RETURNING id`,
		p.PersonID, p.UnitID, p.ApplicationID, p.BroadcastID, p.Programme, p.Period, p.Amount, p.Goods, p.PayDate,
		p.Hours, p.Place, p.Method, p.Papers, ms(tx.now))
	if err != nil {
		return 0, fmt.Errorf("keep payout: %w", err)
	}
	return id, nil
}
