package telegram

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"tiepdan/bot"
)

func choices(labels ...string) []bot.Choice {
	var list []bot.Choice
	for i, label := range labels {
		list = append(list, bot.Choice{ID: "q7:" + string(rune('a'+i)), Label: label})
	}
	return list
}

func TestRender(t *testing.T) {
	t.Parallel()
	short := choices("Tra cứu", "Lịch chi trả", "Phản ánh")
	long := choices("Tra cứu", "Tôi muốn gặp cán bộ tiếp dân", "Phản ánh", "Thoát")
	tests := []struct {
		name    string
		content bot.Content
		want    []bot.Part
	}{
		{
			"plain text", bot.Content{Text: " Hồ sơ đang được xử lý. <b>&_*\n"},
			[]bot.Part{{Text: "Hồ sơ đang được xử lý. <b>&_*", Segments: 1}},
		},
		{
			"link and first line", bot.Content{Text: "Xem thêm:", Link: "https://xa.example.vn/pa", First: "Đây là trả lời tự động."},
			[]bot.Part{{Text: "Xem thêm:\nhttps://xa.example.vn/pa\n\nĐây là trả lời tự động.", Segments: 1}},
		},
		{
			"short labels two in a row", bot.Content{Text: "Chọn mục", Choices: short},
			[]bot.Part{{Text: "Chọn mục", Buttons: [][]bot.Choice{{short[0], short[1]}, {short[2]}}, Segments: 1}},
		},
		{
			"a long label alone", bot.Content{Text: "Chọn mục", Choices: long, Prompt: true},
			[]bot.Part{{Text: "Chọn mục", Buttons: [][]bot.Choice{{long[0]}, {long[1]}, {long[2], long[3]}}, Segments: 1}},
		},
		{
			"asks for the number", bot.Content{Text: "Bấm nút để gửi số", AskContact: true, Choices: short[2:]},
			[]bot.Part{{Text: "Bấm nút để gửi số", Buttons: [][]bot.Choice{{short[2]}}, AskContact: true, Segments: 1}},
		},
		{
			"no way back, no buttons", bot.Content{Text: "Thông báo", OneWay: true, AskContact: true, Choices: short},
			[]bot.Part{{Text: "Thông báo", Segments: 1}},
		},
	}
	c := newChannel(t, testConfig(CloudURL))
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Render(tt.content)
			if err != nil {
				t.Fatalf("Render: %v", err)
			}
			if !reflect.DeepEqual(got, tt.want) {
				t.Errorf("Render gave\n%+v\nwant\n%+v", got, tt.want)
			}
		})
	}
}

func TestRenderRefusesWhatCannotBeSaid(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	for name, content := range map[string]bot.Content{
		"empty text":     {Text: " \n\x00", First: "Tự động."},
		"long choice id": {Text: "x", Choices: []bot.Choice{{ID: strings.Repeat("a", 65), Label: "a"}}},
		"no choice id":   {Text: "x", Choices: []bot.Choice{{Label: "a"}}},
		"no label":       {Text: "x", Choices: []bot.Choice{{ID: "a"}}},
	} {
		if got, err := c.Render(content); err == nil {
			t.Errorf("%s: Render gave %+v, want an error", name, got)
		}
	}
}

