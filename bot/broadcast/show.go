package broadcast

import (
	"slices"
	"strings"

	"tiepdan/locales"
)

// Text shows a preview to the one who decides whether it is sent.
func (p Preview) Text(l locales.Language) string {
	lines := []string{
		l.Text("broadcast.preview.title", "id", p.ID, "title", p.Title, "state", l.Text("broadcast.state."+p.State)),
		l.Text("broadcast.preview.people", "people", p.People, "notices", p.Notices),
	}
	for _, c := range sorted(p.Channels) {
		line := l.Text("broadcast.preview.channel", "channel", l.Text("broadcast.channel."+c), "notices", p.Channels[c])
		if c == "sms" {
			line += " " + l.Text("broadcast.preview.segments", "segments", p.Segments)
		}
		lines = append(lines, line)
	}
	for _, reason := range sorted(p.Skipped) {
		lines = append(lines, l.Text("broadcast.preview.skipped", "notices", p.Skipped[reason], "reason", l.Text("broadcast.reason."+reason)))
	}
	for _, s := range p.Samples {
		lines = append(lines, "", l.Text("broadcast.preview.sample", "channel", l.Text("broadcast.channel."+s.Channel), "parts", s.Segments))
		lines = append(lines, s.Texts...)
	}
	return strings.Join(lines, "\n") + "\n"
}

func sorted(counts map[string]int) []string {
	var keys []string
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// Text shows how far a broadcast has come, in one line.
func (s Status) Text(l locales.Language) string {
	return l.Text("broadcast.status", "id", s.ID, "state", l.Text("broadcast.state."+s.State), "settled", s.Total-s.Waiting, "total", s.Total,
		"sent", s.Sent, "delivered", s.Delivered, "failed", s.Failed, "unknown", s.Unknown, "skipped", s.Skipped)
}
