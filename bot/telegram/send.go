package telegram

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tiepdan/bot"
)

// Send hands one part to Telegram. Telegram knows no key against repeats: a
// failure of class Unknown may have gone out.
func (c *Channel) Send(ctx context.Context, out bot.Outgoing) (bot.Sent, error) {
	chat, err := strconv.ParseInt(out.To.ID, 10, 64)
	if err != nil || chat == 0 {
		return bot.Sent{}, &bot.SendError{Class: bot.Unreachable, Code: "address", BadAddress: true}
	}
	params, err := c.message(out.Part)
	if err != nil {
		return bot.Sent{}, &bot.SendError{Class: bot.Rejected, Code: "markup", Err: err}
	}
	result, failed := c.sendTo(ctx, chat, params)
	if failed != nil && failed.migrateTo != 0 {
		// The group has a new id; the refused message was not taken, so once more is safe.
		chat = failed.migrateTo
		result, failed = c.sendTo(ctx, chat, params)
	}
	if failed != nil {
		return bot.Sent{}, classify(failed)
	}
	var sent tgbotapi.Message
	// Telegram said ok: the message is out, whatever else its answer holds.
	if err := json.Unmarshal(result, &sent); err != nil && sent.MessageID == 0 {
		return bot.Sent{Delivered: true}, nil
	}
	return bot.Sent{ProviderID: c.messageID(chat, sent.MessageID), Delivered: true}, nil
}

func (c *Channel) sendTo(ctx context.Context, chat int64, params tgbotapi.Params) (json.RawMessage, *failure) {
	params["chat_id"] = strconv.FormatInt(chat, 10)
	return c.call(ctx, "sendMessage", params)
}

// message is a part as the parameters of sendMessage. The library's own
// MessageConfig has neither protect_content nor link_preview_options.
func (c *Channel) message(part bot.Part) (tgbotapi.Params, error) {
	params := tgbotapi.Params{
		"text":            part.Text, // no parse_mode: nothing in it needs escaping
		"protect_content": "true",
		// Telegram would fetch the page to preview it, and could use up a link that works once.
		"link_preview_options": `{"is_disabled":true}`,
	}
	if err := params.AddInterface("reply_markup", c.markup(part)); err != nil {
		return nil, fmt.Errorf("write the keyboard: %w", err)
	}
	return params, nil
}

// markup is the keyboard under a part. Only one kind fits on a message: where
// the number is asked for, the choices become keys that send their label as text.
// Every other message takes such keys away again.
func (c *Channel) markup(part bot.Part) any {
	switch {
	case part.AskContact && c.share != "":
		rows := [][]tgbotapi.KeyboardButton{{tgbotapi.NewKeyboardButtonContact(c.share)}}
		for _, row := range part.Buttons {
			keys := make([]tgbotapi.KeyboardButton, 0, len(row))
			for _, choice := range row {
				keys = append(keys, tgbotapi.NewKeyboardButton(choice.Label))
			}
			rows = append(rows, keys)
		}
		return tgbotapi.ReplyKeyboardMarkup{Keyboard: rows, ResizeKeyboard: true, OneTimeKeyboard: true}
	case len(part.Buttons) > 0:
		rows := make([][]tgbotapi.InlineKeyboardButton, 0, len(part.Buttons))
		for _, row := range part.Buttons {
			keys := make([]tgbotapi.InlineKeyboardButton, 0, len(row))
			for _, choice := range row {
				keys = append(keys, tgbotapi.NewInlineKeyboardButtonData(choice.Label, choice.ID))
			}
			rows = append(rows, keys)
		}
		return tgbotapi.NewInlineKeyboardMarkup(rows...)
	default:
		return tgbotapi.NewRemoveKeyboard(false)
	}
}

// messageID is the provider id of a message, in or out. Telegram numbers
// messages within a chat of one bot only, and from one again for another bot.
func (c *Channel) messageID(chat int64, message int) string {
	return fmt.Sprintf("m%s.%d.%d", c.botID, chat, message)
}

// updateID is the provider id of whatever is not a new message. Update ids are
// unique within one bot; they do not always rise (core.telegram.org/bots/api#update).
func (c *Channel) updateID(update int64) string {
	return fmt.Sprintf("u%s.%d", c.botID, update)
}
