package sqldb

import (
	"context"
	"fmt"
	"testing"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/delivery"
)

// said keeps receipts and applies what is open.
func (b *box) said(receipts ...bot.Receipt) {
	b.t.Helper()
	for i := range receipts {
		receipts[i].Channel = bot.SMS
	}
	if err := b.db.Keep(context.Background(), bot.Decoded{Receipts: receipts}); err != nil {
		b.t.Fatal(err)
	}
	if _, _, err := b.db.Outbox().ApplyReceipts(context.Background(), 0); err != nil {
		b.t.Fatal(err)
	}
}

func TestReceipts(t *testing.T) {
	t.Parallel()
	const id = "SM1"
	gone := &bot.SendError{Class: bot.Unreachable, Code: "30003"}
	receipt := func(s bot.ReceiptState) bot.Receipt {
		r := bot.Receipt{ProviderID: id, State: s}
		if s == bot.ReceiptFailed {
			r.Failure = gone
		}
		return r
	}
	accepted, sent, delivered, failed := receipt(1), receipt(2), receipt(3), receipt(4)
	for name, tt := range map[string]struct {
		before, after []bot.Receipt // our own settlement
		state         string
	}{
		"in order":               {nil, []bot.Receipt{accepted, sent, delivered}, "delivered"},
		"out of order":           {nil, []bot.Receipt{delivered, sent, accepted}, "delivered"},
		"twice":                  {nil, []bot.Receipt{delivered, delivered, sent}, "delivered"},
		"before the send":        {[]bot.Receipt{sent, delivered}, nil, "delivered"},
		"failure before":         {[]bot.Receipt{failed}, nil, "failed"},
		"around the send":        {[]bot.Receipt{delivered}, []bot.Receipt{sent}, "delivered"},
		"failed":                 {nil, []bot.Receipt{sent, failed}, "failed"},
		"failed after delivered": {nil, []bot.Receipt{delivered, failed}, "delivered"},
		"delivered after failed": {nil, []bot.Receipt{failed, delivered}, "failed"},
		"of another message":     {nil, []bot.Receipt{{ProviderID: "SM2", State: bot.ReceiptDelivered}}, "sent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBox(t)
			row := b.notice(0, "+84900")
			claimed := b.claim(1).Rows[0]
			for _, r := range tt.before {
				b.said(r)
			}
			b.settle(delivery.Settlement{Row: claimed, State: delivery.Sent, ProviderID: id})
			for _, r := range tt.after {
				b.said(r)
			}
			if b.state(row) != tt.state || b.noticeState(row) != tt.state {
				t.Errorf("the row is %s, its notice %s; want %s", b.state(row), b.noticeState(row), tt.state)
			}
		})
	}
}

func TestReceiptByOurOwnCorrelation(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	row := b.answer(1, 1)
	claimed := b.claim(1).Rows[0]
	b.said(bot.Receipt{ProviderID: "SM1", OutboxID: row, State: bot.ReceiptDelivered})
	if b.state(row) != "delivered" {
		t.Errorf("the row is %s before its send returned", b.state(row))
	}
	b.settle(delivery.Settlement{Row: claimed, State: delivery.Unknown, Failure: &bot.SendError{Class: bot.Unknown}})
	if b.state(row) != "delivered" {
		t.Errorf("a cut connection made a delivered row %s", b.state(row))
	}
}

func TestReceiptSparesTheRepeat(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	row := b.answer(1, 1)
	claimed := b.claim(1).Rows[0]
	b.settle(delivery.Settlement{Row: claimed, State: delivery.Unknown, Failure: &bot.SendError{Class: bot.Unknown}, Again: b.h.now().Add(time.Second)})
	b.h.move(time.Second)
	doubtful, err := b.db.Outbox().Doubtful(context.Background(), bot.SMS, 1)
	if err != nil || len(doubtful) != 1 {
		t.Fatal(doubtful, err)
	}
	b.settle(delivery.Settlement{Row: doubtful[0], State: delivery.Waiting, Repeat: true, Again: b.h.now()})
	b.said(bot.Receipt{OutboxID: row, State: bot.ReceiptDelivered})
	if got := b.claim(1); len(got.Rows) != 0 || b.state(row) != "delivered" {
		t.Errorf("the row is %s and goes %d times more", b.state(row), len(got.Rows))
	}
}

func TestOneBadReceiptHoldsUpNoOther(t *testing.T) {
	t.Parallel()
	b := newBox(t)
	var rows []int64
	var receipts []bot.Receipt
	for i := range 3 {
		rows = append(rows, b.notice(0, fmt.Sprint("+8490", i)))
		receipts = append(receipts, bot.Receipt{Channel: bot.SMS, ProviderID: fmt.Sprint("SM", i), OutboxID: rows[i], State: bot.ReceiptDelivered})
	}
	if err := b.db.Keep(context.Background(), bot.Decoded{Receipts: receipts}); err != nil {
		t.Fatal(err)
	}
	must(t, b.db, `UPDATE receipts SET failure = 'broken' WHERE provider_id = 'SM1'`)
	cursor, n, err := b.db.Outbox().ApplyReceipts(context.Background(), 0)
	if err != nil || n != 3 || cursor == 0 {
		t.Fatalf("applied %d to %d, %v", n, cursor, err)
	}
	if b.state(rows[0]) != "delivered" || b.state(rows[2]) != "delivered" {
		t.Error("the good receipts were not applied")
	}
	if _, n, err := b.db.Outbox().ApplyReceipts(context.Background(), cursor); n != 0 || err != nil {
		t.Errorf("after the cursor: %d, %v", n, err)
	}
}
