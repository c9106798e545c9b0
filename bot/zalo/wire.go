package zalo

import (
	"encoding/json"
	"strconv"
)

// ident is an identifier or another number of Zalo's: a JSON string or number, kept
// as it was written. Zalo's ids exceed 2^53 and come in both forms. Anything else
// decodes as empty.
type ident string

func (v *ident) UnmarshalJSON(b []byte) error {
	*v = ""
	switch {
	case len(b) == 0:
	case b[0] == '"':
		var s string
		if json.Unmarshal(b, &s) == nil {
			*v = ident(s)
		}
	case b[0] == '-' || b[0] >= '0' && b[0] <= '9':
		*v = ident(b)
	}
	return nil
}

// named reports whether v can be an identifier: letters, digits, '-' and '_', at most 64.
func (v ident) named() bool {
	for i := range len(v) {
		c := v[i]
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '-' && c != '_' {
			return false
		}
	}
	return v != "" && len(v) <= 64
}

// number is v as a count that is not negative; 0 if it is none.
func (v ident) number() int64 {
	n, err := strconv.ParseInt(string(v), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// flexInt is a whole number written as JSON number or string. set tells a
// zero from a member that is missing or something else.
type flexInt struct {
	n   int64
	set bool
}

func (v *flexInt) UnmarshalJSON(b []byte) error {
	var text ident
	if err := text.UnmarshalJSON(b); err != nil {
		return err
	}
	n, err := strconv.ParseInt(string(text), 10, 64)
	*v = flexInt{n, err == nil}
	return nil
}

// event is a webhook body. Which members are there depends on its name.
type event struct {
	AppID     ident   `json:"app_id"`
	OAID      ident   `json:"oa_id"`
	Name      string  `json:"event_name"`
	Timestamp ident   `json:"timestamp"`
	Source    string  `json:"source"`
	Sender    party   `json:"sender"`
	Recipient party   `json:"recipient"`
	Follower  party   `json:"follower"`
	UserID    ident   `json:"user_id"`
	Message   message `json:"message"`
	Info      struct {
		Phone ident `json:"phone"`
	} `json:"info"`
}

type party struct {
	ID      ident `json:"id"`
	AdminID ident `json:"admin_id"` // set where a human wrote in the OA's own console
}

type message struct {
	ID          ident        `json:"msg_id"`
	IDs         []ident      `json:"msg_ids"`
	Text        string       `json:"text"`
	Quote       ident        `json:"quote_msg_id"`
	Attachments []attachment `json:"attachments"`
}

type attachment struct {
	Type    string  `json:"type"`
	Payload payload `json:"payload"`
}

type payload struct {
	URL         string `json:"url"`
	Title       string `json:"title"`
	Description string `json:"description"`
	Name        string `json:"name"`
	Type        string `json:"type"`
	Size        ident  `json:"size"`
	Coordinates struct {
		Latitude  ident `json:"latitude"`
		Longitude ident `json:"longitude"`
	} `json:"coordinates"`
}

// degrees reports whether v is a plain decimal between -limit and limit.
func degrees(v ident, limit float64) bool {
	f, err := strconv.ParseFloat(string(v), 64)
	return err == nil && f >= -limit && f <= limit && len(v) <= 24
}

// told is a member that says yes or no by a boolean, a number or a text, or
// that is missing.
type told int

const (
	notTold told = iota
	toldNo
	toldYes
)

func (v *told) UnmarshalJSON(b []byte) error {
	switch string(b) {
	case `false`, `null`, `0`, `""`, `"0"`, `"false"`:
		*v = toldNo
	default:
		*v = toldYes
	}
	return nil
}
