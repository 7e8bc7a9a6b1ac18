package decision

import (
	"testing"
	"time"

	"github.com/shopspring/decimal"
	"pgregory.net/rapid"
)

func euro(amount int64) *Money { return &Money{decimal.NewFromInt(amount), "EUR"} }

func live(kind string) Switches { return Switches{Modes: map[string]Mode{kind: Live}} }

func TestGuard(t *testing.T) {
	t.Parallel()
	caps := Caps{Count: 2, Amount: decimal.NewFromInt(100)}
	confirm := Recommendation{Action: Action{Name: "confirm"}, AtStake: euro(40)}
	spent := func(at time.Time, count int, amount int64) map[string]Spent {
		return map[string]Spent{"order": {Hour: at.Truncate(time.Hour), Count: count, Amount: decimal.NewFromInt(amount)}}
	}
	tests := map[string]struct {
		head Head
		caps Caps
		r    Recommendation
		code string
	}{
		"live and within budget":    {Head{Switches: live("order")}, caps, confirm, ""},
		"zero switches":             {Head{}, caps, confirm, GuardSuggest},
		"zero caps":                 {Head{Switches: live("order")}, Caps{}, confirm, GuardCount},
		"kill":                      {Head{Switches: Switches{Kill: true, Modes: map[string]Mode{"order": Live}}}, caps, confirm, GuardKill},
		"paused":                    {Head{Switches: Switches{Modes: map[string]Mode{"order": Live}, Paused: map[string]string{"order": ""}}}, caps, confirm, GuardPaused},
		"another kind is paused":    {Head{Switches: Switches{Modes: map[string]Mode{"order": Live}, Paused: map[string]string{"refund": "x"}}}, caps, confirm, ""},
		"shadow":                    {Head{Switches: Switches{Modes: map[string]Mode{"order": Shadow}}}, caps, confirm, GuardShadow},
		"suggest":                   {Head{Switches: Switches{Modes: map[string]Mode{"order": Suggest}}}, caps, confirm, GuardSuggest},
		"a mode nobody knows":       {Head{Switches: Switches{Modes: map[string]Mode{"order": "LIVE"}}}, caps, confirm, GuardSuggest},
		"another kind is live":      {Head{Switches: live("refund")}, caps, confirm, GuardSuggest},
		"count is used up":          {Head{Switches: live("order"), Spent: spent(noon, 2, 0)}, caps, confirm, GuardCount},
		"one is left":               {Head{Switches: live("order"), Spent: spent(noon, 1, 60)}, caps, confirm, ""},
		"amount would be exceeded":  {Head{Switches: live("order"), Spent: spent(noon, 1, 61)}, caps, confirm, GuardAmount},
		"last hour does not count":  {Head{Switches: live("order"), Spent: spent(noon.Add(-time.Hour), 2, 100)}, caps, confirm, ""},
		"the next hour does":        {Head{Switches: live("order"), Spent: spent(noon.Add(time.Hour), 2, 100)}, caps, confirm, GuardCount},
		"money at stake is unknown": {Head{Switches: live("order")}, caps, Recommendation{Action: Action{Name: "confirm"}}, GuardUnknown},
		"an action nobody declared": {Head{}, caps, Recommendation{Action: Action{Name: "explode"}, AtStake: euro(1)}, GuardSuggest},
		"protective needs no leave": {Head{Switches: Switches{Kill: true}}, Caps{}, Recommendation{Action: Action{Name: "hold"}}, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g, outcome := Guard(test.head, test.caps, "order", test.r, Execute, noon)
			want := Execute
			if test.code != "" {
				want = Approve
			}
			if g.Code != test.code || outcome != want {
				t.Errorf("have %q and %s, want %q and %s", g.Code, outcome, test.code, want)
			}
		})
	}
}

// What the guard saw is journalled.
func TestGuardResult(t *testing.T) {
	t.Parallel()
	head := Head{
		Epoch: 7, Switches: Switches{Kill: true, Modes: map[string]Mode{"order": Live}, Paused: map[string]string{"order": "drift"}},
		Spent: map[string]Spent{"order": {Hour: noon, Count: 3, Amount: decimal.NewFromInt(5)}},
	}
	g, _ := Guard(head, Caps{Count: 9}, "order", Recommendation{}, Approve, noon.Add(59*time.Minute))
	want := `{"epoch":7,"mode":"live","kill":true,"paused":true,"count":3,"amount":"5","caps":{"count":9,"amount":"0"}}`
	if have := string(mustCanonical(g)); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
}

func drawHead(t *rapid.T, kind string) Head {
	s := Switches{
		Kill:   rapid.Bool().Draw(t, "kill"),
		Modes:  map[string]Mode{kind: rapid.SampledFrom([]Mode{"", Shadow, Suggest, Live, "x"}).Draw(t, "mode")},
		Paused: map[string]string{},
	}
	if rapid.Bool().Draw(t, "paused") {
		s.Paused[kind] = "why"
	}
	return Head{Switches: s, Spent: map[string]Spent{kind: {
		Hour:  noon.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "hour")) * time.Hour),
		Count: rapid.IntRange(0, 5).Draw(t, "count"), Amount: decimal.New(rapid.Int64Range(0, 500).Draw(t, "amount"), -2),
	}}}
}

// The guard only ever turns execute into approve.
func TestGuardOnlyRestrains(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		kind := DrawKind(t).Name
		caps := Caps{Count: rapid.IntRange(-1, 5).Draw(t, "cap"), Amount: decimal.New(rapid.Int64Range(0, 900).Draw(t, "most"), -2)}
		r := Recommendation{Action: Action{Name: rapid.SampledFrom(actionSpecs).Draw(t, "action").Name}}
		if rapid.Bool().Draw(t, "known") {
			r.AtStake = &Money{decimal.New(rapid.Int64Range(0, 900).Draw(t, "at stake"), -2), "EUR"}
		}
		head := drawHead(t, kind)
		before := rapid.SampledFrom([]Outcome{Approve, Execute, Reject, 7}).Draw(t, "outcome")
		g, after := Guard(head, caps, kind, r, before, noon)
		if before != Execute && (after != before || g.Code != "") {
			t.Fatalf("%s became %s, %q", before, after, g.Code)
		}
		if after == Execute && r.Action.Class() == Effective {
			spent := head.Spent[kind].In(noon)
			if head.Switches.Kill || head.Switches.Modes[kind] != Live || len(head.Switches.Paused) > 0 || r.AtStake == nil ||
				spent.Count >= caps.Count || spent.Amount.Add(r.AtStake.Amount).GreaterThan(caps.Amount) {
				t.Fatalf("executed under %s with %s", mustCanonical(head), mustCanonical(caps))
			}
		}
	})
}

// The zero value is the safe one: nothing effective passes zero switches or
// zero caps.
func TestGuardZero(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		effective := rapid.OneOf(rapid.SampledFrom([]string{"confirm", "credit_note", "manual"}), rapid.StringMatching("[A-Z]*"))
		r := Recommendation{Action: Action{Name: effective.Draw(t, "action")}, AtStake: euro(rapid.Int64Range(0, 9).Draw(t, "amount"))}
		if _, o := Guard(Head{}, Caps{Count: 1e6, Amount: decimal.NewFromInt(1e6)}, "order", r, Execute, noon); o != Approve {
			t.Fatalf("%s under zero switches", o)
		}
		if _, o := Guard(Head{Switches: live("order")}, Caps{}, "order", r, Execute, noon); o != Approve {
			t.Fatalf("%s under zero caps", o)
		}
	})
}
