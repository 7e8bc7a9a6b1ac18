package tabular

import (
	"hash"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
)

const olistFolder = "scoring/olist/"

// assembleOlist joins items, payments, products, sellers and outcomes to the
// orders: one row an order, its main item the one of most money.
func assembleOlist(d *data, root, heldOut fs.FS, digest hash.Hash) error {
	read := func(name string) (*table, error) {
		t, err := readTable(root, olistFolder+"train_"+name+".csv.gz", digest)
		if err != nil || !d.held {
			return t, err
		}
		test, err := readTable(heldOut, olistFolder+"test_"+name+".csv.gz", digest)
		if err == nil {
			t.add(test)
		}
		return t, err
	}
	items, err := read("items")
	if err != nil {
		return err
	}
	outcomes, err := read("outcomes")
	if err != nil {
		return err
	}
	products, err := readTable(root, olistFolder+"products.csv.gz", digest)
	if err != nil {
		return err
	}
	sellers, err := readTable(root, olistFolder+"sellers.csv.gz", digest)
	if err != nil {
		return err
	}
	if err := d.table.join(outcomes, "order_id", "late", "order_delivered_carrier_date", "order_delivered_customer_date"); err != nil {
		return err
	}
	if err := items.join(products, "product_id", "product_weight_g"); err != nil {
		return err
	}
	if err := items.join(sellers, "seller_id", "seller_state"); err != nil {
		return err
	}
	return d.baskets(items)
}

// join takes columns of the first row of another table with the same key.
func (t *table) join(other *table, key string, columns ...string) error {
	theirs, err := other.text(key)
	if err != nil {
		return err
	}
	mine, err := t.text(key)
	if err != nil {
		return err
	}
	at := map[string]int{}
	for i := len(theirs) - 1; i >= 0; i-- {
		at[theirs[i]] = i
	}
	for _, name := range columns {
		from, err := other.text(name)
		if err != nil {
			return err
		}
		values := make([]string, t.rows)
		for i, k := range mine {
			if j, ok := at[k]; ok {
				values[i] = from[j]
			}
		}
		t.set(name, values)
	}
	return nil
}

// basket is what the items of an order come to.
type basket struct {
	items                  int
	sellers                map[string]bool
	price, freight, weight float64
	weighed                bool
	most                   float64
	seller, state, shipBy  string
}

func (d *data) baskets(items *table) error {
	var c [7][]string
	for i, name := range []string{"order_id", "seller_id", "seller_state", "price", "freight_value", "product_weight_g", "shipping_limit_date"} {
		var err error
		if c[i], err = items.text(name); err != nil {
			return err
		}
	}
	all := map[string]*basket{}
	for i := range items.rows {
		b := all[c[0][i]]
		if b == nil {
			b = &basket{sellers: map[string]bool{}, most: -1}
			all[c[0][i]] = b
		}
		price, err := strconv.ParseFloat(c[3][i], 64)
		if err != nil {
			return items.fault(i, "price", "must be a number")
		}
		freight, _ := strconv.ParseFloat(c[4][i], 64)
		if weight, err := strconv.ParseFloat(c[5][i], 64); err == nil {
			b.weight, b.weighed = b.weight+weight, true
		}
		b.items++
		b.sellers[c[1][i]] = true
		b.price, b.freight = b.price+price, b.freight+freight
		b.shipBy = max(b.shipBy, c[6][i])
		if price > b.most {
			b.most, b.seller, b.state = price, c[1][i], c[2][i]
		}
	}
	return d.basketColumns(all)
}

