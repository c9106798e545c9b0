package main

import (
	"bytes"
	"database/sql"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
	"tiepdan/bot/sms/twilio/twiliotest"
	"tiepdan/bot/telegram/telegramtest"
	"tiepdan/bot/zalo/zalotest"
	"tiepdan/store/storetest"
)

const (
	telegramToken  = "123456:emulator-token"
	telegramSecret = "emulator-hook-secret"
)

// startTelegram starts an emulator and says how the program finds it.
func startTelegram(t *testing.T, mode string) (*telegramtest.Server, []string) {
	s := telegramtest.Start(t, telegramtest.Options{Token: telegramToken, Unit: 50 * time.Millisecond})
	env := []string{"TIEPDAN_TELEGRAM_TOKEN=" + telegramToken, "TIEPDAN_TELEGRAM_API_URL=" + s.URL(), "TIEPDAN_TELEGRAM_MODE=" + mode}
	if mode == "webhook" {
		env = append(env, "TIEPDAN_TELEGRAM_WEBHOOK_SECRET="+telegramSecret)
	}
	return s, env
}

const (
	zaloApp    = "360846524940903967"
	zaloSecret = "oa-secret-for-tests"
)

// startZalo starts an emulator and says how the program finds it.
func startZalo(t *testing.T, opts zalotest.Options) (*zalotest.Server, []string) {
	opts.AppID, opts.AppSecret, opts.OASecretKey = zaloApp, "app-secret-for-tests", zaloSecret
	s := zalotest.New(opts)
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	return s, []string{"TIEPDAN_ZALO_APP_ID=" + zaloApp, "TIEPDAN_ZALO_APP_SECRET=" + opts.AppSecret, "TIEPDAN_ZALO_OA_SECRET_KEY=" + zaloSecret,
		"TIEPDAN_ZALO_REFRESH_TOKEN=" + s.NewRefreshToken(), "TIEPDAN_ZALO_API_URL=" + s.URL, "TIEPDAN_ZALO_OAUTH_URL=" + s.URL,
		"TIEPDAN_ZALO_TEMPLATE_URL=" + s.URL, "TIEPDAN_ZALO_MEDIA_HOSTS=" + host, "TIEPDAN_ZALO_PER_MINUTE=4000"}
}

func inboxOf(p *telegramtest.Person) func() []string {
	return func() []string {
		var out []string
		for _, m := range p.Inbox() {
			out = append(out, m.Text)
		}
		return out
	}
}

func gotBy(u *zalotest.User) func() []string {
	return func() []string {
		var out []string
		for _, m := range u.Got() {
			out = append(out, m.Text)
		}
		return out
	}
}

// automated is how the first answer says that it is one.
var automated = regexp.MustCompile(`(?i)t(ự|u) (đ|d)(ộ|o)ng`)

