package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

const (
	readyWithin  = 2 * time.Second
	restingBelow = 100.0 // MB
)

// TestStart: the program is up in two seconds, with sample data or empty, and small when it rests.
func TestStart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		args []string
	}{{"empty", nil}, {"demo", []string{"--demo"}}} {
		t.Run(c.name, func(t *testing.T) {
			in := install(t)
			if _, err := binary(); err != nil {
				t.Fatal(err)
			}
			began := time.Now()
			s := in.serve(c.args...)
			took := time.Since(began)
			if took > readyWithin {
				t.Errorf("ready only after %s", took)
			}
			if status, page := in.get("/"); status != 200 || !strings.Contains(page, "chat") {
				t.Errorf("the public page is answered %d", status)
			}
			if !strings.Contains(in.logText(), "http://"+in.addr) {
				t.Errorf("the address of the public page is not printed: %q", in.logText())
			}
			time.Sleep(2 * time.Second) // at rest is when nothing happens
			mb, err := s.memory()
			if err != nil {
				t.Fatal(err)
			}
			if mb > restingBelow {
				t.Errorf("%.0f MB at rest", mb)
			}
			t.Logf("%s: ready after %s, %.1f MB at rest", c.name, took.Round(time.Millisecond), mb)
			stopsCleanly(t, s)
		})
	}
}

// stopsCleanly: SIGTERM ends the service with status 0 in less than 15 s.
func stopsCleanly(t *testing.T, s *server) {
	t.Helper()
	began := time.Now()
	if err := s.stop(); err != nil {
		t.Errorf("stopped by SIGTERM: %v: %s", err, s.in.logText())
	}
	if took := time.Since(began); took > 15*time.Second {
		t.Errorf("stopping took %s", took)
	}
}

// TestStopWithOpenPages: open web chats do not keep the service from stopping.
func TestStopWithOpenPages(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.serve("--demo")
	chat := newChat(t, in)
	stream := chat.listen()
	defer stream.Close()
	chat.say("MENU")
	chat.await("Bà con cần gì")
	stopsCleanly(t, s)
}

// TestDemo: the sample data is whole, and is added once.
func TestDemo(t *testing.T) {
	t.Parallel()
	in := install(t)
	for range 2 {
		s := in.serve("--demo")
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
	}
	r := in.records()
	if n := r.number(`SELECT COUNT(*) FROM applications`); n < 150 || n > 400 {
		t.Errorf("the sample has %d applications", n)
	}
	for _, table := range []string{"units", "people", "payouts", "grievances"} {
		if n := r.number(`SELECT COUNT(*) FROM ` + table); n < 2 {
			t.Errorf("the sample has %d %s", n, table)
		}
	}
	if past, coming := r.number(`SELECT COUNT(*) FROM payouts WHERE pay_date < date('now')`), r.number(`SELECT COUNT(*) FROM payouts WHERE pay_date > date('now')`); past == 0 || coming == 0 {
		t.Errorf("the sample has %d past and %d coming payouts", past, coming)
	}
	if n := r.number(`SELECT COUNT(*) FROM outbox`); n != 0 {
		t.Errorf("the sample data made %d messages", n)
	}
}

