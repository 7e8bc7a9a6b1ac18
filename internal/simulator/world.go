package simulator

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// world is what exists before the day begins.
type world struct {
	chance
	day        time.Time // when it starts, UTC
	company    decision.Company
	warehouses []warehouse
	products   []product
	customers  []*customer
	vendors    []*customer
	nextID     map[string]int64 // by model
}

type warehouse struct {
	id      int64
	code    string
	name    string
	country string
}

type product struct {
	id    int64
	name  string
	price decimal.Decimal // EUR, tax included
	cost  decimal.Decimal
}

// customer is a res.partner that buys, or sells to us.
type customer struct {
	id       int64
	name     string
	email    string
	phone    string // "" is none
	home     address
	since    time.Time
	orders   int // confirmed in Odoo
	business bool
}

type address struct {
	id      int64 // res.partner of the address
	street  string
	city    string
	zip     string
	country string
}

// country is one the retailer sells to.
type country struct {
	code string
	id   int64
	name string
	city string
}

var countries = []country{
	{"DE", 57, "Germany", "Musterstadt"}, {"AT", 12, "Austria", "Beispieldorf"}, {"FR", 75, "France", "Exempleville"},
	{"NL", 165, "Netherlands", "Voorbeeldstad"}, {"IT", 109, "Italy", "Esempio"}, {"ES", 68, "Spain", "Ejemplo"},
	{"PL", 177, "Poland", "Przykład"}, {"CH", 43, "Switzerland", "Beispielwil"}, {"GB", 231, "United Kingdom", "Sampleton"},
	{"US", 233, "United States", "Exampleton"},
}

func countryOf(code string) country {
	for _, c := range countries {
		if c.code == code {
			return c
		}
	}
	panic("simulator: no country " + code)
}

// currency ids are those of a fresh Odoo database.
var currencyIDs = map[string]int64{"EUR": 125, "USD": 1, "GBP": 142, "CHF": 4}

func newWorld(seed uint64, day time.Time) world {
	w := world{
		chance: chance{rand.New(rand.NewPCG(seed, 0x617373656e74))},
		day:    day.UTC().Truncate(time.Second),
		company: decision.Company{ID: "main", OdooID: 1, Currency: "EUR", Rates: map[string]decimal.Decimal{
			"USD": decimal.RequireFromString("0.92"), "GBP": decimal.RequireFromString("1.16"), "CHF": decimal.RequireFromString("1.05"),
		}},
		warehouses: []warehouse{{1, "WH", "Central warehouse", "DE"}, {2, "WEST", "Warehouse West", "FR"}, {3, "SHOP", "Flagship store", "DE"}},
		nextID: map[string]int64{
			"res.partner": 100, "sale.order": 5000, "sale.order.line": 20000, "stock.picking": 7000,
			"account.move": 9000, "account.move.line": 40000, "purchase.order": 300, "stock.quant": 800,
		},
	}
	w.stockUp()
	for range shoppers {
		w.customers = append(w.customers, w.newCustomer(false))
	}
	for range clients {
		w.customers = append(w.customers, w.newCustomer(true))
	}
	for range 8 {
		w.vendors = append(w.vendors, w.newCustomer(true))
	}
	return w
}

// id gives the next free id of a model.
func (w *world) id(model string) int64 {
	w.nextID[model]++
	return w.nextID[model]
}

var (
	materials = []string{"Oak", "Steel", "Linen", "Walnut", "Glass", "Wool", "Cork", "Clay"}
	things    = []string{"Desk", "Lamp", "Chair", "Shelf", "Rug", "Vase", "Clock"}
	prices    = []int{1490, 1990, 2490, 2990, 3990, 4990, 5990, 7990, 9990, 12900, 14900, 19900, 29900, 44900, 69900}
)

func (w *world) stockUp() {
	for i, m := range materials {
		for j, t := range things {
			price := euros(prices[(i*5+j*3)%len(prices)])
			w.products = append(w.products, product{int64(101 + i*len(things) + j), m + " " + t, price, share(price, w.between(45, 65))})
		}
	}
}

var (
	firstNames = []string{"Ada", "Bruno", "Cleo", "Dario", "Elif", "Finn", "Greta", "Hugo", "Ines", "Jonas", "Kira", "Luca", "Mona", "Nils", "Olga", "Pia"}
	surnames   = []string{"Sample", "Mustermann", "Placeholder", "Testcase", "Fixture", "Lorem", "Ipsum", "Example", "Doe", "Demo", "Dummy", "Specimen"}
	trades     = []string{"Bakery", "Hotel", "Studio", "Office", "School", "Clinic", "Garage"}
)

// newCustomer invents one; most are at home in Germany.
func (w *world) newCustomer(business bool) *customer {
	id := w.id("res.partner")
	name := pick(w.chance, firstNames) + " " + pick(w.chance, surnames)
	if business {
		name = pick(w.chance, surnames) + " " + pick(w.chance, trades)
	}
	code := "DE"
	if w.percent(35) {
		code = countries[w.IntN(9)].code
	}
	c := &customer{
		id: id, name: fmt.Sprintf("%s %d", name, id), business: business,
		email: fmt.Sprintf("%s.%d@example.com", strings.ReplaceAll(strings.ToLower(name), " ", "."), id),
		home:  w.newAddress(id, code),
		since: w.day.AddDate(0, 0, -w.between(200, 1500)).Add(w.within(20 * time.Hour)),
	}
	if w.percent(90) {
		c.phone = fmt.Sprintf("+9995550%04d", id)
	}
	return c
}

// newcomer is a customer whose record was made at a time.
func (w *world) newcomer(since time.Time) *customer {
	c := w.newCustomer(false)
	c.since = since
	w.customers = append(w.customers, c)
	return c
}

func (w *world) newAddress(id int64, code string) address {
	return address{id: id, street: fmt.Sprintf("%d Example Street", w.between(1, 120)), city: countryOf(code).city, zip: fmt.Sprintf("%05d", w.between(10000, 99999)), country: code}
}

// The customers that exist before the day; newcomers follow them in the list.
const (
	shoppers = 200
	clients  = 20
)

// shopper is somebody who buys for himself or herself, and did before.
func (w *world) shopper() *customer { return w.customers[w.IntN(shoppers)] }

// client is a business that buys.
func (w *world) client() *customer { return w.customers[shoppers+w.IntN(clients)] }
