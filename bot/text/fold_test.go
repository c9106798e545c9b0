package text

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{"nothing", "", ""},
		{"plain", "HS 4821", "HS 4821"},
		{"space around", " \n hồ sơ \t", "hồ sơ"},
		{"NUL", "a\x00b", "ab"},
		{"control", "a\x01\x1bb\x7fc\u0085d", "abc\nd"},
		{"bad UTF-8", "hồ\xff\xc3 sơ", "hồ sơ"},
		{"line ends", "a\r\nb\rc\vd\u2028e", "a\nb\nc\nd\ne"},
		{"tab", "a\tb", "a b"},
		{"decomposed", norm.NFD.String("Tiếng Việt đường"), "Tiếng Việt đường"},
		{"look-alikes", "ðường Ðắk Ɖăk", "đường Đắk Đăk"},
		{"turned direction", "HS \u202e1284\u202c", "HS 1284"},
		{"byte order mark", "\ufeffHS", "HS"},
		{"Khmer stays", "ភាសាខ្មែរ", "ភាសាខ្មែរ"},
		{"emoji stays", "👨‍👩‍👧 ok", "👨‍👩‍👧 ok"},
	} {
		if got := Clean(c.in); got != c.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", c.name, c.in, got, c.want)
		}
	}
	if n := utf8.RuneCountInString(norm.NFD.String("Tiếng Việt đường")); n != 23 {
		t.Errorf("the decomposed sample has %d runes, want 23", n)
	}
}

func TestUnaccent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Hồ sơ đã có KẾT QUẢ", "Ho so da co KET QUA"},
		{norm.NFD.String("Đường Nguyễn Huệ"), "Duong Nguyen Hue"},
		{"“Đắk Lắk” – ‘Ðăk’ — Ɖ ð", `"Dak Lak" - 'Dak' - D d`},
		{"500.000₫…", "500.000d..."},
		{"a\u00a0b\u2003c\u200bd\ufeff\te", "a b cd e"},
		{"• một\n· hai", "- mot\n- hai"},
		{"30° 2×3 m²", "30 do 2x3 m2"},
		{"a`b´c", "a'b'c"},
		{"０９１２ Ａ", "0912 A"},
		{"à è é ì ò ù É", "a e e i o u E"},
		{"H’Drai, M'Nông, Bahnar ƀ č ŏ ĭ", "H'Drai, M'Nong, Bahnar b c o i"},
		{"ភាសាខ្មែរ", "ភាសាខ្មែរ"},
		{"[a]{b}\\~€^|", "[a]{b}\\~€^|"},
		{"a\x00b\rc", "ab\nc"},
	} {
		if got := Unaccent(c.in); got != c.want {
			t.Errorf("Unaccent(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

// vietnamese are the 89 letters with every tone, and their capitals.
func vietnamese() []string {
	var all []string
	for _, v := range []string{"a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"} {
		for _, tone := range []string{"", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"} {
			all = append(all, norm.NFC.String(v+tone))
		}
	}
	all = append(all, strings.Split("bcdđghklmnpqrstvx", "")...)
	for _, l := range all[:89] {
		all = append(all, strings.ToUpper(l))
	}
	return all
}

func TestEveryVietnameseLetterFolds(t *testing.T) {
	t.Parallel()
	all := vietnamese()
	if len(all) != 178 {
		t.Fatalf("%d letters, want 178", len(all))
	}
	for _, l := range all {
		for _, form := range []string{l, norm.NFD.String(l)} {
			got := Unaccent(form)
			if len(got) != 1 || SMS(got).Encoding != GSM7 || !strings.EqualFold(got, Fold(form)) {
				t.Errorf("Unaccent(%q) = %q, Fold %q", form, got, Fold(form))
			}
		}
	}
}

func TestFold(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"Hồ-sơ  H53", "ho so h53"},
		{"  ", ""},
		{"?!", ""},
		{"TÔI ĐƯỢC...bao nhiêu?", "toi duoc bao nhieu"},
		{norm.NFD.String("Hoà thuận"), "hoa thuan"},
		{"H53.22-260915-0007", "h53 22 260915 0007"},
		{"1️⃣ đúng 👍", "1 dung"},
		{"ភាសាខ្មែរ", "ភាសាខ្មែរ"},
		{"a\u200bb", "ab"},
		{"İstanbul", "istanbul"},
	} {
		if got := Fold(c.in); got != c.want {
			t.Errorf("Fold(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := Words("Tôi, ở xã  Tân Biên!"); strings.Join(got, "|") != "toi|o|xa|tan|bien" {
		t.Errorf("Words = %q", got)
	}
}

func TestFoldingIsStable(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		stable(t, s)
	})
}

// stable holds for every text there is.
func stable(t interface{ Fatalf(string, ...any) }, s string) {
	for name, f := range map[string]func(string) string{"Clean": Clean, "Unaccent": Unaccent, "Fold": Fold} {
		once := f(s)
		if twice := f(once); twice != once {
			t.Fatalf("%s(%q) = %q, again %q", name, s, once, twice)
		}
		if !utf8.ValidString(once) || strings.ContainsRune(once, 0) || !norm.NFC.IsNormalString(once) {
			t.Fatalf("%s(%q) = %q is not clean", name, s, once)
		}
	}
	if f := Fold(s); strings.Join(strings.Fields(f), " ") != f {
		t.Fatalf("Fold(%q) = %q has loose spaces", s, f)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "Hồ-sơ  H53", "a\x00\xff\u0301", "ភាសាខ្មែរ", "e\u0323\u0302\u034f", "1️⃣", "ﬁ½"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) { stable(t, s) })
}

func FuzzClean(f *testing.F) {
	f.Add("ðường\r\n\x00")
	f.Add("\u0338\u1100\u1161\u11a8")
	f.Fuzz(func(t *testing.T, s string) {
		c := Clean(s)
		if Clean(c) != c || !utf8.ValidString(c) || strings.ContainsAny(c, "\x00\r\t\x7fð") {
			t.Fatalf("Clean(%q) = %q", s, c)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	s := "Cho tôi hỏi hồ sơ trợ cấp của mẹ tôi tới đâu rồi ạ? Mã H53.22-260915-0007."
	b.ReportAllocs()
	for b.Loop() {
		Fold(s)
	}
}
