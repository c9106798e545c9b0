package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
)

const receiptBatch = 100

type storedReceipt struct {
	id      int64
	r       bot.Receipt
	failure string
}

// ApplyReceipts implements delivery.Receipts.
func (o Outbox) ApplyReceipts(ctx context.Context, after int64) (cursor int64, n int, err error) {
	batch, err := o.openReceipts(ctx, after)
	if err != nil || len(batch) == 0 {
		return after, 0, err
	}
	err = o.db.applyBatch(ctx, batch)
	if err != nil && ctx.Err() == nil && !errors.Is(err, ErrClosed) {
		// One receipt that cannot be applied must not hold up the others.
		for _, s := range batch {
			if err := o.db.applyBatch(ctx, []storedReceipt{s}); err != nil {
				o.db.log.Error("could not apply a receipt", "receipt", s.id, "error", err)
			}
		}
		err = ctx.Err()
	}
	if err != nil {
		return after, 0, fmt.Errorf("apply receipts: %w", err)
	}
	return batch[len(batch)-1].id, len(batch), nil
}

func (o Outbox) openReceipts(ctx context.Context, after int64) (batch []storedReceipt, err error) {
	err = o.db.readRows(ctx, `SELECT id, channel, provider_id, outbox_id, state, failure FROM receipts
		WHERE applied_at = 0 AND id > $1 ORDER BY id LIMIT $2`, []any{after, receiptBatch}, func(rows *sql.Rows) error {
		var s storedReceipt
		err := rows.Scan(&s.id, &s.r.Channel, &s.r.ProviderID, &s.r.OutboxID, &s.r.State, &s.failure)
		batch = append(batch, s)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("list receipts: %w", err)
	}
	return batch, nil
}

func (db *DB) applyBatch(ctx context.Context, batch []storedReceipt) error {
	return db.write(ctx, func(ctx context.Context, tx *Tx) error {
		for _, s := range batch {
			if err := db.applyReceipt(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

// earlyReceipts applies what came before the send that it is about was known.
func (db *DB) earlyReceipts(ctx context.Context, tx *Tx, channel, providerID string) error {
	rows, err := tx.query(ctx, `SELECT id, outbox_id, state, failure FROM receipts
		WHERE channel = $1 AND provider_id = $2 AND applied_at = 0 ORDER BY state`, channel, providerID)
	if err != nil {
		return err
	}
	var early []storedReceipt
	err = eachRow(rows, func(rows *sql.Rows) error {
		s := storedReceipt{r: bot.Receipt{Channel: channel, ProviderID: providerID}}
		err := rows.Scan(&s.id, &s.r.OutboxID, &s.r.State, &s.failure)
		early = append(early, s)
		return err
	})
	if err != nil {
		return err
	}
	for _, s := range early {
		if err := db.applyReceipt(ctx, tx, s); err != nil {
			return err
		}
	}
	return nil
}

// rank orders what is known of a message; it only moves up.
func rank(s delivery.State) int {
	switch s {
	case delivery.Sent:
		return 1
	case delivery.Delivered, delivery.Failed, delivery.Skipped:
		return 2
	default:
		return 0
	}
}

// outcome is what a receipt says of its row.
func outcome(s bot.ReceiptState) delivery.State {
	switch s {
	case bot.ReceiptDelivered:
		return delivery.Delivered
	case bot.ReceiptFailed:
		return delivery.Failed
	default:
		return delivery.Sent
	}
}

// applyReceipt moves the row that a receipt is about, if it says more than is
// known. With no such row the receipt stays open: its send may not be settled yet.
func (db *DB) applyReceipt(ctx context.Context, tx *Tx, s storedReceipt) error {
	row, have, err := findSent(ctx, tx, s.r)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE receipts SET applied_at = $1 WHERE id = $2`, ms(tx.now), s.id); err != nil {
		return err
	}
	var failure *bot.SendError
	if s.failure != "" {
		if err := json.Unmarshal([]byte(s.failure), &failure); err != nil {
			return fmt.Errorf("read failure: %w", err)
		}
	}
	next := outcome(s.r.State)
	// A waiting row is one that may be handed over again, which a failure of the first time does not forbid.
	if rank(next) <= rank(have) || have == delivery.Waiting && next == delivery.Failed {
		return nil
	}
	if next == delivery.Failed && failure == nil {
		failure = &bot.SendError{Class: bot.Unreachable, Code: "receipt"}
	}
	return db.moveByReceipt(ctx, tx, row, s.r, next, failure)
}

func findSent(ctx context.Context, tx *Tx, r bot.Receipt) (row delivery.Row, state delivery.State, err error) {
	const fields = `SELECT id, notice_id, address, state FROM outbox `
	row.Out.To.Channel = r.Channel
	if r.OutboxID != 0 {
		err = tx.row(ctx, fields+`WHERE id = $1 AND channel = $2`, r.OutboxID, r.Channel).
			Scan(&row.Out.ID, &row.NoticeID, &row.Out.To.ID, &state)
		if r.ProviderID == "" || !errors.Is(err, sql.ErrNoRows) {
			return row, state, err
		}
	}
	err = tx.row(ctx, fields+`WHERE channel = $1 AND provider_id = $2 AND provider_id <> '' ORDER BY id DESC LIMIT 1`,
		r.Channel, r.ProviderID).Scan(&row.Out.ID, &row.NoticeID, &row.Out.To.ID, &state)
	return row, state, err
}

func (db *DB) moveByReceipt(ctx context.Context, tx *Tx, row delivery.Row, r bot.Receipt, next delivery.State, failure *bot.SendError) error {
	class, code := "", ""
	if failure != nil {
		class, code = string(failure.Class), failure.Code
	}
	if _, err := tx.exec(ctx, `UPDATE outbox SET state = $1, settled_at = $2, fail_class = $3, fail_code = $4,
			provider_id = CASE WHEN provider_id = '' THEN $5 ELSE provider_id END WHERE id = $6`,
		string(next), ms(tx.now), class, code, r.ProviderID, row.Out.ID); err != nil {
		return err
	}
	if failure != nil && failure.OptedOut {
		if err := markBlocked(ctx, tx, r.Channel, row.Out.To.ID); err != nil {
			return err
		}
	}
	tx.wake.Outbox = true
	if row.NoticeID == 0 {
		return nil
	}
	if err := db.settleNotice(ctx, tx, row.NoticeID, string(next), failure); err != nil {
		return fmt.Errorf("settle notice: %w", err)
	}
	return nil
}
