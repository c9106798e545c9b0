package handlers

import (
	"context"
	"fmt"
	"strings"
	"time"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// linkLife is how long a code that links a phone may be sent.
const linkLife = 30 * time.Minute

// link answers LK: in a chat it shows the code to send from the phone; from the phone
// it takes the code. Linking goes from the phone to us and never the other way, so that
// nobody is ever asked to pass on a code.
func (d *desk) link(ctx context.Context, t *dialogue.Talk, arg string) (dialogue.Reply, error) {
	code := strings.Join(strings.Fields(arg), "")
	switch {
	case d.route(t) == casework.RoutePublic:
		return t.Say("link.public"), nil
	case t.SMS() && code == "":
		return t.Say("link.from_chat"), nil
	case t.SMS():
		return d.takeLink(ctx, t, code)
	case t.Conv.Phone != "":
		r := t.Say("link.is_linked", "masked", text.MaskPhone(t.Conv.Phone))
		r.Offer = []dialogue.Offer{{Key: "choice.unlink.", Command: dialogue.Command{Name: "link/end"}}}
		return r, nil
	case d.Settings.LinkNumber == "":
		return t.Say("link.at_counter"), nil
	case code != "":
		return t.Say("link.by_sms", "number", d.Settings.LinkNumber), nil
	}
	return d.offerLink(ctx, t)
}

func (d *desk) offerLink(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	for range 8 {
		code, err := d.fourDigits()
		if err != nil {
			return dialogue.Reply{}, err
		}
		open, err := d.Links.LinkOffered(ctx, code, t.Now)
		if err != nil {
			return dialogue.Reply{}, fmt.Errorf("looking for a free code: %w", err)
		}
		if open {
			continue
		}
		words := strings.TrimSpace(d.Settings.LinkKeyword + " LK " + code)
		r := t.Say("link.offer", "words", words, "number", d.Settings.LinkNumber)
		r.Acts = append(r.Acts, casework.OfferLink{Key: key(t, "offer"), Origin: d.origin(t), Code: code, Expires: t.Now.Add(linkLife)})
		return r, nil
	}
	return t.Say("link.at_counter"), nil
}

// fourDigits draws a code that can be typed on a feature phone.
func (d *desk) fourDigits() (string, error) {
	code, err := text.NewGrievanceCode(d.Random)
	if err != nil {
		return "", fmt.Errorf("drawing a link code: %w", err)
	}
	return code[3:7], nil
}

func (d *desk) takeLink(ctx context.Context, t *dialogue.Talk, code string) (dialogue.Reply, error) {
	if !d.mayTakeLink(ctx, t) {
		return t.Say("link.too_many"), nil
	}
	open, err := d.Links.LinkOffered(ctx, code, t.Now)
	if err != nil {
		return dialogue.Reply{}, fmt.Errorf("looking for an offered link: %w", err)
	}
	if !open {
		return t.Say("link.no_code"), nil
	}
	r := t.Say("link.taken")
	r.Acts = append(r.Acts, casework.TakeLink{Key: key(t, "take"), Origin: d.origin(t), Code: code})
	return r, nil
}

// unlink ends the link between this chat and its phone.
func (d *desk) unlink(_ context.Context, t *dialogue.Talk, _ string) (dialogue.Reply, error) {
	r := t.Say("link.ended")
	r.Acts = append(r.Acts, casework.Unlink{Key: key(t, "unlink"), Origin: d.origin(t)})
	return r, nil
}

// contact answers a number that was shared while no question asked for one. It is no proof and links
// nothing: links go from the phone to us, or are made at the counter.
func (d *desk) contact(_ context.Context, t *dialogue.Talk, phone string) (dialogue.Reply, error) {
	if d.route(t) == casework.RoutePublic {
		return t.Say("link.contact_public"), nil
	}
	return t.Say("link.contact", "masked", text.MaskPhone(phone)), nil
}
