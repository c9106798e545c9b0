package vault

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"tiepdan/bot"
)

func testVault(t testing.TB, fill byte) *Vault {
	t.Helper()
	v, err := New(bytes.Repeat([]byte{fill}, KeySize))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestSealOpen(t *testing.T) {
	t.Parallel()
	v := testVault(t, 7)
	plain := []byte("đơn của bà Nguyễn Thị Lành")
	sealed := v.Seal(bot.SealCase, plain)
	got, err := v.Open(bot.SealCase, sealed)
	if err != nil || !bytes.Equal(got, plain) {
		t.Fatalf("open: %q, %v", got, err)
	}
	if bytes.Contains(sealed, plain[:8]) {
		t.Error("the sealed value shows its text")
	}
	if again := v.Seal(bot.SealCase, plain); bytes.Equal(again, sealed) {
		t.Error("two seals of one text are equal")
	}
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	v := testVault(t, 7)
	sealed := v.Seal(bot.SealBody, []byte("text"))
	for i := range sealed {
		broken := bytes.Clone(sealed)
		broken[i] ^= 1
		if _, err := v.Open(bot.SealBody, broken); !errors.Is(err, ErrSealed) {
			t.Errorf("byte %d changed: %v", i, err)
		}
	}
	for name, open := range map[string]func() ([]byte, error){
		"other class":  func() ([]byte, error) { return v.Open(bot.SealState, sealed) },
		"other secret": func() ([]byte, error) { return testVault(t, 8).Open(bot.SealBody, sealed) },
		"cut":          func() ([]byte, error) { return v.Open(bot.SealBody, sealed[:len(sealed)-1]) },
		"empty":        func() ([]byte, error) { return v.Open(bot.SealBody, nil) },
	} {
		if _, err := open(); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestHash(t *testing.T) {
	t.Parallel()
	v := testVault(t, 7)
	h := v.Hash("citizen", "072049000123")
	if h != testVault(t, 7).Hash("citizen", "072049000123") {
		t.Error("equal values of one secret hash differently")
	}
	for _, other := range []string{v.Hash("phone", "072049000123"), v.Hash("citizen", "072049000124"),
		testVault(t, 8).Hash("citizen", "072049000123")} {
		if other == h {
			t.Error("another kind, value or secret gives the same hash")
		}
	}
	if len(h) != 64 {
		t.Errorf("hash has %d digits, want 64", len(h))
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	key := bytes.Repeat([]byte{0xfb, 0xff}, 16) // both alphabets differ on it
	for name, s := range map[string]string{
		"hex": hex.EncodeToString(key), "upper hex": strings.ToUpper(hex.EncodeToString(key)),
		"std": base64.StdEncoding.EncodeToString(key) + "\n", "url": base64.URLEncoding.EncodeToString(key),
		"raw": base64.RawStdEncoding.EncodeToString(key),
	} {
		if got, err := Parse(s); err != nil || !bytes.Equal(got, key) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, s := range []string{"", "short", hex.EncodeToString(key[:31]), strings.Repeat("z", 64)} {
		if _, err := Parse(s); !errors.Is(err, ErrKeyForm) {
			t.Errorf("%q is taken as a key", s)
		}
	}
}

func TestLoadOrMake(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	keys := make([][]byte, 8)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			key, err := LoadOrMake(dir)
			if err != nil {
				t.Error(err)
			}
			keys[i] = key
		})
	}
	wg.Wait()
	for _, key := range keys[1:] {
		if !bytes.Equal(key, keys[0]) {
			t.Error("starters at the same time got different keys")
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder holds %v (%v), want the key alone", entries, err)
	}
	info, err := entries[0].Info()
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v; want 0600", info.Mode(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "secret.key"), []byte("broken"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadOrMake(dir); !errors.Is(err, ErrKeyForm) {
		t.Errorf("a broken key was replaced or taken: %v", err)
	}
}

// FuzzOpen: nothing but what Seal made can be opened, and nothing makes Open panic.
func FuzzOpen(f *testing.F) {
	v := testVault(f, 7)
	sealed := v.Seal(bot.SealBody, []byte("text"))
	f.Add(sealed)
	f.Add(sealed[:20])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		if plain, err := v.Open(bot.SealBody, b); err == nil && (!bytes.Equal(b, sealed) || string(plain) != "text") {
			t.Errorf("opened %x", b)
		}
	})
}

// FuzzParse: what is taken as a key is a whole key.
func FuzzParse(f *testing.F) {
	f.Add(strings.Repeat("0f", KeySize))
	f.Add(base64.StdEncoding.EncodeToString(make([]byte, KeySize)) + "\n")
	f.Add("=")
	f.Fuzz(func(t *testing.T, s string) {
		if key, err := Parse(s); err == nil && len(key) != KeySize {
			t.Errorf("%q gives %d bytes", s, len(key))
		}
	})
}
