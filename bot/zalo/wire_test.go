package zalo

import (
	"encoding/json"
	"net/url"
	"testing"
)

func TestMediaType(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, declared, name, address, want string }{
		{"image", "", "", "https://f.zdn.vn/x", "image/jpeg"},
		{"image", "", "", "https://f.zdn.vn/x.PNG?w=1", "image/png"},
		{"image", "", "", "https://f.zdn.vn/x.webp", "image/webp"},
		{"image", "", "", "https://f.zdn.vn/x.heic", "image/heic"},
		{"gif", "", "", "https://f.zdn.vn/x", "image/gif"},
		{"audio", "", "", "https://f.zdn.vn/x", "audio/aac"},
		{"audio", "", "", "https://f.zdn.vn/x.mp3", "audio/mpeg"},
		{"audio", "", "", "https://f.zdn.vn/x.m4a", "audio/mp4"},
		{"video", "", "", "https://f.zdn.vn/x", "video/mp4"},
		{"video", "", "", "https://f.zdn.vn/x.mov", "video/quicktime"},
		{"video", "", "", "https://f.zdn.vn/x.3gp", "video/3gpp"},
		{"file", "pdf", "a", "https://f.zdn.vn/x", "application/pdf"},
		{"file", "", "a.DOC", "https://f.zdn.vn/x", "application/msword"},
		{"file", "docx", "", "https://f.zdn.vn/x", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"file", "xls", "", "https://f.zdn.vn/x", "application/vnd.ms-excel"},
		{"file", "xlsx", "", "https://f.zdn.vn/x", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
		{"file", "csv", "", "https://f.zdn.vn/x", "text/csv"},
		{"file", "txt", "", "https://f.zdn.vn/x", "text/plain"},
		{"file", "exe", "a.pdf.exe", "https://f.zdn.vn/x", "application/octet-stream"},
		{"file", "", "", "https://f.zdn.vn/", "application/octet-stream"},
	} {
		u, err := url.Parse(tc.address)
		if err != nil {
			t.Fatal(err)
		}
		got := mediaType(attachment{Type: tc.kind, Payload: payload{Type: tc.declared, Name: tc.name}}, u)
		if got != tc.want {
			t.Errorf("%+v: got %s", tc, got)
		}
	}
}

func TestIdentKeepsDigits(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]struct {
		id    ident
		named bool
	}{
		`"2468458835296197922"`:  {"2468458835296197922", true},
		`2468458835296197922`:    {"2468458835296197922", true},
		`99999999999999999999`:   {"99999999999999999999", true},
		`"63ecf43f0df7dba892e6"`: {"63ecf43f0df7dba892e6", true},
		`-5`:                     {"-5", true},
		`1.5`:                    {"1.5", false},
		`"a b"`:                  {"a b", false},
		`""`:                     {"", false},
		`null`:                   {"", false},
		`true`:                   {"", false},
		`{"a":1}`:                {"", false},
		`[1]`:                    {"", false},
	} {
		got := ident("before")
		if err := json.Unmarshal([]byte(raw), &got); err != nil || got != want.id || got.named() != want.named {
			t.Errorf("%s: got %q, named %v, %v", raw, got, got.named(), err)
		}
	}
}
