package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/shopspring/decimal"

	"assent/decision"
)

type companyCmd struct {
	Add  companyAddCmd  `cmd:"" help:"Add a company, or change what the flags name."`
	List companyListCmd `cmd:"" help:"List companies."`
}

type companyAddCmd struct {
	ID       string            `arg:"" help:"Code, e.g. main."`
	Currency string            `help:"ISO 4217 currency of the company; for good once it has decisions or history."`
	OdooID   int64             `name:"odoo-id" help:"res.company in Odoo; 1 if never said."`
	Rates    map[string]string `placeholder:"USD=0.92" help:"Other accepted currencies: company currency for one unit; an empty rate ends one."`
}

// Run adds the company and gives it the embedded policy.
func (c *companyAddCmd) Run(p *process) error { return p.apply(c) }

func (c *companyAddCmd) check() error {
	if !decision.IsCode(c.ID, 64) || c.Currency != "" && !decision.IsCurrency(c.Currency) {
		return wrongUse("ID and --currency", "must be a code, and an ISO 4217 currency such as EUR")
	}
	if c.OdooID < 0 {
		return wrongUse("--odoo-id", "must be the id of a res.company, from 1 on")
	}
	return nil
}

func (c *companyAddCmd) do(p *process, a *app) error {
	companies, err := a.store.Companies(p.ctx)
	if err != nil {
		return err
	}
	was, known := decision.Company{ID: c.ID}, false
	if i := slices.IndexFunc(companies, func(o decision.Company) bool { return o.ID == c.ID }); i >= 0 {
		was, known = companies[i], true
	}
	is, err := c.over(was)
	if err != nil {
		return err
	}
	if err := a.mayChangeCurrency(p.ctx, was, is); err != nil {
		return err
	}
	if err := a.store.PutCompany(p.ctx, is); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, whatChanged(was, is, known))
	return a.ensurePolicies(p.ctx)
}

// over gives the company with what the flags say, and all else as it was.
func (c *companyAddCmd) over(was decision.Company) (decision.Company, error) {
	is := decision.Company{
		ID: was.ID, Currency: cmp.Or(c.Currency, was.Currency),
		OdooID: cmp.Or(c.OdooID, was.OdooID, 1), Rates: map[string]decimal.Decimal{},
	}
	if is.Currency == "" {
		return is, wrongUse("--currency", "a new company needs an ISO 4217 currency such as EUR")
	}
	if is.Currency == was.Currency { // rates are in it
		maps.Copy(is.Rates, was.Rates)
	}
	for currency, text := range c.Rates {
		rate, err := decimal.NewFromString(text)
		switch {
		case text == "":
			delete(is.Rates, currency)
		case err != nil || !rate.IsPositive() || !decision.IsCurrency(currency) || currency == is.Currency:
			return is, wrongUse("--rates", "must be CURRENCY=RATE with another currency than the company's and a positive decimal rate")
		default:
			is.Rates[currency] = rate
		}
	}
	return is, nil
}

// mayChangeCurrency refuses to give past amounts another meaning. The policy,
// the models and the switches of a new company hold none.
func (a *app) mayChangeCurrency(ctx context.Context, was, is decision.Company) error {
	if was.Currency == "" || was.Currency == is.Currency {
		return nil
	}
	const page = 100
	for after := int64(0); ; after += page {
		entries, err := a.store.Entries(ctx, was.ID, after, page)
		if err != nil {
			return err
		}
		if slices.ContainsFunc(entries, func(e decision.Entry) bool {
			return e.Type != decision.EntryActivation && e.Type != decision.EntryPromotion && e.Type != decision.EntrySwitch
		}) {
			return decision.Errorf(decision.CodeConflict, "The currency of %s stays %s: its journal and history hold amounts in it. Add another company for another currency.", was.ID, was.Currency)
		}
		if len(entries) < page {
			return nil
		}
	}
}

// whatChanged says in one line what became of a company.
func whatChanged(was, is decision.Company, known bool) string {
	if !known {
		return fmt.Sprintf("%s added: currency %s, Odoo company %d, rates %s", is.ID, is.Currency, is.OdooID, ratesOf(is))
	}
	var changes []string
	for _, c := range [][3]string{
		{"currency", was.Currency, is.Currency},
		{"Odoo company", fmt.Sprint(was.OdooID), fmt.Sprint(is.OdooID)},
		{"rates", ratesOf(was), ratesOf(is)},
	} {
		if c[1] != c[2] {
			changes = append(changes, fmt.Sprintf("%s from %s to %s", c[0], c[1], c[2]))
		}
	}
	if len(changes) == 0 {
		return is.ID + " is as it was"
	}
	return is.ID + " changed: " + strings.Join(changes, "; ")
}

// ratesOf writes rates as the flag takes them.
func ratesOf(c decision.Company) string {
	var all []string
	for _, currency := range slices.Sorted(maps.Keys(c.Rates)) {
		all = append(all, currency+"="+c.Rates[currency].String())
	}
	return cmp.Or(strings.Join(all, ";"), "none")
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
		fmt.Fprintf(w, "%s\t%d\t%s\t%s\n", c.ID, c.OdooID, c.Currency, ratesOf(c))
	}
	return w.Flush()
}
