package scoring

// The part of the refund card that looks beyond the customer and who serves
// him: at stores and products, at who is linked with him, and at what was
// learnt later.

// aStore says why an odd store is judged more lightly than an odd customer.
const aStore = "Our judgement: lighter than for a customer, and only from 3.5 deviations on, because some stores and products are like that; 6 leave little to chance."

var storeReceiptItem = Characteristic{
	Name: "store_no_receipt", Reads: append(peers("no_receipt", "store", "system"), "receipt", "history.store_refunds_per_day_30d", channelPath),
	Doc: "Where there is no receipt: how much more often the store refunds so than the company. Not asked at a distance.",
	Attributes: []Attribute{
		{Code: "STORE_NO_RECEIPT_VERY_OFTEN", Weight: 1.5, From: n(2),
			Sentence: "The store refunds without a receipt far more often than others.",
			Source:   aStore},
		{Code: "STORE_NO_RECEIPT_OFTEN", Weight: 0.75, From: n(1),
			Sentence: "The store refunds without a receipt more often than others.",
			Source:   aStore},
	},
}

var productReceiptItem = Characteristic{
	Name: "product_no_receipt", Reads: append(peers("no_receipt", "product", "store", "system"), "receipt", "history.product_refunds_per_day_30d", channelPath),
	Doc: "Where there is no receipt: how much more often the product comes back so than others. Not asked at a distance.",
	Attributes: []Attribute{
		{Code: "PRODUCT_NO_RECEIPT_VERY_OFTEN", Weight: 1.5, From: n(2),
			Sentence: "The product comes back without a receipt far more often than others.",
			Source:   aStore + " What is stolen to be refunded is worth it."},
		{Code: "PRODUCT_NO_RECEIPT_OFTEN", Weight: 0.75, From: n(1),
			Sentence: "The product comes back without a receipt more often than others.",
			Source:   aStore + " What is stolen to be refunded is worth it."},
	},
}

var productArrivedItem = Characteristic{
	Name: "product_never_arrived", Reads: append(peers("not_received", "product", "store", "system"), "claim", "history.product_refunds_per_day_30d"),
	Doc: "Where the customer says that nothing arrived: how much more often that is said of the product than of others.",
	Attributes: []Attribute{
		{Code: "PRODUCT_NEVER_ARRIVED_VERY_OFTEN", Weight: 1.5, From: n(2),
			Sentence: "Far more customers than usual say that this product never arrived.",
			Source:   aStore + " What is claimed is what can be resold."},
		{Code: "PRODUCT_NEVER_ARRIVED_OFTEN", Weight: 0.75, From: n(1),
			Sentence: "More customers than usual say that this product never arrived.",
			Source:   aStore + " What is claimed is what can be resold."},
	},
}

var cardSharedItem = Characteristic{
	Name: "card_shared", Reads: []string{"history.card_partners_30d"},
	Doc: "Different customers who had other refunds to the same card in 30 days.",
	Attributes: []Attribute{
		{Code: "CARD_SHARED_WIDELY", Weight: 2, From: n(4),
			Sentence: "Refunds of four or more customers went to this card.",
			Source:   cybersourceCodes + " Identity morphing: one card with several names."},
		{Code: "CARD_SHARED", Weight: 1, From: n(2),
			Sentence: "Refunds of several customers went to this card.",
			Source:   cybersourceCodes + " Identity morphing: one card with several names; lighter, because couples share."},
	},
}

var identitySharedItem = Characteristic{
	Name: "identity_shared", Reads: []string{"history.email_partners_30d", "history.phone_partners_30d"},
	Doc: "Different customers who had other refunds with the same e-mail address or phone number in 30 days; the larger.",
	Attributes: []Attribute{
		{Code: "REFUND_IDENTITY_SHARED_WIDELY", Weight: 1.75, From: n(4),
			Sentence: "Four or more customers with refunds share the e-mail address or phone number.",
			Source:   stripeSigns + " The same details with different names."},
		{Code: "REFUND_IDENTITY_SHARED", Weight: 0.75, From: n(2),
			Sentence: "Several customers with refunds share the e-mail address or phone number.",
			Source:   stripeSigns + " The same details with different names; light, because families share."},
	},
}

