package httpsms

import "testing"

func TestPatterns(t *testing.T) {
	t.Parallel()
	const soap = `<?xml version="1.0" encoding="ISO-8859-1"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/"><S:Body><ns2:wsCpMtResponse xmlns:ns2="http://impl.bulkSms.ws/"><return><message>Insert MT_QUEUE: OK</message><result> 1 </result></return></ns2:wsCpMtResponse></S:Body></S:Envelope>`
	tests := map[string]struct {
		pattern, body string
		match         bool
		value         string
	}{
		"json":              {"json:code=0", `{"code":0}`, true, "0"},
		"json, text":        {"json:code=0", `{"code":"0"}`, true, "0"},
		"json, other":       {"json:code=0", `{"code":1}`, false, "1"},
		"json, one of":      {"json:code=0|200", `{"code":200}`, true, "200"},
		"json, deep":        {"json:data.0.id", `{"data":[{"id":9007199254740993}]}`, true, "9007199254740993"},
		"json, bool":        {"json:ok=true", `{"ok":true}`, true, "true"},
		"json, null":        {"json:ok", `{"ok":null}`, false, ""},
		"json, an object":   {"json:ok", `{"ok":{}}`, false, ""},
		"json, out of list": {"json:a.1", `{"a":[1]}`, false, ""},
		"json, no index":    {"json:a.b", `{"a":[1]}`, false, ""},
		"json, too deep":    {"json:a.b", `{"a":1}`, false, ""},
		"json, html":        {"json:code=0", `<html>`, false, ""},
		"xml":               {"xml:result=1", soap, true, "1"},
		"xml, other":        {"xml:result=0", soap, false, "1"},
		"xml, words":        {"xml:message", soap, true, "Insert MT_QUEUE: OK"},
		"xml, none":         {"xml:nothing", soap, false, ""},
		"xml, broken":       {"xml:result=1", "<a><result>1", false, ""},
		"xml, json":         {"xml:result=1", `{"result":1}`, false, ""},
		"words":             {`^OK`, "OK 1", true, "OK"},
		"a group":           {`id=(\d+)`, "OK id=77;", true, "77"},
		"no words":          {`^OK`, "ERR", false, ""},
		"empty":             {`^$`, "", true, ""},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := parsePattern(tc.pattern)
			if err != nil {
				t.Fatal(err)
			}
			if got := p.match([]byte(tc.body)); got != tc.match {
				t.Errorf("match = %v", got)
			}
			if got, _ := p.find([]byte(tc.body)); got != tc.value {
				t.Errorf("value = %q, want %q", got, tc.value)
			}
		})
	}
}

func FuzzAnswer(f *testing.F) {
	var list []pattern
	for _, s := range []string{"json:a.0.b=1", "xml:result=1", `(\d+)`} {
		p, err := parsePattern(s)
		if err != nil {
			f.Fatal(err)
		}
		list = append(list, p)
	}
	f.Add([]byte(`{"a":[{"b":1}]}`))
	f.Add([]byte(`<a><result>1</result></a>`))
	f.Fuzz(func(t *testing.T, body []byte) {
		for _, p := range list {
			if _, found := p.find(body); !found && p.match(body) {
				t.Fatal("a match without a value")
			}
		}
	})
}
