package text

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestCodeKey(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"H15.22-261101-0042", "H152226110100 42"},
		{"h15 22 261101 0042", "H152226110100 42"},
		{"H15.22–261101—0042", "H152226110100 42"},
		{"Hl5.22-26llOl-0042", "HL52226LLOL0042"}, // only O is forgiven
		{"H15.22-2611O1-OO42", "H152226110100 42"},
		{"000.00.15.H15-220112-0001", "0000015H152201120001"},
		{"04486.G/2019/08708", "04486G201908708"},
		{"04486 g 2019 08708", "04486G201908708"},
		{"HN-2026-118", "HN2026118"},
		{"HO-2026-118", "H02026118"}, // the same with and without its dash
		{"HO2026118", "H02026118"},
		{"Đ-12", "D12"},
		{"", ""},
	} {
		if got, want := CodeKey(c.in), strings.ReplaceAll(c.want, " ", ""); got != want {
			t.Errorf("CodeKey(%q) = %q, want %q", c.in, got, want)
		}
	}
}

func TestFindCodes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"h53.22-260915-0007", []string{"H53222609150007"}},
		{"dạ cho con hỏi hồ sơ H53.22-260915-0007 xử lý tới bước nào rồi ạ", []string{"H53222609150007"}},
		{"H53 22 260915 0007", []string{"H53222609150007"}},
		{"h5322–260915–0007.", []string{"H53222609150007"}},
		{"H53222609150007", []string{"H53222609150007"}},
		{"H53.22-26O915-OOO7", []string{"H53222609150007"}},
		{"H53.22-260915-0007 ngày 12/10 0912345678", []string{"H53222609150007"}},
		{"mã H15.50.05.13-261008-0975 ạ", []string{"H1550051326100809 75"}},
		{"kiem tra giup em ma ho so 000.00.15.H34-220112-0001", []string{"0000015H342201120001"}},
		{"000 00 15 H34 220112 0001", []string{"0000015H342201120001"}},
		{"H53.22-269915-0007 H53.22-260915-0008", []string{"H53222609150008", "H53222699150007"}}, // the dated one first
		{"HS 04486.G/2019/08708", []string{"04486G201908708"}},
		{"04486.G/2019/08708 sao roi", []string{"04486G201908708"}},
		{"HS HN-2026-118", []string{"HN2026118"}},
		{"hs hn 2026 118 giup toi", []string{"HN2026118"}},
		{"HS BA 2026 118", []string{"BA2026118"}},
		{"HS 7", []string{"7"}},
		{"HS: 118.", []string{"118"}},
		{"ho so so 1180 cua toi", []string{"1180"}},
		{"mã đơn KN-0012 kết quả sao rồi ạ", []string{"KN0012"}},
		{"tra cuu 12/2026/HS-45", []string{"122026HS45"}},
		{"hs nộp 2 tuần r mà chưa thấy j hết", nil},
		{"hs 2 tuan roi", nil},
		{"ho so nop nam 2021", nil},
		{"ho so 500 ngan", nil},
		{"Hồ sơ mai táng phí của ba tôi đã nộp ngày 12/10", nil},
		{"bo sung so cmnd 261234567 cho ho so", nil},
		{"đc chi trả mới: số tk 0901 2345 6789", nil},
		{"gọi 0912-345-678 hoặc 0912.345.679", nil},
		{"cccd 079090123456, 079-090-123-456", nil},
		{"được 1tr8 hay 3tr7, 1.500.000đ, 1.8 củ", nil},
		{"ngày 5/11/2026, 05-11-26, 2026-11-05, 11/2026", nil},
		{"Nghị định 176/2025/NĐ-CP, QĐ 19/2025/QĐ-TTg, 115/QĐ-UBND", nil},
		{"thủ tục 1.010827 và 1.011442.000.00.00.H38", nil},
		{"PA-4821-7036-2", nil},
		{"NQ 68, covid-19, 7h30-11h", nil},
	} {
		for i := range c.want {
			c.want[i] = strings.ReplaceAll(c.want[i], " ", "")
		}
		if got := FindCodes(c.in); !slices.Equal(got, c.want) {
			t.Errorf("FindCodes(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	if got := FindCodes(strings.Repeat("HN-2026-1", 1) + " A-1001 A-1002 A-1003 A-1004 A-1005 A-1006"); len(got) != maxCodes {
		t.Errorf("%d codes, want at most %d", len(got), maxCodes)
	}
}

func TestLooksLikeCode(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{
		"H53.22-260915-0007": true, "h53 22 260915 0007": true, "HN-2026-118": true, "04486.G/2019/08708": true, "2026/000118": true,
		"": false, "5/11/2026": false, "0912.345.678": false, "1.500.000": false, "ho so": false, "118": false, "AB-1": false, "079-090-123-456": false,
	} {
		if got := LooksLikeCode(s); got != want {
			t.Errorf("LooksLikeCode(%q) = %v", s, got)
		}
	}
}

func FuzzFindCodes(f *testing.F) {
	for _, s := range []string{"HS HN 2026 118", "000.00.15.H34-220112-0001", "h5322–260915–0007", "HS", "ma -:# 1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		codes := FindCodes(s)
		if len(codes) > maxCodes {
			t.Fatalf("%d codes", len(codes))
		}
		for _, k := range codes {
			if k == "" || k != CodeKey(k) || countDigits(k) == 0 {
				t.Fatalf("FindCodes(%q) has %q", s, k)
			}
		}
		LooksLikeCode(s)
	})
}

