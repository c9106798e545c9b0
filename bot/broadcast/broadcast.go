// Package broadcast is what announcing a payout schedule means: who gets one notice,
// until when it is of use, how far it has come, and how that is shown. Records
// keep the recipients and do the moving.
package broadcast

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// States of a broadcast.
const (
	Draft     = "draft"     // to be looked at; nobody is told
	Sending   = "sending"   //
	Paused    = "paused"    // nothing is handed over until it goes on
	Done      = "done"      // every recipient is settled
	Cancelled = "cancelled" // who was not told yet is not told
)

// ErrState: what was asked cannot be done with a broadcast in its state.
var ErrState = errors.New("not possible in the broadcast's state")

// Key is what makes a recipient one: the phone, or the person where there is none, with the day and
// the place. Places that are written with other accents or case are the same.
func Key(id int64, phone string, personID int64, day casework.Day, place string) string {
	who := phone
	if who == "" {
		who = "person" + strconv.FormatInt(personID, 10)
	}
	return strings.Join([]string{"payout", strconv.FormatInt(id, 10), who, day, strings.ReplaceAll(text.Fold(place), " ", "-")}, ":")
}

// Expires is when announcing a pay day is of no use any more: its end in Viet Nam. The zero time for what is not a date.
func Expires(day casework.Day) time.Time {
	d, err := time.ParseInLocation(time.DateOnly, day, bot.Hanoi)
	if err != nil {
		return time.Time{}
	}
	return d.AddDate(0, 0, 1).UTC()
}

// Status is how far a broadcast has come. Waiting to Skipped are disjoint and add up to
// Total. While recipients are still being made, each payment that has none yet counts as one that waits.
type Status struct {
	ID        int64  `json:"id"`
	State     string `json:"state"`
	Total     int    `json:"total"`
	Waiting   int    `json:"waiting"` // not handed over yet, or being handed over
	Sent      int    `json:"sent"`
	Delivered int    `json:"delivered"`
	Failed    int    `json:"failed"`
	Unknown   int    `json:"unknown"`
	Skipped   int    `json:"skipped"`
}

// Add counts n recipients that stand in a state of notices.
func (s *Status) Add(state string, n int) {
	s.Total += n
	switch state {
	case "sent":
		s.Sent += n
	case "delivered":
		s.Delivered += n
	case "failed":
		s.Failed += n
	case "unknown":
		s.Unknown += n
	case "skipped":
		s.Skipped += n
	default:
		s.Waiting += n
	}
}

// Preview is what sending a schedule would do now.
type Preview struct {
	ID           int64          `json:"id"`
	Title        string         `json:"title"`
	State        string         `json:"state"`
	People       int            `json:"people"`
	Notices      int            `json:"notices"` // that would go out
	WithoutPhone int            `json:"without_phone"`
	OptedOut     int            `json:"opted_out"`
	Channels     map[string]int `json:"channels"` // notices by channel
	Segments     int            `json:"sms_segments"`
	Skipped      map[string]int `json:"skipped"` // notices that would not go out, by reason
	Samples      []Sample       `json:"samples"`
}

// Sample is one notice as its reader would see it.
type Sample struct {
	Channel  string   `json:"channel"`
	Texts    []string `json:"texts"`
	Segments int      `json:"segments"`
}

// NewPreview makes one that nothing was added to.
func NewPreview(id int64, title, state string) Preview {
	return Preview{ID: id, Title: title, State: state, Channels: map[string]int{}, Skipped: map[string]int{}, Samples: []Sample{}}
}

const samples = 2 // for each channel

// Skip counts a notice that would not go out.
func (p *Preview) Skip(reason string) {
	p.Skipped[reason]++
	switch reason {
	case "no_phone":
		p.WithoutPhone++
	case "opted_out":
		p.OptedOut++
	}
}

// Tell counts a notice that would go out, and keeps the first few of each channel.
func (p *Preview) Tell(channel string, parts []bot.Part) {
	p.Notices++
	p.Channels[channel]++
	s := Sample{Channel: channel}
	for _, part := range parts {
		s.Texts = append(s.Texts, part.Text)
		s.Segments += part.Segments
	}
	if channel == bot.SMS {
		p.Segments += s.Segments
	}
	if p.Channels[channel] <= samples {
		p.Samples = append(p.Samples, s)
	}
}
