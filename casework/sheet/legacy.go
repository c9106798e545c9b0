package sheet

import (
	"strings"
	"unicode"
)

// legacy says whether a text was typed in TCVN3 or VNI, the encodings from before Unicode: its
// bytes then come through as Latin letters that Vietnamese does not have. Such a
// text cannot be folded, found or read aloud, so it is refused.
func legacy(s string) bool {
	odd := 0
	previous := rune(0)
	for _, r := range s {
		if unicode.IsLetter(previous) || unicode.IsLetter(r) {
			switch {
			case strings.ContainsRune(surelyTCVN3, r) && unicode.IsLetter(previous), strings.ContainsRune(surelyTCVN3, previous) && unicode.IsLetter(r):
				return true
			case strings.ContainsRune(perhaps, r):
				odd++
			}
		}
		previous = r
	}
	if odd > 1 {
		return true
	}
	low := strings.ToLower(s)
	for _, pair := range vniPairs {
		if strings.Contains(low, pair) {
			return true
		}
	}
	return false
}

// surelyTCVN3 are signs that stand for letters in TCVN3 and never stand inside a word otherwise.
const surelyTCVN3 = "µ¸¶¹¨»¾¼½®ª«¬©§£¢¤¥¦¡"

// perhaps are letters of other Latin alphabets: one alone may belong to a name of the
// highlands ("Y Ñuăt"), two are TCVN3 or VNI.
const perhaps = "ÆÇËÏÑÖØÛÜÞßäåæçëïñöøûüþÐ×÷"

// vniPairs are a plain vowel and the letter that VNI uses as its mark; none of them
// occurs in Vietnamese.
var vniPairs = []string{ // read only
	"aâ", "aê", "aá", "aà", "aã", "aù", "aø", "aû", "aõ", "aï", "aå", "aä", "aé", "aè", "aú", "aü", "aë",
	"eâ", "eá", "eà", "eã", "eå", "eä", "eù", "eø", "oâ", "oä", "oå", "oû", "oï", "où", "oø", "uø", "uû", "uï", "öô", "öù", "öø",
}
