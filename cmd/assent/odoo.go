package main

import (
	"context"
	"errors"
	"time"

	"assent/internal/api"
	"assent/odoo"
)

// connectOdoo plugs in the Odoo instance of the configuration. Nothing is
// sent yet: the service starts while Odoo is down.
func (a *app) connectOdoo(c odooConfig) error {
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
	a.useOdoo(client)
	a.lease, a.decisions.DB = c.Lease, c.DB
	// No more than can run at once: what waits its turn with a lease would act
	// on yesterday's switches.
	a.batch = max(1, c.Concurrency/executors)
	return nil
}

// useOdoo plugs in a client.
func (a *app) useOdoo(client *odoo.Client) {
	integration := &odoo.Integration{Caller: client, Sentence: a.sentence}
	a.setOdoo(integration, integration)
	a.odoo = client
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
