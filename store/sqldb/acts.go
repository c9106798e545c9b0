package sqldb

import (
	"context"
	"errors"
	"fmt"

	"tiepdan/bot"
	"tiepdan/casework"
)

// errNoKey: a command without a key could be carried out twice.
var errNoKey = errors.New("command has no key")

// Do carries out commands from outside a turn (the command line, the console), all or none.
func (db *DB) Do(ctx context.Context, acts ...bot.Act) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, act := range acts {
			if err := db.apply(ctx, tx, act); err != nil {
				return fmt.Errorf("%T: %w", act, err)
			}
		}
		return nil
	})
}

// apply carries out one command with everything that follows from it, once for ever: a
// key that was committed before does nothing.
func (db *DB) apply(ctx context.Context, tx *Tx, act bot.Act) error {
	if act.ActKey() == "" {
		return errNoKey
	}
	n, err := tx.changed(ctx, `INSERT INTO acts (key, at) VALUES ($1, $2) ON CONFLICT (key) DO NOTHING`, act.ActKey(), ms(tx.now))
	if err != nil || n == 0 {
		return err
	}
	switch c := act.(type) {
	case casework.FileGrievance:
		return db.fileGrievance(ctx, tx, c)
	case casework.AddToGrievance:
		return db.addToGrievance(ctx, tx, c)
	case casework.WithdrawGrievance:
		return db.withdrawGrievance(ctx, tx, c)
	case casework.MoveGrievance:
		return db.moveGrievance(ctx, tx, c)
	case casework.SealText:
		return db.sealText(ctx, tx, c)
	case casework.OpenTask:
		return db.openTask(ctx, tx, c)
	case casework.SaidDead:
		return db.saidDead(ctx, tx, c)
	case casework.GiveConsent:
		return db.giveConsent(ctx, tx, c)
	}
	return db.applyToAddress(ctx, tx, act)
}

// applyToAddress carries out what concerns a conversation, its links and its drafts.
func (db *DB) applyToAddress(ctx context.Context, tx *Tx, act bot.Act) error {
	switch c := act.(type) {
	case casework.OptOut:
		return db.optOut(ctx, tx, c)
	case casework.OptIn:
		return db.optIn(ctx, tx, c)
	case casework.WrongNumber:
		return db.wrongNumber(ctx, tx, c)
	case casework.OfferLink:
		return db.offerLink(ctx, tx, c)
	case casework.TakeLink:
		return db.takeLink(ctx, tx, c)
	case casework.Unlink:
		return db.unlink(ctx, tx, c)
	case casework.SaveDraft:
		return db.saveDraft(ctx, tx, c)
	case casework.DropDraft:
		return dropDraft(ctx, tx, c)
	case casework.MoveDraft:
		return moveDraft(ctx, tx, c)
	}
	return errors.New("unknown command")
}
