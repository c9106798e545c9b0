package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	// maxConnections is how many updates Telegram may bring at once: enough for a
	// province's talk, and little enough for a small server.
	maxConnections = 10
	// recent is how long a failed delivery is worth a word.
	recent = 15 * time.Minute
	// registerTries and registerPatience bound the wait when replicas that start
	// together are told to come back (setWebhook: once a second).
	registerTries    = 4
	registerPatience = 10 * time.Second
)

// Command is one entry of the bot's menu.
type Command struct {
	Name        string // 1-32 of a-z, 0-9 and _
	Description string // 1-256 characters, in the menu's language
}

// Register tells Telegram where to call us and which commands to show. menus is
// by language code, "" being for everybody else. It may be called at every start and by every replica.
func (c *Channel) Register(ctx context.Context, menus map[string][]Command) error {
	if c.mode == ModeWebhook {
		params := tgbotapi.Params{
			"url":             c.hookURL,
			"secret_token":    c.secret,
			"allowed_updates": allowedUpdates(),
			"max_connections": strconv.Itoa(maxConnections),
		}
		if err := c.setUp(ctx, "setWebhook", params); err != nil {
			return fmt.Errorf("%w (TIEPDAN_PUBLIC_URL, TIEPDAN_TELEGRAM_WEBHOOK_SECRET)", err)
		}
	}
	for _, language := range slices.Sorted(maps.Keys(menus)) {
		menu := menus[language]
		commands := make([]tgbotapi.BotCommand, 0, len(menu))
		for _, cmd := range menu {
			commands = append(commands, tgbotapi.BotCommand{Command: cmd.Name, Description: cmd.Description})
		}
		params := tgbotapi.Params{}
		params.AddNonEmpty("language_code", language)
		if err := params.AddInterface("commands", commands); err != nil {
			return fmt.Errorf("write the command menu: %w", err)
		}
		if err := c.setUp(ctx, "setMyCommands", params); err != nil {
			return fmt.Errorf("%w (menu %q)", err, language)
		}
	}
	return nil
}

// setUp makes a call that carries nothing of a person, so Telegram's words may
// be shown. It waits a little when told to.
func (c *Channel) setUp(ctx context.Context, method string, params tgbotapi.Params) error {
	for try := 1; ; try++ {
		_, failed := c.call(ctx, method, params)
		if failed == nil {
			return nil
		}
		patient := failed.code == http.StatusTooManyRequests && failed.retryAfter <= registerPatience
		if !patient || try == registerTries {
			return c.explain(failed)
		}
		if err := c.pause(ctx, jitter(max(failed.retryAfter, leastPause))); err != nil {
			return fmt.Errorf("telegram %s: %w", method, err)
		}
	}
}

// explain turns a failed set-up call into a line that says what to mend.
func (c *Channel) explain(f *failure) error {
	switch {
	case !f.answered && f.code == 0:
		return fmt.Errorf("%w: Telegram cannot be reached; mend TIEPDAN_TELEGRAM_API_URL, or set HTTPS_PROXY", f)
	case !f.answered:
		return fmt.Errorf("%w: something between us and Telegram answers; mend TIEPDAN_TELEGRAM_API_URL, or set HTTPS_PROXY", f)
	case f.code == http.StatusUnauthorized || f.code == http.StatusNotFound:
		return fmt.Errorf("%w: Telegram does not know TIEPDAN_TELEGRAM_TOKEN; take the bot's token from @BotFather", f)
	default:
		return fmt.Errorf("%w: %s", f, oneLine(c.mask(f.description)))
	}
}

// Check asks Telegram who we are and how its deliveries to us go.
func (c *Channel) Check(ctx context.Context) error {
	if _, failed := c.call(ctx, "getMe", nil); failed != nil {
		return c.explain(failed)
	}
	result, failed := c.call(ctx, "getWebhookInfo", nil)
	if failed != nil {
		return c.explain(failed)
	}
	var info tgbotapi.WebhookInfo
	if err := json.Unmarshal(result, &info); err != nil {
		return errors.New("telegram getWebhookInfo: the answer is not a webhook's state; mend TIEPDAN_TELEGRAM_API_URL")
	}
	if c.mode == ModePoll {
		return checkPoll(info)
	}
	return c.checkWebhook(info)
}

func checkPoll(info tgbotapi.WebhookInfo) error {
	if info.URL == "" {
		return nil
	}
	return fmt.Errorf("telegram: TIEPDAN_TELEGRAM_MODE is poll, but a webhook to %s is set; it goes when serve starts, unless another program with this token sets it again", host(info.URL))
}

func (c *Channel) checkWebhook(info tgbotapi.WebhookInfo) error {
	missing := slices.ContainsFunc(wantedUpdates(), func(kind string) bool {
		return len(info.AllowedUpdates) > 0 && !slices.Contains(info.AllowedUpdates, kind)
	})
	failedAt := time.Unix(int64(info.LastErrorDate), 0)
	switch {
	case info.URL == "":
		return errors.New("telegram: no webhook is set; start serve, which sets it to TIEPDAN_PUBLIC_URL")
	case info.URL != c.hookURL:
		return fmt.Errorf("telegram: the webhook goes to %s and not to TIEPDAN_PUBLIC_URL; start serve, and stop any other program with TIEPDAN_TELEGRAM_TOKEN", host(info.URL))
	case missing:
		return errors.New("telegram: the webhook lacks kinds of updates that we read; start serve, which sets them")
	case info.LastErrorDate > 0 && c.clock().Sub(failedAt) < recent:
		return fmt.Errorf("telegram: deliveries to TIEPDAN_PUBLIC_URL fail, %d wait, last at %s: %s",
			info.PendingUpdateCount, failedAt.UTC().Format(time.RFC3339), oneLine(c.mask(info.LastErrorMessage)))
	}
	return nil
}

// host is what of another's webhook address may be shown: its path can be a secret.
func host(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return "another address"
	}
	return u.Host
}

// mask takes our secrets out of a provider's words, should they ever come back in them.
func (c *Channel) mask(s string) string {
	if c.secret != "" {
		s = strings.ReplaceAll(s, c.secret, "***")
	}
	return maskToken(s, c.token)
}

// oneLine keeps a provider's words within a line of a report.
func oneLine(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > 200 {
		s = string(r[:200])
	}
	return s
}
