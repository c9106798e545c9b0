package main

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "tiepdan"

// mayImport is the design's table: which packages of ours each package may
// import. An entry ending in "/" stands for a package and all below it.
var mayImport = map[string][]string{
	"bot":             {},
	"bot/text":        {},
	"locales":         {},
	"casework":        {"bot/text"},
	"casework/sheet":  {"bot/text", "casework"},
	"access":          {"casework"},
	"bot/dialogue":    {"bot", "bot/text", "locales"},
	"bot/intent":      {"bot/text", "locales"},
	"bot/delivery":    {"bot"},
	"bot/webhook":     {"bot"},
	"bot/schedule":    {"bot"},
	"bot/notify":      {"bot", "bot/text", "locales", "casework"},
	"bot/broadcast":   {"bot", "bot/text", "locales", "casework", "bot/notify"},
	"bot/telegram":    {"bot", "bot/text"},
	"bot/zalo":        {"bot", "bot/text"},
	"bot/webchat":     {"bot", "bot/text"},
	"bot/sms":         {"bot", "bot/text"},
	"bot/sms/twilio":  {"bot", "bot/text", "bot/sms"},
	"bot/sms/http":    {"bot", "bot/text", "bot/sms"},
	"handlers":        {"bot", "bot/dialogue", "bot/intent", "bot/text", "locales", "casework"},
	"store/vault":     {"bot"},
	"store/files":     {"bot"},
	"store/redis":     {"bot", "bot/dialogue"},
	"store/sqldb":     {"bot", "bot/dialogue", "bot/delivery", "bot/notify", "bot/broadcast", "bot/schedule", "bot/text", "casework", "casework/sheet", "access"},
	"store":           {"bot", "store/"},
	"console":         {"access", "casework", "bot", "bot/notify", "bot/broadcast", "bot/text", "locales"},
	"cmd/tiepdan":     {"*"},
	"store/storetest": {"*"}, // test kits and emulators: see kit
}

// fences: a library belongs to these packages alone.
var fences = map[string][]string{
	"github.com/gin-gonic/gin":             {"bot/webhook", "bot/webchat", "console", "cmd/tiepdan"},
	"modernc.org/sqlite":                   {"store/sqldb"},
	"database/sql":                         {"store/sqldb"},
	"github.com/redis/go-redis":            {"store/redis"},
	"github.com/go-telegram-bot-api":       {"bot/telegram"},
	"github.com/twilio/twilio-go":          {"bot/sms/twilio"},
	"github.com/xuri/excelize":             {"casework/sheet"},
	"golang.org/x/crypto/chacha20poly1305": {"store/vault"},
}

// kit says whether a package is a test kit or an emulator: it may import
// anything, and only tests and cmd may import it.
func kit(pkg string) bool { return strings.HasSuffix(pkg, "test") }

type imported struct {
	file, pkg, path string
	test            bool
}

// allImports parses every Go file of the module.
func allImports(t *testing.T) []imported {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var out []imported
	err = filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && strings.HasPrefix(d.Name(), ".") {
			return filepath.SkipDir
		}
		if d.IsDir() || filepath.Ext(path) != ".go" {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			p, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			out = append(out, imported{file: rel, pkg: filepath.ToSlash(filepath.Dir(rel)), path: p, test: strings.HasSuffix(path, "_test.go")})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// allowed says whether the table lets pkg import ours.
func allowed(pkg, ours string) bool {
	for _, entry := range mayImport[pkg] {
		if entry == "*" || entry == ours || (strings.HasSuffix(entry, "/") && strings.HasPrefix(ours, entry)) {
			return true
		}
	}
	return false
}

func TestImportRules(t *testing.T) {
	t.Parallel()
	seen := 0
	for _, i := range allImports(t) {
		for lib, owners := range fences {
			if strings.HasPrefix(i.path, lib) && !i.test && !kit(i.pkg) && !slices.Contains(owners, i.pkg) {
				t.Errorf("%s imports %s, which belongs to %v", i.file, i.path, owners)
			}
		}
		ours, ok := strings.CutPrefix(i.path, module+"/")
		if !ok {
			continue
		}
		seen++
		switch {
		case ours == "cmd/tiepdan":
			t.Errorf("%s imports the command", i.file)
		case i.test || kit(i.pkg):
		case kit(ours):
			if i.pkg != "cmd/tiepdan" {
				t.Errorf("%s imports the test kit %s", i.file, ours)
			}
		case mayImport[i.pkg] == nil:
			t.Errorf("%s: package %s is not in the design's table", i.file, i.pkg)
		case !allowed(i.pkg, ours):
			t.Errorf("%s: %s may not import %s", i.file, i.pkg, ours)
		}
	}
	if seen < 10 {
		t.Errorf("only %d imports of our own were seen: the test reads the wrong folder", seen)
	}
}