func (d *data) basketColumns(all map[string]*basket) error {
	ids, err := d.table.text("order_id")
	if err != nil {
		return err
	}
	n := d.table.rows
	columns := map[string][]string{}
	put := func(name string, i int, v string) {
		if columns[name] == nil {
			columns[name] = make([]string, n)
		}
		columns[name][i] = v
	}
	for i, id := range ids {
		b := all[id]
		if b == nil {
			b = &basket{} // some orders have no items
		}
		for name, v := range map[string]string{"seller": b.seller, "seller_state": b.state, "ship_by": b.shipBy} {
			put(name, i, v)
		}
		for name, x := range map[string]float64{"items": float64(b.items), "sellers": float64(len(b.sellers)), "price": b.price, "freight": b.freight} {
			v := ""
			if b.items > 0 {
				v = number(x)
			}
			put(name, i, v)
		}
		weight := ""
		if b.weighed {
			weight = number(b.weight)
		}
		put("weight", i, weight)
	}
	for name, values := range columns {
		d.table.set(name, values)
	}
	return nil
}

// parcels are the orders as what follows reads them; days since 1970.
type parcels struct {
	d                            *data
	placed, promised, shipBy     []float64
	shipped, arrived             []float64 // NaN where it did not
	late                         []float64
	seller, state, route, z2, z3 []int
	completed                    []int // rows in order of arrival
	price, freight, weight       []float64
	sellers, items               []float64
	sameState                    []float64
}

const microsADay = 24 * 60 * 60 * 1e6

// computeOlist computes the features of an order from what was known when it
// was placed: the deliveries that were completed, and how many orders were
// under way.
func computeOlist(d *data) error {
	p, err := readParcels(d)
	if err != nil {
		return err
	}
	p.ownFeatures()
	const mostDays = 90
	days := p.each(func(i int) float64 { return min(p.arrived[i]-p.placed[i], mostDays) })
	overdue := p.each(func(i int) float64 { return min(max(p.shipped[i]-p.shipBy[i], -10), 30) })
	for name, f := range map[string]struct {
		key    []int
		of     []float64
		shrink float64
	}{
		"state_days": {p.state, days, 30}, "route_days": {p.route, days, 20}, "seller_overdue": {p.seller, overdue, 10},
		"seller_late": {p.seller, p.late, 10}, "state_late": {p.state, p.late, 30}, "zip_late": {p.z2, p.late, 30},
	} {
		d.computed[name] = p.deviation(f.key, f.of, f.shrink)
	}
	expected := p.expected()
	shift := p.speed(expected)
	d.computed["margin"] = p.each(func(i int) float64 { return math.Log(p.promised[i]-p.placed[i]) - expected[i] - shift[i] })
	d.computed["late_28d"] = p.lateShare()
	return nil
}

func readParcels(d *data) (*parcels, error) {
	p := &parcels{d: d}
	for name, into := range map[string]*[]float64{
		"order_purchase_timestamp": &p.placed, "order_estimated_delivery_date": &p.promised, "ship_by": &p.shipBy,
		"order_delivered_carrier_date": &p.shipped, "order_delivered_customer_date": &p.arrived,
	} {
		texts, err := d.table.text(name)
		if err != nil {
			return nil, err
		}
		*into = make([]float64, len(texts))
		for i, v := range texts {
			(*into)[i] = math.NaN()
			if t, ok := parseTime(v, ""); ok {
				(*into)[i] = float64(t.UnixMicro()) / microsADay
			}
		}
	}
	for name, into := range map[string]*[]float64{
		"late": &p.late, "price": &p.price, "freight": &p.freight, "weight": &p.weight, "items": &p.items, "sellers": &p.sellers,
	} {
		values, err := d.numbers(name)
		if err != nil {
			return nil, err
		}
		*into = values
	}
	return p, p.places()
}

