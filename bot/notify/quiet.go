package notify

import (
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
)

// QuietHours are the hours of the day in Viet Nam in which nobody is disturbed. The zero
// value is none.
type QuietHours struct {
	from, to time.Duration // since midnight; from is quiet, to is not
}

// ParseQuietHours reads "21:00-07:00"; empty means none. Hours that begin and end
// at one time would be none or all, and are refused.
func ParseQuietHours(s string) (QuietHours, error) {
	if strings.TrimSpace(s) == "" {
		return QuietHours{}, nil
	}
	from, to, ok := strings.Cut(s, "-")
	if !ok {
		return QuietHours{}, fmt.Errorf("quiet hours %q are not like 21:00-07:00", s)
	}
	var q QuietHours
	for _, part := range []struct {
		text string
		into *time.Duration
	}{{from, &q.from}, {to, &q.to}} {
		t, err := time.Parse("15:04", strings.TrimSpace(part.text))
		if err != nil {
			return QuietHours{}, fmt.Errorf("quiet hours %q are not like 21:00-07:00", s)
		}
		*part.into = time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute
	}
	if q.from == q.to {
		return QuietHours{}, fmt.Errorf("quiet hours %q begin when they end", s)
	}
	return q, nil
}

// Quiet says whether t is inside them.
func (q QuietHours) Quiet(t time.Time) bool { return !q.Next(t).Equal(t) }

// Next is the first instant from t on that is not quiet: t itself, or their end.
func (q QuietHours) Next(t time.Time) time.Time {
	if q.from == q.to {
		return t
	}
	local := t.In(bot.Hanoi)
	midnight := time.Date(local.Year(), local.Month(), local.Day(), 0, 0, 0, 0, bot.Hanoi)
	since := local.Sub(midnight)
	overnight := q.from > q.to
	switch {
	case !overnight && since >= q.from && since < q.to, overnight && since < q.to:
		return midnight.Add(q.to).In(t.Location())
	case overnight && since >= q.from:
		return midnight.AddDate(0, 0, 1).Add(q.to).In(t.Location())
	}
	return t
}
