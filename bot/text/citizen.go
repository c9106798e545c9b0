package text

import (
	"regexp"
	"strings"
)

// CitizenNumber reads a text that is one citizen number (số định danh cá nhân,
// the number of the căn cước) and nothing else: twelve digits, PPP G YY NNNNNN, with a
// known province of birth registration and a century digit of 0 to 3 (Circular 59/2021/TT-BCA,
// Decree 137/2015/NĐ-CP). There is no check digit, so a bank account can look the same.
func CitizenNumber(s string) (string, bool) {
	digits, plus, ok := dialled(s)
	if !ok || plus || !citizenShape(digits) {
		return "", false
	}
	return digits, true
}

// CitizenNumberRepaired also gives back the leading zeros that a spreadsheet has
// eaten; repaired says that it did. Only for imported files: typed by a person, eleven digits may be a phone.
func CitizenNumberRepaired(s string) (number string, repaired, ok bool) {
	digits, plus, ok := dialled(s)
	if !ok || plus || len(digits) < 10 || len(digits) > 12 {
		return "", false, false
	}
	number = strings.Repeat("0", 12-len(digits)) + digits
	return number, len(digits) < 12, citizenShape(number)
}

var twelveDigits = regexp.MustCompile(`[0-9]{12}|[0-9]{3}(?:[ .\-][0-9]{3}){3}|[0-9]{4}(?:[ .\-][0-9]{4}){2}`)

// FindCitizenNumber finds the first citizen number in free text.
func FindCitizenNumber(s string) (string, bool) {
	s = Unaccent(Clean(s))
	for _, at := range twelveDigits.FindAllStringIndex(s, -1) {
		digits := onlyDigits(s[at[0]:at[1]])
		if !gluedBefore(s[:at[0]]) && !gluedAfter(s[at[1]:]) && citizenShape(digits) {
			return digits, true
		}
	}
	return "", false
}

func citizenShape(digits string) bool {
	return len(digits) == 12 && digits[3] <= '3' && strings.Contains(birthProvinces, " "+digits[:3]+" ")
}

// birthProvinces are the codes of the provinces before the merger of July
// 2025, which changed no number.
const birthProvinces = " 001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 " +
	"040 042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 086 " +
	"087 089 091 092 093 094 095 096 "

// LastFour is the last four digits of a number, what a person gives as second
// fact; empty when s has fewer.
func LastFour(s string) string {
	digits := onlyDigits(Unaccent(s))
	if len(digits) < 4 {
		return ""
	}
	return digits[len(digits)-4:]
}
