// Package httpsms is the domestic SMS carrier: an aggregator that rents out a short code or a
// sender name, pushes what people send to us and takes what we send over HTTP. Every one has an
// interface of its own, so that this one is described by templates and patterns.
package httpsms

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"tiepdan/bot/sms"
)

// Config describes one carrier's interface. Each field is the setting
// TIEPDAN_SMSHTTP_… that its comment names, and errors name it too.
//
// URL, header values and BODY are templates (text/template) over Vars with the functions json, xml
// and url, which escape. Patterns are "json:path=a|b" (a value of a JSON answer, path with dots and
// indices), "xml:element=a|b" (the text of the first such element) or a regular expression.
type Config struct {
	URL     string   // URL
	Method  string   // METHOD; empty: POST
	Headers []string // HEADERS: "Name: value" each
	Body    string   // BODY

	OK            string   // OK: the pattern of an answer that took the message
	ID            string   // ID: where that answer names the message: a pattern without "=…", or with one group
	Throttled     []string // THROTTLED: patterns of answers that ask us to slow down
	BadNumber     []string // BAD_NUMBER: no such number
	OptedOut      []string // OPTED_OUT: the person has refused messages
	Rejected      []string // REJECTED: this text will never be taken
	Misconfigured []string // MISCONFIGURED: account, sender, balance

	Sender      string  // SENDER: the short code or sender name
	Unicode     bool    // UNICODE: accents arrive
	MaxSegments int     // MAX_SEGMENTS; 0: none of the carrier's own
	Forbidden   string  // FORBIDDEN: signs that are refused
	Rate        float64 // RATE: messages a second; 0: no limit

	Secret      string            // SECRET: the last part of the address that the carrier calls; empty: it calls none
	Answer      string            // ANSWER: what it wants to read; empty: "1"
	Fields      map[string]string // FIELDS: what the carrier calls its fields, over DefaultFields; "a|b": whichever is there
	OneWay      bool              // ONE_WAY: nothing is pushed to us but receipts
	WholeNumber bool              // the number is ours alone: no keyword is configured

	Receipts  bool     // RECEIPTS: the carrier calls …/receipt
	Delivered []string // DELIVERED: values of the status field; empty: DELIVRD, delivered, 1
	Failed    []string // FAILED; empty: the other final states of SMPP

	HTTP http.RoundTripper // nil: http.DefaultTransport
}

// The names by which Config.Fields speaks of what is pushed.
const (
	FieldNumber        = "number"         // who sent it
	FieldService       = "service"        // the short code
	FieldKeyword       = "keyword"        // the keyword, in capitals
	FieldText          = "text"           // everything that was sent
	FieldID            = "id"             // the carrier's own id; the key against repeats
	FieldOperator      = "operator"       // the network
	FieldReceiptID     = "receipt_id"     // what ID found in the answer to our hand-over
	FieldReceiptRef    = "receipt_ref"    // the OutboxID that we sent
	FieldReceiptStatus = "receipt_status" // what became of it
)

// DefaultFields are the names that are usual among Vietnamese aggregators.
func DefaultFields() map[string]string {
	return map[string]string{
		FieldNumber:        "User_ID",
		FieldService:       "Service_ID",
		FieldKeyword:       "Command_Code",
		FieldText:          "Message|Info",
		FieldID:            "Request_ID",
		FieldOperator:      "Operator",
		FieldReceiptID:     "Message_ID",
		FieldReceiptRef:    "Client_ID",
		FieldReceiptStatus: "Status",
	}
}

func setting(name string, err error) error { return fmt.Errorf("TIEPDAN_SMSHTTP_%s: %w", name, err) }

// minSecret makes an address that nobody guesses: 16 letters and digits.
const minSecret = 16

func (c Config) checkInbound() error {
	switch {
	case c.Secret == "" && c.Receipts:
		return setting("SECRET", errors.New("receipts need one: at least 16 letters, digits, dashes, in the address that you give the carrier"))
	case c.Secret == "":
		return nil
	case len(c.Secret) < minSecret || strings.Trim(c.Secret, urlSafe) != "":
		return setting("SECRET", errors.New("must be at least 16 letters, digits, dashes or underscores"))
	case len(c.Answer) > 1024:
		return setting("ANSWER", errors.New("is longer than 1024 bytes"))
	}
	known := DefaultFields()
	for name, names := range c.Fields {
		if _, ok := known[name]; !ok {
			return setting("FIELDS", fmt.Errorf("there is no field %q; the fields are number, service, keyword, text, id, operator, receipt_id, receipt_ref, receipt_status", name))
		}
		if strings.Trim(names, "| ") == "" {
			return setting("FIELDS", fmt.Errorf("the carrier's name for %q is empty", name))
		}
	}
	return nil
}

const urlSafe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"

func (c Config) checkRoute() error {
	switch {
	case c.Rate < 0:
		return setting("RATE", errors.New("must be a number of messages a second, or 0 for no limit"))
	case c.MaxSegments < 0:
		return setting("MAX_SEGMENTS", errors.New("must be a number of segments, or 0 for no limit"))
	}
	return nil
}

// Route says what the carrier is configured to be able to do.
func (c *Carrier) Route() sms.Route {
	return sms.Route{
		TwoWay:      c.cfg.Secret != "" && !c.cfg.OneWay,
		Receipts:    c.cfg.Receipts,
		Unicode:     c.cfg.Unicode,
		WholeNumber: c.cfg.WholeNumber,
		MaxSegments: c.cfg.MaxSegments,
		Forbidden:   c.cfg.Forbidden,
		PerSecond:   c.cfg.Rate,
		Burst:       max(1, int(c.cfg.Rate)),
	}
}
