package httpsms

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// pattern finds a value in an answer, and says whether it is one of those looked for.
type pattern struct {
	path    []string       // of a JSON value
	element string         // of XML
	re      *regexp.Regexp // of the whole answer
	values  []string       // any of; nil: whatever is there
}

func parsePattern(s string) (pattern, error) {
	if rest, ok := strings.CutPrefix(s, "json:"); ok {
		where, values := cutValues(rest)
		if where == "" {
			return pattern{}, errors.New(`a path is missing, as in "json:result.code=0"`)
		}
		return pattern{path: strings.Split(where, "."), values: values}, nil
	}
	if rest, ok := strings.CutPrefix(s, "xml:"); ok {
		where, values := cutValues(rest)
		if where == "" {
			return pattern{}, errors.New(`an element is missing, as in "xml:result=1"`)
		}
		return pattern{element: where, values: values}, nil
	}
	if s == "" {
		return pattern{}, errors.New("a pattern is empty")
	}
	re, err := regexp.Compile(s)
	if err != nil {
		return pattern{}, fmt.Errorf("not a regular expression: %w", err)
	}
	return pattern{re: re}, nil
}

func cutValues(s string) (where string, values []string) {
	where, list, ok := strings.Cut(s, "=")
	if !ok {
		return where, nil
	}
	return where, strings.Split(list, "|")
}

func parsePatterns(list []string) ([]pattern, error) {
	out := make([]pattern, 0, len(list))
	for _, s := range list {
		p, err := parsePattern(s)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

func (p pattern) match(body []byte) bool {
	v, ok := p.find(body)
	return ok && (p.values == nil || slices.Contains(p.values, v))
}

func matchAny(list []pattern, body []byte) bool {
	return slices.ContainsFunc(list, func(p pattern) bool { return p.match(body) })
}

// find gives the value that the pattern points at; for a regular expression its first group,
// or all that it matched.
func (p pattern) find(body []byte) (string, bool) {
	switch {
	case p.path != nil:
		return findJSON(body, p.path)
	case p.element != "":
		return findXML(body, p.element)
	}
	m := p.re.FindSubmatch(body)
	if m == nil {
		return "", false
	}
	return string(m[min(1, len(m)-1)]), true
}

func findJSON(body []byte, path []string) (string, bool) {
	d := json.NewDecoder(bytes.NewReader(body))
	d.UseNumber() // ids of 19 digits must not become floats
	var v any
	if err := d.Decode(&v); err != nil {
		return "", false
	}
	for _, name := range path {
		switch at := v.(type) {
		case map[string]any:
			v = at[name]
		case []any:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= len(at) {
				return "", false
			}
			v = at[i]
		default:
			return "", false
		}
	}
	return scalar(v)
}

func scalar(v any) (string, bool) {
	switch v := v.(type) {
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// findXML gives the text of the first element of that name, whatever its namespace.
func findXML(body []byte, element string) (string, bool) {
	d := xml.NewDecoder(bytes.NewReader(body))
	d.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil }
	for {
		t, err := d.Token()
		if err != nil {
			return "", false
		}
		start, ok := t.(xml.StartElement)
		if !ok || start.Name.Local != element {
			continue
		}
		var text string
		if err := d.DecodeElement(&text, &start); err != nil {
			return "", false
		}
		return strings.TrimSpace(text), true
	}
}
