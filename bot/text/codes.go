package text

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// CodeKey is the form in which an office's codes are compared: capitals, without spaces,
// dots, dashes, slashes and other signs, O read as 0 where it stands beside a digit.
// CodeKey("h15.22–26O915-0007") is "H15222609150007".
func CodeKey(s string) string {
	s = strings.ToUpper(Unaccent(Clean(s)))
	squashed := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' {
			return r
		}
		return -1
	}, s)
	return zeros(squashed)
}

// zeros reads every O as 0 that stands in one run with a digit.
func zeros(s string) string {
	b := []byte(s)
	for i := 0; i < len(b); {
		j, digit := i, false
		for j < len(b) && (isDigit(b[j]) || b[j] == 'O') {
			digit = digit || isDigit(b[j])
			j++
		}
		for k := i; digit && k < j; k++ {
			if b[k] == 'O' {
				b[k] = '0'
			}
		}
		i = max(j, i+1)
	}
	return string(b)
}

// national is the shape of the codes of the national dossier system (QCVN
// 102:2016 and what followed): H15.50.05.13-261008-0975, 000.00.15.H15-220112-0001.
var national = regexp.MustCompile(`(?i)(?:[0-9O]{3}[.\s\-]{0,2}[0-9O]{2}[.\s\-]{0,2}[0-9O]{2}[.\s\-]{0,2})?H\s?[0-9O]{2}` +
	`(?:[.\s\-]{0,2}[0-9O]{1,3}){0,4}[\s.\-_]{0,3}([0-9O]{6})[\s.\-_]{0,3}[0-9O]{4,7}`)

const (
	maxCodes = 5  // what one text may ask for
	maxTries = 20 // how many places in a text are looked at closely, so that a hostile one costs little
)

// FindCodes finds what may be dossier codes in free text and gives their keys,
// the likeliest first: codes of the national shape (those whose middle six digits are a date before the
// others), then what follows a word that announces a code ("HS", "mã hồ sơ"),
// which may be anything with a digit in it, then other words made like a code. Phone numbers, dates, money,
// citizen numbers, numbers of laws and grievance codes are none.
func FindCodes(s string) []string {
	s = Unaccent(Clean(s))
	var keys, undated []string
	rest := s
	for _, m := range national.FindAllStringSubmatchIndex(s, maxTries) {
		if gluedBefore(s[:m[0]]) || m[1] < len(s) && isWordByte(s[m[1]]) {
			continue
		}
		key := CodeKey(s[m[0]:m[1]])
		if yearMonthDay(onlyDigits(s[m[2]:m[3]])) {
			keys = append(keys, key)
		} else {
			undated = append(undated, key)
		}
		rest = rest[:m[0]] + strings.Repeat(" ", m[1]-m[0]) + rest[m[1]:]
	}
	keys = append(keys, undated...)
	keys = append(keys, announced(rest)...)
	for _, word := range strings.Fields(rest) {
		if word = trimSigns(word); LooksLikeCode(word) {
			keys = append(keys, CodeKey(word))
		}
	}
	return firstOf(keys, maxCodes)
}

