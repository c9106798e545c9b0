package sms

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

var yesNo = []bot.Choice{{ID: "q1:y", Label: "Đúng", Word: "DUNG"}, {ID: "q1:n", Label: "Sửa lại", Word: "SUA"}}

func TestRender(t *testing.T) {
	t.Parallel()
	const say = "Hồ sơ đã có kết quả."
	tests := map[string]struct {
		keyword string
		route   Route
		content bot.Content
		want    []string
	}{
		"plain":            {"", whole(), bot.Content{Text: say}, []string{"Ho so da co ket qua."}},
		"decomposed":       {"", whole(), bot.Content{Text: "Tie\u0302\u0301ng Vie\u0302\u0323t"}, []string{"Tieng Viet"}},
		"accents":          {"", whole(), bot.Content{Text: say, Accents: true}, []string{say}},
		"accents not able": {"XA", shared(), bot.Content{Text: say, Accents: true}, []string{"Ho so da co ket qua."}},
		"digits":           {"", whole(), bot.Content{Text: say, Choices: yesNo}, []string{"Ho so da co ket qua.\n1 Dung\n2 Sua lai"}},
		"digits, accents":  {"", whole(), bot.Content{Text: say, Choices: yesNo, Accents: true}, []string{say + "\n1 Đúng\n2 Sửa lại"}},
		"words": {"XA", shared(), bot.Content{Text: say, Choices: yesNo},
			[]string{"Ho so da co ket qua.\nSoan XA DUNG gui 8079: Dung\nSoan XA SUA gui 8079: Sua lai"}},
		"words in English": {"XA", shared(), bot.Content{Text: "Right?", Lang: "en", Choices: []bot.Choice{{Label: "Yes", Word: "CO"}}},
			[]string{"Right?\nText XA CO to 8079: Yes"}},
		"a prompt's words on a whole number": {"", whole(), bot.Content{Text: say, Prompt: true, Choices: []bot.Choice{{Label: "Đã nhận", Word: "DA NHAN"}}},
			[]string{"Ho so da co ket qua.\nSoan DA NHAN gui 8079: Da nhan"}},
		"a choice without a word": {"XA", shared(), bot.Content{Text: say, Choices: []bot.Choice{{Label: "Bỏ qua"}}},
			[]string{"Ho so da co ket qua.\nSoan XA BO QUA gui 8079: Bo qua"}},
		"more":            {"XA", shared(), bot.Content{Text: say, More: true}, []string{"Ho so da co ket qua.\nXem tiep: soan XA TIEP"}},
		"more in English": {"", whole(), bot.Content{Text: "Done.", Lang: "en", More: true}, []string{"Done.\nMore: text TIEP"}},
		"one way":         {"XA", shared(), bot.Content{Text: say, Choices: yesNo, More: true, OneWay: true}, []string{"Ho so da co ket qua."}},
		"one-way route":   {"", notices(), bot.Content{Text: say, Choices: yesNo, More: true}, []string{"Ho so da co ket qua."}},
		"first contact":   {"", whole(), bot.Content{Text: say, First: "Tin tự động."}, []string{"Ho so da co ket qua.", "Tin tu dong."}},
		"no link":         {"", whole(), bot.Content{Text: say, Link: "https://tanhoa.gov.vn/hs/1"}, []string{"Ho so da co ket qua."}},
		"a quoted link":   {"", whole(), bot.Content{Text: "Bà con viết: \"vào https://lua-dao.com/x nhé\"."}, []string{"Ba con viet: \"vao ... nhe\"."}},
		"emoji":           {"", whole(), bot.Content{Text: "Cảm ơn 👍"}, []string{"Cam on ?"}},
		"typography":      {"", whole(), bot.Content{Text: "“Sổ đỏ” – 500.000 ₫…"}, []string{"\"So do\" - 500.000 d..."}},
		"forbidden": {"", Route{Forbidden: "%&#[]@!"}, bot.Content{Text: "Giảm 5% [lần 1] & hẹn #3, a@b!"},
			[]string{"Giam 5 phan tram (lan 1) va hen so 3, a a cong b."}},
		"forbidden punctuation": {"", Route{Forbidden: `{}<>[]\|_~"'^*!?;=`}, bot.Content{Text: `{a} <b> [c] d\e f|g h_i "k" 'l' m^n*o p!; q=r?`},
			[]string{"(a) (b) (c) d/e f/g h-i k l m n o p., q:r."}},
		"forbidden in English": {"", Route{Forbidden: "%"}, bot.Content{Text: "5% off", Lang: "en"}, []string{"5 percent off"}},
		"forbidden, accents":   {"", Route{Forbidden: "%", Unicode: true}, bot.Content{Text: "Giảm 5%", Accents: true}, []string{"Giảm 5 phần trăm"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			parts, err := channel(t, tc.keyword, tc.route).Render(tc.content)
			if err != nil {
				t.Fatal(err)
			}
			if got := texts(parts); !slices.Equal(got, tc.want) {
				t.Fatalf("render:\n%q, want\n%q", got, tc.want)
			}
			for _, p := range parts {
				if p.Segments != text.SMS(p.Text).Parts || len(p.Buttons) != 0 || p.AskContact {
					t.Errorf("part %+v", p)
				}
			}
		})
	}
}

