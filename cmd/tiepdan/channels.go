package main

import (
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"tiepdan/bot"
	"tiepdan/bot/sms"
	httpsms "tiepdan/bot/sms/http"
	"tiepdan/bot/sms/twilio"
	"tiepdan/bot/telegram"
	"tiepdan/bot/zalo"
	"tiepdan/locales"
)

// channels are those whose secrets are set, by name.
type channels struct {
	all      map[string]bot.Channel
	keywords map[string]string // of rented numbers
	telegram *telegram.Channel // nil: off
	zalo     *zalo.Channel     // nil: off
	sms      *sms.Channel      // nil: off
}

// channelDeps is what channels need besides their settings.
type channelDeps struct {
	grants bot.Grants
	hash   func(kind, value string) string
	texts  *locales.Catalogues
	clock  bot.Clock
	log    *slog.Logger
}

// openChannels makes the channels that are configured. It calls no provider; a wrong
// setting is named in the error.
func openChannels(s *Service, d channelDeps) (*channels, error) {
	carrier, err := openCarrier(s, d)
	if err != nil {
		return nil, &settingError{err}
	}
	return openChannelsOver(s, d, carrier)
}

// openChannelsOver is openChannels with SMS over a carrier of the caller's; nil: no SMS.
func openChannelsOver(s *Service, d channelDeps, carrier sms.Carrier) (*channels, error) {
	c := &channels{all: map[string]bot.Channel{}, keywords: map[string]string{}}
	if err := errors.Join(c.openTelegram(s, d), c.openZalo(s, d), c.openSMS(s, d, carrier)); err != nil {
		return nil, &settingError{err}
	}
	return c, nil
}

func (c *channels) openTelegram(s *Service, d channelDeps) error {
	if s.Telegram.Token == "" {
		return nil
	}
	t, err := telegram.New(telegram.Config{Token: s.Telegram.Token, WebhookSecret: s.Telegram.WebhookSecret, APIURL: s.Telegram.APIURL,
		PublicURL: s.PublicURL, Mode: s.Telegram.Mode, Personal: s.Telegram.Personal,
		ShareNumber: d.texts.Language("vi").Text("channel.share_number"), Clock: d.clock, Log: d.log})
	if err != nil {
		return err
	}
	c.telegram, c.all[bot.Telegram] = t, t
	return nil
}

func (c *channels) openZalo(s *Service, d channelDeps) error {
	z := s.Zalo
	if z.AppID == "" {
		return nil
	}
	redirect := z.RedirectURL
	if redirect == "" {
		redirect = strings.TrimSuffix(s.PublicURL, "/") + zalo.CallbackPath
	}
	ch, err := zalo.New(zalo.Config{AppID: z.AppID, AppSecret: z.AppSecret, OASecretKey: z.OASecretKey, RefreshToken: z.RefreshToken,
		Verification: z.Verification, Strict: z.Strict, APIURL: z.APIURL, OAuthURL: z.OAuthURL, TemplateURL: z.TemplateURL,
		RedirectURL: redirect, CodeVerifier: z.CodeVerifier, MediaHosts: z.MediaHosts, Buttons: z.Buttons, PerMinute: z.PerMinute,
		Clock: d.clock, Log: d.log}, d.grants, d.hash)
	if err != nil {
		return err
	}
	c.zalo, c.all[bot.Zalo] = ch, ch
	return nil
}

func (c *channels) openSMS(s *Service, d channelDeps, carrier sms.Carrier) error {
	if carrier == nil {
		return nil
	}
	ch, err := sms.New(sms.Config{Keyword: s.SMS.Keyword, Number: s.SMS.Number, Hints: smsHints(d.texts)}, carrier)
	if err != nil {
		return err
	}
	c.sms, c.all[bot.SMS] = ch, ch
	if k := ch.Keyword(); k != "" {
		c.keywords[bot.SMS] = k
	}
	return nil
}

// openCarrier makes the carrier that is configured; nil if none is.
func openCarrier(s *Service, d channelDeps) (sms.Carrier, error) {
	which := s.SMS.Carrier
	switch {
	case which != "":
	case s.Twilio.AccountSID != "":
		which = "twilio"
	case s.SMSHTTP.URL != "":
		which = "http"
	default:
		return nil, nil
	}
	if which == "twilio" {
		return twilio.New(twilio.Config{AccountSID: s.Twilio.AccountSID, AuthToken: s.Twilio.AuthToken, From: s.Twilio.From,
			MessagingServiceSID: s.Twilio.MessagingServiceSID, APIURL: s.Twilio.APIURL, PublicURL: s.PublicURL,
			TwoWay: s.Twilio.TwoWay, Clock: d.clock})
	}
	h := s.SMSHTTP
	fields, err := pairs(h.Fields)
	if err != nil {
		return nil, fmt.Errorf("TIEPDAN_SMSHTTP_FIELDS: %w", err)
	}
	return httpsms.New(httpsms.Config{URL: h.URL, Method: h.Method, Headers: lines(h.Headers), Body: h.Body, OK: h.OK, ID: h.ID,
		Throttled: lines(h.Throttled), BadNumber: lines(h.BadNumber), OptedOut: lines(h.OptedOut), Rejected: lines(h.Rejected),
		Misconfigured: lines(h.Misconfigured), Sender: h.Sender, Unicode: h.Unicode, MaxSegments: h.MaxSegments, Forbidden: h.Forbidden,
		Rate: h.Rate, Secret: h.Secret, Answer: h.Answer, Fields: fields, OneWay: h.OneWay, WholeNumber: s.SMS.Keyword == "",
		Receipts: h.Receipts, Delivered: lines(h.Delivered), Failed: lines(h.Failed)})
}

// smsHints are the words that the SMS channel adds to an answer.
func smsHints(texts *locales.Catalogues) sms.Hints {
	say := func(key string) func(sms.Hint) string {
		return func(h sms.Hint) string {
			k := key
			if h.Number == "" {
				k += ".no_number"
			}
			args := []any{"send", h.Send}
			if h.Number != "" {
				args = append(args, "number", h.Number)
			}
			if h.Label != "" {
				args = append(args, "label", h.Label)
			}
			return texts.Language(h.Lang).Text(k, args...)
		}
	}
	return sms.Hints{Choice: say("channel.choice"), More: say("channel.more"), Sign: func(lang string, sign rune) string {
		l := texts.Language(lang)
		if key := signKeys[sign]; key != "" {
			return l.Text(key)
		}
		return ""
	}}
}

// signKeys are the signs that have a word.
var signKeys = map[rune]string{'%': "channel.sign.percent", '&': "channel.sign.and", '@': "channel.sign.at", '#': "channel.sign.number"}

// lines splits a setting that holds one entry a line; blank lines are none.
func lines(s string) []string {
	var out []string
	for l := range strings.Lines(s) {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

// pairs reads "a=b,c=d".
func pairs(s string) (map[string]string, error) {
	out := map[string]string{}
	for p := range strings.SplitSeq(s, ",") {
		if p = strings.TrimSpace(p); p == "" {
			continue
		}
		k, v, ok := strings.Cut(p, "=")
		if !ok || k == "" {
			return nil, fmt.Errorf("%q is not of the form name=value", p)
		}
		out[strings.TrimSpace(k)] = strings.TrimSpace(v)
	}
	return out, nil
}
