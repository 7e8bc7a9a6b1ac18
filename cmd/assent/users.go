package main

import (
	"context"
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
	Reset   usersResetCmd   `cmd:"" help:"End a person's sessions and sign-in links, and print a new one-time link."`
	Disable usersDisableCmd `cmd:"" help:"Let a person in no more: sessions, sign-in links and personal keys stop working."`
	Enable  usersEnableCmd  `cmd:"" help:"Let a disabled person in again."`
}

// ofPerson names one person of a company.
type ofPerson struct {
	ofCompany
	Email string `arg:"" help:"E-mail address."`
}

// person finds who is meant.
func (c *ofPerson) person(ctx context.Context, a *app) (decision.User, error) {
	return a.userByEmail(ctx, c.Company, c.Email)
}

// userByEmail says where to look when there is nobody.
func (a *app) userByEmail(ctx context.Context, company, email string) (decision.User, error) {
	u, err := a.store.UserByEmail(ctx, company, email)
	if decision.CodeOf(err) == decision.CodeNotFound {
		err = decision.Errorf(decision.CodeNotFound, "There is no such user; see assent users list and assent users add.")
	}
	return u, err
}

type usersAddCmd struct {
	ofPerson
	Name  string   `required:"" help:"Name."`
	Role  []string `required:"" help:"Roles, e.g. finance,support_lead."`
	Alias []string `help:"How requests name the person, e.g. odoo:7; what they ask for they may not approve."`
}

// Run adds the person.
func (c *usersAddCmd) Run(p *process) error { return p.apply(c) }

func (c *usersAddCmd) check() error {
	if address, err := mail.ParseAddress(c.Email); err != nil || address.Address != c.Email {
		return wrongUse("EMAIL", "must be an address such as ada@example.com")
	}
	return checkRoles(c.Role)
}

func (c *usersAddCmd) do(p *process, a *app) error {
	if _, err := c.person(p.ctx, a); decision.CodeOf(err) != decision.CodeNotFound {
		return orConflict(err, "There is already a person with this address; see users role and users reset.")
	}
	if err := a.checkAliases(p.ctx, c.Company, "", c.Alias); err != nil {
		return err
	}
	u := decision.User{ID: newID(), Company: c.Company, Email: c.Email, Name: c.Name, Roles: c.Role, Aliases: c.Alias}
	if err := a.store.PutUser(p.ctx, u); err != nil {
		return err
	}
	return a.printLink(p, u)
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
			return wrongUse("--role", fmt.Sprintf("allowed are %v", decision.Roles))
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
			return wrongUse("alias", "must be "+decision.ActorRule)
		}
		if slices.ContainsFunc(users, func(u decision.User) bool { return u.ID != self && u.Is(alias) }) {
			return decision.Errorf(decision.CodeConflict, "alias: another person of this company is named so already; see users list.")
		}
	}
	return nil
}

// printLink makes a one-time link; the store keeps only its hash.
func (a *app) printLink(p *process, u decision.User) error {
	link, err := a.signIn(p.ctx, u)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.stderr, "Sign-in link for %s, good once within %.0f hours:\n", u.Name, signInFor.Hours())
	fmt.Fprintln(p.stdout, link)
	if a.base == "" {
		fmt.Fprintln(p.stderr, "Put the console's address before it, such as http://127.0.0.1:8080, or name that by --base-url.")
	}
	return nil
}

// signIn is a link of the console, a bare path where nobody said its address.
func (a *app) signIn(ctx context.Context, u decision.User) (string, error) {
	path, err := console.NewSignIn(ctx, a.store, a.keyring.Random, u, a.now(), signInFor)
	return a.base + path, err
}

type usersRoleCmd struct {
	ofPerson
	Role []string `arg:"" help:"All roles the person has from now on."`
}

// Run sets the roles.
func (c *usersRoleCmd) Run(p *process) error { return p.apply(c) }

func (c *usersRoleCmd) check() error { return checkRoles(c.Role) }

func (c *usersRoleCmd) do(p *process, a *app) error {
	return c.change(p.ctx, a, func(u *decision.User) error {
		u.Roles = c.Role
		return nil
	})
}

// change changes what is known of the person.
func (c *ofPerson) change(ctx context.Context, a *app, change func(*decision.User) error) error {
	u, err := c.person(ctx, a)
	if err != nil {
		return err
	}
	if err := change(&u); err != nil {
		return err
	}
	return a.store.PutUser(ctx, u)
}

type usersAliasCmd struct {
	ofPerson
	Alias []string `arg:"" optional:"" help:"All aliases the person has from now on; without any there are none."`
}

// Run sets the aliases: who became the first user by link has none yet.
func (c *usersAliasCmd) Run(p *process) error { return p.apply(c) }

func (c *usersAliasCmd) do(p *process, a *app) error {
	return c.change(p.ctx, a, func(u *decision.User) error {
		u.Aliases = c.Alias
		return a.checkAliases(p.ctx, c.Company, u.ID, c.Alias)
	})
}

type usersDisableCmd struct{ ofPerson }

// Run disables the person; what they did keeps their name. Every request asks
// who is behind its session or key, so nothing of theirs has to be found.
func (c *usersDisableCmd) Run(p *process) error { return p.apply(c) }

func (c *usersDisableCmd) do(p *process, a *app) error { return c.change(p.ctx, a, disabled(true)) }

type usersEnableCmd struct{ ofPerson }

// Run enables the person, with the roles and keys they had.
func (c *usersEnableCmd) Run(p *process) error { return p.apply(c) }

func (c *usersEnableCmd) do(p *process, a *app) error { return c.change(p.ctx, a, disabled(false)) }

func disabled(is bool) func(*decision.User) error {
	return func(u *decision.User) error {
		u.Disabled = is
		return nil
	}
}

type usersListCmd struct{ ofCompany }

// Run prints the people of a company.
func (c *usersListCmd) Run(p *process) error {
	app, err := p.read(&c.ofCompany)
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

type usersResetCmd struct{ ofPerson }

// Run ends the person's links and sessions, and prints a new link.
func (c *usersResetCmd) Run(p *process) error { return p.apply(c) }

func (c *usersResetCmd) do(p *process, a *app) error {
	u, err := c.person(p.ctx, a)
	if err != nil {
		return err
	}
	if u, err = console.EndSignIns(p.ctx, a.store, u); err != nil {
		return err
	}
	return a.printLink(p, u)
}
