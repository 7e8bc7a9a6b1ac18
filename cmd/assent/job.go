package main

import (
	"context"
	"errors"
	"reflect"
	"strings"

	"assent/decision"
	"assent/internal/store/sqlite"
)

// job is the part of a command that needs the store to write. It is plain data,
// so that the service that has the database open can do it for the command:
// files and standard input have been read by then, where the command was typed.
type job interface {
	do(p *process, a *app) error
}

// jobs are all there are, by the names of their types: a service does nothing
// else for a command.
var jobs = byName(
	&companyAddCmd{}, &decideCmd{}, &disputesJob{}, &eraseCmd{}, &historyJob{}, &keysCreateCmd{}, &keysDisableCmd{}, &outcomesPullCmd{}, &switchCmd{},
	&modelAddCmd{}, &modelPromoteCmd{}, &modelRollbackCmd{}, &modelShadowCmd{},
	&usersAddCmd{}, &usersAliasCmd{}, &usersDisableCmd{}, &usersEnableCmd{}, &usersResetCmd{}, &usersRoleCmd{},
)

func byName(all ...job) map[string]reflect.Type {
	named := map[string]reflect.Type{}
	for _, j := range all {
		named[nameOf(j)] = reflect.TypeOf(j).Elem()
	}
	return named
}

func nameOf(j job) string { return reflect.TypeOf(j).Elem().Name() }

// apply does a job on the store: here, or in the service that has it open.
func (p *process) apply(j job) error {
	if err := check(j); err != nil {
		return err
	}
	app, err := p.open(readWrite)
	var held *sqlite.Held
	if errors.As(err, &held) {
		return p.handOver(held, j)
	}
	if err != nil {
		return err
	}
	defer app.store.Close()
	return app.perform(p, j)
}

// check is what can be said of a job without a store.
func check(j job) error {
	if c, ok := j.(interface{ check() error }); ok {
		return c.check()
	}
	return nil
}

// perform does a job once it is clear which company it is about.
func (a *app) perform(p *process, j job) error {
	if c, ok := j.(interface {
		settle(context.Context, *app) error
	}); ok {
		if err := c.settle(p.ctx, a); err != nil {
			return err
		}
	}
	return j.do(p, a)
}

// ofCompany is the flag of commands about one company.
type ofCompany struct {
	Company string `placeholder:"CODE" help:"Company; may be left out where there is only one."`
}

// settle makes sure that Company names one: a typing error must not look like
// a company where nothing ever happened.
func (c *ofCompany) settle(ctx context.Context, a *app) error {
	companies, err := a.store.Companies(ctx)
	if err != nil {
		return err
	}
	var codes []string
	for _, known := range companies {
		codes = append(codes, known.ID)
		if known.ID == c.Company {
			return nil
		}
	}
	switch {
	case len(codes) == 0:
		return decision.Errorf(decision.CodeNotFound, "There is no company yet; see assent company add.")
	case c.Company != "":
		return decision.Errorf(decision.CodeNotFound, "There is no such company; there is %s.", strings.Join(codes, ", "))
	case len(codes) > 1:
		return decision.Errorf(decision.CodeInvalid, "There are several companies; name one by --company: %s.", strings.Join(codes, ", "))
	}
	c.Company = codes[0]
	return nil
}
