package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
	"tiepdan/bot/telegram"
	"tiepdan/bot/webhook"
	"tiepdan/bot/zalo"
)

type serveCmd struct {
	Settings
	Service
	Demo bool `env:"TIEPDAN_DEMO" help:"Add the sample data of an invented commune to empty records."`
}

// stopWithin is how long a stop may take before what is left is dropped.
const stopWithin = 12 * time.Second

// Run starts everything in order, serves until ctx ends, and stops in reverse:
// first what takes work in, then what does it, then the records.
func (c *serveCmd) Run(e *env) error {
	log := slog.New(slog.NewTextHandler(e.stderr, nil))
	if err := errors.Join(c.Settings.Validate(), c.Service.Validate()); err != nil {
		return &settingError{err}
	}
	unlock, err := lockRecords(c.DatabaseURL)
	if err != nil {
		return err
	}
	defer unlock()
	listener, err := net.Listen("tcp", c.Listen)
	if err != nil {
		return &settingError{fmt.Errorf("TIEPDAN_LISTEN: %w", err)}
	}
	s, err := openServiceOrSample(e, &c.Settings, &c.Service, log, c.Demo)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	if err := s.stores.Records.ResumeImports(e.ctx); err != nil {
		log.Error("an import that was broken off could not go on", "error", err)
	}
	if c.Demo {
		if err := s.addSample(e.ctx); err != nil {
			return errors.Join(err, listener.Close(), s.stores.Close())
		}
	}
	err = s.run(e, listener)
	return errors.Join(err, s.stores.Close())
}

// run serves until ctx ends or a part fails.
func (s *service) run(e *env, listener net.Listener) error {
	ctx, cancel := context.WithCancelCause(e.ctx)
	defer cancel(nil)
	workers, workCtx := newStage("workers", s.log, cancel)
	s.startWorkers(workCtx, workers)
	intake, inCtx := newStage("intake", s.log, cancel)
	s.lastIn = s.heardLast(ctx) // before anything new comes in
	s.startIntake(inCtx, intake)
	routes, err := s.routes()
	if err != nil {
		return err
	}
	server := &http.Server{Handler: routes, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 32 << 10, ErrorLog: slog.NewLogLogger(quietHTTP{s.log.Handler()}, slog.LevelDebug)}
	server.RegisterOnShutdown(s.webchat.Close)
	intake.run(inCtx, "http", func(context.Context) error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	s.greet(e, listener.Addr().String())
	<-ctx.Done()
	s.log.Info("stopping")
	stopCtx, done := context.WithTimeout(context.WithoutCancel(ctx), stopWithin)
	defer done()
	err = server.Shutdown(stopCtx)
	intake.stop()
	workers.stop()
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		err = errors.Join(err, cause)
	}
	return err
}

// startWorkers starts what does the work: playing, sending, receipts, jobs.
func (s *service) startWorkers(ctx context.Context, st *stage) {
	st.run(ctx, "dispatcher", s.dispatcher.Run)
	st.run(ctx, "receipts", s.applier.Run)
	for name, w := range s.workers {
		st.run(ctx, "delivery "+name, w.Run)
	}
	st.run(ctx, "files", s.fetchFiles)
	if s.public.MetricsListen != "" {
		st.run(ctx, "metrics", s.serveMetrics)
	}
}

// startIntake starts what brings work in, besides HTTP: jobs and channels that fetch their messages.
func (s *service) startIntake(ctx context.Context, st *stage) {
	st.run(ctx, "jobs", s.runJobs)
	st.run(ctx, "catch-up", s.catchUpAfterStop)
	st.run(ctx, "notices", s.tend)
	st.run(ctx, "watch", s.watch)
	for name, ch := range s.channels.all {
		if l, ok := ch.(bot.Listener); ok {
			st.run(ctx, "listener "+name, func(ctx context.Context) error { return l.Listen(ctx, s.stores.Records) })
		}
	}
	if t := s.channels.telegram; t != nil && s.public.Telegram.Mode == telegram.ModeWebhook {
		st.run(ctx, "telegram registration", s.registerTelegram)
	}
}

