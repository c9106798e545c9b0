package dialogue_test

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/locales"
)

// act is what the test's dialogues ask for.
type act struct {
	key     string
	answers dialogue.Answers
	events  []int64
}

func (a act) ActKey() string { return a.key }

type draftAct struct{ dialogue.Draft }

func (a draftAct) ActKey() string { return "draft:" + a.ID }

// desk is a small office: "accuse" accuses, "danger" is danger, CT answers, "begin …" opens a dialogue.
type desk struct{ drafts *[]dialogue.Draft }

func (d desk) Alarm(s string) dialogue.Alarm {
	switch {
	case strings.Contains(s, "accuse"):
		return dialogue.Accusation
	case strings.Contains(s, "danger"):
		return dialogue.Danger
	}
	return dialogue.Calm
}

func (d desk) Raise(_ context.Context, t *dialogue.Talk, a dialogue.Alarm) (dialogue.Reply, error) {
	r := t.Say("safety.answer")
	r.Hold, r.Quiet = a == dialogue.Danger, a == dialogue.Accusation
	return r, nil
}

func (d desk) Run(_ context.Context, t *dialogue.Talk, c dialogue.Command) (dialogue.Reply, error) {
	switch c.Name {
	case "PA":
		return dialogue.Reply{Begin: &dialogue.Begin{Script: "form"}}, nil
	case "GAP CB":
		return dialogue.Reply{Begin: &dialogue.Begin{Script: "short"}}, nil
	case dialogue.CommandResume:
		if len(*d.drafts) == 0 {
			return t.Say("draft.none"), nil
		}
		last := (*d.drafts)[len(*d.drafts)-1]
		return dialogue.Reply{Resume: &last}, nil
	case "SAI SO":
		r := t.Say("wrong.stopped")
		r.Close = true
		return r, nil
	case dialogue.CommandMenu, dialogue.CommandUnknown, dialogue.CommandStart:
		r := t.Say("help.menu")
		r.Offer = []dialogue.Offer{
			{Key: "choice.grievance.", Command: dialogue.Command{Name: "PA"}},
			{Key: "choice.payout.", Command: dialogue.Command{Name: "CT"}},
		}
		return r, nil
	}
	return t.Say("help.words"), nil
}

func (d desk) Understand(_ *dialogue.Talk, s string, _ bool) (dialogue.Command, bool) {
	return dialogue.Command{Name: "CT"}, strings.Contains(s, "when")
}

func (d desk) Place(bot.Conversation) dialogue.Place {
	return dialogue.Place{Args: []any{"unit", "xã Tân Hòa", "phone", "0299 3874 111", "counter", "xã", "hours", "7h-11h"}}
}

func words(_ context.Context, _ *dialogue.Talk, s string) (value, shown, problem string, err error) {
	if len(strings.Fields(s)) < 2 {
		return "", "", "grievance.name_short", nil
	}
	return s, "", "", nil
}

func finish(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	r := t.Say("grievance.not_withdrawn", "code", "x")
	r.Acts = []bot.Act{act{"act:" + t.Form.ID, t.Form.Answers, t.Form.Events}}
	return r, nil
}

func scripts() []dialogue.Script {
	return []dialogue.Script{
		{
			ID: "form", Version: 1, Title: "grievance.title", Word: "PA", Keep: true, Guarded: true, ReadBack: "grievance.read_back", Send: "choice.send.",
			Questions: []dialogue.Question{
				{ID: "for", Text: "grievance.ask.for", Label: "grievance.label.for", Choices: []string{"choice.for.self.", "choice.for.family."}},
				{ID: "name", Text: "grievance.ask.name", Label: "grievance.label.name", Help: "grievance.help.name", Open: true, Check: words},
				{ID: "what", Text: "grievance.ask.what", Label: "grievance.label.what", Open: true, Long: true, Files: true, Check: words},
				{ID: "more", Text: "missing.more", Label: "missing.label.more", Open: true, Skip: true, Check: words,
					When: func(a dialogue.Answers) bool { return a.Get("for") == "family" }},
				{ID: "contact", Text: "grievance.ask.contact", Label: "grievance.label.contact", Choices: []string{"choice.contact.here.", "choice.contact.call."}},
			},
			Act: finish,
		},
		{
			ID: "short", Version: 1, Title: "person.title",
			Questions: []dialogue.Question{{ID: "hour", Text: "person.ask", Choices: []string{"choice.hour.morning.", "choice.hour.any."}}},
			Act:       finish,
		},
	}
}

