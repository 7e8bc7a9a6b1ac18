package scoring

import "github.com/shopspring/decimal"

// Order is the cold-start scorecard of kind "order": the probability that an
// order is fraudulent.
func Order() *Scorecard { return must(New(OrderCard())) }

// must is for cards declared in this package, which tests check.
func must(s *Scorecard, err error) *Scorecard {
	if err != nil {
		panic(err)
	}
	return s
}

// Sources that several weights share.
const (
	adyenVelocity    = "Adyen standard risk rules, velocity: how often a shopper attempts to pay in a given time."
	adyenConsistency = "Adyen standard risk rules, consistency: details that contradict each other."
	visaSigns        = "Visa, Potential signs of card-not-present fraud."
	stripeSigns      = "Stripe, Identifying potential fraud."
	shopifySigns     = "Shopify fraud analysis: indicator shown on the order."
	cybersourceCodes = "CyberSource Decision Manager information codes."
)

// OrderCard declares the card of Order. A company that knows its own limits
// changes them and calls New.
//
// Weights are judgements in steps of an eighth: the vendors publish which
// indicators count and in which direction, not how much. A weight of 0.75
// doubles the odds; 2.25 makes them nine times as high. They are meant to be
// replaced by a trained model as soon as there are labels.
func OrderCard() Card {
	return Card{
		Model:  "scorecard/order",
		Kind:   "order",
		Doc:    "Probability that the order is fraudulent: paid with means that are not the buyer's, or never meant to be paid.",
		Base:   -4.5, // 1.1 %
		Source: "CyberSource annual merchant surveys, 2006 to 2011: 0.6 % to 1.3 % of accepted online orders turned out fraudulent.",
		Needs:  []string{"amount_total"},
		Limits: orderLimits(),
		Disposable: []string{
			"10minutemail.com", "disposable.example", "guerrillamail.com", "maildrop.cc", "mailinator.com",
			"sharklasers.com", "temp-mail.org", "throwawaymail.com", "trashmail.com", "yopmail.com",
		},
		Characteristics: []Characteristic{
			channelItem, customerOrdersItem, accountAgeItem, amountItem, newCustomerAmountItem, quantityItem,
			countriesItem, postcodesItem, ipCountryItem, expressItem,
			avsItem, cvcItem, pspScoreItem, paymentItem,
			emailVelocityItem, partnerVelocityItem, amountVelocityItem,
			emailSharingItem, phoneSharingItem, emailDomainItem, phoneItem,
		},
	}
}

// orderLimits are about four and fifteen usual online orders, rounded in
// each currency; a currency that is not listed leaves the amount unjudged.
func orderLimits() map[string]Limits {
	limits := func(high, veryHigh int64) Limits {
		return Limits{High: decimal.NewFromInt(high), VeryHigh: decimal.NewFromInt(veryHigh)}
	}
	return map[string]Limits{
		"AUD": limits(600, 2400), "BRL": limits(800, 3000), "CAD": limits(500, 2000), "CHF": limits(400, 1500),
		"CZK": limits(8000, 30000), "DKK": limits(2500, 10000), "EUR": limits(350, 1400), "GBP": limits(300, 1200),
		"INR": limits(12000, 50000), "JPY": limits(40000, 160000), "MXN": limits(4000, 16000), "NOK": limits(3500, 14000),
		"PLN": limits(1200, 5000), "SEK": limits(3500, 14000), "USD": limits(400, 1500),
	}
}

var channelItem = Characteristic{
	Name: "channel", Reads: []string{channelPath},
	Doc: "Where the order was placed.",
	Attributes: []Attribute{
		{Code: "CHANNEL_POS", Weight: -1.5, Is: "pos",
			Sentence: "The customer was in the store.",
			Source:   "Card-present payments shift the liability to the issuer and have a fraction of the fraud (EMV; Stripe, In-person payments)."},
		{Code: "CHANNEL_B2B", Weight: -1, Is: "b2b",
			Sentence: "The customer is a business that orders on account.",
			Source:   "Our judgement: a known counterparty with a contract."},
		{Code: "CHANNEL_MARKETPLACE", Weight: -0.5, Is: "marketplace",
			Sentence: "The marketplace screened the buyer and pays.",
			Source:   "Our judgement: marketplaces screen payments themselves and carry the chargeback."},
	},
}

