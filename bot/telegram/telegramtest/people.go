package telegramtest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
)

// chat is one that the bot takes part in, or could.
type chat struct {
	id          int64
	kind        string // "private", "group", "supergroup"
	name        string
	started     bool
	blocked     bool
	deactivated bool
	last        int // number of the latest message
	sent        []Message
	said        map[int]message // what the person wrote, by number
}

func (c *chat) number() int {
	c.last++
	return c.last
}

func (c *chat) shape() chatShape {
	if c.kind == "private" {
		return chatShape{ID: c.id, FirstName: c.name, Type: c.kind}
	}
	return chatShape{ID: c.id, Title: c.name, Type: c.kind}
}

// The shapes of updates, in the order in which the real server writes their fields.
type user struct {
	ID        int64  `json:"id"`
	IsBot     bool   `json:"is_bot"`
	FirstName string `json:"first_name"`
	UserName  string `json:"username,omitempty"`
	Language  string `json:"language_code,omitempty"`
}

type chatShape struct {
	ID        int64  `json:"id"`
	FirstName string `json:"first_name,omitempty"`
	Title     string `json:"title,omitempty"`
	Type      string `json:"type"`
}

type message struct {
	ID       int        `json:"message_id"`
	From     *user      `json:"from,omitempty"`
	Chat     chatShape  `json:"chat"`
	Date     int64      `json:"date"`
	EditDate int64      `json:"edit_date,omitempty"`
	Forward  *forward   `json:"forward_origin,omitempty"`
	Forward1 int64      `json:"forward_date,omitempty"`
	Album    string     `json:"media_group_id,omitempty"`
	Text     string     `json:"text,omitempty"`
	Entities []entity   `json:"entities,omitempty"`
	Photo    []photo    `json:"photo,omitempty"`
	Document *document  `json:"document,omitempty"`
	Voice    *voice     `json:"voice,omitempty"`
	Caption  string     `json:"caption,omitempty"`
	Contact  *contact   `json:"contact,omitempty"`
	Location *location  `json:"location,omitempty"`
	Sticker  *sticker   `json:"sticker,omitempty"`
	Markup   *keyboards `json:"reply_markup,omitempty"`
}

type (
	keyboards struct {
		Inline [][]Button `json:"inline_keyboard"`
	}
	entity struct {
		Offset int    `json:"offset"`
		Length int    `json:"length"`
		Type   string `json:"type"`
	}
	forward struct {
		Type string `json:"type"`
		Date int64  `json:"date"`
	}
	photo struct {
		FileID string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Size   int64  `json:"file_size"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	}
	document struct {
		Name   string `json:"file_name,omitempty"`
		Mime   string `json:"mime_type,omitempty"`
		FileID string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Size   int64  `json:"file_size"`
	}
	voice struct {
		Duration int    `json:"duration"`
		Mime     string `json:"mime_type"`
		FileID   string `json:"file_id"`
		Unique   string `json:"file_unique_id"`
		Size     int64  `json:"file_size"`
	}
	contact struct {
		Phone     string `json:"phone_number"`
		FirstName string `json:"first_name"`
		UserID    int64  `json:"user_id,omitempty"`
	}
	location struct {
		Latitude  float64 `json:"latitude"`
		Longitude float64 `json:"longitude"`
	}
	sticker struct {
		FileID string `json:"file_id"`
		Unique string `json:"file_unique_id"`
		Type   string `json:"type"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	}
	callback struct {
		ID       string  `json:"id"`
		From     user    `json:"from"`
		Message  message `json:"message"`
		Instance string  `json:"chat_instance"`
		Data     string  `json:"data"`
	}
	member struct {
		User   user   `json:"user"`
		Status string `json:"status"`
		Until  *int   `json:"until_date,omitempty"`
	}
	memberChange struct {
		Chat chatShape `json:"chat"`
		From user      `json:"from"`
		Date int64     `json:"date"`
		Old  member    `json:"old_chat_member"`
		New  member    `json:"new_chat_member"`
	}
)

