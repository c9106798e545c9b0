package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tiepdan/bot"
)

const (
	pollWait   = 40 * time.Second // how long Telegram holds a poll open; its own cap is 50 s
	pollMargin = 15 * time.Second // what an answer may take beyond that
	pollBatch  = 100              // the most that Telegram gives at once
	pressTime  = 10 * time.Second // for answering the presses of one batch

	backoffFirst  = time.Second
	backoffLast   = time.Minute
	backoffRival  = 5 * time.Second // Telegram holds back repeated conflicts for 3 s
	backoffBroken = 5 * time.Minute // a refused token does not mend itself
)

// wantedUpdates are the kinds that we read.
func wantedUpdates() []string {
	return []string{"message", "edited_message", "callback_query", "my_chat_member"}
}

// allowedUpdates is the list as a parameter. It outlives restarts at Telegram, so
// it is sent every time.
func allowedUpdates() string { return `["` + strings.Join(wantedUpdates(), `","`) + `"]` }

// errAnswer is an answer that is no batch.
var errAnswer = errors.New("telegram getUpdates: the answer is not a list of updates")

// Listen polls until ctx ends, then returns nil. A batch is confirmed only by
// asking beyond it, and that is done only after sink has kept it: a crash in
// between makes Telegram give it again, under the same provider ids. Only one
// poller may run for a bot. In mode webhook there is nothing to fetch, and Listen just waits.
func (c *Channel) Listen(ctx context.Context, sink bot.Sink) error {
	if c.mode != ModePoll {
		<-ctx.Done()
		return nil
	}
	p := &poller{c: c, sink: sink}
	defer p.presses.Wait()
	tries := 0
	for ctx.Err() == nil {
		err := p.round(ctx)
		if err == nil {
			tries = 0
			continue
		}
		if ctx.Err() != nil {
			break
		}
		wait := backoff(err, tries)
		tries++
		c.log.Warn("polling telegram failed", "error", err, "wait", wait)
		if c.pause(ctx, wait) != nil {
			break
		}
	}
	return nil
}

// poller is the state of one Listen.
type poller struct {
	c       *Channel
	sink    bot.Sink
	free    bool  // the webhook, which would forbid polling, is known to be gone
	offset  int64 // the first update that is not confirmed; 0: what Telegram has
	presses sync.WaitGroup
}

// round fetches one batch, keeps it, and moves the offset behind it.
func (p *poller) round(ctx context.Context) error {
	if !p.free {
		// What waits there is ours to read: drop_pending_updates stays false.
		if _, failed := p.c.call(ctx, "deleteWebhook", nil); failed != nil {
			return failed
		}
		p.free = true
	}
	batch, err := p.fetch(ctx)
	if err != nil {
		return err
	}
	got, pressed, next := p.decode(batch)
	if len(batch) > 0 && next == 0 {
		return errAnswer
	}
	if len(got.Events)+len(got.Dropped) > 0 {
		if err := p.sink.Keep(ctx, got); err != nil {
			return fmt.Errorf("keep a batch of telegram updates: %w", err)
		}
	}
	if next != 0 {
		p.offset = next
	}
	if len(pressed) > 0 {
		p.presses.Go(func() { p.c.answerPresses(ctx, pressed) })
	}
	return nil
}

func (p *poller) fetch(ctx context.Context) ([]json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(ctx, pollWait+pollMargin)
	defer cancel()
	params := tgbotapi.Params{
		"timeout":         strconv.Itoa(int(pollWait.Seconds())),
		"limit":           strconv.Itoa(pollBatch),
		"allowed_updates": allowedUpdates(),
	}
	params.AddNonZero64("offset", p.offset)
	result, failed := p.c.call(ctx, "getUpdates", params)
	if failed != nil {
		if failed.answered && failed.code == http.StatusConflict {
			p.free = false // somebody may have set a webhook since
		}
		return nil, failed
	}
	var batch []json.RawMessage
	if err := json.Unmarshal(result, &batch); err != nil {
		return nil, errAnswer
	}
	return batch, nil
}

// decode reads a batch. One broken update costs only itself. next is the offset
// that confirms the batch; 0 if no update had an id.
func (p *poller) decode(batch []json.RawMessage) (got bot.Decoded, pressed []string, next int64) {
	for _, body := range batch {
		var numbered struct {
			ID int64 `json:"update_id"`
		}
		if err := json.Unmarshal(body, &numbered); err == nil {
			next = max(next, numbered.ID+1)
		}
		d, press, err := p.c.read(body)
		if err != nil {
			got.Dropped = append(got.Dropped, "broken")
			continue
		}
		got.Events = append(got.Events, d.Events...)
		got.Dropped = append(got.Dropped, d.Dropped...)
		if press != "" {
			pressed = append(pressed, press)
		}
	}
	return got, pressed, next
}

// answerPresses takes the waiting mark off buttons that were pressed. It is a
// courtesy: a failure is noted and no more, because the press itself is stored.
func (c *Channel) answerPresses(ctx context.Context, pressed []string) {
	ctx, cancel := context.WithTimeout(ctx, pressTime)
	defer cancel()
	for _, id := range pressed {
		if _, failed := c.call(ctx, "answerCallbackQuery", tgbotapi.Params{"callback_query_id": id}); failed != nil {
			c.log.Debug("answering a pressed button failed", "error", failed)
		}
	}
}

// backoff is how long to wait after the failure err, which came after tries others.
func backoff(err error, tries int) time.Duration {
	wait := backoffLast
	if tries < 6 {
		wait = min(backoffLast, backoffFirst<<tries)
	}
	var failed *failure
	if errors.As(err, &failed) {
		switch {
		case failed.retryAfter > 0:
			wait = failed.retryAfter
		case !failed.answered:
		case failed.code == http.StatusConflict:
			wait = max(wait, backoffRival)
		case failed.code == http.StatusUnauthorized, failed.code == http.StatusNotFound:
			wait = backoffBroken
		}
	}
	return jitter(wait)
}
