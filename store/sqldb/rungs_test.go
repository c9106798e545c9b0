package sqldb

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/bot/notify"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// The hand's clock begins at nine in the morning in Viet Nam.

// rungPlanner plans for SMS, Zalo and the web chat.
func rungPlanner(t testing.TB, quiet string) *notify.Planner {
	t.Helper()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	q, err := notify.ParseQuiet(quiet)
	if err != nil {
		t.Fatal(err)
	}
	p, err := notify.New(texts, rules.Programmes, map[string]notify.Route{
		bot.SMS: {TwoWay: true, Render: func(c bot.Content) ([]bot.Part, error) {
			said := text.Unaccent(c.Text)
			return []bot.Part{{Text: said, Segments: text.SMS(said).Parts}}, nil
		}},
		bot.Zalo: {TwoWay: true, Open: func(in, now time.Time) bool { return now.Sub(in) < 7*24*time.Hour }, Render: func(c bot.Content) ([]bot.Part, error) {
			if strings.Contains(c.Text, "PA 0000") { // a text that this channel says in two parts
				return []bot.Part{{Text: "1", Segments: 1}, {Text: "2", Segments: 1}}, nil
			}
			return []bot.Part{{Text: c.Text, Segments: 1}}, nil
		}},
	}, q)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// office is records with a unit, a planner and a clock.
type testOffice struct {
	t    testing.TB
	db   *DB
	hand *hand
	unit int64
	n    int
}

func newOffice(t testing.TB, quiet string) *testOffice {
	t.Helper()
	db, h := clockedDB(t)
	o := &testOffice{t: t, db: db, hand: h}
	o.open(quiet)
	return o
}

func (o *testOffice) open(quiet string) {
	o.t.Helper()
	o.unit = must(o.t, o.db, `INSERT INTO units (code, name, kind, phone) VALUES ('1', 'xã Tân Biên', 'commune', '0276 3874 111') ON CONFLICT DO NOTHING`)
	if err := o.db.RefreshUnits(context.Background()); err != nil {
		o.t.Fatal(err)
	}
	o.db.UseNotifier(rungPlanner(o.t, quiet))
}

func (o *testOffice) person(name, phone string) int64 {
	o.t.Helper()
	id := must(o.t, o.db, `INSERT INTO people (unit_id, name, name_key, birth, created_at, updated_at) VALUES ($1, $2, $2, '1950', 0, 0)`, o.unit, name)
	if phone != "" {
		must(o.t, o.db, `INSERT INTO person_phones (person_id, phone, whose, since) VALUES ($1, $2, 'self', $3)`, id, phone, ms(o.hand.now()))
	}
	return id
}

// chat makes a Zalo conversation that is linked to a phone and was used just now.
func (o *testOffice) chat(phone string) int64 {
	o.t.Helper()
	o.n++
	now := ms(o.hand.now())
	return must(o.t, o.db, `INSERT INTO conversations (channel, address, phone, phone_since, last_in_at) VALUES ('zalo', $1, $2, $3, $3)`,
		fmt.Sprint("chat", o.n), phone, now)
}

// owe promises something and gives the notice's number.
func (o *testOffice) owe(n notice) int64 {
	o.t.Helper()
	if n.class == "" {
		n.class = casework.ClassStatus
		n.words = notify.Status(casework.Application{Code: "H1", Status: casework.StatusReceived}, o.hand.now())
	}
	o.n++
	if n.key == "" {
		n.key = fmt.Sprint("test:", o.n)
	}
	n.unit = o.unit
	if err := o.db.write(context.Background(), func(ctx context.Context, tx *Tx) error { return o.db.owe(ctx, tx, n) }); err != nil {
		o.t.Fatal(err)
	}
	return one[int64](o.t, o.db, `SELECT id FROM notices WHERE key = $1`, n.key)
}

// stands says where a notice is: "queued zalo,sms", "skipped opted_out".
func (o *testOffice) stands(id int64) string {
	o.t.Helper()
	return one[string](o.t, o.db, `SELECT state || CASE WHEN state IN ('failed', 'skipped') THEN ' ' || reason ELSE ' ' || tried END FROM notices WHERE id = $1`, id)
}

// claim takes what is due on a channel.
func (o *testOffice) claim(channel string) []delivery.Row {
	o.t.Helper()
	batch, err := o.db.Outbox().Claim(context.Background(), delivery.Want{Channel: channel, Rows: 10, Notices: 10, Lease: 20 * time.Second})
	if err != nil {
		o.t.Fatal(err)
	}
	return batch.Rows
}

func (o *testOffice) settle(row delivery.Row, state delivery.State) {
	o.t.Helper()
	s := delivery.Settlement{Row: row, State: state}
	switch state {
	case delivery.Failed:
		s.Failure = &bot.SendError{Class: bot.Unreachable, Code: "gone"}
	case delivery.Unknown:
		s.Failure = &bot.SendError{Class: bot.Unknown, Code: "lost"}
	default:
		s.ProviderID = fmt.Sprint("p", row.Out.ID)
	}
	if err := o.db.Outbox().Settle(context.Background(), s); err != nil {
		o.t.Fatal(err)
	}
}

// receipt lets the provider say something later.
func (o *testOffice) receipt(row delivery.Row, state bot.ReceiptState) {
	o.t.Helper()
	if err := o.db.Keep(context.Background(), bot.Decoded{Receipts: []bot.Receipt{{Channel: row.Out.To.Channel, ProviderID: fmt.Sprint("p", row.Out.ID),
		OutboxID: row.Out.ID, State: state}}}); err != nil {
		o.t.Fatal(err)
	}
	if _, _, err := o.db.Outbox().ApplyReceipts(context.Background(), 0); err != nil {
		o.t.Fatal(err)
	}
}

func (o *testOffice) only(channel string) delivery.Row {
	o.t.Helper()
	rows := o.claim(channel)
	if len(rows) != 1 {
		o.t.Fatalf("claimed %d rows on %s, want 1", len(rows), channel)
	}
	return rows[0]
}

func (o *testOffice) want(id int64, stands string) {
	o.t.Helper()
	if got := o.stands(id); got != stands {
		o.t.Errorf("notice %d is %q, want %q", id, got, stands)
	}
}

const aPhone = "+84912345678"

func TestAPromiseIsKeptOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	id := o.owe(notice{key: "k", phone: aPhone})
	o.owe(notice{key: "k", phone: aPhone})
	o.want(id, "queued sms")
	if n := one[int](t, o.db, `SELECT COUNT(*) FROM outbox WHERE notice_id = $1 AND lane = 1 AND address = $2`, id, aPhone); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
}

