package main

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
	"tiepdan/store/sqldb"
)

type taskCmd struct {
	List  taskListCmd  `cmd:"" help:"List what waits for a person, those due first."`
	Close taskCloseCmd `cmd:"" help:"Note that it was done."`
}

type taskListCmd struct {
	Settings
	JSON bool `name:"json" env:"TIEPDAN_JSON" help:"Write JSON."`
	All  bool `env:"TIEPDAN_ALL" help:"Also those that are done."`
}

// taskRow is one line of the list, as JSON.
type taskRow struct {
	ID     int64  `json:"id"`
	Kind   string `json:"kind"`
	Person string `json:"person"`
	Phone  string `json:"phone"`
	Detail string `json:"detail"`
	Due    string `json:"due"`
	Opened string `json:"opened"`
}

func (c *taskListCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	all, err := d.records.Tasks(e.ctx, d.by, !c.All, listAtMost)
	if err != nil {
		return err
	}
	rows := make([]taskRow, 0, len(all))
	for _, t := range all {
		rows = append(rows, taskRow{ID: t.ID, Kind: t.Kind, Person: t.PersonName, Phone: t.Phone, Detail: t.Detail, Due: string(t.Due), Opened: t.OpenedAt.In(bot.Hanoi).Format(time.RFC3339)})
	}
	if c.JSON {
		return writeJSON(e.stdout, rows)
	}
	for _, r := range rows {
		fields := []string{fmt.Sprintf("%-6d %-26s %-12s", r.ID, d.lang.Text("cmd.task."+r.Kind), showDay(r.Due))}
		if r.Phone != "" {
			fields = append(fields, text.ShowPhone(r.Phone))
		}
		fmt.Fprintln(e.stdout, strings.TrimRight(strings.Join(append(fields, r.Person, r.Detail), "  "), " "))
	}
	if len(rows) == 0 {
		fmt.Fprintln(e.stdout, d.lang.Text("cmd.task.none"))
	}
	return nil
}

type taskCloseCmd struct {
	Settings
	ID    int64 `arg:"" help:"The task's number."`
	Dead  bool  `xor:"death" env:"TIEPDAN_DEAD" help:"A reported death is true: mark the person, who gets no notice any more."`
	Alive bool  `xor:"death" env:"TIEPDAN_ALIVE" help:"A reported death is false: the person gets notices again."`
}

func (c *taskCloseCmd) Run(e *env) error {
	d, err := openDesk(e, &c.Settings)
	if err != nil {
		return err
	}
	defer d.close()
	if c.Dead || c.Alive {
		err = d.records.DecideDeath(e.ctx, d.by, c.ID, c.Dead)
	} else {
		err = d.records.CloseTask(e.ctx, d.by, c.ID)
	}
	if errors.Is(err, sqldb.ErrNoDeath) {
		return errors.New(d.lang.Text("cmd.task.no_death", "id", c.ID))
	}
	if err != nil {
		return d.notFound(err, fmt.Sprint(c.ID))
	}
	fmt.Fprintln(e.stdout, d.lang.Text("cmd.task.closed", "id", c.ID))
	return nil
}
