package notify

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

var (
	day    = time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)  // 10:00 in Viet Nam
	night  = time.Date(2026, 11, 24, 15, 0, 0, 0, time.UTC) // 22:00
	office = casework.Unit{ID: 1, Name: "UBND xã Tân Biên", Phone: "0276 3874 111", Counter: "Trung tâm Phục vụ hành chính công xã", Region: "south"}
)

// smsRender counts like the SMS channel: two segments a part without accents, four with.
func smsRender(c bot.Content) ([]bot.Part, error) {
	said, limit := text.Unaccent(c.Text), 2
	if c.Accents {
		said, limit = c.Text, 4
	}
	pieces, err := text.SplitSMS(said, limit)
	var parts []bot.Part
	for _, p := range pieces {
		parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
	}
	return parts, err
}

func chatRender(c bot.Content) ([]bot.Part, error) {
	return []bot.Part{{Text: c.Text, Segments: 1}}, nil
}

func planner(t testing.TB) *Planner {
	t.Helper()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := ParseQuiet("21:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	p, err := New(c, r.Programmes, map[string]Route{
		bot.SMS:      {Render: smsRender, TwoWay: true, Keyword: "TBINH"},
		bot.Webchat:  {Render: chatRender, TwoWay: true},
		bot.Telegram: {Render: chatRender, TwoWay: true, Abroad: true},
		bot.Zalo: {Render: chatRender, TwoWay: true, Open: func(lastIn, now time.Time) bool {
			return now.Sub(lastIn) < 7*24*time.Hour
		}},
	}, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func reach(id int64, channel string, ago time.Duration) Reach {
	return Reach{ConversationID: id, Address: bot.Address{Channel: channel, ID: channel + "-id"}, Lang: "vi", LastIn: day.Add(-ago)}
}

func promise(reaches ...Reach) Promise {
	return Promise{Class: casework.ClassStatus, Phone: "+84912345678", Unit: office, Reaches: reaches, Words: Status(casework.Application{
		Code: "H53.22-261101-0042", Form: casework.FormDossier, Status: casework.StatusSupplement, Missing: "giấy xác nhận khuyết tật"}, day)}
}

func TestTheLadder(t *testing.T) {
	t.Parallel()
	p := planner(t)
	zalo, oldZalo, telegram := reach(1, bot.Zalo, 24*time.Hour), reach(2, bot.Zalo, 8*24*time.Hour), reach(3, bot.Telegram, time.Hour)
	web, oldWeb := reach(4, bot.Webchat, time.Minute), reach(5, bot.Webchat, time.Hour)
	blocked := zalo
	blocked.Blocked = true
	refused := zalo
	refused.Refused = []string{casework.ClassStatus}
	for _, tt := range []struct {
		name    string
		pr      func() Promise
		channel string
		skip    string
	}{
		{"no chat: SMS", func() Promise { return promise() }, bot.SMS, ""},
		{"Zalo within seven days", func() Promise { return promise(zalo) }, bot.Zalo, ""},
		{"Zalo later: SMS at once", func() Promise { return promise(oldZalo) }, bot.SMS, ""},
		{"the chat heard last", func() Promise { return promise(zalo, telegram) }, bot.Telegram, ""},
		{"a web chat that is open", func() Promise { return promise(zalo, web) }, bot.Webchat, ""},
		{"a web chat that was left", func() Promise { return promise(oldWeb) }, bot.SMS, ""},
		{"blocked", func() Promise { return promise(blocked) }, bot.SMS, ""},
		{"a chat that refused", func() Promise { return promise(refused) }, bot.SMS, ""},
		{"after Zalo failed", func() Promise { pr := promise(zalo); pr.Tried = []string{bot.Zalo}; return pr }, bot.SMS, ""},
		{"after all failed", func() Promise { pr := promise(zalo); pr.Tried = []string{bot.Zalo, bot.SMS}; return pr }, "", SkipUnreachable},
		{"the conversation to tell first", func() Promise { pr := promise(zalo, telegram); pr.Direct = 1; return pr }, bot.Zalo, ""},
		{"filed by SMS", func() Promise {
			pr := promise(zalo, Reach{ConversationID: 9, Address: bot.Address{Channel: bot.SMS, ID: "+84912345678"}})
			pr.Direct = 9
			return pr
		}, bot.SMS, ""},
		{"no phone and no chat", func() Promise { pr := promise(); pr.Phone = ""; return pr }, "", SkipNoPhone},
		{"a landline", func() Promise { pr := promise(); pr.Phone = "+842763874111"; return pr }, "", SkipNotMobile},
		{"refused by phone", func() Promise { pr := promise(zalo); pr.Refused = []string{casework.ClassAll}; return pr }, "", SkipOptedOut},
		{"another class refused", func() Promise { pr := promise(zalo); pr.Refused = []string{casework.ClassNews}; return pr }, bot.Zalo, ""},
		{"expired", func() Promise { pr := promise(zalo); pr.Expires = day; return pr }, "", SkipExpired},
		{"an answer to what they did, although all is refused", func() Promise {
			pr := promise(refused)
			pr.Class, pr.Refused = casework.ClassTask, []string{casework.ClassAll}
			return pr
		}, bot.Zalo, ""},
	} {
		got := p.Plan(tt.pr(), day)
		if got.To.Channel != tt.channel || got.Skip != tt.skip || (len(got.Parts) > 0) != (tt.skip == "") {
			t.Errorf("%s: channel %q skip %q, want %q %q", tt.name, got.To.Channel, got.Skip, tt.channel, tt.skip)
		}
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	p := planner(t)
	morning := time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)
	if got := p.Plan(promise(), night); !got.Later.Equal(morning) || got.Skip != "" || got.Parts != nil {
		t.Errorf("at night: %+v", got)
	}
	gone := promise()
	gone.Expires = time.Date(2026, 11, 24, 17, 0, 0, 0, time.UTC)
	if got := p.Plan(gone, night); got.Skip != SkipExpired {
		t.Errorf("useless by the morning: %+v", got)
	}
	asked := promise()
	asked.Class = casework.ClassTask
	if got := p.Plan(asked, night); len(got.Parts) == 0 {
		t.Errorf("what they just asked for: %+v", got)
	}
	for s, hours := range map[string]int{"": 0, "21:00-07:00": 10, "12:00-13:30": 1} {
		q, err := ParseQuiet(s)
		if err != nil {
			t.Fatal(err)
		}
		quiet := 0
		for h := range 24 {
			at := time.Date(2026, 11, 24, h, 0, 0, 0, bot.Hanoi)
			until := q.Until(at)
			if until.IsZero() {
				continue
			}
			quiet++
			if !until.After(at) || until.Sub(at) > 10*time.Hour || !q.Until(until).IsZero() {
				t.Errorf("%s: quiet at %d until %s", s, h, until)
			}
		}
		if want := hours; s == "12:00-13:30" && quiet != 2 || s != "12:00-13:30" && quiet != want {
			t.Errorf("%s: quiet in %d hours", s, quiet)
		}
	}
	for _, bad := range []string{"21-7", "21:00", "25:00-07:00", "07:00-07:00"} {
		if _, err := ParseQuiet(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	p := planner(t)
	said := func(pr Promise) string {
		got := p.Plan(pr, day)
		if len(got.Parts) != 1 {
			t.Fatalf("%+v", got)
		}
		return got.Parts[0].Text
	}
	sms := said(promise())
	if want := "UBND xa Tan Bien: ho so H53.22-261101-0042 can bo sung giay to. Moi mang den Trung tam Phuc vu hanh chinh cong xa. " +
		"Xem them, nhan: TBINH HS H53.22-261101-0042. Hoi: 0276 3874 111. Ngung tin: TBINH TU CHOI."; sms != want {
		t.Errorf("SMS:\n%s\nwant\n%s", sms, want)
	}
	abroad := said(promise(reach(3, bot.Telegram, time.Hour)))
	if want := "UBND xã Tân Biên: hồ sơ H53.22-261101-0042 có cập nhật. Xem thêm, nhắn: HS H53.22-261101-0042. " +
		"Hỏi: 0276 3874 111. Ngừng tin: TU CHOI."; abroad != want {
		t.Errorf("Telegram is told\n%s\nwant\n%s", abroad, want)
	}
	en := reach(1, bot.Zalo, time.Hour)
	en.Lang = "en"
	if got := said(promise(en)); !strings.Contains(got, "needs more papers") {
		t.Errorf("in English: %q", got)
	}
	long := promise()
	long.Words.Lines = append(long.Words.Lines, Line{Key: "notice.note", Args: map[string]string{"note": strings.Repeat("rất dài ", 60)}})
	if got := said(long); strings.Contains(got, "rat dai") {
		t.Errorf("a long notice was not shortened: %q", got)
	}
	nowhere := promise()
	nowhere.Unit.Phone, nowhere.Unit.Counter = "", ""
	if got := said(nowhere); !strings.Contains(got, "Hoi tai UBND xa Tan Bien.") {
		t.Errorf("without a telephone no way back: %q", got)
	}
}

func TestOneWayRoutesOfferATelephoneNumber(t *testing.T) {
	t.Parallel()
	p := planner(t)
	route := p.routes[bot.SMS]
	route.TwoWay = false
	p.routes[bot.SMS] = route
	got := p.Plan(promise(), day).Parts[0].Text
	if strings.Contains(got, "nhan:") || !strings.Contains(got, "0276 3874 111") {
		t.Errorf("one way: %q", got)
	}
}

// TestNoTextIsBroken: every text that these words may use exists in every language, whatever the arguments are.
func TestNoTextIsBroken(t *testing.T) {
	t.Parallel()
	p := planner(t)
	rapid.Check(t, func(t *rapid.T) {
		pr := promise(reach(1, bot.Zalo, time.Hour))
		pr.Reaches[0].Lang = rapid.SampledFrom([]string{"vi", "en"}).Draw(t, "lang")
		switch rapid.IntRange(0, 2).Draw(t, "kind") {
		case 0:
			pr.Words = Status(casework.Application{Code: rapid.String().Draw(t, "code"), Status: casework.Status(rapid.IntRange(1, 10).Draw(t, "status")),
				Form:    rapid.SampledFrom([]string{casework.FormDossier, casework.FormList}).Draw(t, "form"),
				Step:    rapid.SampledFrom([]string{"", casework.StepListed, casework.StepReview, casework.StepPosting, casework.StepAppraisal, casework.StepApproval, casework.StepPayment}).Draw(t, "step"),
				Missing: rapid.String().Draw(t, "missing"), Appointed: rapid.SampledFrom([]string{"", "2026-12-01"}).Draw(t, "appointed")}, day)
		case 1:
			pr.Words = Grievance("PA-4821-7036-2", rapid.SampledFrom([]string{casework.GrievanceReceived, casework.GrievanceInProgress, casework.GrievanceTransferred,
				casework.GrievanceGuided, casework.GrievanceAnswered, casework.GrievanceRefused, casework.GrievanceWithdrawn, casework.GrievanceClosed}).Draw(t, "status"),
				rapid.String().Draw(t, "note"), rapid.SampledFrom([]string{"", "2026-12-01"}).Draw(t, "by"))
		case 2:
			pr.Words = Linked("+84912345678")
		}
		kept, err := json.Marshal(pr.Words)
		if err != nil {
			t.Fatal(err)
		}
		pr.Words = Words{}
		if err := json.Unmarshal(kept, &pr.Words); err != nil {
			t.Fatal(err)
		}
		got := p.Plan(pr, day)
		if len(got.Parts) != 1 || strings.Contains(got.Parts[0].Text, "⟦") {
			t.Errorf("%+v", got)
		}
	})
}

func TestPeopleAreAddressed(t *testing.T) {
	t.Parallel()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	v := voice{lang: c.Language("vi"), now: day}
	got := v.people([]Someone{{"Lê Văn A", "1949", "m"}, {"Lê Thị B", "1952-03-01", "f"}, {"Lê C", "2015", ""}, {"D", "", ""}})
	if got != "ông Lê Văn A, bà Lê Thị B, cháu Lê C và 1 người nữa" {
		t.Errorf("%q", got)
	}
	if got := v.people([]Someone{{"Lê Thị E", "1990", "f"}, {"Lê G", "1990", ""}}); got != "chị Lê Thị E, Lê G" {
		t.Errorf("%q", got)
	}
}
