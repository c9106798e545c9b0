package zalotest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"
)

const (
	freeWindow = 48 * time.Hour
	openWindow = 7 * 24 * time.Hour
)

// Message is what a person got from the OA.
type Message struct {
	ID      string
	Text    string
	Buttons []Button
	At      time.Time
}

// Button is one button of a Message.
type Button struct {
	Title   string `json:"title"`
	Type    string `json:"type"`
	Payload string `json:"payload"`
}

type sendBody struct {
	Recipient struct {
		UserID string `json:"user_id"`
	} `json:"recipient"`
	Message struct {
		Text       string `json:"text"`
		Attachment *struct {
			Type    string `json:"type"`
			Payload struct {
				TemplateType string   `json:"template_type"`
				Buttons      []Button `json:"buttons"`
			} `json:"payload"`
		} `json:"attachment"`
	} `json:"message"`
}

// send is the consultation message. It runs under s.mu.
func (s *Server) send(r *http.Request) (any, *refusal) {
	var body sendBody
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, &refusal{-201, "body is invalid!"}
	}
	who := s.people[body.Recipient.UserID]
	now := s.now()
	switch {
	case who == nil:
		return nil, &refusal{-201, "user_id is invalid!"}
	case who.blocked:
		return nil, &refusal{-244, "User has restricted this message type from your OA"}
	case who.inactive:
		return nil, &refusal{-227, "User is banned or has been inactive for more than 45 days"}
	case who.lastIn.IsZero() || now.Sub(who.lastIn) > openWindow:
		return nil, &refusal{-230, "User has not interacted with the OA in the past 7 days"}
	}
	if no := body.check(); no != nil {
		return nil, no
	}
	msg := Message{ID: s.id(), Text: body.Message.Text, At: now}
	if body.Message.Attachment != nil {
		msg.Buttons = body.Message.Attachment.Payload.Buttons
	}
	who.got = append(who.got, msg)
	s.log = append(s.log, row{Src: 0, Time: now.UnixMilli(), Type: "text", Message: msg.Text, ID: msg.ID,
		From: s.opts.OAID, To: who.id, FromName: s.info.Name, ToName: who.name})
	s.sentEvents(who, msg)
	data := map[string]any{"message_id": msg.ID, "user_id": who.id, "sent_time": strconv.FormatInt(now.UnixMilli(), 10)}
	if now.Sub(who.lastIn) <= freeWindow {
		data["quota"] = map[string]any{"quota_type": "reply", "remain": "8", "total": "8"}
	} else {
		s.billed++
	}
	return data, nil
}

// check refuses what the real one does; it never cuts.
func (b *sendBody) check() *refusal {
	if b.Message.Text == "" {
		return &refusal{-201, "text is invalid!"}
	}
	if utf8.RuneCountInString(b.Message.Text) > 2000 {
		return &refusal{-210, "Parameter exceeds allowable limit: text"}
	}
	a := b.Message.Attachment
	if a == nil {
		return nil
	}
	if a.Type != "template" || len(a.Payload.Buttons) == 0 {
		return &refusal{-201, "attachment is invalid!"}
	}
	if len(a.Payload.Buttons) > 5 {
		return &refusal{-210, "Parameter exceeds allowable limit: buttons"}
	}
	for _, button := range a.Payload.Buttons {
		if utf8.RuneCountInString(button.Title) > 100 || utf8.RuneCountInString(button.Payload) > 1000 {
			return &refusal{-210, "Parameter exceeds allowable limit: button"}
		}
		if button.Title == "" || button.Payload == "" || button.Type != "oa.query.hide" && button.Type != "oa.query.show" {
			return &refusal{-201, "buttons is invalid!"}
		}
	}
	return nil
}

// Billed is how many messages went later than 48 hours after the person's last one.
func (s *Server) Billed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.billed
}

// row is one message of the history.
type row struct {
	Src      int    `json:"src"`
	Time     int64  `json:"time"`
	Type     string `json:"type"`
	Message  string `json:"message,omitempty"`
	ID       string `json:"message_id"`
	From     string `json:"from_id"`
	To       string `json:"to_id"`
	FromName string `json:"from_display_name"`
	ToName   string `json:"to_display_name"`
	URL      string `json:"url,omitempty"`
	Thumb    string `json:"thumb,omitempty"`
	Desc     string `json:"description,omitempty"`
	Links    []any  `json:"links,omitempty"`
	Location string `json:"location,omitempty"`
}

