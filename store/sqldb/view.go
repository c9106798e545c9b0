package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// view reads in one transaction: everything that do sees is of one instant.
func (db *DB) view(ctx context.Context, do func(context.Context, *Tx) error) (err error) {
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	s := &session{pool: db.read, conn: conn, stmts: make(map[string]*sql.Stmt)}
	defer s.close()
	if _, err := conn.ExecContext(ctx, "BEGIN"); err != nil {
		return fmt.Errorf("read records: %w", err)
	}
	err = do(ctx, &Tx{s: s, now: db.now()})
	return errors.Join(err, s.rollback(context.WithoutCancel(ctx)))
}
