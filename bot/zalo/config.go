package zalo

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"tiepdan/bot"
)

// Zalo's own hosts.
const (
	DefaultAPIURL      = "https://openapi.zalo.me"
	DefaultOAuthURL    = "https://oauth.zaloapp.com"
	DefaultTemplateURL = "https://business.openapi.zalo.me"
)

const (
	// defaultPerMinute stays under the 100 calls a minute of the smaller OA
	// package that includes the API.
	defaultPerMinute = 80
	// maxPerMinute is Zalo's limit for one app, whatever the package.
	maxPerMinute = 4000
	// httpTimeout ends a call whose context has no end of its own.
	httpTimeout = 15 * time.Second
)

// Config is one Official Account's settings, each named TIEPDAN_ZALO_… outside.
type Config struct {
	AppID     string // decimal digits; from the developer console
	AppSecret string // the app's secret key; sent to the token endpoint only
	// OASecretKey signs the webhook. It is not the app's secret, and the console
	// shows it only once a webhook address is saved: until then it is empty and
	// every event is answered 200 and dropped.
	OASecretKey string
	// RefreshToken is a seed: used once, when it is new; from then on the
	// stored grant counts. Empty where the grant comes by consent.
	RefreshToken string
	CodeVerifier string // PKCE verifier whose challenge is saved in the console; may be empty
	Verification string // the code that proves the domain to Zalo; may be empty
	Strict       bool   // answer a wrong signature with 401, not 200
	APIURL       string // default DefaultAPIURL
	OAuthURL     string // default DefaultOAuthURL
	TemplateURL  string // default DefaultTemplateURL
	RedirectURL  string // the consent callback as it is saved in the console; may be empty
	// Buttons adds tappable buttons to the numbered text. Off, because no accepted
	// request with buttons has been seen on the third version of the API.
	Buttons    bool
	PerMinute  int      // calls per minute; default 80
	MediaHosts []string // hosts ("name" or "name:port") that files may come from besides Zalo's own
	HTTPClient *http.Client
	Clock      bot.Clock
	Log        *slog.Logger
}

// endpoints are the addresses that Config holds as text.
type endpoints struct{ api, oauth *url.URL }

var (
	digitsOnly       = regexp.MustCompile(`^[0-9]{1,32}$`)
	verificationCode = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)
	// pkceVerifier is the form of RFC 7636, section 4.1.
	pkceVerifier = regexp.MustCompile(`^[A-Za-z0-9._~-]{43,128}$`)
)

// prepare fills in the defaults and checks every setting. An error never
// holds a secret's value.
func (cfg *Config) prepare() (endpoints, error) {
	cfg.defaults()
	if err := cfg.checkSecrets(); err != nil {
		return endpoints{}, err
	}
	if cfg.PerMinute < 1 || cfg.PerMinute > maxPerMinute {
		return endpoints{}, fmt.Errorf("TIEPDAN_ZALO_PER_MINUTE: %d is not between 1 and %d", cfg.PerMinute, maxPerMinute)
	}
	var urls endpoints
	var err error
	if urls.api, err = endpoint("TIEPDAN_ZALO_API_URL", cfg.APIURL); err != nil {
		return endpoints{}, err
	}
	if urls.oauth, err = endpoint("TIEPDAN_ZALO_OAUTH_URL", cfg.OAuthURL); err != nil {
		return endpoints{}, err
	}
	if _, err = endpoint("TIEPDAN_ZALO_TEMPLATE_URL", cfg.TemplateURL); err != nil {
		return endpoints{}, err
	}
	if cfg.RedirectURL != "" {
		if _, err = endpoint("TIEPDAN_ZALO_REDIRECT_URL", cfg.RedirectURL); err != nil {
			return endpoints{}, err
		}
	}
	return urls, nil
}

func (cfg *Config) defaults() {
	for _, d := range []struct {
		value    *string
		fallback string
	}{{&cfg.APIURL, DefaultAPIURL}, {&cfg.OAuthURL, DefaultOAuthURL}, {&cfg.TemplateURL, DefaultTemplateURL}} {
		if *d.value == "" {
			*d.value = d.fallback
		}
	}
	if cfg.PerMinute == 0 {
		cfg.PerMinute = defaultPerMinute
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = &http.Client{Timeout: httpTimeout}
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
}

func (cfg *Config) checkSecrets() error {
	if !digitsOnly.MatchString(cfg.AppID) {
		return fmt.Errorf("TIEPDAN_ZALO_APP_ID: must be the app's number, digits only")
	}
	if cfg.AppSecret == "" {
		return fmt.Errorf("TIEPDAN_ZALO_APP_SECRET: is empty; copy the app's secret key from the developer console")
	}
	for _, s := range []struct{ name, value string }{
		{"TIEPDAN_ZALO_APP_SECRET", cfg.AppSecret},
		{"TIEPDAN_ZALO_OA_SECRET_KEY", cfg.OASecretKey},
		{"TIEPDAN_ZALO_REFRESH_TOKEN", cfg.RefreshToken},
	} {
		if strings.ContainsFunc(s.value, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return fmt.Errorf("%s: holds a space, a line end or a letter that no Zalo secret has; copy it again", s.name)
		}
	}
	if cfg.OASecretKey != "" && cfg.OASecretKey == cfg.AppSecret {
		return fmt.Errorf("TIEPDAN_ZALO_OA_SECRET_KEY: is the app's secret; the webhook page of the console shows another one")
	}
	if cfg.CodeVerifier != "" && !pkceVerifier.MatchString(cfg.CodeVerifier) {
		return fmt.Errorf("TIEPDAN_ZALO_CODE_VERIFIER: must be 43 to 128 letters, digits, '-', '.', '_' or '~'")
	}
	if cfg.Verification != "" && !verificationCode.MatchString(cfg.Verification) {
		return fmt.Errorf("TIEPDAN_ZALO_VERIFICATION: must be the bare code, without the tag around it")
	}
	return nil
}

// endpoint reads an address. Plain http is for emulators on this machine: tokens
// and texts travel in these requests.
func endpoint(setting, value string) (*url.URL, error) {
	u, err := url.Parse(value)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("%s: must be an address such as https://host", setting)
	}
	if u.Scheme != "https" && (u.Scheme != "http" || !loopback(u.Hostname())) {
		return nil, fmt.Errorf("%s: must begin with https://", setting)
	}
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
