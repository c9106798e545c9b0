package main

import (
	"fmt"
	"strconv"
	"time"

	"tiepdan/bot"
)

// moved is the file of applications once more, with every case at one status.
func (s *sample) moved(people []samplePerson, status string) []byte {
	rows := make([][]string, len(people))
	for i, p := range people {
		prog := samplePrograms[i%len(samplePrograms)]
		rows[i] = []string{sampleCode(i), p.name, p.citizen, p.birth, p.phone, prog.code, p.unit.code, status, "",
			"", s.day(-20), s.day(20), strconv.FormatInt(prog.amount, 10), "", "", ""}
	}
	return table(applicationHeader, rows)
}

// district is an invented district of ten communes, as large as one that paid 31,588 people.
type district struct {
	units, payouts []byte
	rows           int
	// recipients are those who can be told: phone, day and place, and how many people each stands for.
	recipients map[recipient]int
	silent     int // people without a phone
}

type recipient struct{ phone, day, place string }

var districtCommunes = []string{"Tân Lúa", "Thạnh Lúa", "Mỹ Bình", "Long Điền", "Phú Hữu", "Vĩnh Thạnh", "An Cư", "Hòa Lạc", "Bình Phước Xuân", "Nhơn Hội"}

// newDistrict invents it. One person in five has no phone; one in ten shares that of somebody before
// them in the same hamlet; one in twenty is paid under two programmes. Each hamlet is paid on a day and at a place of its own.
func newDistrict(s *sample, rows int) *district {
	d := &district{recipients: map[recipient]int{}, units: table(unitHeader, districtUnits())}
	lines := make([][]string, 0, rows)
	day := s.today.AddDate(0, 0, 4)
	period := time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, bot.Hanoi).Format("01/2006")
	people := 0
	for hamlet := 0; len(lines) < rows; hamlet = (hamlet + 1) % (8 * len(districtCommunes)) {
		commune, n := hamlet/8, hamlet%8+1
		to := recipient{day: day.AddDate(0, 0, hamlet%5).Format("02/01/2006"), place: hamletHall(n, districtCommunes[commune])}
		var phones []string
		for i := 0; i < 40 && len(lines) < rows; i++ {
			p := s.person()
			people++
			p.citizen = p.citizen[:6] + fmt.Sprintf("%06d", people) // no two alike
			if p.phone != "" && len(phones) > 0 && s.rng.IntN(10) == 0 {
				p.phone = phones[s.rng.IntN(len(phones))]
			}
			programmes := []int{s.rng.IntN(4)}
			if s.rng.IntN(20) == 0 && len(lines)+1 < rows {
				programmes = append(programmes, (programmes[0]+1)%4)
			}
			for _, prog := range programmes {
				lines = append(lines, []string{"", p.citizen, p.name, p.phone, samplePrograms[prog].code, period,
					strconv.FormatInt(samplePrograms[prog].amount, 10), to.day, "7h30-11h", to.place, "cash", "", communeCode(commune) + "-" + strconv.Itoa(n)})
			}
			if p.phone == "" {
				d.silent++
				continue
			}
			phones = append(phones, p.phone)
			to.phone = p.phone
			d.recipients[to]++
		}
	}
	d.rows, d.payouts = len(lines), table(payoutHeader, lines)
	return d
}

var unitHeader = []string{"code", "name", "level", "parent", "phone", "counter", "hours", "region", "aliases"}

func communeCode(i int) string { return fmt.Sprintf("XA%02d", i+1) }

func districtUnits() [][]string {
	rows := [][]string{{"TINH", "tỉnh Sông Lúa", "province", "", "0290 3822 000", "Trụ sở tiếp công dân tỉnh Sông Lúa", "giờ hành chính", "south", ""}}
	for i, name := range districtCommunes {
		rows = append(rows, []string{communeCode(i), "xã " + name, "commune", "TINH", fmt.Sprintf("0290 3874 %03d", i), "Trung tâm Phục vụ hành chính công xã " + name,
			"thứ Hai đến thứ Sáu, 7h30-11h30 và 13h30-17h", "south", ""})
		for n := 1; n <= 8; n++ {
			rows = append(rows, []string{fmt.Sprintf("%s-%d", communeCode(i), n), fmt.Sprintf("ấp %d", n), "hamlet", communeCode(i), "", "", "", "south", ""})
		}
	}
	return rows
}

func hamletHall(n int, commune string) string {
	return fmt.Sprintf("Nhà văn hóa ấp %d xã %s", n, commune)
}
