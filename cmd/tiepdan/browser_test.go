package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

var updateDocs = flag.Bool("update", false, "write the pictures in docs anew")

// browser is Chromium with a fresh profile. It fails the test where Chromium is not installed.
func browser(t *testing.T) context.Context {
	t.Helper()
	path, err := exec.LookPath("chromium")
	if err != nil {
		t.Fatal("Chromium is not installed; run: apt-get install -y chromium fonts-noto-core")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.UserDataDir(t.TempDir()), chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true), chromedp.Flag("disable-dev-shm-usage", true),
		chromedp.WindowSize(1280, 860))
	alloc, stop := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// chatPage is the chat in the browser, as a person sees it.
type chatPage struct {
	t   *testing.T
	ctx context.Context
}

func (p *chatPage) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	ask(p, chromedp.Steps(actions...))
}

// ask runs one action that tells something.
func ask[T any](p *chatPage, action chromedp.Action[T]) T {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, 90*time.Second) // the machine may be busy with other tests
	defer cancel()
	got, err := chromedp.Run(ctx, action)
	if err != nil {
		p.t.Fatalf("browser: %v; the chat shows %q", err, p.log())
	}
	return got
}

// log is all that the chat shows.
func (p *chatPage) log() string {
	ctx, cancel := context.WithTimeout(p.ctx, 5*time.Second)
	defer cancel()
	s, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.getElementById("log") ? document.getElementById("log").innerText : document.title`))
	if err != nil {
		return err.Error()
	}
	return s
}

func (p *chatPage) open(address string) {
	p.t.Helper()
	p.do(chromedp.Navigate(address), chromedp.WaitVisible(chromedp.CSS("#say")))
}

// say types a message and sends it.
func (p *chatPage) say(text string) {
	p.t.Helper()
	p.do(chromedp.SendKeys(chromedp.CSS("#say"), text), chromedp.Click(chromedp.CSS(".send")))
}

// press presses the enabled button with a label.
func (p *chatPage) press(label string) {
	p.t.Helper()
	js := fmt.Sprintf(`(function () {
		var all = document.querySelectorAll(".choices button:not([disabled])");
		for (var i = 0; i < all.length; i++) { if (all[i].textContent === %q) { all[i].click(); return true; } }
		return false;
	})()`, label)
	ask(p, chromedp.Poll[bool](js, chromedp.WithPollingInterval(30*time.Millisecond)))
}

// hears waits until the last thing that the bot said matches, and returns it. When buttons are
// wanted below it, press waits for them.
func (p *chatPage) hears(pattern string) string {
	p.t.Helper()
	js := fmt.Sprintf(`(function () {
		var all = document.querySelectorAll(".msg.bot"), s = all.length ? all[all.length - 1].innerText : "";
		return new RegExp(%q, "i").test(s) ? s : "";
	})()`, pattern)
	return ask(p, chromedp.Poll[string](js, chromedp.WithPollingInterval(30*time.Millisecond)))
}

// wide says by how much the page is wider than its window.
func (p *chatPage) wide() int {
	p.t.Helper()
	return ask(p, chromedp.Evaluate[int](`document.documentElement.scrollWidth - window.innerWidth`))
}

// picture saves what the window shows into docs, when the pictures are to be written anew.
func (p *chatPage) picture(name string) {
	p.t.Helper()
	shot := ask(p, chromedp.CaptureScreenshot())
	if len(shot) < 5_000 {
		p.t.Errorf("the picture %s has only %d bytes: the page is blank", name, len(shot))
	}
	if !*updateDocs {
		return
	}
	if err := os.WriteFile(filepath.Join("..", "..", "docs", name), shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}

// photo makes a small picture as a phone would send it.
func photo(t *testing.T) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, 160, 120))
	for y := range 120 {
		for x := range 160 {
			img.Set(x, y, color.RGBA{R: uint8(x), G: uint8(2 * y), B: 90, A: 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestBrowser uses the web chat as a person does: asks about a case, files a grievance with a
// picture, reloads in the middle, and finds everything again.
func TestBrowser(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.serve("--demo")
	p := &chatPage{t, browser(t)}
	p.open("http://" + in.addr + "/")
	p.say("HS " + sampleCode(0))
	p.hears(regexp.QuoteMeta(sampleCode(0)))

	p.do(chromedp.Click(chromedp.CSS(`.quick [data-say="PA"]`)))
	p.press("Tôi")
	p.hears("họ")
	p.say("Lý Thị Hoa")
	p.hears("ấp")
	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#say")))
	p.hears("ấp") // the question is still there
	p.say("ấp 3")
	p.hears("(việc|chuyện|nội dung)")
	p.say("Đèn đường đầu ấp 3 hư hai tuần nay, tối đi lại khó. Nhờ xã xem giúp.")
	p.hears("(ảnh|hình)")
	p.picture("webchat.png")
	p.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{in.write("den-duong.jpg", photo(t))}))
	p.hears("tệp")
	p.press("Không có, hoặc đã xong")
	p.press("Nhắn vào đây")
	p.hears("Lý Thị Hoa")
	p.press("Đúng, gửi đi")
	code := regexp.MustCompile(`PA-\d{4}-\d{4}-\d`).FindString(p.hears(`PA-\d{4}-\d{4}-\d`))
	checkFiled(t, in, code)

	p.do(chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#say")))
	p.hears(regexp.QuoteMeta(code))
	p.say("PA " + strings.TrimPrefix(code, "PA-"))
	p.hears(regexp.QuoteMeta(code))

	p.do(chromedp.EmulateViewport(360, 740, chromedp.EmulateMobile, chromedp.EmulateTouch), chromedp.Reload(), chromedp.WaitVisible(chromedp.CSS("#say")))
	p.hears(regexp.QuoteMeta(code))
	if n := p.wide(); n > 0 {
		t.Errorf("on a phone the page is %d pixels wider than the screen", n)
	}
	p.picture("webchat-phone.png")
}

// checkFiled: the grievance is listed, and a worker has stored its picture.
func checkFiled(t *testing.T, in *installation, code string) {
	t.Helper()
	if !slices.ContainsFunc(report[[]grievanceRow](in, "grievance", "list"), func(g grievanceRow) bool { return g.Code == code }) {
		t.Errorf("the grievance %s is not listed", code)
	}
	size := int64(len(photo(t)))
	var g grievanceDetail
	until(t, 20*time.Second, "the grievance's picture is stored", func() bool {
		g = report[grievanceDetail](in, "grievance", "show", code)
		return len(g.Files) == 1 && g.Files[0].State == "stored"
	})
	if g.Files[0].Size != size || g.Files[0].MediaType != "image/jpeg" || g.Name != "Lý Thị Hoa" {
		t.Errorf("the grievance is by %q, with the picture %+v of %d bytes", g.Name, g.Files[0], size)
	}
}

// TestBrowserEnglish: the page and the chat speak English to whom wants it.
func TestBrowserEnglish(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.serve("--demo")
	p := &chatPage{t, browser(t)}
	p.open("http://" + in.addr + "/?lang=en")
	language, heading := ask(p, chromedp.Evaluate[string](`document.documentElement.lang`)), ask(p, chromedp.Text(chromedp.CSS("h1")))
	if language != "en" || !regexp.MustCompile(`^[ -~]+$`).MatchString(heading) {
		t.Errorf("the English page has language %q and the heading %q", language, heading)
	}
	p.say("EN")
	p.hears("english")
	p.say("HS " + sampleCode(1))
	if s := p.hears(regexp.QuoteMeta(sampleCode(1))); !strings.Contains(strings.ToLower(s), "application") {
		t.Errorf("asked in English, the chat answers %q", s)
	}
}

// TestBrowserWidget: the chat works inside another site's page.
func TestBrowserWidget(t *testing.T) {
	t.Parallel()
	in := install(t)
	in.serve("--demo")
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<!DOCTYPE html><title>Another site</title><p>Tin tức</p><script src="http://%s/chat/static/widget.js" async></script>`, in.addr)
	}))
	defer other.Close()
	p := &chatPage{t, browser(t)}
	p.do(chromedp.Navigate(other.URL), chromedp.WaitVisible(chromedp.CSS("button")), chromedp.Click(chromedp.CSS("button")),
		chromedp.WaitVisible(chromedp.CSS("iframe")))
	inside := chromedp.FromNode(ask(p, chromedp.Nodes(chromedp.CSS("iframe")))[0])
	p.do(chromedp.WaitVisible(chromedp.CSS("#say"), inside), chromedp.SendKeys(chromedp.CSS("#say"), "HS "+sampleCode(2), inside),
		chromedp.Click(chromedp.CSS(".send"), inside))
	until(t, 20*time.Second, "the answer is shown in the widget", func() bool {
		return strings.Count(ask(p, chromedp.Text(chromedp.CSS("#log"), inside)), sampleCode(2)) > 1
	})
}
