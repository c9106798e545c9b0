// Package twilio sends and receives SMS through Twilio. In Viet Nam it carries
// notices only: Twilio has no two-way SMS there
// (https://www.twilio.com/en-us/guidelines/vn/sms).
package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/sms"
)

// DefaultAPI is where Twilio itself is.
const DefaultAPI = "https://api.twilio.com"

// Config is what an account needs. Each field that comes from a setting has the
// setting's name in the error that New returns about it.
type Config struct {
	AccountSID          string
	AuthToken           string
	From                string            // E.164, a short code, or an alphanumeric sender of 1 to 11 signs
	MessagingServiceSID string            // instead of From, or with it
	APIURL              string            // empty: DefaultAPI
	PublicURL           string            // the address that Twilio signs and calls; without it no receipts arrive
	TwoWay              bool              // people can answer; never so in Viet Nam
	PerSecond           float64           // messages; 0: by the kind of sender
	HTTP                http.RoundTripper // nil: http.DefaultTransport
	Clock               bot.Clock         // nil: time.Now
}

func (c Config) check() error {
	switch {
	case !sid(c.AccountSID, "AC"):
		return errors.New("TIEPDAN_TWILIO_ACCOUNT_SID: must be AC and 32 hexadecimal digits, as the Twilio console shows it")
	case c.AuthToken == "" || strings.Trim(c.AuthToken, alphanumeric) != "":
		return errors.New("TIEPDAN_TWILIO_AUTH_TOKEN: must be the account's auth token, letters and digits only")
	case c.From == "" && c.MessagingServiceSID == "":
		return errors.New("TIEPDAN_TWILIO_FROM: set it to your sender, or set TIEPDAN_TWILIO_MESSAGING_SERVICE_SID")
	case c.From != "" && senderKind(c.From) == senderInvalid:
		return errors.New("TIEPDAN_TWILIO_FROM: must be a number such as +84…, a short code, or 1 to 11 letters, digits and spaces with at least one letter")
	case c.MessagingServiceSID != "" && !sid(c.MessagingServiceSID, "MG"):
		return errors.New("TIEPDAN_TWILIO_MESSAGING_SERVICE_SID: must be MG and 32 hexadecimal digits")
	case c.TwoWay && c.MessagingServiceSID == "" && senderKind(c.From) == senderName:
		return errors.New("TIEPDAN_TWILIO_FROM: nobody can answer an alphanumeric sender; use a number for two-way SMS")
	}
	if _, err := baseURL(c.APIURL); err != nil {
		return fmt.Errorf("TIEPDAN_TWILIO_API_URL: %w", err)
	}
	if c.PublicURL == "" {
		return nil
	}
	public, err := baseURL(c.PublicURL)
	if err != nil {
		return fmt.Errorf("TIEPDAN_PUBLIC_URL: %w", err)
	}
	if strings.Contains(public.Hostname(), "_") {
		return errors.New("TIEPDAN_PUBLIC_URL: Twilio calls no host name with an underscore")
	}
	return nil
}

const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"

func sid(s, prefix string) bool {
	return len(s) == len(prefix)+32 && strings.HasPrefix(s, prefix) &&
		strings.Trim(s[len(prefix):], "0123456789abcdefABCDEF") == ""
}

// baseURL reads an address to which paths are appended.
func baseURL(s string) (*url.URL, error) {
	if s == "" {
		s = DefaultAPI
	}
	u, err := url.Parse(strings.TrimRight(s, "/"))
	switch {
	case err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https"):
		return nil, errors.New("must be an address such as https://host.example")
	case u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("must have no query and no fragment")
	case u.User != nil:
		return nil, errors.New("must hold no user and no password")
	}
	return u, nil
}

const (
	senderInvalid = iota
	senderName    // alphanumeric: nobody can answer it
	senderLong    // an ordinary number
	senderShort   // a short code
)

func senderKind(from string) int {
	digits := strings.Trim(from, "0123456789") == ""
	switch {
	case sms.E164(from):
		return senderLong
	case digits && len(from) >= 3 && len(from) <= 8:
		return senderShort
	case digits || len(from) > 11 || strings.Trim(from, alphanumeric+" ") != "":
		return senderInvalid
	}
	return senderName
}

// pace is what Twilio's default throughput allows in messages a second, taking a message as
// two segments: 10 segments a second for an alphanumeric sender (support article 360057082693),
// 1 for a long number, 100 for a short code. Beyond it Twilio queues, and a stop comes too late.
func (c Config) pace() float64 {
	if c.PerSecond > 0 {
		return c.PerSecond
	}
	switch senderKind(c.From) {
	case senderLong:
		return 0.5
	case senderShort:
		return 50
	}
	return 5
}
