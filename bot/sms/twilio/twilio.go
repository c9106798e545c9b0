package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	openapi "github.com/twilio/twilio-go/rest/api/v2010"

	"tiepdan/bot"
	"tiepdan/bot/sms"
)

// Carrier is one Twilio account as an SMS carrier.
type Carrier struct {
	cfg       Config
	api       *url.URL
	public    string // without a slash at the end; empty: not known
	transport http.RoundTripper
	validator client.RequestValidator
}

var (
	_ sms.Carrier = (*Carrier)(nil)
	_ sms.Settler = (*Carrier)(nil)
	_ bot.Checker = (*Carrier)(nil)
	_ bot.Catchup = (*Carrier)(nil)
)

// New checks the configuration and connects nowhere yet. Its errors name the setting to mend.
func New(cfg Config) (*Carrier, error) {
	if err := cfg.check(); err != nil {
		return nil, err
	}
	if cfg.HTTP == nil {
		cfg.HTTP = http.DefaultTransport
	}
	if cfg.Clock == nil {
		cfg.Clock = time.Now
	}
	api, err := baseURL(cfg.APIURL)
	if err != nil {
		return nil, fmt.Errorf("TIEPDAN_TWILIO_API_URL: %w", err)
	}
	return &Carrier{
		cfg:       cfg,
		api:       api,
		public:    strings.TrimRight(cfg.PublicURL, "/"),
		transport: cfg.HTTP,
		validator: client.NewRequestValidator(cfg.AuthToken),
	}, nil
}

// Route says what Twilio carries. Each message may have 1,600 characters, far
// more than a reply here ever has.
func (c *Carrier) Route() sms.Route {
	pace := c.cfg.pace()
	return sms.Route{
		TwoWay:      c.cfg.TwoWay,
		Receipts:    c.public != "",
		Unicode:     true,
		WholeNumber: true,
		PerSecond:   pace,
		Burst:       max(1, int(pace)),
	}
}

// Send creates one message at Twilio. There is no key against repeats, so a cut
// call is Unknown; the status callback carries m.ID back, which settles it.
func (c *Carrier) Send(ctx context.Context, m sms.Message) (bot.Sent, error) {
	params := &openapi.CreateMessageParams{}
	params.SetTo(m.To).SetBody(m.Text)
	if c.cfg.From != "" {
		params.SetFrom(c.cfg.From)
	}
	if c.cfg.MessagingServiceSID != "" {
		params.SetMessagingServiceSid(c.cfg.MessagingServiceSID)
	}
	if c.public != "" {
		params.SetStatusCallback(c.public + statusPath + "?" + refParam + "=" + strconv.FormatInt(m.ID, 10))
	}
	svc, x := c.exchange(ctx)
	got, err := svc.CreateMessage(params)
	if failure := x.judge(err); failure != nil {
		return bot.Sent{}, failure
	}
	if str(got.Sid) == "" {
		return bot.Sent{}, &bot.SendError{Class: bot.Unknown, Code: "no_sid"}
	}
	if str(got.Status) == "failed" {
		return bot.Sent{}, receiptFailure(num(got.ErrorCode))
	}
	// Without an address for receipts no more will come.
	return bot.Sent{ProviderID: *got.Sid, Delivered: c.public == ""}, nil
}

// Check asks for the account, which proves the SID and the token.
func (c *Carrier) Check(ctx context.Context) error {
	svc, x := c.exchange(ctx)
	account, err := svc.FetchAccount(c.cfg.AccountSID)
	failure := x.judge(err)
	if failure == nil {
		if s := str(account.Status); s != "active" {
			return fmt.Errorf("TIEPDAN_TWILIO_ACCOUNT_SID: Twilio says that the account is %q; open it again in the Twilio console", s)
		}
		return nil
	}
	switch {
	case failure.Code == "20003" || x.answer.Status == http.StatusUnauthorized:
		return errors.New("TIEPDAN_TWILIO_AUTH_TOKEN: Twilio refuses it for this account; copy SID and token again from the Twilio console")
	case failure.Class == bot.Misconfigured:
		return fmt.Errorf("TIEPDAN_TWILIO_ACCOUNT_SID: Twilio does not know it (%s); copy it again from the Twilio console", failure.Code)
	}
	return fmt.Errorf("TIEPDAN_TWILIO_API_URL: Twilio cannot be asked now: %w", failure)
}

func str(p *string) string {
	if p == nil {
		return ""
	}
	return *p
}

func num(p *int) int {
	if p == nil {
		return 0
	}
	return *p
}
