package main

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
	"tiepdan/bot/telegram/telegramtest"
	"tiepdan/bot/text"
	"tiepdan/bot/zalo/zalotest"
)

// What is planted. None of these words stands anywhere else.
const (
	plantedName  = "Quách Thị Yểng Hoằng"
	plantedPhone = "0351239876"
	plantedText  = "con trâu khoang nhà tôi lội ruộng muống"
	plantedGuilt = "ông Khổng Bá Khoắng cán bộ xã đòi hai triệu mới cho ký giấy"
	plantedID    = "072149654321"
)

// planted lists every spelling in which a planted value could appear, in lower case.
func planted() []string {
	var out []string
	for _, s := range []string{plantedName, plantedText, plantedGuilt, "Yểng Hoằng", "trâu khoang", "Khổng Bá Khoắng", "Nơi vô danh"} {
		out = append(out, strings.ToLower(s), strings.ToLower(text.Unaccent(s)))
	}
	return append(out, "351239876", "351 239 876", "351230999", plantedID, plantedID[6:], telegramToken, "emulator-token", telegramSecret,
		httpsmstest.Password, httpsmstest.Secret, "app-secret-for-tests", zaloSecret)
}

// TestLogsKeepSecrets plants names, numbers, texts and tokens in every flow, lets providers and
// files fail around them, and searches all that the program logs, counts and complains.
func TestLogsKeepSecrets(t *testing.T) {
	t.Parallel()
	c := startCarrier(t, httpsmstest.Config{}, nil)
	tg, env := startTelegram(t, "webhook")
	za, zaloEnv := startZalo(t, zalotest.Options{})
	in := install(t, c.settings(append(env, zaloEnv...)...)...)
	sample := newSample(1, time.Now())
	people := in.populate(sample, 20)
	people[0].name, people[0].phone, people[0].citizen = plantedName, plantedPhone, plantedID
	complaints := []string{}
	try := func(args ...string) {
		_, errs, _ := in.run("", args...)
		complaints = append(complaints, errs)
	}
	try("import", "applications", in.write("people.csv", sample.moved(people, "4")), "--notify")
	s := in.serve()
	until(t, 20*time.Second, "telegram is told the webhook's address", func() bool { return len(tg.Calls("setWebhook")) > 0 })
	if !za.SetWebhook("http://" + in.addr + "/webhooks/zalo") {
		t.Fatal("zalo's probe was refused")
	}
	r := in.records()
	failProviders(c, tg, za)
	talk(t, in, c, tg, za)
	try("import", "applications", in.write("moved.csv", sample.moved(people, "6")), "--notify")
	try(badImport(in, people)...)
	try("import", "payouts", in.write("payouts.csv", sample.payouts(people, 1, 5)))
	try("grievance", "show", "PA-0000-0000-0")
	forge(in)
	until(t, 60*time.Second, "nothing is left to be played", func() bool {
		return r.number(`SELECT COUNT(*) FROM events WHERE state = 'waiting'`) == 0
	})
	_, metrics := in.get("/metrics")
	_, ready := in.get("/readyz")
	stopsCleanly(t, s)
	log := in.logText()
	if !strings.Contains(log, "was not taken") {
		t.Errorf("the log tells nothing of the providers' failures, so that this test proves little: %s", log)
	}
	for where, said := range map[string]string{"the log": log, "/metrics": metrics, "/readyz": ready, "a command": strings.Join(complaints, "\n")} {
		said = strings.ToLower(said)
		for _, secret := range planted() {
			if i := strings.Index(said, secret); i >= 0 {
				t.Errorf("%s holds %q: %q", where, secret, said[max(0, i-80):min(len(said), i+80)])
			}
		}
	}
}

