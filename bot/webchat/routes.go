package webchat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime/multipart"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

const (
	maxText    = 4000     // characters of one message
	maxBody    = 32 << 10 // bytes of one message's JSON
	maxFile    = 10 << 20 // bytes of one picture
	maxName    = 100      // characters of a file's name
	maxType    = 100      // bytes of a file's type, as the browser claims it
	inMemory   = 1 << 20  // bytes of an upload that are not put on the disk first
	sayings    = 50       // entries a page shows at first, and a stream reads at once
	keepBudget = 1500 * time.Millisecond
	uploadTime = 5 * time.Minute  // 10 MB over a slow mobile network
	lineTime   = 15 * time.Second // for a browser to take what a stream writes
)

// clientID is what a browser names its messages by: the key against repeats.
var clientID = regexp.MustCompile(`^[A-Za-z0-9-]{8,40}$`)

// Mount adds the page, the chat and the widget to r.
func (c *Channel) Mount(r gin.IRouter) {
	r.GET("/", c.servePage("page"))
	r.GET("/chat", c.servePage("frame"))
	r.GET("/chat/static/:file", c.serveStatic)
	r.POST("/chat/start", c.sameOrigin, c.start)
	r.POST("/chat/messages", c.sameOrigin, c.receive)
	r.POST("/chat/files", c.sameOrigin, c.receiveFile)
	r.POST("/chat/seen", c.sameOrigin, c.seen)
	r.GET("/chat/stream", c.stream)
}

// sameOrigin refuses what another site's page posts. Browsers without
// Sec-Fetch-Site (old phones) are judged by Origin.
func (c *Channel) sameOrigin(g *gin.Context) {
	site, origin := g.GetHeader("Sec-Fetch-Site"), g.GetHeader("Origin")
	ok := site == "same-origin" || (site == "" && (origin == "" || origin == c.origin() || strings.HasSuffix(origin, "://"+g.Request.Host)))
	if !ok {
		g.AbortWithStatus(http.StatusForbidden)
	}
}

func (c *Channel) origin() string { return strings.TrimSuffix(c.cfg.PublicURL, "/") }

// start gives the browser its session, or keeps the one it has.
func (c *Channel) start(g *gin.Context) {
	if _, ok := c.session(g); ok {
		g.Status(http.StatusNoContent)
		return
	}
	if !c.allowed(g, "webchat:start:"+origin(g), startsPerAddress, time.Hour) {
		return
	}
	http.SetCookie(g.Writer, c.cookie(newSession()))
	g.Status(http.StatusNoContent)
}

// chat returns the chat's address, or answers 401.
func (c *Channel) chat(g *gin.Context) (string, bool) {
	s, ok := c.session(g)
	if !ok {
		g.AbortWithStatus(http.StatusUnauthorized)
		return "", false
	}
	return c.address(s), true
}

// allowed answers 429 when key has been used up. A counter that is away lets
// people through: this limit only guards against noise.
func (c *Channel) allowed(g *gin.Context, key string, n int, window time.Duration) bool {
	ok, err := c.cfg.Limits.Take(g.Request.Context(), key, n, window)
	if err != nil || ok {
		return true
	}
	g.Header("Retry-After", "60")
	g.AbortWithStatus(http.StatusTooManyRequests)
	return false
}

type posted struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Choice string `json:"choice"`
}

// receive takes one typed message or one pressed button.
func (c *Channel) receive(g *gin.Context) {
	address, ok := c.chat(g)
	if !ok || !c.allowed(g, "webchat:say:"+address, saysPerChat, time.Minute) ||
		!c.allowed(g, "webchat:say:"+origin(g), saysPerAddress, time.Minute) {
		return
	}
	var p posted
	if err := json.NewDecoder(http.MaxBytesReader(g.Writer, g.Request.Body, maxBody)).Decode(&p); err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	in, err := c.decode(address, p)
	if err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	c.keep(g, address, in)
}

