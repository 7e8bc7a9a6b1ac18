package tabular

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// derivation computes a column of others of the same row; an empty text is
// missing. rows says how many of them are training, for what is learnt there.
type derivation func(of [][]string, arg string, training []bool) ([]string, error)

func names[T any](m map[string]T) string {
	return strings.Join(slices.Sorted(maps.Keys(m)), ", ")
}

// derivations are what Derived.By may be.
var derivations = map[string]derivation{
	"email_domain": each(func(v []string, _ string) string { return strings.ToLower(after(v[0], "@")) }),
	"email_local":  each(func(v []string, _ string) string { local, _, _ := strings.Cut(v[0], "@"); return local }),
	"lower":        each(func(v []string, _ string) string { return strings.ToLower(v[0]) }),
	"last_part":    each(func(v []string, _ string) string { return v[0][strings.LastIndex(v[0], ".")+1:] }),
	"length":       each(func(v []string, _ string) string { return strconv.Itoa(len([]rune(v[0]))) }),
	"digits":       each(func(v []string, _ string) string { return strconv.Itoa(strings.Count(kinds(v[0]), "0")) }),
	"last_digits": each(func(v []string, _ string) string {
		k := kinds(v[0])
		return strconv.Itoa(len(k) - len(strings.TrimRight(k, "0")))
	}),
	"equal":  each(func(v []string, _ string) string { return flag(v[0] == v[1]) }),
	"is":     each(func(v []string, arg string) string { return flag(v[0] == arg) }),
	"cross":  each(func(v []string, _ string) string { return strings.Join(v, "|") }),
	"prefix": each(func(v []string, arg string) string { n, _ := strconv.Atoi(arg); return v[0][:min(n, len(v[0]))] }),
	"log": each(func(v []string, _ string) string {
		x, err := strconv.ParseFloat(v[0], 64)
		switch {
		case err != nil:
			return v[0] // missing, or no number: who reads the column says so
		case x < 0:
			return ""
		}
		return number(math.Log1p(x))
	}),
	"days_between": each(func(v []string, arg string) string { return apart(v, arg, 24*time.Hour) }),
	"log_hours_between": each(func(v []string, arg string) string {
		x, err := strconv.ParseFloat(apart(v, arg, time.Hour), 64)
		if err != nil {
			return ""
		}
		return number(math.Log1p(max(x, 0)))
	}),
	"hour": each(func(v []string, arg string) string {
		return clock(v[0], arg, func(t time.Time) int { return t.Hour() })
	}),
	"weekday": each(func(v []string, arg string) string {
		return clock(v[0], arg, func(t time.Time) int { return int(t.Weekday()) })
	}),
	"ordinal": ordinal,
}

// each computes row by row.
func each(one func(v []string, arg string) string) derivation {
	return func(of [][]string, arg string, training []bool) ([]string, error) {
		out, v := make([]string, len(training)), make([]string, len(of))
		for i := range out {
			for c := range of {
				v[c] = of[c][i]
			}
			out[i] = one(v, arg)
		}
		return out, nil
	}
}

// ordinal numbers the levels of the training rows in order of the texts.
func ordinal(of [][]string, _ string, training []bool) ([]string, error) {
	levels := map[string]bool{}
	for i, v := range of[0] {
		if training[i] && v != "" {
			levels[v] = true
		}
	}
	index := map[string]string{}
	for i, v := range slices.Sorted(maps.Keys(levels)) {
		index[v] = strconv.Itoa(i)
	}
	out := make([]string, len(training))
	for i, v := range of[0] {
		out[i] = index[v]
	}
	return out, nil
}

func after(text, mark string) string {
	i := strings.LastIndex(text, mark)
	if i < 0 {
		return ""
	}
	return text[i+1:]
}

// kinds writes 0 for each digit.
func kinds(text string) string {
	return strings.Map(func(r rune) rune {
		if '0' <= r && r <= '9' {
			return '0'
		}
		return 'a'
	}, text)
}

func flag(yes bool) string {
	if yes {
		return "1"
	}
	return "0"
}

func number(x float64) string { return strconv.FormatFloat(x, 'g', -1, 64) }

// apart is the time from the second to the first, in units; missing where one
// of them is no time.
func apart(v []string, formats string, unit time.Duration) string {
	a, okA := parseTime(v[0], formats)
	b, okB := parseTime(v[1], formats)
	if !okA || !okB {
		return ""
	}
	return number(float64(a.Sub(b)) / float64(unit))
}

func clock(text, formats string, of func(time.Time) int) string {
	t, ok := parseTime(text, formats)
	if !ok {
		return ""
	}
	return strconv.Itoa(of(t))
}

// usual formats of times, where a spec names none.
const usual = time.DateTime + "|" + time.RFC3339 + "|" + time.DateOnly

func parseTime(text, formats string) (time.Time, bool) {
	if formats == "" {
		formats = usual
	}
	for _, format := range strings.Split(formats, "|") {
		if t, err := time.Parse(format, text); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}

// derive adds the spec's derived columns.
func (d *data) derive(s Spec) error {
	for _, column := range s.Derive {
		var of [][]string
		for _, name := range column.Of {
			values, err := d.table.text(name)
			if err != nil {
				return fmt.Errorf("derived %s: %w", column.Name, err)
			}
			of = append(of, values)
		}
		values, err := derivations[column.By](of, column.Arg, d.training)
		if err != nil {
			return fmt.Errorf("derived %s: %w", column.Name, err)
		}
		d.table.set(column.Name, values)
	}
	return nil
}
