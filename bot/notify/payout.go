package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
)

// named is how many people one notice names at most.
const named = 8

// payout says when, where and for whom payments are made; neither how much nor why. Each
// wording names one person less than the one before; the last leaves the papers short too.
func (t teller) payout(i int) (body, bool) {
	b := body{ask: "CT"}
	if t.manner == neutral {
		b.text = t.lang.Text("notice.payout.neutral", "from", t.from())
		return b, false
	}
	people := distinctPeople(t.a.Due)
	top := min(len(people), named)
	if t.a.Relayed {
		top = 0
	}
	last := i > top
	b.text = t.lang.Text(t.method(), "from", t.from(), "people", t.people(people, max(0, top-i)), "what", t.what(),
		"when", t.when(), "place", t.place(), "papers", t.papers(last))
	return b, !last
}

func distinctPeople(due []Due) []Due {
	var people []Due
	for _, d := range due {
		if !slices.ContainsFunc(people, func(p Due) bool { return p.PersonID == d.PersonID }) {
			people = append(people, d)
		}
	}
	return people
}

// method is the text for how all of them are paid; that for cash, if it differs.
func (t teller) method() string {
	for _, d := range t.a.Due {
		if d.Method != t.a.Due[0].Method {
			return keyPayout
		}
	}
	switch t.a.Due[0].Method {
	case casework.MethodAccount:
		return "notice.payout.account"
	case casework.MethodHome:
		return "notice.payout.home"
	}
	return keyPayout
}

// people is "3 người: ông A, bà B và 1 người khác", naming so many.
func (t teller) people(people []Due, names int) string {
	if names == 0 {
		if len(people) == 1 {
			return t.lang.Text("notice.people.you")
		}
		return t.lang.Text("notice.people.count", "n", len(people))
	}
	var said []string
	for _, p := range people[:names] {
		said = append(said, t.lang.Text("notice.person."+address(p, t.now), "name", p.Name))
	}
	list := strings.Join(said, ", ")
	switch {
	case len(people) == 1:
		return list
	case names < len(people):
		return t.lang.Text("notice.people.some", "n", len(people), "names", list, "others", len(people)-names)
	}
	return t.lang.Text("notice.people.all", "n", len(people), "names", list)
}

// address is how a person is respectfully named, by age and sex; by the name alone when
// these are not known.
func address(d Due, now time.Time) string {
	year, err := strconv.Atoi(d.Birth[:min(4, len(d.Birth))])
	if err != nil {
		return "plain"
	}
	age := now.In(bot.Hanoi).Year() - year
	switch {
	case age < 0 || age > 130:
		return "plain"
	case age < 16:
		return "child"
	case age >= 80 && d.Sex == "":
		return "aged"
	case d.Sex == "":
		return "plain"
	case age >= 55:
		return "old_" + d.Sex
	}
	return d.Sex
}

// what is paid, in words that anybody may hear.
func (t teller) what() string {
	var names []string
	for _, d := range t.a.Due {
		if n := t.pl.cfg.Programmes.PublicName(d.Programme, t.lang.Code()); !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	if len(names) > 2 {
		return t.lang.Text("notice.payout.several")
	}
	return strings.Join(names, ", ")
}

// when is the day with the hours, if all have the same.
func (t teller) when() string {
	day := t.day(t.p.Words.Args["day"])
	hours := t.a.Due[0].Hours
	for _, d := range t.a.Due {
		if d.Hours != hours {
			return day
		}
	}
	if hours == "" {
		return day
	}
	return t.lang.Text("notice.payout.when", "day", day, "hours", hours)
}

func (t teller) place() string {
	if place := strings.TrimSpace(t.p.Words.Args["place"]); place != "" {
		return place
	}
	return t.from()
}

// papers is what to bring.
func (t teller) papers(short bool) string {
	var papers []string
	for _, d := range t.a.Due {
		one := strings.TrimSpace(d.Papers)
		if one == "" {
			one = t.pl.cfg.Programmes.Bring(d.Programme, t.lang.Code())
		}
		if one != "" && !slices.Contains(papers, one) {
			papers = append(papers, one)
		}
	}
	if short || len(papers) == 0 {
		return t.lang.Text("notice.payout.papers")
	}
	return strings.Join(papers, "; ")
}
