package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
	"tiepdan/bot/notify"
	"tiepdan/bot/webchat"
	"tiepdan/casework"
	"tiepdan/handlers"
	"tiepdan/locales"
	"tiepdan/store"
	"tiepdan/store/files"
	"tiepdan/store/sqldb"
)

// service is everything between the providers' calls and their answers, wired
// but not started: records, channels, dialogues, delivery.
type service struct {
	settings   *Settings
	public     *Service
	texts      *locales.Catalogues
	log        *slog.Logger
	clock      bot.Clock
	stores     *store.Stores
	files      *files.Folder
	rules      casework.Rules
	channels   *channels
	webchat    *webchat.Channel
	phone      *demoCarrier // the sample telephone; nil without --demo
	player     bot.Player
	quiet      notify.Quiet
	metrics    *metrics
	dispatcher *bot.Dispatcher
	workers    map[string]*delivery.Worker
	applier    *delivery.Applier
	fetched    chan struct{} // a wake-up for the fetcher of files
	tending    chan struct{} // a wake-up for notices and broadcasts
	lastIn     time.Time     // when a message last came in before this start; zero: never, or not known
}

// openService opens and wires everything that the settings turn on. Nothing runs yet, and no provider is called.
func openService(e *env, set *Settings, pub *Service, log *slog.Logger) (*service, error) {
	return openServiceOn(e, set, pub, log, func(d channelDeps) (*channels, error) { return openChannels(pub, d) })
}

// openServiceOn is openService on channels of the caller's own.
func openServiceOn(e *env, set *Settings, pub *Service, log *slog.Logger, open func(channelDeps) (*channels, error)) (*service, error) {
	if err := errors.Join(set.Validate(), pub.Validate()); err != nil {
		return nil, &settingError{err}
	}
	s := &service{settings: set, public: pub, texts: e.texts, log: log, clock: time.Now, metrics: newMetrics(),
		workers: map[string]*delivery.Worker{}, fetched: make(chan struct{}, 1), tending: make(chan struct{}, 1)}
	var err error
	if s.quiet, err = notify.ParseQuiet(set.QuietHours); err != nil {
		return nil, &settingError{fmt.Errorf("TIEPDAN_QUIET_HOURS: %w", err)}
	}
	if s.rules, err = casework.LoadRules(os.DirFS(filepath.Join(set.DataDir, "rules"))); err != nil {
		return nil, &settingError{fmt.Errorf("%s: %w", filepath.Join(set.DataDir, "rules"), err)}
	}
	if err := s.openStores(e.ctx); err != nil {
		return nil, err
	}
	if err := s.wire(e.ctx, open); err != nil {
		return nil, errors.Join(err, s.stores.Close())
	}
	return s, nil
}

func (s *service) openStores(ctx context.Context) (err error) {
	s.stores, err = store.Open(ctx, store.Config{DatabaseURL: s.settings.DatabaseURL, RedisURL: s.settings.RedisURL,
		DataDir: s.settings.DataDir, SecretKey: s.settings.SecretKey, Clock: s.clock, Log: s.log, Wake: s.wake})
	if err != nil {
		return err
	}
	if s.files, err = files.Open(s.settings.DataDir); err != nil {
		return errors.Join(err, s.stores.Close())
	}
	return nil
}

// wire makes channels, dialogues and workers from the opened stores.
func (s *service) wire(ctx context.Context, open func(channelDeps) (*channels, error)) (err error) {
	records := s.stores.Records
	records.UseRules(s.rules)
	if err := records.UseHome(ctx, s.settings.Unit); err != nil {
		return err
	}
	// With no units yet the service starts, so that they can be imported.
	if home := records.Home(); home.ID != 0 && s.settings.Unit != "" {
		if _, err := records.UnitCoded(s.settings.Unit); err != nil {
			return &settingError{fmt.Errorf("TIEPDAN_UNIT: there is no unit %q", s.settings.Unit)}
		}
	}
	s.channels, err = open(channelDeps{grants: records.Grants(), hash: s.stores.Vault.Hash, texts: s.texts, clock: s.clock, log: s.log})
	if err != nil {
		return err
	}
	if s.webchat, err = s.openWebchat(); err != nil {
		return err
	}
	if _, own := s.channels.all[bot.Webchat]; !own {
		s.channels.all[bot.Webchat] = s.webchat
	}
	planner, err := notify.New(s.texts, s.rules.Programmes, s.noticeRoutes(), s.quiet)
	if err != nil {
		return err
	}
	records.UseNotifier(planner)
	if s.player, err = s.dialogues(); err != nil {
		return err
	}
	s.dispatcher = bot.NewDispatcher(bot.DispatcherConfig{Inbox: records, States: s.stores.States, Player: s.player,
		Channels: s.channels.all, Keywords: s.channels.keywords, Workers: 16, Log: s.log, Played: s.metrics.turn})
	for name, ch := range s.channels.all {
		s.workers[name] = delivery.NewWorker(delivery.Config{Channel: ch, Outbox: records.Outbox(), Policy: delivery.DefaultPolicy(),
			Clock: s.clock, Log: s.log.With("channel", name), Quiet: func(t time.Time) bool { return !s.quiet.Until(t).IsZero() }, Handed: s.metrics.handOver(name)})
	}
	s.applier = delivery.NewApplier(records.Outbox(), s.log)
	s.metrics.registry.MustRegister(&waiting{records: records})
	return nil
}

// noticeRoutes are the channels as notices use them.
func (s *service) noticeRoutes() map[string]notify.Route {
	routes := map[string]notify.Route{}
	for name, ch := range s.channels.all {
		r := notify.RouteOf(ch)
		r.Abroad = name == bot.Telegram && !s.public.Telegram.Personal
		routes[name] = r
	}
	return routes
}

// dialogues makes the player over the records.
func (s *service) dialogues() (bot.Player, error) {
	records := s.stores.Records
	pagers := map[string]bot.Pager{}
	for name, ch := range s.channels.all {
		if p, ok := ch.(bot.Pager); ok {
			pagers[name] = p
		}
	}
	return handlers.New(handlers.Deps{Texts: s.texts, Clock: s.clock, Random: rand.Reader, Applications: records, Payouts: records,
		People: records, Grievances: records, Drafts: records, Units: records, Links: records, Limits: s.stores.Limits,
		Rules: s.rules, Pagers: pagers, Settings: handlers.Settings{TelegramPersonal: s.public.Telegram.Personal, LinkNumber: s.linkNumber(), LinkKeyword: s.public.SMS.Keyword}})
}

// linkNumber is where LK codes are sent by SMS; empty where people cannot write to us by SMS.
func (s *service) linkNumber() string {
	if s.channels.sms == nil || !s.channels.sms.Limits().TwoWay {
		return ""
	}
	return s.public.SMS.Number
}

// wake tells the workers of this replica what has just been committed.
func (s *service) wake(w sqldb.Wake) {
	if w.Conversations && s.dispatcher != nil {
		s.dispatcher.Wake()
	}
	if w.Outbox {
		for _, worker := range s.workers {
			worker.Wake()
		}
	}
	if w.Receipts && s.applier != nil {
		s.applier.Wake()
	}
	if w.Files {
		nudge(s.fetched)
	}
	if w.Outbox { // what has been settled makes room for more of a broadcast
		nudge(s.tending)
	}
}

func nudge(ch chan struct{}) {
	select {
	case ch <- struct{}{}:
	default:
	}
}
