package notify

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// fake is a channel that renders and does nothing else.
type fake struct {
	name   string
	oneWay bool
}

func (f fake) Name() string { return f.name }
func (f fake) Render(c bot.Content) ([]bot.Part, error) {
	if c.Text == "" {
		return nil, errors.New("nothing to say")
	}
	if f.name != bot.SMS {
		return []bot.Part{{Text: c.Text, Segments: 1}}, nil
	}
	s, limit := c.Text, accentedSegments
	if !c.Accents {
		s, limit = text.Unaccent(s), plainSegments
	}
	pieces, err := text.SplitSMS(s, limit)
	var parts []bot.Part
	for _, p := range pieces {
		parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
	}
	return parts, err
}
func (fake) Send(context.Context, bot.Outgoing) (bot.Sent, error) { return bot.Sent{}, nil }
func (f fake) Limits() bot.Limits                                 { return bot.Limits{TwoWay: !f.oneWay} }

// windowed is a channel that is open for seven days.
type windowed struct{ fake }

func (windowed) Open(lastIn, now time.Time) bool {
	return !lastIn.IsZero() && now.Sub(lastIn) < 7*24*time.Hour
}

type units struct{}

func (units) Unit(id int64) (casework.Unit, error) {
	switch id {
	case 1:
		return home(), nil
	case 2:
		return casework.Unit{ID: 2, Name: "ấp 3", Kind: "hamlet", ParentID: 1}, nil
	case 3:
		u := home()
		u.ID, u.Region, u.Phone, u.Counter = 3, "north", "", ""
		return u, nil
	}
	return casework.Unit{}, casework.ErrNotFound
}
func (units) Home() casework.Unit { return home() }

func home() casework.Unit {
	return casework.Unit{ID: 1, Name: "xã Tân Biên", Kind: "commune", Region: "south", Phone: "0276 3874 111",
		Counter: "Trung tâm Phục vụ hành chính công xã Tân Biên, số 12 đường 30/4"}
}

func programmes(t testing.TB) *casework.Programmes {
	t.Helper()
	rules, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	return rules.Programmes
}

func planner(t testing.TB, change func(*Config)) *Planner {
	t.Helper()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	quiet, err := ParseQuietHours("21:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Texts: texts, Programmes: programmes(t), Units: units{}, Quiet: quiet, Channels: map[string]bot.Channel{
		bot.SMS: fake{name: bot.SMS}, bot.Zalo: windowed{fake{name: bot.Zalo}},
		bot.Telegram: fake{name: bot.Telegram}, bot.Webchat: fake{name: bot.Webchat},
	}}
	if change != nil {
		change(&c)
	}
	return New(c)
}

const phone = "+84912345678"

// noon is a Tuesday.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, bot.Hanoi)

func way(id int64, channel string, ago time.Duration) Way {
	w := Way{ConversationID: id, Address: bot.Address{Channel: channel, ID: "a"}, Lang: "vi", LastInAt: noon.Add(-ago), LinkedAt: noon.AddDate(0, -1, 0)}
	if channel == bot.SMS {
		w.Address.ID = phone
	}
	return w
}

