package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/text"
)

const (
	pageSize = 50    // at most 1000; see maxAnswer
	maxPages = 2_000 // a list that never ends is Twilio's fault and must not be ours
	// maxKeep is how many events are handed to records at once.
	maxKeep = 200
)

// Catchup lists what people sent since a time and gives it to sink in the order
// in which it came, under the same keys as the webhook: a message that was
// not redelivered is lost otherwise.
func (c *Carrier) Catchup(ctx context.Context, since time.Time, sink bot.Sink) error {
	if !c.cfg.TwoWay {
		return nil
	}
	params := &openapi.ListMessageParams{}
	params.SetDateSentAfter(since.UTC()).SetPageSize(pageSize)
	if sms.E164(c.cfg.From) {
		params.SetTo(c.cfg.From)
	}
	var events []bot.Incoming
	err := c.list(ctx, params, func(m openapi.ApiV2010Message) bool {
		if in, ok := missed(m); ok {
			events = append(events, in)
		}
		return true
	})
	if err != nil {
		return fmt.Errorf("list missed messages: %w", err)
	}
	slices.Reverse(events) // Twilio lists the newest first
	slices.SortStableFunc(events, func(a, b bot.Incoming) int { return a.At.Compare(b.At) })
	for chunk := range slices.Chunk(events, maxKeep) {
		if err := sink.Keep(ctx, bot.Decoded{Events: chunk}); err != nil {
			return fmt.Errorf("keep missed messages: %w", err)
		}
	}
	return nil
}

func missed(m openapi.ApiV2010Message) (bot.Incoming, bool) {
	from := str(m.From)
	if str(m.Direction) != "inbound" || str(m.Sid) == "" || !sms.E164(from) {
		return bot.Incoming{}, false
	}
	in := bot.Incoming{
		Address:    bot.Address{Channel: bot.SMS, ID: from},
		ProviderID: *m.Sid,
		Text:       text.Clean(str(m.Body)),
		At:         date(m.DateSent),
	}
	in.Kind = kind(in)
	if in.Text == "" && str(m.NumMedia) != "0" && str(m.NumMedia) != "" {
		in.Kind = bot.KindUnread // the list names no files
	}
	return in, true
}

// list gives each message of a list, newest first, until each returns false.
func (c *Carrier) list(ctx context.Context, params *openapi.ListMessageParams, each func(openapi.ApiV2010Message) bool) error {
	token, page := "", ""
	for range maxPages {
		svc, x := c.exchange(ctx)
		got, err := svc.PageMessage(params, token, page)
		if failure := x.judge(err); failure != nil {
			return failure
		}
		for _, m := range got.Messages {
			if !each(m) {
				return nil
			}
		}
		// Read from the address and not followed: it names a host and we know ours.
		next, err := url.Parse(str(got.NextPageUri))
		if err != nil {
			return errors.New("read the address of the next page")
		}
		token, page = next.Query().Get("PageToken"), next.Query().Get("Page")
		if token == "" && page == "" {
			return nil
		}
	}
	return fmt.Errorf("more than %d pages", maxPages)
}

// How long around Message.Begun, by Twilio's clock, a lost message is looked
// for; without Begun, how long before now.
const (
	settleBefore = time.Minute
	settleAfter  = 2 * time.Minute
	settleBlind  = time.Hour
)

// Settle asks Twilio what became of a message. Without a provider id it looks for
// the one message to that number with that text in that time. Two such messages prove
// nothing, and none may only be not listed yet: both leave it unknown.
func (c *Carrier) Settle(ctx context.Context, m sms.Message, providerID string) (*bot.Receipt, error) {
	if providerID == "" {
		return c.search(ctx, m)
	}
	svc, x := c.exchange(ctx)
	got, err := svc.FetchMessage(providerID, &openapi.FetchMessageParams{})
	if failure := x.judge(err); failure != nil {
		return nil, fmt.Errorf("ask for a message: %w", failure)
	}
	return settled(*got, m.ID), nil
}

func (c *Carrier) search(ctx context.Context, m sms.Message) (*bot.Receipt, error) {
	from, to := c.cfg.Clock().Add(-settleBlind), time.Time{}
	if !m.Begun.IsZero() {
		from, to = m.Begun.Add(-settleBefore), m.Begun.Add(settleAfter)
	}
	params := &openapi.ListMessageParams{}
	params.SetTo(m.To).SetPageSize(pageSize)
	var found []openapi.ApiV2010Message
	err := c.list(ctx, params, func(got openapi.ApiV2010Message) bool {
		at := date(got.DateCreated)
		if at.Before(from) {
			return false
		}
		ours := strings.HasPrefix(str(got.Direction), "outbound") && str(got.To) == m.To && str(got.Body) == m.Text
		if ours && (to.IsZero() || !at.After(to)) {
			found = append(found, got)
		}
		return true
	})
	if err != nil {
		return nil, fmt.Errorf("look for a message: %w", err)
	}
	if len(found) != 1 {
		return nil, nil
	}
	return settled(found[0], m.ID), nil
}

func settled(m openapi.ApiV2010Message, outbox int64) *bot.Receipt {
	r, known := receiptOf(str(m.Status), num(m.ErrorCode))
	if !known {
		return nil
	}
	r.ProviderID, r.OutboxID, r.At = str(m.Sid), outbox, date(m.DateUpdated)
	return &r
}

// date reads the form of dates in answers (RFC 2822); zero if there is none.
func date(p *string) time.Time {
	t, err := time.Parse(time.RFC1123Z, str(p))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
