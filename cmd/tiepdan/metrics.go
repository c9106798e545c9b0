package main

import (
	"context"
	"net/http"
	"strconv"
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

// waiting reads from records what waits, at the moment it is asked for.
type waiting struct {
	records *sqldb.DB
}

var (
	descOutbox = prometheus.NewDesc("tiepdan_outbox_rows", "Messages to hand over, by channel, lane and state.", []string{"channel", "lane", "state"}, nil)
	descRepeat = prometheus.NewDesc("tiepdan_outbox_repeats", "Answers handed over a second time after an unknown outcome.", []string{"channel"}, nil)
	descQueue  = prometheus.NewDesc("tiepdan_waiting", "What waits: events, parked events, notices, files.", []string{"queue"}, nil)
	descOldest = prometheus.NewDesc("tiepdan_oldest_event_seconds", "Age of the oldest message that waits to be played.", nil, nil)
)

// Describe implements prometheus.Collector.
func (w waiting) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{descOutbox, descRepeat, descQueue, descOldest} {
		out <- d
	}
}

// Collect implements prometheus.Collector.
func (w waiting) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	counts, err := w.records.Outbox().Counts(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(descOutbox, err)
		return
	}
	repeats := map[string]float64{}
	for _, c := range counts {
		out <- prometheus.MustNewConstMetric(descOutbox, prometheus.GaugeValue, float64(c.Rows), c.Channel, strconv.Itoa(int(c.Lane)), string(c.State))
		repeats[c.Channel] += float64(c.Repeats)
	}
	for channel, n := range repeats {
		out <- prometheus.MustNewConstMetric(descRepeat, prometheus.GaugeValue, n, channel)
	}
	b, err := w.records.Backlog(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(descQueue, err)
		return
	}
	for queue, n := range map[string]int64{"events": b.Events, "parked": b.Parked, "notices": b.Notices, "files": b.Files} {
		out <- prometheus.MustNewConstMetric(descQueue, prometheus.GaugeValue, float64(n), queue)
	}
	out <- prometheus.MustNewConstMetric(descOldest, prometheus.GaugeValue, b.OldestEvent.Seconds())
}