func TestLadder(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	status := Promise{Class: casework.ClassStatus, UnitID: 1, Phone: phone,
		Words: Status(casework.Application{Code: "H15.22-261101-0042", Status: casework.StatusReceived}, noon)}
	filed := Promise{Class: casework.ClassGrievance, UnitID: 1, ConversationID: 9,
		Words: Grievance("PA-4821-7036-2", casework.GrievanceAnswered, "Mời bà con đến nhận.", "")}
	with := func(p Promise, change func(*Promise)) Promise { change(&p); return p }
	changed := func(w Way, change func(*Way)) Way { change(&w); return w }
	tests := map[string]struct {
		p      Promise
		a      Audience
		config func(*Config)
		want   string // channel, or the reason
	}{
		"a phone alone":                {status, Audience{}, nil, bot.SMS},
		"zalo used last":               {status, Audience{Ways: []Way{way(1, bot.Zalo, day), way(2, bot.SMS, 2*day)}}, nil, bot.Zalo},
		"sms used last":                {status, Audience{Ways: []Way{way(1, bot.Zalo, 2*day), way(2, bot.SMS, day)}}, nil, bot.SMS},
		"zalo within its window":       {status, Audience{Ways: []Way{way(1, bot.Zalo, 7*day-time.Second)}}, nil, bot.Zalo},
		"zalo at the window's end":     {status, Audience{Ways: []Way{way(1, bot.Zalo, 7*day)}}, nil, bot.SMS},
		"zalo tried":                   {status, Audience{Ways: []Way{way(1, bot.Zalo, day)}, Tried: []string{bot.Zalo}}, nil, bot.SMS},
		"zalo blocked":                 {status, Audience{Ways: []Way{changed(way(1, bot.Zalo, day), func(w *Way) { w.Blocked = true })}}, nil, bot.SMS},
		"zalo off":                     {status, Audience{Ways: []Way{way(1, bot.Zalo, day)}}, func(c *Config) { delete(c.Channels, bot.Zalo) }, bot.SMS},
		"all tried":                    {status, Audience{Ways: []Way{way(1, bot.Zalo, day)}, Tried: []string{bot.Zalo, bot.SMS}}, nil, string(NoChannel)},
		"the phone blocked us":         {status, Audience{Ways: []Way{changed(way(1, bot.SMS, day), func(w *Way) { w.Blocked = true })}}, nil, string(NoChannel)},
		"telegram linked":              {status, Audience{Ways: []Way{way(1, bot.Telegram, day)}}, nil, bot.Telegram},
		"telegram not linked":          {status, Audience{Ways: []Way{changed(way(1, bot.Telegram, day), func(w *Way) { w.LinkedAt = time.Time{} })}}, nil, bot.SMS},
		"a link of a silent year":      {status, Audience{Ways: []Way{changed(way(1, bot.Telegram, 366*day), func(w *Way) { w.LinkedAt = noon.AddDate(-2, 0, 0) })}}, nil, bot.SMS},
		"web chat seen":                {status, Audience{Ways: []Way{way(1, bot.Webchat, 3*day)}}, nil, bot.Webchat},
		"web chat not seen":            {status, Audience{Ways: []Way{way(1, bot.Webchat, 3*day+time.Second)}}, nil, bot.SMS},
		"own chat first":               {with(filed, func(p *Promise) { p.Phone = phone }), Audience{Ways: []Way{way(1, bot.SMS, 0), changed(way(9, bot.Zalo, 6*day), func(w *Way) { w.LinkedAt = time.Time{} })}}, nil, bot.Zalo},
		"own web chat, long ago":       {filed, Audience{Ways: []Way{way(9, bot.Webchat, 60*day)}}, nil, bot.Webchat},
		"own web chat, but a phone":    {with(filed, func(p *Promise) { p.Phone = phone }), Audience{Ways: []Way{way(9, bot.Webchat, 60*day)}}, nil, bot.SMS},
		"own chat closed":              {filed, Audience{Ways: []Way{way(9, bot.Zalo, 8*day)}}, nil, string(NoChannel)},
		"own SMS without a phone":      {filed, Audience{Ways: []Way{way(9, bot.SMS, 60*day)}}, nil, bot.SMS},
		"nothing known":                {with(status, func(p *Promise) { p.Phone = "" }), Audience{}, nil, string(NoChannel)},
		"a fixed line":                 {with(status, func(p *Promise) { p.Phone = "+842763874111" }), Audience{}, nil, string(NotMobile)},
		"refused on the phone":         {status, Audience{Ways: []Way{way(1, bot.Zalo, day)}, Refused: []Refusal{{bot.Address{Channel: bot.SMS, ID: phone}, casework.ClassStatus}}}, nil, string(OptedOut)},
		"refused all":                  {status, Audience{Refused: []Refusal{{bot.Address{Channel: bot.SMS, ID: phone}, casework.ClassAll}}}, nil, string(OptedOut)},
		"refused another class":        {status, Audience{Refused: []Refusal{{bot.Address{Channel: bot.SMS, ID: phone}, casework.ClassPayout}}}, nil, bot.SMS},
		"refused in a chat":            {status, Audience{Ways: []Way{way(1, bot.Zalo, day)}, Refused: []Refusal{{bot.Address{Channel: bot.Zalo, ID: "a"}, casework.ClassAll}}}, nil, bot.SMS},
		"refused in the only chat":     {filed, Audience{Ways: []Way{way(9, bot.Zalo, day)}, Refused: []Refusal{{bot.Address{Channel: bot.Zalo, ID: "a"}, casework.ClassAll}}}, nil, string(OptedOut)},
		"what they just did":           {Promise{Class: classTask, ConversationID: 9, Words: Linked(phone)}, Audience{Ways: []Way{way(9, bot.Zalo, day)}, Refused: []Refusal{{bot.Address{Channel: bot.Zalo, ID: "a"}, casework.ClassAll}}}, nil, bot.Zalo},
		"dead, or said to be":          {status, Audience{Silenced: true}, nil, string(Silenced)},
		"expired":                      {with(status, func(p *Promise) { p.Expires = noon }), Audience{}, nil, string(Expired)},
		"a payout of nobody":           {Promise{Class: casework.ClassPayout, Phone: phone, Words: Payout("2026-11-25", "Nhà văn hóa")}, Audience{}, nil, string(Cancelled)},
		"expires in the quiet hours":   {with(status, func(p *Promise) { p.NotBefore, p.Expires = noon.Add(10*time.Hour), noon.Add(12*time.Hour) }), Audience{}, nil, string(Expired)},
		"zalo closed when day returns": {with(status, func(p *Promise) { p.NotBefore = noon.Add(10 * time.Hour) }), Audience{Ways: []Way{way(1, bot.Zalo, 7*day-11*time.Hour)}}, nil, bot.SMS},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			attempt, reason := planner(t, tc.config).Plan(tc.p, tc.a, noon)
			if got := attempt.To.Channel + string(reason); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
			if reason == "" && (len(attempt.Parts) == 0 || attempt.NotBefore.Before(noon)) {
				t.Errorf("attempt %+v", attempt)
			}
		})
	}
}

