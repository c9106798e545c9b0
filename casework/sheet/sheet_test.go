package sheet

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"tiepdan/casework"
)

func rules(t testing.TB) casework.Rules {
	t.Helper()
	r, err := casework.LoadRules(nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// readAll reads a file that is small.
func readAll(t testing.TB, data []byte, table Table) ([]Row, Header, error) {
	t.Helper()
	var rows []Row
	h, err := Read(bytes.NewReader(data), table, rules(t), func(r Row) error {
		rows = append(rows, r)
		return nil
	})
	return rows, h, err
}

func faults(r Row) string {
	var out []string
	for _, f := range r.Bad {
		out = append(out, f.Column+"="+strings.TrimPrefix(f.Reason, "import.reason."))
	}
	return strings.Join(out, " ")
}

const goodCSV = "Mã hồ sơ;Họ và tên;Số CCCD;Năm sinh;SĐT;Chương trình;Trạng thái;Ngày hẹn;Số tiền;Ghi chú\n" +
	"H53.22-261101-0042;Lê Thị Sáu;72149001234;1949;912345678;btxh;Yêu cầu bổ sung giấy tờ;25/11/2026;1.620.000 đ;x\n" +
	"\n" +
	"HN 118;\"Trần Văn\nBảy\";;12/03/1950;0168 234 5678;Hộ nghèo;4;;;\n" +
	"H53.22-261101-0043;Nguyễn Văn A;;;;btxh;5;;;\n"

func TestReadCSV(t *testing.T) {
	t.Parallel()
	for name, data := range map[string][]byte{
		"plain":            []byte(goodCSV),
		"with BOM":         []byte("\xEF\xBB\xBF" + goodCSV),
		"windows lines":    []byte(strings.ReplaceAll(goodCSV, "\n", "\r\n")),
		"separator named":  []byte("sep=;\n" + goodCSV),
		"UTF-16":           utf16(goodCSV),
		"comma and quotes": []byte(strings.ReplaceAll(goodCSV, ";", ",")),
		"tabs":             []byte(strings.ReplaceAll(goodCSV, ";", "\t")),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rows, h, err := readAll(t, data, Applications())
			if err != nil {
				t.Fatal(err)
			}
			if len(rows) != 3 || rows[0].Number != 2 || rows[1].Number != 4 || rows[2].Number != 5 {
				t.Fatalf("rows are %+v", rows)
			}
			if len(h.Ignored) != 1 || h.Ignored[0] != "Ghi chú" {
				t.Errorf("ignored %q", h.Ignored)
			}
			want := map[string]string{"code": "H53.22-261101-0042", "name": "Lê Thị Sáu", "citizen": "072149001234", "birth": "1949",
				"phone": "+84912345678", "programme": "btxh", "status": "5", "appointed": "2026-11-25", "amount": "1620000"}
			if fmt.Sprint(rows[0].Values) != fmt.Sprint(want) || faults(rows[0]) != "" || rows[0].Repaired != 2 {
				t.Errorf("row 2: %v, faults %q, repaired %d", rows[0].Values, faults(rows[0]), rows[0].Repaired)
			}
			if got := rows[1].Values; got["name"] != "Trần Văn Bảy" || got["phone"] != "+84382345678" || got["birth"] != "1950-03-12" {
				t.Errorf("row 4: %v", got)
			}
		})
	}
}

func utf16(s string) []byte {
	out := []byte{0xFF, 0xFE}
	for _, r := range s {
		out = append(out, byte(r), byte(r>>8))
	}
	return out
}

