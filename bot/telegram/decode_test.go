package telegram

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"tiepdan/bot"
)

// The payloads have the fields and the order of the server's own writer.
const (
	from    = `"from":{"id":777000111,"is_bot":false,"first_name":"Nguoi dan","language_code":"vi"}`
	chatOf  = `"chat":{"id":777000111,"first_name":"Nguoi dan","type":"private"}`
	botFrom = `"from":{"id":123456,"is_bot":true,"first_name":"Bot","username":"xa_bot"}`
	group   = `"chat":{"id":-1001234567890,"title":"Thon Dong","type":"supergroup"}`
	me      = `"user":{"id":123456,"is_bot":true,"first_name":"Bot","username":"xa_bot"}`
)

// msg is a message update with the given content.
func msg(id int, content string) string {
	return fmt.Sprintf(`{"update_id":%d,`+"\n"+`"message":{"message_id":51,%s,%s,"date":1767257000,%s}}`, id, from, chatOf, content)
}

func person() bot.Address { return bot.Address{Channel: bot.Telegram, ID: "777000111"} }

// said is what msg is decoded to, with the rest filled in by the test.
func event(change func(*bot.Incoming)) *bot.Incoming {
	in := &bot.Incoming{
		Address: person(), ProviderID: "m123456.777000111.51",
		At:   time.Date(2026, 1, 1, 8, 43, 20, 0, time.UTC),
		Meta: map[string]string{"message_id": "51"},
	}
	change(in)
	return in
}

type decodeCase struct {
	name    string
	body    string
	want    *bot.Incoming
	dropped string
	answer  string
}

func textCases() []decodeCase {
	is := func(kind bot.Kind, text string) *bot.Incoming {
		return event(func(in *bot.Incoming) { in.Kind, in.Text = kind, text })
	}
	return []decodeCase{
		{name: "text", body: msg(845211907, `"text":"Tra cứu HS 04486.G/2019/08708"`), want: is(bot.KindText, "Tra cứu HS 04486.G/2019/08708")},
		{name: "decomposed text with a NUL", body: msg(1, `"text":"ho\u0302\u0300 so\u031b\u0000 "`), want: is(bot.KindText, "hồ sơ")},
		{name: "lone surrogate", body: msg(1, `"text":"a\ud800b"`), want: is(bot.KindText, "a\ufffdb")},
		{name: "nothing readable", body: msg(1, `"text":" \u0000 "`), want: is(bot.KindUnread, "")},
		{name: "start", body: msg(1, `"text":"/start","entities":[{"offset":0,"length":6,"type":"bot_command"}]`), want: is(bot.KindStart, "")},
		{name: "start with a payload", body: msg(845211908, `"text":"/start link_8fK2","entities":[{"offset":0,"length":6,"type":"bot_command"}]`), want: is(bot.KindStart, "link_8fK2")},
		{name: "start with the bot's name", body: msg(1, `"text":"/start@xa_bot link_8fK2"`), want: is(bot.KindStart, "link_8fK2")},
		{name: "command with a code", body: msg(1, `"text":"/hs H15.22-261101-0042"`), want: is(bot.KindText, "hs H15.22-261101-0042")},
		{name: "command of two words", body: msg(1, `"text":"/tro_giup"`), want: is(bot.KindText, "tro giup")},
		{name: "entity longer than the text", body: msg(1, `"text":"/hs","entities":[{"offset":0,"length":900,"type":"bot_command"}]`), want: is(bot.KindText, "hs")},
		{name: "a slash is no command", body: msg(1, `"text":"/ 2 sào lúa"`), want: is(bot.KindText, "/ 2 sào lúa")},
		{name: "a fraction is no command", body: msg(1, `"text":"1/2 sào"`), want: is(bot.KindText, "1/2 sào")},
		{name: "an accented word is no command", body: msg(1, `"text":"/hồsơ 1"`), want: is(bot.KindText, "/hồsơ 1")},
		{name: "an unknown field of a new type", body: msg(1, `"sticker":"new","text":"chào"`), want: is(bot.KindText, "chào")},
		{name: "forwarded text", body: msg(1, `"forward_origin":{"type":"hidden_user","date":1},"forward_date":1,"text":"chào"`), want: is(bot.KindText, "chào")},
	}
}

