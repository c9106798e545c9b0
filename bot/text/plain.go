package text

import (
	"slices"
	"strings"
)

// Plain is Fold with the residue of an input method undone: Telex keys ("tieefn",
// "dduyetj") and VNI digits ("tie62n", "na2o") that a phone without such a method leaves in the
// text. A word that is a Vietnamese syllable already, a code, a number and an everyday English
// word stay as Fold gives them. A digit after a word that is often numbered ("ap3", "lan2") is
// taken for VNI only when another word shows that the text is VNI.
func Plain(s string) string {
	var words []string
	vni := false
	for _, token := range strings.Fields(Clean(s)) {
		if strings.ContainsAny(token, "0123456789") && strings.ContainsAny(strings.Trim(token, `.,;:!?"'()`), `.,-_/:`) {
			words = append(words, Words(token)...) // a code, a date, an amount
			continue
		}
		for _, w := range Words(token) {
			vni = vni || surelyVNI(w)
			words = append(words, w)
		}
	}
	for i, w := range words {
		words[i] = plainWord(w, vni)
	}
	return strings.Join(words, " ")
}

func plainWord(w string, vni bool) string {
	if syllable(w) || !isASCII(w) {
		return w
	}
	if strings.ContainsAny(w, "0123456789") {
		base, ok := withoutVNI(w)
		if ok && (vni || !numbered(base) || surelyVNI(w)) {
			return base
		}
		return w
	}
	if base, ok := withoutTelex(w); ok {
		return base
	}
	return w
}

// withoutVNI takes the digits out when each can be the mark that VNI makes of it: 1-5 one tone, 6 the
// circumflex, 7 the horn, 8 the breve, 9 the stroke of đ.
func withoutVNI(w string) (string, bool) {
	var base strings.Builder
	var count [10]int
	for i := range len(w) {
		c := w[i]
		if !isDigit(c) {
			base.WriteByte(c)
			continue
		}
		if c != '9' && !strings.ContainsAny(w[:i], "aeiouy") {
			return "", false
		}
		count[c-'0']++
	}
	b := base.String()
	tones := count[1] + count[2] + count[3] + count[4] + count[5]
	switch {
	case len(b) < 2, !syllable(b), count[0] > 0, tones > 1, count[6]+count[8] > 1, count[7] > 2, count[9] > 1:
		return "", false
	case count[6] > 0 && !strings.ContainsAny(b, "aeo"), count[7] > 0 && !strings.ContainsAny(b, "uo"),
		count[8] > 0 && !strings.Contains(b, "a"), count[9] > 0 && b[0] != 'd':
		return "", false
	}
	return b, true
}

// surelyVNI: a digit stands inside the word, where nobody writes a number.
func surelyVNI(w string) bool {
	inside := strings.TrimRight(w, "0123456789")
	if !strings.ContainsAny(inside, "123456789") {
		return false
	}
	_, ok := withoutVNI(w)
	return ok
}

// numbered are the words that a number often follows without a space.
func numbered(base string) bool {
	switch base {
	case "ap", "to", "thon", "xom", "khu", "khom", "doi", "ban", "lo", "ngo", "hem", "kiet", "duong", "quan", "phuong", "nhom",
		"so", "lan", "dot", "quy", "thang", "ngay", "nam", "lop", "cap", "mau", "tang", "phong", "bai", "cau", "dieu", "khoan", "muc",
		"thu", "ky", "con", "ho", "khau", "luc", "nha", "xa", "buon", "lang", "soc", "mung", "toa", "cum", "tuyen":
		return true
	}
	return false
}

// withoutTelex undoes Telex keys: dd, aa, ee, oo, w, and one tone key s f r x j
// behind a vowel.
func withoutTelex(w string) (string, bool) {
	if slices.Contains(english, w) || !strings.ContainsAny(w, "sfrxjwd") && !doubled(w) {
		return "", false
	}
	b := make([]byte, 0, len(w))
	seen, tones, sure := false, 0, false
	for i := range len(w) {
		c := w[i]
		switch {
		case c == 'w' && seen:
			sure = true
			continue
		case c == 'w':
			c, sure, seen = 'u', true, true
		case seen && strings.IndexByte("sfrxj", c) >= 0:
			tones++
			continue
		case i == 1 && c == 'd' && w[0] == 'd', len(b) > 0 && c == b[len(b)-1] && strings.IndexByte("aeo", c) >= 0:
			sure = true
			continue
		case vowel(c):
			seen = true
		}
		b = append(b, c)
	}
	base := string(b)
	if !syllable(base) {
		base = withoutLateKey(base)
	}
	if tones > 1 || base == w || len(base) < 2 && !sure || !syllable(base) {
		return "", false
	}
	return base, true
}

