package zalo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// Codes of the token endpoint that are acted on. No official page lists them.
const (
	codeRate      = -32
	codeBadApp    = -14002 // app id wrong, or the app is not active
	codeBadSecret = -14004 // the app's secret is wrong
)

// oauthClient calls Zalo's token endpoint for one app.
type oauthClient struct {
	http     *http.Client
	base     *url.URL
	appID    string
	secret   string
	verifier string
}

// form is a request to the token endpoint, without what every request has.
type form struct{ grantType, name, value string }

func refreshForm(token string) form { return form{"refresh_token", "refresh_token", token} }
func codeForm(code string) form     { return form{"authorization_code", "code", code} }

// pair is what the token endpoint issued; refresh may be empty.
type pair struct {
	access, refresh         string
	accessLife, refreshLife time.Duration
}

// oauthError is the token endpoint's refusal. Its text holds the number only:
// Zalo's words are not known to be free of what was sent.
type oauthError struct{ code int }

func (e *oauthError) Error() string   { return "zalo refused the token request: " + e.word() }
func (e *oauthError) throttled() bool { return e.code == codeRate }

func (e *oauthError) word() string {
	if e.code == 0 {
		return "refused"
	}
	return strconv.Itoa(e.code)
}

// terminal: the token or code that was sent is of no more use. A wrong app id
// or secret says nothing about it, and is mended in the settings.
func (e *oauthError) terminal() bool {
	switch e.code {
	case codeRate, codeBadApp, codeBadSecret:
		return false
	}
	return true
}

func terminal(err error) bool {
	var refused *oauthError
	return errors.As(err, &refused) && refused.terminal()
}

func codeOf(err error) string {
	var refused *oauthError
	if errors.As(err, &refused) {
		return refused.word()
	}
	return codeOAuth
}

// exchange makes one request. It fails with an *oauthError where Zalo said no, and with
// any other error where nothing is known of the outcome.
func (o oauthClient) exchange(ctx context.Context, f form) (pair, error) {
	values := url.Values{"app_id": {o.appID}, "grant_type": {f.grantType}, f.name: {f.value}}
	if f.name == "code" && o.verifier != "" {
		values.Set("code_verifier", o.verifier)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost,
		o.base.JoinPath("/v4/oa/access_token").String(), strings.NewReader(values.Encode()))
	if err != nil {
		return pair{}, errors.New("ask zalo for a token: the address cannot be used")
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header["secret_key"] = []string{o.secret}
	resp, err := o.http.Do(req)
	if err != nil {
		return pair{}, fmt.Errorf("ask zalo for a token: %w", cleanse(err))
	}
	defer resp.Body.Close()
	body, err := readAnswer(resp.Body)
	if err != nil {
		return pair{}, fmt.Errorf("read zalo's token answer: %w", cleanse(err))
	}
	if resp.StatusCode >= 500 || resp.StatusCode == http.StatusTooManyRequests {
		return pair{}, fmt.Errorf("ask zalo for a token: http status %d", resp.StatusCode)
	}
	return readPair(body)
}

// readPair tells an issued pair from a refusal. Zalo refuses with status 200 too, and
// an error body need not have a number: taking one for a success has
// stored empty tokens elsewhere.
func readPair(body []byte) (pair, error) {
	var a struct {
		Error       flexInt `json:"error"`
		ErrorName   string  `json:"error_name"`
		Access      string  `json:"access_token"`
		Refresh     string  `json:"refresh_token"`
		AccessLife  flexInt `json:"expires_in"`
		RefreshLife flexInt `json:"refresh_token_expires_in"`
	}
	if err := lenient(body, &a); err != nil {
		return pair{}, errors.New("read zalo's token answer: not a JSON object")
	}
	if a.Error.n != 0 || a.ErrorName != "" {
		return pair{}, &oauthError{code: int(a.Error.n)}
	}
	if a.Access == "" {
		return pair{}, errors.New("read zalo's token answer: no access token in it")
	}
	p := pair{access: a.Access, refresh: a.Refresh, accessLife: accessLife, refreshLife: refreshLife}
	if n := a.AccessLife.n; n > 0 && n <= int64(refreshLife/time.Second) {
		p.accessLife = time.Duration(n) * time.Second
	}
	if n := a.RefreshLife.n; n > 0 && n <= int64(10*refreshLife/time.Second) {
		p.refreshLife = time.Duration(n) * time.Second
	}
	return p, nil
}

// lenient decodes a JSON object and leaves out members of another type than
// expected: Zalo writes some as string here and as number there.
func lenient(body []byte, into any) error {
	err := json.Unmarshal(body, into)
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		return nil
	}
	return err
}
