package decision

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"unicode"

	"github.com/shopspring/decimal"
)

// Entity declares an identifier whose past the features look at. The value
// is kept as a keyed hash only.
type Entity struct {
	Type string // "partner", "email", …: history rows of the same type and value belong together
	Name string // what it is, after "the same"
	Path string // field that holds the value; "" where Of makes it of no field
	// Of makes the values of a snapshot instead, where they are not the field
	// itself. There may be several: of what they tell, the largest counts.
	Of   func(Snapshot) []string
	With []string // further fields that Of reads
	Cap  int      // most rows a feature reads of a kind, the newest; see Feature.Saturates
	// Hot says that strangers share it: a mail provider, a postcode, a product.
	// Its past tells of a risk and is no limit, so that a decision made at the
	// same time does not hold this one up.
	Hot bool
}

// values lists what a snapshot names of the entity, each once.
func (e Entity) values(s Snapshot) []string {
	if e.Of != nil {
		return e.Of(s)
	}
	switch v := s.Fields[e.Path].(type) {
	case string:
		return []string{v}
	case int64:
		return []string{fmt.Sprint(v)}
	}
	return nil
}

// reads lists the fields that the values are made of.
func (e Entity) reads() []string {
	if e.Path == "" {
		return e.With
	}
	return append([]string{e.Path}, e.With...)
}

// mailDomain is what follows the last @ of an address.
func mailDomain(path string) func(Snapshot) []string {
	return func(s Snapshot) []string {
		address, _ := s.Fields.Text(path)
		at := strings.LastIndexByte(address, '@')
		if at < 1 || at == len(address)-1 {
			return nil
		}
		return []string{address[at+1:]}
	}
}

// wholeAddress is an IP address in its shortest form.
func wholeAddress(path string) func(Snapshot) []string {
	return func(s Snapshot) []string {
		text, _ := s.Fields.Text(path)
		ip, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return nil
		}
		return []string{ip.Unmap().WithZone("").String()}
	}
}

// A provider gives a customer an address out of these: /24 is what the field
// counts by, and of version 6 a site is given a /48 (RFC 6177).
const netBits4, netBits6 = 24, 48

// network is the network of an IP address.
func network(path string) func(Snapshot) []string {
	return func(s Snapshot) []string {
		text, _ := s.Fields.Text(path)
		ip, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			return nil
		}
		bits := netBits6
		if ip = ip.Unmap().WithZone(""); ip.Is4() {
			bits = netBits4
		}
		net, err := ip.Prefix(bits)
		if err != nil {
			return nil
		}
		return []string{net.String()}
	}
}

// together joins texts that mean something only together; without one of them
// there is none. Case, spaces and punctuation do not count: people write one
// address in many ways.
func together(paths ...string) func(Snapshot) []string {
	return func(s Snapshot) []string {
		parts := make([]string, len(paths))
		for i, path := range paths {
			switch v := s.Fields[path].(type) {
			case string:
				parts[i] = plainText(v)
			case int64:
				parts[i] = fmt.Sprint(v)
			}
			if parts[i] == "" {
				return nil
			}
		}
		return []string{strings.Join(parts, "|")}
	}
}

// plainText keeps letters and digits, in lower case.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}

// How much of a postcode names a part of the country, and how much an area
// rather than a street.
const (
	regionLetters = 1
	areaLetters   = 2
)

// route is from a warehouse to a region: few go to one area from one warehouse.
// Where countries have no postcodes, it is to the country.
func route(s Snapshot) []string {
	from, known := s.Fields.Integer("warehouse_id")
	country, letters := destination(s, regionLetters)
	if !known || country == "" {
		return nil
	}
	return []string{fmt.Sprintf("%d|%s|%s", from, country, letters)}
}

// region and area are where a delivery goes to.
func region(s Snapshot) []string { return place(s, regionLetters) }
func area(s Snapshot) []string   { return place(s, areaLetters) }

func place(s Snapshot, letters int) []string {
	country, code := destination(s, letters)
	if country == "" || code == "" {
		return nil
	}
	return []string{country + "|" + code}
}

// destination is the country and the first letters of the postcode.
func destination(s Snapshot, letters int) (country, code string) {
	country, _ = s.Fields.Text("destination.country")
	zip, _ := s.Fields.Text("destination.zip")
	plain := []rune(plainText(zip))
	return country, string(plain[:min(letters, len(plain))])
}

// mostProducts bounds the products of an order whose past is looked at.
const mostProducts = 3

// products are those of the lines that are worth most: what a thief wants is
// not what he puts in beside it.
func products(s Snapshot) []string {
	lines, _ := s.Fields["lines"].([]Record)
	worth := map[int64]decimal.Decimal{}
	for _, line := range lines {
		id, known := line.Integer("product_id")
		if !known {
			continue
		}
		quantity, _ := line.Money("quantity")
		price, _ := line.Money("price_unit")
		worth[id] = worth[id].Add(quantity.Mul(price))
	}
	ids := make([]int64, 0, len(worth))
	for id := range worth {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int64) int { return cmp.Or(worth[b].Cmp(worth[a]), cmp.Compare(a, b)) })
	values := make([]string, min(mostProducts, len(ids)))
	for i := range values {
		values[i] = fmt.Sprint(ids[i])
	}
	return values
}

// everything is one entity for all decisions of a company.
func everything(Snapshot) []string { return []string{"all"} }
