package main

import (
	"context"
	"io"
	"strings"

	"tiepdan/bot/webchat"
	"tiepdan/store/files"
)

// openWebchat makes the channel in the browser, which is always on.
func (s *service) openWebchat() (*webchat.Channel, error) {
	records := s.stores.Records
	return webchat.New(webchat.Config{PublicURL: s.public.PublicURL, Log: records.Chats(), Sink: records, Limits: s.stores.Limits,
		Uploads: uploads{s.files}, Hash: s.stores.Vault.Hash, Page: s.page, Clock: s.clock, Logger: s.log,
		Text: func(lang, key string, args ...any) string { return s.texts.Language(lang).Text(key, args...) }})
}

// page is what the public page tells about the office, in a language.
func (s *service) page(lang string) webchat.Page {
	l, home := s.texts.Language(lang), s.stores.Records.Home()
	p := webchat.Page{Office: home.Name, Phone: home.Phone, Counter: home.Counter, Hours: home.Hours}
	if p.Office == "" {
		p.Office = l.Text("cmd.office.unknown")
	}
	if n := s.public.SMS.Number; n != "" && s.channels.sms != nil && s.channels.sms.Limits().TwoWay {
		how := "cmd.way.sms"
		words := strings.TrimSpace(s.channels.sms.Keyword() + " HS")
		p.Ways = append(p.Ways, webchat.Way{Name: "SMS", How: l.Text(how, "words", words, "number", n)})
	}
	if s.channels.zalo != nil {
		p.Ways = append(p.Ways, webchat.Way{Name: "Zalo", How: l.Text("cmd.way.zalo", "office", p.Office)})
	}
	return p
}

// uploads keeps the pictures of web chats in the folder of files.
type uploads struct{ folder *files.Folder }

func (u uploads) Put(ctx context.Context, r io.Reader, max int64) (string, int64, error) {
	f, err := u.folder.Put(ctx, r, max)
	return f.SHA256, f.Size, err
}

func (u uploads) Open(_ context.Context, name string) (io.ReadCloser, error) {
	return u.folder.Open(name)
}
