package httpsms

import (
	"bytes"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

const (
	inboundPrefix = "/webhooks/sms/"
	maxWebhook    = 64 << 10
)

// Webhooks are the paths that the carrier calls: none without a secret.
func (c *Carrier) Webhooks() []bot.Route {
	if c.cfg.Secret == "" {
		return nil
	}
	methods := []string{http.MethodPost, http.MethodGet} // some carriers push in a query
	var routes []bot.Route
	if !c.cfg.OneWay {
		routes = append(routes, bot.Route{Path: inboundPrefix + ":secret", Methods: methods, MaxBody: maxWebhook, Verify: c.verify, Decode: c.decodeInbound})
	}
	if c.cfg.Receipts {
		routes = append(routes, bot.Route{Path: inboundPrefix + ":secret/receipt", Methods: methods, MaxBody: maxWebhook, Verify: c.verify, Decode: c.decodeReceipt})
	}
	return routes
}

// verify compares the secret in the path. A wrong one gets 404, so that nobody learns that
// there is something to guess.
func (c *Carrier) verify(r *http.Request, _ []byte) error {
	path := r.URL.Path
	given := ""
	if i := strings.LastIndex(path, inboundPrefix); i >= 0 {
		given, _, _ = strings.Cut(path[i+len(inboundPrefix):], "/")
	}
	sum := sha256.Sum256([]byte(given))
	if subtle.ConstantTimeCompare(sum[:], c.secret[:]) != 1 {
		return &bot.Refusal{Status: http.StatusNotFound, Reason: "secret"}
	}
	return nil
}

func (c *Carrier) answer(d bot.Decoded) bot.Decoded {
	d.Answer, d.ContentType = []byte(c.cfg.Answer), "text/plain; charset=utf-8"
	return d
}

// The errors of a push that cannot be read. None quotes what came.
var (
	errNoID     = errors.New("there is no request id")
	errNoNumber = errors.New("the sender is not a Vietnamese number")
	errNoStatus = errors.New("there is no status, or nothing that says of which message")
)

func (c *Carrier) decodeInbound(r *http.Request, body []byte) (bot.Decoded, error) {
	push, err := pushOf(r, body)
	if err != nil {
		return c.answer(bot.Decoded{}), fmt.Errorf("decode pushed message: %w", err)
	}
	id := text.Clean(c.field(push, FieldID))
	if id == "" {
		return c.answer(bot.Decoded{}), fmt.Errorf("decode pushed message: %w", errNoID)
	}
	number, err := text.Phone(c.field(push, FieldNumber))
	if err != nil {
		return c.answer(bot.Decoded{}), fmt.Errorf("decode pushed message: %w", errNoNumber)
	}
	in := bot.Incoming{
		Address:    bot.Address{Channel: bot.SMS, ID: number},
		ProviderID: id,
		Kind:       bot.KindText,
		Text:       text.Clean(c.field(push, FieldText)),
		ReplyToken: id,
		Meta:       c.meta(push),
	}
	if in.Text == "" {
		in.Kind = bot.KindStart
	}
	return c.answer(bot.Decoded{Events: []bot.Incoming{in}}), nil
}

// meta keeps how the message came, for the office's statistics.
func (c *Carrier) meta(push map[string]string) map[string]string {
	meta := map[string]string{}
	for _, name := range []string{FieldService, FieldOperator, FieldKeyword} {
		if v := text.Clean(c.field(push, name)); v != "" {
			meta[name] = v
		}
	}
	return meta
}

func (c *Carrier) decodeReceipt(r *http.Request, body []byte) (bot.Decoded, error) {
	push, err := pushOf(r, body)
	if err != nil {
		return c.answer(bot.Decoded{}), fmt.Errorf("decode receipt: %w", err)
	}
	receipt := bot.Receipt{Channel: bot.SMS, ProviderID: text.Clean(c.field(push, FieldReceiptID))}
	if ref, err := strconv.ParseInt(c.field(push, FieldReceiptRef), 10, 64); err == nil && ref > 0 {
		receipt.OutboxID = ref
	}
	status := strings.TrimSpace(c.field(push, FieldReceiptStatus))
	if status == "" || receipt.ProviderID == "" && receipt.OutboxID == 0 {
		return c.answer(bot.Decoded{}), fmt.Errorf("decode receipt: %w", errNoStatus)
	}
	switch {
	case containsFold(orDefault(c.cfg.Delivered, "DELIVRD", "delivered", "1"), status):
		receipt.State = bot.ReceiptDelivered
	case containsFold(orDefault(c.cfg.Failed, "UNDELIV", "REJECTD", "EXPIRED", "DELETED", "FAILED"), status):
		receipt.State = bot.ReceiptFailed
		receipt.Failure = &bot.SendError{Class: bot.Unreachable, Code: "receipt"}
	default: // on its way
		receipt.State = bot.ReceiptAccepted
	}
	return c.answer(bot.Decoded{Receipts: []bot.Receipt{receipt}}), nil
}

func orDefault(list []string, usual ...string) []string {
	if len(list) == 0 {
		return usual
	}
	return list
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(v string) bool { return strings.EqualFold(v, s) })
}

func fieldNames(configured map[string]string) map[string][]string {
	out := map[string][]string{}
	for field, names := range DefaultFields() {
		if own, ok := configured[field]; ok {
			names = own
		}
		for name := range strings.SplitSeq(strings.ToLower(names), "|") {
			out[field] = append(out[field], strings.TrimSpace(name))
		}
	}
	return out
}

// field is the first of the carrier's names for it that holds something.
func (c *Carrier) field(push map[string]string, name string) string {
	for _, n := range c.fields[name] {
		if v := push[n]; v != "" {
			return v
		}
	}
	return ""
}

// pushOf reads what was pushed, in the query, as a form or as JSON, by names in
// lower case: carriers change their spelling. The body counts more than the query.
func pushOf(r *http.Request, body []byte) (map[string]string, error) {
	push := map[string]string{}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, errors.New("the query is broken")
	}
	add(push, query)
	if len(bytes.TrimSpace(body)) == 0 {
		return push, nil
	}
	if isJSON(r, body) {
		return push, addJSON(push, body)
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("the form is broken")
	}
	add(push, form)
	return push, nil
}

func add(push map[string]string, form url.Values) {
	for k, v := range form {
		if len(v) > 0 && v[0] != "" {
			push[strings.ToLower(k)] = v[0]
		}
	}
}

func isJSON(r *http.Request, body []byte) bool {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil {
		return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{"))
	}
	return strings.HasSuffix(kind, "json")
}

func addJSON(push map[string]string, body []byte) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber()
	var fields map[string]any
	if err := d.Decode(&fields); err != nil {
		return errors.New("the JSON is broken")
	}
	for k, v := range fields {
		if s, ok := scalar(v); ok && s != "" {
			push[strings.ToLower(k)] = s
		}
	}
	return nil
}