func TestTheNextRung(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		happen func(*testOffice, delivery.Row)
		want   string
		rows   int // on SMS
	}{
		"taken":               {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Sent) }, "sent zalo", 0},
		"arrived":             {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Delivered) }, "delivered zalo", 0},
		"refused":             {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Failed) }, "queued zalo,sms", 1},
		"refused, said twice": {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Failed); o.settle(r, delivery.Failed) }, "queued zalo,sms", 1},
		"unknown":             {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Unknown) }, "unknown zalo", 0},
		"lapsed": {func(o *testOffice, r delivery.Row) {
			o.hand.move(time.Minute)
			if _, err := o.db.Outbox().Lapse(context.Background(), bot.Zalo, time.Minute); err != nil {
				o.t.Fatal(err)
			}
		}, "unknown zalo", 0},
		"unknown, then refused":                  {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Unknown); o.settle(r, delivery.Failed) }, "queued zalo,sms", 1},
		"unknown, then a receipt that it failed": {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Unknown); o.receipt(r, bot.ReceiptFailed) }, "queued zalo,sms", 1},
		"unknown, then a receipt that it came":   {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Unknown); o.receipt(r, bot.ReceiptDelivered) }, "delivered zalo", 0},
		"taken, then a receipt that it failed": {func(o *testOffice, r delivery.Row) {
			o.settle(r, delivery.Sent)
			o.receipt(r, bot.ReceiptFailed)
			o.receipt(r, bot.ReceiptFailed)
		}, "queued zalo,sms", 1},
		"arrived, then a receipt that it failed": {func(o *testOffice, r delivery.Row) { o.settle(r, delivery.Delivered); o.receipt(r, bot.ReceiptFailed) }, "delivered zalo", 0},
		"refused, and SMS too": {func(o *testOffice, r delivery.Row) {
			o.settle(r, delivery.Failed)
			o.settle(o.only(bot.SMS), delivery.Failed)
		}, "failed gone", 1},
		"refused, and SMS unknown": {func(o *testOffice, r delivery.Row) {
			o.settle(r, delivery.Failed)
			o.settle(o.only(bot.SMS), delivery.Unknown)
		}, "unknown zalo,sms", 1},
		"refused by one who then refused all": {func(o *testOffice, r delivery.Row) {
			must(o.t, o.db, `INSERT INTO opt_outs (channel, address, class, why, since) VALUES ('sms', $1, 'all', 'asked', 1)`, aPhone)
			o.settle(r, delivery.Failed)
		}, "failed gone", 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, "")
			o.chat(aPhone)
			id := o.owe(notice{phone: aPhone})
			tt.happen(o, o.only(bot.Zalo))
			o.want(id, tt.want)
			if n := one[int](t, o.db, `SELECT COUNT(*) FROM outbox WHERE notice_id = $1 AND channel = 'sms'`, id); n != tt.rows {
				t.Errorf("%d rows on SMS, want %d", n, tt.rows)
			}
		})
	}
}

