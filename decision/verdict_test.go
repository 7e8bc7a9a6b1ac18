package decision

import (
	"encoding/json"
	"testing"
)

func TestOutcomeText(t *testing.T) {
	t.Parallel()
	for o, name := range map[Outcome]string{Approve: `"approve"`, Execute: `"execute"`, Reject: `"reject"`} {
		if have := string(encode(t, o)); have != name {
			t.Errorf("%d is %s, want %s", o, have, name)
		}
		var again Outcome
		if err := json.Unmarshal([]byte(name), &again); err != nil || again != o {
			t.Errorf("%s is %v, %v", name, again, err)
		}
	}
	if have := Outcome(9).String(); have != "approve" {
		t.Errorf("an unknown outcome is %s", have)
	}
}

// An outcome that cannot be read asks a person, whatever was there before.
func TestOutcomeUnknown(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "Execute", "EXECUTE", "allow", " execute"} {
		o := Execute
		if err := o.UnmarshalText([]byte(name)); err == nil || o != Approve {
			t.Errorf("%q is %s, %v", name, o, err)
		}
	}
}

func TestZeroVerdict(t *testing.T) {
	t.Parallel()
	if v := (Verdict{}); v.Outcome != Approve || v.Outcome.String() != "approve" {
		t.Errorf("the zero verdict is %s", v.Outcome)
	}
	v := FallbackVerdict(PolicyTimeout)
	if v.Outcome != Approve || v.Failure != PolicyTimeout || len(v.Roles) != 1 || v.People != 1 || v.Hours != DefaultHours || len(v.Protect) > 0 {
		t.Errorf("the fallback is %+v", v)
	}
}
