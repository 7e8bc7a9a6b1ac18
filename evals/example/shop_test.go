package example

import (
	"bytes"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"
)

var update = flag.Bool("update", false, "write the made-up shop of docs/evals.md again")

const shopFile = "orders.csv"

// TestShop keeps the example of docs/evals.md made up: its file is what the
// generator below gives, and nothing of a real shop.
func TestShop(t *testing.T) {
	t.Parallel()
	want := shop()
	if *update {
		if err := os.WriteFile(shopFile, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(shopFile)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is not what its generator gives; run with -update", shopFile)
	}
}

// carriers of the shop: how usual they are, and the days that they take.
var carriers = []struct {
	name  string
	share float64
	days  float64
}{{"dove", 0.5, 2.0}, {"heron", 0.3, 2.6}, {"snail", 0.2, 3.8}}

// shop is a year and a half of orders, the last of which are under way. Late is
// what its carrier's days, the border and chance make of the promise.
func shop() []byte {
	random := rand.New(rand.NewPCG(4, 8))
	var b bytes.Buffer
	b.WriteString("order,ordered_at,promised_at,delivered_at,carrier,country,email,amount,weight,customer_age,late\n")
	at := time.Date(2025, 1, 2, 8, 0, 0, 0, time.UTC)
	end := time.Date(2026, 6, 30, 18, 0, 0, 0, time.UTC)
	for n := 1; at.Before(end); n++ {
		order(&b, random, n, at, end)
		at = at.Add(time.Duration(1+random.IntN(12*60)) * time.Minute)
	}
	return b.Bytes()
}

func order(b *bytes.Buffer, random *rand.Rand, n int, at, end time.Time) {
	carrier, pick := carriers[0], random.Float64()
	for _, c := range carriers {
		carrier = c
		if pick -= c.share; pick < 0 {
			break
		}
	}
	country, days := "DE", carrier.days
	if random.IntN(6) == 0 {
		country, days = "AT", days+0.8
	}
	promised := at.AddDate(0, 0, 3+random.IntN(4))
	arrives := at.Add(time.Duration((days*(0.5+random.Float64()) + 2*random.Float64()*random.Float64()) * 24 * float64(time.Hour))).Truncate(time.Minute)
	delivered, late := arrives.Format(time.DateTime), "no"
	switch {
	case arrives.After(end):
		delivered, late = "", ""
	case arrives.Format(time.DateOnly) > promised.Format(time.DateOnly):
		late = "yes"
	}
	weight := fmt.Sprintf("%.1f", 0.2+8*random.Float64())
	if random.IntN(12) == 0 {
		weight = "" // nobody weighed it
	}
	fmt.Fprintf(b, "S%05d,%s,%s,%s,%s,%s,buyer%d@example.com,%d.%02d,%s,%d,%s\n", n, at.Format(time.DateTime), promised.Format(time.DateOnly),
		delivered, carrier.name, country, random.IntN(900), 9+random.IntN(240), random.IntN(100), weight, 18+random.IntN(60), late)
}
