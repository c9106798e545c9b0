package zalotest

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
)

var hanoi = bot.Hanoi

type person struct {
	id, byApp, name, phone      string
	follower, blocked, inactive bool
	lastIn                      time.Time
	got                         []Message
}

// User is a person with a Zalo account.
type User struct {
	ID string
	s  *Server
}

// AddUser makes a person whom the OA has never heard from. An empty id gets an
// invented one.
func (s *Server) AddUser(id, name string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id == "" {
		s.serial++
		id = strconv.Itoa(2468458835296197922 + s.serial)
	}
	s.people[id] = &person{id: id, byApp: "app" + id, name: name}
	return &User{ID: id, s: s}
}

// Got is what the OA has sent to the person so far.
func (u *User) Got() []Message {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	return slices.Clone(u.s.people[u.ID].got)
}

// Block: from now on the person takes no message of this kind.
func (u *User) Block(on bool) { u.change(func(p *person) { p.blocked = on }) }

// Idle: banned, or 45 days away.
func (u *User) Idle(on bool) { u.change(func(p *person) { p.inactive = on }) }

func (u *User) change(f func(*person)) {
	u.s.mu.Lock()
	defer u.s.mu.Unlock()
	f(u.s.people[u.ID])
}

// id is a message id in Zalo's form.
func (s *Server) id() string {
	s.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "message %d", s.serial))
	return hex.EncodeToString(sum[:10])
}

type object = map[string]any

// say records a message of the person and sends its event. It returns the message's id.
func (u *User) say(name, text string, r row, attachments ...any) string {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[u.ID]
	now := s.now()
	p.lastIn = now
	r.Src, r.Time, r.ID, r.From, r.To = 1, now.UnixMilli(), s.id(), p.id, s.opts.OAID
	r.Message, r.FromName, r.ToName = text, p.name, s.info.Name
	s.log = append(s.log, r)
	msg := object{"msg_id": r.ID}
	if text != "" {
		msg["text"] = text
	}
	if len(attachments) > 0 {
		msg["attachments"] = attachments
	}
	s.emit(p, name, object{"sender": object{"id": p.id}, "recipient": object{"id": s.opts.OAID}, "message": msg})
	return r.ID
}

// Say writes a text. A tapped button comes as such a text: its payload.
func (u *User) Say(text string) string { return u.say("user_send_text", text, row{Type: "text"}) }

// Media sends one of "image", "gif", "audio", "video" from a file host's address.
func (u *User) Media(kind, address, caption string) string {
	types := map[string]string{"image": "photo", "gif": "GIF", "audio": "voice", "video": "video"}
	return u.say("user_send_"+kind, caption, row{Type: types[kind], URL: address, Thumb: address},
		object{"type": kind, "payload": object{"url": address, "thumbnail": address}})
}

// File sends a document.
func (u *User) File(address, name string, size int) string {
	ext := name[strings.LastIndexByte(name, '.')+1:]
	return u.say("user_send_file", "", row{Type: "file", URL: address},
		object{"type": "file", "payload": object{"url": address, "name": name, "type": ext, "size": strconv.Itoa(size), "checksum": "9b1d"}})
}

// Link shares a page.
func (u *User) Link(address, text string) string {
	return u.say("user_send_link", text, row{Type: "links", Links: []any{object{"url": address}}},
		object{"type": "link", "payload": object{"url": address, "thumbnail": "", "description": ""}})
}

// Sticker sends one.
func (u *User) Sticker() string {
	return u.say("user_send_sticker", "", row{Type: "sticker", URL: "https://zalo-api.zadn.vn/sticker"},
		object{"type": "sticker", "payload": object{"id": "bfe458bf64fa8da4d4eb", "url": "https://zalo-api.zadn.vn/sticker"}})
}

// Location shares a place.
func (u *User) Location(name, latitude, longitude string) string {
	return u.say("user_send_location", name, row{Type: "location", Location: fmt.Sprintf(`{"latitude":%s,"longitude":%s}`, latitude, longitude)},
		object{"type": "location", "payload": object{"coordinates": object{"latitude": latitude, "longitude": longitude}}})
}

// Card passes on somebody's contact card.
func (u *User) Card(name, phone string) string {
	inner, err := json.Marshal(map[string]string{"phone": phone, "qrCodeUrl": "https://zalo.me/qr"})
	if err != nil {
		panic("zalotest: " + err.Error())
	}
	return u.say("user_send_business_card", name, row{Type: "recommended"},
		object{"type": "link", "payload": object{"thumbnail": "", "url": "https://zalo.me/x", "description": string(inner)}})
}

// Follow and Unfollow are flat events.
func (u *User) Follow() { u.flat("follow", func(p *person) { p.follower = true }) }

// Unfollow is the other way.
func (u *User) Unfollow() { u.flat("unfollow", func(p *person) { p.follower = false }) }

// Chat opens the chat from the OA's page.
func (u *User) Chat() { u.flat("user_click_chatnow", func(*person) {}) }

func (u *User) flat(name string, change func(*person)) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[u.ID]
	change(p)
	body := object{"oa_id": s.opts.OAID}
	switch name {
	case "user_click_chatnow":
		body["user_id"] = p.id
		p.lastIn = s.now()
	case "follow":
		body["follower"], body["source"] = object{"id": p.id}, "oa_profile"
		p.lastIn = s.now()
	default:
		body["follower"] = object{"id": p.id}
	}
	s.emit(p, name, body)
}

// SharePhone answers the form that asks for a phone number ("84912345678").
func (u *User) SharePhone(phone string) {
	s := u.s
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[u.ID]
	p.phone, p.lastIn = phone, s.now()
	s.emit(p, "user_submit_info", object{"sender": object{"id": p.id}, "recipient": object{"id": s.opts.OAID},
		"info": object{"name": p.name, "phone": phone, "address": "", "city": "", "district": "", "ward": ""}})
}

// Officer writes to the person from the OA's own console.
func (s *Server) Officer(u *User, adminID, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.people[u.ID]
	msg := Message{ID: s.id(), Text: text, At: s.now()}
	p.got = append(p.got, msg)
	s.emit(p, "oa_send_text", object{"sender": object{"id": s.opts.OAID, "admin_id": adminID}, "recipient": object{"id": p.id},
		"message": object{"msg_id": msg.ID, "text": text}})
}

// sentEvents are what follows a message of ours: its echo, its arrival and,
// where people read at once, that it was seen.
func (s *Server) sentEvents(p *person, msg Message) {
	ends := func(message object) object {
		return object{"sender": object{"id": s.opts.OAID}, "recipient": object{"id": p.id}, "message": message}
	}
	s.emit(p, "oa_send_text", ends(object{"msg_id": msg.ID, "text": msg.Text}))
	s.emit(p, "user_received_message", ends(object{"msg_id": msg.ID}))
	if s.opts.Seen {
		s.emit(p, "user_seen_message", ends(object{"msg_ids": []string{msg.ID}}))
	}
}

// emit completes an event and hands it to the webhook sender. It runs under s.mu.
func (s *Server) emit(p *person, name string, body object) {
	now := s.now()
	stamp := strconv.FormatInt(now.UnixMilli(), 10)
	body["app_id"], body["event_name"], body["timestamp"], body["user_id_by_app"] = s.opts.AppID, name, stamp, p.byApp
	raw, err := json.Marshal(body)
	if err != nil {
		panic("zalotest: " + err.Error())
	}
	s.hooks.add(raw, stamp)
}
