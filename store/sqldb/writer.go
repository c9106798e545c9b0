package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"tiepdan/bot"
)

// ErrClosed: the records are closed.
var ErrClosed = errors.New("records are closed")

// A group is committed once it holds maxGroup writes or no more wait.
const maxGroup = 256

// Tx is one change to records inside the group being committed. Its statements
// see each other; when its function fails, only they are undone.
type Tx struct {
	s    *session
	now  time.Time // one instant for the whole change
	wake Wake
}

func (t *Tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.s.exec(ctx, query, args...)
}

// query's rows must be closed before the change makes its next statement.
func (t *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if stmt, err := t.s.stmt(ctx, query); err == nil {
		return stmt.QueryContext(ctx, args...)
	}
	return t.s.conn.QueryContext(ctx, query, args...)
}

func (t *Tx) row(ctx context.Context, query string, args ...any) *sql.Row {
	if stmt, err := t.s.stmt(ctx, query); err == nil {
		return stmt.QueryRowContext(ctx, args...)
	}
	return t.s.conn.QueryRowContext(ctx, query, args...)
}

// insert runs an INSERT … RETURNING id.
func (t *Tx) insert(ctx context.Context, query string, args ...any) (int64, error) {
	var id int64
	err := t.row(ctx, query, args...).Scan(&id)
	return id, err
}

// changed runs a statement and says how many rows it changed.
func (t *Tx) changed(ctx context.Context, query string, args ...any) (int64, error) {
	res, err := t.exec(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return res.RowsAffected()
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
// do must not keep the Tx, and may run twice. A caller whose ctx has ended
// before its turn came changes nothing.
func (db *DB) write(ctx context.Context, do func(context.Context, *Tx) error) error {
	j, err := db.enqueue(ctx, do)
	if err != nil {
		return err
	}
	// Once queued the outcome must be known: giving up here would leave the
	// caller not knowing whether its change was kept.
	<-j.done
	return j.err
}

// writeInTime is write for a change that may be made twice without harm: it
// gives up when ctx ends, and the change may then be kept or not.
func (db *DB) writeInTime(ctx context.Context, do func(context.Context, *Tx) error) error {
	j, err := db.enqueue(ctx, do)
	if err != nil {
		return err
	}
	select {
	case <-j.done:
		return j.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) enqueue(ctx context.Context, do func(context.Context, *Tx) error) (j *job, err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	defer func() {
		if recover() != nil { // the queue was closed under us
			err = ErrClosed
		}
	}()
	j = &job{ctx: ctx, do: do, done: make(chan struct{})}
	select {
	case db.queue <- j:
		return j, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (db *DB) runWriter() {
	defer close(db.done)
	s := &session{pool: db.one}
	defer s.close()
	for j := range db.queue {
		group := db.gather(j)
		db.commitGroup(s, group)
		var wake Wake
		for _, j := range group {
			if j.err == nil {
				wake = wake.and(j.wake)
			}
			close(j.done)
		}
		if wake != (Wake{}) {
			db.wakeUp(wake)
		}
	}
}

// gather takes what waits behind j, up to a group.
func (db *DB) gather(j *job) []*job {
	group := []*job{j}
	for len(group) < maxGroup {
		select {
		case next, ok := <-db.queue:
			if !ok {
				return group
			}
			group = append(group, next)
		default:
			return group
		}
	}
	return group
}

// errBegin: the writing lock was not to be had. Trying each change of a group
// alone would only wait as many times over.
var errBegin = errors.New("begin")

// commitGroup commits the group at once, or, when that fails, one by one.
func (db *DB) commitGroup(s *session, group []*job) {
	err := db.tryCommit(s, group)
	if err == nil {
		return
	}
	if len(group) == 1 || errors.Is(err, errBegin) {
		for _, j := range group {
			j.err = err
		}
		return
	}
	for _, j := range group {
		j.err = nil
		if err := db.tryCommit(s, []*job{j}); err != nil {
			j.err = err
		}
	}
}

// tryCommit runs each job behind a savepoint. A returned error is the
// transaction's own: nothing of the group was kept.
func (db *DB) tryCommit(s *session, group []*job) error {
	ctx := context.Background() // one caller's cancelled context must not undo the others' changes
	if err := s.begin(ctx); err != nil {
		return fmt.Errorf("%w: %w", errBegin, away(err))
	}
	for _, j := range group {
		if err := j.ctx.Err(); err != nil {
			j.err = err
			continue
		}
		if err := runFenced(ctx, s, j, db.now()); err != nil {
			return errors.Join(away(err), s.rollback(ctx))
		}
	}
	if _, err := s.exec(ctx, "COMMIT"); err != nil {
		return errors.Join(fmt.Errorf("commit: %w", away(err)), s.rollback(ctx))
	}
	return nil
}

func runFenced(ctx context.Context, s *session, j *job, now time.Time) error {
	if _, err := s.exec(ctx, "SAVEPOINT j"); err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	t := &Tx{s: s, now: now}
	j.err = callFenced(ctx, j, t)
	j.wake = t.wake
	if j.err != nil {
		if _, err := s.exec(ctx, "ROLLBACK TO j"); err != nil {
			// A full disk has ended the whole transaction: the change's own error says so.
			return fmt.Errorf("undo: %w", errors.Join(err, j.err))
		}
	}
	if _, err := s.exec(ctx, "RELEASE j"); err != nil {
		return fmt.Errorf("release: %w", err)
	}
	return nil
}

// callFenced keeps a panic in one change from ending the writer. What it panicked
// with is told only when the runtime wrote it: any other may hold what a person typed.
func callFenced(ctx context.Context, j *job, t *Tx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if err, _ = p.(runtime.Error); err == nil {
				err = fmt.Errorf("a %T", p)
			}
			err = fmt.Errorf("change panicked: %w", err)
		}
	}()
	return away(j.do(ctx, t))
}

// away marks an error that says nothing about the change itself: the file is locked by another
// program, the disk is full or fails. The same change may pass a moment later.
func away(err error) error {
	var failed *sqlite.Error
	if !errors.As(err, &failed) {
		return err
	}
	switch failed.Code() & 0xff { // the extended codes have the primary one in their last byte
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR,
		sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PROTOCOL:
		return fmt.Errorf("%w: %w", bot.ErrAway, err)
	}
	return err
}
