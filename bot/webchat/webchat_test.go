package webchat

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
)

// memory is records enough for a chat.
type memory struct {
	mu      sync.Mutex
	entries map[string][]bot.ChatEntry
	events  map[string]bot.Incoming
	got     []bot.Receipt
	said    map[int64]bool
	files   map[string]string
	away    bool
	deny    bool
}

func newMemory() *memory {
	return &memory{entries: map[string][]bot.ChatEntry{}, events: map[string]bot.Incoming{}, said: map[int64]bool{}, files: map[string]string{}}
}

func (m *memory) add(address string, e bot.ChatEntry) {
	e.ID = int64(len(m.entries[address]) + 1)
	m.entries[address] = append(m.entries[address], e)
}

func (m *memory) Say(_ context.Context, address string, outboxID int64, part bot.Part) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.said[outboxID] {
		m.said[outboxID] = true
		m.add(address, bot.ChatEntry{FromBot: true, Part: part, OutboxID: outboxID})
	}
	return nil
}

func (m *memory) Since(_ context.Context, address string, after int64, limit int) ([]bot.ChatEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var out []bot.ChatEntry
	for _, e := range m.entries[address] {
		if e.ID > after && len(out) < limit {
			out = append(out, e)
		}
	}
	return out, nil
}

func (m *memory) Keep(_ context.Context, d bot.Decoded) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.away {
		return errors.New("records are away")
	}
	for _, in := range d.Events {
		if _, known := m.events[in.ProviderID]; !known {
			m.events[in.ProviderID] = in
			m.add(in.Address.ID, bot.ChatEntry{Part: bot.Part{Text: in.Text}})
		}
	}
	m.got = append(m.got, d.Receipts...)
	return nil
}

func (m *memory) Take(context.Context, string, int, time.Duration) (bool, error) { return !m.deny, nil }

func (m *memory) Put(_ context.Context, r io.Reader, max int64) (string, int64, error) {
	b, err := io.ReadAll(r)
	if int64(len(b)) > max {
		return "", 0, bot.ErrTooLarge
	}
	m.files["f1"] = string(b)
	return "f1", int64(len(b)), err
}

func (m *memory) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(m.files[name])), nil
}

// browser is a client with cookies against a served channel.
type browser struct {
	t    *testing.T
	c    *Channel
	m    *memory
	url  string
	http *http.Client
}

func open(t *testing.T) *browser {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	m := newMemory()
	c, err := New(Config{PublicURL: "http://localhost", Log: m, Sink: m, Limits: m, Uploads: m,
		Hash:  func(kind, v string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(kind+"/"+v))) },
		Text:  func(lang, key string, _ ...any) string { return lang + ":" + key },
		Clock: time.Now, Logger: slog.New(slog.DiscardHandler), Page: func(string) Page { return Page{Office: "UBND xã Tân Hòa", Phone: "0276 123"} }})
	if err != nil {
		t.Fatal(err)
	}
	r := gin.New()
	c.Mount(r)
	s := httptest.NewServer(r)
	t.Cleanup(s.Close)
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &browser{t: t, c: c, m: m, url: s.URL, http: &http.Client{Jar: jar}}
}

