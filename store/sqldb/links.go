package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/notify"
	"tiepdan/casework"
)

func (db *DB) linkHash(code string) string { return db.vault.Hash("link", code) }

// offerLink opens a code for a chat and closes the one before it. A code that another chat has open is refused:
// the turn is then decided anew, with another code.
func (db *DB) offerLink(ctx context.Context, tx *Tx, c casework.OfferLink) error {
	if _, err := tx.exec(ctx, `DELETE FROM link_codes WHERE conversation_id = $1 OR expires_at <= $2`, c.Origin.ConversationID, ms(tx.now)); err != nil {
		return fmt.Errorf("offer link: %w", err)
	}
	_, err := tx.exec(ctx, `INSERT INTO link_codes (code_hash, conversation_id, expires_at) VALUES ($1, $2, $3)`,
		db.linkHash(c.Code), c.Origin.ConversationID, ms(c.Expires))
	if err != nil {
		return fmt.Errorf("offer link: %w", err)
	}
	return nil
}

// takeLink links the chat that showed the code to the phone that sent it, and tells the chat.
func (db *DB) takeLink(ctx context.Context, tx *Tx, c casework.TakeLink) error {
	if c.Origin.Phone == "" {
		return fmt.Errorf("take link: no phone sent it")
	}
	var conv int64
	err := tx.row(ctx, `DELETE FROM link_codes WHERE code_hash = $1 AND expires_at > $2 RETURNING conversation_id`,
		db.linkHash(c.Code), ms(tx.now)).Scan(&conv)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // it was taken, or its time passed, since the turn was decided
	}
	if err != nil {
		return fmt.Errorf("take link: %w", err)
	}
	if _, err := tx.exec(ctx, `UPDATE conversations SET phone = $1, phone_since = $2 WHERE id = $3`, c.Origin.Phone, ms(tx.now), conv); err != nil {
		return fmt.Errorf("take link: %w", err)
	}
	if err := audit(ctx, tx, byCitizen, "link", "conversation", conv, ""); err != nil {
		return err
	}
	return db.owe(ctx, tx, notice{key: "link:" + c.Key, class: casework.ClassTask, unit: c.Origin.UnitID, conversation: conv,
		words: notify.Linked(c.Origin.Phone), expires: tx.now.Add(24 * time.Hour)})
}

func (db *DB) unlink(ctx context.Context, tx *Tx, c casework.Unlink) error {
	if _, err := tx.exec(ctx, `UPDATE conversations SET phone = '', phone_since = 0 WHERE id = $1`, c.Origin.ConversationID); err != nil {
		return fmt.Errorf("unlink: %w", err)
	}
	return audit(ctx, tx, byCitizen, "unlink", "conversation", c.Origin.ConversationID, "")
}

// LinkOffered implements handlers.LinkCodes.
func (db *DB) LinkOffered(ctx context.Context, code string, now time.Time) (bool, error) {
	var n int
	err := committed{db}.row(ctx, `SELECT COUNT(*) FROM link_codes WHERE code_hash = $1 AND expires_at > $2`, db.linkHash(code), ms(now)).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("read link code: %w", err)
	}
	return n > 0, nil
}

// OptedOut implements handlers.LinkCodes.
func (db *DB) OptedOut(ctx context.Context, conversationID int64, phone string) ([]string, error) {
	classes, err := list(ctx, committed{db}, `SELECT DISTINCT x.class FROM opt_outs x WHERE ($2 <> '' AND x.channel = 'sms' AND x.address = $2)
		OR EXISTS (SELECT 1 FROM conversations c WHERE c.id = $1 AND c.channel = x.channel AND c.address = x.address) ORDER BY x.class`,
		[]any{conversationID, phone}, func(rows *sql.Rows, s *string) error { return rows.Scan(s) })
	if err != nil {
		return nil, fmt.Errorf("read opt-outs: %w", err)
	}
	return classes, nil
}

// addresses are those that an asker speaks for: their conversation's, and their proven phone.
func addresses(ctx context.Context, tx *Tx, o casework.Origin) ([]bot.Address, error) {
	all, err := list(ctx, tx, `SELECT channel, address FROM conversations WHERE id = $1`, []any{o.ConversationID}, func(rows *sql.Rows, a *bot.Address) error {
		return rows.Scan(&a.Channel, &a.ID)
	})
	if err != nil {
		return nil, fmt.Errorf("read conversation: %w", err)
	}
	phone := bot.Address{Channel: bot.SMS, ID: o.Phone}
	if o.Phone != "" && (len(all) == 0 || all[0] != phone) {
		all = append(all, phone)
	}
	return all, nil
}

func refuse(ctx context.Context, tx *Tx, a bot.Address, class, why string) error {
	_, err := tx.exec(ctx, `INSERT INTO opt_outs (channel, address, class, why, since) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (channel, address, class) DO NOTHING`, a.Channel, a.ID, class, why, ms(tx.now))
	if err != nil {
		return fmt.Errorf("opt out: %w", err)
	}
	return nil
}

