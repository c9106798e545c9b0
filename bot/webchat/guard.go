package webchat

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
)

// What a stranger may do. Many people share one address behind a mobile carrier, so the
// numbers for an address are generous; those for a chat are not.
const (
	startsPerAddress  = 240 // chats an hour
	saysPerChat       = 40  // messages a minute
	saysPerAddress    = 600
	filesPerChat      = 20 // an hour
	filesPerAddress   = 100
	filesInAll        = 2000 // a day
	streamsPerChat    = 8    // at once: a person's open tabs
	streamsPerAddress = 300
	streamsInAll      = 2000
)

const (
	cookieName = "tiepdan_chat"
	hostCookie = "__Host-tiepdan_chat" // no other host, and nothing but https, can set a cookie of that name
	sessionLen = 22                    // 128 bits in base64
	sealLen    = 32                    // 128 bits in hex
)

// newSession makes the secret that a browser keeps: 128 random bits.
func newSession() string {
	var b [16]byte
	rand.Read(b[:]) // never fails, by its documentation
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// seal shows that we gave a session out. Without it a stranger could make up as many as they
// like, each with limits of its own.
func (c *Channel) seal(session string) string {
	sum := c.cfg.Hash("webchat_session", session)
	return sum[:min(len(sum), sealLen)]
}

func (c *Channel) secure() bool { return strings.HasPrefix(c.cfg.PublicURL, "https:") }

// cookie is how a browser keeps its session.
func (c *Channel) cookie(session string) *http.Cookie {
	cookie := &http.Cookie{Name: cookieName, Value: session + "." + c.seal(session), Path: "/chat", HttpOnly: true,
		MaxAge: int((180 * 24 * time.Hour).Seconds()), SameSite: http.SameSiteLaxMode}
	if c.secure() { // so that the widget works inside another site's page
		cookie.Name, cookie.Path = hostCookie, "/"
		cookie.Secure, cookie.SameSite, cookie.Partitioned = true, http.SameSiteNoneMode, true
	}
	return cookie
}

// session returns the browser's secret, if it is one of ours.
func (c *Channel) session(g *gin.Context) (string, bool) {
	name := cookieName
	if c.secure() {
		name = hostCookie
	}
	v, err := g.Cookie(name)
	if err != nil {
		return "", false
	}
	session, seal, _ := strings.Cut(v, ".")
	ok := len(session) == sessionLen && subtle.ConstantTimeCompare([]byte(seal), []byte(c.seal(session))) == 1
	return session, ok
}

// address is what records know a session by.
func (c *Channel) address(session string) string { return c.cfg.Hash("webchat", session) }

// origin is the network address that a call comes from. One subscriber holds a whole /64 of
// IPv6, so that counts as one.
func origin(g *gin.Context) string {
	ip, err := netip.ParseAddr(g.ClientIP())
	if err != nil {
		return "unknown"
	}
	if ip = ip.Unmap(); ip.Is6() {
		if net, err := ip.Prefix(64); err == nil {
			return net.String()
		}
	}
	return ip.String()
}

// mayUpload answers 429 when the chat, its address or everybody together has sent too many files.
func (c *Channel) mayUpload(g *gin.Context, address string) bool {
	return c.allowed(g, "webchat:file:"+address, filesPerChat, time.Hour) &&
		c.allowed(g, "webchat:file:"+origin(g), filesPerAddress, time.Hour) &&
		c.allowed(g, "webchat:file:all", filesInAll, 24*time.Hour)
}

// gate counts the streams that are open. Each costs a goroutine and a look into
// records every two seconds.
type gate struct {
	mu  sync.Mutex
	all int
	by  map[string]int
}

// enter lets a stream in, unless its chat, its address or everybody has too many; leave ends it.
func (s *gate) enter(chat, from string) (leave func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.all >= streamsInAll || s.by["chat "+chat] >= streamsPerChat || s.by["from "+from] >= streamsPerAddress {
		return nil, false
	}
	s.add(chat, from, 1)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.add(chat, from, -1)
	}, true
}

func (s *gate) add(chat, from string, n int) {
	s.all += n
	for _, key := range []string{"chat " + chat, "from " + from} {
		if s.by[key] += n; s.by[key] == 0 {
			delete(s.by, key)
		}
	}
}
