package telegram

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/telegram/telegramtest"
)

func TestRegister(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	menus := map[string][]Command{
		"":   {{Name: "hs", Description: "Where an application stands"}},
		"vi": {{Name: "hs", Description: "Tra cứu hồ sơ"}, {Name: "tro_giup", Description: "Trợ giúp"}},
	}
	if err := c.Register(deadline(t), menus); err != nil {
		t.Fatalf("Register: %v", err)
	}
	hook := s.Calls("setWebhook")[0].Params
	want := map[string]string{
		"url": "https://xa.example.vn/webhooks/telegram", "secret_token": testSecret, "max_connections": "10",
		"allowed_updates": `["message","edited_message","callback_query","my_chat_member"]`,
	}
	for name, value := range want {
		if hook[name] != value {
			t.Errorf("setWebhook %s = %q, want %q", name, hook[name], value)
		}
	}
	if len(hook) != len(want) {
		t.Errorf("setWebhook with %v", hook)
	}
	calls := s.Calls("setMyCommands")
	if len(calls) != 2 || calls[0].Params["language_code"] != "" || calls[1].Params["language_code"] != "vi" ||
		calls[1].Params["commands"] != `[{"command":"hs","description":"Tra cứu hồ sơ"},{"command":"tro_giup","description":"Trợ giúp"}]` {
		t.Errorf("setMyCommands %v", calls)
	}
}

func TestRegisterInPollModeSetsNoWebhook(t *testing.T) {
	t.Parallel()
	s, c := pair(t, polling)
	if err := c.Register(deadline(t), map[string][]Command{"": {{Name: "hs", Description: "x"}}}); err != nil {
		t.Fatalf("Register: %v", err)
	}
	if len(s.Calls("setWebhook")) != 0 || len(s.Calls("setMyCommands")) != 1 {
		t.Errorf("calls %v %v", s.Calls("setWebhook"), s.Calls("setMyCommands"))
	}
}

// TestRegisterTogether: replicas start at once, and setWebhook takes one a second.
func TestRegisterTogether(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	waited := &pauses{}
	c.pause = waited.pause
	s.FailNext("setWebhook", telegramtest.TooMany(1), telegramtest.TooMany(2))
	if err := c.Register(deadline(t), nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	if got := waited.all(); len(got) != 2 || got[0] < time.Second || got[1] < 2*time.Second {
		t.Errorf("waited %v", got)
	}
	s.FailNext("setWebhook", telegramtest.TooMany(600))
	if err := c.Register(deadline(t), nil); err == nil {
		t.Error("Register waits ten minutes, or says nothing")
	}
}

func TestRegisterSaysWhatToMend(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	// The emulator's second lasts 5 ms.
	c.pause = func(ctx context.Context, d time.Duration) error { return sleep(ctx, d/200) }
	for _, tt := range []struct {
		fault telegramtest.Fault
		want  []string
	}{
		{telegramtest.Refuse(400, "Bad Request: bad webhook: IP address 10.0.0.1 is reserved"), []string{"TIEPDAN_PUBLIC_URL", "IP address 10.0.0.1 is reserved"}},
		{telegramtest.Refuse(401, "Unauthorized"), []string{"TIEPDAN_TELEGRAM_TOKEN"}},
		{telegramtest.Page(502), []string{"502", "HTTPS_PROXY"}},
		{telegramtest.CutAfterAccept(), []string{"TIEPDAN_TELEGRAM_API_URL"}},
	} {
		s.FailNext("setWebhook", tt.fault)
		err := c.Register(deadline(t), nil)
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("Register: %v, want it to say %q", err, want)
			}
		}
	}
	err := c.Register(deadline(t), map[string][]Command{"vi": {{Name: "Tra cứu", Description: "x"}}})
	if err == nil || !strings.Contains(err.Error(), `menu "vi"`) {
		t.Errorf("Register with a bad command: %v", err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)
	info := func(rest string) string {
		return `{"ok":true,"result":{"has_custom_certificate":false,"pending_update_count":4,` + rest + `}}`
	}
	const ours = `"url":"https://xa.example.vn/webhooks/telegram"`
	tests := []struct {
		name, answer string
		poll         bool
		want         []string // none: nothing to mend
	}{
		{"all is well", info(ours + `,"allowed_updates":["message","edited_message","callback_query","my_chat_member"]`), false, nil},
		{"an old failure", info(ours + `,"last_error_date":1767200000,"last_error_message":"x"`), false, nil},
		{"no webhook", info(`"url":""`), false, []string{"no webhook"}},
		{"another's webhook", info(`"url":"https://other.vn/hidden-path"`), false, []string{"other.vn", "TIEPDAN_PUBLIC_URL"}},
		{"kinds are missing", info(ours + `,"allowed_updates":["message"]`), false, []string{"kinds"}},
		{"deliveries fail", info(ours + `,"last_error_date":1767254100,"last_error_message":"Wrong response\nfrom the webhook: 502 Bad Gateway"`), false, []string{"TIEPDAN_PUBLIC_URL", "4 wait", "2026-01-01T07:55:00Z", "Wrong response from the webhook: 502 Bad Gateway"}},
		{"nonsense", `{"ok":true,"result":[]}`, false, []string{"TIEPDAN_TELEGRAM_API_URL"}},
		{"polling", info(`"url":""`), true, nil},
		{"polling beside a webhook", info(`"url":"https://other.vn/hidden-path"`), true, []string{"TIEPDAN_TELEGRAM_MODE", "other.vn"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := `{"ok":true,"result":{"id":123456,"is_bot":true,"first_name":"Bot"}}`
				if strings.HasSuffix(r.URL.Path, "/getWebhookInfo") {
					answer = tt.answer
				}
				if _, err := w.Write([]byte(answer)); err != nil {
					t.Errorf("write an answer: %v", err)
				}
			}))
			defer web.Close()
			cfg := testConfig(web.URL)
			cfg.Clock = func() time.Time { return now }
			if tt.poll {
				polling(&cfg)
			}
			checkLine(t, newChannel(t, cfg).Check(deadline(t)), tt.want)
		})
	}
}

func checkLine(t *testing.T, err error, want []string) {
	t.Helper()
	if len(want) == 0 {
		if err != nil {
			t.Errorf("Check: %v, want nothing to mend", err)
		}
		return
	}
	if err == nil {
		t.Fatalf("Check says nothing, want %q", want)
	}
	for _, part := range want {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("Check: %v, want it to say %q", err, part)
		}
	}
	if strings.Contains(err.Error(), "\n") || strings.Contains(err.Error(), "hidden") {
		t.Errorf("Check: %v", err)
	}
}

func TestCheckAgainstTheEmulator(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	checkLine(t, c.Check(deadline(t)), []string{"no webhook"})
	if err := c.Register(deadline(t), nil); err != nil {
		t.Fatalf("Register: %v", err)
	}
	checkLine(t, c.Check(deadline(t)), nil)
	s.FailNext("getMe", telegramtest.Refuse(401, "Unauthorized"))
	checkLine(t, c.Check(deadline(t)), []string{"TIEPDAN_TELEGRAM_TOKEN"})
	s.FailNext("getWebhookInfo", telegramtest.Page(403))
	checkLine(t, c.Check(deadline(t)), []string{"403", "HTTPS_PROXY"})
}
