package main

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"reflect"
	"strings"

	"tiepdan/store/vault"
)

// Settings are what every command that touches records or channels reads. The
// name of a setting is that of its environment variable; a flag overrides it.
type Settings struct {
	DatabaseURL string `name:"database-url" env:"TIEPDAN_DATABASE_URL" default:"sqlite:data/tiepdan.db" help:"Records: sqlite:PATH."`
	RedisURL    string `name:"redis-url" env:"TIEPDAN_REDIS_URL" secret:"" help:"Conversation state and limits in Redis: redis://HOST:PORT/DB or rediss://…; empty: in the records."`
	DataDir     string `name:"data-dir" env:"TIEPDAN_DATA_DIR" default:"data" help:"Folder for the secret key, pictures and, by default, the records."`
	SecretKey   string `name:"secret-key" env:"TIEPDAN_SECRET_KEY" secret:"" help:"Seals what is stored: 32 bytes, base64 or hex. Empty: made once and kept in the data folder."`
	QuietHours  string `name:"quiet-hours" env:"TIEPDAN_QUIET_HOURS" default:"21:00-07:00" help:"No notices then, Vietnamese time; empty: none."`
	Lang        string `name:"lang" env:"TIEPDAN_LANG" default:"vi" help:"Language of what commands print: vi or en."`
	Unit        string `name:"unit" env:"TIEPDAN_UNIT" help:"Code of the unit that serves people whose unit is not known; empty: the only commune in records."`
}

// Service are the settings of the running server.
type Service struct {
	Listen         string   `name:"listen" env:"TIEPDAN_LISTEN" default:"127.0.0.1:8080" help:"Address to serve on."`
	MetricsListen  string   `name:"metrics-listen" env:"TIEPDAN_METRICS_LISTEN" help:"Address for /metrics; empty: on the main address."`
	PublicURL      string   `name:"public-url" env:"TIEPDAN_PUBLIC_URL" default:"http://localhost:8080" help:"The address that people open and providers sign and call."`
	TrustedProxies []string `name:"trusted-proxies" env:"TIEPDAN_TRUSTED_PROXIES" default:"127.0.0.1,::1" help:"Addresses of reverse proxies whose X-Forwarded-For is believed, for limits by address."`

	Telegram TelegramSettings `embed:"" prefix:"telegram-"`
	Zalo     ZaloSettings     `embed:"" prefix:"zalo-"`
	Twilio   TwilioSettings   `embed:"" prefix:"twilio-"`
	SMS      SMSSettings      `embed:"" prefix:"sms-"`
	SMSHTTP  SMSHTTPSettings  `embed:"" prefix:"smshttp-"`
}

// TelegramSettings turn the channel on when Token is set.
type TelegramSettings struct {
	Token         string `env:"TIEPDAN_TELEGRAM_TOKEN" secret:"" help:"The bot's token."`
	WebhookSecret string `env:"TIEPDAN_TELEGRAM_WEBHOOK_SECRET" secret:"" help:"What Telegram sends back with every call: 1-256 of A-Z a-z 0-9 _ -."`
	APIURL        string `name:"api-url" env:"TIEPDAN_TELEGRAM_API_URL" default:"https://api.telegram.org" help:"The Bot API's address."`
	Mode          string `env:"TIEPDAN_TELEGRAM_MODE" default:"webhook" help:"webhook, or poll where no public address exists."`
	Personal      bool   `env:"TIEPDAN_TELEGRAM_PERSONAL" help:"Allow more than stage and dates on Telegram."`
}

// ZaloSettings turn the channel on when AppID is set.
type ZaloSettings struct {
	AppID        string   `name:"app-id" env:"TIEPDAN_ZALO_APP_ID" help:"The application's id."`
	AppSecret    string   `env:"TIEPDAN_ZALO_APP_SECRET" secret:"" help:"The application's secret key."`
	OASecretKey  string   `name:"oa-secret-key" env:"TIEPDAN_ZALO_OA_SECRET_KEY" secret:"" help:"The Official Account's secret key, which signs webhooks."`
	RefreshToken string   `env:"TIEPDAN_ZALO_REFRESH_TOKEN" secret:"" help:"A seed, used only when it is new; then kept sealed in records."`
	Verification string   `env:"TIEPDAN_ZALO_VERIFICATION" help:"The code that proves the domain."`
	RedirectURL  string   `env:"TIEPDAN_ZALO_REDIRECT_URL" help:"Where consent comes back; empty: <public URL>/zalo/callback."`
	CodeVerifier string   `env:"TIEPDAN_ZALO_CODE_VERIFIER" secret:"" help:"The PKCE verifier whose challenge is saved in Zalo's console, if one is."`
	MediaHosts   []string `env:"TIEPDAN_ZALO_MEDIA_HOSTS" help:"More hosts that pictures may be fetched from."`
	PerMinute    int      `env:"TIEPDAN_ZALO_PER_MINUTE" default:"80" help:"Calls a minute that the package allows."`
	Strict       bool     `env:"TIEPDAN_ZALO_STRICT" help:"Answer a wrong signature with 401 instead of 200."`
	Buttons      bool     `env:"TIEPDAN_ZALO_BUTTONS" help:"Send buttons beside the numbered text."`
	APIURL       string   `name:"api-url" env:"TIEPDAN_ZALO_API_URL" default:"https://openapi.zalo.me" help:"The Official Account API's address."`
	OAuthURL     string   `name:"oauth-url" env:"TIEPDAN_ZALO_OAUTH_URL" default:"https://oauth.zaloapp.com" help:"The consent and token server's address."`
	TemplateURL  string   `env:"TIEPDAN_ZALO_TEMPLATE_URL" default:"https://business.openapi.zalo.me" help:"The template API's address."`
}

