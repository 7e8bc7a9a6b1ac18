package house_test

import (
	"testing"

	"assent/bench/house"
)

// A bench that cannot set its installation up is found here, and not by whoever
// needs a figure.
func TestAHouseOpensAndServes(t *testing.T) {
	t.Parallel()
	h, err := house.Open(t.Context(), house.Options{Dir: t.TempDir(), Store: "sqlite", Orders: 1, OdooRate: 100})
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.Launch(true); err != nil {
		t.Fatal(err)
	}
	if err := h.AwaitReady(t.Context()); err != nil {
		t.Fatal(err)
	}
}
