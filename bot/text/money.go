package text

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

const (
	thousand = 1_000
	million  = 1_000_000
	billion  = 1_000_000_000
	tooMuch  = 1_000_000 * billion // beyond any amount of the state
)

// Money finds the first amount in a text, in đồng: "1tr8", "1,8 triệu", "1.8 củ", "triệu rưỡi",
// "năm trăm" (of thousands, which people leave out), "500k", "500 ngàn", "1.500.000đ". The point separates thousands, the
// comma decimals, unless only the other reading makes sense. A bare number counts only when it is the whole text: under a
// thousand it means thousands, and from one to ten thousand it is not understood.
func Money(s string) (dong int64, ok bool) {
	w := moneyWords(s)
	if len(w) == 1 && w[0].digits != "" {
		return bareAmount(w[0].digits)
	}
	for i := range w {
		if w[i].glued && w[i].digits != "" && (i == 0 || strings.Contains("-/_", w[i-1].says) || w[i-1].letters) {
			continue // inside a code or a date
		}
		if dong, ok := amountAt(w[i:]); ok {
			return dong, true
		}
	}
	return 0, false
}

// moneyWord is a word of the text as Money sees it.
type moneyWord struct {
	typed   string // lower case
	says    string // unaccented
	digits  string // a number in digits with its points and commas
	letters bool
	glued   bool // no space before it
}

var moneyPiece = regexp.MustCompile(`[0-9]+(?:[.,][0-9]+)*|[\p{L}\p{M}]+|[^\s]`)

func moneyWords(s string) []moneyWord {
	s = strings.ToLower(Clean(s))
	var out []moneyWord
	end := -1
	for _, at := range moneyPiece.FindAllStringIndex(s, -1) {
		typed := s[at[0]:at[1]]
		w := moneyWord{typed: typed, says: Unaccent(typed), glued: at[0] == end}
		switch {
		case isDigit(typed[0]):
			w.digits = typed
		case Fold(typed) != "":
			w.letters = true
		}
		end = at[1]
		out = append(out, w)
	}
	for len(out) > 1 && (out[len(out)-1].says == "." || out[len(out)-1].says == "a") {
		out = out[:len(out)-1]
	}
	return out
}

// amountAt reads the amount at the start of w: numbers with units that get smaller.
func amountAt(w []moneyWord) (int64, bool) {
	if dong, ok := withoutNumber(w); ok {
		return dong, true
	}
	var total int64
	last, i := int64(tooMuch), 0
	for i < len(w) {
		n := numberAt(w[i:])
		if n.words == 0 {
			break
		}
		unit, used, ok := unitAt(w[i+n.words:], w[i], n)
		if !ok {
			rest, ok := withoutUnit(n, last, w[i+n.words:])
			if !ok && total == 0 {
				return 0, false
			}
			return total + rest, true
		}
		part, ok := n.times(unit)
		if !ok || unit >= last || total+part > tooMuch {
			break
		}
		total, last, i = total+part, unit, i+n.words+used
		if i < len(w) && w[i].says == "ruoi" {
			return total + unit/2, true
		}
	}
	return total, total > 0
}

// withoutNumber: "triệu rưỡi", "trăm rưỡi" (of thousands), "nửa triệu".
func withoutNumber(w []moneyWord) (int64, bool) {
	if len(w) < 2 {
		return 0, false
	}
	switch a, b := w[0].says, w[1].says; {
	case a == "trieu" && b == "ruoi":
		return million + million/2, true
	case a == "tram" && b == "ruoi":
		return 150 * thousand, true
	case a == "nua" && b == "trieu":
		return million / 2, true
	case a == "nua" && (b == "ty" || b == "ti"):
		return billion / 2, true
	}
	return 0, false
}

// withoutUnit is the value of a last number to which people give no unit: "1tr8", "một triệu tám", "một triệu tám
// trăm", and "năm trăm" alone.
func withoutUnit(n number, last int64, after []moneyWord) (int64, bool) {
	if len(after) > 0 && counted(after[0].says) {
		return 0, false // "1 triệu 2 tháng", "năm trăm người"
	}
	switch {
	case n.hundreds && (last == million || last == tooMuch):
		return n.milli, true // thousands, since milli counts thousandths
	case last != million && last != billion && last != thousand, n.places == 0:
		return 0, false
	}
	scale := last
	for range n.places {
		scale /= 10
	}
	return n.milli / 1000 * scale, true
}

// unitAt is the unit that follows a number, and how many words it took: none when the separated thousands say
// that it is an amount. Short units and those that are also other words need to be certain.
func unitAt(w []moneyWord, first moneyWord, n number) (unit int64, used int, ok bool) {
	u, next := moneyWord{}, ""
	if len(w) > 0 {
		u = w[0]
	}
	if len(w) > 1 {
		next = w[1].says
	}
	switch u.says {
	case "d", "dong", "vnd":
		unit, ok = 1, n.milli >= 100*1000
	case "k":
		unit, ok = thousand, u.glued
	case "ngan", "nghin":
		unit, ok = thousand, next != "hang"
	case "tr", "trieu":
		unit, ok = million, true
	case "cu":
		unit, ok = million, u.typed == "củ" || u.typed == "cu" && (u.glued || strings.ContainsAny(first.digits, ".,"))
	case "ty", "ti":
		unit, ok = billion, true
	}
	if !ok && n.grouped && !counted(u.says) && !(u.glued && u.letters) {
		return 1, 0, true
	}
	return unit, 1, ok
}

