package telegramtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
)

const token = "123456:AAE-test"

// clock is a time that a test moves.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) read() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func start(t *testing.T, change func(*Options)) (*Server, *clock) {
	t.Helper()
	c := &clock{now: time.Date(2026, 1, 1, 8, 0, 0, 0, time.UTC)}
	opt := Options{Token: token, Unit: time.Millisecond, Clock: c.read}
	if change != nil {
		change(&opt)
	}
	return Start(t, opt), c
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

// do sends a request and reads the envelope of its answer.
func do(t *testing.T, req *http.Request) (status int, got answer) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatalf("call: %v", err)
	}
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	if err := resp.Body.Close(); err != nil {
		t.Errorf("close the answer: %v", err)
	}
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatalf("answer %q: %v", body, err)
	}
	return resp.StatusCode, got
}

func request(t *testing.T, address, contentType string, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(deadline(t), http.MethodPost, address, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", contentType)
	return req
}

// call calls a method with a form.
func call(t *testing.T, s *Server, method string, pairs ...string) (int, answer) {
	t.Helper()
	form := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return do(t, request(t, s.URL()+"/bot"+token+"/"+method, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())))
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	s, _ := start(t, func(o *Options) { o.Cloud = true })
	s.Person(1, "A").Start("")
	s.Person(2, "B")
	blocked := s.Person(3, "C")
	blocked.Start("")
	blocked.Block()
	gone := s.Person(4, "D")
	gone.Deactivate()
	s.Person(1, "A").SayInGroup(-5, "x")
	s.Migrate(-6, -7)
	large := s.AddLarge("videos/1.mp4", 20<<20+1)
	long := strings.Repeat("ệ", 4097)
	button := func(data string) string {
		return `{"inline_keyboard":[[{"text":"A","callback_data":"` + data + `"}]]}`
	}
	const contact = `{"keyboard":[[{"text":"A","request_contact":true}]]}`
	tests := []struct {
		method string
		pairs  []string
		code   int
		says   string
	}{
		{"noSuchMethod", nil, 404, "Not Found: method not found"},
		{"sendMessage", []string{"text", "x"}, 400, "chat_id is empty"},
		{"sendMessage", []string{"chat_id", "99", "text", "x"}, 400, "Bad Request: chat not found"},
		{"sendMessage", []string{"chat_id", "@xa", "text", "x"}, 400, "Bad Request: chat not found"},
		{"sendMessage", []string{"chat_id", "2", "text", "x"}, 403, "Forbidden: bot can't initiate conversation with a user"},
		{"sendMessage", []string{"chat_id", "3", "text", "x"}, 403, "Forbidden: bot was blocked by the user"},
		{"sendMessage", []string{"chat_id", "4", "text", "x"}, 403, "Forbidden: user is deactivated"},
		{"sendMessage", []string{"chat_id", "-6", "text", "x"}, 400, "group chat was upgraded to a supergroup chat"},
		{"sendMessage", []string{"chat_id", "1"}, 400, "message text is empty"},
		{"sendMessage", []string{"chat_id", "1", "text", " \n"}, 400, "message text is empty"},
		{"sendMessage", []string{"chat_id", "1", "text", long}, 400, "message is too long"},
		{"sendMessage", []string{"chat_id", "1", "text", "\xff"}, 400, "UTF-8"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "parse_mode", "HTML"}, 400, "parse_mode"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "reply_markup", `{"inline_keyboard":null}`}, 400, "inline_keyboard"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "reply_markup", button(strings.Repeat("a", 65))}, 400, "BUTTON_DATA_INVALID"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "reply_markup", button("")}, 400, "text buttons are unallowed"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "reply_markup", `[]`}, 400, "reply markup"},
		{"sendMessage", []string{"chat_id", "1", "text", "x", "reply_markup", `{"keyboard":[[{"text":""}]]}`}, 400, "non-empty"},
		{"sendMessage", []string{"chat_id", "-5", "text", "x", "reply_markup", contact}, 400, "private chats only"},
		{"answerCallbackQuery", []string{"callback_query_id", "1"}, 400, "query is too old and response timeout expired or query ID is invalid"},
		{"setMyCommands", []string{"commands", `[{"command":"Tra cứu","description":"x"}]`}, 400, "BOT_COMMAND_INVALID"},
		{"setMyCommands", []string{"commands", `{}`}, 400, "BotCommand"},
		{"getFile", []string{"file_id", "x"}, 400, "invalid file_id"},
		{"getFile", []string{"file_id", large}, 400, "file is too big"},
		{"setWebhook", []string{"url", "hello"}, 400, "invalid webhook URL"},
		{"setWebhook", []string{"url", "http://xa.example.vn"}, 400, "HTTPS URL must be provided"},
		{"setWebhook", []string{"url", "https://xa.example.vn:9000"}, 400, "ports 80, 88, 443 or 8443"},
		{"setWebhook", []string{"url", "https://10.0.0.1"}, 400, "reserved"},
		{"setWebhook", []string{"url", "https://xa.example.vn", "secret_token", "a b"}, 400, "unallowed characters"},
		{"setWebhook", []string{"url", "https://xa.example.vn", "secret_token", strings.Repeat("a", 257)}, 400, "secret token is too long"},
	}
	for _, tt := range tests {
		status, got := call(t, s, tt.method, tt.pairs...)
		if status != tt.code || got.OK || got.Code != tt.code || !strings.Contains(got.Description, tt.says) {
			t.Errorf("%s %q: %d %+v, want %d %q", tt.method, tt.pairs, status, got, tt.code, tt.says)
		}
	}
	if n := len(s.Person(1, "").Inbox()); n != 0 {
		t.Errorf("%d refused messages came", n)
	}
	if _, got := call(t, s, "sendMessage", "chat_id", "-6", "text", "x"); got.Parameters == nil || got.Parameters.MigrateTo != -7 {
		t.Errorf("a moved group: %+v", got)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	s, _ := start(t, nil)
	for path, want := range map[string]int{
		"/bot123456:other/getMe": 401, "/botx/getMe": 404, "/bot/getMe": 404, "/": 404,
		"/bot" + token + "/GETME": 200, "/bot" + token + "/getme": 200,
	} {
		if status, got := do(t, request(t, s.URL()+path, "", nil)); status != want || got.OK != (want == 200) {
			t.Errorf("%s: %d %+v, want %d", path, status, got, want)
		}
	}
}

