package casework

import (
	"fmt"
	"time"
)

// Clocks are the terms that laws set, dated: a step's term is the one in force
// on the day when it begins.
type Clocks struct {
	clocks  []clock
	answers map[string]string // kind of grievance to the step of its first answer
	signed  map[string]string // the same, once the signed paper came
}

type clock struct {
	Step    string `json:"step"`
	N       int    `json:"n"`
	Unit    string `json:"unit"` // working or calendar (days)
	From    Day    `json:"from"`
	To      Day    `json:"to"`
	Article string `json:"article"`
}

// Steps of requests about one's own data (Decree 356/2025/NĐ-CP).
const (
	StepDataAcknowledge = "data_acknowledge" // say that it came
	StepDataView        = "data_view"
	StepDataCorrect     = "data_correct"
	StepDataWithdraw    = "data_withdraw"
	StepDataErase       = "data_erase"
	StepComplaintRight  = "complaint_right" // until when a decision may be complained against
)

// ReadClocks reads a file of clocks. It fails on an unknown field, a term without days or article,
// and a kind of grievance whose step has no clock.
func ReadClocks(data []byte) (*Clocks, error) {
	var f struct {
		Clocks  []clock           `json:"clocks"`
		Answers map[string]string `json:"answers"`
		Signed  map[string]string `json:"signed"`
	}
	if err := strictJSON(data, &f); err != nil {
		return nil, fmt.Errorf("read clocks: %w", err)
	}
	known := map[string]bool{}
	for _, c := range f.Clocks {
		if c.Step == "" || c.N < 1 || c.Unit != "working" && c.Unit != "calendar" || !isDay(c.From) || c.To != "" && !isDay(c.To) || c.Article == "" {
			return nil, fmt.Errorf("read clocks: clock %q needs days, a unit, dates and an article", c.Step)
		}
		known[c.Step] = true
	}
	for _, kind := range []string{KindComplaint, KindProposal, KindReport, KindQuestion} {
		if !known[f.Answers[kind]] {
			return nil, fmt.Errorf("read clocks: no clock for the answer to a %s", kind)
		}
	}
	for kind, step := range f.Signed {
		if !known[step] {
			return nil, fmt.Errorf("read clocks: no clock for a signed %s", kind)
		}
	}
	return &Clocks{clocks: f.Clocks, answers: f.Answers, signed: f.Signed}, nil
}

// find gives the clock of a step that is in force on a day; the earliest known one before that.
func (c *Clocks) find(step string, on Day) (clock, bool) {
	var best clock
	for _, k := range c.clocks {
		if k.Step == step && (k.To == "" || on <= k.To) && (best.Step == "" || k.From <= on && k.From >= best.From) {
			best = k
		}
	}
	return best, best.Step != ""
}

// Rules are the data of laws that the program follows: calendar, clocks, programmes
// and the national words of statuses. They are replaced as a whole, never changed.
type Rules struct {
	Calendar   *Calendar
	Clocks     *Clocks
	Programmes *Programmes
	Words      *StatusWords
}

// Due is the end of a step's term that begins at from. ErrNotFound: no law known here sets one.
func (r Rules) Due(step string, from time.Time) (Term, error) {
	return r.DueFrom(step, DayOf(from))
}

// DueFrom is Due from a date.
func (r Rules) DueFrom(step string, from Day) (Term, error) {
	k, ok := r.Clocks.find(step, from)
	if !ok {
		return Term{}, fmt.Errorf("term of %q: %w", step, ErrNotFound)
	}
	t := r.Calendar.AddDays(from, k.N)
	if k.Unit == "working" {
		t = r.Calendar.AddWorkingDays(from, k.N)
	}
	t.Article = k.Article
	return t, nil
}

// AnswerBy is the date by which the office answers a grievance filed at an instant. What
// looks like a complaint gets a report's term until its signed paper came.
func (r Rules) AnswerBy(kind string, filed time.Time) (Term, error) {
	step, ok := r.Clocks.answers[kind]
	if !ok {
		return Term{}, fmt.Errorf("answer to a %q: %w", kind, ErrNotFound)
	}
	return r.Due(step, filed)
}

// SignedAnswerBy is the date by which a grievance is accepted or refused once its
// signed paper came on a day. ErrNotFound: a signed paper changes nothing for this kind.
func (r Rules) SignedAnswerBy(kind string, signed Day) (Term, error) {
	step, ok := r.Clocks.signed[kind]
	if !ok {
		return Term{}, fmt.Errorf("signed %q: %w", kind, ErrNotFound)
	}
	return r.DueFrom(step, signed)
}
