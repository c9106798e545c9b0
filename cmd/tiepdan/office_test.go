package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// shell runs commands in-process on records of its own, as an office's clerk does.
type shell struct {
	t    *testing.T
	args []string
	dir  string
}

func newShell(t *testing.T) *shell {
	dir := t.TempDir()
	return &shell{t: t, dir: dir, args: []string{"--database-url=sqlite:" + filepath.Join(dir, "t.db"), "--data-dir=" + dir}}
}

// run gives a command's exit status and what it wrote.
func (s *shell) run(args ...string) (code int, out, errs string) {
	s.t.Helper()
	var stdout, stderr bytes.Buffer
	if !slices.Contains(args, "--help") {
		args = append(args, s.args...)
	}
	code = run(context.Background(), args, strings.NewReader(""), &stdout, &stderr)
	return code, stdout.String(), stderr.String()
}

func (s *shell) file(name, content string) string {
	s.t.Helper()
	path := filepath.Join(s.dir, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return path
}

func (s *shell) units() {
	s.t.Helper()
	f := s.file("units.csv", "\ufeffMã;Tên;Cấp;Mã cha;Điện thoại\n80;Tỉnh Tây Ninh;tỉnh;;\n25486;Xã Tân Biên;xã;80;0276 3874 111\n25486-1;Ấp 1;ấp;25486;\n")
	if code, out, errs := s.run("import", "units", f); code != 0 {
		s.t.Fatalf("import units: %d %s %s", code, out, errs)
	}
}

// TestHelpOnlyHelps: asking how a command is used must not run it.
func TestHelpOnlyHelps(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.units()
	for _, args := range [][]string{{"version"}, {"check"}, {"chat"}, {"serve"}, {"grievance", "list"}, {"import", "units", filepath.Join(s.dir, "units.csv")}, {"import"}, {}} {
		code, out, errs := s.run(append(args, "--help")...)
		if code != 0 || !strings.Contains(out, "Usage: tiepdan") || strings.Contains(out, "dev\n") || errs != "" {
			t.Errorf("%v --help: %d\n%s\n%s", args, code, out, errs)
		}
	}
	pay := s.file("pay.csv", "CCCD;Họ tên;Điện thoại;Chương trình;Kỳ;Số tiền;Ngày chi;Địa điểm\n072049000001;Lê Văn Sáu;0912345678;btxh;12/2030;540000;25/12/2030;Ấp 1\n")
	if code, out, errs := s.run("import", "payouts", pay); code != 0 {
		t.Fatalf("import payouts: %d %s %s", code, out, errs)
	}
	if code, _, _ := s.run(append([]string{"broadcast", "send", "1", "--help"}, s.args...)...); code != 0 {
		t.Errorf("broadcast send --help: %d", code)
	}
	if _, out, _ := s.run("broadcast", "status", "1", "--json"); !strings.Contains(out, `"state":"draft"`) {
		t.Errorf("help sent the broadcast: %s", out)
	}
	if code, _, errs := s.run("broadcast", "send", "1"); code != 1 || errs == "" {
		t.Errorf("without a server a broadcast is not sent: %d %q", code, errs)
	}
}

// TestRejectedRowsInJSON: row, column and a reason in words, and its code for programs; an exit status that says so.
func TestRejectedRowsInJSON(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.units()
	f := s.file("hs.csv", "Mã hồ sơ;Họ tên;Chương trình;Trạng thái\nH1-1;Lê Sáu;btxh;4\nH1-2;Lê Bảy;btxh;xong xuôi\n")
	code, out, _ := s.run("import", "applications", f, "--json", "--lang=en")
	var v struct {
		ID       int64
		Rows     int
		Rejected []rejectedRow
	}
	if err := json.Unmarshal([]byte(out), &v); err != nil || code != 1 || v.ID == 0 || v.Rows != 2 || len(v.Rejected) != 1 {
		t.Fatalf("%d %s %v", code, out, err)
	}
	if r := v.Rejected[0]; r.Row != 3 || r.Column != "trang_thai" || !strings.Contains(r.Reason, " ") || r.Code != "bad_status" {
		t.Errorf("%+v", r)
	}
	if code, out, _ = s.run("import", "applications", f, "--json", "--skip-bad"); code != 0 || !strings.Contains(out, `"new":1`) {
		t.Errorf("%d %s", code, out)
	}
	if code, out, _ = s.run("import", "units", filepath.Join(s.dir, "units.csv"), "--json"); code != 0 || !strings.Contains(out, `"rejected":[]`) {
		t.Errorf("%d %s", code, out)
	}
}
