package text

import (
	"errors"
	"regexp"
	"strings"
)

// ErrNotPhone: the text is not a Vietnamese telephone number.
var ErrNotPhone = errors.New("not a Vietnamese telephone number")

// What PhoneRepaired had to mend.
const (
	LeadingZero = "leading_zero" // a spreadsheet had eaten the first zero
	Converted11 = "converted_11" // an eleven-digit mobile number from before 2018
)

// Phone reads a text that is one telephone number and nothing else, and gives it as
// E.164. New blocks of numbers keep appearing, so only the shape is checked. It
// returns ErrNotPhone for everything else, damaged spreadsheet cells such as "8.49E+10" among it.
func Phone(s string) (string, error) {
	e164, _, err := PhoneRepaired(s)
	return e164, err
}

// PhoneRepaired is Phone that also says what was repaired: "", LeadingZero or Converted11.
func PhoneRepaired(s string) (e164, note string, err error) {
	digits, plus, ok := dialled(s)
	if !ok {
		return "", "", ErrNotPhone
	}
	national, bare := trunk(digits, plus)
	if bare {
		note = LeadingZero
	}
	if len(national) == 11 && national[1] == '1' {
		if national, ok = tenDigits(national); !ok {
			return "", "", ErrNotPhone
		}
		note = Converted11
	}
	if !mobileShape(national) && !landlineShape(national) {
		return "", "", ErrNotPhone
	}
	if bare && len(national) == 10 && national[1] == '2' { // nine digits from 2 on are an old identity card
		return "", "", ErrNotPhone
	}
	return "+84" + national[1:], note, nil
}

// dialled takes the separators out; plus says that the number began with one.
func dialled(s string) (digits string, plus, ok bool) {
	s = strings.TrimSpace(Unaccent(Clean(s)))
	if rest, found := strings.CutPrefix(strings.ToLower(s), "tel:"); found {
		s = rest
	}
	s = strings.TrimLeft(s, "' ")
	var b strings.Builder
	for i := range len(s) {
		switch c := s[i]; c {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			b.WriteByte(c)
		case ' ', '.', '-', '(', ')', '\n':
		case '+':
			if plus || b.Len() > 0 {
				return "", false, false
			}
			plus = true
		default:
			return "", false, false
		}
	}
	return b.String(), plus, b.Len() > 0
}

// trunk gives the national form with its zero. bare says that there was
// neither the zero nor the country code.
func trunk(digits string, plus bool) (national string, bare bool) {
	international := plus
	if rest, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, international = rest, true
	}
	if rest, ok := strings.CutPrefix(digits, "84"); ok && (international || len(digits) >= 11) {
		return "0" + strings.TrimPrefix(rest, "0"), false
	}
	switch {
	case international:
		return "", false
	case strings.HasPrefix(digits, "0"):
		return digits, false
	}
	return "0" + digits, true
}

func mobileShape(national string) bool {
	return len(national) == 10 && national[0] == '0' && strings.IndexByte("35789", national[1]) >= 0
}

func landlineShape(national string) bool {
	return (len(national) == 10 || len(national) == 11) && strings.HasPrefix(national, "02")
}

// tenDigits turns an eleven-digit mobile number into the ten digits that it
// has had since the change of 15 September 2018 to 30 June 2019.
func tenDigits(national string) (string, bool) {
	now, ok := oldPrefixes[national[:4]]
	if !ok {
		return "", false
	}
	return now + national[4:], true
}

var oldPrefixes = map[string]string{ // read only
	"0162": "032", "0163": "033", "0164": "034", "0165": "035", "0166": "036", "0167": "037", "0168": "038", "0169": "039",
	"0120": "070", "0121": "079", "0122": "077", "0126": "076", "0128": "078",
	"0123": "083", "0124": "084", "0125": "085", "0127": "081", "0129": "082",
	"0186": "056", "0188": "058",
	"0199": "059",
}

var (
	phoneRun    = regexp.MustCompile(`\+?[0-9]+(?:[ .\-()]{1,3}[0-9]+)*`)
	phoneGroups = regexp.MustCompile(`\+?[0-9]+`)
)

// FindPhone finds the first telephone number in free text, as E.164. Unlike Phone it wants
// the zero or the country code, because nine bare digits may as well be an old
// identity card; and it looks for no number inside codes, dates or citizen numbers.
func FindPhone(s string) (string, bool) {
	s = Unaccent(Clean(s))
	for _, at := range phoneRun.FindAllStringIndex(s, -1) {
		if e164, ok := phoneInRun(s, at[0], at[1]); ok {
			return e164, true
		}
	}
	return "", false
}

// phoneInRun tries the runs of neighbouring groups of digits in s[from:to], the longest first, so that two
// numbers side by side are not taken for one. Only a space parts one number from another.
func phoneInRun(s string, from, to int) (string, bool) {
	groups := phoneGroups.FindAllStringIndex(s[from:to], -1)
	for i, g := range groups {
		start := from + g[0]
		if first := s[start:]; !strings.HasPrefix(first, "0") && !strings.HasPrefix(first, "84") && !strings.HasPrefix(first, "+84") {
			continue
		}
		if gluedBefore(s[:start]) {
			continue
		}
		for j := min(len(groups), i+8); j > i; j-- {
			end := from + groups[j-1][1]
			e164, note, err := PhoneRepaired(s[start:end])
			if err == nil && note != LeadingZero && !gluedAfter(s[end:]) {
				return e164, true
			}
		}
	}
	return "", false
}

// gluedBefore: what follows belongs to a longer code or number.
func gluedBefore(before string) bool {
	if before == "" {
		return false
	}
	last := before[len(before)-1]
	if isWordByte(last) {
		return true
	}
	return strings.IndexByte("./-_+", last) >= 0 && len(before) > 1 && isDigit(before[len(before)-2])
}

func gluedAfter(after string) bool {
	if after == "" {
		return false
	}
	if isWordByte(after[0]) {
		return true
	}
	return strings.IndexByte("./-_", after[0]) >= 0 && len(after) > 1 && isWordByte(after[1])
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isWordByte(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0x80
}

// ShowPhone writes a number as people read it aloud: "0912 345 678",
// "028 3829 1234". What is not a Vietnamese number comes back as it is.
func ShowPhone(e164 string) string {
	n, ok := nationalOf(e164)
	switch {
	case !ok:
		return e164
	case mobileShape(n):
		return n[:4] + " " + n[4:7] + " " + n[7:]
	case strings.HasPrefix(n, "024"), strings.HasPrefix(n, "028"):
		return n[:3] + " " + n[3:len(n)-4] + " " + n[len(n)-4:]
	}
	return n[:4] + " " + n[4:len(n)-4] + " " + n[len(n)-4:]
}

// MaskPhone shows enough of a number for its owner to know it: "09xx xxx 678".
func MaskPhone(e164 string) string {
	shown := ShowPhone(e164)
	if _, ok := nationalOf(e164); !ok {
		return mask(shown, 0)
	}
	return mask(shown, 2)
}

// mask keeps the first and the last three digits of a number and its spaces.
func mask(shown string, first int) string {
	b := []byte(shown)
	for i, c := range b {
		if i >= first && i < len(b)-3 && c != ' ' {
			b[i] = 'x'
		}
	}
	return string(b)
}

func nationalOf(e164 string) (string, bool) {
	rest, ok := strings.CutPrefix(e164, "+84")
	if !ok {
		return "", false
	}
	n := "0" + rest
	return n, mobileShape(n) || landlineShape(n)
}
