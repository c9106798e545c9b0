package handlers

import "testing"

// TestWhoDied: "quá, đợi lâu" is a queue, and "ma" without accents is a mother as often as a code.
func TestWhoDied(t *testing.T) {
	t.Parallel()
	for words, want := range map[string][2]bool{
		"má tôi qua đời rồi":               {true, true},
		"ma toi qua doi roi":               {true, true},
		"Bà Sáu QUA ĐỜI tối qua":           {true, true},
		"ba toi qua doi lau roi":           {true, true},
		"qua doi lau roi":                  {false, false},
		"diem phat tien dong qua doi lau":  {false, false},
		"điểm phát tiền đông quá, đợi lâu": {false, false},
		"đông quá đợi hoài":                {false, false},
		"mất sim rồi, mất rồi":             {false, false},
		"tôi mất rồi sổ":                   {true, false},
		"ông tôi mất rồi":                  {true, true},
	} {
		if told, sure := died(words); told != want[0] || sure != want[1] {
			t.Errorf("%q: told %t, sure %t", words, told, sure)
		}
	}
}
