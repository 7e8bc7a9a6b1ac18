package scoring

// Delivery is the cold-start scorecard of kind "delivery": the probability
// that a delivery is late or fails.
func Delivery() *Scorecard { return must(New(DeliveryCard())) }

const olist = "Olist marketplace orders (2016 to 2018)."

// DeliveryCard declares the card of Delivery. Its heart is the slack of the
// promise: published models of late delivery lose all their signal without
// the promised date.
func DeliveryCard() Card {
	return Card{
		Model:  "scorecard/delivery",
		Kind:   "delivery",
		Doc:    "Probability that the delivery arrives after the promised day, or not at all.",
		Base:   -2.75, // 6.0 %
		Source: olist + " 4 % to 8 % late by calendar day, over the years; 1.3 % cancelled or unavailable.",
		Needs:  []string{"promised_date"},
		Characteristics: []Characteristic{
			promiseSlackItem, carrierItem, unitsMissingItem, readinessItem, overdueItem,
			internationalItem, distanceItem, weightItem, warehouseLoadItem,
		},
	}
}

var promiseSlackItem = Characteristic{
	Name: "promise_slack", Reads: []string{"promised_date", "handling_days", "transit_days", "state"},
	Doc: "Hours between the expected arrival (now, plus handling unless the goods have left, plus transit) and the end of the promised day. A missing estimate leaves it unknown, unless the promise is broken without it.",
	Attributes: []Attribute{
		{Code: "PROMISE_SLACK_NEGATIVE", Weight: 3, Below: n(0),
			Sentence: "At the expected pace the goods arrive after the promised day.",
			Source:   "The definition of late; 3.0 leaves room for estimates that are too careful (six in ten are late)."},
		{Code: "PROMISE_SLACK_TIGHT", Weight: 1.25, Below: n(24),
			Sentence: "The promise leaves less than a day to spare.",
			Source:   "Handling and transit are each off by about a day (Rithum predicts them separately for that reason)."},
		{Code: "PROMISE_SLACK_WIDE", Weight: -1.75, From: n(168),
			Sentence: "The promise leaves a week or more to spare.",
			Source:   olist + " Promises are generous, and most orders arrive a week early."},
		{Code: "PROMISE_SLACK_AMPLE", Weight: -1, From: n(72),
			Sentence: "The promise leaves three days or more to spare.",
			Source:   olist + " Late deliveries fall with every day of slack."},
	},
}

var carrierItem = Characteristic{
	Name: "carrier", Reads: []string{"carrier"},
	Doc: "Whether a carrier is chosen.",
	Attributes: []Attribute{
		{Code: "NO_CARRIER", Weight: 0.5, Absent: true,
			Sentence: "No carrier is chosen yet.",
			Source:   "Our judgement: nobody has agreed to the pick-up."},
	},
}

var unitsMissingItem = Characteristic{
	Name: "units_missing", Reads: []string{"units_missing"},
	Doc: "Units not yet reserved.",
	Attributes: []Attribute{
		{Code: "UNITS_MISSING", Weight: 1.25, From: n(1),
			Sentence: "Some of the goods are not in stock.",
			Source:   "Our judgement: a backorder waits for a supplier."},
	},
}

var readinessItem = Characteristic{
	Name: "readiness", Reads: []string{"state"},
	Doc: "Whether the transfer can be picked now.",
	Attributes: []Attribute{
		{Code: "NOT_READY", Weight: 0.5, Is: "waiting",
			Sentence: "The transfer still waits for stock or for another transfer.",
			Source:   "Odoo: states draft, waiting and confirmed cannot be picked."},
	},
}

var overdueItem = Characteristic{
	Name: "overdue", Reads: []string{"scheduled_date", "state"},
	Doc: "Hours since the goods should have left; 0 once they did.",
	Attributes: []Attribute{
		{Code: "PICKING_OVERDUE_LONG", Weight: 1, From: n(24),
			Sentence: "The goods should have left more than a day ago.",
			Source:   "Our judgement: a warehouse that is behind stays behind."},
		{Code: "PICKING_OVERDUE", Weight: 0.5, From: n(2),
			Sentence: "The goods should have left by now.",
			Source:   "Our judgement: a warehouse that is behind stays behind."},
	},
}

var internationalItem = Characteristic{
	Name: "international", Reads: []string{"international"},
	Doc: "Whether the goods cross a border.",
	Attributes: []Attribute{
		{Code: "INTERNATIONAL", Weight: 0.5, Is: "yes",
			Sentence: "The goods cross a border.",
			Source:   "USAID SCMS shipments: 14 % late on international routes; customs adds days that estimates leave out."},
	},
}

var distanceItem = Characteristic{
	Name: "distance", Reads: []string{"distance_km"},
	Doc: "Kilometres from warehouse to customer.",
	Attributes: []Attribute{
		{Code: "LONG_DISTANCE", Weight: 0.25, From: n(1000),
			Sentence: "The customer is a thousand kilometres away or more.",
			Source:   olist + " The customer's distance is among the few causes of lateness known at purchase."},
	},
}

var weightItem = Characteristic{
	Name: "weight", Reads: []string{"weight_kg"},
	Doc: "Shipping weight in kilograms.",
	Attributes: []Attribute{
		{Code: "HEAVY_PARCEL", Weight: 0.25, From: n(32),
			Sentence: "The parcel is too heavy for ordinary parcel networks.",
			Source:   "Parcel carriers end at about 31.5 kg; above it, freight with fewer departures."},
	},
}

var warehouseLoadItem = Characteristic{
	Name: "warehouse_load", Reads: []string{"history.warehouse_deliveries_24h"},
	Doc: "Other deliveries of the warehouse in 24 hours, at most 500.",
	Attributes: []Attribute{
		{Code: "WAREHOUSE_LOAD_VERY_HIGH", Weight: 0.5, From: n(400),
			Sentence: "The warehouse has very many deliveries to make.",
			Source:   "Our judgement: season and load move late rates (ShippyPro, Rithum); light, because capacity is not known."},
		{Code: "WAREHOUSE_LOAD_HIGH", Weight: 0.25, From: n(200),
			Sentence: "The warehouse has many deliveries to make.",
			Source:   "Our judgement: season and load move late rates (ShippyPro, Rithum); light, because capacity is not known."},
	},
}
