package intent

import (
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.FixedZone("", 7*3600))

func TestPhrases(t *testing.T) {
	t.Parallel()
	all := lines(t, "phrases.tsv")
	right, acted, misled := 0, 0, 0
	for _, line := range all {
		want, s, _ := strings.Cut(line, "\t")
		r := Understand(s, now)
		top := "none"
		if len(r.Intents) > 0 {
			top = r.Intents[0].Name
		}
		if r.Decision == Act {
			acted++
		}
		// What nothing is known of is rightly handed on like what is known to be another office's.
		if top == want || want == Other && r.Decision == Unknown {
			right++
			continue
		}
		if r.Decision == Act {
			misled++
		}
		t.Logf("%q: want %s, got %s %v", s, want, r.Decision, r.Intents)
	}
	t.Logf("%d of %d right, %d acted upon, %d of them wrongly", right, len(all), acted, misled)
	if right*100 < len(all)*95 {
		t.Errorf("%d of %d right, want 95 %%", right, len(all))
	}
	if misled*100 > len(all)*2 {
		t.Errorf("%d acted upon wrongly, want 2 %% at most", misled)
	}
}

func TestCommands(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, decision, intents string }{
		{"HS H53.22-260915-0007", Act, "check_status"},
		{"ct", Act, "payout_date"},
		{"Lĩnh tiền", Act, "payout_date"},
		{"PA", Act, "complaint_status"},
		{"?", Act, "help"},
		{"TC", Ask, "stop_messages check_status"},
		{"hủy", Ask, "cancel stop_messages"},
		{"DUNG", Ask, "cancel stop_messages"},
		{"stop", Act, "stop_messages"},
		{"MO", Act, "resume_messages"},
		{"gap cb", Act, "talk_to_staff"},
		{"Sai số", Act, "wrong_person"},
		{"EN", Act, "change_language"},
		{"", Unknown, ""},
		{"xyzzy", Unknown, ""},
		{"Bà Năm mất rồi", Act, "deceased wrong_person"},
		{"toi muon chet quach cho roi", Act, "safety other"},
	}
	for _, tt := range tests {
		r := Understand(tt.text, now)
		var names []string
		for _, g := range r.Intents {
			names = append(names, g.Name)
		}
		if got := strings.Join(names, " "); r.Decision != tt.decision || got != tt.intents {
			t.Errorf("%q: got %s %q, want %s %q", tt.text, r.Decision, got, tt.decision, tt.intents)
		}
	}
}
