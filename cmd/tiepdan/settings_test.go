package main

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// settingNames lists every environment variable of the settings, and which are secrets.
func settingNames(t reflect.Type, out map[string]bool) map[string]bool {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.Kind() == reflect.Struct {
			settingNames(f.Type, out)
			continue
		}
		if name := f.Tag.Get("env"); name != "" {
			_, secret := f.Tag.Lookup("secret")
			out[name] = secret
		}
	}
	return out
}

// TestREADMENamesEverySetting: a setting that nobody can find does not exist. The table may
// shorten a name to its end (`_AUTH_TOKEN`) in the row of its group.
func TestREADMENamesEverySetting(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := settingNames(reflect.TypeFor[everySetting](), map[string]bool{})
	if len(names) < 40 {
		t.Fatalf("only %d settings found", len(names))
	}
	rows := strings.Split(string(b), "\n")
	for name := range names {
		if !named(rows, name) {
			t.Errorf("README does not name %s", name)
		}
	}
}

func named(rows []string, name string) bool {
	for _, row := range rows {
		if !strings.HasPrefix(row, "|") {
			continue
		}
		if strings.Contains(row, "`"+name+"`") {
			return true
		}
		for _, group := range []string{"TIEPDAN_TELEGRAM", "TIEPDAN_ZALO", "TIEPDAN_TWILIO", "TIEPDAN_SMSHTTP"} {
			if rest, ok := strings.CutPrefix(name, group); ok && strings.Contains(row, group) && strings.Contains(row, "`"+rest+"`") {
				return true
			}
		}
	}
	return false
}

func TestSecretsAreReadFromFiles(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte("12:abc\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TIEPDAN_TELEGRAM_TOKEN", "")
	t.Setenv("TIEPDAN_TELEGRAM_TOKEN_FILE", file)
	if err := expandSecretFiles(reflect.TypeFor[everySetting]()); err != nil {
		t.Fatal(err)
	}
	if got := os.Getenv("TIEPDAN_TELEGRAM_TOKEN"); got != "12:abc" {
		t.Errorf("read %q", got)
	}
	err := expandSecretFiles(reflect.TypeFor[everySetting]())
	if err == nil || !strings.Contains(err.Error(), "TIEPDAN_TELEGRAM_TOKEN") || strings.Contains(err.Error(), "12:abc") {
		t.Errorf("both set: %v", err)
	}
}
