package telegram

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

const (
	testToken  = "123456:AAE-planted_token_0123456789abcdef"
	testSecret = "planted-webhook-secret_01"
	testShare  = "Gửi số điện thoại"
)

// journal is a log that several goroutines write and a test reads.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.String()
}

func (j *journal) logger() *slog.Logger {
	return slog.New(slog.NewJSONHandler(j, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// testConfig is a webhook channel against base.
func testConfig(base string) Config {
	return Config{
		Token: testToken, WebhookSecret: testSecret, APIURL: base, PublicURL: "https://xa.example.vn",
		Mode: ModeWebhook, ShareNumber: testShare,
	}
}

func newChannel(t *testing.T, cfg Config) *Channel {
	t.Helper()
	c, err := New(cfg)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return c
}

// pair is an emulator and a channel to it.
func pair(t *testing.T, change func(*Config)) (*telegramtest.Server, *Channel) {
	t.Helper()
	s := telegramtest.Start(t, telegramtest.Options{Token: testToken, Unit: 5 * time.Millisecond})
	cfg := testConfig(s.URL())
	if change != nil {
		change(&cfg)
	}
	return s, newChannel(t, cfg)
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func TestNewNamesTheSetting(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		change func(*Config)
		want   string // "": accepted
	}{
		{"all is well", func(*Config) {}, ""},
		{"no token", func(c *Config) { c.Token = "" }, "TIEPDAN_TELEGRAM_TOKEN"},
		{"token with a slash", func(c *Config) { c.Token = "1:a/b" }, "TIEPDAN_TELEGRAM_TOKEN"},
		{"token with a control character", func(c *Config) { c.Token = "1:ab\n" }, "TIEPDAN_TELEGRAM_TOKEN"},
		{"no secret", func(c *Config) { c.WebhookSecret = "" }, "TIEPDAN_TELEGRAM_WEBHOOK_SECRET"},
		{"secret with a space", func(c *Config) { c.WebhookSecret = "a b" }, "TIEPDAN_TELEGRAM_WEBHOOK_SECRET"},
		{"secret too long", func(c *Config) { c.WebhookSecret = strings.Repeat("a", 257) }, "TIEPDAN_TELEGRAM_WEBHOOK_SECRET"},
		{"poll needs no secret", func(c *Config) { c.Mode, c.WebhookSecret, c.PublicURL = ModePoll, "", "" }, ""},
		{"odd mode", func(c *Config) { c.Mode = "push" }, "TIEPDAN_TELEGRAM_MODE"},
		{"no mode is webhook", func(c *Config) { c.Mode = "" }, ""},
		{"API URL without a scheme", func(c *Config) { c.APIURL = "api.telegram.org" }, "TIEPDAN_TELEGRAM_API_URL"},
		{"API URL with a verb", func(c *Config) { c.APIURL = "https://h/%s" }, "TIEPDAN_TELEGRAM_API_URL"},
		{"API URL with a password", func(c *Config) { c.APIURL = "https://u:p@h" }, "TIEPDAN_TELEGRAM_API_URL"},
		{"no public URL", func(c *Config) { c.PublicURL = "" }, "TIEPDAN_PUBLIC_URL"},
		{"cloud cannot call http", func(c *Config) { c.APIURL, c.PublicURL = "", "http://localhost:8080" }, "TIEPDAN_PUBLIC_URL"},
		{"cloud cannot call port 9000", func(c *Config) { c.APIURL, c.PublicURL = "", "https://xa.example.vn:9000" }, "TIEPDAN_PUBLIC_URL"},
		{"cloud calls port 8443", func(c *Config) { c.APIURL, c.PublicURL = "", "https://xa.example.vn:8443/tiepdan/" }, ""},
		{"own server calls http", func(c *Config) { c.PublicURL = "http://localhost:8080" }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			cfg := testConfig("http://127.0.0.1:8081/")
			tt.change(&cfg)
			_, err := New(cfg)
			switch {
			case tt.want == "" && err != nil:
				t.Fatalf("New: %v, want no error", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Fatalf("New: %v, want an error that names %s", err, tt.want)
			}
		})
	}
}

func TestLimitsStayBelowTelegrams(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	want := bot.Limits{PerSecond: 25, Burst: 25, PerRecipient: time.Second, InFlight: 10, TwoWay: true}
	if got := c.Limits(); got != want {
		t.Errorf("Limits() = %+v, want %+v", got, want)
	}
	if c.Name() != bot.Telegram {
		t.Errorf("Name() = %q", c.Name())
	}
}
