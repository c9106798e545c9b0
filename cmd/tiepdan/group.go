package main

import (
	"context"
	"errors"
	"log/slog"
	"sync"
)

// stage is a set of loops that start together and stop together. Stages stop in
// the reverse order of their start, so that what produces work ends before what does it.
type stage struct {
	name   string
	cancel context.CancelFunc
	loops  sync.WaitGroup
	failed func(error)
	log    *slog.Logger
}

// newStage makes a stage. When one of its loops fails, failed is told, once for each.
func newStage(name string, log *slog.Logger, failed func(error)) (*stage, context.Context) {
	ctx, cancel := context.WithCancel(context.Background())
	return &stage{name: name, cancel: cancel, failed: failed, log: log}, ctx
}

// run starts one loop of the stage.
func (s *stage) run(ctx context.Context, what string, loop func(context.Context) error) {
	s.loops.Go(func() {
		if err := loop(ctx); err != nil && !errors.Is(err, context.Canceled) {
			s.log.Error("a part of the service ended", "part", what, "error", err)
			s.failed(err)
		}
	})
}

// stop ends the loops and waits for what they have under way.
func (s *stage) stop() {
	s.cancel()
	s.loops.Wait()
}
