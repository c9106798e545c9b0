package text

import (
	"fmt"
	"io"
	"regexp"
	"strings"
)

// damm is the table of the quasigroup in H. Michael Damm's "Total
// anti-symmetrische Quasigruppen" (2004). It catches every single wrong digit and every swap of neighbours.
var damm = [10][10]byte{
	{0, 3, 1, 7, 5, 9, 8, 6, 4, 2},
	{7, 0, 9, 2, 1, 5, 4, 8, 6, 3},
	{4, 2, 0, 6, 8, 7, 1, 3, 5, 9},
	{1, 7, 5, 0, 9, 8, 3, 4, 2, 6},
	{6, 1, 2, 3, 0, 4, 5, 9, 7, 8},
	{3, 6, 7, 4, 2, 0, 9, 5, 8, 1},
	{5, 8, 6, 9, 7, 2, 0, 1, 3, 4},
	{8, 9, 4, 5, 3, 6, 2, 0, 1, 7},
	{9, 4, 3, 8, 6, 1, 7, 2, 0, 5},
	{2, 5, 8, 1, 4, 3, 6, 7, 9, 0},
}

// check is the Damm digit of digits ('0' to '9'); it is '0' for digits that end in their own.
func check(digits string) byte {
	var interim byte
	for i := range len(digits) {
		interim = damm[interim][digits[i]-'0']
	}
	return '0' + interim
}

// NewGrievanceCode makes a code such as "PA-4821-7036-2": eight digits drawn
// evenly from random and their check digit. The same form serves every kind of
// grievance, so that a code does not betray a denunciation.
func NewGrievanceCode(random io.Reader) (string, error) {
	digits := make([]byte, 0, 9)
	var one [1]byte
	for len(digits) < 8 {
		if _, err := io.ReadFull(random, one[:]); err != nil {
			return "", fmt.Errorf("draw a grievance code: %w", err)
		}
		if one[0] < 250 { // 250..255 would favour the first six digits
			digits = append(digits, '0'+one[0]%10)
		}
	}
	return showGrievance(string(append(digits, check(string(digits))))), nil
}

func showGrievance(nine string) string {
	return "PA-" + nine[:4] + "-" + nine[4:8] + "-" + nine[8:]
}

var (
	grievanceCode = regexp.MustCompile(`(?i)\bPA[\s.\-_:#]{0,3}((?:[0-9O][\s.\-_]{0,3}){8}[0-9O])(?:[^0-9A-Za-z]|$)`)
	nineDigits    = regexp.MustCompile(`(?i)^[0-9O](?:[\s.\-_]{0,3}[0-9O]){8}$`)
)

// FindGrievanceCode finds a grievance code in free text and gives its canonical form. It takes
// missing dashes, spaces, lower case and O for 0; nine bare digits only when they are the whole
// text. A code whose check digit is wrong comes back with ok false: the person
// mistyped it and can be told so. An empty canonical: there is none.
func FindGrievanceCode(s string) (canonical string, ok bool) {
	s = strings.TrimSpace(Unaccent(Clean(s)))
	if bare := strings.Trim(s, ".,;:!?#- "); nineDigits.MatchString(bare) {
		nine := onlyDigits(bare)
		return showGrievance(nine), check(nine) == '0'
	}
	for _, m := range grievanceCode.FindAllStringSubmatch(s, -1) {
		nine := onlyDigits(m[1])
		if check(nine) == '0' {
			return showGrievance(nine), true
		}
		if canonical == "" {
			canonical = showGrievance(nine)
		}
	}
	return canonical, false
}

// ValidGrievanceCode says whether s is a canonical code with a right check digit.
func ValidGrievanceCode(s string) bool {
	canonical, ok := FindGrievanceCode(s)
	return ok && canonical == s
}

// onlyDigits keeps the digits of s, O read as 0.
func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == 'o', r == 'O':
			return '0'
		case r >= '0' && r <= '9':
			return r
		}
		return -1
	}, s)
}
