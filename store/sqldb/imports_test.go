package sqldb

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"tiepdan/casework"
	"tiepdan/casework/sheet"
)

const appHeader = "ma_ho_so,ho_ten,cccd,ngay_sinh,dien_thoai,chuong_trinh,don_vi,trang_thai,buoc,ket_qua,ngay_nop,ngay_hen,can_bo_sung\n"

func TestUnitsAreImportedAndFound(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	home := db.Home()
	if home.Code != "25486" || home.Region != "south" || len(home.Aliases) != 2 || home.Counter == "" {
		t.Errorf("home is %+v", home)
	}
	if got := db.Places().Find("xã Thạnh Tây cũ"); len(got) != 1 || got[0].Place.ID != home.ID || !got[0].Former {
		t.Errorf("an old name finds %+v", got)
	}
	if u, err := db.Unit(home.ID); err != nil || u.Name != "Xã Tân Biên" {
		t.Errorf("unit: %+v, %v", u, err)
	}
	if _, err := db.Unit(999); !errors.Is(err, casework.ErrNotFound) {
		t.Errorf("no such unit: %v", err)
	}
	r, err := tryImport(db, ImportUnits, "code,name,level,parent\n25492,Xã A,commune,99\n", ImportOptions{})
	if !errors.Is(err, ErrRejected) || len(r.Rejected) != 1 || r.Rejected[0].Row != 2 || r.Rejected[0].Column != "parent" {
		t.Errorf("an unknown unit above: %+v, %v", r, err)
	}
	importCSV(t, db, ImportUnits, "code,name,level,parent,phone\n25486,Xã Tân Biên,commune,80,0276 1\n", ImportOptions{})
	if got := db.Home(); got.Phone != "0276 1" || got.Counter == "" {
		t.Errorf("a file without a column changed it: %+v", got)
	}
}

func TestRowsNameTheirUnit(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	file := appHeader + "H1-1,Lê Sáu,,,,btxh,Ấp 3,4,,,,,\nH1-2,Lê Bảy,,,,btxh,xã Tân Lập,4,,,,,\nH1-3,Lê Tám,,,,btxh,,4,,,,,\nH1-4,Lê Chín,,,,btxh,25489,4,,,,,\n"
	importCSV(t, db, ImportApplications, file, ImportOptions{})
	for code, want := range map[string]string{"H11": "25486", "H12": "25489", "H13": "25486", "H14": "25489"} {
		app, err := db.ApplicationByCode(context.Background(), code)
		if err != nil {
			t.Fatal(err)
		}
		if u, err := db.Unit(app.UnitID); err != nil || u.Code != want {
			t.Errorf("%s is filed under %s (%v), want %s", code, u.Code, err, want)
		}
	}
	home := db.Home()
	r, err := db.Import(context.Background(), ImportApplications, home.ID, strings.NewReader(file+"\n"), ImportOptions{})
	if !errors.Is(err, ErrRejected) || len(r.Rejected) != 2 {
		t.Errorf("a commune's own import takes another one's rows: %v, %+v", err, r.Rejected)
	}
}

func TestTheFirstImportNotifiesNobodyAndTheNextTells(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	file := appHeader +
		"H53.22-261101-0001,Lê Thị Sáu,072149001234,1949,0912345678,btxh,Ấp 3,4,,,01/11/2026,25/11/2026,\n" +
		"DS-1,Trần Văn Bảy,,1950,0987654321,poor,,4,listed,,,,\n"
	r := importCSV(t, db, ImportApplications, file, ImportOptions{})
	if r.Rows != 2 || r.New != 2 || r.WouldNotify != 0 || len(outbox(t, db)) != 0 {
		t.Fatalf("first import: %+v, outbox %v", r, outbox(t, db))
	}
	app, err := db.ApplicationByCode(context.Background(), "H53222611010001")
	if err != nil || app.Form != casework.FormDossier || app.Status != casework.StatusProcessing || app.Appointed != "2026-11-25" {
		t.Errorf("kept %+v, %v", app, err)
	}
	if app, err = db.ApplicationByCode(context.Background(), "DS1"); err != nil || app.Form != casework.FormList {
		t.Errorf("a list entry: %+v, %v", app, err)
	}
	if r = importCSV(t, db, ImportApplications, file, ImportOptions{}); r.Unchanged != 2 || r.New+r.Changed != 0 {
		t.Errorf("the same file again: %+v", r)
	}
	next := appHeader +
		"h53.22 261101 0001,Lê Thị Sáu,072149001234,1949,0912345678,btxh,Ấp 3,5,,,01/11/2026,25/11/2026,giấy xác nhận\n" +
		"DS-1,Trần Văn Bảy,,1950,0987654321,poor,,4,review,,,,\n" +
		"H53.22-261101-0002,Ngô Thị Tám,,1951,0911111111,btxh,,2,,,02/11/2026,,\n"
	r = importCSV(t, db, ImportApplications, next, ImportOptions{})
	out := outbox(t, db)
	if r.New != 1 || r.Changed != 2 || r.WouldNotify != 2 || len(out) != 2 {
		t.Fatalf("second import: %+v, outbox %v", r, out)
	}
	if out[0].address != "+84912345678" || !strings.Contains(out[0].text, "can bo sung giay to") || strings.Contains(out[0].text, "giay xac nhan") || out[0].lane != 1 {
		t.Errorf("told %+v", out[0])
	}
	if out[1].address != "+84911111111" || !strings.Contains(out[1].text, "da nhan ho so H53.22-261101-0002") {
		t.Errorf("told %+v", out[1])
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM people`); n != 3 {
		t.Errorf("%d people are kept, want 3", n)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM import_rows`); n != 0 {
		t.Errorf("%d staged rows are left", n)
	}
}