func TestQuietHours(t *testing.T) {
	t.Parallel()
	clock := func(day int, s string) time.Time {
		c, err := time.Parse("15:04", s)
		if err != nil {
			t.Fatal(err)
		}
		return time.Date(2026, 11, day, c.Hour(), c.Minute(), 0, 0, bot.Hanoi)
	}
	tests := []struct {
		hours string
		at    time.Time
		want  time.Time
	}{
		{"21:00-07:00", clock(24, "20:59"), clock(24, "20:59")},
		{"21:00-07:00", clock(24, "21:00"), clock(25, "07:00")},
		{"21:00-07:00", clock(24, "23:59"), clock(25, "07:00")},
		{"21:00-07:00", clock(25, "00:00"), clock(25, "07:00")},
		{"21:00-07:00", clock(25, "06:59"), clock(25, "07:00")},
		{"21:00-07:00", clock(25, "07:00"), clock(25, "07:00")},
		{"12:00-13:30", clock(25, "13:29"), clock(25, "13:30")},
		{"12:00-13:30", clock(25, "13:30"), clock(25, "13:30")},
		{"12:00-13:30", clock(25, "11:59"), clock(25, "11:59")},
		{"", clock(25, "02:00"), clock(25, "02:00")},
	}
	for _, tc := range tests {
		q, err := ParseQuietHours(tc.hours)
		if err != nil {
			t.Fatal(err)
		}
		for _, at := range []time.Time{tc.at, tc.at.UTC()} {
			if got := q.Next(at); !got.Equal(tc.want) || q.Quiet(at) == at.Equal(tc.want) {
				t.Errorf("%q at %v: next %v, want %v", tc.hours, at, got, tc.want)
			}
		}
	}
	for _, bad := range []string{"21:00", "21-7", "21:00-21:00", "25:00-07:00", "x"} {
		if _, err := ParseQuietHours(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

func TestQuietHoursHoldANotice(t *testing.T) {
	t.Parallel()
	p := Promise{Class: casework.ClassStatus, Phone: phone, Words: Status(casework.Application{Code: "H1", Status: casework.StatusReceived}, noon)}
	night := time.Date(2026, 11, 24, 21, 0, 0, 0, bot.Hanoi)
	attempt, reason := planner(t, nil).Plan(p, Audience{}, night)
	if want := night.Add(10 * time.Hour); reason != "" || !attempt.NotBefore.Equal(want) {
		t.Errorf("planned for %v (%q), want %v", attempt.NotBefore, reason, want)
	}
	p.Class = classTask
	if attempt, _ := planner(t, nil).Plan(p, Audience{}, night); !attempt.NotBefore.Equal(night) {
		t.Errorf("an answer waits until %v", attempt.NotBefore)
	}
}

// say plans and joins what one channel would say.
func say(t *testing.T, pl *Planner, p Promise, a Audience) string {
	t.Helper()
	attempt, reason := pl.Plan(p, a, noon)
	if reason != "" {
		t.Fatalf("not told: %s", reason)
	}
	var said []string
	for _, part := range attempt.Parts {
		said = append(said, part.Text)
	}
	return strings.Join(said, " | ")
}

func family() []Due {
	return []Due{
		{PersonID: 1, Name: "Nguyễn Văn An", Birth: "1949", Sex: casework.SexMale, Programme: "social_pension", Hours: "7h30-11h"},
		{PersonID: 1, Name: "Nguyễn Văn An", Birth: "1949", Sex: casework.SexMale, Programme: "btxh_disability", Hours: "7h30-11h"},
		{PersonID: 2, Name: "Trần Thị Bé", Birth: "1952-03-01", Sex: casework.SexFemale, Programme: "btxh_disability", Hours: "7h30-11h"},
		{PersonID: 3, Name: "Nguyễn Văn Cu", Birth: "2017", Programme: "btxh_child", Hours: "7h30-11h"},
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	app := casework.Application{Code: "H15.22-261101-0042", Status: casework.StatusNotAccepted, Step: casework.StepPayment,
		Outcome: casework.OutcomeRefused, Reason: "không đủ điều kiện", Amount: 540000, Programme: "btxh_hiv", Appointed: "2026-12-08"}
	status := Promise{Class: casework.ClassStatus, UnitID: 1, Phone: phone, Words: Status(app, noon)}
	filed := Promise{Class: casework.ClassGrievance, UnitID: 1, ConversationID: 9,
		Words: Grievance("PA-4821-7036-2", casework.GrievanceReceived, "Đã giao cán bộ Lê Văn Tám.", "2026-12-30")}
	payout := Promise{Class: casework.ClassPayout, UnitID: 2, Phone: phone, Words: Payout("2026-12-07", "Nhà văn hóa ấp 3")}
	three := Audience{Due: family()}
	at := func(a Audience, ways ...Way) Audience { a.Ways = ways; return a }
	english := way(1, bot.SMS, 0)
	english.Lang = "en"
	tests := map[string]struct {
		p      Promise
		a      Audience
		config func(*Config)
		want   []string
		never  []string
	}{
		"a refusal is only a result": {status, Audience{}, nil,
			[]string{"UBND xa Tan Bien: ho so H15.22-261101-0042 da co ket qua.", "nhan HS H15.22-261101-0042 hoac goi 0276 3874 111", "TU CHOI"},
			[]string{"khong du", "540", "tu choi ho so", "Hen tra"}},
		"one way: a number, no word": {status, Audience{}, func(c *Config) { c.Channels[bot.SMS] = fake{name: bot.SMS, oneWay: true} },
			[]string{"goi 0276 3874 111"}, []string{"nhan HS", "TU CHOI"}},
		"one way, no telephone": {Promise{Class: casework.ClassStatus, UnitID: 3, Phone: phone, Words: status.Words}, Audience{},
			func(c *Config) { c.Channels[bot.SMS] = fake{name: bot.SMS, oneWay: true} }, []string{"den bo phan mot cua UBND xa Tan Bien"}, []string{"goi ", "TU CHOI"}},
		"a rented keyword": {status, Audience{}, func(c *Config) { c.Keyword = "TANBIEN" }, []string{"nhan TANBIEN HS H15", "nhan TANBIEN TU CHOI"}, nil},
		"no keyword on zalo": {status, at(Audience{}, way(1, bot.Zalo, 0)), func(c *Config) { c.Keyword = "TANBIEN" },
			[]string{"nhắn HS H15", "nhắn TU CHOI"}, []string{"TANBIEN"}},
		"telegram is neutral":            {status, at(Audience{}, way(1, bot.Telegram, 0)), nil, []string{"hồ sơ H15.22-261101-0042 có cập nhật"}, []string{"kết quả", "CCCD"}},
		"telegram, payout":               {payout, at(three, way(1, bot.Telegram, 0)), nil, []string{"lịch chi trả mới", "CT"}, []string{"An", "ấp 3", "trợ cấp"}},
		"grievance on a chat":            {filed, at(Audience{}, way(9, bot.Zalo, 0)), nil, []string{"phản ánh PA-4821-7036-2 đã được tiếp nhận", "Cán bộ viết: Đã giao", "thứ Tư 30/12/2026"}, nil},
		"grievance by SMS":               {filed, at(Audience{}, way(9, bot.SMS, 0)), nil, []string{"phan anh PA-4821-7036-2 co tin moi", "PA PA-4821-7036-2"}, []string{"Tam", "tiep nhan"}},
		"payout of three, the South":     {payout, three, nil, []string{"moi 3 nguoi: ong Nguyen Van An, ba Tran Thi Be, chau Nguyen Van Cu lanh ", "7h30-11h thu Hai 07/12/2026, tai Nha van hoa ap 3", "Mang theo CCCD"}, []string{"540", "khuyet tat", "mo coi"}},
		"payout, the North":              {Promise{Class: casework.ClassPayout, UnitID: 3, Phone: phone, Words: payout.Words}, three, nil, []string{" linh "}, []string{" lanh "}},
		"payout of one":                  {payout, Audience{Due: family()[:2]}, nil, []string{"moi ong Nguyen Van An lanh"}, []string{"nguoi:"}},
		"payout, English":                {payout, at(three, english), nil, []string{"3 people: Mr Nguyen Van An, Ms Tran Thi Be, Nguyen Van Cu", "Monday 07/12/2026"}, nil},
		"relayed by the hamlet's head":   {payout, Audience{Due: family(), Relayed: true}, nil, []string{"moi 3 nguoi lanh"}, []string{"An", "Be,"}},
		"into the account":               {payout, Audience{Due: []Due{{PersonID: 1, Name: "Lê Hai", Programme: "ncc", Method: casework.MethodAccount}}}, nil, []string{"tro cap nguoi co cong cua Le Hai se vao tai khoan thu Hai 07/12/2026"}, nil},
		"at home":                        {payout, Audience{Due: []Due{{PersonID: 1, Name: "Lê Hai", Programme: "ncc", Method: casework.MethodHome}}}, nil, []string{"can bo se den nha"}, nil},
		"any other text":                 {Promise{Class: classTask, ConversationID: 9, Words: Linked(phone)}, at(Audience{}, way(9, bot.Zalo, 0)), nil, []string{"Số 09", "SAI SO"}, []string{phone, "0912 345 678"}},
		"any other text over telegram":   {Promise{Class: classTask, ConversationID: 9, Words: Linked(phone)}, at(Audience{}, way(9, bot.Telegram, 0)), nil, []string{"có tin mới"}, []string{"Số 09"}},
		"the list is posted: look at it": {Promise{Class: casework.ClassStatus, Phone: phone, Words: Status(casework.Application{Code: "DS-12", Form: casework.FormList, Status: casework.StatusProcessing, Step: casework.StepPosting}, noon)}, Audience{}, nil, []string{"danh sach ma DS-12 dang niem yet cong khai", "Thay sai hay thieu thi bao ngay"}, nil},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := say(t, planner(t, tc.config), tc.p, tc.a)
			for _, w := range tc.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q is not in:\n%s", w, got)
				}
			}
			for _, w := range append(tc.never, "⟦", "http", "www") {
				if strings.Contains(got, w) {
					t.Errorf("%q is in:\n%s", w, got)
				}
			}
		})
	}
}

