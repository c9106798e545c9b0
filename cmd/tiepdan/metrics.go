package main

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"tiepdan/bot"
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

// gauges reads what waits, at the moment it is asked for.
type gauges struct {
	read func(context.Context) ([]gauge, error)
}

// gauge is one number that is read from records.
type gauge struct {
	name, help string
	labels     map[string]string
	value      float64
}

// Describe sends nothing: which gauges there are depends on records.
func (g gauges) Describe(chan<- *prometheus.Desc) {}

func (g gauges) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	list, err := g.read(ctx)
	if err != nil {
		out <- prometheus.NewInvalidMetric(prometheus.NewInvalidDesc(err), err)
		return
	}
	for _, v := range list {
		desc := prometheus.NewDesc(v.name, v.help, nil, v.labels)
		out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v.value)
	}
}
