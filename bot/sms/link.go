package sms

import (
	"regexp"
	"strings"
)

// link finds addresses and host names. Endings that are also Vietnamese words without
// accents ("co", "me") count only before a slash or behind a known name: people often leave
// out the space after a full stop.
var link = regexp.MustCompile(`(?i)(?:https?://|\bwww\.)\S+` +
	`|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:vn|com|net|org|gov|edu|info|biz|xyz|shop|site|online|club|vip|ly|gl|link)\b(?:[:/]\S*)?` +
	`|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+(?:me|co|io|cc|top|app|to|ai|tv)/\S+` +
	`|\b(?:zalo|fb|t|m)\.me\b`)

// linkStandIn is what is left of a link inside a person's own words.
const linkStandIn = "..."

// FindLink gives the first link in s, or nothing. No SMS of a public office holds one:
// networks block such messages, and people are taught that they are frauds.
func FindLink(s string) string {
	for _, at := range link.FindAllStringIndex(s, -1) {
		if !mailHost(s, at[0]) {
			return s[at[0]:at[1]]
		}
	}
	return ""
}

// mailHost: what begins at i is the second half of a mail address.
func mailHost(s string, i int) bool { return i > 0 && s[i-1] == '@' }

func dropLinks(s string) string {
	if FindLink(s) == "" {
		return s
	}
	var b strings.Builder
	from := 0
	for _, at := range link.FindAllStringIndex(s, -1) {
		if mailHost(s, at[0]) {
			continue
		}
		b.WriteString(s[from:at[0]])
		b.WriteString(linkStandIn)
		from = at[1]
	}
	b.WriteString(s[from:])
	return b.String()
}
