package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
)

func filed(conv int64, code string) casework.FileGrievance {
	return casework.FileGrievance{Key: "grievance:" + code, Origin: origin(conv, "+84912345678"), Grievance: casework.Grievance{
		Code: code, KindSuggested: casework.KindReport, Topic: "other", ForWhom: "self", Name: "Lê Thị Sáu", Hamlet: "Ấp 3",
		Text: "loa hư ba tuần rồi", ContactWish: "gọi buổi chiều", AnswerBy: "2026-12-09"}}
}

func TestAGrievanceFromFilingToAnswer(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	photo := wrote(zalo(1), "m1", "")
	photo.Kind, photo.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "f1", Name: "loa.jpg"}}
	keep(t, db, photo)
	other := photo
	other.Address, other.ProviderID = zalo(2), "m2"
	keep(t, db, other)
	conv := one[int64](t, db, `SELECT id FROM conversations WHERE address = 'user1'`)
	events := []int64{one[int64](t, db, `SELECT id FROM events WHERE provider_id = 'm1'`), one[int64](t, db, `SELECT id FROM events WHERE provider_id = 'm2'`)}
	c := filed(conv, "PA-4821-7036-2")
	c.EventIDs = events
	do(t, db, c)
	do(t, db, c) // a turn that was decided twice
	g, err := db.GrievanceByCode(ctx, "PA-4821-7036-2")
	if err != nil || g.Name != "Lê Thị Sáu" || g.Text != "loa hư ba tuần rồi" || g.Status != casework.GrievanceReceived || g.Desk != casework.DeskReception ||
		g.UnitID != db.Home().ID || g.Phone != "+84912345678" || len(g.Moves) != 1 {
		t.Fatalf("%+v, %v", g, err)
	}
	if files, err := db.AttachmentsOf(ctx, g.ID); err != nil || len(files) != 1 {
		t.Errorf("the files of one message belong to it, not another chat's: %+v, %v", files, err)
	}
	do(t, db, casework.AddToGrievance{Key: "add:1", Origin: origin(conv, ""), Code: g.Code, Text: "thêm: cả cái ở chợ"},
		casework.MoveGrievance{Key: "move:1", By: "hoa", Code: g.Code, Status: casework.GrievanceInProgress, Note: "Đã giao thợ sửa."})
	g, err = db.GrievanceByCode(ctx, g.Code)
	if err != nil || len(g.Moves) != 3 || g.Moves[1].Note != "thêm: cả cái ở chợ" || g.Moves[2].By != "hoa" || g.Status != casework.GrievanceInProgress {
		t.Errorf("%+v, %v", g.Moves, err)
	}
	out := outbox(t, db)
	if len(out) != 1 || out[0].channel != bot.Zalo || out[0].address != "user1" || !strings.Contains(out[0].text, "Đã giao thợ sửa.") {
		t.Errorf("told %+v", out)
	}
	do(t, db, casework.WithdrawGrievance{Key: "withdraw:1", Origin: origin(conv, ""), Code: g.Code})
	list, err := db.GrievancesOf(ctx, conv, "+84912345678", 10)
	if err != nil || len(list) != 1 || list[0].Status != casework.GrievanceWithdrawn {
		t.Errorf("%+v, %v", list, err)
	}
	if list, _ := db.GrievancesOf(ctx, 0, "+84900000000", 10); len(list) != 0 {
		t.Errorf("a stranger's phone lists %d", len(list))
	}
	if _, err := db.GrievanceByCode(ctx, "PA-0000-0000-0"); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no such code: %v", err)
	}
}

func TestASignedPaperStartsTheClockAndKeepsTheFilingDate(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	conv := chat(t, db, zalo(1), "")
	c := filed(conv, "PA-4821-7036-2")
	c.Grievance.KindSuggested = casework.KindComplaint
	do(t, db, c)
	do(t, db, casework.MoveGrievance{Key: "move:1", By: "hoa", Code: c.Grievance.Code, Kind: casework.KindComplaint, Signed: "2026-11-23", At: h.now()})
	g, err := db.GrievanceByCode(context.Background(), c.Grievance.Code)
	if err != nil || g.AnswerBy != "2026-12-03" || !g.FiledAt.Equal(c.Origin.At) || g.SignedOn != "2026-11-23" || g.Status != casework.GrievanceReceived {
		t.Errorf("%+v, %v", g, err)
	}
	for name, bad := range map[string]casework.MoveGrievance{
		"no officer":      {Key: "b1", Code: g.Code, Status: casework.GrievanceClosed},
		"no such status":  {Key: "b2", By: "hoa", Code: g.Code, Status: "lost"},
		"no such kind":    {Key: "b3", By: "hoa", Code: g.Code, Kind: "denunciation"},
		"signed tomorrow": {Key: "b4", By: "hoa", Code: g.Code, Signed: "2026-12-24", At: h.now()},
	} {
		if err := db.Do(context.Background(), bad); !errors.Is(err, casework.ErrBadMove) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := db.Do(context.Background(), casework.MoveGrievance{Key: "b5", By: "hoa", Code: "PA-1"}); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no such grievance: %v", err)
	}
	if err := db.Do(context.Background(), casework.MoveGrievance{By: "hoa", Code: g.Code}); err == nil {
		t.Error("a command without a key was carried out")
	}
}

