package sqldb

import (
	"context"
	"encoding/json"
	"errors"
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

const unitsCSV = `code,name,level,parent,phone,counter,region,aliases
80,Tỉnh Tây Ninh,province,,,,,
25486,Xã Tân Biên,commune,80,0276 3874 111,Trung tâm Phục vụ hành chính công xã Tân Biên,,Thạnh Tây;Tân Bình
25486-3,Ấp 3,hamlet,25486,,,,
25489,Xã Tân Lập,commune,80,0276 3874 222,,,
`

// officeDB opens records with places, channels and a planner. It is ten in the morning in Viet Nam.
func officeDB(t testing.TB) (*DB, *hand) {
	t.Helper()
	db, h := clockedDB(t)
	h.move(time.Hour)
	importCSV(t, db, ImportUnits, unitsCSV, ImportOptions{})
	if err := db.UseHome(context.Background(), "25486"); err != nil {
		t.Fatal(err)
	}
	db.UseNotifier(testPlanner(t))
	return db, h
}

func testPlanner(t testing.TB) *notify.Planner {
	t.Helper()
	c, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	quiet, err := notify.ParseQuiet("21:00-07:00")
	if err != nil {
		t.Fatal(err)
	}
	sms := func(c bot.Content) ([]bot.Part, error) {
		pieces, err := text.SplitSMS(text.Unaccent(c.Text), 2)
		parts := make([]bot.Part, 0, len(pieces))
		for _, p := range pieces {
			parts = append(parts, bot.Part{Text: p, Segments: text.SMS(p).Parts})
		}
		return parts, err
	}
	chat := func(c bot.Content) ([]bot.Part, error) { return []bot.Part{{Text: c.Text, Segments: 1}}, nil }
	p, err := notify.New(c, rules.Programmes, map[string]notify.Route{
		bot.SMS:     {Render: sms, TwoWay: true},
		bot.Webchat: {Render: chat, TwoWay: true},
		bot.Zalo:    {Render: chat, TwoWay: true, Open: func(lastIn, now time.Time) bool { return now.Sub(lastIn) < 7*24*time.Hour }},
	}, quiet)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func tryImport(db *DB, kind, csv string, o ImportOptions) (Report, error) {
	return db.Import(context.Background(), kind, 0, strings.NewReader(csv), o)
}

func importCSV(t testing.TB, db *DB, kind, csv string, o ImportOptions) Report {
	t.Helper()
	r, err := tryImport(db, kind, csv, o)
	if err != nil {
		t.Fatalf("%v: %+v", err, r)
	}
	return r
}

// told is what waits in the outbox for a notice's address.
type outRow struct {
	channel, address, text string
	lane                   int
}

func outbox(t testing.TB, db *DB) []outRow {
	t.Helper()
	rows, err := db.read.Query(`SELECT channel, address, lane, part FROM outbox WHERE state = 'waiting' ORDER BY id`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var all []outRow
	for rows.Next() {
		var r outRow
		var sealed []byte
		var part bot.Part
		err := rows.Scan(&r.channel, &r.address, &r.lane, &sealed)
		if err := errors.Join(err, db.unseal(bot.SealBody, sealed, &part)); err != nil {
			t.Fatal(err)
		}
		r.text = part.Text
		all = append(all, r)
	}
	return all
}

// do carries out commands.
func do(t testing.TB, db *DB, acts ...bot.Act) {
	t.Helper()
	if err := db.Do(context.Background(), acts...); err != nil {
		t.Fatal(err)
	}
}

// chat makes a conversation that has written once, linked to a phone if one is given.
func chat(t testing.TB, db *DB, a bot.Address, phone string) int64 {
	t.Helper()
	keep(t, db, wrote(a, fmt.Sprint("m", time.Now().UnixNano(), a.ID), "xin chào"))
	id := one[int64](t, db, `SELECT id FROM conversations WHERE channel = $1 AND address = $2`, a.Channel, a.ID)
	if phone != "" {
		must(t, db, `UPDATE conversations SET phone = $1 WHERE id = $2`, phone, id)
	}
	return id
}

func origin(conv int64, phone string) casework.Origin {
	return casework.Origin{ConversationID: conv, Phone: phone, At: time.Date(2026, 11, 24, 3, 0, 0, 0, time.UTC)}
}

func countRows(t testing.TB, db *DB, query string, args ...any) int {
	t.Helper()
	return one[int](t, db, query, args...)
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
