package sqldb

import (
	"context"

	"tiepdan/bot"
)

// States serves conversation states from the rows that Commit writes.
type States struct{ db *DB }

var _ bot.States = States{}

// States gives the states kept in records.
func (db *DB) States() States { return States{db} }

// Get implements bot.States; a conversation that was never played has no state.
func (s States) Get(ctx context.Context, conversationID int64) (int64, []byte, error) {
	rev, state, err := s.db.State(ctx, conversationID)
	if err == nil && rev == 0 {
		return 0, nil, bot.ErrNoState
	}
	return rev, state, err
}

// Put implements bot.States. The row has the state already: Commit wrote both at once.
func (States) Put(context.Context, int64, int64, []byte) error { return nil }
