package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"tiepdan/bot/text"
	"tiepdan/casework"
	"tiepdan/store/sqldb"
)

// errNotSample: sample data would mix with an office's own.
var errNotSample = errors.New("--demo adds sample data to empty records only, and these hold other data: set TIEPDAN_DATABASE_URL to another file")

// sampleSeed makes the sample data the same everywhere.
const sampleSeed = 2026

// sampleCases is how many cases the sample data has.
const sampleCases = 200

// sampleCommune is the code of the invented commune.
const sampleCommune = "TANLUA"

// holdsSample says whether the records hold the sample data.
func holdsSample(e *env, set *Settings) (bool, error) {
	d, err := openDesk(e, set)
	if err != nil {
		return false, err
	}
	return d.records.Home().Code == sampleCommune, d.close()
}

// addSample fills empty records with an invented commune: units, cases, past and coming
// payouts, some grievances. It goes the way of an office's own files. A second time it does nothing.
func (s *service) addSample(ctx context.Context) error {
	records := s.stores.Records
	if home := records.Home(); home.Code == sampleCommune {
		return nil
	} else if home.ID != 0 {
		return errNotSample
	}
	made := newSample(sampleSeed, s.clock())
	take := func(table string, file []byte) (sqldb.Report, error) {
		r, err := records.Import(ctx, table, 0, bytes.NewReader(file), sqldb.ImportOptions{FileName: "demo.csv", By: "demo"})
		if err != nil {
			return r, fmt.Errorf("sample data: %w (%d rows rejected, first: %v)", err, len(r.Rejected), first(r.Rejected))
		}
		return r, nil
	}
	if _, err := take(sqldb.ImportUnits, made.units()); err != nil {
		return err
	}
	if err := records.RefreshUnits(ctx); err != nil {
		return err
	}
	people, cases := made.applications(sampleCases)
	if _, err := take(sqldb.ImportApplications, cases); err != nil {
		return err
	}
	if err := s.addPaid(ctx, made, people, take); err != nil {
		return err
	}
	if err := s.addComing(ctx, made, people, take); err != nil {
		return err
	}
	if _, err := take(sqldb.ImportPayouts, made.payouts(people, 1, 6)); err != nil { // a draft, to preview and send
		return err
	}
	return s.addGrievances(ctx)
}

// addComing adds this month's schedule, which is planned: people who ask are told of it. Nobody is sent
// anything: a broadcast that is cancelled leaves what it announced due.
func (s *service) addComing(ctx context.Context, made *sample, people []samplePerson, take func(string, []byte) (sqldb.Report, error)) error {
	r, err := take(sqldb.ImportPayouts, made.payouts(people, 0, 3))
	if err != nil {
		return err
	}
	if err := s.stores.Records.SendBroadcast(ctx, "demo", r.Broadcast); err != nil {
		return err
	}
	return s.stores.Records.CancelBroadcast(ctx, "demo", r.Broadcast)
}

// addPaid adds last month's schedule, paid except to a few.
func (s *service) addPaid(ctx context.Context, made *sample, people []samplePerson, take func(string, []byte) (sqldb.Report, error)) error {
	r, err := take(sqldb.ImportPayouts, made.payouts(people, -1, -25))
	if err != nil {
		return err
	}
	return s.stores.Records.RecordResults(ctx, "demo", r.Broadcast, func(id int64) string {
		if id%9 == 0 {
			return casework.PayoutUncollected
		}
		return casework.PayoutPaid
	})
}

func first(bad []sqldb.Rejected) string {
	if len(bad) == 0 {
		return "none"
	}
	return fmt.Sprintf("row %d, %s: %s", bad[0].Row, bad[0].Column, bad[0].Reason)
}

// sampleGrievances are some filings of invented people.
var sampleGrievances = []struct {
	kind, topic, name, hamlet, text string
	days                            int
}{
	{casework.KindReport, "other", "Nguyễn Văn Tư", "ấp 3", "Đường vào điểm phát tiền ở nhà văn hóa ấp 3 lầy quá, người già đi không nổi.", 2},
	{casework.KindProposal, "other", "Trần Thị Năm", "ấp 5", "Kiến nghị xã mở thêm điểm chi trả ở ấp 5 cho người già đỡ đi xa.", 9},
	{casework.KindReport, "status_late", "Lê Thị Hoa", "ấp 1", "Hồ sơ trợ cấp của mẹ tôi nộp hơn một tháng mà chưa có ai gọi.", 1},
	{casework.KindQuestion, "other", "Thạch Sáu", "ấp 8", "Cha tôi 76 tuổi không có lương hưu thì làm giấy tờ gì để được trợ cấp?", 4},
}

func (s *service) addGrievances(ctx context.Context) error {
	home, now := s.stores.Records.Home(), s.clock().UTC()
	for i, g := range sampleGrievances {
		code, err := text.NewGrievanceCode(rand.Reader)
		if err != nil {
			return fmt.Errorf("sample data: %w", err)
		}
		filed := now.Add(-time.Duration(g.days) * 24 * time.Hour)
		term, err := s.rules.AnswerBy(g.kind, filed)
		if err != nil {
			return fmt.Errorf("sample data: %w", err)
		}
		err = s.stores.Records.Do(ctx, casework.FileGrievance{Key: fmt.Sprintf("grievance:demo-%d", i),
			Origin: casework.Origin{UnitID: home.ID, At: filed},
			Grievance: casework.Grievance{Code: code, KindSuggested: g.kind, Topic: g.topic, UnitID: home.ID, Desk: casework.DeskReception, ForWhom: "self",
				Name: g.name, Hamlet: g.hamlet, Text: g.text, Status: casework.GrievanceReceived, FiledAt: filed, AnswerBy: term.Due}})
		if err != nil {
			return fmt.Errorf("sample data: %w", err)
		}
	}
	return nil
}
