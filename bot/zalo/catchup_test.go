package zalo_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

// What is asked for after an outage is what the webhook would have told: the
// same keys, kinds, texts, files and places.
func TestCatchupGivesWhatTheWebhookGives(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	hook, missed := newReceiver(t, w.ch), newReceiver(t, w.ch)
	if !w.srv.SetWebhook(hook.srv.URL) {
		t.Fatal("the address was not saved")
	}
	u := w.srv.AddUser("", "Trần Thị B")
	for i, say := range []func(){
		func() { u.Say("HS H15.22-261101-0042") },
		func() { u.Say("#td:q1:yes") },
		func() { u.Media("image", "https://f1.zdn.vn/1.jpg", "ảnh hiện trường") },
		func() { u.Media("gif", "https://f1.zdn.vn/1.gif", "") },
		func() { u.Media("audio", "https://f1.zdn.vn/1.amr", "") },
		func() { u.Media("video", "https://f1.zdn.vn/1.mp4", "") },
		func() { u.Link("https://a.vn/1", "xem giúp") },
		func() { u.Sticker() },
		func() { u.Location("UBND xã", "10.7769", "106.7009") },
	} {
		w.clock.Advance(time.Duration(i+1) * time.Second)
		say()
	}
	w.srv.Flush()
	if err := w.ch.Catchup(t.Context(), noon, missed); err != nil {
		t.Fatalf("Catchup: %v", err)
	}
	if len(missed.events) != 9 || !reflect.DeepEqual(missed.events, hook.events) {
		t.Fatalf("caught up:\n%+v\nby webhook:\n%+v", missed.events, hook.events)
	}
	// The same sink, once more and after the webhook: nothing new.
	if err := w.ch.Catchup(t.Context(), noon, hook); err != nil || len(hook.events) != 9 || hook.repeated != 9 {
		t.Errorf("again: %v, %d events, %d repeated", err, len(hook.events), hook.repeated)
	}
}

func TestCatchupPagesAndSince(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b, old := w.srv.AddUser("", "A"), w.srv.AddUser("", "B"), w.srv.AddUser("", "C")
	old.Say("trước đó")
	a.Say("trước đó")
	w.clock.Advance(time.Second)
	since := w.clock.Now()
	a.Say("đúng lúc") // not newer than since
	var want []string
	for i := range 25 {
		w.clock.Advance(time.Second)
		want = append(want, fmt.Sprintf("tin %d", i))
		a.Say(want[i])
		if _, err := w.send(a, "đã nhận"); err != nil {
			t.Fatalf("send: %v", err)
		}
	}
	b.Say("một tin")
	in := newReceiver(t, w.ch)
	if err := w.ch.Catchup(t.Context(), since, in); err != nil {
		t.Fatalf("Catchup: %v", err)
	}
	var got []string
	for _, ev := range in.events {
		if ev.Address.ID == a.ID {
			got = append(got, ev.Text)
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("A wrote %q", got)
	}
	if len(in.events) != 26 || in.repeated != 0 {
		t.Errorf("%d events, %d repeated", len(in.events), in.repeated)
	}
	// The one who wrote before since is not asked for: 25+25 messages and an
	// older page for A, one and an older page for B.
	if n := w.srv.Calls(zalotest.ConversationPath); n != 6+2 {
		t.Errorf("%d calls for conversations", n)
	}
}

func TestCatchupStopsAtTheRateLimit(t *testing.T) {
	t.Parallel()
	for name, arrange := range map[string]func(*world){
		"told by its counter": func(w *world) { w.srv.SetRate(8) },
		"told by -32": func(w *world) {
			w.srv.Fail(zalotest.ConversationPath, 1, zalotest.Fault{Code: -32, Message: "Your OA reached limit call api"})
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			for range 6 {
				w.srv.AddUser("", "A").Say("x")
			}
			arrange(w)
			w.clock.Advance(20 * time.Second)
			in := newReceiver(t, w.ch)
			err := w.ch.Catchup(t.Context(), noon.Add(-time.Second), in)
			if got := sendError(t, err); got.Class != bot.Throttled || got.RetryAfter != 40*time.Second {
				t.Fatalf("got %+v", *got)
			}
			first := len(in.events)
			if first == 6 || w.srv.Calls(zalotest.ConversationPath) > 4 {
				t.Errorf("went on: %d events, %d calls", first, w.srv.Calls(zalotest.ConversationPath))
			}
			w.clock.Advance(40 * time.Second)
			w.srv.SetRate(0)
			if err := w.ch.Catchup(t.Context(), noon.Add(-time.Second), in); err != nil || len(in.events) != 6 {
				t.Errorf("in the next minute: %v, %d events", err, len(in.events))
			}
		})
	}
}