var customerOrdersItem = Characteristic{
	Name: "customer_orders", Reads: []string{"customer.orders"},
	Doc: "Orders the customer confirmed before.",
	Attributes: []Attribute{
		{Code: "NEW_CUSTOMER", Weight: 0.75, Below: n(1),
			Sentence: "This is the customer's first order.",
			Source:   visaSigns + " First-time shopper."},
		{Code: "LOYAL_CUSTOMER", Weight: -1.75, From: n(10),
			Sentence: "The customer has ordered ten times or more.",
			Source:   "Signifyd and Stripe both lower the risk of an account with a good history."},
		{Code: "REPEAT_CUSTOMER", Weight: -1, From: n(3),
			Sentence: "The customer has ordered at least three times before.",
			Source:   "Signifyd and Stripe both lower the risk of an account with a good history."},
	},
}

var accountAgeItem = Characteristic{
	Name: "account_age", Reads: []string{"customer.since", "date_order"},
	Doc: "Age of the customer's record when the order was placed, in days.",
	Attributes: []Attribute{
		{Code: "NEW_ACCOUNT", Weight: 0.5, Below: n(1),
			Sentence: "The customer's record is less than a day old.",
			Source:   visaSigns + " First-time shopper; here one who registered to buy."},
		{Code: "OLD_ACCOUNT", Weight: -0.5, From: n(365),
			Sentence: "The customer has been known for a year or more.",
			Source:   "Our judgement: stolen identities are used soon after they are set up."},
	},
}

var amountItem = Characteristic{
	Name: "amount", Reads: []string{"amount_total"},
	Doc: "Total in the company's currency: 0 usual, 1 high, 2 very high by the card's limits.",
	Attributes: []Attribute{
		{Code: "VERY_HIGH_AMOUNT", Weight: 1, From: n(2),
			Sentence: "The total is very high.",
			Source:   visaSigns + " Larger-than-normal orders: stolen cards have a short life."},
		{Code: "HIGH_AMOUNT", Weight: 0.5, From: n(1),
			Sentence: "The total is high.",
			Source:   visaSigns + " Larger-than-normal orders."},
	},
}

var newCustomerAmountItem = Characteristic{
	Name: "new_customer_amount", Reads: []string{"customer.orders", "amount_total"},
	Doc: "The amount's level on a first order, 0 on any other.",
	Attributes: []Attribute{
		{Code: "HIGH_AMOUNT_NEW_CUSTOMER", Weight: 0.75, From: n(1),
			Sentence: "A first order with a high total.",
			Source:   visaSigns + " Several signs at once weigh more than each alone."},
	},
}

var quantityItem = Characteristic{
	Name: "quantity", Reads: []string{"lines", channelPath},
	Doc: "Largest quantity of one line. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "MANY_OF_ONE_ITEM", Weight: 0.5, From: n(10),
			Sentence: "Ten or more of the same item.",
			Source:   visaSigns + " Several of the same item, to be resold."},
	},
}

var countriesItem = Characteristic{
	Name: "countries", Reads: []string{"billing.country", "shipping.country"},
	Doc: "Countries of the invoice and the delivery address.",
	Attributes: []Attribute{
		{Code: "BILLING_SHIPPING_COUNTRY_MISMATCH", Weight: 0.875, Is: "differ",
			Sentence: "The order is billed to one country and shipped to another.",
			Source:   adyenConsistency + " CyberSource survey: international orders 2.4 % fraudulent, all orders 1.0 %; the ratio is exp(0.875)."},
	},
}

var postcodesItem = Characteristic{
	Name: "postcodes", Reads: []string{"billing.zip", "shipping.zip", "billing.country", "shipping.country"},
	Doc: "Postcodes of the two addresses, where the country is the same. Only compared.",
	Attributes: []Attribute{
		{Code: "BILLING_SHIPPING_ZIP_MISMATCH", Weight: 0.25, Is: "differ",
			Sentence: "The order ships to another postcode than it is billed to.",
			Source:   adyenConsistency + " Billing address differs from delivery address; light, because gifts do too."},
	},
}

