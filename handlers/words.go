package handlers

import (
	"slices"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// saying is a word that answers tell people to send, folded, and what it asks for.
type saying struct{ says, name, arg string }

// sayings stand alone, beside the commands of bot/text.
func sayings() []saying {
	return []saying{
		{"chua nhan", "payout/missing", ""}, {"not received", "payout/missing", ""},
		{"da nhan", "payout/received", ""}, {"received", "payout/received", ""},
		{"ky truoc", "payout/past", ""}, {"past", "payout/past", ""},
		{"hen", "guarded/appointment", ""}, {"hen gap", "guarded/appointment", ""}, {"meet", "guarded/appointment", ""},
		{"cai dat", "settings", ""}, {"settings", "settings", ""},
		{"co dau", "settings/accents", ""}, {"accents", "settings/accents", ""},
		{"khong dau", "settings/plain", ""}, {"plain", "settings/plain", ""},
		{"tin moi", "consent", ""}, {"news", "consent", ""}, {"bot tin", "optout/choose", ""}, {"fewer", "optout/choose", ""},
		{"bo lk", "link/end", ""}, {"unlink", "link/end", ""},
		{"du lieu", "rights", ""}, {"data", "rights", ""}, {"xem du lieu", "rights", "view"}, {"see data", "rights", "view"},
		{"sua du lieu", "rights", "correct"}, {"correct data", "rights", "correct"},
		{"xoa du lieu", "rights", "erase"}, {"erase data", "rights", "erase"},
		{"doi so", "rights/phone", ""}, {"new number", "rights/phone", ""},
		{"status", "HS", ""}, {"payout", "CT", ""}, {"report", "PA", ""}, {"person", "GAP CB", ""}, {"phone number", "GAP CB", ""}, {"link", "LK", ""},
	}
}

// ownWord reads the words that answers offer beside the commands of bot/text.
func ownWord(words string) (dialogue.Command, bool) {
	folded := strings.Join(text.Words(words), " ")
	for _, w := range sayings() {
		if folded == w.says {
			return dialogue.Command{Name: w.name, Arg: w.arg}, true
		}
	}
	if rest, ok := cutWord(folded, "rut", "withdraw"); ok {
		if code, ok := text.FindGrievanceCode("PA " + rest); ok {
			return dialogue.Command{Name: "grievance/withdraw", Arg: code}, true
		}
	}
	if rest, ok := cutWord(folded, "doi so", "new number"); ok {
		if phone, err := text.Phone(rest); err == nil {
			return dialogue.Command{Name: "rights/phone", Arg: phone}, true
		}
	}
	if rest, ok := cutWord(folded, "tu choi", "stop"); ok {
		if class, ok := classWord(rest); ok {
			return dialogue.Command{Name: "TU CHOI", Arg: class}, true
		}
	}
	if rest, ok := cutWord(folded, "chua nhan", "not received"); ok && strings.Trim(rest, "0123456789") == "" {
		return dialogue.Command{Name: "payout/missing", Arg: rest}, true
	}
	return englishArgument(words)
}

// englishArgument reads STATUS, REPORT and LINK with what follows them, which are HS, PA and LK in English.
func englishArgument(words string) (dialogue.Command, bool) {
	first, rest, found := strings.Cut(strings.TrimSpace(words), " ")
	rest = strings.TrimLeft(rest, " :,.-")
	if !found || rest == "" {
		return dialogue.Command{}, false
	}
	switch strings.ToLower(strings.TrimRight(first, ":,.-")) {
	case "status":
		if len(text.FindCodes("HS "+rest)) > 0 {
			return dialogue.Command{Name: "HS", Arg: rest}, true
		}
	case "report":
		return dialogue.Command{Name: "PA", Arg: rest}, true
	case "link":
		if strings.Trim(rest, "0123456789 ") == "" {
			return dialogue.Command{Name: "LK", Arg: rest}, true
		}
	}
	return dialogue.Command{}, false
}

func cutWord(folded string, words ...string) (string, bool) {
	for _, w := range words {
		if rest, ok := strings.CutPrefix(folded, w+" "); ok {
			return strings.TrimPrefix(rest, "pa "), true
		}
	}
	return "", false
}

// classWord reads which notices shall stop.
func classWord(folded string) (class string, ok bool) {
	switch folded {
	case "tien", "lich", "payout", "payouts":
		return casework.ClassPayout, true
	case "ho so", "hs", "status", "applications":
		return casework.ClassStatus, true
	case "phan anh", "pa", "report", "reports":
		return casework.ClassGrievance, true
	case "tin chung", "tin moi", "news":
		return casework.ClassNews, true
	case "tat ca", "het", "all":
		return casework.ClassAll, true
	}
	return "", false
}

// asksProxy says whether a text asks who may collect for somebody: "vợ tôi đi lãnh thay được không".
func asksProxy(words string) bool {
	w := text.Words(words)
	folded := " " + strings.Join(w, " ") + " "
	if anyWord(folded, []string{"chua", "roi", "mat", "co nguoi", "ai do"}) {
		return false
	}
	if anyWord(folded, []string{"collect for", "collect it for", "collect my money"}) {
		return true
	}
	for i, verb := range w {
		if !slices.Contains([]string{"lanh", "linh", "nhan"}, verb) {
			continue
		}
		rest := w[i+1:]
		if len(rest) > 0 && rest[0] == "tien" {
			rest = rest[1:]
		}
		if len(rest) > 0 && slices.Contains([]string{"thay", "gium", "dum"}, rest[0]) ||
			len(rest) > 0 && rest[0] == "ho" && (len(rest) == 1 || !slices.Contains([]string{"tro", "so", "ngheo", "can"}, rest[1])) {
			return true
		}
	}
	return false
}

// plainly reads short questions that no intent stands for.
func plainly(words string, sure bool) (dialogue.Command, bool) {
	if asksProxy(words) {
		return dialogue.Command{Name: "advice/proxy"}, true
	}
	folded := " " + strings.Join(text.Words(words), " ") + " "
	digits := strings.ContainsAny(words, "0123456789")
	switch {
	case anyWord(folded, []string{"gio lam viec", "may gio lam viec", "may gio mo cua", "gio mo cua", "office hours"}):
		return dialogue.Command{Name: "advice/where_to_apply"}, true
	case !digits && !anyWord(folded, []string{"doi", "moi", "cua toi", "cua tui", "sai", "nham"}) &&
		anyWord(folded, []string{"sdt", "so dien thoai", "so dt", "hotline", "duong day nong"}):
		return dialogue.Command{Name: "GAP CB"}, true
	case !sure && slices.Contains([]string{"ok", "oke", "okay", "da", "vang", "u", "uh", "um", "co", "khong", "ko", "k", "khong co gi", "k co j", "yes", "no"}, strings.TrimSpace(folded)):
		return dialogue.Command{Name: "noted"}, true
	}
	return inEnglish(words)
}

// inEnglish reads the plain questions of somebody who writes English.
func inEnglish(words string) (dialogue.Command, bool) {
	folded := " " + strings.Join(text.Words(words), " ") + " "
	for _, w := range []struct {
		says []string
		c    dialogue.Command
	}{
		{[]string{"how much"}, dialogue.Command{Name: "advice/payout_amount"}},
		{[]string{"when will i", "when do i get", "when is the payout", "payment day"}, dialogue.Command{Name: "CT"}},
		{[]string{"phone number of", "your phone number", "telephone number"}, dialogue.Command{Name: "GAP CB"}},
		{[]string{"stop messages", "stop sending", "stop texting", "unsubscribe"}, dialogue.Command{Name: "optout/choose"}},
		{[]string{"who are you", "what can you do"}, dialogue.Command{Name: dialogue.CommandStart}},
	} {
		if anyWord(folded, w.says) {
			return w.c, true
		}
	}
	return dialogue.Command{}, false
}
