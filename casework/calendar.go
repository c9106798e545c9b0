package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
)

// Day is a date without a time, "2006-01-02"; the empty Day is not known.
type Day = string

const dayForm = "2006-01-02"

// hanoi is the time zone of every legal term: UTC+7, no daylight saving.
var hanoi = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// DayOf is the date in Viet Nam at an instant.
func DayOf(t time.Time) Day { return t.In(hanoi).Format(dayForm) }

// Calendar tells working days from days off. Which holidays are swapped is
// decided every year, so it is data; a day that nobody has decided yet is counted
// as a working day, which gives the earliest date, and every term that runs
// over one carries a warning.
type Calendar struct {
	weekend     map[time.Weekday]bool
	off         map[Day]bool // what differs from the weekend rule
	undecided   map[Day]bool
	first, last Day // what the data covers
}

// Why a term's end is not certain; keys of the catalogues.
const (
	WarnUndecided = "clock.warning.undecided" // a day that it runs over is not decided yet
	WarnUncovered = "clock.warning.uncovered" // it leaves the years that the calendar covers
)

// Term is the end of a legal term.
type Term struct {
	Due     Day
	Article string // the rule that sets it; empty when only days were counted
	Warning string // one of the Warn keys; empty: certain
}

type calendarFile struct {
	Weekend   []string  `json:"weekend"`
	Reference string    `json:"reference"`
	First     Day       `json:"first"`
	Last      Day       `json:"last"`
	Days      []dayRule `json:"days"`
	Undecided []dayRule `json:"undecided"`
}

type dayRule struct {
	From      Day    `json:"from"`
	To        Day    `json:"to"` // empty: the one day
	Off       bool   `json:"off"`
	Name      string `json:"name"`
	Reference string `json:"reference"`
}

// ReadCalendar reads a calendar file. It fails on an unknown field, a date that is none, a rule without
// its reference and a day that two rules decide.
func ReadCalendar(data []byte) (*Calendar, error) {
	var f calendarFile
	if err := strictJSON(data, &f); err != nil {
		return nil, fmt.Errorf("read calendar: %w", err)
	}
	c := &Calendar{weekend: map[time.Weekday]bool{}, off: map[Day]bool{}, undecided: map[Day]bool{}, first: f.First, last: f.Last}
	for _, name := range f.Weekend {
		wd, ok := weekday(name)
		if !ok {
			return nil, fmt.Errorf("read calendar: weekend day %q is not a day of the week", name)
		}
		c.weekend[wd] = true
	}
	if len(c.weekend) > 6 || !isDay(f.First) || !isDay(f.Last) || f.Last < f.First {
		return nil, fmt.Errorf("read calendar: the weekend or the years covered make no sense")
	}
	for _, r := range f.Days {
		if err := c.decide(r, c.off, r.Off); err != nil {
			return nil, fmt.Errorf("read calendar: %w", err)
		}
	}
	for _, r := range f.Undecided {
		if err := c.decide(r, c.undecided, true); err != nil {
			return nil, fmt.Errorf("read calendar: %w", err)
		}
	}
	return c, nil
}

// decide applies one rule to each of its days.
func (c *Calendar) decide(r dayRule, into map[Day]bool, value bool) error {
	if r.To == "" {
		r.To = r.From
	}
	if !isDay(r.From) || !isDay(r.To) || r.To < r.From || r.Reference == "" {
		return fmt.Errorf("rule from %q to %q needs two dates in order and a reference", r.From, r.To)
	}
	if r.From < c.first || r.To > c.last {
		return fmt.Errorf("rule from %q is outside the years covered", r.From)
	}
	for d := parseDay(r.From); d.Format(dayForm) <= r.To; d = d.AddDate(0, 0, 1) {
		if _, twice := into[d.Format(dayForm)]; twice {
			return fmt.Errorf("%s is decided twice", d.Format(dayForm))
		}
		into[d.Format(dayForm)] = value
	}
	return nil
}

// Working says whether state offices work on a day.
func (c *Calendar) Working(d Day) bool { return c.working(parseDay(d)) }

func (c *Calendar) working(d time.Time) bool {
	if off, decided := c.off[d.Format(dayForm)]; decided {
		return !off
	}
	return !c.weekend[d.Weekday()]
}

// AddWorkingDays is the end of a term of n working days that begins on a
// day. That day is not counted (Civil Code art. 147).
func (c *Calendar) AddWorkingDays(from Day, n int) Term {
	d := parseDay(from)
	for left := n; left > 0; {
		d = d.AddDate(0, 0, 1)
		if c.working(d) {
			left--
		}
	}
	return c.end(parseDay(from), d)
}

// AddDays is the end of a term of n calendar days that begins on a day. That day is not counted, and
// a term that would end on a day off ends on the next working day (Civil Code art. 147, 148).
func (c *Calendar) AddDays(from Day, n int) Term {
	return c.end(parseDay(from), parseDay(from).AddDate(0, 0, n))
}

// end moves a term's last day off a day off, and says how certain it is.
func (c *Calendar) end(from, d time.Time) Term {
	for !c.working(d) {
		d = d.AddDate(0, 0, 1)
	}
	t := Term{Due: d.Format(dayForm)}
	for x := from; !x.After(d); x = x.AddDate(0, 0, 1) {
		day := x.Format(dayForm)
		switch {
		case day < c.first || day > c.last:
			t.Warning = WarnUncovered
			return t
		case c.undecided[day]:
			t.Warning = WarnUndecided
		}
	}
	return t
}

// parseDay reads a Day. A text that is none is the zero time: the callers have checked theirs.
func parseDay(d Day) time.Time {
	t, err := time.Parse(dayForm, d)
	if err != nil {
		return time.Time{}
	}
	return t
}

func isDay(d Day) bool {
	_, err := time.Parse(dayForm, d)
	return err == nil
}

func weekday(name string) (time.Weekday, bool) {
	for wd := time.Sunday; wd <= time.Saturday; wd++ {
		if wd.String() == name {
			return wd, true
		}
	}
	return 0, false
}

// strictJSON decodes one value and nothing else; a field that is not known is
// a spelling mistake in somebody's data file and would silently change nothing.
func strictJSON(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return err
	}
	if dec.More() {
		return fmt.Errorf("something follows the value")
	}
	return nil
}
