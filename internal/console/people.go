package console

import (
	"context"
	"strings"

	"assent/decision"
)

// people gives names to the ids that the journal holds.
type people []decision.User

func (c *console) people(ctx context.Context, company string) (people, error) {
	return c.Directory.Users(ctx, company)
}

// name says who an id or an actor of a request is, as far as that is known.
func (p people) name(actor string) string {
	for _, u := range p {
		if u.Is(actor) {
			return u.Name
		}
	}
	switch prefix, id, _ := strings.Cut(actor, ":"); {
	case actor == "":
		return "nobody named"
	case actor == decision.System:
		return "Assent"
	case prefix == "odoo" && id != "":
		return "Odoo user " + id
	}
	return actor
}
