package telegram

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// Why an update leads to no event (bot.Decoded.Dropped).
const (
	dropKind    = "kind"    // a kind of update that we do not ask for
	dropGroup   = "group"   // said in a group: nothing personal is ever answered there
	dropService = "service" // the app's own note (a pinned message), not the person's
	dropEdit    = "edit"    // an edit without words, such as a moving location
	dropPress   = "press"   // a press on what is no button of ours
	dropMember  = "member"  // a change of membership that tells us nothing
)

var errBody = errors.New("decode a telegram update: not an update")

// update holds the kinds that we read, in the library's types.
type update struct {
	ID       int64                       `json:"update_id"`
	Message  *message                    `json:"message"`
	Edited   *message                    `json:"edited_message"`
	Callback *tgbotapi.CallbackQuery     `json:"callback_query"`
	Member   *tgbotapi.ChatMemberUpdated `json:"my_chat_member"`
}

// message adds what the library's type is too old for.
type message struct {
	tgbotapi.Message
	ForwardOrigin json.RawMessage `json:"forward_origin"`
	Background    json.RawMessage `json:"chat_background_set"`
	WriteAccess   json.RawMessage `json:"write_access_allowed"`
}

// read decodes one update, from a webhook or a poll. pressed is the callback query to
// answer, if it is one. What it does not know it leaves out.
func (c *Channel) read(body []byte) (d bot.Decoded, pressed string, err error) {
	var u update
	var mistyped *json.UnmarshalTypeError
	// A field that is no longer of the type that the library knows costs that
	// field only: encoding/json fills the rest.
	if err := json.Unmarshal(body, &u); err != nil && !errors.As(err, &mistyped) {
		return bot.Decoded{}, "", errBody // not wrapped: its text can quote the body
	}
	if u.ID <= 0 {
		return bot.Decoded{}, "", errBody
	}
	var in bot.Incoming
	var drop string
	switch {
	case u.Message != nil:
		in, drop = c.readMessage(u.Message)
	case u.Edited != nil:
		in, drop = c.readEdit(u.ID, u.Edited)
	case u.Callback != nil:
		pressed = text.Clean(u.Callback.ID)
		in, drop = c.readPress(u.ID, u.Callback)
	case u.Member != nil:
		in, drop = c.readMember(u.ID, u.Member)
	default:
		drop = dropKind
	}
	if drop != "" {
		d.Dropped = []string{drop}
		return d, pressed, nil
	}
	d.Events = []bot.Incoming{in}
	return d, pressed, nil
}

// foreign says why a chat is not one person's talk with us; "" if it is.
func foreign(chat *tgbotapi.Chat) (drop string) {
	switch {
	case chat == nil || chat.ID == 0:
		return dropKind
	case chat.Type != "private":
		return dropGroup
	}
	return ""
}

// readMessage reads a new message. Its provider id is made of chat and message
// number: as sure against repeats as the update's id, and an edit can name it.
func (c *Channel) readMessage(m *message) (bot.Incoming, string) {
	if drop := foreign(m.Chat); drop != "" {
		return bot.Incoming{}, drop
	}
	in := bot.Incoming{
		Address:    address(m.Chat.ID),
		ProviderID: c.messageID(m.Chat.ID, m.MessageID),
		At:         at(m.Date),
		Meta:       map[string]string{"message_id": strconv.Itoa(m.MessageID)},
	}
	if m.MediaGroupID != "" {
		in.Meta["album"] = text.Clean(m.MediaGroupID)
	}
	files := filesOf(&m.Message)
	switch {
	case m.Text != "":
		readText(&in, m.Text)
	case len(files) > 0:
		in.Kind, in.Files, in.Text = bot.KindFiles, files, text.Clean(m.Caption)
	case m.Location != nil:
		readLocation(&in, &m.Message)
	case m.Contact != nil:
		readContact(&in, m)
	case service(m):
		return bot.Incoming{}, dropService
	default:
		in.Kind = bot.KindUnread
	}
	return in, ""
}

// readText tells commands from words. "/start x" opens the chat; any other
// command is read as if its words had been typed.
func readText(in *bot.Incoming, raw string) {
	words := text.Clean(raw)
	if words == "" { // nothing but white space and controls
		in.Kind = bot.KindUnread
		return
	}
	in.Kind, in.Text = bot.KindText, words
	name, rest, ok := command(words)
	switch {
	case !ok:
	case name == "start":
		in.Kind, in.Text = bot.KindStart, rest
	default:
		// A command's name cannot hold a space, so "/tro_giup" stands for two words.
		in.Text = strings.TrimSpace(strings.ReplaceAll(name, "_", " ") + " " + rest)
	}
}

// command takes "/name@bot rest" apart. It goes by the text and not by the entities:
// their lengths come from outside, and the library slices by them.
func command(s string) (name, rest string, ok bool) {
	s, ok = strings.CutPrefix(s, "/")
	if !ok {
		return "", "", false
	}
	word := s
	if i := strings.IndexAny(s, " \n"); i >= 0 {
		word, rest = s[:i], strings.TrimSpace(s[i:])
	}
	name, _, _ = strings.Cut(word, "@")
	for _, r := range name {
		if r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') {
			return "", "", false
		}
	}
	// Names have at most 32 characters (core.telegram.org/bots/api#botcommand).
	if strings.Trim(name, "_") == "" || len(name) > 32 {
		return "", "", false
	}
	return name, rest, true
}

