// Package broadcast says to whom and in which words a payout schedule is
// announced: one message for each phone, day and place, however many people and
// programmes it covers. It names no amount and no group, because a message may be read by
// others than its addressee.
package broadcast

import (
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// MaxOpen is how many rows of a broadcast the outbox holds at once for each channel: enough to keep
// the channel busy, few enough that memory is flat and a cancel is instant.
const MaxOpen = 20_000

// Due is one payout with the person it is for.
type Due struct {
	Payout casework.Payout
	Person casework.Person
}

// Key makes one notice of all payouts of a phone, day and place. Without a phone each person is one.
func Key(phone string, personID int64, p casework.Payout) string {
	who := phone
	if who == "" {
		who = "person " + strconv.FormatInt(personID, 10)
	}
	return "payout:" + who + ":" + p.PayDate + ":" + strings.ReplaceAll(text.Fold(p.Place), " ", "_")
}

// Expires is when an announcement has become useless: the end of the pay day in Viet Nam.
func Expires(payDate string) time.Time {
	day, err := time.ParseInLocation("2006-01-02", payDate, bot.Hanoi)
	if err != nil {
		return time.Time{}
	}
	return day.AddDate(0, 0, 1).UTC()
}

// Announce says what is due at one place on one day to the people of one phone. dues is not empty; those of
// one person stand together.
func Announce(dues []Due) notify.Words {
	first := dues[0].Payout
	when := notify.Line{Key: "notice.payout." + kind(dues), Args: map[string]string{"place": first.Place}, Days: map[string]string{"day": first.PayDate}}
	if hours := hours(dues); hours != "" {
		when.Key += "_hours"
		when.Args["hours"] = hours
	}
	people := people(dues)
	who := notify.Line{Key: "notice.payout.for_one", People: people}
	if len(people) > 1 {
		who.Key = "notice.payout.for_many"
	}
	count := notify.Line{Key: "notice.payout.count", People: people}
	w := notify.Words{Lines: []notify.Line{when, who}, Reply: "CT", News: []notify.Line{{Key: "notice.news.payout"}}}
	bring := notify.Line{Key: "notice.payout.bring"}
	switch papers := papers(dues); {
	case papers != "":
		bring.Args = map[string]string{"papers": papers}
	case first.Method != casework.MethodAccount:
		bring.Bring = first.Programme
	default:
		w.Short = [][]notify.Line{{when, count}}
		return w
	}
	w.Lines = append(w.Lines, bring)
	w.Short = [][]notify.Line{{when, who}, {when, count, bring}, {when, count}}
	return w
}

// kind tells cash, transfers, visits at home and goods apart; a mixture is said as its simplest.
func kind(dues []Due) string {
	same := func(is func(casework.Payout) bool) bool {
		for _, d := range dues {
			if !is(d.Payout) {
				return false
			}
		}
		return true
	}
	switch {
	case same(func(p casework.Payout) bool { return p.Method == casework.MethodAccount }):
		return "account"
	case same(func(p casework.Payout) bool { return p.Method == casework.MethodHome }):
		return "home"
	case same(func(p casework.Payout) bool { return p.Amount == 0 && p.Goods != "" }):
		return "goods"
	}
	return "cash"
}

// hours are those that all dues share; different ones are all said.
func hours(dues []Due) string {
	return distinct(dues, func(d Due) string { return d.Payout.Hours })
}

func papers(dues []Due) string {
	return distinct(dues, func(d Due) string { return d.Payout.Papers })
}

func distinct(dues []Due, of func(Due) string) string {
	var all []string
	seen := map[string]bool{}
	for _, d := range dues {
		if s := of(d); s != "" && !seen[text.Fold(s)] {
			seen[text.Fold(s)] = true
			all = append(all, s)
		}
	}
	return strings.Join(all, ", ")
}

// people names each person once, however many programmes pay them.
func people(dues []Due) []notify.Someone {
	var all []notify.Someone
	seen := map[int64]bool{}
	for _, d := range dues {
		if seen[d.Person.ID] {
			continue
		}
		seen[d.Person.ID] = true
		all = append(all, notify.Someone{Name: d.Person.Name, Birth: d.Person.Birth, Sex: d.Person.Sex})
	}
	return all
}
