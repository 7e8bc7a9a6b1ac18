package odoo

import "context"

// Missing is what the bot's user lacks in Odoo for all that actions may ask of
// it. The zero Missing is nothing.
type Missing struct {
	Address bool     // an e-mail address: without one Odoo posts no note, and gives nobody an activity, in its name
	Rights  []string // what it may not do, e.g. "write account.move"; each belongs to some actions only
}

// needs are the rights that actions take, by model and operation. Activities
// and notes take the one to change their record, also a customer's.
var needs = [][2]string{
	{"sale.order", "write"}, {"sale.order.line", "write"},
	{"stock.picking", "write"},
	{"account.move", "write"}, {"account.move.reversal", "create"},
	{"mail.activity", "create"}, {"res.partner", "write"},
}

// Missing asks Odoo what its user lacks. Modules that are not installed need
// nothing; what an Odoo does not tell, as from 19 on, is not missing.
func (c *Client) Missing(ctx context.Context) (Missing, error) {
	s, err := c.open(ctx, Call{Model: "res.users", Method: "search_read"})
	if err != nil {
		return Missing{}, err
	}
	users, err := SearchRead[struct {
		Email Text `json:"email"`
	}](ctx, c, "res.users", Query{Domain: Domain{}.Where("id", "=", s.uid), Fields: []string{"email"}}, nil)
	if err != nil {
		return Missing{}, err
	}
	m := Missing{Address: len(users) != 1 || users[0].Email.Or("") == ""}
	if method := s.version.Dialect().RightsMethod; method != "" {
		m.Rights, err = c.missingRights(ctx, method)
	}
	return m, err
}

func (c *Client) missingRights(ctx context.Context, method string) (missing []string, err error) {
	for _, need := range needs {
		var may bool
		model, operation := need[0], need[1]
		err := c.Call(ctx, Call{Model: model, Method: method, Args: Args{"operation": operation, "raise_exception": false}}, &may)
		switch kind := KindOf(err); {
		case unhealthy(kind) || kind == KindOpen || kind == KindNotSent || kind == KindDenied:
			return nil, err
		case err == nil && !may:
			missing = append(missing, operation+" "+model)
		}
	}
	return missing, nil
}
