package main

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"assent/decision"
	"assent/internal/console"
)

// signInFor is how long a printed sign-in link works.
const signInFor = 24 * time.Hour

type usersCmd struct {
	Add     usersAddCmd     `cmd:"" help:"Add a person and print a sign-in link."`
	List    usersListCmd    `cmd:"" help:"List people."`
	Role    usersRoleCmd    `cmd:"" help:"Set a person's roles."`
	Alias   usersAliasCmd   `cmd:"" help:"Set how requests name a person, e.g. odoo:7; what they ask for they may not approve."`
	Reset   usersResetCmd   `cmd:"" help:"Print a new one-time sign-in link."`
	Disable usersDisableCmd `cmd:"" help:"Let a person in no more: sessions, sign-in links and personal keys stop working."`
	Enable  usersEnableCmd  `cmd:"" help:"Let a disabled person in again."`
}

type usersAddCmd struct {
	Company string   `required:"" help:"Company."`
	Email   string   `arg:"" help:"E-mail address."`
	Name    string   `required:"" help:"Name."`
	Role    []string `required:"" help:"Roles, e.g. finance,support_lead."`
	Alias   []string `help:"How requests name the person, e.g. odoo:7; what they ask for they may not approve."`
}

// Run adds the person.
func (c *usersAddCmd) Run(p *process) error {
	if err := checkRoles(c.Role); err != nil {
		return err
	}
	if address, err := mail.ParseAddress(c.Email); err != nil || address.Address != c.Email {
		return errors.New("the e-mail address must be one such as ada@example.com")
	}
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	if _, err := app.store.UserByEmail(p.ctx, c.Company, c.Email); decision.CodeOf(err) != decision.CodeNotFound {
		return orConflict(err, "There is already a person with this address; see users role and users reset.")
	}
	if err := app.checkAliases(p.ctx, c.Company, "", c.Alias); err != nil {
		return err
	}
	u := decision.User{ID: newID(), Company: c.Company, Email: c.Email, Name: c.Name, Roles: c.Role, Aliases: c.Alias}
	if err := app.store.PutUser(p.ctx, u); err != nil {
		return err
	}
	return p.printLink(app, u)
}

func orConflict(err error, message string) error {
	if err != nil {
		return err
	}
	return decision.Errorf(decision.CodeConflict, "%s", message)
}

func checkRoles(roles []string) error {
	for _, r := range roles {
		if !slices.Contains(decision.Roles, r) {
			return fmt.Errorf("--role: allowed are %v", decision.Roles)
		}
	}
	return nil
}

// checkAliases wants each alias in the spelling of requests, and to mean one
// person, self or nobody so far: else somebody could approve what they asked
// for under another name.
func (a *app) checkAliases(ctx context.Context, company, self string, aliases []string) error {
	users, err := a.store.Users(ctx, company)
	if err != nil {
		return err
	}
	for _, alias := range aliases {
		if !decision.IsActor(alias) {
			return errors.New("alias: must be " + decision.ActorRule)
		}
		if slices.ContainsFunc(users, func(u decision.User) bool { return u.ID != self && u.Is(alias) }) {
			return decision.Errorf(decision.CodeConflict, "alias: another person of this company is named so already; see users list.")
		}
	}
	return nil
}

// printLink makes a one-time link; the store keeps only its hash.
func (p *process) printLink(app *app, u decision.User) error {
	link, err := app.signIn(p.ctx, p.config.BaseURL, u)
	if err != nil {
		return err
	}
	where := ""
	if p.config.BaseURL == "" {
		where = ", after the console's address (--base-url)"
	}
	fmt.Fprintf(p.stderr, "Sign-in link for %s, good once within %.0f hours%s:\n", u.Name, signInFor.Hours(), where)
	fmt.Fprintln(p.stdout, link)
	return nil
}

func (a *app) signIn(ctx context.Context, base string, u decision.User) (string, error) {
	path, err := console.NewSignIn(ctx, a.store, a.keyring.Random, u, a.now(), signInFor)
	return base + path, err
}

type usersRoleCmd struct {
	Company string   `required:"" help:"Company."`
	Email   string   `arg:"" help:"E-mail address."`
	Role    []string `arg:"" help:"All roles the person has from now on."`
}

// Run sets the roles.
func (c *usersRoleCmd) Run(p *process) error {
	if err := checkRoles(c.Role); err != nil {
		return err
	}
	return p.changeUser(c.Company, c.Email, func(_ *app, u *decision.User) error {
		u.Roles = c.Role
		return nil
	})
}

type usersAliasCmd struct {
	Company string   `required:"" help:"Company."`
	Email   string   `arg:"" help:"E-mail address."`
	Alias   []string `arg:"" optional:"" help:"All aliases the person has from now on; without any there are none."`
}

// Run sets the aliases: who became the first user by link has none yet.
func (c *usersAliasCmd) Run(p *process) error {
	return p.changeUser(c.Company, c.Email, func(app *app, u *decision.User) error {
		u.Aliases = c.Alias
		return app.checkAliases(p.ctx, c.Company, u.ID, c.Alias)
	})
}

// changeUser changes what is known of a person.
func (p *process) changeUser(company, email string, change func(*app, *decision.User) error) error {
	app, err := p.openFor(company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	u, err := app.store.UserByEmail(p.ctx, company, email)
	if err != nil {
		return err
	}
	if err := change(app, &u); err != nil {
		return err
	}
	return app.store.PutUser(p.ctx, u)
}

type usersDisableCmd struct {
	Company string `required:"" help:"Company."`
	Email   string `arg:"" help:"E-mail address."`
}

// Run disables the person; what they did keeps their name. Every request asks
// who is behind its session or key, so nothing of theirs has to be found.
func (c *usersDisableCmd) Run(p *process) error {
	return p.changeUser(c.Company, c.Email, disabled(true))
}

type usersEnableCmd struct {
	Company string `required:"" help:"Company."`
	Email   string `arg:"" help:"E-mail address."`
}

// Run enables the person, with the roles and keys they had.
func (c *usersEnableCmd) Run(p *process) error {
	return p.changeUser(c.Company, c.Email, disabled(false))
}

func disabled(is bool) func(*app, *decision.User) error {
	return func(_ *app, u *decision.User) error {
		u.Disabled = is
		return nil
	}
}

type usersListCmd struct {
	Company string `required:"" help:"Company."`
}

// Run prints the people of a company.
func (c *usersListCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readOnly)
	if err != nil {
		return err
	}
	defer app.store.Close()
	users, err := app.store.Users(p.ctx, c.Company)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tEMAIL\tNAME\tROLES\tALSO NAMED\tSTATE")
	for _, u := range users {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\n", u.ID, u.Email, u.Name, strings.Join(u.Roles, ","), strings.Join(u.Aliases, ","), state(u.Disabled))
	}
	return w.Flush()
}

// state is a word for lists.
func state(disabled bool) string {
	if disabled {
		return "disabled"
	}
	return "active"
}

type usersResetCmd struct {
	Company string `required:"" help:"Company."`
	Email   string `arg:"" help:"E-mail address."`
}

// Run prints a new link.
func (c *usersResetCmd) Run(p *process) error {
	app, err := p.openFor(c.Company, readWrite)
	if err != nil {
		return err
	}
	defer app.store.Close()
	u, err := app.store.UserByEmail(p.ctx, c.Company, c.Email)
	if err != nil {
		return err
	}
	return p.printLink(app, u)
}
