package sheet

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"tiepdan/bot/text"
)

// cell is what a cell became: a value, nothing, or a reason why not.
type cell struct {
	value    string
	reason   string
	args     map[string]string
	repaired bool
}

func bad(reason string) cell { return cell{reason: "import.reason." + reason} }

// longest is how many characters a form takes.
func (f Form) longest() int {
	switch f {
	case FormText:
		return 500
	case FormName:
		return 100
	}
	return 80
}

// cell reads one cell by its column's form.
func (p *parser) cell(c *Column, raw string) cell {
	if len(raw) > 4*maxCell || utf8.RuneCountInString(raw) > maxCell {
		return bad("too_long")
	}
	s := strings.Join(strings.Fields(text.Clean(raw)), " ")
	switch {
	case s == "" || s == "-":
		return cell{}
	case strings.HasPrefix(s, "#") && (strings.HasSuffix(s, "!") || s == "#N/A" || s == "#NAME?"):
		return bad("cell_error")
	case utf8.RuneCountInString(s) > c.Form.longest():
		return bad("too_long")
	}
	switch c.Form {
	case FormText, FormName:
		if legacy(s) {
			return bad("legacy_text")
		}
		return words(c.Form, s)
	case FormCode:
		return code(s)
	case FormCitizen, FormPhone, FormAmount:
		return p.number(c.Form, s)
	case FormBirth:
		return p.birth(s)
	case FormDate:
		return p.date(s)
	}
	return p.official(c.Form, s)
}

func words(f Form, s string) cell {
	if f != FormName {
		return cell{value: s}
	}
	if !strings.ContainsFunc(s, unicode.IsLetter) || strings.ContainsFunc(s, unicode.IsDigit) {
		return bad("bad_name")
	}
	return cell{value: s}
}

func code(s string) cell {
	if key := text.CodeKey(s); len(key) < 2 || len(key) > 60 {
		return bad("bad_code")
	}
	return cell{value: s}
}

// number reads what is written in digits. Spreadsheets turn long ones into powers of ten: inside an XLSX the
// digits are all there, in a CSV they are lost.
func (p *parser) number(f Form, s string) cell {
	s = strings.TrimLeft(s, "'")
	if power, ok := exponent(s); ok {
		if !p.source.typed {
			return bad("damaged_number")
		}
		s = power
	}
	if p.source.typed {
		s = strings.TrimSuffix(s, ".0")
	}
	switch f {
	case FormCitizen:
		number, repaired, ok := text.CitizenNumberRepaired(s)
		if !ok {
			return bad("bad_citizen")
		}
		return cell{value: number, repaired: repaired}
	case FormPhone:
		e164, note, err := text.PhoneRepaired(s)
		if err != nil {
			return bad("bad_phone")
		}
		return cell{value: e164, repaired: note != ""}
	}
	return p.amount(s)
}

// exponent expands "7.2049001234E10" to its digits.
func exponent(s string) (string, bool) {
	mantissa, _, ok := strings.Cut(strings.ToUpper(s), "E")
	if !ok || mantissa == "" || strings.Trim(s, "0123456789.,eE+-") != "" {
		return "", false
	}
	f, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", "."), 64)
	if err != nil || f < 0 || f > 1e15 || f != math.Trunc(f) {
		return s, true
	}
	return strconv.FormatFloat(f, 'f', 0, 64), true
}

// maxAmount is more than any one payment; what is larger is a slip.
const maxAmount = 1_000_000_000_000

