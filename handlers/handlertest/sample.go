package handlertest

import (
	"errors"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

var errLimits = errors.New("the counter is away")

// The phones of the sample.
const (
	PhoneSau = "+84912000111" // Trần Thị Sáu and Nguyễn Văn Bảy, one household
	PhoneBa  = "+84912000222" // Lê Văn Ba
	PhoneTu  = "+84912000333" // a hamlet head: proves nobody
	PhoneNam = "+84912000444" // Phạm Thị Năm: an account that money came back from, and a payout at home
)

// Sample is the commune xã Tân Hòa (South) with a few people, cases and payouts, on Wednesday 25
// November 2026, half past eight in the morning.
func Sample() *World {
	w := &World{
		now:  time.Date(2026, 11, 25, 8, 30, 0, 0, bot.Hanoi),
		home: 10,
		units: []casework.Unit{
			{ID: 1, Name: "tỉnh Bình An", Kind: "province", Region: "south", Phone: "0299 3822 115",
				Counter: "Ban Tiếp công dân tỉnh Bình An, 12 Lê Lợi", Hours: "7h30-11h, 13h30-17h, thứ Hai-thứ Sáu"},
			{ID: 10, Name: "xã Tân Hòa", Kind: "commune", ParentID: 1, Region: "south", Phone: "0299 3874 111",
				Counter: "Trung tâm hành chính công xã Tân Hòa", Hours: "7h-11h, 13h-17h, thứ Hai-thứ Sáu"},
			{ID: 11, Name: "ấp 1", Kind: "hamlet", ParentID: 10, Region: "south"},
			{ID: 12, Name: "ấp 2", Kind: "hamlet", ParentID: 10, Region: "south"},
			{ID: 20, Name: "xã Đông Sơn", Kind: "commune", ParentID: 1, Region: "north", Phone: "0299 3875 222",
				Counter: "Trung tâm hành chính công xã Đông Sơn", Hours: "7h30-11h30, 13h-16h30, thứ Hai-thứ Sáu"},
		},
		people: []casework.Person{
			{ID: 1, UnitID: 10, HamletID: 11, Household: "H1", Name: "Trần Thị Sáu", Birth: "1948"},
			{ID: 2, UnitID: 10, HamletID: 11, Household: "H1", Name: "Nguyễn Văn Bảy", Birth: "1946"},
			{ID: 3, UnitID: 10, HamletID: 12, Household: "H2", Name: "Lê Văn Ba", Birth: "1990"},
			{ID: 4, UnitID: 10, HamletID: 12, Household: "H3", Name: "Phạm Thị Năm", Birth: "1944"},
		},
		phones:   map[string][]int64{PhoneSau: {1, 2}, PhoneBa: {3}, PhoneNam: {4}},
		citizen:  map[int64]string{1: "072148000123", 2: "072046000456", 3: "072090004567"},
		links:    map[string]int64{},
		linked:   map[int64]string{},
		optedOut: map[int64][]string{},
		takes:    map[string]int{},
	}
	w.applications = applications()
	w.payouts = payouts()
	w.grievances = []casework.Grievance{{
		ID: 1, Code: "PA-4821-7036-2", KindSuggested: casework.KindReport, Topic: "other", UnitID: 10, ForWhom: "self", Name: "Lê Văn Ba",
		Hamlet: "ấp 2", Text: "Đèn đường ấp 2 hỏng", ConversationID: 900, Phone: PhoneBa, Status: casework.GrievanceInProgress,
		FiledAt: time.Date(2026, 11, 16, 9, 0, 0, 0, bot.Hanoi), AnswerBy: "2026-12-01",
		Moves: []casework.Move{{At: time.Date(2026, 11, 18, 9, 0, 0, 0, bot.Hanoi), By: "lan", Status: casework.GrievanceInProgress, Note: "Điện lực hẹn sửa trong tuần này."}},
	}}
	var places []text.Place
	for _, u := range w.units {
		places = append(places, text.Place{ID: u.ID, Name: u.Name, Kind: u.Kind, Parent: u.ParentID})
	}
	w.places = text.NewPlaces(places)
	return w
}

func applications() []casework.Application {
	return []casework.Application{
		{ID: 1, Code: "H53.22-261102-0042", Form: casework.FormDossier, PersonID: 1, UnitID: 10, Programme: "social_pension",
			Status: casework.StatusProcessing, Step: casework.StepAppraisal, Received: "2026-11-02", Appointed: "2026-11-30"},
		{ID: 2, Code: "H53.22-261005-0011", Form: casework.FormDossier, PersonID: 2, UnitID: 10, Programme: "btxh_disability",
			Status: casework.StatusFinished, Outcome: casework.OutcomeGranted, Received: "2026-10-05", Appointed: "2026-10-30", Amount: 1080000, Decision: "215/QĐ-UBND"},
		{ID: 3, Code: "H53.22-261012-0007", Form: casework.FormDossier, PersonID: 3, UnitID: 10, Programme: "btxh_disability",
			Status: casework.StatusSupplement, Received: "2026-10-12", Appointed: "2026-11-16", Missing: "giấy xác nhận khuyết tật"},
		{ID: 4, Code: "H53.22-260915-0019", Form: casework.FormDossier, PersonID: 3, UnitID: 10, Programme: "poor",
			Status: casework.StatusFinished, Outcome: casework.OutcomeRefused, Reason: "điểm rà soát vượt chuẩn", Received: "2026-09-15", Appointed: "2026-10-15", Decision: "198/QĐ-UBND"},
		{ID: 5, Code: "HN 2026 118", Form: casework.FormList, PersonID: 3, UnitID: 10, Programme: "poor",
			Status: casework.StatusProcessing, Step: casework.StepPosting, Received: "2026-11-20"},
	}
}

func payouts() []casework.Payout {
	hall := "Nhà văn hóa ấp 1"
	return []casework.Payout{
		{ID: 101, PersonID: 1, UnitID: 10, Programme: "social_pension", Period: "10/2026", Amount: 540000, PayDate: "2026-11-05", Hours: "7h30-11h", Place: hall, Method: casework.MethodCash, State: casework.PayoutPaid},
		{ID: 102, PersonID: 2, UnitID: 10, Programme: "btxh_disability", Period: "10/2026", Amount: 1080000, PayDate: "2026-11-05", Hours: "7h30-11h", Place: hall, Method: casework.MethodCash, State: casework.PayoutUncollected},
		{ID: 103, PersonID: 3, UnitID: 10, Programme: "rice", Period: "11/2026", Goods: "15 kg gạo", PayDate: "2026-11-20", Hours: "8h-10h", Place: "Nhà văn hóa ấp 2", Method: casework.MethodCash, State: casework.PayoutScheduled},
		{ID: 104, PersonID: 4, UnitID: 10, Programme: "social_pension", Period: "10/2026", Amount: 540000, PayDate: "2026-11-06", Method: casework.MethodAccount, State: casework.PayoutBounced},
		{ID: 114, PersonID: 4, UnitID: 10, Programme: "social_pension", Period: "11/2026", Amount: 540000, PayDate: "2026-12-03", Hours: "8h-11h", Place: "ấp 2", Method: casework.MethodHome, State: casework.PayoutScheduled},
		{ID: 111, PersonID: 1, UnitID: 10, Programme: "social_pension", Period: "11/2026", Amount: 540000, PayDate: "2026-12-02", Hours: "7h30-11h", Place: hall, Method: casework.MethodCash, State: casework.PayoutScheduled},
		{ID: 112, PersonID: 2, UnitID: 10, Programme: "btxh_disability", Period: "11/2026", Amount: 1080000, PayDate: "2026-12-02", Hours: "7h30-11h", Place: hall, Method: casework.MethodCash, State: casework.PayoutScheduled},
		{ID: 113, PersonID: 3, UnitID: 10, Programme: "social_pension", Period: "11/2026", Amount: 540000, PayDate: "2026-12-04", Method: casework.MethodAccount, State: casework.PayoutScheduled},
	}
}
