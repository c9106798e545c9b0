package sqldb

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/notify"
	"tiepdan/casework"
)

// told is what a person wrote in a grievance, sealed as one.
type told struct {
	Name        string `json:"name,omitempty"`
	Hamlet      string `json:"hamlet,omitempty"`
	Text        string `json:"text,omitempty"`
	ContactWish string `json:"contact_wish,omitempty"`
}

func (db *DB) fileGrievance(ctx context.Context, tx *Tx, c casework.FileGrievance) error {
	g := c.Grievance
	g.FiledAt = c.Origin.At
	if g.FiledAt.IsZero() {
		g.FiledAt = tx.now
	}
	if g.UnitID == 0 {
		g.UnitID = c.Origin.UnitID
	}
	if g.UnitID = db.homeOf(g.UnitID); g.UnitID == 0 {
		return fmt.Errorf("file grievance: no unit is known")
	}
	if g.Phone == "" {
		g.Phone = c.Origin.Phone
	}
	sealed, err := db.seal(bot.SealCase, told{g.Name, g.Hamlet, g.Text, g.ContactWish})
	if err != nil {
		return err
	}
	id, err := tx.insert(ctx, `INSERT INTO grievances (code, draft_key, kind_suggested, topic, unit_id, desk, for_whom, sealed, conversation_id, phone,
			person_id, application_id, payout_id, paid_disputed, incomplete, status, filed_at, answer_by, updated_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) RETURNING id`,
		g.Code, c.Key, g.KindSuggested, g.Topic, g.UnitID, casework.DeskOf(g), g.ForWhom, sealed, c.Origin.ConversationID, g.Phone,
		g.PersonID, g.ApplicationID, g.PayoutID, flag(g.PaidDisputed), flag(g.Incomplete), casework.GrievanceReceived, ms(g.FiledAt),
		g.AnswerBy, ms(tx.now))
	if err != nil {
		return fmt.Errorf("file grievance: %w", err)
	}
	if err := db.addMove(ctx, tx, id, byCitizen, casework.GrievanceReceived, ""); err != nil {
		return err
	}
	if err := claimFiles(ctx, tx, id, c.Origin.ConversationID, c.EventIDs); err != nil {
		return err
	}
	return audit(ctx, tx, byCitizen, "file", "grievance", id, g.KindSuggested)
}

func (db *DB) addMove(ctx context.Context, tx *Tx, id int64, by, status, note string) error {
	var sealed []byte
	if note != "" {
		var err error
		if sealed, err = db.seal(bot.SealCase, note); err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `INSERT INTO grievance_moves (grievance_id, at, by_whom, status, sealed) VALUES ($1, $2, $3, $4, $5)`,
		id, ms(tx.now), by, status, sealed)
	if err != nil {
		return fmt.Errorf("note a move: %w", err)
	}
	return nil
}

