package telegramtest

import (
	"context"
	"encoding/json"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

const (
	maxText      = 4096 // code points
	maxRawText   = 32768
	maxData      = 64 // bytes of callback_data
	pressExpires = 150 * time.Second
)

// Message is one that the bot sent.
type Message struct {
	ID        int
	Chat      int64
	Text      string
	Buttons   [][]Button // under the message
	Keys      [][]Key    // instead of the keyboard
	NoKeys    bool       // takes such keys away
	Protected bool
	At        time.Time
}

// Button is an inline button.
type Button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
	URL  string `json:"url"`
}

// Key is a button that stands in for the keyboard.
type Key struct {
	Text           string `json:"text"`
	RequestContact bool   `json:"request_contact"`
}

func (s *Server) bot() user {
	return user{ID: s.botID, IsBot: true, FirstName: "Bot", UserName: "xa_bot"}
}

func (s *Server) getMe(context.Context, map[string]string) answer { return done(s.bot()) }

func (s *Server) sendMessage(_ context.Context, p map[string]string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	to, refusal := s.recipient(p["chat_id"])
	if refusal != nil {
		return *refusal
	}
	m := Message{Chat: to.id, Text: strings.TrimSpace(p["text"]), Protected: p["protect_content"] == "true"}
	switch {
	case !utf8.ValidString(p["text"]):
		return badRequest("strings must be encoded in UTF-8")
	case p["parse_mode"] != "":
		return badRequest("unsupported parse_mode") // plain text only, here
	case m.Text == "":
		return badRequest("message text is empty")
	case utf8.RuneCountInString(m.Text) > maxText || len(p["text"]) > maxRawText:
		return badRequest("message is too long")
	}
	if why := readMarkup(&m, to, p["reply_markup"]); why != "" {
		return badRequest(why)
	}
	if s.over() {
		return tooMany(1)
	}
	m.ID, m.At = to.number(), s.opt.Clock()
	to.sent = append(to.sent, m)
	from := s.bot()
	return done(message{ID: m.ID, From: &from, Chat: to.shape(), Date: m.At.Unix(), Text: m.Text})
}

// recipient finds the chat, or says why nothing can be sent there.
func (s *Server) recipient(id string) (*chat, *answer) {
	no := func(a answer) (*chat, *answer) { return nil, &a }
	if id == "" {
		return no(badRequest("chat_id is empty"))
	}
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return no(badRequest("chat not found"))
	}
	if to, ok := s.moved[n]; ok {
		a := badRequest("group chat was upgraded to a supergroup chat")
		a.Parameters = &parameters{MigrateTo: to}
		return no(a)
	}
	to, ok := s.chats[n]
	switch {
	case !ok:
		return no(badRequest("chat not found"))
	case to.deactivated:
		return no(refuse(http.StatusForbidden, "Forbidden: user is deactivated"))
	case to.blocked && to.kind != "private":
		return no(refuse(http.StatusForbidden, "Forbidden: bot was kicked from the "+to.kind+" chat"))
	case to.blocked:
		return no(refuse(http.StatusForbidden, "Forbidden: bot was blocked by the user"))
	case !to.started:
		return no(refuse(http.StatusForbidden, "Forbidden: bot can't initiate conversation with a user"))
	}
	return to, nil
}

// over counts a message against the pace. mu is held.
func (s *Server) over() bool {
	if s.opt.PerSecond == 0 {
		return false
	}
	now := s.opt.Clock()
	s.recent = slices.DeleteFunc(s.recent, func(at time.Time) bool { return now.Sub(at) >= time.Second })
	if len(s.recent) >= s.opt.PerSecond {
		return true
	}
	s.recent = append(s.recent, now)
	return false
}

// readMarkup reads a keyboard into m, or says what is wrong with it.
func readMarkup(m *Message, to *chat, raw string) string {
	if raw == "" || raw == "null" {
		return ""
	}
	var markup struct {
		Inline *json.RawMessage `json:"inline_keyboard"`
		Keys   *json.RawMessage `json:"keyboard"`
		Remove bool             `json:"remove_keyboard"`
		Force  bool             `json:"force_reply"`
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal([]byte(raw), &fields) != nil || json.Unmarshal([]byte(raw), &markup) != nil {
		return "object expected as reply markup"
	}
	_, inline := fields["inline_keyboard"]
	_, keys := fields["keyboard"]
	switch {
	case inline:
		return readButtons(m, markup.Inline)
	case keys:
		return readKeys(m, to, markup.Keys)
	case markup.Remove:
		m.NoKeys = true
	case !markup.Force:
		return "object expected as reply markup"
	}
	return ""
}

func readButtons(m *Message, raw *json.RawMessage) string {
	if raw == nil || json.Unmarshal(*raw, &m.Buttons) != nil {
		return `field "inline_keyboard" must be of type Array`
	}
	for _, row := range m.Buttons {
		for _, b := range row {
			switch {
			case b.Text == "":
				return "inline keyboard button text must be non-empty"
			case b.Data == "" && b.URL == "":
				return "text buttons are unallowed in the inline keyboard"
			case len(b.Data) > maxData:
				return "BUTTON_DATA_INVALID"
			}
		}
	}
	return ""
}

func readKeys(m *Message, to *chat, raw *json.RawMessage) string {
	if raw == nil || json.Unmarshal(*raw, &m.Keys) != nil {
		return `field "keyboard" must be of type Array`
	}
	for _, row := range m.Keys {
		for _, k := range row {
			switch {
			case k.Text == "":
				return "keyboard button text must be non-empty"
			case k.RequestContact && to.kind != "private":
				return "phone number can be requested in private chats only"
			}
		}
	}
	return ""
}

// press is a button that somebody pressed.
type press struct {
	at       time.Time
	answered int
}

func (s *Server) answerCallbackQuery(_ context.Context, p map[string]string) answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	pressed, ok := s.presses[p["callback_query_id"]]
	switch {
	case !ok || s.opt.Clock().Sub(pressed.at) > pressExpires:
		return badRequest("query is too old and response timeout expired or query ID is invalid")
	case utf8.RuneCountInString(p["text"]) > 200:
		return badRequest("MESSAGE_TOO_LONG")
	}
	pressed.answered++
	return done(true)
}

// Answered says how often a pressed button was answered.
func (s *Server) Answered(press string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.presses[press]; ok {
		return p.answered
	}
	return 0
}

type command struct {
	Command     string `json:"command"`
	Description string `json:"description"`
}

var commandForm = regexp.MustCompile(`^[a-z0-9_]{1,32}$`)

func (s *Server) setMyCommands(_ context.Context, p map[string]string) answer {
	var commands []command
	if json.Unmarshal([]byte(p["commands"]), &commands) != nil || len(commands) > 100 {
		return badRequest("can't parse BotCommand")
	}
	for _, c := range commands {
		n := utf8.RuneCountInString(c.Description)
		if !commandForm.MatchString(c.Command) || n < 1 || n > 256 {
			return badRequest("BOT_COMMAND_INVALID")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.commands[p["language_code"]] = commands
	return done(true)
}
