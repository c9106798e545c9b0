// Package bot says what a message is: what comes in from a person, what goes
// out to one, what a channel must be able to do, and how a conversation is
// played. It knows no provider, no database and no dialogue; everything else
// in the program is written against it.
package bot

import "time"

// The channels, as they are named in records, settings and reports.
const (
	Telegram = "telegram"
	Zalo     = "zalo"
	SMS      = "sms"
	Webchat  = "webchat"
	Terminal = "terminal"
)

// Address is where one person is reached: a channel and that channel's own
// identifier (a chat id, a Zalo user id, an E.164 number, a web chat's id).
// The ID is opaque outside the channel, except that an SMS address is always
// E.164 ("+84912345678").
type Address struct {
	Channel string
	ID      string
}

// Kind says what an Incoming is. Everything that is not listed here is
// dropped by the channel that decoded it.
type Kind string

const (
	KindText     Kind = "text"     // words typed; Text is never empty
	KindChoice   Kind = "choice"   // a button pressed; Choice holds its data
	KindContact  Kind = "contact"  // a phone number that the provider vouches for as this sender's own; Phone is set. With Meta "proof" = "claim" it proves nothing
	KindFiles    Kind = "files"    // pictures, voice or documents; Text is the caption, which may be empty
	KindLocation Kind = "location" // a place on the map; Text may hold its name
	KindEdited   Kind = "edited"   // an earlier text was changed; Replaces names it, Text is the new text
	KindStart    Kind = "start"    // the person opened the chat; Text may hold a link's payload
	KindBlocked  Kind = "blocked"  // the person shut us out on this channel
	KindOptOut   Kind = "opt_out"  // the carrier recorded STOP, and has already answered
	KindOptIn    Kind = "opt_in"   // the carrier recorded START, and has already answered
	KindTakeover Kind = "takeover" // a human answered from the provider's own console
	KindStaff    Kind = "staff"    // appended by the office: see StaffEvent
	KindUnread   Kind = "unread"   // something arrived that we cannot read (a sticker, a video call): say so
)

// Incoming is one thing that a person did on a channel, decoded.
type Incoming struct {
	Address    Address
	ProviderID string // the provider's own id for this event; unique within the channel, the key against repeats
	Kind       Kind
	Text       string // NFC, valid UTF-8, no NUL; as typed otherwise. On a shared short code, without the keyword
	Choice     string // a button's data, exactly as Content.Choices gave it in Choice.ID
	Phone      string // E.164, for KindContact
	Replaces   string // provider id of the edited message, for KindEdited
	Files      []FileRef
	At         time.Time // when the provider says it happened; UTC; zero if unknown
	ReplyToken string    // what a carrier wants back in the answer (an MO's request id); may be empty
	Meta       map[string]string
}

// FileRef is a file that the person sent, still at the provider.
type FileRef struct {
	ProviderID string // what the channel's Fetcher needs; never a URL with a token in it
	Name       string // as the sender named it; a claim
	Type       string // media type as the sender claims it
	Size       int64  // bytes; 0 if unknown
}

// Content is what is to be said, before any channel has shaped it. Its text
// is final, in the person's language, with accents.
type Content struct {
	Text string
	// Lang is the language of Text ("vi" or "en"), for the words that a channel adds
	// to it; empty: "vi".
	Lang    string
	Choices []Choice // at most 9; rendered as buttons, as digits or as words to send
	// Prompt marks choices that were asked from outside a dialogue (was the
	// money received?). They are answered by their own words, never by a bare digit.
	Prompt bool
	// AskContact asks the person to share their own phone number where the
	// channel has a button for that.
	AskContact bool
	// Link is a way to show on channels where links are allowed; never on SMS.
	Link string
	// Accents keeps Vietnamese accents on SMS. Chosen by the person; other
	// channels always keep them.
	Accents bool
	// First is a sentence that a first contact must carry (automated, who holds the data,
	// a telephone number); on SMS it becomes a segment of its own.
	First string
	// More says that the rest of a long answer waits for the word TIEP.
	More bool
	// OneWay says that the reader cannot answer on this route: hints to answer are left out.
	OneWay bool
}

// Choice is one answer that is offered.
type Choice struct {
	ID    string // comes back in Incoming.Choice; at most 60 bytes; carries its question's id, so that a stale button is known
	Label string // short words, with accents
	Word  string // what to type on a route without digits ("CO", "KHONG", "BO QUA"); ASCII capitals; unique among the choices
}

// Part is one message as the channel will hand it over: text and buttons
// within the channel's limits. It survives being written out as JSON.
type Part struct {
	Text       string     `json:"text"`
	Buttons    [][]Choice `json:"buttons,omitempty"`
	AskContact bool       `json:"ask_contact,omitempty"`
	// Segments is what a carrier will bill for it; 1 where nothing is billed by length.
	Segments int `json:"segments"`
}

// Outgoing is one part to hand over now.
type Outgoing struct {
	ID         int64 // the outbox row; a channel that can carry a correlation value carries this
	To         Address
	Part       Part
	ReplyToken string // Incoming.ReplyToken of the message that this answers
	Lane       Lane
	Begun      time.Time // when handing it over began, for Settle to look around; zero: not known
}

// Lane orders what waits to be sent: answers overtake notices, notices overtake bulk.
type Lane int

const (
	LaneAnswer Lane = 0
	LaneNotice Lane = 1
	LaneBulk   Lane = 2
)

// Sent is what a provider said when it took a message.
type Sent struct {
	ProviderID string // the provider's id for it; empty if it gave none
	// Delivered is true where the provider's answer is all that will ever be
	// known (Telegram): the row is settled. Otherwise a receipt may follow.
	Delivered bool
}

// ReceiptState ranks what is known of a message that was handed over. It only
// moves up: a late "sent" after "delivered" changes nothing.
type ReceiptState int

const (
	ReceiptAccepted  ReceiptState = 1 // the provider has it
	ReceiptSent      ReceiptState = 2 // passed on to the next network
	ReceiptDelivered ReceiptState = 3 // reached the device
	ReceiptFailed    ReceiptState = 4 // will not arrive; Failure says why
)

// Receipt is a provider's later word on a message. Receipts come twice, out
// of order, and before our own send returned.
type Receipt struct {
	Channel    string
	ProviderID string // Sent.ProviderID
	OutboxID   int64  // where the provider gave our own correlation back; else 0
	State      ReceiptState
	Failure    *SendError // for ReceiptFailed
	At         time.Time
}