// number is what stands before a unit.
type number struct {
	milli    int64 // thousandths
	words    int   // how many words it took; 0: there is no number
	places   int   // how many digits it has when it is a plain number; 0: it cannot follow a unit without one
	grouped  bool  // its thousands are separated
	hundreds bool  // it ends in hundreds said as a word, or has some
}

func (n number) times(unit int64) (int64, bool) {
	if n.milli > tooMuch/unit*1000 {
		return 0, false
	}
	return n.milli * unit / 1000, n.milli > 0
}

var (
	groupedFigure = regexp.MustCompile(`^[1-9][0-9]{0,2}(?:(?:\.[0-9]{3})+(?:,[0-9]{1,2})?|(?:,[0-9]{3})+(?:\.[0-9]{1,2})?)$`)
	decimalFigure = regexp.MustCompile(`^([0-9]{1,6})[.,]([0-9]{1,3})$`)
	plainFigure   = regexp.MustCompile(`^[0-9]{1,15}$`)
)

func numberAt(w []moneyWord) number {
	if w[0].digits == "" {
		return spelledNumber(w)
	}
	n := figure(w)
	if n.words == 0 || len(w) < 2 || n.places == 0 || n.places > 2 {
		return n
	}
	switch w[1].says {
	case "tram":
		n.milli, n.words, n.hundreds, n.places = n.milli*100, 2, true, 0
		if len(w) > 2 && w[2].says == "ruoi" {
			n.milli, n.words = n.milli+50*1000, 3
		}
	case "chuc":
		n.milli, n.words, n.places = n.milli*10, 2, 0
	}
	return n
}

func figure(w []moneyWord) number {
	s := w[0].digits
	large := len(w) > 1 && (w[1].says == "tr" || w[1].says == "trieu" || w[1].says == "ty" || w[1].says == "ti")
	decimal := decimalFigure.FindStringSubmatch(s)
	switch {
	case groupedFigure.MatchString(s) && !(large && decimal != nil && strings.Contains(s, ",")):
		whole := s
		if cut := len(s) - 3; !isDigit(s[cut]) || !isDigit(s[cut+1]) { // decimals of a đồng do not exist
			whole = s[:strings.LastIndexAny(s, ".,")]
		}
		return number{milli: parse(onlyDigits(whole)) * 1000, words: 1, grouped: true}
	case decimal != nil && len(w) > 1:
		return number{milli: parse(decimal[1])*1000 + parse((decimal[2] + "00")[:3]), words: 1}
	case plainFigure.MatchString(s):
		return number{milli: parse(s) * 1000, words: 1, places: len(s)}
	}
	return number{}
}

// parse reads at most fifteen digits that a pattern vouched for.
func parse(digits string) int64 {
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n > tooMuch {
		return 0
	}
	return n
}

// spelledNumber reads a number under a thousand in words: "hai mươi lăm", "ba lăm", "một trăm lẻ năm".
func spelledNumber(w []moneyWord) number {
	var n number
	var value int64
	i := 0
	say := func(j int) string {
		if j < len(w) {
			return w[j].says
		}
		return ""
	}
	if d := spelledDigit(say(0)); d > 0 && say(1) == "tram" {
		value, i, n.hundreds = d*100, 2, true
		if say(2) == "ruoi" {
			return number{milli: (value + 50) * 1000, words: 3, hundreds: true}
		}
		if say(i) == "le" || say(i) == "linh" {
			i++
		}
	}
	d := spelledDigit(say(i))
	switch next := say(i + 1); {
	case say(i) == "muoi" || say(i) == "chuc":
		value, i = value+10, i+1
	case d > 0 && (next == "muoi" || next == "chuc"):
		value, i = value+d*10, i+2
	case d > 0 && next == "lam":
		value, i = value+d*10, i+1
	case d > 0:
		if !n.hundreds {
			n.places = 1
		}
		return number{milli: (value + d) * 1000, words: i + 1, hundreds: n.hundreds, places: n.places}
	default:
		return number{milli: value * 1000, words: i, hundreds: n.hundreds}
	}
	if ones := spelledDigit(say(i)); ones > 0 || say(i) == "lam" || say(i) == "tu" {
		switch say(i) {
		case "lam":
			ones = 5
		case "tu":
			ones = 4
		}
		value, i = value+ones, i+1
	}
	return number{milli: value * 1000, words: i, hundreds: n.hundreds}
}

func spelledDigit(word string) int64 {
	switch word {
	case "tu", "muoi": // "từ", and a ten
		return 0
	}
	return parse(digitOf(word))
}

func bareAmount(digits string) (int64, bool) {
	n := figure([]moneyWord{{digits: digits}})
	dong := n.milli / 1000
	switch {
	case n.words == 0 || digits[0] == '0' || dong > 1000*billion:
		return 0, false
	case n.grouped || dong >= 10*thousand:
		return dong, true
	case dong < thousand:
		return dong * thousand, true
	}
	return 0, false
}

// ShowMoney writes an amount of đồng: "1.500.000 đ".
func ShowMoney(dong int64) string {
	digits, sign := strconv.FormatInt(dong, 10), ""
	if dong < 0 {
		digits, sign = digits[1:], "-"
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "." + digits[i:]
	}
	return fmt.Sprintf("%s%s đ", sign, digits)
}
