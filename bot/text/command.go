package text

import (
	"slices"
	"strings"
	"unicode"
)

// Command recognises the fixed words that a person can always send, and gives
// the canonical word and what follows it in the original text, accents kept. No command: both are empty.
//
//   - Words without an argument count only as the whole text, though "dạ" may stand
//     before and "ạ", "nhé", "nha", "nghen", "please" and signs behind them: CT (also LICH, LINH TIEN, LANH TIEN,
//     TIEN), TG (TRO GIUP, HELP, "?"), MENU, LAI, THOI, TU CHOI (STOP), MO (START), GAP CB, SAI SO, EN, VI, TIEP.
//     TC, DUNG and HUY mean two things each and come back as themselves.
//   - HS (also TC HS, TRA CUU) stands alone, or before a code: anything with a digit. "hs nộp 2 tuần rồi" is a
//     sentence. TC before a code of the national shape is HS as well.
//   - LK stands alone or before digits.
//   - PA stands alone or before anything. A grievance code may be part of it ("PA-4821-7036-2"), so look
//     for one in the whole text first.
//
// A word may be typed without any accents or with its own; "mô" is not MO. Leftovers of Telex are forgiven.
func Command(s string) (word, rest string) {
	s = Clean(s)
	if s != "" && strings.Trim(s, "? ") == "" {
		return "TG", ""
	}
	s = strings.TrimLeftFunc(s, aside)
	if word, rest, ok := withArgument(s); ok {
		return word, rest
	}
	return wholeText(strings.FieldsFunc(s, aside)), ""
}

// aside: white space and signs, which carry no word.
func aside(r rune) bool {
	return unicode.IsSpace(r) || unicode.IsPunct(r) || unicode.IsSymbol(r)
}

// phrase is one way to say a command, with its accents.
type phrase struct{ word, says string }

var arguments = []phrase{ // the longest first; read only
	{"HS", "tra cứu hs"}, {"HS", "tra cứu"}, {"HS", "tracuu"}, {"HS", "tc hs"}, {"HS", "hs"}, {"TC", "tc"}, {"PA", "pa"}, {"LK", "lk"},
}

var alone = []phrase{ // read only
	{"CT", "ct"}, {"CT", "lịch"}, {"CT", "lĩnh tiền"}, {"CT", "lãnh tiền"}, {"CT", "linhtien"}, {"CT", "lanhtien"}, {"CT", "tiền"},
	{"TG", "tg"}, {"TG", "trợ giúp"}, {"TG", "trogiup"}, {"TG", "help"},
	{"MENU", "menu"}, {"LAI", "lại"}, {"THOI", "thôi"}, {"TIEP", "tiếp"},
	{"TU CHOI", "từ chối"}, {"TU CHOI", "tuchoi"}, {"TU CHOI", "stop"}, {"MO", "mở"}, {"MO", "start"},
	{"GAP CB", "gặp cb"}, {"GAP CB", "gapcb"}, {"GAP CB", "gặp cán bộ"}, {"SAI SO", "sai số"}, {"SAI SO", "saiso"},
	{"EN", "en"}, {"EN", "english"}, {"VI", "vi"},
	{"TC", "tc"}, {"HUY", "hủy"}, {"HUY", "huỷ"}, {"DUNG", "dừng"}, {"DUNG", "đúng"},
}

// wholeText finds the command that the words are, courtesies left out.
func wholeText(words []string) string {
	if len(words) > 1 && says(words[0], "dạ") {
		words = words[1:]
	}
	for len(words) > 1 && polite(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	if len(words) == 0 || len(words) > 3 {
		return ""
	}
	for _, p := range alone {
		if slices.EqualFunc(words, strings.Fields(p.says), says) {
			return p.word
		}
	}
	return ""
}

func polite(word string) bool {
	return slices.ContainsFunc([]string{"ạ", "nhé", "nha", "nghen", "pls", "please"}, func(p string) bool { return says(word, p) })
}

// says: the word as typed is the wanted one, with all its accents or none.
func says(typed, wanted string) bool {
	typed = strings.ToLower(typed)
	plain := Unaccent(wanted)
	return typed == wanted || typed == plain || len(plain) > 1 && isASCII(typed) && plainWord(typed, false) == plain
}

func withArgument(s string) (word, rest string, ok bool) {
	for _, p := range arguments {
		rest, found := after(s, p.says)
		if !found {
			continue
		}
		if words := strings.FieldsFunc(rest, aside); len(words) < 3 && !slices.ContainsFunc(words, func(w string) bool { return !polite(w) }) {
			rest = "" // "PA ạ"
		}
		switch p.word {
		case "HS", "TC":
			if rest, ok = lookup(p.word, rest); !ok {
				continue
			}
			return "HS", rest, true
		case "LK":
			if rest != "" && !startsWithDigit(rest) {
				continue
			}
		}
		return p.word, rest, true
	}
	return "", "", false
}

// separators may stand between a command and what follows; a quotation mark belongs to the text.
const separators = " \n\u00a0:;,.-–—_=*#>)]"

// after takes the words of a phrase from the start of s. A word of letters only may
// be followed by a digit without a space ("HS4821"), or by a code that begins with H.
func after(s, says string) (rest string, ok bool) {
	for _, wanted := range strings.Fields(says) {
		n := len(s)
		if i := strings.IndexFunc(s, aside); i >= 0 {
			n = i
		}
		if strings.EqualFold(s[:n], wanted) || strings.EqualFold(s[:n], Unaccent(wanted)) {
			s = strings.TrimLeft(s[n:], separators)
			continue
		}
		if k := len(wanted); n > k && strings.EqualFold(s[:k], wanted) && glued(s[k:]) {
			s = s[k:]
			continue
		}
		return "", false
	}
	return strings.TrimSpace(s), true
}

func glued(s string) bool {
	return startsWithDigit(s) || len(s) > 2 && (s[0] == 'H' || s[0] == 'h') && isDigit(s[1]) && isDigit(s[2])
}

// startsWithDigit: a full-width digit is one, too.
func startsWithDigit(s string) bool {
	s = Unaccent(s)
	return s != "" && isDigit(s[0])
}

// lookup decides whether what follows HS or TC makes it a request to look up a
// dossier.
func lookup(word, rest string) (string, bool) {
	rest = strings.TrimFunc(rest, aside)
	if word == "TC" {
		return rest, national.MatchString(Unaccent(rest))
	}
	for _, filler := range []string{"mã hồ sơ", "hồ sơ", "mã số", "mã"} {
		if shorter, ok := after(rest, filler); ok {
			rest = shorter
			break
		}
	}
	return rest, rest == "" || len(FindCodes("HS "+rest)) > 0
}
