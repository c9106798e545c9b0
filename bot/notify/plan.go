package notify

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"tiepdan/bot"
	"tiepdan/casework"
	"tiepdan/locales"
)

// Route is a channel as notices use it.
type Route struct {
	Render  func(bot.Content) ([]bot.Part, error) // pure: Channel.Render
	Open    func(lastIn, now time.Time) bool      // bot.Windowed; nil: always
	TwoWay  bool
	Keyword string // what every hint to send something begins with; "" on most routes
	// Abroad: what goes here leaves the country; a private notice says only that there is news.
	Abroad bool
}

// RouteOf describes a channel by its abilities. Abroad is for the caller to set.
func RouteOf(c bot.Channel) Route {
	r := Route{Render: c.Render, TwoWay: c.Limits().TwoWay}
	if w, ok := c.(bot.Windowed); ok {
		r.Open = w.Open
	}
	if k, ok := c.(interface{ Keyword() string }); ok {
		r.Keyword = k.Keyword()
	}
	return r
}

// recentWeb is how long after a person's last message a web chat is still looked at. Later nobody
// may come back to the page, and another channel is better.
const recentWeb = 30 * time.Minute

// Planner plans notices for one installation. It never changes and may be used by many goroutines.
type Planner struct {
	catalogues *locales.Catalogues
	programmes *casework.Programmes
	routes     map[string]Route
	quiet      Quiet
}

// New makes a planner for the channels that are on. It fails without catalogues or programmes.
func New(c *locales.Catalogues, p *casework.Programmes, routes map[string]Route, q Quiet) (*Planner, error) {
	if c == nil || p == nil {
		return nil, errors.New("plan notices: catalogues and programmes are needed")
	}
	for name, r := range routes {
		if r.Render == nil {
			return nil, fmt.Errorf("plan notices: channel %s cannot render", name)
		}
	}
	return &Planner{catalogues: c, programmes: p, routes: maps.Clone(routes), quiet: q}, nil
}

// Promise is what is known of one notice that is owed.
type Promise struct {
	Class  string
	Bulk   bool // a broadcast's
	Words  Words
	Phone  string        // E.164; empty: none
	Direct int64         // the conversation to tell first; 0: none
	Unit   casework.Unit // who speaks
	// Reaches are the conversations of this person: Direct, those linked to Phone, and the phone's own.
	Reaches []Reach
	Refused []string // classes that the person refused by phone
	Tried   []string // channels that have definitely failed, or are being tried
	Expires time.Time
}

// Reach is a conversation through which the person may be told.
type Reach struct {
	ConversationID int64
	Address        bot.Address
	Lang           string
	Accents        bool
	LastIn         time.Time
	Blocked        bool
	Refused        []string // classes that this address refused
}

// Why a notice is not sent.
const (
	SkipOptedOut    = "opted_out"
	SkipExpired     = "expired"
	SkipNoPhone     = "no_phone"    // no way to reach the person is known
	SkipNotMobile   = "not_mobile"  // the number cannot take an SMS
	SkipUnreachable = "unreachable" // every way has failed, or is shut
	SkipSilenced    = "silenced"    // the person is dead, or said to be
	SkipOver        = "over"        // the payouts are paid, or stand in another schedule
	SkipCancelled   = "cancelled"
)

// Plan is what to do about a promise: skip it for a reason, look again later, or hand parts over.
type Plan struct {
	Skip           string
	Later          time.Time
	ConversationID int64
	To             bot.Address
	Lane           bot.Lane
	Expires        time.Time
	Parts          []bot.Part
}

// Segments is what a carrier will bill for the plan.
func (p Plan) Segments() int {
	n := 0
	for _, part := range p.Parts {
		n += part.Segments
	}
	return n
}

// Quiet is when the quiet hours that now lies in end; zero outside them.
func (p *Planner) Quiet(now time.Time) time.Time { return p.quiet.Until(now) }

// Plan chooses the first rung of the ladder that is open and not tried: the conversation to tell first, then the
// chat heard last, then SMS. Classes that answer what the person just did (casework.ClassTask) know neither opt-out nor
// quiet hours.
func (p *Planner) Plan(pr Promise, now time.Time) Plan {
	if !pr.Expires.IsZero() && !now.Before(pr.Expires) {
		return Plan{Skip: SkipExpired}
	}
	asked := pr.Class == casework.ClassTask
	if !asked && refuses(pr.Refused, pr.Class) {
		return Plan{Skip: SkipOptedOut}
	}
	if until := p.quiet.Until(now); !asked && !until.IsZero() {
		if !pr.Expires.IsZero() && !until.Before(pr.Expires) {
			return Plan{Skip: SkipExpired}
		}
		return Plan{Later: until}
	}
	rungs, shut := p.rungs(pr, now)
	for _, r := range rungs {
		parts, err := p.parts(pr, r, now)
		if err != nil || len(parts) == 0 {
			shut = SkipUnreachable // this channel cannot say it
			continue
		}
		lane := bot.LaneNotice
		if pr.Bulk {
			lane = bot.LaneBulk
		}
		return Plan{ConversationID: r.ConversationID, To: r.Address, Lane: lane, Expires: pr.Expires, Parts: parts}
	}
	return Plan{Skip: shut}
}

func refuses(refused []string, class string) bool {
	return slices.Contains(refused, casework.ClassAll) || slices.Contains(refused, class)
}

