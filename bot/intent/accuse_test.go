package intent

import (
	"os"
	"strings"
	"testing"
	"time"
)

// lines reads a file of test texts, one a line, without comments.
func lines(t testing.TB, name string) []string {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(data)) {
		line = strings.TrimRight(line, "\n")
		if line != "" && line[0] != '#' {
			out = append(out, line)
		}
	}
	return out
}

func TestAccuses(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file     string
		want     bool
		atLeast  int // texts in the file
		mistakes int // that are allowed
	}{
		{"accuse.txt", true, 100, 0},
		{"plain.txt", false, 100, 0},
		{"accuse_heldout.txt", true, 40, 0},
		{"plain_heldout.txt", false, 40, 2},
	}
	for _, tt := range tests {
		texts := lines(t, tt.file)
		if len(texts) < tt.atLeast {
			t.Errorf("%s has %d texts, wants %d", tt.file, len(texts), tt.atLeast)
		}
		wrong := 0
		for _, s := range texts {
			if v := Accuses(s); v.Suspect != tt.want {
				wrong++
				t.Logf("%s: %q: %+v", tt.file, s, v)
			}
		}
		t.Logf("%s: %d of %d right", tt.file, len(texts)-wrong, len(texts))
		if wrong > tt.mistakes {
			t.Errorf("%s: %d mistakes, at most %d allowed", tt.file, wrong, tt.mistakes)
		}
	}
}

// TestWhySaysNothingOfTheText: the reason is logged.
func TestWhySaysNothingOfTheText(t *testing.T) {
	t.Parallel()
	v := Accuses("Ông Nguyễn Văn Ngọc, trưởng ấp 7, ăn chặn 500k của 0912345678")
	if !v.Suspect {
		t.Fatal("not suspect")
	}
	for _, word := range []string{"Ngọc", "7", "500", "0912"} {
		if strings.Contains(v.Why, word) {
			t.Errorf("%q is in %q", word, v.Why)
		}
	}
}

// TestLongTexts: what a hostile text costs grows with its length and no faster, and a text
// that accuses at its end is found.
func TestLongTexts(t *testing.T) {
	t.Parallel()
	for _, s := range lines(t, "accuse_heldout.txt") {
		long := strings.Repeat(s+" ", 10_000/len(s))
		start := time.Now()
		Accuses(long)
		Understand(long, now)
		if took := time.Since(start); took > 2*time.Second {
			t.Errorf("%d bytes of %q took %v", len(long), s, took)
		}
	}
	if !Accuses(strings.Repeat("hôm nay phát tiền chậm. ", 400) + "Cán bộ ăn chặn tiền của dân").Suspect {
		t.Error("an accusation at the end of a long text was missed")
	}
}

func BenchmarkAccuses(b *testing.B) {
	texts := append(lines(b, "accuse.txt"), lines(b, "plain.txt")...)
	for i := 0; b.Loop(); i++ {
		Accuses(texts[i%len(texts)])
	}
}
