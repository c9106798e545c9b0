// Package webchat is the channel in the browser: a public page with the chat,
// and a widget that other sites embed. It sends by storing: what the bot says
// is a row of the chat's log, every replica streams that log to the browser by
// its Last-Event-ID, and the browser's acknowledgement is the receipt.
package webchat

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"time"

	"tiepdan/bot"
)

// Log is the stored log of all chats.
type Log interface {
	// Say appends what the bot says to the chat at address, once per outbox row:
	// saying the same row again changes nothing.
	Say(ctx context.Context, address string, outboxID int64, part bot.Part) error
	// Since lists the entries of the chat at address after an entry's id,
	// oldest first, at most limit.
	Since(ctx context.Context, address string, after int64, limit int) ([]bot.ChatEntry, error)
}

// Limits counts what a stranger may do.
type Limits interface {
	// Take uses one of n in window for key, and says whether one was left.
	Take(ctx context.Context, key string, n int, window time.Duration) (bool, error)
}

// Uploads keeps a picture that was sent until the case it belongs to takes it.
type Uploads interface {
	// Put stores what r holds, at most max bytes, durably, and returns the name
	// by which Open finds it. bot.ErrTooLarge if there is more.
	Put(ctx context.Context, r io.Reader, max int64) (name string, size int64, err error)
	// Open reads it back.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
}

// Config is what the channel needs.
type Config struct {
	PublicURL string // decides cookies: https makes them work inside another site's page
	Log       Log
	Sink      bot.Sink
	Limits    Limits
	Uploads   Uploads
	Hash      func(kind, value string) string // keyed: an address does not give the session away
	// Text is the words of the page: bot/webchat holds none itself.
	Text   func(lang, key string, args ...any) string
	Page   func(lang string) Page
	Clock  bot.Clock
	Logger *slog.Logger
}

// Page is what the public page tells about the office.
type Page struct {
	Office  string // "UBND xã Tân Hòa"
	Phone   string
	Counter string
	Hours   string
	Ways    []Way // the other channels that are on
}

// Way is one other way to reach the service, as the page lists it.
type Way struct{ Name, How, Link string }

// Channel is the web chat.
type Channel struct {
	cfg     Config
	bell    bell
	streams gate
	page    pages
	closed  chan struct{}
	close   sync.Once
}

var (
	_ bot.Channel = (*Channel)(nil)
	_ bot.Fetcher = (*Channel)(nil)
)

// New makes the channel.
func New(cfg Config) (*Channel, error) {
	p, err := loadPages(cfg.Text)
	if err != nil {
		return nil, fmt.Errorf("web chat: %w", err)
	}
	return &Channel{cfg: cfg, page: p, bell: bell{waiting: map[string][]chan struct{}{}},
		streams: gate{by: map[string]int{}}, closed: make(chan struct{})}, nil
}

// Close ends all streams, so that the server can stop. Browsers come back by themselves.
func (c *Channel) Close() { c.close.Do(func() { close(c.closed) }) }

// Name implements bot.Channel.
func (c *Channel) Name() string { return bot.Webchat }

// Limits implements bot.Channel: storing is as fast as records are.
func (c *Channel) Limits() bot.Limits {
	return bot.Limits{InFlight: 16, Receipts: true, TwoWay: true}
}

// Render implements bot.Channel: one part with its buttons.
func (c *Channel) Render(content bot.Content) ([]bot.Part, error) {
	text := strings.TrimSpace(content.Text)
	if text == "" {
		return nil, fmt.Errorf("web chat: nothing to say")
	}
	if content.First != "" {
		text += "\n\n" + content.First
	}
	if content.Link != "" {
		text += "\n" + content.Link
	}
	part := bot.Part{Text: text, Segments: 1}
	for _, choice := range content.Choices {
		part.Buttons = append(part.Buttons, []bot.Choice{choice})
	}
	return []bot.Part{part}, nil
}

// Send implements bot.Channel.
func (c *Channel) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if err := c.cfg.Log.Say(ctx, out.To.ID, out.ID, out.Part); err != nil {
		// Saying is idempotent by the outbox row, so trying again is always safe.
		return bot.Sent{}, &bot.SendError{Class: bot.Transient, Code: "records", Err: err}
	}
	c.bell.ring(out.To.ID)
	return bot.Sent{ProviderID: fmt.Sprint(out.ID)}, nil
}

// Fetch implements bot.Fetcher: the file is already ours.
func (c *Channel) Fetch(ctx context.Context, ref bot.FileRef, max int64) (io.ReadCloser, error) {
	if ref.Size > max {
		return nil, bot.ErrTooLarge
	}
	return c.cfg.Uploads.Open(ctx, ref.ProviderID)
}

// bell wakes the streams of a chat when something was said in it.
type bell struct {
	mu      sync.Mutex
	waiting map[string][]chan struct{}
}

// wait returns a channel that is closed at the next ring, and a func that gives up.
func (b *bell) wait(address string) (<-chan struct{}, func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	ch := make(chan struct{})
	b.waiting[address] = append(b.waiting[address], ch)
	return ch, func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		rest := b.waiting[address][:0]
		for _, other := range b.waiting[address] {
			if other != ch {
				rest = append(rest, other)
			}
		}
		if len(rest) == 0 {
			delete(b.waiting, address)
			return
		}
		b.waiting[address] = rest
	}
}

func (b *bell) ring(address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, ch := range b.waiting[address] {
		close(ch)
	}
	delete(b.waiting, address)
}
