package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// memory is a Jobs in memory.
type memory struct {
	mu       sync.Mutex
	next     map[string]time.Time
	token    map[string]string
	failures []string
	renews   int
	steal    bool // the next renewal finds the lease lost
}

func newMemory() *memory {
	return &memory{next: map[string]time.Time{}, token: map[string]string{}}
}

func (m *memory) ClaimJob(_ context.Context, name string, _ time.Duration) (string, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	now := time.Now()
	if m.token[name] != "" || m.next[name].After(now) {
		return "", time.Time{}, nil
	}
	m.token[name] = fmt.Sprint(now.UnixNano())
	return m.token[name], now, nil
}

func (m *memory) RenewJob(context.Context, string, string, time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.renews++
	if m.steal {
		return ErrLeaseLost
	}
	return nil
}

func (m *memory) FinishJob(_ context.Context, name, token string, next time.Time, failure string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.token[name] == token {
		m.token[name], m.next[name] = "", next
		m.failures = append(m.failures, failure)
	}
	return nil
}

// start runs schedulers over one store and returns a func that stops them.
func start(t *testing.T, m *memory, replicas int, jobs ...Job) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	var running sync.WaitGroup
	for range replicas {
		s, err := New(m, slog.New(slog.DiscardHandler), jobs...)
		if err != nil {
			t.Fatal(err)
		}
		running.Go(func() {
			if err := s.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	return func() { cancel(); running.Wait() }
}

func TestJobRunsOnOneReplicaAtItsTimes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		runs := 0
		m := newMemory()
		m.next["j"] = time.Now().Add(-72 * time.Hour) // missed three times: caught up once
		stop := start(t, m, 3, Job{Name: "j", Next: Every(time.Hour), Run: func(context.Context) error {
			mu.Lock()
			defer mu.Unlock()
			runs++
			return nil
		}})
		time.Sleep(3*time.Hour + time.Minute)
		stop()
		if runs != 4 {
			t.Errorf("ran %d times in 3 hours, want 4", runs)
		}
	})
}

func TestFailedJobIsTriedSoonAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		runs := 0
		stop := start(t, m, 1, Job{Name: "j", Next: Every(24 * time.Hour), Run: func(context.Context) error {
			runs++
			switch runs {
			case 1:
				return errors.New("away")
			case 2:
				panic("odd")
			}
			return nil
		}})
		time.Sleep(time.Hour)
		stop()
		if got := fmt.Sprintf("%q", m.failures); got != `["away" "panic with a string" ""]` {
			t.Errorf("failures %s", got)
		}
	})
}

func TestLongJobKeepsItsLeaseUntilItIsLost(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		ended := make(chan struct{})
		stop := start(t, m, 1, Job{Name: "j", Next: Every(24 * time.Hour), Run: func(ctx context.Context) error {
			<-ctx.Done()
			close(ended)
			return ctx.Err()
		}})
		time.Sleep(65 * time.Second)
		m.mu.Lock()
		if m.renews < 5 || m.token["j"] == "" {
			t.Errorf("renewed %d times in about a minute", m.renews)
		}
		m.steal = true
		m.mu.Unlock()
		<-ended
		stop()
	})
}

func TestStoppedJobIsDueAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := newMemory()
		running := make(chan struct{})
		stop := start(t, m, 1, Job{Name: "j", Within: time.Hour, Next: Every(24 * time.Hour), Run: func(ctx context.Context) error {
			close(running)
			<-ctx.Done()
			return ctx.Err()
		}})
		<-running
		stop()
		if m.next["j"].After(time.Now()) || m.token["j"] != "" {
			t.Errorf("due at %v, lease %q", m.next["j"], m.token["j"])
		}
	})
}

func TestDaily(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		tm, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return tm
	}
	for last, want := range map[string]string{
		"2026-11-24T01:00:00+07:00": "2026-11-24T02:30:00+07:00",
		"2026-11-24T02:30:00+07:00": "2026-11-25T02:30:00+07:00",
		"2026-12-31T20:00:00Z":      "2027-01-01T19:30:00Z", // 3 in the morning of 1 January there
	} {
		if got := Daily(2, 30)(at(last)); !got.Equal(at(want)) {
			t.Errorf("after %s: %v, want %s", last, got, want)
		}
	}
}

func TestIncompleteJobs(t *testing.T) {
	t.Parallel()
	run := func(context.Context) error { return nil }
	whole := Job{Name: "j", Next: Every(time.Hour), Run: run}
	for name, jobs := range map[string][]Job{
		"no name": {{Next: Every(1), Run: run}}, "no time": {{Name: "j", Run: run}}, "no work": {{Name: "j", Next: Every(1)}}, "twice": {whole, whole},
	} {
		if _, err := New(newMemory(), slog.New(slog.DiscardHandler), jobs...); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
