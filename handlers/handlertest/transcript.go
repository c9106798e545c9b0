package handlertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/handlers"
	"tiepdan/locales"
)

// A transcript is a conversation as plain text that an officer can review:
//
//	# channel: sms keyword=XA number=8099 from=+84912000111
//	# clock: 2026-11-25 08:30
//	> what the citizen sends
//	< what they read
//	! what the office is asked to do
//
// A citizen's line may also be "[label]", a button; "(photo) caption", "(edited) text", "(sticker)",
// "(place) name", "(open) payload", "(contact) number", "(stop)", "(start)", "(blocked)", "(staff) {json}".
// A line "~ 96h" lets time pass, "~ officer" gives the conversation to one, "~ bot" gives it back, "~ unlimited"
// loses the counter of tries. Other lines beginning with # are remarks.
type Transcript struct {
	Head  []string // the lines before the first message
	Lines []string // the citizen's lines and the "~" lines, in order
}

// Parse reads a transcript and leaves out what the program said.
func Parse(s string) Transcript {
	var t Transcript
	own := false // the line before is the citizen's own
	for _, line := range strings.Split(strings.TrimSpace(s), "\n") {
		switch {
		case strings.HasPrefix(line, "> "), strings.HasPrefix(line, "~ "), strings.HasPrefix(line, "#") && len(t.Lines) > 0:
			t.Lines = append(t.Lines, line)
		case strings.HasPrefix(line, "#"):
			t.Head = append(t.Head, line)
		case own && strings.HasPrefix(line, "  "):
			t.Lines[len(t.Lines)-1] += "\n" + line[2:]
			continue
		}
		own = strings.HasPrefix(line, "> ")
	}
	return t
}

// Run plays a transcript from the start and writes it out anew, with every answer.
// It fails for an answer that no person may get: too long, with a link, or with a text that is missing.
func Run(ctx context.Context, t Transcript, texts *locales.Catalogues) (string, error) {
	s, err := t.open(texts)
	if err != nil {
		return "", err
	}
	out := slices.Clone(t.Head)
	for _, line := range t.Lines {
		out = append(out, "", quoteLines(line))
		switch {
		case strings.HasPrefix(line, "~ "):
			out = append(out[:len(out)-2], "", line)
			err = s.aside(line[2:])
		case strings.HasPrefix(line, "#"):
			continue
		default:
			var said []string
			said, err = s.citizen(ctx, line[2:])
			out = append(out, said...)
		}
		if err != nil {
			return "", fmt.Errorf("%q: %w", line, err)
		}
	}
	return strings.Join(out, "\n") + "\n", nil
}

func quoteLines(s string) string { return strings.ReplaceAll(s, "\n", "\n  ") }

// open makes the session that the head describes.
func (t Transcript) open(texts *locales.Catalogues) (*Session, error) {
	w := Sample()
	route := Route{Channel: bot.SMS, ID: PhoneSau}
	settings := handlers.Settings{LinkNumber: "0299 3874 222"}
	for _, line := range t.Head {
		name, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "#")), ":")
		if !ok {
			continue
		}
		switch name {
		case "channel":
			if err := route.read(strings.Fields(value)); err != nil {
				return nil, err
			}
		case "clock":
			at, err := time.ParseInLocation("2006-01-02 15:04", strings.TrimSpace(value), bot.Hanoi)
			if err != nil {
				return nil, fmt.Errorf("clock: %w", err)
			}
			w.Set(at)
		case "personal":
			settings.TelegramPersonal = true
		}
	}
	return Open(w, texts, Random(7), route, settings)
}

func (r *Route) read(fields []string) error {
	if len(fields) == 0 {
		return errors.New("channel: a name is needed")
	}
	r.Channel = fields[0]
	if r.Channel != bot.SMS {
		r.ID = "4711"
	}
	for _, f := range fields[1:] {
		name, value, _ := strings.Cut(f, "=")
		switch name {
		case "keyword":
			r.Keyword = value
		case "number":
			r.Number = value
		case "from":
			r.ID = value
		case "lang":
			r.Lang = value
		case "accents":
			r.Accents = true
		case "linked":
			r.Phone = value
		case "north":
			r.Unit = 20
		default:
			return fmt.Errorf("channel: %q is not known", name)
		}
	}
	return nil
}

// aside plays a line that is no message.
func (s *Session) aside(what string) error {
	switch what {
	case "officer":
		s.Conv.Holder = "lan"
	case "bot":
		s.Conv.Holder = "bot"
	case "unlimited":
		s.World.TakeLimitsAway()
	case "lost":
		s.state = []byte(`{"version":1,"stack":[{`)
	default:
		d, err := time.ParseDuration(what)
		if err != nil {
			return fmt.Errorf("aside: %w", err)
		}
		s.World.Set(s.World.Now().Add(d))
	}
	return nil
}

