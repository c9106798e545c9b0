package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/sms/smstest"
	"tiepdan/bot/sms/twilio"
	"tiepdan/bot/sms/twilio/twiliotest"
)

const (
	ours  = "+15005550006"
	hers  = "+84912345678"
	token = twiliotest.AuthToken
)

// rig is a carrier between an emulator and a server that takes its webhooks.
type rig struct {
	*twilio.Carrier
	server *twiliotest.Server
	hooks  *smstest.Hooks
}

func newRig(t *testing.T, account twiliotest.Config, change func(*twilio.Config)) rig {
	t.Helper()
	r := rig{server: twiliotest.New(account), hooks: smstest.New()}
	t.Cleanup(r.hooks.Close)
	t.Cleanup(r.server.Close)
	cfg := twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: token, From: ours,
		APIURL: r.server.URL, PublicURL: r.hooks.URL, TwoWay: true,
	}
	if change != nil {
		change(&cfg)
	}
	c, err := twilio.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.Carrier = c
	r.hooks.Mount(c.Webhooks())
	return r
}

func (r rig) send(t *testing.T, m sms.Message) (bot.Sent, *bot.SendError) {
	t.Helper()
	sent, err := r.Send(t.Context(), m)
	if err == nil {
		return sent, nil
	}
	var se *bot.SendError
	if !errors.As(err, &se) {
		t.Fatalf("not a SendError: %v", err)
	}
	secretless(t, err)
	return sent, se
}

// secretless: an error goes to logs, so it holds no token, number, text or account.
func secretless(t *testing.T, err error) {
	t.Helper()
	s := fmt.Sprintf("%v %+v", err, err)
	for _, secret := range []string{token, twiliotest.AccountSID, "912345678", "5005550", "Xin chao"} {
		if strings.Contains(s, secret) {
			t.Errorf("the error holds %q: %s", secret, s)
		}
	}
}

