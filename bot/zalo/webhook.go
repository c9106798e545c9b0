package zalo

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"tiepdan/bot"
)

const (
	webhookPath = "/webhooks/zalo"
	// maxBody is far above any event: a text has at most a few thousand letters.
	maxBody = 256 << 10
)

// Routes is the one address that Zalo calls for an app.
func (c *Channel) Routes() []bot.Route {
	return []bot.Route{{Path: webhookPath, MaxBody: maxBody, Verify: c.verify, Decode: c.decode}}
}

// verify checks X-ZEvent-Signature: SHA-256 over the app's number, the body's
// bytes, its timestamp and the OA's secret key. It is no HMAC. There is no window
// of time, because Zalo's last retry comes up to two hours after the first; repeats are
// harmless by their keys.
func (c *Channel) verify(r *http.Request, body []byte) error {
	if c.cfg.OASecretKey == "" {
		// The console shows the secret only after the address was saved, and saves
		// it only when it answers 200.
		return &bot.Refusal{Status: http.StatusOK, Reason: "not_configured"}
	}
	if isProbe(body) {
		return &bot.Refusal{Status: http.StatusOK, Reason: "probe"}
	}
	var ev struct {
		AppID     ident `json:"app_id"`
		Timestamp ident `json:"timestamp"`
	}
	if err := lenient(body, &ev); err != nil {
		return c.refuse("body")
	}
	if string(ev.AppID) != c.cfg.AppID {
		return c.refuse("app_id")
	}
	want := mac(c.cfg.AppID, body, string(ev.Timestamp), c.cfg.OASecretKey)
	given := strings.ToLower(strings.TrimSpace(r.Header.Get("X-ZEvent-Signature")))
	got, err := hex.DecodeString(strings.TrimPrefix(given, "mac="))
	if err != nil || subtle.ConstantTimeCompare(got, want[:]) != 1 {
		return c.refuse("signature")
	}
	return nil
}

// isProbe: the unsigned "{}" that Zalo sends when the address is saved. It
// carries nothing, so it may pass also when wrong signatures are answered 401.
func isProbe(body []byte) bool {
	body = bytes.TrimSpace(body)
	return len(body) >= 2 && body[0] == '{' && body[len(body)-1] == '}' && len(bytes.TrimSpace(body[1:len(body)-1])) == 0
}

func (c *Channel) refuse(reason string) error {
	status := http.StatusOK
	if c.cfg.Strict {
		status = http.StatusUnauthorized
	}
	return &bot.Refusal{Status: status, Reason: reason}
}

func mac(appID string, body []byte, timestamp, secret string) [sha256.Size]byte {
	all := make([]byte, 0, len(appID)+len(body)+len(timestamp)+len(secret))
	all = append(all, appID...)
	all = append(all, body...)
	all = append(all, timestamp...)
	all = append(all, secret...)
	return sha256.Sum256(all)
}

// decode turns a verified body into what a person did, or into receipts.
func (c *Channel) decode(r *http.Request, body []byte) (bot.Decoded, error) {
	// Events of template messages come to the same address, and their
	// user_received_message has a phone number where ours has a user.
	if strings.EqualFold(r.Header.Get("X-ZEvent-Server"), "ZNS") {
		return bot.Decoded{}, nil
	}
	var ev event
	if err := lenient(body, &ev); err != nil {
		return bot.Decoded{}, errors.New("zalo event: not a JSON object")
	}
	if ev.Name == "user_received_message" || ev.Name == "user_seen_message" {
		return bot.Decoded{Receipts: ev.receipts()}, nil
	}
	in, ok := ev.incoming(body)
	if !ok {
		return bot.Decoded{}, nil
	}
	if retry := ident(r.Header.Get("num_retry")); retry.named() {
		in.Meta = with(in.Meta, MetaRetry, string(retry))
	}
	return bot.Decoded{Events: []bot.Incoming{in}}, nil
}