// places numbers sellers, states, routes and areas, and sorts arrivals.
func (p *parcels) places() error {
	zips, err := p.d.table.text("customer_zip_code_prefix")
	if err != nil {
		return err
	}
	area := func(name string, digits int) {
		values := make([]string, len(zips))
		for i, z := range zips {
			z = strings.Repeat("0", max(5-len(z), 0)) + z // a spreadsheet loses leading zeros
			values[i] = z[:digits]
		}
		p.d.table.set(name, values)
	}
	area("zip2", 2)
	area("zip3", 3)
	for _, k := range []struct {
		into    *[]int
		columns []string
	}{
		{&p.seller, []string{"seller"}}, {&p.state, []string{"customer_state"}}, {&p.route, []string{"seller_state", "customer_state"}},
		{&p.z2, []string{"zip2"}}, {&p.z3, []string{"zip3"}},
	} {
		if *k.into, err = p.d.keys(k.columns); err != nil {
			return err
		}
	}
	from, err := p.d.table.text("seller_state")
	if err != nil {
		return err
	}
	to, err := p.d.table.text("customer_state")
	if err != nil {
		return err
	}
	p.sameState = p.each(func(i int) float64 {
		if from[i] == to[i] {
			return 1
		}
		return 0
	})
	for i, at := range p.arrived {
		if !math.IsNaN(at) {
			p.completed = append(p.completed, i)
		}
	}
	slices.SortStableFunc(p.completed, func(a, b int) int {
		if p.arrived[a] < p.arrived[b] {
			return -1
		}
		if p.arrived[a] > p.arrived[b] {
			return 1
		}
		return 0
	})
	return nil
}

func (p *parcels) each(of func(i int) float64) []float64 {
	out := make([]float64, len(p.placed))
	for i := range out {
		out[i] = of(i)
	}
	return out
}

// ownFeatures are of the order alone.
func (p *parcels) ownFeatures() {
	const usualWeight, mostShare = 500, 2
	c := p.d.computed
	c["log_promise"] = p.each(func(i int) float64 { return math.Log(p.promised[i] - p.placed[i]) })
	c["log_freight"] = p.each(func(i int) float64 { return math.Log1p(p.freight[i]) })
	c["log_price"] = p.each(func(i int) float64 { return math.Log1p(p.price[i]) })
	c["log_weight"] = p.each(func(i int) float64 {
		if math.IsNaN(p.weight[i]) {
			return math.Log1p(usualWeight)
		}
		return math.Log1p(p.weight[i])
	})
	c["freight_share"] = p.each(func(i int) float64 { return min(p.freight[i]/p.price[i], mostShare) })
	c["same_state"] = p.sameState
	c["log_ship_days"] = p.each(func(i int) float64 { return math.Log(min(max(p.shipBy[i]-p.placed[i], 1), 40)) })
	c["log_slack"] = p.each(func(i int) float64 { return math.Log(max(p.promised[i]-p.shipBy[i], 1)) })
	for name, values := range c {
		for i, x := range values {
			if math.IsInf(x, 0) {
				c[name][i] = math.NaN()
			}
		}
	}
}

// before walks through the orders, and calls learn for each delivery that was
// completed before an order, and then now for the order.
func (p *parcels) before(learn, now func(i int)) {
	next := 0
	for i := range p.placed {
		for ; next < len(p.completed) && p.arrived[p.completed[next]] < p.placed[i]; next++ {
			learn(p.completed[next])
		}
		now(i)
	}
}

// deviation is how much more an entity's deliveries have of something than all
// have, shrunk to nothing.
func (p *parcels) deviation(key []int, of []float64, shrink float64) []float64 {
	sums, counts := map[int]float64{}, map[int]float64{}
	sum, n := 0.0, 0.0
	out := make([]float64, len(key))
	const least = 20
	p.before(func(i int) {
		if x := of[i]; !math.IsNaN(x) {
			if key[i] != unnamed {
				sums[key[i]] += x
				counts[key[i]]++
			}
			sum += x
			n++
		}
	}, func(i int) {
		if n > least {
			c := counts[key[i]]
			out[i] = (sums[key[i]] - c*sum/n) / (c + shrink)
		}
	})
	return out
}