func TestANoticeOfTwoParts(t *testing.T) {
	t.Parallel()
	long := notice{class: casework.ClassGrievance, phone: aPhone, words: notify.Grievance("PA-0000-0000-0", casework.GrievanceAnswered, "", "")}
	long.words.Reply = "PA 0000"
	for name, tt := range map[string]struct {
		first, second delivery.State // second empty: not claimed
		want          string
		left          string // states of the rows on Zalo
	}{
		"both":              {delivery.Sent, delivery.Sent, "sent zalo", "sent,sent"},
		"half":              {delivery.Sent, "", "queued zalo", "sent,waiting"},
		"arrived and taken": {delivery.Delivered, delivery.Sent, "sent zalo", "delivered,sent"},
		"both arrived":      {delivery.Delivered, delivery.Delivered, "delivered zalo", "delivered,delivered"},
		"first refused":     {delivery.Failed, "", "queued zalo,sms", "failed,skipped"},
		"second refused":    {delivery.Sent, delivery.Failed, "failed gone", "sent,failed"},
		"first unknown":     {delivery.Unknown, delivery.Sent, "unknown zalo", "unknown,sent"},
		"unknown, refused":  {delivery.Unknown, delivery.Failed, "failed gone", "unknown,failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t, "")
			o.chat(aPhone)
			id := o.owe(long)
			o.settle(o.only(bot.Zalo), tt.first)
			if tt.second != "" {
				o.settle(o.only(bot.Zalo), tt.second)
			}
			o.want(id, tt.want)
			if got := one[string](t, o.db, `SELECT GROUP_CONCAT(state) FROM (SELECT state FROM outbox WHERE notice_id = $1 AND channel = 'zalo' ORDER BY id)`, id); got != tt.left {
				t.Errorf("rows are %s, want %s", got, tt.left)
			}
		})
	}
}

