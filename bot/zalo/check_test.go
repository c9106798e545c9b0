package zalo_test

import (
	"strings"
	"testing"

	"tiepdan/bot/zalo"
	"tiepdan/bot/zalo/zalotest"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	good := zalotest.Info{Package: "Growth", PackageUntil: "31/12/2099", LinkedCloud: "1", Verified: true}
	with := func(change func(*zalotest.Info)) func(*world) {
		return func(w *world) {
			info := good
			change(&info)
			w.srv.SetInfo(info)
		}
	}
	fail := func(f zalotest.Fault) func(*world) {
		return func(w *world) { w.srv.Fail(zalotest.InfoPath, 2, f) }
	}
	for name, tc := range map[string]struct {
		change  func(*zalo.Config)
		arrange func(*world)
		want    []string // words of the one line; none: nothing is wrong
	}{
		"all is well":        {},
		"not verified":       {arrange: with(func(i *zalotest.Info) { i.Verified = false }), want: []string{"not verified"}},
		"no package":         {arrange: with(func(i *zalotest.Info) { i.Package = "" }), want: []string{"package does not include"}},
		"package ended":      {arrange: with(func(i *zalotest.Info) { i.PackageUntil = "24/11/2026" }), want: []string{"package ended on 24/11/2026"}},
		"package's last day": {arrange: with(func(i *zalotest.Info) { i.PackageUntil = "25/11/2026" })},
		"no cloud account":   {arrange: with(func(i *zalotest.Info) { i.LinkedCloud = "" }), want: []string{"Zalo Cloud"}},
		"several": {
			change:  func(c *zalo.Config) { c.OASecretKey = "" },
			arrange: with(func(i *zalotest.Info) { i.Verified, i.LinkedCloud = false, "" }),
			want:    []string{"TIEPDAN_ZALO_OA_SECRET_KEY", "not verified", "Zalo Cloud"},
		},
		"no grant":      {change: func(c *zalo.Config) { c.RefreshToken = "" }, want: []string{"TIEPDAN_ZALO_REFRESH_TOKEN", "consent"}},
		"spent seed":    {change: func(c *zalo.Config) { c.RefreshToken = "spent" }, want: []string{"refused the refresh token", "consent"}},
		"wrong app":     {change: func(c *zalo.Config) { c.AppID = "12345" }, want: []string{"TIEPDAN_ZALO_APP_ID"}},
		"wrong secret":  {change: func(c *zalo.Config) { c.AppSecret = "wrong" }, want: []string{"TIEPDAN_ZALO_APP_SECRET"}},
		"no product":    {arrange: fail(zalotest.Fault{Code: -212}), want: []string{"Official Account API"}},
		"no permission": {arrange: fail(zalotest.Fault{Code: -223}), want: []string{"permission"}},
		"tier":          {arrange: fail(zalotest.Fault{Code: -224}), want: []string{"package"}},
		"no money":      {arrange: fail(zalotest.Fault{Code: -321}), want: []string{"money"}},
		"token refused": {arrange: fail(zalotest.Fault{Code: -216}), want: []string{"just issued"}},
		"a new code":    {arrange: fail(zalotest.Fault{Code: -9}), want: []string{"code -9"}},
		"HTML 502":      {arrange: fail(zalotest.Fault{Status: 502}), want: []string{"http_502"}},
		"cut":           {arrange: fail(zalotest.Fault{Cut: true}), want: []string{"network"}},
		"members of other types": {arrange: fail(zalotest.Fault{
			Body: `{"error":0,"data":{"oa_id":388613280878808645,"is_verified":1,"package_name":null,"linked_ZCA":false}}`}),
			want: []string{"package does not include", "Zalo Cloud"}},
		"members left out": {arrange: fail(zalotest.Fault{Body: `{"error":0,"data":{"oaid":"1"}}`})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if tc.arrange != nil {
				tc.arrange(w)
			}
			ch := w.ch
			if tc.change != nil {
				ch = w.replica(tc.change)
			}
			err := ch.Check(t.Context())
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil || strings.ContainsAny(err.Error(), "\n") {
				t.Fatalf("got %v, want one line", err)
			}
			for _, word := range tc.want {
				if !strings.Contains(err.Error(), word) {
					t.Errorf("%q does not say %q", err, word)
				}
			}
		})
	}
}

