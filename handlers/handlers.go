package handlers

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
	"unicode"
	"unicode/utf8"

	"tiepdan/bot"
	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/locales"
)

// Deps are what the dialogues need.
type Deps struct {
	Texts        *locales.Catalogues
	Clock        bot.Clock
	Random       io.Reader // codes and names; read by many goroutines at once
	Applications Applications
	Payouts      Payouts
	People       People
	Grievances   Grievances
	Drafts       Drafts
	Units        Units
	Links        LinkCodes
	Limits       Limits
	Rules        casework.Rules
	// Pagers cut long answers, by channel name; a channel without one says all at once.
	Pagers   map[string]bot.Pager
	Settings Settings
}

// Settings are what an office decides about its dialogues.
type Settings struct {
	// TelegramPersonal lets Telegram, which passes abroad, tell what is personal.
	TelegramPersonal bool
	// LinkNumber is the number that LK codes are sent to by SMS, as people dial it; empty: phones
	// are linked at the counter alone.
	LinkNumber string
	// LinkKeyword begins an SMS to that number, where it is a short code rented by keyword; else empty.
	LinkKeyword string
}

// noticeVersion names the text "dialogue.first"; with a new one everybody is told again.
const noticeVersion = "2026-11"

// desk answers commands and free words. It keeps nothing between two turns.
type desk struct {
	Deps
	commands map[string]command
}

type command func(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error)

// New makes the player of every dialogue. It fails for a dependency that is missing
// and for a text that a dialogue needs and a language lacks.
func New(deps Deps) (*dialogue.Engine, error) {
	switch {
	case deps.Applications == nil, deps.Payouts == nil, deps.People == nil, deps.Grievances == nil, deps.Drafts == nil,
		deps.Units == nil, deps.Links == nil, deps.Limits == nil:
		return nil, errors.New("handlers: every source of records is needed")
	case deps.Rules.Calendar == nil, deps.Rules.Clocks == nil, deps.Rules.Programmes == nil:
		return nil, errors.New("handlers: the rules are needed")
	}
	d := &desk{Deps: deps}
	d.commands = map[string]command{
		"HS": d.status, "status/more": d.statusMore, "status/keys": d.statusKeys,
		"CT": d.payouts, "payout/past": d.pastPayouts, "payout/missing": d.missing, "payout/received": d.received,
		"PA": d.grievance, "grievance/new": d.newGrievance, "grievance/mine": d.myGrievances, "grievance/complaint": d.newComplaint, "grievance/add": d.addTo, "grievance/withdraw": d.withdraw,
		dialogue.CommandResume: d.resume, dialogue.CommandFiles: d.looseFiles,
		"TU CHOI": d.optOut, "optout/choose": d.chooseClass, "MO": d.optIn, dialogue.CommandOptOut: d.carrierOptOut, dialogue.CommandOptIn: d.carrierOptIn,
		"SAI SO": d.wrongNumber, "wrong": d.wrong, "death": d.death,
		"LK": d.link, "link/end": d.unlink, dialogue.CommandContact: d.contact,
		"EN": d.english, "VI": d.vietnamese, "settings/accents": d.accents, "settings/plain": d.plain, "settings": d.settings, "settings/languages": d.languages,
		"rights": d.rights, "rights/phone": d.newPhone, "consent": d.consent,
		"GAP CB": d.person, "guarded": d.guardedCommand, "guarded/appointment": d.appointment,
		"advice/payout_amount": d.amount, "advice/eligibility": d.askOffice, "advice/required_documents": d.papers, "advice/where_to_apply": d.where, "advice/proxy": d.proxy,
		"clarify": d.clarify, "thanks": d.thanks, "noted": d.noted,
		"TG": d.help, dialogue.CommandMenu: d.menu, dialogue.CommandStart: d.start, dialogue.CommandUnknown: d.unknown,
		dialogue.CommandStaff: d.staff, "TC": d.lookUpOrRefuse, "DUNG": d.yesOrStop, "HUY": d.nothingToCancel,
	}
	return dialogue.New(dialogue.Config{
		Texts: deps.Texts, Clock: deps.Clock, Random: deps.Random, Desk: d, Scripts: d.scripts(),
		SaveDraft: d.saveDraft, Pagers: deps.Pagers, Notice: noticeVersion, Words: ownWord,
	})
}

