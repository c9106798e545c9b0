package intent

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzAccuses(f *testing.F) {
	for _, s := range []string{
		"cán bộ ăn chặn tiền", "ca1n bo65 nha65n ho61i lo65", "tham nhũg", "cb đòi 2tr ms ký", "", "\xff\x00", "ភាសាខ្មែរ", "ợợợ. 1 % ộ̣̣",
		strings.Repeat("cán bộ lấy tiền của dân ", 50),
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v := Accuses(s)
		if v.Suspect && v.Why == "" {
			t.Errorf("%q: suspect without a reason", s)
		}
		if s == "" && v.Suspect {
			t.Error("an empty text is suspect")
		}
	})
}

func FuzzUnderstand(f *testing.F) {
	for _, s := range []string{
		"hồ sơ H53.22-260915-0007 nộp 12/10, sđt 0912 345 678", "được 1.500.000 đồng", "PA-4821-7036-2", "mai táng mùng 5", "khi na2o co1 tie62n",
		"079 068 123 456", "\xff", "?", "HS HS HS 1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		r := Understand(s, now)
		if r.Intents == nil || r.Slots == nil {
			t.Fatalf("%q: a list is null", s)
		}
		if (r.Decision == Unknown) != (len(r.Intents) == 0) {
			t.Errorf("%q: %s with %d intents", s, r.Decision, len(r.Intents))
		}
		for _, g := range r.Intents {
			if g.Confidence <= 0 || g.Confidence > 1 {
				t.Errorf("%q: confidence %v", s, g)
			}
		}
		for _, slot := range r.Slots {
			if slot.Value == "" || slot.Text == "" || !utf8.ValidString(slot.Text) {
				t.Errorf("%q: slot %+v", s, slot)
			}
		}
	})
}

// FuzzLexicon: a rules file that is wrong is refused and never panics.
func FuzzLexicon(f *testing.F) {
	f.Add("[a]\nx, {y|z} w\n(n)\n4 a ~2 -a a /a <=3")
	f.Add("[a]\n{x\n")
	f.Add("(n)\n^")
	f.Add("[grave]\nab cd ef\n[mask]\n@grave, @money, =ả")
	f.Fuzz(func(t *testing.T, file string) {
		l, err := parseLexicon(file)
		if err != nil {
			return
		}
		l.scores(read("x y w ab cd ef 200k"))
	})
}
