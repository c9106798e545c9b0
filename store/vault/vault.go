// Package vault seals what records must not show: authenticated encryption and
// keyed hashes, all derived from the installation's one secret.
package vault

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"

	"tiepdan/bot"
)

// KeySize is the length of the secret in bytes.
const KeySize = 32

// version is the first byte of everything sealed. A new secret or another
// cipher gets the next number, so that old values stay readable beside new ones.
const version = 1

// ErrSealed: a value cannot be opened. It was sealed with another secret or
// under another class, or it was changed.
var ErrSealed = errors.New("sealed value cannot be opened")

// Vault implements bot.Vault: XChaCha20-Poly1305 with one key for each class,
// HMAC-SHA-256 with one key for each kind, every key derived by HKDF-SHA-256
// (RFC 5869) from the secret. It is safe for use by many goroutines.
type Vault struct {
	secret  []byte
	ciphers sync.Map // class → cipher.AEAD
	hashes  sync.Map // kind → []byte
}

var _ bot.Vault = (*Vault)(nil)

// New makes a vault of a secret of KeySize bytes.
func New(secret []byte) (*Vault, error) {
	if len(secret) != KeySize {
		return nil, fmt.Errorf("secret key: %d bytes, want %d", len(secret), KeySize)
	}
	return &Vault{secret: append([]byte(nil), secret...)}, nil
}

// Seal encrypts plain under class: one version byte, a random nonce of 24
// bytes (long enough that random ones do not repeat), the ciphertext with its tag.
func (v *Vault) Seal(class string, plain []byte) []byte {
	aead := v.cipher(class)
	out := make([]byte, 1+aead.NonceSize(), 1+aead.NonceSize()+len(plain)+aead.Overhead())
	out[0] = version
	_, _ = rand.Read(out[1:]) // never fails: crypto/rand ends the program instead
	return aead.Seal(out, out[1:], plain, bound(class))
}

// Open reverses Seal. It returns ErrSealed if the class differs or a byte was changed.
func (v *Vault) Open(class string, sealed []byte) ([]byte, error) {
	aead := v.cipher(class)
	if len(sealed) < 1+aead.NonceSize()+aead.Overhead() || sealed[0] != version {
		return nil, fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	nonce, text := sealed[1:1+aead.NonceSize()], sealed[1+aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, text, bound(class))
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", class, ErrSealed)
	}
	return plain, nil
}

// Hash is HMAC-SHA-256 of value in hex, under a key of its kind.
func (v *Vault) Hash(kind, value string) string {
	key, ok := v.hashes.Load(kind)
	if !ok {
		key, _ = v.hashes.LoadOrStore(kind, v.derive("hash "+kind))
	}
	mac := hmac.New(sha256.New, key.([]byte))
	mac.Write([]byte(value))
	return hex.EncodeToString(mac.Sum(nil))
}

// bound is the associated data: the version and the class that a value belongs to.
func bound(class string) []byte { return append([]byte{version}, class...) }

func (v *Vault) cipher(class string) cipher.AEAD {
	if have, ok := v.ciphers.Load(class); ok {
		return have.(cipher.AEAD)
	}
	aead, err := chacha20poly1305.NewX(v.derive("seal " + class))
	if err != nil {
		panic(err) // only for a key of the wrong length
	}
	have, _ := v.ciphers.LoadOrStore(class, aead)
	return have.(cipher.AEAD)
}

func (v *Vault) derive(what string) []byte {
	key, err := hkdf.Key(sha256.New, v.secret, nil, "tiepdan "+what, KeySize)
	if err != nil {
		panic(err) // only for more than 255 blocks of output
	}
	return key
}
