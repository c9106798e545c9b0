// Package store opens what the configuration names: records, and where
// conversation states and counters are quickly read.
package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/store/redis"
	"tiepdan/store/sqldb"
	"tiepdan/store/vault"
)

// ErrSecretNeeded: replicas share records, so they must be given one secret.
var ErrSecretNeeded = errors.New("TIEPDAN_SECRET_KEY must be set when the records are not embedded")

// ErrKeyMissing: there are records, and not the secret that they were sealed with. A new one would open nothing of
// them, and seal what comes next apart.
var ErrKeyMissing = errors.New("the records are there and their secret is not: put secret.key back into TIEPDAN_DATA_DIR, or set TIEPDAN_SECRET_KEY")

// Limits counts what a sender may do.
type Limits interface {
	// Take uses one of n in window for key, and says whether there was one left. It
	// returns an error when the counter is away.
	Take(ctx context.Context, key string, n int, window time.Duration) (bool, error)
}

// Config names the stores.
type Config struct {
	DatabaseURL string // TIEPDAN_DATABASE_URL
	RedisURL    string // TIEPDAN_REDIS_URL; empty: embedded
	DataDir     string // TIEPDAN_DATA_DIR
	SecretKey   string // TIEPDAN_SECRET_KEY; empty: made and kept in DataDir
	Clock       bot.Clock
	Log         *slog.Logger
	// Wake is called after a commit; it must not block.
	Wake func(sqldb.Wake)
}

// Stores are the opened stores.
type Stores struct {
	Records *sqldb.DB
	// States is where turns read states first; nil: from the records alone.
	States bot.States
	Limits Limits
	Vault  *vault.Vault
	redis  *redis.Redis
}

// Open opens the stores, brings the records up to date and makes the secret if
// there is none. Redis need not be up.
func Open(ctx context.Context, c Config) (*Stores, error) {
	v, err := openVault(c)
	if err != nil {
		return nil, err
	}
	if path, ok := strings.CutPrefix(c.DatabaseURL, "sqlite:"); ok {
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			return nil, fmt.Errorf("open records: %w", err)
		}
	}
	s := &Stores{Vault: v}
	if c.RedisURL != "" {
		if s.redis, err = redis.Open(c.RedisURL, v); err != nil {
			return nil, err
		}
	}
	s.Records, err = sqldb.Open(ctx, c.DatabaseURL, sqldb.Options{Vault: v, Clock: c.Clock, Log: c.Log, Wake: c.Wake})
	if err != nil {
		return nil, errors.Join(err, s.closeRedis())
	}
	s.Limits = s.Records.Limits()
	if s.redis != nil {
		s.States, s.Limits = s.redis, s.redis
	}
	return s, nil
}

func openVault(c Config) (*vault.Vault, error) {
	var key []byte
	var err error
	switch {
	case c.SecretKey != "":
		if key, err = vault.Parse(c.SecretKey); err != nil {
			return nil, fmt.Errorf("TIEPDAN_SECRET_KEY: %w", err)
		}
	case strings.HasPrefix(c.DatabaseURL, "sqlite:"):
		if keyLost(c) {
			return nil, ErrKeyMissing
		}
		if key, err = vault.LoadOrMake(c.DataDir); err != nil {
			return nil, err
		}
	default:
		return nil, ErrSecretNeeded
	}
	return vault.New(key)
}

// keyLost says that records were made before, and that the secret beside them is gone.
func keyLost(c Config) bool {
	records, err := os.Stat(strings.TrimPrefix(c.DatabaseURL, "sqlite:"))
	if err != nil || records.Size() == 0 {
		return false
	}
	_, err = os.Stat(vault.KeyPath(c.DataDir))
	return errors.Is(err, fs.ErrNotExist)
}

// Ping says whether Redis answers; nil without one. The program goes on without it.
func (s *Stores) Ping(ctx context.Context) error {
	if s.redis == nil {
		return nil
	}
	return s.redis.Ping(ctx)
}

// Close finishes the accepted writes and closes all stores.
func (s *Stores) Close() error {
	return errors.Join(s.Records.Close(), s.closeRedis())
}

func (s *Stores) closeRedis() error {
	if s.redis == nil {
		return nil
	}
	return s.redis.Close()
}