func checkFirst(t *testing.T, channel string, texts []string) {
	t.Helper()
	n := 0
	for _, s := range texts {
		if automated.MatchString(s) {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%s: %d of the answers say that they are automated: %q", channel, n, texts)
	}
}

// TestChannels asks one question on every channel of one running program; each is answered
// on its own channel, once, and the first answer says that it is automated.
func TestChannels(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	tg, env := startTelegram(t, "webhook")
	za, zaloEnv := startZalo(t, zalotest.Options{})
	in := install(t, c.settings(append(env, zaloEnv...)...)...)
	in.populate(newSample(1, time.Now()), 20)
	s := in.serve()
	until(t, 20*time.Second, "telegram is told the webhook's address", func() bool { return len(tg.Calls("setWebhook")) > 0 })
	if !za.SetWebhook("http://" + in.addr + "/webhooks/zalo") {
		t.Fatal("zalo's probe was refused")
	}
	code := sampleCode(4)

	person := tg.Person(4711, "Hoa")
	person.Say("hs " + strings.ToLower(code))
	await(t, inboxOf(person), code)
	user := za.AddUser("", "Hoa")
	user.Say("Hồ sơ " + code + " tới đâu rồi?")
	await(t, gotBy(user), code)
	c.say(in, "84351230001", "HS "+strings.ReplaceAll(code, "-", " "))
	c.awaitText(t, "84351230001", code)
	web := newChat(t, in)
	web.say("tra cứu " + code)
	web.await(code)

	person.Say("HS " + code)
	user.Say("HS " + code)
	c.say(in, "84351230001", "HS "+code)
	r := in.records()
	until(t, 20*time.Second, "everything is answered", func() bool { return r.open() == 0 })
	checkFirst(t, "telegram", inboxOf(person)())
	checkFirst(t, "zalo", gotBy(user)())
	checkFirst(t, "sms", c.texts("84351230001"))
	if status, page := in.get("/metrics"); status != 200 || !strings.Contains(page, "tiepdan_webhook_total") {
		t.Errorf("/metrics is answered %d", status)
	}
	stopsCleanly(t, s)
}

// TestTelegramPolling: where no public address exists, the program fetches its messages, and a
// button works.
func TestTelegramPolling(t *testing.T) {
	t.Parallel()
	tg, env := startTelegram(t, "poll")
	in := install(t, env...)
	in.populate(newSample(1, time.Now()), 20)
	s := in.serve()
	person := tg.Person(4712, "Bình")
	person.Start("")
	await(t, inboxOf(person), "UBND")
	person.Say("HS " + sampleCode(2))
	await(t, inboxOf(person), sampleCode(2))
	person.Say("MENU")
	until(t, 20*time.Second, "the menu's buttons come", func() bool {
		_, err := person.PressLabel("Gặp cán bộ")
		return err == nil
	})
	until(t, 20*time.Second, "all updates are confirmed", func() bool { return tg.Pending() == 0 })
	r := in.records()
	until(t, 20*time.Second, "everything is answered", func() bool { return r.number(`SELECT COUNT(*) FROM events`) == 4 && r.open() == 0 })
	stopsCleanly(t, s)
}

// TestTwilio: signed messages are answered; a wrong signature gets 403 and nothing else; receipts are taken.
func TestTwilio(t *testing.T) {
	t.Parallel()
	tw := twiliotest.New(twiliotest.Config{})
	t.Cleanup(tw.Close)
	in := install(t, "TIEPDAN_TWILIO_ACCOUNT_SID="+twiliotest.AccountSID, "TIEPDAN_TWILIO_AUTH_TOKEN="+twiliotest.AuthToken,
		"TIEPDAN_TWILIO_FROM=+12025550100", "TIEPDAN_TWILIO_API_URL="+tw.URL, "TIEPDAN_TWILIO_TWO_WAY=true")
	in.populate(newSample(1, time.Now()), 20)
	s := in.serve()
	hook := "http://" + in.addr + "/webhooks/twilio"
	reply, err := tw.Receive(t.Context(), hook, twiliotest.Inbound{From: "+84351230002", To: "+12025550100", Body: "HS " + sampleCode(3)})
	if err != nil || reply.Status != http.StatusOK {
		t.Fatalf("a signed message is answered %d: %v", reply.Status, err)
	}
	sent := func() (out []string) {
		for _, m := range tw.Messages() {
			if !m.Inbound {
				out = append(out, m.Body)
			}
		}
		return out
	}
	await(t, sent, sampleCode(3))
	for _, forged := range []twiliotest.Inbound{{Unsigned: true}, {Token: "another-token"}, {SignedURL: "https://example.org/webhooks/twilio"}} {
		forged.From, forged.To, forged.Body = "+84351230003", "+12025550100", "HS "+sampleCode(3)
		if reply, err := tw.Receive(t.Context(), hook, forged); err != nil || reply.Status != http.StatusForbidden {
			t.Errorf("a forged message is answered %d: %v", reply.Status, err)
		}
	}
	r := in.records()
	until(t, 20*time.Second, "everything is delivered", func() bool {
		return r.open() == 0 && r.number(`SELECT COUNT(*) FROM outbox WHERE state <> 'delivered'`) == 0
	})
	if n := r.number(`SELECT COUNT(*) FROM events`); n != 1 {
		t.Errorf("%d messages are kept", n)
	}
	checkFirst(t, "twilio", sent())
	stopsCleanly(t, s)
	if err := tw.Wait(); err != nil {
		t.Error(err)
	}
}

// TestKeyword: on a number rented by keyword, the keyword is taken off what comes and stands in
// every hint, and a bare digit is never asked for.
func TestKeyword(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	in := install(t, c.settings("TIEPDAN_SMS_KEYWORD=TANLUA")...)
	in.populate(newSample(1, time.Now()), 20)
	in.serve()
	c.say(in, "84351230004", "TANLUA HS "+sampleCode(5))
	c.awaitText(t, "84351230004", sampleCode(5))
	c.say(in, "84351230005", "tanlua")
	c.awaitText(t, "84351230005", "TANLUA")
	c.say(in, "84351230006", "Tanlua PA "+unique(6)+" duong vao ap 3 ngap nuoc hai tuan nay chua ai den xem")
	c.awaitText(t, "84351230006", "PA-")
	c.say(in, "84351230007", "TANLUA MENU")
	c.awaitText(t, "84351230007", "TANLUA HS")
	digit := regexp.MustCompile(`(?m)^\s*[1-9][.:)]`)
	hint := regexp.MustCompile(`(?i)(nhan|soan|gui) (HS|CT|PA|MO|TU CHOI|GAP CB|TIEP|LAI)\b`)
	for _, m := range c.Messages() {
		if digit.MatchString(m.Text) || hint.MatchString(m.Text) {
			t.Errorf("a hint without the keyword: %q", m.Text)
		}
	}
}

// post sends anything to a path of the running program.
func (in *installation) post(path, kind string, body []byte, header ...string) (int, string) {
	in.t.Helper()
	req, err := http.NewRequest(http.MethodPost, "http://"+in.addr+path, bytes.NewReader(body))
	if err != nil {
		in.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		in.t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		in.t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// TestRefusals: forged and broken calls of every webhook get the right refusal, are counted, and
// lead to nothing: no answer, no event, no 5xx.
func TestRefusals(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	_, env := startTelegram(t, "webhook")
	_, zaloEnv := startZalo(t, zalotest.Options{})
	in := install(t, c.settings(append(env, zaloEnv...)...)...)
	in.populate(newSample(1, time.Now()), 20)
	in.serve()
	const jsonType, form = "application/json", "application/x-www-form-urlencoded"
	secret := []string{"X-Telegram-Bot-Api-Secret-Token", telegramSecret}
	update := `{"update_id":1,"message":{"message_id":1,"from":{"id":5,"is_bot":false,"first_name":"A"},"chat":{"id":5,"type":"private"},"date":1,"text":"HS"}}`
	event := fmt.Sprintf(`{"app_id":%q,"event_name":"user_send_text","timestamp":"1","sender":{"id":"5"},"recipient":{"id":"6"},"message":{"msg_id":"m","text":"HS"}}`, zaloApp)
	push := url.Values{"User_ID": {"84351230008"}, "Message": {"HS"}, "Request_ID": {"r1"}}.Encode()
	signed := func(body string) []string {
		return []string{"X-ZEvent-Signature", zalotest.Sign(zaloApp, []byte(body), "1", zaloSecret)}
	}
	broken := []string{"", "{", "[]", "null", `{"update_id":"x"}`, "\x00\xff\xfe", strings.Repeat("[", 20_000), `{"message":{"text":7}}`}
	for _, k := range []struct {
		name, path, kind string
		body             string
		header           []string
		want             int
	}{
		{"telegram without secret", "/webhooks/telegram", jsonType, update, nil, 401},
		{"telegram with another secret", "/webhooks/telegram", jsonType, update, []string{secret[0], "guess"}, 401},
		{"telegram too long", "/webhooks/telegram", jsonType, `{"x":"` + strings.Repeat("a", 3<<20) + `"}`, secret, 413},
		{"zalo without signature", "/webhooks/zalo", jsonType, event, nil, 200},
		{"zalo with a wrong signature", "/webhooks/zalo", jsonType, event, signed(event + " "), 200},
		{"zalo too long", "/webhooks/zalo", jsonType, strings.Repeat("a", 3<<20), nil, 413},
		{"sms with a wrong secret", "/webhooks/sms/guess-guess-guess-guess", form, push, nil, 404},
		{"sms too long", "/webhooks/sms/" + httpsmstest.Secret, form, "Message=" + strings.Repeat("a", 1<<20), nil, 413},
		{"twilio, which is off", "/webhooks/twilio", form, push, nil, 404},
	} {
		if status, _ := in.post(k.path, k.kind, []byte(k.body), k.header...); status != k.want {
			t.Errorf("%s is answered %d", k.name, status)
		}
	}
	for _, body := range broken {
		for path, header := range map[string][]string{"/webhooks/telegram": secret, "/webhooks/zalo": signed(body), "/webhooks/sms/" + httpsmstest.Secret: nil} {
			for _, kind := range []string{jsonType, form, "multipart/form-data"} {
				if status, _ := in.post(path, kind, []byte(body), header...); status >= 500 {
					t.Errorf("a broken call of %s (%.20q as %s) is answered %d", path, body, kind, status)
				}
			}
		}
	}
	for _, path := range []string{"/webhooks/telegram", "/webhooks/zalo", "/webhooks/nothing", "/../etc/passwd", "/chat/static/page.html"} {
		if status, _ := in.get(path); status != 404 && status != 405 {
			t.Errorf("GET %s is answered %d", path, status)
		}
	}
	r := in.records()
	if events, out := r.number(`SELECT COUNT(*) FROM events`), r.number(`SELECT COUNT(*) FROM outbox`); events != 0 || out != 0 || c.Requests() != 0 {
		t.Errorf("forged and broken calls led to %d events, %d messages, %d hand-overs", events, out, c.Requests())
	}
	_, page := in.get("/metrics")
	for _, reason := range []string{"refused", "too_long", "broken"} {
		if !strings.Contains(page, reason) {
			t.Errorf("/metrics does not count what is %s", reason)
		}
	}
}

// TestOptOut: who wants no notices gets none, and is still answered; who wants them again gets them.
func TestOptOut(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	in := install(t, c.settings()...)
	sample := newSample(1, time.Now())
	people := in.populate(sample, 20)
	in.serve()
	number := e164(people[0].phone)
	c.say(in, number, "TU CHOI")
	first := c.awaitText(t, number, "MO")
	in.must("import", "applications", in.write("m1.csv", sample.moved(people, "6")), "--notify")
	r := in.records()
	until(t, 30*time.Second, "the notices are sent", func() bool { return r.open() == 0 })
	for _, s := range c.texts(number) {
		if strings.Contains(s, sampleCode(0)) {
			t.Errorf("after %q came %q", first, s)
		}
	}
	if n := r.number(`SELECT COUNT(*) FROM notices WHERE state = 'skipped' AND reason = 'opted_out'`); n != 1 {
		t.Errorf("%d notices are skipped because people refused them", n)
	}
	if got := c.texts(e164(people[1].phone)); len(got) == 0 {
		t.Error("somebody else got no notice")
	}
	c.say(in, number, "HS "+sampleCode(0))
	c.awaitText(t, number, sampleCode(0))
	c.say(in, number, "MO")
	c.awaitText(t, number, "TU CHOI")
	before := len(c.texts(number))
	in.must("import", "applications", in.write("m2.csv", sample.moved(people, "7")), "--notify")
	until(t, 30*time.Second, "the notice comes again", func() bool { return len(c.texts(number)) > before && r.open() == 0 })
}

// e164 is a national number as the carrier writes it.
func e164(phone string) string { return "84" + strings.TrimPrefix(phone, "0") }

var linkCode = regexp.MustCompile(`LK \d{4,6}`)

// TestZaloWindow: a notice goes by Zalo to whom wrote there within seven days, and else by SMS.
func TestZaloWindow(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	za, env := startZalo(t, zalotest.Options{})
	in := install(t, c.settings(env...)...)
	sample := newSample(1, time.Now())
	people := in.populate(sample, 3)
	s := in.serve()
	if !za.SetWebhook("http://" + in.addr + "/webhooks/zalo") {
		t.Fatal("zalo's probe was refused")
	}
	user, number := za.AddUser("", "Hoa"), e164(people[0].phone)
	user.Say("LK")
	offer := await(t, gotBy(user), "LK ")
	c.say(in, number, linkCode.FindString(offer))
	r := in.records()
	until(t, 20*time.Second, "the chat is linked", func() bool {
		return r.number(`SELECT COUNT(*) FROM conversations WHERE channel = 'zalo' AND phone <> ''`) == 1 && r.open() == 0
	})
	onPhone, inChat := len(c.texts(number)), len(user.Got())
	in.must("import", "applications", in.write("m1.csv", sample.moved(people, "6")), "--notify")
	until(t, 20*time.Second, "the notice comes by Zalo", func() bool { return len(user.Got()) > inChat && r.open() == 0 })
	if len(c.texts(number)) != onPhone {
		t.Error("the notice came by SMS as well")
	}
	stopsCleanly(t, s)
	in.age("zalo", 8*24*time.Hour)
	in.serve()
	inChat = len(user.Got())
	in.must("import", "applications", in.write("m2.csv", sample.moved(people, "7")), "--notify")
	until(t, 20*time.Second, "the notice comes by SMS", func() bool { return len(c.texts(number)) > onPhone && r.open() == 0 })
	if len(user.Got()) != inChat {
		t.Error("the notice came by Zalo after its window")
	}
}

// age makes all conversations of a channel older. The service must not be running.
func (in *installation) age(channel string, by time.Duration) {
	in.t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: filepath.Join(in.dir, "data", "tiepdan.db")}).EscapedPath())
	if err != nil {
		in.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`UPDATE conversations SET last_in_at = last_in_at - ?, phone_since = phone_since - ? WHERE channel = ?`, by.Milliseconds(), by.Milliseconds(), channel); err != nil {
		in.t.Fatal(err)
	}
}

