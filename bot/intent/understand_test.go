package intent

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"
)

var now = time.Date(2026, 11, 25, 9, 0, 0, 0, time.FixedZone("", 7*3600))

// TestPhrases holds two tables of utterances: those that the list of intents was described with, and a
// second one. Both were used to make the rules, so they show what may not get worse and not how good the rules are.
func TestPhrases(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"phrases.tsv", "phrases2.tsv"} {
		t.Run(file, func(t *testing.T) {
			t.Parallel()
			checkPhrases(t, lines(t, file))
		})
	}
}

func checkPhrases(t *testing.T, all []string) {
	t.Helper()
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

func TestSlots(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want []Slot
	}{
		{"ho so h53.22-260915-0007 nop 12/10, sdt 0912 345 678", []Slot{
			{SlotDossier, "H53222609150007", "h53.22-260915-0007"}, {SlotPhone, "+84912345678", "0912 345 678"}, {SlotDate, "2026-10-12", "12/10"}}},
		{"hồ sơ 000.00.15.H34-220112-0001 tới đâu rồi", []Slot{{SlotDossier, "0000015H342201120001", "000.00.15.H34-220112-0001"}}},
		{"bổ sung cccd 079 068 123 456", []Slot{{SlotCitizen, "079068123456", "079 068 123 456"}}},
		{"đơn PA-4821-7036-2 sao rồi", []Slot{{SlotGrievance, "PA-4821-7036-2", "PA-4821-7036-2"}}},
		{"trợ cấp khuyết tật 1tr8", []Slot{{SlotMoney, "1800000", "1tr8"}, {SlotProgramme, "disability", "khuyết tật"}}},
		{"được 1.500.000 đồng", []Slot{{SlotMoney, "1500000", "1.500.000"}}},
		{"tien mai tang cua me", []Slot{{SlotProgramme, "funeral", "mai tang"}}},
		{"hôm nay trời đẹp nhỉ", []Slot{{SlotDate, "2026-11-25", "hôm nay"}}},
		{"cảm ơn", []Slot{}},
	}
	for _, tt := range tests {
		if got := Understand(tt.text, now).Slots; !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %+v, want %+v", tt.text, got, tt.want)
		}
	}
}

// TestReadingAsJSON: a program that reads this form must not find a null or another name.
func TestReadingAsJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"menu":     `{"decision":"act","intents":[{"name":"help","confidence":1}],"slots":[]}`,
		"blah 1tr": `{"decision":"unknown","intents":[],"slots":[{"kind":"money","value":"1000000","text":"1tr"}]}`,
	} {
		got, err := json.Marshal(Understand(text, now))
		if err != nil || string(got) != want {
			t.Errorf("%q: got %s, %v; want %s", text, got, err, want)
		}
	}
}

// TestNamesInTheRules: every name in the rules is one that callers know.
func TestNamesInTheRules(t *testing.T) {
	t.Parallel()
	known := []string{
		CheckStatus, PayoutDate, PayoutMissing, PayoutAmount, Eligibility, RequiredDocuments, WhereToApply, FileComplaint, FileDenunciation,
		FilePetition, ComplaintStatus, AddInformation, TalkToStaff, ChangeLanguage, Help, Greeting, Thanks, Cancel, StopMessages,
		ResumeMessages, WrongPerson, Deceased, UpdatePhone, DeleteMyData, Safety, Other,
	}
	ruled := map[string]bool{}
	for _, r := range wishes.rules {
		ruled[r.name] = true
	}
	for _, name := range known {
		if !ruled[name] {
			t.Errorf("no rule finds %s", name)
		}
		delete(ruled, name)
	}
	if len(ruled) > 0 {
		t.Errorf("unknown intents in the rules: %v", ruled)
	}
}

func BenchmarkUnderstand(b *testing.B) {
	texts := lines(b, "phrases.tsv")
	for i := 0; b.Loop(); i++ {
		_, s, _ := strings.Cut(texts[i%len(texts)], "\t")
		Understand(s, now)
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