var ipCountryItem = Characteristic{
	Name: "ip_country", Reads: []string{"signals.ip_country", "billing.country", channelPath},
	Doc: "Country of the buyer's IP address against the invoice address. Asked of web orders.",
	Attributes: []Attribute{
		{Code: "IP_COUNTRY_MISMATCH", Weight: 1, Is: "differ",
			Sentence: "The buyer's internet address is in another country than the invoice address.",
			Source:   shopifySigns + " Billing country differs from where the order was placed. CyberSource code MM-IPBCO."},
		{Code: "IP_COUNTRY_MATCH", Weight: -0.25, Is: "same",
			Sentence: "The buyer's internet address is in the country of the invoice address.",
			Source:   shopifySigns + " A green indicator."},
	},
}

var expressItem = Characteristic{
	Name: "express", Reads: []string{"shipping.express", "customer.orders", channelPath},
	Doc: "Fastest delivery, \"new\" on a first order. Not asked at the till.",
	Attributes: []Attribute{
		{Code: "EXPRESS_NEW_CUSTOMER", Weight: 0.875, Is: "new",
			Sentence: "A first order that is to be shipped as fast as possible.",
			Source:   visaSigns + " Rush shipping: goods are gone before the card's owner notices."},
		{Code: "EXPRESS_SHIPPING", Weight: 0.25, Is: "yes",
			Sentence: "The customer paid for the fastest delivery.",
			Source:   visaSigns + " Rush shipping."},
	},
}

var avsItem = Characteristic{
	Name: "avs", Reads: []string{"signals.avs", "payment.method", channelPath},
	Doc: "Address check by the card issuer. Asked of card payments at a distance; \"unavailable\" is unknown.",
	Attributes: []Attribute{
		{Code: "AVS_MISMATCH", Weight: 1.25, Is: "mismatch",
			Sentence: "The card's issuer does not know the invoice address.",
			Source:   shopifySigns + " " + adyenConsistency},
		{Code: "AVS_PARTIAL", Weight: 0.375, Is: "partial",
			Sentence: "The card's issuer knows only part of the invoice address.",
			Source:   shopifySigns},
		{Code: "AVS_MATCH", Weight: -0.5, Is: "match",
			Sentence: "The card's issuer confirms the invoice address.",
			Source:   shopifySigns + " A green indicator."},
	},
}

var cvcItem = Characteristic{
	Name: "cvc", Reads: []string{"signals.cvc", "payment.method", channelPath},
	Doc: "Card code check by the card issuer. Asked of card payments at a distance; \"unavailable\" is unknown.",
	Attributes: []Attribute{
		{Code: "CVC_MISMATCH", Weight: 1.5, Is: "mismatch",
			Sentence: "The card's code was wrong.",
			Source:   shopifySigns + " Stripe Radar's default rules block failed CVC checks."},
		{Code: "CVC_MATCH", Weight: -0.375, Is: "match",
			Sentence: "The card's code was right.",
			Source:   shopifySigns + " A green indicator."},
	},
}

var pspScoreItem = Characteristic{
	Name: "psp_score", Reads: []string{"signals.psp_score", "payment.method", channelPath},
	Doc: "Score of the payment provider, 0 to 100. Not asked where no provider is involved.",
	Attributes: []Attribute{
		{Code: "PSP_SCORE_HIGH", Weight: 2.25, From: n(75),
			Sentence: "The payment provider rates the payment as high risk.",
			Source:   "Stripe Radar risk evaluation: 75 and above is high risk."},
		{Code: "PSP_SCORE_ELEVATED", Weight: 1.25, From: n(65),
			Sentence: "The payment provider rates the payment as elevated risk.",
			Source:   "Stripe Radar risk evaluation: 65 to 74 is elevated risk."},
		{Code: "PSP_SCORE_LOW", Weight: -0.75, Below: n(20),
			Sentence: "The payment provider rates the payment as low risk.",
			Source:   "Our judgement: the lowest fifth of the provider's scale."},
	},
}

var paymentItem = Characteristic{
	Name: "payment", Reads: []string{"payment.state", "payment.method"},
	Doc: "State of the payment; \"received\" is money the customer sent and cannot charge back.",
	Attributes: []Attribute{
		{Code: "PAYMENT_RECEIVED", Weight: -1.5, Is: "received",
			Sentence: "The money has arrived and cannot be charged back.",
			Source:   "Bank transfers and cash have no chargeback."},
		{Code: "PAYMENT_DONE", Weight: -0.25, Is: "done",
			Sentence: "The payment went through.",
			Source:   "Our judgement: light, because stolen cards are captured too."},
		{Code: "PAYMENT_FAILED", Weight: 0.75, Is: "failed",
			Sentence: "The last payment attempt failed.",
			Source:   shopifySigns + " Several payment attempts."},
	},
}