func BenchmarkFindCodes(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		FindCodes("dạ cho con hỏi hồ sơ H53.22-260915-0007 xử lý tới bước nào rồi ạ")
	}
}

func seeded() io.Reader { return rand.NewChaCha8([32]byte{7}) }

func TestGrievanceCheckDigit(t *testing.T) {
	t.Parallel()
	if got := check("572"); got != '4' { // the example of Damm's thesis
		t.Errorf("check(572) = %c, want 4", got)
	}
	random := seeded()
	for range 200 {
		code, err := NewGrievanceCode(random)
		if err != nil || !ValidGrievanceCode(code) {
			t.Fatalf("new code %q: %v", code, err)
		}
		nine := onlyDigits(code)
		for i := range nine {
			for d := byte('0'); d <= '9'; d++ {
				wrong := nine[:i] + string(d) + nine[i+1:]
				if d != nine[i] && ValidGrievanceCode(showGrievance(wrong)) {
					t.Fatalf("%s with one wrong digit %s passes", nine, wrong)
				}
			}
			if i > 0 && nine[i] != nine[i-1] {
				swapped := nine[:i-1] + string(nine[i]) + string(nine[i-1]) + nine[i+1:]
				if ValidGrievanceCode(showGrievance(swapped)) {
					t.Fatalf("%s with neighbours swapped %s passes", nine, swapped)
				}
			}
		}
	}
}

func TestNewGrievanceCode(t *testing.T) {
	t.Parallel()
	got, err := NewGrievanceCode(bytes.NewReader([]byte{4, 255, 8, 2, 250, 1, 7, 0, 3, 6}))
	if err != nil || got != "PA-4821-7036-2" {
		t.Errorf("NewGrievanceCode = %q, %v", got, err)
	}
	if _, err := NewGrievanceCode(bytes.NewReader([]byte{1, 2})); !errors.Is(err, io.EOF) {
		t.Errorf("with too little chance: %v", err)
	}
	var count [10]int
	random := seeded()
	for range 2000 {
		code, err := NewGrievanceCode(random)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range onlyDigits(code)[:8] {
			count[d-'0']++
		}
	}
	for d, n := range count {
		if n < 1400 || n > 1800 {
			t.Errorf("digit %d came %d times of 16000", d, n)
		}
	}
}

