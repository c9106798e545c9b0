package zalo

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"tiepdan/bot"
)

const infoPath = "/v2.0/oa/getoa"

// oaInfo is what Zalo says of the Official Account.
type oaInfo struct {
	ID           ident  `json:"oaid"`
	OtherID      ident  `json:"oa_id"` // so named by some clients
	Verified     told   `json:"is_verified"`
	Package      told   `json:"package_name"`
	PackageUntil string `json:"package_valid_through_date"` // DD/MM/YYYY
	Cloud        told   `json:"linked_ZCA"`
}

// Check asks Zalo for the Official Account, and says in one line what has to be
// mended before messages can go. nil: nothing.
func (c *Channel) Check(ctx context.Context) error {
	var faults []string
	if c.cfg.OASecretKey == "" {
		faults = append(faults, "TIEPDAN_ZALO_OA_SECRET_KEY is empty, so every event is dropped: save the webhook address in the console and copy the key it then shows")
	}
	if g, serr := c.tokens.read(ctx); serr == nil && g.NeedsConsent && !c.tokens.newSeed(g) {
		// Said before the access token ends, while there is time.
		faults = append(faults, remedy(codeNeedsConsent))
	} else if info, serr := c.info(ctx); serr != nil {
		faults = append(faults, describe(serr))
	} else {
		faults = append(faults, info.faults(c.clock())...)
	}
	if len(faults) == 0 {
		return nil
	}
	return errors.New("zalo: " + strings.Join(faults, "; "))
}

func (c *Channel) info(ctx context.Context) (oaInfo, *bot.SendError) {
	a, serr := c.call(ctx, request{path: infoPath})
	if serr != nil {
		return oaInfo{}, serr
	}
	var info oaInfo
	if lenient(a.data, &info) != nil {
		return oaInfo{}, &bot.SendError{Class: bot.Unknown, Code: "not_json"}
	}
	if info.ID == "" {
		info.ID = info.OtherID
	}
	return info, nil
}

// faults reads only what Zalo told: a member that is missing is no fault.
func (info oaInfo) faults(now time.Time) []string {
	var faults []string
	if info.Verified == toldNo {
		faults = append(faults, remedy("-221"))
	}
	if info.Package == toldNo {
		faults = append(faults, remedy("-224"))
	}
	if until, err := time.ParseInLocation("02/01/2006", info.PackageUntil, bot.Hanoi); err == nil && !now.Before(until.AddDate(0, 0, 1)) {
		faults = append(faults, "the Official Account's package ended on "+info.PackageUntil+": renew it")
	}
	if info.Cloud == toldNo {
		faults = append(faults, remedy("-320"))
	}
	return faults
}

func describe(serr *bot.SendError) string {
	if text := remedy(serr.Code); text != "" {
		return text
	}
	if serr.Err != nil {
		return fmt.Sprintf("asking for the Official Account failed (%s): %v", serr.Code, serr.Err)
	}
	return fmt.Sprintf("asking for the Official Account failed with code %s", serr.Code)
}

// remedy names the cure for a code; empty where none is known.
func remedy(code string) string {
	switch code {
	case codeNoGrant:
		return "no token yet: set TIEPDAN_ZALO_REFRESH_TOKEN or have an administrator of the Official Account open the consent link"
	case codeNeedsConsent:
		return "Zalo refused the refresh token: have an administrator of the Official Account open the consent link, or set a new TIEPDAN_ZALO_REFRESH_TOKEN"
	case "-14002":
		return "TIEPDAN_ZALO_APP_ID is wrong, or the app is not active in the developer console"
	case "-14004":
		return "TIEPDAN_ZALO_APP_SECRET is wrong"
	case "-216", "-220":
		return "Zalo refuses a token that it has just issued: check that TIEPDAN_ZALO_APP_ID and the Official Account belong together, and that nothing else renews this grant"
	case "-204", "-205":
		return "the Official Account is disabled or gone: write to Zalo"
	case "-209", "-219":
		return "the app is not active: activate it in the developer console"
	case "-212":
		return "the app lacks the product Official Account API: add it in the developer console"
	case "-221":
		return "the Official Account is not verified: have it verified by Zalo"
	case "-223":
		return "the Official Account has not granted this permission: tick every permission group and consent again"
	case "-224":
		return "the Official Account's package does not include the API: upgrade it"
	case "-242":
		return "the app demands appsecret_proof: switch that off in the developer console"
	case "-320":
		return "no Zalo Cloud account is linked, so messages later than 48 hours cannot be billed: link one"
	case "-321":
		return "the Zalo Cloud account has no money left: top it up"
	}
	return ""
}