func TestNothingIsTakenUnlessEveryRowIsGood(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	file := appHeader + "H1-1,Lê Sáu,,,,btxh,,4,,,,,\nH1-2,Lê Bảy,,,,btxh,,44,,,,,\nH1-1,Lê Tám,,,,btxh,,4,,,,,\nH1-3,Lê Chín,,,,btxh,xã lạ,4,,,,,\n"
	r, err := tryImport(db, ImportApplications, file, ImportOptions{})
	want := `[{"row":3,"column":"trang_thai","reason":"import.reason.bad_status"},{"row":4,"column":"ma_ho_so","reason":"import.reason.duplicate","args":{"row":"2"}},` +
		`{"row":5,"column":"don_vi","reason":"import.reason.unknown_unit"}]`
	if got := asJSON(t, r.Rejected); !errors.Is(err, ErrRejected) || got != want || r.Rows != 4 {
		t.Errorf("%v, %d rows, rejected %s", err, r.Rows, got)
	}
	if n := countRows(t, db, `SELECT (SELECT COUNT(*) FROM applications) + (SELECT COUNT(*) FROM people)`); n != 0 {
		t.Errorf("%d rows were taken", n)
	}
	r, err = tryImport(db, ImportApplications, file, ImportOptions{SkipBad: true})
	if err != nil || len(r.Rejected) != 3 || r.New != 1 || countRows(t, db, `SELECT COUNT(*) FROM applications`) != 1 {
		t.Errorf("skipping the bad ones: %+v, %v", r, err)
	}
}

func TestManyNoticesAreAskedFor(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	importCSV(t, db, ImportApplications, appHeader+"H1-0,Lê Không,,,,btxh,,4,,,,,\n", ImportOptions{})
	var b strings.Builder
	b.WriteString(appHeader)
	for i := range 51 {
		fmt.Fprintf(&b, "H2-%03d,Lê Người,,%d-01-02,09%08d,btxh,,2,,,,,\n", i, 1900+i, i)
	}
	r, err := tryImport(db, ImportApplications, b.String(), ImportOptions{})
	if !errors.Is(err, ErrAskNotify) || r.WouldNotify != 51 || countRows(t, db, `SELECT COUNT(*) FROM applications`) != 1 {
		t.Fatalf("%v, %+v", err, r)
	}
	again, err := tryImport(db, ImportApplications, b.String(), ImportOptions{Notify: true})
	if err != nil || again.ID != r.ID || again.New != 51 || len(outbox(t, db)) != 51 {
		t.Errorf("with leave: %v, %+v, %d told", err, again, len(outbox(t, db)))
	}
}

