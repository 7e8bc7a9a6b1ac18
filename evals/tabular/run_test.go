package tabular_test

import (
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strings"
	"time"

	"assent/evals"
)

func options(data, heldOut fs.FS) evals.Options {
	return evals.Options{Data: data, HeldOut: heldOut, Seed: 1, Now: func() time.Time { return time.Time{} }}
}

// noise is a file of orders whose value says nothing of a label that a fifth
// of them have.
func noise(seed uint64, rows int) string {
	random := rand.New(rand.NewPCG(seed, 1))
	var b strings.Builder
	b.WriteString("id,at,value,late\n")
	for i := range rows {
		late := 0
		if random.IntN(5) == 0 {
			late = 1
		}
		fmt.Fprintf(&b, "%d-%d,%s,%d,%d\n", seed, i, time.Date(2026, 1, int(seed)*10, i/60, i%60, 0, 0, time.UTC).Format(time.DateTime), random.IntN(100), late)
	}
	return b.String()
}
