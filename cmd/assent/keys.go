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
	Company string   `required:"" help:"Company the key is for."`
	Label   string   `required:"" help:"What uses it."`
	Rights  []string `default:"decide,read" help:"Out of decide, read, outcome, approve, operate."`
	Kinds   []string `help:"Only these kinds; default all."`
	User    string   `placeholder:"EMAIL" help:"A personal key: it acts as this person, which approving needs."`
}

// Run creates the key. Only a hash of the secret is stored.
func (c *keysCreateCmd) Run(p *process) error {
	rights, err := c.rights()
	if err != nil {
		return err
	}
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	secret, key, err := app.newKey(c.Company, c.Label, rights...)
	if err != nil {
		return err
	}
	key.Kinds = c.Kinds
	if c.User != "" {
		u, err := app.store.UserByEmail(p.ctx, c.Company, c.User)
		if err != nil {
			return err
		}
		key.User = u.ID
	}
	if err := app.store.PutAPIKey(p.ctx, key); err != nil {
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

func (c *keysCreateCmd) rights() ([]decision.Right, error) {
	var rights []decision.Right
	for _, r := range c.Rights {
		if !slices.Contains(decision.Rights, decision.Right(r)) {
			return nil, fmt.Errorf("--rights: allowed are %v", decision.Rights)
		}
		rights = append(rights, decision.Right(r))
	}
	for _, k := range c.Kinds {
		if _, ok := decision.KindNamed(k); !ok {
			return nil, fmt.Errorf("--kinds: unknown kind")
		}
	}
	if slices.Contains(rights, decision.RightApprove) && c.User == "" {
		return nil, fmt.Errorf("--rights approve needs --user: only a person approves")
	}
	return rights, nil
}

type keysListCmd struct {
	Company string `required:"" help:"Company."`
}

// Run prints the keys of a company, never a secret or its hash.
func (c *keysListCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readOnly)
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
	Company string `required:"" help:"Company."`
	ID      string `arg:"" help:"Id of the key."`
}

// Run disables a key for good.
func (c *keysDisableCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	keys, err := app.store.APIKeys(p.ctx, c.Company)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(keys, func(k decision.APIKey) bool { return k.ID == c.ID })
	if i < 0 {
		return decision.Errorf(decision.CodeNotFound, "There is no such key.")
	}
	keys[i].Disabled = true
	return app.store.PutAPIKey(p.ctx, keys[i])
}