func firstOf(keys []string, n int) []string {
	var out []string
	for _, k := range keys {
		if k != "" && len(out) < n && !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

func yearMonthDay(six string) bool {
	_, err := time.Parse("060102", six)
	return err == nil
}

func trimSigns(word string) string { return strings.Trim(word, `.,;:!?"'()[]{}<>-_/#*`) }

// announcing are the words that say that a code follows; "tra" also means to pay, so it
// counts only at the start.
var announcing = regexp.MustCompile(`(?i)(?:(?:^|[^a-z0-9])(?:hs|ho so|ma hs|ma so|ma|tra cuu)|^tra)(?:\s*(?:so|ma|la|code|:|#|=|-|\.))*\s+`)

// announced are the codes after the words that announce one.
func announced(s string) []string {
	var keys []string
	for _, at := range announcing.FindAllStringIndex(s, maxTries) {
		words := strings.Fields(s[at[1]:])
		code := codeWords(words, strings.TrimSpace(s[:at[0]]) == "")
		key := CodeKey(strings.Join(code, ""))
		if len(code) == 0 || len(code) < len(words) && countDigits(key) < 3 {
			continue
		}
		keys = append(keys, key)
		if len(code) > 1 {
			for _, w := range code {
				if LooksLikeCode(w) {
					keys = append(keys, CodeKey(w))
				}
			}
		}
	}
	return keys
}

// codeWords are the words at the start of a text that make up one code: those with a digit, after
// at most one short group of letters ("HN 2026 118"). Letters that could be a word ("nam 2021") are taken
// only when first says that the text is a command and nothing but the code follows.
func codeWords(words []string, first bool) []string {
	var code []string
	for i, w := range words {
		w = trimSigns(w)
		next := ""
		if i+1 < len(words) {
			next = trimSigns(words[i+1])
		}
		switch {
		case len(code) == 8 || w == "":
			return code
		case countDigits(w) > 0:
			if notCode(w) || countDigits(w) == len(w) && counted(next) {
				return code
			}
		case i > 0 || len(w) > 4 || next == "" || !isDigit(next[0]):
			return code
		case strings.ContainsAny(strings.ToLower(w), "aeiouy") && !(first && allDigits(words[1:])):
			return code
		}
		code = append(code, w)
	}
	return code
}

func allDigits(words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return countDigits(w) == 0 })
}

func countDigits(s string) int {
	n := 0
	for i := range len(s) {
		if isDigit(s[i]) {
			n++
		}
	}
	return n
}

// counted: a number before this word counts something and is no code.
func counted(word string) bool {
	switch strings.ToLower(word) {
	case "nghin", "ngan", "trieu", "tram", "dong", "ty", "cu", "ngay", "tuan", "thang", "nam", "gio", "phut", "nguoi", "ho", "khau",
		"tuoi", "lan", "don", "dua", "con", "bua", "hom", "giay", "to", "ban", "bo":
		return true
	}
	return false
}

var (
	codeShape = regexp.MustCompile(`(?i)^[A-Z0-9]+(?:[.\-_/][A-Z0-9]+)+$`)
	letterRun = regexp.MustCompile(`(?i)[A-Z]`)
	notCodes  = regexp.MustCompile(`(?i)^(?:` +
		`[0-9]{1,2}[./\-][0-9]{1,2}(?:[./\-][0-9]{2,4})?|[0-9]{1,2}[/\-][0-9]{4}|[0-9]{4}-[0-9]{2}-[0-9]{2}|` + // dates
		`[0-9]{1,3}(?:[.,][0-9]{3})+(?:D|VND|DONG)?|[0-9]+(?:[.,][0-9]+)?(?:TR|K|CU|TRIEU|NGAN|NGHIN|D|DONG)[0-9]*|[0-9]+[.,][0-9]{1,2}|` + // money
		`[0-9]{1,2}[HG][0-9]{0,2}(?:[-/][0-9]{1,2}[HG][0-9]{0,2})?|` + // hours
		`[0-9]+/[0-9]{4}/(?:ND|TT|QD|NQ|QH|TTLT|L|PL)[0-9A-Z\-]*|[0-9]+/(?:QD|NQ|CT|TB|KH|TTR|BC)-?[A-Z\-]*|` + // laws and decisions
		`[1-3]\.[0-9]{6}(?:\.[0-9A-Z.]*)?|` + // procedures (mã TTHC)
		`PA-?[0-9\-]*|(?:COVID|CV|NQ|ND|TT|QD)-?[0-9]+)$`)
)

func notCode(word string) bool { return notCodes.MatchString(word) }

// LooksLikeCode says whether a whole text is made like a dossier code: of the national shape,
// or groups of letters and digits with signs between them and at least three digits.
func LooksLikeCode(s string) bool {
	s = trimSigns(strings.TrimSpace(Unaccent(Clean(s))))
	if at := national.FindStringIndex(s); at != nil && at[0] == 0 && at[1] == len(s) {
		return true
	}
	if !codeShape.MatchString(s) || notCode(s) || len(s) > 40 {
		return false
	}
	digits := countDigits(s)
	if digits < 3 {
		return false
	}
	if letterRun.MatchString(s) {
		return true
	}
	if _, err := Phone(s); err == nil {
		return false
	}
	if _, ok := CitizenNumber(s); ok {
		return false
	}
	return digits >= 6 && strings.ContainsAny(s, "-/")
}
