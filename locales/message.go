package locales

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// message is one key's text in one language: a template per region, for each
// plural form. A text that is not counted has only "other".
type message map[string]worded

// worded is one text in the words of each region.
type worded [2]template

// template is a text cut at its arguments: literal, name, literal, name, …,
// literal. Names are kept apart from literals so that a value can never be
// taken for a part of the template.
type template struct {
	literals []string // always one more than names
	names    []string
}

// pick chooses the plural form by the argument "n".
func (m message) pick(values map[string]string) worded {
	if one, ok := m["one"]; ok && values["n"] == "1" {
		return one
	}
	return m["other"]
}

// names lists every argument of the message, sorted.
func (m message) names() []string {
	var names []string
	for _, w := range m {
		for _, t := range w {
			names = append(names, t.names...)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

func (t template) fill(values map[string]string) (string, bool) {
	if len(t.names) == 0 {
		return t.literals[0], true
	}
	var b strings.Builder
	for i, name := range t.names {
		value, ok := values[name]
		if !ok {
			return "", false
		}
		b.WriteString(t.literals[i])
		b.WriteString(value)
	}
	b.WriteString(t.literals[len(t.names)])
	return b.String(), true
}

// arguments turns alternating names and values into a map; false if they are
// not that.
func arguments(args []any) (map[string]string, bool) {
	if len(args)%2 != 0 {
		return nil, false
	}
	values := make(map[string]string, len(args)/2)
	for i := 0; i < len(args); i += 2 {
		name, ok := args[i].(string)
		if !ok {
			return nil, false
		}
		switch v := args[i+1].(type) {
		case string:
			values[name] = v
		case int:
			values[name] = strconv.Itoa(v)
		case int64:
			values[name] = strconv.FormatInt(v, 10)
		default:
			return nil, false
		}
	}
	return values, true
}

// parse reads a text as it is written in a catalogue.
func parse(text string) (worded, error) {
	var w worded
	if strings.TrimSpace(text) == "" {
		return w, errors.New("empty text")
	}
	for region := range w {
		plain, err := inRegion(text, Region(region))
		if err != nil {
			return w, err
		}
		if w[region], err = parseTemplate(plain); err != nil {
			return w, err
		}
	}
	return w, nil
}

// inRegion keeps one side of every "[[north|south]]".
func inRegion(text string, r Region) (string, error) {
	var b strings.Builder
	for {
		before, rest, open := strings.Cut(text, "[[")
		if strings.Contains(before, "]]") {
			return "", errors.New(`"]]" without "[["`)
		}
		b.WriteString(before)
		if !open {
			return b.String(), nil
		}
		inside, after, closed := strings.Cut(rest, "]]")
		if !closed || strings.Contains(inside, "[[") {
			return "", errors.New(`"[[" is not closed`)
		}
		sides := strings.Split(inside, "|")
		if len(sides) != 2 || sides[0] == "" || sides[1] == "" || sides[0] == sides[1] {
			return "", fmt.Errorf(`"[[%s]]" must hold two different words, "[[north|south]]"`, inside)
		}
		b.WriteString(sides[r])
		text = after
	}
}

// parseTemplate cuts a text at its "{name}" arguments; "{{" and "}}" stand for
// one brace.
func parseTemplate(text string) (template, error) {
	var t template
	var literal strings.Builder
	for text != "" {
		i := strings.IndexAny(text, "{}")
		if i < 0 {
			literal.WriteString(text)
			break
		}
		literal.WriteString(text[:i])
		brace := text[i : i+1]
		text = text[i+1:]
		if strings.HasPrefix(text, brace) {
			literal.WriteString(brace)
			text = text[1:]
			continue
		}
		if brace == "}" {
			return t, errors.New(`"}" without "{"`)
		}
		name, rest, closed := strings.Cut(text, "}")
		if !closed {
			return t, errors.New(`"{" is not closed`)
		}
		if !isName(name) {
			return t, fmt.Errorf("argument %q is not a name of small letters, digits and _", name)
		}
		t.literals = append(t.literals, literal.String())
		t.names = append(t.names, name)
		literal.Reset()
		text = rest
	}
	t.literals = append(t.literals, literal.String())
	return t, nil
}

// isName accepts what Go code and translators can both type without thinking.
func isName(s string) bool {
	for i, r := range s {
		letter := r >= 'a' && r <= 'z' || r == '_'
		digit := r >= '0' && r <= '9'
		if !letter && (!digit || i == 0) {
			return false
		}
	}
	return s != ""
}
