package odootest

import (
	"fmt"
	"slices"
)

// right names the group that a change to a model needs.
type right struct {
	group string
	old   string // the group's label up to 18
	label string // and on 19
}

// rights lists the models that ordinary users may not change. Operations not
// listed are open to everybody who can sign in.
var rights = map[string]right{
	"res.users":             {"erp_manager", "Administration/Access Rights", "Access Rights"},
	"res.company":           {"erp_manager", "Administration/Access Rights", "Access Rights"},
	"res.partner":           {"contact", "Contact/Creation", "Contact/Creation"},
	"sale.order":            {"sale", "Sales/User: Own Documents Only", "Sales/User: Own Documents Only"},
	"sale.order.line":       {"sale", "Sales/User: Own Documents Only", "Sales/User: Own Documents Only"},
	"account.move":          {"account", "Accounting/Billing", "Accounting/Billing"},
	"account.move.line":     {"account", "Accounting/Billing", "Accounting/Billing"},
	"account.move.reversal": {"account", "Accounting/Billing", "Accounting/Billing"},
	"purchase.order":        {"purchase", "Purchase/User", "Purchase/User"},
}

// readers lists the models that ordinary users may not even read.
var readers = map[string]right{
	"ir.model": {"erp_manager", "Administration/Access Rights", "Access Rights"},
}

// mayRead checks the right to read or search.
func (e *env) mayRead(m *model) error {
	need, listed := readers[m.name]
	if !listed || e.user.has(need.group) {
		return nil
	}
	return e.notAllowed("access", m, need)
}

// has says whether the user is in a group; "admin" stands for all of them.
func (u *User) has(group string) bool {
	return slices.Contains(u.Groups, "admin") || slices.Contains(u.Groups, group)
}

// mayDo checks the right to create, write or unlink.
func (e *env) mayDo(m *model, operation string) error {
	need, listed := rights[m.name]
	if !listed || e.user.has(need.group) {
		return nil
	}
	return e.notAllowed(map[string]string{"create": "create", "write": "modify", "unlink": "delete"}[operation], m, need)
}

// checkRights answers whether the user may do something, or raises.
func checkRights(e *env, c *call) (any, error) {
	err := e.mayRead(c.model)
	if operation := text(c.args["operation"]); err == nil && operation != "read" {
		err = e.mayDo(c.model, operation)
	}
	if err != nil && c.args["raise_exception"] == false {
		return false, nil
	}
	return err == nil, err
}

func (e *env) notAllowed(verb string, m *model, need right) error {
	label := need.old
	if e.s.opts.Version >= 19 {
		label = need.label
	}
	return accessError(fmt.Sprintf(
		"You are not allowed to %s '%s' (%s) records.\n\nThis operation is allowed for the following groups:\n\t- %s\n\nContact your administrator to request access if necessary.",
		verb, m.label, m.name, label))
}
