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
	"time"

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

func TestRoomIsLeftToRecords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	free := uint64(reserve + 99)
	f.free = func(string) (uint64, error) { return free, nil }
	if _, err := f.Put(context.Background(), strings.NewReader("a"), 100); !errors.Is(err, ErrFull) {
		t.Errorf("a file on a full disk: %v", err)
	}
	if entries, err := os.ReadDir(filepath.Join(dir, "files")); err != nil || len(entries) != 0 {
		t.Errorf("left %v %v", entries, err)
	}
	free++
	if _, err := f.Put(context.Background(), strings.NewReader("a"), 100); err != nil {
		t.Errorf("with room: %v", err)
	}
	if got, err := freeBytes(dir); err != nil || got == 0 {
		t.Errorf("the disk has %d bytes, %v", got, err)
	}
}

func TestSweepRemovesWhatNobodyKnows(t *testing.T) {
	t.Parallel()
	f, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	put := func(content string, age time.Duration) string {
		s, err := f.Put(context.Background(), strings.NewReader(content), 100)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f.path(s.SHA256), now, now.Add(-age)); err != nil {
			t.Fatal(err)
		}
		return s.SHA256
	}
	kept, fresh := put("of a case", 100*24*time.Hour), put("just sent", 30*24*time.Hour)
	gone := put("of nothing", 32*24*time.Hour)
	broken := filepath.Join(f.dir, halfDone+"123")
	if err := os.WriteFile(broken, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(broken, now, now.Add(-25*time.Hour)); err != nil {
		t.Fatal(err)
	}
	n, err := f.Sweep(context.Background(), now, func(sum string) bool { return sum == kept })
	if err != nil || n != 2 {
		t.Errorf("removed %d files, %v", n, err)
	}
	for _, sum := range []string{kept, fresh} {
		if _, err := os.Stat(f.path(sum)); err != nil {
			t.Error(err)
		}
	}
	for _, path := range []string{f.path(gone), broken} {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%s is still there: %v", path, err)
		}
	}
	// The same content sent again is new again.
	put("of nothing", 0)
	if n, err := f.Sweep(context.Background(), now, func(string) bool { return false }); err != nil || n != 1 {
		t.Errorf("removed %d files, %v, want the one that no case has any more", n, err)
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
