package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"strconv"
	"time"

	"tiepdan/bot"
)

// The sample data is of an invented commune, xã Tân Lúa of an invented province. Its
// dossier prefix (H99) and its telephone numbers (0990 …) are not in use anywhere.

// sample makes invented people and their cases, the same for the same seed.
type sample struct {
	rng   *rand.Rand
	today time.Time // a day in Viet Nam
	phone int
}

func newSample(seed uint64, now time.Time) *sample {
	y, m, d := now.In(bot.Hanoi).Date()
	return &sample{rng: rand.New(rand.NewPCG(seed, 42)), today: time.Date(y, m, d, 0, 0, 0, 0, bot.Hanoi)}
}

func (s *sample) pick(list []string) string { return list[s.rng.IntN(len(list))] }

var (
	families = []string{"Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý", "Thạch", "Sơn", "Kim"}
	middleM  = []string{"Văn", "Hữu", "Đức", "Thành", "Công", "Minh", "Quốc"}
	middleF  = []string{"Thị", "Thị Ngọc", "Thị Kim", "Thị Mỹ", "Ngọc"}
	givenM   = []string{"An", "Bình", "Cường", "Dũng", "Hải", "Hòa", "Hùng", "Khánh", "Lâm", "Long", "Nghĩa", "Phúc", "Quang", "Sáu", "Tâm", "Thắng", "Tư", "Út", "Vinh"}
	givenF   = []string{"Ánh", "Bé", "Chín", "Duyên", "Hạnh", "Hoa", "Hồng", "Hương", "Lan", "Liên", "Mai", "Năm", "Nga", "Nhung", "Phượng", "Quyên", "Thảo", "Thu", "Tuyết", "Yến"}
)

// person is one invented person.
type sampleUnit struct{ code, name string }

type samplePerson struct {
	name, birth, citizen, phone string
	unit                        sampleUnit
}

// hamlets of the invented commune.
func hamlets() []sampleUnit {
	var out []sampleUnit
	for i := 1; i <= 8; i++ {
		out = append(out, sampleUnit{code: fmt.Sprintf("TANLUA-%d", i), name: fmt.Sprintf("ấp %d", i)})
	}
	return out
}

// person invents somebody; one in five has no phone.
func (s *sample) person() samplePerson {
	female := s.rng.IntN(2) == 1
	year := 1935 + s.rng.IntN(60)
	name := s.pick(families) + " " + s.pick(middleM) + " " + s.pick(givenM)
	century := 0
	if female {
		name = s.pick(families) + " " + s.pick(middleF) + " " + s.pick(givenF)
		century = 1
	}
	p := samplePerson{name: name, birth: fmt.Sprintf("%02d/%02d/%d", 1+s.rng.IntN(28), 1+s.rng.IntN(12), year),
		citizen: fmt.Sprintf("072%d%02d%06d", century, year%100, s.rng.IntN(1_000_000)),
		unit:    hamlets()[s.rng.IntN(8)]}
	if s.rng.IntN(5) > 0 {
		s.phone++
		p.phone = fmt.Sprintf("0990%06d", s.phone)
	}
	return p
}

// day writes a date as a spreadsheet of the office does, some days from today; never a Saturday or
// Sunday, when no office works.
func (s *sample) day(days int) string {
	d := s.today.AddDate(0, 0, days)
	for d.Weekday() == time.Saturday || d.Weekday() == time.Sunday {
		d = d.AddDate(0, 0, 1)
	}
	return d.Format("02/01/2006")
}

// table writes rows as CSV with a byte order mark, as Excel saves it.
func table(header []string, rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.Write(header)
	w.WriteAll(rows) // a bytes.Buffer does not fail
	return b.Bytes()
}

// units is the unit file of the invented commune.
func (s *sample) units() []byte {
	rows := [][]string{
		{"TINH", "tỉnh Sông Lúa", "province", "", "0290 3822 000", "Trụ sở tiếp công dân tỉnh Sông Lúa, số 1 đường Cách Mạng", "thứ Hai đến thứ Sáu, 7h30-11h30 và 13h30-17h", "south", ""},
		{"TANLUA", "xã Tân Lúa", "commune", "TINH", "0290 3874 111", "Trung tâm Phục vụ hành chính công xã Tân Lúa, số 12 đường Lúa Mới", "thứ Hai đến thứ Sáu, 7h30-11h30 và 13h30-17h", "south", "Tân Lúa cũ;Thạnh Lúa"},
	}
	for _, h := range hamlets() {
		rows = append(rows, []string{h.code, h.name, "hamlet", "TANLUA", "", "", "", "south", ""})
	}
	return table([]string{"code", "name", "level", "parent", "phone", "counter", "hours", "region", "aliases"}, rows)
}