// TestWrongSettings: a wrong setting stops the start with status 2 and one line that names it.
func TestWrongSettings(t *testing.T) {
	t.Parallel()
	telegram := []string{"TIEPDAN_TELEGRAM_TOKEN=123456:abc", "TIEPDAN_TELEGRAM_WEBHOOK_SECRET=s3cret", "TIEPDAN_TELEGRAM_API_URL=http://127.0.0.1:1"}
	zalo := []string{"TIEPDAN_ZALO_APP_ID=360846524940903967", "TIEPDAN_ZALO_APP_SECRET=app-secret", "TIEPDAN_ZALO_OA_SECRET_KEY=oa-secret"}
	twilio := []string{"TIEPDAN_TWILIO_ACCOUNT_SID=AC00000000000000000000000000000001", "TIEPDAN_TWILIO_AUTH_TOKEN=emulatorAuthToken0123456789abcdef", "TIEPDAN_TWILIO_FROM=+12025550100"}
	http := []string{"TIEPDAN_SMSHTTP_URL=http://127.0.0.1:1/send", `TIEPDAN_SMSHTTP_BODY={"to":"{{.To}}","text":{{json .Text}}}`, "TIEPDAN_SMSHTTP_HEADERS=Content-Type: application/json", "TIEPDAN_SMSHTTP_OK=json:code=0", "TIEPDAN_SMSHTTP_SECRET=emulator-secret-0123456789"}
	for _, c := range []struct {
		setting string // NAME=value that is wrong
		names   string // what the line must name; empty: NAME
		with    []string
	}{
		{setting: "TIEPDAN_LISTEN=8080"},
		{setting: "TIEPDAN_LISTEN=203.0.113.7:80"}, // not an address of this machine
		{setting: "TIEPDAN_METRICS_LISTEN=nowhere"},
		{setting: "TIEPDAN_PUBLIC_URL=tiepdan.example"},
		{setting: "TIEPDAN_DATABASE_URL=mysql://root@localhost/x"},
		{setting: "TIEPDAN_DATABASE_URL=sqlite:"},
		{setting: "TIEPDAN_REDIS_URL=localhost:6379"},
		{setting: "TIEPDAN_REDIS_URL=redis://"},
		{setting: "TIEPDAN_SECRET_KEY=too-short"},
		{setting: "TIEPDAN_QUIET_HOURS=9pm"},
		{setting: "TIEPDAN_QUIET_HOURS=21:00-21:00"},
		{setting: "TIEPDAN_LANG=fr"},
		{setting: "TIEPDAN_TRUSTED_PROXIES=my-proxy"},
		{setting: "TIEPDAN_TELEGRAM_TOKEN=abc", with: telegram[1:]},
		{setting: "TIEPDAN_TELEGRAM_MODE=pull", with: telegram},
		{setting: "TIEPDAN_TELEGRAM_WEBHOOK_SECRET=has space", with: telegram},
		{setting: "TIEPDAN_TELEGRAM_WEBHOOK_SECRET=", with: telegram},
		{setting: "TIEPDAN_TELEGRAM_API_URL=ftp://x", with: telegram},
		{setting: "TIEPDAN_TELEGRAM_PERSONAL=perhaps", with: telegram},
		{setting: "TIEPDAN_ZALO_APP_ID=abc", with: zalo},
		{setting: "TIEPDAN_ZALO_APP_SECRET=", with: zalo},
		{setting: "TIEPDAN_ZALO_PER_MINUTE=-1", with: zalo},
		{setting: "TIEPDAN_ZALO_PER_MINUTE=many", with: zalo},
		{setting: "TIEPDAN_ZALO_API_URL=openapi", with: zalo},
		{setting: "TIEPDAN_TWILIO_ACCOUNT_SID=XX1", with: twilio},
		{setting: "TIEPDAN_TWILIO_AUTH_TOKEN=", with: twilio},
		{setting: "TIEPDAN_TWILIO_FROM=", with: twilio},
		{setting: "TIEPDAN_SMS_CARRIER=pigeon"},
		{setting: "TIEPDAN_SMS_CARRIER=", with: append(twilio, http...)},
		{setting: "TIEPDAN_SMS_KEYWORD=hai từ", with: http},
		{setting: "TIEPDAN_SMSHTTP_BODY={{.Nothing}}", with: http},
		{setting: "TIEPDAN_SMSHTTP_OK=", with: http},
		{setting: "TIEPDAN_SMSHTTP_OK=json:", with: http},
		{setting: "TIEPDAN_SMSHTTP_BAD_NUMBER=(", with: http},
		{setting: "TIEPDAN_SMSHTTP_SECRET=short", with: http},
		{setting: "TIEPDAN_SMSHTTP_FIELDS=number", with: http},
		{setting: "TIEPDAN_SMSHTTP_FIELDS=colour=Blue", with: http},
		{setting: "TIEPDAN_SMSHTTP_RATE=fast", with: http},
		{setting: "TIEPDAN_SMSHTTP_RATE=-1", with: http},
		{setting: "TIEPDAN_TELEGRAM_TOKEN_FILE=/nowhere/token"},
	} {
		t.Run(c.setting, func(t *testing.T) {
			t.Parallel()
			in := install(t, append(c.with, c.setting)...)
			out, errs, code := in.refuse()
			name, value, _ := strings.Cut(c.setting, "=")
			if c.names != "" {
				name = c.names
			}
			lines := strings.Split(strings.TrimSpace(errs), "\n")
			if code != 2 || len(lines) != 1 || !strings.Contains(lines[0], name) {
				t.Errorf("exit %d, and it says %q", code, errs)
			}
			if secretName.MatchString(name) && value != "" && strings.Contains(errs+out, value) {
				t.Errorf("a secret is printed: %q", errs+out)
			}
		})
	}
}