func TestConfigErrorsNameTheSetting(t *testing.T) {
	t.Parallel()
	const secret = "s3cret-value-of-the-office"
	for name, tc := range map[string]struct {
		change func(*zalo.Config)
		want   string
	}{
		"no app id":           {func(c *zalo.Config) { c.AppID = "" }, "TIEPDAN_ZALO_APP_ID"},
		"app id of letters":   {func(c *zalo.Config) { c.AppID = "abc" }, "TIEPDAN_ZALO_APP_ID"},
		"no app secret":       {func(c *zalo.Config) { c.AppSecret = "" }, "TIEPDAN_ZALO_APP_SECRET"},
		"line end in secret":  {func(c *zalo.Config) { c.AppSecret = secret + "\n" }, "TIEPDAN_ZALO_APP_SECRET"},
		"space in key":        {func(c *zalo.Config) { c.OASecretKey = secret + " " }, "TIEPDAN_ZALO_OA_SECRET_KEY"},
		"the same key twice":  {func(c *zalo.Config) { c.AppSecret, c.OASecretKey = secret, secret }, "TIEPDAN_ZALO_OA_SECRET_KEY"},
		"accent in the token": {func(c *zalo.Config) { c.RefreshToken = secret + "ệ" }, "TIEPDAN_ZALO_REFRESH_TOKEN"},
		"short verifier":      {func(c *zalo.Config) { c.CodeVerifier = secret }, "TIEPDAN_ZALO_CODE_VERIFIER"},
		"a whole tag":         {func(c *zalo.Config) { c.Verification = `<meta content="x">` }, "TIEPDAN_ZALO_VERIFICATION"},
		"a path":              {func(c *zalo.Config) { c.Verification = "../x" }, "TIEPDAN_ZALO_VERIFICATION"},
		"too fast":            {func(c *zalo.Config) { c.PerMinute = 4001 }, "TIEPDAN_ZALO_PER_MINUTE"},
		"negative":            {func(c *zalo.Config) { c.PerMinute = -1 }, "TIEPDAN_ZALO_PER_MINUTE"},
		"plain http":          {func(c *zalo.Config) { c.APIURL = "http://openapi.zalo.me" }, "TIEPDAN_ZALO_API_URL"},
		"no host":             {func(c *zalo.Config) { c.OAuthURL = "oauth" }, "TIEPDAN_ZALO_OAUTH_URL"},
		"a query":             {func(c *zalo.Config) { c.TemplateURL = "https://a.vn?x=" + secret }, "TIEPDAN_ZALO_TEMPLATE_URL"},
		"callback over http":  {func(c *zalo.Config) { c.RedirectURL = "http://a.vn/zalo/callback" }, "TIEPDAN_ZALO_REDIRECT_URL"},
	} {
		cfg := zalo.Config{AppID: appID, AppSecret: appSecret}
		tc.change(&cfg)
		_, err := zalo.New(cfg, noGrants{}, testHash)
		if err == nil || !strings.HasPrefix(err.Error(), tc.want+":") || strings.Contains(err.Error(), secret) {
			t.Errorf("%s: got %v, want %s", name, err, tc.want)
		}
	}
	if _, err := zalo.New(zalo.Config{AppID: appID, AppSecret: appSecret}, nil, testHash); err == nil {
		t.Error("without grants")
	}
}

func TestLimits(t *testing.T) {
	t.Parallel()
	got := channel(t, false).Limits()
	if got.PerSecond != 80.0/60 || got.Burst != 2 || got.InFlight < 1 || !got.Receipts || !got.TwoWay {
		t.Errorf("got %+v", got)
	}
	if channel(t, false).Name() != "zalo" {
		t.Error("the name")
	}
}