func TestCatchupFailures(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.user()
	down := newReceiver(t, w.ch)
	down.setDown(true)
	if err := w.ch.Catchup(t.Context(), noon.Add(-time.Hour), down); err == nil || !strings.Contains(err.Error(), "records are away") {
		t.Errorf("a sink that is away: %v", err)
	}
	in := newReceiver(t, w.ch)
	for name, fault := range map[string]zalotest.Fault{
		"HTML 502":         {Status: 502},
		"no list":          {Body: `{"error":0,"data":{"a":1}}`},
		"a row of nothing": {Body: `{"error":0,"data":null}`},
	} {
		w.srv.Fail(zalotest.RecentPath, 1, fault)
		err := w.ch.Catchup(t.Context(), noon.Add(-time.Hour), in)
		if (err == nil) != (fault.Body == `{"error":0,"data":null}`) || len(in.events) != 0 {
			t.Errorf("%s: %v, %d events", name, err, len(in.events))
		}
	}
	w.srv.Fail(zalotest.InfoPath, 1, zalotest.Fault{Body: `{"error":0,"data":{}}`})
	if err := w.ch.Catchup(t.Context(), noon, in); err == nil {
		t.Error("without the account's id the keys would differ")
	}
	var none *bot.SendError
	lost := w.replica(func(c *zalo.Config) { c.RefreshToken = "" })
	w.grants.Set(bot.Grant{Name: bot.Zalo, Generation: 9, NeedsConsent: true})
	if err := lost.Catchup(t.Context(), noon, in); !errors.As(err, &none) || none.Code != "needs_consent" {
		t.Errorf("without a grant: %v", err)
	}
}

// Rows as they were seen on real accounts.
func TestCatchupReadsCapturedRows(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		row  string
		want *bot.Incoming
	}{
		"text": {
			`{"src":1,"time":1795582800123,"type":"text","message":"Chào xã","message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645","from_display_name":"A","from_avatar":"https://x"}`,
			in("user_send_text", "92e5d851aa8178dd2192", func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "Chào xã" }),
		},
		"without src, ids as numbers": {
			`{"time":"1795582800123","type":"text","message":"a","message_id":"92e5d851aa8178dd2192","from_id":2468458835296197922,"to_id":388613280878808645}`,
			in("user_send_text", "92e5d851aa8178dd2192", func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "a" }),
		},
		"photo with description": {
			`{"src":1,"time":1795582800123,"type":"photo","description":"ruộng","url":"https://f.zdn.vn/1.jpg","thumb":"https://f.zdn.vn/t","message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`,
			in("user_send_image", "92e5d851aa8178dd2192", func(e *bot.Incoming) {
				e.Kind, e.Text, e.Files = bot.KindFiles, "ruộng", []bot.FileRef{{ProviderID: "https://f.zdn.vn/1.jpg", Type: "image/jpeg"}}
			}),
		},
		"file in links": {
			`{"src":1,"time":1795582800123,"type":"file","links":[{"url":"https://f.zdn.vn/1","name":"bao.pdf"}],"message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`,
			in("user_send_file", "92e5d851aa8178dd2192", func(e *bot.Incoming) {
				e.Kind, e.Files = bot.KindFiles, []bot.FileRef{{ProviderID: "https://f.zdn.vn/1", Name: "bao.pdf", Type: "application/pdf"}}
			}),
		},
		"links as texts": {
			`{"src":1,"time":1795582800123,"type":"links","message":"xem","links":["https://a.vn"],"message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`,
			in("user_send_link", "92e5d851aa8178dd2192", func(e *bot.Incoming) { e.Kind, e.Text = bot.KindText, "xem\nhttps://a.vn" }),
		},
		"location object": {
			`{"src":1,"time":1795582800123,"type":"location","location":{"longitude":106.7,"latitude":10.5},"message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`,
			in("user_send_location", "92e5d851aa8178dd2192", func(e *bot.Incoming) {
				e.Kind, e.Meta = bot.KindLocation, map[string]string{zalo.MetaLatitude: "10.5", zalo.MetaLongitude: "106.7"}
			}),
		},
		"ours":             {`{"src":0,"time":1795582800123,"type":"text","message":"x","message_id":"92e5d851aa8178dd2192","from_id":"388613280878808645","to_id":"2468458835296197922"}`, nil},
		"ours without src": {`{"time":1795582800123,"type":"text","message":"x","message_id":"92e5d851aa8178dd2192","from_id":"388613280878808645","to_id":"2468458835296197922"}`, nil},
		"no id":            {`{"src":1,"time":1795582800123,"type":"text","message":"x","from_id":"2468458835296197922","to_id":"388613280878808645"}`, nil},
		"an unknown type":  {`{"src":1,"time":1795582800123,"type":"nosupport","message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`, nil},
		"too old":          {`{"src":1,"time":1,"type":"text","message":"x","message_id":"92e5d851aa8178dd2192","from_id":"2468458835296197922","to_id":"388613280878808645"}`, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			page := zalotest.Fault{Body: `{"error":0,"message":"Success","data":[` + tc.row + `]}`}
			w.srv.AddUser(citizen, "A")
			w.srv.Fail(zalotest.RecentPath, 1, page)
			w.srv.Fail(zalotest.ConversationPath, 1, page)
			got := newReceiver(t, w.ch)
			if err := w.ch.Catchup(t.Context(), noon.Add(-time.Hour), got); err != nil {
				t.Fatalf("Catchup: %v", err)
			}
			if tc.want == nil {
				if len(got.events) != 0 {
					t.Errorf("got %+v", got.events)
				}
				return
			}
			tc.want.At = time.UnixMilli(1795582800123).UTC()
			if len(got.events) != 1 || !reflect.DeepEqual(got.events[0], *tc.want) {
				t.Errorf("got  %+v\nwant %+v", got.events, *tc.want)
			}
		})
	}
}