// failProviders lets the next hand-overs fail in words that repeat what was sent.
func failProviders(c *carrier, tg *telegramtest.Server, za *zalotest.Server) {
	said := fmt.Sprintf("cannot send %q to %s (%s), key %s", plantedText, plantedPhone, plantedName, httpsmstest.Password)
	c.Fail(httpsmstest.Answer(http.StatusInternalServerError, said), httpsmstest.Answer(http.StatusOK, said), httpsmstest.Cut,
		httpsmstest.Answer(http.StatusOK, `{"code":301,"message":"`+plantedName+`"}`))
	tg.FailNext("sendMessage", telegramtest.Refuse(400, "Bad Request: "+plantedText), telegramtest.Refuse(403, "Forbidden: "+plantedName),
		telegramtest.CutAfterAccept(), telegramtest.Page(http.StatusBadGateway))
	za.Fail(zalotest.SendPath, 1, zalotest.Fault{Code: -201, Message: plantedText})
	za.Fail(zalotest.SendPath, 1, zalotest.Fault{Status: http.StatusBadGateway})
	za.Fail(zalotest.SendPath, 1, zalotest.Fault{Cut: true})
}

// talk lets one person say everything on every channel.
func talk(t *testing.T, in *installation, c *carrier, tg *telegramtest.Server, za *zalotest.Server) {
	t.Helper()
	words := []string{"MENU", "HS " + sampleCode(0), "HS " + sampleCode(0) + " " + plantedID[8:], "HS " + plantedPhone, "PA " + plantedText + ", tên tôi là " + plantedName,
		"PA " + plantedGuilt, plantedGuilt, "CT", "LK", "SAI SO", "toi ten " + plantedName + " so " + plantedPhone + " cccd " + plantedID}
	person, user, web := tg.Person(351230999, plantedName), za.AddUser("", plantedName), newChat(t, in)
	for _, w := range words {
		c.say(in, e164(plantedPhone), w)
		person.Say(w)
		user.Say(w)
		web.say(w)
	}
	person.ShareNumber("+" + e164(plantedPhone))
	person.SendPhoto(photo(t), plantedText, "")
	person.SendDocument([]byte("%PDF-1.4"), plantedName+".pdf", "application/pdf", plantedText)
	user.SharePhone(e164(plantedPhone))
	user.File(za.AddFile("don.pdf", "application/pdf", []byte("%PDF-1.4")), plantedName+".pdf", 8)
	web.sendFile(plantedName+".jpg", photo(t), plantedText)
}

// badImport is a file whose rows are wrong in every column.
func badImport(in *installation, people []samplePerson) []string {
	rows := [][]string{{"", plantedName, plantedID, plantedText, plantedPhone + "9", "chương trình " + plantedText, "Nơi vô danh", plantedGuilt, plantedText,
		plantedText, plantedName, plantedName, plantedText, "", "", ""}}
	for _, p := range people {
		rows = append(rows, []string{sampleCode(0), plantedName, p.citizen + "1", "", plantedPhone, "social_pension", p.unit.code, "99", "", "", "", "", "", "", "", ""})
	}
	return []string{"import", "applications", in.write(plantedName+".csv", table(applicationHeader, rows))}
}

// forge sends what nobody should: secrets that are almost right, and bodies that break off.
func forge(in *installation) {
	body := fmt.Appendf(nil, `{"message":{"text":%q,"from":{"first_name":%q}`, plantedText, plantedName)
	in.post("/webhooks/telegram", "application/json", body, "X-Telegram-Bot-Api-Secret-Token", telegramSecret)
	in.post("/webhooks/telegram", "application/json", body, "X-Telegram-Bot-Api-Secret-Token", telegramSecret+"x")
	in.post("/webhooks/zalo", "application/json", body, "X-ZEvent-Signature", zalotest.Sign(zaloApp, body, "1", zaloSecret))
	in.post("/webhooks/sms/"+httpsmstest.Secret, "application/x-www-form-urlencoded", []byte("User_ID="+plantedPhone+"9&Message="+plantedName))
	in.post("/webhooks/sms/"+httpsmstest.Secret, "application/json", body)
	in.post("/chat/messages", "application/json", body, "Sec-Fetch-Site", "same-origin")
	in.get("/" + plantedPhone + "?token=" + httpsmstest.Secret)
}
