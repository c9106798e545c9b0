package httpsms

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"text/template"

	"tiepdan/bot/sms"
	"tiepdan/bot/text"
)

// Vars is what a template can use.
type Vars struct {
	To         string // 84912345678
	ToE164     string // +84912345678
	ToNational string // 0912345678; a number abroad as ToE164
	Text       string
	Text64     string // Text as base64
	Sender     string // Config.Sender
	RequestID  string // of the message that this answers; empty for a notice: {{or .RequestID "1"}}
	OutboxID   int64  // our own id, for receipts
	Unicode    bool   // Text does not fit the GSM alphabet
}

func (c *Carrier) vars(m sms.Message) Vars {
	national := m.To
	if rest, ok := strings.CutPrefix(m.To, "+84"); ok {
		national = "0" + rest
	}
	return Vars{
		To:         strings.TrimPrefix(m.To, "+"),
		ToE164:     m.To,
		ToNational: national,
		Text:       m.Text,
		Text64:     base64.StdEncoding.EncodeToString([]byte(m.Text)),
		Sender:     c.cfg.Sender,
		RequestID:  m.ReplyToken,
		OutboxID:   m.ID,
		Unicode:    text.SMS(m.Text).Encoding == text.UCS2,
	}
}

// request is the form of every hand-over.
type request struct {
	method  string
	url     *template.Template
	headers []header
	body    *template.Template
}

type header struct {
	name  string
	value *template.Template
}

func parseRequest(cfg Config) (request, error) {
	r := request{method: strings.ToUpper(cfg.Method)}
	switch r.method {
	case "":
		r.method = http.MethodPost
	case http.MethodGet, http.MethodPost, http.MethodPut:
	default:
		return request{}, setting("METHOD", errors.New("must be GET, POST or PUT"))
	}
	var err error
	if r.url, err = parseTemplate("url", cfg.URL); err != nil {
		return request{}, setting("URL", err)
	}
	if r.body, err = parseTemplate("body", cfg.Body); err != nil {
		return request{}, setting("BODY", err)
	}
	for _, line := range cfg.Headers {
		name, value, ok := strings.Cut(line, ":")
		name = http.CanonicalHeaderKey(strings.TrimSpace(name))
		if !ok || name == "" || strings.ContainsAny(name, " \t\r\n\"(),/;<=>?@[\\]{}") {
			return request{}, setting("HEADERS", errors.New(`each must be written "Name: value"`))
		}
		t, err := parseTemplate("header", strings.TrimSpace(value))
		if err != nil {
			return request{}, setting("HEADERS", err)
		}
		r.headers = append(r.headers, header{name, t})
	}
	return r, nil
}

func parseTemplate(name, s string) (*template.Template, error) {
	t, err := template.New(name).Funcs(template.FuncMap{"json": jsonString, "xml": xmlText, "url": url.QueryEscape}).Parse(s)
	if err != nil {
		return nil, fmt.Errorf("not a template: %w", err)
	}
	return t, nil
}

// jsonString is s as JSON, quotes included.
func jsonString(s string) (string, error) {
	b, err := json.Marshal(s)
	return string(b), err
}

func xmlText(s string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(s))
	return b.String(), err
}

// rendered is a request with its values filled in.
type rendered struct {
	method string
	url    *url.URL
	header http.Header
	body   string
}

// errRender stands for errors that would quote what was rendered.
var (
	errAddress = errors.New("does not give an address such as https://host.example/send; values in it are written {{url .Text}}")
	errHeader  = errors.New("a value has a line end in it")
)

func (r request) render(v Vars) (rendered, error) {
	out := rendered{method: r.method, header: http.Header{}}
	address, err := fill(r.url, v)
	if err != nil {
		return rendered{}, setting("URL", err)
	}
	out.url, err = url.Parse(strings.TrimSpace(address))
	if err != nil || out.url.Host == "" || (out.url.Scheme != "http" && out.url.Scheme != "https") {
		return rendered{}, setting("URL", errAddress)
	}
	for _, h := range r.headers {
		value, err := fill(h.value, v)
		if err != nil {
			return rendered{}, setting("HEADERS", err)
		}
		if strings.ContainsAny(value, "\r\n\x00") {
			return rendered{}, setting("HEADERS", errHeader)
		}
		out.header.Add(h.name, value)
	}
	if out.body, err = fill(r.body, v); err != nil {
		return rendered{}, setting("BODY", err)
	}
	return out, nil
}

func fill(t *template.Template, v Vars) (string, error) {
	var b strings.Builder
	if err := t.Execute(&b, v); err != nil {
		return "", fmt.Errorf("fill in the template: %w", err)
	}
	return b.String(), nil
}

// trial is a text with everything that an unescaped template stumbles over.
const trial = "a\"b\\c<d>&amp;'e'+%20;=f\nố {{g}}"

// try fills the templates in once at start, and makes sure that a text arrives as it was:
// a place without its escaping function would let a citizen's words change the request.
func (r request) try(v Vars) error {
	out, err := r.render(v)
	if err != nil {
		return err
	}
	fields, err := url.ParseQuery(out.url.RawQuery)
	if err != nil {
		return setting("URL", errors.New("the query is broken: write {{url .Text}} and {{url .Sender}}"))
	}
	found, where, err := out.values()
	if err != nil {
		return err
	}
	for _, v := range fields {
		found = append(found, v...)
	}
	if where == "" && out.body != "" {
		return nil // a form that is not known: nothing can be said about it
	}
	for _, s := range found {
		if strings.Contains(s, v.Text) || strings.Contains(s, v.Text64) {
			return nil
		}
	}
	return setting("BODY", errors.New("the text does not arrive whole: write {{json .Text}} in JSON, {{xml .Text}} in XML, {{url .Text}} in a form or an address"))
}

// values are all values of the body, by its content type. where is empty for a type that is not known.
func (r rendered) values() (found []string, where string, err error) {
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil && r.body != "" {
		return nil, "", setting("HEADERS", errors.New(`a body needs a type, as in "Content-Type: application/json"`))
	}
	switch {
	case r.body == "":
		return nil, "", nil
	case strings.HasSuffix(kind, "json"):
		var v any
		if err := json.Unmarshal([]byte(r.body), &v); err != nil {
			return nil, "", setting("BODY", errors.New("is not JSON once filled in: write {{json .Text}}, which brings its own quotes"))
		}
		return jsonStrings(v), "json", nil
	case strings.HasSuffix(kind, "xml"):
		found, err := xmlStrings(r.body)
		if err != nil {
			return nil, "", setting("BODY", errors.New("is not XML once filled in: write {{xml .Text}}"))
		}
		return found, "xml", nil
	case kind == "application/x-www-form-urlencoded":
		form, err := url.ParseQuery(strings.TrimSpace(r.body))
		if err != nil {
			return nil, "", setting("BODY", errors.New("is not a form once filled in: write {{url .Text}}"))
		}
		for _, v := range form {
			found = append(found, v...)
		}
		return found, "form", nil
	}
	return nil, "", nil
}

func jsonStrings(v any) []string {
	var out []string
	switch v := v.(type) {
	case string:
		out = append(out, v)
	case []any:
		for _, item := range v {
			out = append(out, jsonStrings(item)...)
		}
	case map[string]any:
		for _, item := range v {
			out = append(out, jsonStrings(item)...)
		}
	}
	return out
}

func xmlStrings(s string) ([]string, error) {
	d := xml.NewDecoder(bytes.NewReader([]byte(s)))
	var out []string
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read xml: %w", err)
		}
		if data, ok := t.(xml.CharData); ok {
			out = append(out, string(data))
		}
	}
}
