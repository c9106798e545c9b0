package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/schedule"
	"tiepdan/store/sqldb"
)

// runJobs runs what has to be done again and again, once across replicas.
func (s *service) runJobs(ctx context.Context) error {
	records := s.stores.Records
	jobs := []schedule.Job{
		{Name: "prune", Next: schedule.Daily(2, 10), Within: 30 * time.Minute, Run: s.prune},
		{Name: "catchup", Next: schedule.Daily(2, 40), Within: time.Hour, Run: func(ctx context.Context) error {
			return s.catchUp(ctx, s.clock().Add(-26*time.Hour))
		}},
	}
	if s.channels.zalo != nil {
		jobs = append(jobs, schedule.Job{Name: "zalo grant", Next: schedule.Every(time.Hour), Within: time.Minute, Run: s.channels.zalo.Renew})
	}
	scheduler, err := schedule.New(records, s.log, jobs...)
	if err != nil {
		return err
	}
	return scheduler.Run(ctx)
}

// furthestBack bounds what is asked for after an outage: Zalo's retries are over by
// then, and a week-old message deserves a call rather than an automatic answer.
const furthestBack = 7 * 24 * time.Hour

// prune ends what has been kept long enough, in records and then in the folder of files.
func (s *service) prune(ctx context.Context) error {
	if _, err := s.stores.Records.Prune(ctx); err != nil {
		return err
	}
	kept, err := s.stores.Records.KeptFiles(ctx)
	if err != nil {
		return err
	}
	_, err = s.files.Sweep(ctx, s.clock(), func(sha256 string) bool { return kept[sha256] })
	return err
}

// heardLast is when a message last came in; zero when that is not known.
func (s *service) heardLast(ctx context.Context) time.Time {
	last, err := s.stores.Records.LastIn(ctx)
	if err != nil {
		s.log.Warn("could not read when a message last came in: more than is needed is asked for", "error", err)
	}
	return last
}

// catchUpAfterStop asks for what was missed while no replica was running.
func (s *service) catchUpAfterStop(ctx context.Context) error {
	since := s.clock().Add(-furthestBack)
	if s.lastIn.After(since) {
		since = s.lastIn.Add(-10 * time.Minute)
	}
	if err := s.catchUp(ctx, since); err != nil && ctx.Err() == nil {
		s.log.Warn("not all that was missed could be asked for; the nightly run tries again", "error", err)
	}
	return nil
}

// catchUp asks every channel that can for what it received since a time.
func (s *service) catchUp(ctx context.Context, since time.Time) error {
	var errs []error
	for name, ch := range s.channels.all {
		if c, ok := ch.(bot.Catchup); ok {
			if err := c.Catchup(ctx, since, s.stores.Records); err != nil {
				errs = append(errs, fmt.Errorf("catch up on %s: %w", name, err))
			}
		}
	}
	return errors.Join(errs...)
}

// tend moves notices and broadcasts along: at once when something was committed here or by a
// command, and every second.
func (s *service) tend(ctx context.Context) error {
	records := s.stores.Records
	for {
		if _, err := records.TendNotices(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("could not plan notices", "error", err)
		}
		if _, err := records.RefillBroadcasts(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("could not move broadcasts on", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.tending:
		case <-time.After(time.Second):
		}
	}
}

// watch hears of what commands write beside this server. Records that cannot be read for a
// moment do not end the service.
func (s *service) watch(ctx context.Context) error {
	for ctx.Err() == nil {
		err := s.stores.Records.Watch(ctx, func() {
			if err := s.stores.Records.RefreshUnits(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("could not read the units anew", "error", err)
			}
			s.wake(sqldb.Wake{Conversations: true, Outbox: true, Files: true})
		})
		if err != nil && ctx.Err() == nil {
			s.log.Error("could not look for other programs' changes", "error", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Second):
		}
	}
	return nil
}

// Files are fetched while a citizen does not wait: filing never does.
const (
	maxFile     = 20 << 20 // bytes
	fetchWithin = 2 * time.Minute
	fetchAgain  = time.Minute // doubled with every try: eight reach over four hours
)

func again(w sqldb.WantedFile) time.Duration { return fetchAgain << min(w.Attempt, 8) }

// fetchFiles gets the files that people sent from their providers.
func (s *service) fetchFiles(ctx context.Context) error {
	for {
		wanted, err := s.stores.Records.WantedFiles(ctx, 4, 2*fetchWithin)
		if err != nil && ctx.Err() == nil {
			s.log.Error("could not look for wanted files", "error", err)
		}
		for _, w := range wanted {
			if err := s.fetchFile(ctx, w); err != nil && ctx.Err() == nil {
				s.log.Warn("a file could not be fetched", "channel", w.Channel, "attachment", w.ID, "error", err)
			}
		}
		if len(wanted) > 0 && ctx.Err() == nil {
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.fetched:
		case <-time.After(5 * time.Second):
		}
	}
}

// fetchFile gets one file and records what became of it.
func (s *service) fetchFile(ctx context.Context, w sqldb.WantedFile) error {
	ctx, cancel := context.WithTimeout(ctx, fetchWithin)
	defer cancel()
	fetcher, ok := s.channels.all[w.Channel].(bot.Fetcher)
	if !ok {
		return s.stores.Records.FileRefused(ctx, w.ID, "channel")
	}
	body, err := fetcher.Fetch(ctx, w.Ref, maxFile)
	if errors.Is(err, bot.ErrTooLarge) {
		return s.stores.Records.FileRefused(ctx, w.ID, "too_large")
	}
	if err != nil {
		return errors.Join(err, s.stores.Records.FileFailed(ctx, w.ID, "provider", again(w)))
	}
	return s.keepFile(ctx, w, body)
}

func (s *service) keepFile(ctx context.Context, w sqldb.WantedFile, body io.ReadCloser) error {
	defer body.Close()
	stored, err := s.files.Put(ctx, body, maxFile)
	if errors.Is(err, bot.ErrTooLarge) {
		return s.stores.Records.FileRefused(ctx, w.ID, "too_large")
	}
	if err != nil {
		return errors.Join(err, s.stores.Records.FileFailed(ctx, w.ID, "provider", again(w)))
	}
	return s.stores.Records.FileStored(ctx, w.ID, stored.SHA256, stored.Type, stored.Size)
}
