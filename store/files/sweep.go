package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// How long what nobody knows of is left lying: an upload whose message never came, a
// file whose message is gone. Records learn of a file when it is fetched, which an outage delays.
const (
	unknownFor  = 31 * 24 * time.Hour
	halfDoneFor = 24 * time.Hour // the rest of a write that a crash ended
)

// Sweep removes the files that kept does not know and that are older than a month, and what crashes
// left half done. It says how many it removed.
func (f *Folder) Sweep(ctx context.Context, now time.Time, kept func(sha256 string) bool) (removed int, err error) {
	err = filepath.WalkDir(f.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		most := unknownFor
		if strings.HasPrefix(d.Name(), halfDone) {
			most = halfDoneFor
		}
		info, err := d.Info()
		if errors.Is(err, fs.ErrNotExist) {
			return nil // it was finished or removed meanwhile
		}
		if err != nil || now.Sub(info.ModTime()) < most || kept(d.Name()) {
			return err
		}
		if err := os.Remove(path); err != nil {
			return err
		}
		removed++
		return nil
	})
	if err != nil {
		return removed, fmt.Errorf("sweep files: %w", err)
	}
	return removed, nil
}

// freeBytes is the room that is left on the disk of dir for an ordinary user.
func freeBytes(dir string) (uint64, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(dir, &s); err != nil {
		return 0, err
	}
	return s.Bavail * uint64(s.Bsize), nil
}
