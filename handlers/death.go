package handlers

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"tiepdan/bot/dialogue"
	"tiepdan/bot/text"
	"tiepdan/casework"
)

// death hears that somebody has died. Notices for that person stop at once; only
// staff mark a death.
func (d *desk) death(_ context.Context, _ *dialogue.Talk, sure string) (dialogue.Reply, error) {
	b := &dialogue.Begin{Script: "death"}
	if sure != "" {
		b.Answers = dialogue.Given("sure", "yes")
	}
	return dialogue.Reply{Begin: b}, nil
}

// diedWords and lostThings read "mất rồi", which is said of people and of things.
func diedWords() []string {
	return []string{"mat roi", "qua doi", "tu tran", "da mat", "chet roi", "da chet", "moi mat", "vua mat", "khong con nua"}
}

func kin() []string {
	return []string{"ong", "ba", "bo", "me", "ma", "cha", "tia", "chong", "vo", "bac", "chu", "co", "cu", "di", "cau", "anh", "chi", "em", "con", "noi", "ngoai", "nguoi"}
}

func things() []string {
	return []string{"sim", "the", "so", "giay", "dien thoai", "may", "tien", "song", "dien", "mang", "sach", "ma", "tai khoan", "lien lac", "trom", "cap"}
}

// died says whether a text tells of a death, and whether that is certain: a person of the
// family stands close before the words, and no thing that gets lost.
func died(words string) (told, sure bool) {
	folded := " " + text.Fold(words) + " "
	for _, w := range diedWords() {
		i := strings.Index(folded, " "+w+" ")
		if i < 0 {
			continue
		}
		before := strings.Fields(folded[:i])
		before = before[max(0, len(before)-4):]
		near := " " + strings.Join(before, " ") + " "
		family := anyWord(near, kin())
		switch w {
		case "qua doi", "tu tran": // said of people alone
			if w == "qua doi" && waited(words, folded[i:], family) {
				continue
			}
		default:
			if anyWord(near, things()) {
				return false, false
			}
		}
		return true, family
	}
	return false, false
}

// waited says that "qua doi" is "quá, đợi", which is said of queues: by its accents where the text has some, else by the
// word behind it, unless the words before name family.
func waited(words, rest string, family bool) bool {
	typed := strings.ToLower(text.Clean(words))
	if strings.ContainsAny(typed, "áạợờ") {
		return !strings.Contains(typed, "qua đời")
	}
	next := strings.Fields(rest)
	return !family && len(next) > 2 && slices.Contains([]string{"lau", "mai", "hoai", "suot", "moi"}, next[2])
}

func anyWord(in string, words []string) bool {
	for _, w := range words {
		if strings.Contains(in, " "+w+" ") {
			return true
		}
	}
	return false
}

func (d *desk) deathScript() dialogue.Script {
	return dialogue.Script{
		ID: "death", Version: 1, Title: "death.title",
		Questions: []dialogue.Question{
			{ID: "sure", Text: "death.ask", Choices: []string{"choice.yes.", "choice.no."}},
			{ID: "who", Text: "death.who", Options: d.deathOptions, When: func(a dialogue.Answers) bool { return a.Get("sure") == "yes" }},
		},
		Act: d.fileDeath,
	}
}

// deathOptions are the people of the phone; even a single one is asked about, since the dead may be
// somebody of whom the office knows nothing.
func (d *desk) deathOptions(ctx context.Context, t *dialogue.Talk) ([]dialogue.Choice, error) {
	people, err := d.proven(ctx, t)
	if err != nil || len(people) == 0 || d.route(t) == casework.RoutePublic {
		return nil, err
	}
	var choices []dialogue.Choice
	for i, p := range people[:min(len(people), 8)] {
		choices = append(choices, dialogue.Choice{Value: strconv.FormatInt(p.ID, 10), Label: p.Name, Word: fmt.Sprintf("NGUOI %d", i+1)})
	}
	return append(choices, t.Choice("none", "choice.other_person.")), nil
}

func (d *desk) fileDeath(ctx context.Context, t *dialogue.Talk) (dialogue.Reply, error) {
	if t.Form.Answers.Get("sure") != "yes" {
		return t.Say("death.misread"), nil
	}
	people, err := d.proven(ctx, t)
	if err != nil {
		return dialogue.Reply{}, err
	}
	var id int64
	switch who := t.Form.Answers.Get("who"); {
	case who == "none": // somebody else: nothing of this phone's people is stopped
		id = -1
	case who != "":
		if id, err = strconv.ParseInt(who, 10, 64); err != nil {
			id = 0
		}
	}
	programme, err := d.programmeOf(ctx, t, people, id)
	if err != nil {
		return dialogue.Reply{}, err
	}
	answer := "death.answer"
	if id < 0 {
		answer = "death.answer_other"
	}
	r := t.Say(answer, "papers", d.Rules.Programmes.FuneralPapers(programme, t.Lang.Code()))
	o := d.origin(t)
	task := casework.OpenTask{Key: "death_task:" + t.Form.ID, Origin: o, Kind: casework.TaskDeath, PersonID: max(id, 0), Detail: d.staffText("task.death")}
	if id >= 0 {
		r.Acts = append(r.Acts, casework.SaidDead{Key: "death:" + t.Form.ID, Origin: o, PersonID: id})
	}
	r.Acts = append(r.Acts, task)
	return r, nil
}

// programmeOf is what the dead person received, which decides on the funeral support; empty when it is not known.
func (d *desk) programmeOf(ctx context.Context, t *dialogue.Talk, people []casework.Person, id int64) (string, error) {
	if id <= 0 || nameOf(people, id) == "" {
		return "", nil
	}
	paid, err := d.Payouts.PayoutsOf(ctx, []int64{id}, t.Now.Add(-pastPayoutAge), 1)
	if err != nil {
		return "", fmt.Errorf("listing payouts: %w", err)
	}
	if len(paid) == 0 {
		return "", nil
	}
	return paid[0].Programme, nil
}
