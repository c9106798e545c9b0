package notify

import (
	"slices"
	"time"

	"tiepdan/bot/text"
	"tiepdan/casework"
)

// The texts that this package words by more than their arguments. Any other key
// is a text of the catalogues, told with the sender before it and the ways back after it.
const (
	keyStatus    = "notice.status.moved"
	keyGrievance = "notice.grievance.moved"
	keyPayout    = "notice.payout.due"
)

// Status tells that an application has moved on, as far as its code alone would tell.
func Status(a casework.Application, now time.Time) Words {
	v := casework.View(a, casework.CodeOnly, casework.RouteSMS, now)
	args := map[string]string{"code": v.Code, "form": v.Form, "status": v.Status.Code(), "action": v.Action}
	if !v.Status.Over() && !v.Late && v.Appointed != "" {
		args["appointed"] = v.Appointed
	}
	switch v.Status {
	case casework.StatusRegistered, casework.StatusReceived, casework.StatusProcessing:
		args["step"] = v.Step
	}
	return Words{Key: keyStatus, Args: args}
}

// Grievance tells the person who filed that a grievance has moved on. note is what the
// officer wants them to know and answerBy the date of the answer; both are read on a chat of their own, never
// on SMS. Either may be empty.
func Grievance(code, status, note string, answerBy casework.Day) Words {
	args := map[string]string{"code": code, "status": status, "note": note}
	if slices.Contains([]string{casework.GrievanceReceived, casework.GrievanceInProgress}, status) {
		args["answer_by"] = answerBy
	}
	return Words{Key: keyGrievance, Args: args}
}

// Linked tells a chat that a phone now counts as its own.
func Linked(phone string) Words {
	return Words{Key: "notice.task.linked", Args: map[string]string{"number": text.MaskPhone(phone)}}
}

// Payout tells when and where payments are made; who they are for is Audience.Due.
func Payout(day casework.Day, place string) Words {
	return Words{Key: keyPayout, Args: map[string]string{"day": day, "place": place}}
}