func readLocation(in *bot.Incoming, m *tgbotapi.Message) {
	in.Kind = bot.KindLocation
	in.Meta["latitude"] = strconv.FormatFloat(m.Location.Latitude, 'f', -1, 64)
	in.Meta["longitude"] = strconv.FormatFloat(m.Location.Longitude, 'f', -1, 64)
	if m.Venue != nil {
		in.Text = text.Clean(m.Venue.Title + "\n" + m.Venue.Address)
	}
}

// readContact takes a number only as the sender's own. Anybody can pass on a
// card from an address book, or forward one; but user_id is put there by the
// server, which looks the number up: equal to the sender's it proves that the
// number is that account's login. Whether we had asked for it, the dialogue knows.
func readContact(in *bot.Incoming, m *message) {
	phone, ok := e164(m.Contact.PhoneNumber)
	forwarded := m.ForwardDate != 0 || m.ForwardFrom != nil || m.ForwardFromChat != nil ||
		m.ForwardSenderName != "" || present(m.ForwardOrigin)
	switch {
	case forwarded:
		in.Meta["reason"] = "contact_forwarded"
	case m.From == nil || m.Contact.UserID == 0 || m.Contact.UserID != m.From.ID || m.From.ID != m.Chat.ID:
		in.Meta["reason"] = "contact_foreign"
	case !ok:
		in.Meta["reason"] = "contact_number"
	default:
		in.Kind, in.Phone = bot.KindContact, phone
		return
	}
	in.Kind = bot.KindUnread
}

// e164 reads the number of a contact, which is international with or without its plus.
func e164(s string) (string, bool) {
	var digits strings.Builder
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			digits.WriteRune(r)
		case !strings.ContainsRune("+ -().", r):
			return "", false
		}
	}
	n := digits.String()
	if len(n) < 7 || len(n) > 15 || n[0] == '0' {
		return "", false
	}
	return "+" + n, true
}

// service says whether a message is a note of the app itself. What is not
// known to be one counts as something that the person sent.
func service(m *message) bool {
	return m.PinnedMessage != nil || m.MessageAutoDeleteTimerChanged != nil || m.ProximityAlertTriggered != nil ||
		m.ConnectedWebsite != "" || present(m.Background) || present(m.WriteAccess)
}

// present says whether an optional field was there.
func present(raw json.RawMessage) bool { return len(raw) > 0 && string(raw) != "null" }

// readEdit reads a changed message. It names the original, and has an id of its
// own, because a message can be edited many times.
func (c *Channel) readEdit(id int64, m *message) (bot.Incoming, string) {
	if drop := foreign(m.Chat); drop != "" {
		return bot.Incoming{}, drop
	}
	var words bot.Incoming
	readText(&words, m.Text+m.Caption) // a message has one or the other
	if words.Text == "" {
		return bot.Incoming{}, dropEdit
	}
	return bot.Incoming{
		Address:    address(m.Chat.ID),
		ProviderID: c.updateID(id),
		Kind:       bot.KindEdited,
		Text:       words.Text,
		Replaces:   c.messageID(m.Chat.ID, m.MessageID),
		At:         at(m.EditDate),
		Meta:       map[string]string{"message_id": strconv.Itoa(m.MessageID)},
	}, ""
}

// readPress reads a pressed button. Its data is what somebody's app sent: it is
// for the dialogue to check that this person may choose it.
func (c *Channel) readPress(id int64, q *tgbotapi.CallbackQuery) (bot.Incoming, string) {
	if q.Message == nil || q.From == nil { // inline mode, which we do not use
		return bot.Incoming{}, dropPress
	}
	if drop := foreign(q.Message.Chat); drop != "" {
		return bot.Incoming{}, drop
	}
	choice := text.Clean(q.Data)
	if choice == "" || q.From.ID != q.Message.Chat.ID {
		return bot.Incoming{}, dropPress
	}
	return bot.Incoming{
		Address:    address(q.Message.Chat.ID),
		ProviderID: c.updateID(id),
		Kind:       bot.KindChoice,
		Choice:     choice,
		Meta:       map[string]string{"message_id": strconv.Itoa(q.Message.MessageID)},
	}, ""
}

// readMember reads that a person blocked us, or came back. Coming back is an
// opened chat with Meta "unblocked": the app often sends /start right after it.
func (c *Channel) readMember(id int64, m *tgbotapi.ChatMemberUpdated) (bot.Incoming, string) {
	if drop := foreign(&m.Chat); drop != "" {
		return bot.Incoming{}, drop
	}
	in := bot.Incoming{
		Address:    address(m.Chat.ID),
		ProviderID: c.updateID(id),
		At:         at(m.Date),
		Meta:       map[string]string{},
	}
	switch m.NewChatMember.Status {
	case "kicked":
		in.Kind = bot.KindBlocked
	case "member":
		in.Kind = bot.KindStart
		in.Meta["unblocked"] = "true"
	default:
		return bot.Incoming{}, dropMember
	}
	return in, ""
}

func address(chat int64) bot.Address {
	return bot.Address{Channel: bot.Telegram, ID: strconv.FormatInt(chat, 10)}
}

// at is Telegram's time: seconds since 1970; 0 is unknown.
func at(seconds int) time.Time {
	if seconds <= 0 {
		return time.Time{}
	}
	return time.Unix(int64(seconds), 0).UTC()
}