// Person is somebody with the app.
type Person struct {
	s  *Server
	id int64
}

// Person makes somebody known who has not opened the chat yet.
func (s *Server) Person(id int64, name string) *Person {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.chats[id] == nil {
		s.chats[id] = &chat{id: id, kind: "private", name: name, said: map[int]message{}}
	}
	return &Person{s: s, id: id}
}

// ID is the person's, and their chat's.
func (p *Person) ID() int64 { return p.id }

// Address is the chat's id as a bot keeps it.
func (p *Person) Address() string { return strconv.FormatInt(p.id, 10) }

func (p *Person) user(c *chat) user {
	return user{ID: p.id, FirstName: c.name, Language: "vi"}
}

// write makes a message of the person's and brings it.
func (p *Person) write(fill func(*message)) int {
	p.s.mu.Lock()
	c := p.s.chats[p.id]
	c.started = true
	from := p.user(c)
	m := message{ID: c.number(), From: &from, Chat: c.shape(), Date: p.s.opt.Clock().Unix()}
	fill(&m)
	c.said[m.ID] = m
	p.s.mu.Unlock()
	p.s.push("message", "chat:"+p.Address(), m, messageExpires)
	return m.ID
}

// Start opens the chat, through a link if there is a payload.
func (p *Person) Start(payload string) int {
	text := "/start"
	if payload != "" {
		text += " " + payload
	}
	return p.write(func(m *message) {
		m.Text = text
		m.Entities = []entity{{Length: len("/start"), Type: "bot_command"}}
	})
}

// Say sends a text, and returns its message number.
func (p *Person) Say(text string) int {
	return p.write(func(m *message) { m.Text = text })
}

// Edit changes an earlier text.
func (p *Person) Edit(number int, text string) error {
	p.s.mu.Lock()
	m, ok := p.s.chats[p.id].said[number]
	p.s.mu.Unlock()
	if !ok {
		return fmt.Errorf("telegramtest: message %d is not this person's", number)
	}
	m.Text, m.EditDate = text, p.s.opt.Clock().Unix()
	p.s.push("edited_message", "chat:"+p.Address(), m, messageExpires)
	return nil
}

// Press presses a button with data under a message of the bot's, whether or not
// it is there: a changed app can send anything. It returns the press's id.
func (p *Person) Press(number int, data string) string {
	p.s.mu.Lock()
	c := p.s.chats[p.id]
	id := strconv.FormatInt(p.id, 10) + strconv.Itoa(1000000+len(p.s.presses))
	p.s.presses[id] = &press{at: p.s.opt.Clock()}
	from, sender := p.user(c), p.s.bot()
	m := message{ID: number, Chat: c.shape()} // date 0: the message is gone
	for _, sent := range c.sent {
		if sent.ID == number {
			m = message{ID: number, From: &sender, Chat: c.shape(), Date: sent.At.Unix(), Text: sent.Text, Markup: &keyboards{sent.Buttons}}
		}
	}
	p.s.mu.Unlock()
	p.s.push("callback_query", "user:"+p.Address(),
		callback{ID: id, From: from, Message: m, Instance: "-8123456789012345678", Data: data}, pressExpires)
	return id
}

// PressLabel presses the latest button with that label.
func (p *Person) PressLabel(label string) (string, error) {
	for _, m := range slices.Backward(p.Inbox()) {
		for _, row := range m.Buttons {
			for _, b := range row {
				if b.Text == label {
					return p.Press(m.ID, b.Data), nil
				}
			}
		}
	}
	return "", fmt.Errorf("telegramtest: no button %q", label)
}

// ShareNumber shares the person's own number, as the button for it does.
func (p *Person) ShareNumber(phone string) int { return p.ShareContact(phone, p.id, false) }

// ShareContact passes on a contact; user is its account, 0 if it has none.
func (p *Person) ShareContact(phone string, user int64, forwarded bool) int {
	return p.write(func(m *message) {
		m.Contact = &contact{Phone: phone, FirstName: "A", UserID: user}
		if forwarded {
			m.Forward, m.Forward1 = &forward{Type: "hidden_user", Date: m.Date}, m.Date
		}
	})
}