var addressSharedItem = Characteristic{
	Name: "address_shared", Reads: []string{"history.address_partners_30d"},
	Doc: "Different customers who had other refunds of what went to the same delivery address in 30 days.",
	Attributes: []Attribute{
		{Code: "REFUND_ADDRESS_SHARED_WIDELY", Weight: 1, From: n(4),
			Sentence: "Four or more customers had refunds of what went to this address.",
			Source:   stripeSigns + " One address with different names; lighter than a phone number, because a house has many doors."},
		{Code: "REFUND_ADDRESS_SHARED", Weight: 0.375, From: n(2),
			Sentence: "Several customers had refunds of what went to this address.",
			Source:   stripeSigns + " One address with different names; lighter than a phone number, because a house has many doors."},
	},
}

var frequencyItem = Characteristic{
	Name: "refund_frequency", Reads: []string{"history.partner_refunds_30d", "history.email_refunds_30d", "history.phone_refunds_30d", "history.card_refunds_30d"},
	Doc: "Other refunds of the customer, or of whoever shares the e-mail address, phone number or card, in 30 days; the largest.",
	Attributes: []Attribute{
		{Code: "REFUNDS_VERY_FREQUENT", Weight: 1.5, From: n(7),
			Sentence: "The customer, or people linked with the customer, had seven or more other refunds in 30 days.",
			Source:   "Our judgement: fewer than one customer in a hundred."},
		{Code: "REFUNDS_FREQUENT", Weight: 0.75, From: n(4),
			Sentence: "The customer, or people linked with the customer, had four or more other refunds in 30 days.",
			Source:   "Our judgement: fewer than one customer in fifty."},
	},
}

var burstItem = Characteristic{
	Name: "refund_burst", Reads: []string{"history.partner_refunds_24h"},
	Doc: "Other refunds of the customer in 24 hours.",
	Attributes: []Attribute{
		{Code: "REFUND_BURST_LARGE", Weight: 1.5, From: n(4),
			Sentence: "The customer asked for four or more other refunds within 24 hours.",
			Source:   adyenVelocity + " The same holds for refunds."},
		{Code: "REFUND_BURST", Weight: 0.75, From: n(2),
			Sentence: "The customer asked for several other refunds within 24 hours.",
			Source:   adyenVelocity + " The same holds for refunds."},
	},
}

var perOrderItem = Characteristic{
	Name: "refunds_per_order", Reads: []string{"history.partner_refunds_per_order_365d"},
	Doc: "Other refunds of the customer for each order of a year, shrunk, in percent.",
	Attributes: []Attribute{
		{Code: "REFUNDS_MOST_ORDERS", Weight: 1, From: n(75),
			Sentence: "The customer has refunds for most orders.",
			Source:   "Our judgement: light, because a shop may tell only of refunds."},
		{Code: "REFUNDS_MANY_ORDERS", Weight: 0.5, From: n(50),
			Sentence: "The customer has refunds for every other order.",
			Source:   "Our judgement: light, because a shop may tell only of refunds."},
	},
}

var knownAbuseItem = Characteristic{
	Name: "known_abuse", Reads: []string{"history.partner_abuses", "history.email_abuses", "history.phone_abuses", "history.address_abuses"},
	Doc: "Refunds that an investigation found to be abuse, of the customer or of whoever shares the e-mail address, phone number or address; the largest.",
	Attributes: []Attribute{
		{Code: "KNOWN_ABUSE", Weight: 3, From: n(1),
			Sentence: "An earlier refund of this customer, or of somebody linked, was found to be abuse.",
			Source:   "Our judgement: even odds with one lighter sign; most who succeed try again."},
	},
}

var goodsMissingItem = Characteristic{
	Name: "goods_missing", Reads: []string{"history.partner_goods_missing_365d", "history.email_goods_missing_365d", "history.phone_goods_missing_365d", "history.address_goods_missing_365d"},
	Doc: "Refunds whose goods did not come back, or others in their place, in a year; of the customer or of whoever shares the e-mail address, phone number or address; the largest.",
	Attributes: []Attribute{
		{Code: "GOODS_MISSING_AGAIN", Weight: 2.25, From: n(2),
			Sentence: "The goods of several earlier refunds did not come back.",
			Source:   "Our judgement: once is forgotten, twice is meant."},
		{Code: "GOODS_MISSING", Weight: 1.25, From: n(1),
			Sentence: "The goods of an earlier refund did not come back.",
			Source:   "Our judgement: once is forgotten, twice is meant."},
	},
}