// decode checks one posted message. It is pure.
func (c *Channel) decode(address string, p posted) (bot.Incoming, error) {
	in := bot.Incoming{Address: bot.Address{Channel: bot.Webchat, ID: address}, At: c.cfg.Clock().UTC()}
	if !clientID.MatchString(p.ID) {
		return in, errors.New("message without an id")
	}
	in.ProviderID = address + ":" + p.ID
	in.Text = text.Clean(p.Text)
	if len([]rune(in.Text)) > maxText {
		return in, errors.New("message too long")
	}
	switch {
	case p.Choice != "" && len(p.Choice) <= 60:
		in.Kind, in.Choice = bot.KindChoice, p.Choice
	case in.Text != "":
		in.Kind = bot.KindText
	default:
		return in, errors.New("empty message")
	}
	return in, nil
}

// keep stores the event and answers 202, or 503 when records are away.
func (c *Channel) keep(g *gin.Context, address string, in bot.Incoming) {
	ctx, cancel := context.WithTimeout(g.Request.Context(), keepBudget)
	defer cancel()
	if err := c.cfg.Sink.Keep(ctx, bot.Decoded{Events: []bot.Incoming{in}}); err != nil {
		c.cfg.Logger.WarnContext(g, "web chat could not store a message", "error", err)
		g.Header("Retry-After", "5")
		g.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	c.bell.ring(address)
	g.Status(http.StatusAccepted)
}

// receiveFile takes one picture, recording or document with its caption.
func (c *Channel) receiveFile(g *gin.Context) {
	address, ok := c.chat(g)
	if !ok || !c.mayUpload(g, address) {
		return
	}
	in, header, err := c.decodeFile(g, address)
	if err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	f, err := header.Open()
	if err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	defer f.Close()
	name, size, err := c.cfg.Uploads.Put(g.Request.Context(), f, maxFile)
	if errors.Is(err, bot.ErrTooLarge) {
		g.AbortWithStatus(http.StatusRequestEntityTooLarge)
		return
	}
	if err != nil {
		c.cfg.Logger.WarnContext(g, "web chat could not store a file", "error", err)
		g.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	in.Files[0].ProviderID, in.Files[0].Size = name, size
	c.keep(g, address, in)
}

// decodeFile reads the form of an upload; the file itself is still to be stored.
func (c *Channel) decodeFile(g *gin.Context, address string) (bot.Incoming, *multipart.FileHeader, error) {
	// A server that does not know deadlines has no slow clients to fear (tests).
	_ = http.NewResponseController(g.Writer).SetReadDeadline(time.Now().Add(uploadTime))
	g.Request.Body = http.MaxBytesReader(g.Writer, g.Request.Body, maxFile+maxBody)
	if err := g.Request.ParseMultipartForm(inMemory); err != nil {
		return bot.Incoming{}, nil, errors.New("not a form")
	}
	header, err := g.FormFile("file")
	id, caption := g.PostForm("id"), text.Clean(g.PostForm("caption"))
	if err != nil || !clientID.MatchString(id) || len([]rune(caption)) > maxText {
		return bot.Incoming{}, nil, errors.New("no file, no id, or too long a caption")
	}
	ref := bot.FileRef{Name: cut(text.Clean(header.Filename), maxName)}
	if claimed := header.Header.Get("Content-Type"); len(claimed) <= maxType {
		ref.Type = text.Clean(claimed)
	}
	return bot.Incoming{Address: bot.Address{Channel: bot.Webchat, ID: address}, At: c.cfg.Clock().UTC(),
		ProviderID: address + ":" + id, Kind: bot.KindFiles, Text: caption, Files: []bot.FileRef{ref}}, header, nil
}

// cut keeps the first n characters of s.
func cut(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return string(r[:n])
	}
	return s
}

// seen is the browser's receipt: the lines that it has shown.
func (c *Channel) seen(g *gin.Context) {
	address, ok := c.chat(g)
	if !ok || !c.allowed(g, "webchat:seen:"+address, 120, time.Minute) {
		return
	}
	var p struct {
		After int64 `json:"after"`
		UpTo  int64 `json:"up_to"`
	}
	if err := json.NewDecoder(http.MaxBytesReader(g.Writer, g.Request.Body, maxBody)).Decode(&p); err != nil {
		g.AbortWithStatus(http.StatusBadRequest)
		return
	}
	entries, err := c.cfg.Log.Since(g.Request.Context(), address, p.After, sayings)
	if err != nil {
		g.AbortWithStatus(http.StatusServiceUnavailable)
		return
	}
	var d bot.Decoded
	for _, e := range entries {
		if e.FromBot && e.ID <= p.UpTo && e.OutboxID != 0 {
			d.Receipts = append(d.Receipts, bot.Receipt{Channel: bot.Webchat, ProviderID: fmt.Sprint(e.OutboxID),
				OutboxID: e.OutboxID, State: bot.ReceiptDelivered, At: c.cfg.Clock().UTC()})
		}
	}
	if len(d.Receipts) > 0 {
		if err := c.cfg.Sink.Keep(g.Request.Context(), d); err != nil {
			g.AbortWithStatus(http.StatusServiceUnavailable)
			return
		}
	}
	g.Status(http.StatusNoContent)
}

// stream sends the chat's log from Last-Event-ID on, and then what comes.
func (c *Channel) stream(g *gin.Context) {
	address, ok := c.chat(g)
	if !ok {
		return
	}
	leave, ok := c.streams.enter(address, origin(g))
	if !ok {
		g.Header("Retry-After", "60")
		g.AbortWithStatus(http.StatusTooManyRequests)
		return
	}
	defer leave()
	after := lastEventID(g.Request)
	// Nothing more is read of a stream; what is written has to be taken in time (see write).
	_ = http.NewResponseController(g.Writer).SetReadDeadline(time.Time{})
	h := g.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no") // a proxy must not hold lines back
	g.Writer.WriteHeaderNow()
	if err := write(g, "retry: 3000\n\n"); err != nil {
		return
	}
	for {
		heard, giveUp := c.bell.wait(address) // before reading, so that nothing said in between is missed
		next, err := c.sendSince(g, address, after)
		if err != nil {
			giveUp()
			return
		}
		if next > after {
			after = next
			giveUp()
			continue
		}
		if !c.waitForMore(g, heard) {
			giveUp()
			return
		}
		giveUp()
	}
}

// waitForMore waits for the bell, or looks anyway after a while: another
// replica may have said something. It sends a comment so that a dead line is noticed.
func (c *Channel) waitForMore(g *gin.Context, heard <-chan struct{}) bool {
	look := time.NewTimer(2 * time.Second)
	defer look.Stop()
	select {
	case <-heard:
		return true
	case <-look.C:
		return write(g, ":\n\n") == nil
	case <-c.closed:
		return false
	case <-g.Request.Context().Done():
		return false
	}
}

func lastEventID(r *http.Request) int64 {
	v := r.Header.Get("Last-Event-ID")
	if v == "" {
		v = r.URL.Query().Get("after")
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// line is one entry as the browser reads it.
type line struct {
	ID      int64        `json:"id"`
	Bot     bool         `json:"bot"`
	Text    string       `json:"text"`
	Buttons []bot.Choice `json:"buttons,omitempty"`
	At      string       `json:"at"`
}

// sendSince writes the entries after an id and returns the last id written.
func (c *Channel) sendSince(g *gin.Context, address string, after int64) (int64, error) {
	entries, err := c.cfg.Log.Since(g.Request.Context(), address, after, sayings)
	if err != nil {
		return after, err
	}
	for _, e := range entries {
		l := line{ID: e.ID, Bot: e.FromBot, Text: e.Part.Text, At: e.At.In(bot.Hanoi).Format("15:04")}
		for _, row := range e.Part.Buttons {
			l.Buttons = append(l.Buttons, row...)
		}
		b, err := json.Marshal(l)
		if err != nil {
			return after, fmt.Errorf("encode a line: %w", err)
		}
		if err := write(g, fmt.Sprintf("id: %d\ndata: %s\n\n", e.ID, b)); err != nil {
			return after, err
		}
		after = e.ID
	}
	return after, nil
}

// write sends a piece of a stream. A browser that does not take it in time is
// cut off: it would hold a connection and a goroutine for ever, and comes back by itself.
func write(g *gin.Context, s string) error {
	_ = http.NewResponseController(g.Writer).SetWriteDeadline(time.Now().Add(lineTime))
	if _, err := g.Writer.WriteString(s); err != nil {
		return err
	}
	g.Writer.Flush()
	return nil
}
