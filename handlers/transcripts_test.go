package handlers_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiepdan/handlers/handlertest"
	"tiepdan/locales"
)

var update = flag.Bool("update", false, "write the transcripts anew")

// TestTranscripts plays every transcript and compares what the program says today with what
// is written there.
func TestTranscripts(t *testing.T) {
	t.Parallel()
	texts, err := locales.Load()
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	err = filepath.WalkDir("testdata/transcripts", func(path string, d fs.DirEntry, err error) error {
		if err == nil && strings.HasSuffix(path, ".txt") {
			files = append(files, path)
		}
		return err
	})
	if err != nil || len(files) == 0 {
		t.Fatalf("no transcripts: %v", err)
	}
	for _, path := range files {
		t.Run(strings.TrimPrefix(path, "testdata/transcripts/"), func(t *testing.T) {
			t.Parallel()
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			got, err := handlertest.Run(t.Context(), handlertest.Parse(string(want)), texts)
			if err != nil {
				t.Fatal(err)
			}
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if got != string(want) {
				t.Errorf("the conversation changed (-update writes it anew):\n%s", got)
			}
		})
	}
}
