package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"tiepdan/bot"
)

// A file that could not be fetched so often is given up.
const maxFetches = 8

// WantedFile is a file that a person sent and that is still at the provider.
type WantedFile struct {
	ID      int64
	Channel string
	Ref     bot.FileRef
	Attempt int // 1 on the first try
}

// claimFiles makes the files of messages belong to a grievance. Only messages of the asker's own conversation count.
func claimFiles(ctx context.Context, tx *Tx, grievance, conversation int64, events []int64) error {
	for _, event := range events {
		if _, err := tx.exec(ctx, `UPDATE attachments SET grievance_id = $1 WHERE event_id = $2 AND grievance_id = 0
			AND EXISTS (SELECT 1 FROM events e WHERE e.id = $2 AND e.conversation_id = $3)`, grievance, event, conversation); err != nil {
			return fmt.Errorf("take files: %w", err)
		}
	}
	return nil
}

// WantedFiles claims files to fetch for the length of lease: whoever else asks gets others. What is not reported by
// then is wanted again.
func (db *DB) WantedFiles(ctx context.Context, limit int, lease time.Duration) ([]WantedFile, error) {
	type row struct {
		WantedFile
		ref []byte
	}
	var rows []row
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		rows, err = list(ctx, tx, `SELECT id, channel, ref, attempts + 1 FROM attachments WHERE state = 'wanted' AND next_at <= $1 ORDER BY next_at, id LIMIT $2`,
			[]any{ms(tx.now), limit}, func(rows *sql.Rows, r *row) error { return rows.Scan(&r.ID, &r.Channel, &r.ref, &r.Attempt) })
		if err != nil {
			return err
		}
		for _, r := range rows {
			if _, err := tx.exec(ctx, `UPDATE attachments SET attempts = attempts + 1, next_at = $1 WHERE id = $2`, ms(tx.now.Add(lease)), r.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("claim files: %w", err)
	}
	wanted := make([]WantedFile, 0, len(rows))
	for _, r := range rows {
		if err := db.unseal(bot.SealBody, r.ref, &r.Ref); err != nil {
			db.log.Error("a file's reference cannot be read", "attachment", r.ID, "error", err)
			if err := db.FileRefused(ctx, r.ID, "unreadable"); err != nil {
				return nil, err
			}
			continue // the others must not wait for it
		}
		wanted = append(wanted, r.WantedFile)
	}
	return wanted, nil
}

// FileStored notes where a file's bytes are (by their hash) and what they are by their content.
func (db *DB) FileStored(ctx context.Context, id int64, sha256, mediaType string, size int64) error {
	return db.settleFile(ctx, id, `UPDATE attachments SET state = 'stored', sha256 = $1, media_type = $2, size = $3, reason = '' WHERE id = $4 AND state = 'wanted'`,
		sha256, mediaType, size, id)
}

// FileRefused notes that a file will not be kept, and a short word why ("too_large", "type", "gone").
func (db *DB) FileRefused(ctx context.Context, id int64, reason string) error {
	return db.settleFile(ctx, id, `UPDATE attachments SET state = 'refused', reason = $1 WHERE id = $2 AND state = 'wanted'`, reason, id)
}

// FileFailed notes a try that may be made again after a time. After the last one the file is lost.
func (db *DB) FileFailed(ctx context.Context, id int64, reason string, again time.Duration) error {
	return db.settleFile(ctx, id, `UPDATE attachments SET state = CASE WHEN attempts >= $1 THEN 'lost' ELSE 'wanted' END, reason = $2, next_at = $3
		WHERE id = $4 AND state = 'wanted'`, maxFetches, reason, ms(db.now().Add(again)), id)
}

func (db *DB) settleFile(ctx context.Context, id int64, query string, args ...any) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, query, args...)
		return err
	})
	if err != nil {
		return fmt.Errorf("settle file %d: %w", id, err)
	}
	return nil
}

// KeptFiles are the hashes of all files that records know of; what else lies in the folder is nobody's.
func (db *DB) KeptFiles(ctx context.Context) (map[string]bool, error) {
	all, err := list(ctx, committed{db}, `SELECT DISTINCT sha256 FROM attachments WHERE sha256 <> ''`, nil,
		func(rows *sql.Rows, sum *string) error { return rows.Scan(sum) })
	if err != nil {
		return nil, fmt.Errorf("list files: %w", err)
	}
	kept := make(map[string]bool, len(all))
	for _, sum := range all {
		kept[sum] = true
	}
	return kept, nil
}

// forgetNames takes the names off the files of an event whose words are sealed: a name can accuse
// somebody too, and fetching does not need it.
func (db *DB) forgetNames(ctx context.Context, tx *Tx, event int64) error {
	type row struct {
		id  int64
		ref []byte
	}
	rows, err := list(ctx, tx, `SELECT id, ref FROM attachments WHERE event_id = $1`, []any{event},
		func(rows *sql.Rows, r *row) error { return rows.Scan(&r.id, &r.ref) })
	if err != nil {
		return fmt.Errorf("seal file names: %w", err)
	}
	for _, r := range rows {
		var ref bot.FileRef
		if err := db.unseal(bot.SealBody, r.ref, &ref); err != nil {
			continue // nobody can read it
		}
		ref.Name = ""
		sealed, err := db.seal(bot.SealBody, ref)
		if err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE attachments SET ref = $1 WHERE id = $2`, sealed, r.id); err != nil {
			return fmt.Errorf("seal file names: %w", err)
		}
	}
	return nil
}

// Attachment is a file of a grievance.
type Attachment struct {
	ID        int64
	State     string // wanted, stored, refused, lost
	SHA256    string
	MediaType string
	Size      int64
}

// AttachmentsOf lists the files of a grievance.
func (db *DB) AttachmentsOf(ctx context.Context, grievance int64) ([]Attachment, error) {
	all, err := list(ctx, committed{db}, `SELECT id, state, sha256, media_type, size FROM attachments WHERE grievance_id = $1 AND grievance_id <> 0 ORDER BY id`,
		[]any{grievance}, func(rows *sql.Rows, a *Attachment) error {
			return rows.Scan(&a.ID, &a.State, &a.SHA256, &a.MediaType, &a.Size)
		})
	if err != nil {
		return nil, fmt.Errorf("read attachments: %w", err)
	}
	return all, nil
}
