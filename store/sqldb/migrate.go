package sqldb

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNewerSchema: the records were written by a newer program than this.
var ErrNewerSchema = errors.New("the records' schema is newer than this program")

// dialect replaces what SQLite and PostgreSQL spell differently.
var sqliteDialect = strings.NewReplacer("%ID%", "INTEGER PRIMARY KEY AUTOINCREMENT", "%BYTES%", "BLOB")

// migrate applies the numbered files that are not applied yet, each with its
// number in one transaction.
func migrate(ctx context.Context, db *sql.DB) error {
	if _, err := db.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)`); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	var have int
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version), 0) FROM schema_version`).Scan(&have); err != nil {
		return fmt.Errorf("migrate: read version: %w", err)
	}
	files, err := fs.Glob(migrations, "migrations/*.sql") // sorted by name, hence by number
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if have > len(files) {
		return fmt.Errorf("%w: schema %d, program %d", ErrNewerSchema, have, len(files))
	}
	for _, file := range files[have:] {
		if err := applyFile(ctx, db, file); err != nil {
			return fmt.Errorf("migrate %s: %w", file, err)
		}
	}
	return nil
}

func applyFile(ctx context.Context, db *sql.DB, file string) error {
	number, err := strconv.Atoi(strings.TrimPrefix(file, "migrations/")[:4])
	if err != nil {
		return fmt.Errorf("file name must begin with its number: %w", err)
	}
	text, err := migrations.ReadFile(file)
	if err != nil {
		return err
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	// The transaction holds the writing lock from its start: another program that starts at
	// the same time may have applied the file meanwhile.
	var done int
	if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM schema_version WHERE version = $1`, number).Scan(&done); err != nil || done > 0 {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, sqliteDialect.Replace(string(text))); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO schema_version (version) VALUES ($1)`, number); err != nil {
		return errors.Join(err, tx.Rollback())
	}
	return tx.Commit()
}
