package text

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// zone is where every date of a citizen lies: UTC+7, no daylight saving.
var zone = time.FixedZone("Asia/Ho_Chi_Minh", 7*60*60)

// ShowDate writes a day as people write it: "25/11/2026".
func ShowDate(t time.Time) string { return t.In(zone).Format("02/01/2006") }

// ShowDay is ShowDate with the weekday before it, in "vi" or "en".
func ShowDay(t time.Time, lang string) string {
	t = t.In(zone)
	if lang == "en" {
		return t.Weekday().String() + " " + ShowDate(t)
	}
	return weekdays[t.Weekday()] + " " + ShowDate(t)
}

var weekdays = [7]string{"Chủ nhật", "thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy"} // read only

var (
	numericDate = regexp.MustCompile(`([0-9]{1,2}) ?([/.\-]) ?([0-9]{1,2})(?: ?[/.\-] ?([0-9]{4}|[0-9]{2}))?`)
	isoDate     = regexp.MustCompile(`([0-9]{4})[/.\-]([0-9]{1,2})[/.\-]([0-9]{1,2})`)
	compactDate = regexp.MustCompile(`^([0-9]{2})([0-9]{2})([0-9]{4})$`)
	spokenDate  = regexp.MustCompile(`\b([0-9]{1,2}) (?:thang ?|t)(gieng|chap|[0-9]{1,2})(?: (?:nam )?([0-9]{4}))?\b`)
	spokenDay   = regexp.MustCompile(`\b(?:mung|mong|ngay|bua|hom) (?:mung |mong |ngay )?([0-9]{1,2})\b(?: ([a-z0-9]+))?`)
	weekOf      = regexp.MustCompile(`\b(?:thu ([2-7]|hai|ba|tu|nam|sau|bay)|(chu nhat)) tuan (nay|sau|toi|truoc|roi|qua)\b`)
	announces   = regexp.MustCompile(`(?:ngay|mung|mong|bua|hom|den|tu|sinh|sn) ?$`)
)

