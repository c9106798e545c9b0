package casework

import "time"

// Whose a phone is, for one person.
const (
	WhoseSelf        = "self"
	WhoseHousehold   = "household"
	WhoseHamletHead  = "hamlet_head"
	WhoseAssociation = "association"
	WhoseUnknown     = "unknown"
)

// silence is how long a link lives without a message from its phone: numbers are given
// to other people after a time (Circular 08/2026/TT-BKHCN, art. 8).
const silenceMonths = 12

// Link is one person for whom a phone stands, and has not ended.
type Link struct {
	Person Person
	Whose  string
	Heard  time.Time // the later of when it was recorded and when the phone was last heard
}

// Silent says whether a link is too old to prove anything.
func (l Link) Silent(now time.Time) bool { return l.Heard.AddDate(0, silenceMonths, 0).Before(now) }

// Proven lists the living people whom a message from a phone proves, of all
// people it stands for: those whose own it is or within their one household, heard of within 12 months. A phone of
// several households, a hamlet head's or an association's proves nobody. People of whom no household is known count as one each.
func Proven(links []Link, now time.Time) []Person {
	type household struct {
		unit int64
		key  string
		lone int64
	}
	households := map[household]bool{}
	var proven []Person
	for _, l := range links {
		home := household{unit: l.Person.UnitID, key: l.Person.Household}
		if home.key == "" {
			home = household{lone: l.Person.ID}
		}
		households[home] = true
		switch {
		case l.Whose == WhoseHamletHead || l.Whose == WhoseAssociation:
			return nil
		case l.Whose != WhoseSelf && l.Whose != WhoseHousehold, l.Person.Dead, l.Silent(now):
		default:
			proven = append(proven, l.Person)
		}
	}
	if len(households) > 1 {
		return nil
	}
	return proven
}

// Phone is a number by which a person may be told of their own case.
type Phone struct {
	Number string // E.164
	Whose  string
	Heard  time.Time
}

// Best picks the person's own phone before their household's, and the one heard last. It passes over
// those of a hamlet head or an association, whom a case does not concern. ok is false if none is left.
func Best(phones []Phone) (best Phone, ok bool) {
	rank := map[string]int{WhoseSelf: 2, WhoseHousehold: 1}
	for _, p := range phones {
		if rank[p.Whose] == 0 {
			continue
		}
		if !ok || rank[p.Whose] > rank[best.Whose] || rank[p.Whose] == rank[best.Whose] && p.Heard.After(best.Heard) {
			best, ok = p, true
		}
	}
	return best, ok
}
