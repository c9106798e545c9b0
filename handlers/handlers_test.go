package handlers_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/handlers"
	"tiepdan/handlers/handlertest"
	"tiepdan/locales"
)

type fataler interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

func texts(t fataler) *locales.Catalogues {
	t.Helper()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func open(t fataler, c *locales.Catalogues, w *handlertest.World, r handlertest.Route) *handlertest.Session {
	t.Helper()
	s, err := handlertest.Open(w, c, handlertest.Random(byte(r.Conversation)), r, handlers.Settings{LinkNumber: "0299 3874 222"})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func say(t fataler, s *handlertest.Session, words string) handlertest.Answer {
	t.Helper()
	a, err := s.Send(context.Background(), bot.Incoming{Kind: bot.KindText, Text: words})
	if err != nil {
		t.Fatalf("%q: %v", words, err)
	}
	return a
}

func said(a handlertest.Answer) string {
	var all []string
	for _, p := range a.Parts {
		all = append(all, handlertest.Show(p))
	}
	return strings.Join(all, "\n")
}

// lines reads a file of texts, one a line.
func lines(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, l := range strings.Split(string(b), "\n") {
		if l = strings.TrimSpace(l); l != "" && !strings.HasPrefix(l, "#") {
			out = append(out, l)
		}
	}
	return out
}

// acts finds the acts of one type in a turn.
func acts[T bot.Act](turn bot.Turn) []T {
	var out []T
	for _, a := range turn.Acts {
		if a, ok := a.(T); ok {
			out = append(out, a)
		}
	}
	return out
}

// TestAccusationsAreSealed sends texts that may accuse somebody on every way that a text can arrive. Each is
// sealed, and neither state nor answer nor any other act holds its words.
func TestAccusationsAreSealed(t *testing.T) {
	t.Parallel()
	c := texts(t)
	all := lines(t, "../bot/intent/testdata/accuse.txt")
	if len(all) < 100 {
		t.Fatalf("%d texts, want at least 100", len(all))
	}
	ways := []struct {
		name   string
		before []string
		make   func(string) bot.Incoming
	}{
		{"first message", nil, func(s string) bot.Incoming { return bot.Incoming{Kind: bot.KindText, Text: s} }},
		{"inside PA", nil, func(s string) bot.Incoming { return bot.Incoming{Kind: bot.KindText, Text: "PA " + s} }},
		{"mid-form", []string{"PA", "1", "Trần Văn Bình", "ấp 1"}, func(s string) bot.Incoming { return bot.Incoming{Kind: bot.KindText, Text: s} }},
		{"caption", nil, func(s string) bot.Incoming {
			return bot.Incoming{Kind: bot.KindFiles, Text: s, Files: []bot.FileRef{{ProviderID: "f"}}}
		}},
		{"edited", nil, func(s string) bot.Incoming { return bot.Incoming{Kind: bot.KindEdited, Text: s, Replaces: "1"} }},
	}
	for _, way := range ways {
		t.Run(way.name, func(t *testing.T) {
			t.Parallel()
			s := open(t, c, handlertest.Sample(), handlertest.Route{Channel: bot.Webchat, ID: "x"})
			for _, accusing := range all {
				s.Again()
				for _, b := range way.before {
					say(t, s, b)
				}
				a, err := s.Send(context.Background(), way.make(accusing))
				if err != nil {
					t.Fatal(err)
				}
				sealed := acts[casework.SealText](a.Turn)
				if !a.Turn.Quiet || len(sealed) != 1 || !strings.Contains(sealed[0].Text, accusing) {
					t.Errorf("not sealed: %q", accusing)
					continue
				}
				for _, act := range a.Turn.Acts {
					if task, ok := act.(casework.OpenTask); ok && (task.Kind != casework.TaskSafety || task.Origin.UnitID != 1 || holds([]byte(task.Detail), accusing)) {
						t.Errorf("%q: a task that tells of it: %+v", accusing, task)
					}
				}
				if holds(a.Turn.State, accusing) || holds([]byte(said(a)), accusing) || bytes.Contains(a.Turn.State, []byte("Trần Văn Bình")) {
					t.Errorf("%q: its words are in the state or the answer", accusing)
				}
			}
		})
	}
}

// holds says whether four words in a row of a text stand in b.
func holds(b []byte, words string) bool {
	fields := strings.Fields(words)
	for i := 0; i+4 <= len(fields); i++ {
		if bytes.Contains(b, []byte(strings.Join(fields[i:i+4], " "))) {
			return true
		}
	}
	return false
}

func TestPlainReportsAreFiled(t *testing.T) {
	t.Parallel()
	c := texts(t)
	filed := 0
	s := open(t, c, handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: "+84988000999"})
	for _, plain := range lines(t, "../bot/intent/testdata/plain.txt") {
		s.Again()
		a := say(t, s, "PA "+plain)
		if a.Turn.Quiet || len(acts[casework.SealText](a.Turn)) > 0 {
			t.Errorf("sealed: %q", plain)
		}
		for _, g := range acts[casework.FileGrievance](a.Turn) {
			filed++
			if g.Grievance.Text != plain || !g.Grievance.Incomplete || !text.ValidGrievanceCode(g.Grievance.Code) {
				t.Errorf("%q was filed as %+v", plain, g.Grievance)
			}
		}
	}
	if filed < 90 {
		t.Errorf("%d were filed in one message, want nearly all of 100", filed)
	}
}

// TestStrangersLearnStageAlone asks for every case of the sample with its code alone, on
// every channel: no name, amount, outcome, paper or programme is told.
func TestStrangersLearnStageAlone(t *testing.T) {
	t.Parallel()
	c := texts(t)
	codes := []string{"H53.22-261102-0042", "H53.22-261005-0011", "H53.22-261012-0007", "H53.22-260915-0019", "HN 2026 118"}
	secret := []string{"tran thi", "nguyen van", "le van", "1 080", "duoc duyet", "chua du dieu kien", "vuot chuan",
		"xac nhan khuyet tat", "ho ngheo", "huu tri", "qd ubnd", "tu choi"}
	for _, r := range []handlertest.Route{
		{Channel: bot.SMS, ID: "+84988000999"}, {Channel: bot.SMS, ID: "+84988000999", Keyword: "XA"}, {Channel: bot.SMS, ID: handlertest.PhoneTu},
		{Channel: bot.Webchat, ID: "x"}, {Channel: bot.Zalo, ID: "x"}, {Channel: bot.Telegram, ID: "x", Phone: handlertest.PhoneSau},
	} {
		for _, code := range codes {
			s := open(t, c, handlertest.Sample(), r)
			answer := text.Fold(said(say(t, s, "HS "+code)))
			if !strings.Contains(answer, text.Fold(code)) {
				t.Errorf("%s: %s is not answered: %s", r.Channel, code, answer)
			}
			for _, word := range secret {
				if strings.Contains(answer, text.Fold(word)) {
					t.Errorf("%s: %s tells %q: %s", r.Channel, code, word, answer)
				}
			}
		}
	}
}

// TestRefusalIsNeverToldBySMS, whatever is proven.
func TestRefusalIsNeverToldBySMS(t *testing.T) {
	t.Parallel()
	s := open(t, texts(t), handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneBa})
	for _, ask := range []string{"HS H53.22-260915-0019", "HS H53.22-260915-0019 4567", "HS"} {
		answer := text.Fold(said(say(t, s, ask)))
		for _, word := range []string{"du dieu kien", "vuot chuan", "tu choi", "khong duoc", "198"} {
			if strings.Contains(answer, word) {
				t.Errorf("%s tells %q: %s", ask, word, answer)
			}
		}
	}
}

