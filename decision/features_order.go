package decision

import "time"

// orderEntities are what orders are counted by. A card, a device or an address
// belongs to somebody; a mail provider, a network, a postcode or a product to
// many, and of those the newest fifty tell enough.
var orderEntities = []Entity{
	{Type: "partner", Name: "customer", Path: "partner_id", Cap: 200},
	{Type: "email", Name: "e-mail address", Path: "customer.email", Cap: 200},
	{Type: "phone", Name: "phone number", Path: "customer.phone", Cap: 200},
	{Type: "address", Name: "delivery address", Path: "shipping.street", With: []string{"shipping.zip", "shipping.country"}, Of: together("shipping.street", "shipping.zip", "shipping.country"), Cap: 200},
	{Type: "card", Name: "card", Path: "signals.card", Cap: 200},
	{Type: "device", Name: "device", Path: "signals.device", Cap: 200},
	{Type: "ip", Name: "IP address", Path: "signals.ip", Of: wholeAddress("signals.ip"), Cap: 200},
	{Type: "network", Name: "network of IP addresses (/24, of version 6 /48)", Path: "signals.ip", Of: network("signals.ip"), Cap: 50, Hot: true},
	{Type: "domain", Name: "domain of e-mail addresses", Path: "customer.email", Of: mailDomain("customer.email"), Cap: 50, Hot: true},
	{Type: "postcode", Name: "postcode", Path: "shipping.zip", With: []string{"shipping.country"}, Of: together("shipping.country", "shipping.zip"), Cap: 50, Hot: true},
	{Type: "sku", Name: "product (of the three that are worth most)", Path: "lines", Of: products, Cap: 30, Hot: true},
}

// fraudPrior is believed of an entity that nobody has seen yet. Fraud of 1 to
// 2 in 100 orders is what shops report; ten orders weigh as much as the belief.
var fraudPrior = prior("0.015", 10)

// labelDelay is how old an order must be before it counts as honest unless it
// was told to be fraud: most chargebacks have come by then.
const labelDelay = 30 * 24 * time.Hour

func orderFeatures() []Feature {
	t := newTable("order", "orders", orderEntities,
		Feature{Path: "history.partner_orders_24h", Type: TypeInteger, Entity: "partner", Kind: "order", Window: 24 * time.Hour, Fold: Count, Doc: "Orders of the same customer in the last 24 hours."},
		Feature{Path: "history.partner_amount_24h", Type: TypeMoney, Entity: "partner", Kind: "order", Window: 24 * time.Hour, Fold: Sum, Doc: "Their total, in the company's currency."},
		Feature{Path: "history.email_orders_24h", Type: TypeInteger, Entity: "email", Kind: "order", Window: 24 * time.Hour, Fold: Count, Doc: "Orders with the same e-mail address in the last 24 hours."},
		Feature{Path: "history.email_partners_30d", Type: TypeInteger, Entity: "email", Kind: "order", Window: 30 * 24 * time.Hour, Fold: DistinctPartners, Doc: "Different customers behind the same e-mail address in 30 days."},
		Feature{Path: "history.phone_partners_30d", Type: TypeInteger, Entity: "phone", Kind: "order", Window: 30 * 24 * time.Hour, Fold: DistinctPartners, Doc: "Different customers behind the same phone number in 30 days."},
	)
	for _, e := range orderEntities {
		if e.Hot {
			t.counts(e.Type, anHour, aDay)
			t.perDay(e.Type, aMonth)
		} else {
			t.counts(e.Type, anHour, aDay, aWeek, aMonth)
			t.amounts(e.Type, aDay, aMonth)
			t.age(e.Type)
		}
		t.frauds(e.Type)
	}
	for _, behind := range []struct {
		entity, link, many string
		windows            []stretch
	}{
		{"partner", "card", "cards", []stretch{aDay, aMonth}},
		{"partner", "device", "devices", []stretch{aMonth}},
		{"partner", "address", "addresses", []stretch{aMonth}},
		{"email", "card", "cards", []stretch{aMonth}},
		{"phone", "email", "emails", []stretch{aMonth}},
		{"address", "partner", "partners", []stretch{aMonth}},
		{"address", "card", "cards", []stretch{aMonth}},
		{"card", "email", "emails", []stretch{aDay, aMonth}},
		{"card", "address", "addresses", []stretch{aMonth}},
		{"device", "email", "emails", []stretch{aDay, aMonth}},
		{"device", "card", "cards", []stretch{aDay, aMonth}},
		{"ip", "email", "emails", []stretch{aDay, aMonth}},
		{"ip", "card", "cards", []stretch{aDay, aMonth}},
	} {
		t.distinct(behind.entity, behind.link, behind.many, behind.windows...)
	}
	return append(t.features, orderMatches...)
}

// frauds adds what an entity is known for: how often it was fraud, and how
// often of what is old enough to be judged.
func (t *table) frauds(entity string) {
	t.value(entity, "frauds", "order.truth", stretch{}, Total, Feature{Value: "fraud", Doc: "Orders known to be fraud"})
	t.value(entity, "fraud_rate", "order.truth", stretch{}, Share, Feature{
		Value: "fraud", Per: "order", Mature: labelDelay, Prior: fraudPrior, Doc: "Share of fraud, shrunk, in orders of more than 30 days ago",
	})
}

// orderMatches compare what the order itself says.
var orderMatches = []Feature{
	{Path: "match.names_differ", Type: TypeBoolean, From: differ("billing.name", "shipping.name"), Reads: []string{"billing.name", "shipping.name"}, Doc: "The goods go to another name than the invoice."},
	{Path: "match.countries_differ", Type: TypeBoolean, From: differ("billing.country", "shipping.country"), Reads: []string{"billing.country", "shipping.country"}, Doc: "The goods go to another country than the invoice."},
	{Path: "match.postcodes_differ", Type: TypeBoolean, From: differ("billing.zip", "shipping.zip"), Reads: []string{"billing.zip", "shipping.zip"}, Doc: "The goods go to another postcode than the invoice."},
	{Path: "match.streets_differ", Type: TypeBoolean, From: differ("billing.street", "shipping.street"), Reads: []string{"billing.street", "shipping.street"}, Doc: "The goods go to another street than the invoice."},
	{Path: "match.ip_abroad", Type: TypeBoolean, From: differ("signals.ip_country", "billing.country"), Reads: []string{"signals.ip_country", "billing.country"}, Doc: "The buyer's IP address is in another country than the invoice address."},
	{Path: "match.name_not_in_email", Type: TypeBoolean, From: nameNotInEmail, Reads: []string{"billing.name", "customer.email"}, Doc: "The e-mail address holds no part of the name on the invoice address."},
	{Path: "match.account_days", Type: TypeNumber, From: daysFrom("customer.since"), Reads: []string{"customer.since"}, Doc: "Days since the customer's record was created."},
	{Path: "match.promise_days", Type: TypeNumber, From: daysBetween("date_order", "commitment_date"), Reads: []string{"date_order", "commitment_date"}, Doc: "Days from the order to the promised delivery."},
}
