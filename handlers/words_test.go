package handlers

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/locales"
)

// heard is a desk that notes the commands that reach it and answers each with one sentence.
type heard struct {
	*desk
	got []string
}

func (h *heard) Run(_ context.Context, t *dialogue.Talk, c dialogue.Command) (dialogue.Reply, error) {
	if c.Name == "begin" {
		return dialogue.Reply{Begin: &dialogue.Begin{Script: c.Arg}}, nil
	}
	h.got = append(h.got, strings.TrimSpace(c.Name+" "+c.Arg))
	return t.Say("help.thanks"), nil
}

func (h *heard) Place(bot.Conversation) dialogue.Place {
	return dialogue.Place{Region: locales.South, Args: []any{"unit", "xã Tân Hòa", "phone", "0299 3874 111", "counter", "xã", "hours", "7h-11h"}}
}

// citizen is one conversation of the test.
type citizen struct {
	t      *testing.T
	desk   *heard
	engine *dialogue.Engine
	state  []byte
}

func newCitizen(t *testing.T, texts *locales.Catalogues) *citizen {
	t.Helper()
	now := func() time.Time { return time.Date(2026, 11, 25, 8, 30, 0, 0, bot.Hanoi) }
	h := &heard{desk: &desk{Deps: Deps{Texts: texts, Clock: now}}}
	done := func(_ context.Context, t *dialogue.Talk) (dialogue.Reply, error) { return t.Say("person.no_call"), nil }
	engine, err := dialogue.New(dialogue.Config{
		Texts: texts, Clock: now, Random: zeros{}, Desk: h, Words: ownWord,
		SaveDraft: func(*dialogue.Talk, dialogue.Draft) bot.Act { return nil },
		Scripts: []dialogue.Script{
			{ID: "choice", Version: 1, Title: "wrong.title", Act: done,
				Questions: []dialogue.Question{{ID: "sure", Text: "wrong.ask", Choices: []string{"choice.yes.", "choice.no."}}}},
			{ID: "open", Version: 1, Title: "draft.title", Act: done,
				Questions: []dialogue.Question{{ID: "hamlet", Text: "grievance.ask.hamlet", Open: true, Check: checkWords}}},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	return &citizen{t: t, desk: h, engine: engine}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { return len(p), nil }

// send plays one message and gives what was said.
func (c *citizen) send(in bot.Incoming) string {
	c.t.Helper()
	conv := bot.Conversation{ID: 1, Address: bot.Address{Channel: bot.SMS, ID: "+84912000111"}, Lang: "vi", Holder: "bot", Digits: true}
	turn, err := c.engine.Play(context.Background(), conv, c.state, bot.Event{ID: 1, Incoming: in})
	if err != nil {
		c.t.Fatal(err)
	}
	c.state = turn.State
	var all []string
	for _, s := range turn.Say {
		all = append(all, s.Text)
	}
	return strings.Join(all, "\n")
}

func (c *citizen) begin(script string) {
	if script != "" {
		c.send(bot.Incoming{Kind: bot.KindChoice, Choice: dialogue.GoPrefix + "begin|" + script})
	}
	c.desk.got = nil
}

// TestWordsAreAlwaysHeard: every word that a citizen can always send, with and without accents, in
// capitals and not, while nothing is open, inside a question with choices and inside one that any words answer.
func TestWordsAreAlwaysHeard(t *testing.T) {
	t.Parallel()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	const code = "H15.22-261101-0042"
	// inside is the command that is reached in mid-form where it is another; "=key" is a text that the engine says itself.
	for _, w := range []struct{ says, command, inside string }{
		{"hs " + code, "HS " + code, ""}, {"tc hs " + code, "HS " + code, ""}, {"tra cứu " + code, "HS " + code, ""}, {"hs", "HS", ""},
		{"ct", "CT", ""}, {"lịch", "CT", ""}, {"lĩnh tiền", "CT", ""}, {"lãnh tiền", "CT", ""}, {"tiền", "CT", ""},
		{"pa", "PA", ""}, {"pa-4821-7036-2", "PA PA-4821-7036-2", ""},
		{"tg", "TG", "=dialogue.help"}, {"trợ giúp", "TG", "=dialogue.help"}, {"menu", "MENU", ""},
		{"lại", "MENU", "=dialogue.first_question"}, {"thôi", "MENU", "=dialogue.dropped"},
		{"từ chối", "TU CHOI", ""}, {"stop", "TU CHOI", ""}, {"mở", "MO", ""}, {"start", "MO", ""},
		{"gặp cb", "GAP CB", ""}, {"sai số", "SAI SO", ""}, {"lk 4821", "LK 4821", ""}, {"en", "EN", ""}, {"vi", "VI", ""},
		{"đã nhận", "payout/received", ""}, {"chưa nhận", "payout/missing", ""}, {"chưa nhận 102", "payout/missing 102", ""}, {"kỳ trước", "payout/past", ""},
		{"đổi số", "rights/phone", ""}, {"đổi số 0912345678", "rights/phone +84912345678", ""}, {"xóa dữ liệu", "rights erase", ""},
		{"từ chối tiền", "TU CHOI payout", ""}, {"bớt tin", "optout/choose", ""}, {"tin mới", "consent", ""}, {"cài đặt", "settings", ""},
		{"rút 4821-7036-2", "grievance/withdraw PA-4821-7036-2", ""}, {"có dấu", "settings/accents", ""}, {"không dấu", "settings/plain", ""},
		{"tc", "TC", "=dialogue.doubtful"},
		{"status " + code, "HS " + code, ""}, {"payout", "CT", ""}, {"report", "PA", ""}, {"person", "GAP CB", ""}, {"link 4821", "LK 4821", ""},
		{"not received", "payout/missing", ""}, {"received", "payout/received", ""}, {"stop payouts", "TU CHOI payout", ""},
	} {
		forms := []string{w.says, strings.ToUpper(w.says), text.Unaccent(w.says), strings.ToUpper(text.Unaccent(w.says))}
		for _, says := range slices.Compact(forms) {
			for _, script := range []string{"", "choice", "open"} {
				c := newCitizen(t, texts)
				c.begin(script)
				answer := c.send(bot.Incoming{Kind: bot.KindText, Text: says})
				want := w.command
				if script != "" && w.inside != "" {
					want = w.inside
				}
				if key, said := strings.CutPrefix(want, "="); said {
					if sentence := texts.Language("vi").Text(key, "k", "", "phone", "0299 3874 111"); !strings.Contains(answer, sentence) {
						t.Errorf("%q in %q: %s, want %s", says, script, answer, sentence)
					}
					continue
				}
				if len(c.desk.got) != 1 || !strings.EqualFold(c.desk.got[0], want) {
					t.Errorf("%q in %q reached %q, want %q", says, script, c.desk.got, want)
				}
			}
		}
	}
}

// TestWordsThatMeanTwoThings: HUY gives up a question with choices, is asked about where it may be a name,
// and is asked about while nothing is open; DUNG after a yes or no is yes.
func TestWordsThatMeanTwoThings(t *testing.T) {
	t.Parallel()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	say := func(script, words string) (string, []string) {
		c := newCitizen(t, texts)
		c.begin(script)
		return c.send(bot.Incoming{Kind: bot.KindText, Text: words}), c.desk.got
	}
	if _, got := say("", "HUY"); !slices.Equal(got, []string{"HUY"}) {
		t.Errorf("HUY while nothing is open reached %q", got)
	}
	if answer, _ := say("choice", "HUY"); !strings.Contains(answer, texts.Language("vi").Text("dialogue.dropped")) {
		t.Errorf("HUY in a question with choices: %s", answer)
	}
	if answer, got := say("open", "HUY"); len(got) > 0 || !strings.Contains(answer, "THOI") {
		t.Errorf("HUY where it may be a name: %s", answer)
	}
	for _, stop := range []string{"dừng", "DỪNG", "dạ đừng", "đừng xóa nha"} {
		if answer, got := say("choice", stop); len(got) > 0 || !strings.Contains(answer, texts.Language("vi").Text("wrong.ask")) {
			t.Errorf("%s was taken for yes: %s, reached %q", stop, answer, got)
		}
	}
	if answer, _ := say("choice", "dung xoa"); strings.Contains(answer, "0299 3874 111") {
		t.Errorf("dung xoa was taken for yes: %s", answer)
	}
	if answer, got := say("choice", "ĐÚNG"); len(got) > 0 || !strings.Contains(answer, "0299 3874 111") {
		t.Errorf("ĐÚNG in a yes or no: %s, reached %q", answer, got)
	}
}
