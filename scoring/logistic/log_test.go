package logistic

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestLogAgreesWithMath(t *testing.T) {
	t.Parallel()
	const most = 1e-15
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(1e-300, 1e300).Draw(t, "x")
		got, want := Log(x), math.Log(x)
		if off := math.Abs(got - want); off > most*max(1, math.Abs(want)) {
			t.Fatalf("Log(%v) = %v, want %v: %v off", x, got, want, off)
		}
	})
}

func TestLogOfNothing(t *testing.T) {
	t.Parallel()
	for _, x := range []float64{0, -1, math.NaN(), math.Inf(1), math.Inf(-1)} {
		if !math.IsNaN(Log(x)) {
			t.Errorf("Log(%v) = %v, want NaN", x, Log(x))
		}
	}
	if Log(1) != 0 {
		t.Error("Log(1) is not 0")
	}
}

// TestLogitBits pins every bit: another platform or compiler must give the
// same.
func TestLogitBits(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := range 257 {
		p := float64(i) / 256
		fmt.Fprintf(&b, "%.8f %016x\n", p, math.Float64bits(Logit(p)))
	}
	golden(t, "logit.golden", b.String())
}

func TestLogitUndoesSigmoid(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-20, 20).Draw(t, "x")
		if got := Logit(Sigmoid(x)); math.Abs(got-x) > 1e-6 {
			t.Fatalf("Logit(Sigmoid(%v)) = %v", x, got)
		}
	})
}