func TestUnknownAndForeignReadTheSame(t *testing.T) {
	t.Parallel()
	c := texts(t)
	unknown, err := text.NewGrievanceCode(handlertest.Random(3))
	if err != nil {
		t.Fatal(err)
	}
	answer := func(ask string) string {
		return said(say(t, open(t, c, handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: "+84988000999"}), ask))
	}
	if a, b := answer("PA-4821-7036-2"), answer(unknown); a != b {
		t.Errorf("somebody else's grievance:\n%s\nno grievance:\n%s", a, b)
	}
	if a, b := answer("PA PA-4821-7036-2 xin cho biet"), answer("PA "+unknown+" xin cho biet"); a != b {
		t.Errorf("adding to somebody else's:\n%s\nto none:\n%s", a, b)
	}
}

// TestGuessingEnds: the fifth wrong second fact is the last that is looked at, even if the sixth is right.
func TestGuessingEnds(t *testing.T) {
	t.Parallel()
	s := open(t, texts(t), handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: "+84988000999"})
	for _, digits := range []string{"0001", "0002", "0003", "0004", "0005"} {
		say(t, s, "HS H53.22-261102-0042 "+digits)
	}
	if answer := said(say(t, s, "HS H53.22-261102-0042 0123")); strings.Contains(answer, "Tran Thi Sau") {
		t.Errorf("the sixth try was looked at: %s", answer)
	}
	for range 40 {
		say(t, s, "HS H53.22-261102-0042")
	}
	if answer := said(say(t, s, "HS H53.22-261102-0042")); strings.Contains(answer, "tham dinh") {
		t.Errorf("codes can be tried without end: %s", answer)
	}
}

