package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"sync"
)

// A statement's text is compiled once for each connection. Texts made at run
// time could be without number, so only this many are remembered.
const maxStmts = 512

// session is the one writing connection with its compiled statements. Only the
// writer's goroutine uses it.
type session struct {
	pool  *sql.DB
	conn  *sql.Conn
	stmts map[string]*sql.Stmt
}

// begin opens the connection if need be and takes the writing lock.
func (s *session) begin(ctx context.Context) error {
	if s.conn == nil {
		conn, err := s.pool.Conn(ctx)
		if err != nil {
			return err
		}
		s.conn, s.stmts = conn, make(map[string]*sql.Stmt)
	}
	_, err := s.exec(ctx, "BEGIN IMMEDIATE")
	return err
}

// rollback undoes the open transaction. A connection that cannot is thrown
// away, and its transaction with it.
func (s *session) rollback(ctx context.Context) error {
	_, err := s.exec(ctx, "ROLLBACK")
	if err == nil {
		return nil
	}
	s.closeStmts()                                               // before their connection: the driver crashes on a statement that outlives it
	_ = s.conn.Raw(func(any) error { return driver.ErrBadConn }) // marks it as not to be used again
	s.close()
	return err
}

func (s *session) closeStmts() {
	for _, stmt := range s.stmts {
		_ = stmt.Close() // the connection goes as well
	}
	s.stmts = nil
}

func (s *session) close() {
	s.closeStmts()
	if s.conn != nil {
		_ = s.conn.Close()
	}
	s.conn = nil
}

func (s *session) stmt(ctx context.Context, query string) (*sql.Stmt, error) {
	if stmt, ok := s.stmts[query]; ok {
		return stmt, nil
	}
	if len(s.stmts) >= maxStmts {
		return nil, errManyStmts
	}
	stmt, err := s.conn.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	s.stmts[query] = stmt
	return stmt, nil
}

var errManyStmts = errors.New("too many statements to remember")

func (s *session) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if stmt, err := s.stmt(ctx, query); err == nil {
		return stmt.ExecContext(ctx, args...)
	}
	return s.conn.ExecContext(ctx, query, args...)
}

// readers are the compiled statements of the reading pool.
type readers struct {
	mu    sync.Mutex
	stmts map[string]*sql.Stmt
}

// reader compiles a query that is asked often, once for each connection that asks it.
func (db *DB) reader(ctx context.Context, query string) (*sql.Stmt, error) {
	db.readers.mu.Lock()
	defer db.readers.mu.Unlock()
	if stmt, ok := db.readers.stmts[query]; ok {
		return stmt, nil
	}
	stmt, err := db.read.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	db.readers.stmts[query] = stmt
	return stmt, nil
}

// readRow scans the one row of a query that is asked often; sql.ErrNoRows if there is none.
func (db *DB) readRow(ctx context.Context, query string, args []any, dest ...any) error {
	stmt, err := db.reader(ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(ctx, args...).Scan(dest...)
}

// readRows calls each for every row of a query that is asked often.
func (db *DB) readRows(ctx context.Context, query string, args []any, each func(*sql.Rows) error) (err error) {
	stmt, err := db.reader(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(ctx, args...)
	if err != nil {
		return err
	}
	return eachRow(rows, each)
}

// eachRow calls each for every row and closes rows.
func eachRow(rows *sql.Rows, each func(*sql.Rows) error) (err error) {
	defer func() { err = errors.Join(err, rows.Close()) }()
	for rows.Next() {
		if err := each(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}
