package casework

import (
	"testing"
	"time"
)

func TestProven(t *testing.T) {
	t.Parallel()
	link := func(id int64, household, whose string, months int) Link {
		return Link{Person: Person{ID: id, UnitID: 1, Household: household}, Whose: whose, Heard: noon.AddDate(0, -months, 0)}
	}
	dead := link(2, "5", WhoseHousehold, 1)
	dead.Person.Dead = true
	otherUnit := link(2, "5", WhoseHousehold, 1)
	otherUnit.Person.UnitID = 2
	for _, tt := range []struct {
		name  string
		links []Link
		want  int
	}{
		{"their own", []Link{link(1, "", WhoseSelf, 1)}, 1},
		{"one household", []Link{link(1, "5", WhoseSelf, 1), link(2, "5", WhoseHousehold, 1)}, 2},
		{"two households", []Link{link(1, "5", WhoseSelf, 1), link(2, "6", WhoseSelf, 1)}, 0},
		{"one household number in two communes", []Link{link(1, "5", WhoseSelf, 1), otherUnit}, 0},
		{"two people of unknown households", []Link{link(1, "", WhoseSelf, 1), link(2, "", WhoseSelf, 1)}, 0},
		{"a hamlet head's", []Link{link(1, "5", WhoseSelf, 1), link(2, "5", WhoseHamletHead, 1)}, 0},
		{"an association's", []Link{link(1, "5", WhoseAssociation, 1)}, 0},
		{"unknown whose", []Link{link(1, "5", WhoseUnknown, 1)}, 0},
		{"silent for thirteen months", []Link{link(1, "5", WhoseSelf, 13)}, 0},
		{"one of two silent", []Link{link(1, "5", WhoseSelf, 13), link(2, "5", WhoseHousehold, 1)}, 1},
		{"one has died", []Link{link(1, "5", WhoseSelf, 1), dead}, 1},
		{"nobody", nil, 0},
	} {
		if got := Proven(tt.links, noon); len(got) != tt.want {
			t.Errorf("%s: %d people are proven, want %d", tt.name, len(got), tt.want)
		}
	}
}

func TestBestPhone(t *testing.T) {
	t.Parallel()
	phone := func(n, whose string, days int) Phone {
		return Phone{n, whose, noon.Add(-time.Duration(days) * 24 * time.Hour)}
	}
	for _, tt := range []struct {
		name   string
		phones []Phone
		want   string
	}{
		{"own before the household's", []Phone{phone("a", WhoseHousehold, 0), phone("b", WhoseSelf, 9)}, "b"},
		{"heard last", []Phone{phone("a", WhoseSelf, 5), phone("b", WhoseSelf, 1)}, "b"},
		{"only the head's", []Phone{phone("a", WhoseHamletHead, 0)}, ""},
		{"none", nil, ""},
	} {
		if got, ok := Best(tt.phones); got.Number != tt.want || ok != (tt.want != "") {
			t.Errorf("%s: %q", tt.name, got.Number)
		}
	}
}