func TestPeopleAreMatchedAndNeverMerged(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	importCSV(t, db, ImportApplications, appHeader+
		"H1-1,Lê Thị Sáu,072149001234,1949,0912345678,btxh,,4,,,,,\n"+
		"H1-2,Lê Thị Sáu,072149001234,,,poor,,4,,,,,\n"+ // the same number
		"H1-3,Lê Thị Sáu,072149005678,1949,0912345678,btxh,,4,,,,,\n"+ // another number, all else equal
		"H1-4,Trần Văn Bảy,,12/03/1950,,btxh,,4,,,,,\n"+
		"H1-5,TRẦN VĂN BẢY,,12/03/1950,0987654321,btxh,,4,,,,,\n"+ // name and date
		"H1-6,Ngô Tám,,1960,0911111111,btxh,,4,,,,,\n"+
		"H1-7,Ngô Tám,,1960,0922222222,btxh,,4,,,,,\n"+ // a year alone, and another phone
		"H1-8,Ngô Tám,,,0911111111,btxh,,4,,,,,\n", ImportOptions{}) // name and phone
	person := func(code string) int64 {
		app, err := db.ApplicationByCode(context.Background(), code)
		if err != nil {
			t.Fatal(err)
		}
		return app.PersonID
	}
	for _, tt := range []struct {
		a, b string
		same bool
	}{{"H11", "H12", true}, {"H11", "H13", false}, {"H14", "H15", true}, {"H16", "H17", false}, {"H16", "H18", true}} {
		if got := person(tt.a) == person(tt.b); got != tt.same {
			t.Errorf("%s and %s are the same person: %v", tt.a, tt.b, got)
		}
	}
	r, err := tryImport(db, ImportApplications, appHeader+"H1-1,Lê Thị Sáu,072149009999,,,btxh,,4,,,,,\n", ImportOptions{})
	if !errors.Is(err, ErrRejected) || len(r.Rejected) != 1 || r.Rejected[0].Reason != "import.reason.citizen_conflict" {
		t.Errorf("a code with another citizen number: %v, %+v", err, r.Rejected)
	}
	if ok, err := db.CitizenEndsWith(context.Background(), person("H11"), "1234"); err != nil || !ok {
		t.Errorf("the last four digits: %v, %v", ok, err)
	}
	if ok, _ := db.CitizenEndsWith(context.Background(), person("H11"), "5678"); ok {
		t.Error("another person's last four digits are proof")
	}
	if ok, _ := db.CitizenEndsWith(context.Background(), person("H14"), "1234"); ok {
		t.Error("an unknown number is proof")
	}
}

// snapshot is everything that an import may change, without ids and times.
func snapshot(t testing.TB, db *DB) string {
	t.Helper()
	var all strings.Builder
	for _, query := range []string{
		`SELECT a.code || '|' || p.name || '|' || p.citizen_hash || '|' || a.status || '|' || a.step || '|' || a.programme FROM applications a JOIN people p ON p.id = a.person_id ORDER BY 1`,
		`SELECT p.name || '|' || p.birth || '|' || COALESCE(l.phone, '') FROM people p LEFT JOIN person_phones l ON l.person_id = p.id ORDER BY 1`,
		`SELECT p.name || '|' || o.programme || '|' || o.period || '|' || o.state || '|' || o.amount || '|' || n.phone || '|' || n.state FROM payouts o JOIN people p ON p.id = o.person_id JOIN notices n ON n.id = o.notice_id ORDER BY 1`,
		`SELECT n.class || '|' || n.phone || '|' || n.state || '|' || COUNT(*) FROM notices n GROUP BY n.class, n.phone, n.state ORDER BY 1`,
		`SELECT kind || '|' || state || '|' || COUNT(*) FROM imports GROUP BY kind, state ORDER BY 1`,
		`SELECT 'staged|' || COUNT(*) FROM import_rows WHERE sealed IS NOT NULL`,
		`SELECT channel || '|' || address || '|' || COUNT(*) FROM outbox GROUP BY channel, address ORDER BY 1`,
	} {
		rows, err := db.read.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			all.WriteString(line + "\n")
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return all.String()
}

// TestABrokenOffImportEndsTheSame kills imports at random places, goes on with them, and compares the records with
// those of an office where nothing was ever broken off.
func TestABrokenOffImportEndsTheSame(t *testing.T) {
	t.Parallel()
	for seed := range uint64(3) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			rnd := rand.New(rand.NewPCG(seed, 1))
			files := []struct{ kind, csv string }{
				{ImportApplications, appHeader + "H9-0,Lê Không,,,,btxh,,4,,,,,\n"},
				{ImportApplications, randomApplications(rnd, 40)}, {ImportPayouts, randomPayouts(rnd, 30)},
				{ImportApplications, randomApplications(rnd, 40)}, {ImportPayouts, randomPayouts(rnd, 30)},
			}
			whole, _ := officeDB(t)
			broken, _ := officeDB(t)
			for _, f := range files {
				importCSV(t, whole, f.kind, f.csv, ImportOptions{SkipBad: true, Notify: true, chunk: 7})
				breakOff(t, broken, rnd, f.kind, f.csv)
			}
			if a, b := snapshot(t, whole), snapshot(t, broken); a != b {
				t.Errorf("records differ:\n%s", differing(a, b))
			}
		})
	}
}

