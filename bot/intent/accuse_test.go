package intent

import (
	"os"
	"strings"
	"testing"
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
