// Package schedule runs named jobs at their times, each on one replica at a
// time, and catches up on what was due while the program was down.
package schedule

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"tiepdan/bot"
)

// Job is something done again and again. It is run at least once for each time
// that came, however many were missed, and must bear being run again.
type Job struct {
	Name string
	// Next says when to run after a run at last; Every and Daily make one.
	Next func(last time.Time) time.Time
	// Within bounds one run.
	Within time.Duration
	Run    func(ctx context.Context) error
}

// Every runs a job an interval after its last run.
func Every(d time.Duration) func(time.Time) time.Time {
	return func(last time.Time) time.Time { return last.Add(d) }
}

// Daily runs a job once a day at a time of day in Viet Nam.
func Daily(hour, minute int) func(time.Time) time.Time {
	return func(last time.Time) time.Time {
		l := last.In(bot.Hanoi)
		next := time.Date(l.Year(), l.Month(), l.Day(), hour, minute, 0, 0, bot.Hanoi)
		if !next.After(l) {
			next = next.AddDate(0, 0, 1)
		}
		return next.UTC()
	}
}

// ErrLeaseLost: another replica has the job.
var ErrLeaseLost = errors.New("the job's lease was lost")

// Jobs is the records' side: one leased row for each job.
type Jobs interface {
	// ClaimJob leases a job that is due; token is empty when it is not, or is another's. A job that never
	// ran is due.
	ClaimJob(ctx context.Context, name string, lease time.Duration) (token string, now time.Time, err error)
	// RenewJob prolongs the lease; ErrLeaseLost if it is another's.
	RenewJob(ctx context.Context, name, token string, lease time.Duration) error
	// FinishJob gives the lease back, notes how it went (empty: well) and when it is due next.
	FinishJob(ctx context.Context, name, token string, next time.Time, failure string) error
}

const (
	lease     = 30 * time.Second
	renew     = 10 * time.Second
	look      = 5 * time.Second // how often due jobs are looked for; jittered
	afterFail = time.Minute
)

// Scheduler runs jobs.
type Scheduler struct {
	store Jobs
	log   *slog.Logger
	jobs  []Job
	look  time.Duration
}

// New makes a scheduler; Run starts it. It fails on a job without name, time or
// work, and on two of one name.
func New(store Jobs, log *slog.Logger, jobs ...Job) (*Scheduler, error) {
	seen := make(map[string]bool)
	for _, j := range jobs {
		if j.Name == "" || j.Next == nil || j.Run == nil || seen[j.Name] {
			return nil, fmt.Errorf("schedule: job %q is incomplete or named twice", j.Name)
		}
		seen[j.Name] = true
	}
	return &Scheduler{store: store, log: log, jobs: jobs, look: look}, nil
}

// Run runs jobs until ctx ends, and waits for those under way, whose context ends with it.
func (s *Scheduler) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	for _, j := range s.jobs {
		running.Go(func() {
			for ctx.Err() == nil {
				if err := s.tryRun(ctx, j); err != nil && ctx.Err() == nil {
					s.log.ErrorContext(ctx, "a job failed", "job", j.Name, "error", err)
				}
				s.rest(ctx)
			}
		})
	}
	return nil
}

// rest keeps replicas from looking all at once.
func (s *Scheduler) rest(ctx context.Context) {
	t := time.NewTimer(s.look/2 + rand.N(s.look/2+1))
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// tryRun runs a job if it is due and free.
func (s *Scheduler) tryRun(ctx context.Context, j Job) error {
	token, now, err := s.store.ClaimJob(ctx, j.Name, lease)
	if err != nil || token == "" {
		return err
	}
	work, cancel := context.WithCancel(ctx)
	if j.Within > 0 {
		work, cancel = context.WithTimeout(ctx, j.Within)
	}
	defer cancel()
	stop := s.keep(work, cancel, j.Name, token)
	failed := call(work, j)
	stop()
	next, failure := j.Next(now), ""
	if failed != nil {
		failure = failed.Error()
		if soon := now.Add(afterFail); soon.Before(next) {
			next = soon
		}
	}
	if ctx.Err() != nil {
		next = now // stopped in the middle: due at once for whoever starts next
	}
	finish, done := context.WithTimeout(context.WithoutCancel(ctx), lease)
	defer done()
	return errors.Join(failed, s.store.FinishJob(finish, j.Name, token, next, failure))
}

// keep renews the lease until the returned func is called, and ends the work if it is lost.
func (s *Scheduler) keep(ctx context.Context, lost context.CancelFunc, name, token string) (stop func()) {
	ended := make(chan struct{})
	var renewing sync.WaitGroup
	renewing.Go(func() {
		t := time.NewTicker(renew)
		defer t.Stop()
		for {
			select {
			case <-ended:
				return
			case <-ctx.Done():
				return
			case <-t.C:
				if err := s.store.RenewJob(ctx, name, token, lease); errors.Is(err, ErrLeaseLost) {
					lost()
					return
				}
			}
		}
	})
	return func() {
		close(ended)
		renewing.Wait()
	}
}

// call runs the job; a panic in it is its failure alone.
func call(ctx context.Context, j Job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic with a %T", p)
		}
	}()
	return j.Run(ctx)
}
