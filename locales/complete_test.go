package locales

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestEveryLanguageHasEveryKey(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		for _, code := range c.Codes() {
			if !c.Language(code).Has(key) {
				t.Errorf("%s has no text for %q", code, key)
			}
		}
	}
}

func TestLanguagesNameTheSameArguments(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range c.Keys() {
		want := c.texts[Default][key].names()
		for _, code := range c.Codes() {
			if got := c.texts[code][key].names(); !slices.Equal(got, want) {
				t.Errorf("%q: %s names %v, %s names %v", key, code, got, Default, want)
			}
		}
	}
}

// TestRegionsNameTheSameArguments: an argument inside a region bracket would
// be filled in one region only.
func TestRegionsNameTheSameArguments(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for code, texts := range c.texts {
		for key, m := range texts {
			for form, w := range m {
				north, south := sorted(w[North].names), sorted(w[South].names)
				if !slices.Equal(north, south) {
					t.Errorf("%s %q %s: north names %v, south names %v", code, key, form, north, south)
				}
			}
		}
	}
}

func sorted(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	return slices.Compact(names)
}

// TestKeysAndSourceAgree looks for keys in the string literals of the
// module's Go files, tests aside, and of the actions in its HTML templates. A literal is a key when it has a key's shape
// and begins with the area of one that exists ("status.answer.stage"). One that ends in a dot
// ("status.stage.") stands for every key that begins with it: that is how a
// key built by concatenation is declared. One that begins with a dot (".no_number") may be put behind any key that
// is used.
func TestKeysAndSourceAgree(t *testing.T) {
	t.Parallel()
	c, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	keys := c.Keys()
	areas := map[string]bool{}
	unused := map[string]bool{}
	for _, key := range keys {
		area, _, _ := strings.Cut(key, ".")
		areas[area] = true
		unused[key] = true
	}
	var suffixes []string
	for _, l := range literals(t) {
		if strings.HasPrefix(l.text, ".") && isKey("x"+l.text) {
			suffixes = append(suffixes, l.text)
			continue
		}
		area, _, dotted := strings.Cut(l.text, ".")
		if !dotted || !areas[area] {
			continue
		}
		switch {
		case strings.HasSuffix(l.text, ".") && isKey(l.text+"x"):
			if !useAll(unused, keys, l.text) {
				t.Errorf("%s: no key begins with %q", l.at, l.text)
			}
		case isKey(l.text) && !isFile(l.text):
			if !slices.Contains(keys, l.text) {
				t.Errorf("%s: no text has the key %q", l.at, l.text)
			}
			delete(unused, l.text)
		}
	}
	for _, key := range keys {
		if unused[key] && !slices.ContainsFunc(suffixes, func(suffix string) bool {
			base, ok := strings.CutSuffix(key, suffix)
			return ok && slices.Contains(keys, base) && !unused[base]
		}) {
			t.Errorf("no Go file and no template uses the text %q", key)
		}
	}
}

// isFile tells "status.html", a file's name, from a key.
func isFile(s string) bool {
	return slices.Contains([]string{".json", ".html", ".txt", ".csv", ".xlsx", ".css", ".js", ".db", ".sql", ".png", ".svg"}, filepath.Ext(s))
}

func useAll(unused map[string]bool, keys []string, prefix string) bool {
	found := false
	for _, key := range keys {
		if strings.HasPrefix(key, prefix) {
			delete(unused, key)
			found = true
		}
	}
	return found
}

type literal struct{ text, at string }

// literals lists the string literals of the module's Go files but tests, and
// of its HTML templates.
func literals(t *testing.T) []literal {
	t.Helper()
	root := os.DirFS("..")
	var found []literal
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && (strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata" || d.Name() == "vendor") {
				return fs.SkipDir
			}
			return nil
		}
		read := map[string]func(name string, src []byte) ([]literal, error){".go": inGo, ".html": inTemplate}[filepath.Ext(name)]
		if read == nil || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		src, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		more, err := read(name, src)
		found = append(found, more...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) == 0 {
		t.Fatal("no string literal found: is the module somewhere else?")
	}
	return found
}

func inGo(name string, src []byte) ([]literal, error) {
	files := token.NewFileSet()
	file, err := parser.ParseFile(files, name, src, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	var found []literal
	ast.Inspect(file, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			if text, err := strconv.Unquote(lit.Value); err == nil {
				found = append(found, literal{text, files.Position(lit.Pos()).String()})
			}
		}
		return true
	})
	return found, nil
}

// inTemplate reads the literals inside "{{" and "}}".
func inTemplate(name string, src []byte) ([]literal, error) {
	var found []literal
	for _, action := range regexp.MustCompile(`{{.*?}}`).FindAll(src, -1) {
		for _, m := range regexp.MustCompile(`"([^"]*)"`).FindAllSubmatch(action, -1) {
			found = append(found, literal{string(m[1]), name})
		}
	}
	return found, nil
}