// TestOwnCaseIsNoGuess: whoever asks for their own case from their own phone may ask as often as they like.
func TestOwnCaseIsNoGuess(t *testing.T) {
	t.Parallel()
	s := open(t, texts(t), handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneSau})
	for range 60 {
		say(t, s, "HS H53.22-261102-0042")
	}
	if answer := said(say(t, s, "HS H53.22-261102-0042")); !strings.Contains(answer, "Tran Thi Sau") {
		t.Errorf("their own case is closed to them: %s", answer)
	}
}

// TestLinkCodesAreNotTriedThrough: there are only 10,000 codes, so tries are limited over all phones together.
func TestLinkCodesAreNotTriedThrough(t *testing.T) {
	t.Parallel()
	c, w := texts(t), handlertest.Sample()
	web := open(t, c, w, handlertest.Route{Channel: bot.Webchat, ID: "x", Conversation: 1})
	offered := acts[casework.OfferLink](say(t, web, "LK").Turn)[0].Code
	wrong := "0000"
	if offered == wrong {
		wrong = "0001"
	}
	for i := range 200 {
		phone := open(t, c, w, handlertest.Route{Channel: bot.SMS, ID: fmt.Sprintf("+8498800%04d", i), Conversation: int64(i + 2)})
		say(t, phone, "LK "+wrong)
	}
	late := open(t, c, w, handlertest.Route{Channel: bot.SMS, ID: "+84988009999", Conversation: 999})
	if taken := acts[casework.TakeLink](say(t, late, "LK "+offered).Turn); len(taken) != 0 {
		t.Errorf("after 200 wrong tries in an hour one more was looked at: %+v", taken)
	}
}

// TestDraftElsewhere begins a form by SMS and continues it in the web chat, with the phone as second fact.
func TestDraftElsewhere(t *testing.T) {
	t.Parallel()
	c, w := texts(t), handlertest.Sample()
	phone := open(t, c, w, handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneSau, Conversation: 1})
	for _, words := range []string{"PA", "1", "Trần Thị Sáu", "THOI"} {
		say(t, phone, words)
	}
	saved := acts[casework.SaveDraft](say(t, phone, "DE DANH").Turn)
	if len(saved) != 1 || len(saved[0].Code) != 6 {
		t.Fatalf("saved %+v", saved)
	}
	web := open(t, c, w, handlertest.Route{Channel: bot.Webchat, ID: "x", Conversation: 2})
	say(t, web, "TIEP TUC "+saved[0].Code)
	wrong := say(t, web, "9999")
	if len(wrong.Turn.Acts) > 0 {
		t.Fatalf("a wrong second fact moved the draft: %v", wrong.Turn.Acts)
	}
	say(t, web, "TIEP TUC "+saved[0].Code)
	right := say(t, web, "0111")
	if len(acts[casework.MoveDraft](right.Turn)) != 1 || len(acts[casework.DropDraft](right.Turn)) != 1 {
		t.Errorf("acts %v, want the draft moved and opened", right.Turn.Acts)
	}
	if answer := said(right); !strings.Contains(answer, "Bà con ở ấp nào") {
		t.Errorf("it goes on with %s, want the next question", answer)
	}
	if again := say(t, phone, "TIEP TUC"); len(again.Turn.Acts) > 0 {
		t.Errorf("the draft is in two conversations: %v", again.Turn.Acts)
	}
}

// TestLink shows a code in the web chat and sends it from the phone.
func TestLink(t *testing.T) {
	t.Parallel()
	c, w := texts(t), handlertest.Sample()
	web := open(t, c, w, handlertest.Route{Channel: bot.Webchat, ID: "x", Conversation: 1})
	phone := open(t, c, w, handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneSau, Conversation: 2})
	if answer := said(say(t, web, "HS")); strings.Contains(answer, "Trần Thị Sáu") {
		t.Fatalf("an unlinked chat hears of people: %s", answer)
	}
	offered := acts[casework.OfferLink](say(t, web, "LK").Turn)
	if len(offered) != 1 || len(offered[0].Code) != 4 {
		t.Fatalf("offered %+v", offered)
	}
	if taken := acts[casework.TakeLink](say(t, phone, "LK "+offered[0].Code).Turn); len(taken) != 1 {
		t.Fatalf("taken %+v", taken)
	}
	if answer := said(say(t, web, "HS")); !strings.Contains(answer, "Trần Thị Sáu") {
		t.Errorf("a linked chat hears nothing: %s", answer)
	}
	if again := acts[casework.TakeLink](say(t, phone, "LK "+offered[0].Code).Turn); len(again) > 0 {
		t.Error("a code was taken twice")
	}
}

