package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"tiepdan/bot"
)

func TestPutAndOpen(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	png := append([]byte("\x89PNG\r\n\x1a\n"), bytes.Repeat([]byte{1}, 5000)...)
	first, err := f.Put(context.Background(), bytes.NewReader(png), 10_000)
	if err != nil || first.Type != "image/png" || first.Size != int64(len(png)) {
		t.Fatalf("put: %+v %v", first, err)
	}
	again, err := f.Put(context.Background(), bytes.NewReader(png), 10_000)
	if err != nil || again != first {
		t.Errorf("the same content again: %+v %v", again, err)
	}
	r, err := f.Open(first.SHA256)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, png) {
		t.Errorf("read back %d bytes: %v", len(got), err)
	}
	left, err := filepath.Glob(filepath.Join(dir, "files", "incoming-*"))
	if err != nil || len(left) != 0 {
		t.Errorf("left behind: %v %v", left, err)
	}
}

func TestTooLargeLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Put(context.Background(), strings.NewReader("12345"), 4); !errors.Is(err, bot.ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := f.Put(ctx, strings.NewReader("1"), 4); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "files"))
	if err != nil || len(entries) != 0 {
		t.Errorf("kept %v %v", entries, err)
	}
}

func TestOpenRefusesPaths(t *testing.T) {
	t.Parallel()
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "..", "../../etc/passwd", strings.Repeat("a", 63), strings.Repeat("a", 64), strings.Repeat("z", 64)} {
		if _, err := f.Open(name); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%q: %v", name, err)
		}
	}
}