// TwilioSettings turn the carrier on when AccountSID is set.
type TwilioSettings struct {
	AccountSID          string `name:"account-sid" env:"TIEPDAN_TWILIO_ACCOUNT_SID" help:"The account's SID."`
	AuthToken           string `env:"TIEPDAN_TWILIO_AUTH_TOKEN" secret:"" help:"The account's primary token."`
	From                string `env:"TIEPDAN_TWILIO_FROM" help:"The sender: a number or a registered name."`
	MessagingServiceSID string `name:"messaging-service-sid" env:"TIEPDAN_TWILIO_MESSAGING_SERVICE_SID" help:"Instead of a sender."`
	APIURL              string `name:"api-url" env:"TIEPDAN_TWILIO_API_URL" default:"https://api.twilio.com" help:"The API's address."`
	TwoWay              bool   `env:"TIEPDAN_TWILIO_TWO_WAY" help:"People can answer on this number (not in Viet Nam)."`
}

// SMSSettings say which carrier the channel uses and how people reach it.
type SMSSettings struct {
	Carrier string `env:"TIEPDAN_SMS_CARRIER" help:"twilio or http; empty: the one that is configured."`
	Keyword string `env:"TIEPDAN_SMS_KEYWORD" help:"The keyword rented on a shared short code; empty: the number is ours alone."`
	Number  string `env:"TIEPDAN_SMS_NUMBER" help:"The number that people send to, as it is shown to them."`
}

// SMSHTTPSettings turn the domestic carrier on when URL is set. Lists hold one entry a line.
type SMSHTTPSettings struct {
	URL           string  `env:"TIEPDAN_SMSHTTP_URL" secret:"" help:"Where a message is handed over."`
	Method        string  `env:"TIEPDAN_SMSHTTP_METHOD" default:"POST" help:"HTTP method."`
	Headers       string  `env:"TIEPDAN_SMSHTTP_HEADERS" secret:"" help:"Request headers, 'Name: value', one a line."`
	Body          string  `env:"TIEPDAN_SMSHTTP_BODY" secret:"" help:"Request body: a template; see docs/sms-carrier.md."`
	OK            string  `name:"ok" env:"TIEPDAN_SMSHTTP_OK" help:"Pattern of an answer that means taken."`
	ID            string  `name:"id" env:"TIEPDAN_SMSHTTP_ID" help:"Where that answer names the message."`
	Throttled     string  `env:"TIEPDAN_SMSHTTP_THROTTLED" help:"Patterns of answers that mean slow down, one a line."`
	BadNumber     string  `env:"TIEPDAN_SMSHTTP_BAD_NUMBER" help:"Patterns of answers that mean no such number."`
	OptedOut      string  `env:"TIEPDAN_SMSHTTP_OPTED_OUT" help:"Patterns of answers that mean the person refused."`
	Rejected      string  `env:"TIEPDAN_SMSHTTP_REJECTED" help:"Patterns of answers that mean never this text."`
	Misconfigured string  `env:"TIEPDAN_SMSHTTP_MISCONFIGURED" help:"Patterns of answers that mean account, sender or balance."`
	Sender        string  `env:"TIEPDAN_SMSHTTP_SENDER" help:"The registered name or number to send as."`
	Secret        string  `env:"TIEPDAN_SMSHTTP_SECRET" secret:"" help:"Last part of the inbound address /webhooks/sms/<secret>; at least 16 characters."`
	Answer        string  `env:"TIEPDAN_SMSHTTP_ANSWER" default:"1" help:"What the carrier wants to read when we took a message."`
	Fields        string  `env:"TIEPDAN_SMSHTTP_FIELDS" help:"Names of the inbound fields, such as number=User_ID,text=Info,id=Request_ID."`
	OneWay        bool    `env:"TIEPDAN_SMSHTTP_ONE_WAY" help:"People cannot answer on this route."`
	Receipts      bool    `env:"TIEPDAN_SMSHTTP_RECEIPTS" help:"The carrier calls …/receipt."`
	Delivered     string  `env:"TIEPDAN_SMSHTTP_DELIVERED" help:"Receipt values that mean delivered, one a line."`
	Failed        string  `env:"TIEPDAN_SMSHTTP_FAILED" help:"Receipt values that mean it will not arrive, one a line."`
	Unicode       bool    `env:"TIEPDAN_SMSHTTP_UNICODE" help:"The route carries Vietnamese accents."`
	MaxSegments   int     `env:"TIEPDAN_SMSHTTP_MAX_SEGMENTS" default:"4" help:"The longest message, in segments."`
	Forbidden     string  `env:"TIEPDAN_SMSHTTP_FORBIDDEN" help:"Characters that the carrier refuses."`
	Rate          float64 `env:"TIEPDAN_SMSHTTP_RATE" default:"10" help:"Messages a second; 0: no limit."`
}

