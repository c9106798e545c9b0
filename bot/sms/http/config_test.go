package httpsms_test

import (
	"strings"
	"testing"

	"tiepdan/bot/sms"
	httpsms "tiepdan/bot/sms/http"
)

// good is the least that a carrier needs.
func good() httpsms.Config {
	return httpsms.Config{
		URL:     "https://carrier.example/send",
		Headers: []string{"Content-Type: application/json", "X-Password: pa55word"},
		Body:    `{"to":"{{.To}}","text":{{json .Text}}}`,
		OK:      "json:code=0",
		Secret:  "sixteen-letters0",
	}
}

func TestNewTakes(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*httpsms.Config){
		"json":        func(*httpsms.Config) {},
		"json, deep":  func(c *httpsms.Config) { c.Body = `[{"m":[{"t":{{json .Text}}}]}]` },
		"base64":      func(c *httpsms.Config) { c.Body = `{"to":{{json .ToE164}},"text":"{{.Text64}}"}` },
		"form":        func(c *httpsms.Config) { form(c, "to={{.To}}&text={{url .Text}}") },
		"xml":         func(c *httpsms.Config) { body(c, "text/xml", "<a><b>{{xml .Text}}</b></a>") },
		"soap":        func(c *httpsms.Config) { body(c, "application/soap+xml", "<a>{{xml .Text}}</a>") },
		"own type":    func(c *httpsms.Config) { body(c, "text/plain", "{{.To}} {{.Text}}") },
		"query":       func(c *httpsms.Config) { c.Method, c.Body, c.URL = "get", "", "http://10.0.0.1/?t={{url .Text}}" },
		"no inbound":  func(c *httpsms.Config) { c.Secret = "" },
		"own names":   func(c *httpsms.Config) { c.Fields = map[string]string{"number": "msisdn", "text": "body|sms"} },
		"wide open":   func(c *httpsms.Config) { c.OK = ".*" },
		"conditional": func(c *httpsms.Config) { c.Body = `{"t":{{json .Text}},"u":{{if .Unicode}}1{{else}}0{{end}}}` },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good()
			change(&cfg)
			if _, err := httpsms.New(cfg); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func form(c *httpsms.Config, s string) { body(c, "application/x-www-form-urlencoded", s) }

func body(c *httpsms.Config, kind, s string) {
	c.Headers, c.Body = []string{"content-type: " + kind}, s
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*httpsms.Config)
		want   string
	}{
		"no url":             {func(c *httpsms.Config) { c.URL = "" }, "URL"},
		"a path":             {func(c *httpsms.Config) { c.URL = "/send" }, "URL"},
		"another scheme":     {func(c *httpsms.Config) { c.URL = "ftp://carrier.example" }, "URL"},
		"url, no template":   {func(c *httpsms.Config) { c.URL += "?a={{" }, "URL"},
		"url, no escape":     {func(c *httpsms.Config) { c.URL += "?t={{.Text}}" }, "URL"},
		"method":             {func(c *httpsms.Config) { c.Method = "DELETE" }, "METHOD"},
		"header":             {func(c *httpsms.Config) { c.Headers = []string{"X-Password"} }, "HEADERS"},
		"header name":        {func(c *httpsms.Config) { c.Headers = []string{"X Password: a"} }, "HEADERS"},
		"header, template":   {func(c *httpsms.Config) { c.Headers = append(c.Headers, "A: {{.Nothing}}") }, "HEADERS"},
		"header, text":       {func(c *httpsms.Config) { c.Headers = append(c.Headers, "A: {{.Text}}") }, "HEADERS"},
		"body without type":  {func(c *httpsms.Config) { c.Headers = nil }, "HEADERS"},
		"body, no template":  {func(c *httpsms.Config) { c.Body = "{{end}}" }, "BODY"},
		"body, unknown var":  {func(c *httpsms.Config) { c.Body = `{"t":{{json .Texts}}}` }, "BODY"},
		"body, unknown func": {func(c *httpsms.Config) { c.Body = `{"t":{{js0n .Text}}}` }, "BODY"},
		"json, no escape":    {func(c *httpsms.Config) { c.Body = `{"t":"{{.Text}}"}` }, "BODY"},
		"json, no text":      {func(c *httpsms.Config) { c.Body = `{"to":"{{.To}}"}` }, "BODY"},
		"json by xml":        {func(c *httpsms.Config) { c.Body = `{"t":"{{xml .Text}}"}` }, "BODY"},
		"xml, no escape":     {func(c *httpsms.Config) { body(c, "text/xml", "<a>{{.Text}}</a>") }, "BODY"},
		"form, no escape":    {func(c *httpsms.Config) { form(c, "to={{.To}}&text={{.Text}}") }, "BODY"},
		"form, no text":      {func(c *httpsms.Config) { form(c, "to={{.To}}") }, "BODY"},
		"query, no text":     {func(c *httpsms.Config) { c.Method, c.Body = "GET", "" }, "BODY"},
		"no ok":              {func(c *httpsms.Config) { c.OK = "" }, "OK"},
		"ok, not a pattern":  {func(c *httpsms.Config) { c.OK = "(" }, "OK"},
		"ok, no path":        {func(c *httpsms.Config) { c.OK = "json:=0" }, "OK"},
		"ok, no element":     {func(c *httpsms.Config) { c.OK = "xml:" }, "OK"},
		"id":                 {func(c *httpsms.Config) { c.ID = "[" }, "ID"},
		"throttled":          {func(c *httpsms.Config) { c.Throttled = []string{"("} }, "THROTTLED"},
		"bad number":         {func(c *httpsms.Config) { c.BadNumber = []string{""} }, "BAD_NUMBER"},
		"opted out":          {func(c *httpsms.Config) { c.OptedOut = []string{"json:"} }, "OPTED_OUT"},
		"rejected":           {func(c *httpsms.Config) { c.Rejected = []string{"a", "("} }, "REJECTED"},
		"misconfigured":      {func(c *httpsms.Config) { c.Misconfigured = []string{"("} }, "MISCONFIGURED"},
		"short secret":       {func(c *httpsms.Config) { c.Secret = "pa55word" }, "SECRET"},
		"secret with slash":  {func(c *httpsms.Config) { c.Secret = "sixteen/letters0" }, "SECRET"},
		"receipts, secret":   {func(c *httpsms.Config) { c.Secret, c.Receipts = "", true }, "SECRET"},
		"answer":             {func(c *httpsms.Config) { c.Answer = strings.Repeat("1", 2000) }, "ANSWER"},
		"no such field":      {func(c *httpsms.Config) { c.Fields = map[string]string{"phone": "a"} }, "FIELDS"},
		"an empty name":      {func(c *httpsms.Config) { c.Fields = map[string]string{"text": " | "} }, "FIELDS"},
		"rate":               {func(c *httpsms.Config) { c.Rate = -1 }, "RATE"},
		"segments":           {func(c *httpsms.Config) { c.MaxSegments = -1 }, "MAX_SEGMENTS"},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good()
			tc.change(&cfg)
			_, err := httpsms.New(cfg)
			if err == nil || !strings.HasPrefix(err.Error(), "TIEPDAN_SMSHTTP_"+tc.want+": ") {
				t.Fatalf("error = %v, want one that begins with TIEPDAN_SMSHTTP_%s", err, tc.want)
			}
			if strings.Contains(err.Error(), "pa55word") || strings.Contains(err.Error(), "sixteen") || strings.Contains(err.Error(), "\n") {
				t.Fatalf("the error is not one line without secrets: %v", err)
			}
		})
	}
}

