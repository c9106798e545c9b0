package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"strings"
	"sync"
	"testing"
	"time"
)

// chat is a browser without a picture: it posts and listens as the page does.
type chat struct {
	t      *testing.T
	base   string
	client *http.Client
	posted int
	heard  bool // a stream was opened

	mu    sync.Mutex
	lines []chatLine
}

// chatLine is one line of the chat's log as it is streamed.
type chatLine struct {
	ID      int64  `json:"id"`
	Bot     bool   `json:"bot"`
	Text    string `json:"text"`
	Buttons []struct {
		ID    string
		Label string
	} `json:"buttons"`
}

func newChat(t *testing.T, in *installation) *chat {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := &chat{t: t, base: "http://" + in.addr, client: &http.Client{Jar: jar}}
	c.post("/chat/start", "", nil, http.StatusNoContent)
	return c
}

func (c *chat) post(path, kind string, body []byte, want int) {
	c.t.Helper()
	req, err := http.NewRequest(http.MethodPost, c.base+path, bytes.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Sec-Fetch-Site", "same-origin")
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	resp, err := c.client.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != want {
		c.t.Fatalf("%s is answered %d", path, resp.StatusCode)
	}
}

func (c *chat) send(m map[string]string) {
	c.t.Helper()
	c.posted++
	m["id"] = fmt.Sprintf("message-%04d", c.posted)
	b, err := json.Marshal(m)
	if err != nil {
		c.t.Fatal(err)
	}
	c.post("/chat/messages", "application/json", b, http.StatusAccepted)
}

// say sends a text.
func (c *chat) say(text string) {
	c.t.Helper()
	c.send(map[string]string{"text": text})
}

// press presses the latest button with a label.
func (c *chat) press(label string) {
	c.t.Helper()
	id := ""
	until(c.t, 10*time.Second, "a button "+label+" is offered", func() bool {
		c.mu.Lock()
		defer c.mu.Unlock()
		for _, l := range c.lines {
			for _, b := range l.Buttons {
				if b.Label == label {
					id = b.ID
				}
			}
		}
		return id != ""
	})
	c.send(map[string]string{"text": label, "choice": id})
}

// sendFile sends a file with its caption.
func (c *chat) sendFile(name string, content []byte, caption string) {
	c.t.Helper()
	c.posted++
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	for k, v := range map[string]string{"id": fmt.Sprintf("message-%04d", c.posted), "caption": caption} {
		if err := form.WriteField(k, v); err != nil {
			c.t.Fatal(err)
		}
	}
	w, err := form.CreateFormFile("file", name)
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := w.Write(content); err != nil {
		c.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		c.t.Fatal(err)
	}
	c.post("/chat/files", form.FormDataContentType(), b.Bytes(), http.StatusAccepted)
}

// listen opens the stream and keeps what comes.
func (c *chat) listen() io.Closer {
	c.t.Helper()
	c.heard = true
	c.mu.Lock()
	after := int64(0)
	if n := len(c.lines); n > 0 {
		after = c.lines[n-1].ID
	}
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(context.Background())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("%s/chat/stream?after=%d", c.base, after), nil)
	if err != nil {
		c.t.Fatal(err)
	}
	resp, err := c.client.Do(req)
	if err != nil || resp.StatusCode != http.StatusOK {
		c.t.Fatalf("the chat's stream is not answered: %v", err)
	}
	go func() {
		lines := bufio.NewScanner(resp.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			data, ok := strings.CutPrefix(lines.Text(), "data: ")
			var l chatLine
			if !ok || json.Unmarshal([]byte(data), &l) != nil {
				continue
			}
			c.mu.Lock()
			c.lines = append(c.lines, l)
			c.mu.Unlock()
		}
	}()
	return closing{cancel, resp.Body}
}

// closing ends a stream.
type closing struct {
	cancel context.CancelFunc
	body   io.Closer
}

func (c closing) Close() error {
	c.cancel()
	return c.body.Close()
}

// said is what the bot said after the person's last message.
func (c *chat) said() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, l := range c.lines {
		if !l.Bot {
			out = nil
			continue
		}
		out = append(out, l.Text)
	}
	return out
}

// await waits until the bot has answered the last message with words, and returns the answer.
func (c *chat) await(words ...string) string {
	c.t.Helper()
	if !c.heard {
		stream := c.listen()
		c.t.Cleanup(func() { stream.Close() })
	}
	sent := c.posted
	deadline := time.Now().Add(20 * time.Second)
	for {
		c.mu.Lock()
		mine := 0
		for _, l := range c.lines {
			if !l.Bot {
				mine++
			}
		}
		c.mu.Unlock()
		if mine >= sent {
			for _, s := range c.said() {
				if holdsAll(s, words) {
					return s
				}
			}
		}
		if time.Now().After(deadline) {
			c.t.Fatalf("the chat did not answer with %q but with %q", words, c.said())
		}
		time.Sleep(10 * time.Millisecond)
	}
}
