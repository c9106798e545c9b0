package telegram

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"fmt"
	"net/http"

	"tiepdan/bot"
)

const (
	// secretHeader is the only thing that shows that Telegram calls (core.telegram.org/bots/api#setwebhook).
	secretHeader = "X-Telegram-Bot-Api-Secret-Token"
	// maxBody is twice the buffer in which the server builds an update.
	maxBody = 128 << 10
)

// Routes is the webhook; none in mode poll.
func (c *Channel) Routes() []bot.Route {
	if c.mode == ModePoll {
		return nil
	}
	return []bot.Route{{Path: WebhookPath, MaxBody: maxBody, Verify: c.verify, Decode: c.decode}}
}

func (c *Channel) verify(r *http.Request, _ []byte) error {
	// Hashes have one length, so the comparison tells nothing about the secret's.
	got, want := sha256.Sum256([]byte(r.Header.Get(secretHeader))), sha256.Sum256([]byte(c.secret))
	if subtle.ConstantTimeCompare(got[:], want[:]) != 1 {
		return &bot.Refusal{Status: http.StatusUnauthorized, Reason: "secret"}
	}
	return nil
}

// decode reads one update. A pressed button is answered in the webhook's own
// answer: at once, without a call of ours, and only after the press is stored.
func (c *Channel) decode(_ *http.Request, body []byte) (bot.Decoded, error) {
	d, pressed, err := c.read(body)
	if err != nil || pressed == "" {
		return d, err
	}
	answer, err := json.Marshal(map[string]string{"method": "answerCallbackQuery", "callback_query_id": pressed})
	if err != nil {
		return bot.Decoded{}, fmt.Errorf("answer a pressed button: %w", err)
	}
	d.Answer, d.ContentType = answer, "application/json"
	return d, nil
}
