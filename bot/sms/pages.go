package sms

import (
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// Pages cuts what does not fit one answer into pages, each of which renders as one part (and
// Content.First beside the first page). Their texts are as this channel sends
// them. Where nobody can ask for the rest there is one page, whatever its length.
func (c *Channel) Pages(content bot.Content) []bot.Content {
	rest := c.shape(content, content.Text)
	if rest == "" || c.oneWay(content) {
		return []bot.Content{content}
	}
	last := content
	last.First = ""
	page := last
	page.Choices, page.AskContact, page.Link, page.More = nil, false, "", true
	choices := strings.Join(c.choiceLines(content), "\n")

	var pages []bot.Content
	for !c.fits(content, c.whole(last, rest)) {
		n := c.cut(content, rest, choices)
		if n <= 0 || n >= len(rest) {
			break
		}
		page.Text = strings.TrimSpace(rest[:n])
		pages = append(pages, page)
		rest = strings.TrimSpace(rest[n:])
	}
	if len(pages) == 0 {
		return []bot.Content{content}
	}
	last.Text = rest
	pages = append(pages, last)
	pages[0].First = content.First
	return pages
}

func (c *Channel) fits(content bot.Content, s string) bool {
	return text.SMS(s).Parts <= c.segments(content)
}

// cut says how many bytes of rest go on a page that ends with the hint for more.
func (c *Channel) cut(content bot.Content, rest, choices string) int {
	hint := c.moreLine(content)
	if !c.fits(content, rest+"\n"+hint) {
		return c.cutLong(content, rest, hint)
	}
	// The text fits, and the choices below it do not: the last sentence goes with them,
	// which is the question as a rule.
	tail := max(strings.LastIndexByte(rest, '\n'), lastSentence(rest))
	if tail > 0 && c.fits(content, rest[tail:]+"\n"+choices) {
		return tail
	}
	tail = strings.LastIndexAny(rest, " \n")
	if tail > 0 && c.fits(content, rest[tail:]+"\n"+choices) {
		return tail
	}
	return 0 // the choices are too long for any page
}

// lastSentence is where the white space before the last sentence stands.
func lastSentence(s string) int {
	return max(strings.LastIndex(s, ". "), strings.LastIndex(s, "? "), strings.LastIndex(s, "! ")) + 1
}

// cutLong finds the longest good piece of rest that leaves room for the hint: it splits
// hint and rest together, in the other order, with some room more because a sign of two septets
// may fall on the border of a segment in the one order only.
func (c *Channel) cutLong(content bot.Content, rest, hint string) int {
	before := hint + strings.Repeat("x", c.segments(content)) + "\n"
	pieces, err := text.SplitSMS(before+rest, c.segments(content))
	if err != nil || len(pieces) == 0 {
		return 0
	}
	if n := len(pieces[0]) - len(before); n > 0 {
		return n
	}
	// One word longer than a page: it has to be cut.
	return text.Fit(before+rest, c.segments(content)) - len(before)
}
