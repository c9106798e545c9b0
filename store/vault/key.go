package vault

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrKeyForm: a secret key is neither 32 bytes in base64 nor in hex.
var ErrKeyForm = errors.New("secret key must be 32 bytes, written in base64 or hex")

// Parse reads a secret key as people write one (TIEPDAN_SECRET_KEY): 32 bytes
// in hex, or in base64 of either alphabet, padded or not.
func Parse(s string) ([]byte, error) {
	s = strings.TrimSpace(s)
	if key, err := hex.DecodeString(s); err == nil && len(key) == KeySize {
		return key, nil
	}
	bare := strings.TrimRight(s, "=")
	for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if key, err := enc.DecodeString(bare); err == nil && len(key) == KeySize {
			return key, nil
		}
	}
	return nil, ErrKeyForm
}

// KeyPath is where LoadOrMake keeps the secret of a data folder.
func KeyPath(dir string) string { return filepath.Join(dir, "secret.key") }

// LoadOrMake reads the secret kept in dir/secret.key, or makes one. The file
// is readable by its owner alone. Whoever loses it loses everything sealed.
func LoadOrMake(dir string) ([]byte, error) {
	path := KeyPath(dir)
	key, err := load(path)
	if !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make secret key: %w", err)
	}
	if err := create(dir, path); err != nil {
		return nil, fmt.Errorf("make secret key: %w", err)
	}
	return load(path)
}

func load(path string) ([]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read secret key: %w", err)
	}
	key, err := Parse(string(text))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, fmt.Errorf("guard secret key: %w", err)
	}
	return key, nil
}

// create writes a new key under another name and links it into place: a crash
// leaves no half of a key, and of two that start at once one wins for both.
func create(dir, path string) (err error) {
	f, err := os.CreateTemp(dir, "secret.*.new") // made 0600
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.Remove(f.Name())) }()
	key := make([]byte, KeySize)
	_, _ = rand.Read(key) // never fails
	_, err = f.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in dir outlive a power cut.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
