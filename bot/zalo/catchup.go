package zalo

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
)

const (
	recentPath       = "/v2.0/oa/listrecentchat"
	conversationPath = "/v2.0/oa/conversation"

	// pageSize is the most that Zalo gives of history in one call (-210 above).
	pageSize = 10
	// reserve is how many of the minute's calls are left to answers.
	reserve = 5
)

// past is one message of Zalo's history.
type past struct {
	Src         ident           `json:"src"`
	Time        ident           `json:"time"` // milliseconds
	Type        string          `json:"type"`
	Message     string          `json:"message"`
	ID          ident           `json:"message_id"`
	From        ident           `json:"from_id"`
	To          ident           `json:"to_id"`
	URL         string          `json:"url"`
	Description string          `json:"description"`
	Links       json.RawMessage `json:"links"`
	Location    json.RawMessage `json:"location"`
}

// inbound: a person wrote it. Zalo's documentation says so by src 1; captured
// lists have left src out.
func (m past) inbound(oa ident) bool {
	if m.Src != "" {
		return m.Src == "1"
	}
	return m.From != "" && m.From != oa
}

type page struct {
	UserID string `json:"user_id,omitempty"`
	Offset int    `json:"offset"`
	Count  int    `json:"count"`
}

// Catchup reads what people wrote after since and gives it to sink, each
// conversation in its order, under the keys of the webhook. It stops with a throttled
// *bot.SendError in the chain when Zalo's minute is used up; what sink
// kept until then stays kept, and a later call goes over the rest.
func (c *Channel) Catchup(ctx context.Context, since time.Time, sink bot.Sink) error {
	info, serr := c.info(ctx)
	if serr != nil {
		return fmt.Errorf("catch up with zalo: %w", serr)
	}
	if !info.ID.named() {
		return errors.New("catch up with zalo: the Official Account's id is missing")
	}
	users, err := c.recentUsers(ctx, info.ID, since)
	if err != nil {
		return fmt.Errorf("list recent zalo chats: %w", err)
	}
	for _, user := range users {
		missed, err := c.missed(ctx, info.ID, user, since)
		if err != nil {
			return fmt.Errorf("read a zalo conversation: %w", err)
		}
		if len(missed) == 0 {
			continue
		}
		if err := sink.Keep(ctx, bot.Decoded{Events: missed}); err != nil {
			return fmt.Errorf("keep what zalo had: %w", err)
		}
	}
	c.log.Info("caught up with zalo", "conversations", len(users), "since", since)
	return nil
}

// recentUsers lists who wrote or was written to after since.
func (c *Channel) recentUsers(ctx context.Context, oa ident, since time.Time) ([]ident, error) {
	var users []ident
	known := map[ident]bool{}
	err := c.pages(ctx, recentPath, page{}, since, func(m past) {
		user := m.To
		if m.inbound(oa) {
			user = m.From
		}
		if user.named() && !known[user] {
			known[user] = true
			users = append(users, user)
		}
	})
	return users, err
}

// missed gives one person's messages after since, oldest first.
func (c *Channel) missed(ctx context.Context, oa, user ident, since time.Time) ([]bot.Incoming, error) {
	var events []bot.Incoming
	err := c.pages(ctx, conversationPath, page{UserID: string(user)}, since, func(m past) {
		if !m.inbound(oa) || !m.ID.named() {
			return
		}
		ev, ok := m.event(oa, user)
		if !ok {
			return
		}
		if in, ok := ev.incoming(nil); ok {
			events = append(events, in)
		}
	})
	slices.SortStableFunc(events, func(a, b bot.Incoming) int { return a.At.Compare(b.At) })
	return events, err
}

// pages reads history from its newest message back to since. Zalo tells no total
// and messages arrive meanwhile, so it ends at a page that reaches back to since or has
// nothing new on it, and hands each message over once.
func (c *Channel) pages(ctx context.Context, path string, p page, since time.Time, each func(past)) error {
	seen := map[ident]bool{}
	for p.Count = pageSize; ; p.Offset += pageSize {
		rows, err := c.page(ctx, path, p)
		if err != nil {
			return err
		}
		more, reached := false, false
		for _, m := range rows {
			if !instant(m.Time.number()).After(since) {
				reached = true
				continue
			}
			if !seen[m.ID] {
				more, seen[m.ID] = true, true
				each(m)
			}
		}
		if reached || !more {
			return nil
		}
	}
}

func (c *Channel) page(ctx context.Context, path string, p page) ([]past, error) {
	if err := c.history.Wait(ctx); err != nil {
		return nil, err
	}
	a, serr := c.call(ctx, request{path: path, data: p})
	if serr != nil {
		return nil, serr
	}
	var rows []past
	if err := lenient(a.data, &rows); err != nil {
		return nil, errors.New("the history is not a list")
	}
	if a.remain >= 0 && a.remain < reserve {
		return nil, &bot.SendError{Class: bot.Throttled, Code: "reserve", RetryAfter: nextMinute(c.clock())}
	}
	return rows, nil
}

// event writes a message of the history as the webhook would have told it, so
// that one decoder gives both the same key and content. false: a type that no event is known for.
func (m past) event(oa, user ident) (event, bool) {
	ev := event{Timestamp: m.Time, Sender: party{ID: user}, Recipient: party{ID: oa},
		Message: message{ID: m.ID, Text: m.Message}}
	kind, attachments := "", []attachment(nil)
	switch strings.ToLower(m.Type) {
	case "text":
		kind = "text"
	case "photo", "image":
		kind, attachments = "image", m.media("image")
		ev.Message.Text = cmp.Or(m.Message, m.Description)
	case "gif":
		kind, attachments = "gif", m.media("gif")
	case "voice", "audio":
		kind, attachments = "audio", m.media("audio")
	case "video":
		kind, attachments = "video", m.media("video")
	case "file":
		kind, attachments = "file", m.media("file")
	case "sticker":
		kind = "sticker"
	case "link", "links":
		kind, attachments = "link", m.media("link")
	case "location":
		kind, attachments = "location", m.place()
	default:
		return event{}, false
	}
	ev.Name, ev.Message.Attachments = "user_send_"+kind, attachments
	return ev, true
}

// media gives the row's addresses: its own, and those of its links, which are
// objects or bare texts.
func (m past) media(kind string) []attachment {
	var found []attachment
	if m.URL != "" {
		found = append(found, attachment{Type: kind, Payload: payload{URL: m.URL, Description: m.Description}})
	}
	var links []json.RawMessage
	if json.Unmarshal(m.Links, &links) != nil {
		return found
	}
	for _, raw := range links {
		a := attachment{Type: kind}
		if json.Unmarshal(raw, &a.Payload.URL) != nil && lenient(raw, &a.Payload) != nil {
			continue
		}
		found = append(found, a)
	}
	return found
}

// place reads a location that is an object, or the text of one.
func (m past) place() []attachment {
	a := attachment{Type: "location"}
	raw := []byte(m.Location)
	var inner string
	if json.Unmarshal(raw, &inner) == nil {
		raw = []byte(inner)
	}
	if lenient(raw, &a.Payload.Coordinates) != nil {
		return nil
	}
	return []attachment{a}
}
