package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

// planted are values that no error and no log line may hold.
func planted() []string {
	_, private, _ := strings.Cut(testToken, ":")
	return []string{private, testSecret, "777000111", "912345678", "chuyện riêng"}
}

func tells(t *testing.T, where, s string) {
	t.Helper()
	for _, secret := range planted() {
		if strings.Contains(s, secret) {
			t.Errorf("%s tells %q: %s", where, secret, s)
		}
	}
}

// texts are all texts that err can be made to give.
func texts(err error) []string {
	list := []string{fmt.Sprintf("%v %+v %s", err, err, err)}
	for ; err != nil; err = errors.Unwrap(err) {
		list = append(list, err.Error())
	}
	return list
}

// gossip is a transport whose errors quote the whole address.
type gossip struct{}

func (gossip) RoundTrip(r *http.Request) (*http.Response, error) {
	return nil, fmt.Errorf("proxy refused %s", r.URL)
}

// TestNothingIsGivenAway makes every call fail in every way.
func TestNothingIsGivenAway(t *testing.T) {
	t.Parallel()
	s := telegramtest.Start(t, telegramtest.Options{Token: testToken, Unit: time.Millisecond})
	p := started(s)
	log := &journal{}
	faults := []telegramtest.Fault{
		telegramtest.TooMany(1), telegramtest.Restart(), telegramtest.Page(502), telegramtest.Page(200), telegramtest.Page(302),
		telegramtest.CutAfterAccept(), telegramtest.CutBeforeAccept(), telegramtest.Slow(time.Minute),
		telegramtest.Refuse(400, "Bad Request: bot"+testToken+" and "+testSecret),
		telegramtest.Refuse(401, "Unauthorized"), telegramtest.Refuse(403, "Forbidden: bot was blocked by the user"),
		telegramtest.Refuse(404, "Not Found"), telegramtest.Refuse(409, "Conflict: x"),
	}
	change := func(cfg *Config) { cfg.APIURL, cfg.Log = s.URL(), log.logger() }
	for _, fault := range faults {
		failAll(t, s, p, fault, change)
	}
	for _, method := range []string{"sendMessage", "getFile"} { // which carry what a person wrote
		s.FailNext(method, telegramtest.Refuse(400, "Bad Request: can't parse entities: chuyện riêng of 777000111"))
	}
	failAll(t, s, p, telegramtest.Fault{}, change)
	for _, client := range []*http.Client{{Transport: gossip{}}, {Transport: http.DefaultTransport}} {
		failAll(t, s, p, telegramtest.Fault{}, func(cfg *Config) {
			change(cfg)
			cfg.HTTPClient, cfg.APIURL = client, "http://127.0.0.1:1"
		})
	}
	if log.String() == "" {
		t.Fatal("nothing was logged: the test proves nothing")
	}
	tells(t, "the log", log.String())
}

// failAll lets each call of a channel fail once with fault, and reads what it says.
func failAll(t *testing.T, s *telegramtest.Server, p *telegramtest.Person, fault telegramtest.Fault, change func(*Config)) {
	t.Helper()
	cfg := testConfig("")
	change(&cfg)
	c := newChannel(t, cfg)
	c.pause = func(context.Context, time.Duration) error { return errors.New("no time") }
	polling(&cfg)
	poller := newChannel(t, cfg)
	poller.pause = c.pause
	ref := bot.FileRef{ProviderID: s.AddFile("documents/x", []byte("x"))}
	out := to(p, "chuyện riêng 0912345678")
	ways := map[string]func(context.Context) error{
		"sendMessage":         func(ctx context.Context) error { _, err := c.Send(ctx, out); return err },
		"getFile":             func(ctx context.Context) error { _, err := c.Fetch(ctx, ref, 9); return err },
		"setWebhook":          func(ctx context.Context) error { return c.Register(ctx, nil) },
		"getMe":               c.Check,
		"getWebhookInfo":      c.Check,
		"deleteWebhook":       func(ctx context.Context) error { return poller.Listen(ctx, newShelf()) },
		"getUpdates":          func(ctx context.Context) error { return poller.Listen(ctx, newShelf()) },
		"answerCallbackQuery": func(ctx context.Context) error { c.answerPresses(ctx, []string{"777000111"}); return nil },
	}
	for method, call := range ways {
		s.FailNext(method, fault)
		ctx, cancel := context.WithTimeout(deadline(t), 100*time.Millisecond)
		err := call(ctx)
		cancel()
		for _, said := range texts(err) {
			tells(t, method, said)
		}
	}
}

// TestCleansedErrorsStillAnswerQuestions: hiding the text must not hide the cause.
func TestCleansedErrorsStillAnswerQuestions(t *testing.T) {
	t.Parallel()
	err := cleanse(fmt.Errorf("get %s: %w", testToken, context.DeadlineExceeded), testToken)
	if !errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled) {
		t.Errorf("%v lost its cause", err)
	}
	tells(t, "a cleansed error", err.Error())
}