// expandSecretFiles reads every secret given as a file (NAME_FILE) into its
// variable. It fails when both are set, or the file cannot be read.
func expandSecretFiles(t reflect.Type) error {
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Type.Kind() == reflect.Struct {
			if err := expandSecretFiles(f.Type); err != nil {
				return err
			}
			continue
		}
		if _, secret := f.Tag.Lookup("secret"); !secret {
			continue
		}
		name := f.Tag.Get("env")
		file := os.Getenv(name + "_FILE")
		if file == "" {
			continue
		}
		if os.Getenv(name) != "" {
			return fmt.Errorf("%s and %s_FILE are both set: keep one", name, name)
		}
		b, err := os.ReadFile(file)
		if err != nil {
			return fmt.Errorf("%s_FILE: %w", name, err)
		}
		if err := os.Setenv(name, strings.TrimRight(string(b), "\r\n")); err != nil {
			return fmt.Errorf("%s_FILE: %w", name, err)
		}
	}
	return nil
}

// Validate finds the first wrong setting and names it.
func (s *Settings) Validate() error {
	if !strings.HasPrefix(s.DatabaseURL, "sqlite:") || len(s.DatabaseURL) == len("sqlite:") {
		return errors.New("TIEPDAN_DATABASE_URL: must be sqlite:PATH")
	}
	if s.RedisURL != "" {
		if u, err := url.Parse(s.RedisURL); err != nil || (u.Scheme != "redis" && u.Scheme != "rediss") || u.Host == "" {
			return errors.New("TIEPDAN_REDIS_URL: must be redis://HOST:PORT/DB or rediss://HOST:PORT/DB")
		}
	}
	if s.SecretKey != "" {
		if _, err := vault.Parse(s.SecretKey); err != nil {
			return fmt.Errorf("TIEPDAN_SECRET_KEY: %w", err)
		}
	}
	if s.Lang != "vi" && s.Lang != "en" {
		return errors.New("TIEPDAN_LANG: must be vi or en")
	}
	return nil
}

// Validate finds the first wrong setting and names it. Each channel checks its own.
func (s *Service) Validate() error {
	for name, addr := range map[string]string{"TIEPDAN_LISTEN": s.Listen, "TIEPDAN_METRICS_LISTEN": s.MetricsListen} {
		if addr == "" && name != "TIEPDAN_LISTEN" {
			continue
		}
		if _, _, err := net.SplitHostPort(addr); err != nil {
			return fmt.Errorf("%s: must be HOST:PORT, such as 127.0.0.1:8080", name)
		}
	}
	urls := []struct{ name, value string }{{"TIEPDAN_PUBLIC_URL", s.PublicURL}, {"TIEPDAN_TELEGRAM_API_URL", s.Telegram.APIURL},
		{"TIEPDAN_ZALO_API_URL", s.Zalo.APIURL}, {"TIEPDAN_ZALO_OAUTH_URL", s.Zalo.OAuthURL}, {"TIEPDAN_TWILIO_API_URL", s.Twilio.APIURL}}
	for _, setting := range urls {
		u, err := url.Parse(setting.value)
		if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
			return fmt.Errorf("%s: must be an address beginning with http:// or https://", setting.name)
		}
	}
	for _, proxy := range s.TrustedProxies {
		_, _, err := net.ParseCIDR(proxy)
		if err != nil && net.ParseIP(proxy) == nil {
			return errors.New("TIEPDAN_TRUSTED_PROXIES: must be addresses such as 10.0.0.1 or networks such as 10.0.0.0/8")
		}
	}
	switch s.SMS.Carrier {
	case "", "twilio", "http":
	default:
		return errors.New("TIEPDAN_SMS_CARRIER: must be twilio or http")
	}
	if s.SMS.Carrier == "" && s.Twilio.AccountSID != "" && s.SMSHTTP.URL != "" {
		return errors.New("TIEPDAN_SMS_CARRIER: two carriers are configured, so it must say twilio or http")
	}
	return nil
}
