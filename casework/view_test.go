package casework

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var noon = time.Date(2026, 11, 22, 5, 0, 0, 0, time.UTC)

func anApplication() Application {
	return Application{Code: "H53.22-260915-0007", Form: FormDossier, Programme: "btxh_disability", Status: StatusFinished,
		Outcome: OutcomeRefused, Received: "2026-09-15", Appointed: "2026-10-15", Amount: 540000, Missing: "giấy xác nhận",
		Reason: "không đủ mức", Decision: "115/QĐ-UBND"}
}

// TestAStrangerLearnsNoOutcome: whatever the outcome and amount are, a view without proof is the same.
func TestAStrangerLearnsNoOutcome(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		a := anApplication()
		a.Status = Status(rapid.IntRange(1, 10).Draw(t, "status"))
		a.Form = rapid.SampledFrom([]string{FormDossier, FormList}).Draw(t, "form")
		b := a
		b.Outcome, b.Amount, b.Missing, b.Reason, b.Decision, b.Programme = OutcomeGranted, 1, "", "", "", "ncc"
		for _, c := range []struct {
			proof Proof
			route Route
		}{{CodeOnly, RouteChat}, {CodeOnly, RouteSMS}, {CodeOnly, RoutePublic}, {LastFour, RoutePublic}, {ByPhone, RoutePublic}} {
			va, vb := View(a, c.proof, c.route, noon), View(b, c.proof, c.route, noon)
			if va != vb {
				t.Errorf("proof %d route %d: outcomes can be told apart: %+v, %+v", c.proof, c.route, va, vb)
			}
			if va.Name || va.Amount != 0 || va.Missing != "" || va.Programme != "" {
				t.Errorf("proof %d route %d tells too much: %+v", c.proof, c.route, va)
			}
		}
		sa, sb := View(a, ByPhone, RouteSMS, noon), View(b, ByPhone, RouteSMS, noon)
		sa.Missing, sa.Programme, sb.Missing, sb.Programme = "", "", "", ""
		if sa != sb || sa.Amount != 0 || sa.Outcome != "" {
			t.Errorf("an SMS tells outcomes apart: %+v, %+v", sa, sb)
		}
	})
}

func TestARefusalAtTheCounterIsAResultLikeAnyOther(t *testing.T) {
	t.Parallel()
	finished := anApplication()
	want := View(finished, CodeOnly, RouteSMS, noon)
	for _, s := range []Status{StatusNotAccepted, StatusStopped} {
		a := finished
		a.Status = s
		if got := View(a, CodeOnly, RouteSMS, noon); got != want {
			t.Errorf("status %s: %+v, want %+v", s.Code(), got, want)
		}
	}
	paying := finished
	paying.Status, paying.Step, paying.Outcome = StatusProcessing, StepPayment, OutcomeGranted
	if got := View(paying, CodeOnly, RouteChat, noon); got != want {
		t.Errorf("a payment betrays the grant: %+v", got)
	}
}

func TestTheProvenReadAllInAChat(t *testing.T) {
	t.Parallel()
	for _, proof := range []Proof{LastFour, ByPhone} {
		v := View(anApplication(), proof, RouteChat, noon)
		if v.Outcome != OutcomeRefused || v.Reason == "" || v.Decision == "" || v.Amount != 540000 || !v.Name || v.PublicOf || v.Action != ActionCollect {
			t.Errorf("proof %d: %+v", proof, v)
		}
	}
	v := View(anApplication(), ByPhone, RouteSMS, noon)
	if v.Missing == "" || !v.PublicOf || !v.Name {
		t.Errorf("by SMS: %+v", v)
	}
}

func TestWhatToDoNext(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		status Status
		step   string
		want   string
	}{
		{StatusReceived, "", ActionWait}, {StatusSupplement, "", ActionSupplement}, {StatusFeeDue, "", ActionPay},
		{StatusProcessing, StepPosting, ActionObject}, {StatusProcessing, StepPayment, ActionWatch}, {StatusFinished, "", ActionCollect},
		{StatusReturned, "", ActionNone}, {StatusWithdrawn, "", ActionNone},
	} {
		if got := View(Application{Status: tt.status, Step: tt.step}, ByPhone, RouteChat, noon).Action; got != tt.want {
			t.Errorf("%s %s: %s, want %s", tt.status.Code(), tt.step, got, tt.want)
		}
	}
	late := Application{Status: StatusProcessing, Appointed: "2026-11-21"}
	if !View(late, CodeOnly, RouteSMS, noon).Late {
		t.Error("an appointed day that passed is late")
	}
}

func TestAPayoutsAmountNeedsProofAndNoName(t *testing.T) {
	t.Parallel()
	p := Payout{PersonName: "Lê Thị Sáu", Programme: "btxh", Period: "11/2026", Amount: 540000, PayDate: "2026-11-25", Place: "Nhà văn hóa ấp 3", State: PayoutPaid}
	for _, proof := range []Proof{CodeOnly, LastFour, ByPhone} {
		for _, route := range []Route{RouteChat, RouteSMS, RoutePublic} {
			v := ViewPayout(p, proof, route)
			if told := proof != CodeOnly && route != RoutePublic; (v.Amount != 0) != told || (v.State != "") != told {
				t.Errorf("proof %d route %d: %+v", proof, route, v)
			}
			if route == RouteSMS && v.Amount != 0 && v.Name != "" {
				t.Errorf("an SMS has name and amount together: %+v", v)
			}
			if v.Place == "" || v.PayDate == "" {
				t.Errorf("the plan is public: %+v", v)
			}
		}
	}
}

func TestPushed(t *testing.T) {
	t.Parallel()
	at := func(form string, s Status, step, outcome string) Application {
		return Application{Form: form, Status: s, Step: step, Outcome: outcome}
	}
	for _, tt := range []struct {
		name          string
		before, after Application
		want          bool
	}{
		{"nothing changed", at(FormDossier, 4, "", ""), at(FormDossier, 4, "", ""), false},
		{"a dossier's step", at(FormDossier, 4, StepReview, ""), at(FormDossier, 4, StepAppraisal, ""), true},
		{"a new dossier", Application{}, at(FormDossier, 2, "", ""), true},
		{"an internal step of a list", at(FormList, 4, StepReview, ""), at(FormList, 4, StepAppraisal, ""), false},
		{"a list received", at(FormList, 1, StepListed, ""), at(FormList, 4, StepReview, ""), false},
		{"a list is posted", at(FormList, 4, StepReview, ""), at(FormList, 4, StepPosting, ""), true},
		{"a list is granted, which may not be told yet", at(FormList, 4, StepApproval, ""), at(FormList, 4, StepApproval, OutcomeGranted), false},
		{"a list is paid", at(FormList, 4, StepApproval, OutcomeGranted), at(FormList, 4, StepPayment, OutcomeGranted), true},
		{"a list is finished", at(FormList, 4, StepPayment, OutcomeGranted), at(FormList, 9, StepPayment, OutcomeGranted), true},
	} {
		if got := Pushed(tt.before, tt.after); got != tt.want {
			t.Errorf("%s: %v", tt.name, got)
		}
	}
}

func TestADisputedPaidMarkGoesToTheHead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		g    Grievance
		want string
	}{
		{Grievance{}, DeskReception}, {Grievance{Desk: DeskReception, PaidDisputed: true}, DeskHead}, {Grievance{Desk: DeskHead}, DeskHead},
	} {
		if got := DeskOf(tt.g); got != tt.want {
			t.Errorf("%s: %s", strings.TrimSpace(tt.g.Desk), got)
		}
	}
}