// newest is the mean of an entity's newest deliveries, shrunk to a parent's.
func (p *parcels) newest(key []int, of, parent []float64, shrink float64, most int) []float64 {
	type queue struct {
		values []float64
		sum    float64
	}
	queues, out := map[int]*queue{}, make([]float64, len(p.placed))
	k := func(i int) int {
		if key == nil {
			return 0
		}
		return key[i]
	}
	p.before(func(i int) {
		if math.IsNaN(of[i]) || k(i) == unnamed {
			return
		}
		q := queues[k(i)]
		if q == nil {
			q = &queue{}
			queues[k(i)] = q
		}
		if len(q.values) == most {
			q.sum -= q.values[0]
			q.values = q.values[1:]
		}
		q.values, q.sum = append(q.values, of[i]), q.sum+of[i]
	}, func(i int) {
		out[i] = parent[i]
		if q := queues[k(i)]; q != nil {
			out[i] = (q.sum + shrink*parent[i]) / (float64(len(q.values)) + shrink)
		}
	})
	return out
}

// expected is the logarithm of the days that an order should take: of all,
// then of the state, then of the route; and what the seller and the area were
// off by.
func (p *parcels) expected() []float64 {
	const first, least, most = 10, 0.5, 90 // days
	start := p.each(func(int) float64 { return math.Log(first) })
	nothing := p.each(func(int) float64 { return 0 })
	days := p.each(func(i int) float64 { return math.Log(min(max(p.arrived[i]-p.placed[i], least), most)) })
	all := p.newest(nil, days, start, 10, 500)
	state := p.newest(p.state, days, all, 15, 300)
	route := p.newest(p.route, days, state, 15, 200)
	rest := p.each(func(i int) float64 { return days[i] - route[i] })
	seller := p.newest(p.seller, rest, nothing, 6, 60)
	area := p.newest(p.z3, rest, nothing, 10, 60)
	return p.each(func(i int) float64 { return route[i] + seller[i] + area[i]/2 })
}

// speed is how much longer than expected orders take at present: such that of
// the orders placed 3 to 20 days ago as many are delivered as a normal
// distribution of the logarithms of days, of that mean, would have it; drawn
// to none.
func (p *parcels) speed(expected []float64) []float64 {
	const youngest, oldest, fewest, spread, draw, halvings = 3, 20, 8, 0.5, 10, 14
	out := make([]float64, len(p.placed))
	for i, now := range p.placed {
		from, _ := slices.BinarySearch(p.placed, now-oldest)
		to, _ := slices.BinarySearch(p.placed, now-youngest)
		if to-from < fewest {
			continue
		}
		delivered := 0.0
		for k := from; k < to; k++ {
			if p.arrived[k] < now {
				delivered++
			}
		}
		low, high := -1.0, 1.0
		for range halvings {
			c := (low + high) / 2
			sum := -delivered - draw*c
			for k := from; k < to; k++ {
				sum += normal((math.Log(now-p.placed[k]) - expected[k] - c) / spread)
			}
			if sum > 0 {
				low = c
			} else {
				high = c
			}
			out[i] = c
		}
	}
	return out
}

// normal is the standard normal distribution.
func normal(x float64) float64 { return math.Erfc(-x/math.Sqrt2) / 2 }

// lateShare is the share of late among the deliveries of 28 days, with twenty
// more of a usual kind.
func (p *parcels) lateShare() []float64 {
	const window, usual, prior = 28, 0.06, 20
	out, first, next := make([]float64, len(p.placed)), 0, 0
	late, n := 0.0, 0.0
	for i, now := range p.placed {
		for ; next < len(p.completed) && p.arrived[p.completed[next]] < now; next++ {
			late, n = late+p.late[p.completed[next]], n+1
		}
		for ; first < next && p.arrived[p.completed[first]] < now-window; first++ {
			late, n = late-p.late[p.completed[first]], n-1
		}
		out[i] = (late + usual*prior) / (n + prior)
	}
	return out
}
