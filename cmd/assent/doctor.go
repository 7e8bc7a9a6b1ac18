package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"assent/decision"
	"assent/odoo"
	"assent/policy"
)

type doctorCmd struct{}

// Run checks each part and says what to do about those that fail.
func (c *doctorCmd) Run(p *process) error {
	d := doctor{p: p}
	d.check("policy", "run assent policy check", func() error {
		b, err := policy.Embedded()
		if err == nil {
			_, err = policy.Compile(b)
		}
		return err
	})
	d.check("secrets", "restore the file, or run assent serve once on a new installation", func() error {
		info, err := os.Stat(p.config.secretsFile())
		if err != nil {
			return err
		}
		if info.Mode().Perm()&0o077 != 0 {
			return fmt.Errorf("%s can be read by others: chmod 600", p.config.secretsFile())
		}
		_, err = loadKeyring(p.config.secretsFile())
		return err
	})
	var store decision.Store
	d.check("store", "run assent migrate, or check --store", func() (err error) {
		store, err = p.openStore(readOnly)
		return err
	})
	if store == nil {
		return d.end()
	}
	defer store.Close()
	app := newApp(store, decision.Keyring{}, p.logger(), p.now) // nothing here needs a secret
	app.policies.Deadline = p.config.Policy.deadline()
	d.installation(app)
	d.odoo(app)
	return d.end()
}

// installation checks what only an open store can tell.
func (d *doctor) installation(app *app) {
	d.check("companies", "run assent company add", func() error {
		companies, err := app.store.Companies(d.p.ctx)
		if err == nil && len(companies) == 0 {
			err = decision.Errorf(decision.CodeNotFound, "There is no company.")
		}
		return err
	})
	d.check("in force", "put another policy in force: assent serve --policy", func() error { return app.policiesInForce(d.p.ctx) })
	d.check("models", "assent model rollback, or assent model promote another one", func() error { return app.modelsInForce(d.p.ctx) })
	d.check("rights", "GRANT assent_app TO the login that serves; see docs/operations.md", func() error {
		may, err := mayRewrite(d.p.ctx, app.store)
		if may {
			err = errors.New("the database's login may change the journal: only triggers protect it")
		}
		return err
	})
}

// odoo tells what is not said from what is wrong: without Odoo the service
// works, and decisions that it should apply wait.
func (d *doctor) odoo(app *app) {
	if d.p.config.Odoo.URL == "" {
		d.note("odoo", "not configured: nothing is executed, and requests must bring their fields; see --odoo-url")
		return
	}
	d.check("odoo", "check --odoo-url, --odoo-db, --odoo-user and the key", func() error {
		if err := app.connectOdoo(d.p.config.Odoo); err != nil {
			return err
		}
		if check := app.odooCheck(d.p.ctx); !check.OK {
			return errors.New(check.Detail)
		}
		return nil
	})
	if app.odoo != nil {
		d.botUser(app)
		d.activityUsers(app)
	}
}

// botUser wants Odoo to let the bot act. Rights may be withheld on purpose.
func (d *doctor) botUser(app *app) {
	var missing odoo.Missing
	d.check("odoo bot", "give Assent's user in Odoo what docs/operations.md lists", func() (err error) {
		missing, err = app.odoo.Missing(d.p.ctx)
		if err == nil && missing.Address {
			err = errors.New("the user has no e-mail address: Odoo refuses its notes, and activities for others")
		}
		return err
	})
	if len(missing.Rights) > 0 {
		d.note("odoo bot", "may not "+strings.Join(missing.Rights, ", ")+": actions that need it will be refused")
	}
}

// activityUsers wants Odoo to have whom activities go to, and says which roles
// have nobody. That is no fault: the bot's activities can be seen by all.
func (d *doctor) activityUsers(app *app) {
	if len(app.odooUsers) > 0 {
		d.check("odoo users", "check --odoo-users: the users must exist, be active, and be shown to the bot", func() error {
			missing, err := app.missingUsers(d.p.ctx)
			if err == nil && len(missing) > 0 {
				err = fmt.Errorf("there is no such user in Odoo for %s", strings.Join(missing, ", "))
			}
			return err
		})
	}
	if without := app.rolesWithoutUser(); len(without) > 0 {
		d.note("odoo users", "activities for "+strings.Join(without, ", ")+" go to the bot user; see --odoo-users")
	}
}

// policiesInForce wants this release to understand what came into force under
// an earlier one. A company without a policy gets one at the next start.
func (a *app) policiesInForce(ctx context.Context) error {
	companies, err := a.store.Companies(ctx)
	if err != nil {
		return err
	}
	for _, c := range companies {
		head, err := a.store.Head(ctx, c.ID)
		if err != nil {
			return err
		}
		if head.Policy == "" {
			continue
		}
		if _, err := a.policies.Policy(ctx, head.Policy); err != nil {
			return fmt.Errorf("company %s: %w", c.ID, err)
		}
	}
	return nil
}

// modelsInForce wants this release to be able to use what was promoted under an
// earlier one: a model that it cannot have leaves every decision to people.
func (a *app) modelsInForce(ctx context.Context) error {
	companies, err := a.store.Companies(ctx)
	if err != nil {
		return err
	}
	for _, c := range companies {
		head, err := a.store.Head(ctx, c.ID)
		if err != nil {
			return err
		}
		for _, kind := range slices.Sorted(maps.Keys(head.Models)) {
			for _, revision := range []string{head.Models[kind].Champion, head.Models[kind].Challenger} {
				if _, err := a.decisions.Models.Model(ctx, kind, revision); err != nil {
					return fmt.Errorf("company %s, kind %s, model %.12s: %w", c.ID, kind, revision, errors.Join(err, errors.Unwrap(err)))
				}
			}
		}
	}
	return nil
}

// doctor counts what fails.
type doctor struct {
	p      *process
	failed int
}

func (d *doctor) check(name, remedy string, test func() error) {
	if err := test(); err != nil {
		d.failed++
		fmt.Fprintf(d.p.stdout, "%-10s FAILS  %v\n           %s\n", name, err, remedy)
		return
	}
	fmt.Fprintf(d.p.stdout, "%-10s ok\n", name)
}

// note says what is no fault, and what somebody may want to know.
func (d *doctor) note(name, what string) {
	fmt.Fprintf(d.p.stdout, "%-10s note   %s\n", name, what)
}

func (d *doctor) end() error {
	if d.failed > 0 {
		return exit(exitError)
	}
	return nil
}
