package sms

import (
	"fmt"
	"strings"
)

// punctuation stands in for signs that a carrier refuses, where another one does as well.
func punctuation(sign rune) string {
	switch sign {
	case '[', '{', '<':
		return "("
	case ']', '}', '>':
		return ")"
	case '\\', '|':
		return "/"
	case '_', '~':
		return "-"
	case '"', '\'', '^', '*', '`':
		return " "
	case '!', '?':
		return "."
	case ';':
		return ","
	case '=':
		return ":"
	}
	return ""
}

// checkSigns makes sure that every sign the carrier refuses has something to stand in
// for it: one that only vanished could turn "5%" into "5".
func (c *Channel) checkSigns() error {
	for _, sign := range c.route.Forbidden {
		if sign < ' ' || sign > '~' || sign == ' ' || isAlphanumeric(sign) {
			return fmt.Errorf("TIEPDAN_SMSHTTP_FORBIDDEN: %q cannot be left out of messages; name signs only", sign)
		}
		for _, lang := range []string{"vi", "en"} {
			out := c.standIn(lang, sign)
			if out == "" || strings.ContainsAny(out, c.route.Forbidden) {
				return fmt.Errorf("TIEPDAN_SMSHTTP_FORBIDDEN: nothing is known to stand for %q in %q", sign, lang)
			}
		}
	}
	return nil
}

func isAlphanumeric(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
}

// standIn is a word with spaces around it, or other punctuation.
func (c *Channel) standIn(lang string, sign rune) string {
	if c.cfg.Hints.Sign != nil {
		if word := c.cfg.Hints.Sign(lang, sign); word != "" {
			return " " + word + " "
		}
	}
	return punctuation(sign)
}

// spell replaces the signs that the carrier refuses.
func (c *Channel) spell(lang, s string) string {
	if !strings.ContainsAny(s, c.route.Forbidden) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(c.route.Forbidden, r) {
			b.WriteString(c.standIn(lang, r))
			continue
		}
		b.WriteRune(r)
	}
	return tidy(b.String())
}

// tidy takes out the double spaces that stand-ins leave, and spaces before punctuation.
func tidy(s string) string {
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		line = strings.Join(strings.Fields(line), " ")
		lines[i] = strings.NewReplacer(" .", ".", " ,", ",", " )", ")", "( ", "(").Replace(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}