// Date finds the first day that a text names, at midnight in Asia/Ho_Chi_Minh:
// 5/11, 05-11-26, 5.11.2026, "mùng 5", "ngày 5 tháng 11", "bữa 20", "hôm nay", "ngày mai", "thứ 3 tuần sau". The
// day always comes before the month. A missing year, or month, is the one that brings the day nearest to now. Days of
// the lunar calendar ("rằm") are not read.
func Date(s string, now time.Time) (time.Time, bool) {
	now = midnight(now)
	s = strings.ToLower(strings.TrimSpace(Unaccent(Clean(s))))
	if t, ok := writtenDate(s, now); ok {
		return t, true
	}
	words := numbersAsDigits(Fold(s))
	if m := spokenDate.FindStringSubmatch(words); m != nil {
		if t, ok := nearestYear(atoi(m[1]), monthOf(m[2]), atoi(m[3]), now); ok {
			return t, true
		}
	}
	if t, ok := relativeDay(words, now); ok {
		return t, true
	}
	for _, m := range spokenDay.FindAllStringSubmatch(words, -1) {
		if countsDays(m[2]) || m[2] == "thang" {
			continue // "ngày 2 lần", "hôm 3 người" name no day
		}
		if t, ok := nearestMonth(atoi(m[1]), now); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

func midnight(t time.Time) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

// writtenDate reads dates of figures only. s is unaccented and in lower case.
func writtenDate(s string, now time.Time) (time.Time, bool) {
	if m := compactDate.FindStringSubmatch(s); m != nil {
		return day(atoi(m[3]), atoi(m[2]), atoi(m[1]))
	}
	for _, at := range isoDate.FindAllStringSubmatchIndex(s, -1) {
		if gluedBefore(s[:at[0]]) || gluedAfter(s[at[1]:]) {
			continue
		}
		if t, ok := day(atoi(s[at[2]:at[3]]), atoi(s[at[4]:at[5]]), atoi(s[at[6]:at[7]])); ok {
			return t, true
		}
	}
	for _, at := range numericDate.FindAllStringSubmatchIndex(s, -1) {
		before, found := s[:at[0]], s[at[0]:at[1]]
		if gluedBefore(before) || gluedAfter(s[at[1]:]) {
			continue
		}
		year, sign := 0, s[at[4]]
		if at[8] >= 0 {
			year = century(s[at[8]:at[9]], 100)
		} else if sign != '/' && found != s && !announces.MatchString(before[max(0, len(before)-8):]) {
			continue // "1.5 triệu", "2-3 lần"
		}
		if t, ok := nearestYear(atoi(s[at[2]:at[3]]), atoi(s[at[6]:at[7]]), year, now); ok {
			return t, true
		}
	}
	return time.Time{}, false
}

// century completes a year of two digits; those from turn on belong to the twentieth.
func century(year string, turn int) int {
	n := atoi(year)
	switch {
	case len(year) == 4:
		return n
	case n >= turn:
		return 1900 + n
	}
	return 2000 + n
}

// relativeDay: "mai" is also a name and half of "mai táng", "mốt" also "một", so that they need company.
func relativeDay(words string, now time.Time) (time.Time, bool) {
	padded := " " + words + " "
	for _, r := range relative {
		if strings.Contains(padded, " "+r.says+" ") {
			return now.AddDate(0, 0, r.days), true
		}
	}
	if bare := strings.TrimSuffix(strings.TrimPrefix(words, "da "), " a"); bare == "mai" {
		return now.AddDate(0, 0, 1), true
	}
	m := weekOf.FindStringSubmatch(words)
	if m == nil {
		return time.Time{}, false
	}
	offset := 6 // Sunday ends the week
	if m[2] == "" {
		offset = strings.Index("2 3 4 5 6 7", digitOf(m[1])) / 2
	}
	monday := now.AddDate(0, 0, -(int(now.Weekday())+6)%7)
	switch m[3] {
	case "sau", "toi":
		offset += 7
	case "truoc", "roi", "qua":
		offset -= 7
	}
	return monday.AddDate(0, 0, offset), true
}

var relative = []struct { // read only
	says string
	days int
}{
	{"hom nay", 0}, {"bua nay", 0}, {"bua ni", 0}, {"bay gio", 0}, {"hnay", 0}, {"today", 0},
	{"ngay mai", 1}, {"sang mai", 1}, {"trua mai", 1}, {"chieu mai", 1}, {"bua mai", 1}, {"tomorrow", 1},
	{"ngay mot", 2}, {"bua mot", 2}, {"ngay kia", 2},
	{"hom qua", -1}, {"bua qua", -1}, {"yesterday", -1}, {"hom kia", -2}, {"bua kia", -2},
}

// numbersAsDigits writes the number after "mùng", "ngày", "bữa" and "tháng" in digits when it is a word.
func numbersAsDigits(words string) string {
	w := strings.Fields(words)
	for i := 1; i < len(w); i++ {
		switch w[i-1] {
		case "mung", "mong", "bua":
			w[i] = digitOf(w[i])
		}
	}
	return strings.Join(w, " ")
}

func digitOf(word string) string {
	switch word {
	case "mot":
		return "1"
	case "hai":
		return "2"
	case "ba":
		return "3"
	case "bon", "tu":
		return "4"
	case "nam":
		return "5"
	case "sau":
		return "6"
	case "bay":
		return "7"
	case "tam":
		return "8"
	case "chin":
		return "9"
	case "muoi":
		return "10"
	}
	return word
}

func monthOf(word string) int {
	switch word {
	case "gieng":
		return 1
	case "chap":
		return 12
	}
	return atoi(word)
}

// countsDays: after "ngày 2" such a word makes it a number and not a day.
func countsDays(word string) bool {
	return counted(word) && word != "nam" && word != "con" || word == "bua" || word == "h"
}

// day is a date that exists.
func day(y, m, d int) (time.Time, bool) {
	t := time.Date(y, time.Month(m), d, 0, 0, 0, 0, zone)
	if y < 1900 || y > 2199 || m < 1 || m > 12 || d < 1 || t.Day() != d {
		return time.Time{}, false
	}
	return t, true
}

func nearestYear(d, m, y int, now time.Time) (time.Time, bool) {
	if y != 0 {
		return day(y, m, d)
	}
	var best time.Time
	for y := now.Year() - 1; y <= now.Year()+1; y++ {
		if t, ok := day(y, m, d); ok && nearer(t, best, now) {
			best = t
		}
	}
	if best.IsZero() && m == 2 && d == 29 { // the next leap year
		for y := now.Year() + 2; y < now.Year()+8 && best.IsZero(); y++ {
			best, _ = day(y, m, d)
		}
	}
	return best, !best.IsZero()
}

func nearestMonth(d int, now time.Time) (time.Time, bool) {
	var best time.Time
	first := now.AddDate(0, 0, 1-now.Day())
	for i := -1; i <= 1; i++ {
		y, m, _ := first.AddDate(0, i, 0).Date()
		if t, ok := day(y, int(m), d); ok && nearer(t, best, now) {
			best = t
		}
	}
	return best, !best.IsZero()
}

// nearer: t is nearer to now than best; of two equally near, the later.
func nearer(t, best, now time.Time) bool {
	return best.IsZero() || t.Sub(now).Abs() <= best.Sub(now).Abs()
}

var (
	birthMonth = regexp.MustCompile(`([0-9]{1,2}) ?[/.\-] ?((?:19|20)[0-9]{2})`)
	birthYear  = regexp.MustCompile(`(?:19|20)[0-9]{2}`)
	shortYear  = regexp.MustCompile(`\b(?:sinh|sn|nam) (?:nam )?([0-9]{2})\b`)
)

// BirthDate finds a birth date in a text; m and d are 0 when only the year, or the month and the
// year, are known. Years of two digits from 30 on are of the twentieth century.
func BirthDate(s string) (y, m, d int, ok bool) {
	s = strings.ToLower(strings.TrimSpace(Unaccent(Clean(s))))
	if t, ok := fullBirthDate(s); ok {
		return t.Year(), int(t.Month()), t.Day(), true
	}
	for _, at := range birthMonth.FindAllStringSubmatchIndex(s, -1) {
		m := atoi(s[at[2]:at[3]])
		if !gluedBefore(s[:at[0]]) && !gluedAfter(s[at[1]:]) && m >= 1 && m <= 12 {
			return atoi(s[at[4]:at[5]]), m, 0, true
		}
	}
	for _, at := range birthYear.FindAllStringIndex(s, -1) {
		if !gluedBefore(s[:at[0]]) && !gluedAfter(s[at[1]:]) {
			return atoi(s[at[0]:at[1]]), 0, 0, true
		}
	}
	if found := shortYear.FindStringSubmatch(Fold(s)); found != nil {
		return century(found[1], 30), 0, 0, true
	}
	return 0, 0, 0, false
}

// fullBirthDate wants the day, the month and the year.
func fullBirthDate(s string) (time.Time, bool) {
	if m := spokenDate.FindStringSubmatch(numbersAsDigits(Fold(s))); m != nil && m[3] != "" {
		if t, ok := day(atoi(m[3]), monthOf(m[2]), atoi(m[1])); ok {
			return t, true
		}
	}
	for _, at := range numericDate.FindAllStringSubmatchIndex(s, -1) {
		if at[8] < 0 || gluedBefore(s[:at[0]]) || gluedAfter(s[at[1]:]) {
			continue
		}
		if t, ok := day(century(s[at[8]:at[9]], 30), atoi(s[at[6]:at[7]]), atoi(s[at[2]:at[3]])); ok {
			return t, true
		}
	}
	if m := isoDate.FindStringSubmatch(s); m != nil {
		return day(atoi(m[1]), atoi(m[2]), atoi(m[3]))
	}
	if m := compactDate.FindStringSubmatch(s); m != nil {
		return day(atoi(m[3]), atoi(m[2]), atoi(m[1]))
	}
	return time.Time{}, false
}

// atoi reads digits that a pattern has already vouched for; 0 for none.
func atoi(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
