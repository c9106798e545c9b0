package sheet

import (
	"slices"
	"strings"
	"unicode"

	"tiepdan/bot/text"
)

// Table says which columns a kind of file has.
type Table struct {
	Kind    string
	Columns []Column
	Either  [][2]string // of each pair of keys, one must be filled in
}

// Column is one column of a table. The form of its values in Row.Values:
type Column struct {
	Key      string // of Row.Values
	Name     string // as the documentation writes the header
	Required bool
	Form     Form
	also     []string // other headers that mean it
}

// Form is how a column's values are read and what they become.
type Form int

const (
	FormText    Form = iota // words, in NFC, spaces single
	FormCode                // an office's code, as written
	FormName                // a person's name
	FormCitizen             // twelve digits
	FormBirth               // "1949" or "1949-03-12"
	FormPhone               // E.164
	FormDate                // "2026-11-25"
	FormAmount              // đồng, digits
	FormStatus              // "1" to "10"
	FormStep                // a code of casework
	FormOutcome             // a code of casework
	FormMethod              // a code of casework
	FormCase                // dossier or list
	FormLevel               // province, commune or hamlet
	FormRegion              // north or south
	FormWhose               // self, household, hamlet_head or association
)

// hamletHeaders are the words for the smallest place, north and south.
func hamletHeaders() []string {
	return []string{"ấp", "thôn", "ấp thôn", "khóm", "tổ dân phố", "khu phố", "bản", "buôn", "làng"}
}

// familyColumn is what stands before a given name where a file splits names in two; the reader joins them.
func familyColumn() Column {
	return Column{"family", "ho_dem", false, FormName, []string{"họ", "họ đệm", "họ và đệm", "họ và tên đệm", "họ lót", "họ và chữ lót", "family name"}}
}

// householdColumn tells who lives together: a phone of one household stands for all of it.
func householdColumn() Column {
	return Column{"household", "ma_ho", false, FormText, []string{"hộ", "số hộ", "mã hộ", "hộ gia đình", "mã hộ gia đình", "số sổ hộ khẩu"}}
}

// Applications is the table of cases.
func Applications() Table {
	return Table{Kind: "applications", Columns: []Column{
		{"code", "ma_ho_so", true, FormCode, []string{"mã hồ sơ", "mã hs", "số hồ sơ", "application code", "dossier code", "case code"}},
		{"name", "ho_ten", true, FormName, []string{"họ và tên", "họ tên", "tên", "full name"}},
		familyColumn(),
		{"citizen", "cccd", false, FormCitizen, []string{"số cccd", "số định danh", "số định danh cá nhân", "căn cước", "số căn cước", "citizen number", "citizen id", "citizen_number"}},
		{"birth", "ngay_sinh", false, FormBirth, []string{"ngày sinh", "năm sinh", "ngày tháng năm sinh", "birth date", "birth year", "date of birth"}},
		{"phone", "dien_thoai", false, FormPhone, []string{"điện thoại", "sđt", "số điện thoại", "di động", "phone number", "mobile"}},
		householdColumn(),
		{"programme", "chuong_trinh", true, FormText, []string{"chương trình", "chế độ", "loại hỗ trợ", "program"}},
		{"unit", "don_vi", false, FormText, []string{"đơn vị", "xã", "xã phường", "commune"}},
		{"hamlet", "ap", false, FormText, hamletHeaders()},
		{"status", "trang_thai", true, FormStatus, []string{"trạng thái", "tình trạng"}},
		{"step", "buoc", false, FormStep, []string{"bước"}},
		{"outcome", "ket_qua", false, FormOutcome, []string{"kết quả", "result"}},
		{"received", "ngay_nop", false, FormDate, []string{"ngày nộp", "ngày tiếp nhận", "ngày nhận", "received on", "received date"}},
		{"appointed", "ngay_hen", false, FormDate, []string{"ngày hẹn", "ngày hẹn trả", "appointment", "appointed date", "appointed on"}},
		{"amount", "so_tien", false, FormAmount, []string{"số tiền", "mức hưởng"}},
		{"missing", "can_bo_sung", false, FormText, []string{"cần bổ sung", "giấy tờ cần bổ sung", "missing papers", "missing_papers"}},
		{"reason", "ly_do", false, FormText, []string{"lý do"}},
		{"decision", "so_quyet_dinh", false, FormText, []string{"số quyết định", "quyết định", "decision number"}},
		{"form", "loai", false, FormCase, []string{"loại", "loại hồ sơ", "form"}},
	}}
}

