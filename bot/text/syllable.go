package text

import "strings"

// initials are the ways a Vietnamese syllable can begin, without accents, the longest first.
var initials = []string{"ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr",
	"b", "c", "d", "g", "h", "k", "l", "m", "n", "p", "r", "s", "t", "v", "x", ""}

// rimes are the ways it can end, without accents, each between spaces.
const rimes = " a ac ach ai am an ang anh ao ap at au ay e ec ech em en eng enh eo ep et eu " +
	"i ia ich iec iem ien ieng iep iet ieu im in inh ip it iu " +
	"o oa oac oach oai oam oan oang oanh oao oap oat oay oc oe oen oeo oet oi om on ong ooc oong op ot " +
	"u ua uan uang uat uay uc ue uech uenh ui um un ung uo uoc uoi uom uon uong uop uot uou up ut uu uy uya uych uyen " +
	"uyet uynh uyt uyu uyn uyp y yem yen yeng yet yeu ym yn ynh yt "

// syllable says whether a folded word could be a Vietnamese syllable.
func syllable(word string) bool {
	if len(word) == 0 || len(word) > 7 {
		return false
	}
	for _, first := range initials {
		rime, ok := strings.CutPrefix(word, first)
		if !ok || rime == "" {
			continue
		}
		if strings.Contains(rimes, " "+rime+" ") && (first != "qu" || strings.IndexByte("aeioy", rime[0]) >= 0) {
			return true
		}
	}
	return false
}

func vowel(c byte) bool { return strings.IndexByte("aeiouy", c) >= 0 }

// Syllable says whether a folded word could be a Vietnamese syllable. A word that could not is
// a name, a foreign word, a code or a slip.
func Syllable(word string) bool { return syllable(word) }
