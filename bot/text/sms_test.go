package text

import (
	"fmt"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

const (
	resultVI = "UBND xã Tân Hòa: Hồ sơ 04486.G/2019/08708 đã có kết quả. Mời đến Bộ phận Một cửa nhận. LH 0912345678."
	resultGo = "UBND xa Tan Hoa: Ho so 04486.G/2019/08708 da co ket qua. Moi den Bo phan Mot cua nhan. LH 0912345678."
	payoutVI = "UBND xã Tân Hòa thông báo chi trả trợ cấp tháng 11/2026: từ 7h30 đến 11h ngày 05/11 tại Nhà văn hóa thôn Đông. Số tiền " +
		"500.000đ. Mang CCCD bản gốc. Nếu vắng mặt, liên hệ cán bộ chính sách xã trước 10/11. ĐT 02838291234."
	payoutGo = "UBND xa Tan Hoa thong bao chi tra tro cap thang 11/2026: tu 7h30 den 11h ngay 05/11 tai Nha van hoa thon Dong. So tien " +
		"500.000d. Mang CCCD ban goc. Neu vang mat, lien he can bo chinh sach xa truoc 10/11. DT 02838291234."
)

func TestSMS(t *testing.T) {
	t.Parallel()
	a, dot := strings.Repeat, "ạ"
	for _, c := range []struct {
		in   string
		want Segments
	}{
		{"", Segments{GSM7, 0, 0}},
		{a("a", 160), Segments{GSM7, 160, 1}},
		{a("a", 161), Segments{GSM7, 161, 2}},
		{a("a", 306), Segments{GSM7, 306, 2}},
		{a("a", 307), Segments{GSM7, 307, 3}},
		{a(dot, 70), Segments{UCS2, 70, 1}},
		{a(dot, 71), Segments{UCS2, 71, 2}},
		{a(dot, 134), Segments{UCS2, 134, 2}},
		{a(dot, 135), Segments{UCS2, 135, 3}},
		{a("a", 159) + "€", Segments{GSM7, 161, 2}},
		{a("a", 158) + "€", Segments{GSM7, 160, 1}},
		{a("a", 152) + "€" + a("a", 10), Segments{GSM7, 164, 2}},
		{a("a", 152) + "€" + a("a", 152), Segments{GSM7, 306, 3}}, // 152, €+151, 1
		{a(dot, 66) + "😀" + a(dot, 66), Segments{UCS2, 134, 3}},
		{resultGo, Segments{GSM7, 101, 1}},
		{resultVI, Segments{UCS2, 101, 2}},
		{norm.NFD.String(resultVI), Segments{UCS2, 101, 2}},
		{payoutGo, Segments{GSM7, 219, 2}},
		{payoutVI, Segments{UCS2, 219, 4}},
		{norm.NFD.String(payoutVI), Segments{UCS2, 219, 4}},
		{"[^{}~|\\]€\f", Segments{GSM7, 20, 1}},
		{"`", Segments{UCS2, 1, 1}},
		{"a\tb", Segments{UCS2, 3, 1}},
		{"àèéìòùÉ", Segments{GSM7, 7, 1}},
		{"\xff", Segments{UCS2, 1, 1}},
	} {
		if got := SMS(c.in); got != c.want {
			t.Errorf("SMS(%.40q) = %+v, want %+v", c.in, got, c.want)
		}
	}
	if Unaccent(resultVI) != resultGo || Unaccent(payoutVI) != payoutGo {
		t.Error("the accented samples do not fold to the plain ones")
	}
}

func TestSMSAlphabet(t *testing.T) {
	t.Parallel()
	const table = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?" +
		"¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
	if n := utf8.RuneCountInString(table); n != 127 {
		t.Fatalf("%d characters in the table, want 127", n)
	}
	for r := rune(0); r <= 0xFFFF; r++ {
		want := 0
		if strings.ContainsRune(table, r) {
			want = 1
		} else if strings.ContainsRune("\f^{}\\[~]|€", r) {
			want = 2
		}
		if r >= 0xD800 && r <= 0xDFFF {
			continue
		}
		if got := septets(r); got != want {
			t.Errorf("septets(%q) = %d, want %d", r, got, want)
		}
	}
	inside := 0
	for _, l := range vietnamese() {
		if l[0] >= utf8.RuneSelf && SMS(l).Encoding == GSM7 {
			inside++
		}
	}
	if inside != 7 {
		t.Errorf("%d accented Vietnamese letters are in GSM-7, want 7", inside)
	}
}

func TestSplitSMS(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		parts    int
		want     []string
	}{
		{"nothing", " \n", 1, nil},
		{"fits", resultGo, 1, []string{resultGo}},
		{"between sentences", strings.Repeat("a", 100) + ". " + strings.Repeat("b", 90), 1,
			[]string{strings.Repeat("a", 100) + ".", strings.Repeat("b", 90)}},
		{"between lines", strings.Repeat("a", 100) + "\n" + strings.Repeat("b", 90) + " c", 1,
			[]string{strings.Repeat("a", 100), strings.Repeat("b", 90) + " c"}},
		{"between words when the sentence ends too early", "Da. " + strings.Repeat("abcd ", 40), 1,
			[]string{"Da. " + strings.TrimSpace(strings.Repeat("abcd ", 31)), strings.TrimSpace(strings.Repeat("abcd ", 9))}},
		{"one long word", strings.Repeat("a", 200), 1, []string{strings.Repeat("a", 160), strings.Repeat("a", 40)}},
		{"a number in groups", strings.Repeat("a", 150) + " 0912 345 678", 1, []string{strings.Repeat("a", 150), "0912 345 678"}},
		{"no half emoji", strings.Repeat("ạ", 69) + "😀", 1, []string{strings.Repeat("ạ", 69), "😀"}},
		{"no half family", strings.Repeat("ạ", 66) + "👨‍👩‍👧", 1, []string{strings.Repeat("ạ", 66), "👨‍👩‍👧"}},
		{"no half extension", strings.Repeat("a", 159) + "€", 1, []string{strings.Repeat("a", 159), "€"}},
	} {
		got, err := SplitSMS(c.in, c.parts)
		if err != nil || fmt.Sprintf("%q", got) != fmt.Sprintf("%q", c.want) {
			t.Errorf("%s: %q, %v, want %q", c.name, got, err, c.want)
		}
	}
	if _, err := SplitSMS("a", 0); err == nil {
		t.Error("no part: no error")
	}
}

