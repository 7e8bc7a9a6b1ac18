package scoring

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite golden files")

// golden compares with a file in testdata, or rewrites it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := "testdata/" + name
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, run with -update\ngot:\n%s", path, got)
	}
}

func TestExpAgreesWithMath(t *testing.T) {
	t.Parallel()
	const most = 1e-15
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-maxLogOdds, maxLogOdds).Draw(t, "x")
		got, want := exp(x), math.Exp(x)
		if off := math.Abs(got-want) / want; off > most {
			t.Fatalf("exp(%v) = %v, want %v: %v off", x, got, want, off)
		}
	})
}

func TestExpOnGrid(t *testing.T) {
	t.Parallel()
	for i := -8 * maxLogOdds; i <= 8*maxLogOdds; i++ {
		x := float64(i) / 8
		if off := math.Abs(exp(x)/math.Exp(x) - 1); off > 1e-15 {
			t.Fatalf("exp(%v) is %v off", x, off)
		}
	}
}

func TestExpClamps(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]float64{0: 1, math.Inf(1): exp(maxLogOdds), 1e300: exp(maxLogOdds), math.Inf(-1): exp(-maxLogOdds)} {
		if got := exp(x); got != want || math.IsInf(got, 0) || got == 0 {
			t.Errorf("exp(%v) = %v, want %v", x, got, want)
		}
	}
}

// TestSigmoidBits pins every bit of the steps a card can reach: another
// platform or compiler must give the same.
func TestSigmoidBits(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for i := -160; i <= 160; i++ {
		x := float64(i) / 8
		fmt.Fprintf(&b, "%7.3f %016x\n", x, math.Float64bits(sigmoid(x)))
	}
	golden(t, "sigmoid.golden", b.String())
}

func TestSigmoid(t *testing.T) {
	t.Parallel()
	if sigmoid(0) != 0.5 || sigmoid(-1e9) < 0 || sigmoid(1e9) != 1 {
		t.Error("sigmoid is wrong at 0 or at the ends")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-20, 20).Draw(t, "x")
		if sigmoid(x+0.125) <= sigmoid(x) {
			t.Fatalf("sigmoid does not rise at %v", x)
		}
	})
}