func TestRoute(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change   func(*httpsms.Config)
		want     sms.Route
		webhooks int
	}{
		"two ways":   {func(*httpsms.Config) {}, sms.Route{TwoWay: true, Burst: 1}, 1},
		"one way":    {func(c *httpsms.Config) { c.Secret = "" }, sms.Route{Burst: 1}, 0},
		"receipts":   {func(c *httpsms.Config) { c.Receipts = true }, sms.Route{TwoWay: true, Receipts: true, Burst: 1}, 2},
		"brand name": {func(c *httpsms.Config) { c.OneWay, c.Receipts = true, true }, sms.Route{Receipts: true, Burst: 1}, 1},
		"all": {func(c *httpsms.Config) {
			c.Unicode, c.MaxSegments, c.Forbidden, c.Rate, c.WholeNumber = true, 3, "%", 25, true
		}, sms.Route{TwoWay: true, Unicode: true, MaxSegments: 3, Forbidden: "%", PerSecond: 25, Burst: 25, WholeNumber: true}, 1},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			cfg := good()
			tc.change(&cfg)
			c, err := httpsms.New(cfg)
			if err != nil {
				t.Fatal(err)
			}
			if got := c.Route(); got != tc.want || len(c.Webhooks()) != tc.webhooks {
				t.Fatalf("route %+v, want %+v; %d webhooks", got, tc.want, len(c.Webhooks()))
			}
		})
	}
}
