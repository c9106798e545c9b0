// Package files keeps pictures and documents in a folder, each under the hash of
// its content, so that the same file is kept once and a name can neither be guessed nor collide.
package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"tiepdan/bot"
)

// Folder is where files are kept: <hash's first two letters>/<hash>.
type Folder struct {
	dir  string
	free func(dir string) (uint64, error) // bytes
}

// reserve is how much of the disk is left to records, in bytes: strangers can send files, and a
// message must still be stored when they have sent too many.
const reserve = 512 << 20

// halfDone begins the names of files that are being written.
const halfDone = "incoming-"

// ErrFull: the disk has no room for files any more.
var ErrFull = errors.New("no room for files")

// Stored is a file that is kept.
type Stored struct {
	SHA256 string // hex; the name by which Open finds it
	Type   string // media type, by the content and not by what the sender claims
	Size   int64  // bytes
}

// Open prepares the folder "files" inside dir.
func Open(dir string) (*Folder, error) {
	path := filepath.Join(dir, "files")
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("open files: %w", err)
	}
	return &Folder{dir: path, free: freeBytes}, nil
}

// Put keeps what r holds. When it returns nil the file is on the disk. It takes at most max
// bytes: bot.ErrTooLarge if there is more, and nothing is kept. ErrFull when the disk is nearly full.
func (f *Folder) Put(ctx context.Context, r io.Reader, max int64) (Stored, error) {
	free, err := f.free(f.dir)
	if err != nil {
		return Stored{}, fmt.Errorf("keep file: look for room: %w", err)
	}
	if free < reserve+uint64(max) {
		return Stored{}, fmt.Errorf("keep file: %w", ErrFull)
	}
	temp, err := os.CreateTemp(f.dir, halfDone)
	if err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	defer os.Remove(temp.Name()) // after the rename there is nothing to remove
	s, err := fill(ctx, temp, r, max)
	if err = errors.Join(err, temp.Close()); err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	path := f.path(s.SHA256)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	if err := os.Rename(temp.Name(), path); err != nil {
		return Stored{}, fmt.Errorf("keep file: %w", err)
	}
	return s, syncFolder(filepath.Dir(path))
}

// fill copies r into temp, hashing it and looking at its first bytes, and makes it durable.
func fill(ctx context.Context, temp *os.File, r io.Reader, max int64) (Stored, error) {
	hash := sha256.New()
	head := &prefix{}
	size, err := io.Copy(io.MultiWriter(temp, hash, head), io.LimitReader(canceled{ctx, r}, max+1))
	if err != nil {
		return Stored{}, err
	}
	if size > max {
		return Stored{}, bot.ErrTooLarge
	}
	return Stored{SHA256: hex.EncodeToString(hash.Sum(nil)), Type: http.DetectContentType(head.b), Size: size}, temp.Sync()
}

// Open reads a kept file. The name is what Put returned; any other is not found.
func (f *Folder) Open(name string) (io.ReadCloser, error) {
	if b, err := hex.DecodeString(name); err != nil || len(b) != sha256.Size {
		return nil, fmt.Errorf("open file: %w", os.ErrNotExist)
	}
	return os.Open(f.path(name))
}

func (f *Folder) path(sum string) string { return filepath.Join(f.dir, sum[:2], sum) }

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("keep file: %w", err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// prefix keeps the first bytes written to it: those by which a content's type is known.
type prefix struct{ b []byte }

func (p *prefix) Write(b []byte) (int, error) {
	if room := 512 - len(p.b); room > 0 {
		p.b = append(p.b, b[:min(room, len(b))]...)
	}
	return len(b), nil
}

// canceled stops reading when its context ends.
type canceled struct {
	ctx context.Context
	r   io.Reader
}

func (c canceled) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}