const sampleCode = "000.00.15.H15-220112-0001"

func TestSplitSMSLosesNothing(t *testing.T) {
	t.Parallel()
	word := rapid.OneOf(
		rapid.SampledFrom([]string{"tiền", "trợ", "cấp.", "tien", "tro", "cap.", "€", "{x}", "😀", "👨‍👩‍👧", "0912", "345", "\n", "e\u0323\u0301\u0300", "7h30-11h;"}),
		rapid.StringN(1, 30, -1),
		rapid.StringMatching(`[a-z]{1,200}`),
		rapid.Just(sampleCode),
	)
	rapid.Check(t, func(t *rapid.T) {
		s := strings.Join(rapid.SliceOfN(word, 30, 120).Draw(t, "words"), " ")
		pieces := split(t, s, rapid.IntRange(1, 4).Draw(t, "parts"))
		whole := 0
		for _, p := range pieces {
			whole += strings.Count(p, sampleCode)
		}
		if want := strings.Count(s, sampleCode); whole != want {
			t.Fatalf("%d codes arrived whole of %d", whole, want)
		}
	})
}

// split checks what holds for every text.
func split(t interface{ Fatalf(string, ...any) }, s string, parts int) []string {
	pieces, err := SplitSMS(s, parts)
	if err != nil {
		t.Fatalf("SplitSMS: %v", err)
	}
	for _, p := range pieces {
		if n := SMS(p).Parts; n < 1 || n > parts {
			t.Fatalf("piece %q has %d parts, limit %d", p, n, parts)
		}
	}
	want := withoutSpace(norm.NFC.String(strings.ToValidUTF8(s, "")))
	if got := withoutSpace(strings.Join(pieces, "")); got != want && norm.NFC.String(got) != norm.NFC.String(want) {
		t.Fatalf("lost something: %q of %q", got, want)
	}
	return pieces
}

func withoutSpace(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func FuzzSplitSMS(f *testing.F) {
	f.Add(payoutVI, 1)
	f.Add(strings.Repeat("ạ", 66)+"😀"+strings.Repeat("ạ", 66), 2)
	f.Add("a"+strings.Repeat("\u0301", 300), 1)
	f.Fuzz(func(t *testing.T, s string, parts int) {
		split(t, s, 1+int(uint(parts)%5))
	})
}

func BenchmarkSMS(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		SMS(payoutVI)
	}
}