// sampleCase is a case's lasting part: what is filed, and how far it came.
var sampleStages = []struct{ status, step, outcome, missing, reason string }{
	{"1", "", "", "", ""},
	{"2", "", "", "", ""},
	{"4", "review", "", "", ""},
	{"4", "posting", "", "", ""},
	{"4", "appraisal", "", "", ""},
	{"4", "approval", "", "", ""},
	{"5", "", "", "Giấy xác nhận khuyết tật (bản sao)", ""},
	{"5", "", "", "Giấy khai sinh của con", ""},
	{"9", "payment", "granted", "", ""},
	{"9", "", "refused", "", "Đang hưởng trợ cấp khác cao hơn"},
	{"10", "payment", "granted", "", ""},
}

var samplePrograms = []struct {
	code   string
	amount int64
}{
	{"social_pension", 540_000}, {"btxh_disability", 810_000}, {"btxh_single_parent", 540_000}, {"ncc", 3_012_000}, {"btxh_funeral", 10_800_000},
}

var applicationHeader = []string{"Mã hồ sơ", "Họ tên", "CCCD", "Ngày sinh", "Điện thoại", "Chương trình", "Đơn vị",
	"Trạng thái", "Bước", "Kết quả", "Ngày nộp", "Ngày hẹn", "Số tiền", "Cần bổ sung", "Lý do", "Số quyết định"}

// applications invents n cases and the people behind them. The first cases are
// fixed, so that the README can name their codes.
func (s *sample) applications(n int) ([]samplePerson, []byte) {
	people := make([]samplePerson, n)
	rows := make([][]string, n)
	for i := range people {
		p := s.person()
		stage, prog := sampleStages[i%len(sampleStages)], samplePrograms[i%len(samplePrograms)]
		filed := -3 - s.rng.IntN(40)
		decision := ""
		if stage.outcome != "" {
			decision = fmt.Sprintf("%d/QĐ-UBND", 100+i)
		}
		if i < 3 && p.phone == "" { // the README's people have a phone
			s.phone++
			p.phone = fmt.Sprintf("0990%06d", s.phone)
		}
		people[i] = p
		rows[i] = []string{sampleCode(i), p.name, p.citizen, p.birth, p.phone, prog.code, p.unit.code, stage.status, stage.step,
			stage.outcome, s.day(filed), s.day(filed + 25), strconv.FormatInt(prog.amount, 10), stage.missing, stage.reason, decision}
	}
	return people, table(applicationHeader, rows)
}

// sampleCode is the code of the i-th invented case.
func sampleCode(i int) string { return fmt.Sprintf("H99.22-261101-%04d", i+1) }

var payoutHeader = []string{"Mã hồ sơ", "CCCD", "Họ tên", "Điện thoại", "Chương trình", "Kỳ", "Số tiền", "Ngày chi", "Giờ", "Địa điểm", "Hình thức", "Giấy tờ", "Đơn vị"}

// payouts writes a schedule for everybody who was granted something, for the
// month that begins months from today's, paid some days from today.
func (s *sample) payouts(people []samplePerson, months, days int) []byte {
	period := time.Date(s.today.Year(), s.today.Month(), 1, 0, 0, 0, 0, bot.Hanoi).AddDate(0, months, 0).Format("01/2006")
	var rows [][]string
	for i, p := range people {
		if sampleStages[i%len(sampleStages)].outcome != "granted" {
			continue
		}
		prog := samplePrograms[i%len(samplePrograms)]
		rows = append(rows, []string{sampleCode(i), p.citizen, p.name, p.phone, prog.code, period, strconv.FormatInt(prog.amount, 10),
			s.day(days), "7h30-11h", "Nhà văn hóa " + p.unit.name, "cash", "", p.unit.code})
	}
	return table(payoutHeader, rows)
}
