package zalo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"tiepdan/bot"
)

const (
	// fetchTimeout ends the reading of one file, for contexts without an end.
	fetchTimeout = 2 * time.Minute
	maxRedirects = 3
)

var (
	errForeignHost = errors.New("the file is not on one of Zalo's hosts")
	errFileGone    = errors.New("the file is no longer there")
)

// Fetch gets a file from Zalo's file hosts. It returns bot.ErrTooLarge, at once or
// while reading, for more than max bytes. No token is sent. Zalo deletes files
// after a while, so it should be called soon.
func (c *Channel) Fetch(ctx context.Context, ref bot.FileRef, max int64) (io.ReadCloser, error) {
	u, err := url.Parse(ref.ProviderID)
	if err != nil || !c.mayFetch(u) {
		return nil, fmt.Errorf("fetch a file from zalo: %w", errForeignHost)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), http.NoBody)
	if err != nil {
		return nil, errors.New("fetch a file from zalo: the address cannot be used")
	}
	resp, err := c.media.Do(req)
	if err != nil {
		return nil, fmt.Errorf("fetch a file from zalo: %w", cleanse(err))
	}
	err = nil
	switch {
	case resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone:
		err = fmt.Errorf("fetch a file from zalo: %w", errFileGone)
	case resp.StatusCode != http.StatusOK:
		err = fmt.Errorf("fetch a file from zalo: http status %d", resp.StatusCode)
	case resp.ContentLength > max:
		err = fmt.Errorf("fetch a file from zalo: %w", bot.ErrTooLarge)
	}
	if err != nil {
		resp.Body.Close()
		return nil, err
	}
	return &capped{body: resp.Body, left: max}, nil
}

// mayFetch keeps an event's address from making us call a host of somebody
// else's choosing. Zalo writes plain http in some events.
func (c *Channel) mayFetch(u *url.URL) bool {
	if u.Scheme != "https" && u.Scheme != "http" || u.User != nil {
		return false
	}
	host := strings.ToLower(u.Host)
	if slices.Contains(c.cfg.MediaHosts, host) {
		return true
	}
	return strings.HasSuffix(host, ".zdn.vn") || strings.HasSuffix(host, ".zadn.vn")
}

func (c *Channel) mediaClient(base *http.Client) *http.Client {
	own := *base
	own.Timeout = fetchTimeout
	own.CheckRedirect = func(req *http.Request, via []*http.Request) error {
		if len(via) > maxRedirects || !c.mayFetch(req.URL) {
			return errForeignHost
		}
		return nil
	}
	return &own
}

// capped fails with bot.ErrTooLarge when there is more than was allowed: a
// file that is silently cut would be taken for the whole.
type capped struct {
	body io.ReadCloser
	left int64
}

func (f *capped) Read(p []byte) (int, error) {
	// One byte more than is left tells a file that ends here from one that goes on.
	if int64(len(p)) > f.left+1 {
		p = p[:f.left+1]
	}
	n, err := f.body.Read(p)
	if int64(n) > f.left {
		n, err = int(f.left), bot.ErrTooLarge
	}
	f.left -= int64(n)
	return n, err
}

func (f *capped) Close() error { return f.body.Close() }