// TestRedisVanishes: conversations survive a Redis that is flushed, stopped and started empty
// between any two messages.
func TestRedisVanishes(t *testing.T) {
	t.Parallel()
	server := storetest.Redis(t)
	c := startCarrier(t, httpsmstest.Config{}, nil)
	in := install(t, c.settings("TIEPDAN_REDIS_URL="+server.URL())...)
	s := in.serve("--demo")
	web := newChat(t, in)
	steps := []struct {
		do   func()
		then string
	}{
		{func() { web.say("PA") }, ""},
		{func() { web.press("Tôi") }, "Họ và tên"},
		{func() { web.say("Lý Thị Hoa") }, "ấp"},
		{func() { web.say("ấp 3") }, ""},
		{func() { web.say("Đèn đường đầu ấp 3 hư hai tuần nay, tối đi lại khó.") }, ""},
		{func() { web.press("Không có, hoặc đã xong") }, ""},
		{func() { web.press("Nhắn vào đây") }, "Lý Thị Hoa"},
		{func() { web.press("Đúng, gửi đi") }, "PA-"},
	}
	for i, step := range steps {
		step.do()
		web.await(step.then)
		switch i % 3 {
		case 0:
			server.Flush()
		case 1:
			server.Stop()
			if status, _ := in.get("/readyz"); status != http.StatusOK {
				t.Errorf("without Redis the program says that it is not ready: %d", status)
			}
		default:
			server.Start()
		}
	}
	r := in.records()
	if n := r.number(`SELECT COUNT(*) FROM grievances WHERE incomplete = 0`); n == 0 {
		t.Error("the grievance is not there")
	}
	stopsCleanly(t, s)
}