// differing lists the lines that only one of two texts has.
func differing(a, b string) string {
	var out []string
	for _, pair := range [][3]string{{a, b, "whole:  "}, {b, a, "broken: "}} {
		for _, line := range strings.Split(pair[0], "\n") {
			if !strings.Contains("\n"+pair[1], "\n"+line+"\n") {
				out = append(out, pair[2]+line)
			}
		}
	}
	return strings.Join(out, "\n")
}

// breakOff imports a file and ends the import at random places until it is through.
func breakOff(t *testing.T, db *DB, rnd *rand.Rand, kind, csv string) {
	t.Helper()
	for try := range 100 {
		ctx, cancel := context.WithCancel(context.Background())
		steps := rnd.IntN(4 + try)
		_, err := db.Import(ctx, kind, 0, strings.NewReader(csv), ImportOptions{SkipBad: true, Notify: true, chunk: 7, Progress: func(string, int) {
			if steps--; steps < 0 {
				cancel()
			}
		}})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		if rnd.IntN(3) == 0 { // the server starts anew
			if err := db.ResumeImports(context.Background()); err != nil {
				t.Fatal(err)
			}
			if one[string](t, db, `SELECT state FROM imports ORDER BY id DESC LIMIT 1`) == "applied" {
				break
			}
		}
	}
	// What was broken off while it was read has left staged rows; they go with time.
	must(t, db, `DELETE FROM import_rows WHERE import_id IN (SELECT id FROM imports WHERE state IN ('staging', 'checked', 'refused'))`)
	must(t, db, `DELETE FROM imports WHERE state IN ('staging', 'checked', 'refused')`)
}

func randomApplications(rnd *rand.Rand, n int) string {
	var b strings.Builder
	b.WriteString(appHeader)
	for i := range n {
		who := rnd.IntN(30)
		fmt.Fprintf(&b, "H1-%d,Lê Người %c,0721490%05d,19%02d,09%08d,%s,,%d,,,,,\n", i*3+rnd.IntN(3), 'A'+rune(who%26), who, 40+who, who,
			[]string{"btxh", "poor", "ncc"}[rnd.IntN(3)], rnd.IntN(11)) // status 0 is bad
	}
	return b.String()
}

const payHeader = "ma_ho_so,cccd,ho_ten,dien_thoai,chuong_trinh,ky,so_tien,ngay_chi,gio,dia_diem\n"

func randomPayouts(rnd *rand.Rand, n int) string {
	var b strings.Builder
	b.WriteString(payHeader)
	for i := range n {
		who := rnd.IntN(30)
		code, citizen := fmt.Sprintf("H1-%d", 100+who), ""
		if rnd.IntN(2) == 0 {
			code, citizen = "", fmt.Sprintf("0721490%05d", who)
		}
		phone := fmt.Sprintf("09%08d", who/3)
		if rnd.IntN(5) == 0 {
			phone = ""
		}
		fmt.Fprintf(&b, "%s,%s,Lê Người %c,%s,%s,%d/2026,540000,0%d/12/2026,,Ấp 3\n", code, citizen, 'A'+rune(who%26), phone, []string{"btxh", "poor"}[rnd.IntN(2)], 10+i%2, 1+rnd.IntN(9))
	}
	return b.String()
}

