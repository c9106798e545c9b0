package zalo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"

	"tiepdan/bot"
)

// maxAnswer is far above ten messages of history.
const maxAnswer = 1 << 20

// request is one call of the OA API.
type request struct {
	path string
	data any    // goes into the query as JSON, for GET
	body []byte // makes it a POST
}

// answer is what the API said, when it said yes.
type answer struct {
	data   json.RawMessage
	remain int // calls left in this minute; -1 if not told
}

// call makes a request with the current token. A refused token is replaced
// once, and the request made once more: Zalo's own answer says that it was not taken.
func (c *Channel) call(ctx context.Context, r request) (answer, *bot.SendError) {
	g, serr := c.tokens.current(ctx)
	if serr != nil {
		return answer{}, serr
	}
	a, serr := c.attempt(ctx, g.Access, r)
	if !tokenRefused(serr) {
		return a, serr
	}
	g, rerr := c.tokens.replace(ctx, g.Generation)
	if rerr != nil {
		return answer{}, rerr
	}
	a, serr = c.attempt(ctx, g.Access, r)
	if tokenRefused(serr) {
		// A new token that is refused will not be mended by a newer one.
		c.tokens.stop(serr, pause)
	}
	return a, serr
}

// attempt makes one HTTP request and says what came of it.
func (c *Channel) attempt(ctx context.Context, token string, r request) (answer, *bot.SendError) {
	if err := ctx.Err(); err != nil {
		return answer{}, &bot.SendError{Class: bot.Transient, Code: "not_begun", Err: err}
	}
	wire := &wireTrace{}
	req, err := c.request(httptrace.WithClientTrace(ctx, wire.hooks()), token, r)
	if err != nil {
		return answer{}, &bot.SendError{Class: bot.Rejected, Code: "request", Err: err}
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return answer{}, &bot.SendError{Class: wire.class(), Code: "network", Err: cleanse(err)}
	}
	defer resp.Body.Close()
	body, err := readAnswer(resp.Body)
	if err != nil {
		return answer{}, &bot.SendError{Class: bot.Unknown, Code: "cut", Err: cleanse(err)}
	}
	return c.read(resp, body)
}

// read tells yes from no. Zalo says no with status 200, so a failing status comes from
// something between us and it, and leaves open what became of the request; unless
// the body is Zalo's own refusal.
func (c *Channel) read(resp *http.Response, body []byte) (answer, *bot.SendError) {
	var a struct {
		Error   flexInt         `json:"error"`
		Message string          `json:"message"`
		Data    json.RawMessage `json:"data"`
	}
	err := lenient(body, &a)
	good := resp.StatusCode >= 200 && resp.StatusCode < 300
	switch {
	case resp.StatusCode >= 500 || !good && (err != nil || a.Error.n == 0):
		return answer{}, &bot.SendError{Class: bot.Unknown, Code: fmt.Sprintf("http_%d", resp.StatusCode)}
	case err != nil || !a.Error.set:
		return answer{}, &bot.SendError{Class: bot.Unknown, Code: "not_json"}
	case a.Error.n != 0:
		return answer{}, classify(int(a.Error.n), a.Message, c.clock())
	}
	return answer{data: a.Data, remain: remaining(resp.Header)}, nil
}

func (c *Channel) request(ctx context.Context, token string, r request) (*http.Request, error) {
	u := c.apiURL.JoinPath(r.path)
	if r.data != nil {
		data, err := json.Marshal(r.data)
		if err != nil {
			return nil, errors.New("write the query")
		}
		u.RawQuery = url.Values{"data": {string(data)}}.Encode()
	}
	method, body := http.MethodGet, io.Reader(http.NoBody)
	if r.body != nil {
		method, body = http.MethodPost, bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(ctx, method, u.String(), body)
	if err != nil {
		return nil, errors.New("the address cannot be used")
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header["access_token"] = []string{token}
	return req, nil
}

func remaining(h http.Header) int {
	n, err := strconv.Atoi(h.Get("X-RateLimit-Remain"))
	if err != nil || n < 0 {
		return -1
	}
	return n
}

// wireTrace knows whether a request can have reached the wire.
type wireTrace struct{ asked, got atomic.Bool }

func (w *wireTrace) hooks() *httptrace.ClientTrace {
	return &httptrace.ClientTrace{
		GetConn: func(string) { w.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { w.got.Store(true) },
	}
}

// class of a request that failed without an answer: a connection was asked
// for and none was had, so nothing was written; otherwise it may have gone out.
func (w *wireTrace) class() bot.Class {
	if w.asked.Load() && !w.got.Load() {
		return bot.Transient
	}
	return bot.Unknown
}

// cleanse takes the address out of an HTTP client's error: a query names a person.
func cleanse(err error) error {
	var wrapped *url.Error
	for errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return err
}

func readAnswer(r io.Reader) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r, maxAnswer+1))
	if err == nil && len(body) > maxAnswer {
		return nil, errors.New("the answer is too long")
	}
	return body, err
}
