// Package handlertest is an office in memory: an invented commune, invented
// people and their records, and a player of the dialogues against them. Transcripts and the
// terminal chat use it. No name, number or code in it is a real one.
package handlertest

import (
	"context"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/handlers"
)

// World is an office's records in memory. It implements what handlers reads, and Apply
// does what their commands ask for, as far as a dialogue can see it again.
type World struct {
	mu           sync.Mutex
	now          time.Time
	units        []casework.Unit
	home         int64
	places       *text.Places
	people       []casework.Person
	phones       map[string][]int64 // who a phone proves
	citizen      map[int64]string
	applications []casework.Application
	payouts      []casework.Payout
	grievances   []casework.Grievance
	drafts       []stored
	links        map[string]int64 // open codes and the conversation that shows them
	linked       map[int64]string // conversation to phone
	optedOut     map[int64][]string
	takes        map[string]int
	limitsAway   bool
}

type stored struct {
	casework.Draft
	code    string
	expires time.Time
}

var (
	_ handlers.Applications = (*World)(nil)
	_ handlers.Payouts      = (*World)(nil)
	_ handlers.People       = (*World)(nil)
	_ handlers.Grievances   = (*World)(nil)
	_ handlers.Drafts       = (*World)(nil)
	_ handlers.Units        = (*World)(nil)
	_ handlers.LinkCodes    = (*World)(nil)
	_ handlers.Limits       = (*World)(nil)
)

// Now is the world's clock.
func (w *World) Now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.now
}

// Set puts the clock on a time.
func (w *World) Set(now time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.now = now
}

// TakeLimitsAway makes the counter fail, as a lost Redis does.
func (w *World) TakeLimitsAway() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.limitsAway = true
}

// PhoneOf is the phone that a conversation was linked to; empty if none.
func (w *World) PhoneOf(conversation int64) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.linked[conversation]
}

// ApplicationByCode implements handlers.Applications.
func (w *World) ApplicationByCode(_ context.Context, codeKey string) (casework.Application, error) {
	for _, a := range w.applications {
		if text.CodeKey(a.Code) == codeKey {
			return a, nil
		}
	}
	return casework.Application{}, handlers.ErrNotFound
}

// ApplicationsOf implements handlers.Applications.
func (w *World) ApplicationsOf(_ context.Context, people []int64, limit int) ([]casework.Application, error) {
	var out []casework.Application
	for _, a := range w.applications {
		if slices.Contains(people, a.PersonID) && len(out) < limit {
			out = append(out, a)
		}
	}
	return out, nil
}

// PayoutsOf implements handlers.Payouts.
func (w *World) PayoutsOf(_ context.Context, people []int64, since time.Time, limit int) ([]casework.Payout, error) {
	from := casework.DayOf(since)
	var out []casework.Payout
	for _, p := range w.payouts {
		if slices.Contains(people, p.PersonID) && p.PayDate >= from && p.State != casework.PayoutDraft && len(out) < limit {
			p.PersonName = w.name(p.PersonID)
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b casework.Payout) int { return strings.Compare(a.PayDate, b.PayDate) })
	return out, nil
}

func (w *World) name(id int64) string {
	for _, p := range w.people {
		if p.ID == id {
			return p.Name
		}
	}
	return ""
}

// SessionsOf implements handlers.Payouts.
func (w *World) SessionsOf(_ context.Context, _ int64, since time.Time, limit int) ([]casework.Payout, error) {
	from := casework.DayOf(since)
	var out []casework.Payout
	for _, p := range w.payouts {
		s := casework.Payout{PayDate: p.PayDate, Hours: p.Hours, Place: p.Place, Programme: p.Programme, Method: p.Method, Period: p.Period}
		if p.PayDate >= from && p.State == casework.PayoutScheduled && !slices.Contains(out, s) && len(out) < limit {
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b casework.Payout) int { return strings.Compare(a.PayDate, b.PayDate) })
	return out, nil
}

// Proven implements handlers.People.
func (w *World) Proven(_ context.Context, phone string, _ time.Time) ([]casework.Person, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []casework.Person
	for _, p := range w.people {
		if slices.Contains(w.phones[phone], p.ID) && !p.Dead {
			out = append(out, p)
		}
	}
	return out, nil
}

// Person implements handlers.People.
func (w *World) Person(_ context.Context, id int64) (casework.Person, error) {
	for _, p := range w.people {
		if p.ID == id {
			return p, nil
		}
	}
	return casework.Person{}, handlers.ErrNotFound
}

// CitizenEndsWith implements handlers.People.
func (w *World) CitizenEndsWith(_ context.Context, personID int64, last4 string) (bool, error) {
	return len(last4) == 4 && strings.HasSuffix(w.citizen[personID], last4), nil
}

