package httpsms_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"tiepdan/bot"
	httpsms "tiepdan/bot/sms/http"
	"tiepdan/bot/sms/http/httpsmstest"
)

func TestInbound(t *testing.T) {
	t.Parallel()
	const full = "XA HS 04486.G/2019/08708 & xin chào + 5%"
	tests := map[string]struct {
		mo   httpsmstest.MO
		want bot.Incoming
	}{
		"form":       {httpsmstest.MO{Text: full, Operator: "VIETTEL"}, bot.Incoming{Kind: bot.KindText, Text: full, Meta: map[string]string{"operator": "VIETTEL"}}},
		"query":      {httpsmstest.MO{Text: full, As: "query"}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"get":        {httpsmstest.MO{Text: full, As: "get"}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"json":       {httpsmstest.MO{Text: full, As: "json"}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"json, form": {httpsmstest.MO{Text: full, As: "json", Header: http.Header{"Content-Type": nil}}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"info":       {httpsmstest.MO{Text: full, Names: map[string]string{"Message": "Info"}}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"lower case": {httpsmstest.MO{Text: full, Names: map[string]string{"User_ID": "user_id", "Request_ID": "REQUEST_ID"}}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"national":   {httpsmstest.MO{From: "0912345678", Text: full}, bot.Incoming{Kind: bot.KindText, Text: full}},
		"international": {httpsmstest.MO{From: "+84 912 345 678", Text: full},
			bot.Incoming{Kind: bot.KindText, Text: full}},
		"the old number": {httpsmstest.MO{From: "841234567890", Text: full},
			bot.Incoming{Address: bot.Address{ID: "+84834567890"}, Kind: bot.KindText, Text: full}},
		"decomposed": {httpsmstest.MO{Text: "XA ho\u0302\u0300"}, bot.Incoming{Kind: bot.KindText, Text: "XA hồ"}},
		"odd bytes":  {httpsmstest.MO{Text: "XA \x00a\xff"}, bot.Incoming{Kind: bot.KindText, Text: "XA a"}},
		"nothing":    {httpsmstest.MO{Text: ""}, bot.Incoming{Kind: bot.KindStart}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, nil)
			if tc.mo.From == "" {
				tc.mo.From = "84912345678"
			}
			target := r.hooks.URL + "/webhooks/sms/" + httpsmstest.Secret
			pushed, err := r.server.Push(t.Context(), target, tc.mo, "1", 5)
			if err != nil || pushed.Status != http.StatusOK || pushed.Tries != 1 {
				t.Fatalf("push %+v, %v; %v", pushed, err, r.hooks.Errors())
			}
			events := r.hooks.Events()
			if len(events) != 1 {
				t.Fatalf("events %+v, %v", events, r.hooks.Errors())
			}
			got, want := events[0], tc.want
			if want.Address.ID == "" {
				want.Address.ID = hers
			}
			if got.Address != (bot.Address{Channel: bot.SMS, ID: want.Address.ID}) || got.Kind != want.Kind || got.Text != want.Text ||
				got.ProviderID != pushed.RequestID || got.ReplyToken != pushed.RequestID {
				t.Errorf("event %+v, want %+v", got, want)
			}
			if got.Meta["service"] != "8079" || got.Meta["operator"] != want.Meta["operator"] {
				t.Errorf("meta %v", got.Meta)
			}
		})
	}
}

// The carrier pushes until it reads what it wants, and the same request id is the same message.
func TestPushedAgain(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, func(c *httpsms.Config) { c.Answer = "0|taken" })
	target := r.hooks.URL + "/webhooks/sms/" + httpsmstest.Secret
	mo := httpsmstest.MO{From: "84912345678", Text: "XA HS 1"}
	pushed, err := r.server.Push(t.Context(), target, mo, "1", 3)
	if err != nil || pushed.Tries != 3 || pushed.Body != "0|taken" {
		t.Fatalf("push %+v, %v", pushed, err)
	}
	if pushed, err = r.server.Push(t.Context(), target, mo, "0|taken", 3); err != nil || pushed.Tries != 1 {
		t.Fatalf("push %+v, %v", pushed, err)
	}
	if n := len(r.hooks.Events()); n != 2 {
		t.Fatalf("%d events of two messages", n)
	}
}

func TestOwnFieldNames(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, func(c *httpsms.Config) {
		c.Fields = map[string]string{httpsms.FieldNumber: "msisdn", httpsms.FieldText: "body | content", httpsms.FieldID: "moid"}
	})
	mo := httpsmstest.MO{From: "84912345678", Text: "XA HS 1", As: "json", Names: map[string]string{"User_ID": "MSISDN", "Message": "content", "Request_ID": "moId"}}
	if _, err := r.server.Push(t.Context(), r.hooks.URL+"/webhooks/sms/"+httpsmstest.Secret, mo, "1", 1); err != nil {
		t.Fatal(err)
	}
	if got := r.hooks.Events(); len(got) != 1 || got[0].Text != "XA HS 1" || got[0].Address.ID != hers {
		t.Fatalf("events %+v, %v", got, r.hooks.Errors())
	}
}

func TestWrongSecret(t *testing.T) {
	t.Parallel()
	r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, func(c *httpsms.Config) { c.Receipts = true })
	mo := httpsmstest.MO{From: "84912345678", Text: "XA HS 1"}
	for _, path := range []string{
		"/webhooks/sms/x", "/webhooks/sms/", "/webhooks/sms/" + httpsmstest.Secret + "x", "/webhooks/sms/" + strings.ToUpper(httpsmstest.Secret),
		"/webhooks/sms/x/receipt", "/webhooks/sms/" + httpsmstest.Secret[1:] + "/receipt", "/webhooks/sms/x?secret=" + httpsmstest.Secret,
	} {
		pushed, err := r.server.Push(t.Context(), r.hooks.URL+path, mo, "1", 1)
		if err != nil || pushed.Status != http.StatusNotFound || pushed.Body == "1" {
			t.Errorf("%s: push %+v, %v", path, pushed, err)
		}
	}
	if len(r.hooks.Events()) != 0 || len(r.hooks.Receipts()) != 0 {
		t.Fatal("something was taken")
	}
}

func TestBrokenPush(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ kind, body string }{
		"no id":        {"application/x-www-form-urlencoded", "User_ID=84912345678&Message=XA+HS+1"},
		"no number":    {"application/x-www-form-urlencoded", "Request_ID=1&Message=XA+HS+1"},
		"a short code": {"application/x-www-form-urlencoded", "Request_ID=1&User_ID=9029&Message=XA+HS+1"},
		"a name":       {"application/x-www-form-urlencoded", "Request_ID=1&User_ID=Viettel&Message=XA+HS+1"},
		"not a form":   {"application/x-www-form-urlencoded", "%zz=1"},
		"not json":     {"application/json", "{"},
		"a json list":  {"application/json", "[1]"},
		"soap":         {"text/xml", "<a/>"},
		"empty":        {"", ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{}, (*httpsmstest.Server).JSON, nil)
			req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, r.hooks.URL+"/webhooks/sms/"+httpsmstest.Secret, strings.NewReader(tc.body))
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("Content-Type", tc.kind)
			resp, err := r.hooks.Client().Do(req)
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			errs := r.hooks.Errors()
			if resp.StatusCode != http.StatusOK || len(errs) != 1 || len(r.hooks.Events()) != 0 {
				t.Fatalf("status %d, errors %v, events %+v", resp.StatusCode, errs, r.hooks.Events())
			}
			secretless(t, errs[0])
		})
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status string
		change func(*httpsms.Config)
		want   bot.ReceiptState
	}{
		"delivered":     {"DELIVRD", nil, bot.ReceiptDelivered},
		"in lower case": {"Delivered", nil, bot.ReceiptDelivered},
		"failed":        {"UNDELIV", nil, bot.ReceiptFailed},
		"expired":       {"EXPIRED", nil, bot.ReceiptFailed},
		"on its way":    {"ENROUTE", nil, bot.ReceiptAccepted},
		"own words": {"thanh cong", func(c *httpsms.Config) { c.Delivered = []string{"Thanh cong"} },
			bot.ReceiptDelivered},
		"own words, failed": {"0", func(c *httpsms.Config) { c.Failed = []string{"0"} }, bot.ReceiptFailed},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, httpsmstest.Config{ReceiptURL: "own", Receipt: tc.status}, (*httpsmstest.Server).JSON, func(c *httpsms.Config) {
				c.Receipts = true
				if tc.change != nil {
					tc.change(c)
				}
			})
			sent, err := r.Send(t.Context(), hello("Xin chao"))
			if err != nil || sent.Delivered {
				t.Fatalf("sent %+v, %v", sent, err)
			}
			if err := r.server.Wait(); err != nil {
				t.Fatal(err)
			}
			got := r.hooks.Receipts()
			if len(got) != 1 || got[0].State != tc.want || got[0].ProviderID != sent.ProviderID || got[0].OutboxID != 42 || got[0].Channel != bot.SMS {
				t.Fatalf("receipts %+v, %v", got, r.hooks.Errors())
			}
			if (tc.want == bot.ReceiptFailed) != (got[0].Failure != nil) {
				t.Fatalf("failure %+v", got[0].Failure)
			}
		})
	}
}

