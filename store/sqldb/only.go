package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// ErrInUse: another program serves these records.
var ErrInUse = errors.New("the records are in use by another running server")

// Only makes sure that one server at a time serves the records at address; commands may run
// beside it. It holds a lock on a file next to them, which ends with the
// process however that ends. The caller calls release when it has stopped.
func Only(ctx context.Context, address string) (release func() error, err error) {
	path, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return func() error { return nil }, nil // replicas share a server's records
	}
	pool, err := openSQLite(path+".lock", "exclusive", 1)
	if err != nil {
		return nil, err
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock records: %w", err), pool.Close())
	}
	for _, step := range []string{"PRAGMA busy_timeout = 0", "PRAGMA journal_mode = DELETE", "BEGIN EXCLUSIVE"} {
		if _, err := conn.ExecContext(ctx, step); err != nil {
			if strings.Contains(step, "timeout") {
				return nil, errors.Join(fmt.Errorf("lock records: %w", err), conn.Close(), pool.Close())
			}
			return nil, errors.Join(ErrInUse, conn.Close(), pool.Close())
		}
	}
	return func() error { return errors.Join(conn.Close(), pool.Close()) }, nil
}
