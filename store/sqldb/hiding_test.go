package sqldb

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
)

// hidingVault hides what it seals, so that a test can look for what was not sealed.
type hidingVault struct{}

func (hidingVault) Seal(class string, plain []byte) []byte {
	return append([]byte(class+":"), flip(plain)...)
}

func (hidingVault) Open(class string, sealed []byte) ([]byte, error) {
	plain, ok := strings.CutPrefix(string(sealed), class+":")
	if !ok {
		return nil, errors.New("wrong class")
	}
	return flip([]byte(plain)), nil
}

func (hidingVault) Hash(kind, value string) string {
	m := hmac.New(sha256.New, []byte(kind))
	m.Write([]byte(value))
	return hex.EncodeToString(m.Sum(nil))
}

func flip(b []byte) []byte {
	out := make([]byte, len(b))
	for i, c := range b {
		out[i] = ^c
	}
	return out
}

func hidingDB(t *testing.T, log *strings.Builder) *DB {
	t.Helper()
	h := newHand()
	db, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"),
		Options{Vault: hidingVault{}, Clock: h.now, Log: slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// everyValue reads every value of every table, by "table.column#row".
func everyValue(t *testing.T, db *DB) map[string]string {
	t.Helper()
	rows, err := db.read.Query(`SELECT name FROM sqlite_master WHERE type = 'table'`)
	if err != nil {
		t.Fatal(err)
	}
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		tables = append(tables, name)
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, table := range tables {
		tableValues(t, db, table, all)
	}
	if len(all) < 300 {
		t.Fatalf("only %d values were found", len(all))
	}
	return all
}

func tableValues(t *testing.T, db *DB, table string, all map[string]string) {
	t.Helper()
	rows, err := db.read.Query(`SELECT * FROM ` + table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; rows.Next(); n++ {
		values := make([]any, len(columns))
		into := make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		for i, v := range values {
			s := fmt.Sprint(v)
			if b, ok := v.([]byte); ok {
				s = string(b)
			}
			all[fmt.Sprintf("%s.%s#%d", table, columns[i], n)] = s
		}
	}
}
