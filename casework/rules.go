package casework

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed data/*.json
var builtin embed.FS

// ErrNotFound: no such record, or none that this asker may know of. The two are one
// error on purpose.
var ErrNotFound = errors.New("not found")

// LoadRules reads the rules that ship with the program. A file of the same name
// in dir (calendar.json, clocks.json, programmes.json, statuses.json) replaces the
// one that ships; dir may be nil. The error names the file.
func LoadRules(dir fs.FS) (Rules, error) {
	var r Rules
	files := []struct {
		name string
		read func([]byte) error
	}{
		{"calendar.json", func(b []byte) (err error) { r.Calendar, err = ReadCalendar(b); return }},
		{"clocks.json", func(b []byte) (err error) { r.Clocks, err = ReadClocks(b); return }},
		{"programmes.json", func(b []byte) (err error) { r.Programmes, err = ReadProgrammes(b); return }},
		{"statuses.json", func(b []byte) (err error) { r.Words, err = ReadStatusWords(b); return }},
	}
	var known []string
	for _, f := range files {
		known = append(known, f.name)
	}
	if err := onlyKnown(dir, known); err != nil {
		return Rules{}, err
	}
	for _, f := range files {
		data, err := ruleFile(dir, f.name)
		if err != nil {
			return Rules{}, fmt.Errorf("load %s: %w", f.name, err)
		}
		if err := f.read(data); err != nil {
			return Rules{}, fmt.Errorf("load %s: %w", f.name, err)
		}
	}
	return r, nil
}

// onlyKnown refuses a file that replaces nothing: its name is a slip, and the law in it would not count.
func onlyKnown(dir fs.FS, known []string) error {
	if dir == nil {
		return nil
	}
	all, err := fs.Glob(dir, "*.json")
	if err != nil {
		return fmt.Errorf("look for rules: %w", err)
	}
	for _, name := range all {
		if !slices.Contains(known, name) {
			return fmt.Errorf("load %s: rules are called %s", name, strings.Join(known, ", "))
		}
	}
	return nil
}

func ruleFile(dir fs.FS, name string) ([]byte, error) {
	if dir != nil {
		data, err := fs.ReadFile(dir, name)
		if !errors.Is(err, fs.ErrNotExist) {
			return data, err
		}
	}
	return builtin.ReadFile("data/" + name)
}
