package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"tiepdan/bot/notify"
	"tiepdan/casework"
)

// audienceOf reads what a notice's plan depends on, as it is now.
func audienceOf(ctx context.Context, tx *Tx, n notice) (a notify.Audience, err error) {
	a.Tried = n.tried
	if a.Ways, err = waysOf(ctx, tx, n.promise); err != nil {
		return a, fmt.Errorf("read ways: %w", err)
	}
	if a.Refused, err = refusalsOf(ctx, tx, n.promise); err != nil {
		return a, fmt.Errorf("read refusals: %w", err)
	}
	if n.promise.PersonID != 0 {
		err := tx.row(ctx, `SELECT dead_at > 0 OR quiet_at > 0 FROM people WHERE id = $1`, n.promise.PersonID).Scan(&a.Silenced)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return a, fmt.Errorf("read person: %w", err)
		}
	}
	if n.promise.BroadcastID == 0 {
		return a, nil
	}
	due, err := dueBy(ctx, tx, `p.notice_id = $1`, n.id)
	if err != nil {
		return a, err
	}
	return payoutAudience(ctx, tx, n.promise, a, due)
}

// payoutAudience adds for whom payments are due, the living alone.
func payoutAudience(ctx context.Context, tx *Tx, p notify.Promise, a notify.Audience, due []duePerson) (notify.Audience, error) {
	for _, d := range due {
		if !d.silenced {
			a.Due = append(a.Due, d.Due)
		}
	}
	a.Silenced = a.Silenced || len(due) > 0 && len(a.Due) == 0
	if p.Phone == "" {
		return a, nil
	}
	err := tx.row(ctx, `SELECT EXISTS (SELECT 1 FROM person_phones WHERE phone = $1 AND ended_at = 0 AND whose IN ($2, $3))`,
		p.Phone, whoseHamletHead, whoseAssociation).Scan(&a.Relayed)
	if err != nil {
		return a, fmt.Errorf("read whose phone it is: %w", err)
	}
	return a, nil
}

// Whose a phone is, when it is nobody's own.
const (
	whoseHamletHead  = "hamlet_head"
	whoseAssociation = "association"
)

// waysOf lists the conversation to tell first, the chats that are linked to the phone, and the phone's own.
func waysOf(ctx context.Context, tx *Tx, p notify.Promise) ([]notify.Way, error) {
	const fields = `SELECT id, channel, address, lang, accents, last_in_at, phone, phone_since, blocked_at, unit_id FROM conversations `
	rows, err := tx.query(ctx, fields+`WHERE id = $1 UNION `+fields+`WHERE phone = $2 AND phone <> '' UNION `+
		fields+`WHERE channel = 'sms' AND address = $2 ORDER BY id`, p.ConversationID, p.Phone)
	if err != nil {
		return nil, err
	}
	var ways []notify.Way
	err = eachRow(rows, func(rows *sql.Rows) error {
		var w notify.Way
		var lastIn, since, blocked int64
		var phone string
		err := rows.Scan(&w.ConversationID, &w.Address.Channel, &w.Address.ID, &w.Lang, &w.Accents, &lastIn, &phone, &since, &blocked, &w.UnitID)
		w.LastInAt, w.Blocked = at(lastIn), blocked > 0
		if phone != "" && phone == p.Phone {
			w.LinkedAt = at(since)
		}
		ways = append(ways, w)
		return err
	})
	return ways, err
}

// refusalsOf lists what was refused on the phone and in these conversations.
func refusalsOf(ctx context.Context, tx *Tx, p notify.Promise) ([]notify.Refusal, error) {
	const fields = `SELECT x.channel, x.address, x.class FROM `
	const chats = `conversations c JOIN opt_outs x ON x.channel = c.channel AND x.address = c.address `
	rows, err := tx.query(ctx, fields+`opt_outs x WHERE x.channel = 'sms' AND x.address = $2 UNION `+
		fields+chats+`WHERE c.id = $1 UNION `+fields+chats+`WHERE c.phone = $2 AND c.phone <> ''`, p.ConversationID, p.Phone)
	if err != nil {
		return nil, err
	}
	var all []notify.Refusal
	err = eachRow(rows, func(rows *sql.Rows) error {
		var r notify.Refusal
		err := rows.Scan(&r.Address.Channel, &r.Address.ID, &r.Class)
		all = append(all, r)
		return err
	})
	return all, err
}

// duePerson is a payment and whether its person is not to be written about.
type duePerson struct {
	notify.Due
	silenced bool
}

// dueBy lists the payments that a condition on payouts p picks, the eldest people first.
func dueBy(ctx context.Context, tx *Tx, where string, arg any) ([]duePerson, error) {
	rows, err := tx.query(ctx, `SELECT p.person_id, who.name, who.birth, who.sex, p.programme, p.hours, p.method, p.papers,
			who.dead_at > 0 OR who.quiet_at > 0
		FROM payouts p JOIN people who ON who.id = p.person_id WHERE `+where+` AND p.state <> '`+casework.PayoutCancelled+`' ORDER BY p.id`, arg)
	if err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	var all []duePerson
	err = eachRow(rows, func(rows *sql.Rows) error {
		var d duePerson
		err := rows.Scan(&d.PersonID, &d.Name, &d.Birth, &d.Sex, &d.Programme, &d.Hours, &d.Method, &d.Papers, &d.silenced)
		all = append(all, d)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read payments: %w", err)
	}
	sortDue(all)
	return all, nil
}

// sortDue puts the eldest first, and those of unknown age last.
func sortDue(due []duePerson) {
	slices.SortStableFunc(due, func(a, b duePerson) int {
		if (a.Birth == "") != (b.Birth == "") {
			return strings.Compare(b.Birth, a.Birth)
		}
		return strings.Compare(a.Birth, b.Birth)
	})
}
