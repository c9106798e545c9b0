package zalo_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
)

func channel(t testing.TB, buttons bool) *zalo.Channel {
	t.Helper()
	ch, err := zalo.New(zalo.Config{AppID: appID, AppSecret: appSecret, Buttons: buttons}, noGrants{}, testHash)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	return ch
}

func TestRender(t *testing.T) {
	t.Parallel()
	yesNo := []bot.Choice{{ID: "p7:y", Label: "Đã nhận", Word: "DA NHAN"}, {ID: "p7:n", Label: "Chưa nhận", Word: "CHUA NHAN"}}
	row := func(choices ...bot.Choice) [][]bot.Choice {
		var rows [][]bot.Choice
		for _, c := range choices {
			rows = append(rows, []bot.Choice{c})
		}
		return rows
	}
	for name, tc := range map[string]struct {
		content bot.Content
		text    string
		buttons [][]bot.Choice
	}{
		"text":     {bot.Content{Text: " Hồ sơ 123 đã tiếp nhận. "}, "Hồ sơ 123 đã tiếp nhận.", nil},
		"NFC":      {bot.Content{Text: "Hồ sơ"}, "Hồ sơ", nil},
		"no marks": {bot.Content{Text: "a * b _c_ `d` <e>"}, "a * b _c_ `d` <e>", nil},
		"everything": {
			bot.Content{Text: "Bác cần gì?", Link: "https://tiepdan.example/x", Choices: yesNo, First: "Đây là trả lời tự động."},
			"Bác cần gì?\nhttps://tiepdan.example/x\n\n1. Đã nhận\n2. Chưa nhận\n\nĐây là trả lời tự động.", row(yesNo...),
		},
		"a prompt": {
			bot.Content{Text: "Bác nhận tiền chưa?", Choices: yesNo, Prompt: true},
			"Bác nhận tiền chưa?\n\nDA NHAN: Đã nhận\nCHUA NHAN: Chưa nhận", row(yesNo...),
		},
		"a prompt without words": {
			bot.Content{Text: "?", Choices: []bot.Choice{{ID: "a", Label: "A\nB"}}, Prompt: true},
			"?\n\n- A B", row(bot.Choice{ID: "a", Label: "A B"}),
		},
		"one way": {bot.Content{Text: "Lịch chi trả", Choices: yesNo, OneWay: true}, "Lịch chi trả", nil},
		"six choices": {
			bot.Content{Text: "?", Choices: numbered(6)},
			"?\n\n1. Mục 1\n2. Mục 2\n3. Mục 3\n4. Mục 4\n5. Mục 5\n6. Mục 6", nil,
		},
		"five choices": {
			bot.Content{Text: "?", Choices: numbered(5)},
			"?\n\n1. Mục 1\n2. Mục 2\n3. Mục 3\n4. Mục 4\n5. Mục 5", row(numbered(5)...),
		},
		"a label too long for a button": {
			bot.Content{Text: "?", Choices: []bot.Choice{{ID: "a", Label: strings.Repeat("ệ", 101)}}},
			"?\n\n1. " + strings.Repeat("ệ", 101), nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, on := range []bool{false, true} {
				parts, err := channel(t, on).Render(tc.content)
				if err != nil || len(parts) != 1 {
					t.Fatalf("got %+v, %v", parts, err)
				}
				want := bot.Part{Text: tc.text, Segments: 1}
				if on {
					want.Buttons = tc.buttons
				}
				if !reflect.DeepEqual(parts[0], want) {
					t.Errorf("buttons %v:\ngot  %+v\nwant %+v", on, parts[0], want)
				}
			}
		})
	}
	for _, empty := range []string{"", " \n\t"} {
		if parts, err := channel(t, false).Render(bot.Content{Text: empty, First: "x"}); err == nil {
			t.Errorf("%q gave %+v", empty, parts)
		}
	}
}

func numbered(n int) []bot.Choice {
	var choices []bot.Choice
	for i := range n {
		choices = append(choices, bot.Choice{ID: fmt.Sprintf("q:%d", i+1), Label: fmt.Sprintf("Mục %d", i+1)})
	}
	return choices
}

