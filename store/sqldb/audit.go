package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// Who acts when no user does.
const (
	byCitizen = "citizen"
	bySystem  = "system"
)

// Audit is one entry of the audit trail. Object is a kind and an id, Detail a
// few words of the program's own; neither ever holds a name, a number or a text.
type Audit struct {
	ID     int64
	At     time.Time
	Who    string
	Action string
	Object string
	Detail string
}

func audit(ctx context.Context, tx *Tx, who, action, kind string, id int64, detail string) error {
	_, err := tx.exec(ctx, `INSERT INTO audit (at, who, action, object, detail) VALUES ($1, $2, $3, $4, $5)`,
		ms(tx.now), who, action, fmt.Sprintf("%s %d", kind, id), detail)
	if err != nil {
		return fmt.Errorf("audit: %w", err)
	}
	return nil
}

// AuditTrail lists the latest entries, the newest first.
func (db *DB) AuditTrail(ctx context.Context, limit int) ([]Audit, error) {
	all, err := list(ctx, committed{db}, `SELECT id, at, who, action, object, detail FROM audit ORDER BY id DESC LIMIT $1`, []any{limit},
		func(rows *sql.Rows, a *Audit) error {
			var when int64
			err := rows.Scan(&a.ID, &when, &a.Who, &a.Action, &a.Object, &a.Detail)
			a.At = at(when)
			return err
		})
	if err != nil {
		return nil, fmt.Errorf("read audit: %w", err)
	}
	return all, nil
}
