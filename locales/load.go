package locales

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

func load(fsys fs.FS, languages []string) (*Catalogues, error) {
	c := &Catalogues{texts: make(map[string]map[string]message, len(languages))}
	for _, code := range languages {
		names, err := fs.Glob(fsys, path.Join(code, "*.json"))
		if err != nil {
			return nil, fmt.Errorf("listing catalogues of %q: %w", code, err)
		}
		forms, err := pluralForms(code)
		if err != nil {
			return nil, err
		}
		c.texts[code] = map[string]message{}
		for _, name := range names {
			data, err := fs.ReadFile(fsys, name)
			if err != nil {
				return nil, fmt.Errorf("reading catalogue: %w", err)
			}
			if err := read(data, forms, c.texts[code]); err != nil {
				return nil, fmt.Errorf("reading catalogue %s: %w", name, err)
			}
		}
	}
	c.keys = sortedKeys(c.texts)
	return c, nil
}

// read adds one file's texts to those that the language has already. It goes
// token by token because a JSON map would swallow a key given twice.
func read(data []byte, forms []string, into map[string]message) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	if err := expect(dec, json.Delim('{')); err != nil {
		return err
	}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return err
		}
		key, _ := token.(string) // a name in an object is always a string
		if !isKey(key) {
			return fmt.Errorf("key %q is not small letters, digits and _ in parts joined by dots", key)
		}
		if _, twice := into[key]; twice {
			return fmt.Errorf("key %q is there twice", key)
		}
		var value json.RawMessage
		if err := dec.Decode(&value); err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		m, err := parseMessage(value, forms)
		if err != nil {
			return fmt.Errorf("key %q: %w", key, err)
		}
		into[key] = m
	}
	if err := expect(dec, json.Delim('}')); err != nil {
		return err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("something follows the object")
	}
	return nil
}

func expect(dec *json.Decoder, want json.Delim) error {
	got, err := dec.Token()
	if err != nil {
		return err
	}
	if got != want {
		return fmt.Errorf("found %v where %v belongs", got, want)
	}
	return nil
}

// parseMessage reads a value: a text, or an object of plural forms.
func parseMessage(value json.RawMessage, forms []string) (message, error) {
	var text string
	if err := json.Unmarshal(value, &text); err == nil {
		w, err := parse(text)
		return message{"other": w}, err
	}
	var plural map[string]string
	if err := json.Unmarshal(value, &plural); err != nil || plural == nil {
		return nil, errors.New("neither a text nor an object of plural forms")
	}
	m := message{}
	for form, text := range plural {
		if !slices.Contains(forms, form) {
			return nil, fmt.Errorf("plural form %q is not one of %v", form, forms)
		}
		w, err := parse(text)
		if err != nil {
			return nil, fmt.Errorf("form %q: %w", form, err)
		}
		m[form] = w
	}
	if len(m) != len(forms) {
		return nil, fmt.Errorf("plural forms must be %v", forms)
	}
	if !slices.Contains(m.names(), "n") {
		return nil, errors.New(`a plural text needs the argument "n"`)
	}
	return m, nil
}

func isKey(key string) bool {
	parts := strings.Split(key, ".")
	for _, part := range parts {
		if !isName(part) && !isNumber(part) {
			return false
		}
	}
	return len(parts) > 1
}

// isNumber allows "programme.stage.4": official lists are numbered.
func isNumber(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}
