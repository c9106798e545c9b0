// Package sqldb keeps records, the inbox and the outbox in SQL. It is the only
// package that opens a transaction: everything that changes records goes
// through DB.write, which commits many small changes at once.
package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	_ "modernc.org/sqlite" // the embedded default

	"tiepdan/bot"
	"tiepdan/bot/broadcast"
)

// DB is the records of one installation. It is safe for use by many goroutines.
type DB struct {
	read    *sql.DB // many connections, never writes
	readers readers
	one     *sql.DB // the single writing connection, owned by the writer
	queue   chan *job
	maxBulk int // open bulk rows of a channel
	done    chan struct{}
	vault   bot.Vault
	clock   bot.Clock
	log     *slog.Logger
	wakeUp  func(Wake)
	heard   heard
	office  office
}

// Wake says what has just been committed, so that a worker on this replica
// need not wait for its next look.
type Wake struct {
	Conversations bool // something waits to be played
	Outbox        bool // something waits to be handed over
	Files         bool // a file is wanted
	Chat          bool // a web chat's log has grown
	Receipts      bool // a provider said what became of something
	Notices       bool // a notice is owed, or a broadcast has moved
}

// and joins what two changes wake.
func (w Wake) and(o Wake) Wake {
	return Wake{w.Conversations || o.Conversations, w.Outbox || o.Outbox, w.Files || o.Files, w.Chat || o.Chat,
		w.Receipts || o.Receipts, w.Notices || o.Notices}
}

// Options are what Open needs besides the address.
type Options struct {
	Vault bot.Vault
	Clock bot.Clock
	Log   *slog.Logger
	// Wake is called after a commit, never inside a transaction; it must not block. May be nil.
	Wake func(Wake)
}

// Open opens the records at address ("sqlite:data/tiepdan.db"), brings the
// schema up to date and starts the writer. It fails with ErrNewerSchema when
// the records were written by a newer program.
func Open(ctx context.Context, address string, o Options) (*DB, error) {
	path, ok := strings.CutPrefix(address, "sqlite:")
	if !ok {
		return nil, fmt.Errorf("open records: address must begin with \"sqlite:\"")
	}
	if err := guardFile(path); err != nil {
		return nil, err
	}
	one, err := openSQLite(path, "immediate", 1)
	if err != nil {
		return nil, err
	}
	if err := migrate(ctx, one); err != nil {
		return nil, errors.Join(err, one.Close())
	}
	read, err := openSQLite(path, "deferred", 4)
	if err != nil {
		return nil, errors.Join(err, one.Close())
	}
	db := &DB{read: read, one: one, maxBulk: broadcast.MaxOpen, queue: make(chan *job, 1024), done: make(chan struct{}),
		vault: o.Vault, clock: o.Clock, log: o.Log, wakeUp: o.Wake,
		readers: readers{stmts: make(map[string]*sql.Stmt)}, heard: heard{last: make(map[string]time.Time)}}
	if db.wakeUp == nil {
		db.wakeUp = func(Wake) {}
	}
	go db.runWriter()
	if err := db.openOffice(ctx); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// guardFile makes the file readable by its owner alone; SQLite gives its log beside it
// the same mode. What is sealed stays sealed, but names and numbers of payees are not.
func guardFile(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("open records: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Mode().Perm()&0o077 != 0 {
		err = f.Chmod(0o600)
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return fmt.Errorf("guard records: %w", err)
	}
	return nil
}

// openSQLite opens a pool on one file. Every pragma is part of the address, so
// that each connection of the pool has it.
func openSQLite(path, txlock string, conns int) (*sql.DB, error) {
	q := url.Values{"_txlock": {txlock}, "_pragma": {
		"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
		"busy_timeout(5000)", "cache_size(-8000)", "temp_store(MEMORY)"}}
	pool, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()+"?"+q.Encode())
	if err != nil {
		return nil, fmt.Errorf("open sqlite: %w", err)
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	return pool, nil
}

// Close finishes the writes that were accepted and closes the file. Writes
// after it fail with ErrClosed. The caller has stopped everything that writes.
func (db *DB) Close() error {
	close(db.queue)
	<-db.done
	return errors.Join(db.read.Close(), db.one.Close())
}

// Now is the database's time, by which all leases go.
func (db *DB) now() time.Time { return db.clock().UTC() }

// ms is how a time is stored; the zero time is 0.
func ms(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

// at reverses ms.
func at(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

// flag is how a bool is stored.
func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}
