package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tiepdan/bot"
	"tiepdan/casework"
)

func (db *DB) openTask(ctx context.Context, tx *Tx, c casework.OpenTask) error {
	var sealed []byte
	if c.Detail != "" {
		var err error
		if sealed, err = db.seal(bot.SealCase, c.Detail); err != nil {
			return err
		}
	}
	if joined, err := joinTask(ctx, tx, c, sealed); err != nil || joined {
		return err
	}
	id, err := tx.insert(ctx, `INSERT INTO tasks (kind, unit_id, conversation_id, person_id, phone, sealed, due, opened_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id`,
		c.Kind, db.homeOf(c.Origin.UnitID), c.Origin.ConversationID, c.PersonID, c.Origin.Phone, sealed, c.Due, ms(tx.now))
	if err != nil {
		return fmt.Errorf("open task: %w", err)
	}
	return audit(ctx, tx, byCitizen, "open", "task", id, c.Kind)
}

// joinTask adds a dialogue's words to the task that the same change has opened by its nature (a wrong
// number, a death), so that the office finds one task for one thing.
func joinTask(ctx context.Context, tx *Tx, c casework.OpenTask, sealed []byte) (bool, error) {
	if c.Origin.ConversationID == 0 || c.Kind != casework.TaskWrongNumber && c.Kind != casework.TaskDeath {
		return false, nil
	}
	n, err := tx.changed(ctx, `UPDATE tasks SET sealed = COALESCE(sealed, $1), due = CASE WHEN due = '' THEN $2 ELSE due END
		WHERE kind = $3 AND conversation_id = $4 AND opened_at = $5 AND closed_at = 0 AND ($6 = 0 OR person_id = $6)`,
		sealed, c.Due, c.Kind, c.Origin.ConversationID, ms(tx.now), c.PersonID)
	if err != nil {
		return false, fmt.Errorf("open task: %w", err)
	}
	return n > 0, nil
}

// Tasks lists what the office has to do: the open ones, or all, those due first. That they were read is audited.
func (db *DB) Tasks(ctx context.Context, by string, open bool, limit int) ([]casework.Task, error) {
	type row struct {
		casework.Task
		sealed []byte
	}
	rows, err := list(ctx, committed{db}, `SELECT t.id, t.kind, t.unit_id, t.conversation_id, t.person_id, COALESCE(p.name, ''), t.grievance_id, t.phone, t.sealed, t.due,
			t.opened_at, t.closed_at, t.closed_by
		FROM tasks t LEFT JOIN people p ON p.id = t.person_id
		WHERE $1 = 0 OR t.closed_at = 0 ORDER BY CASE WHEN t.due = '' THEN '9999' ELSE t.due END, t.id LIMIT $2`, []any{flag(open), limit},
		func(rows *sql.Rows, t *row) error {
			var opened, closed int64
			err := rows.Scan(&t.ID, &t.Kind, &t.UnitID, &t.ConversationID, &t.PersonID, &t.PersonName, &t.GrievanceID, &t.Phone, &t.sealed, &t.Due, &opened, &closed, &t.ClosedBy)
			t.OpenedAt, t.ClosedAt = at(opened), at(closed)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("list tasks: %w", err)
	}
	all := make([]casework.Task, 0, len(rows))
	for _, r := range rows {
		if len(r.sealed) > 0 {
			if err := db.unseal(bot.SealCase, r.sealed, &r.Detail); err != nil {
				return nil, fmt.Errorf("open task: %w", err)
			}
		}
		all = append(all, r.Task)
	}
	return all, db.write(ctx, func(ctx context.Context, tx *Tx) error {
		return audit(ctx, tx, by, "list", "tasks", int64(len(all)), "")
	})
}

// CloseTask notes that somebody did it. casework.ErrNotFound: there is no such open task.
func (db *DB) CloseTask(ctx context.Context, by string, id int64) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error { return closeTask(ctx, tx, by, id, "") })
}

func closeTask(ctx context.Context, tx *Tx, by string, id int64, note string) error {
	n, err := tx.changed(ctx, `UPDATE tasks SET closed_at = $1, closed_by = $2 WHERE id = $3 AND closed_at = 0`, ms(tx.now), by, id)
	if err != nil {
		return fmt.Errorf("close task: %w", err)
	}
	if n == 0 {
		return fmt.Errorf("close task: %w", casework.ErrNotFound)
	}
	return audit(ctx, tx, by, "close", "task", id, note)
}

// ErrNoDeath: the task is not a reported death of a person who is known.
var ErrNoDeath = errors.New("the task reports no known person's death")

// DecideDeath closes a task that reports a death. dead marks the person, which only staff do; else the report was wrong, and the
// person is told again. casework.ErrNotFound: there is no such open task.
func (db *DB) DecideDeath(ctx context.Context, by string, id int64, dead bool) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		var kind string
		var who int64
		if err := tx.row(ctx, `SELECT kind, person_id FROM tasks WHERE id = $1 AND closed_at = 0`, id).Scan(&kind, &who); err != nil {
			return found(err, "task")
		}
		if kind != casework.TaskDeath || who == 0 {
			return ErrNoDeath
		}
		note, died := "alive", int64(0)
		if dead {
			note, died = "dead", ms(tx.now)
			if err := db.silence(ctx, tx, who); err != nil {
				return err
			}
		}
		if _, err := tx.exec(ctx, `UPDATE people SET dead_at = $1, quiet_at = $1, updated_at = $2 WHERE id = $3`, died, ms(tx.now), who); err != nil {
			return err
		}
		return closeTask(ctx, tx, by, id, note)
	})
	if err != nil {
		return fmt.Errorf("decide a reported death: %w", err)
	}
	return nil
}
