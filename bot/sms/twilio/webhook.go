package twilio

import (
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/text"
)

const (
	inboundPath = "/webhooks/twilio"
	statusPath  = "/webhooks/twilio/status"
	maxWebhook  = 64 << 10
	refParam    = "ref" // our outbox row in the address of the status callback, which the signature covers
)

// Webhooks are the two paths that Twilio calls.
func (c *Carrier) Webhooks() []bot.Route {
	return []bot.Route{
		{Path: inboundPath, MaxBody: maxWebhook, Verify: c.verify, Decode: c.decodeInbound},
		{Path: statusPath, MaxBody: maxWebhook, Verify: c.verify, Decode: c.decodeStatus},
	}
}

// verify checks X-Twilio-Signature
// (https://www.twilio.com/docs/usage/webhooks/webhooks-security). The address is built
// from the configuration, because behind a proxy the request's own host is an inner one.
func (c *Carrier) verify(r *http.Request, body []byte) error {
	if c.public == "" {
		return &bot.Refusal{Status: http.StatusForbidden, Reason: "not_configured"}
	}
	signature := r.Header.Get("X-Twilio-Signature")
	if signature == "" || !c.validator.ValidateBody(c.public+r.URL.RequestURI(), body, signature) {
		return &bot.Refusal{Status: http.StatusForbidden, Reason: "signature"}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil || form.Get("AccountSid") != c.cfg.AccountSID {
		return &bot.Refusal{Status: http.StatusForbidden, Reason: "account"}
	}
	return nil
}

// answer is the empty TwiML: nothing to do. An empty body fills Twilio's
// debugger, and plain text would be sent to the person as an SMS.
func answer(d bot.Decoded) bot.Decoded {
	d.Answer = []byte(`<?xml version="1.0" encoding="UTF-8"?><Response/>`)
	d.ContentType = "text/xml; charset=utf-8"
	return d
}

func (c *Carrier) decodeInbound(r *http.Request, body []byte) (bot.Decoded, error) {
	form, err := formOf(r, body)
	if err != nil {
		return answer(bot.Decoded{}), err
	}
	id := form.Get("MessageSid")
	if id == "" {
		return answer(bot.Decoded{}), errors.New("decode inbound message: no MessageSid")
	}
	in := bot.Incoming{
		Address:    bot.Address{Channel: bot.SMS, ID: form.Get("From")},
		ProviderID: id,
		Text:       text.Clean(form.Get("Body")),
	}
	if !sms.E164(in.Address.ID) {
		return answer(bot.Decoded{}), nil // another of Twilio's channels, or a sender nobody can answer
	}
	switch strings.ToUpper(form.Get("OptOutType")) {
	case "STOP":
		in.Kind = bot.KindOptOut
	case "START":
		in.Kind = bot.KindOptIn
	case "HELP": // Twilio has sent its own help; ours would be a second one
		return answer(bot.Decoded{}), nil
	default:
		in.Files = media(form, id)
		in.Kind = kind(in)
	}
	return answer(bot.Decoded{Events: []bot.Incoming{in}}), nil
}

func kind(in bot.Incoming) bot.Kind {
	switch {
	case len(in.Files) > 0:
		return bot.KindFiles
	case in.Text == "":
		return bot.KindStart
	}
	return bot.KindText
}

// maxMedia is how many files Twilio puts into one message.
const maxMedia = 10

// media names the files of a message as "<message sid>/<media sid>", which is
// where they lie at Twilio, whatever host the address named.
func media(form url.Values, id string) []bot.FileRef {
	n, err := strconv.Atoi(form.Get("NumMedia"))
	if err != nil {
		return nil
	}
	var files []bot.FileRef
	for i := range min(n, maxMedia) {
		_, name, _ := strings.Cut(form.Get("MediaUrl"+strconv.Itoa(i)), "/Media/")
		if !sid(name, "ME") {
			continue
		}
		files = append(files, bot.FileRef{ProviderID: id + "/" + name, Type: form.Get("MediaContentType" + strconv.Itoa(i))})
	}
	return files
}

func (c *Carrier) decodeStatus(r *http.Request, body []byte) (bot.Decoded, error) {
	form, err := formOf(r, body)
	if err != nil {
		return answer(bot.Decoded{}), err
	}
	id := form.Get("MessageSid")
	if id == "" {
		return answer(bot.Decoded{}), errors.New("decode status callback: no MessageSid")
	}
	// No code reads as 0, which receiptOf takes for "not told".
	code, _ := strconv.Atoi(form.Get("ErrorCode"))
	receipt, known := receiptOf(form.Get("MessageStatus"), code)
	if !known {
		return answer(bot.Decoded{}), nil
	}
	receipt.ProviderID = id
	if ref, err := strconv.ParseInt(r.URL.Query().Get(refParam), 10, 64); err == nil && ref > 0 {
		receipt.OutboxID = ref
	}
	return answer(bot.Decoded{Receipts: []bot.Receipt{receipt}}), nil
}

// receiptOf ranks Twilio's states
// (https://www.twilio.com/docs/messaging/guides/outbound-message-status-in-status-callbacks).
// It is false for a state that says nothing about a message of ours.
func receiptOf(status string, code int) (bot.Receipt, bool) {
	r := bot.Receipt{Channel: bot.SMS}
	switch status {
	case "accepted", "scheduled", "queued", "sending":
		r.State = bot.ReceiptAccepted
	case "sent", "partially_delivered":
		r.State = bot.ReceiptSent
	case "delivered", "read":
		r.State = bot.ReceiptDelivered
	case "undelivered", "failed", "canceled":
		r.State = bot.ReceiptFailed
		r.Failure = receiptFailure(code)
	default:
		return bot.Receipt{}, false
	}
	return r, true
}

// formOf reads the body alone: the query holds parameters of ours, not Twilio's.
func formOf(r *http.Request, body []byte) (url.Values, error) {
	if t := r.Header.Get("Content-Type"); t != "" {
		media, _, err := mime.ParseMediaType(t)
		if err != nil || media != "application/x-www-form-urlencoded" {
			return nil, errors.New("decode webhook: not a form")
		}
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, fmt.Errorf("decode webhook: %w", err)
	}
	return form, nil
}
