package decision

import (
	"time"

	"github.com/shopspring/decimal"
)

// Company is a legal entity in Odoo; every key of every table starts with it.
type Company struct {
	ID       string                     `json:"id"`       // code, e.g. "main"
	OdooID   int64                      `json:"odoo_id"`  // res.company
	Currency string                     `json:"currency"` // ISO 4217
	Rates    map[string]decimal.Decimal `json:"rates"`    // other accepted currencies: company currency for one unit
}

// Rate gives the company currency for one unit of currency, and whether the
// currency is accepted.
func (c Company) Rate(currency string) (decimal.Decimal, bool) {
	if currency == c.Currency {
		return decimal.NewFromInt(1), true
	}
	rate, ok := c.Rates[currency]
	return rate, ok
}

// Mode says how much a kind may do by itself.
type Mode string

// The modes. An unknown or absent mode is Suggest: everything asks a person.
const (
	Shadow  Mode = "shadow"  // decide and record; nothing is opened or executed
	Suggest Mode = "suggest" // every effective action asks a person
	Live    Mode = "live"    // what the policy executes is executed
)

// Modes lists every mode, in the order of how much a kind may do by itself.
var Modes = []Mode{Shadow, Suggest, Live}

// Switches are the company's live controls; the guard and the executor obey
// them. The zero value lets nothing execute by itself.
type Switches struct {
	Kill   bool              `json:"kill,omitempty"`   // nothing executes; executions are parked
	Modes  map[string]Mode   `json:"modes,omitempty"`  // by kind
	Paused map[string]string `json:"paused,omitempty"` // by kind: why auto-execution is paused
}

// Mode is the mode of a kind.
func (s Switches) Mode(kind string) Mode {
	switch m := s.Modes[kind]; m {
	case Shadow, Live:
		return m
	default:
		return Suggest
	}
}

// Head is the company's only serialisation point: one row, locked by every
// commit.
type Head struct {
	Company  string                `json:"company"`
	Seq      int64                 `json:"seq"`   // of the newest entry; 0 before the first
	Hash     string                `json:"hash"`  // of the newest entry, hex; "" before the first
	Epoch    int64                 `json:"epoch"` // counts activations, promotions and switches: what a decision was governed under
	Policy   string                `json:"policy"`
	Models   map[string]KindModels `json:"models,omitempty"` // by kind; one that is not there has what it starts with
	Switches Switches              `json:"switches"`
	Spent    map[string]Spent      `json:"spent,omitempty"` // by kind
}

// Spent is what a kind executed by itself in one hour.
type Spent struct {
	Hour   time.Time       `json:"hour"` // start of the hour, UTC
	Count  int             `json:"count"`
	Amount decimal.Decimal `json:"amount"` // company currency
}

// In gives what was spent in the hour of now; a later hour starts at nothing.
// Decisions commit slightly out of order, so one of the hour before counts
// against the newer hour: it must not set that budget back to nothing.
func (s Spent) In(now time.Time) Spent {
	hour := now.UTC().Truncate(time.Hour)
	if hour.After(s.Hour) {
		return Spent{Hour: hour}
	}
	return s
}

// Caps bound what a kind may execute by itself in an hour; they are part of
// the policy revision. Zero means nothing.
type Caps struct {
	Count  int             `json:"count"`
	Amount decimal.Decimal `json:"amount"` // company currency
}
