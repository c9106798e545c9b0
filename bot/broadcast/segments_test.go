package broadcast

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// TestEveryAnnouncementIsShortBySMS: at most two segments, or four with accents, in one part, however many people,
// papers and words a place has.
func TestEveryAnnouncementIsShortBySMS(t *testing.T) {
	t.Parallel()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	r, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	render := func(c bot.Content) ([]bot.Part, error) {
		said, limit := text.Unaccent(c.Text), 2
		if c.Accents {
			said, limit = c.Text, 4
		}
		pieces, err := text.SplitSMS(said, limit)
		parts := make([]bot.Part, 0, len(pieces))
		for _, p := range pieces {
			parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
		}
		return parts, err
	}
	p, err := notify.New(c, r.Programmes, map[string]notify.Route{bot.SMS: {Render: render, TwoWay: true, Keyword: "TANBIEN"}}, notify.Quiet{})
	if err != nil {
		t.Fatal(err)
	}
	for _, method := range []string{casework.MethodCash, casework.MethodAccount, casework.MethodHome} {
		for _, papers := range []string{"", "CCCD bản gốc, sổ lĩnh tiền, giấy ủy quyền có xác nhận của xã nếu lĩnh thay người khác"} {
			for _, people := range []int{1, 2, 3, 4, 40} {
				for _, region := range []string{"north", "south"} {
					for _, lang := range []string{"vi", "en"} {
						for _, accents := range []bool{false, true} {
							name := fmt.Sprintf("%s, papers %t, %d people, %s %s, accents %t", method, papers != "", people, region, lang, accents)
							plan := p.Plan(notify.Promise{Class: casework.ClassPayout, Bulk: true, Phone: "+84912345678", Words: Announce(crowd(people, method, papers)),
								Unit:    casework.Unit{Name: "phường Nguyễn Văn Linh Đông", Phone: "0276 3874 111", Region: region},
								Reaches: []notify.Reach{{ConversationID: 1, Address: bot.Address{Channel: bot.SMS, ID: "+84912345678"}, Lang: lang, Accents: accents}},
							}, time.Date(2026, 12, 1, 3, 0, 0, 0, time.UTC))
							limit := 2
							if accents {
								limit = 4
							}
							if len(plan.Parts) != 1 || plan.Segments() > limit {
								t.Fatalf("%s: %d segments, %+v", name, plan.Segments(), plan)
							}
							checkAnnouncement(t, name, region, lang, plan.Parts[0].Text)
						}
					}
				}
			}
		}
	}
}

func checkAnnouncement(t *testing.T, name, region, lang, said string) {
	t.Helper()
	plain := text.Unaccent(said)
	for _, want := range []string{"08/12/2026", "7h30-11h", "Nha van hoa ap Thanh Hoa", "0276 3874 111", "TANBIEN CT", "TANBIEN TU CHOI"} {
		if !strings.Contains(plain, want) {
			t.Errorf("%s: %q is not in %q", name, want, said)
		}
	}
	for _, never := range []string{"⟦", "http", "543", "khuyet tat"} {
		if strings.Contains(plain, never) {
			t.Errorf("%s: %q is in %q", name, never, said)
		}
	}
	if other := map[string]string{"north": "lanh tien", "south": "linh tien tro cap"}[region]; lang == "vi" && strings.Contains(plain, other) {
		t.Errorf("%s: said %q", name, said)
	}
}

func crowd(n int, method, papers string) []Due {
	var dues []Due
	for i := range n {
		d := due(int64(i), "Nguyễn Hoàng Phương Thảo", "1950", casework.SexFemale, "btxh_disability", 543210)
		d.Payout.Method, d.Payout.Papers, d.Payout.Place = method, papers, "Nhà văn hóa ấp Thạnh Hòa, đường tỉnh 785"
		dues = append(dues, d)
	}
	return dues
}
