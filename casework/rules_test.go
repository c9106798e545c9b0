package casework

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func TestAnswerBy(t *testing.T) {
	t.Parallel()
	r := rules(t)
	filed := time.Date(2026, 11, 20, 15, 0, 0, 0, time.UTC) // 22:00 in Viet Nam
	for _, kind := range []string{KindComplaint, KindProposal, KindReport, KindQuestion} {
		got, err := r.AnswerBy(kind, filed)
		if err != nil || got.Due != "2026-12-07" || got.Article == "" {
			t.Errorf("%s: %+v, %v", kind, got, err)
		}
	}
	late := time.Date(2026, 11, 20, 18, 0, 0, 0, time.UTC) // the 21st in Viet Nam
	if got, _ := r.AnswerBy(KindReport, late); got.Due != "2026-12-07" {
		t.Errorf("filed after midnight: %+v", got)
	}
	if _, err := r.AnswerBy("denunciation", filed); !errors.Is(err, ErrNotFound) {
		t.Errorf("a denunciation has no clock here: %v", err)
	}
}

func TestClocksAreDated(t *testing.T) {
	t.Parallel()
	r := rules(t)
	for _, tt := range []struct {
		from, due Day
	}{
		{"2026-06-01", "2026-06-11"}, // ten days, before the reform
		{"2026-07-01", "2026-07-10"}, // seven working days
	} {
		if got, err := r.SignedAnswerBy(KindComplaint, tt.from); err != nil || got.Due != tt.due {
			t.Errorf("signed %s: %+v, %v; want %s", tt.from, got, err, tt.due)
		}
	}
	if _, err := r.SignedAnswerBy(KindReport, "2026-07-01"); !errors.Is(err, ErrNotFound) {
		t.Errorf("a signed report: %v", err)
	}
	for step, due := range map[string]Day{StepDataAcknowledge: "2026-11-25", StepDataErase: "2026-12-11", StepComplaintRight: "2027-02-19"} {
		if got, err := r.DueFrom(step, "2026-11-21"); err != nil || got.Due != due {
			t.Errorf("%s: %+v, %v; want %s", step, got, err, due)
		}
	}
}

func TestAFileReplacesARule(t *testing.T) {
	t.Parallel()
	dir := fstest.MapFS{"calendar.json": {Data: []byte(`{"weekend":["Friday"],"first":"2026-01-01","last":"2026-12-31"}`)}}
	r, err := LoadRules(dir)
	if err != nil {
		t.Fatal(err)
	}
	if r.Calendar.Working("2026-11-20") || !r.Calendar.Working("2026-11-22") || r.Programmes == nil {
		t.Error("the calendar was not replaced, or more than it was")
	}
	dir["clock.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	if _, err := LoadRules(dir); err == nil || !strings.Contains(err.Error(), "clock.json") {
		t.Errorf("a file that replaces nothing: %v", err)
	}
	delete(dir, "clock.json")
	dir["clocks.json"] = &fstest.MapFile{Data: []byte(`{}`)}
	if _, err := LoadRules(dir); err == nil {
		t.Error("clocks without the needed steps were taken")
	}
}

func TestProgrammes(t *testing.T) {
	t.Parallel()
	p := rules(t).Programmes
	for given, want := range map[string]string{
		"btxh_disability": "btxh_disability", "TRỢ CẤP HƯU TRÍ XÃ HỘI": "social_pension", "Tro cap huu tri xa hoi": "social_pension",
		"quà của hội": "", "": "",
	} {
		if got, ok := p.Find(given); got.Code != want || ok != (want != "") {
			t.Errorf("Find(%q) = %q, %v", given, got.Code, ok)
		}
	}
	for words, want := range map[string][]string{
		"tien khuyet tat cua con toi":     {"btxh_disability"},
		"mai táng người có công":          {"ncc_funeral"},
		"tiền già với gạo cứu đói":        {"social_pension", "rice"},
		"hộ cận nghèo xin tiền điện":      {"poor", "electricity"},
		"hỏi đường ra chợ":                {},
		"Nghị quyết 68, nghỉ không lương": {"nq68"},
	} {
		got := p.Named(words)
		codes := map[string]bool{}
		for _, one := range got {
			codes[one.Code] = true
		}
		for _, w := range want {
			if !codes[w] {
				t.Errorf("Named(%q): no %s in %v", words, w, codes)
			}
		}
		if len(codes) != len(want) {
			t.Errorf("Named(%q) = %v, want %v", words, codes, want)
		}
	}
	if got := p.PublicName("btxh_hiv", "vi"); got != "trợ cấp tháng" {
		t.Errorf("public words of a sensitive programme: %q", got)
	}
	if got := p.PublicName("trợ cấp cho người nhiễm bệnh X", "vi"); got != "khoản hỗ trợ" {
		t.Errorf("public words of an unknown programme: %q", got)
	}
	if p.FuneralPapers("ncc", "vi") == p.FuneralPapers("", "vi") || p.Bring("rice", "en") == "" {
		t.Error("papers are missing")
	}
	if one, _ := p.Find("nq68"); !one.Closed(time.Date(2026, 11, 22, 0, 0, 0, 0, time.UTC)) {
		t.Error("a package of 2021 is still open")
	}
}

func TestStatusWords(t *testing.T) {
	t.Parallel()
	w := rules(t).Words
	for given, want := range map[string]Status{
		"5": StatusSupplement, "05": StatusSupplement, "Yêu cầu bổ sung giấy tờ": StatusSupplement, "YEU CAU BO SUNG GIAY TO": StatusSupplement,
		"supplement": StatusSupplement, "10": StatusReturned, "not_accepted": StatusNotAccepted, "đang xử lý": StatusProcessing,
		"0": 0, "11": 0, "": 0, "xong chưa": 0,
	} {
		if got, ok := w.Status(given); ok != (want != 0) || ok && got != want {
			t.Errorf("Status(%q) = %d, %v", given, got, ok)
		}
	}
	if got, ok := w.Step("niêm yết công khai"); !ok || got != StepPosting {
		t.Errorf("step: %q", got)
	}
	if got, ok := w.Outcome("Không đủ điều kiện"); !ok || got != OutcomeRefused {
		t.Errorf("outcome: %q", got)
	}
	if got, ok := w.Method("chuyen khoan"); !ok || got != MethodAccount {
		t.Errorf("method: %q", got)
	}
	if _, ok := w.Form("sổ"); ok {
		t.Error("an unknown form was taken")
	}
}