func fileCases() []decodeCase {
	sent := func(text string, f bot.FileRef) *bot.Incoming {
		return event(func(in *bot.Incoming) { in.Kind, in.Text, in.Files = bot.KindFiles, text, []bot.FileRef{f} })
	}
	album := sent("Anh chup hien truong", bot.FileRef{ProviderID: "AgACbig", Type: "image/jpeg", Size: 188211})
	album.Meta["album"] = "13911000111"
	return []decodeCase{
		{
			name: "photo of an album, the largest size",
			body: msg(845211909, `"media_group_id":"13911000111","photo":[{"file_id":"AgACsmall","file_unique_id":"AQADs","file_size":1402,"width":90,"height":67},{"file_id":"AgACbig","file_unique_id":"AQADb","file_size":188211,"width":1280,"height":960},{"file_id":"AgACmid","file_unique_id":"AQADm","file_size":20000,"width":320,"height":240}],"caption":"Anh chup hien truong"`),
			want: album,
		},
		{
			name: "document",
			body: msg(845211910, `"document":{"file_name":"don.pdf","mime_type":"application/pdf","thumbnail":{"file_id":"AAMC","file_unique_id":"AQADt","file_size":5012,"width":226,"height":320},"thumb":{"file_id":"AAMC","file_unique_id":"AQADt","file_size":5012,"width":226,"height":320},"file_id":"BQAC1","file_unique_id":"AgADd","file_size":482113}`),
			want: sent("", bot.FileRef{ProviderID: "BQAC1", Name: "don.pdf", Type: "application/pdf", Size: 482113}),
		},
		{
			name: "voice",
			body: msg(845211911, `"voice":{"duration":12,"mime_type":"audio/ogg","file_id":"AwAC1","file_unique_id":"AgADv","file_size":49211}`),
			want: sent("", bot.FileRef{ProviderID: "AwAC1", Type: "audio/ogg", Size: 49211}),
		},
		{
			name: "video",
			body: msg(1, `"video":{"duration":3,"width":640,"height":480,"file_name":"a.mp4","mime_type":"video/mp4","file_id":"BAAC1","file_unique_id":"AgADw","file_size":900},"caption":"Mương vỡ"`),
			want: sent("Mương vỡ", bot.FileRef{ProviderID: "BAAC1", Name: "a.mp4", Type: "video/mp4", Size: 900}),
		},
		{
			name: "round video",
			body: msg(1, `"video_note":{"duration":3,"length":240,"file_id":"DQAC1","file_unique_id":"AgADn","file_size":901}`),
			want: sent("", bot.FileRef{ProviderID: "DQAC1", Type: "video/mp4", Size: 901}),
		},
		{
			name: "audio",
			body: msg(1, `"audio":{"duration":3,"mime_type":"audio/mpeg","file_name":"a.mp3","file_id":"CQAC1","file_unique_id":"AgADa","file_size":902}`),
			want: sent("", bot.FileRef{ProviderID: "CQAC1", Name: "a.mp3", Type: "audio/mpeg", Size: 902}),
		},
		{
			name: "animation, which comes with a document",
			body: msg(1, `"animation":{"duration":3,"width":1,"height":1,"mime_type":"video/mp4","file_id":"CgAC1","file_unique_id":"AgADg","file_size":903},"document":{"mime_type":"video/mp4","file_id":"CgAC1","file_unique_id":"AgADg","file_size":903}`),
			want: sent("", bot.FileRef{ProviderID: "CgAC1", Type: "video/mp4", Size: 903}),
		},
	}
}

