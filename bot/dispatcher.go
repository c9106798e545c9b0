package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"
)

var (
	// ErrLeaseLost: another replica has taken the conversation, or it has moved on.
	// Nothing of the turn was kept; it is decided anew by whoever holds the lease.
	ErrLeaseLost = errors.New("the conversation's lease was lost")
	// ErrAway: records cannot be written now (the disk is full, another program holds the
	// file). It says nothing about what was to be kept.
	ErrAway = errors.New("records are away")
	// ErrNoState: no state is kept for that conversation.
	ErrNoState = errors.New("no state kept")
)

// Claim is a conversation leased to this replica, with the event to play next.
type Claim struct {
	Conv  Conversation
	Token string
	Event Event
	// Broken: the event's body cannot be read. It is parked without being played.
	Broken bool
}

// Decision is what is to be committed of one event.
type Decision struct {
	Claim  Claim
	Turn   Turn
	Parts  []Part // what Turn.Say, or the apology, became on the channel
	Parked bool   // the event was given up: Parts apologise, the state stays, staff get a task
	Last   bool   // no further event is wanted: the program is stopping
}

// Inbox is the records' side of playing conversations.
type Inbox interface {
	// Claim leases up to n conversations in which something waits, the longest waiting first,
	// and counts an attempt at the next event of each.
	Claim(ctx context.Context, n int, lease time.Duration) ([]Claim, error)
	// Renew prolongs a lease; ErrLeaseLost if it is another's.
	Renew(ctx context.Context, c Claim, lease time.Duration) error
	// State reads the last committed state with its revision; revision 0 has none.
	State(ctx context.Context, conversationID int64) (rev int64, state []byte, err error)
	// Commit keeps a turn, whole or not at all, and returns the conversation's next event
	// under the same lease, or nil when nothing more waits and the lease is given back.
	// ErrLeaseLost if the lease or the revision is not the claim's, ErrAway if records cannot be written now.
	Commit(ctx context.Context, d Decision, lease time.Duration) (*Claim, error)
	// Release gives a conversation back, to be claimed again after a time. An attempt that was not
	// made (failed is false) does not count. A lost lease is no error.
	Release(ctx context.Context, c Claim, after time.Duration, failed bool) error
}

// States keeps conversation states where they are quickly read. It only saves work:
// an error, a missing or an old value sends the reader to the records.
type States interface {
	// Get reads the kept state with its revision; ErrNoState if there is none.
	Get(ctx context.Context, conversationID int64) (rev int64, state []byte, err error)
	// Put keeps a state unless a newer revision is kept already.
	Put(ctx context.Context, conversationID, rev int64, state []byte) error
}

// DispatcherConfig is what a Dispatcher needs.
type DispatcherConfig struct {
	Inbox    Inbox
	States   States // nil: states are read from the records alone
	Player   Player
	Channels map[string]Channel
	// Keywords are the keywords by which a channel's number is rented; there every hint
	// begins with it and no bare digit arrives.
	Keywords map[string]string
	Workers  int // conversations played at once; at least 1
	Log      *slog.Logger
	// Played is told of every event: "played", "failed", "parked", "away" or "lost". May be nil.
	Played func(outcome string, took time.Duration)
}

// The times of playing. A lease outlives two missed renewals.
const (
	convLease    = 10 * time.Second
	renewEvery   = 3 * time.Second
	playTimeout  = 30 * time.Second
	commitWithin = 30 * time.Second
	maxAttempts  = 5
	awayFor      = 2 * time.Second // before records that were away are tried again
)

// Dispatcher plays conversations: each by one replica at a time, its events in
// order, every turn committed whole.
type Dispatcher struct {
	DispatcherConfig
	wake  chan struct{}
	slots chan struct{}
	turns sync.WaitGroup
}

// NewDispatcher makes a dispatcher; Run starts it.
func NewDispatcher(c DispatcherConfig) *Dispatcher {
	if c.Workers < 1 {
		c.Workers = 1
	}
	if c.Played == nil {
		c.Played = func(string, time.Duration) {}
	}
	return &Dispatcher{DispatcherConfig: c, wake: make(chan struct{}, 1), slots: make(chan struct{}, c.Workers)}
}