func (db *DB) addToGrievance(ctx context.Context, tx *Tx, c casework.AddToGrievance) error {
	g, err := db.grievance(ctx, tx, c.Code)
	if err != nil {
		return err
	}
	if err := db.addMove(ctx, tx, g.ID, byCitizen, g.Status, c.Text); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE grievances SET updated_at = $1 WHERE id = $2`, ms(tx.now), g.ID); err != nil {
		return fmt.Errorf("add to grievance: %w", err)
	}
	if err := claimFiles(ctx, tx, g.ID, c.Origin.ConversationID, c.EventIDs); err != nil {
		return err
	}
	return audit(ctx, tx, byCitizen, "add", "grievance", g.ID, "")
}

func (db *DB) withdrawGrievance(ctx context.Context, tx *Tx, c casework.WithdrawGrievance) error {
	g, err := db.grievance(ctx, tx, c.Code)
	if err != nil {
		return err
	}
	if over(g.Status) {
		return nil // the answer has said so already
	}
	if err := db.setStatus(ctx, tx, g.ID, casework.GrievanceWithdrawn); err != nil {
		return err
	}
	if err := db.addMove(ctx, tx, g.ID, byCitizen, casework.GrievanceWithdrawn, ""); err != nil {
		return err
	}
	return audit(ctx, tx, byCitizen, "withdraw", "grievance", g.ID, "")
}

// over says whether a grievance has ended.
func over(status string) bool {
	return status == casework.GrievanceWithdrawn || status == casework.GrievanceClosed || status == casework.GrievanceRefused
}

func (db *DB) setStatus(ctx context.Context, tx *Tx, id int64, status string) error {
	closed := int64(0)
	if over(status) {
		closed = ms(tx.now)
	}
	_, err := tx.exec(ctx, `UPDATE grievances SET status = $1, closed_at = $2, updated_at = $3 WHERE id = $4`, status, closed, ms(tx.now), id)
	if err != nil {
		return fmt.Errorf("move grievance: %w", err)
	}
	return nil
}

// moveGrievance is an officer's step. The person who filed is told of every one.
func (db *DB) moveGrievance(ctx context.Context, tx *Tx, c casework.MoveGrievance) error {
	g, err := db.grievance(ctx, tx, c.Code)
	if err != nil {
		return err
	}
	if g, err = casework.Moved(g, c, db.rules()); err != nil {
		return err
	}
	if err := db.setStatus(ctx, tx, g.ID, g.Status); err != nil {
		return err
	}
	if _, err := tx.exec(ctx, `UPDATE grievances SET kind = $1, signed_on = $2, answer_by = $3 WHERE id = $4`,
		g.Kind, g.SignedOn, g.AnswerBy, g.ID); err != nil {
		return fmt.Errorf("move grievance: %w", err)
	}
	if err := db.addMove(ctx, tx, g.ID, c.By, g.Status, c.Note); err != nil {
		return err
	}
	if err := audit(ctx, tx, c.By, "move", "grievance", g.ID, g.Status); err != nil {
		return err
	}
	return db.owe(ctx, tx, notice{key: "grievance:" + c.Key, class: casework.ClassGrievance, unit: g.UnitID, person: g.PersonID,
		conversation: g.ConversationID, phone: g.Phone, words: notify.Grievance(g.Code, g.Status, c.Note, g.AnswerBy)})
}

const grievanceFields = `id, code, kind_suggested, kind, topic, unit_id, desk, for_whom, sealed, conversation_id, phone, person_id, application_id,
	payout_id, paid_disputed, incomplete, status, filed_at, answer_by, signed_on`

// sealedGrievance is a row whose words are still sealed.
type sealedGrievance struct {
	casework.Grievance
	sealed []byte
}

func (g *sealedGrievance) scan(scan func(...any) error) error {
	var disputed, incomplete int
	var filed int64
	err := scan(&g.ID, &g.Code, &g.KindSuggested, &g.Kind, &g.Topic, &g.UnitID, &g.Desk, &g.ForWhom, &g.sealed, &g.ConversationID, &g.Phone,
		&g.PersonID, &g.ApplicationID, &g.PayoutID, &disputed, &incomplete, &g.Status, &filed, &g.AnswerBy, &g.SignedOn)
	g.PaidDisputed, g.Incomplete, g.FiledAt = disputed != 0, incomplete != 0, at(filed)
	return err
}

func (db *DB) openGrievance(g sealedGrievance) (casework.Grievance, error) {
	var t told
	if err := db.unseal(bot.SealCase, g.sealed, &t); err != nil {
		return g.Grievance, fmt.Errorf("open grievance: %w", err)
	}
	g.Name, g.Hamlet, g.Text, g.ContactWish = t.Name, t.Hamlet, t.Text, t.ContactWish
	return g.Grievance, nil
}

func (db *DB) grievance(ctx context.Context, a asker, code string) (casework.Grievance, error) {
	var g sealedGrievance
	if err := g.scan(a.row(ctx, `SELECT `+grievanceFields+` FROM grievances WHERE code = $1`, code).Scan); err != nil {
		return casework.Grievance{}, found(err, "grievance")
	}
	return db.openGrievance(g)
}

// GrievanceByCode implements handlers.Grievances.
func (db *DB) GrievanceByCode(ctx context.Context, code string) (casework.Grievance, error) {
	g, err := db.grievance(ctx, committed{db}, code)
	if err != nil {
		return g, err
	}
	g.Moves, err = list(ctx, committed{db}, `SELECT at, by_whom, status, sealed FROM grievance_moves WHERE grievance_id = $1 ORDER BY id`, []any{g.ID},
		func(rows *sql.Rows, m *casework.Move) error {
			var when int64
			var sealed []byte
			if err := rows.Scan(&when, &m.By, &m.Status, &sealed); err != nil {
				return err
			}
			if m.At = at(when); len(sealed) == 0 {
				return nil
			}
			return db.unseal(bot.SealCase, sealed, &m.Note)
		})
	if err != nil {
		return g, fmt.Errorf("read moves: %w", err)
	}
	return g, nil
}

// GrievancesOf implements handlers.Grievances.
func (db *DB) GrievancesOf(ctx context.Context, conversationID int64, phone string, limit int) ([]casework.Grievance, error) {
	all, err := db.grievances(ctx, `SELECT `+grievanceFields+` FROM grievances WHERE conversation_id = $1 AND conversation_id <> 0 ORDER BY id DESC LIMIT $2`, conversationID, limit)
	if err != nil {
		return nil, err
	}
	if phone != "" {
		byPhone, err := db.grievances(ctx, `SELECT `+grievanceFields+` FROM grievances WHERE phone = $1 AND phone <> '' ORDER BY id DESC LIMIT $2`, phone, limit)
		if err != nil {
			return nil, err
		}
		all = append(all, byPhone...)
	}
	slices.SortFunc(all, func(a, b casework.Grievance) int { return int(b.ID - a.ID) })
	all = slices.CompactFunc(all, func(a, b casework.Grievance) bool { return a.ID == b.ID })
	return all[:min(len(all), limit)], nil
}

func (db *DB) grievances(ctx context.Context, query string, args ...any) ([]casework.Grievance, error) {
	sealed, err := list(ctx, committed{db}, query, args, func(rows *sql.Rows, g *sealedGrievance) error { return g.scan(rows.Scan) })
	if err != nil {
		return nil, fmt.Errorf("read grievances: %w", err)
	}
	all := make([]casework.Grievance, 0, len(sealed))
	for _, s := range sealed {
		g, err := db.openGrievance(s)
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

// GrievanceFilter says which grievances an officer lists; empty fields choose all.
type GrievanceFilter struct {
	Open   bool // those that have not ended
	Status string
	Limit  int
}

// ListGrievances lists grievances for an officer, those due first. The words stay sealed: a list shows
// none. Reading the list is audited.
func (db *DB) ListGrievances(ctx context.Context, by string, f GrievanceFilter) ([]casework.Grievance, error) {
	sealed, err := list(ctx, committed{db}, `SELECT `+grievanceFields+` FROM grievances
		WHERE ($1 = 0 OR closed_at = 0) AND ($2 = '' OR status = $2) ORDER BY answer_by, id LIMIT $3`,
		[]any{flag(f.Open), f.Status, f.Limit}, func(rows *sql.Rows, g *sealedGrievance) error { return g.scan(rows.Scan) })
	if err != nil {
		return nil, fmt.Errorf("list grievances: %w", err)
	}
	all := make([]casework.Grievance, 0, len(sealed))
	for _, s := range sealed {
		all = append(all, s.Grievance)
	}
	return all, db.write(ctx, func(ctx context.Context, tx *Tx) error {
		return audit(ctx, tx, by, "list", "grievances", int64(len(all)), "")
	})
}

// ShowGrievance opens one for an officer, with its moves. That it was read is audited before the words are given.
func (db *DB) ShowGrievance(ctx context.Context, by, code string) (casework.Grievance, error) {
	g, err := db.GrievanceByCode(ctx, code)
	if err != nil {
		return casework.Grievance{}, err
	}
	err = db.write(ctx, func(ctx context.Context, tx *Tx) error { return audit(ctx, tx, by, "read", "grievance", g.ID, "") })
	if err != nil {
		return casework.Grievance{}, fmt.Errorf("show grievance: %w", err)
	}
	return g, nil
}

// sealText keeps a text that may accuse a person out of everything else. Nothing but its unit and time can be seen.
func (db *DB) sealText(ctx context.Context, tx *Tx, c casework.SealText) error {
	text, err := json.Marshal(c.Text)
	if err != nil {
		return fmt.Errorf("seal text: %w", err)
	}
	id, err := tx.insert(ctx, `INSERT INTO sealed_texts (conversation_id, event_id, unit_id, sealed, at, gone_at) VALUES ($1, $2, $3, $4, $5, $6)
		ON CONFLICT (event_id) DO UPDATE SET event_id = excluded.event_id RETURNING id`,
		c.Origin.ConversationID, c.Origin.EventID, db.homeOf(c.Origin.UnitID), db.vault.Seal(bot.SealAccusation, text), ms(tx.now),
		ms(tx.now.Add(30*24*time.Hour)))
	if err != nil {
		return fmt.Errorf("seal text: %w", err)
	}
	return audit(ctx, tx, byCitizen, "seal", "sealed_text", id, "")
}
