package simulator

import (
	"fmt"
	"hash/fnv"
	"strings"

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
	User   decision.User   // ID is left to whoever adds the person
	Absent int             // cases in a hundred that stay lying today
	Strict int             // cases in a hundred that do not convince her
	Limit  decimal.Decimal // most that she signs for, in the company's currency
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

// Approvers are the people of the house. Finance has three, so that two can
// sign what the third asked for.
func (r *Retailer) Approvers() []Approver {
	person := func(name string, absent, strict int, limit int64, alias, role string) Approver {
		return Approver{
			User: decision.User{
				Company: r.company.ID, Name: name, Email: strings.ReplaceAll(strings.ToLower(name), " ", ".") + "@example.com",
				Roles: []string{role}, Aliases: []string{alias},
			},
			Absent: absent, Strict: strict, Limit: decimal.NewFromInt(limit),
		}
	}
	return []Approver{
		person("Frida Finance", 20, 15, 5000, "odoo:20", decision.RoleFinance),
		person("Felix Fixture", 40, 25, 30000, clerk, decision.RoleFinance),
		person("Petra Payables", 30, 10, 10000, "odoo:21", decision.RoleFinance),
		person("Carla Catalogue", 30, 20, 800, "odoo:22", decision.RoleCategoryManager),
		person("Bert Budget", 35, 10, 8000, buyer, decision.RoleCategoryManager),
		person("Wanda Warehouse", 25, 15, 2000, "odoo:23", decision.RoleWarehouseLead),
		person("Sven Support", 25, 20, 500, "odoo:24", decision.RoleSupportLead),
		person("Coco Compliance", 50, 30, 50000, "odoo:25", decision.RoleCompliance),
		person("Ana Analyst", 100, 0, 0, "odoo:26", decision.RoleAnalyst),
		person("Otto Operations", 30, 15, 1000, "odoo:27", decision.RoleOperations),
	}
}

// manyReasons is how many open requirements make an approver decline.
const manyReasons = 4

// Decide is what the approver does with an open case, knowing what the inbox
// shows and not the truth. She leaves what is not hers, what she asked for or
// signed already, what is above her limit, and what she does not get round
// to; she declines what has too much against it or does not convince her; she
// approves the rest. The same case gets the same answer.
func (a Approver) Decide(c decision.Approval) Answer {
	draw := a.draw(c)
	switch {
	case !a.mayAct(c), draw < a.Absent:
		return Answer{}
	case c.AtStake != nil && c.AtStake.Amount.GreaterThan(a.Limit):
		return Answer{}
	case len(c.Reasons) >= manyReasons:
		return Answer{Decline, "Too much speaks against it."}
	case draw >= 100-a.Strict:
		return Answer{Decline, "The case does not convince me; please ask again with evidence."}
	}
	return Answer{Approve, "Checked, in order."}
}

func (a Approver) mayAct(c decision.Approval) bool {
	_, err := c.MayDecide(a.User)
	return err == nil && c.Status == decision.AwaitingApproval
}

// draw is a number below 100 that depends on the record and the person only.
func (a Approver) draw(c decision.Approval) int {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%s/%d", a.User.Email, c.Model, c.RecordID)
	sum := h.Sum64()
	return int((sum ^ sum>>32) % 100)
}