// Wake says that something new waits. It never blocks.
func (d *Dispatcher) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Run plays until ctx ends, then finishes the turns under way.
func (d *Dispatcher) Run(ctx context.Context) error {
	defer d.turns.Wait()
	for ctx.Err() == nil {
		n := d.take(ctx)
		claims, err := d.claim(ctx, n)
		d.give(n - len(claims))
		for _, c := range claims {
			d.turns.Go(func() {
				defer d.give(1)
				d.converse(ctx, c)
			})
		}
		if err != nil && ctx.Err() == nil {
			d.Log.ErrorContext(ctx, "could not claim conversations", "error", err)
		}
		if len(claims) < n || err != nil {
			d.rest(ctx)
		}
	}
	return nil
}

// take waits for a free worker and takes all that are free; 0 once ctx ends.
func (d *Dispatcher) take(ctx context.Context) int {
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	n := 1
	for n < d.Workers {
		select {
		case d.slots <- struct{}{}:
			n++
		default:
			return n
		}
	}
	return n
}

func (d *Dispatcher) give(n int) {
	for range n {
		<-d.slots
	}
}

func (d *Dispatcher) claim(ctx context.Context, n int) ([]Claim, error) {
	if n == 0 {
		return nil, nil
	}
	return d.Inbox.Claim(ctx, n, convLease)
}

// rest waits for a wake-up, at most a jittered second: other replicas and
// commands store events without waking us.
func (d *Dispatcher) rest(ctx context.Context) {
	t := time.NewTimer(time.Duration(500+rand.IntN(500)) * time.Millisecond)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-d.wake:
	case <-t.C:
	}
}

// converse plays a conversation's events until none waits, one fails, or ctx ends.
func (d *Dispatcher) converse(ctx context.Context, c Claim) {
	work := context.WithoutCancel(ctx) // a turn under way is finished
	next := &c
	for next != nil {
		began := time.Now()
		if ctx.Err() != nil {
			d.release(work, *next, 0, false)
			return
		}
		var outcome string
		next, outcome = d.turn(work, *next, func() bool { return ctx.Err() != nil })
		d.Played(outcome, time.Since(began))
	}
}

// turn plays one event to its end and returns the next.
func (d *Dispatcher) turn(ctx context.Context, c Claim, stopping func() bool) (*Claim, string) {
	c.Conv.Keyword = d.Keywords[c.Conv.Address.Channel]
	c.Conv.Digits = c.Conv.Keyword == ""
	if c.Broken || c.Event.Attempt > maxAttempts {
		return d.park(ctx, c, stopping)
	}
	decision, err := d.decide(ctx, c)
	if err == nil {
		decision.Last = stopping()
		var next *Claim
		if next, err = d.commit(ctx, decision); err == nil {
			return next, "played"
		}
	}
	if errors.Is(err, ErrLeaseLost) {
		return nil, "lost"
	}
	d.Log.ErrorContext(ctx, "could not play an event", "conversation", c.Conv.ID, "event", c.Event.ID,
		"attempt", c.Event.Attempt, "error", err)
	if errors.Is(err, ErrAway) { // not the event's fault: it must not be parked for it
		d.release(ctx, c, awayFor, false)
		return nil, "away"
	}
	if c.Event.Attempt >= maxAttempts {
		return d.park(ctx, c, stopping)
	}
	d.release(ctx, c, time.Second<<(c.Event.Attempt-1), true)
	return nil, "failed"
}

// decide lets the player decide, while the lease is kept alive.
func (d *Dispatcher) decide(ctx context.Context, c Claim) (Decision, error) {
	ctx, cancel := context.WithTimeout(ctx, playTimeout)
	defer cancel()
	ctx, lost := context.WithCancelCause(ctx)
	defer lost(nil)
	defer d.keepLease(ctx, lost, c)()
	state, err := d.state(ctx, c.Conv)
	if err != nil {
		return Decision{}, err
	}
	turn, err := d.play(ctx, c, state)
	if err != nil {
		if errors.Is(context.Cause(ctx), ErrLeaseLost) {
			return Decision{}, ErrLeaseLost
		}
		return Decision{}, fmt.Errorf("play: %w", err)
	}
	parts, err := d.render(c.Conv, turn.Say)
	if err != nil {
		return Decision{}, err
	}
	return Decision{Claim: c, Turn: turn, Parts: parts}, nil
}