// TestKeysAreOnce: playing one message twice asks for changes under the same keys, so that records make
// each once.
func TestKeysAreOnce(t *testing.T) {
	t.Parallel()
	c := texts(t)
	for _, words := range []string{"PA den duong ap 2 hong tu thang truoc", "TU CHOI", "SAI SO", "tôi muốn chết quách cho rồi", "PA cán bộ xã ăn chặn tiền của dân"} {
		var keys [2][]string
		for i := range keys {
			s := open(t, c, handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneSau, Conversation: 1})
			for _, a := range say(t, s, words).Turn.Acts {
				keys[i] = append(keys[i], a.ActKey())
			}
		}
		if len(keys[0]) == 0 || strings.Join(keys[0], " ") != strings.Join(keys[1], " ") || strings.Contains(" "+strings.Join(keys[0], " ")+" ", "  ") {
			t.Errorf("%q: keys %v and %v", words, keys[0], keys[1])
		}
	}
}

// TestAnyConversation sends anything on every channel: nothing fails, and what is said can be shown.
func TestAnyConversation(t *testing.T) {
	t.Parallel()
	c := texts(t)
	words := append(lines(t, "../bot/intent/testdata/plain.txt"), "PA", "HS", "CT", "1", "2", "3", "4", "5", "LAI", "THOI", "BO QUA", "GUI", "SUA 1", "MENU", "TIEP", "TIEP TUC",
		"GAP CB", "SAI SO", "LK", "LK 1234", "EN", "VI", "có dấu", "không dấu", "TC", "DUNG", "HUY", "chưa nhận", "xóa dữ liệu", "đổi số", "0912345678", "tin mới",
		"Trần Văn Bình", "ấp 1", "HS H53.22-261102-0042 0123", "PA-4821-7036-2", "PA 4821 7036 2 thêm ý này", "bà tôi mất rồi", "cảm ơn", "chào", "co", "khong")
	routes := []handlertest.Route{
		{Channel: bot.SMS, ID: handlertest.PhoneSau}, {Channel: bot.SMS, ID: handlertest.PhoneBa, Keyword: "XA"}, {Channel: bot.SMS, ID: "+84988000999", Lang: "en"},
		{Channel: bot.Webchat, ID: "x", Phone: handlertest.PhoneBa}, {Channel: bot.Telegram, ID: "x"}, {Channel: bot.Zalo, ID: "x", Phone: handlertest.PhoneSau},
	}
	rapid.Check(t, func(rt *rapid.T) {
		s := open(rt, c, handlertest.Sample(), rapid.SampledFrom(routes).Draw(rt, "route"))
		for range rapid.IntRange(1, 25).Draw(rt, "length") {
			a := say(rt, s, rapid.OneOf(rapid.SampledFrom(words), rapid.String()).Draw(rt, "words"))
			for _, content := range a.Turn.Say {
				if strings.Contains(content.Text, "⟦") {
					rt.Fatalf("a text is missing: %s", content.Text)
				}
			}
			for _, p := range a.Parts {
				if s.Conv.Address.Channel == bot.SMS && text.SMS(p.Text).Parts > 4 {
					rt.Fatalf("%d segments: %s", text.SMS(p.Text).Parts, p.Text)
				}
			}
		}
	})
}

func FuzzPlay(f *testing.F) {
	f.Add("HS H53.22-261102-0042 0123", "1")
	f.Add("PA den duong hong o ap 2", "PA")
	f.Add("bà tôi mất rồi", "2")
	f.Add("{\"action\":\"take\"}", "LK 0")
	c := texts(f)
	f.Fuzz(func(t *testing.T, first, second string) {
		s := open(t, c, handlertest.Sample(), handlertest.Route{Channel: bot.SMS, ID: handlertest.PhoneSau})
		for _, words := range []string{first, second, first} {
			for _, p := range say(t, s, words).Parts {
				if strings.Contains(p.Text, "⟦") {
					t.Fatalf("a text is missing: %s", p.Text)
				}
			}
		}
	})
}