func TestStaleStagingGoes(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	ctx, cancel := context.WithCancel(context.Background())
	_, err := db.Import(ctx, ImportApplications, 0, strings.NewReader(randomApplications(rand.New(rand.NewPCG(1, 1)), 30)), ImportOptions{chunk: 5, Progress: func(string, int) { cancel() }})
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	must(t, db, `UPDATE imports SET state = 'staging' WHERE kind = 'applications'`)
	must(t, db, `INSERT INTO import_rows (import_id, row, sealed) SELECT id, 900, 'x' FROM imports WHERE kind = 'applications'`)
	h.move(2 * time.Hour)
	if err := db.ResumeImports(context.Background()); err != nil {
		t.Fatal(err)
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM import_rows WHERE sealed IS NOT NULL`); n != 0 {
		t.Errorf("%d staged rows are left", n)
	}
}

func TestAnUnreadableFileIsNamed(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	_, err := tryImport(db, ImportApplications, "a,b\n", ImportOptions{})
	var fe *sheet.FileError
	if !errors.As(err, &fe) || fe.Reason != "import.file.no_column" {
		t.Errorf("%v", err)
	}
	if _, err := tryImport(db, "songs", "a\n", ImportOptions{}); err == nil {
		t.Error("an unknown kind was imported")
	}
	empty, _ := clockedDB(t)
	if _, err := tryImport(empty, ImportApplications, appHeader, ImportOptions{}); !errors.Is(err, ErrNoUnit) {
		t.Errorf("without a unit: %v", err)
	}
}

func TestImportedPeopleProve(t *testing.T) {
	t.Parallel()
	db, h := officeDB(t)
	importCSV(t, db, ImportPeople, "ho_ten,cccd,ngay_sinh,dien_thoai,ho,so_cua\nLê Sáu,072149001234,1949,0912345678,12,\nLê Bảy,,1975,0912345678,12,người nhà\n"+
		"Ngô Tám,,1950,0933333333,13,trưởng ấp\nNgô Chín,,1951,0944444444,14,\nNgô Mười,,1952,0944444444,15,\n", ImportOptions{})
	ctx := context.Background()
	for phone, want := range map[string]int{"+84912345678": 2, "+84933333333": 0, "+84944444444": 0, "+84900000000": 0, "": 0} {
		if got, err := db.Proven(ctx, phone, h.now()); err != nil || len(got) != want {
			t.Errorf("%q proves %d people (%v), want %d", phone, len(got), err, want)
		}
	}
	people, err := db.Proven(ctx, "+84912345678", h.now())
	if err != nil || people[0].Sex != casework.SexFemale || people[0].Name != "Lê Sáu" {
		t.Errorf("%+v, %v", people, err)
	}
	h.move(366 * 24 * time.Hour)
	if got, _ := db.Proven(ctx, "+84912345678", h.now()); len(got) != 0 {
		t.Errorf("after a silent year %d people are proven", len(got))
	}
	// A message after the silent year proves nobody: the number may be somebody else's.
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error { return heardFrom(ctx, tx, "+84912345678") })
	if err != nil {
		t.Fatal(err)
	}
	if got, _ := db.Proven(ctx, "+84912345678", h.now()); len(got) != 0 {
		t.Errorf("the first message after it proves %d people", len(got))
	}
}

func TestHamletsByNumber(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	ctx := context.Background()
	header := "ma_ho_so,ho_ten,chuong_trinh,don_vi,ap,trang_thai\n"
	importCSV(t, db, ImportApplications, header+"H1-1,Lê Sáu,btxh,Xã Tân Biên,3,4\nH1-2,Lê Bảy,btxh,,Ấp 3,4\nH1-3,Lê Tám,btxh,Tân Lập,,4\n", ImportOptions{})
	for code, want := range map[string]string{"H11": "25486 25486-3", "H12": "25486 25486-3", "H13": "25489 "} {
		got := one[string](t, db, `SELECT u.code || ' ' || COALESCE(h.code, '') FROM applications a JOIN people p ON p.id = a.person_id
			JOIN units u ON u.id = p.unit_id LEFT JOIN units h ON h.id = p.hamlet_id WHERE a.code_key = $1`, code)
		if got != want {
			t.Errorf("%s lives in %q, want %q", code, got, want)
		}
	}
	r, err := db.Import(ctx, ImportApplications, 0, strings.NewReader(header+"H1-4,Lê Chín,btxh,Tân Lập,3,4\n"), ImportOptions{})
	if !errors.Is(err, ErrRejected) || r.Rejected[0].Column != "ap" || r.Rejected[0].Reason != "import.reason.unknown_unit" {
		t.Errorf("a hamlet of another commune: %+v, %v", r.Rejected, err)
	}
}

// TestTheSameIsNotToldTwice: a decision that may not be told yet, or a payment that reads like the result before it, says nothing new.
func TestTheSameIsNotToldTwice(t *testing.T) {
	t.Parallel()
	db, _ := officeDB(t)
	header := "ma_ho_so,ho_ten,dien_thoai,chuong_trinh,trang_thai,buoc,ket_qua\n"
	importCSV(t, db, ImportApplications, header+"H1-1,Lê Sáu,0912345678,btxh,4,approval,\n", ImportOptions{})
	for i, step := range []struct {
		row   string
		tells int
	}{
		{"4,appraisal,", 0}, {"4,approval,granted", 0}, {"4,payment,granted", 1}, {"9,,granted", 0}, {"10,,granted", 1},
	} {
		r := importCSV(t, db, ImportApplications, header+"H1-1,Lê Sáu,0912345678,btxh,"+step.row+"\n", ImportOptions{})
		if r.Changed != 1 || r.WouldNotify != step.tells {
			t.Errorf("%d, %s: %+v", i, step.row, r)
		}
	}
	if n := countRows(t, db, `SELECT COUNT(*) FROM notices`); n != 2 {
		t.Errorf("%d notices", n)
	}
}
