package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

const personFields = `p.id, p.unit_id, COALESCE(p.hamlet_id, 0), p.household, p.name, p.birth, p.sex, p.dead_at, p.quiet_at`

// personRow scans personFields.
type personRow struct {
	casework.Person
	dead, quiet int64
}

func (p *personRow) into() []any {
	return []any{&p.ID, &p.UnitID, &p.HamletID, &p.Household, &p.Name, &p.Birth, &p.Sex, &p.dead, &p.quiet}
}

func (p *personRow) person() casework.Person {
	p.Dead, p.Quiet = p.dead != 0, p.quiet != 0
	return p.Person
}

// Proven implements handlers.People.
func (db *DB) Proven(ctx context.Context, phone string, now time.Time) ([]casework.Person, error) {
	if phone == "" {
		return nil, nil
	}
	links, err := links(ctx, committed{db}, phone)
	if err != nil {
		return nil, fmt.Errorf("read people of a phone: %w", err)
	}
	return casework.Proven(links, now), nil
}

// links lists for whom a phone stands.
func links(ctx context.Context, a asker, phone string) ([]casework.Link, error) {
	return list(ctx, a, `SELECT l.whose, l.since, l.last_heard, `+personFields+` FROM person_phones l JOIN people p ON p.id = l.person_id
		WHERE l.phone = $1 AND l.ended_at = 0 ORDER BY l.person_id`, []any{phone}, func(rows *sql.Rows, l *casework.Link) error {
		var p personRow
		var since, heard int64
		err := rows.Scan(append([]any{&l.Whose, &since, &heard}, p.into()...)...)
		l.Person, l.Heard = p.person(), at(max(since, heard))
		return err
	})
}

// Person implements handlers.People.
func (db *DB) Person(ctx context.Context, id int64) (casework.Person, error) {
	return person(ctx, committed{db}, id)
}

func person(ctx context.Context, a asker, id int64) (casework.Person, error) {
	var p personRow
	err := a.row(ctx, `SELECT `+personFields+` FROM people p WHERE p.id = $1`, id).Scan(p.into()...)
	return p.person(), found(err, "person")
}

// CitizenEndsWith implements handlers.People.
func (db *DB) CitizenEndsWith(ctx context.Context, personID int64, last4 string) (bool, error) {
	var sealed []byte
	err := committed{db}.row(ctx, `SELECT citizen_sealed FROM people WHERE id = $1`, personID).Scan(&sealed)
	if errors.Is(err, sql.ErrNoRows) || err == nil && len(sealed) == 0 {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read citizen number: %w", err)
	}
	number, err := db.vault.Open(bot.SealCitizen, sealed)
	if err != nil {
		return false, fmt.Errorf("open citizen number: %w", err)
	}
	return len(last4) == 4 && text.LastFour(string(number)) == last4, nil
}

// heardFrom notes a message from a phone. A link that was silent for too long ends
// first: the number may be somebody else's by now, and this message must not prove them.
func heardFrom(ctx context.Context, tx *Tx, phone string) error {
	silent := tx.now.AddDate(-1, 0, 0)
	if _, err := tx.exec(ctx, `UPDATE person_phones SET ended_at = $1, ended_why = 'silent'
		WHERE phone = $2 AND ended_at = 0 AND since < $3 AND last_heard < $3`, ms(tx.now), phone, ms(silent)); err != nil {
		return fmt.Errorf("end silent links: %w", err)
	}
	_, err := tx.exec(ctx, `UPDATE person_phones SET last_heard = $1 WHERE phone = $2 AND ended_at = 0`, ms(tx.now), phone)
	if err != nil {
		return fmt.Errorf("note that a phone was heard: %w", err)
	}
	return nil
}

// bestPhone is the number by which a person is told of their own case; "" if there is none. One that fell silent
// proves nobody but is still written to.
func bestPhone(ctx context.Context, a asker, personID int64) (string, error) {
	phones, err := list(ctx, a, `SELECT phone, whose, since, last_heard FROM person_phones
		WHERE person_id = $1 AND (ended_at = 0 OR ended_why = 'silent')`, []any{personID}, func(rows *sql.Rows, p *casework.Phone) error {
		var since, heard int64
		err := rows.Scan(&p.Number, &p.Whose, &since, &heard)
		p.Heard = at(max(since, heard))
		return err
	})
	if err != nil {
		return "", fmt.Errorf("read phones: %w", err)
	}
	best, _ := casework.Best(phones)
	return best.Number, nil
}

// subject is a person as a file describes them.
type subject struct {
	unit, hamlet int64
	household    string
	name         string
	birth        string
	citizen      string
	phone        string
	whose        string
}

// sexOf reads the digit for century and sex of a citizen number: even is male (Circular 59/2021/TT-BCA).
func sexOf(citizen string) string {
	switch {
	case len(citizen) != 12:
		return ""
	case (citizen[3]-'0')%2 == 0:
		return casework.SexMale
	}
	return casework.SexFemale
}

// errCitizenConflict: a code stands for a person with another citizen number.
var errCitizenConflict = errors.New("citizen numbers differ")

