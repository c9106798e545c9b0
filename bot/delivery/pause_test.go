package delivery

import (
	"testing"
	"time"

	"tiepdan/bot"
)

func TestNoProviderSilencesAChannelForDays(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 2, 0, 0, 0, time.UTC)
	for asked, want := range map[time.Duration]time.Duration{0: 5 * time.Second, time.Minute: time.Minute, 400 * 24 * time.Hour: time.Hour} {
		failure := &bot.SendError{Class: bot.Throttled, RetryAfter: asked}
		s := DefaultPolicy().notTaken(Row{}, failure, &fake{send: ok}, now)
		if s.State != Waiting || s.Pause.Sub(now) != want || !s.Again.Equal(s.Pause) {
			t.Errorf("asked to wait %v: %+v", asked, s)
		}
	}
}