func TestAllEncodingsCount(t *testing.T) {
	t.Parallel()
	s, _ := start(t, nil)
	p := s.Person(1, "A")
	p.Start("")
	address := s.URL() + "/bot" + token + "/sendMessage"
	const markup = `{"inline_keyboard":[[{"text":"A","callback_data":"a"}]]}`
	var multi bytes.Buffer
	m := multipart.NewWriter(&multi)
	for name, value := range map[string]string{"chat_id": "1", "text": "x", "reply_markup": markup} {
		if err := m.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	query := url.Values{"chat_id": {"1"}, "text": {"x"}, "reply_markup": {markup}, "entities": {"null"}}.Encode()
	for name, req := range map[string]*http.Request{
		"query":     request(t, address+"?"+query, "", nil),
		"form":      request(t, address, "application/x-www-form-urlencoded", strings.NewReader(query)),
		"JSON":      request(t, address, "application/json; charset=utf-8", strings.NewReader(`{"chat_id":1,"text":"x","entities":null,"reply_markup":`+markup+`}`)),
		"multipart": request(t, address, m.FormDataContentType(), &multi),
	} {
		if status, got := do(t, req); status != 200 {
			t.Errorf("%s: %d %+v", name, status, got)
		}
	}
	for i, m := range p.Inbox() {
		if m.ID != i+2 || m.Text != "x" || m.Buttons[0][0].Data != "a" {
			t.Errorf("message %d came as %+v", i, m)
		}
	}
	if n := len(p.Inbox()); n != 4 {
		t.Errorf("%d messages came, want 4", n)
	}
}

func TestPace(t *testing.T) {
	t.Parallel()
	s, c := start(t, func(o *Options) { o.PerSecond = 2 })
	s.Person(1, "A").Start("")
	for i, want := range []int{200, 200, 429} {
		status, got := call(t, s, "sendMessage", "chat_id", "1", "text", "x")
		if status != want || (want == 429) != (got.Parameters != nil && got.Parameters.RetryAfter == 1) {
			t.Errorf("message %d: %d %+v, want %d", i, status, got, want)
		}
	}
	c.move(time.Second)
	if status, _ := call(t, s, "sendMessage", "chat_id", "1", "text", "x"); status != 200 {
		t.Errorf("a second later: %d", status)
	}
}

func TestPressExpires(t *testing.T) {
	t.Parallel()
	s, c := start(t, nil)
	press := s.Person(1, "A").Press(1, "a")
	c.move(151 * time.Second)
	if status, got := call(t, s, "answerCallbackQuery", "callback_query_id", press); status != 400 {
		t.Errorf("a late answer: %d %+v", status, got)
	}
}

func TestPolling(t *testing.T) {
	t.Parallel()
	s, c := start(t, func(o *Options) { o.Unit = time.Second })
	p := s.Person(1, "A")
	p.Say("một")
	p.Say("hai")
	ids := func(got answer) []float64 {
		var list []float64
		for _, u := range got.Result.([]any) {
			list = append(list, u.(map[string]any)["update_id"].(float64))
		}
		return list
	}
	_, got := call(t, s, "getUpdates", "limit", "1")
	first := ids(got)
	_, got = call(t, s, "getUpdates")
	if both := ids(got); len(first) != 1 || len(both) != 2 || both[0] != first[0] || both[1] != first[0]+1 {
		t.Fatalf("polled %v and then %v", first, both)
	}
	_, got = call(t, s, "getUpdates", "offset", fmt.Sprintf("%.0f", first[0]+1))
	if rest := ids(got); len(rest) != 1 || s.Pending() != 1 {
		t.Errorf("after confirming one: %v, %d wait", rest, s.Pending())
	}
	if _, got = call(t, s, "getUpdates", "offset", fmt.Sprintf("%.0f", first[0]+2), "timeout", "0"); len(ids(got)) != 0 {
		t.Errorf("after confirming all: %+v", got)
	}
	// A second poller ends the first.
	ended := make(chan answer, 1)
	go func() { ended <- s.getUpdates(deadline(t), map[string]string{"timeout": "50"}) }()
	if err := s.Await(deadline(t), func() bool { s.mu.Lock(); defer s.mu.Unlock(); return s.poller == 5 }); err != nil {
		t.Fatal(err)
	}
	call(t, s, "getUpdates")
	if got := <-ended; got.Code != 409 || !strings.Contains(got.Description, "terminated by other getUpdates request") {
		t.Errorf("the first of two polls: %+v", got)
	}
	call(t, s, "setWebhook", "url", "http://127.0.0.1:1")
	if status, got := call(t, s, "getUpdates"); status != 409 || !strings.Contains(got.Description, "webhook is active") {
		t.Errorf("a poll beside a webhook: %d %+v", status, got)
	}
	if status, got := call(t, s, "setWebhook", "url", "http://127.0.0.1:1"); status != 429 {
		t.Errorf("a webhook set twice within a second: %d %+v", status, got)
	}
	c.move(time.Second)
	if status, got := call(t, s, "deleteWebhook"); status != 200 || got.Description != "Webhook was deleted" {
		t.Errorf("deleteWebhook: %d %+v", status, got)
	}
}

// TestWebhookRetries: at once, then later and later, in the queue's order, until taken.
func TestWebhookRetries(t *testing.T) {
	t.Parallel()
	type visit struct{ secret, body string }
	visits := make(chan visit, 20)
	answers := make(chan int, 20)
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("read an update: %v", err)
		}
		visits <- visit{r.Header.Get("X-Telegram-Bot-Api-Secret-Token"), string(body)}
		w.WriteHeader(<-answers)
	}))
	defer web.Close()
	s, _ := start(t, nil)
	p := s.Person(1, "A")
	p.Say("một")
	p.Say("hai")
	call(t, s, "setWebhook", "url", web.URL, "secret_token", "s3")
	for _, status := range []int{503, 500, 401, 200, 204} {
		answers <- status
	}
	var texts []string
	for range 5 {
		v := <-visits
		if v.secret != "s3" {
			t.Errorf("came with the secret %q", v.secret)
		}
		var u struct {
			Message struct{ Text string }
		}
		if err := json.Unmarshal([]byte(v.body), &u); err != nil {
			t.Errorf("update %q: %v", v.body, err)
		}
		texts = append(texts, u.Message.Text)
	}
	if got := strings.Join(texts, " "); got != "một một một một hai" {
		t.Errorf("came as %q", got)
	}
	if err := s.Await(deadline(t), func() bool { return s.Pending() == 0 }); err != nil {
		t.Errorf("%d updates wait", s.Pending())
	}
	info := s.getWebhookInfo(deadline(t), nil)
	raw, err := json.Marshal(info.Result)
	if err != nil || !strings.Contains(string(raw), `"last_error_message":"Wrong response from the webhook: 401 Unauthorized"`) {
		t.Errorf("webhook info %s, %v", raw, err)
	}
}

func TestFiles(t *testing.T) {
	t.Parallel()
	s, _ := start(t, nil)
	s.AddFile("documents/1.pdf", []byte("đơn"))
	for path, want := range map[string]string{
		"/file/bot" + token + "/documents/1.pdf": "đơn",
		"/file/bot" + token + "/documents/2.pdf": `{"ok":false,"error_code":404,"description":"Not Found"}`,
		"/file/bot1:x/documents/1.pdf":           `{"ok":false,"error_code":404,"description":"Not Found"}`,
	} {
		w := httptest.NewRecorder()
		s.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if got := w.Body.String(); got != want {
			t.Errorf("%s: %q, want %q", path, got, want)
		}
	}
}