// citizen plays one message and gives the lines of the answer.
func (s *Session) citizen(ctx context.Context, line string) ([]string, error) {
	in, err := s.incoming(line)
	if err != nil {
		return nil, err
	}
	a, err := s.Send(ctx, in)
	if err != nil {
		return nil, err
	}
	if err := s.lawful(in, a); err != nil {
		return nil, err
	}
	var out []string
	for _, p := range a.Parts {
		out = append(out, "< "+quoteLines(Show(p)))
	}
	if len(a.Parts) == 0 {
		out = append(out, "< (nothing)")
	}
	if a.Turn.Quiet {
		out = append(out, "! sealed: no list, preview or log shows this message")
	}
	for _, act := range a.Turn.Acts {
		out = append(out, "! "+Describe(act))
	}
	return out, nil
}

func (s *Session) incoming(line string) (bot.Incoming, error) {
	in := bot.Incoming{Kind: bot.KindText, Text: line}
	if strings.HasPrefix(line, "[") && strings.HasSuffix(line, "]") {
		c, ok := s.Button(line[1 : len(line)-1])
		if !ok {
			return in, errors.New("no such button was shown")
		}
		return bot.Incoming{Kind: bot.KindChoice, Choice: c.ID}, nil
	}
	word, rest, _ := strings.Cut(line, ")")
	kind, ok := map[string]bot.Kind{
		"(photo": bot.KindFiles, "(edited": bot.KindEdited, "(sticker": bot.KindUnread, "(place": bot.KindLocation, "(open": bot.KindStart,
		"(contact": bot.KindContact, "(stop": bot.KindOptOut, "(start": bot.KindOptIn, "(blocked": bot.KindBlocked, "(staff": bot.KindStaff,
		"(takeover": bot.KindTakeover,
	}[word]
	if !ok {
		return in, nil
	}
	in = bot.Incoming{Kind: kind, Text: strings.TrimSpace(rest)}
	switch kind {
	case bot.KindFiles:
		in.Files = []bot.FileRef{{ProviderID: "f", Type: "image/jpeg"}}
	case bot.KindContact:
		in.Phone, in.Text = in.Text, ""
	}
	return in, nil
}

// lawful checks what every answer must keep to.
func (s *Session) lawful(in bot.Incoming, a Answer) error {
	for _, c := range a.Turn.Say {
		if strings.Contains(c.Text+c.First, "⟦") {
			return fmt.Errorf("a text is missing or lacks an argument: %s", c.Text)
		}
		for _, choice := range c.Choices {
			if len(choice.ID) > 60 || choice.Label == "" || choice.Word == "" || strings.Contains(choice.Label, "⟦") {
				return fmt.Errorf("choice %+v is not fit to be shown", choice)
			}
		}
	}
	if a.Turn.Quiet {
		words := strings.Fields(in.Text)
		if len(words) > 3 && strings.Contains(string(a.Turn.State), strings.Join(words[:3], " ")) {
			return errors.New("the state holds a text that may accuse somebody")
		}
	}
	if s.Conv.Address.Channel != bot.SMS {
		return nil
	}
	most := 2
	if s.Conv.Accents {
		most = 4
	}
	for _, p := range a.Parts {
		seg := text.SMS(p.Text)
		switch {
		case seg.Parts > most:
			return fmt.Errorf("an SMS of %d segments: %s", seg.Parts, p.Text)
		case !s.Conv.Accents && seg.Encoding != text.GSM7:
			return fmt.Errorf("an SMS with accents: %s", p.Text)
		case sms.FindLink(p.Text) != "":
			return fmt.Errorf("an SMS with a link: %s", p.Text)
		}
	}
	return s.onePart(a.Turn.Say)
}

// onePart: each answer fits one SMS; what is longer was paged by the engine.
func (s *Session) onePart(said []bot.Content) error {
	for _, c := range said {
		c.First = ""
		parts, err := s.render.Render(c)
		if err != nil {
			return err
		}
		if len(parts) > 1 {
			return fmt.Errorf("an answer of %d SMS: %s", len(parts), c.Text)
		}
	}
	return nil
}

// Describe writes an act on one line, without what every act carries.
func Describe(act bot.Act) string {
	v := reflect.ValueOf(act)
	parts := []string{v.Type().Name()}
	fields := v
	if g, ok := act.(casework.FileGrievance); ok {
		fields = reflect.ValueOf(g.Grievance)
	}
	for i := range fields.NumField() {
		name := fields.Type().Field(i).Name
		if slices.Contains([]string{"Key", "Origin", "At", "FiledAt", "ConversationID"}, name) || fields.Field(i).IsZero() {
			continue
		}
		value := fields.Field(i).Interface()
		if b, ok := value.([]byte); ok {
			value = fmt.Sprintf("%d bytes", len(b))
		}
		if at, ok := value.(time.Time); ok {
			value = at.In(bot.Hanoi).Format("2006-01-02 15:04")
		}
		shown, err := json.Marshal(value)
		if err != nil {
			continue
		}
		parts = append(parts, name+"="+string(shown))
	}
	return strings.Join(parts, " ")
}
