package casework

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func rules(t testing.TB) Rules {
	t.Helper()
	r, err := LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestTermsOfTheYear2026(t *testing.T) {
	t.Parallel()
	c := rules(t).Calendar
	for _, tt := range []struct {
		name    string
		from    Day
		n       int
		working bool
		due     Day
		warning string
	}{
		{"ten working days over a weekend and the day of culture", "2026-11-20", 10, true, "2026-12-07", ""},
		{"the first day is not counted", "2026-11-16", 1, true, "2026-11-17", ""},
		{"filed on a Saturday", "2026-11-21", 1, true, "2026-11-23", ""},
		{"a Saturday that is worked", "2026-01-09", 1, true, "2026-01-10", ""},
		{"a swapped Friday is off", "2026-01-01", 1, true, "2026-01-05", ""},
		{"over Tet", "2026-02-13", 2, true, "2026-02-24", ""},
		{"national day with its swap", "2026-08-21", 7, true, "2026-09-03", ""},
		{"twenty days end on a Sunday", "2026-11-02", 20, false, "2026-11-23", ""},
		{"twenty days end on a working day", "2026-11-03", 20, false, "2026-11-23", ""},
		{"a term that ends on a holiday", "2026-11-04", 20, false, "2026-11-25", ""},
		{"no days end on the day", "2026-11-23", 0, true, "2026-11-23", ""},
		{"no days from a day off", "2026-11-22", 0, false, "2026-11-23", ""},
		{"over an undecided Tet: the earliest date, with a warning", "2027-02-03", 3, true, "2027-02-12", WarnUndecided},
		{"beside an undecided day", "2027-02-15", 1, true, "2027-02-16", ""},
		{"into a year without data", "2027-12-30", 5, true, "2028-01-06", WarnUncovered},
		{"from a year without data", "2025-12-30", 1, true, "2025-12-31", WarnUncovered},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := c.AddDays(tt.from, tt.n)
			if tt.working {
				got = c.AddWorkingDays(tt.from, tt.n)
			}
			if got.Due != tt.due || got.Warning != tt.warning {
				t.Errorf("got %s %q, want %s %q", got.Due, got.Warning, tt.due, tt.warning)
			}
		})
	}
}

// slowlyOff is the calendar of both years written out by hand, apart from the data file.
func slowlyOff(d time.Time) bool {
	switch d.Format("2006-01-02") {
	case "2026-01-10", "2026-08-22":
		return false
	case "2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20", "2026-04-27", "2026-04-30",
		"2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24",
		"2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-04-16", "2027-04-30", "2027-05-03", "2027-09-02", "2027-11-24":
		return true
	}
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}

func TestTermsAgainstASlowCount(t *testing.T) {
	t.Parallel()
	c := rules(t).Calendar
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		from := start.AddDate(0, 0, rapid.IntRange(0, 700).Draw(t, "from"))
		n := rapid.IntRange(1, 40).Draw(t, "n")
		if n > 20 && from.After(start.AddDate(0, 0, 660)) {
			n -= 20
		}
		got := c.AddWorkingDays(DayOf(from), n)
		due, err := time.Parse("2006-01-02", got.Due)
		if err != nil {
			t.Fatal(err)
		}
		worked := 0
		for d := from.AddDate(0, 0, 1); !d.After(due); d = d.AddDate(0, 0, 1) {
			if !slowlyOff(d) {
				worked++
			}
		}
		if worked != n || slowlyOff(due) {
			t.Errorf("%d working days from %s end on %s, which is %d days worked (off: %v)", n, DayOf(from), got.Due, worked, slowlyOff(due))
		}
		end := from.AddDate(0, 0, n)
		for slowlyOff(end) {
			end = end.AddDate(0, 0, 1)
		}
		if got := c.AddDays(DayOf(from), n); got.Due != DayOf(end) {
			t.Errorf("%d days from %s end on %s, want %s", n, DayOf(from), got.Due, DayOf(end))
		}
	})
}

func TestBrokenCalendarsAreRefused(t *testing.T) {
	t.Parallel()
	for name, data := range map[string]string{
		"unknown field":       `{"weekends":["Sunday"]}`,
		"no such weekday":     `{"weekend":["Sonntag"],"first":"2026-01-01","last":"2026-12-31"}`,
		"a rule without law":  `{"weekend":["Sunday"],"first":"2026-01-01","last":"2026-12-31","days":[{"from":"2026-05-01","off":true}]}`,
		"decided twice":       `{"weekend":["Sunday"],"first":"2026-01-01","last":"2026-12-31","days":[{"from":"2026-05-01","off":true,"reference":"a"},{"from":"2026-05-01","reference":"b"}]}`,
		"outside the years":   `{"weekend":["Sunday"],"first":"2026-01-01","last":"2026-12-31","days":[{"from":"2028-05-01","off":true,"reference":"a"}]}`,
		"no working day left": `{"weekend":["Monday","Tuesday","Wednesday","Thursday","Friday","Saturday","Sunday"],"first":"2026-01-01","last":"2026-12-31"}`,
		"more than one value": `{"weekend":["Sunday"],"first":"2026-01-01","last":"2026-12-31"} {}`,
	} {
		if _, err := ReadCalendar([]byte(data)); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
