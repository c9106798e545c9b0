package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// errRunning: another service has these records.
var errRunning = errors.New("another tiepdan is serving these records: stop it first, or set TIEPDAN_DATABASE_URL")

// lockRecords makes sure that one service alone serves an embedded file: its pacing and its
// writer are in memory. The lock ends with the process, however it ends.
func lockRecords(databaseURL string) (unlock func() error, err error) {
	path, embedded := strings.CutPrefix(databaseURL, "sqlite:")
	if !embedded {
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("lock records: %w", err)
	}
	f, err := os.OpenFile(path+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock records: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errRunning
		}
		return nil, fmt.Errorf("lock records: %w", err)
	}
	return f.Close, nil
}
