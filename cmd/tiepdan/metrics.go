package main

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tiepdan/bot"
	"tiepdan/store/sqldb"
)

// metrics are the counters of one running service. Labels are names of channels, lanes and
// outcomes: never a person's.
type metrics struct {
	registry *prometheus.Registry
	webhooks *prometheus.CounterVec
	played   *prometheus.HistogramVec
	handed   *prometheus.HistogramVec
}

func newMetrics() *metrics {
	m := &metrics{registry: prometheus.NewRegistry(),
		webhooks: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "tiepdan_webhook_total",
			Help: "Calls of providers, by path and what became of them."}, []string{"path", "outcome"}),
		played: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tiepdan_turn_seconds",
			Help: "Turns of conversations, by outcome.", Buckets: prometheus.ExponentialBuckets(0.001, 3, 9)}, []string{"outcome"}),
		handed: prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "tiepdan_send_seconds",
			Help: "Hand-overs to providers, by channel, lane (0 answer, 1 notice, 2 bulk) and outcome.", Buckets: prometheus.ExponentialBuckets(0.005, 3, 8)},
			[]string{"channel", "lane", "outcome"}),
	}
	m.registry.MustRegister(m.webhooks, m.played, m.handed)
	return m
}

// Webhook implements webhook.Counter.
func (m *metrics) Webhook(route, result string) { m.webhooks.WithLabelValues(route, result).Inc() }

func (m *metrics) turn(outcome string, took time.Duration) {
	m.played.WithLabelValues(outcome).Observe(took.Seconds())
}

func (m *metrics) handOver(channel string) func(bot.Lane, string, time.Duration) {
	return func(lane bot.Lane, outcome string, took time.Duration) {
		m.handed.WithLabelValues(channel, strconv.Itoa(int(lane)), outcome).Observe(took.Seconds())
	}
}

// handler serves /metrics.
func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// waiting reads from records what waits, when it is asked for and at most every second: counting
// goes through the whole outbox, and anybody may ask.
type waiting struct {
	records *sqldb.DB
	mu      sync.Mutex
	read    time.Time
	last    []prometheus.Metric
}

const countEvery = time.Second

var (
	descOutbox = prometheus.NewDesc("tiepdan_outbox_rows", "Messages to hand over, by channel, lane and state.", []string{"channel", "lane", "state"}, nil)
	descRepeat = prometheus.NewDesc("tiepdan_outbox_repeats", "Answers handed over a second time after an unknown outcome.", []string{"channel"}, nil)
	descQueue  = prometheus.NewDesc("tiepdan_waiting", "What waits: events, parked events, notices, files.", []string{"queue"}, nil)
	descHalted = prometheus.NewDesc("tiepdan_channel_halted", "1 while a channel's notices are held back after repeated failures.", []string{"channel"}, nil)
	descPaused = prometheus.NewDesc("tiepdan_channel_paused", "1 while a channel waits because its provider asked to.", []string{"channel"}, nil)
	descOldest = prometheus.NewDesc("tiepdan_oldest_event_seconds", "Age of the oldest message that waits to be played.", nil, nil)
)

// Describe implements prometheus.Collector.
func (w *waiting) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descOutbox, descRepeat, descQueue, descOldest, descHalted, descPaused} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (w *waiting) Collect(out chan<- prometheus.Metric) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.last == nil || time.Since(w.read) >= countEvery {
		w.last, w.read = w.count(), time.Now()
	}
	for _, m := range w.last {
		out <- m
	}
}

func (w *waiting) count() (out []prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, err := w.records.Outbox().Counts(ctx)
	if err != nil {
		return []prometheus.Metric{prometheus.NewInvalidMetric(descOutbox, err)}
	}
	repeats := map[string]float64{}
	for _, c := range counts {
		out = append(out, prometheus.MustNewConstMetric(descOutbox, prometheus.GaugeValue, float64(c.Rows), c.Channel, strconv.Itoa(int(c.Lane)), string(c.State)))
		repeats[c.Channel] += float64(c.Repeats)
	}
	for channel, n := range repeats {
		out = append(out, prometheus.MustNewConstMetric(descRepeat, prometheus.GaugeValue, n, channel))
	}
	b, err := w.records.Backlog(ctx)
	if err != nil {
		return append(out, prometheus.NewInvalidMetric(descQueue, err))
	}
	for queue, n := range map[string]int64{"events": b.Events, "parked": b.Parked, "notices": b.Notices, "files": b.Files} {
		out = append(out, prometheus.MustNewConstMetric(descQueue, prometheus.GaugeValue, float64(n), queue))
	}
	out = append(out, prometheus.MustNewConstMetric(descOldest, prometheus.GaugeValue, b.OldestEvent.Seconds()))
	channels, err := w.records.Channels(ctx)
	if err != nil {
		return append(out, prometheus.NewInvalidMetric(descHalted, err))
	}
	for _, c := range channels {
		out = append(out, prometheus.MustNewConstMetric(descHalted, prometheus.GaugeValue, oneIf(c.Halted), c.Name),
			prometheus.MustNewConstMetric(descPaused, prometheus.GaugeValue, oneIf(c.Paused), c.Name))
	}
	return out
}

func oneIf(b bool) float64 {
	if b {
		return 1
	}
	return 0
}