// amount reads đồng: "1500000", "1.500.000", "1,500,000 đ". A part of a đồng does not exist.
func (p *parser) amount(s string) cell {
	digits := strings.TrimSpace(strings.ToLower(text.Unaccent(s)))
	for _, unit := range []string{"vnd", "dong", "d"} {
		digits = strings.TrimSpace(strings.TrimSuffix(digits, unit))
	}
	digits = strings.ReplaceAll(digits, " ", ".")
	if sep := strings.IndexAny(digits, ".,"); sep >= 0 {
		groups := strings.Split(digits, digits[sep:sep+1])
		for i, g := range groups {
			if len(g) != 3 && (i > 0 || len(g) == 0 || len(g) > 3) {
				return bad("bad_amount")
			}
		}
		digits = strings.Join(groups, "")
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > maxAmount || strings.HasPrefix(digits, "+") {
		return bad("bad_amount")
	}
	if n == 0 {
		return cell{}
	}
	return cell{value: strconv.FormatInt(n, 10)}
}

// date reads day, month and year of four digits, in this order, or an ISO date; in an XLSX also a serial number.
func (p *parser) date(s string) cell {
	if t, ok := p.serial(s); ok {
		return plausible(t)
	}
	s, _, _ = strings.Cut(s, " ") // a time behind it
	for _, form := range []string{"2/1/2006", "2-1-2006", "2.1.2006", "2006-1-2", "2006-01-02T15:04:05", "2006/1/2"} {
		if t, err := time.Parse(form, s); err == nil {
			return plausible(t)
		}
	}
	return bad("bad_date")
}

func plausible(t time.Time) cell {
	if t.Year() < 1990 || t.Year() > 2100 {
		return bad("bad_date")
	}
	return cell{value: t.Format("2006-01-02")}
}

// serial reads a date as XLSX stores it: days since the end of 1899, with the time as a fraction.
func (p *parser) serial(s string) (time.Time, bool) {
	days, err := strconv.ParseFloat(s, 64)
	if !p.source.typed || err != nil || days < 61 || days > 100_000 { // before 61 the format counts a day that never was
		return time.Time{}, false
	}
	start := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if p.source.date1904 {
		start = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return start.AddDate(0, 0, int(days)), true
}

// birth reads a birth date or year.
func (p *parser) birth(s string) cell {
	year, err := strconv.Atoi(strings.TrimSuffix(s, ".0"))
	if err == nil && year >= 1900 && year <= 2100 {
		return cell{value: fmt.Sprintf("%04d", year)}
	}
	t, ok := p.serial(s)
	if !ok {
		y, m, d, found := text.BirthDate(s)
		switch {
		case !found || y < 1890 || y > 2100:
			return bad("bad_birth")
		case m == 0 || d == 0:
			return cell{value: fmt.Sprintf("%04d", y)}
		}
		t = time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	}
	return cell{value: t.Format("2006-01-02")}
}

// official reads the official words of a list.
func (p *parser) official(f Form, s string) cell {
	var value string
	var ok bool
	reason := "bad_word"
	switch f {
	case FormStatus:
		st, known := p.rules.Words.Status(strings.TrimSuffix(s, ".0"))
		value, ok, reason = strconv.Itoa(int(st)), known, "bad_status"
	case FormStep:
		value, ok = p.rules.Words.Step(s)
		reason = "bad_step"
	case FormOutcome:
		value, ok = p.rules.Words.Outcome(s)
		reason = "bad_outcome"
	case FormMethod:
		value, ok = p.rules.Words.Method(s)
		reason = "bad_method"
	case FormCase:
		value, ok = p.rules.Words.Form(s)
	case FormLevel, FormRegion, FormWhose:
		value, ok = oneOf(f, s)
	}
	if !ok {
		return bad(reason)
	}
	return cell{value: value}
}

func oneOf(f Form, s string) (string, bool) {
	switch key := strings.ReplaceAll(text.Fold(s), " ", "_"); f {
	case FormLevel:
		switch key {
		case "province", "tinh", "thanh_pho":
			return "province", true
		case "commune", "xa", "phuong", "dac_khu":
			return "commune", true
		case "hamlet", "ap", "thon", "khom", "to_dan_pho", "khu_pho", "ban", "lang", "buon", "xom":
			return "hamlet", true
		}
	case FormRegion:
		switch key {
		case "north", "bac", "mien_bac":
			return "north", true
		case "south", "nam", "mien_nam":
			return "south", true
		}
	case FormWhose:
		switch key {
		case "self", "chinh_chu":
			return "self", true
		case "household", "nguoi_nha", "ho":
			return "household", true
		case "hamlet_head", "truong_ap", "truong_thon", "to_truong":
			return "hamlet_head", true
		case "association", "hoi", "hoi_nong_dan":
			return "association", true
		}
	}
	return "", false
}