func hello(id int64) sms.Message { return sms.Message{ID: id, To: hers, Text: "Xin chao"} }

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	good := twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: token, From: ours}
	tests := map[string]struct {
		change func(*twilio.Config)
		want   string
	}{
		"no account":         {func(c *twilio.Config) { c.AccountSID = "" }, "TIEPDAN_TWILIO_ACCOUNT_SID"},
		"a key's sid":        {func(c *twilio.Config) { c.AccountSID = "SK" + c.AccountSID[2:] }, "TIEPDAN_TWILIO_ACCOUNT_SID"},
		"no token":           {func(c *twilio.Config) { c.AuthToken = "" }, "TIEPDAN_TWILIO_AUTH_TOKEN"},
		"a line end":         {func(c *twilio.Config) { c.AuthToken += "\n" }, "TIEPDAN_TWILIO_AUTH_TOKEN"},
		"no sender":          {func(c *twilio.Config) { c.From = "" }, "TIEPDAN_TWILIO_FROM"},
		"a national number":  {func(c *twilio.Config) { c.From = "0912345678" }, "TIEPDAN_TWILIO_FROM"},
		"a long name":        {func(c *twilio.Config) { c.From = "UBNDxaTanHoa" }, "TIEPDAN_TWILIO_FROM"},
		"an accented name":   {func(c *twilio.Config) { c.From = "Tân Hòa" }, "TIEPDAN_TWILIO_FROM"},
		"a two-way name":     {func(c *twilio.Config) { c.From, c.TwoWay = "UBNDTanHoa", true }, "TIEPDAN_TWILIO_FROM"},
		"a service":          {func(c *twilio.Config) { c.MessagingServiceSID = "MG1" }, "TIEPDAN_TWILIO_MESSAGING_SERVICE_SID"},
		"an address":         {func(c *twilio.Config) { c.APIURL = "localhost:1" }, "TIEPDAN_TWILIO_API_URL"},
		"an address's query": {func(c *twilio.Config) { c.APIURL = "http://localhost/?a=b" }, "TIEPDAN_TWILIO_API_URL"},
		"a public address":   {func(c *twilio.Config) { c.PublicURL = "gw.example.vn" }, "TIEPDAN_PUBLIC_URL"},
		"an underscore":      {func(c *twilio.Config) { c.PublicURL = "https://g_w.example.vn" }, "TIEPDAN_PUBLIC_URL"},
		"a password":         {func(c *twilio.Config) { c.PublicURL = "https://a:b@gw.example.vn" }, "TIEPDAN_PUBLIC_URL"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good
			tc.change(&cfg)
			_, err := twilio.New(cfg)
			if err == nil || !strings.HasPrefix(err.Error(), tc.want+": ") {
				t.Fatalf("error = %v, want one that begins with %s", err, tc.want)
			}
			if cfg.AuthToken != "" && strings.Contains(err.Error(), strings.TrimSpace(cfg.AuthToken)) {
				t.Fatalf("the error holds the token: %v", err)
			}
		})
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	for from, pace := range map[string]float64{"UBNDTanHoa": 5, "+15005550006": 0.5, "12345": 50} {
		c, err := twilio.New(twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: token, From: from})
		if err != nil {
			t.Fatal(err)
		}
		got := c.Route()
		want := sms.Route{Unicode: true, WholeNumber: true, PerSecond: pace, Burst: max(1, int(pace))}
		if got != want {
			t.Errorf("route of %s = %+v, want %+v", from, got, want)
		}
	}
	c, err := twilio.New(twilio.Config{
		AccountSID: twiliotest.AccountSID, AuthToken: token, MessagingServiceSID: "MG" + strings.Repeat("0", 32),
		PublicURL: "https://gw.example.vn/", TwoWay: true, PerSecond: 20,
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Route(); !got.TwoWay || !got.Receipts || got.PerSecond != 20 {
		t.Errorf("route = %+v", got)
	}
}

func TestSend(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{From: []string{ours}}, nil)
	text := "Hồ sơ 04486.G/2019/08708; mời đến + nhận & ký"
	sent, failure := r.send(t, sms.Message{ID: 42, To: hers, Text: text})
	if failure != nil || !strings.HasPrefix(sent.ProviderID, "SM") || sent.Delivered {
		t.Fatalf("send = %+v, %v", sent, failure)
	}
	if err := r.server.Wait(); err != nil {
		t.Fatal(err)
	}
	got := r.server.Messages()
	if len(got) != 1 || got[0].Body != text || got[0].To != hers || got[0].From != ours || got[0].CallbackURL != r.hooks.URL+"/webhooks/twilio/status?ref=42" {
		t.Fatalf("Twilio has %+v", got)
	}
	receipts := r.hooks.Receipts()
	if len(receipts) != 2 || receipts[0].State != bot.ReceiptSent || receipts[1].State != bot.ReceiptDelivered {
		t.Fatalf("receipts = %+v", receipts)
	}
	for _, rc := range receipts {
		if rc.ProviderID != sent.ProviderID || rc.OutboxID != 42 || rc.Channel != bot.SMS || rc.Failure != nil {
			t.Errorf("receipt %+v", rc)
		}
	}
}

func TestSendThroughAService(t *testing.T) {
	t.Parallel()
	service := "MG" + strings.Repeat("a", 32)
	r := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.From, c.MessagingServiceSID, c.PublicURL = "", service, "" })
	if _, failure := r.send(t, hello(1)); failure != nil {
		t.Fatal(failure)
	}
	if got := r.server.Messages(); got[0].ServiceSID != service || got[0].From != "" || got[0].CallbackURL != "" {
		t.Fatalf("Twilio has %+v", got)
	}
}