func (b *browser) post(path, body string, header ...string) int {
	b.t.Helper()
	req, err := http.NewRequest("POST", b.url+path, strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func TestPostingNeedsASessionAndTheSameOrigin(t *testing.T) {
	t.Parallel()
	b := open(t)
	msg := `{"id":"abcdef123456","text":"HS 1"}`
	if got := b.post("/chat/messages", msg); got != 401 {
		t.Errorf("without a session: %d", got)
	}
	if got := b.post("/chat/start", "", "Sec-Fetch-Site", "cross-site"); got != 403 {
		t.Errorf("start from another site: %d", got)
	}
	if got := b.post("/chat/start", "", "Sec-Fetch-Site", "", "Origin", "https://evil.example"); got != 403 {
		t.Errorf("start from another origin, old browser: %d", got)
	}
	if got := b.post("/chat/start", ""); got != 204 {
		t.Fatalf("start: %d", got)
	}
	if got := b.post("/chat/messages", msg, "Sec-Fetch-Site", "cross-site"); got != 403 {
		t.Errorf("message from another site: %d", got)
	}
	if got := b.post("/chat/messages", msg); got != 202 {
		t.Errorf("message: %d", got)
	}
}

func TestMessages(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		want int
		kind bot.Kind
	}{
		"text":        {`{"id":"abcdef123456","text":" chào\u0000 "}`, 202, bot.KindText},
		"choice":      {`{"id":"abcdef123456","choice":"q1:a","text":"Có"}`, 202, bot.KindChoice},
		"no id":       {`{"text":"a"}`, 400, ""},
		"bad id":      {`{"id":"../../etc/passwd","text":"a"}`, 400, ""},
		"empty":       {`{"id":"abcdef123456","text":"   "}`, 400, ""},
		"long":        {`{"id":"abcdef123456","text":"` + strings.Repeat("a", 4001) + `"}`, 400, ""},
		"long choice": {`{"id":"abcdef123456","choice":"` + strings.Repeat("a", 61) + `"}`, 400, ""},
		"huge":        {`{"id":"abcdef123456","text":"` + strings.Repeat("a", 40000) + `"}`, 400, ""},
		"not json":    {`hello`, 400, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := open(t)
			b.post("/chat/start", "")
			if got := b.post("/chat/messages", c.body); got != c.want {
				t.Fatalf("status %d, want %d", got, c.want)
			}
			if len(b.m.events) > 1 || (c.want == 202) != (len(b.m.events) == 1) {
				t.Fatalf("kept %d events", len(b.m.events))
			}
			for _, in := range b.m.events {
				if in.Kind != c.kind || strings.Contains(in.Text, "\x00") {
					t.Errorf("kept %q %q", in.Kind, in.Text)
				}
			}
		})
	}
}

func TestRepeatedMessageIsKeptOnce(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	for range 3 {
		if got := b.post("/chat/messages", `{"id":"abcdef123456","text":"a"}`); got != 202 {
			t.Fatal(got)
		}
	}
	if len(b.m.events) != 1 {
		t.Errorf("kept %d", len(b.m.events))
	}
}

func TestRecordsAwayAsksToTryAgain(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	b.m.away = true
	if got := b.post("/chat/messages", `{"id":"abcdef123456","text":"a"}`); got != 503 {
		t.Errorf("records away: %d", got)
	}
	b.m.deny = true
	if got := b.post("/chat/messages", `{"id":"abcdef123456","text":"a"}`); got != 429 {
		t.Errorf("too many: %d", got)
	}
}

func (b *browser) address() string {
	b.t.Helper()
	for _, in := range b.m.events {
		return in.Address.ID
	}
	b.t.Fatal("no message kept")
	return ""
}

// lines reads n entries of the stream after an id.
func (b *browser) lines(after int64, n int) []line {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, "GET", b.url+"/chat/stream", nil)
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header.Set("Last-Event-ID", fmt.Sprint(after))
	resp, err := b.http.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	var out []line
	scan := bufio.NewScanner(resp.Body)
	for len(out) < n && scan.Scan() {
		if data, ok := strings.CutPrefix(scan.Text(), "data: "); ok {
			var l line
			if err := json.Unmarshal([]byte(data), &l); err != nil {
				b.t.Fatal(err)
			}
			out = append(out, l)
		}
	}
	return out
}

