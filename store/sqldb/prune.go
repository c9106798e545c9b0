package sqldb

import (
	"context"
	"fmt"
	"time"
)

const (
	keepBodies  = 30 * 24 * time.Hour // message texts that belong to no case
	oldReceipts = 30 * 24 * time.Hour
	orphaned    = 7 * 24 * time.Hour // a receipt whose send never became known
	pruneBatch  = 500
	pruneRest   = 20 * time.Millisecond // other changes go between two batches
)

// Prune ends what has been kept long enough, in small steps, and says how many
// rows it changed. It is a nightly job.
func (db *DB) Prune(ctx context.Context) (int64, error) {
	var total int64
	for _, p := range prunes() {
		for {
			n, err := db.pruneStep(ctx, p.sql, p.age)
			total += n
			if err != nil {
				return total, fmt.Errorf("prune %s: %w", p.what, err)
			}
			if n < pruneBatch {
				break
			}
			t := time.NewTimer(pruneRest)
			select {
			case <-t.C:
			case <-ctx.Done():
				t.Stop()
				return total, ctx.Err()
			}
		}
	}
	return total, nil
}

func (db *DB) pruneStep(ctx context.Context, query string, age time.Duration) (n int64, err error) {
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error {
		n, err = tx.changed(ctx, query, ms(tx.now.Add(-age)), pruneBatch)
		return err
	})
	return n, err
}

// prune is one thing that ends with its age.
type prune struct {
	what string
	age  time.Duration
	sql  string
}

// Each statement ends what is older than $1, at most $2 rows at once. Keys
// against repeats stay: only what a person wrote or read goes.
func prunes() []prune {
	return []prune{
		{"event bodies", keepBodies, `UPDATE events SET body = NULL WHERE id IN (SELECT e.id FROM events e
		WHERE e.body IS NOT NULL AND e.stored_at < $1 AND e.state <> 'waiting'
		AND NOT EXISTS (SELECT 1 FROM attachments a WHERE a.event_id = e.id AND a.grievance_id <> 0) LIMIT $2)`},
		{"sent parts", keepBodies, `UPDATE outbox SET part = NULL WHERE id IN (SELECT id FROM outbox
		WHERE part IS NOT NULL AND created_at < $1 AND state NOT IN ('waiting', 'claimed') AND NOT (state = 'unknown' AND not_before > 0) LIMIT $2)`},
		{"states", keepBodies, `UPDATE conversations SET state = NULL, rev = rev + 1 WHERE id IN (SELECT id FROM conversations
		WHERE state IS NOT NULL AND last_in_at > 0 AND last_in_at < $1 AND due_at IS NULL AND token = '' LIMIT $2)`},
		{"notices' words", keepBodies, `UPDATE notices SET words = SUBSTR(words, 1, 0) WHERE id IN (SELECT id FROM notices
		WHERE LENGTH(words) > 0 AND settled_at > 0 AND settled_at < $1 AND state NOT IN ('waiting', 'queued') LIMIT $2)`},
		{"files of no case", keepBodies, `DELETE FROM attachments WHERE id IN (SELECT id FROM attachments
		WHERE grievance_id = 0 AND created_at < $1 LIMIT $2)`},
		{"chat entries", keepBodies, `UPDATE chat_log SET sealed = NULL WHERE id IN (SELECT id FROM chat_log
		WHERE sealed IS NOT NULL AND at < $1 LIMIT $2)`},
		{"sealed texts", 0, `UPDATE sealed_texts SET sealed = NULL WHERE id IN (SELECT id FROM sealed_texts
		WHERE sealed IS NOT NULL AND gone_at > 0 AND gone_at < $1 LIMIT $2)`},
		{"drafts", 0, `DELETE FROM drafts WHERE id IN (SELECT id FROM drafts WHERE expires_at < $1 LIMIT $2)`},
		{"link codes", 0, `DELETE FROM link_codes WHERE code_hash IN (SELECT code_hash FROM link_codes WHERE expires_at < $1 LIMIT $2)`},
		{"limits", 0, `DELETE FROM limits WHERE key IN (SELECT key FROM limits WHERE until < $1 LIMIT $2)`},
		{"orphaned receipts", orphaned, `UPDATE receipts SET applied_at = at WHERE id IN (SELECT id FROM receipts
		WHERE applied_at = 0 AND at < $1 LIMIT $2)`},
		{"old receipts", oldReceipts, `DELETE FROM receipts WHERE id IN (SELECT id FROM receipts
		WHERE applied_at <> 0 AND at < $1 LIMIT $2)`},
	}
}