// The environment must not move our messages to another host.
func TestEdgeOfTheEnvironment(t *testing.T) {
	t.Setenv("TWILIO_EDGE", "singapore")
	t.Setenv("TWILIO_REGION", "jp1")
	r := newRig(t, twiliotest.Config{}, nil)
	if _, failure := r.send(t, hello(1)); failure != nil {
		t.Fatal(failure)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	minute := time.Minute
	tests := map[string]struct {
		to, text, from string
		fault          twiliotest.Fault
		want           bot.SendError
	}{
		"no number":          {to: "+15005550001", want: bot.SendError{Class: bot.Unreachable, Code: "21211", BadAddress: true}},
		"not reachable":      {to: "+15005550002", want: bot.SendError{Class: bot.Misconfigured, Code: "21612"}},
		"country off":        {to: "+15005550003", want: bot.SendError{Class: bot.Misconfigured, Code: "21408"}},
		"opted out":          {to: "+15005550004", want: bot.SendError{Class: bot.Unreachable, Code: "21610", OptedOut: true}},
		"not mobile":         {to: "+15005550009", want: bot.SendError{Class: bot.Unreachable, Code: "21614", BadAddress: true}},
		"landline here":      {to: "+842838291234", want: bot.SendError{Class: bot.Unreachable, Code: "21614", BadAddress: true}},
		"bad sender":         {from: "+15005550001", want: bot.SendError{Class: bot.Misconfigured, Code: "21212"}},
		"not our sender":     {from: "+15005550007", want: bot.SendError{Class: bot.Misconfigured, Code: "21606"}},
		"queue full":         {from: "+15005550008", want: bot.SendError{Class: bot.Throttled, Code: "21611", RetryAfter: 5 * minute}},
		"too long":           {text: strings.Repeat("x", 1601), want: bot.SendError{Class: bot.Rejected, Code: "21617"}},
		"landline":           {fault: twiliotest.Code(400, 21635), want: bot.SendError{Class: bot.Unreachable, Code: "21635", BadAddress: true}},
		"sender in country":  {fault: twiliotest.Code(400, 21659), want: bot.SendError{Class: bot.Misconfigured, Code: "21659"}},
		"sender type":        {fault: twiliotest.Code(400, 21657), want: bot.SendError{Class: bot.Misconfigured, Code: "21657"}},
		"no such account":    {fault: twiliotest.Code(404, 20404), want: bot.SendError{Class: bot.Misconfigured, Code: "20404"}},
		"busy":               {fault: twiliotest.TooMany(0), want: bot.SendError{Class: bot.Throttled, Code: "20429", RetryAfter: time.Second}},
		"busy, says when":    {fault: twiliotest.TooMany(7), want: bot.SendError{Class: bot.Throttled, Code: "20429", RetryAfter: 7 * time.Second}},
		"a new code":         {fault: twiliotest.Code(400, 29999), want: bot.SendError{Class: bot.Rejected, Code: "29999"}},
		"a new code, 429":    {fault: twiliotest.Code(429, 29998), want: bot.SendError{Class: bot.Throttled, Code: "29998", RetryAfter: time.Second}},
		"an error of theirs": {fault: twiliotest.Code(500, 20500), want: bot.SendError{Class: bot.Unknown, Code: "20500"}},
		"a page, 503":        {fault: twiliotest.HTML(503), want: bot.SendError{Class: bot.Unknown, Code: "http_503"}},
		"a page, 502":        {fault: twiliotest.HTML(502), want: bot.SendError{Class: bot.Unknown, Code: "http_502"}},
		"a page, 429":        {fault: twiliotest.HTML(429), want: bot.SendError{Class: bot.Throttled, Code: "http_429", RetryAfter: time.Second}},
		"a page, 408":        {fault: twiliotest.HTML(408), want: bot.SendError{Class: bot.Unknown, Code: "http_408"}},
		"a page, 404":        {fault: twiliotest.HTML(404), want: bot.SendError{Class: bot.Misconfigured, Code: "http_404"}},
		"a page, 413":        {fault: twiliotest.HTML(413), want: bot.SendError{Class: bot.Rejected, Code: "http_413"}},
		"moved":              {fault: twiliotest.HTML(302), want: bot.SendError{Class: bot.Misconfigured, Code: "http_302"}},
		"a page, 200":        {fault: twiliotest.HTML(200), want: bot.SendError{Class: bot.Unknown, Code: "http_200"}},
		"cut before":         {fault: twiliotest.Drop, want: bot.SendError{Class: bot.Unknown, Code: "cut"}},
		"cut after":          {fault: twiliotest.Cut, want: bot.SendError{Class: bot.Unknown, Code: "cut"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, twiliotest.Config{}, func(c *twilio.Config) {
				if tc.from != "" {
					c.From = tc.from
				}
			})
			if tc.fault != nil {
				r.server.Fail(tc.fault)
			}
			m := hello(1)
			if tc.to != "" {
				m.To = tc.to
			}
			if tc.text != "" {
				m.Text = tc.text
			}
			_, failure := r.send(t, m)
			if failure == nil {
				t.Fatal("it was taken")
			}
			got := *failure
			got.Err = nil
			if got != tc.want {
				t.Fatalf("failure = %+v, want %+v", got, tc.want)
			}
			if n := r.server.Posts(); n != 1 {
				t.Fatalf("%d hand-overs", n)
			}
		})
	}
}