func otherCases() []decodeCase {
	unread := func(reason string) *bot.Incoming {
		return event(func(in *bot.Incoming) {
			in.Kind = bot.KindUnread
			if reason != "" {
				in.Meta["reason"] = reason
			}
		})
	}
	own := event(func(in *bot.Incoming) { in.Kind, in.Phone = bot.KindContact, "+84912345678" })
	asked := `"reply_to_message":{"message_id":50,` + botFrom + `,` + chatOf + `,"date":1767256990,"text":"Bam nut de gui so"},`
	place := event(func(in *bot.Incoming) {
		in.Kind = bot.KindLocation
		in.Meta["latitude"], in.Meta["longitude"] = "21.028511", "105.804817"
	})
	venue := event(func(in *bot.Incoming) {
		in.Kind, in.Text = bot.KindLocation, "UBND xã\nThôn Đông"
		in.Meta["latitude"], in.Meta["longitude"] = "21", "105.5"
	})
	return []decodeCase{
		{name: "location", body: msg(845211912, `"location":{"latitude":21.028511,"longitude":105.804817,"horizontal_accuracy":35}`), want: place},
		{name: "venue", body: msg(1, `"location":{"latitude":21,"longitude":105.5},"venue":{"location":{"latitude":21,"longitude":105.5},"title":"UBND xã","address":"Thôn Đông"}`), want: venue},
		{name: "own contact", body: msg(845211913, asked+`"contact":{"phone_number":"84912345678","first_name":"Nguoi dan","user_id":777000111}`), want: own},
		{name: "own contact with a plus", body: msg(1, `"contact":{"phone_number":"+84 912 345 678","first_name":"Nguoi dan","user_id":777000111}`), want: own},
		{name: "contact of another account", body: msg(1, `"contact":{"phone_number":"84912345678","first_name":"Ai do","user_id":777000112}`), want: unread("contact_foreign")},
		{name: "contact without an account", body: msg(1, `"contact":{"phone_number":"84912345678","first_name":"Ai do"}`), want: unread("contact_foreign")},
		{name: "own contact, forwarded, old sign", body: msg(1, `"forward_date":1767250000,"contact":{"phone_number":"84912345678","first_name":"Nguoi dan","user_id":777000111}`), want: unread("contact_forwarded")},
		{name: "own contact, forwarded, new sign", body: msg(1, `"forward_origin":{"type":"hidden_user","sender_user_name":"x","date":1},"contact":{"phone_number":"84912345678","first_name":"Nguoi dan","user_id":777000111}`), want: unread("contact_forwarded")},
		{name: "contact with a national number", body: msg(1, `"contact":{"phone_number":"0912345678","first_name":"Nguoi dan","user_id":777000111}`), want: unread("contact_number")},
		{name: "contact with words", body: msg(1, `"contact":{"phone_number":"84912 goi toi","first_name":"Nguoi dan","user_id":777000111}`), want: unread("contact_number")},
		{name: "sticker", body: msg(1, `"sticker":{"file_id":"CAAC","file_unique_id":"AgADs","type":"regular","width":512,"height":512}`), want: unread("")},
		{name: "poll", body: msg(1, `"poll":{"id":"1","question":"?","options":[]}`), want: unread("")},
		{name: "something new", body: msg(1, `"hologram":{"id":"1"}`), want: unread("")},
		{name: "pinned message", body: msg(1, `"pinned_message":{"message_id":50,`+botFrom+`,`+chatOf+`,"date":1767256990,"text":"x"}`), dropped: "service"},
		{name: "background", body: msg(1, `"chat_background_set":{"type":{}}`), dropped: "service"},
	}
}