func TestFindGrievanceCode(t *testing.T) {
	t.Parallel()
	const code = "PA-4821-7036-2"
	for _, c := range []struct {
		in, want string
		ok       bool
	}{
		{code, code, true},
		{"pa 482170362", code, true},
		{"PA482170362", code, true},
		{"pa-4821 7036 2 tới đâu rồi", code, true},
		{"Cho hỏi PA–4821–7036–2?", code, true},
		{"PA 4821 7O36 2", code, true},
		{"mã PA: 4821.7036.2", code, true},
		{"482170362", code, true},
		{" 4821-7036-2. ", code, true},
		{"PA-4821-7036-3 hay PA-4821-7036-2", code, true},
		{"PA-4821-7036-3", "PA-4821-7036-3", false},
		{"482170363", "PA-4821-7036-3", false},
		{"số 482170362 của tôi", "", false},
		{"PA 4821703621", "", false},
		{"PA 48217036", "", false},
		{"SPA 482170362", "", false},
		{"PA đường hỏng", "", false},
		{"0912345678", "", false},
		{"", "", false},
	} {
		if got, ok := FindGrievanceCode(c.in); got != c.want || ok != c.ok {
			t.Errorf("FindGrievanceCode(%q) = %q, %v, want %q, %v", c.in, got, ok, c.want, c.ok)
		}
	}
	for s, want := range map[string]bool{code: true, "pa-4821-7036-2": false, "PA-4821-7036-3": false, "482170362": false, "": false} {
		if ValidGrievanceCode(s) != want {
			t.Errorf("ValidGrievanceCode(%q) = %v", s, !want)
		}
	}
}

func FuzzFindGrievanceCode(f *testing.F) {
	for _, s := range []string{"PA-4821-7036-2", "pa 482170362", "482170362", "PAPA 4821-7036-22"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		code, ok := FindGrievanceCode(s)
		if ok != ValidGrievanceCode(code) {
			t.Fatalf("FindGrievanceCode(%q) = %q, %v", s, code, ok)
		}
	})
}

func TestCitizenNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in, want string
		repaired bool
	}{
		{"072190123456", "072190123456", false},
		{"072 190 123 456", "072190123456", false},
		{"001090123456", "001090123456", false},
		{"'001090123456", "001090123456", false},
		{"72190123456", "", true},
		{"1090123456", "", true},
		{"072490123456", "", false}, // century 4
		{"073190123456", "", false}, // no such province
		{"07219012345", "", false},
		{"0721901234567", "", false},
		{"261234567", "", false},
		{"+72190123456", "", false},
		{"x", "", false},
		{"", "", false},
	} {
		got, ok := CitizenNumber(c.in)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("CitizenNumber(%q) = %q, %v", c.in, got, ok)
		}
		number, repaired, ok := CitizenNumberRepaired(c.in)
		if ok != (c.want != "" || c.repaired) || ok && repaired != c.repaired || c.want != "" && number != c.want {
			t.Errorf("CitizenNumberRepaired(%q) = %q, %v, %v", c.in, number, repaired, ok)
		}
	}
	if n := len(strings.Fields(birthProvinces)); n != 63 {
		t.Errorf("%d provinces of birth, want 63", n)
	}
	for in, want := range map[string]string{
		"CCCD của tôi là 072190123456 ạ": "072190123456", "cccd:072 190 123 456.": "072190123456", "tk 0721901234567": "", "H072190123456": "", "0912345678": "",
	} {
		if got, ok := FindCitizenNumber(in); got != want || ok != (want != "") {
			t.Errorf("FindCitizenNumber(%q) = %q, %v", in, got, ok)
		}
	}
	for in, want := range map[string]string{"072190123456": "3456", "4 số cuối 3456": "3456", "345": "", "": "", "３４５６": "3456"} {
		if got := LastFour(in); got != want {
			t.Errorf("LastFour(%q) = %q, want %q", in, got, want)
		}
	}
}

func ExampleShowDay() {
	d, _ := Date("25/11/2026", fixedNow)
	fmt.Println(ShowDate(d), "|", ShowDay(d, "vi"), "|", ShowDay(d, "en"))
	// Output: 25/11/2026 | thứ Tư 25/11/2026 | Wednesday 25/11/2026
}