// classes that can be refused, apart from all of them.
func classes() []string {
	return []string{casework.ClassPayout, casework.ClassStatus, casework.ClassGrievance, casework.ClassNews}
}

func (db *DB) optOut(ctx context.Context, tx *Tx, c casework.OptOut) error {
	all, err := addresses(ctx, tx, c.Origin)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := refuse(ctx, tx, a, c.Class, "asked"); err != nil {
			return err
		}
	}
	return audit(ctx, tx, byCitizen, "opt_out", "conversation", c.Origin.ConversationID, c.Class)
}

// optIn takes a refusal back. One class out of "all" leaves the others refused.
func (db *DB) optIn(ctx context.Context, tx *Tx, c casework.OptIn) error {
	all, err := addresses(ctx, tx, c.Origin)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := accept(ctx, tx, a, c.Class); err != nil {
			return fmt.Errorf("opt in: %w", err)
		}
	}
	return audit(ctx, tx, byCitizen, "opt_in", "conversation", c.Origin.ConversationID, c.Class)
}

func accept(ctx context.Context, tx *Tx, a bot.Address, class string) error {
	if class == casework.ClassAll {
		_, err := tx.exec(ctx, `DELETE FROM opt_outs WHERE channel = $1 AND address = $2`, a.Channel, a.ID)
		return err
	}
	n, err := tx.changed(ctx, `DELETE FROM opt_outs WHERE channel = $1 AND address = $2 AND class = 'all'`, a.Channel, a.ID)
	if err != nil {
		return err
	}
	for _, other := range classes() {
		if n > 0 && other != class {
			if err := refuse(ctx, tx, a, other, "asked"); err != nil {
				return err
			}
		}
	}
	_, err = tx.exec(ctx, `DELETE FROM opt_outs WHERE channel = $1 AND address = $2 AND class = $3`, a.Channel, a.ID, class)
	return err
}

// wrongNumber stops everything to a phone at once and ends what it proved.
func (db *DB) wrongNumber(ctx context.Context, tx *Tx, c casework.WrongNumber) error {
	all, err := addresses(ctx, tx, c.Origin)
	if err != nil {
		return err
	}
	for _, a := range all {
		if err := refuse(ctx, tx, a, casework.ClassAll, "wrong_number"); err != nil {
			return err
		}
	}
	phone := c.Origin.Phone
	if phone != "" {
		if _, err := tx.exec(ctx, `UPDATE person_phones SET ended_at = $1, ended_why = 'wrong_number' WHERE phone = $2 AND ended_why <> 'wrong_number'`,
			ms(tx.now), phone); err != nil {
			return fmt.Errorf("wrong number: %w", err)
		}
		if _, err := tx.exec(ctx, `UPDATE conversations SET phone = '', phone_since = 0 WHERE phone = $1 AND phone <> '' AND channel <> 'sms'`, phone); err != nil {
			return fmt.Errorf("wrong number: %w", err)
		}
		return db.dropNotices(ctx, tx, phone, notify.SkipOptedOut)
	}
	return nil
}

// saidDead stops all notices for the people whom the phone stands for, or the one given. Only staff mark a death: where it
// was not said who died, a task is opened for each, beside the one of the dialogue.
func (db *DB) saidDead(ctx context.Context, tx *Tx, c casework.SaidDead) error {
	people := []int64{c.PersonID}
	if c.PersonID == 0 {
		theirs, err := links(ctx, tx, c.Origin.Phone)
		if err != nil {
			return fmt.Errorf("said dead: %w", err)
		}
		people = people[:0]
		for _, l := range theirs {
			people = append(people, l.Person.ID)
		}
	}
	for _, id := range people {
		if _, err := tx.exec(ctx, `UPDATE people SET quiet_at = $1 WHERE id = $2 AND quiet_at = 0`, ms(tx.now), id); err != nil {
			return fmt.Errorf("said dead: %w", err)
		}
		if err := db.silence(ctx, tx, id); err != nil {
			return err
		}
		if c.PersonID != 0 {
			continue
		}
		if err := db.openTask(ctx, tx, casework.OpenTask{Origin: c.Origin, Kind: casework.TaskDeath, PersonID: id}); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) giveConsent(ctx context.Context, tx *Tx, c casework.GiveConsent) error {
	_, err := tx.exec(ctx, `INSERT INTO consents (channel, address, purpose, text_version, given, at)
		SELECT channel, address, $1, $2, $3, $4 FROM conversations WHERE id = $5`,
		c.Purpose, c.TextVersion, flag(c.Given), ms(tx.now), c.Origin.ConversationID)
	if err != nil {
		return fmt.Errorf("keep consent: %w", err)
	}
	return audit(ctx, tx, byCitizen, "consent", "conversation", c.Origin.ConversationID, c.Purpose)
}
