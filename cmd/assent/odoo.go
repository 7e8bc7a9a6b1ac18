package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"assent/decision"
	"assent/internal/api"
	"assent/odoo"
)

// connectOdoo plugs in the Odoo instance of the configuration. Nothing is
// sent yet: the service starts while Odoo is down.
func (a *app) connectOdoo(c odooConfig) error {
	users, err := c.activityUsers()
	if err != nil {
		return err
	}
	if c.URL == "" {
		return nil
	}
	key, err := c.key()
	if err != nil {
		return errors.New("--odoo-key-file cannot be read")
	}
	if c.Lease < 2*c.Timeout { // else an attempt is taken over while it is under way
		return errors.New("--odoo-lease must be at least twice --odoo-timeout")
	}
	client, err := odoo.New(odoo.Config{
		URL: c.URL, Database: c.DB, Login: c.User, Key: odoo.Secret(key),
		Rate: c.Rate, Burst: max(1, int(c.Rate)), Concurrency: c.Concurrency, Timeout: c.Timeout,
	})
	if err != nil {
		return err
	}
	a.useOdoo(client, users)
	a.lease, a.decisions.DB = c.Lease, c.DB
	// No more than can run at once: what waits its turn with a lease would act
	// on yesterday's switches.
	a.batch = max(1, c.Concurrency/executors)
	return nil
}

// activityUsers is whom activities for a role go to in Odoo. A role that does
// not exist would silently leave them with the bot.
func (c odooConfig) activityUsers() (map[string]int64, error) {
	users := map[string]int64{}
	for role, text := range c.Users {
		id, err := strconv.ParseInt(string(text), 10, 64)
		switch {
		case !slices.Contains(decision.Roles, role):
			return nil, fmt.Errorf("--odoo-users: there is no such role; allowed are %v", decision.Roles)
		case err != nil || id < 1:
			return nil, fmt.Errorf("--odoo-users: role %s needs the id of a user in Odoo, a whole number from 1 on, as in %s=7", role, role)
		}
		users[role] = id
	}
	return users, nil
}

// useOdoo plugs in a client. Activities for a role go to one of users, by role.
func (a *app) useOdoo(client *odoo.Client, users map[string]int64) {
	integration := &odoo.Integration{Caller: client, Users: users, Sentence: a.sentence}
	a.setOdoo(integration, integration)
	a.decisions.Endings = integration
	a.odoo, a.odooUsers = client, users
}

// missingUsers lists the roles whose user Odoo does not show: its activities
// could not be made.
func (a *app) missingUsers(ctx context.Context) ([]string, error) {
	ids := slices.Sorted(maps.Values(a.odooUsers))
	rows, err := odoo.SearchRead[struct{ ID int64 }](ctx, a.odoo, "res.users", odoo.Query{Domain: odoo.Domain{}.Where("id", "in", ids), Fields: []string{"id"}}, nil)
	if err != nil {
		return nil, err
	}
	var missing []string
	for _, role := range slices.Sorted(maps.Keys(a.odooUsers)) {
		if !slices.ContainsFunc(rows, func(row struct{ ID int64 }) bool { return row.ID == a.odooUsers[role] }) {
			missing = append(missing, role)
		}
	}
	return missing, nil
}

// rolesWithoutUser are those whose activities go to the bot.
func (a *app) rolesWithoutUser() []string {
	return slices.DeleteFunc(slices.Clone(decision.Roles), func(role string) bool { return a.odooUsers[role] != 0 })
}

// pingTimeout bounds how long /readyz waits for the store to be written, and
// for Odoo.
const pingTimeout = 2 * time.Second

// checks is the state of the parts, for /readyz.
func (a *app) checks(ctx context.Context) []api.Check {
	return []api.Check{a.storeCheck(ctx), a.odooCheck(ctx)}
}

// storeCheck writes if need be: a store that can only be read decides nothing.
func (a *app) storeCheck(ctx context.Context) api.Check {
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	store := api.Check{Name: "store", OK: true, Required: true}
	if err := a.store.Ping(ctx); err != nil {
		store.OK, store.Detail = false, "unreachable"
	} else if err := a.pulse.check(ctx); err != nil {
		store.OK, store.Detail = false, "cannot_write"
	}
	return store
}

func (a *app) odooCheck(ctx context.Context) api.Check {
	if a.odoo == nil {
		return api.Check{Name: "odoo", OK: true, Detail: "not_configured"}
	}
	ctx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	remote := api.Check{Name: "odoo", OK: true}
	if err := a.odoo.Ping(ctx); err != nil {
		remote.OK, remote.Detail = false, string(odoo.KindOf(err))
	}
	return remote
}
