package text

import (
	"fmt"
	"testing"
	"time"
)

var fixedNow = time.Date(2026, 11, 22, 9, 0, 0, 0, zone) // a Sunday

func TestDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"5/11", "05/11/2026"},
		{"don khieu nai ngay 5/11 co ai nhan chua", "05/11/2026"},
		{"05-11-26", "05/11/2026"},
		{"5.11.2026", "05/11/2026"},
		{"5 / 11 / 2026", "05/11/2026"},
		{"５/１１", "05/11/2026"},
		{"2026-11-05", "05/11/2026"},
		{"05112026", "05/11/2026"},
		{"5-11", "05/11/2026"},
		{"ngày 5.11", "05/11/2026"},
		{"mùng 5", "05/12/2026"},
		{"mung nam", "05/12/2026"},
		{"mồng 1", "01/12/2026"},
		{"ngay 5 thang 11", "05/11/2026"},
		{"ngày 5 tháng 11 năm 2025", "05/11/2025"},
		{"5 thang 11", "05/11/2026"},
		{"ngày 5 t11", "05/11/2026"},
		{"mùng 5 tháng giêng", "05/01/2027"},
		{"20 tháng chạp", "20/12/2026"},
		{"hôm nay", "22/11/2026"},
		{"hom qua", "21/11/2026"},
		{"ngày mai", "23/11/2026"},
		{"Mai", "23/11/2026"},
		{"dạ mai ạ", "23/11/2026"},
		{"sáng mai lãnh tiền", "23/11/2026"},
		{"ngày kia", "24/11/2026"},
		{"bữa 20", "20/11/2026"},
		{"bữa 2", "02/12/2026"},
		{"ngày 31", "31/10/2026"},
		{"28/12", "28/12/2026"},
		{"5/1", "05/01/2027"},
		{"1/6", "01/06/2026"},
		{"29/2", "29/02/2028"},
		{"thứ ba tuần sau", "24/11/2026"},
		{"thu 6 tuan nay", "20/11/2026"},
		{"chủ nhật tuần trước", "15/11/2026"},
		{"thu 2 tuan toi", "23/11/2026"},
		{"7h30 ngày 05/11 tại nhà văn hóa", "05/11/2026"},
		{"31/02 hay 01/03", "01/03/2027"}, // both years are 98 and more days away; the nearer wins
		{"", ""},
		{"11/25", ""},
		{"31/02", ""},
		{"0/5", ""},
		{"mai táng phí", ""},
		{"bà Mai ở ấp 3", ""},
		{"1.5 triệu", ""},
		{"2-3 lần", ""},
		{"ngày 2 lần", ""},
		{"H53.22-260915-0007", ""},
		{"000.00.15.H34-220112-0001", ""},
		{"176/2025/NĐ-CP", ""},
		{"11/2026", ""},
		{"1.500.000đ", ""},
		{"0912.345.678", ""},
		{"rằm tháng bảy", ""},
		{"99999999", ""},
	} {
		got, ok := Date(c.in, fixedNow)
		if ok != (c.want != "") || ok && ShowDate(got) != c.want {
			t.Errorf("Date(%q) = %s, %v, want %q", c.in, ShowDate(got), ok, c.want)
		}
		if ok && (got.Hour() != 0 || got.Location() != zone) {
			t.Errorf("Date(%q) = %s is not midnight there", c.in, got)
		}
	}
	if got, _ := Date("hôm nay", time.Date(2026, 11, 22, 18, 0, 0, 0, time.UTC)); ShowDate(got) != "23/11/2026" {
		t.Errorf("at 18:00 UTC today is %s there, want 23/11/2026", ShowDate(got))
	}
}

func TestBirthDate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"1949", "1949-0-0"},
		{"mẹ tôi sinh năm 1949", "1949-0-0"},
		{"sn 49", "1949-0-0"},
		{"sinh nam 05", "2005-0-0"},
		{"12/03/1949", "1949-3-12"},
		{"đúng là 12/3/1949", "1949-3-12"},
		{"12-03-49", "1949-3-12"},
		{"12031949", "1949-3-12"},
		{"1949-03-12", "1949-3-12"},
		{"ngày 12 tháng 3 năm 1949", "1949-3-12"},
		{"3/1949", "1949-3-0"},
		{"", "0-0-0"},
		{"49", "0-0-0"},
		{"0912345678", "0-0-0"},
		{"không nhớ", "0-0-0"},
		{"31/02/1949", "0-0-0"},
		{"13/1949", "0-0-0"},
		{"072190123456", "0-0-0"},
	} {
		y, m, d, ok := BirthDate(c.in)
		if got := fmt.Sprintf("%d-%d-%d", y, m, d); got != c.want || ok != (c.want != "0-0-0") {
			t.Errorf("BirthDate(%q) = %s, %v, want %s", c.in, got, ok, c.want)
		}
	}
}

func TestShowDay(t *testing.T) {
	t.Parallel()
	want := []string{"Chủ nhật 22/11/2026", "thứ Hai 23/11/2026", "thứ Ba 24/11/2026", "thứ Tư 25/11/2026", "thứ Năm 26/11/2026",
		"thứ Sáu 27/11/2026", "thứ Bảy 28/11/2026"}
	for i, w := range want {
		if got := ShowDay(fixedNow.AddDate(0, 0, i), "vi"); got != w {
			t.Errorf("ShowDay = %q, want %q", got, w)
		}
	}
	if got := ShowDate(time.Date(2026, 11, 22, 20, 0, 0, 0, time.UTC)); got != "23/11/2026" {
		t.Errorf("ShowDate = %q: not the day in Viet Nam", got)
	}
}

