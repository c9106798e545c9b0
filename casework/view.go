package casework

import "time"

// Proof is what the one who asks has shown of who they are.
type Proof int

// CodeOnly: they know the code. LastFour: besides, the last four digits of the
// citizen number. ByPhone: they ask from a phone that proves this person (People.Proven), or from a
// chat linked to it.
const (
	CodeOnly Proof = iota
	LastFour
	ByPhone
)

// Route is how the answer travels, as far as it limits what may be said.
type Route int

// RouteChat is read by the person alone. RouteSMS may be read by the household and the village
// shop: no outcome, no name beside an amount. RoutePublic passes abroad (Telegram):
// stage and dates only, whatever was proven.
const (
	RouteChat Route = iota
	RouteSMS
	RoutePublic
)

// What a person has to do next; keys of the catalogues end in these.
const (
	ActionWait       = "wait"       // nothing
	ActionSupplement = "supplement" // bring papers
	ActionPay        = "pay"        // pay a fee or duty
	ActionCollect    = "collect"    // fetch the paper that says what was decided
	ActionWatch      = "watch"      // a payout will be announced
	ActionObject     = "object"     // the list is posted: say so now if something is wrong
	ActionNone       = "none"       // it is over
)

// StatusView is what may be told of an application. What may not be told is
// empty; a field that is not empty may be said.
type StatusView struct {
	Code      string
	Form      string
	Status    Status // the stage to name
	Step      string
	Received  Day
	Appointed Day
	Late      bool // the appointed day has passed and the office is not done
	Action    string
	Programme string // code or the office's own words
	PublicOf  bool   // name the programme by its public words only
	Outcome   string
	Missing   string
	Reason    string
	Decision  string
	Amount    int64 // đồng
	Name      bool  // the person's name may be said
}

// View says what of an application may be told. A code alone gives stage, dates and what to
// do next: neither outcome nor name, amount, papers or programme. What would betray an outcome (not accepted, stopped, a
// payment) is then one stage like any other: there is a result, fetch the paper. By SMS an outcome is never told, a
// grant no more than a refusal, or silence would tell.
func View(a Application, proof Proof, route Route, now time.Time) StatusView {
	v := StatusView{Code: a.Code, Form: a.Form, Status: a.Status, Step: a.Step, Received: a.Received, Appointed: a.Appointed,
		Action: action(a)}
	v.Late = a.Appointed != "" && a.Appointed < DayOf(now) && !a.Status.Over()
	if proof == CodeOnly || route == RoutePublic {
		return v.guarded()
	}
	v.Programme, v.PublicOf, v.Missing, v.Name = a.Programme, route == RouteSMS, a.Missing, true
	if route == RouteSMS {
		if a.Status == StatusNotAccepted || a.Status == StatusStopped {
			v.Status, v.Step, v.Action = StatusFinished, "", ActionCollect
		}
		return v
	}
	v.Outcome, v.Reason, v.Decision, v.Amount = a.Outcome, a.Reason, a.Decision, a.Amount
	return v
}

// guarded hides what tells an outcome by its stage.
func (v StatusView) guarded() StatusView {
	switch {
	case v.Status == StatusNotAccepted, v.Status == StatusStopped, v.Step == StepPayment:
		v.Status, v.Step, v.Action = StatusFinished, "", ActionCollect
		v.Late = false
	case v.Status.Over():
		v.Step = ""
	}
	return v
}

func action(a Application) string {
	switch a.Status {
	case StatusSupplement:
		return ActionSupplement
	case StatusFeeDue:
		return ActionPay
	case StatusNotAccepted, StatusStopped:
		return ActionCollect
	case StatusFinished:
		if a.Step == StepPayment {
			return ActionWatch
		}
		return ActionCollect
	case StatusWithdrawn, StatusReturned:
		return ActionNone
	}
	switch a.Step {
	case StepPayment:
		return ActionWatch
	case StepPosting:
		return ActionObject
	}
	return ActionWait
}

// PayoutView is what may be told of a payout; fields that may not be told are empty.
type PayoutView struct {
	PayDate   Day
	Hours     string
	Place     string
	Method    string
	Papers    string // empty: the usual ones of the programme
	Period    string
	State     string
	Programme string
	PublicOf  bool // name the programme by its public words only
	Amount    int64
	Goods     string
	Name      string
}

// ViewPayout says what of a payout may be told. Without proof of the person only what is publicly planned: day, hours,
// place, papers. An amount goes to the proven one alone, and never with a name on an SMS.
func ViewPayout(p Payout, proof Proof, route Route) PayoutView {
	v := PayoutView{PayDate: p.PayDate, Hours: p.Hours, Place: p.Place, Method: p.Method, Papers: p.Papers, Period: p.Period,
		Programme: p.Programme, PublicOf: true}
	if proof == CodeOnly || route == RoutePublic {
		return v
	}
	v.State, v.Amount, v.Goods = p.State, p.Amount, p.Goods
	if route == RouteChat {
		v.PublicOf, v.Name = false, p.PersonName
	}
	return v
}

// Pushed says whether a change of an application is told to its people at once.
// Every change of a dossier is (Decree 224/2026/NĐ-CP); of a list entry only what concerns the
// person, not the office's internal steps.
func Pushed(before, after Application) bool {
	if before.Status == after.Status && before.Step == after.Step && before.Outcome == after.Outcome {
		return false
	}
	if after.Form != FormList {
		return true
	}
	// An outcome alone is not told: what a code may say of it is that there is a result, and that comes with the status or the payment.
	return after.Status != before.Status && (after.Status.Over() || after.Status == StatusSupplement || after.Status == StatusFeeDue) ||
		after.Step != before.Step && (after.Step == StepPosting || after.Step == StepPayment)
}

// DeskOf is the desk that a grievance goes to. A disputed paid mark may itself be the
// fault: it goes to the head, never to whoever drew up or paid the list.
func DeskOf(g Grievance) string {
	if g.PaidDisputed {
		return DeskHead
	}
	if g.Desk == "" {
		return DeskReception
	}
	return g.Desk
}
