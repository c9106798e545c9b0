package main

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"log/slog"
	"mime"
	"net/http"
	"path"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	"tiepdan/bot/text"
)

//go:embed demo
var demoFiles embed.FS

// demoNumber is what the sample data's people send to.
const demoNumber = "8099"

// demoCarrier is the SMS carrier of the sample data: it keeps what it is handed in memory and shows it
// on a page, so that a newcomer sees what a telephone would. It is only there with --demo, and
// only where no real carrier is configured.
type demoCarrier struct {
	clock bot.Clock

	mu    sync.Mutex
	calls int64
	talks map[string][]demoMessage // by E.164
}

// demoMessage is one line of a sample telephone.
type demoMessage struct {
	Out      bool   `json:"out"` // from the office
	Text     string `json:"text"`
	At       string `json:"at"`
	Segments int    `json:"segments"`
}

// demoTalks bounds the memory: what a sample telephone shows, and how many there are.
const (
	demoTalkLines = 200
	demoTalks     = 2000
)

var _ sms.Carrier = (*demoCarrier)(nil)

func newDemoCarrier(clock bot.Clock) *demoCarrier {
	return &demoCarrier{clock: clock, talks: map[string][]demoMessage{}}
}

func (d *demoCarrier) Route() sms.Route {
	return sms.Route{TwoWay: true, Unicode: true, WholeNumber: true, PerSecond: 50, Burst: 50}
}

func (d *demoCarrier) Webhooks() []bot.Route { return nil }

func (d *demoCarrier) Send(_ context.Context, m sms.Message) (bot.Sent, error) {
	d.add(m.To, demoMessage{Out: true, Text: m.Text, Segments: text.SMS(m.Text).Parts})
	return bot.Sent{Delivered: true}, nil
}

func (d *demoCarrier) add(phone string, m demoMessage) {
	m.At = d.clock().In(bot.Hanoi).Format("15:04:05")
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, known := d.talks[phone]; !known && len(d.talks) >= demoTalks {
		return
	}
	talk := append(d.talks[phone], m)
	d.talks[phone] = talk[max(0, len(talk)-demoTalkLines):]
}

func (d *demoCarrier) talk(phone string) []demoMessage {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]demoMessage{}, d.talks[phone]...)
}

// openServiceOrSample wires the service; on sample data, where no carrier is configured, the sample telephone
// carries SMS.
func openServiceOrSample(e *env, set *Settings, pub *Service, log *slog.Logger, sample bool) (*service, error) {
	if !sample || pub.Twilio.AccountSID != "" || pub.SMSHTTP.URL != "" {
		return openService(e, set, pub, log)
	}
	pub.SMS.Number = demoNumber
	phone := newDemoCarrier(time.Now)
	s, err := openServiceOn(e, set, pub, log, func(d channelDeps) (*channels, error) { return openChannelsOver(pub, d, phone) })
	if err != nil {
		return nil, err
	}
	s.phone = phone
	return s, nil
}

// demoPhone is one sample telephone as the page lists it.
type demoPhone struct{ Phone, Shown, Name, Code string }

// demoPhones are the first people of the sample data who have a phone.
func demoPhones(now time.Time) []demoPhone {
	people, _ := newSample(sampleSeed, now).applications(sampleCases)
	var out []demoPhone
	for i, p := range people {
		if e164, err := text.Phone(p.phone); err == nil && len(out) < 11 {
			out = append(out, demoPhone{Phone: e164, Shown: text.ShowPhone(e164), Name: p.name, Code: sampleCode(i)})
		}
	}
	return out
}

// mountDemo adds the sample telephone's page.
func (s *service) mountDemo(r gin.IRouter, d *demoCarrier) error {
	page, err := template.New("phone.html").ParseFS(demoFiles, "demo/phone.html")
	if err != nil {
		return fmt.Errorf("sample telephone: %w", err)
	}
	phones := demoPhones(s.clock())
	r.GET("/demo", func(g *gin.Context) {
		lang := s.settings.Lang
		if q := g.Query("lang"); q == "vi" || q == "en" {
			lang = q
		}
		var out bytes.Buffer
		if err := page.Execute(&out, demoView{s: s, Lang: lang, Phones: phones, Number: demoNumber}); err != nil {
			s.log.Error("the sample telephone could not be shown", "error", err)
			g.AbortWithStatus(http.StatusInternalServerError)
			return
		}
		g.Header("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
		g.Data(http.StatusOK, "text/html; charset=utf-8", out.Bytes())
	})
	r.GET("/demo/:file", func(g *gin.Context) {
		if g.Param("file") == "messages" {
			g.JSON(http.StatusOK, d.talk(g.Query("phone")))
			return
		}
		name := path.Base(g.Param("file"))
		b, err := demoFiles.ReadFile("demo/" + name)
		if err != nil || path.Ext(name) == ".html" {
			g.AbortWithStatus(http.StatusNotFound)
			return
		}
		g.Data(http.StatusOK, mime.TypeByExtension(path.Ext(name)), b)
	})
	r.POST("/demo/messages", func(g *gin.Context) { s.demoReceive(g, d) })
	return nil
}

type demoView struct {
	s      *service
	Lang   string
	Phones []demoPhone
	Number string
}

// T is a text of the catalogue, in the page's language.
func (v demoView) T(key string, args ...any) string {
	return v.s.texts.Language(v.Lang).Text(key, args...)
}

// demoReceive takes what a sample telephone sends, as a carrier's push would.
func (s *service) demoReceive(g *gin.Context, d *demoCarrier) {
	var p struct{ Phone, Text string }
	if err := json.NewDecoder(http.MaxBytesReader(g.Writer, g.Request.Body, 8<<10)).Decode(&p); err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	phone, err := text.Phone(p.Phone)
	said := text.Clean(p.Text)
	if err != nil || said == "" {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	d.mu.Lock()
	d.calls++
	id := fmt.Sprintf("demo:%d:%d", d.clock().UnixNano(), d.calls)
	d.mu.Unlock()
	d.add(phone, demoMessage{Text: said})
	in := bot.Incoming{Address: bot.Address{Channel: bot.SMS, ID: phone}, ProviderID: id, Kind: bot.KindText, Text: said, At: d.clock().UTC()}
	if err := s.stores.Records.Keep(g.Request.Context(), bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
		g.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	g.Status(http.StatusAccepted)
}