func doubled(w string) bool {
	return strings.Contains(w, "aa") || strings.Contains(w, "ee") || strings.Contains(w, "oo")
}

// withoutLateKey: some type the key that makes ê, ô, â or đ at the end of the word ("vieteJ", "duocwjd").
func withoutLateKey(b string) string {
	if len(b) < 3 {
		return b
	}
	last, rest := b[len(b)-1], b[:len(b)-1]
	if last == 'd' && b[0] == 'd' || strings.IndexByte("aeo", last) >= 0 && strings.IndexByte(rest, last) > 0 && !vowel(rest[len(rest)-1]) {
		return rest
	}
	return b
}

// english are everyday words that would lose a letter; sorted by hand into families, read only.
var english = strings.Fields(`is as us his has this thus gas bus yes plus news pass boss miss kiss less loss mass case cases house
of off if for or her per are our your hour were where there here more sir air car far bar year hear near dear clear
box tax max mix six fix text next fax taxi new now how know show row law saw draw raw view low slow own down town two
see seen been need keep meet week deep teen too soon room book look took good door moon food cook zoo pool cool
these those use user used uses time times rice rise first last list lost post cost past pos sms pls tks
error order officer paper papers poor person persons reason server center teacher doctor term park part port sort short
soft left lift loan loans class glass press cash rest test best west east must just add address red`)

// Expand writes out common short forms, for finding out what a person wants and for nothing
// else: never for stored text, never inside a code. tokens are words of Fold or Plain; only whole
// words are expanded.
func Expand(tokens []string) []string {
	out := make([]string, 0, len(tokens)+8)
	for i, t := range tokens {
		before := ""
		if i > 0 {
			before = tokens[i-1]
		}
		switch {
		case (t == "dc" || t == "dk") && i > 0:
			t = "duoc" // at the start dc is địa chỉ, dk đăng ký
		case t == "h" && (before == "bao" || before == "may"):
			t = "gio"
		case t == "k" && before != "" && countDigits(before) == len(before):
			t = "ngan"
		}
		long, ok := shortForms[t]
		if !ok {
			out = append(out, t)
			continue
		}
		out = append(out, strings.Fields(long)...)
	}
	return out
}

// shortForms are the habits of citizens and of chat; those with two likely meanings (tc, cs, kb) are
// left alone. Read only.
var shortForms = map[string]string{
	"k": "khong", "ko": "khong", "kh": "khong", "khg": "khong", "kg": "khong", "hok": "khong", "hong": "khong", "hem": "khong", "hk": "ho khau",
	"kp": "khong phai", "dx": "duoc", "duok": "duoc", "dj": "di",
	"bn": "bao nhieu", "bnhieu": "bao nhieu", "bh": "bao gio", "bjo": "bay gio", "bgio": "bay gio", "hnay": "hom nay", "hqua": "hom qua",
	"hs": "ho so", "hso": "ho so", "sdt": "so dien thoai", "dt": "dien thoai", "dthoai": "dien thoai",
	"cccd": "can cuoc cong dan", "cmnd": "chung minh nhan dan", "cmt": "chung minh nhan dan",
	"ck": "chuyen khoan", "tk": "tai khoan", "stk": "so tai khoan", "ubnd": "uy ban nhan dan", "ub": "uy ban",
	"tcxh": "tro cap xa hoi", "btxh": "bao tro xa hoi", "nkt": "nguoi khuyet tat", "ncc": "nguoi co cong", "nct": "nguoi cao tuoi",
	"hn": "ho ngheo", "hcn": "ho can ngheo", "ldtd": "lao dong tu do", "hnd": "hoi nong dan",
	"vs": "voi", "j": "gi", "z": "vay", "zay": "vay", "ntn": "nhu the nao", "r": "roi", "rui": "roi",
	"trc": "truoc", "ng": "nguoi", "ngta": "nguoi ta", "nc": "nuoc", "ms": "moi", "mn": "moi nguoi",
	"e": "em", "cx": "cung", "nhiu": "nhieu", "bit": "biet", "ktra": "kiem tra", "gd": "gia dinh", "cty": "cong ty",
	"qd": "quyet dinh", "tks": "cam on", "thks": "cam on", "thanks": "cam on",
}
