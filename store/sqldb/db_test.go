package sqldb

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// plainVault seals nothing; the real vault has its own tests.
type plainVault struct{}

func (plainVault) Seal(class string, plain []byte) []byte { return append([]byte(class+":"), plain...) }
func (plainVault) Open(class string, sealed []byte) ([]byte, error) {
	if len(sealed) < len(class)+1 || string(sealed[:len(class)+1]) != class+":" {
		return nil, errors.New("wrong class")
	}
	return sealed[len(class)+1:], nil
}
func (plainVault) Hash(kind, value string) string { return kind + "#" + value }

// testDB opens fresh records in a folder of the test's own.
func testDB(t testing.TB) *DB {
	t.Helper()
	db, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"),
		Options{Vault: plainVault{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
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

func TestOneFailedWriteCostsNoOther(t *testing.T) {
	t.Parallel()
	db := testDB(t)
	ctx := context.Background()
	bad := errors.New("bad")
	var wg sync.WaitGroup
	errs := make([]error, 100)
	for i := range errs {
		wg.Go(func() {
			errs[i] = db.write(ctx, func(ctx context.Context, tx *Tx) error {
				if _, err := tx.exec(ctx, `INSERT INTO acts (key, at) VALUES ($1, $2)`, i, ms(tx.now)); err != nil {
					return err
				}
				switch i % 10 {
				case 3:
					return bad
				case 7:
					panic("odd")
				}
				return nil
			})
		})
	}
	wg.Wait()
	for i, err := range errs {
		if wantBad := i%10 == 3 || i%10 == 7; wantBad != (err != nil) {
			t.Errorf("write %d: error %v", i, err)
		}
	}
	var n int
	if err := db.read.QueryRow(`SELECT COUNT(*) FROM acts`).Scan(&n); err != nil || n != 80 {
		t.Errorf("kept %d rows (%v), want 80", n, err)
	}
}

func TestWriteAfterClose(t *testing.T) {
	t.Parallel()
	db, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"),
		Options{Vault: plainVault{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	err = db.write(context.Background(), func(context.Context, *Tx) error { return nil })
	if !errors.Is(err, ErrClosed) {
		t.Errorf("write after close: %v", err)
	}
}

func TestNewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	path := "sqlite:" + filepath.Join(t.TempDir(), "t.db")
	o := Options{Vault: plainVault{}, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
	db, err := Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	err = db.write(context.Background(), func(ctx context.Context, tx *Tx) error {
		_, err := tx.exec(ctx, `INSERT INTO schema_version (version) VALUES (999)`)
		return err
	})
	if err := errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(context.Background(), path, o); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("opened records of a newer program: %v", err)
	}
}