type pageQuery struct {
	UserID string `json:"user_id"`
	Offset int    `json:"offset"`
	Count  int    `json:"count"`
}

func readPage(r *http.Request) (pageQuery, *refusal) {
	var q pageQuery
	if err := json.Unmarshal([]byte(r.URL.Query().Get("data")), &q); err != nil || q.Offset < 0 || q.Count < 1 {
		return q, &refusal{-201, "data is invalid!"}
	}
	if q.Count > 10 {
		return q, &refusal{-210, "Parameter exceeds allowable limit: count"}
	}
	return q, nil
}

// listRecent gives messages of all people, the newest first.
func (s *Server) listRecent(r *http.Request) (any, *refusal) {
	q, no := readPage(r)
	if no != nil {
		return nil, no
	}
	return cutPage(s.log, q), nil
}

func (s *Server) conversation(r *http.Request) (any, *refusal) {
	q, no := readPage(r)
	if no != nil {
		return nil, no
	}
	if s.people[q.UserID] == nil {
		return nil, &refusal{-201, "user_id is invalid!"}
	}
	var rows []row
	for _, m := range s.log {
		if m.From == q.UserID || m.To == q.UserID {
			rows = append(rows, m)
		}
	}
	return cutPage(rows, q), nil
}

func cutPage(rows []row, q pageQuery) []row {
	newest := slices.Clone(rows)
	slices.Reverse(newest)
	from := min(q.Offset, len(newest))
	return append([]row{}, newest[from:min(from+q.Count, len(newest))]...)
}

func (s *Server) getOA(*http.Request) (any, *refusal) {
	return map[string]any{
		"oaid": s.opts.OAID, "name": s.info.Name, "description": "", "oa_alias": "", "is_verified": s.info.Verified,
		"oa_type": 4, "cate_name": "Cơ quan nhà nước", "num_follower": len(s.people), "avatar": "", "cover": "",
		"package_name": s.info.Package, "package_valid_through_date": s.info.PackageUntil,
		"package_auto_renew_date": "", "linked_ZCA": s.info.LinkedCloud,
	}, nil
}

func (s *Server) userDetail(r *http.Request) (any, *refusal) {
	var q pageQuery
	if err := json.Unmarshal([]byte(r.URL.Query().Get("data")), &q); err != nil {
		return nil, &refusal{-201, "data is invalid!"}
	}
	who := s.people[q.UserID]
	switch {
	case who == nil:
		return nil, &refusal{-201, "user_id is invalid!"}
	case !who.follower && who.lastIn.IsZero():
		return nil, &refusal{-213, "User has not followed OA"}
	}
	data := map[string]any{
		"user_id": who.id, "user_id_by_app": who.byApp, "user_external_id": "", "display_name": who.name, "user_alias": who.name,
		"is_sensitive": false, "user_last_interaction_date": who.lastIn.In(hanoi).Format("02/01/2006"), "user_is_follower": who.follower,
	}
	if n, err := strconv.ParseInt(who.phone, 10, 64); err == nil {
		data["shared_info"] = map[string]any{"name": who.name, "phone": n} // a number here, a text in the event
	}
	return data, nil
}

// file is one file of the file host.
type file struct {
	mediaType string
	body      []byte
	redirect  string
}

// AddFile puts a file on the file host and gives its address.
func (s *Server) AddFile(name, mediaType string, body []byte) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = file{mediaType: mediaType, body: body}
	return s.URL + "/media/" + name
}

// AddRedirect puts an address on the file host that leads elsewhere.
func (s *Server) AddRedirect(name, to string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.files[name] = file{redirect: to}
	return s.URL + "/media/" + name
}

func (s *Server) serveFile(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f, ok := s.files[r.PathValue("name")]
	s.mu.Unlock()
	switch {
	case !ok || r.Header.Get("access_token") != "": // the real one has no use for a token either
		http.NotFound(w, r)
	case f.redirect != "":
		http.Redirect(w, r, f.redirect, http.StatusFound)
	default:
		w.Header().Set("Content-Type", f.mediaType)
		w.Header().Set("Content-Length", strconv.Itoa(len(f.body)))
		_, _ = w.Write(f.body) // a reader that hits its cap hangs up
	}
}
