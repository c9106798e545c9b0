package zalo_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
)

const (
	head   = `{"app_id":"360846524940903967","user_id_by_app":"552177279717587730","timestamp":"1760000000123",`
	toOA   = `"sender":{"id":"2468458835296197922"},"recipient":{"id":"388613280878808645"},`
	fromOA = `"sender":{"id":"388613280878808645"},"recipient":{"id":"2468458835296197922"},`
)

var stamp = time.UnixMilli(1760000000123).UTC()

// in is the event that most rows expect, changed by f.
func in(name, msgID string, f func(*bot.Incoming)) *bot.Incoming {
	ev := &bot.Incoming{
		Address:    bot.Address{Channel: bot.Zalo, ID: citizen},
		ProviderID: oaID + ":" + name + ":" + msgID,
		At:         stamp,
	}
	f(ev)
	return ev
}

func TestDecodeMessages(t *testing.T) {
	t.Parallel()
	const id = "96d3cdf3af150460909"
	for name, tc := range map[string]struct {
		body   string
		header []string
		want   *bot.Incoming
	}{
		"text": {
			body: head + `"event_name":"user_send_text",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"Tra cứu hồ sơ","quote_msg_id":"63ecf43f0df7dba892e6"}}`,
			want: in("user_send_text", id, func(e *bot.Incoming) {
				e.Kind, e.Text, e.Meta = bot.KindText, "Tra cứu hồ sơ", map[string]string{zalo.MetaQuote: "63ecf43f0df7dba892e6"}
			}),
		},
		"text, decomposed, with NUL, repeated": {
			body:   head + `"event_name":"user_send_text",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":" Hồ\u0000 sơ\r\n2 "}}`,
			header: []string{"num_retry", "3"},
			want: in("user_send_text", id, func(e *bot.Incoming) {
				e.Kind, e.Text, e.Meta = bot.KindText, "Hồ sơ\n2", map[string]string{zalo.MetaRetry: "3"}
			}),
		},
		"text without text": {
			body: head + `"event_name":"user_send_text",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":" "}}`,
			want: in("user_send_text", id, func(e *bot.Incoming) { e.Kind = bot.KindUnread }),
		},
		"ids and time as numbers": {
			body: `{"app_id":360846524940903967,"event_name":"user_send_text","timestamp":1760000000123,"sender":{"id":2468458835296197922},"recipient":{"id":388613280878808645},"message":{"msg_id":9007199254740993,"text":"1"}}`,
			want: in("user_send_text", "9007199254740993", func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "1" }),
		},
		"a tapped button": {
			body: head + `"event_name":"user_send_text",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"#td:q42:yes"}}`,
			want: in("user_send_text", id, func(e *bot.Incoming) { e.Kind, e.Choice = bot.KindChoice, "q42:yes" }),
		},
		"like a button, and too long": {
			body: head + `"event_name":"user_send_text",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"#td:` + strings.Repeat("a", 61) + `"}}`,
			want: in("user_send_text", id, func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "#td:"+strings.Repeat("a", 61) }),
		},
		"image": {
			body: head + `"event_name":"user_send_image",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"ảnh hiện trường","attachments":[{"type":"image","payload":{"url":"https://f12.photo.talk.zdn.vn/a/b.jpg","thumbnail":"https://t.f12.photo.talk.zdn.vn/a/b.jpg"}}]}}`,
			want: in("user_send_image", id, func(e *bot.Incoming) {
				e.Kind, e.Text = bot.KindFiles, "ảnh hiện trường"
				e.Files = []bot.FileRef{{ProviderID: "https://f12.photo.talk.zdn.vn/a/b.jpg", Type: "image/jpeg"}}
			}),
		},
		"two images, one without address": {
			body: head + `"event_name":"user_send_image",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"image","payload":{"url":"http://f1.zdn.vn/1"}},{"type":"image","payload":{}},{"type":"image","payload":{"url":"javascript:x"}}]}}`,
			want: in("user_send_image", id, func(e *bot.Incoming) {
				e.Kind, e.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "http://f1.zdn.vn/1", Type: "image/jpeg"}}
			}),
		},
		"image that did not come": {
			body: head + `"event_name":"user_send_image",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909"}}`,
			want: in("user_send_image", id, func(e *bot.Incoming) { e.Kind = bot.KindUnread }),
		},
		"gif": {
			body: head + `"event_name":"user_send_gif",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"gif","payload":{"url":"https://x.zdn.vn/1.gif","thumbnail":"https://x.zdn.vn/1.jpg"}}]}}`,
			want: in("user_send_gif", id, func(e *bot.Incoming) {
				e.Kind, e.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "https://x.zdn.vn/1.gif", Type: "image/gif"}}
			}),
		},
		"file": {
			body: head + `"event_name":"user_send_file",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"file","payload":{"url":"https://f.zdn.vn/x","name":"don-khieu-nai.pdf","type":"pdf","size":"51250","checksum":"9b1d"}}]}}`,
			want: in("user_send_file", id, func(e *bot.Incoming) {
				e.Kind = bot.KindFiles
				e.Files = []bot.FileRef{{ProviderID: "https://f.zdn.vn/x", Name: "don-khieu-nai.pdf", Type: "application/pdf", Size: 51250}}
			}),
		},
		"audio": {
			body: head + `"event_name":"user_send_audio",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"audio","payload":{"url":"https://v.zdn.vn/x.amr"}}]}}`,
			want: in("user_send_audio", id, func(e *bot.Incoming) {
				e.Kind, e.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "https://v.zdn.vn/x.amr", Type: "audio/amr"}}
			}),
		},
		"video": {
			body: head + `"event_name":"user_send_video",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"video","payload":{"url":"https://v.zdn.vn/x","thumbnail":"https://v.zdn.vn/t.jpg","description":""}}]}}`,
			want: in("user_send_video", id, func(e *bot.Incoming) {
				e.Kind, e.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "https://v.zdn.vn/x", Type: "video/mp4"}}
			}),
		},
		"link": {
			body: head + `"event_name":"user_send_link",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"xem giúp https://a.vn/1","attachments":[{"type":"link","payload":{"url":"https://a.vn/1","thumbnail":"","description":"x"}}]}}`,
			want: in("user_send_link", id, func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "xem giúp https://a.vn/1" }),
		},
		"link without text": {
			body: head + `"event_name":"user_send_link",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"link","payload":{"url":"https://a.vn/1","title":"Tin xã","description":"Lịch chi trả"}}]}}`,
			want: in("user_send_link", id, func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "Tin xã\nLịch chi trả\nhttps://a.vn/1" }),
		},
		"sticker": {
			body: head + `"event_name":"user_send_sticker",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","attachments":[{"type":"sticker","payload":{"id":"bfe458bf64fa8da4d4eb","url":"https://zalo-api.zadn.vn/s"}}]}}`,
			want: in("user_send_sticker", id, func(e *bot.Incoming) { e.Kind = bot.KindUnread }),
		},
		"location": {
			body: head + `"event_name":"user_send_location",` + toOA + `"message":{"msg_id":"a1b2c3d4e5f60718293a","text":"UBND phường","attachments":[{"type":"location","payload":{"coordinates":{"latitude":"10.7769000","longitude":"106.7009000"}}}]}}`,
			want: in("user_send_location", "a1b2c3d4e5f60718293a", func(e *bot.Incoming) {
				e.Kind, e.Text = bot.KindLocation, "UBND phường"
				e.Meta = map[string]string{zalo.MetaLatitude: "10.7769000", zalo.MetaLongitude: "106.7009000"}
			}),
		},
		"location off the earth": {
			body: head + `"event_name":"user_send_location",` + toOA + `"message":{"msg_id":"a1b2c3d4e5f60718293a","attachments":[{"type":"location","payload":{"coordinates":{"latitude":"NaN","longitude":"500"}}}]}}`,
			want: in("user_send_location", "a1b2c3d4e5f60718293a", func(e *bot.Incoming) { e.Kind = bot.KindLocation }),
		},
		"business card": {
			body: head + `"event_name":"user_send_business_card",` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"Tên liên hệ","attachments":[{"type":"link","payload":{"thumbnail":"https://x","url":"https://zalo.me/1","description":"{\"phone\":\"84912345678\",\"qrCodeUrl\":\"https://x\"}"}}]}}`,
			want: in("user_send_business_card", id, func(e *bot.Incoming) {
				e.Kind, e.Meta = bot.KindUnread, map[string]string{zalo.MetaReason: "contact_foreign"}
			}),
		},
		"members of other types": {
			body: head + `"event_name":"user_send_text","source":7,"follower":"x","info":[],` + toOA + `"message":{"msg_id":"96d3cdf3af150460909","text":"vẫn đọc được","attachments":"none","msg_ids":3}}`,
			want: in("user_send_text", id, func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "vẫn đọc được" }),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := offline(t).Decode(event(tc.body, tc.header...), []byte(tc.body))
			if err != nil || len(got.Events) != 1 || len(got.Receipts) != 0 {
				t.Fatalf("got %+v, %v", got, err)
			}
			if !reflect.DeepEqual(got.Events[0], *tc.want) {
				t.Errorf("got  %+v\nwant %+v", got.Events[0], *tc.want)
			}
		})
	}
}

func TestDecodeFlatEvents(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body  string
		kind  bot.Kind
		phone string
		meta  map[string]string
	}{
		"follow":                      {`"event_name":"follow","oa_id":"388613280878808645","follower":{"id":"2468458835296197922"},"source":"oa_profile"}`, bot.KindStart, "", map[string]string{zalo.MetaSource: "oa_profile"}},
		"unfollow":                    {`"event_name":"unfollow","oa_id":"388613280878808645","follower":{"id":"2468458835296197922"}}`, bot.KindBlocked, "", nil},
		"user_click_chatnow":          {`"event_name":"user_click_chatnow","oa_id":"388613280878808645","user_id":"2468458835296197922"}`, bot.KindStart, "", nil},
		"user_submit_info, new form":  {`"event_name":"user_submit_info",` + toOA + `"info":{"name":"Nguyễn Văn A","phone":"84912345678","user_dob":"30/10/1999","gender":"Nam","full_address":{"user_city":"Huế"}}}`, bot.KindContact, "+84912345678", map[string]string{zalo.MetaProof: zalo.ProofClaim}},
		"user_submit_info, old form":  {`"event_name":"user_submit_info",` + toOA + `"info":{"name":"A","phone":84912345678,"address":"1","city":"2","district":"3","ward":"4"}}`, bot.KindContact, "+84912345678", map[string]string{zalo.MetaProof: zalo.ProofClaim}},
		"user_submit_info, no number": {`"event_name":"user_submit_info",` + toOA + `"info":{"name":"A","phone":"12"}}`, bot.KindUnread, "", map[string]string{zalo.MetaReason: "contact_number"}},
		"console message":             {`"event_name":"oa_send_image","sender":{"id":"388613280878808645","admin_id":"1234567890123456789"},"recipient":{"id":"2468458835296197922"},"message":{"text":"chào bác"}}`, bot.KindTakeover, "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := head + tc.body
			route := offline(t)
			got, err := route.Decode(event(body), []byte(body))
			if err != nil || len(got.Events) != 1 {
				t.Fatalf("got %+v, %v", got, err)
			}
			ev := got.Events[0]
			if ev.Kind != tc.kind || ev.Phone != tc.phone || ev.Address.ID != citizen || ev.Text != "" || !reflect.DeepEqual(ev.Meta, tc.meta) {
				t.Errorf("got %+v", ev)
			}
			// Known by its body: the same body again has the same key, another time another one.
			again, err := route.Decode(event(body), []byte(body))
			if err != nil || again.Events[0].ProviderID != ev.ProviderID {
				t.Errorf("a repeat has key %s, not %s", again.Events[0].ProviderID, ev.ProviderID)
			}
			later := strings.Replace(body, "1760000000123", "1760000000124", 1)
			other, err := route.Decode(event(later), []byte(later))
			if err != nil || other.Events[0].ProviderID == ev.ProviderID {
				t.Errorf("two events share the key %s", ev.ProviderID)
			}
			if !strings.HasPrefix(ev.ProviderID, oaID+":") {
				t.Errorf("key %s", ev.ProviderID)
			}
		})
	}
}

func TestDecodeReceipts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		body   string
		header []string
		ids    []string
	}{
		"received":                {`"event_name":"user_received_message",` + fromOA + `"message":{"msg_id":"63ecf43f0df7dba892e6"}}`, nil, []string{"63ecf43f0df7dba892e6"}},
		"seen":                    {`"event_name":"user_seen_message",` + fromOA + `"message":{"msg_ids":["63ecf43f0df7dba892e6","63ecf43f0df7dba892e7"]}}`, nil, []string{"63ecf43f0df7dba892e6", "63ecf43f0df7dba892e7"}},
		"seen, broken ids":        {`"event_name":"user_seen_message",` + fromOA + `"message":{"msg_ids":[null,"",{"a":1},"63ecf43f0df7dba892e7"]}}`, nil, []string{"63ecf43f0df7dba892e7"}},
		"of a template, by phone": {`"event_name":"user_received_message","sender":{"id":"388613280878808645"},"recipient":{"id":"84987654321"},"message":{"msg_id":"15a0cc0bbb13bd4ce403","tracking_id":"payout-1","delivery_time":"1760000001432"}}`, []string{"X-ZEvent-Server", "ZNS"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			body := head + tc.body
			got, err := offline(t).Decode(event(body, tc.header...), []byte(body))
			if err != nil || len(got.Events) != 0 || len(got.Receipts) != len(tc.ids) {
				t.Fatalf("got %+v, %v", got, err)
			}
			for i, r := range got.Receipts {
				want := bot.Receipt{Channel: bot.Zalo, ProviderID: tc.ids[i], State: bot.ReceiptDelivered, At: stamp}
				if r != want {
					t.Errorf("got %+v, want %+v", r, want)
				}
			}
		})
	}
}

func TestDecodeIgnores(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"echo":                head + `"event_name":"oa_send_text",` + fromOA + `"message":{"msg_id":"63ecf43f0df7dba892e6","text":"x"}}`,
		"template status":     head + `"event_name":"change_template_status","oa_id":"388613280878808645","template_id":"1","status":{"prev_status":"A","new_status":"B"}}`,
		"rating":              head + `"event_name":"user_feedback","sender":{"id":"388613280878808645"},"message":{"note":"x","rate":1}}`,
		"tag":                 head + `"event_name":"add_user_to_tag","oa_id":"388613280878808645","tag":{"name":"x","user_ids":["1"]}}`,
		"reaction":            head + `"event_name":"user_reacted_message",` + toOA + `"message":{"msg_id":"1"}}`,
		"call":                head + `"event_name":"user_call_oa","oa_id":"388613280878808645","user_id":"2468458835296197922","phone":"84912345678"}`,
		"group":               head + `"event_name":"user_send_group_text",` + toOA + `"message":{"msg_id":"1","text":"x"}}`,
		"console, to a group": head + `"event_name":"oa_send_group_text","sender":{"id":"388613280878808645","admin_id":"1"},"recipient":{"id":"5"},"message":{"msg_id":"1","text":"x"}}`,
		"anonymous":           head + `"event_name":"anonymous_send_text","sender":{"id":"9"},"recipient":{"id":"8"},"message":{"msg_id":"1","text":"x"}}`,
		"nobody":              head + `"event_name":"user_send_text","recipient":{"id":"388613280878808645"},"message":{"msg_id":"1","text":"x"}}`,
		"an id that is none":  head + `"event_name":"user_send_text","sender":{"id":"a b"},"recipient":{"id":"1"},"message":{"msg_id":"1","text":"x"}}`,
		"an id with a point":  head + `"event_name":"user_send_text","sender":{"id":2.5e18},"recipient":{"id":"1"},"message":{"msg_id":"1","text":"x"}}`,
		"name of a number":    `{"event_name":7}`,
		"nothing":             `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := offline(t).Decode(event(body), []byte(body))
			if err != nil || len(got.Events)+len(got.Receipts) != 0 {
				t.Errorf("got %+v, %v", got, err)
			}
		})
	}
	for name, body := range map[string]string{"no JSON": `<html>`, "empty": ``, "a list": `[{}]`, "cut": vectorBody[:100]} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := offline(t).Decode(event(body), []byte(body))
			if err == nil || len(got.Events) != 0 {
				t.Errorf("got %+v, want an error", got)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(vectorBody), "1")
	f.Add([]byte(head+`"event_name":"user_send_file",`+toOA+`"message":{"msg_id":1,"attachments":[{"payload":{"url":"https://f.zdn.vn/x","size":-5}}]}}`), "")
	f.Add([]byte(head+`"event_name":"user_seen_message",`+fromOA+`"message":{"msg_ids":["1",2,null]}}`), "x")
	f.Add([]byte(head+`"event_name":"user_submit_info",`+toOA+`"info":{"phone":8.4e10}}`), "")
	f.Add([]byte(head+`"event_name":"user_send_location",`+toOA+`"message":{"attachments":[{"payload":{"coordinates":{"latitude":1e999}}}]}}`), "")
	f.Add([]byte(`{"event_name":"follow","follower":{"id":"1"},"timestamp":99999999999999999999}`), "")
	cfg := zalo.Config{AppID: appID, AppSecret: appSecret, OASecretKey: oaSecret}
	ch, err := zalo.New(cfg, noGrants{}, testHash)
	if err != nil {
		f.Fatal(err)
	}
	route := ch.Routes()[0]
	f.Fuzz(func(t *testing.T, body []byte, retry string) {
		r := event("")
		r.Header["num_retry"] = []string{retry}
		got, err := route.Decode(r, body)
		if err != nil && len(got.Events)+len(got.Receipts) > 0 {
			t.Fatal("an error and a result")
		}
		for _, ev := range got.Events {
			checkIncoming(t, ev)
		}
		for _, receipt := range got.Receipts {
			if receipt.ProviderID == "" || receipt.State != bot.ReceiptDelivered {
				t.Fatalf("receipt %+v", receipt)
			}
		}
	})
}

func FuzzVerify(f *testing.F) {
	f.Add([]byte(vectorBody), "mac="+vectorMAC)
	f.Add([]byte(`{"app_id":"360846524940903967"}`), "mac=")
	f.Add([]byte(`{}`), "")
	f.Add([]byte(`{"app_id":360846524940903967,"timestamp":null}`), "zz")
	cfg := zalo.Config{AppID: appID, AppSecret: appSecret, OASecretKey: oaSecret}
	ch, err := zalo.New(cfg, noGrants{}, testHash)
	if err != nil {
		f.Fatal(err)
	}
	route := ch.Routes()[0]
	f.Fuzz(func(t *testing.T, body []byte, signature string) {
		r := event("")
		r.Header["X-Zevent-Signature"] = []string{signature}
		if err := route.Verify(r, body); err == nil && string(body) != vectorBody {
			t.Fatalf("a forged body passed: %q with %q", body, signature)
		}
	})
}
