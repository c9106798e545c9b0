package zalo

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"path"
	"strings"
	"time"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// Keys of Incoming.Meta.
const (
	MetaRetry     = "num_retry" // how many times Zalo had tried before
	MetaQuote     = "quote"     // provider id of the message that was replied to
	MetaSource    = "source"    // where the OA was followed from
	MetaLatitude  = "latitude"  // degrees, as Zalo wrote them
	MetaLongitude = "longitude"
	// MetaReason says on a KindUnread why a number was not taken.
	MetaReason = "reason"
	// MetaProof is ProofClaim on a shared phone number: it is what the holder of
	// the Zalo account says, and proves nothing.
	MetaProof  = "proof"
	ProofClaim = "claim"
)

// choicePrefix marks a button's payload. Zalo gives a tap back as a text that
// says the payload, so it must be something that nobody types.
const choicePrefix = "#td:"

// incoming reads what a person did. false: nothing that concerns us, or nobody
// it could belong to.
func (ev *event) incoming(body []byte) (bot.Incoming, bool) {
	in := bot.Incoming{At: ev.at()}
	user, oa := ev.Sender.ID, ev.Recipient.ID
	switch ev.Name {
	case "follow":
		user, oa = ev.Follower.ID, ev.OAID
		in.Kind = bot.KindStart
		if ident(ev.Source).named() {
			in.Meta = with(in.Meta, MetaSource, ev.Source)
		}
	case "unfollow":
		user, oa = ev.Follower.ID, ev.OAID
		in.Kind = bot.KindBlocked
	case "user_click_chatnow":
		user, oa = ev.UserID, ev.OAID
		in.Kind = bot.KindStart
	case "user_submit_info":
		ev.contact(&in)
	case "oa_send_text", "oa_send_image", "oa_send_gif", "oa_send_list", "oa_send_file", "oa_send_sticker", "oa_send_template":
		// Without an administrator this is the echo of our own message.
		if ev.Sender.AdminID == "" {
			return bot.Incoming{}, false
		}
		user, oa = ev.Recipient.ID, ev.Sender.ID
		in.Kind = bot.KindTakeover
	default:
		if !ev.Message.read(ev.Name, &in) {
			return bot.Incoming{}, false
		}
	}
	if !user.named() {
		return bot.Incoming{}, false
	}
	in.Address = bot.Address{Channel: bot.Zalo, ID: string(user)}
	in.ProviderID = key(oa, ev.Name, ev.Message.ID, body)
	return in, true
}

// key is an event's identity: Zalo repeats events, with the same body.
func key(oa ident, name string, msg ident, body []byte) string {
	last := string(msg)
	if !msg.named() {
		sum := sha256.Sum256(body)
		last = hex.EncodeToString(sum[:16])
	}
	if !oa.named() {
		oa = ""
	}
	return string(oa) + ":" + name + ":" + last
}

// receipts: both events say that the message is on the person's device; seen
// names several. A receipt for a message of the OA's console matches no send of ours.
func (ev *event) receipts() []bot.Receipt {
	ids := ev.Message.IDs
	if ev.Message.ID != "" {
		ids = append([]ident{ev.Message.ID}, ids...)
	}
	var receipts []bot.Receipt
	for _, id := range ids {
		if id.named() {
			receipts = append(receipts, bot.Receipt{Channel: bot.Zalo, ProviderID: string(id), State: bot.ReceiptDelivered, At: ev.at()})
		}
	}
	return receipts
}

// contact reads a phone number that was shared by the form of Zalo's.
func (ev *event) contact(in *bot.Incoming) {
	phone, err := text.Phone(string(ev.Info.Phone))
	if err != nil {
		in.Kind = bot.KindUnread
		in.Meta = with(in.Meta, MetaReason, "contact_number")
		return
	}
	in.Kind, in.Phone = bot.KindContact, phone
	in.Meta = with(in.Meta, MetaProof, ProofClaim)
}

