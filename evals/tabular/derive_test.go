package tabular_test

import "testing"

func TestDerivations(t *testing.T) {
	t.Parallel()
	const dates = `"2006-01-02 15:04|2/1/2006"`
	for _, c := range []struct {
		by, arg  string
		a, b     string
		want     string
		category bool
	}{
		{by: "email_domain", a: "Jo@x@Shop.Example", want: "shop.example", category: true},
		{by: "email_domain", a: "no address", want: "", category: true},
		{by: "email_local", a: "jo.doe@shop.example", want: "jo.doe", category: true},
		{by: "email_local", a: "jo.doe", want: "jo.doe", category: true},
		{by: "lower", a: "MIXED", want: "mixed", category: true},
		{by: "last_part", a: "mail.shop.example", want: "example", category: true},
		{by: "last_part", a: "example", want: "example", category: true},
		{by: "length", a: "häuser", want: "6"},
		{by: "length", a: "", want: "0"},
		{by: "digits", a: "a1b22c", want: "3"},
		{by: "last_digits", a: "a1b22", want: "2"},
		{by: "last_digits", a: "a1b", want: "0"},
		{by: "equal", a: "x", b: "x", want: "1"},
		{by: "equal", a: "x", b: "X", want: "0"},
		{by: "is", arg: "Pre-PQ", a: "Pre-PQ", want: "1"},
		{by: "is", arg: "Pre-PQ", a: "2026-01-01", want: "0"},
		{by: "cross", a: "x", b: "y", want: "x|y", category: true},
		{by: "prefix", arg: "2", a: "28195", want: "28", category: true},
		{by: "prefix", arg: "9", a: "28195", want: "28195", category: true},
		{by: "log", a: "0", want: "0"},
		{by: "log", a: "1.718281828459045", want: "1"},
		{by: "log", a: "-3", want: ""},
		{by: "log", a: "", want: ""},
		{by: "days_between", arg: dates, a: "2026-03-02 12:00", b: "1/3/2026", want: "1.5"},
		{by: "days_between", arg: dates, a: "1/3/2026", b: "2026-03-02 12:00", want: "-1.5"},
		{by: "days_between", arg: dates, a: "not captured", b: "1/3/2026", want: ""},
		{by: "days_between", a: "2026-03-02", b: "2026-03-01T00:00:00+02:00", want: "1.0833333333333333"},
		{by: "log_hours_between", arg: dates, a: "1/3/2026", b: "1/3/2026", want: "0"},
		{by: "log_hours_between", arg: dates, a: "1/3/2026", b: "2/3/2026", want: "0"},
		{by: "log_hours_between", arg: dates, a: "", b: "2/3/2026", want: ""},
		{by: "hour", arg: dates, a: "2026-03-02 12:59", want: "12"},
		{by: "hour", arg: dates, a: "noon", want: ""},
		{by: "weekday", arg: dates, a: "1/3/2026", want: "0"},
	} {
		t.Run(c.by+" "+c.a, func(t *testing.T) {
			t.Parallel()
			arg := ""
			if c.arg != "" {
				arg = ", arg: " + c.arg
			}
			kind := "number"
			if c.category {
				kind = "category"
			}
			s := spec(t, "derive: [{name: x, by: "+c.by+", of: [a, b]"+arg+"}]", "features: [{name: x, type: "+kind+"}]")
			train, _ := features(t, s, folder("orders.csv", lines("id,a,b,late", "r,"+c.a+","+c.b+",0")), folder("later.csv", lines("id,a,b,late")))
			if have := train["r"]["x"]; have != c.want {
				t.Errorf("have %q, want %q", have, c.want)
			}
		})
	}
}

// TestOrdinal: numbers are by the texts of training rows; what only the test
// has is missing, so that the test cannot move them.
func TestOrdinal(t *testing.T) {
	t.Parallel()
	s := spec(t, "derive: [{name: x, by: ordinal, of: [city]}]", "features: [{name: x}]")
	train, test := features(t, s,
		folder("orders.csv", lines("id,city,late", "r,Ulm,0", "s,Bonn,1", "t,,0", "u,Ulm,0")),
		folder("later.csv", lines("id,city,late", "v,Aachen,0", "w,Ulm,1")))
	for id, want := range map[string]string{"r": "1", "s": "0", "t": "", "u": "1"} {
		if have := train[id]["x"]; have != want {
			t.Errorf("%s: have %q, want %q", id, have, want)
		}
	}
	for id, want := range map[string]string{"v": "", "w": "1"} {
		if have := test[id]["x"]; have != want {
			t.Errorf("%s: have %q, want %q", id, have, want)
		}
	}
}