func TestQuietHoursHoldNotices(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "21:00-07:00")
	at := func(hour, minute int) {
		o.hand.move(time.Date(2026, 11, 24, hour, minute, 0, 0, bot.Hanoi).Sub(o.hand.now()))
	}
	tend := func() {
		if _, err := o.db.TendNotices(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	at(20, 59)
	o.want(o.owe(notice{phone: aPhone}), "queued sms")
	at(21, 0)
	id := o.owe(notice{phone: aPhone})
	o.want(id, "waiting ")
	at(24+6, 59)
	tend()
	o.want(id, "waiting ")
	at(24+7, 0)
	tend()
	o.want(id, "queued sms")
}

func TestNoticesWaitForAPlanner(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	o.db.UseNotifier(nil)
	var ids []int64
	for i := range 250 {
		ids = append(ids, o.owe(notice{phone: fmt.Sprintf("+849120%05d", i)}))
	}
	o.want(ids[0], "waiting ")
	must(t, o.db, `UPDATE notices SET words = X'00' WHERE id = $1`, ids[1])
	o.db.UseNotifier(rungPlanner(t, ""))
	n, err := o.db.TendNotices(context.Background())
	if err != nil || n != len(ids) {
		t.Fatalf("planned %d (%v), want %d", n, err, len(ids))
	}
	o.want(ids[0], "queued sms")
	o.want(ids[1], "skipped unreadable")
	o.want(ids[249], "queued sms")
}

func TestStoppingNotices(t *testing.T) {
	t.Parallel()
	o := newOffice(t, "")
	ctx := context.Background()
	who := o.person("Lê Văn An", aPhone)
	waiting := o.owe(notice{phone: aPhone, person: who})
	claimed := o.owe(notice{phone: aPhone, person: who, expires: o.hand.now().Add(time.Hour)})
	other := o.owe(notice{phone: "+84912345679"})
	must(t, o.db, `UPDATE outbox SET not_before = $1 WHERE notice_id <> $2`, ms(o.hand.now().Add(time.Minute)), claimed)
	row := o.only(bot.SMS)
	drop := func(do func(context.Context, *Tx) error) {
		if err := o.db.write(ctx, do); err != nil {
			t.Fatal(err)
		}
	}
	drop(func(ctx context.Context, tx *Tx) error { return o.db.dropNotices(ctx, tx, aPhone, "wrong_number") })
	o.want(waiting, "skipped wrong_number")
	o.want(claimed, "queued sms")
	o.want(other, "queued sms")
	o.settle(row, delivery.Sent)
	o.want(claimed, "sent sms")

	o.db.UseNotifier(nil)
	later := o.owe(notice{phone: aPhone, person: who})
	filed := o.owe(notice{phone: aPhone, person: who, class: casework.ClassGrievance, words: notify.Grievance("PA-4821-7036-2", casework.GrievanceAnswered, "", "")})
	drop(func(ctx context.Context, tx *Tx) error { return o.db.silence(ctx, tx, who) })
	o.want(later, "skipped silenced")
	o.want(filed, "waiting ") // who filed is not always who it is about
}

// TestReasonsAndLogsNameNobody plants a name, a phone and a text, and looks for them wherever they must not be.
func TestReasonsAndLogsNameNobody(t *testing.T) {
	t.Parallel()
	var logged strings.Builder
	h := newHand()
	db, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "t.db"),
		Options{Vault: plainVault{}, Clock: h.now, Log: slog.New(slog.NewTextHandler(&logged, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	if err != nil {
		t.Fatal(err)
	}
	o := &testOffice{t: t, db: db, hand: h}
	o.open("")
	who := o.person("Nguyễn Tuyệt Mật", aPhone)
	o.db.UseNotifier(nil)
	broken := o.owe(notice{phone: aPhone, person: who})
	must(t, db, `UPDATE notices SET words = X'4e677579' WHERE id = $1`, broken)
	o.db.UseNotifier(rungPlanner(t, ""))
	if _, err := db.TendNotices(context.Background()); err != nil {
		t.Fatal(err)
	}
	failed := o.owe(notice{phone: aPhone, person: who, class: casework.ClassGrievance, words: notify.Grievance("PA-4821-7036-2", casework.GrievanceAnswered, "lời riêng", "")})
	o.settle(o.only(bot.SMS), delivery.Failed)
	must(t, db, `UPDATE people SET quiet_at = 1 WHERE id = $1`, who)
	o.owe(notice{phone: aPhone, person: who})
	o.want(failed, "failed gone")
	kept := one[string](t, db, `SELECT GROUP_CONCAT(reason || ' ' || tried) FROM notices`) + one[string](t, db, `SELECT GROUP_CONCAT(fail_code) FROM outbox`)
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if logged.Len() == 0 {
		t.Error("nothing was logged of a notice that cannot be read")
	}
	for _, secret := range []string{"Tuyệt", "91234", "lời riêng", "PA-4821"} {
		if strings.Contains(logged.String(), secret) || strings.Contains(kept, secret) {
			t.Errorf("%q is in a log or a reason:\n%s\n%s", secret, logged.String(), kept)
		}
	}
}
