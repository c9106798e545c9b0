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
	// Short are other wordings, each shorter than the one before, for where Lines would be too long for
	// two segments of SMS.
	Short [][]Line `json:"short,omitempty"`
	Reply string   `json:"reply,omitempty"` // what to send to read more: "CT", "HS H53.22-261101-0042"
	// News says that there is something, and no more. It is all that goes over a channel that passes
	// abroad, and by SMS too where Guarded is set. Without it, Lines go everywhere.
	News    []Line `json:"news,omitempty"`
	Guarded bool   `json:"guarded,omitempty"`
	// Final: it answers what the person just did, so that it cannot be refused.
	Final bool `json:"final,omitempty"`
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
	brief      bool // the counter without its full name and street
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
	return v.lang.Text("notice.from", "office", v.office(), "text", said)
}

// office is the unit's name as it stands inside a sentence: "xã Tân Biên".
func (v voice) office() string {
	name := strings.TrimPrefix(v.unit.Name, "UBND ")
	for _, kind := range []string{"xã ", "phường ", "tỉnh ", "thành phố ", "đặc khu "} {
		if n := len(kind); len(name) > n && strings.EqualFold(name[:n], kind) {
			return strings.ToLower(name[:n]) + name[n:]
		}
	}
	return name
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
	if (v.unit.Counter == "" || v.brief) && v.unit.Name != "" {
		return v.lang.Text("notice.office", "office", v.office())
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

// Status says that an application changed: stage, date and next step, as its code alone would tell. A phone on
// record may lie on anybody's table; more is told to those who ask and prove who they are.
func Status(a casework.Application, now time.Time) Words {
	view := casework.View(a, casework.CodeOnly, casework.RouteSMS, now)
	what := func(key string) Line {
		return Line{Key: key, Args: map[string]string{"code": a.Code}, Texts: map[string]string{"what": "notice.what." + form(a)}}
	}
	main := what("notice.status." + view.Status.Code())
	if view.Status == casework.StatusProcessing && view.Step != "" {
		main = what("notice.step." + view.Step)
	}
	w := Words{Lines: []Line{main}, Short: [][]Line{{main}}, Reply: "HS " + a.Code, News: []Line{what("notice.news.status")}}
	if view.Appointed != "" && !view.Status.Over() && !view.Late {
		w.Lines = append(w.Lines, Line{Key: "notice.status.appointed", Days: map[string]string{"day": view.Appointed}})
	}
	if view.Action == casework.ActionWait {
		w.Lines = append(w.Lines, Line{Key: "notice.status.wait"})
	}
	return w
}

func form(a casework.Application) string {
	if a.Form == casework.FormList {
		return casework.FormList
	}
	return casework.FormDossier
}

// Grievance says that a filing was moved; note is the officer's word to the citizen and may be empty. SMS, which
// others may read, is told no more than that there is news.
func Grievance(code, status, note, answerBy string) Words {
	main := Line{Key: "notice.grievance." + status, Args: map[string]string{"code": code}}
	w := Words{Lines: []Line{main}, Short: [][]Line{{main}}, Reply: "PA " + strings.TrimPrefix(code, "PA-"), Guarded: true,
		News: []Line{{Key: "notice.news.grievance", Args: map[string]string{"code": code}}}}
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
	return Words{Final: true, Lines: []Line{{Key: "notice.linked", Args: map[string]string{"phone": text.MaskPhone(phone)}}}}
}
