package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"
)

const (
	// callTimeout bounds a call whose context has no deadline of its own.
	callTimeout = 15 * time.Second
	// answerCap bounds an answer's body. The largest honest one is a batch of 100 updates of 64 KiB.
	answerCap = 8 << 20
)

var errNotTelegram = errors.New("the answer is not in Telegram's form")

// failure is a call that did not succeed, in Telegram's terms.
type failure struct {
	method      string
	answered    bool          // Telegram itself answered, in its envelope
	code        int           // its error_code; if not answered, the HTTP status; 0: no answer at all
	description string        // its words. They may quote a message: only set-up methods may show them
	retryAfter  time.Duration // 0: not said
	migrateTo   int64         // the group's new id; 0: not moved
	unsent      bool          // nothing of the request was written to the wire
	cause       error         // cleansed; nil when answered
}

func (f *failure) Error() string {
	switch {
	case f.answered:
		return fmt.Sprintf("telegram %s: refused with %d", f.method, f.code)
	case f.code != 0:
		return fmt.Sprintf("telegram %s: status %d without Telegram's answer", f.method, f.code)
	default:
		return fmt.Sprintf("telegram %s: %v", f.method, f.cause)
	}
}

func (f *failure) Unwrap() error { return f.cause }

// call makes one request through the library and returns its result.
func (c *Channel) call(ctx context.Context, method string, params tgbotapi.Params) (json.RawMessage, *failure) {
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, callTimeout)
		defer cancel()
	}
	// A library value for each call: it is the only way to give it a context,
	// and its constructor would call getMe.
	x := &exchange{ctx: ctx, client: c.client, clock: c.clock}
	api := tgbotapi.BotAPI{Token: c.token, Client: x}
	api.SetAPIEndpoint(c.apiURL + "/bot%s/%s")
	resp, err := api.MakeRequest(method, params)
	if err == nil {
		return resp.Result, nil
	}
	f := &failure{method: method, code: x.status, retryAfter: x.retryAfter, unsent: x.unsent(err)}
	var refused *tgbotapi.Error
	if errors.As(err, &refused) {
		if refused.Code == 0 { // JSON, but not Telegram's
			f.cause = errNotTelegram
			return nil, f
		}
		f.answered = true
		f.code = refused.Code
		f.description = refused.Message
		f.migrateTo = refused.MigrateToChatID
		if refused.RetryAfter > 0 {
			f.retryAfter = time.Duration(refused.RetryAfter) * time.Second
		}
		return nil, f
	}
	f.cause = cleanse(err, c.token)
	return nil, f
}

// exchange is the HTTP client of one call. It carries the context that the
// library has no place for, and remembers what the library throws away.
type exchange struct {
	ctx        context.Context
	client     *http.Client
	clock      func() time.Time
	status     int
	retryAfter time.Duration
	asked      atomic.Bool // the transport began to look for a connection
	connected  atomic.Bool // it had one: from here on something may have been written
}

// Do is called by the library.
func (x *exchange) Do(req *http.Request) (*http.Response, error) {
	ctx := httptrace.WithClientTrace(x.ctx, &httptrace.ClientTrace{
		GetConn: func(string) { x.asked.Store(true) },
		GotConn: func(httptrace.GotConnInfo) { x.connected.Store(true) },
	})
	resp, err := x.client.Do(req.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	x.status = resp.StatusCode
	x.retryAfter = retryAfter(resp.Header.Get("Retry-After"), x.clock())
	resp.Body = capped{io.LimitReader(resp.Body, answerCap), resp.Body}
	return resp, nil
}

// unsent says whether it is certain that nothing reached the wire. A doubt
// counts as sent: a wrong yes would double a message.
func (x *exchange) unsent(err error) bool {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "dial" {
		return true
	}
	return x.asked.Load() && !x.connected.Load()
}

type capped struct {
	io.Reader
	io.Closer
}

// retryAfter reads the header in both of its forms (RFC 9110, 10.2.3).
func retryAfter(header string, now time.Time) time.Duration {
	if header == "" {
		return 0
	}
	if seconds, err := strconv.Atoi(header); err == nil {
		return time.Duration(max(0, min(seconds, 24*60*60))) * time.Second
	}
	if at, err := http.ParseTime(header); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// ownClient is a copy of client for our purposes: each call sets its own
// time-out, and no redirect is followed, because it would carry the token elsewhere.
func ownClient(client *http.Client) *http.Client {
	var own http.Client
	if client != nil {
		own = *client
	} else if def, ok := http.DefaultTransport.(*http.Transport); ok {
		tr := def.Clone()
		tr.MaxIdleConnsPerHost = 16
		own.Transport = tr
	}
	own.Timeout = 0
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

// cleanse takes the URL, and with it the token, out of an error. What is left still
// answers errors.Is, but cannot be unwrapped to the text that was hidden.
func cleanse(err error, token string) error {
	var in *url.Error
	for errors.As(err, &in) {
		err = in.Err
	}
	return &cleansed{text: maskToken(err.Error(), token), err: err}
}

// maskToken hides the token's private half, which can stand without the other
// where a colon was escaped.
func maskToken(s, token string) string {
	_, private, _ := strings.Cut(token, ":")
	return strings.ReplaceAll(s, private, "***")
}

type cleansed struct {
	text string
	err  error
}

func (e *cleansed) Error() string        { return e.text }
func (e *cleansed) Is(target error) bool { return errors.Is(e.err, target) }