// SendPhoto sends a picture in two sizes; album groups pictures that were sent together.
func (p *Person) SendPhoto(content []byte, caption, album string) int {
	id := p.s.AddFile(fmt.Sprintf("photos/file_%d.jpg", p.s.fileNumber()), content)
	return p.write(func(m *message) {
		m.Caption, m.Album = caption, album
		m.Photo = []photo{{id + "small", "AQADs", 1402, 90, 67}, {id, "AQADb", int64(len(content)), 1280, 960}}
	})
}

// SendDocument sends a file under a name and type of the sender's choice.
func (p *Person) SendDocument(content []byte, name, mime, caption string) int {
	id := p.s.AddFile(fmt.Sprintf("documents/file_%d", p.s.fileNumber()), content)
	return p.write(func(m *message) {
		m.Caption = caption
		m.Document = &document{name, mime, id, "AgADd", int64(len(content))}
	})
}

// SendVoice sends a spoken message.
func (p *Person) SendVoice(content []byte) int {
	id := p.s.AddFile(fmt.Sprintf("voice/file_%d.oga", p.s.fileNumber()), content)
	return p.write(func(m *message) { m.Voice = &voice{12, "audio/ogg", id, "AgADv", int64(len(content))} })
}

// SendSticker sends what no bot can read.
func (p *Person) SendSticker() int {
	return p.write(func(m *message) { m.Sticker = &sticker{"CAAC", "AgADs", "regular", 512, 512} })
}

// SendLocation sends a place.
func (p *Person) SendLocation(latitude, longitude float64) int {
	return p.write(func(m *message) { m.Location = &location{latitude, longitude} })
}

func (s *Server) fileNumber() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.files)
}

// Block shuts the bot out.
func (p *Person) Block() { p.setBlocked(true) }

// Unblock lets it in again.
func (p *Person) Unblock() { p.setBlocked(false) }

func (p *Person) setBlocked(blocked bool) {
	p.s.mu.Lock()
	c := p.s.chats[p.id]
	c.blocked = blocked
	none := 0
	in, out := member{User: p.s.bot(), Status: "member"}, member{User: p.s.bot(), Status: "kicked", Until: &none}
	change := memberChange{Chat: c.shape(), From: p.user(c), Date: p.s.opt.Clock().Unix(), Old: in, New: out}
	if !blocked {
		change.Old, change.New = out, in
	}
	p.s.mu.Unlock()
	p.s.push("my_chat_member", "member:"+p.Address(), change, messageExpires)
}

// Deactivate deletes the person's account.
func (p *Person) Deactivate() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.chats[p.id].deactivated = true
}

// SayInGroup writes in a group that the bot is in.
func (p *Person) SayInGroup(group int64, text string) {
	p.s.mu.Lock()
	if p.s.chats[group] == nil {
		p.s.chats[group] = &chat{id: group, kind: "supergroup", name: "Thôn Đông", started: true}
	}
	c := p.s.chats[group]
	from := p.user(p.s.chats[p.id])
	m := message{ID: c.number(), From: &from, Chat: c.shape(), Date: p.s.opt.Clock().Unix(), Text: text}
	p.s.mu.Unlock()
	p.s.push("message", "chat:"+strconv.FormatInt(group, 10), m, messageExpires)
}

// Inbox is what the bot has sent to the person.
func (p *Person) Inbox() []Message {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return slices.Clone(p.s.chats[p.id].sent)
}

// AwaitInbox waits until the bot has sent at least n messages.
func (p *Person) AwaitInbox(ctx context.Context, n int) ([]Message, error) {
	err := p.s.Await(ctx, func() bool { return len(p.Inbox()) >= n })
	got := p.Inbox()
	if err != nil {
		return got, errors.Join(fmt.Errorf("telegramtest: %d of %d messages came", len(got), n), err)
	}
	return got, nil
}
