// Package telegram is the channel "telegram": a bot of Telegram's Bot API, by
// webhook or by long polling. The library github.com/go-telegram-bot-api gives
// the types and makes the calls; what it lacks (contexts, limits, secrets kept
// out of errors, a poller that confirms only what is stored) is here.
//
// Carriers in Viet Nam have blocked Telegram at times. Outbound calls therefore
// go through the proxy of the environment (HTTPS_PROXY) or to another base URL.
package telegram

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
)

// How updates reach us.
const (
	ModeWebhook = "webhook"
	ModePoll    = "poll"
)

// CloudURL is Telegram's own Bot API server.
const CloudURL = "https://api.telegram.org"

// WebhookPath is where Telegram calls us, below the public URL.
const WebhookPath = "/webhooks/telegram"

// Config is what the channel needs. A field that is a setting names it.
type Config struct {
	Token         string // TIEPDAN_TELEGRAM_TOKEN, from @BotFather: "123456:ABC…"
	WebhookSecret string // TIEPDAN_TELEGRAM_WEBHOOK_SECRET; 1-256 of A-Za-z0-9_-; needed in mode webhook
	APIURL        string // TIEPDAN_TELEGRAM_API_URL; empty: CloudURL
	PublicURL     string // TIEPDAN_PUBLIC_URL; needed in mode webhook
	Mode          string // TIEPDAN_TELEGRAM_MODE; empty: webhook
	Personal      bool   // TIEPDAN_TELEGRAM_PERSONAL; enforced by those who choose the words

	// ShareNumber is the label of the button that shares the person's own number.
	// With none, Part.AskContact shows no button: the text must do.
	ShareNumber string

	HTTPClient *http.Client // nil: one of its own. Its time-out is replaced by each call's
	Clock      bot.Clock    // nil: time.Now
	Log        *slog.Logger // nil: nothing is logged
}

// Channel talks to one bot. It is safe for many goroutines.
type Channel struct {
	token    string
	botID    string // the token's public half
	secret   string
	apiURL   string // without a slash at the end
	hookURL  string // what is registered at Telegram; empty in mode poll
	mode     string
	personal bool
	share    string
	client   *http.Client
	clock    bot.Clock
	log      *slog.Logger
	// pause waits between tries; tests replace it.
	pause func(context.Context, time.Duration) error
}

var (
	_ bot.Channel  = (*Channel)(nil)
	_ bot.Webhook  = (*Channel)(nil)
	_ bot.Listener = (*Channel)(nil)
	_ bot.Checker  = (*Channel)(nil)
	_ bot.Fetcher  = (*Channel)(nil)
)

var (
	tokenForm  = regexp.MustCompile(`^[0-9]{1,20}:[A-Za-z0-9_-]{1,128}$`)
	secretForm = regexp.MustCompile(`^[A-Za-z0-9_-]{1,256}$`)
)

// New checks the settings and makes the channel. It calls nobody, so that an
// unreachable Telegram never keeps the program from starting. An error names
// the setting to mend and never holds its value.
func New(cfg Config) (*Channel, error) {
	c := &Channel{
		token:    cfg.Token,
		secret:   cfg.WebhookSecret,
		mode:     cfg.Mode,
		personal: cfg.Personal,
		share:    cfg.ShareNumber,
		clock:    cfg.Clock,
		log:      cfg.Log,
		pause:    sleep,
	}
	if !tokenForm.MatchString(c.token) {
		return nil, errors.New("TIEPDAN_TELEGRAM_TOKEN must be a bot's token from @BotFather, such as 123456:ABC")
	}
	c.botID, _, _ = strings.Cut(c.token, ":")
	if c.mode == "" {
		c.mode = ModeWebhook
	}
	if c.mode != ModeWebhook && c.mode != ModePoll {
		return nil, fmt.Errorf("TIEPDAN_TELEGRAM_MODE must be %s or %s", ModeWebhook, ModePoll)
	}
	if err := c.setURLs(cfg.APIURL, cfg.PublicURL); err != nil {
		return nil, err
	}
	if c.mode == ModeWebhook && !secretForm.MatchString(c.secret) {
		return nil, errors.New("TIEPDAN_TELEGRAM_WEBHOOK_SECRET must be 1 to 256 characters of A-Z, a-z, 0-9, _ and - (or set TIEPDAN_TELEGRAM_MODE to poll)")
	}
	if c.clock == nil {
		c.clock = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.client = ownClient(cfg.HTTPClient)
	return c, nil
}

// setURLs takes the API's base and, in mode webhook, the address that Telegram calls.
func (c *Channel) setURLs(api, public string) error {
	if api == "" {
		api = CloudURL
	}
	base, err := baseURL(api)
	if err != nil {
		return fmt.Errorf("TIEPDAN_TELEGRAM_API_URL %w", err)
	}
	c.apiURL = strings.TrimRight(api, "/")
	if c.mode == ModePoll {
		return nil
	}
	hook, err := baseURL(public)
	if err != nil {
		return fmt.Errorf("TIEPDAN_PUBLIC_URL %w: Telegram calls it (or set TIEPDAN_TELEGRAM_MODE to poll)", err)
	}
	if base.Hostname() == "api.telegram.org" && !cloudCanCall(hook) {
		return errors.New("TIEPDAN_PUBLIC_URL must be https on port 443, 80, 88 or 8443 for Telegram to call it (or set TIEPDAN_TELEGRAM_MODE to poll)")
	}
	c.hookURL = strings.TrimRight(public, "/") + WebhookPath
	return nil
}

// baseURL reads an address that paths are added to.
func baseURL(s string) (*url.URL, error) {
	u, err := url.Parse(s)
	// The parse error is left out: it would quote what may hold a secret. A per cent
	// sign would be read as a verb by the library, which takes a format.
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") ||
		u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.Contains(s, "%") {
		return nil, errors.New("must be a plain http or https address without user, query or fragment")
	}
	return u, nil
}

// cloudCanCall follows the rules of setWebhook on Telegram's own server (core.telegram.org/bots/api#setwebhook).
func cloudCanCall(u *url.URL) bool {
	return u.Scheme == "https" && slices.Contains([]string{"", "443", "80", "88", "8443"}, u.Port())
}

// Name is "telegram".
func (c *Channel) Name() string { return bot.Telegram }

// Personal says whether personal content may go over this channel
// (TIEPDAN_TELEGRAM_PERSONAL). The channel sends what it is given.
func (c *Channel) Personal() bool { return c.personal }

// Limits keeps below Telegram's 30 messages a second over all chats and one a
// second in a chat (core.telegram.org/bots/faq). There are no receipts: what
// Telegram answers to a send is all that will ever be known.
func (c *Channel) Limits() bot.Limits {
	return bot.Limits{PerSecond: 25, Burst: 25, PerRecipient: time.Second, InFlight: 10, TwoWay: true}
}

// sleep waits for d, or until ctx ends.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// jitter is d and up to a quarter more, so that replicas do not come back together.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d + rand.N(d/4+1)
}