func TestRenderNothing(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"", " \n ", "\u200b"} {
		if parts, err := channel(t, "", whole()).Render(bot.Content{Text: s, Choices: yesNo, First: "a"}); err == nil {
			t.Errorf("rendering %q gave %+v", s, parts)
		}
	}
}

func TestRenderLengths(t *testing.T) {
	t.Parallel()
	// The example of a payout notice: 219 characters.
	notice := "UBND xã Tân Hòa thông báo chi trả trợ cấp tháng 11/2026: từ 7h30 đến 11h ngày 05/11 tại Nhà văn hóa thôn Đông. " +
		"Số tiền 500.000đ. Mang CCCD bản gốc. Nếu vắng mặt, liên hệ cán bộ chính sách xã trước 10/11. ĐT 02838291234."
	long := strings.Repeat(notice+" ", 4)
	tests := map[string]struct {
		route    Route
		content  bot.Content
		parts    int
		segments int // at most, of each part
	}{
		"plain":                {whole(), bot.Content{Text: notice}, 1, 2},
		"accents":              {whole(), bot.Content{Text: notice, Accents: true}, 1, 4},
		"long, plain":          {whole(), bot.Content{Text: long}, 4, 2},
		"long, accents":        {whole(), bot.Content{Text: long, Accents: true}, 4, 4},
		"one segment":          {Route{MaxSegments: 1, Unicode: true}, bot.Content{Text: notice}, 2, 1},
		"one segment, accents": {Route{MaxSegments: 1, Unicode: true}, bot.Content{Text: notice, Accents: true}, 4, 1},
		"a carrier of many":    {Route{MaxSegments: 9}, bot.Content{Text: notice}, 1, 2},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := channel(t, "", tc.route)
			parts, err := c.Render(tc.content)
			if err != nil || len(parts) != tc.parts {
				t.Fatalf("%d parts, %v, want %d: %q", len(parts), err, tc.parts, texts(parts))
			}
			for _, p := range parts {
				if p.Segments > tc.segments || p.Segments != text.SMS(p.Text).Parts {
					t.Errorf("%d segments: %q", p.Segments, p.Text)
				}
			}
			if got, want := letters(strings.Join(texts(parts), "")), letters(c.shape(tc.content, tc.content.Text)); got != want {
				t.Errorf("cut:\n%s\n%s", got, want)
			}
		})
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	sentence := "Hồ sơ của bà con đang được xem xét tại xã. "
	tests := map[string]struct {
		keyword string
		route   Route
		content bot.Content
		pages   int
	}{
		"fits":                      {"XA", shared(), bot.Content{Text: sentence, First: "Tin tu dong."}, 1},
		"long":                      {"XA", shared(), bot.Content{Text: strings.Repeat(sentence, 20), First: "Tin tu dong."}, 4},
		"long, accents":             {"", whole(), bot.Content{Text: strings.Repeat(sentence, 20), Accents: true}, 4},
		"a long word":               {"XA", shared(), bot.Content{Text: strings.Repeat("a", 900)}, 4},
		"fits but for its choices":  {"XA", shared(), bot.Content{Text: strings.Repeat(sentence, 6) + "Đúng không?", Choices: yesNo}, 2},
		"one line and its choices":  {"XA", shared(), bot.Content{Text: strings.Repeat("chu ", 65) + "het", Choices: yesNo}, 2},
		"long on a one-way route":   {"", notices(), bot.Content{Text: strings.Repeat(sentence, 20)}, 1},
		"long, nobody can answer":   {"XA", shared(), bot.Content{Text: strings.Repeat(sentence, 20), OneWay: true}, 1},
		"a segment smaller than it": {"XA", Route{TwoWay: true, MaxSegments: 1}, bot.Content{Text: strings.Repeat(sentence, 4)}, 2},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := channel(t, tc.keyword, tc.route)
			pages := c.Pages(tc.content)
			if len(pages) != tc.pages {
				t.Fatalf("%d pages, want %d", len(pages), tc.pages)
			}
			checkPages(t, c, tc.content, pages)
		})
	}
}

