package logistic

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
		x := rapid.Float64Range(-MaxLogOdds, MaxLogOdds).Draw(t, "x")
		got, want := Exp(x), math.Exp(x)
		if off := math.Abs(got-want) / want; off > most {
			t.Fatalf("Exp(%v) = %v, want %v: %v off", x, got, want, off)
		}
	})
}

func TestExpOnGrid(t *testing.T) {
	t.Parallel()
	for i := -8 * MaxLogOdds; i <= 8*MaxLogOdds; i++ {
		x := float64(i) / 8
		if off := math.Abs(Exp(x)/math.Exp(x) - 1); off > 1e-15 {
			t.Fatalf("Exp(%v) is %v off", x, off)
		}
	}
}

func TestExpClamps(t *testing.T) {
	t.Parallel()
	for x, want := range map[float64]float64{0: 1, math.Inf(1): Exp(MaxLogOdds), 1e300: Exp(MaxLogOdds), math.Inf(-1): Exp(-MaxLogOdds)} {
		if got := Exp(x); got != want || math.IsInf(got, 0) || got == 0 {
			t.Errorf("Exp(%v) = %v, want %v", x, got, want)
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
		fmt.Fprintf(&b, "%7.3f %016x\n", x, math.Float64bits(Sigmoid(x)))
	}
	golden(t, "sigmoid.golden", b.String())
}

func TestSigmoid(t *testing.T) {
	t.Parallel()
	if Sigmoid(0) != 0.5 || Sigmoid(-1e9) < 0 || Sigmoid(1e9) != 1 {
		t.Error("sigmoid is wrong at 0 or at the ends")
	}
	rapid.Check(t, func(t *rapid.T) {
		x := rapid.Float64Range(-20, 20).Draw(t, "x")
		if Sigmoid(x+0.125) <= Sigmoid(x) {
			t.Fatalf("sigmoid does not rise at %v", x)
		}
	})
}
