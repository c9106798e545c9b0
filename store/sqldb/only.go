package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
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
	pool, err := sql.Open("sqlite", fileAddress(path+".lock", url.Values{"_pragma": {"busy_timeout(0)"}}))
	if err != nil {
		return nil, fmt.Errorf("lock records: %w", err)
	}
	conn, err := pool.Conn(ctx)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock records: %w", err), pool.Close())
	}
	if _, err := conn.ExecContext(ctx, "BEGIN EXCLUSIVE"); err != nil {
		return nil, errors.Join(fmt.Errorf("%w: %w", ErrInUse, err), conn.Close(), pool.Close())
	}
	return func() error { return errors.Join(conn.Close(), pool.Close()) }, nil
}
