// Package locales holds every sentence that a person reads, in each language,
// and picks, fills and words them. Catalogues are JSON files inside the
// program, one folder per language and one file per area; README.md beside
// this file says how to add a text.
package locales

import (
	"embed"
	"fmt"
	"sort"
)

//go:embed vi/*.json en/*.json
var files embed.FS

// Default is the language used where none is known or the asked one is not
// here.
const Default = "vi"

// codes lists the languages, the default one first.
func codes() []string { return []string{Default, "en"} }

// Region picks between the words of the North and of the South of the country
// where a text holds both ("[[lĩnh|lãnh]]"). The unit that serves the person
// decides, not the person's own speech.
type Region int

// The regions; North is what a Language has before Region is called.
const (
	North Region = iota
	South
)

// Catalogues is every language's texts. It never changes after Load and may be
// used by many goroutines.
type Catalogues struct {
	texts map[string]map[string]message // language, key
	keys  []string
}

// Load reads the catalogues inside the program. It fails on a file that is
// not a flat object of texts, a key given twice, a brace or a region bracket
// that does not close, and a plural form that the language does not have.
// The error names the file and the key.
func Load() (*Catalogues, error) {
	return load(files, codes())
}

// Language is one language's texts, worded for one region. The zero value is
// not usable.
type Language struct {
	code   string
	region Region
	texts  map[string]message
}

// Language gives the texts of a language, and those of the default one if
// there is no such language.
func (c *Catalogues) Language(code string) Language {
	texts, ok := c.texts[code]
	if !ok {
		code, texts = Default, c.texts[Default]
	}
	return Language{code: code, texts: texts}
}

// Keys lists every key that any language has, sorted.
func (c *Catalogues) Keys() []string { return append([]string(nil), c.keys...) }

// Codes lists the languages, the default one first.
func (c *Catalogues) Codes() []string { return codes() }

// Code is the language's code ("vi").
func (l Language) Code() string { return l.code }

// Name is what the language calls itself, for a list to choose from.
func (l Language) Name() string { return l.Text("language.name") }

// Region gives the same language worded for a region.
func (l Language) Region(r Region) Language {
	l.region = r
	return l
}

// Has says whether the language has a text for the key.
func (l Language) Has(key string) bool {
	_, ok := l.texts[key]
	return ok
}

// Text gives the text for a key with its named arguments filled in. args
// alternate name and value: Text("status.stage", "code", code). A value is a
// string, an int or an int64 and goes in as it is: braces and brackets inside
// it mean nothing. A plural text is picked by the argument "n".
//
// A key that is not there, an argument that the text names and the caller
// does not give, and an argument of another type are mistakes in the program;
// the answer then is the key in ⟦⟧, which the test kit looks for. Arguments
// that the text does not name are ignored.
func (l Language) Text(key string, args ...any) string {
	values, ok := arguments(args)
	if !ok {
		return broken(key)
	}
	m, ok := l.texts[key]
	if !ok {
		return broken(key)
	}
	text, ok := m.pick(values)[l.region].fill(values)
	if !ok {
		return broken(key)
	}
	return text
}

func broken(key string) string { return "⟦" + key + "⟧" }

// sortedKeys lists what any of the languages has.
func sortedKeys(texts map[string]map[string]message) []string {
	seen := map[string]bool{}
	for _, byKey := range texts {
		for key := range byKey {
			seen[key] = true
		}
	}
	keys := make([]string, 0, len(seen))
	for key := range seen {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

// pluralForms says which forms of a counted text a language has.
func pluralForms(code string) ([]string, error) {
	switch code {
	case "vi":
		return []string{"other"}, nil
	case "en":
		return []string{"one", "other"}, nil
	}
	return nil, fmt.Errorf("no plural rule for language %q", code)
}