// talk is one conversation with the test's engine.
type talk struct {
	engine *dialogue.Engine
	conv   bot.Conversation
	state  []byte
	drafts []dialogue.Draft
	seq    int64
	now    time.Time
}

type source struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

func (s *source) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}

func catalogues(t interface{ Fatal(...any) }) *locales.Catalogues {
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func newTalk(t interface{ Fatal(...any) }, c *locales.Catalogues) *talk {
	k := &talk{now: time.Date(2026, 11, 25, 8, 30, 0, 0, bot.Hanoi)}
	e, err := dialogue.New(dialogue.Config{
		Texts: c, Clock: func() time.Time { return k.now }, Random: io.Reader(&source{r: rand.NewChaCha8([32]byte{1})}),
		Desk: desk{&k.drafts}, Scripts: scripts(), Notice: "1",
		SaveDraft: func(_ *dialogue.Talk, d dialogue.Draft) bot.Act { return draftAct{d} },
	})
	if err != nil {
		t.Fatal(err)
	}
	k.engine = e
	k.conv = bot.Conversation{ID: 1, Address: bot.Address{Channel: bot.Webchat, ID: "x"}, Lang: "vi", Holder: "bot", Digits: true, Phone: "+84912000111"}
	return k
}

// send plays one event and keeps what came of it.
func (k *talk) send(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, in bot.Incoming) bot.Turn {
	k.seq++
	turn, err := k.engine.Play(context.Background(), k.conv, k.state, bot.Event{ID: k.seq, Seq: k.seq, Incoming: in})
	if err != nil {
		t.Fatal(err)
	}
	s, err := dialogue.Decode(turn.State)
	if err != nil {
		t.Fatal(err)
	}
	again, err := s.Encode()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(again, turn.State) {
		t.Fatalf("the state changed by being read back:\n%s\n%s", turn.State, again)
	}
	for _, c := range turn.Say {
		if strings.Contains(c.Text, "⟦") || c.Text == "" || len(c.Choices) > 9 {
			t.Fatalf("not fit to be said: %+v", c)
		}
	}
	k.state = turn.State
	k.conv.LastInAt = k.now
	for _, a := range turn.Acts {
		if d, ok := a.(draftAct); ok {
			k.drafts = append(k.drafts, d.Draft)
		}
	}
	return turn
}

func (k *talk) text(t interface {
	Fatal(...any)
	Fatalf(string, ...any)
}, s string) bot.Turn {
	return k.send(t, bot.Incoming{Kind: bot.KindText, Text: s})
}

// filed is the last act of a form in a turn.
func filed(turn bot.Turn) (act, bool) {
	for _, a := range turn.Acts {
		if a, ok := a.(act); ok {
			return a, true
		}
	}
	return act{}, false
}

// TestInterruptionsLoseNothing answers a form with anything in between, and compares what is filed
// with what the answers alone file.
func TestInterruptionsLoseNothing(t *testing.T) {
	t.Parallel()
	c := catalogues(t)
	answers := []string{"PA", "2", "Trần Thị Sáu", "đường ngập nước từ tháng mười", "có ảnh ở ấp", "1", "GUI"}
	plain := newTalk(t, c)
	var last bot.Turn
	for _, a := range answers {
		last = plain.text(t, a)
	}
	want, ok := filed(last)
	if !ok {
		t.Fatal("the form alone was not filed")
	}
	rapid.Check(t, func(rt *rapid.T) {
		k := newTalk(rt, c)
		between := rapid.SampledFrom([]bot.Incoming{
			{Kind: bot.KindText, Text: "CT"}, {Kind: bot.KindText, Text: "TG"}, {Kind: bot.KindText, Text: "NHAC LAI"},
			{Kind: bot.KindText, Text: "?"}, {Kind: bot.KindUnread}, {Kind: bot.KindEdited, Text: "something else"},
			{Kind: bot.KindLocation}, {Kind: bot.KindBlocked}, {Kind: bot.KindContact, Phone: "+84912000111"},
			{Kind: bot.KindOptOut}, {Kind: bot.KindText, Text: "danger"}, {Kind: bot.KindChoice, Choice: "0123456789:for:self"},
			{Kind: bot.KindChoice, Choice: dialogue.GoPrefix + "CT"}, {Kind: bot.KindTakeover, Text: "x"}, {Kind: bot.KindText, Text: "TIEP"},
		})
		var got bot.Turn
		for i, a := range answers {
			got = k.text(rt, a)
			if i == 0 || i == len(answers)-1 {
				continue
			}
			for range rapid.IntRange(0, 2).Draw(rt, "how many") {
				if rapid.Bool().Draw(rt, "nested") {
					k.text(rt, "GAP CB")
					k.text(rt, "sáng")
					continue
				}
				k.send(rt, between.Draw(rt, "between"))
			}
		}
		f, ok := filed(got)
		if !ok {
			rt.Fatalf("nothing was filed; last state %s", k.state)
		}
		for id, a := range want.answers {
			if f.answers[id] != a {
				rt.Fatalf("answer %s: %+v, want %+v", id, f.answers[id], a)
			}
		}
	})
}

// TestAnySequence: whatever arrives, the engine answers without failing, its state can be read
// back, and no accusation stays in it.
func TestAnySequence(t *testing.T) {
	t.Parallel()
	c := catalogues(t)
	kinds := []bot.Kind{bot.KindText, bot.KindText, bot.KindText, bot.KindText, bot.KindChoice, bot.KindFiles, bot.KindLocation, bot.KindEdited,
		bot.KindStart, bot.KindBlocked, bot.KindOptOut, bot.KindOptIn, bot.KindTakeover, bot.KindUnread, bot.KindContact, bot.KindStaff, "odd"}
	said := []string{"PA", "1", "2", "Trần Thị Sáu", "đường ngập nước", "LAI", "THOI", "HUY", "BO QUA", "SUA 2", "SUA", "sua 9", "GUI", "MENU", "TIEP TUC",
		"TG", "CT", "GAP CB", "SAI SO", "you accuse them", "in danger", "when", "", "  ", "\x00", "DUNG", "TC", "EN", "giữ", "để dành", "làm tiếp", "bỏ hẳn"}
	rapid.Check(t, func(rt *rapid.T) {
		k := newTalk(rt, c)
		var buttons []string
		for range rapid.IntRange(1, 40).Draw(rt, "length") {
			in := bot.Incoming{Kind: rapid.SampledFrom(kinds).Draw(rt, "kind")}
			in.Text = rapid.OneOf(rapid.SampledFrom(said), rapid.String()).Draw(rt, "text")
			if in.Kind == bot.KindChoice && len(buttons) > 0 {
				in.Choice = rapid.SampledFrom(buttons).Draw(rt, "button")
			}
			if rapid.IntRange(0, 9).Draw(rt, "silence") == 0 {
				k.now = k.now.Add(time.Duration(rapid.IntRange(1, 900).Draw(rt, "hours")) * time.Hour)
			}
			k.conv.Holder = rapid.SampledFrom([]string{"bot", "bot", "bot", "lan"}).Draw(rt, "holder")
			turn := k.send(rt, in)
			for _, s := range turn.Say {
				for _, b := range s.Choices {
					buttons = append(buttons, b.ID)
				}
			}
			if turn.Quiet && bytes.Contains(turn.State, []byte("accuse")) {
				rt.Fatalf("an accusation stays in the state: %s", turn.State)
			}
		}
	})
}

func TestGuardedLeavesNoTrace(t *testing.T) {
	t.Parallel()
	k := newTalk(t, catalogues(t))
	for _, s := range []string{"PA", "1", "Trần Thị Sáu", "GAP CB"} {
		k.text(t, s)
	}
	turn := k.text(t, "they accuse the head")
	if !turn.Quiet {
		t.Error("the text is not sealed")
	}
	if bytes.Contains(turn.State, []byte("Sáu")) || bytes.Contains(turn.State, []byte("form")) {
		t.Errorf("the state says who wrote it: %s", turn.State)
	}
	if !bytes.Contains(turn.State, []byte(`"short"`)) {
		t.Errorf("a dialogue that betrays nobody was lost: %s", turn.State)
	}
}

func TestFilesBelongToTheForm(t *testing.T) {
	t.Parallel()
	k := newTalk(t, catalogues(t))
	for _, s := range []string{"PA", "1", "Trần Thị Sáu"} {
		k.text(t, s)
	}
	k.send(t, bot.Incoming{Kind: bot.KindFiles, Text: "cầu gãy ở ấp hai", Files: []bot.FileRef{{ProviderID: "a"}}})
	k.send(t, bot.Incoming{Kind: bot.KindFiles, Files: []bot.FileRef{{ProviderID: "b"}}})
	k.text(t, "1")
	got, ok := filed(k.text(t, "gửi"))
	if !ok || len(got.events) != 2 || got.answers.Get("what") != "cầu gãy ở ấp hai" {
		t.Errorf("filed %+v", got)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	c := catalogues(t)
	ok := dialogue.Question{ID: "a", Text: "person.ask", Choices: []string{"choice.yes."}}
	tests := []struct {
		name   string
		script dialogue.Script
		want   string
	}{
		{"no act", dialogue.Script{ID: "x", Questions: []dialogue.Question{ok}}, "an act"},
		{"no question", dialogue.Script{ID: "x", Act: finish}, "questions"},
		{"twice", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{ok, ok}}, "twice"},
		{"reserved", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{{ID: "~a", Text: "person.ask", Check: words}}}, "reserved"},
		{"no answer", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{{ID: "a", Text: "person.ask"}}}, "nothing answers"},
		{"no text", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{{ID: "a", Check: words}}}, "needs a text"},
		{"missing text", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{{ID: "a", Text: "no.such", Check: words}}}, "no.such"},
		{"missing choice", dialogue.Script{ID: "x", Act: finish, Questions: []dialogue.Question{{ID: "a", Text: "person.ask", Choices: []string{"choice.none."}}}}, "choice.none."},
		{"read-back without a way to send", dialogue.Script{ID: "x", Act: finish, ReadBack: "grievance.read_back", Questions: []dialogue.Question{ok}}, "confirms"},
	}
	for _, tt := range tests {
		_, err := dialogue.New(dialogue.Config{
			Texts: c, Clock: time.Now, Random: &source{r: rand.NewChaCha8([32]byte{})}, Desk: desk{}, Scripts: []dialogue.Script{tt.script},
			SaveDraft: func(*dialogue.Talk, dialogue.Draft) bot.Act { return nil },
		})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want one with %q", tt.name, err, tt.want)
		}
	}
	if _, err := dialogue.New(dialogue.Config{}); err == nil {
		t.Error("an engine without anything was made")
	}
}

