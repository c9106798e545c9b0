package notify

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// everyNotice lists one of each text that these words can be, with codes, notes and dates as long as they get.
func everyNotice() map[string]Words {
	all := map[string]Words{"linked": Linked("+84912345678")}
	for _, form := range []string{casework.FormDossier, casework.FormList} {
		for s := casework.StatusRegistered; s <= casework.StatusReturned; s++ {
			for _, step := range []string{"", casework.StepListed, casework.StepReview, casework.StepPosting, casework.StepAppraisal, casework.StepApproval, casework.StepPayment} {
				all[fmt.Sprintf("status %s %d %s", form, s, step)] = Status(casework.Application{Code: "000.00.15.H15-220112-0001", Form: form, Status: s,
					Step: step, Appointed: "2026-12-09", Outcome: casework.OutcomeRefused, Programme: "btxh_hiv", Amount: 543210,
					Missing: strings.Repeat("giấy xác nhận ", 20), Reason: "không đủ điều kiện"}, day)
			}
		}
	}
	for _, s := range []string{casework.GrievanceReceived, casework.GrievanceInProgress, casework.GrievanceTransferred, casework.GrievanceGuided,
		casework.GrievanceAnswered, casework.GrievanceRefused, casework.GrievanceWithdrawn, casework.GrievanceClosed} {
		all["grievance "+s] = Grievance("PA-4821-7036-2", s, strings.Repeat("ông Tám đã nhận tiền ", 20), "2026-12-30")
	}
	return all
}

// TestEveryNoticeIsShortBySMS: at most two segments, or four with accents, in one part, in every language and region,
// and with nothing in it that an SMS must not carry.
func TestEveryNoticeIsShortBySMS(t *testing.T) {
	t.Parallel()
	p := planner(t)
	long := casework.Unit{ID: 2, Name: "phường Nguyễn Văn Linh Đông", Phone: "0276 3874 111",
		Counter: "Trung tâm Phục vụ hành chính công phường Nguyễn Văn Linh Đông, số 120 đường Cách mạng Tháng Tám", Region: "north"}
	noPhone := office
	noPhone.Phone = ""
	for name, words := range everyNotice() {
		for _, unit := range []casework.Unit{office, long, noPhone} {
			for _, lang := range []string{"vi", "en"} {
				for _, accents := range []bool{false, true} {
					r := reach(1, bot.SMS, time.Hour)
					r.Address.ID, r.Lang, r.Accents = "+84912345678", lang, accents
					pr := promise(r)
					pr.Words, pr.Unit = words, unit
					got := p.Plan(pr, day)
					limit := 2
					if accents {
						limit = 4
					}
					if len(got.Parts) != 1 || got.Segments() > limit {
						t.Fatalf("%s, %s in %s, accents %t: %d segments: %+v", name, unit.Name, lang, accents, got.Segments(), got.Parts)
					}
					said := got.Parts[0].Text
					for _, never := range []string{"⟦", "http", "543", "hiv", "không đủ", "khong du", "Tám", "Tam da"} {
						if strings.Contains(said, never) && !strings.Contains(unit.Counter, never) {
							t.Errorf("%s: %q is said in %q", name, never, said)
						}
					}
					if !strings.Contains(said, "0276 3874 111") && !strings.Contains(said, "Ask at") && !strings.Contains(text.Unaccent(said), "Hoi tai") {
						t.Errorf("%s: no other way back in %q", name, said)
					}
					if stop := strings.Contains(said, "TBINH TU CHOI"); stop == words.Final {
						t.Errorf("%s: how to stop is said: %t, in %q", name, stop, said)
					}
				}
			}
		}
	}
}

// TestNothingPersonalGoesAbroad: over Telegram only that there is news.
func TestNothingPersonalGoesAbroad(t *testing.T) {
	t.Parallel()
	p := planner(t)
	for name, words := range everyNotice() {
		if words.Final {
			continue
		}
		pr := promise(reach(1, bot.Telegram, time.Hour))
		pr.Words = words
		got := p.Plan(pr, day)
		if len(got.Parts) != 1 || len(got.Parts[0].Text) > 250 {
			t.Fatalf("%s: %+v", name, got)
		}
		for _, never := range []string{"kết quả", "Tám", "bổ sung", "trả lời", "9/12/2026"} {
			if strings.Contains(got.Parts[0].Text, never) {
				t.Errorf("%s: %q is said in %q", name, never, got.Parts[0].Text)
			}
		}
	}
}

func TestTheLaddersEdges(t *testing.T) {
	t.Parallel()
	p := planner(t)
	const week = 7 * 24 * time.Hour
	filed := func(change func(*Promise)) Promise {
		pr := promise(reach(4, bot.Webchat, week))
		pr.Phone, pr.Direct = "", 4
		if change != nil {
			change(&pr)
		}
		return pr
	}
	for name, tt := range map[string]struct {
		pr      Promise
		channel string
		skip    string
	}{
		"a moment before the window closes":         {promise(reach(1, bot.Zalo, week-time.Millisecond)), bot.Zalo, ""},
		"when the window closes":                    {promise(reach(1, bot.Zalo, week)), bot.SMS, ""},
		"a page that was left, without a telephone": {filed(nil), bot.Webchat, ""},
		"a page that was left, with one":            {filed(func(p *Promise) { p.Phone = "+84912345678" }), bot.SMS, ""},
		"a page that was left and SMS failed":       {filed(func(p *Promise) { p.Phone, p.Tried = "+84912345678", []string{bot.SMS} }), bot.Webchat, ""},
		"a page that was left and tried":            {filed(func(p *Promise) { p.Tried = []string{bot.Webchat} }), "", SkipUnreachable},
		"a page that refused":                       {filed(func(p *Promise) { p.Reaches[0].Refused = []string{casework.ClassAll} }), "", SkipOptedOut},
		"somebody else's page":                      {filed(func(p *Promise) { p.Direct = 0 }), "", SkipUnreachable},
	} {
		if got := p.Plan(tt.pr, day); got.To.Channel != tt.channel || got.Skip != tt.skip {
			t.Errorf("%s: channel %q skip %q, want %q %q", name, got.To.Channel, got.Skip, tt.channel, tt.skip)
		}
	}
}

func TestQuietHoursBeginAndEnd(t *testing.T) {
	t.Parallel()
	p := planner(t)
	at := func(hour, minute int) time.Time { return time.Date(2026, 11, 24, hour, minute, 0, 0, bot.Hanoi) }
	for _, tt := range []struct {
		now, until time.Time // until: zero when it is told now
	}{
		{at(20, 59), time.Time{}}, {at(21, 0), at(31, 0)}, {at(23, 59), at(31, 0)}, {at(0, 0), at(7, 0)}, {at(6, 59), at(7, 0)}, {at(7, 0), time.Time{}},
	} {
		if got := p.Plan(promise(), tt.now); !got.Later.Equal(tt.until) || got.Later.IsZero() == (len(got.Parts) == 0) {
			t.Errorf("at %s: later %s, %d parts; want later %s", tt.now.Format("15:04"), got.Later, len(got.Parts), tt.until)
		}
	}
}
