package sms

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// How long one answer may be, in segments: with accents a segment holds 67
// characters instead of 153.
const (
	plainSegments    = 2
	accentedSegments = 4
)

// Render says content as SMS: each part within the segments that one answer may have,
// what is longer in several parts. Content.First is a part of its own at the end. Links
// and buttons do not exist here; a link inside the text becomes "...", since a person's
// own words may hold one.
func (c *Channel) Render(content bot.Content) ([]bot.Part, error) {
	body := c.shape(content, content.Text)
	if body == "" {
		return nil, errors.New("render sms: there is nothing to say")
	}
	parts, err := c.split(content, c.whole(content, body))
	if err != nil {
		return nil, err
	}
	if first := c.shape(content, content.First); first != "" {
		more, err := c.split(content, first)
		if err != nil {
			return nil, err
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

// whole is the body with the lines below it.
func (c *Channel) whole(content bot.Content, body string) string {
	if c.oneWay(content) {
		return body
	}
	lines := append([]string{body}, c.choiceLines(content)...)
	if content.More {
		lines = append(lines, c.moreLine(content))
	}
	return strings.Join(lines, "\n")
}

func (c *Channel) split(content bot.Content, s string) ([]bot.Part, error) {
	pieces, err := text.SplitSMS(s, c.segments(content))
	if err != nil {
		return nil, fmt.Errorf("render sms: %w", err)
	}
	parts := make([]bot.Part, 0, len(pieces))
	for _, p := range pieces {
		parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
	}
	return parts, nil
}

// segments is how many of them one part may have.
func (c *Channel) segments(content bot.Content) int {
	n := plainSegments
	if c.accented(content) {
		n = accentedSegments
	}
	if c.route.MaxSegments > 0 {
		n = min(n, c.route.MaxSegments)
	}
	return n
}

func (c *Channel) accented(content bot.Content) bool { return content.Accents && c.route.Unicode }

func (c *Channel) oneWay(content bot.Content) bool { return content.OneWay || !c.route.TwoWay }

// choiceLines are the choices as digits where a bare digit reaches us and belongs
// to this question, else as words to send.
func (c *Channel) choiceLines(content bot.Content) []string {
	digits := c.Digits() && !content.Prompt
	lines := make([]string, 0, len(content.Choices))
	for i, choice := range content.Choices {
		if digits {
			lines = append(lines, strconv.Itoa(i+1)+" "+c.shape(content, choice.Label))
		} else {
			lines = append(lines, c.wordLine(content, choice))
		}
	}
	return lines
}

func (c *Channel) wordLine(content bot.Content, choice bot.Choice) string {
	word := choice.Word
	if word == "" {
		word = strings.ToUpper(text.Fold(choice.Label))
	}
	return c.shape(content, c.cfg.Hints.Choice(c.hint(content, word, choice.Label)))
}

func (c *Channel) moreLine(content bot.Content) string {
	return c.shape(content, c.cfg.Hints.More(c.hint(content, moreWord, "")))
}

func (c *Channel) hint(content bot.Content, word, label string) Hint {
	return Hint{Lang: lang(content), Number: c.cfg.Number, Send: c.send(word), Label: label}
}

// send is what a person has to type to say word.
func (c *Channel) send(word string) string {
	if c.cfg.Keyword == "" {
		return word
	}
	return c.cfg.Keyword + " " + word
}

func lang(content bot.Content) string {
	if content.Lang == "" {
		return "vi"
	}
	return content.Lang
}

// shape is a text as it leaves. Shaping it again changes nothing.
func (c *Channel) shape(content bot.Content, s string) string {
	s = text.Clean(s)
	if !c.accented(content) {
		s = text.Unaccent(s)
	}
	s = c.spell(lang(content), dropLinks(s))
	if !c.accented(content) {
		s = plain(text.Unaccent(s)) // what stands for a sign may have accents too
	}
	return strings.TrimSpace(dropLinks(s)) // and a stand-in may have made a host name
}

// plain puts a question mark for what the GSM alphabet lacks and no plain letter stands
// for: one such sign would halve what fits, and double the bill.
func plain(s string) string {
	if text.SMS(s).Encoding == text.GSM7 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if text.SMS(string(r)).Encoding == text.GSM7 {
			return r
		}
		return '?'
	}, s)
}
