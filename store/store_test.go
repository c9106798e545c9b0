package store

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tiepdan/store/sqldb"
	"tiepdan/store/vault"
)

func config(t *testing.T) Config {
	dir := t.TempDir()
	return Config{DatabaseURL: "sqlite:" + filepath.Join(dir, "t.db"), DataDir: dir, Clock: time.Now, Log: slog.New(slog.DiscardHandler)}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		change func(*Config)
		want   error
	}{
		"broken secret":         {func(c *Config) { c.SecretKey = "hunter2-hunter2" }, vault.ErrKeyForm},
		"shared without secret": {func(c *Config) { c.DatabaseURL = "postgres://u:hunter2@db/x" }, ErrSecretNeeded},
		"broken redis address":  {func(c *Config) { c.RedisURL = "http://u:hunter2@redis" }, nil},
		"no folder":             {func(c *Config) { c.DatabaseURL = "sqlite:/dev/null/t.db" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			tt.change(&c)
			_, err := Open(t.Context(), c)
			if err == nil || tt.want != nil && !errors.Is(err, tt.want) {
				t.Fatalf("opened: %v", err)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the error tells a secret: %v", err)
			}
		})
	}
}

func TestRecordsAreOpenedWithTheirOwnSecretAlone(t *testing.T) {
	t.Parallel()
	c := config(t)
	open := func() error {
		s, err := Open(t.Context(), c)
		if err != nil {
			return err
		}
		return s.Close()
	}
	if err := errors.Join(open(), open()); err != nil {
		t.Fatal(err)
	}
	key := vault.KeyPath(c.DataDir)
	right, err := os.ReadFile(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(key); err != nil {
		t.Fatal(err)
	}
	if err := open(); !errors.Is(err, ErrKeyMissing) {
		t.Errorf("without the secret: %v", err)
	}
	if _, err := os.Stat(key); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a new secret was made beside old records: %v", err)
	}
	if err := os.WriteFile(key, []byte(strings.Repeat("0f", vault.KeySize)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(); !errors.Is(err, sqldb.ErrOtherKey) {
		t.Errorf("with another secret: %v", err)
	}
	if err := os.WriteFile(key, right, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := open(); err != nil {
		t.Errorf("with its own again: %v", err)
	}
}

func TestGivenSecretIsNotKept(t *testing.T) {
	t.Parallel()
	c := config(t)
	c.SecretKey = hex.EncodeToString(make([]byte, vault.KeySize))
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Ping(t.Context()), s.Close()); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(filepath.Join(c.DataDir, "secret.key")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a secret was written: %v", err)
	}
}