// GrievanceByCode implements handlers.Grievances.
func (w *World) GrievanceByCode(_ context.Context, code string) (casework.Grievance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if g := w.grievance(code); g != nil {
		return *g, nil
	}
	return casework.Grievance{}, handlers.ErrNotFound
}

func (w *World) grievance(code string) *casework.Grievance {
	for i := range w.grievances {
		if w.grievances[i].Code == code {
			return &w.grievances[i]
		}
	}
	return nil
}

// GrievancesOf implements handlers.Grievances.
func (w *World) GrievancesOf(_ context.Context, conversation int64, phone string, limit int) ([]casework.Grievance, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []casework.Grievance
	for _, g := range slices.Backward(w.grievances) {
		if (g.ConversationID == conversation || phone != "" && g.Phone == phone) && len(out) < limit {
			out = append(out, g)
		}
	}
	return out, nil
}

// DraftsOf implements handlers.Drafts.
func (w *World) DraftsOf(_ context.Context, conversation int64) ([]handlers.Draft, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []handlers.Draft
	for _, d := range slices.Backward(w.drafts) {
		if d.ConversationID == conversation && w.now.Before(d.expires) {
			out = append(out, d.Draft)
		}
	}
	return out, nil
}

// DraftByCode implements handlers.Drafts.
func (w *World) DraftByCode(_ context.Context, code string) (handlers.Draft, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.drafts {
		if d.code != "" && d.code == code && w.now.Before(d.expires) {
			return d.Draft, nil
		}
	}
	return handlers.Draft{}, handlers.ErrNotFound
}

// Unit implements handlers.Units.
func (w *World) Unit(id int64) (casework.Unit, error) {
	for _, u := range w.units {
		if u.ID == id {
			return u, nil
		}
	}
	return casework.Unit{}, handlers.ErrNotFound
}

// Home implements handlers.Units.
func (w *World) Home() casework.Unit {
	u, err := w.Unit(w.home)
	if err != nil {
		return casework.Unit{}
	}
	return u
}

// Places implements handlers.Units.
func (w *World) Places() *text.Places { return w.places }

// LinkOffered implements handlers.LinkCodes.
func (w *World) LinkOffered(_ context.Context, code string, _ time.Time) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.links[code] != 0, nil
}

// OptedOut implements handlers.LinkCodes.
func (w *World) OptedOut(_ context.Context, conversation int64, _ string) ([]string, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.optedOut[conversation]), nil
}

// Take implements handlers.Limits; windows never end here.
func (w *World) Take(_ context.Context, key string, n int, _ time.Duration) (bool, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.limitsAway {
		return false, errLimits
	}
	w.takes[key]++
	return w.takes[key] <= n, nil
}

// Apply does what a turn's acts ask for.
func (w *World) Apply(acts []bot.Act) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, a := range acts {
		w.apply(a)
	}
}

func (w *World) apply(a bot.Act) {
	switch c := a.(type) {
	case casework.FileGrievance:
		g := c.Grievance
		g.ID = int64(len(w.grievances) + 1)
		w.grievances = append(w.grievances, g)
	case casework.AddToGrievance:
		if g := w.grievance(c.Code); g != nil {
			g.Moves = append(g.Moves, casework.Move{At: c.Origin.At, By: "citizen", Status: g.Status, Note: c.Text})
		}
	case casework.WithdrawGrievance:
		if g := w.grievance(c.Code); g != nil {
			g.Status = casework.GrievanceWithdrawn
		}
	case casework.SaveDraft:
		w.dropDraft(c.ID)
		w.drafts = append(w.drafts, stored{casework.Draft{
			ID: c.ID, ConversationID: c.Origin.ConversationID, Dialogue: c.Dialogue, State: c.State, Phone: c.Origin.Phone, UpdatedAt: c.Origin.At,
		}, c.Code, c.Expires})
	case casework.DropDraft:
		w.dropDraft(c.ID)
	case casework.OfferLink:
		w.links[c.Code] = c.Origin.ConversationID
	case casework.TakeLink:
		w.linked[w.links[c.Code]] = c.Origin.Phone
		delete(w.links, c.Code)
	case casework.Unlink:
		delete(w.linked, c.Origin.ConversationID)
	case casework.OptOut:
		w.optedOut[c.Origin.ConversationID] = append(w.optedOut[c.Origin.ConversationID], c.Class)
	case casework.OptIn:
		delete(w.optedOut, c.Origin.ConversationID)
	}
}

func (w *World) dropDraft(id string) {
	w.drafts = slices.DeleteFunc(w.drafts, func(d stored) bool { return d.ID == id })
}

// seeded is randomness that is the same in every run.
type seeded struct {
	mu sync.Mutex
	r  *rand.ChaCha8
}

// Random is a source of randomness that is the same for one seed.
func Random(seed byte) io.Reader {
	return &seeded{r: rand.NewChaCha8([32]byte{seed})}
}

func (s *seeded) Read(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Read(p)
}
