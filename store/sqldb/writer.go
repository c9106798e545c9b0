package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// ErrClosed: the records are closed.
var ErrClosed = errors.New("records are closed")

// A group is committed once it holds maxGroup writes or no more wait.
const maxGroup = 256

// Tx is one change to records inside the group being committed. Its statements
// see each other; when its function fails, only they are undone.
type Tx struct {
	tx   *sql.Tx
	now  time.Time // one instant for the whole change
	wake Wake
}

func (t *Tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.tx.ExecContext(ctx, query, args...)
}

func (t *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	return t.tx.QueryContext(ctx, query, args...)
}

func (t *Tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	return t.tx.QueryRowContext(ctx, query, args...)
}

// insert runs an INSERT … RETURNING id.
func (t *Tx) insert(ctx context.Context, query string, args ...any) (int64, error) {
	var id int64
	err := t.tx.QueryRowContext(ctx, query, args...).Scan(&id)
	return id, err
}

type job struct {
	ctx  context.Context
	do   func(context.Context, *Tx) error
	err  error
	wake Wake
	done chan struct{}
}

// write runs do in a transaction and returns once it is durable. Several
// writes share one commit; each is fenced by a savepoint, so that one that
// fails costs no other. When the commit itself fails, each is tried alone.
// do must not keep the Tx, and may run twice.
func (db *DB) write(ctx context.Context, do func(context.Context, *Tx) error) (err error) {
	if err := ctx.Err(); err != nil {
		return err
	}
	j := &job{ctx: ctx, do: do, done: make(chan struct{})}
	if err := db.enqueue(j); err != nil {
		return err
	}
	// Once queued the outcome must be known: giving up here would leave the
	// caller not knowing whether its change was kept.
	<-j.done
	if j.err == nil && j.wake != (Wake{}) {
		db.wakeUp(j.wake)
	}
	return j.err
}

func (db *DB) enqueue(j *job) (err error) {
	defer func() {
		if recover() != nil { // the queue was closed under us
			err = ErrClosed
		}
	}()
	select {
	case db.queue <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

func (db *DB) runWriter() {
	defer close(db.done)
	for j := range db.queue {
		group := []*job{j}
		for len(group) < maxGroup {
			select {
			case next, ok := <-db.queue:
				if ok {
					group = append(group, next)
					continue
				}
			default:
			}
			break
		}
		db.commitGroup(group)
		for _, j := range group {
			close(j.done)
		}
	}
}

// commitGroup commits the group at once, or, when that fails, one by one.
func (db *DB) commitGroup(group []*job) {
	err := db.tryCommit(group)
	if err == nil {
		return
	}
	if len(group) == 1 {
		group[0].err = err
		return
	}
	for _, j := range group {
		j.err = nil
		if err := db.tryCommit([]*job{j}); err != nil {
			j.err = err
		}
	}
}

// tryCommit runs each job behind a savepoint. A returned error is the
// transaction's own: nothing of the group was kept.
func (db *DB) tryCommit(group []*job) error {
	ctx := context.Background() // one caller's cancelled context must not undo the others' changes
	tx, err := db.one.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	for _, j := range group {
		if err := runFenced(ctx, tx, j, db.now()); err != nil {
			return errors.Join(err, tx.Rollback())
		}
	}
	if err := tx.Commit(); err != nil {
		return errors.Join(fmt.Errorf("commit: %w", err), tx.Rollback())
	}
	return nil
}

func runFenced(ctx context.Context, tx *sql.Tx, j *job, now time.Time) error {
	if _, err := tx.ExecContext(ctx, "SAVEPOINT j"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	t := &Tx{tx: tx, now: now}
	j.err = callFenced(ctx, j, t)
	j.wake = t.wake
	if j.err != nil {
		if _, err := tx.ExecContext(ctx, "ROLLBACK TO j"); err != nil {
			return fmt.Errorf("undo: %w", err)
		}
	}
	if _, err := tx.ExecContext(ctx, "RELEASE j"); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// callFenced keeps a panic in one change from ending the writer.
func callFenced(ctx context.Context, j *job, t *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("change panicked: %v", p)
		}
	}()
	return j.do(ctx, t)
}
