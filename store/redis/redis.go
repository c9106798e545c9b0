// Package redis keeps conversation states and counters in Redis. It only saves
// work: whatever it loses is read from records again, and a counter that is away refuses.
package redis

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"tiepdan/bot"
)

// Time-outs are short: a turn must not wait for what it can do without.
const (
	dialTimeout = 300 * time.Millisecond
	callTimeout = 200 * time.Millisecond
	keepState   = 7 * 24 * time.Hour // a conversation that was silent so long is read from records
	leaveAlone  = time.Second        // a server that did not answer is not tried so long, so that no turn waits for it
)

// ErrAway: the server does not answer.
var ErrAway = errors.New("redis is away")

// Redis is one server.
type Redis struct {
	client *redis.Client
	vault  bot.Vault
	prefix string
	away   atomic.Int64 // until when the server is not tried, in Unix milliseconds
}

var _ bot.States = (*Redis)(nil)

// Open prepares to talk to the server at address ("redis://…" or "rediss://…").
// It does not need the server to be up. The error never holds the address: a password may be in it.
func Open(address string, vault bot.Vault) (*Redis, error) {
	o, err := redis.ParseURL(address)
	if err != nil {
		return nil, errors.New("open redis: the address cannot be read; it must begin with redis:// or rediss://")
	}
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = dialTimeout, callTimeout, callTimeout, callTimeout
	o.MaxRetries, o.DialerRetries = -1, 1
	o.ContextTimeoutEnabled = true
	o.DisableIdentity = true
	return &Redis{client: redis.NewClient(o), vault: vault, prefix: "tiepdan:"}, nil
}

// Close ends all connections.
func (r *Redis) Close() error { return r.client.Close() }

// try calls the server unless it was away a moment ago.
func (r *Redis) try(call func() error) error {
	if time.Now().UnixMilli() < r.away.Load() {
		return ErrAway
	}
	err := call()
	var answered redis.Error
	if err != nil && !errors.As(err, &answered) && !errors.Is(err, context.Canceled) {
		r.away.Store(time.Now().Add(leaveAlone).UnixMilli())
		return fmt.Errorf("%w: %w", ErrAway, err)
	}
	return err
}

// Ping says whether the server answers.
func (r *Redis) Ping(ctx context.Context) error {
	if err := r.client.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("redis: %w", err)
	}
	return nil
}

// A state is kept as its revision in eight bytes, most significant first, and
// the sealed state. The script keeps the newer of two: strings of eight such bytes compare as their numbers.
var (
	putState = redis.NewScript(`
local have = redis.call('GETRANGE', KEYS[1], 0, 7)
if #have == 8 and have >= string.sub(ARGV[1], 1, 8) then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)
	takeOne = redis.NewScript(`
local used = redis.call('INCR', KEYS[1])
if used == 1 or redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return used`)
)

func (r *Redis) stateKey(conversationID int64) string {
	return r.prefix + "state:" + strconv.FormatInt(conversationID, 10)
}

// Get implements bot.States.
func (r *Redis) Get(ctx context.Context, conversationID int64) (rev int64, state []byte, err error) {
	var kept []byte
	err = r.try(func() (err error) {
		kept, err = r.client.Get(ctx, r.stateKey(conversationID)).Bytes()
		return err
	})
	if errors.Is(err, redis.Nil) {
		return 0, nil, bot.ErrNoState
	}
	if err != nil {
		return 0, nil, fmt.Errorf("get state: %w", err)
	}
	if len(kept) < 8 {
		return 0, nil, bot.ErrNoState
	}
	rev = int64(binary.BigEndian.Uint64(kept))
	if len(kept) == 8 { // a turn may leave no state
		return rev, nil, nil
	}
	state, err = r.vault.Open(bot.SealState, kept[8:])
	return rev, state, err
}

// Put implements bot.States.
func (r *Redis) Put(ctx context.Context, conversationID, rev int64, state []byte) error {
	value := binary.BigEndian.AppendUint64(nil, uint64(rev))
	if state != nil {
		value = append(value, r.vault.Seal(bot.SealState, state)...)
	}
	err := r.try(func() error {
		return putState.Run(ctx, r.client, []string{r.stateKey(conversationID)}, value, keepState.Milliseconds()).Err()
	})
	if err != nil {
		return fmt.Errorf("put state: %w", err)
	}
	return nil
}

// Take uses one of n in window for key, and says whether there was one left.
// The window begins with the first use. It returns an error when the server is away:
// whoever guards something with it then refuses.
func (r *Redis) Take(ctx context.Context, key string, n int, window time.Duration) (bool, error) {
	hashed := r.prefix + "limit:" + r.vault.Hash("limit", key) // a key names a sender
	var used int64
	err := r.try(func() (err error) {
		used, err = takeOne.Run(ctx, r.client, []string{hashed}, max(1, window.Milliseconds())).Int64()
		return err
	})
	if err != nil {
		return false, fmt.Errorf("count use: %w", err)
	}
	return used <= int64(n), nil
}
