package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"time"

	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

const applicationFields = `id, code, form, person_id, unit_id, programme, status, step, outcome, received, appointed, amount, missing, reason,
	decision, changed_at`

func scanApplication(scan func(...any) error, a *casework.Application) error {
	var changed int64
	err := scan(&a.ID, &a.Code, &a.Form, &a.PersonID, &a.UnitID, &a.Programme, &a.Status, &a.Step, &a.Outcome, &a.Received, &a.Appointed,
		&a.Amount, &a.Missing, &a.Reason, &a.Decision, &changed)
	a.ChangedAt = at(changed)
	return err
}

// ApplicationByCode implements handlers.Applications.
func (db *DB) ApplicationByCode(ctx context.Context, codeKey string) (casework.Application, error) {
	return applicationByCode(ctx, committed{db}, codeKey)
}

func applicationByCode(ctx context.Context, a asker, codeKey string) (casework.Application, error) {
	var app casework.Application
	err := scanApplication(a.row(ctx, `SELECT `+applicationFields+` FROM applications WHERE code_key = $1`, codeKey).Scan, &app)
	return app, found(err, "application")
}

// ApplicationsOf implements handlers.Applications.
func (db *DB) ApplicationsOf(ctx context.Context, people []int64, limit int) ([]casework.Application, error) {
	var all []casework.Application
	for _, id := range people {
		theirs, err := list(ctx, committed{db}, `SELECT `+applicationFields+` FROM applications WHERE person_id = $1 ORDER BY changed_at DESC, id LIMIT $2`,
			[]any{id, limit}, func(rows *sql.Rows, a *casework.Application) error { return scanApplication(rows.Scan, a) })
		if err != nil {
			return nil, fmt.Errorf("read applications: %w", err)
		}
		all = append(all, theirs...)
	}
	slices.SortStableFunc(all, func(a, b casework.Application) int { return b.ChangedAt.Compare(a.ChangedAt) })
	return all[:min(len(all), limit)], nil
}

// before is the application that a code has; the zero Application if there is none.
func before(ctx context.Context, a asker, code string) (casework.Application, error) {
	app, err := applicationByCode(ctx, a, text.CodeKey(code))
	if errors.Is(err, casework.ErrNotFound) {
		return casework.Application{}, nil
	}
	return app, err
}

// keepApplication stores one case, known by its code, and owes its people a notice if
// the change concerns them and tell says so.
func (db *DB) keepApplication(ctx context.Context, tx *Tx, old, a casework.Application, tell bool) error {
	moved := old.Status != a.Status || old.Step != a.Step || old.Outcome != a.Outcome
	a.ChangedAt = old.ChangedAt
	if moved {
		a.ChangedAt = tx.now
	}
	id, err := tx.insert(ctx, `INSERT INTO applications (code, code_key, form, person_id, unit_id, programme, status, step, outcome, received,
			appointed, amount, missing, reason, decision, created_at, updated_at, changed_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16, $17)
		ON CONFLICT (code_key) DO UPDATE SET form = excluded.form, person_id = excluded.person_id, unit_id = excluded.unit_id,
			programme = excluded.programme, status = excluded.status, step = excluded.step, outcome = excluded.outcome,
			received = excluded.received, appointed = excluded.appointed, amount = excluded.amount, missing = excluded.missing,
			reason = excluded.reason, decision = excluded.decision, updated_at = excluded.updated_at, changed_at = excluded.changed_at
		RETURNING id`,
		a.Code, text.CodeKey(a.Code), a.Form, a.PersonID, a.UnitID, a.Programme, int(a.Status), a.Step, a.Outcome, a.Received,
		a.Appointed, a.Amount, a.Missing, a.Reason, a.Decision, ms(tx.now), ms(a.ChangedAt))
	if err != nil {
		return fmt.Errorf("keep application: %w", err)
	}
	a.ID = id
	if !tell || !tells(old, a, tx.now) {
		return nil
	}
	return db.oweStatus(ctx, tx, a)
}

// tells says whether a change is told: it concerns the person, and what may be said of the case is not what was said before.
func tells(old, a casework.Application, now time.Time) bool {
	return casework.Pushed(old, a) && (old.ID == 0 || !reflect.DeepEqual(notify.Status(old, now), notify.Status(a, now)))
}

// oweStatus owes the person of an application one notice of its change.
func (db *DB) oweStatus(ctx context.Context, tx *Tx, a casework.Application) error {
	phone, err := bestPhone(ctx, tx, a.PersonID)
	if err != nil {
		return err
	}
	return db.owe(ctx, tx, notice{
		key:   fmt.Sprintf("status:%d:%s:%s:%s:%d", a.ID, a.Status.Code(), a.Step, a.Outcome, ms(a.ChangedAt)),
		class: casework.ClassStatus, unit: a.UnitID, person: a.PersonID, phone: phone, words: notify.Status(a, tx.now),
	})
}
