package notify

import (
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
)

// Quiet are the hours in which nobody is told anything that they did not just
// ask for, in Asia/Ho_Chi_Minh. The zero value has none.
type Quiet struct{ from, to time.Duration } // since midnight; to may be the next day's

// ParseQuiet reads "21:00-07:00"; an empty text has no quiet hours.
func ParseQuiet(s string) (Quiet, error) {
	if s = strings.TrimSpace(s); s == "" {
		return Quiet{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	start, err := clockTime(from)
	end, err2 := clockTime(to)
	if !ok || err != nil || err2 != nil || start == end {
		return Quiet{}, fmt.Errorf("quiet hours must be two times like 21:00-07:00, or empty")
	}
	return Quiet{from: start, to: end}, nil
}

func clockTime(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", strings.TrimSpace(s))
	if err != nil {
		return 0, err
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// Until is when the quiet hours that now lies in are over; zero if it lies in none.
func (q Quiet) Until(now time.Time) time.Time {
	if q == (Quiet{}) {
		return time.Time{}
	}
	local := now.In(bot.Hanoi)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, bot.Hanoi)
	since := local.Sub(midnight)
	switch overnight := q.from > q.to; {
	case overnight && since >= q.from:
		return midnight.AddDate(0, 0, 1).Add(q.to).UTC()
	case overnight && since < q.to, !overnight && since >= q.from && since < q.to:
		return midnight.Add(q.to).UTC()
	}
	return time.Time{}
}
