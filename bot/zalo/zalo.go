// Package zalo is the channel "zalo": messages between people and one Zalo
// Official Account (OA). It verifies and decodes Zalo's webhook, sends
// consultation messages, keeps the OA's rotating tokens alive across replicas, and asks
// for what was missed during an outage.
//
// Zalo has no sandbox; package zalotest is an emulator of what is used here.
package zalo

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"golang.org/x/time/rate"

	"tiepdan/bot"
)

// window is how long after a person's last message Zalo lets an OA write to
// them. The 48 hours that are also spoken of are a price line, not a limit.
const window = 7 * 24 * time.Hour

// Channel is one Official Account. All its methods may be called by many
// goroutines at once.
type Channel struct {
	cfg     Config
	apiURL  *url.URL
	http    *http.Client // Zalo's own hosts; follows no redirect
	media   *http.Client // Zalo's file hosts; follows redirects between them only
	tokens  *keeper
	history *rate.Limiter // Catchup's share of the calls per minute
	clock   bot.Clock
	log     *slog.Logger
}

var (
	_ bot.Channel  = (*Channel)(nil)
	_ bot.Webhook  = (*Channel)(nil)
	_ bot.Windowed = (*Channel)(nil)
	_ bot.Checker  = (*Channel)(nil)
	_ bot.Fetcher  = (*Channel)(nil)
	_ bot.Catchup  = (*Channel)(nil)
)

// New checks cfg and makes the channel. hash is the vault's keyed hash
// (bot.Vault.Hash): by it the stored grant knows which configured refresh tokens were
// already used. Nothing is called yet. An error names the setting to mend.
func New(cfg Config, grants bot.Grants, hash func(kind, value string) string) (*Channel, error) {
	if grants == nil || hash == nil {
		return nil, errors.New("zalo: grants and hash are needed to keep the tokens")
	}
	urls, err := cfg.prepare()
	if err != nil {
		return nil, err
	}
	c := &Channel{
		cfg:    cfg,
		apiURL: urls.api,
		http:   apiClient(cfg.HTTPClient),
		// A quarter of the rate: sends are paced by Limits alone, and both together
		// stay under the 100 a minute of the smaller package at the default of 80.
		history: rate.NewLimiter(rate.Limit(float64(cfg.PerMinute)/60/4), pageSize),
		clock:   cfg.Clock,
		log:     cfg.Log,
	}
	c.media = c.mediaClient(cfg.HTTPClient)
	c.tokens = &keeper{
		grants: grants,
		oauth:  oauthClient{http: c.http, base: urls.oauth, appID: cfg.AppID, secret: cfg.AppSecret, verifier: cfg.CodeVerifier},
		seed:   cfg.RefreshToken,
		clock:  cfg.Clock,
		log:    cfg.Log,
	}
	if cfg.RefreshToken != "" {
		c.tokens.seedHash = hash(seedKind, cfg.RefreshToken)
	}
	return c, nil
}

// Name is bot.Zalo.
func (c *Channel) Name() string { return bot.Zalo }

// Limits is the configured number of calls per minute. Zalo counts per OA and by the
// minute: 100 in the smaller package that has the API, 2,000 in the larger. It
// says nothing of a limit per recipient.
func (c *Channel) Limits() bot.Limits {
	return bot.Limits{
		PerSecond: float64(c.cfg.PerMinute) / 60,
		Burst:     max(1, c.cfg.PerMinute/30),
		InFlight:  4,
		Receipts:  true,
		TwoWay:    true,
	}
}

// Open says whether a consultation message may go now: strictly within seven
// days of the person's last message. Zalo answers -230 after that.
func (c *Channel) Open(lastIn, now time.Time) bool {
	return !lastIn.IsZero() && now.Sub(lastIn) < window
}

// Renew renews the tokens if they are near their end. It is to be called every hour
// or so: when nothing is sent for weeks, the refresh token would die unused.
func (c *Channel) Renew(ctx context.Context) error {
	if _, serr := c.tokens.current(ctx); serr != nil {
		return fmt.Errorf("renew the zalo tokens: %w", serr)
	}
	return nil
}

// apiClient follows no redirect: Go would carry the access_token header to
// another host, and a redirected POST could be taken twice.
func apiClient(base *http.Client) *http.Client {
	own := *base
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}
