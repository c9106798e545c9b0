package telegram

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	tgbotapi "github.com/go-telegram-bot-api/telegram-bot-api/v5"

	"tiepdan/bot"
	"tiepdan/bot/text"
)

// filesOf finds what is attached to a message; at most one file, because each
// picture of an album is a message of its own.
func filesOf(m *tgbotapi.Message) []bot.FileRef {
	switch {
	case len(m.Photo) > 0:
		best := m.Photo[0]
		for _, size := range m.Photo[1:] {
			if size.Width*size.Height > best.Width*best.Height {
				best = size
			}
		}
		// A photo has no type in the update; the server makes every one a JPEG.
		return file(best.FileID, "", "image/jpeg", best.FileSize)
	case m.Animation != nil: // comes with a document of the same file
		return file(m.Animation.FileID, m.Animation.FileName, m.Animation.MimeType, m.Animation.FileSize)
	case m.Document != nil:
		return file(m.Document.FileID, m.Document.FileName, m.Document.MimeType, m.Document.FileSize)
	case m.Voice != nil:
		return file(m.Voice.FileID, "", m.Voice.MimeType, m.Voice.FileSize)
	case m.Audio != nil:
		return file(m.Audio.FileID, m.Audio.FileName, m.Audio.MimeType, m.Audio.FileSize)
	case m.Video != nil:
		return file(m.Video.FileID, m.Video.FileName, m.Video.MimeType, m.Video.FileSize)
	case m.VideoNote != nil:
		return file(m.VideoNote.FileID, "", "video/mp4", m.VideoNote.FileSize)
	}
	return nil
}

func file(id, name, mime string, size int) []bot.FileRef {
	if id == "" {
		return nil
	}
	return []bot.FileRef{{
		ProviderID: text.Clean(id),
		Name:       text.Clean(name),
		Type:       text.Clean(mime),
		Size:       int64(max(0, size)),
	}}
}

// Fetch gets a file that a person sent. Telegram gives out at most 20 MiB. A
// refusal is a *bot.SendError, so that a caller can tell "later" from "never".
func (c *Channel) Fetch(ctx context.Context, ref bot.FileRef, most int64) (io.ReadCloser, error) {
	result, failed := c.call(ctx, "getFile", tgbotapi.Params{"file_id": ref.ProviderID})
	if failed != nil {
		if failed.answered && strings.Contains(strings.ToLower(failed.description), "file is too big") {
			return nil, bot.ErrTooLarge
		}
		return nil, fmt.Errorf("get a file's path: %w", classify(failed))
	}
	var found tgbotapi.File
	if err := json.Unmarshal(result, &found); err != nil {
		return nil, errors.New("get a file's path: the answer is not a file")
	}
	if int64(found.FileSize) > most {
		return nil, bot.ErrTooLarge
	}
	address, err := c.fileURL(found.FilePath)
	if err != nil {
		return nil, err
	}
	return c.download(ctx, address, most)
}

// fileURL builds the address of a file. It holds the token, so it goes nowhere
// but into the request. The path is Telegram's word: it must stay below its base.
func (c *Channel) fileURL(path string) (string, error) {
	segments := strings.Split(path, "/")
	for i, s := range segments {
		if s == "" || s == "." || s == ".." {
			// A self-hosted server in local mode gives paths on its own disk.
			return "", errors.New("get a file: Telegram gave no path below TIEPDAN_TELEGRAM_API_URL")
		}
		segments[i] = url.PathEscape(s)
	}
	return c.apiURL + "/file/bot" + c.token + "/" + strings.Join(segments, "/"), nil
}

func (c *Channel) download(ctx context.Context, address string, most int64) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fmt.Errorf("get a file: %w", cleanse(err, c.token))
	}
	resp, err := c.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("get a file: %w", cleanse(err, c.token))
	}
	if resp.StatusCode != http.StatusOK || resp.ContentLength > most {
		_ = resp.Body.Close() // nothing was read that a failed close could spoil
		if resp.StatusCode != http.StatusOK {
			return nil, fmt.Errorf("get a file: status %d", resp.StatusCode)
		}
		return nil, bot.ErrTooLarge
	}
	return &limited{body: resp.Body, left: most, token: c.token}, nil
}

// limited reads at most left bytes; if there are more, it fails with bot.ErrTooLarge
// and does not pass a cut file off as a whole one.
type limited struct {
	body  io.ReadCloser
	left  int64
	token string
}

func (l *limited) Read(p []byte) (int, error) {
	if int64(len(p)) > l.left+1 {
		p = p[:l.left+1]
	}
	n, err := l.body.Read(p)
	if int64(n) > l.left {
		n = int(l.left)
		l.left = 0
		return n, bot.ErrTooLarge
	}
	l.left -= int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("read a file: %w", cleanse(err, l.token))
	}
	return n, err
}

func (l *limited) Close() error { return l.body.Close() }
