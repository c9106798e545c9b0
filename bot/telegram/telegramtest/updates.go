package telegramtest

import (
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
)

const (
	messageExpires = 24 * time.Hour
	maxPoll        = 50 // seconds
)

// update waits to be delivered.
type update struct {
	id      int64
	queue   string // one delivery at a time within a queue
	body    []byte
	expires time.Time
}

// push makes an update of one kind and returns its id; 0 if the bot does not want the kind.
func (s *Server) push(kind, queue string, content any, expires time.Duration) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.allowed != nil && !slices.Contains(s.allowed, kind) {
		return 0
	}
	id := s.nextUpdate
	s.nextUpdate++
	inner, err := json.Marshal(content)
	if err != nil {
		panic("telegramtest: write an update: " + err.Error())
	}
	// The real server begins a new line after the id, too.
	body := []byte(`{"update_id":` + strconv.FormatInt(id, 10) + ",\n" + `"` + kind + `":` + string(inner) + `}`)
	s.updates = append(s.updates, &update{id: id, queue: queue, body: body, expires: s.opt.Clock().Add(expires)})
	s.dispatch()
	s.touch()
	return id
}

// Pending says how many updates are not delivered or not confirmed.
func (s *Server) Pending() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.updates)
}

func (s *Server) getUpdates(ctx context.Context, p map[string]string) answer {
	offset, _ := strconv.ParseInt(p["offset"], 10, 64) // absent or odd is 0, as there
	limit, _ := strconv.Atoi(p["limit"])
	if limit < 1 || limit > 100 {
		limit = 100
	}
	seconds, _ := strconv.Atoi(p["timeout"])
	open := time.NewTimer(time.Duration(min(max(seconds, 0), maxPoll)) * s.opt.Unit)
	defer open.Stop()

	mine, refusal := s.beginPoll(offset, p["allowed_updates"])
	if refusal != nil {
		return *refusal
	}
	for {
		batch, changed, refusal := s.batch(mine, limit)
		if refusal != nil {
			return *refusal
		}
		if len(batch) > 0 {
			return done(batch)
		}
		select {
		case <-changed:
		case <-open.C:
			return done(batch)
		case <-ctx.Done():
			return done(batch)
		case <-s.ctx.Done():
			return done(batch)
		}
	}
}

// beginPoll confirms what is below offset and ends every other poll.
func (s *Server) beginPoll(offset int64, allowed string) (int, *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.hook.url != "" {
		a := refuse(http.StatusConflict, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first")
		return 0, &a
	}
	s.allow(allowed)
	s.updates = slices.DeleteFunc(s.updates, func(u *update) bool { return u.id < offset })
	s.poller++
	s.touch()
	return s.poller, nil
}

// batch is what poll mine may have now. The batch is never nil, so that an empty one is a list.
func (s *Server) batch(mine, limit int) ([]json.RawMessage, <-chan struct{}, *answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	batch := make([]json.RawMessage, 0, min(limit, len(s.updates)))
	var conflict answer
	switch {
	case s.hook.url != "":
		conflict = refuse(http.StatusConflict, "Conflict: terminated by setWebhook request")
		return batch, s.changed, &conflict
	case s.poller != mine:
		conflict = refuse(http.StatusConflict, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running")
		return batch, s.changed, &conflict
	}
	for _, u := range s.updates {
		if len(batch) == limit {
			break
		}
		batch = append(batch, u.body)
	}
	return batch, s.changed, nil
}

// allow keeps a list of wanted kinds: absent leaves it, empty means all. mu is held.
func (s *Server) allow(list string) {
	var kinds []string
	if list == "" || json.Unmarshal([]byte(list), &kinds) != nil {
		return
	}
	s.allowed = kinds
	if len(kinds) == 0 {
		s.allowed = nil
	}
}