func TestOfficersReadsAreAudited(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	do(t, db, filed(chat(t, db, zalo(1), ""), "PA-4821-7036-2"),
		casework.OpenTask{Key: "task:1", Origin: origin(1, ""), Kind: casework.TaskCallback, Detail: "gọi lại", Due: "2026-11-26"})
	if g, err := db.ShowGrievance(ctx, "hoa", "PA-4821-7036-2"); err != nil || g.Text == "" {
		t.Errorf("%+v, %v", g, err)
	}
	if all, err := db.ListGrievances(ctx, "hoa", GrievanceFilter{Open: true, Limit: 10}); err != nil || len(all) != 1 || all[0].Text != "" || all[0].Name != "" {
		t.Errorf("a list shows words: %+v, %v", all, err)
	}
	tasks, err := db.Tasks(ctx, "hoa", true, 10)
	if err != nil || len(tasks) != 1 || tasks[0].Detail != "gọi lại" || tasks[0].Due != "2026-11-26" {
		t.Fatalf("%+v, %v", tasks, err)
	}
	if err := db.CloseTask(ctx, "hoa", tasks[0].ID); err != nil {
		t.Error(err)
	}
	if err := db.CloseTask(ctx, "hoa", tasks[0].ID); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("closed twice: %v", err)
	}
	trail, err := db.AuditTrail(ctx, 50)
	if err != nil {
		t.Fatal(err)
	}
	var actions []string
	for _, a := range trail {
		if a.Who == "hoa" {
			actions = append(actions, a.Action)
		}
	}
	if want := []string{"close", "list", "list", "read"}; !slices.Equal(actions, want) {
		t.Errorf("audited %v, want %v", actions, want)
	}
}

func TestASealedTextIsSealedOnce(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	o := origin(chat(t, db, zalo(1), ""), "")
	o.EventID = 1
	do(t, db, casework.SealText{Key: "seal:1", Origin: o, Text: "ông ấp trưởng lấy tiền"}, casework.SealText{Key: "seal:2", Origin: o, Text: "ông ấp trưởng lấy tiền"})
	var sealed []byte
	var gone int64
	if err := db.read.QueryRow(`SELECT sealed, gone_at FROM sealed_texts`).Scan(&sealed, &gone); err != nil {
		t.Fatal(err)
	}
	if _, err := db.vault.Open(bot.SealAccusation, sealed); err != nil || !at(gone).Equal(h.now().Add(30*24*time.Hour)) {
		t.Errorf("sealed as another class (%v), or gone at %s", err, at(gone))
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM sealed_texts`); n != 1 {
		t.Errorf("%d texts are kept", n)
	}
}

func TestLinkingAChatToAPhone(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx := context.Background()
	web, sms := chat(t, db, zalo(1), ""), chat(t, db, bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "")
	do(t, db, casework.OfferLink{Key: "offer:1", Origin: origin(web, ""), Code: "4821", Expires: h.now().Add(10 * time.Minute)})
	if ok, err := db.LinkOffered(ctx, "4821", h.now()); err != nil || !ok {
		t.Errorf("offered: %v, %v", ok, err)
	}
	if ok, _ := db.LinkOffered(ctx, "4822", h.now()); ok {
		t.Error("a code that nobody offered")
	}
	err := db.Do(ctx, casework.OfferLink{Key: "offer:2", Origin: origin(sms, ""), Code: "4821", Expires: h.now().Add(10 * time.Minute)})
	if err == nil {
		t.Error("one code was offered to two chats")
	}
	do(t, db, casework.TakeLink{Key: "take:1", Origin: origin(sms, "+84912345678"), Code: "4821"})
	if got := one[string](t, db, `SELECT phone FROM conversations WHERE id = $1`, web); got != "+84912345678" {
		t.Errorf("linked to %q", got)
	}
	out := outbox(t, db)
	if len(out) != 1 || out[0].address != "user1" || !strings.Contains(out[0].text, "678") || strings.Contains(out[0].text, "912 345") {
		t.Errorf("the chat is told %+v", out)
	}
	do(t, db, casework.TakeLink{Key: "take:2", Origin: origin(sms, "+84900000000"), Code: "4821"})
	if got := one[string](t, db, `SELECT phone FROM conversations WHERE id = $1`, web); got != "+84912345678" {
		t.Errorf("a code was taken twice: %q", got)
	}
	do(t, db, casework.Unlink{Key: "unlink:1", Origin: origin(web, "")})
	if got := one[string](t, db, `SELECT phone FROM conversations WHERE id = $1`, web); got != "" {
		t.Errorf("still linked to %q", got)
	}
	do(t, db, casework.OfferLink{Key: "offer:3", Origin: origin(web, ""), Code: "1111", Expires: h.now().Add(time.Minute)})
	h.move(2 * time.Minute)
	if ok, _ := db.LinkOffered(ctx, "1111", h.now()); ok {
		t.Error("an expired code is open")
	}
}

func TestOptingOutAndIn(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	conv := chat(t, db, zalo(1), "+84912345678")
	o := origin(conv, "+84912345678")
	refused := func() string {
		got, err := db.OptedOut(context.Background(), conv, "+84912345678")
		if err != nil {
			t.Fatal(err)
		}
		return strings.Join(got, " ")
	}
	do(t, db, casework.OptOut{Key: "o1", Origin: o, Class: casework.ClassAll})
	if got := refused(); got != "all" {
		t.Errorf("refused %q", got)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM opt_outs`); n != 2 {
		t.Errorf("%d addresses refuse, want the chat and the phone", n)
	}
	do(t, db, casework.OptIn{Key: "i1", Origin: o, Class: casework.ClassPayout})
	if got := refused(); got != "grievance news status" {
		t.Errorf("after one class refused %q", got)
	}
	do(t, db, casework.OptIn{Key: "i2", Origin: o, Class: casework.ClassAll})
	if got := refused(); got != "" {
		t.Errorf("after all refused %q", got)
	}
}