// Payouts is the table of a payout schedule.
func Payouts() Table {
	return Table{Kind: "payouts", Either: [][2]string{{"code", "citizen"}, {"amount", "goods"}}, Columns: []Column{
		{"code", "ma_ho_so", false, FormCode, []string{"mã hồ sơ", "mã hs", "số hồ sơ", "application code", "dossier code", "case code"}},
		{"citizen", "cccd", false, FormCitizen, []string{"số cccd", "số định danh", "số định danh cá nhân", "căn cước", "số căn cước", "citizen number", "citizen id", "citizen_number"}},
		{"name", "ho_ten", true, FormName, []string{"họ và tên", "họ tên", "tên", "full name"}},
		familyColumn(),
		{"birth", "ngay_sinh", false, FormBirth, []string{"ngày sinh", "năm sinh", "birth date", "birth year", "date of birth"}},
		{"phone", "dien_thoai", false, FormPhone, []string{"điện thoại", "sđt", "số điện thoại", "di động", "phone number", "mobile"}},
		{"unit", "don_vi", false, FormText, []string{"đơn vị", "xã", "xã phường", "commune"}},
		{"hamlet", "ap", false, FormText, hamletHeaders()},
		householdColumn(),
		{"programme", "chuong_trinh", true, FormText, []string{"chương trình", "chế độ", "loại hỗ trợ", "program"}},
		{"period", "ky", true, FormText, []string{"kỳ", "kỳ chi trả", "tháng"}},
		{"amount", "so_tien", false, FormAmount, []string{"số tiền", "mức hưởng"}},
		{"goods", "hien_vat", false, FormText, []string{"hiện vật"}},
		{"pay_date", "ngay_chi", true, FormDate, []string{"ngày chi", "ngày chi trả", "ngày phát", "pay date", "payment date"}},
		{"hours", "gio", false, FormText, []string{"giờ", "thời gian", "time"}},
		{"place", "dia_diem", true, FormText, []string{"địa điểm", "nơi chi trả", "điểm chi trả"}},
		{"method", "hinh_thuc", false, FormMethod, []string{"hình thức", "hình thức chi trả"}},
		{"papers", "giay_to", false, FormText, []string{"giấy tờ", "giấy tờ mang theo", "papers to bring", "papers_to_bring"}},
	}}
}

// Units is the table of places and offices.
func Units() Table {
	return Table{Kind: "units", Columns: []Column{
		{"code", "code", true, FormCode, []string{"ma", "mã đơn vị", "ma_don_vi"}},
		{"name", "name", true, FormText, []string{"tên", "tên đơn vị", "ten_don_vi"}},
		{"level", "level", true, FormLevel, []string{"cấp", "kind", "loại"}},
		{"parent", "parent", false, FormCode, []string{"thuộc", "mã cha", "đơn vị cha", "mã cấp trên", "cấp trên"}},
		{"phone", "phone", false, FormText, []string{"điện thoại", "sđt"}},
		{"counter", "counter", false, FormText, []string{"nơi tiếp nhận", "địa chỉ", "address"}},
		{"hours", "hours", false, FormText, []string{"giờ làm việc"}},
		{"region", "region", false, FormRegion, []string{"miền", "vùng"}},
		{"aliases", "aliases", false, FormText, []string{"tên khác", "tên cũ"}},
	}}
}

// People is the table of people whom the office knows without a case.
func People() Table {
	return Table{Kind: "people", Columns: []Column{
		{"name", "ho_ten", true, FormName, []string{"họ và tên", "họ tên", "tên", "full name"}},
		{"citizen", "cccd", false, FormCitizen, []string{"số cccd", "số định danh", "căn cước", "citizen number", "citizen id"}},
		{"birth", "ngay_sinh", false, FormBirth, []string{"ngày sinh", "năm sinh", "birth date", "birth year", "date of birth"}},
		{"phone", "dien_thoai", false, FormPhone, []string{"điện thoại", "sđt", "số điện thoại", "phone number", "mobile"}},
		{"unit", "don_vi", false, FormText, []string{"đơn vị", "xã", "xã phường", "commune"}},
		{"hamlet", "ap", false, FormText, hamletHeaders()},
		householdColumn(),
		familyColumn(), // behind the household: "ho" without accents is that here
		{"whose", "so_cua", false, FormWhose, []string{"số của ai", "whose phone"}},
	}}
}

// column finds the column that a header means: case and punctuation make no difference, and accents only where they
// tell two columns apart ("họ" is a family name, "hộ" a household).
func (t Table) column(header string) *Column {
	for _, key := range []func(string) string{accentedKey, headerKey} {
		want := key(header)
		if want == "" {
			return nil
		}
		for i := range t.Columns {
			if c := &t.Columns[i]; c.called(want, key) {
				return c
			}
		}
	}
	return nil
}

func (c *Column) called(want string, key func(string) string) bool {
	if want == key(c.Name) || want == key(c.Key) {
		return true
	}
	return slices.ContainsFunc(c.also, func(other string) bool { return want == key(other) })
}

func (t Table) name(key string) string {
	for _, c := range t.Columns {
		if c.Key == key {
			return c.Name
		}
	}
	return key
}

// headerKey drops what a person may add around a header: "Mã hồ sơ (*)" is "mahoso".
func headerKey(s string) string {
	return strings.ReplaceAll(text.Fold(s), " ", "")
}

// accentedKey is headerKey with the accents.
func accentedKey(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, text.Clean(s))
}