// TestOutageCatchup: what Zalo kept while the program was away is asked for at the next start,
// and answered once.
func TestOutageCatchup(t *testing.T) {
	t.Parallel()
	za, env := startZalo(t, zalotest.Options{})
	in := install(t, env...)
	in.populate(newSample(1, time.Now()), 20)
	s := in.serve()
	if !za.SetWebhook("http://" + in.addr + "/webhooks/zalo") {
		t.Fatal("zalo's probe was refused")
	}
	user := za.AddUser("", "Hoa")
	user.Say("MENU")
	until(t, 20*time.Second, "the first message is answered", func() bool { return len(user.Got()) > 0 })
	stopsCleanly(t, s)
	user.Say("HS " + sampleCode(1))
	za.Flush()
	in.serve()
	await(t, gotBy(user), sampleCode(1))
	za.RetryNow() // the webhook's own retry brings the same message again
	r := in.records()
	until(t, 20*time.Second, "nothing is left to be done", func() bool { return r.open() == 0 })
	n := 0
	for _, s := range gotBy(user)() {
		n += strings.Count(s, sampleCode(1))
	}
	if events := r.number(`SELECT COUNT(*) FROM events`); events != 2 || n > 2 {
		t.Errorf("%d messages are kept of 2, and the code was answered %d times", events, n)
	}
}
