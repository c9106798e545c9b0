package notify

import (
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// What one notice may cost by SMS, in segments.
const (
	plainSegments    = 2
	accentedSegments = 4
)

// manner is how much may be said on a way.
type manner int

const (
	frank   manner = iota // a chat of the person's own
	guarded               // SMS: read by the household and the village shop
	neutral               // passes abroad: that there is something, no more
)

// teller words one promise for one way.
type teller struct {
	pl      *Planner
	p       Promise
	a       Audience
	lang    locales.Language
	unit    casework.Unit
	manner  manner
	twoWay  bool
	keyword string // before every hint to answer; with its space
	now     time.Time
}

// body is what a class of notices says, and the words by which one asks on.
type body struct {
	text string
	ask  string
}

// render words a promise for a way, the fullest wording first, until one is short enough; where none is,
// the shortest goes in several parts.
func (pl *Planner) render(p Promise, a Audience, w Way, now time.Time) ([]bot.Part, error) {
	channel := pl.cfg.Channels[w.Address.Channel]
	t := pl.teller(p, a, w, now)
	limit := plainSegments
	if w.Accents {
		limit = accentedSegments
	}
	var parts []bot.Part
	for i, more := 0, true; more; i++ {
		var b body
		b, more = t.body(i)
		content := bot.Content{Text: t.whole(b), Lang: t.lang.Code(), Accents: w.Accents, OneWay: !t.twoWay}
		var err error
		if parts, err = channel.Render(content); err != nil {
			return nil, fmt.Errorf("render notice: %w", err)
		}
		if w.Address.Channel != bot.SMS || segments(parts) <= limit {
			return parts, nil
		}
	}
	if w.Accents {
		w.Accents = false // better without accents than cut short
		return pl.render(p, a, w, now)
	}
	return parts, nil
}

func segments(parts []bot.Part) int {
	n := 0
	for _, p := range parts {
		n += p.Segments
	}
	return n
}

func (pl *Planner) teller(p Promise, a Audience, w Way, now time.Time) teller {
	t := teller{pl: pl, p: p, a: a, now: now, unit: pl.unit(p.UnitID, w.UnitID),
		twoWay: pl.cfg.Channels[w.Address.Channel].Limits().TwoWay}
	lang := w.Lang
	if lang == "" {
		lang = locales.Default
	}
	region := locales.North
	if t.unit.Region == "south" {
		region = locales.South
	}
	t.lang = pl.cfg.Texts.Language(lang).Region(region)
	switch w.Address.Channel {
	case bot.SMS:
		t.manner = guarded
		if pl.cfg.Keyword != "" {
			t.keyword = pl.cfg.Keyword + " "
		}
	case bot.Telegram:
		t.manner = neutral
	}
	return t
}

// unit is the office that tells: the first one known, a hamlet's commune for the hamlet.
func (pl *Planner) unit(ids ...int64) casework.Unit {
	for _, id := range ids {
		if id == 0 {
			continue
		}
		u, err := pl.cfg.Units.Unit(id)
		if err != nil {
			continue
		}
		if u.Kind == "hamlet" && u.ParentID != 0 {
			if parent, err := pl.cfg.Units.Unit(u.ParentID); err == nil {
				return parent
			}
		}
		return u
	}
	return pl.cfg.Units.Home()
}

// body is the i-th wording, each shorter than the one before it, and whether
// there is a shorter one.
func (t teller) body(i int) (body, bool) {
	switch t.p.Words.Key {
	case keyStatus:
		return t.status(i > 0), i == 0
	case keyGrievance:
		return t.grievance(), false
	case keyPayout:
		return t.payout(i)
	}
	args := []any{"from", t.from(), "phone", t.unit.Phone, "counter", t.counter(false)}
	for name, value := range t.p.Words.Args {
		args = append(args, name, value)
	}
	if t.manner == neutral {
		return body{text: t.lang.Text("notice.any.neutral", args...)}, false
	}
	return body{text: t.lang.Text(t.p.Words.Key, args...)}, false
}

// whole adds another way back, and how to stop.
func (t teller) whole(b body) string {
	lines := []string{b.text, t.back(b.ask)}
	if t.twoWay {
		lines = append(lines, t.lang.Text("notice.stop", "send", t.keyword+"TU CHOI"))
	}
	return strings.Join(lines, "\n")
}

// back is how to ask on: by answering where that is possible, by telephone, at the counter.
func (t teller) back(ask string) string {
	how, args := "call", []any{"phone", t.unit.Phone, "counter", t.counter(true)}
	if t.twoWay && ask != "" {
		how, args = "ask", append(args, "send", t.keyword+ask)
	}
	where := "phone"
	if t.unit.Phone == "" {
		where = "counter"
	}
	return t.lang.Text("notice.back."+how+"."+where, args...)
}

func (t teller) from() string { return t.lang.Text("notice.from", "unit", t.unit.Name) }

// counter is where people go; short: without its full name and street.
func (t teller) counter(short bool) string {
	if short || t.unit.Counter == "" {
		return t.lang.Text("notice.counter", "unit", t.unit.Name)
	}
	return t.unit.Counter
}

// status says the stage, the date and what to do next, as the code alone would.
func (t teller) status(short bool) body {
	args := t.p.Words.Args
	b := body{ask: "HS " + args["code"]}
	if t.manner == neutral {
		b.text = t.lang.Text("notice.status.neutral", "from", t.from(), "code", args["code"])
		return b
	}
	stage := "notice.status.stage." + args["status"]
	if args["step"] != "" {
		stage = "notice.status.step." + args["step"]
	}
	form := keyStatus
	if args["form"] == casework.FormList {
		form = "notice.status.list"
	}
	said := []string{t.lang.Text(form, "from", t.from(), "code", args["code"], "stage", t.lang.Text(stage))}
	if day := t.day(args["appointed"]); day != "" {
		said = append(said, t.lang.Text("notice.status.appointed", "day", day))
	}
	said = append(said, t.lang.Text("notice.status.next."+args["action"], "counter", t.counter(short)))
	b.text = strings.Join(said, " ")
	return b
}

// grievance says where a grievance stands; what the officer wrote is read on a chat alone.
func (t teller) grievance() body {
	args := t.p.Words.Args
	b := body{ask: "PA " + args["code"]}
	if t.manner != frank {
		b.text = t.lang.Text("notice.grievance.neutral", "from", t.from(), "code", args["code"])
		return b
	}
	said := []string{t.lang.Text("notice.grievance.moved", "from", t.from(), "code", args["code"],
		"stage", t.lang.Text("notice.grievance.stage."+args["status"]))}
	if note := strings.TrimSpace(args["note"]); note != "" {
		said = append(said, t.lang.Text("notice.grievance.note", "note", note))
	}
	if day := t.day(args["answer_by"]); day != "" {
		said = append(said, t.lang.Text("notice.grievance.by", "day", day))
	}
	b.text = strings.Join(said, "\n")
	return b
}

// day shows a date with its weekday; empty if it is none.
func (t teller) day(day casework.Day) string {
	d, err := time.ParseInLocation(time.DateOnly, day, bot.Hanoi)
	if err != nil {
		return ""
	}
	return text.ShowDay(d, t.lang.Code())
}
