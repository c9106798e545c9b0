package text

import (
	"errors"
	"testing"
)

func TestPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want, note string }{
		{"0912345678", "+84912345678", ""},
		{"84912345678", "+84912345678", ""},
		{"+84 912 345 678", "+84912345678", ""},
		{"0084912345678", "+84912345678", ""},
		{"912345678", "+84912345678", LeadingZero},
		{"'0912345678", "+84912345678", ""},
		{" 0912.345.678 ", "+84912345678", ""},
		{"0912-345-678", "+84912345678", ""},
		{"0912–345–678", "+84912345678", ""},
		{"(0912) 345 678", "+84912345678", ""},
		{"(+84) 0912 345 678", "+84912345678", ""},
		{"+84.912.345.678", "+84912345678", ""},
		{"０９１２３４５６７８", "+84912345678", ""},
		{"0912\u00a0345\u200b678", "+84912345678", ""},
		{"tel:+84912345678", "+84912345678", ""},
		{"0312345678", "+84312345678", ""},
		{"0592345678", "+84592345678", ""},
		{"0712345678", "+84712345678", ""},
		{"0812345678", "+84812345678", ""},
		{"841234567", "+84841234567", LeadingZero}, // 084 1234567 without its zero, not +84
		{"0841234567", "+84841234567", ""},
		{"02838291234", "+842838291234", ""},
		{"028 3829 1234", "+842838291234", ""},
		{"+842838291234", "+842838291234", ""},
		{"2838291234", "+842838291234", LeadingZero},
		{"0203382912", "+84203382912", ""},
		{"01621234567", "+84321234567", Converted11},
		{"01681234567", "+84381234567", Converted11},
		{"01201234567", "+84701234567", Converted11},
		{"01211234567", "+84791234567", Converted11},
		{"01231234567", "+84831234567", Converted11},
		{"01271234567", "+84811234567", Converted11},
		{"01861234567", "+84561234567", Converted11},
		{"01991234567", "+84591234567", Converted11},
		{"+841681234567", "+84381234567", Converted11},
		{"841681234567", "+84381234567", Converted11},
		{"1681234567", "+84381234567", Converted11},
	} {
		got, note, err := PhoneRepaired(c.in)
		if err != nil || got != c.want || note != c.note {
			t.Errorf("PhoneRepaired(%q) = %q, %q, %v, want %q, %q", c.in, got, note, err, c.want, c.note)
		}
		if again, err := Phone(got); err != nil || again != got {
			t.Errorf("Phone(%q) = %q, %v", got, again, err)
		}
	}
}

func TestNotPhone(t *testing.T) {
	t.Parallel()
	for _, s := range []string{
		"", " ", "+", "8.49E+10", "8.4912E+10", "091234567", "09123456789", "0112345678", "0412345678", "0612345678", "01611234567",
		"01951234567", "+1 202 555 0123", "+85512345678", "12345", "075090123456", "khong co", "0912345678a", "0912/345/678",
		"0912345678 0987654321", "++84912345678", "0+84912345678", "+912345678", "5/11/2026", "261234567",
	} {
		if got, err := Phone(s); !errors.Is(err, ErrNotPhone) {
			t.Errorf("Phone(%q) = %q, %v, want ErrNotPhone", s, got, err)
		}
	}
}

func TestFindPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"doi so moi la 0912345678", "+84912345678"},
		{"LH:0912 345 678.", "+84912345678"},
		{"ĐT 02838291234.", "+842838291234"},
		{"ĐT.0912.345.678, gặp anh Ba", "+84912345678"},
		{"goi 0912345678 0987654321", "+84912345678"},
		{"gọi (028) 3829 1234 giờ hành chính", "+842838291234"},
		{"so 01681234567 nhe", "+84381234567"},
		{"nhà 12 0912345678", "+84912345678"},
		{"ngày 05/11 0912345678", "+84912345678"},
		{"+84 912345678", "+84912345678"},
		{"số cũ 0987 bỏ rồi ạ", ""},
		{"bo sung so cmnd 261234567 cho ho so", ""},
		{"cccd 079090123456", ""},
		{"000.00.15.H34-220112-0001", ""},
		{"H53.22-0912345678", ""},
		{"HS0912345678", ""},
		{"tk 09123456781234", ""},
		{"1.500.000đ ngày 5/11/2026", ""},
		{"", ""},
	} {
		got, ok := FindPhone(c.in)
		if got != c.want || ok != (c.want != "") {
			t.Errorf("FindPhone(%q) = %q, %v, want %q", c.in, got, ok, c.want)
		}
	}
}

func TestShowPhone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, shown, masked string }{
		{"+84912345678", "0912 345 678", "09xx xxx 678"},
		{"+842838291234", "028 3829 1234", "02x xxxx x234"},
		{"+842963829123", "0296 382 9123", "02xx xxx x123"},
		{"+12025550123", "+12025550123", "xxxxxxxxx123"},
		{"", "", ""},
		{"ab", "ab", "ab"},
	} {
		if shown, masked := ShowPhone(c.in), MaskPhone(c.in); shown != c.shown || masked != c.masked {
			t.Errorf("%q: shown %q, masked %q, want %q, %q", c.in, shown, masked, c.shown, c.masked)
		}
	}
}

func FuzzPhone(f *testing.F) {
	for _, s := range []string{"0912345678", "+84 (0)912 345 678", "8.49E+10", "01681234567", "０９１２", "+84"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if e164, err := Phone(s); err == nil {
			if again, err := Phone(e164); err != nil || again != e164 {
				t.Fatalf("Phone(%q) = %q, which reads as %q, %v", s, e164, again, err)
			}
			if n, ok := nationalOf(e164); !ok || len(n) < 10 || len(n) > 11 {
				t.Fatalf("Phone(%q) = %q", s, e164)
			}
			if back, err := Phone(ShowPhone(e164)); err != nil || back != e164 {
				t.Fatalf("%q is shown as %q", e164, ShowPhone(e164))
			}
		}
		if e164, ok := FindPhone(s); ok {
			if _, err := Phone(e164); err != nil {
				t.Fatalf("FindPhone(%q) = %q", s, e164)
			}
		}
		MaskPhone(s)
	})
}