func updateCases() []decodeCase {
	update := func(id string, change func(*bot.Incoming)) *bot.Incoming {
		in := &bot.Incoming{Address: person(), ProviderID: "u123456." + id, Meta: map[string]string{}}
		change(in)
		return in
	}
	press := update("845211914", func(in *bot.Incoming) {
		in.Kind, in.Choice = bot.KindChoice, "m:status"
		in.Meta["message_id"] = "50"
	})
	edited := update("845211916", func(in *bot.Incoming) {
		in.Kind, in.Text, in.Replaces = bot.KindEdited, "Tra cứu HS 04486.G/2019/08709", "m123456.777000111.51"
		in.At, in.Meta["message_id"] = time.Date(2026, 1, 1, 8, 45, 20, 0, time.UTC), "51"
	})
	caption := update("5", func(in *bot.Incoming) {
		in.Kind, in.Text, in.Replaces = bot.KindEdited, "hs 1", "m123456.777000111.51"
		in.At, in.Meta["message_id"] = time.Unix(9, 0).UTC(), "51"
	})
	moved := time.Date(2026, 1, 1, 8, 45, 0, 0, time.UTC)
	blocked := update("845211915", func(in *bot.Incoming) { in.Kind, in.At = bot.KindBlocked, moved })
	back := update("845211918", func(in *bot.Incoming) {
		in.Kind, in.At, in.Meta["unblocked"] = bot.KindStart, moved, "true"
	})
	member := func(id, chat, before, after string) string {
		return `{"update_id":` + id + `,"my_chat_member":{` + chat + `,` + from + `,"date":1767257100,"old_chat_member":{` + me + `,"status":"` + before + `"},"new_chat_member":{` + me + `,"status":"` + after + `","until_date":0}}}`
	}
	answer := `{"callback_query_id":"3337300000000000001","method":"answerCallbackQuery"}`
	query := func(rest string) string {
		return `{"update_id":845211914,"callback_query":{"id":"3337300000000000001",` + from + `,` + rest + `}}`
	}
	return []decodeCase{
		{name: "press", body: query(`"message":{"message_id":50,` + botFrom + `,` + chatOf + `,"date":1767256990,"text":"Chon muc","reply_markup":{"inline_keyboard":[[{"text":"Tra cuu","callback_data":"m:status"}]]}},"chat_instance":"-8123456789012345678","data":"m:status"`), want: press, answer: answer},
		{name: "press under a message that is gone", body: query(`"message":{"message_id":50,` + chatOf + `,"date":0},"chat_instance":"-8","data":"m:status"`), want: press, answer: answer},
		{name: "press in a group", body: query(`"message":{"message_id":50,` + group + `,"date":0},"data":"m:status"`), dropped: "group", answer: answer},
		{name: "press on an inline message", body: query(`"inline_message_id":"abc","data":"m:status"`), dropped: "press", answer: answer},
		{name: "press of a game", body: query(`"message":{"message_id":50,` + chatOf + `,"date":0},"game_short_name":"g"`), dropped: "press", answer: answer},
		{name: "edited text", body: `{"update_id":845211916,"edited_message":{"message_id":51,` + from + `,` + chatOf + `,"date":1767257000,"edit_date":1767257120,"text":"Tra cứu HS 04486.G/2019/08709"}}`, want: edited},
		{name: "edited caption", body: `{"update_id":5,"edited_message":{"message_id":51,` + from + `,` + chatOf + `,"date":1,"edit_date":9,"photo":[{"file_id":"a","file_unique_id":"b","width":1,"height":1}],"caption":"/hs 1"}}`, want: caption},
		{name: "moving location", body: `{"update_id":5,"edited_message":{"message_id":51,` + from + `,` + chatOf + `,"date":1,"edit_date":9,"location":{"latitude":1,"longitude":2,"live_period":60}}}`, dropped: "edit"},
		{name: "edited in a group", body: `{"update_id":5,"edited_message":{"message_id":51,` + from + `,` + group + `,"date":1,"edit_date":9,"text":"x"}}`, dropped: "group"},
		{name: "blocked", body: member("845211915", chatOf, "member", "kicked"), want: blocked},
		{name: "came back", body: member("845211918", chatOf, "kicked", "member"), want: back},
		{name: "restricted", body: member("5", chatOf, "member", "restricted"), dropped: "member"},
		{name: "added to a group", body: member("5", group, "left", "member"), dropped: "group"},
		{name: "message in a group", body: `{"update_id":845211917,"message":{"message_id":9001,` + from + `,` + group + `,"date":1767257130,"text":"/tracuu@xa_bot 04486","entities":[{"offset":0,"length":14,"type":"bot_command"}]}}`, dropped: "group"},
		{name: "group that moved", body: `{"update_id":5,"message":{"message_id":2,` + from + `,"chat":{"id":-4,"title":"x","type":"group"},"date":1,"migrate_to_chat_id":-1001234567890}}`, dropped: "group"},
		{name: "message without a chat", body: `{"update_id":5,"message":{"message_id":2,"date":1,"text":"x"}}`, dropped: "kind"},
		{name: "channel post", body: `{"update_id":5,"channel_post":{"message_id":2,"chat":{"id":-100,"type":"channel"},"date":1,"text":"x"}}`, dropped: "kind"},
		{name: "unknown kind", body: `{"update_id":5,"managed_bot":{"x":1}}`, dropped: "kind"},
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	route := c.Routes()[0]
	for _, cases := range [][]decodeCase{textCases(), fileCases(), otherCases(), updateCases()} {
		for _, tt := range cases {
			t.Run(tt.name, func(t *testing.T) {
				t.Parallel()
				if !json.Valid([]byte(tt.body)) {
					t.Fatal("the test's own payload is not JSON")
				}
				got, err := route.Decode(httptest.NewRequest(http.MethodPost, WebhookPath, nil), []byte(tt.body))
				if err != nil {
					t.Fatalf("Decode: %v", err)
				}
				var want bot.Decoded
				if tt.want != nil {
					want.Events = []bot.Incoming{*tt.want}
				}
				if tt.dropped != "" {
					want.Dropped = []string{tt.dropped}
				}
				if tt.answer != "" {
					want.Answer, want.ContentType = []byte(tt.answer), "application/json"
				}
				if !reflect.DeepEqual(got, want) {
					t.Errorf("Decode gave\n%+v\nwant\n%+v", got, want)
				}
			})
		}
	}
}

func TestDecodeRefusesWhatIsNoUpdate(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	for _, body := range []string{"", "null", "[]", `"x"`, "{}", `{"update_id":0}`, `{"update_id":-4,"message":{}}`, `{"update_id":5,"message":`, `hello secret`} {
		got, err := c.decode(nil, []byte(body))
		if !errors.Is(err, errBody) {
			t.Errorf("Decode(%q) = %+v, %v, want errBody", body, got, err)
		}
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	c := newChannel(t, testConfig(CloudURL))
	route := c.Routes()[0]
	if route.Path != "/webhooks/telegram" || route.MaxBody != 128<<10 {
		t.Errorf("route is %s with %d bytes", route.Path, route.MaxBody)
	}
	for header, ok := range map[string]bool{testSecret: true, "": false, "planted": false, testSecret + "x": false} {
		r := httptest.NewRequest(http.MethodPost, WebhookPath, nil)
		r.Header.Set("x-telegram-bot-api-secret-token", header)
		err := route.Verify(r, []byte("not even JSON"))
		var refusal *bot.Refusal
		switch {
		case ok && err != nil:
			t.Errorf("Verify with the secret: %v", err)
		case !ok && (!errors.As(err, &refusal) || refusal.Status != http.StatusUnauthorized || refusal.Reason != "secret"):
			t.Errorf("Verify with %q: %v, want a refusal with 401", header, err)
		}
	}
	cfg := testConfig(CloudURL)
	cfg.Mode = ModePoll
	if routes := newChannel(t, cfg).Routes(); len(routes) != 0 {
		t.Errorf("mode poll has routes: %v", routes)
	}
}

// FuzzDecode feeds anything, and real updates that were damaged: never a panic, and what
// comes out can be stored.
func FuzzDecode(f *testing.F) {
	for _, cases := range [][]decodeCase{textCases(), fileCases(), otherCases(), updateCases()} {
		for _, tt := range cases {
			f.Add([]byte(tt.body))
		}
	}
	f.Add([]byte(`{"update_id":9223372036854775807,"message":{"chat":null}}`))
	c, err := New(testConfig(CloudURL))
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		d, err := c.decode(nil, body)
		if err != nil {
			if len(d.Events) > 0 {
				t.Errorf("events beside the error %v", err)
			}
			return
		}
		if len(d.Events)+len(d.Dropped) != 1 {
			t.Errorf("%d events and %d drops, want one in all", len(d.Events), len(d.Dropped))
		}
		for _, in := range d.Events {
			if in.Address.Channel != bot.Telegram || in.Address.ID == "" || in.ProviderID == "" || in.Kind == "" {
				t.Errorf("an event without its ids: %+v", in)
			}
			if in.Kind == bot.KindText && in.Text == "" || in.Kind == bot.KindContact && in.Phone == "" ||
				in.Kind == bot.KindChoice && in.Choice == "" || in.Kind == bot.KindEdited && (in.Text == "" || in.Replaces == "") {
				t.Errorf("an event without its content: %+v", in)
			}
			for _, s := range []string{in.Text, in.Choice, in.Phone} {
				if !utf8.ValidString(s) || strings.ContainsRune(s, 0) || !norm.NFC.IsNormalString(s) {
					t.Errorf("unclean text %q", s)
				}
			}
		}
	})
}
