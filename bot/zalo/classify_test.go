package zalo

import (
	"testing"
	"time"

	"tiepdan/bot"
)

// The edges of the night in which Zalo refuses with -234: 22:00 to 06:00.
func TestUntilMorning(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		hour, minute, second int
		want                 time.Duration
	}{
		"21:59":    {21, 59, 0, 8*time.Hour + time.Minute},
		"22:00":    {22, 0, 0, 8 * time.Hour},
		"midnight": {0, 0, 0, 6 * time.Hour},
		"05:59":    {5, 59, 0, time.Minute},
		"05:59:59": {5, 59, 59, time.Second},
		"06:00":    {6, 0, 0, 24 * time.Hour},
	} {
		now := time.Date(2026, 12, 31, tc.hour, tc.minute, tc.second, 0, bot.Hanoi).UTC()
		got := classify(-234, "", now)
		if got.Class != bot.Transient || got.RetryAfter != tc.want {
			t.Errorf("%s: got %+v, want %v", name, *got, tc.want)
		}
	}
}

func TestNextMinute(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 25, 5, 0, 0, 0, time.UTC)
	for after, want := range map[time.Duration]time.Duration{
		0:                                 time.Minute,
		time.Second:                       59 * time.Second,
		59*time.Second + time.Millisecond: 999 * time.Millisecond,
	} {
		if got := nextMinute(at.Add(after)); got != want {
			t.Errorf("%v after the minute: %v, want %v", after, got, want)
		}
	}
}

func TestInstant(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64]time.Time{
		1760000000123:   time.UnixMilli(1760000000123).UTC(),
		154390853474:    time.UnixMilli(154390853474).UTC(),
		1760000000:      time.Unix(1760000000, 0).UTC(),
		0:               {},
		123:             {},
		999999999999999: {},
	} {
		if got := instant(n); !got.Equal(want) {
			t.Errorf("%d: %v, want %v", n, got, want)
		}
	}
}

func TestRemember(t *testing.T) {
	t.Parallel()
	list := ""
	for _, seed := range []string{"a", "b", "b", "c", "a", "d", "e"} {
		list = remember(list, seed)
	}
	if list != "e d c b" {
		t.Errorf("got %q", list)
	}
}