// refuse starts the service, which has to end by itself at once.
func (in *installation) refuse() (stdout, stderr string, code int) {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(in.t.Context(), 10*time.Second)
	defer cancel()
	var o, e bytes.Buffer
	cmd := in.command(ctx, "serve")
	cmd.Stdout, cmd.Stderr = &o, &e
	if err := cmd.Run(); ctx.Err() != nil {
		in.t.Fatalf("the service started: %v: %s", err, e.String())
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

var secretName = regexp.MustCompile(`(TOKEN|SECRET|SECRET_KEY|AUTH_TOKEN)$`)

// TestUnknownUnit: a unit that is not among those in records is refused; with none in
// records yet the service starts, so that they can be imported.
func TestUnknownUnit(t *testing.T) {
	t.Parallel()
	in := install(t, "TIEPDAN_UNIT=NOWHERE")
	stopsCleanly(t, in.serve())
	in.must("import", "units", in.write("units.csv", newSample(1, time.Now()).units()))
	if _, errs, code := in.refuse(); code != 2 || !strings.Contains(errs, "TIEPDAN_UNIT") {
		t.Errorf("an unknown unit: exit %d, and it says %q", code, errs)
	}
}

// TestWrongCommandLine: it names what is wrong, with status 2.
func TestWrongCommandLine(t *testing.T) {
	t.Parallel()
	in := install(t)
	for _, args := range [][]string{{"sevre"}, {"serve", "--colour"}, {"import", "cats", "x.csv"}, {"broadcast", "send"}} {
		_, errs, code := in.run("", args...)
		if code != 2 || strings.TrimSpace(errs) == "" {
			t.Errorf("%v: exit %d, and it says %q", args, code, errs)
		}
	}
	if out, _, code := in.run("", "--help"); code != 0 || !strings.Contains(out, "serve") {
		t.Errorf("--help: exit %d, and it says %q", code, out)
	}
}

// TestSecretFiles: secrets can be given as files; a file and a value together are refused.
func TestSecretFiles(t *testing.T) {
	t.Parallel()
	in := install(t)
	key := in.write("key", []byte(base64.StdEncoding.EncodeToString(bytes.Repeat([]byte{7}, 32))+"\n"))
	token := in.write("token", []byte("123456:file-token\n"))
	in.env = append(in.env, "TIEPDAN_SECRET_KEY_FILE="+key, "TIEPDAN_TELEGRAM_TOKEN_FILE="+token, "TIEPDAN_TELEGRAM_MODE=poll",
		"TIEPDAN_TELEGRAM_API_URL=http://127.0.0.1:1")
	s := in.serve()
	if _, err := os.Stat(filepath.Join(in.dir, "data", "secret.key")); err == nil {
		t.Error("a key was made although one was given")
	}
	if !strings.Contains(in.logText(), "telegram") {
		t.Error("the channel whose token is in a file is off")
	}
	if err := s.stop(); err != nil {
		t.Error(err)
	}
	in.env = append(in.env, "TIEPDAN_TELEGRAM_TOKEN=123456:abc")
	if _, errs, code := in.refuse(); code != 2 || !strings.Contains(errs, "TIEPDAN_TELEGRAM_TOKEN") {
		t.Errorf("a token given twice: exit %d, and it says %q", code, errs)
	}
}

// TestSecondServe: two services on one file are refused, and a killed one leaves no lock behind.
func TestSecondServe(t *testing.T) {
	t.Parallel()
	in := install(t)
	s := in.serve("--demo")
	second := install(t)
	second.env = append(second.env, "TIEPDAN_DATABASE_URL=sqlite:"+filepath.Join(in.dir, "data", "tiepdan.db"), "TIEPDAN_DATA_DIR="+filepath.Join(in.dir, "data"))
	if _, errs, code := second.refuse(); code == 0 || strings.Count(strings.TrimSpace(errs), "\n") > 0 || !strings.Contains(errs, "TIEPDAN_DATABASE_URL") {
		t.Errorf("a second service: exit %d, and it says %q", code, errs)
	}
	if status, _ := in.get("/readyz"); status != 200 {
		t.Error("the first service suffered")
	}
	s.kill()
	stopsCleanly(t, in.serve())
}

// TestBusyAddress: an address in use is named.
func TestBusyAddress(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.serve()
	second := install(t, "TIEPDAN_LISTEN="+in.addr)
	if _, errs, code := second.refuse(); code != 2 || !strings.Contains(errs, "TIEPDAN_LISTEN") {
		t.Errorf("an address in use: exit %d, and it says %q", code, errs)
	}
}

// TestFilesStayInside: all that is written is below the data folder, readable by its owner alone.
func TestFilesStayInside(t *testing.T) {
	t.Parallel()
	in := install(t)
	if err := os.Mkdir(filepath.Join(in.dir, "tmp"), 0o700); err != nil {
		t.Fatal(err)
	}
	in.env = append(in.env, "TMPDIR="+filepath.Join(in.dir, "tmp"))
	s := in.serve("--demo")
	chat := newChat(t, in)
	chat.say("HS " + sampleCode(0))
	chat.await(sampleCode(0))
	chat.sendFile("anh.jpg", photo(t), "Đường vào ấp 3 ngập nước hai tuần nay")
	chat.await("")
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := s.wait(); err != nil {
		t.Error(err)
	}
	err := filepath.WalkDir(in.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(in.dir, path)
		if err != nil {
			return err
		}
		if top, _, _ := strings.Cut(rel, string(filepath.Separator)); top != "data" && rel != "serve.log" {
			t.Errorf("%s was written outside the data folder", rel)
		} else if top == "data" && info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %s", rel, info.Mode())
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