// routes are all paths of the service.
func (s *service) routes() (http.Handler, error) {
	gin.SetMode(gin.ReleaseMode)
	r := gin.New()
	r.HandleMethodNotAllowed = true
	r.Use(s.recovered)
	if err := r.SetTrustedProxies(s.public.TrustedProxies); err != nil {
		s.log.Warn("TIEPDAN_TRUSTED_PROXIES is not a list of addresses: none is trusted")
	}
	hooks := webhook.Config{Sink: s.stores.Records, Log: s.log, Count: s.metrics}
	for _, ch := range s.channels.all {
		if hook, ok := ch.(bot.Webhook); ok {
			webhook.Mount(r, hook, hooks)
		}
	}
	s.webchat.Mount(r)
	if z := s.channels.zalo; z != nil {
		r.GET(zalo.CallbackPath, gin.WrapF(z.Callback))
		if path, body := z.VerificationFile(); path != "" {
			r.GET(path, func(g *gin.Context) { g.Data(http.StatusOK, "text/html; charset=utf-8", body) })
		}
	} else {
		// Zalo's console saves an address only when it answers, before any secret is known.
		r.POST("/webhooks/zalo", func(g *gin.Context) { g.Status(http.StatusOK) })
	}
	r.GET("/healthz", func(g *gin.Context) { g.String(http.StatusOK, "ok\n") })
	r.GET("/readyz", s.ready)
	if s.public.MetricsListen == "" {
		r.GET("/metrics", gin.WrapH(s.metrics.handler()))
	}
	if s.phone != nil {
		return r, s.mountDemo(r, s.phone)
	}
	return r, nil
}

// recovered answers a panic with 500 and logs where it was, without the request's content.
func (s *service) recovered(g *gin.Context) {
	defer func() {
		if p := recover(); p != nil {
			s.log.Error("a handler panicked", "path", g.FullPath(), "panic", fmt.Sprintf("%T", p))
			g.AbortWithStatus(http.StatusInternalServerError)
		}
	}()
	g.Next()
}

// ready says whether people can be served, and the state of each thing that this depends on.
func (s *service) ready(g *gin.Context) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), time.Second)
	defer cancel()
	state, parts := http.StatusOK, gin.H{"records": "ok"}
	if err := s.stores.Records.Ping(ctx); err != nil {
		state, parts["records"] = http.StatusServiceUnavailable, "away"
	}
	if s.settings.RedisURL != "" {
		parts["redis"] = "ok"
		if s.stores.Ping(ctx) != nil {
			parts["redis"] = "away: going on without" // the design's seventh promise
		}
	}
	g.JSON(state, gin.H{"ready": state == http.StatusOK, "parts": parts})
}

// serveMetrics serves /metrics on an address of its own.
func (s *service) serveMetrics(ctx context.Context) error {
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", s.metrics.handler())
	server := &http.Server{Addr: s.public.MetricsListen, Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	context.AfterFunc(ctx, func() { server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("TIEPDAN_METRICS_LISTEN: %w", err)
	}
	return nil
}

// greet prints where the public page is.
func (s *service) greet(e *env, addr string) {
	l := s.texts.Language(s.settings.Lang)
	address := s.public.PublicURL
	if strings.HasPrefix(address, "http://localhost") { // the port may have been chosen by the system
		if _, port, err := net.SplitHostPort(addr); err == nil {
			address = "http://localhost:" + port
		}
	}
	fmt.Fprintln(e.stdout, l.Text("cmd.serve.ready", "address", address))
	if s.phone != nil {
		fmt.Fprintln(e.stdout, l.Text("cmd.serve.phone", "address", address))
		fmt.Fprintln(e.stdout, l.Text("cmd.serve.sample", "code", sampleCode(2)))
	}
	for name := range s.channels.all {
		s.log.Info("channel on", "channel", name)
	}
}

// registerTelegram tells Telegram where to call, and tries again until it could.
func (s *service) registerTelegram(ctx context.Context) error {
	menu := map[string][]telegram.Command{}
	for code, lang := range map[string]string{"": "vi", "vi": "vi", "en": "en"} {
		l := s.texts.Language(lang)
		menu[code] = []telegram.Command{{Name: "hs", Description: l.Text("channel.command.status")}, {Name: "ct", Description: l.Text("channel.command.payout")},
			{Name: "pa", Description: l.Text("channel.command.grievance")}, {Name: "help", Description: l.Text("channel.command.help")}}
	}
	for wait := 5 * time.Second; ; wait = min(2*wait, 10*time.Minute) {
		err := s.channels.telegram.Register(ctx, menu)
		if err == nil || ctx.Err() != nil {
			return nil
		}
		s.log.Warn("telegram does not know our address yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(wait):
		}
	}
}

// quietHTTP drops what net/http logs of clients that break off: it names their addresses.
type quietHTTP struct{ slog.Handler }

func (quietHTTP) Enabled(context.Context, slog.Level) bool { return false }
