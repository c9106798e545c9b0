package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"tiepdan/casework"
)

// asker is what can be read from: the change that is being made, or what was committed.
type asker interface {
	query(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	row(ctx context.Context, query string, args ...any) *sql.Row
}

// committed reads what was committed.
type committed struct{ db *DB }

func (c committed) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := c.db.reader(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (c committed) row(ctx context.Context, query string, args ...any) *sql.Row {
	stmt, err := c.db.reader(ctx, query)
	if err != nil {
		return c.db.read.QueryRowContext(ctx, query, args...) // reports the same error
	}
	return stmt.QueryRowContext(ctx, args...)
}

// list reads every row of a query into memory, so that the next statement may follow.
func list[T any](ctx context.Context, a asker, query string, args []any, scan func(*sql.Rows, *T) error) ([]T, error) {
	rows, err := a.query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	var all []T
	err = eachRow(rows, func(rows *sql.Rows) error {
		var one T
		if err := scan(rows, &one); err != nil {
			return err
		}
		all = append(all, one)
		return nil
	})
	return all, err
}

// found turns "no row" into the records' own error.
func found(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s: %w", what, casework.ErrNotFound)
	}
	return fmt.Errorf("%s: %w", what, err)
}
