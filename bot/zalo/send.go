package zalo

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"

	"tiepdan/bot"
)

const sendPath = "/v3.0/oa/message/cs"

// The consultation message, as Zalo wants it.
type (
	csMessage struct {
		Recipient csRecipient `json:"recipient"`
		Message   csContent   `json:"message"`
	}
	csRecipient struct {
		UserID string `json:"user_id"`
	}
	csContent struct {
		Text       string        `json:"text"`
		Attachment *csAttachment `json:"attachment,omitempty"`
	}
	csAttachment struct {
		Type    string    `json:"type"`
		Payload csPayload `json:"payload"`
	}
	csPayload struct {
		Buttons []csButton `json:"buttons"`
	}
	csButton struct {
		Title   string `json:"title"`
		Type    string `json:"type"`
		Payload string `json:"payload"`
	}
)

// Send hands over one consultation message. Every failure is a *bot.SendError. It
// never sends a message again whose outcome is unknown.
func (c *Channel) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	if out.To.Channel != bot.Zalo || !ident(out.To.ID).named() {
		return bot.Sent{}, &bot.SendError{Class: bot.Unreachable, Code: "address", BadAddress: true}
	}
	if strings.TrimSpace(out.Part.Text) == "" {
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "empty"}
	}
	body, err := encode(out)
	if err != nil {
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "encode"}
	}
	a, serr := c.call(ctx, request{path: sendPath, body: body})
	if serr != nil {
		return bot.Sent{}, serr
	}
	var data struct {
		MessageID ident `json:"message_id"`
	}
	if lenient(a.data, &data) != nil || data.MessageID == "" {
		// Taken all the same; only its receipt will find no row.
		c.log.Warn("zalo took a message without giving its id", "outbox_id", out.ID)
	}
	return bot.Sent{ProviderID: string(data.MessageID)}, nil
}

func encode(out bot.Outgoing) ([]byte, error) {
	msg := csMessage{Recipient: csRecipient{out.To.ID}, Message: csContent{Text: out.Part.Text}}
	if len(out.Part.Buttons) > 0 {
		// No template_type: the shape with buttons alone is the one on record.
		attachment := &csAttachment{Type: "template"}
		for _, row := range out.Part.Buttons {
			for _, choice := range row {
				attachment.Payload.Buttons = append(attachment.Payload.Buttons,
					csButton{Title: choice.Label, Type: "oa.query.hide", Payload: choicePrefix + choice.ID})
			}
		}
		msg.Message.Attachment = attachment
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(msg); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