// TestOtherVersion goes on with a form whose questions have changed since it was begun.
func TestOtherVersion(t *testing.T) {
	t.Parallel()
	k := newTalk(t, catalogues(t))
	k.state = []byte(`{"version":1,"stack":[{"id":"0123456789","script":"form","version":0,"step":"gone","answers":{"for":{"v":"self"},"old":{"v":"x"}}}]}`)
	turn := k.text(t, "Trần Thị Sáu")
	if len(turn.Say) != 1 || !strings.Contains(turn.Say[0].Text, "Họ và tên") {
		t.Errorf("said %+v, want the first question without an answer", turn.Say)
	}
	k.state = []byte(`{"version":1,"stack":[{"id":"0123456789","script":"away","version":1,"step":"a"}]}`)
	if turn = k.text(t, "CT"); len(turn.Say) != 1 {
		t.Errorf("a dialogue that no longer exists: said %+v", turn.Say)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"version":1,"stack":[{"id":"a","script":"form","version":1,"step":"name","answers":{"for":{"v":"self"}}}],"misses":1}`), "Trần Thị Sáu")
	f.Add([]byte(`{"version":1,"stack":[{"id":"a","script":"","step":"~offer","asked":[{"v":"go:PA","k":"choice.grievance."}]}]}`), "1")
	f.Add([]byte(`{"version":1,"stack":[{"id":"a","script":"form","step":"~leave","back":"~leave"}],"rest":[{"text":"x"}]}`), "TIEP")
	f.Add([]byte(`{"version":2}`), "")
	f.Add([]byte(`[`), "SUA 1")
	c := catalogues(f)
	f.Fuzz(func(t *testing.T, state []byte, text string) {
		k := newTalk(t, c)
		if s, err := dialogue.Decode(state); err == nil {
			once, err := s.Encode()
			if err != nil {
				t.Fatal(err)
			}
			if _, err := dialogue.Decode(once); err != nil {
				t.Fatalf("what was read cannot be read again: %v", err)
			}
		}
		k.state = state
		k.text(t, text)
		k.text(t, text)
	})
}