func TestStreamGoesOnAfterAReload(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	b.post("/chat/messages", `{"id":"abcdef123456","text":"HS 1"}`)
	to := bot.Address{Channel: bot.Webchat, ID: b.address()}
	done := make(chan []line)
	go func() { done <- b.lines(0, 2) }()
	part := bot.Part{Text: "Hồ sơ 1: đang xử lý.", Buttons: [][]bot.Choice{{{ID: "m:1", Label: "Việc khác"}}}}
	for range 2 { // handed over twice after an unknown outcome: said once
		if _, err := b.c.Send(context.Background(), bot.Outgoing{ID: 7, To: to, Part: part}); err != nil {
			t.Fatal(err)
		}
	}
	got := <-done
	if len(got) != 2 || got[0].Bot || got[0].Text != "HS 1" || !got[1].Bot || got[1].Text != part.Text || len(got[1].Buttons) != 1 {
		t.Fatalf("stream: %+v", got)
	}
	if again := b.lines(got[0].ID, 1); len(again) != 1 || again[0].ID != got[1].ID {
		t.Errorf("after a reload: %+v", again)
	}
	if got := b.post("/chat/seen", `{"after":0,"up_to":2}`); got != 204 {
		t.Errorf("seen: %d", got)
	}
	if len(b.m.got) != 1 || b.m.got[0].OutboxID != 7 || b.m.got[0].State != bot.ReceiptDelivered {
		t.Errorf("receipts %+v", b.m.got)
	}
}

func TestFilesAreKeptWithTheirCaption(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("id", "abcdef123456")
	w.WriteField("caption", "ảnh biên nhận")
	f, err := w.CreateFormFile("file", "bien-nhan.jpg")
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("jpeg"))
	w.Close()
	if got := b.post("/chat/files", body.String(), "Content-Type", w.FormDataContentType()); got != 202 {
		t.Fatalf("file: %d", got)
	}
	for _, in := range b.m.events {
		if in.Kind != bot.KindFiles || in.Text != "ảnh biên nhận" || len(in.Files) != 1 || in.Files[0].Size != 4 {
			t.Fatalf("kept %+v", in)
		}
		r, err := b.c.Fetch(context.Background(), in.Files[0], 100)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := io.ReadAll(r); string(got) != "jpeg" {
			t.Errorf("fetched %q", got)
		}
		if _, err := b.c.Fetch(context.Background(), in.Files[0], 3); !errors.Is(err, bot.ErrTooLarge) {
			t.Errorf("a file over the limit: %v", err)
		}
	}
}

func TestPagesAreCompleteAndStrict(t *testing.T) {
	t.Parallel()
	b := open(t)
	for path, want := range map[string]string{"/": "web.heading", "/?lang=en": "en:web.heading", "/chat": "web.chat.say",
		"/chat/static/chat.js": "EventSource", "/chat/static/widget.js": "iframe", "/chat/static/chat.css": ".chat"} {
		resp, err := b.http.Get(b.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != 200 || !bytes.Contains(body, []byte(want)) {
			t.Errorf("%s: %d, lacks %q", path, resp.StatusCode, want)
		}
		csp := resp.Header.Get("Content-Security-Policy")
		if strings.HasPrefix(path, "/chat/static") {
			continue
		}
		if !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || bytes.Contains(body, []byte("<script>")) {
			t.Errorf("%s: policy %q", path, csp)
		}
	}
	resp, err := b.http.Get(b.url + "/chat/static/page.html")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 404 {
		t.Errorf("a template is served: %d", resp.StatusCode)
	}
}

func TestRender(t *testing.T) {
	t.Parallel()
	b := open(t)
	parts, err := b.c.Render(bot.Content{Text: "A", First: "B", Choices: []bot.Choice{{ID: "1", Label: "x"}, {ID: "2", Label: "y"}}})
	if err != nil || len(parts) != 1 || parts[0].Text != "A\n\nB" || len(parts[0].Buttons) != 2 {
		t.Errorf("%+v %v", parts, err)
	}
	if _, err := b.c.Render(bot.Content{Text: " "}); err == nil {
		t.Error("rendered nothing")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add("abcdef123456", "xin chào", "")
	f.Add("abcdef123456", "", "q:1")
	f.Add("", "\xff\x00", "\xff")
	c := &Channel{cfg: Config{Clock: time.Now}}
	f.Fuzz(func(t *testing.T, id, text, choice string) {
		in, err := c.decode("a", posted{ID: id, Text: text, Choice: choice})
		if err == nil && in.Kind == bot.KindText && in.Text == "" {
			t.Error("kept an empty text")
		}
	})
}