func FuzzPush(f *testing.F) {
	c, err := httpsms.New(func() httpsms.Config {
		cfg := good()
		cfg.Receipts = true
		return cfg
	}())
	if err != nil {
		f.Fatal(err)
	}
	f.Add("", "User_ID=84912345678&Message=XA+HS+1&Request_ID=1&Status=DELIVRD&Client_ID=4", "application/x-www-form-urlencoded")
	f.Add("user_id=0912345678", `{"Message":"XA","Request_ID":12345678901234567890,"Status":1,"Message_ID":true}`, "application/json")
	f.Add("%zz", "\x00{", "")
	routes := c.Webhooks()
	f.Fuzz(func(t *testing.T, query, body, kind string) {
		req := httptest.NewRequest(http.MethodPost, "/webhooks/sms/x", nil)
		req.URL.RawQuery = query
		req.Header.Set("Content-Type", kind)
		for _, route := range routes {
			d, err := route.Decode(req, []byte(body))
			if string(d.Answer) != "1" || err != nil && len(d.Events)+len(d.Receipts) > 0 {
				t.Fatalf("decoded %+v, %v", d, err)
			}
			for _, e := range d.Events {
				if e.ProviderID == "" || !strings.HasPrefix(e.Address.ID, "+84") || (e.Kind == bot.KindText) != (e.Text != "") || strings.ContainsRune(e.Text, 0) {
					t.Fatalf("event %+v", e)
				}
			}
			for _, r := range d.Receipts {
				if r.ProviderID == "" && r.OutboxID == 0 || r.State < bot.ReceiptAccepted || (r.State == bot.ReceiptFailed) != (r.Failure != nil) {
					t.Fatalf("receipt %+v", r)
				}
			}
		}
	})
}
