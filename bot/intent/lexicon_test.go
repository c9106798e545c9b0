package intent

import (
	"strings"
	"testing"

	"tiepdan/bot/text"
)

func TestRules(t *testing.T) {
	t.Parallel()
	const file = `
[mask]
thu nhập, của tôi
[actor]
cán bộ, {trưởng|phó} {ấp|thôn}
[people]
@actor, =mụ
[take]
thu, lấy
[self]
tôi
[sum]
@money, tiền
[grave]
tham nhũng, ăn chặn
(near)
1 actor ~1 take
(far)
1 actor take
(not-self)
1 actor -self take
(veto)
1 take /self
(start)
1 ^ ~0 take
(end)
1 take ~0 $
(short)
1 take <=2
(sum)
1 take ~0 sum
(people)
1 people
(grave)
1 grave
`
	tests := []struct{ text, want string }{
		{"cán bộ lấy", "end far near not-self people veto"},
		{"phó thôn xã lấy gạo", "far near not-self people veto"},
		{"phó thôn xã mình lấy gạo", "far not-self people veto"},
		{"phó thôn một hai ba bốn năm sáu lấy gạo", "people veto"},
		{"cán bộ tôi lấy gạo", "far near people"},
		{"lấy", "end short start veto"},
		{"lấy 200k", "short start sum veto"},
		{"lấy 200 k rồi", "start veto"},
		{"thu nhập", ""},
		{"thu nhap thu nhieu", "veto"},
		{"Cán bộ về. Lấy gạo", "people veto"},
		{"can bo tr.ap lay gao", "far near not-self people veto"},
		{"mụ", "people"},
		{"mu", ""},
		{"tham nhũng", "grave"}, {"thamnhung", "grave"}, {"tham nhũg", "grave"}, {"ănchặn", "grave"}, {"them nhung", ""}, {"chan an", ""},
		{"CÁN BỘ LẤY GẠO", "far near not-self people veto"},
		{"caans boj laays gạo", "far near not-self people veto"},
		{"ca1n bo65 la61y ga5o", "far near not-self people veto"},
		{"cb lấy gạo", "far near not-self people veto"},
		{"cân bố lấy gạo", "veto"},
	}
	lex, err := parseLexicon(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		scores := lex.scores(read(tt.text))
		var names []string
		for _, name := range strings.Fields("end far grave near not-self people short start sum veto") {
			if scores[name] > 0 {
				names = append(names, name)
			}
		}
		if got := strings.Join(names, " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}

func TestRulesRefused(t *testing.T) {
	t.Parallel()
	tests := []struct{ file, want string }{
		{"x, y", "belongs to no class"},
		{"[a]\nx\n[a]\ny", "twice"},
		{"[a]\n@b", "not declared"},
		{"[a]\nx {y|z", "not closed"},
		{"[a]\n!!", "no word"},
		{"(n)\na", "no score"},
		{"(n)\n4", "needs a class"},
		{"(n)\n4 b", "no class"},
		{"(n)\n4 -b ^", "no class"},
		{"(n)\n4 ^ <=x", "not a number"},
		{"(n)\n4 ^ ~x $", "not a number"},
	}
	for _, tt := range tests {
		if _, err := parseLexicon(tt.file); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: got error %v, want one with %q", tt.file, err, tt.want)
		}
	}
}

// TestEveryClassIsUsed: a class that no rule names does nothing.
func TestEveryClassIsUsed(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]*lexicon{"accuse.lex": accusations, "intents.lex": wishes} {
		used := map[int]bool{textStart: true, textEnd: true, l.mask: true}
		for _, r := range l.rules {
			for _, s := range r.steps {
				used[s.class] = true
				for _, c := range s.never {
					used[c] = true
				}
			}
			for _, c := range r.veto {
				used[c] = true
			}
		}
		for id, class := range l.classes {
			if !used[id] {
				t.Errorf("%s: no rule uses the class %q", name, class)
			}
		}
	}
}

func TestMarks(t *testing.T) {
	t.Parallel()
	tests := []struct {
		typed, wanted string
		agree         bool
	}{
		{"tien", "tiền", true},
		{"tiền", "tiền", true},
		{"tièn", "tiền", true},
		{"tiến", "tiền", false},
		{"tiên", "tiền", false},
		{"bõ", "bỏ", true},
		{"hòa", "hoà", true},
		{"ong", "ổng", true},
		{"ông", "ổng", false},
		{"đòi", "đòi", true},
		{"đoi", "đòi", false},
		{"dòi", "đòi", true},
		{"tie\u0302\u0300n", "tiền", true},
	}
	for _, tt := range tests {
		typed, wanted := split(text.Clean(tt.typed))[0], split(tt.wanted)[0]
		if typed.fold != wanted.fold {
			t.Errorf("%q and %q have not the same letters", tt.typed, tt.wanted)
		}
		if got := typed.marks.agree(wanted.marks); got != tt.agree {
			t.Errorf("%q for %q: got %v", tt.typed, tt.wanted, got)
		}
	}
}
