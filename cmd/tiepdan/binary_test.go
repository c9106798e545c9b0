package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary is the program as it is shipped: built once, without the race detector.
var binary = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "tiepdan-binary")
	if err != nil {
		return "", err
	}
	path := filepath.Join(dir, "tiepdan")
	out, err := exec.Command("go", "build", "-o", path, ".").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

func TestMain(m *testing.M) {
	code := m.Run()
	if path, err := binary(); err == nil {
		os.RemoveAll(filepath.Dir(path))
	}
	os.Exit(code)
}

// installation is one place where the program runs: its folder and settings.
type installation struct {
	t    *testing.T
	dir  string
	env  []string
	addr string
}

// install makes an empty installation on a free port, with more settings as NAME=value.
func install(t *testing.T, settings ...string) *installation {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	dir := t.TempDir()
	in := &installation{t: t, dir: dir, addr: addr}
	in.env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "TIEPDAN_LISTEN=" + addr, "TIEPDAN_PUBLIC_URL=http://" + addr,
		"TIEPDAN_DATA_DIR=" + filepath.Join(dir, "data"), "TIEPDAN_DATABASE_URL=sqlite:" + filepath.Join(dir, "data", "tiepdan.db"),
		"TIEPDAN_QUIET_HOURS="}, settings...)
	return in
}

func (in *installation) command(ctx context.Context, args ...string) *exec.Cmd {
	in.t.Helper()
	path, err := binary()
	if err != nil {
		in.t.Fatal(err)
	}
	cmd := exec.CommandContext(ctx, path, args...)
	cmd.Env, cmd.Dir = in.env, in.dir
	return cmd
}

// run runs one command to its end and returns what it printed.
func (in *installation) run(stdin string, args ...string) (stdout, stderr string, code int) {
	in.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Minute)
	defer cancel()
	cmd := in.command(ctx, args...)
	var o, e bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = strings.NewReader(stdin), &o, &e
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		in.t.Fatalf("run %v: %v", args, err)
	}
	return o.String(), e.String(), cmd.ProcessState.ExitCode()
}

// must runs one command that has to succeed.
func (in *installation) must(args ...string) string {
	in.t.Helper()
	out, errs, code := in.run("", args...)
	if code != 0 {
		in.t.Fatalf("%v: exit %d: %s%s", args, code, out, errs)
	}
	return out
}

// server is the running service.
type server struct {
	in   *installation
	cmd  *exec.Cmd
	log  *os.File
	done chan error
}

// serve starts the service and waits until it is ready.
func (in *installation) serve(args ...string) *server {
	in.t.Helper()
	s, err := in.start(args...)
	if err != nil {
		in.t.Fatal(err)
	}
	if err := s.ready(60 * time.Second); err != nil {
		s.kill()
		in.t.Fatal(err)
	}
	in.t.Cleanup(func() { s.kill() })
	return s
}

func (in *installation) start(args ...string) (*server, error) {
	log, err := os.OpenFile(filepath.Join(in.dir, "serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	cmd := in.command(context.Background(), append([]string{"serve"}, args...)...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	s := &server{in: in, cmd: cmd, log: log, done: make(chan error, 1)}
	go func() { s.done <- cmd.Wait() }()
	return s, nil
}

// ready waits until /readyz says so.
func (s *server) ready(atMost time.Duration) error {
	deadline := time.Now().Add(atMost)
	for time.Now().Before(deadline) {
		select {
		case err := <-s.done:
			s.done <- err
			return fmt.Errorf("the service ended: %v: %s", err, s.in.logText())
		default:
		}
		resp, err := http.Get("http://" + s.in.addr + "/readyz")
		if err == nil {
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode == http.StatusOK {
				return nil
			}
		}
		time.Sleep(5 * time.Millisecond)
	}
	return fmt.Errorf("not ready after %s: %s", atMost, s.in.logText())
}

func (in *installation) logText() string {
	b, err := os.ReadFile(filepath.Join(in.dir, "serve.log"))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// kill ends the service at once, as a power cut would.
func (s *server) kill() {
	s.cmd.Process.Kill()
	s.wait()
}

func (s *server) wait() error {
	err := <-s.done
	s.done <- err
	s.log.Close()
	return err
}

// stop ends the service as an operator would.
func (s *server) stop() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	select {
	case err := <-s.done:
		s.done <- err
		return err
	case <-time.After(20 * time.Second):
		s.kill()
		return fmt.Errorf("did not stop within 20 s")
	}
}

// memory is the service's resident memory in MB.
func (s *server) memory() (float64, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(b)) {
		var kb float64
		if _, err := fmt.Sscanf(line, "VmRSS: %f kB", &kb); err == nil {
			return kb / 1024, nil
		}
	}
	return 0, fmt.Errorf("no VmRSS")
}