// TestEveryNoticeFitsTwoSegments says every text of the catalogues by SMS, with the longest codes and
// names that are usual, in both languages and both regions.
func TestEveryNoticeFitsTwoSegments(t *testing.T) {
	t.Parallel()
	var all []Promise
	for _, form := range []string{casework.FormDossier, casework.FormList} {
		for s := casework.StatusRegistered; s <= casework.StatusReturned; s++ {
			for _, step := range []string{"", casework.StepListed, casework.StepReview, casework.StepPosting, casework.StepAppraisal, casework.StepApproval, casework.StepPayment} {
				all = append(all, Promise{Class: casework.ClassStatus, Words: Status(casework.Application{Code: "000.00.15.H15-220112-0001",
					Form: form, Status: s, Step: step, Appointed: "2026-12-09"}, noon)})
			}
		}
	}
	for _, s := range []string{casework.GrievanceReceived, casework.GrievanceInProgress, casework.GrievanceTransferred, casework.GrievanceGuided,
		casework.GrievanceAnswered, casework.GrievanceRefused, casework.GrievanceWithdrawn, casework.GrievanceClosed} {
		all = append(all, Promise{Class: casework.ClassGrievance, Words: Grievance("PA-4821-7036-2", s, strings.Repeat("lời nhắn dài ", 50), "2026-12-30")})
	}
	all = append(all, Promise{Class: classTask, Words: Linked(phone)})
	var crowd []Due
	for i := range 40 {
		crowd = append(crowd, Due{PersonID: int64(i), Name: "Nguyễn Hoàng Phương Thảo", Birth: "1940", Sex: casework.SexFemale, Programme: "btxh", Hours: "7h30-11h"})
	}
	for n := 1; n <= len(crowd); n++ {
		for _, method := range []string{casework.MethodCash, casework.MethodAccount, casework.MethodHome} {
			due := slices.Clone(crowd[:n])
			for i := range due {
				due[i].Method = method
				due[i].Papers = "CCCD bản gốc, sổ lĩnh tiền, giấy ủy quyền có xác nhận của xã nếu lĩnh thay"
			}
			all = append(all, Promise{Class: casework.ClassPayout, Words: Payout("2026-12-09", "Nhà văn hóa ấp Thạnh Hòa, đường tỉnh 785"), Key: method})
			fits(t, all[len(all)-1], due)
		}
	}
	for _, p := range all {
		fits(t, p, crowd[:1])
	}
}

func fits(t *testing.T, p Promise, due []Due) {
	t.Helper()
	p.Phone = phone
	for _, unit := range []int64{1, 3} {
		for _, lang := range []string{"vi", "en"} {
			for _, accents := range []bool{false, true} {
				p.UnitID = unit
				w := way(1, bot.SMS, 0)
				w.Lang, w.Accents = lang, accents
				attempt, reason := planner(t, func(c *Config) { c.Keyword = "TANBIEN" }).Plan(p, Audience{Ways: []Way{w}, Due: due}, noon)
				limit := plainSegments
				if accents {
					limit = accentedSegments
				}
				got := segments(attempt.Parts)
				if reason != "" || got > limit || strings.Contains(attempt.Parts[0].Text, "⟦") {
					t.Fatalf("%s %s: %d segments: %+v %q", lang, p.Words.Key, got, attempt.Parts, reason)
				}
			}
		}
	}
}
