// Package notify turns one promise to tell a person something into one message:
// which channel, in which language, when, in which words. It is pure: facts come
// in, a plan comes out. What is said is kept as keys and arguments until then,
// because only the plan knows who reads it where.
package notify

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// Words are what a notice says, before language and channel are known. They are
// stored as JSON.
type Words struct {
	Lines []Line `json:"lines"`
	Short []Line `json:"short,omitempty"` // said where Lines would be too long for one SMS
	Reply string `json:"reply,omitempty"` // what to send to read more: "CT", "HS H53.22-261101-0042"
	// Private: on a channel that passes abroad only "there is news" is said.
	Private bool `json:"private,omitempty"`
}

// Line is one sentence: a text of the catalogues and its arguments, by kind.
type Line struct {
	Key    string            `json:"key"`
	Args   map[string]string `json:"args,omitempty"`
	Days   map[string]string `json:"days,omitempty"`   // dates "2006-01-02", said with their weekday
	Texts  map[string]string `json:"texts,omitempty"`  // keys of the catalogues
	People []Someone         `json:"people,omitempty"` // the arguments "people" and "n"
	Bring  string            `json:"bring,omitempty"`  // a programme: the argument "papers" is what it wants brought
}

// Someone is a person who is named to their own household.
type Someone struct {
	Name  string `json:"name"`
	Birth string `json:"birth,omitempty"`
	Sex   string `json:"sex,omitempty"`
}

// maxNamed is how many people are named before "and n more".
const maxNamed = 3

// voice is the one who speaks: a language in a region's words, and the office.
type voice struct {
	lang       locales.Language
	unit       casework.Unit
	programmes *casework.Programmes
	now        time.Time
}

// say writes lines behind the office's name.
func (v voice) say(lines []Line) string {
	said := make([]string, 0, len(lines))
	for _, l := range lines {
		said = append(said, v.line(l))
	}
	return v.from(strings.Join(said, " "))
}

func (v voice) from(said string) string {
	if v.unit.Name == "" {
		return said
	}
	return v.lang.Text("notice.from", "office", v.unit.Name, "text", said)
}

func (v voice) line(l Line) string {
	var args []any
	for name, value := range l.Args {
		args = append(args, name, value)
	}
	for name, day := range l.Days {
		args = append(args, name, v.day(day))
	}
	for name, key := range l.Texts {
		args = append(args, name, v.lang.Text(key))
	}
	if len(l.People) > 0 {
		args = append(args, "n", len(l.People), "people", v.people(l.People))
	}
	if l.Bring != "" {
		args = append(args, "papers", v.programmes.Bring(l.Bring, v.lang.Code()))
	}
	return v.lang.Text(l.Key, append(args, "counter", v.counter())...)
}

// counter is where people go; every text may name it.
func (v voice) counter() string {
	if v.unit.Counter == "" {
		return v.unit.Name
	}
	return v.unit.Counter
}

func (v voice) day(day string) string {
	t, err := time.ParseInLocation("2006-01-02", day, bot.Hanoi)
	if err != nil {
		return day // the office's own words for a day
	}
	return text.ShowDay(t, v.lang.Code())
}

// people names the first few, as they are addressed.
func (v voice) people(people []Someone) string {
	named := make([]string, 0, maxNamed+1)
	for _, p := range people[:min(len(people), maxNamed)] {
		named = append(named, v.address(p))
	}
	list := strings.Join(named, ", ")
	if more := len(people) - maxNamed; more > 0 {
		return v.lang.Text("notice.and_more", "people", list, "n", more)
	}
	return list
}

// address is a name with the word for its age and sex, where both are known.
func (v voice) address(p Someone) string {
	year, err := strconv.Atoi(p.Birth[:min(4, len(p.Birth))])
	if err != nil {
		return p.Name
	}
	switch age := v.now.In(bot.Hanoi).Year() - year; {
	case age < 16:
		return v.lang.Text("notice.title.child", "name", p.Name)
	case p.Sex == casework.SexFemale && age >= 50:
		return v.lang.Text("notice.title.grandmother", "name", p.Name)
	case p.Sex == casework.SexMale && age >= 50:
		return v.lang.Text("notice.title.grandfather", "name", p.Name)
	case p.Sex == casework.SexFemale:
		return v.lang.Text("notice.title.woman", "name", p.Name)
	case p.Sex == casework.SexMale:
		return v.lang.Text("notice.title.man", "name", p.Name)
	}
	return p.Name
}

// Status says that an application changed. What it tells is what its own people may
// read by SMS, so that it is the same on every channel: no outcome, amount or programme.
func Status(a casework.Application, now time.Time) Words {
	view := casework.View(a, casework.ByPhone, casework.RouteSMS, now)
	main := Line{Key: "notice.status." + view.Status.Code(), Args: map[string]string{"code": a.Code},
		Texts: map[string]string{"what": "notice.what." + form(a)}}
	if view.Status == casework.StatusProcessing && view.Step != "" {
		main.Key = "notice.step." + view.Step
	}
	w := Words{Lines: []Line{main}, Short: []Line{main}, Reply: "HS " + a.Code, Private: true}
	switch {
	case view.Status == casework.StatusSupplement && view.Missing != "":
		w.Lines = append(w.Lines, Line{Key: "notice.status.missing", Args: map[string]string{"missing": view.Missing}})
	case view.Appointed != "" && !view.Status.Over():
		w.Lines = append(w.Lines, Line{Key: "notice.status.appointed", Days: map[string]string{"day": view.Appointed}})
	}
	return w
}

func form(a casework.Application) string {
	if a.Form == casework.FormList {
		return casework.FormList
	}
	return casework.FormDossier
}

// Grievance says that a filing was moved; note is the officer's word to the citizen and may be empty.
func Grievance(code, status, note, answerBy string) Words {
	main := Line{Key: "notice.grievance." + status, Args: map[string]string{"code": code}}
	w := Words{Lines: []Line{main}, Short: []Line{main}, Reply: "PA " + strings.TrimPrefix(code, "PA-"), Private: true}
	if note != "" {
		w.Lines = append(w.Lines, Line{Key: "notice.note", Args: map[string]string{"note": note}})
	}
	open := []string{casework.GrievanceReceived, casework.GrievanceInProgress}
	if answerBy != "" && slices.Contains(open, status) {
		w.Lines = append(w.Lines, Line{Key: "notice.grievance.by", Days: map[string]string{"day": answerBy}})
	}
	return w
}

// Linked tells a chat that a phone was linked to it.
func Linked(phone string) Words {
	return Words{Lines: []Line{{Key: "notice.linked", Args: map[string]string{"phone": text.MaskPhone(phone)}}}}
}
