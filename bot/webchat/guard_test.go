package webchat

import (
	"bytes"
	"context"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
)

func TestASessionIsOneOfOurs(t *testing.T) {
	t.Parallel()
	b := open(t)
	session := newSession()
	sealed := b.c.cookie(session).Value
	for name, c := range map[string]struct {
		value string
		want  int
	}{
		"ours":            {sealed, 202},
		"made up":         {session, 401},
		"another's seal":  {newSession() + sealed[sessionLen:], 401},
		"a changed seal":  {sealed[:len(sealed)-1] + "x", 401},
		"a longer seal":   {sealed + "0", 401},
		"empty":           {"", 401},
		"the seal is cut": {session + ".", 401},
	} {
		got := b.post("/chat/messages", `{"id":"abcdef123456","text":"a"}`, "Cookie", cookieName+"="+c.value)
		if got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}

func TestCookieOverHTTPSBelongsToThisHostAlone(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.c.cfg.PublicURL = "https://xa.example"
	got := b.c.cookie(newSession())
	if got.Name != hostCookie || got.Path != "/" || got.Domain != "" || !got.Secure || !got.HttpOnly || !got.Partitioned {
		t.Errorf("cookie %+v", got)
	}
	// A cookie of the plain name, which a neighbouring host could have planted, counts for nothing.
	planted := cookieName + "=" + got.Value
	if status := b.post("/chat/messages", `{"id":"abcdef123456","text":"a"}`, "Cookie", planted); status != 401 {
		t.Errorf("a planted session: %d", status)
	}
}

// budget lets a number of uses of each key through.
type budget struct{ left map[string]int }

func (l budget) Take(_ context.Context, key string, n int, _ time.Duration) (bool, error) {
	if _, known := l.left[key]; !known {
		l.left[key] = n
	}
	l.left[key]--
	return l.left[key] >= 0, nil
}

func TestOneAddressDoesNotGetAChatForEveryMessage(t *testing.T) {
	t.Parallel()
	b := open(t)
	limits := budget{left: map[string]int{}}
	b.c.cfg.Limits = limits
	refused := 0
	for range startsPerAddress + 20 {
		if b.post("/chat/start", "", "Cookie", "") == 429 {
			refused++
		}
		b.http.Jar = nil
	}
	if refused != 20 {
		t.Errorf("refused %d chats of one address, want 20", refused)
	}
}

func TestOriginCountsASubscriberOnce(t *testing.T) {
	t.Parallel()
	for remote, want := range map[string]string{
		"203.0.113.7:4711":              "203.0.113.7",
		"[2001:db8:1:2:aaaa::1]:4711":   "2001:db8:1:2::/64",
		"[2001:db8:1:2:bbbb::9]:99":     "2001:db8:1:2::/64",
		"[::ffff:203.0.113.7]:4711":     "203.0.113.7",
		"not an address":                "unknown",
		"[2001:db8:1:2:bbbb::9%e0]:100": "unknown",
	} {
		g, engine := gin.CreateTestContext(httptest.NewRecorder())
		if err := engine.SetTrustedProxies(nil); err != nil {
			t.Fatal(err)
		}
		g.Request = httptest.NewRequest("GET", "/", nil)
		g.Request.RemoteAddr = remote
		g.Request.Header.Set("X-Forwarded-For", "198.51.100.1")
		if got := origin(g); got != want {
			t.Errorf("%s counts as %s, want %s", remote, got, want)
		}
	}
}

func upload(t *testing.T, b *browser, caption, name string) int {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	w.WriteField("id", "abcdef123456")
	w.WriteField("caption", caption)
	f, err := w.CreateFormFile("file", name)
	if err != nil {
		t.Fatal(err)
	}
	f.Write([]byte("jpeg"))
	w.Close()
	return b.post("/chat/files", body.String(), "Content-Type", w.FormDataContentType())
}

func TestUploadsAreBounded(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	if got := upload(t, b, strings.Repeat("a", maxText+1), "a.jpg"); got != 400 {
		t.Errorf("a caption that is too long: %d", got)
	}
	if got := upload(t, b, strings.Repeat("a", maxBody+maxFile), "a.jpg"); got != 400 {
		t.Errorf("a form that is too large: %d", got)
	}
	if len(b.m.events) != 0 || len(b.m.files) != 0 {
		t.Fatalf("kept %d events and %d files of refused forms", len(b.m.events), len(b.m.files))
	}
	if got := upload(t, b, "ảnh", strings.Repeat("ạ", 300)+".jpg"); got != 202 {
		t.Fatalf("a long name: %d", got)
	}
	for _, in := range b.m.events {
		if n := len([]rune(in.Files[0].Name)); n != maxName {
			t.Errorf("kept %d characters of a file's name", n)
		}
	}
	b.c.cfg.Limits = budget{left: map[string]int{"webchat:file:all": 0}}
	if got := upload(t, b, "", "a.jpg"); got != 429 {
		t.Errorf("everybody together sent too many: %d", got)
	}
}

func TestStreamsAreCounted(t *testing.T) {
	t.Parallel()
	g := gate{by: map[string]int{}}
	var leave []func()
	for range streamsPerChat {
		l, ok := g.enter("a", "1")
		if !ok {
			t.Fatal("a chat's first streams are refused")
		}
		leave = append(leave, l)
	}
	if _, ok := g.enter("a", "2"); ok {
		t.Error("one chat has more streams than it may")
	}
	if _, ok := g.enter("b", "1"); !ok {
		t.Error("another chat of that address is refused")
	}
	for _, l := range leave {
		l()
	}
	if len(g.by) != 2 || g.all != 1 {
		t.Errorf("after leaving: %v, %d in all", g.by, g.all)
	}
}

// deaf is a browser that takes nothing of what is written.
type deaf struct {
	http.ResponseWriter
	deadline time.Time
}

func (d *deaf) SetWriteDeadline(t time.Time) error { d.deadline = t; return nil }
func (d *deaf) Flush()                             {}

func TestStreamsEndForBrowsersThatDoNotRead(t *testing.T) {
	t.Parallel()
	w := &deaf{ResponseWriter: httptest.NewRecorder()}
	g, _ := gin.CreateTestContext(w)
	if err := write(g, ":\n\n"); err != nil {
		t.Fatal(err)
	}
	if left := time.Until(w.deadline); left <= 0 || left > lineTime {
		t.Errorf("a piece of a stream may take %v", left)
	}
}

func TestTooManyStreamsOfOneChat(t *testing.T) {
	t.Parallel()
	b := open(t)
	b.post("/chat/start", "")
	b.post("/chat/messages", `{"id":"abcdef123456","text":"HS 1"}`)
	for range streamsPerChat {
		leave, ok := b.c.streams.enter(b.address(), "elsewhere")
		if !ok {
			t.Fatal("refused")
		}
		defer leave()
	}
	resp, err := b.http.Get(b.url + "/chat/stream")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != 429 {
		t.Errorf("one stream too many: %d", resp.StatusCode)
	}
}
