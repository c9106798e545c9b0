package text

import (
	"os"
	"strings"
	"testing"
)

// utterance is a line of testdata/utterances.tsv.
type utterance struct{ number, intent, tags, text string }

func utterances(t *testing.T) []utterance {
	t.Helper()
	file, err := os.ReadFile("testdata/utterances.tsv")
	if err != nil {
		t.Fatal(err)
	}
	var all []utterance
	for line := range strings.Lines(string(file)) {
		f := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(f) != 4 {
			t.Fatalf("line %q", line)
		}
		all = append(all, utterance{f[0], f[1], f[2], f[3]})
	}
	return all
}

// keyboard are the utterances that carry keyboard residue, and how they read.
var keyboard = map[string]string{
	"187": "toi chua nhan duoc tien tro cap",
	"189": "khi nao co tien tro cap",
	"190": "ho so cua em duyet chua",
}

func TestPlainKeepsOrdinaryWords(t *testing.T) {
	t.Parallel()
	unaccented := 0
	for _, u := range utterances(t) {
		want := Fold(u.text)
		if read, ok := keyboard[u.number]; ok {
			want = read
		}
		if strings.Contains(u.tags, "K") {
			unaccented++
		}
		if got := Plain(u.text); got != want {
			t.Errorf("%s: Plain(%q) = %q, want %q", u.number, u.text, got, want)
		}
		if got := Plain(Fold(u.text)); got != want {
			t.Errorf("%s: Plain(Fold(%q)) = %q, want %q", u.number, u.text, got, want)
		}
	}
	if unaccented < 40 {
		t.Errorf("only %d unaccented utterances", unaccented)
	}
}

func TestPlain(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"hoof sow tieengs vieejt", "ho so tieng viet"},
		{"khieeu naij", "khieu nai"},
		{"khieu naij", "khieu nai"},
		{"nguwowif thuwowng binh", "nguoi thuong binh"},
		{"dduowcj trwowcs DDAAU?", "duoc truoc dau"},
		{"owr ddaau", "o dau"},
		{"vietej duocwjd", "viet duoc"},
		{"Tooi muoons tooos caos", "toi muon to cao"}, // a key that bounced
		{"to61 ca1o ca1n bo65", "to cao can bo"},
		{"d9u7o75c nguo72i", "duoc nguoi"},
		{"ap3 to5 lan2", "ap3 to5 lan2"},
		{"H53.22-260915-0007 NQ68 1tr8 7h30 q12 mp3 covid19 f0", "h53 22 260915 0007 nq68 1tr8 7h30 q12 mp3 covid19 f0"},
		{"HN-2026-118 tie62n", "hn 2026 118 tien"},
		{"0912345678 5/11/2026", "0912345678 5 11 2026"},
		{"how to see my office form please, thanks for your news", "how to see my office form please thanks for your news"},
		{"English please", "english please"},
		{"ភាសាខ្មែរ", "ភាសាខ្មែរ"},
		{"gas bus sms ok ad tks", "gas bus sms ok ad tks"},
	} {
		if got := Plain(c.in); got != c.want {
			t.Errorf("Plain(%q) = %q, want %q", c.in, got, c.want)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, want string }{
		{"", ""},
		{"tien ck r ma tk e k co", "tien chuyen khoan roi ma tai khoan em khong co"},
		{"co dc huong ko", "co duoc huong khong"},
		{"hok hong hem k", "khong khong khong khong"},
		{"dc chi tra moi", "dc chi tra moi"},
		{"dk", "dk"},
		{"nguoi khuyet tat dk bn", "nguoi khuyet tat duoc bao nhieu"},
		{"bao h co", "bao gio co"},
		{"bh phat", "bao gio phat"},
		{"500 k", "500 ngan"},
		{"hs cccd sdt", "ho so can cuoc cong dan so dien thoai"},
		{"tc cs ma", "tc cs ma"},
	} {
		if got := strings.Join(Expand(strings.Fields(c.in)), " "); got != c.want {
			t.Errorf("Expand(%q) = %q, want %q", c.in, got, c.want)
		}
	}
	in := []string{"k", "co"}
	if Expand(in); in[0] != "k" {
		t.Error("Expand changed its argument")
	}
}

func FuzzPlain(f *testing.F) {
	f.Add("tie62n dduyetj H53.22-260915-0007 ap3")
	f.Add("w7 aaee dd9")
	f.Fuzz(func(t *testing.T, s string) {
		p := Plain(s)
		if Fold(p) != p {
			t.Fatalf("Plain(%q) = %q is not folded", s, p)
		}
		if len(Expand(strings.Fields(p))) < len(strings.Fields(p)) {
			t.Fatalf("Expand lost a word of %q", p)
		}
	})
}
