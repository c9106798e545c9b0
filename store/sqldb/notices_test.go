package sqldb

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
)

// changed makes an application whose person is owed one notice.
func changed(t testing.TB, db *DB, phone string) {
	t.Helper()
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,"+phone+",btxh,,4,,,,,\n", ImportOptions{})
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,"+phone+",btxh,,9,,,,,\n", ImportOptions{})
}

func settleNow(t testing.TB, db *DB, state string, failure *bot.SendError) {
	t.Helper()
	err := db.write(context.Background(), func(ctx context.Context, tx *Tx) error {
		var row, notice int64
		if err := tx.row(ctx, `SELECT id, notice_id FROM outbox WHERE state IN ('waiting', 'claimed') ORDER BY id DESC LIMIT 1`).Scan(&row, &notice); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `UPDATE outbox SET state = $1 WHERE id = $2`, state, row); err != nil {
			return err
		}
		return db.settleNotice(ctx, tx, notice, state, failure)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func noticeState(t testing.TB, db *DB) string {
	t.Helper()
	return one[string](t, db, `SELECT state || ' ' || reason || ' ' || tried FROM notices ORDER BY id DESC LIMIT 1`)
}

func TestTheNextRungOpensOnADefiniteFailureOnly(t *testing.T) {
	t.Parallel()
	blocked := &bot.SendError{Class: bot.Unreachable, Code: "blocked"}
	for _, tt := range []struct {
		name   string
		settle []string
		want   string
		rows   int
	}{
		{"sent", []string{"sent"}, "sent  zalo", 1},
		{"unknown stays", []string{"unknown"}, "unknown  zalo", 1},
		{"failed: SMS", []string{"failed"}, "queued  zalo,sms", 2},
		{"failed twice: unreachable", []string{"failed", "failed"}, "failed blocked zalo,sms", 2},
		{"the second arrives", []string{"failed", "delivered"}, "delivered  zalo,sms", 2},
		{"blocked at the claim: SMS", []string{"skipped"}, "queued  zalo,sms", 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			db, _ := officeDB(t)
			chat(t, db, zalo(1), "+84912345678")
			changed(t, db, "0912345678")
			for _, s := range tt.settle {
				var failure *bot.SendError
				if s == "failed" || s == "skipped" {
					failure = blocked
				}
				settleNow(t, db, s, failure)
			}
			if got := noticeState(t, db); got != tt.want {
				t.Errorf("%q, want %q", got, tt.want)
			}
			if n := countRows(t, db, `SELECT COUNT(*) FROM outbox`); n != tt.rows {
				t.Errorf("%d messages, want %d", n, tt.rows)
			}
		})
	}
}

func TestAnExpiredNoticeIsSkippedAndOpensNothing(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	chat(t, db, zalo(1), "+84912345678")
	changed(t, db, "0912345678")
	settleNow(t, db, "skipped", &bot.SendError{Code: "expired"})
	if got := noticeState(t, db); got != "skipped expired zalo" {
		t.Errorf("%q", got)
	}
}

func TestAReceiptMayComeAfterTheDoubt(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	changed(t, db, "0912345678")
	settleNow(t, db, "unknown", nil)
	must(t, db, `UPDATE outbox SET state = 'delivered'`)
	for _, s := range []string{"delivered", "sent"} { // the second one is late and changes nothing
		err := db.write(context.Background(), func(ctx context.Context, tx *Tx) error { return db.settleNotice(ctx, tx, 1, s, nil) })
		if err != nil {
			t.Fatal(err)
		}
		if got := noticeState(t, db); got != "delivered  sms" {
			t.Errorf("after %s: %q", s, got)
		}
	}
}

func TestNoticesWaitForTheMorning(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx := context.Background()
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,4,,,,,\n", ImportOptions{})
	h.move(12 * time.Hour) // ten in the evening
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,9,,,,,\n", ImportOptions{})
	if n, err := db.TendNotices(ctx); n != 0 || err != nil || len(outbox(t, db)) != 0 {
		t.Errorf("at night %d are looked at (%v), %d queued", n, err, len(outbox(t, db)))
	}
	h.move(9*time.Hour + time.Minute)
	if n, err := db.TendNotices(ctx); n != 1 || err != nil || len(outbox(t, db)) != 1 {
		t.Errorf("in the morning %d are looked at (%v), %d queued", n, err, len(outbox(t, db)))
	}
}

func TestACommandBesideTheServerLeavesNoticesToIt(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	db.UseNotifier(nil)
	changed(t, db, "0912345678")
	if got := noticeState(t, db); got != "waiting  " {
		t.Errorf("%q", got)
	}
	db.UseNotifier(testPlanner(t))
	if n, err := db.TendNotices(context.Background()); n != 1 || err != nil || len(outbox(t, db)) != 1 {
		t.Errorf("%d are looked at (%v), %d queued", n, err, len(outbox(t, db)))
	}
}

func TestSomebodyWithoutAPhoneIsCounted(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	changed(t, db, "")
	if got := noticeState(t, db); got != "skipped no_phone " {
		t.Errorf("%q", got)
	}
}

func TestADeathStopsNoticesAndIsForStaffToMark(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	changed(t, db, "0912345678")
	sms := chat(t, db, bot.Address{Channel: bot.SMS, ID: "+84912345678"}, "")
	do(t, db, casework.SaidDead{Key: "dead:1", Origin: origin(sms, "+84912345678")})
	if got := noticeState(t, db); got != "skipped silenced sms" || len(outbox(t, db)) != 0 {
		t.Errorf("%q, queued %+v", got, outbox(t, db))
	}
	importCSV(t, db, ImportApplications, appHeader+"H1-1,Lê Sáu,,1949,0912345678,btxh,,10,,,,,\n", ImportOptions{})
	if got := noticeState(t, db); got != "skipped silenced " {
		t.Errorf("a later change: %q", got)
	}
	people, err := db.Proven(context.Background(), "+84912345678", h.now())
	if err != nil || len(people) != 1 || people[0].Dead || !people[0].Quiet {
		t.Errorf("%+v, %v", people, err)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM tasks WHERE kind = 'death' AND person_id <> 0`); n != 1 {
		t.Errorf("%d tasks", n)
	}
}

// TestNothingPersonalStandsOpen plants names, numbers and texts, and looks for them in every column of every table that is
// not meant to hold them, and in the log.
func TestNothingPersonalStandsOpen(t *testing.T) {
	t.Parallel()
	var log strings.Builder
	db := hidingDB(t, &log)
	importCSV(t, db, ImportUnits, unitsCSV, ImportOptions{})
	db.UseNotifier(testPlanner(t))
	const name, citizen, words, accused = "Zuyền Thị Xanhxanh", "072149001234", "câu chuyện riêng tư", "kẻ bị nói tới"
	row := "%s," + name + "," + citizen + ",1949,0912345678,btxh,,%d,,,,,\n"
	importCSV(t, db, ImportApplications, appHeader+fmt.Sprintf(row, "H1-1", 4), ImportOptions{})
	importCSV(t, db, ImportApplications, appHeader+fmt.Sprintf(row, "H1-1", 9), ImportOptions{})
	if _, err := tryImport(db, ImportApplications, appHeader+fmt.Sprintf(row, "H1-1", 77), ImportOptions{}); err == nil {
		t.Fatal("a bad row was taken")
	}
	importCSV(t, db, ImportPayouts, payHeader+"H1-1,"+citizen+","+name+",0912345678,btxh,12/2026,540000,08/12/2026,,Ấp 3\n", ImportOptions{})
	if err := db.SendBroadcast(context.Background(), "hoa", 1); err != nil {
		t.Fatal(err)
	}
	if _, err := db.RefillBroadcasts(context.Background()); err != nil {
		t.Fatal(err)
	}
	conv := chat(t, db, zalo(1), "+84912345678")
	c := filed(conv, "PA-4821-7036-2")
	c.Grievance.Name, c.Grievance.Text = name, words
	o := origin(conv, "+84912345678")
	o.EventID = 7
	do(t, db, c, casework.AddToGrievance{Key: "a", Origin: o, Code: "PA-4821-7036-2", Text: words},
		casework.MoveGrievance{Key: "m", By: "hoa", Code: "PA-4821-7036-2", Status: casework.GrievanceAnswered, Note: words},
		casework.SealText{Key: "s", Origin: o, Text: accused}, casework.OpenTask{Key: "t", Origin: o, Kind: casework.TaskCallback, Detail: name},
		casework.SaveDraft{Key: "d", Origin: o, ID: "d", Dialogue: "grievance", State: []byte(words), Code: "AB12", Expires: db.now().Add(time.Hour)},
		casework.OfferLink{Key: "l", Origin: o, Code: "4821", Expires: db.now().Add(time.Hour)}, casework.OptOut{Key: "x", Origin: o, Class: casework.ClassNews},
		casework.SaidDead{Key: "dead", Origin: o}, casework.WrongNumber{Key: "w", Origin: o})
	allowed := map[string]bool{"people.name": true, "people.name_key": true, // what the office knows people by
		"person_phones.phone": true, "conversations.phone": true, "notices.phone": true, "notices.key": true, "grievances.phone": true, "tasks.phone": true,
		"outbox.address": true, "opt_outs.address": true}
	secrets := []string{name, "zuyen thi xanhxanh", citizen, "001234", words, accused, "912345678"}
	for where, value := range everyValue(t, db) {
		column := where[:strings.Index(where, "#")]
		for _, s := range secrets {
			if strings.Contains(strings.ToLower(value), strings.ToLower(s)) && !allowed[column] {
				t.Errorf("%s holds %q", column, s)
			}
		}
	}
	for _, s := range secrets {
		if strings.Contains(log.String(), s) {
			t.Errorf("the log holds %q", s)
		}
	}
}