func TestAWrongNumberStopsAtOnce(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,4,,,,,\n", ImportOptions{})
	zaloChat := chat(t, db, zalo(1), "+84912345678")
	must(t, db, `UPDATE conversations SET last_in_at = 1 WHERE id = $1`, zaloChat)
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,9,,,,,\n", ImportOptions{})
	if got := outbox(t, db); len(got) != 1 || got[0].channel != bot.SMS {
		t.Fatalf("%+v", got)
	}
	sms := chat(t, db, bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "")
	do(t, db, casework.WrongNumber{Key: "w1", Origin: origin(sms, "+84912345678")},
		casework.OpenTask{Key: "w1_task", Origin: origin(sms, "+84912345678"), Kind: casework.TaskWrongNumber, Detail: "sai số"})
	if got := outbox(t, db); len(got) != 0 {
		t.Errorf("still to be sent: %+v", got)
	}
	if got := one[string](t, db, `SELECT state || ' ' || reason FROM notices`); got != "skipped opted_out" {
		t.Errorf("the notice is %s", got)
	}
	if people, err := db.Proven(context.Background(), "+84912345678", h.now()); err != nil || len(people) != 0 {
		t.Errorf("still proves %v, %v", people, err)
	}
	if got := one[string](t, db, `SELECT phone FROM conversations WHERE id = $1`, zaloChat); got != "" {
		t.Errorf("a chat is still linked to %q", got)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM tasks WHERE kind = 'wrong_number'`); n != 1 {
		t.Errorf("%d tasks", n)
	}
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,10,,,,,\n", ImportOptions{})
	if got := outbox(t, db); len(got) != 0 {
		t.Errorf("the list's old number is written to again: %+v", got)
	}
	if people, _ := db.Proven(context.Background(), "+84912345678", h.now()); len(people) != 0 {
		t.Error("an import revived the link")
	}
}

func TestDrafts(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx := context.Background()
	first, second := chat(t, db, zalo(1), "+84912345678"), chat(t, db, zalo(2), "")
	save := casework.SaveDraft{Key: "s1", Origin: origin(first, ""), ID: "d1", Dialogue: "grievance", State: []byte("half"), Code: "ab 12", Expires: h.now().Add(30 * 24 * time.Hour)}
	do(t, db, save)
	save.Key, save.State = "s2", []byte("more")
	do(t, db, save)
	got, err := db.DraftsOf(ctx, first)
	if err != nil || len(got) != 1 || string(got[0].State) != "more" {
		t.Fatalf("%+v, %v", got, err)
	}
	d, err := db.DraftByCode(ctx, "AB12")
	if err != nil || d.ID != "d1" || d.Phone != "+84912345678" {
		t.Errorf("%+v, %v", d, err)
	}
	do(t, db, casework.MoveDraft{Key: "m1", Origin: origin(second, ""), ID: "d1"})
	save.Key = "s3"
	do(t, db, save, casework.DropDraft{Key: "x1", Origin: origin(first, ""), ID: "d1"})
	if got, _ := db.DraftsOf(ctx, second); len(got) != 1 {
		t.Errorf("the conversation that it was taken from changed it: %+v", got)
	}
	h.move(31 * 24 * time.Hour)
	if got, _ := db.DraftsOf(ctx, second); len(got) != 0 {
		t.Errorf("it lives longer than thirty days: %+v", got)
	}
	if _, err := db.DraftByCode(ctx, ""); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no code finds %v", err)
	}
}

func TestConsentIsKeptWithItsText(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	conv := chat(t, db, zalo(1), "")
	do(t, db, casework.GiveConsent{Key: "c1", Origin: origin(conv, ""), Purpose: "news", TextVersion: "2026-11", Given: true},
		casework.GiveConsent{Key: "c2", Origin: origin(conv, ""), Purpose: "news", TextVersion: "2026-11", Given: false})
	if n := countRows(t, db, `SELECT COUNT(*) FROM consents WHERE address = 'user1' AND text_version = '2026-11'`); n != 2 {
		t.Errorf("%d entries", n)
	}
}

func TestFilesAreClaimedUntilTheyAreSettled(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx := context.Background()
	in := wrote(zalo(1), "m1", "")
	in.Kind = bot.KindFiles
	for _, id := range []string{"a", "b", "c"} {
		in.Files = append(in.Files, bot.FileRef{ProviderID: id})
	}
	keep(t, db, in)
	wanted, err := db.WantedFiles(ctx, 10, time.Minute)
	if err != nil || len(wanted) != 3 || wanted[0].Ref.ProviderID != "a" || wanted[0].Attempt != 1 {
		t.Fatalf("%+v, %v", wanted, err)
	}
	if again, _ := db.WantedFiles(ctx, 10, time.Minute); len(again) != 0 {
		t.Errorf("claimed twice: %+v", again)
	}
	if err := errors.Join(db.FileStored(ctx, wanted[0].ID, "abc", "image/jpeg", 5), db.FileRefused(ctx, wanted[1].ID, "too_large"), db.FileFailed(ctx, wanted[2].ID, "away", time.Hour)); err != nil {
		t.Fatal(err)
	}
	h.move(2 * time.Minute)
	if early, _ := db.WantedFiles(ctx, 10, time.Minute); len(early) != 0 {
		t.Errorf("too early: %+v", early)
	}
	for range maxFetches {
		h.move(time.Hour)
		more, err := db.WantedFiles(ctx, 10, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range more {
			if err := db.FileFailed(ctx, w.ID, "away", time.Minute); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := one[string](t, db, `SELECT GROUP_CONCAT(state) FROM (SELECT state FROM attachments ORDER BY id)`); got != "stored,refused,lost" {
		t.Errorf("states are %s", got)
	}
}

// TestStaffDecideOnADeath: what somebody said only stops the notices; staff mark the death or lift the silence.
func TestStaffDecideOnADeath(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,4,,,,,\n", ImportOptions{})
	who := one[int64](t, db, `SELECT id FROM people`)
	for i, dead := range []bool{false, true} {
		say := casework.Origin{Phone: "+84912345678"}
		do(t, db, casework.SaidDead{Key: fmt.Sprint("dead", i), Origin: say, PersonID: who},
			casework.OpenTask{Key: fmt.Sprint("task", i), Origin: say, Kind: casework.TaskDeath, PersonID: who})
		if p, err := db.Person(ctx, who); err != nil || !p.Quiet || p.Dead {
			t.Fatalf("said to be dead: %+v, %v", p, err)
		}
		tasks, err := db.Tasks(ctx, "hoa", true, 10)
		if err != nil || len(tasks) != 1 || tasks[0].PersonName != "Lê Sáu" {
			t.Fatalf("%+v, %v", tasks, err)
		}
		if err := db.DecideDeath(ctx, "hoa", tasks[0].ID, dead); err != nil {
			t.Fatal(err)
		}
		if p, err := db.Person(ctx, who); err != nil || p.Dead != dead || p.Quiet != dead {
			t.Errorf("decided %t: %+v, %v", dead, p, err)
		}
		if err := db.DecideDeath(ctx, "hoa", tasks[0].ID, dead); !errors.Is(err, casework.ErrNotFound) {
			t.Errorf("decided twice: %v", err)
		}
	}
	do(t, db, casework.OpenTask{Key: "other", Kind: casework.TaskCallback, PersonID: who})
	if err := db.DecideDeath(ctx, "hoa", one[int64](t, db, `SELECT MAX(id) FROM tasks`), true); !errors.Is(err, ErrNoDeath) {
		t.Errorf("a call-back was taken for a death: %v", err)
	}
}
