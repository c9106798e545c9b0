package locales

import (
	"strings"
	"testing"
	"testing/fstest"
)

// catalogues builds catalogues from a Vietnamese and an English file.
func catalogues(t *testing.T, vi, en string) *Catalogues {
	t.Helper()
	c, err := load(fstest.MapFS{
		"vi/a.json": {Data: []byte(vi)},
		"en/a.json": {Data: []byte(en)},
	}, codes())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestText(t *testing.T) {
	t.Parallel()
	c := catalogues(t, `{
		"a.stage": "Hồ sơ {code}: {stage}.",
		"a.braces": "{{{code}}} và {{}}",
		"a.pay": "[[Lĩnh|Lãnh]] tiền ở [[thôn|ấp]] {place}.",
		"a.people": {"other": "{n} người"}
	}`, `{
		"a.stage": "Application {code}: {stage}.",
		"a.people": {"one": "one person", "other": "{n} people"}
	}`)
	vi, en := c.Language("vi"), c.Language("en")
	tests := []struct {
		name string
		lang Language
		key  string
		args []any
		want string
	}{
		{"named", vi, "a.stage", []any{"code", "H1", "stage", "đang xét"}, "Hồ sơ H1: đang xét."},
		{"order of arguments is free", vi, "a.stage", []any{"stage", "đang xét", "code", "H1"}, "Hồ sơ H1: đang xét."},
		{"other language", en, "a.stage", []any{"code", "H1", "stage", "review"}, "Application H1: review."},
		{"numbers", vi, "a.stage", []any{"code", 1500000, "stage", int64(-7)}, "Hồ sơ 1500000: -7."},
		{"values are data", vi, "a.stage", []any{"code", "{stage}[[a|b]]}}", "stage", "{code}"}, "Hồ sơ {stage}[[a|b]]}}: {code}."},
		{"braces", vi, "a.braces", []any{"code", "x"}, "{x} và {}"},
		{"north", vi.Region(North), "a.pay", []any{"place", "3"}, "Lĩnh tiền ở thôn 3."},
		{"south", vi.Region(South), "a.pay", []any{"place", "3"}, "Lãnh tiền ở ấp 3."},
		{"north unless said", vi, "a.pay", []any{"place", "3"}, "Lĩnh tiền ở thôn 3."},
		{"one, in a language without it", vi, "a.people", []any{"n", 1}, "1 người"},
		{"one", en, "a.people", []any{"n", 1}, "one person"},
		{"other", en, "a.people", []any{"n", 0}, "0 people"},
		{"more than the text names", en, "a.people", []any{"n", 2, "code", "x"}, "2 people"},
		{"no such key", vi, "a.none", nil, "⟦a.none⟧"},
		{"missing argument", vi, "a.stage", []any{"code", "H1"}, "⟦a.stage⟧"},
		{"missing count", en, "a.people", nil, "⟦a.people⟧"},
		{"half an argument", vi, "a.stage", []any{"code"}, "⟦a.stage⟧"},
		{"name of another type", vi, "a.stage", []any{1, "H1"}, "⟦a.stage⟧"},
		{"value of another type", vi, "a.stage", []any{"code", 1.5, "stage", "x"}, "⟦a.stage⟧"},
	}
	for _, tt := range tests {
		if got := tt.lang.Text(tt.key, tt.args...); got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	c := catalogues(t, `{"a.x": "x", "a.b": "b"}`, `{"a.c": "c"}`)
	if got := c.Language("xx").Code(); got != "vi" {
		t.Errorf("an unknown language gave %q, want vi", got)
	}
	if !c.Language("xx").Has("a.x") || c.Language("en").Has("a.x") {
		t.Error("Has does not keep the languages apart")
	}
	if got := strings.Join(c.Keys(), " "); got != "a.b a.c a.x" {
		t.Errorf("Keys: %q", got)
	}
	if got := strings.Join(c.Codes(), " "); got != "vi en" {
		t.Errorf("Codes: %q", got)
	}
}

func TestLoadRefuses(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, want string }{
		{"twice in a file", `{"a.x": "1", "a.x": "2"}`, `"a.x" is there twice`},
		{"twice across files", `{"b.x": "1"}`, `"b.x" is there twice`},
		{"not an object", `["a.x"]`, "belongs"},
		{"no JSON", `{"a.x": `, "a.x"},
		{"cut short", `{"a.x": "x"`, "EOF"},
		{"something after", `{"a.x": "x"} {}`, "follows"},
		{"number", `{"a.x": 1}`, "neither"},
		{"null", `{"a.x": null}`, "empty"},
		{"list", `{"a.x": ["x"]}`, "neither"},
		{"nested", `{"a.x": {"other": {"n": "x"}}}`, "neither"},
		{"key with a capital", `{"a.X": "x"}`, "key"},
		{"key without an area", `{"x": "x"}`, "key"},
		{"empty", `{"a.x": " "}`, "empty"},
		{"open brace", `{"a.x": "a {b"}`, "not closed"},
		{"close brace", `{"a.x": "a b}"}`, "without"},
		{"argument without a name", `{"a.x": "a {}"}`, "not a name"},
		{"argument with a space", `{"a.x": "a {b c}"}`, "not a name"},
		{"open bracket", `{"a.x": "[[a|b"}`, "not closed"},
		{"close bracket", `{"a.x": "a]]"}`, "without"},
		{"bracket in a bracket", `{"a.x": "[[a|[[b|c]]]]"}`, "not closed"},
		{"bracket with one word", `{"a.x": "[[a]]"}`, "two different words"},
		{"bracket with three words", `{"a.x": "[[a|b|c]]"}`, "two different words"},
		{"bracket with the same words", `{"a.x": "[[a|a]]"}`, "two different words"},
		{"bracket with an empty word", `{"a.x": "[[a|]]"}`, "two different words"},
		{"plural form of another language", `{"a.x": {"one": "{n}", "other": "{n}"}}`, "plural form"},
		{"no plural form", `{"a.x": {}}`, "plural forms must be"},
		{"plural that does not count", `{"a.x": {"other": "người"}}`, `needs the argument "n"`},
	}
	for _, tt := range tests {
		_, err := load(fstest.MapFS{
			"vi/a.json": {Data: []byte(tt.file)},
			"vi/b.json": {Data: []byte(`{"b.x": "x"}`)},
		}, []string{"vi"})
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got error %v, want one with %q", tt.name, err, tt.want)
		}
	}
	if _, err := load(fstest.MapFS{}, []string{"xx"}); err == nil {
		t.Error("a language without a plural rule was taken")
	}
}

func TestNames(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, want := range map[string]string{"vi": "Tiếng Việt", "en": "English"} {
		if got := c.Language(code).Name(); got != want {
			t.Errorf("%s: got %q, want %q", code, got, want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(`{"a.x": "Hồ sơ {code}: [[lĩnh|lãnh]] {{}}"}`), "code", "x")
	f.Add([]byte(`{"a.x": {"one": "{n}", "other": "{n} [[a|b]]"}}`), "n", "1")
	f.Add([]byte(`{"a.x": "{"}`), "", "}")
	f.Fuzz(func(t *testing.T, data []byte, name, value string) {
		texts := map[string]message{}
		if err := read(data, []string{"one", "other"}, texts); err != nil {
			return
		}
		l := Language{code: "en", texts: texts}
		for key := range texts {
			if l.Text(key, name, value) == "" && value != "" {
				t.Errorf("%q: an empty text was taken", key)
			}
			if got := l.Region(South).Text(key, name); got != broken(key) {
				t.Errorf("%q: half an argument gave %q", key, got)
			}
		}
	})
}
