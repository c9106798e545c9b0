package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"tiepdan/bot"
)

type checkCmd struct {
	Settings
	Service
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
}

// finding is one line of a check: a part of the installation and what is to be mended.
type finding struct {
	Part string `json:"part"`
	OK   bool   `json:"ok"`
	On   bool   `json:"on"`
	What string `json:"what"`
}

// Run says what is configured and what to mend. It calls each channel's provider once.
func (c *checkCmd) Run(e *env) error {
	s, err := openService(e, &c.Settings, &c.Service, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer s.stores.Close()
	found := s.check(e.ctx)
	bad := slices.ContainsFunc(found, func(f finding) bool { return !f.OK })
	if c.JSON {
		if err := json.NewEncoder(e.stdout).Encode(found); err != nil {
			return err
		}
	} else {
		l := s.texts.Language(c.Lang)
		for _, f := range found {
			mark := l.Text("cmd.check.ok")
			switch {
			case !f.OK:
				mark = l.Text("cmd.check.mend")
			case !f.On:
				mark = l.Text("cmd.check.off")
			}
			fmt.Fprintf(e.stdout, "%-10s %-9s %s\n", mark, f.Part, f.What)
		}
	}
	if bad {
		return errReported
	}
	return nil
}

// check looks at every part. What it says of a channel names the setting and the cure.
func (s *service) check(ctx context.Context) []finding {
	l := s.texts.Language(s.settings.Lang)
	found := []finding{{Part: "records", OK: true, On: true, What: s.settings.DatabaseURL}}
	if home := s.stores.Records.Home(); home.ID == 0 {
		found = append(found, finding{Part: "unit", What: l.Text("cmd.check.no_unit"), On: true})
	} else if home.Phone == "" {
		found = append(found, finding{Part: "unit", What: l.Text("cmd.check.no_phone", "unit", home.Name), On: true})
	} else {
		found = append(found, finding{Part: "unit", OK: true, On: true, What: home.Name + ", " + home.Phone})
	}
	redis := finding{Part: "redis", OK: true, What: l.Text("cmd.check.embedded")}
	if s.settings.RedisURL != "" {
		redis.On, redis.What = true, l.Text("cmd.check.answers")
		if err := s.stores.Ping(ctx); err != nil {
			redis.OK, redis.What = false, "TIEPDAN_REDIS_URL: "+err.Error()
		}
	}
	found = append(found, redis)
	for _, name := range []string{bot.SMS, bot.Zalo, bot.Telegram, bot.Webchat} {
		found = append(found, s.checkChannel(ctx, name))
	}
	return found
}

// settingsOf names what turns a channel on.
var settingsOf = map[string]string{bot.SMS: "TIEPDAN_TWILIO_ACCOUNT_SID | TIEPDAN_SMSHTTP_URL", bot.Zalo: "TIEPDAN_ZALO_APP_ID", bot.Telegram: "TIEPDAN_TELEGRAM_TOKEN"}

func (s *service) checkChannel(ctx context.Context, name string) finding {
	l := s.texts.Language(s.settings.Lang)
	ch, on := s.channels.all[name]
	if !on {
		return finding{Part: name, OK: true, What: l.Text("cmd.check.set", "setting", settingsOf[name])}
	}
	f := finding{Part: name, OK: true, On: true, What: l.Text("cmd.check.answers")}
	if name == bot.Webchat {
		f.What = s.public.PublicURL
	}
	if checker, ok := ch.(bot.Checker); ok {
		ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
		defer cancel()
		if err := checker.Check(ctx); err != nil {
			f.OK, f.What = false, err.Error()
		}
	}
	return f
}
