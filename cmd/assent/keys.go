package main

import (
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"assent/decision"
	"assent/internal/api"
)

type keysCmd struct {
	Create  keysCreateCmd  `cmd:"" help:"Create an API key; the secret is printed once."`
	List    keysListCmd    `cmd:"" help:"List keys."`
	Disable keysDisableCmd `cmd:"" help:"Disable a key."`
}

type keysCreateCmd struct {
	ofCompany
	Label  string           `required:"" help:"What uses it."`
	Rights []decision.Right `default:"decide,read" help:"Out of decide, read, outcome, approve, operate."`
	Kinds  []string         `help:"Only these kinds; default all."`
	User   string           `placeholder:"EMAIL" help:"A personal key: it acts as this person, which approving needs."`
}

// Run creates the key. Only a hash of the secret is stored.
func (c *keysCreateCmd) Run(p *process) error { return p.apply(c) }

func (c *keysCreateCmd) do(p *process, a *app) error {
	secret, key, err := a.newKey(c.Company, c.Label, c.Rights...)
	if err != nil {
		return err
	}
	key.Kinds = c.Kinds
	if c.User != "" {
		u, err := a.userByEmail(p.ctx, c.Company, c.User)
		if err != nil {
			return err
		}
		key.User = u.ID
	}
	if err := a.store.PutAPIKey(p.ctx, key); err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "API key %s for %s. It is shown only this once:\n", key.ID, c.Label)
	fmt.Fprintln(p.stdout, secret)
	return nil
}

// newKey makes a key with its secret, which nobody can read again.
func (a *app) newKey(company, label string, rights ...decision.Right) (secret string, key decision.APIKey, err error) {
	secret, hash, err := api.NewKey(a.keyring.Random)
	return secret, decision.APIKey{ID: newID(), Company: company, Hash: hash, Label: label, Rights: rights, Created: a.now().UTC()}, err
}

func (c *keysCreateCmd) check() error {
	switch {
	case slices.ContainsFunc(c.Rights, func(r decision.Right) bool { return !slices.Contains(decision.Rights, r) }):
		return wrongUse("--rights", fmt.Sprintf("allowed are %v", decision.Rights))
	case slices.ContainsFunc(c.Kinds, func(k string) bool { return !slices.Contains(decision.KindNames(), k) }):
		return wrongUse("--kinds", fmt.Sprintf("allowed are %v", decision.KindNames()))
	case slices.Contains(c.Rights, decision.RightApprove) && c.User == "":
		return wrongUse("--rights", "approve needs --user: only a person approves")
	}
	return nil
}

type keysListCmd struct{ ofCompany }

// Run prints the keys of a company, never a secret or its hash.
func (c *keysListCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	keys, err := app.store.APIKeys(p.ctx, c.Company)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tLABEL\tRIGHTS\tKINDS\tUSER\tSTATE")
	for _, k := range keys {
		fmt.Fprintf(w, "%s\t%s\t%v\t%s\t%s\t%s\n", k.ID, k.Label, k.Rights, strings.Join(k.Kinds, ","), k.User, state(k.Disabled))
	}
	return w.Flush()
}

type keysDisableCmd struct {
	ofCompany
	ID string `arg:"" help:"Id of the key."`
}

// Run disables a key for good.
func (c *keysDisableCmd) Run(p *process) error { return p.apply(c) }

func (c *keysDisableCmd) do(p *process, a *app) error {
	keys, err := a.store.APIKeys(p.ctx, c.Company)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k decision.APIKey) bool { return k.ID == c.ID })
	if i < 0 {
		return decision.Errorf(decision.CodeNotFound, "There is no such key; see assent keys list.")
	}
	keys[i].Disabled = true
	return a.store.PutAPIKey(p.ctx, keys[i])
}
