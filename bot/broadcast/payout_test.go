package broadcast

import (
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

func planner(t *testing.T) *notify.Planner {
	t.Helper()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := notify.New(c, r.Programmes, map[string]notify.Route{bot.SMS: {Render: func(c bot.Content) ([]bot.Part, error) {
		pieces, err := text.SplitSMS(text.Unaccent(c.Text), 2)
		parts := make([]bot.Part, 0, len(pieces))
		for _, p := range pieces {
			parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
		}
		return parts, err
	}}}, notify.Quiet{})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func due(id int64, name, birth, sex, programme string, amount int64) Due {
	return Due{Person: casework.Person{ID: id, Name: name, Birth: birth, Sex: sex}, Payout: casework.Payout{PersonID: id, Programme: programme, Period: "12/2026",
		Amount: amount, PayDate: "2026-12-08", Hours: "7h30-11h", Place: "Nhà văn hóa ấp 3", Method: casework.MethodCash}}
}

func TestOneMessageForAHousehold(t *testing.T) {
	t.Parallel()
	dues := []Due{
		due(1, "Lê Văn A", "1949", "m", "btxh_disability", 540000), due(1, "Lê Văn A", "1949", "m", "poor", 70000),
		due(2, "Trần Thị B", "1952", "f", "social_pension", 540000), due(3, "Lê C", "2015", "", "btxh_child", 810000),
	}
	pr := notify.Promise{Class: casework.ClassPayout, Bulk: true, Phone: "+84912345678", Words: Announce(dues),
		Unit: casework.Unit{Name: "UBND xã Tân Biên", Phone: "0276 3874 111", Region: "south"}}
	plan := planner(t).Plan(pr, time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC))
	if len(plan.Parts) != 1 || plan.Lane != bot.LaneBulk || plan.Segments() > 2 {
		t.Fatalf("%+v", plan)
	}
	want := "UBND xa Tan Bien: moi lanh tien tro cap thu Ba 08/12/2026, 7h30-11h, tai Nha van hoa ap 3. " +
		"Cho 3 nguoi: ong Le Van A, ba Tran Thi B, chau Le C. Mang theo CCCD (ban goc). Hoi: 0276 3874 111."
	if got := plan.Parts[0].Text; got != want {
		t.Errorf("said\n%s\nwant\n%s", got, want)
	}
}

func TestNoAmountAndNoGroupIsNamed(t *testing.T) {
	t.Parallel()
	p := planner(t)
	for _, method := range []string{casework.MethodCash, casework.MethodAccount, casework.MethodHome} {
		for _, goods := range []string{"", "15 kg gạo"} {
			for _, hours := range []string{"", "7h-11h"} {
				d := due(1, "Lê Văn A", "1949", "m", "btxh_disability", 543210)
				d.Payout.Method, d.Payout.Hours = method, hours
				if goods != "" {
					d.Payout.Goods, d.Payout.Amount = goods, 0
				}
				plan := p.Plan(notify.Promise{Class: casework.ClassPayout, Phone: "+84912345678", Words: Announce([]Due{d})}, time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC))
				if len(plan.Parts) != 1 || strings.Contains(plan.Parts[0].Text, "?") {
					t.Fatalf("%s %s: %+v", method, goods, plan)
				}
				for _, secret := range []string{"543", "15 kg", "khuyet tat", "xa hoi"} {
					if strings.Contains(plan.Parts[0].Text, secret) {
						t.Errorf("%s %s: %q is said in %q", method, goods, secret, plan.Parts[0].Text)
					}
				}
			}
		}
	}
}

func TestNobodyIsNamedAbroad(t *testing.T) {
	t.Parallel()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := notify.New(c, r.Programmes, map[string]notify.Route{bot.Telegram: {Abroad: true, TwoWay: true,
		Render: func(c bot.Content) ([]bot.Part, error) { return []bot.Part{{Text: c.Text}}, nil }}}, notify.Quiet{})
	if err != nil {
		t.Fatal(err)
	}
	plan := p.Plan(notify.Promise{Class: casework.ClassPayout, Phone: "+84912345678", Words: Announce([]Due{due(1, "Lê Văn A", "1949", "m", "btxh", 1)}),
		Reaches: []notify.Reach{{ConversationID: 1, Address: bot.Address{Channel: bot.Telegram, ID: "5"}}}}, time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC))
	if len(plan.Parts) != 1 || strings.Contains(plan.Parts[0].Text, "Lê") || strings.Contains(plan.Parts[0].Text, "ấp 3") {
		t.Errorf("%+v", plan)
	}
}

func TestKey(t *testing.T) {
	t.Parallel()
	p := casework.Payout{PayDate: "2026-12-08", Place: "Nhà văn hóa ấp 3"}
	other := p
	other.Place = "NHA VAN HOA  AP 3"
	if Key("+84912345678", 1, p) != Key("+84912345678", 2, other) {
		t.Error("one phone, day and place must be one notice, however the place is typed")
	}
	if Key("", 1, p) == Key("", 2, p) {
		t.Error("people without a phone are one notice each")
	}
	other.PayDate = "2026-12-09"
	if Key("+84912345678", 1, p) == Key("+84912345678", 1, other) {
		t.Error("two days are two notices")
	}
}

func TestExpires(t *testing.T) {
	t.Parallel()
	if got := Expires("2026-12-08"); !got.Equal(time.Date(2026, 12, 8, 17, 0, 0, 0, time.UTC)) {
		t.Errorf("%s", got)
	}
	if !Expires("soon").IsZero() {
		t.Error("a day that is none expires")
	}
}
