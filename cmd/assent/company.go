package main

import (
	"fmt"
	"regexp"
	"text/tabwriter"

	"github.com/shopspring/decimal"

	"assent/decision"
)

type companyCmd struct {
	Add  companyAddCmd  `cmd:"" help:"Add or change a company."`
	List companyListCmd `cmd:"" help:"List companies."`
}

type companyAddCmd struct {
	ID       string            `arg:"" help:"Code, e.g. main."`
	Currency string            `required:"" help:"ISO 4217 currency of the company."`
	OdooID   int64             `name:"odoo-id" default:"1" help:"res.company in Odoo."`
	Rates    map[string]string `name:"rates" placeholder:"USD=0.92" help:"Other accepted currencies: company currency for one unit."`
}

// iso4217 is the form of a currency code.
var iso4217 = regexp.MustCompile(`^[A-Z]{3}$`)

// Run adds the company and gives it the embedded policy.
func (c *companyAddCmd) Run(p *process) error {
	company := decision.Company{ID: c.ID, OdooID: c.OdooID, Currency: c.Currency, Rates: map[string]decimal.Decimal{}}
	if !decision.IsCode(c.ID, 64) || !iso4217.MatchString(c.Currency) {
		return decision.Invalid("/company", "pattern", "needs a code as id and an ISO 4217 currency such as EUR")
	}
	for currency, text := range c.Rates {
		rate, err := decimal.NewFromString(text)
		if err != nil || !rate.IsPositive() || !iso4217.MatchString(currency) {
			return decision.Invalid("/rates", "minimum", "must be CURRENCY=RATE with a positive decimal rate")
		}
		company.Rates[currency] = rate
	}
	app, err := p.open(readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	if err := app.store.PutCompany(p.ctx, company); err != nil {
		return err
	}
	return app.ensurePolicies(p.ctx)
}

type companyListCmd struct{}

// Run prints every company.
func (c *companyListCmd) Run(p *process) error {
	app, err := p.open(readOnly)
	if err != nil {
		return err
	}
	defer app.store.Close()
	companies, err := app.store.Companies(p.ctx)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tODOO\tCURRENCY\tALSO ACCEPTS")
	for _, c := range companies {
		fmt.Fprintf(w, "%s\t%d\t%s\t%v\n", c.ID, c.OdooID, c.Currency, c.Rates)
	}
	return w.Flush()
}
