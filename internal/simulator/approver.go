package simulator

import (
	"hash/fnv"
	"strconv"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Staff as Odoo names them: the users who ask. The buyer and the clerk also
// approve, so that somebody asks for what he or she may not approve alone.
const (
	planner = "odoo:6"
	clerk   = "odoo:7"
	buyer   = "odoo:8"
)

var (
	agents  = []string{"odoo:9", "odoo:10", "odoo:11"}
	sellers = []string{"odoo:12", "odoo:13"}
)

// Approver is a person who works the inbox, with a manner of doing it.
type Approver struct {
	User   decision.User // ID is left to whoever adds the person
	Absent int           // cases in a hundred that stay lying today
	Limit  decimal.Decimal
}

// Answer is what an approver does with a case.
type Answer struct {
	Choice  Choice
	Comment string
}

// Choice is one of three; the zero value leaves the case waiting.
type Choice string

// The choices.
const (
	Ignore  Choice = ""
	Approve Choice = "approve"
	Decline Choice = "decline"
)

// Approvers are the people of the house, at least two for money.
func (r *Retailer) Approvers() []Approver {
	person := func(name, email string, absent int, limit int64, alias string, roles ...string) Approver {
		u := decision.User{Company: r.company.ID, Name: name, Email: email, Roles: roles}
		if alias != "" {
			u.Aliases = []string{alias}
		}
		return Approver{User: u, Absent: absent, Limit: decimal.NewFromInt(limit)}
	}
	return []Approver{
		person("Frida Finance", "frida.finance@example.com", 20, 1500, "odoo:20", decision.RoleFinance),
		person("Felix Fixture", "felix.fixture@example.com", 40, 4000, clerk, decision.RoleFinance),
		person("Carla Catalogue", "carla.catalogue@example.com", 30, 800, "odoo:21", decision.RoleCategoryManager),
		person("Bert Budget", "bert.budget@example.com", 35, 3000, buyer, decision.RoleCategoryManager),
		person("Wanda Warehouse", "wanda.warehouse@example.com", 25, 2000, "odoo:22", decision.RoleWarehouseLead),
		person("Sven Support", "sven.support@example.com", 25, 500, "odoo:23", decision.RoleSupportLead),
		person("Coco Compliance", "coco.compliance@example.com", 50, 5000, "odoo:24", decision.RoleCompliance),
		person("Ana Analyst", "ana.analyst@example.com", 100, 0, "odoo:25", decision.RoleAnalyst),
		person("Otto Operations", "otto.operations@example.com", 30, 1000, "odoo:26", decision.RoleOperations),
	}
}

// Decide is what the approver does with an open case, knowing what the inbox
// shows and not the truth: leaves it when it is not hers, her own or she is
// busy; declines more than she dares to sign, or what the policy gave many
// reasons against; approves the rest. The same case gets the same answer.
func (a Approver) Decide(c decision.Approval) Answer {
	switch _, may := a.User.HasRole(c.Roles); {
	case !may || c.Status != decision.AwaitingApproval || a.User.Is(c.RequestedBy) || a.busy(c):
		return Answer{}
	case c.AtStake != nil && c.AtStake.Amount.GreaterThan(a.Limit):
		return Answer{Decline, "More than I can answer for without a second opinion."}
	case len(c.Reasons) >= manyReasons:
		return Answer{Decline, "Too much speaks against it."}
	}
	return Answer{Approve, "Checked, in order."}
}

// manyReasons is how many open requirements make an approver decline.
const manyReasons = 3

// busy picks the cases that stay lying, by record and person.
func (a Approver) busy(c decision.Approval) bool {
	h := fnv.New32a()
	h.Write([]byte(a.User.Email + c.Model + strconv.FormatInt(c.RecordID, 10)))
	return int(h.Sum32()%100) < a.Absent
}