// keepLease renews the lease until the returned func is called, and ends the turn if it is lost.
func (d *Dispatcher) keepLease(ctx context.Context, lost context.CancelCauseFunc, c Claim) (stop func()) {
	var mu sync.Mutex
	var timer *time.Timer
	var again func()
	again = func() {
		mu.Lock()
		defer mu.Unlock()
		if ctx.Err() != nil {
			return
		}
		timer = time.AfterFunc(renewEvery, func() {
			if err := d.Inbox.Renew(ctx, c, convLease); errors.Is(err, ErrLeaseLost) {
				lost(ErrLeaseLost)
			}
			again() // also after an error: records may be back before the lease ends
		})
	}
	again()
	return func() {
		mu.Lock()
		defer mu.Unlock()
		timer.Stop()
	}
}

// state reads the state at the claim's revision: from States if it has it, else from the records.
func (d *Dispatcher) state(ctx context.Context, conv Conversation) ([]byte, error) {
	if d.States != nil {
		if rev, state, err := d.States.Get(ctx, conv.ID); err == nil && rev == conv.Rev {
			return state, nil
		}
	}
	rev, state, err := d.Inbox.State(ctx, conv.ID)
	if err != nil {
		return nil, fmt.Errorf("read state: %w", err)
	}
	if rev != conv.Rev {
		return nil, ErrLeaseLost
	}
	return state, nil
}

// play calls the player; a panic in it is a failure of this event alone.
func (d *Dispatcher) play(ctx context.Context, c Claim, state []byte) (turn Turn, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError(p)
		}
	}()
	return d.Player.Play(ctx, c.Conv, state, c.Event)
}

// panicError says where a panic was, and its text only when the runtime wrote
// it: any other may hold what a person typed.
func panicError(p any) error {
	stack := make([]byte, 4<<10)
	stack = stack[:runtime.Stack(stack, false)]
	if re, ok := p.(runtime.Error); ok {
		return fmt.Errorf("panic: %w\n%s", re, stack)
	}
	return fmt.Errorf("panic with a %T\n%s", p, stack)
}

func (d *Dispatcher) render(conv Conversation, say []Content) (parts []Part, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = panicError(p)
		}
	}()
	if len(say) == 0 {
		return nil, nil
	}
	ch, ok := d.Channels[conv.Address.Channel]
	if !ok {
		return nil, fmt.Errorf("render: channel %s is off", conv.Address.Channel)
	}
	for _, content := range say {
		more, err := ch.Render(content)
		if err != nil {
			return nil, fmt.Errorf("render: %w", err)
		}
		parts = append(parts, more...)
	}
	return parts, nil
}

// commit keeps the decision and then serves its state to the next turn.
func (d *Dispatcher) commit(ctx context.Context, decision Decision) (*Claim, error) {
	ctx, cancel := context.WithTimeout(ctx, commitWithin)
	defer cancel()
	next, err := d.Inbox.Commit(ctx, decision, convLease)
	if err != nil {
		return nil, fmt.Errorf("commit turn: %w", err)
	}
	if d.States != nil && !decision.Parked {
		// A state that could not be put is read from the records.
		_ = d.States.Put(ctx, decision.Claim.Conv.ID, decision.Claim.Conv.Rev+1, decision.Turn.State)
	}
	return next, nil
}

// park gives an event up: the person gets one sentence, staff a task, the next event plays.
func (d *Dispatcher) park(ctx context.Context, c Claim, stopping func() bool) (*Claim, string) {
	parts, err := d.render(c.Conv, []Content{d.Player.Apology(c.Conv)})
	if err != nil {
		d.Log.ErrorContext(ctx, "could not apologise", "conversation", c.Conv.ID, "event", c.Event.ID, "error", err)
	}
	next, err := d.commit(ctx, Decision{Claim: c, Parts: parts, Parked: true, Last: stopping()})
	switch {
	case errors.Is(err, ErrLeaseLost):
		return nil, "lost"
	case err != nil:
		d.Log.ErrorContext(ctx, "could not park an event", "conversation", c.Conv.ID, "event", c.Event.ID, "error", err)
		d.release(ctx, c, time.Minute, !errors.Is(err, ErrAway))
		return nil, "failed"
	}
	return next, "parked"
}

func (d *Dispatcher) release(ctx context.Context, c Claim, after time.Duration, failed bool) {
	ctx, cancel := context.WithTimeout(ctx, commitWithin)
	defer cancel()
	if err := d.Inbox.Release(ctx, c, after, failed); err != nil {
		d.Log.ErrorContext(ctx, "could not give a conversation back", "conversation", c.Conv.ID, "error", err)
	}
}
