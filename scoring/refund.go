package scoring

// Refund is the cold-start scorecard of kind "refund": the probability that a
// refund is abuse, by the customer, by who serves him, or by both.
func Refund() *Scorecard { return must(New(RefundCard())) }

// Sources that several weights share.
const (
	nrfReturns    = "NRF and Appriss Retail, 2023: 13.7 % of the value that was returned in the US was fraud or abuse."
	againstPeers  = "Our judgement, by the excess over peers in standard deviations: 2 is one in forty by chance, 3.5 one in four thousand."
	sweethearting = "Loss prevention at the till: refunds without goods or receipt to a friend, or to oneself."
)

// RefundCard declares the card of Refund.
//
// No weight lowers the risk: there is no mark of honesty that an abuser could
// not show too. Nothing here is odd in itself; most attributes ask how much
// more often it happens than to peers, who are those of the same store,
// product and company: a bad batch, a peak season or an outlet store raises
// everybody's share, and nobody's excess. Each answer is about what this
// refund is: a customer who once claimed too much is not suspected of what he
// brings back with a receipt.
func RefundCard() Card {
	return Card{
		Model:  "scorecard/refund",
		Kind:   "refund",
		Doc:    "Probability that the refund is abuse: money for goods that were kept, never bought or not the customer's, or to whoever serves him.",
		Base:   -4, // 1.8 %
		Source: nrfReturns + " The base is what we judge to be left of it where none of the signs below shows.",
		Needs:  []string{"partner_id"},
		Characteristics: []Characteristic{
			neverArrivedItem, deliveredItem, noReceiptItem, beforeGoodsItem,
			underLimitItem, employeeReceiptItem, employeeGoodsItem, employeeCardItem,
			storeReceiptItem, productReceiptItem, productArrivedItem,
			cardSharedItem, identitySharedItem, addressSharedItem, frequencyItem, burstItem, perOrderItem,
			knownAbuseItem, goodsMissingItem,
		},
	}
}

// peers are the paths of a share among whom somebody is compared with.
func peers(share string, who ...string) []string {
	var paths []string
	for _, w := range who {
		paths = append(paths, ratePath(w, share))
	}
	return paths
}

var neverArrivedItem = Characteristic{
	Name: "never_arrived", Reads: append(peers("not_received", "partner", "store", "product", "system"), "claim", "history.partner_refunds_90d"),
	Doc: "Where the customer says that nothing arrived: how much more often than peers, 0 as often, 1 moderately, 2 strongly.",
	Attributes: []Attribute{
		{Code: "NEVER_ARRIVED_VERY_OFTEN", Weight: 2.25, From: n(2),
			Sentence: "The customer says far more often than others that nothing arrived.",
			Source:   againstPeers},
		{Code: "NEVER_ARRIVED_OFTEN", Weight: 1.25, From: n(1),
			Sentence: "The customer says more often than others that nothing arrived.",
			Source:   againstPeers},
		{Code: "NEVER_ARRIVED", Weight: 0.25, From: n(0),
			Sentence: "The customer says that nothing arrived.",
			Source:   "NRF and Appriss Retail, 2023: retailers name claims of online orders that were never received."},
	},
}

var deliveredItem = Characteristic{
	Name: "never_arrived_delivered", Reads: []string{"claim", "refund.never_arrived_but_delivered"},
	Doc: "Where the customer says that nothing arrived: whether the carrier says that it did.",
	Attributes: []Attribute{
		{Code: "CARRIER_SAYS_DELIVERED", Weight: 0.5, Is: "yes",
			Sentence: "The carrier says that the goods were delivered.",
			Source:   "Our judgement: light, because parcels are stolen from doorsteps too."},
	},
}

var noReceiptItem = Characteristic{
	Name: "no_receipt", Reads: append(peers("no_receipt", "partner", "store", "product", "system"), "receipt", "history.partner_refunds_90d", channelPath),
	Doc: "Where there is no receipt: how much more often than peers. Not asked at a distance, where the order is the receipt.",
	Attributes: []Attribute{
		{Code: "NO_RECEIPT_VERY_OFTEN", Weight: 2.25, From: n(2),
			Sentence: "The customer brings goods back without a receipt far more often than others.",
			Source:   againstPeers},
		{Code: "NO_RECEIPT_OFTEN", Weight: 1.25, From: n(1),
			Sentence: "The customer brings goods back without a receipt more often than others.",
			Source:   againstPeers},
		{Code: "NO_RECEIPT", Weight: 0.375, From: n(0),
			Sentence: "There is no receipt.",
			Source:   "NRF and Appriss Retail, 2023: 44 % of retailers met returns of stolen goods, which have no receipt."},
	},
}

