package sqldb

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/broadcast"
	"tiepdan/casework"
)

// payList is a payout file: a household of two on one phone with three payouts, one person alone, one without a
// phone, one on a landline.
const payList = payHeader +
	"H1-1,,Lê Văn A,0912345678,btxh,12/2026,540000,08/12/2026,7h30-11h,Nhà văn hóa ấp 3\n" +
	"H1-1,,Lê Văn A,0912345678,poor,12/2026,70000,08/12/2026,7h30-11h,Nhà văn hóa ấp 3\n" +
	"H1-2,,Trần Thị B,0912345678,social_pension,12/2026,540000,08/12/2026,7h30-11h,nhà văn hóa  ẤP 3\n" +
	"H1-3,,Ngô Tám,0987654321,btxh,12/2026,540000,08/12/2026,,Nhà văn hóa ấp 3\n" +
	"H1-4,,Ngô Chín,,btxh,12/2026,540000,08/12/2026,,Nhà văn hóa ấp 3\n" +
	"H1-5,,Ngô Mười,0276 3874 999,btxh,12/2026,540000,08/12/2026,,Nhà văn hóa ấp 3\n"

func status(t testing.TB, db *DB, id int64) Status {
	t.Helper()
	s, err := db.BroadcastStatus(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	if sum := s.Waiting + s.Sent + s.Delivered + s.Failed + s.Unknown + s.Skipped; sum != s.Total {
		t.Fatalf("figures do not add up: %+v", s)
	}
	return s
}

func refill(t testing.TB, db *DB) {
	t.Helper()
	if _, err := db.RefillBroadcasts(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func TestOneNoticeForAPhoneADayAndAPlace(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx := context.Background()
	r := importCSV(t, db, ImportPayouts, payList, ImportOptions{})
	if r.New != 6 || r.Broadcast == 0 {
		t.Fatalf("%+v", r)
	}
	if got := status(t, db, r.Broadcast); got.State != BroadcastDraft || got.Total != 4 || got.Waiting != 4 {
		t.Errorf("a draft: %+v", got)
	}
	app, err := db.ApplicationByCode(ctx, "H11")
	if err != nil || app.Form != casework.FormList || app.Step != casework.StepPayment {
		t.Errorf("a code of the schedule is %+v, %v", app, err)
	}
	if got, _ := db.PayoutsOf(ctx, []int64{app.PersonID}, h.now(), 10); len(got) != 0 {
		t.Errorf("a draft is told: %+v", got)
	}
	v, err := db.PreviewBroadcast(ctx, r.Broadcast, nil)
	if err != nil || v.Recipients != 4 || v.People != 5 || v.Payouts != 6 || v.Channels[bot.SMS] != 2 || v.Skipped["no_phone"] != 1 || v.Skipped["not_mobile"] != 1 ||
		len(v.Samples) != 2 || v.Segments != v.Samples[0].Segments+v.Samples[1].Segments || len(outbox(t, db)) != 0 {
		t.Errorf("preview: %+v, %v", v, err)
	}
	refill(t, db)
	if len(outbox(t, db)) != 0 {
		t.Error("a draft was sent")
	}
	if err := db.SendBroadcast(ctx, "hoa", r.Broadcast); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	out := outbox(t, db)
	if len(out) != 2 || out[0].lane != int(bot.LaneBulk) || out[0].text != v.Samples[0].Text || !strings.Contains(out[0].text, "Cho 2 nguoi: Le Van A, Tran Thi B.") {
		t.Errorf("sent %+v", out)
	}
	if got := status(t, db, r.Broadcast); got.State != BroadcastSending || got.Waiting != 2 || got.Skipped != 2 {
		t.Errorf("sending: %+v", got)
	}
	theirs, err := db.PayoutsOf(ctx, []int64{app.PersonID}, h.now(), 10)
	if err != nil || len(theirs) != 2 || theirs[0].State != casework.PayoutScheduled || theirs[0].PersonName != "Lê Văn A" {
		t.Errorf("told %+v, %v", theirs, err)
	}
	sessions, err := db.SessionsOf(ctx, db.Home().ID, h.now(), 10)
	if err != nil || len(sessions) == 0 || sessions[0].PersonName != "" || sessions[0].Amount != 0 || sessions[0].State != "" {
		t.Errorf("sessions: %+v, %v", sessions, err)
	}
	settleNow(t, db, "delivered", nil)
	settleNow(t, db, "failed", &bot.SendError{Class: bot.Unreachable, Code: "30005"})
	refill(t, db)
	if got := status(t, db, r.Broadcast); got.State != BroadcastDone || got.Delivered != 1 || got.Failed != 1 {
		t.Errorf("done: %+v", got)
	}
}

func TestPauseResumeCancel(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	id := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	if err := db.PauseBroadcast(ctx, "hoa", id); !errors.Is(err, ErrBroadcastState) {
		t.Errorf("a draft was paused: %v", err)
	}
	steps := []struct {
		do    func(context.Context, string, int64) error
		state string
	}{{db.SendBroadcast, BroadcastSending}, {db.PauseBroadcast, BroadcastPaused}, {db.ResumeBroadcast, BroadcastSending}, {db.PauseBroadcast, BroadcastPaused}}
	for _, s := range steps {
		if err := s.do(ctx, "hoa", id); err != nil {
			t.Fatal(err)
		}
		if got := status(t, db, id); got.State != s.state {
			t.Errorf("%+v, want %s", got, s.state)
		}
	}
	refill(t, db)
	if len(outbox(t, db)) != 0 {
		t.Error("a paused broadcast goes on")
	}
	if err := errors.Join(db.ResumeBroadcast(ctx, "hoa", id)); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	if err := db.CancelBroadcast(ctx, "hoa", id); err != nil {
		t.Fatal(err)
	}
	if got := status(t, db, id); got.State != BroadcastCancelled || got.Skipped != 4 || len(outbox(t, db)) != 0 {
		t.Errorf("cancelled: %+v, outbox %+v", got, outbox(t, db))
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM payouts WHERE state = 'scheduled'`); n != 6 {
		t.Errorf("%d payouts are still due, want all: only the telling ended", n)
	}
	if err := db.SendBroadcast(ctx, "hoa", id); !errors.Is(err, ErrBroadcastState) {
		t.Errorf("sent after the cancel: %v", err)
	}
	if err := db.SendBroadcast(ctx, "hoa", 999); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no such broadcast: %v", err)
	}
	if _, err := db.BroadcastStatus(ctx, 999); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no such broadcast: %v", err)
	}
}

func TestACancelledDraftMayBeImportedAgain(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	first := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	if err := db.CancelBroadcast(ctx, "hoa", first); err != nil {
		t.Fatal(err)
	}
	r := importCSV(t, db, ImportPayouts, payList, ImportOptions{})
	if err := db.SendBroadcast(ctx, "hoa", r.Broadcast); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	if got := status(t, db, r.Broadcast); got.Waiting != 2 || len(outbox(t, db)) != 2 {
		t.Errorf("%+v", got)
	}
	again, err := tryImport(db, ImportPayouts, strings.Replace(payList, "540000,08/12/2026", "540000,09/12/2026", 1), ImportOptions{})
	if !errors.Is(err, ErrRejected) || len(again.Rejected) != 1 || again.Rejected[0].Reason != "import.reason.already_scheduled" {
		t.Errorf("a second schedule for one period: %v, %+v", err, again.Rejected)
	}
	same := importCSV(t, db, ImportPayouts, payList, ImportOptions{})
	if same.Unchanged != 6 || status(t, db, same.Broadcast).Total != 0 {
		t.Errorf("the same schedule again: %+v", same)
	}
}

func TestWhoHasDiedIsNotNamed(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	id := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	if err := db.SendBroadcast(ctx, "hoa", id); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	dead := one[int64](t, db, `SELECT id FROM people WHERE name = 'Trần Thị B'`)
	do(t, db, casework.SaidDead{Key: "d1", Origin: origin(0, "+84912345678"), PersonID: dead})
	if out := outbox(t, db); len(out) != 1 {
		t.Errorf("still queued: %+v", out)
	}
	refill(t, db)
	for _, o := range outbox(t, db) {
		if strings.Contains(o.text, "Tran Thi B") {
			t.Errorf("said %q", o.text)
		}
	}
	if out := outbox(t, db); len(out) != 2 || !strings.Contains(out[1].text, "Nguoi nhan: Le Van A.") {
		t.Errorf("the others are told %+v", out)
	}
	do(t, db, casework.SaidDead{Key: "d2", Origin: origin(0, "+84912345678")})
	refill(t, db)
	if got := status(t, db, id); len(outbox(t, db)) != 1 || got.Skipped != 3 {
		t.Errorf("%+v, queued %+v", got, outbox(t, db))
	}
}

func TestAnAnnouncementEndsWithItsDay(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	id := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	if err := db.SendBroadcast(context.Background(), "hoa", id); err != nil {
		t.Fatal(err)
	}
	h.move(15 * 24 * time.Hour) // the day after
	refill(t, db)
	refill(t, db)
	if got := status(t, db, id); got.State != BroadcastDone || got.Skipped != 4 || len(outbox(t, db)) != 0 {
		t.Errorf("%+v", got)
	}
}

func TestBulkWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	id := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	h.move(12 * time.Hour)
	if err := db.SendBroadcast(context.Background(), "hoa", id); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	if got := status(t, db, id); got.Waiting != 4 || got.State != BroadcastSending || len(outbox(t, db)) != 0 {
		t.Errorf("at night: %+v", got)
	}
	h.move(9 * time.Hour)
	refill(t, db)
	if len(outbox(t, db)) != 2 {
		t.Error("not sent in the morning")
	}
}

func TestTheOutboxHoldsNoMoreThanItMay(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	id := importCSV(t, db, ImportPayouts, payList, ImportOptions{}).Broadcast
	must(t, db, `INSERT INTO outbox (channel, address, lane, created_at)
		WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < $1) SELECT 'sms', '+8490', 2, 1 FROM n`, broadcast.MaxOpen-1)
	if err := db.SendBroadcast(context.Background(), "hoa", id); err != nil {
		t.Fatal(err)
	}
	refill(t, db)
	if n := countRows(t, db, `SELECT COUNT(*) FROM outbox WHERE lane = 2 AND state = 'waiting'`); n != broadcast.MaxOpen {
		t.Errorf("%d open rows", n)
	}
	must(t, db, `UPDATE outbox SET state = 'sent' WHERE notice_id = 0`)
	refill(t, db)
	if n := countRows(t, db, `SELECT COUNT(*) FROM outbox WHERE notice_id <> 0`); n != 2 {
		t.Errorf("%d recipients were queued in the end", n)
	}
}

// BenchmarkDistrict imports, previews and queues one district's campaign: 31,588 payouts.
func BenchmarkDistrict(b *testing.B) {
	for b.Loop() {
		db, _ := officeDB(b)
		ctx := context.Background()
		var file strings.Builder
		file.WriteString(payHeader)
		for i := range 31_588 {
			fmt.Fprintf(&file, "H53.22-261101-%05d,,Lê Người,09%08d,btxh,12/2026,540000,08/12/2026,7h-11h,Nhà văn hóa ấp %d\n", i, i, i%9)
		}
		steps := time.Now()
		lap := func(what string) {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			b.Logf("%s: %s, heap %d MB", what, time.Since(steps).Round(time.Millisecond), m.HeapAlloc>>20)
			steps = time.Now()
		}
		id := importCSV(b, db, ImportPayouts, file.String(), ImportOptions{}).Broadcast
		lap("import")
		if v, err := db.PreviewBroadcast(ctx, id, nil); err != nil || v.Recipients != 31_588 {
			b.Fatal(v.Recipients, err)
		}
		lap("preview")
		if err := db.SendBroadcast(ctx, "hoa", id); err != nil {
			b.Fatal(err)
		}
		lap("send")
		refill(b, db)
		lap("refill to 20,000")
		must(b, db, `UPDATE outbox SET state = 'sent'`)
		must(b, db, `UPDATE notices SET state = 'sent' WHERE state = 'queued'`)
		refill(b, db)
		lap("refill the rest")
		if err := db.CancelBroadcast(ctx, "hoa", id); err != nil {
			b.Fatal(err)
		}
		lap("cancel")
		if s := status(b, db, id); s.Total != 31_588 || s.Sent != 20_000 || s.Skipped != 11_588 {
			b.Fatalf("%+v", s)
		}
	}
}