var emailVelocityItem = Characteristic{
	Name: "email_velocity", Reads: []string{"history.email_orders_24h", channelPath},
	Doc: "Other orders with the same e-mail address in 24 hours. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "VELOCITY_EMAIL_24H_HIGH", Weight: 1.75, From: n(5),
			Sentence: "Five or more other orders with this e-mail address in 24 hours.",
			Source:   adyenVelocity + " CyberSource code VELS-EM."},
		{Code: "VELOCITY_EMAIL_24H", Weight: 0.75, From: n(2),
			Sentence: "Several other orders with this e-mail address in 24 hours.",
			Source:   adyenVelocity + " CyberSource code VELS-EM."},
	},
}

var partnerVelocityItem = Characteristic{
	Name: "partner_velocity", Reads: []string{"history.partner_orders_24h", channelPath},
	Doc: "Other orders of the same customer in 24 hours. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "VELOCITY_PARTNER_24H_HIGH", Weight: 1, From: n(5),
			Sentence: "Five or more other orders of this customer in 24 hours.",
			Source:   adyenVelocity},
		{Code: "VELOCITY_PARTNER_24H", Weight: 0.375, From: n(2),
			Sentence: "Several other orders of this customer in 24 hours.",
			Source:   adyenVelocity},
	},
}

var amountVelocityItem = Characteristic{
	Name: "amount_velocity", Reads: []string{"history.partner_amount_24h", "amount_total", channelPath},
	Doc: "Level of this order and the customer's others of 24 hours together, where there are others. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "VELOCITY_AMOUNT_24H", Weight: 0.5, From: n(2),
			Sentence: "The customer's orders of 24 hours add up to a very high amount.",
			Source:   adyenVelocity + " Large orders split into smaller ones."},
	},
}

var emailSharingItem = Characteristic{
	Name: "email_sharing", Reads: []string{"history.email_partners_30d", channelPath},
	Doc: "Different customers behind the same e-mail address in 30 days. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "EMAIL_SHARED_WIDELY", Weight: 1.5, From: n(4),
			Sentence: "Four or more customers use this e-mail address.",
			Source:   stripeSigns + " The same e-mail address with different names."},
		{Code: "EMAIL_SHARED", Weight: 0.875, From: n(2),
			Sentence: "Several customers use this e-mail address.",
			Source:   stripeSigns + " The same e-mail address with different names."},
	},
}

var phoneSharingItem = Characteristic{
	Name: "phone_sharing", Reads: []string{"history.phone_partners_30d", channelPath},
	Doc: "Different customers behind the same phone number in 30 days. Not asked of businesses.",
	Attributes: []Attribute{
		{Code: "PHONE_SHARED_WIDELY", Weight: 1.25, From: n(4),
			Sentence: "Four or more customers use this phone number.",
			Source:   cybersourceCodes + " Identity morphing (factor P)."},
		{Code: "PHONE_SHARED", Weight: 0.625, From: n(2),
			Sentence: "Several customers use this phone number.",
			Source:   cybersourceCodes + " Identity morphing (factor P)."},
	},
}

var emailDomainItem = Characteristic{
	Name: "email_domain", Reads: []string{"customer.email", channelPath},
	Doc: "Whether the e-mail address is a throw-away one, by its domain. Asked of web orders.",
	Attributes: []Attribute{
		{Code: "DISPOSABLE_EMAIL", Weight: 1, Is: "disposable",
			Sentence: "The e-mail address is a throw-away one.",
			Source:   stripeSigns + " Likely false details. CyberSource code RISK-EM."},
	},
}

var phoneItem = Characteristic{
	Name: "phone", Reads: []string{"customer.phone", channelPath},
	Doc: "Whether there is a phone number. Asked of web orders.",
	Attributes: []Attribute{
		{Code: "NO_PHONE", Weight: 0.25, Absent: true,
			Sentence: "The customer gave no phone number.",
			Source:   "Our judgement, after guides to Shopify's indicators: a buyer who cannot be called."},
	},
}

// n is a bound of an attribute.
func n(value int64) *int64 { return &value }