// scripts are the dialogues that ask more than one thing.
func (d *desk) scripts() []dialogue.Script {
	return []dialogue.Script{
		d.grievanceScript(), d.addScript(), d.withdrawScript(), d.missingScript(), d.factScript(), d.resumeScript(),
		d.appointmentScript(), d.personScript(), d.classScript(), d.deathScript(), d.wrongScript(), d.rightsScript(), d.phoneScript(), d.consentScript(),
	}
}

// Run answers a command.
func (d *desk) Run(ctx context.Context, t *dialogue.Talk, c dialogue.Command) (dialogue.Reply, error) {
	run, ok := d.commands[c.Name]
	if !ok { // a button of an older version
		return d.menu(ctx, t, "")
	}
	r, err := run(ctx, t, c.Arg)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("answering %s: %w", c.Name, err)
	}
	return r, nil
}

// Place says who serves a conversation.
func (d *desk) Place(conv bot.Conversation) dialogue.Place {
	u := d.unitOf(conv)
	region := locales.North
	if u.Region == "south" {
		region = locales.South
	}
	return dialogue.Place{Region: region, Args: []any{
		"unit", u.Name, "phone", u.Phone, "counter", u.Counter, "hours", u.Hours,
	}}
}

// unitOf is the unit that serves a conversation. What its record lacks comes from the
// unit that serves everybody, so that no text names an empty telephone number.
func (d *desk) unitOf(conv bot.Conversation) casework.Unit {
	home := d.Units.Home()
	u, err := d.Units.Unit(conv.UnitID)
	if conv.UnitID == 0 || err != nil {
		u = home
	}
	if u.Kind == "hamlet" {
		if above, err := d.Units.Unit(u.ParentID); err == nil {
			u = above
		}
	}
	u.Phone, u.Counter, u.Hours = or(u.Phone, home.Phone), or(u.Counter, or(home.Counter, u.Name)), or(u.Hours, home.Hours)
	return u
}

func or(s, instead string) string {
	if s == "" {
		return instead
	}
	return s
}

func (d *desk) origin(t *dialogue.Talk) casework.Origin {
	return casework.Origin{ConversationID: t.Conv.ID, EventID: t.Event.ID, UnitID: d.unitOf(t.Conv).ID, Phone: t.Conv.Phone, At: t.Now}
}

// key names a change that this message asks for, for ever.
func key(t *dialogue.Talk, what string) string {
	return fmt.Sprintf("%s:%d:%d", what, t.Conv.ID, t.Event.ID)
}

// staffText is a text for the office, which reads Vietnamese.
func (d *desk) staffText(key string, args ...any) string {
	return d.Texts.Language(locales.Default).Text(key, args...)
}

// route says what the way back to the person allows to be told.
func (d *desk) route(t *dialogue.Talk) casework.Route {
	switch {
	case t.SMS():
		return casework.RouteSMS
	case t.Conv.Address.Channel == bot.Telegram && !d.Settings.TelegramPersonal:
		return casework.RoutePublic
	}
	return casework.RouteChat
}

// proven lists the people whom the phone of a conversation proves.
func (d *desk) proven(ctx context.Context, t *dialogue.Talk) ([]casework.Person, error) {
	if t.Conv.Phone == "" {
		return nil, nil
	}
	people, err := d.People.Proven(ctx, t.Conv.Phone, t.Now)
	if err != nil {
		return nil, fmt.Errorf("who this phone stands for: %w", err)
	}
	return people, nil
}

func ids(people []casework.Person) []int64 {
	out := make([]int64, len(people))
	for i, p := range people {
		out[i] = p.ID
	}
	return out
}

// day shows a date of records with its weekday; empty for one that is not known.
func day(t *dialogue.Talk, iso string) string {
	at, err := time.ParseInLocation("2006-01-02", iso, bot.Hanoi)
	if err != nil {
		return ""
	}
	return text.ShowDay(at, t.Lang.Code())
}

// staffDay shows a date of records to the office.
func staffDay(iso string) string {
	at, err := time.ParseInLocation("2006-01-02", iso, bot.Hanoi)
	if err != nil {
		return iso
	}
	return text.ShowDate(at)
}

// capital begins a line with a capital letter.
func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// say makes an answer of texts; an empty one is left out.
func say(texts ...string) dialogue.Reply {
	var r dialogue.Reply
	for _, s := range texts {
		if s != "" {
			r.Say = append(r.Say, bot.Content{Text: s})
		}
	}
	return r
}