// read fills in the content of a person's message. false: an event of another kind.
func (m *message) read(name string, in *bot.Incoming) bool {
	in.Text = text.Clean(m.Text)
	switch name {
	case "user_send_text":
		in.Kind = bot.KindText
		if id, ok := choice(m.Text); ok {
			in.Kind, in.Choice, in.Text = bot.KindChoice, id, ""
		}
	case "user_send_link":
		in.Kind, in.Text = bot.KindText, m.linked()
	case "user_send_image", "user_send_gif", "user_send_file", "user_send_audio", "user_send_video":
		in.Kind, in.Files = bot.KindFiles, m.files()
		if len(in.Files) == 0 {
			in.Kind = bot.KindText // a caption without its picture is still said
		}
	case "user_send_location":
		in.Kind = bot.KindLocation
		in.Meta = m.place(in.Meta)
	case "user_send_sticker":
		in.Kind, in.Text = bot.KindUnread, ""
	case "user_send_business_card":
		// Anybody can pass on anybody's card: its number must reach nobody as proof.
		in.Kind, in.Text = bot.KindUnread, ""
		in.Meta = with(in.Meta, MetaReason, "contact_foreign")
	default:
		return false
	}
	if in.Kind == bot.KindText && in.Text == "" {
		in.Kind = bot.KindUnread
	}
	if m.Quote.named() {
		in.Meta = with(in.Meta, MetaQuote, string(m.Quote))
	}
	return true
}

// choice reads a button's payload.
func choice(s string) (string, bool) {
	id, ok := strings.CutPrefix(strings.TrimSpace(s), choicePrefix)
	return id, ok && id != "" && len(id) <= 60 && id == text.Clean(id)
}

// linked is the text of a shared link, and its address where the text lacks it.
func (m *message) linked() string {
	lines := []string{m.Text}
	for _, a := range m.Attachments {
		if strings.TrimSpace(m.Text) == "" {
			lines = append(lines, a.Payload.Title, a.Payload.Description)
		}
		if !strings.Contains(m.Text, a.Payload.URL) {
			lines = append(lines, a.Payload.URL)
		}
	}
	kept := lines[:0]
	for _, line := range lines {
		if line = text.Clean(line); line != "" {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

func (m *message) files() []bot.FileRef {
	var files []bot.FileRef
	for _, a := range m.Attachments {
		u, err := url.Parse(a.Payload.URL)
		if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			continue
		}
		files = append(files, bot.FileRef{
			ProviderID: a.Payload.URL,
			Name:       text.Clean(a.Payload.Name),
			Type:       mediaType(a, u),
			Size:       a.Payload.Size.number(),
		})
	}
	return files
}

// mediaType is a guess from the names in the event; Zalo tells no media type.
func mediaType(a attachment, u *url.URL) string {
	for _, ext := range []string{a.Payload.Type, path.Ext(a.Payload.Name), path.Ext(u.Path), a.Type} {
		switch strings.ToLower(strings.TrimPrefix(ext, ".")) {
		case "jpg", "jpeg":
			return "image/jpeg"
		case "png":
			return "image/png"
		case "gif":
			return "image/gif"
		case "webp":
			return "image/webp"
		case "heic":
			return "image/heic"
		case "image":
			return "image/jpeg"
		case "pdf":
			return "application/pdf"
		case "doc":
			return "application/msword"
		case "docx":
			return "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
		case "xls":
			return "application/vnd.ms-excel"
		case "xlsx":
			return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
		case "csv":
			return "text/csv"
		case "txt":
			return "text/plain"
		case "mp3":
			return "audio/mpeg"
		case "m4a":
			return "audio/mp4"
		case "aac":
			return "audio/aac"
		case "amr":
			return "audio/amr"
		case "mp4", "video":
			return "video/mp4"
		case "mov":
			return "video/quicktime"
		case "3gp":
			return "video/3gpp"
		case "audio":
			return "audio/aac" // what Zalo's own recorder makes
		}
	}
	return "application/octet-stream"
}

// place keeps the coordinates of the first attachment that has any.
func (m *message) place(meta map[string]string) map[string]string {
	for _, a := range m.Attachments {
		lat, lon := a.Payload.Coordinates.Latitude, a.Payload.Coordinates.Longitude
		if degrees(lat, 90) && degrees(lon, 180) {
			return with(with(meta, MetaLatitude, string(lat)), MetaLongitude, string(lon))
		}
	}
	return meta
}

// at is the event's time: milliseconds since 1970. Some of Zalo's samples are
// shorter; below eleven digits they can only be seconds.
func (ev *event) at() time.Time {
	return instant(ev.Timestamp.number())
}

func instant(n int64) time.Time {
	switch {
	case n >= 1e11 && n < 1e14:
		return time.UnixMilli(n).UTC()
	case n >= 1e8 && n < 1e11:
		return time.Unix(n, 0).UTC()
	}
	return time.Time{}
}

func with(meta map[string]string, name, value string) map[string]string {
	if meta == nil {
		meta = map[string]string{}
	}
	meta[name] = value
	return meta
}
