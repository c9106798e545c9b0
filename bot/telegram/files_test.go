package telegram

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/telegram/telegramtest"
)

func TestFetch(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	content := strings.Repeat("ruộng", 100)
	size := int64(len(content))
	id := s.AddFile("documents/file 7%.pdf", []byte(content))
	body, err := c.Fetch(deadline(t), bot.FileRef{ProviderID: id}, size)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	got, err := io.ReadAll(body)
	if err != nil || string(got) != content {
		t.Errorf("read %d bytes, %v, want %d", len(got), err, size)
	}
	if err := body.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	if _, err := c.Fetch(deadline(t), bot.FileRef{ProviderID: id}, size-1); !errors.Is(err, bot.ErrTooLarge) {
		t.Errorf("Fetch of a file that says it is too large: %v", err)
	}
	large := s.AddLarge("videos/file_8.mp4", 20<<20+1)
	if _, err := c.Fetch(deadline(t), bot.FileRef{ProviderID: large}, 1<<30); !errors.Is(err, bot.ErrTooLarge) {
		t.Errorf("Fetch of more than Telegram gives out: %v", err)
	}
	_, err = c.Fetch(deadline(t), bot.FileRef{ProviderID: "unknown"}, size)
	var refused *bot.SendError
	if !errors.As(err, &refused) || refused.Class != bot.Rejected {
		t.Errorf("Fetch of an unknown file: %v, want it rejected", err)
	}
	s.FailNext("getFile", telegramtest.TooMany(3))
	_, err = c.Fetch(deadline(t), bot.FileRef{ProviderID: id}, size)
	if !errors.As(err, &refused) || refused.RetryAfter != 3*time.Second {
		t.Errorf("Fetch when told to wait: %v", err)
	}
}

// TestFetchOfAFileThatFails: it is an error, and never a shorter file.
func TestFetchOfAFileThatFails(t *testing.T) {
	t.Parallel()
	s, c := pair(t, nil)
	ref := bot.FileRef{ProviderID: s.AddFile("photos/file_1.jpg", []byte("ảnh"))}
	s.FailNext("file", telegramtest.Page(502))
	if _, err := c.Fetch(deadline(t), ref, 100); err == nil || !strings.Contains(err.Error(), "status 502") {
		t.Errorf("Fetch: %v", err)
	}
	s.FailNext("file", telegramtest.CutAfterAccept())
	body, err := c.Fetch(deadline(t), ref, 100)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	if got, err := io.ReadAll(body); err == nil {
		t.Errorf("a cut file was read as %q", got)
	}
	if err := body.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
}

// TestFetchLyingServer: sizes and paths that are not to be believed.
func TestFetchLyingServer(t *testing.T) {
	t.Parallel()
	var path string
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := strings.Repeat("x", 1<<16)
		if strings.HasSuffix(r.URL.Path, "/getFile") {
			answer = `{"ok":true,"result":{"file_id":"a","file_unique_id":"b","file_size":3,"file_path":"` + path + `"}}`
		} else if f, ok := w.(http.Flusher); ok {
			f.Flush() // no Content-Length
		}
		_, _ = io.WriteString(w, answer) // a reader that has had enough is expected
	}))
	defer web.Close()
	c := newChannel(t, testConfig(web.URL))
	path = "photos/file_1.jpg"
	body, err := c.Fetch(deadline(t), bot.FileRef{ProviderID: "a"}, 1000)
	if err != nil {
		t.Fatalf("Fetch: %v", err)
	}
	got, err := io.ReadAll(body)
	if !errors.Is(err, bot.ErrTooLarge) || len(got) != 1000 {
		t.Errorf("read %d bytes, %v, want 1000 and bot.ErrTooLarge", len(got), err)
	}
	if err := body.Close(); err != nil {
		t.Errorf("Close: %v", err)
	}
	for _, path = range []string{"/var/lib/telegram/file", "a/../../x", "", "a//b", "./a"} {
		if _, err := c.Fetch(deadline(t), bot.FileRef{ProviderID: "a"}, 1000); err == nil || !strings.Contains(err.Error(), "TIEPDAN_TELEGRAM_API_URL") {
			t.Errorf("Fetch of %q: %v", path, err)
		}
	}
}

func TestFilePathIsEscaped(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	got := c.apiURL + "/file/bot" + testToken + "/photos/a%20b%3F%23.jpg"
	if url, err := c.fileURL("photos/a b?#.jpg"); err != nil || url != got {
		t.Errorf("fileURL = %s, %v", url, err)
	}
}
