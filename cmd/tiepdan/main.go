// Command tiepdan is the whole program: a gateway on which people ask where
// their application stands, learn when they are paid, and file grievances, over Zalo,
// Telegram, SMS and the web; and the commands by which an office runs it.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"reflect"
	"syscall"

	"github.com/alecthomas/kong"

	"tiepdan/locales"
)

// version is set by the linker of a release.
var version = "dev"

// cli is the command line. One file holds one command.
type cli struct {
	Serve      serveCmd      `cmd:"" help:"Run the service."`
	Chat       chatCmd       `cmd:"" help:"Play the citizen in a terminal, against the same dialogues."`
	Import     importCmd     `cmd:"" help:"Take a spreadsheet into records."`
	Broadcast  broadcastCmd  `cmd:"" help:"Preview, send, pause, resume or cancel a payout schedule's notices."`
	Grievance  grievanceCmd  `cmd:"" help:"List, show and move grievances."`
	Task       taskCmd       `cmd:"" help:"List and close what waits for a person: call-backs, appointments, data requests."`
	Check      checkCmd      `cmd:"" help:"Say what is configured, and what to mend."`
	SMS        smsCmd        `cmd:"" name:"sms" help:"Show how texts on standard input go out as SMS."`
	Understand understandCmd `cmd:"" help:"Show how texts on standard input are understood."`
	Version    versionCmd    `cmd:"" help:"Print the version."`
}

// env is what every command is given to work with, so that tests can run commands in-process.
type env struct {
	ctx    context.Context
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	texts  *locales.Catalogues
}

func main() {
	syscall.Umask(0o077) // what is written holds personal data: it is the owner's alone
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// errReported: the command has already said what was wrong; only the exit status is left to set.
var errReported = errors.New("reported")

// run runs one command and returns its exit status: 0 only when all that was
// asked for was done, 1 when it was not, 2 when the command line or a setting is wrong.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	texts, err := locales.Load()
	if err != nil {
		fmt.Fprintln(stderr, "tiepdan:", err)
		return 1
	}
	if err := expandSecretFiles(reflect.TypeFor[everySetting]()); err != nil {
		fmt.Fprintln(stderr, "tiepdan:", err)
		return 2
	}
	var c cli
	helped := false
	parser, err := kong.New(&c, kong.Name("tiepdan"), kong.UsageOnError(), kong.Writers(stdout, stderr),
		kong.Exit(func(int) { helped = true }), kong.ConfigureHelp(kong.HelpOptions{Compact: true}))
	if err != nil {
		fmt.Fprintln(stderr, "tiepdan:", err)
		return 2
	}
	command, err := parser.Parse(args)
	if helped { // --help has been answered: the command itself must not run
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, "tiepdan:", err)
		return 2
	}
	err = command.Run(&env{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, texts: texts})
	var wrong *settingError
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errReported):
		return 1
	case errors.As(err, &wrong):
		fmt.Fprintln(stderr, "tiepdan:", err)
		return 2
	}
	fmt.Fprintln(stderr, "tiepdan:", err)
	return 1
}

// everySetting lists every struct of settings, for reading secrets from files.
type everySetting struct {
	Settings Settings
	Service  Service
}

// settingError is a wrong setting: it names the setting and stops the start.
type settingError struct{ err error }

func (e *settingError) Error() string { return e.err.Error() }
func (e *settingError) Unwrap() error { return e.err }

type versionCmd struct{}

func (versionCmd) Run(e *env) error {
	fmt.Fprintln(e.stdout, version)
	return nil
}
