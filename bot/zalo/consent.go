package zalo

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"time"

	"tiepdan/bot"
)

const (
	// CallbackPath is where Callback is to be served; TIEPDAN_ZALO_REDIRECT_URL ends with it.
	CallbackPath = "/zalo/callback"
	// stateLife is how long an administrator may take on Zalo's consent page.
	stateLife = time.Hour
	stateSize = 8 + 16 + sha256.Size // end, nonce, seal
)

// ConsentURL is the page on which an administrator of the Official Account lets
// this app in. It holds a state that Callback demands back within an hour, so
// that nobody can bind the program to another account.
func (c *Channel) ConsentURL() (string, error) {
	if c.cfg.RedirectURL == "" {
		return "", errors.New("TIEPDAN_ZALO_REDIRECT_URL: is empty; set it to the callback address saved in the console")
	}
	query := url.Values{
		"app_id":       {c.cfg.AppID},
		"redirect_uri": {c.cfg.RedirectURL},
		"state":        {c.issueState()},
	}
	if c.cfg.CodeVerifier != "" {
		sum := sha256.Sum256([]byte(c.cfg.CodeVerifier))
		query.Set("code_challenge", base64.RawURLEncoding.EncodeToString(sum[:]))
	}
	return c.tokens.oauth.base.JoinPath("/v4/oa/permission").String() + "?" + query.Encode(), nil
}

// Callback takes the consent's code and stores the grant it gives. It answers
// with a JSON object for a program: {"status":"stored"}, or {"error":…} with a
// word or Zalo's number.
func (c *Channel) Callback(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet {
		w.Header().Set("Allow", http.MethodGet)
		reply(w, http.StatusMethodNotAllowed, "error", "method")
		return
	}
	query := r.URL.Query()
	if !c.knownState(query.Get("state")) {
		reply(w, http.StatusForbidden, "error", "state")
		return
	}
	code := query.Get("code")
	if code == "" || len(code) > 2048 {
		reply(w, http.StatusBadRequest, "error", "code")
		return
	}
	if err := c.tokens.consent(r.Context(), code); err != nil {
		word := consentFault(err)
		c.log.Warn("zalo consent not stored", "code", word)
		reply(w, http.StatusBadGateway, "error", word)
		return
	}
	c.log.Info("zalo consent stored")
	reply(w, http.StatusOK, "status", "stored")
}

func consentFault(err error) string {
	var serr *bot.SendError
	if errors.As(err, &serr) {
		return serr.Code
	}
	var refused *oauthError
	if errors.As(err, &refused) {
		return refused.word()
	}
	return codeGrant
}

func reply(w http.ResponseWriter, status int, name, value string) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "no-store")
	// The address of this page holds the code.
	h.Set("Referrer-Policy", "no-referrer")
	body, err := json.Marshal(map[string]string{name: value})
	if err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the browser is gone; nothing is left to do
}

// issueState seals its own end, so any replica can check what another gave out
// and nothing is stored.
func (c *Channel) issueState() string {
	raw := make([]byte, 24, stateSize)
	binary.BigEndian.PutUint64(raw, uint64(c.clock().Add(stateLife).Unix()))
	_, _ = rand.Read(raw[8:]) // never fails; see crypto/rand
	raw = append(raw, c.sealState(raw)...)
	return base64.RawURLEncoding.EncodeToString(raw)
}

func (c *Channel) knownState(state string) bool {
	raw, err := base64.RawURLEncoding.DecodeString(state)
	if err != nil || len(raw) != stateSize {
		return false
	}
	if !hmac.Equal(raw[24:], c.sealState(raw[:24])) {
		return false
	}
	until := time.Unix(int64(binary.BigEndian.Uint64(raw)), 0)
	return c.clock().Before(until)
}

func (c *Channel) sealState(raw []byte) []byte {
	seal := hmac.New(sha256.New, []byte(c.cfg.AppSecret))
	seal.Write([]byte("zalo consent state\x00"))
	seal.Write(raw)
	return seal.Sum(nil)
}

// VerificationFile is the page by which Zalo checks who holds the domain. The
// path is empty when no code is set.
func (c *Channel) VerificationFile() (path string, body []byte) {
	if c.cfg.Verification == "" {
		return "", nil
	}
	page := "<!DOCTYPE html>\n<html><head>" + c.VerificationTag() + "</head><body></body></html>\n"
	return "/zalo_verifier" + c.cfg.Verification + ".html", []byte(page)
}

// VerificationTag is the same proof as a tag for the head of the public page;
// empty when no code is set.
func (c *Channel) VerificationTag() string {
	if c.cfg.Verification == "" {
		return ""
	}
	return `<meta name="zalo-platform-site-verification" content="` + c.cfg.Verification + `">`
}