func TestLongTextsAreSplitAtTheirBorders(t *testing.T) {
	t.Parallel()
	word := strings.Repeat("ệ", 9) + " " // ten units
	tests := []struct {
		name string
		text string
		want []string
	}{
		{"at a paragraph", strings.Repeat("a", 30) + "\n\n" + "b c\nd", []string{strings.Repeat("a", 30), "b c\nd"}},
		{"at a line", strings.Repeat("a", 30) + "\n" + "b c d e", []string{strings.Repeat("a", 30), "b c d e"}},
		{"at a word", strings.Repeat(word, 4), []string{strings.TrimSpace(strings.Repeat(word, 3)), strings.TrimSpace(word)}},
		{"right behind what fits", strings.Repeat("a", 34) + " b", []string{strings.Repeat("a", 34), "b"}},
		{"not at an early paragraph", "a\n\n" + strings.Repeat("b", 20) + " " + strings.Repeat("c", 20), []string{"a\n\n" + strings.Repeat("b", 20), strings.Repeat("c", 20)}},
		{"one long word", strings.Repeat("ệ", 50), []string{strings.Repeat("ệ", 34), strings.Repeat("ệ", 16)}},
		{"pairs stay whole", strings.Repeat("🌾", 20), []string{strings.Repeat("🌾", 17), strings.Repeat("🌾", 3)}},
		{"marks stay with their letter", strings.Repeat("x\u0331", 20), []string{strings.Repeat("x\u0331", 17), strings.Repeat("x\u0331", 3)}},
		{"joined pictures stay whole", strings.Repeat("a", 31) + "👩\u200d🌾b", []string{strings.Repeat("a", 31), "👩\u200d🌾b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := split(tt.text, 34); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("split gave\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestButtonsGoUnderTheLastPart(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	parts, err := c.Render(bot.Content{
		Text: strings.Repeat("Đoạn văn dài của câu trả lời.\n", 400), First: "Đây là trả lời tự động.",
		Choices: choices("Có", "Không"), AskContact: true,
	})
	if err != nil {
		t.Fatalf("Render: %v", err)
	}
	if len(parts) < 3 {
		t.Fatalf("%d parts for 12,000 letters", len(parts))
	}
	for i, part := range parts {
		last := i == len(parts)-1
		if n := len(utf16.Encode([]rune(part.Text))); n > 4000 {
			t.Errorf("part %d has %d units", i, n)
		}
		if (len(part.Buttons) > 0) != last || part.AskContact != last {
			t.Errorf("part %d of %d: buttons %v, asks %v", i, len(parts), part.Buttons, part.AskContact)
		}
	}
	if !strings.HasSuffix(parts[len(parts)-1].Text, "Đây là trả lời tự động.") {
		t.Error("the first-contact sentence is not the last line")
	}
}

// FuzzSplit: no part is too long, broken or empty, and nothing but white space is lost.
func FuzzSplit(f *testing.F) {
	f.Add("Hồ sơ\n\nđang xử lý", uint8(9))
	f.Add(strings.Repeat("👩\u200d🌾", 40), uint8(3))
	f.Add("\xff\xfe a", uint8(2))
	f.Fuzz(func(t *testing.T, s string, n uint8) {
		limit := max(2, int(n)) // a pair of units must fit
		bare := func(s string) string { return strings.Join(strings.Fields(s), "") }
		s = strings.ToValidUTF8(s, "?")
		parts := split(s, limit)
		for _, part := range parts {
			if part == "" || !utf8.ValidString(part) || len(utf16.Encode([]rune(part))) > limit {
				t.Errorf("part %q at limit %d", part, limit)
			}
		}
		if got := strings.Join(parts, ""); bare(got) != bare(s) {
			t.Errorf("split lost something: %q of %q", got, s)
		}
	})
}

func TestMarkup(t *testing.T) {
	t.Parallel()
	list := choices("Có", "Không")
	tests := []struct {
		name string
		part bot.Part
		want string
	}{
		{"none takes old keys away", bot.Part{}, `{"remove_keyboard":true}`},
		{"buttons", bot.Part{Buttons: [][]bot.Choice{list}}, `{"inline_keyboard":[[{"text":"Có","callback_data":"q7:a"},{"text":"Không","callback_data":"q7:b"}]]}`},
		{"number", bot.Part{AskContact: true, Buttons: [][]bot.Choice{list[1:]}}, `{"keyboard":[[{"text":"Gửi số điện thoại","request_contact":true}],[{"text":"Không"}]],"resize_keyboard":true,"one_time_keyboard":true}`},
	}
	c := newChannel(t, testConfig(CloudURL))
	for _, tt := range tests {
		got, err := json.Marshal(c.markup(tt.part))
		if err != nil || string(got) != tt.want {
			t.Errorf("%s: %s, %v, want %s", tt.name, got, err, tt.want)
		}
	}
	cfg := testConfig(CloudURL)
	cfg.ShareNumber = ""
	got, err := json.Marshal(newChannel(t, cfg).markup(bot.Part{AskContact: true}))
	if err != nil || string(got) != tests[0].want {
		t.Errorf("no label for the button: %s, %v", got, err)
	}
}