var beforeGoodsItem = Characteristic{
	Name: "before_goods", Reads: append(peers("before_goods", "partner", "store", "product", "system"), "claim", "refund.before_goods", "history.partner_refunds_90d"),
	Doc: "Where money goes back before the goods do: how much more often than to peers. Not asked of what never arrived.",
	Attributes: []Attribute{
		{Code: "BEFORE_GOODS_VERY_OFTEN", Weight: 2.25, From: n(2),
			Sentence: "The customer asks for money before the goods are back far more often than others.",
			Source:   againstPeers},
		{Code: "BEFORE_GOODS_OFTEN", Weight: 1.25, From: n(1),
			Sentence: "The customer asks for money before the goods are back more often than others.",
			Source:   againstPeers},
	},
}

var underLimitItem = Characteristic{
	Name: "under_limit", Reads: append(peers("under_limit", "employee", "store", "system"), "refund.share_of_limit", "history.employee_refunds_90d"),
	Doc: "Where the amount is nine tenths or more of what whoever asks may refund alone: how much more often than peers.",
	Attributes: []Attribute{
		{Code: "UNDER_LIMIT_VERY_OFTEN", Weight: 2.25, From: n(2),
			Sentence: "Whoever asks stays just under the own limit far more often than others.",
			Source:   againstPeers + " Auditors test for amounts just under an approval limit."},
		{Code: "UNDER_LIMIT_OFTEN", Weight: 1.25, From: n(1),
			Sentence: "Whoever asks stays just under the own limit more often than others.",
			Source:   againstPeers + " Auditors test for amounts just under an approval limit."},
		{Code: "UNDER_LIMIT", Weight: 0.375, From: n(0),
			Sentence: "The amount is just under what whoever asks may refund alone.",
			Source:   "Our judgement: light, because one amount in twenty is so by chance."},
	},
}

var employeeReceiptItem = Characteristic{
	Name: "employee_no_receipt", Reads: append(peers("no_receipt", "employee", "store", "system"), "receipt", "history.employee_refunds_90d", channelPath),
	Doc: "Where there is no receipt: how much more often whoever asks refunds so than peers. Not asked at a distance.",
	Attributes: []Attribute{
		{Code: "EMPLOYEE_NO_RECEIPT_VERY_OFTEN", Weight: 1.75, From: n(2),
			Sentence: "Whoever asks refunds without a receipt far more often than others.",
			Source:   againstPeers + " " + sweethearting},
		{Code: "EMPLOYEE_NO_RECEIPT_OFTEN", Weight: 0.75, From: n(1),
			Sentence: "Whoever asks refunds without a receipt more often than others.",
			Source:   againstPeers + " " + sweethearting},
	},
}

var employeeGoodsItem = Characteristic{
	Name: "employee_before_goods", Reads: append(peers("before_goods", "employee", "store", "system"), "claim", "refund.before_goods", "history.employee_refunds_90d"),
	Doc: "Where money goes back before the goods do: how much more often whoever asks refunds so than peers. Not asked of what never arrived.",
	Attributes: []Attribute{
		{Code: "EMPLOYEE_BEFORE_GOODS_VERY_OFTEN", Weight: 1.75, From: n(2),
			Sentence: "Whoever asks refunds before the goods are back far more often than others.",
			Source:   againstPeers + " " + sweethearting},
		{Code: "EMPLOYEE_BEFORE_GOODS_OFTEN", Weight: 0.75, From: n(1),
			Sentence: "Whoever asks refunds before the goods are back more often than others.",
			Source:   againstPeers + " " + sweethearting},
	},
}

var employeeCardItem = Characteristic{
	Name: "employee_card", Reads: []string{"history.employee_card_refunds_30d"},
	Doc: "Other refunds of whoever asks to the same card in 30 days.",
	Attributes: []Attribute{
		{Code: "EMPLOYEE_SAME_CARD_MANY", Weight: 3, From: n(5),
			Sentence: "Whoever asks refunded to this card five times or more in 30 days.",
			Source:   sweethearting},
		{Code: "EMPLOYEE_SAME_CARD_AGAIN", Weight: 2.25, From: n(3),
			Sentence: "Whoever asks refunded to this card at least three times in 30 days.",
			Source:   sweethearting},
		{Code: "EMPLOYEE_SAME_CARD", Weight: 1.25, From: n(2),
			Sentence: "Whoever asks refunded to this card twice in 30 days.",
			Source:   sweethearting},
	},
}
