package zalo_test

import (
	"context"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiepdan/bot"
)

// noGrants is for channels that decode only.
type noGrants struct{}

func (noGrants) Grant(context.Context, string) (bot.Grant, error) { return bot.Grant{}, bot.ErrNoGrant }

func (noGrants) Rotate(context.Context, string, int64, time.Duration, func(context.Context, bot.Grant) (bot.Grant, error)) (bot.Grant, error) {
	return bot.Grant{}, bot.ErrNoGrant
}

// checkIncoming is what bot.Incoming promises of every event.
func checkIncoming(t *testing.T, in bot.Incoming) {
	t.Helper()
	if in.Address.Channel != bot.Zalo || in.Address.ID == "" || in.ProviderID == "" {
		t.Fatalf("no address or key: %+v", in)
	}
	if !utf8.ValidString(in.Text) || strings.ContainsRune(in.Text, 0) || !norm.NFC.IsNormalString(in.Text) {
		t.Fatalf("text %q is not clean", in.Text)
	}
	switch in.Kind {
	case bot.KindText:
		if in.Text == "" {
			t.Fatalf("a text without text: %+v", in)
		}
	case bot.KindChoice:
		if in.Choice == "" || len(in.Choice) > 60 {
			t.Fatalf("choice %q", in.Choice)
		}
	case bot.KindContact:
		if !strings.HasPrefix(in.Phone, "+84") || in.Meta["proof"] != "claim" {
			t.Fatalf("a contact without number or as proof: %+v", in)
		}
	case bot.KindFiles:
		if len(in.Files) == 0 {
			t.Fatalf("files without files: %+v", in)
		}
		for _, file := range in.Files {
			if file.Size < 0 || file.ProviderID == "" || !utf8.ValidString(file.Name) {
				t.Fatalf("file %+v", file)
			}
		}
	case bot.KindLocation, bot.KindStart, bot.KindBlocked, bot.KindTakeover, bot.KindUnread:
	default:
		t.Fatalf("kind %q is not Zalo's", in.Kind)
	}
}
