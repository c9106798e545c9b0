package text

import (
	"testing"

	"golang.org/x/text/unicode/norm"
)

func TestCommand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, word, rest string }{
		// look-up
		{"HS", "HS", ""},
		{"hs ạ", "HS", ""},
		{"HS 04486.G/2019/08708", "HS", "04486.G/2019/08708"},
		{"hs H53.22-260915-0007 ạ", "HS", "H53.22-260915-0007 ạ"},
		{"HS: 4821.", "HS", "4821"},
		{"HS4821", "HS", "4821"},
		{"HSH53.22-260915-0007", "HS", "H53.22-260915-0007"},
		{"<HS 4821>", "HS", "4821"},
		{"“HS 4821”", "HS", "4821"},
		{"HS\nHN-2026-118", "HS", "HN-2026-118"},
		{"hs hn 2026 118", "HS", "hn 2026 118"},
		{"HS mã hồ sơ 4821", "HS", "4821"},
		{"TC HS HN-2026-118", "HS", "HN-2026-118"},
		{"tc hs", "HS", ""},
		{"TRA CUU 4821", "HS", "4821"},
		{"Tra cứu hồ sơ H53.22-260915-0007", "HS", "H53.22-260915-0007"},
		{"tra cuu", "HS", ""},
		{"TRACUU 4821", "HS", "4821"},
		{"TC H53.22-260915-0007", "HS", "H53.22-260915-0007"},
		{"hs nộp 2 tuần r mà chưa thấy j hết", "", ""},
		{"hs 2 tuan roi", "", ""},
		{"HS cua toi dau", "", ""},
		{"tra cuu tien tro cap", "", ""},
		{"ho so cua toi lam toi dau roi", "", ""},
		{"HSSV 2026", "", ""},
		// grievances
		{"PA", "PA", ""},
		{"PA ạ", "PA", ""},
		{"PA đường vào điểm phát tiền lầy lắm", "PA", "đường vào điểm phát tiền lầy lắm"},
		{"pa: Loa phường kêu\nmà không nghe", "PA", "Loa phường kêu\nmà không nghe"},
		{"PA \"ông A\" nói", "PA", "\"ông A\" nói"},
		{"PA-4821-7036-2", "PA", "4821-7036-2"},
		{"pa482170362", "PA", "482170362"},
		{norm.NFD.String("PA đường hỏng"), "PA", "đường hỏng"},
		{"Pá ơi", "", ""},
		{"pano hỏng", "", ""},
		{"phan anh duong lay", "", ""},
		// links
		{"LK 4821", "LK", "4821"},
		{"lk４８２１", "LK", "４８２１"},
		{"LK", "LK", ""},
		{"lk toi voi", "", ""},
		// words without an argument
		{"CT", "CT", ""}, {"ct.", "CT", ""}, {"LICH", "CT", ""}, {"Lịch ạ", "CT", ""}, {"linh tien", "CT", ""}, {"Lãnh tiền nha", "CT", ""},
		{"TIEN", "CT", ""}, {"tiền?", "CT", ""},
		{"tien cua toi dau", "", ""}, {"Tiên", "", ""}, {"tiến", "", ""}, {"lịch lĩnh tiền ở bưu điện", "", ""},
		{"tien tuoi gia moi nguoi duoc may tram", "", ""}, {"CT HSSV", "", ""},
		{"TG", "TG", ""}, {"trợ giúp", "TG", ""}, {"tro giup a", "TG", ""}, {"HELP", "TG", ""}, {"?", "TG", ""}, {"? ?", "TG", ""}, {"tro giup xa hoi", "", ""},
		{"menu", "MENU", ""}, {"Menu!", "MENU", ""},
		{"lại", "LAI", ""}, {"lai a", "LAI", ""}, {"Lãi", "", ""}, {"Cho tôi nhận tin lại", "", ""},
		{"THOI", "THOI", ""}, {"dạ thôi ạ", "THOI", ""}, {"thoi nhe", "THOI", ""}, {"Thôi không gửi nữa", "", ""}, {"thối", "", ""}, {"thooi", "THOI", ""},
		{"từ chối", "TU CHOI", ""}, {"TUCHOI", "TU CHOI", ""}, {"Stop", "TU CHOI", ""}, {"tu choi nhan tin", "", ""},
		{"Tôi muốn khiếu nại quyết định từ chối trợ cấp của xã", "", ""},
		{"mở", "MO", ""}, {"MO", "MO", ""}, {"start", "MO", ""}, {"/start", "MO", ""}, {"mô?", "", ""}, {"mở thẻ ngân hàng vay tiền nhanh", "", ""},
		{"gap cb", "GAP CB", ""}, {"Gặp cán bộ ạ", "GAP CB", ""}, {"GAPCB", "GAP CB", ""}, {"Cho tôi gặp cán bộ", "", ""},
		{"SAI SO", "SAI SO", ""}, {"sai số nhé", "SAI SO", ""}, {"sai so tien", "", ""},
		{"EN", "EN", ""}, {"english", "EN", ""}, {"vi", "VI", ""}, {"ví", "", ""}, {"vì sao", "", ""}, {"English please", "EN", ""},
		{"tiếp", "TIEP", ""}, {"TIEP", "TIEP", ""}, {"tieeps", "TIEP", ""}, {"tôi phải làm gì tiếp", "", ""},
		// words with two meanings
		{"TC", "TC", ""}, {"tc ạ", "TC", ""}, {"TC xa hoi", "", ""},
		{"huy", "HUY", ""}, {"Hủy", "HUY", ""}, {"huỷ nhé", "HUY", ""}, {"Huy ơi", "", ""}, {"hủy nhận thông báo", "", ""},
		{"DUNG", "DUNG", ""}, {"đúng rồi", "", ""}, {"dạ đúng ạ", "DUNG", ""}, {"dừng", "DUNG", ""}, {"Dũng", "", ""}, {"dùng cái ni răng rứa", "", ""},
		// nothing
		{"", "", ""}, {" ", "", ""}, {"!!", "", ""}, {"ạ", "", ""}, {"xin chào", "", ""}, {"1", "", ""}, {"4821", "", ""},
	} {
		word, rest := Command(c.in)
		if word != c.word || rest != c.rest {
			t.Errorf("Command(%q) = %q, %q, want %q, %q", c.in, word, rest, c.word, c.rest)
		}
	}
}

func TestSentencesAreNoCommands(t *testing.T) {
	t.Parallel()
	want := map[string]string{"115": "EN", "121": "TG", "124": "MENU", "141": "HUY", "148": "TC", "151": "TU CHOI"}
	for _, u := range utterances(t) {
		if word, rest := Command(u.text); word != want[u.number] {
			t.Errorf("%s: Command(%q) = %q, %q, want %q", u.number, u.text, word, rest, want[u.number])
		}
	}
}

func FuzzCommand(f *testing.F) {
	for _, s := range []string{"HS 4821", "pa-4821", "TC HS", "dạ thôi ạ", "?", "HSH53", "LK ４", "TRA CUU ma ho so", "LK \u0314"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		word, rest := Command(s)
		if rest != "" && word != "HS" && word != "PA" && word != "LK" {
			t.Fatalf("Command(%q) = %q, %q", s, word, rest)
		}
		if rest != Clean(rest) {
			t.Fatalf("Command(%q) gives %q", s, rest)
		}
	})
}
