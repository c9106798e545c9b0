package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"tiepdan/bot/sms/http/httpsmstest"
)

// inProcess is the whole service inside the benchmark, so that its memory is counted.
type inProcess struct {
	b    *testing.B
	addr string
	dir  string
	out  bytes.Buffer
	end  chan int
	stop context.CancelFunc
}

// serveInside starts it on SQLite with full synchronous commits and a carrier that takes everything at once.
func serveInside(b *testing.B) *inProcess {
	b.Helper()
	carrier := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body) // the caller sees a broken connection by itself
		io.WriteString(w, `{"code":0,"data":{"id":1}}`)
	}))
	b.Cleanup(carrier.Close)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	p := &inProcess{b: b, addr: l.Addr().String(), dir: b.TempDir(), end: make(chan int, 1)}
	l.Close()
	for k, v := range map[string]string{
		"LISTEN": p.addr, "PUBLIC_URL": "http://" + p.addr, "DATA_DIR": p.dir, "DATABASE_URL": "sqlite:" + filepath.Join(p.dir, "tiepdan.db"),
		"QUIET_HOURS": "", "SMSHTTP_URL": carrier.URL, "SMSHTTP_BODY": `{"to":"{{.To}}","text":{{json .Text}}}`, "SMSHTTP_HEADERS": "Content-Type: application/json", "SMSHTTP_OK": "json:code=0", "SMSHTTP_ID": "json:data.id",
		"SMSHTTP_SECRET": httpsmstest.Secret, "SMSHTTP_RATE": "0", "SMS_NUMBER": "8079", "SMSHTTP_SENDER": "8079",
	} {
		b.Setenv("TIEPDAN_"+k, v)
	}
	p.populate()
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	go func() { p.end <- run(ctx, []string{"serve"}, strings.NewReader(""), &p.out, &p.out) }()
	p.awaitReady()
	b.Cleanup(func() {
		cancel()
		if code := <-p.end; code != 0 {
			b.Errorf("the service ended with %d: %s", code, p.out.String())
		}
	})
	return p
}

func (p *inProcess) populate() {
	p.b.Helper()
	s := newSample(1, time.Now())
	_, applications := s.applications(200)
	for kind, content := range map[string][]byte{"units": s.units(), "applications": applications} {
		if err := os.WriteFile(filepath.Join(p.dir, kind+".csv"), content, 0o600); err != nil {
			p.b.Fatal(err)
		}
	}
	for _, kind := range []string{"units", "applications"} {
		var out bytes.Buffer
		if code := run(p.b.Context(), []string{"import", kind, filepath.Join(p.dir, kind+".csv")}, strings.NewReader(""), &out, &out); code != 0 {
			p.b.Fatalf("import %s: %s", kind, out.String())
		}
	}
}

func (p *inProcess) awaitReady() {
	p.b.Helper()
	until(p.b, 20*time.Second, "the service is ready", func() bool {
		resp, err := http.Get("http://" + p.addr + "/readyz")
		if err != nil {
			return false
		}
		resp.Body.Close()
		return resp.StatusCode == http.StatusOK
	})
}

// push sends one message as the carrier does.
func (p *inProcess) push(client *http.Client, from, id, text string) error {
	form := url.Values{"User_ID": {from}, "Message": {text}, "Request_ID": {id}}.Encode()
	resp, err := client.Post("http://"+p.addr+"/webhooks/sms/"+httpsmstest.Secret, "application/x-www-form-urlencoded", strings.NewReader(form))
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("answered %d", resp.StatusCode)
	}
	return nil
}

// played counts the turns that are committed.
func (p *inProcess) played(r *records) int64 {
	return r.number(`SELECT COUNT(*) FROM events WHERE state = 'done'`)
}

// grievanceBySMS is a grievance from its first word to its code, by digits.
var grievanceBySMS = []string{"PA", "1", "Ly Thi Hoa", "ap 3", "Den duong dau ap 3 hu hai tuan nay, toi di lai kho, nho xa xem giup", "1", "GUI"}

// BenchmarkTurns plays whole turns: the carrier's call, the stored event, the dialogue, and the commit
// of state, acts and answers. Each is on the disk before it counts.
func BenchmarkTurns(b *testing.B) {
	for _, bench := range []struct {
		name  string
		words func(n int64) []string
	}{
		{"status", func(n int64) []string { return []string{"HS " + sampleCode(int(n%200))} }},
		{"grievance", func(int64) []string { return grievanceBySMS }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			p := serveInside(b)
			r := openRecords(b, filepath.Join(p.dir, "tiepdan.db"))
			client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
			defer client.CloseIdleConnections()
			b.ReportAllocs()
			b.ResetTimer()
			began := time.Now()
			var people, turns atomic.Int64
			var writers sync.WaitGroup
			for range 32 {
				writers.Go(func() {
					for turns.Load() < int64(b.N) {
						n := people.Add(1)
						for i, w := range bench.words(n) {
							if turns.Add(1) > int64(b.N) {
								turns.Add(-1)
								return
							}
							if err := p.push(client, fmt.Sprintf("8435%07d", n), fmt.Sprintf("%d-%d", n, i), w); err != nil {
								b.Error(err)
								return
							}
						}
					}
				})
			}
			writers.Wait()
			until(b, time.Minute, "all turns are committed", func() bool { return p.played(r) >= int64(b.N) })
			b.StopTimer()
			b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "turns/s")
		})
	}
}
