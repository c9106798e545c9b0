package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Ping says whether the records answer.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	return db.read.QueryRowContext(ctx, `SELECT 1`).Scan(&one)
}

// LastIn is when a message last came in on any channel; zero if none ever did.
func (db *DB) LastIn(ctx context.Context) (time.Time, error) {
	var last int64
	if err := db.read.QueryRowContext(ctx, `SELECT COALESCE(MAX(last_in_at), 0) FROM channels`).Scan(&last); err != nil {
		return time.Time{}, fmt.Errorf("read when a message last came in: %w", err)
	}
	return at(last), nil
}

// Backlog counts what waits and since when, for dashboards and alarms.
type Backlog struct {
	Events      int64 // messages waiting to be played
	Parked      int64 // given up, for staff
	OldestEvent time.Duration
	Notices     int64 // promises waiting to be planned, broadcasts' apart
	Files       int64 // wanted from providers
}

// Backlog reads it.
func (db *DB) Backlog(ctx context.Context) (Backlog, error) {
	var b Backlog
	var oldest int64
	err := db.read.QueryRowContext(ctx, `SELECT
		(SELECT COUNT(*) FROM events WHERE state = 'waiting'),
		(SELECT COUNT(*) FROM events WHERE state = 'parked'),
		(SELECT COALESCE(MIN(due_at), 0) FROM conversations WHERE due_at IS NOT NULL),
		(SELECT COUNT(*) FROM notices WHERE state = 'waiting' AND broadcast_id = 0),
		(SELECT COUNT(*) FROM attachments WHERE state = 'wanted')`).Scan(&b.Events, &b.Parked, &oldest, &b.Notices, &b.Files)
	if err != nil {
		return b, fmt.Errorf("read the backlog: %w", err)
	}
	if oldest != 0 {
		b.OldestEvent = max(0, db.now().Sub(at(oldest)))
	}
	return b, nil
}

// ChannelHealth is how a channel stands with its provider.
type ChannelHealth struct {
	Name    string
	Halted  bool // notices and bulk are held back but for a probe every half minute
	Paused  bool // the provider asked us to wait
	LastIn  time.Time
	LastOut time.Time
}

// Channels reads it of every channel that was ever used.
func (db *DB) Channels(ctx context.Context) ([]ChannelHealth, error) {
	now := ms(db.now())
	all, err := list(ctx, committed{db}, `SELECT name, halted_at > 0, paused_until > $1, last_in_at, last_out_at FROM channels ORDER BY name`, []any{now},
		func(rows *sql.Rows, c *ChannelHealth) error {
			var in, out int64
			err := rows.Scan(&c.Name, &c.Halted, &c.Paused, &in, &out)
			c.LastIn, c.LastOut = at(in), at(out)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read the channels: %w", err)
	}
	return all, nil
}