func TestBadRowsAreNamed(t *testing.T) {
	t.Parallel()
	header := "code,name,cccd,phone,programme,status,step,ngay_nop,so_tien,ngay_sinh\n"
	for row, want := range map[string]string{
		"H1-1,Lê Sáu,,,btxh,12,,,,":                          "trang_thai=bad_status",
		"H1-1,,,,btxh,4,,,,":                                 "ho_ten=missing",
		"H1-1,Lê Sáu 2,,,btxh,4,,,,":                         "ho_ten=bad_name",
		"H1-1,Lê Sáu,123456789,,btxh,4,,,,":                  "cccd=bad_citizen",
		"H1-1,Lê Sáu,7.21E+10,,btxh,4,,,,":                   "cccd=damaged_number",
		"H1-1,Lê Sáu,,8.49E+10,btxh,4,,,,":                   "dien_thoai=damaged_number",
		"H1-1,Lê Sáu,,0912 345,btxh,4,,,,":                   "dien_thoai=bad_phone",
		"H1-1,Lê Sáu,,0912345678 / 0987654321,btxh,4,,,,":    "dien_thoai=bad_phone",
		"H1-1,Lê Sáu,,,,4,,,,":                               "chuong_trinh=missing",
		"H1-1,Lê Sáu,,,btxh,4,nghỉ,,,":                       "buoc=bad_step",
		"H1-1,Lê Sáu,,,btxh,4,,31/02/2026,,":                 "ngay_nop=bad_date",
		"H1-1,Lê Sáu,,,btxh,4,,11/25/2026,,":                 "ngay_nop=bad_date",
		"H1-1,Lê Sáu,,,btxh,4,,25/11/26,,":                   "ngay_nop=bad_date",
		"H1-1,Lê Sáu,,,btxh,4,,46351,,":                      "ngay_nop=bad_date", // a serial number says nothing in a CSV
		"H1-1,Lê Sáu,,,btxh,4,,,-5,":                         "so_tien=bad_amount",
		"H1-1,Lê Sáu,,,btxh,4,,,1.5,":                        "so_tien=bad_amount",
		`H1-1,Lê Sáu,,,btxh,4,,,"1,5",`:                      "so_tien=bad_amount",
		"H1-1,Lê Sáu,,,btxh,4,,,,hôm qua":                    "ngay_sinh=bad_birth",
		"-,Lê Sáu,,,btxh,4,,,,":                              "ma_ho_so=missing",
		"!,Lê Sáu,,,btxh,4,,,,":                              "ma_ho_so=bad_code",
		"H1-1,NguyÔn V¨n An,,,btxh,4,,,,":                    "ho_ten=legacy_text",
		"H1-1,Nguyeãn Vaên Huøng,,,btxh,4,,,,":               "ho_ten=legacy_text",
		"H1-1,TrÇn ThÞ Bè,,,btxh,4,,,,":                      "ho_ten=legacy_text",
		"H1-1,#N/A,,,btxh,4,,,,":                             "ho_ten=cell_error",
		"H1-1," + strings.Repeat("a", 101) + ",,,btxh,4,,,,": "ho_ten=too_long",
		"H1-1,Y Ñuăt,,,btxh,4,,,,":                           "",
		"H1-1,Ðinh Thị Hoà,,,btxh,4,,,\"1,500,000\",":        "",
	} {
		rows, _, err := readAll(t, []byte(header+row+"\n"), Applications())
		if err != nil || len(rows) != 1 || faults(rows[0]) != want {
			t.Errorf("%s: %v, %v; want %q", row, rows, err, want)
		}
	}
}