func TestRenderSplits(t *testing.T) {
	t.Parallel()
	word := "việc " // 5 units
	paragraph := strings.TrimSpace(strings.Repeat(word, 200))
	for name, tc := range map[string]struct {
		text string
		want []string
	}{
		"at the limit":      {strings.Repeat("ệ", 1900), []string{strings.Repeat("ệ", 1900)}},
		"one more":          {strings.Repeat("ệ", 1901), []string{strings.Repeat("ệ", 1900), "ệ"}},
		"emoji count twice": {strings.Repeat("🌾", 951), []string{strings.Repeat("🌾", 950), "🌾"}},
		"by paragraph":      {paragraph + "\n\n" + paragraph + "\n\n" + paragraph, []string{paragraph, paragraph, paragraph}},
		"by line":           {paragraph + "\n" + paragraph, []string{paragraph, paragraph}},
		"by word": {strings.Repeat(word, 400),
			[]string{strings.TrimSpace(strings.Repeat(word, 380)), strings.TrimSpace(strings.Repeat(word, 20))}},
		"after a short first line": {"Kính gửi bác:\n\n" + strings.Repeat(word, 400),
			[]string{"Kính gửi bác:\n\n" + strings.TrimSpace(strings.Repeat(word, 377)), strings.TrimSpace(strings.Repeat(word, 23))}},
		"a space right at the limit": {strings.Repeat("a", 1900) + " b", []string{strings.Repeat("a", 1900), "b"}},
		"a line right at the limit":  {strings.Repeat("a", 1900) + "\n\nb", []string{strings.Repeat("a", 1900), "b"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts, err := channel(t, false).Render(bot.Content{Text: tc.text})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range parts {
				got = append(got, p.Text)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got %d parts %q", len(got), got)
			}
		})
	}
}

// A long answer keeps its menu whole on the last part, where the buttons are.
func TestMenuStaysWhole(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(strings.Repeat("chữ ", 90)+"\n\n", 8)
	parts, err := channel(t, true).Render(bot.Content{Text: text, Choices: numbered(5), First: "Trả lời tự động."})
	if err != nil || len(parts) < 2 {
		t.Fatalf("%d parts, %v", len(parts), err)
	}
	for i, p := range parts {
		last := i == len(parts)-1
		if (len(p.Buttons) == 5) != last || strings.Contains(p.Text, "1. Mục 1") != last || strings.HasSuffix(p.Text, "5. Mục 5\n\nTrả lời tự động.") != last {
			t.Errorf("part %d: %d buttons, %q", i, len(p.Buttons), p.Text)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("Hồ sơ 123", "", "Mục", true)
	f.Add(strings.Repeat("a\u0323\u0302", 2000), "https://a.vn", "x", false)
	f.Add(strings.Repeat("👨‍👩‍👧‍👦", 900), "", "", true)
	f.Add("\xff\n\n"+strings.Repeat("x\n", 1500), "", "a", false)
	f.Add(strings.Repeat("\u0301", 3000), "", "a", false)
	f.Fuzz(func(t *testing.T, text, link, label string, buttons bool) {
		ch := channel(t, buttons)
		parts, err := ch.Render(bot.Content{Text: text, Link: link, Choices: []bot.Choice{{ID: "a", Label: label}}})
		if err != nil {
			if strings.TrimSpace(text) != "" {
				t.Fatalf("refused: %v", err)
			}
			return
		}
		if len(parts) == 0 {
			t.Fatal("no parts")
		}
		var all strings.Builder
		for _, p := range parts {
			if p.Text == "" || len(utf16.Encode([]rune(p.Text))) > 1900 || p.Segments != 1 {
				t.Fatalf("part of %d units", len(utf16.Encode([]rune(p.Text))))
			}
			if utf8.ValidString(text) && utf8.ValidString(link) && utf8.ValidString(label) && !utf8.ValidString(p.Text) {
				t.Fatal("a letter was cut")
			}
			all.WriteString(p.Text)
		}
		if want := solid(norm.NFC.String(strings.TrimSpace(text))); !strings.HasPrefix(solid(all.String()), want) && link == "" && label == "" {
			t.Fatalf("text was lost: %q is not in %q", want, all.String())
		}
	})
}

// solid is s without white space.
func solid(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}