// checkPages: nothing is lost, every page is one part, and what belongs to the
// first or the last page is there alone.
func checkPages(t interface {
	Helper()
	Fatalf(string, ...any)
}, c *Channel, content bot.Content, pages []bot.Content) {
	t.Helper()
	var said strings.Builder
	for i, p := range pages {
		said.WriteString(c.shape(content, p.Text))
		last := i == len(pages)-1
		if p.More == last && len(pages) > 1 || (len(p.Choices) > 0) != (last && len(content.Choices) > 0) || (p.First != "") != (i == 0 && content.First != "") {
			t.Fatalf("page %d of %d: %+v", i+1, len(pages), p)
		}
		parts, err := c.Render(p)
		if err != nil {
			t.Fatalf("page %d: %v", i+1, err)
		}
		if want := 1 + min(1, len(p.First)); len(pages) > 1 && len(parts) != want {
			t.Fatalf("page %d is %d parts, want %d: %q", i+1, len(parts), want, texts(parts))
		}
		for _, part := range parts {
			if part.Segments > c.segments(content) {
				t.Fatalf("page %d: %d segments", i+1, part.Segments)
			}
		}
		if p.More && !strings.HasSuffix(parts[0].Text, c.send("TIEP")) {
			t.Fatalf("page %d does not say how to read on: %q", i+1, parts[0].Text)
		}
	}
	if got, want := letters(said.String()), letters(c.shape(content, content.Text)); got != want {
		t.Fatalf("pages say\n%s, want\n%s", got, want)
	}
}

func TestPagesOfAnything(t *testing.T) {
	t.Parallel()
	channels := []*Channel{channel(t, "XA", shared()), channel(t, "", whole()), channel(t, "XA", Route{TwoWay: true, Forbidden: "%&[]", MaxSegments: 2})}
	word := rapid.SampledFrom([]string{"hồ", "sơ", "đã", "có", "kết", "quả.", "Thôn", "5%", "[x]", "€€€", "😀", "a&b", "500.000", "đồng,", "mời\nbà", "con?", "e\u0323\u0302", strings.Repeat("dài", 60)})
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom(channels).Draw(t, "channel")
		content := bot.Content{
			Text:    strings.Join(rapid.SliceOfN(word, 1, 300).Draw(t, "words"), " "),
			Accents: rapid.Bool().Draw(t, "accents"),
			First:   rapid.SampledFrom([]string{"", "Tin tu dong."}).Draw(t, "first"),
			Choices: rapid.SampledFrom([][]bot.Choice{nil, yesNo}).Draw(t, "choices"),
		}
		checkPages(t, c, content, c.Pages(content))
	})
}

