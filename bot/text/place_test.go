package text

import (
	"fmt"
	"strings"
	"testing"
)

func seedPlaces() *Places {
	return NewPlaces([]Place{
		{ID: 1, Name: "Tỉnh Tây Ninh", Kind: "tỉnh", Aliases: []string{"Long An"}},
		{ID: 2, Name: "Xã Tân Biên", Kind: "xã", Parent: 1, Aliases: []string{"xã Thạnh Tây cũ", "thị trấn Tân Biên"}},
		{ID: 3, Name: "Tân Lập", Kind: "commune", Parent: 1, Aliases: []string{"Thạnh Bắc"}},
		{ID: 4, Name: "Ấp 3", Kind: "ấp", Parent: 2},
		{ID: 5, Name: "Ấp 3", Kind: "ấp", Parent: 3},
		{ID: 6, Name: "Đăk Tô", Kind: "xã", Parent: 9},
		{ID: 7, Name: "Ngọk Bay", Kind: "xã", Parent: 9},
		{ID: 8, Name: "Mỹ Quí", Kind: "xã"},
		{ID: 9, Name: "Quảng Ngãi", Kind: "tỉnh", Aliases: []string{"Kon Tum"}},
		{ID: 10, Name: "Thành phố Huế"},
		{ID: 11, Name: "Phường Quan Triều", Kind: "phường"},
		{ID: 12, Name: "Thôn Đông", Kind: "hamlet", Parent: 3},
		{ID: 13, Name: "Đăk Hà", Kind: "xã", Parent: 9},
		{ID: 14, Name: "Tu Mơ Rông", Kind: "xã", Parent: 9, Aliases: []string{"Đăk Hà", "Đăk Hà"}},
		{ID: 15, Name: "Ia H'Drai", Kind: "xã", Parent: 9},
		{ID: 16, Name: "Tân Lập", Kind: "xã", Parent: 9},
		{ID: 17, Name: "Tân", Kind: "xã", Parent: 9},
		{ID: 18, Name: "Tổ dân phố số 05", Kind: "tổ dân phố", Parent: 11},
		{ID: 19, Name: "Xa Gia Vien", Kind: "xa"},
		{ID: 20, Name: " ", Kind: "xã"},
	})
}

func TestPlacesFind(t *testing.T) {
	t.Parallel()
	p := seedPlaces()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"tui ở Thạnh Tây cũ, giờ làm ở ủy ban nào", "2 thanh tay former"},
		{"nha o ap 3 xa tan bien", "2 xa tan bien; 4 ap 3"},
		{"ấp 3", "4 ap 3; 5 ap 3"},
		{"ap03", "4 ap 3; 5 ap 3"},
		{"ap3 tan lap tay ninh", "1 tay ninh; 3 tan lap; 5 ap 3"},
		{"thôn 3 tan bien", "2 tan bien; 4 3"},
		{"số 3", ""},
		{"Đắk Tô", "6 dak to"},
		{"Ðăk tô", "6 dak to"},
		{"dac to", "6 dac to"},
		{"daktô", "6 dakto"},
		{"ngọc bay", "7 ngoc bay"},
		{"o Kontum", "9 kontum former"},
		{"KON TUM giờ là Quảng Ngãi", "9 quang ngai"},
		{"my quy", "8 my quy"},
		{"Mỹ Quý", "8 my quy"},
		{"tp hue", "10 hue"},
		{"TP. Huế", "10 hue"},
		{"chị Huệ", ""},
		{"hue", ""},
		{"Huế", "10 hue"},
		{"quan trieu", "11 quan trieu"},
		{"thon dong", "12 thon dong"},
		{"phát tiền đông quá", ""},
		{"Đăk Hà", "13 dak ha; 14 dak ha former"},
		{"xã Đăk Hà cũ", "14 dak ha former"},
		{"IaHdrai", "15 iahdrai"},
		{"Ia H’Drai", "15 ia h drai"},
		{"tan lap quang ngai", "9 quang ngai; 16 tan lap"},
		{"xã Tân Lập tỉnh Tây Ninh", "1 tinh tay ninh; 3 tan lap"},
		{"tan lap", "3 tan lap; 16 tan lap"},
		{"huyện Tân Biên", "2 tan bien"},
		{"tổ dân phố số 5 phường Quan Triều", "11 phuong quan trieu; 18 to dan pho so 5"},
		{"tdp 5", "18 5"},
		{"gia vien", "19 gia vien"},
		{"toi khong biet", ""},
	} {
		var got []string
		for _, m := range p.Find(c.in) {
			s := fmt.Sprintf("%d %s", m.Place.ID, m.Text)
			if m.Former {
				s += " former"
			}
			got = append(got, s)
		}
		if s := strings.Join(got, "; "); s != c.want {
			t.Errorf("Find(%q) = %q, want %q", c.in, s, c.want)
		}
	}
	if place, ok := p.Place(2); !ok || place.Name != "Xã Tân Biên" {
		t.Errorf("Place(2) = %+v, %v", place, ok)
	}
	if _, ok := p.Place(99); ok {
		t.Error("Place(99) exists")
	}
}

func TestPlacesInACircle(t *testing.T) {
	t.Parallel()
	p := NewPlaces([]Place{{ID: 1, Name: "An Bình", Parent: 2}, {ID: 2, Name: "An Bình", Parent: 1}})
	if got := p.Find("an binh"); len(got) != 2 {
		t.Errorf("%d matches, want 2", len(got))
	}
	if got := NewPlaces(nil).Find("an binh"); got != nil {
		t.Errorf("found %v in nothing", got)
	}
}

func FuzzPlaces(f *testing.F) {
	p := seedPlaces()
	f.Add("ap3 tan lap tay ninh")
	f.Add("tổ dân phố số 5 cũ")
	f.Fuzz(func(t *testing.T, s string) {
		for _, m := range p.Find(s) {
			if _, ok := p.Place(m.Place.ID); !ok || m.Text == "" {
				t.Fatalf("Find(%q) gives %+v", s, m)
			}
		}
	})
}

func BenchmarkPlaces(b *testing.B) {
	places := make([]Place, 0, 13000)
	for i := range cap(places) {
		places = append(places, Place{ID: int64(i + 1), Name: fmt.Sprintf("Xã Tân %c%c %d", 'A'+i%26, 'a'+i/26%26, i), Kind: "xã"})
	}
	p := NewPlaces(places)
	b.ReportAllocs()
	for b.Loop() {
		p.Find("Nhà tôi ở xã Tân Bc 54, tỉnh Tây Ninh cũ, giờ làm hồ sơ ở ủy ban nào vậy")
	}
}