func TestWrongToken(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.AuthToken = "another" })
	_, failure := r.send(t, hello(1))
	if failure == nil || failure.Class != bot.Misconfigured || failure.Code != "20003" {
		t.Fatalf("failure = %v", failure)
	}
	err := r.Check(t.Context())
	if err == nil || !strings.HasPrefix(err.Error(), "TIEPDAN_TWILIO_AUTH_TOKEN") || strings.Contains(err.Error(), "another") {
		t.Fatalf("check = %v", err)
	}
}

func TestNothingListens(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	r.server.Close()
	_, failure := r.send(t, hello(1))
	if failure == nil || failure.Class != bot.Transient || failure.Code != "connect" {
		t.Fatalf("failure = %v", failure)
	}
	if err := r.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "TIEPDAN_TWILIO_API_URL") {
		t.Fatalf("check = %v", err)
	}
}

func TestTheCallEndsWithItsContext(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	r.server.Fail(twiliotest.Slow(time.Minute))
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := r.Send(ctx, hello(1))
	var se *bot.SendError
	if !errors.As(err, &se) || se.Class != bot.Unknown || se.Code != "timeout" || !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("failure = %v", err)
	}
	secretless(t, err)

	ended, stop := context.WithCancel(t.Context())
	stop()
	if _, err := r.Send(ended, hello(2)); !errors.As(err, &se) || se.Class != bot.Transient {
		t.Fatalf("a call that never began: %v", err)
	}
}

// Large error bodies that are left open would cost a connection each.
func TestErrorsKeepTheConnection(t *testing.T) {
	t.Parallel()
	transport := &http.Transport{MaxConnsPerHost: 1}
	defer transport.CloseIdleConnections()
	r := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.HTTP = transport })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for range 5 {
		r.server.Fail(twiliotest.HTML(503))
		_, err := r.Send(ctx, hello(1))
		var se *bot.SendError
		if !errors.As(err, &se) || se.Code != "http_503" {
			t.Fatalf("failure = %v", err)
		}
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	r := newRig(t, twiliotest.Config{}, nil)
	if err := r.Check(t.Context()); err != nil {
		t.Fatal(err)
	}
	r.server.Suspend()
	if err := r.Check(t.Context()); err == nil || !strings.Contains(err.Error(), "suspended") {
		t.Fatalf("check = %v", err)
	}
	r.server.Fail(twiliotest.HTML(503))
	if err := r.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "TIEPDAN_TWILIO_API_URL") {
		t.Fatalf("check = %v", err)
	}
	other := newRig(t, twiliotest.Config{}, func(c *twilio.Config) { c.AccountSID = "AC" + strings.Repeat("f", 32) })
	if err := other.Check(t.Context()); err == nil || !strings.HasPrefix(err.Error(), "TIEPDAN_TWILIO_") {
		t.Fatalf("check = %v", err)
	}
}

func TestPublicURLBelowAPath(t *testing.T) {
	t.Parallel()
	c, err := twilio.New(twilio.Config{AccountSID: twiliotest.AccountSID, AuthToken: token, From: ours, PublicURL: "https://gw.example.vn/tiepdan/"})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"AccountSid": {twiliotest.AccountSID}, "MessageSid": {"SM1"}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://10.0.0.1/webhooks/twilio", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Twilio-Signature", twiliotest.Sign(token, "https://gw.example.vn/tiepdan/webhooks/twilio", form))
	if err := c.Webhooks()[0].Verify(req, []byte(form.Encode())); err != nil {
		t.Fatal(err)
	}
}