func TestPayoutsNeedOneOfTwo(t *testing.T) {
	t.Parallel()
	header := "cccd,ho_ten,chuong_trinh,ky,so_tien,hien_vat,ngay_chi,dia_diem\n"
	for row, want := range map[string]string{
		"072149001234,Lê Sáu,rice,11/2026,,15 kg gạo,25/11/2026,Ấp 3": "",
		",Lê Sáu,rice,11/2026,,15 kg gạo,25/11/2026,Ấp 3":             "ma_ho_so=missing_either",
		"072149001234,Lê Sáu,rice,11/2026,,,25/11/2026,Ấp 3":          "so_tien=missing_either",
		"12,Lê Sáu,rice,11/2026,1,,25/11/2026,Ấp 3":                   "cccd=bad_citizen",
	} {
		rows, _, err := readAll(t, []byte(header+row+"\n"), Payouts())
		if err != nil || len(rows) != 1 || faults(rows[0]) != want {
			t.Errorf("%s: %v, %v; want %q", row, rows, err, want)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		data   string
		reason string
	}{
		"empty":          {"", "import.file.empty"},
		"no columns":     {"a,b\n1,2\n", "import.file.no_column"},
		"column twice":   {"ma_ho_so,Mã HS,ho_ten,chuong_trinh,trang_thai\n", "import.file.column_twice"},
		"old excel":      {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "import.file.old_excel"},
		"broken excel":   {"PK\x03\x04 nothing", "import.file.broken_excel"},
		"other encoding": {"ma_ho_so,ho_ten,chuong_trinh,trang_thai\nH1-1,Nguy\xD4n,btxh,4\n", "import.file.not_utf8"},
		"open quote":     {"ma_ho_so,ho_ten,chuong_trinh,trang_thai\nH1-1,\"Lê,btxh,4\n", "import.file.broken"},
	} {
		_, _, err := readAll(t, []byte(tt.data), Applications())
		var fe *FileError
		if !errors.As(err, &fe) || fe.Reason != tt.reason {
			t.Errorf("%s: %v, want %s", name, err, tt.reason)
		}
	}
	big := io.MultiReader(strings.NewReader("ma_ho_so,ho_ten,chuong_trinh,trang_thai\n"), endless{})
	_, err := Read(big, Applications(), rules(t), func(Row) error { return nil })
	var fe *FileError
	if !errors.As(err, &fe) || fe.Reason != "import.file.too_large" && fe.Reason != "import.file.too_many_rows" {
		t.Errorf("an endless file: %v", err)
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	return copy(p, strings.Repeat("H1-1,L,btxh,4\n", len(p)/14+1)), nil
}

func workbook(t testing.TB, rows [][]any) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer func() { _ = f.Close() }()
	style, err := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.SetColStyle("Sheet1", "F", style); err != nil {
		t.Fatal(err)
	}
	for i, row := range rows {
		if len(row) == 0 {
			continue
		}
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestReadXLSX(t *testing.T) {
	t.Parallel()
	data := workbook(t, [][]any{
		{"Mã hồ sơ", "Họ tên", "CCCD", "Điện thoại", "Chương trình", "Ngày hẹn", "Trạng thái", "Số tiền", "Ngày sinh"},
		{"H53.22-261101-0042", "Lê Thị Sáu", 72149001234, 912345678, "btxh", 46351, 5, 1620000.0, 1949},
		{},
		{"HN118", "Trần Văn Bảy", "072049001235", "0168 234 5678", "btxh", "25/11/2026", "Đang xử lý", "540.000", 18334},
		{"HN119", "Trần Văn Tám", 7.2e10, "", "btxh", "xx", "Đang xử lý", "", ""},
	})
	rows, _, err := readAll(t, data, Applications())
	if err != nil {
		t.Fatal(err)
	}
	if len(rows) != 3 || rows[0].Number != 2 || rows[1].Number != 4 || rows[2].Number != 5 {
		t.Fatalf("rows are %+v", rows)
	}
	want := map[string]string{"code": "H53.22-261101-0042", "name": "Lê Thị Sáu", "citizen": "072149001234", "birth": "1949",
		"phone": "+84912345678", "programme": "btxh", "status": "5", "appointed": "2026-11-25", "amount": "1620000"}
	if fmt.Sprint(rows[0].Values) != fmt.Sprint(want) || faults(rows[0]) != "" {
		t.Errorf("row 2: %v, faults %q", rows[0].Values, faults(rows[0]))
	}
	if got := rows[1].Values; got["phone"] != "+84382345678" || got["appointed"] != "2026-11-25" || got["birth"] != "1950-03-12" || got["amount"] != "540000" {
		t.Errorf("row 4: %v", got)
	}
	if got := faults(rows[2]); got != "ngay_hen=bad_date" {
		t.Errorf("row 5: %q, values %v", got, rows[2].Values)
	}
}

func TestAZipBombIsRefused(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.Create("xl/worksheets/sheet1.xml")
	if err != nil {
		t.Fatal(err)
	}
	zeros := make([]byte, 1<<20)
	for range 300 {
		if _, err := w.Write(zeros); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = readAll(t, b.Bytes(), Applications())
	var fe *FileError
	if !errors.As(err, &fe) || fe.Reason != "import.file.too_large" {
		t.Errorf("300 MB of zeros: %v", err)
	}
}

// TestMemoryStaysFlat reads a long file and looks at what is held at its end.
func TestMemoryStaysFlat(t *testing.T) { // not parallel: it measures the heap
	f := excelize.NewFile()
	w, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	put := func(row int, cells ...any) {
		if err := w.SetRow(fmt.Sprintf("A%d", row), cells); err != nil {
			t.Fatal(err)
		}
	}
	put(1, "ma_ho_so", "ho_ten", "dien_thoai", "chuong_trinh", "ky", "so_tien", "ngay_chi", "dia_diem")
	const n = 12_000
	for i := range n {
		put(i+2, fmt.Sprintf("H53.22-261101-%05d", i), "Nguyễn Văn Ba", fmt.Sprintf("09%08d", i), "btxh", "12/2026", 540000, "08/12/2026", "Nhà văn hóa ấp 3")
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := errors.Join(f.Write(&b), f.Close()); err != nil {
		t.Fatal(err)
	}
	f, w = nil, nil
	var before, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	rows, most := 0, uint64(0)
	_, err = Read(&b, Payouts(), rules(t), func(r Row) error {
		rows++
		if len(r.Bad) > 0 {
			t.Errorf("row %d: %v", r.Number, r.Bad)
		}
		if rows%3000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
		}
		return nil
	})
	if err != nil || rows != n {
		t.Fatalf("read %d rows: %v", rows, err)
	}
	if held := int64(most) - int64(before.HeapAlloc); held > 32<<20 {
		t.Errorf("%d MB were held while reading", held>>20)
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(goodCSV))
	f.Add([]byte("sep=;\nma_ho_so;ho_ten\n\"a\nb\";\"\"\"\n"))
	f.Add(utf16("ma_ho_so\tho_ten\tcccd"))
	r := rules(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, table := range []Table{Applications(), Payouts(), Units(), People()} {
			last := 0
			_, err := Read(bytes.NewReader(data), table, r, func(row Row) error {
				if row.Number <= last {
					t.Errorf("row %d follows row %d", row.Number, last)
				}
				last = row.Number
				return nil
			})
			var fe *FileError
			if err != nil && !errors.As(err, &fe) {
				t.Errorf("an error that names no reason: %v", err)
			}
		}
	})
}

func FuzzCell(f *testing.F) {
	for _, s := range []string{"25/11/2026", "46351", "7.2E10", "1.500.000 đ", "0168 234 5678", "NguyÔn", "#REF!", "12/03/1949", "Đang xử lý"} {
		f.Add(s)
	}
	r := rules(f)
	f.Fuzz(func(t *testing.T, s string) {
		for _, typed := range []bool{true, false} {
			p := parser{rules: r, source: source{typed: typed}}
			for form := FormText; form <= FormWhose; form++ {
				got := p.cell(&Column{Key: "x", Name: "x", Form: form}, s)
				if got.reason != "" && got.value != "" {
					t.Errorf("form %d of %q: both a value and a reason", form, s)
				}
				if form == FormDate && got.value != "" && (len(got.value) != 10 || got.value < "1990") {
					t.Errorf("%q became the date %q", s, got.value)
				}
				if form == FormPhone && got.value != "" && !strings.HasPrefix(got.value, "+84") {
					t.Errorf("%q became the phone %q", s, got.value)
				}
			}
		}
	})
}

// TestHeadersOfOffices: a name in two columns, a hamlet beside its unit, a household; accents tell "họ" from "hộ".
func TestHeadersOfOffices(t *testing.T) {
	t.Parallel()
	rows, h, err := readAll(t, []byte("Mã HS;HỌ;Tên;Hộ;Xã;Ấp;Chế độ;Tình trạng\nH1-1;Lê Thị;Sáu;12;Tân Biên;3;btxh;4\n"), Applications())
	if err != nil || len(rows) != 1 || len(h.Ignored) != 0 {
		t.Fatalf("%+v, %+v, %v", rows, h, err)
	}
	want := map[string]string{"code": "H1-1", "name": "Lê Thị Sáu", "household": "12", "unit": "Tân Biên", "hamlet": "3", "programme": "btxh", "status": "4"}
	if fmt.Sprint(rows[0].Values) != fmt.Sprint(want) || faults(rows[0]) != "" {
		t.Errorf("%v, faults %q", rows[0].Values, faults(rows[0]))
	}
	rows, _, err = readAll(t, []byte("ho_ten,ho,ma_cha\nLê Sáu,12,\n"), People())
	if err != nil || rows[0].Values["household"] != "12" || rows[0].Values["name"] != "Lê Sáu" {
		t.Errorf("%+v, %v", rows, err)
	}
	rows, _, err = readAll(t, []byte("Mã,Tên,Cấp,Mã cha\n25486,Xã Tân Biên,Xã,80\n"), Units())
	if err != nil || rows[0].Values["parent"] != "80" || rows[0].Values["level"] != "commune" {
		t.Errorf("%+v, %v", rows, err)
	}
}

func TestWhatIsNoTableIsNamed(t *testing.T) {
	t.Parallel()
	for _, start := range []string{"%PDF-1.7\n", "\x89PNG\r\n\x1a\n", "\xFF\xD8\xFF\xE0", "<html><table>", "\xEF\xBB\xBF <?xml", "{\\rtf1", "Rar!\x1a\a", "\x1f\x8b\b"} {
		_, _, err := readAll(t, []byte(start+"more of it than eight bytes"), Applications())
		var fe *FileError
		if !errors.As(err, &fe) || fe.Reason != "import.file.no_table" {
			t.Errorf("%q: %v", start, err)
		}
	}
}
