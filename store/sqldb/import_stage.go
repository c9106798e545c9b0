package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	"tiepdan/bot"
	"tiepdan/casework/sheet"
)

// stage reads the file into staging, importRows to a change.
func (db *DB) stage(ctx context.Context, im importer, imp *importing, file io.Reader, sum string, o ImportOptions) error {
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		var err error
		imp.id, err = tx.insert(ctx, `INSERT INTO imports (kind, unit_id, file_name, sha256, state, created_at, updated_at) VALUES ($1, $2, $3, $4, 'staging', $5, $5) RETURNING id`,
			imp.kind, imp.unit, o.FileName, sum, ms(tx.now))
		return err
	})
	if err != nil {
		return err
	}
	var chunk []sheet.Row
	flush := func() error {
		if len(chunk) == 0 {
			return nil
		}
		err := db.write(ctx, func(ctx context.Context, tx *Tx) error { return db.stageRows(ctx, tx, im, imp, chunk) })
		imp.counts.Rows += len(chunk)
		chunk = chunk[:0]
		o.Progress("read", imp.counts.Rows)
		return errors.Join(err, rest(ctx))
	}
	header, err := sheet.Read(file, im.table(), db.rules(), func(row sheet.Row) error {
		imp.counts.Repaired += row.Repaired
		if chunk = append(chunk, row); len(chunk) < o.chunk {
			return nil
		}
		return flush()
	})
	if err == nil {
		err = flush()
	}
	imp.counts.Ignored = header.Ignored
	if err != nil {
		return errors.Join(err, db.dropImport(context.WithoutCancel(ctx), imp, "refused", o.By))
	}
	return db.saveImport(ctx, imp, "checked")
}

// rest lets other programs' changes go first.
func rest(ctx context.Context) error {
	t := time.NewTimer(importPause)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (db *DB) stageRows(ctx context.Context, tx *Tx, im importer, imp *importing, rows []sheet.Row) error {
	for _, row := range rows {
		key := ""
		if len(row.Bad) == 0 {
			key = db.vault.Hash("row", im.key(row.Values))
			var twin int
			err := tx.row(ctx, `SELECT row FROM import_rows WHERE import_id = $1 AND row_key = $2 AND row_key <> '' LIMIT 1`, imp.id, key).Scan(&twin)
			if err != nil && !errors.Is(err, sql.ErrNoRows) {
				return err
			}
			if err == nil {
				key = ""
				row.Bad = []sheet.Fault{{Column: im.table().Columns[0].Name, Reason: "import.reason.duplicate", Args: map[string]string{"row": fmt.Sprint(twin)}}}
			}
		}
		sealed, err := db.seal(bot.SealCase, row.Values)
		if err != nil {
			return err
		}
		rejected := ""
		if len(row.Bad) > 0 {
			text, err := json.Marshal(row.Bad)
			if err != nil {
				return err
			}
			rejected, sealed = string(text), nil
		}
		if _, err := tx.exec(ctx, `INSERT INTO import_rows (import_id, row, sealed, row_key, rejected) VALUES ($1, $2, $3, $4, $5)`,
			imp.id, row.Number, sealed, key, rejected); err != nil {
			return fmt.Errorf("stage row %d: %w", row.Number, err)
		}
	}
	return nil
}

// stagedRow is a row that is not rejected.
type stagedRow struct {
	number int
	sealed []byte
	values map[string]string
}

func (db *DB) staged(ctx context.Context, a asker, imp *importing, after int) ([]stagedRow, error) {
	rows, err := list(ctx, a, `SELECT row, sealed FROM import_rows WHERE import_id = $1 AND row > $2 AND rejected = '' ORDER BY row LIMIT $3`,
		[]any{imp.id, after, imp.chunk}, func(rows *sql.Rows, r *stagedRow) error { return rows.Scan(&r.number, &r.sealed) })
	if err != nil {
		return nil, fmt.Errorf("read staged rows: %w", err)
	}
	for i := range rows {
		if err := db.unseal(bot.SealCase, rows[i].sealed, &rows[i].values); err != nil {
			return nil, fmt.Errorf("open staged row %d: %w", rows[i].number, err)
		}
	}
	return rows, nil
}

func (db *DB) refuseRows(ctx context.Context, id int64, refused map[int]sheet.Fault) error {
	if len(refused) == 0 {
		return nil
	}
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		for row, fault := range refused {
			if err := refuseRow(ctx, tx, id, row, fault); err != nil {
				return err
			}
		}
		return nil
	})
}

func refuseRow(ctx context.Context, tx *Tx, id int64, row int, fault sheet.Fault) error {
	text, err := json.Marshal([]sheet.Fault{fault})
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, `UPDATE import_rows SET rejected = $1, sealed = NULL WHERE import_id = $2 AND row = $3`, string(text), id, row)
	return err
}

// dropImport ends an import and takes its staged rows away; the rejected ones, which hold nothing of a person, stay for the report.
func (db *DB) dropImport(ctx context.Context, imp *importing, state, by string) error {
	if by == "" {
		by = bySystem
	}
	err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
		if err := imp.save(ctx, tx, state); err != nil {
			return err
		}
		return audit(ctx, tx, by, "import "+imp.kind, "import", imp.id, state)
	})
	if err != nil {
		return err
	}
	return db.dropRows(ctx, imp.id)
}

func (db *DB) dropRows(ctx context.Context, id int64) error {
	for n := int64(1); n > 0; {
		err := db.write(ctx, func(ctx context.Context, tx *Tx) error {
			var err error
			n, err = tx.changed(ctx, `DELETE FROM import_rows WHERE import_id = $1 AND row IN (SELECT row FROM import_rows WHERE import_id = $1 AND rejected = '' LIMIT $2)`,
				id, importRows)
			return err
		})
		if err != nil {
			return fmt.Errorf("drop staged rows: %w", err)
		}
	}
	return nil
}

// Staged rows that nobody goes on with are taken away: those of a read that was broken off, and those that wait for an answer.
const (
	staleStaging = time.Hour
	staleChecked = 7 * 24 * time.Hour
)

func (db *DB) dropStale(ctx context.Context) error {
	now := db.now()
	stale, err := list(ctx, committed{db}, `SELECT id, kind FROM imports WHERE (state = 'staging' AND updated_at < $1) OR (state = 'checked' AND updated_at < $2)`,
		[]any{ms(now.Add(-staleStaging)), ms(now.Add(-staleChecked))}, func(rows *sql.Rows, imp *importing) error { return rows.Scan(&imp.id, &imp.kind) })
	if err != nil {
		return fmt.Errorf("look for stale imports: %w", err)
	}
	for i := range stale {
		if err := db.dropImport(ctx, &stale[i], "refused", bySystem); err != nil {
			return err
		}
	}
	left, err := list(ctx, committed{db}, `SELECT id FROM imports i WHERE state IN ('applied', 'refused')
		AND EXISTS (SELECT 1 FROM import_rows r WHERE r.import_id = i.id AND r.rejected = '')`, nil, func(rows *sql.Rows, id *int64) error { return rows.Scan(id) })
	if err != nil {
		return fmt.Errorf("look for stale imports: %w", err)
	}
	for _, id := range left {
		if err := db.dropRows(ctx, id); err != nil {
			return err
		}
	}
	return nil
}