func TestMoney(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want int64
	}{
		{"1tr8", 1_800_000}, {"1tr85", 1_850_000}, {"1tr850", 1_850_000}, {"3TR7", 3_700_000},
		{"1,8 triệu", 1_800_000}, {"1.8 triệu", 1_800_000}, {"1.8 củ", 1_800_000}, {"1.8cu", 1_800_000}, {"2 củ", 2_000_000},
		{"triệu rưỡi", 1_500_000}, {"2 triệu rưỡi", 2_500_000}, {"hai trieu ruoi", 2_500_000}, {"trăm rưỡi", 150_000}, {"nửa triệu", 500_000},
		{"năm trăm", 500_000}, {"nam tram", 500_000}, {"5 trăm", 500_000}, {"hai trăm rưỡi", 250_000}, {"một trăm lẻ năm ngàn", 105_000},
		{"500k", 500_000}, {"500 ngàn", 500_000}, {"500 nghìn", 500_000}, {"500.000d", 500_000}, {"500 đồng", 500},
		{"1.500.000đ", 1_500_000}, {"1.500.000", 1_500_000}, {"1,500,000 VND", 1_500_000}, {"1500000", 1_500_000}, {"1.620.000 đ", 1_620_000},
		{"1.500.000,00 đ", 1_500_000}, {"500", 500_000}, {"540", 540_000},
		{"một triệu tám", 1_800_000}, {"một triệu tám trăm", 1_800_000}, {"một triệu tám trăm ngàn", 1_800_000}, {"1 triệu 8", 1_800_000},
		{"1 triệu 850 ngàn", 1_850_000}, {"ba lăm triệu", 35_000_000}, {"hai mươi lăm triệu", 25_000_000}, {"mười triệu", 10_000_000},
		{"5 chục ngàn", 50_000}, {"44 tỷ", 44_000_000_000}, {"2 tỷ 300 triệu", 2_300_000_000}, {"tỷ", 0}, {"1,500 triệu", 1_500_000},
		{"bị trừ 300 ngàn là trừ khoản gì vậy", 300_000}, {"thu nhập 1,2 triệu thì có được hộ nghèo không?", 1_200_000},
		{"được 1tr8 hay 3tr7 mấy trường hợp nghỉ không lương", 1_800_000}, {"nhận 1 triệu 2 tháng rồi", 1_000_000}, {"(500k)", 500_000}, {"nhận 1.620.000 mỗi tháng", 1_620_000},
		{"1.500 người", 0},
		{"", 0}, {"0", 0}, {"2021", 0}, {"1.8", 0}, {"0912345678", 0}, {"072190123456", 0}, {"năm trăm người", 0}, {"tien tuoi gia moi nguoi duoc may tram", 0},
		{"sao tháng này có 500 mà không phải 540", 0}, {"nhà có 2 cụ", 0}, {"3 ngan hang", 0}, {"5/11/2026", 0}, {"H15.22-261101-0042", 0},
		{"ho 2 k co gi", 0}, {"lớp 12d", 0}, {"năm 2021", 0}, {"75 tuổi", 0}, {"99999999999999999999 tỷ", 0}, {"999999999999999 tỷ", 0}, {"0 đồng", 0},
	} {
		if got, ok := Money(c.in); got != c.want || ok != (c.want != 0) {
			t.Errorf("Money(%q) = %d, %v, want %d", c.in, got, ok, c.want)
		}
	}
}

func TestShowMoney(t *testing.T) {
	t.Parallel()
	for in, want := range map[int64]string{0: "0 đ", 500: "500 đ", 1000: "1.000 đ", 1_500_000: "1.500.000 đ", -50_000: "-50.000 đ", 44_000_000_000: "44.000.000.000 đ"} {
		if got := ShowMoney(in); got != want {
			t.Errorf("ShowMoney(%d) = %q, want %q", in, got, want)
		}
		if back, ok := Money(ShowMoney(in)); in >= 100 && (!ok || back != in) {
			t.Errorf("Money(ShowMoney(%d)) = %d, %v", in, back, ok)
		}
	}
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{"5/11", "mùng 5 tháng giêng", "29/2", "thứ ba tuần sau", "05112026", "bữa 20", "2026-11-05", "sn 49"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if d, ok := Date(s, fixedNow); ok {
			if again, ok := Date(ShowDate(d), fixedNow); !ok || !again.Equal(d) {
				t.Fatalf("Date(%q) = %s, which reads as %s", s, d, again)
			}
		}
		if y, m, d, ok := BirthDate(s); ok && (y < 1900 || y > 2199 || m < 0 || m > 12 || d < 0 || d > 31) {
			t.Fatalf("BirthDate(%q) = %d-%d-%d", s, y, m, d)
		}
	})
}

func FuzzMoney(f *testing.F) {
	for _, s := range []string{"1tr8", "triệu rưỡi", "1.500.000,00 đ", "hai mươi lăm triệu", "1,500 triệu", "9999999.999 ty", "!1,000A"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		dong, ok := Money(s)
		if ok != (dong > 0) || dong < 0 || dong > 2*tooMuch {
			t.Fatalf("Money(%q) = %d, %v", s, dong, ok)
		}
	})
}