// match finds the person whom a file's row means: the one of its application's code, else by the keyed hash of the
// citizen number, else by unit and name with birth date or phone. Two different citizen numbers are never one
// person; two candidates are none. 0: nobody known.
func (db *DB) match(ctx context.Context, a asker, s subject, byCode int64) (int64, error) {
	hash := db.citizenHash(s.citizen)
	if byCode != 0 {
		var known string
		if err := a.row(ctx, `SELECT citizen_hash FROM people WHERE id = $1`, byCode).Scan(&known); err != nil {
			return 0, fmt.Errorf("read person: %w", err)
		}
		if known != "" && hash != "" && known != hash {
			return 0, errCitizenConflict
		}
		return byCode, nil
	}
	if hash != "" {
		var id int64
		err := a.row(ctx, `SELECT id FROM people WHERE citizen_hash = $1 AND citizen_hash <> '' ORDER BY id LIMIT 1`, hash).Scan(&id)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return id, err
		}
	}
	return db.matchByName(ctx, a, s, hash)
}

// namesake is somebody of the same name in the same unit.
type namesake struct {
	id           int64
	birth, hash  string
	phone, other int // how many numbers they have that are the row's, and that are not
}

func (db *DB) matchByName(ctx context.Context, a asker, s subject, hash string) (int64, error) {
	same, err := list(ctx, a, `SELECT p.id, p.birth, p.citizen_hash,
			(SELECT COUNT(*) FROM person_phones l WHERE l.person_id = p.id AND l.phone = $3),
			(SELECT COUNT(*) FROM person_phones l WHERE l.person_id = p.id AND l.phone <> $3)
		FROM people p WHERE p.unit_id = $1 AND p.name_key = $2 ORDER BY p.id LIMIT 20`,
		[]any{s.unit, text.Fold(s.name), s.phone}, func(rows *sql.Rows, n *namesake) error {
			return rows.Scan(&n.id, &n.birth, &n.hash, &n.phone, &n.other)
		})
	if err != nil {
		return 0, fmt.Errorf("read people of a name: %w", err)
	}
	candidate := int64(0)
	for _, n := range same {
		if n.hash != "" && hash != "" && n.hash != hash || !n.fits(s) {
			continue
		}
		if candidate != 0 {
			return 0, nil
		}
		candidate = n.id
	}
	return candidate, nil
}

// fits says whether birth date or phone make a namesake the same person. A year alone is shared by many, so it
// counts only while no phone number speaks against it.
func (n namesake) fits(s subject) bool {
	if s.birth != "" && n.birth != "" && !sameBirth(s.birth, n.birth) {
		return false
	}
	switch {
	case s.phone != "" && n.phone > 0, len(s.birth) == 10 && s.birth == n.birth:
		return true
	case s.birth != "" && n.birth != "":
		return s.phone == "" || n.other == 0
	}
	return false
}

// sameBirth compares as much of two birth dates as both have.
func sameBirth(a, b string) bool {
	n := min(len(a), len(b))
	return a[:n] == b[:n]
}

func (db *DB) citizenHash(number string) string {
	if number == "" {
		return ""
	}
	return db.vault.Hash("citizen", number)
}

// keepPerson stores what a file says of a person, and gives their id. What is known and not said stays.
func (db *DB) keepPerson(ctx context.Context, tx *Tx, s subject, id int64) (int64, error) {
	var sealed []byte
	if s.citizen != "" {
		sealed = db.vault.Seal(bot.SealCitizen, []byte(s.citizen))
	}
	hamlet := sql.NullInt64{Int64: s.hamlet, Valid: s.hamlet != 0}
	var err error
	if id == 0 {
		id, err = tx.insert(ctx, `INSERT INTO people (unit_id, hamlet_id, household, name, name_key, birth, sex, citizen_hash, citizen_sealed, created_at, updated_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10) RETURNING id`,
			s.unit, hamlet, s.household, s.name, text.Fold(s.name), s.birth, sexOf(s.citizen), db.citizenHash(s.citizen), sealed, ms(tx.now))
	} else {
		_, err = tx.exec(ctx, `UPDATE people SET name = $1, name_key = $2, hamlet_id = COALESCE($3, hamlet_id),
				household = CASE WHEN $4 <> '' THEN $4 ELSE household END,
				birth = CASE WHEN LENGTH($5) > LENGTH(birth) OR (LENGTH($5) = LENGTH(birth) AND $5 <> '') THEN $5 ELSE birth END,
				sex = CASE WHEN $6 <> '' THEN $6 ELSE sex END,
				citizen_hash = CASE WHEN citizen_hash = '' THEN $7 ELSE citizen_hash END,
				citizen_sealed = CASE WHEN citizen_hash = '' AND $7 <> '' THEN $8 ELSE citizen_sealed END, updated_at = $9
			WHERE id = $10`,
			s.name, text.Fold(s.name), hamlet, s.household, s.birth, sexOf(s.citizen), db.citizenHash(s.citizen), sealed, ms(tx.now), id)
	}
	if err != nil {
		return 0, fmt.Errorf("keep person: %w", err)
	}
	return id, keepPhone(ctx, tx, id, s.phone, s.whose)
}

// keepPhone links a number to a person as the office's list says. It never revives a link that
// ended: a list that repeats an old number is no proof that it is still theirs.
func keepPhone(ctx context.Context, tx *Tx, personID int64, phone, whose string) error {
	if phone == "" {
		return nil
	}
	if whose == "" {
		whose = casework.WhoseSelf
	}
	_, err := tx.exec(ctx, `INSERT INTO person_phones (person_id, phone, whose, since) VALUES ($1, $2, $3, $4)
		ON CONFLICT (person_id, phone) DO NOTHING`, personID, phone, whose, ms(tx.now))
	if err != nil {
		return fmt.Errorf("keep phone: %w", err)
	}
	return nil
}