// rungs lists the ways that are open, the best first, and why the promise is skipped if there is none.
func (p *Planner) rungs(pr Promise, now time.Time) (rungs []Reach, shut string) {
	shut = SkipNoPhone
	if len(pr.Reaches) > 0 || len(pr.Tried) > 0 {
		shut = SkipUnreachable
	}
	reaches := slices.Clone(pr.Reaches)
	slices.SortStableFunc(reaches, func(a, b Reach) int {
		if first := pr.Direct; first != 0 && (a.ConversationID == first) != (b.ConversationID == first) {
			if a.ConversationID == first {
				return -1
			}
			return 1
		}
		return b.LastIn.Compare(a.LastIn)
	})
	for _, r := range reaches {
		switch {
		case r.Address.Channel == bot.SMS || slices.Contains(pr.Tried, r.Address.Channel):
		case pr.Class != casework.ClassTask && refuses(r.Refused, pr.Class):
			shut = SkipOptedOut
		case p.open(r, now):
			rungs = append(rungs, r)
		}
	}
	sms, why := p.smsRung(pr)
	if why != "" {
		if why != SkipNoPhone {
			shut = why
		}
		return append(rungs, p.lastResort(pr)...), shut
	}
	if pr.Direct != 0 && sms.ConversationID == pr.Direct {
		return append([]Reach{sms}, rungs...), shut
	}
	return append(rungs, sms), shut
}

// lastResort is the page on which a person filed, although they have left it: its log waits for
// their return, and where there is no telephone nothing else does.
func (p *Planner) lastResort(pr Promise) []Reach {
	_, on := p.routes[bot.Webchat]
	for _, r := range pr.Reaches {
		if on && pr.Direct != 0 && r.ConversationID == pr.Direct && r.Address.Channel == bot.Webchat && !r.Blocked &&
			!slices.Contains(pr.Tried, bot.Webchat) && (pr.Class == casework.ClassTask || !refuses(r.Refused, pr.Class)) {
			return []Reach{r}
		}
	}
	return nil
}

func (p *Planner) open(r Reach, now time.Time) bool {
	route, on := p.routes[r.Address.Channel]
	switch {
	case !on || r.Blocked || r.Address.Channel == bot.Terminal:
		return false
	case r.Address.Channel == bot.Webchat:
		return now.Sub(r.LastIn) < recentWeb
	}
	return route.Open == nil || route.Open(r.LastIn, now)
}

// smsRung is the phone itself, in the language of its own conversation if it has one.
func (p *Planner) smsRung(pr Promise) (r Reach, shut string) {
	for _, known := range pr.Reaches {
		if known.Address.Channel == bot.SMS && (known.Address.ID == pr.Phone || pr.Phone == "" && known.ConversationID == pr.Direct) {
			r = known
		}
	}
	if r.Address.ID == "" {
		r.Address = bot.Address{Channel: bot.SMS, ID: pr.Phone}
	}
	_, on := p.routes[bot.SMS]
	switch {
	case r.Address.ID == "":
		return r, SkipNoPhone
	case slices.Contains(pr.Tried, bot.SMS), !on, r.Blocked:
		return r, SkipUnreachable
	case !mobile(r.Address.ID):
		return r, SkipNotMobile
	case pr.Class != casework.ClassTask && refuses(r.Refused, pr.Class):
		return r, SkipOptedOut
	}
	return r, ""
}

// mobile: E.164 numbers of Viet Nam beginning in 3, 5, 7, 8 or 9 take SMS.
func mobile(phone string) bool {
	return len(phone) == 12 && phone[:3] == "+84" && slices.Contains([]byte("35789"), phone[3])
}

// parts says the words for one reader on one channel. What would be more than one message is said shorter.
func (p *Planner) parts(pr Promise, r Reach, now time.Time) ([]bot.Part, error) {
	route := p.routes[r.Address.Channel]
	region := locales.North
	if pr.Unit.Region == "south" {
		region = locales.South
	}
	lang := r.Lang
	if lang == "" {
		lang = locales.Default
	}
	v := voice{lang: p.catalogues.Language(lang).Region(region), unit: pr.Unit, programmes: p.programmes, now: now}
	var parts []bot.Part
	said := wordings(pr.Words, r.Address.Channel == bot.SMS, route.Abroad)
	for i, lines := range append(said, said[len(said)-1]) {
		v.brief = i == len(said)
		text := v.say(lines) + v.hints(pr.Words, route)
		var err error
		parts, err = route.Render(bot.Content{Text: text, Lang: lang, Accents: r.Accents, OneWay: !route.TwoWay})
		// The SMS channel makes no part of more than two segments, or four with accents.
		if err != nil || len(parts) == 1 {
			return parts, err
		}
	}
	if r.Accents {
		r.Accents = false // better without accents than cut in two
		return p.parts(pr, r, now)
	}
	return parts, nil
}

// wordings lists what may be said on a route, the fullest first.
func wordings(w Words, sms, abroad bool) [][]Line {
	if len(w.News) > 0 && (abroad || sms && w.Guarded) {
		return [][]Line{w.News}
	}
	return append([][]Line{w.Lines}, w.Short...)
}

// hints are how to go on: a word to send where people can answer, always another way back, and how to
// stop such messages.
func (v voice) hints(w Words, route Route) string {
	send := func(word string) string {
		if route.Keyword != "" {
			return route.Keyword + " " + word
		}
		return word
	}
	hint := ""
	if route.TwoWay && w.Reply != "" {
		hint += " " + v.lang.Text("notice.hint.reply", "word", send(w.Reply))
	}
	switch {
	case v.unit.Phone != "":
		hint += " " + v.lang.Text("notice.hint.call", "phone", v.unit.Phone)
	case v.counter() != "":
		hint += " " + v.lang.Text("notice.hint.counter", "counter", v.counter())
	}
	if route.TwoWay && !w.Final {
		hint += " " + v.lang.Text("notice.hint.stop", "word", send("TU CHOI"))
	}
	return hint
}
