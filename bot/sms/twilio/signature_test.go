package twilio

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/twilio/twilio-go/client"

	"tiepdan/bot"
)

const (
	inboundBody = "AccountSid=AC00000000000000000000000000000001&ApiVersion=2010-04-01&Body=TC+HS+04486.G%2F2019%2F08708&From=%2B84912345678&MessageSid=SM00000000000000000000000000000001&NumMedia=0&NumSegments=1&SmsMessageSid=SM00000000000000000000000000000001&SmsSid=SM00000000000000000000000000000001&SmsStatus=received&To=%2B15005550006"
	inboundSign = "vJJg9P7rwNjAj5x7Yw+kxsTHl5I="
)

// Twilio's published example, and bodies whose signatures were computed apart
// from this program.
func TestSignatures(t *testing.T) {
	t.Parallel()
	const path, example = "/webhooks/twilio/sms", "CallSid=CA1234567890ABCDE&Caller=%2B14158675309&Digits=1234&From=%2B14158675309&To=%2B18005551212"
	accented := strings.Replace(inboundBody, "TC+HS+04486.G%2F2019%2F08708", "Tra+c%E1%BB%A9u+h%E1%BB%93+s%C6%A1", 1)
	tests := map[string]struct {
		token, public, target, body, sign string
		reason                            string // empty: it passes
	}{
		"as it came":            {"test-auth-token", "https://gw.example.vn", path, inboundBody, inboundSign, ""},
		"with the port":         {"test-auth-token", "https://gw.example.vn:443", path, inboundBody, inboundSign, ""},
		"accents":               {"test-auth-token", "https://gw.example.vn", path, accented, "9Ch9GlnJBRoYb2qELOQ1YFs7sUg=", ""},
		"another token":         {"test-auth-tokem", "https://gw.example.vn", path, inboundBody, inboundSign, "signature"},
		"the other's signature": {"test-auth-token", "https://gw.example.vn", path, accented, inboundSign, "signature"},
		"none":                  {"test-auth-token", "https://gw.example.vn", path, inboundBody, "", "signature"},
		"http":                  {"test-auth-token", "http://gw.example.vn", path, inboundBody, inboundSign, "signature"},
		"a slash more":          {"test-auth-token", "https://gw.example.vn", path + "/", inboundBody, inboundSign, "signature"},
		"a query more":          {"test-auth-token", "https://gw.example.vn", path + "?a=1", inboundBody, inboundSign, "signature"},
		"a parameter more":      {"test-auth-token", "https://gw.example.vn", path, inboundBody + "&a=1", inboundSign, "signature"},
		"a semicolon":           {"test-auth-token", "https://gw.example.vn", path, inboundBody + ";a=1", inboundSign, "signature"},
		"no body":               {"test-auth-token", "https://gw.example.vn", path, "", inboundSign, "signature"},
		"no public address":     {"test-auth-token", "", path, inboundBody, inboundSign, "not_configured"},
		// Genuine, and about a call of nobody's account.
		"the published example":         {"12345", "https://mycompany.com", "/myapp.php?foo=1&bar=2", example, "RSOYDt4T1cUTdK1PDd93/VVr8B8=", "account"},
		"the published example, forged": {"12345", "https://mycompany.com", "/myapp.php?foo=1&bar=2", example, "RSOYDt4T1cUTdK1PDd93/VVr8B9=", "signature"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := &Carrier{
				cfg:       Config{AccountSID: "AC00000000000000000000000000000001"},
				public:    tc.public,
				validator: client.NewRequestValidator(tc.token),
			}
			req := httptest.NewRequest(http.MethodPost, "http://10.1.2.3:8080"+tc.target, nil)
			req.Header.Set("X-Forwarded-Host", "gw.example.vn")
			if tc.sign != "" {
				req.Header.Set("X-Twilio-Signature", tc.sign)
			}
			err := c.Webhooks()[0].Verify(req, []byte(tc.body))
			if tc.reason == "" {
				if err != nil {
					t.Fatalf("refused: %v", err)
				}
				return
			}
			var refusal *bot.Refusal
			if !errors.As(err, &refusal) || refusal.Status != http.StatusForbidden || refusal.Reason != tc.reason {
				t.Fatalf("refusal = %v, want 403 for %q", err, tc.reason)
			}
		})
	}
}

func FuzzInbound(f *testing.F) {
	f.Add(inboundBody, "application/x-www-form-urlencoded")
	f.Add("MessageSid=SM1&From=%2B84912345678&NumMedia=99&MediaUrl0=https%3A%2F%2Fa%2FMedia%2FME1&Body=%ff%00", "")
	f.Add("MessageSid=SM1&From=%2B84912345678&OptOutType=STOP", "text/plain")
	c := &Carrier{}
	f.Fuzz(func(t *testing.T, body, contentType string) {
		req := httptest.NewRequest(http.MethodPost, "/webhooks/twilio", nil)
		req.Header.Set("Content-Type", contentType)
		d, err := c.decodeInbound(req, []byte(body))
		if err != nil && len(d.Events) > 0 {
			t.Fatal("an error and an event")
		}
		if len(d.Answer) == 0 || d.ContentType == "" {
			t.Fatal("no TwiML: Twilio would text the next best thing to the person")
		}
		checkEvents(t, d.Events)
	})
}

func checkEvents(t *testing.T, events []bot.Incoming) {
	t.Helper()
	for _, e := range events {
		if e.ProviderID == "" || e.Address.Channel != bot.SMS || !strings.HasPrefix(e.Address.ID, "+") {
			t.Fatalf("event %+v", e)
		}
		if e.Kind == bot.KindText && e.Text == "" || strings.ContainsRune(e.Text, 0) || strings.ToValidUTF8(e.Text, "") != e.Text || len(e.Files) > maxMedia {
			t.Fatalf("event %+v", e)
		}
	}
}

func FuzzStatus(f *testing.F) {
	f.Add("MessageSid=SM1&MessageStatus=undelivered&ErrorCode=30003", "ref=1")
	f.Add("MessageSid=SM1&MessageStatus=sent", "ref=-1&ref=2")
	c := &Carrier{}
	f.Fuzz(func(t *testing.T, body, query string) {
		req := httptest.NewRequest(http.MethodPost, "/webhooks/twilio/status", nil)
		req.URL.RawQuery = query
		d, err := c.decodeStatus(req, []byte(body))
		if err != nil && len(d.Receipts) > 0 {
			t.Fatal("an error and a receipt")
		}
		for _, r := range d.Receipts {
			if r.ProviderID == "" || r.State < bot.ReceiptAccepted || (r.State == bot.ReceiptFailed) != (r.Failure != nil) || r.OutboxID < 0 {
				t.Fatalf("receipt %+v", r)
			}
		}
	})
}
