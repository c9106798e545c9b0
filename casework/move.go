package casework

import (
	"errors"
	"fmt"
	"slices"
)

// ErrBadMove: an officer's step that makes no sense; the text says why.
var ErrBadMove = errors.New("step is not possible")

// Moved is a grievance after an officer's step. Its filing date never changes. A signed paper starts the clock of the
// kind that it has then, if that kind has one.
func Moved(g Grievance, c MoveGrievance, r Rules) (Grievance, error) {
	if c.By == "" {
		return g, fmt.Errorf("%w: nobody takes it", ErrBadMove)
	}
	if c.Status != "" {
		if !slices.Contains(grievanceStatuses(), c.Status) {
			return g, fmt.Errorf("%w: no status is called that", ErrBadMove)
		}
		g.Status = c.Status
	}
	if c.Kind != "" {
		if !slices.Contains([]string{KindComplaint, KindProposal, KindReport, KindQuestion}, c.Kind) {
			return g, fmt.Errorf("%w: no kind is called that", ErrBadMove)
		}
		g.Kind = c.Kind
	}
	if c.Signed != "" {
		if !isDay(c.Signed) || !c.At.IsZero() && c.Signed > DayOf(c.At) {
			return g, fmt.Errorf("%w: the signed paper's date is none, or lies ahead", ErrBadMove)
		}
		g.SignedOn = c.Signed
	}
	if g.SignedOn == "" || c.Signed == "" && c.Kind == "" {
		return g, nil
	}
	kind := g.Kind
	if kind == "" {
		kind = g.KindSuggested
	}
	term, err := r.SignedAnswerBy(kind, g.SignedOn)
	if errors.Is(err, ErrNotFound) {
		return g, nil
	}
	g.AnswerBy = term.Due
	return g, err
}

func grievanceStatuses() []string {
	return []string{GrievanceReceived, GrievanceInProgress, GrievanceTransferred, GrievanceGuided, GrievanceAnswered, GrievanceRefused,
		GrievanceWithdrawn, GrievanceClosed}
}