func TestChoicesTooLongForAPage(t *testing.T) {
	t.Parallel()
	var choices []bot.Choice
	for _, w := range []string{"MOT", "HAI", "BA", "BON", "NAM", "SAU", "BAY", "TAM", "CHIN"} {
		choices = append(choices, bot.Choice{Label: strings.Repeat("chữ ", 10) + w, Word: w})
	}
	c := channel(t, "XA", shared())
	content := bot.Content{Text: strings.Repeat("Một câu hỏi dài. ", 30), Choices: choices}
	pages := c.Pages(content)
	var all []string
	for _, p := range pages {
		parts, err := c.Render(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range parts {
			if part.Segments > plainSegments {
				t.Errorf("%d segments: %q", part.Segments, part.Text)
			}
			all = append(all, part.Text)
		}
	}
	for _, choice := range choices {
		if !strings.Contains(strings.Join(all, "\n"), "XA "+choice.Word) {
			t.Errorf("choice %s is not offered", choice.Word)
		}
	}
}

// On a shared short code a message without the keyword reaches somebody else, at the
// sender's cost.
func TestEveryHintBeginsWithTheKeyword(t *testing.T) {
	t.Parallel()
	c := channel(t, "XA", shared())
	for _, lang := range []string{"vi", "en"} {
		for _, prompt := range []bool{false, true} {
			parts, err := c.Render(bot.Content{Text: "?", Lang: lang, Choices: yesNo, Prompt: prompt, More: true})
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(parts[0].Text, "\n")[1:]
			if len(lines) != 3 {
				t.Fatalf("lines: %q", lines)
			}
			for i, word := range []string{"DUNG", "SUA", "TIEP"} {
				if !strings.Contains(lines[i], " XA "+word) || strings.HasPrefix(lines[i], "1") {
					t.Errorf("%s: hint %q", lang, lines[i])
				}
			}
		}
	}
}

func TestFindLink(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"xem https://a.example/x?y=1 nhe":        "https://a.example/x?y=1",
		"HTTP://A.B":                             "HTTP://A.B",
		"vao www.tanhoa.example":                 "www.tanhoa.example",
		"dichvucong.gov.vn":                      "dichvucong.gov.vn",
		"bit.ly/3abc":                            "bit.ly/3abc",
		"zalo.me/123":                            "zalo.me/123",
		"t.me/bot":                               "t.me/bot",
		"t.me":                                   "t.me",
		"goo.gl":                                 "goo.gl",
		"lua-dao.top/x":                          "lua-dao.top/x",
		"Ho so 04486.G/2019/08708 da co ket qua": "",
		"Ma 000.00.15.H15-220112-0001, H15.22-261101-42": "",
		"So tien 1.500.000d. DT 02838291234.":            "",
		"Da xong.Co giay moi":                            "",
		"Ong A.Me B":                                     "",
		"tu 7h30.Den 11h ngay 05/11/2026":                "",
		"Thu: xa@tanhoa.gov.vn":                          "",
		"PA-4821-7036-2":                                 "",
	}
	for s, want := range tests {
		if got := FindLink(s); got != want {
			t.Errorf("FindLink(%q) = %q, want %q", s, got, want)
		}
		if got := FindLink(dropLinks(s)); got != "" {
			t.Errorf("%q still holds %q", s, got)
		}
	}
}

func FuzzRender(f *testing.F) {
	f.Add("Hồ sơ 04486.G/2019/08708 đã có kết quả.", true)
	f.Add("goo!gl a!vn", true)
	f.Add("www.a.vn http://b.com/ 5% [€] \x00\xff e\u0301", false)
	f.Fuzz(func(t *testing.T, s string, accents bool) {
		c := channel(t, "XA", Route{TwoWay: true, Unicode: accents, Forbidden: "%[]!"})
		content := bot.Content{Text: s, Accents: accents, Choices: yesNo}
		shaped := c.shape(content, s)
		if again := c.shape(content, shaped); again != shaped {
			t.Fatalf("shaping twice: %q, then %q", shaped, again)
		}
		parts, err := c.Render(content)
		if (err != nil) != (shaped == "") {
			t.Fatalf("render: %v of %q", err, shaped)
		}
		for _, p := range parts {
			if p.Segments > c.segments(content) || p.Segments < 1 || strings.ContainsAny(p.Text, "%[]!") || FindLink(p.Text) != "" {
				t.Fatalf("part %+v", p)
			}
		}
	})
}

func FuzzKeyword(f *testing.F) {
	f.Add("XA HS 123")
	f.Add("xã\x00")
	f.Fuzz(func(t *testing.T, s string) {
		if got := stripKeyword("XA", s); len(got) > len(s) || !strings.Contains(s, got) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func texts(parts []bot.Part) []string {
	out := make([]string, 0, len(parts))
	for _, p := range parts {
		out = append(out, p.Text)
	}
	return out
}

// letters is s without white space, for comparing what was said.
func letters(s string) string { return strings.Join(strings.Fields(s), "") }
