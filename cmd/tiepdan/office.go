package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/user"
	"path/filepath"
	"time"

	"tiepdan/bot/notify"
	"tiepdan/casework"
	"tiepdan/locales"
	"tiepdan/store"
	"tiepdan/store/sqldb"
)

// desk is what a command of the office works with: the records, beside the server that may be running on them.
type desk struct {
	records *sqldb.DB
	stores  *store.Stores
	lang    locales.Language
	by      string // who the audit says it was
	quiet   notify.Quiet
}

// openDesk opens the records. Notices that a command owes are sent by the running server.
func openDesk(e *env, set *Settings) (*desk, error) {
	if err := set.Validate(); err != nil {
		return nil, &settingError{err}
	}
	quiet, err := notify.ParseQuiet(set.QuietHours)
	if err != nil {
		return nil, &settingError{fmt.Errorf("TIEPDAN_QUIET_HOURS: %w", err)}
	}
	rules, err := casework.LoadRules(os.DirFS(filepath.Join(set.DataDir, "rules")))
	if err != nil {
		return nil, &settingError{fmt.Errorf("%s: %w", filepath.Join(set.DataDir, "rules"), err)}
	}
	stores, err := store.Open(e.ctx, store.Config{DatabaseURL: set.DatabaseURL, DataDir: set.DataDir, SecretKey: set.SecretKey,
		Clock: time.Now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		return nil, err
	}
	stores.Records.UseRules(rules)
	if err := stores.Records.UseHome(e.ctx, set.Unit); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	return &desk{records: stores.Records, stores: stores, lang: e.texts.Language(set.Lang), by: shellUser(), quiet: quiet}, nil
}

func (d *desk) close() error { return d.stores.Close() }

// shellUser is who runs the command, for the audit.
func shellUser() string {
	if u, err := user.Current(); err == nil {
		return "shell:" + u.Username
	}
	return "shell"
}

// serverRuns says whether a service has these records now.
func serverRuns(databaseURL string) bool {
	unlock, err := lockRecords(databaseURL)
	if err != nil {
		return errors.Is(err, errRunning)
	}
	unlock()
	return false
}

// notFound turns a missing record into a sentence.
func (d *desk) notFound(err error, what string) error {
	if errors.Is(err, casework.ErrNotFound) {
		return errors.New(d.lang.Text("cmd.not_found", "what", what))
	}
	return err
}

// writeJSON writes v as one line.
func writeJSON(w io.Writer, v any) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
