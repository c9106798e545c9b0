package zalotest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

const (
	accessLife  = 25 * time.Hour
	refreshLife = 90 * 24 * time.Hour
	codeLife    = 10 * time.Minute
)

type oauthState struct {
	access      string // the one that is valid
	accessUntil time.Time
	refresh     map[string]*secret
	codes       map[string]*secret
	issued      int // pairs ever
	omit        int // so many answers without a refresh token
	serial      int
}

// secret is a refresh token or a code: each works once.
type secret struct {
	until time.Time
	used  bool
}

func (o *oauthState) init() {
	o.refresh, o.codes = map[string]*secret{}, map[string]*secret{}
}

func (o *oauthState) token(kind string) string {
	o.serial++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d", kind, o.serial))
	return kind + "-" + hex.EncodeToString(sum[:])
}

func (o *oauthState) spend(from map[string]*secret, value string, now time.Time) bool {
	s := from[value]
	if s == nil || s.used || !now.Before(s.until) {
		return false
	}
	s.used = true
	return true
}

// check is the token check of every call of the OA API.
func (o *oauthState) check(token string, now time.Time) *refusal {
	if token == "" || token != o.access {
		return &refusal{-216, "Access token is invalid"}
	}
	if !now.Before(o.accessUntil) {
		return &refusal{-220, "access_token is expired or removed"}
	}
	return nil
}

// issue makes a pair; the access token before is invalid from now on.
func (o *oauthState) issue(now time.Time) (access, refresh string) {
	o.issued++
	access, refresh = o.token("access"), o.token("refresh")
	o.access, o.accessUntil = access, now.Add(accessLife)
	o.refresh[refresh] = &secret{until: now.Add(refreshLife)}
	return access, refresh
}

// NewRefreshToken issues a pair the way the API explorer does, and gives its
// refresh token: a seed.
func (s *Server) NewRefreshToken() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, refresh := s.oauth.issue(s.now())
	s.oauth.issued--
	return refresh
}

// Exchanges is how many pairs the token endpoint has issued.
func (s *Server) Exchanges() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.oauth.issued
}

// Revoke makes the access token invalid, as issuing another one elsewhere does.
func (s *Server) Revoke() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oauth.access = ""
}

// OmitRefresh leaves the refresh token out of the next n answers. The one that
// was used then stays good, or the account would be lost.
func (s *Server) OmitRefresh(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.oauth.omit = n
}

// permission is the consent page, with an administrator who always agrees.
func (s *Server) permission(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case q.Get("app_id") != s.opts.AppID:
		refuseToken(w, -14002, "Invalid app id.")
		return
	case s.opts.RedirectURL == "" || q.Get("redirect_uri") != s.opts.RedirectURL:
		refuseToken(w, -14003, "Invalid redirect uri.")
		return
	}
	s.mu.Lock()
	code := s.oauth.token("code")
	s.oauth.codes[code] = &secret{until: s.now().Add(codeLife)}
	s.mu.Unlock()
	back := url.Values{"code": {code}, "oa_id": {s.opts.OAID}}
	if state := q.Get("state"); state != "" {
		back.Set("state", state)
	}
	http.Redirect(w, r, s.opts.RedirectURL+"?"+back.Encode(), http.StatusFound)
}

// accessToken is the token endpoint. It checks as Zalo does: who asks before
// what is asked.
func (s *Server) accessToken(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	keep := ""
	switch {
	case r.PostFormValue("app_id") != s.opts.AppID:
		refuseToken(w, -14002, "Invalid app id.")
		return
	case r.Header.Get("secret_key") != s.opts.AppSecret:
		refuseToken(w, -14004, "Invalid secret key.")
		return
	case r.PostFormValue("grant_type") == "refresh_token":
		token := r.PostFormValue("refresh_token")
		if !s.oauth.spend(s.oauth.refresh, token, now) {
			refuseToken(w, -14014, "Invalid refresh token.")
			return
		}
		keep = token
	case r.PostFormValue("grant_type") == "authorization_code":
		if r.PostFormValue("code_verifier") != s.opts.CodeVerifier || !s.oauth.spend(s.oauth.codes, r.PostFormValue("code"), now) {
			refuseToken(w, -14005, "Invalid authorization code.")
			return
		}
	default:
		refuseToken(w, -14018, "Invalid grant type.")
		return
	}
	access, refresh := s.oauth.issue(now)
	answer := map[string]any{"access_token": access, "expires_in": "90000"}
	if s.oauth.omit > 0 && keep != "" {
		s.oauth.omit--
		s.oauth.refresh[keep].used = false
	} else {
		answer["refresh_token"], answer["refresh_token_expires_in"] = refresh, "7776000"
	}
	writeJSON(w, answer)
}

func refuseToken(w http.ResponseWriter, code int, name string) {
	writeJSON(w, map[string]any{"error": code, "error_name": name, "error_reason": "", "error_description": "",
		"ref_doc": "https://developers.zalo.me/docs"})
}
