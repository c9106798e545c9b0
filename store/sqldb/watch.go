package sqldb

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"
)

// Watch calls changed after another process has written to the records: a command that runs beside
// the server. It looks about once a second, and returns when ctx ends.
func (db *DB) Watch(ctx context.Context, changed func()) error {
	// data_version is a connection's own: it changes when another one commits. One that
	// never writes sees this process's commits too, so changed must bear being called for nothing.
	conn, err := db.read.Conn(ctx)
	if err != nil {
		return fmt.Errorf("watch records: %w", err)
	}
	defer conn.Close()
	var last int64
	for {
		var now int64
		if err := conn.QueryRowContext(ctx, `PRAGMA data_version`).Scan(&now); err != nil {
			if ctx.Err() != nil {
				return nil
			}
			return fmt.Errorf("watch records: %w", err)
		}
		if now != last {
			last = now
			changed()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Duration(700+rand.IntN(600)) * time.Millisecond):
		}
	}
}
