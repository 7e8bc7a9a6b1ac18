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
		Source: olist + " 4 % to 7.6 % late by calendar day, over the years; 1.3 % cancelled or unavailable.",
		Needs:  []string{"promised_date"},
		Characteristics: []Characteristic{
			promiseSlackItem, carrierItem, unitsMissingItem, readinessItem, overdueItem,
			internationalItem, distanceItem, weightItem, warehouseLoadItem,
		},
	}
}

// promiseSlackItem has its weights, but for the first, from Olist: 16,808
// orders of 2016 to 2018, handling and transit estimated as past medians of
// seller and route, late by calendar day. This one question alone orders them
// with an AUC of 0.69 (0.72 from February 2018 on); published logistic
// regressions with every field reach 0.715.
var promiseSlackItem = Characteristic{
	Name: "promise_slack", Reads: []string{"promised_date", "handling_days", "transit_days", "state"},
	Doc: "Spare time until the end of the promised day, in percent of the expected time: handling (unless the goods have left) plus transit. A missing estimate leaves it unknown, unless the promise is broken without it.",
	Attributes: []Attribute{
		{Code: "PROMISE_SLACK_NEGATIVE", Weight: 2.75, Below: n(0),
			Sentence: "At the expected pace the goods arrive after the promised day.",
			Source:   "An estimate in the middle is exceeded half of the time: even odds, 2.75 above the base."},
		{Code: "PROMISE_SLACK_TIGHT", Weight: 1.25, Below: n(50),
			Sentence: "The promise leaves less than half of the expected time to spare.",
			Source:   olist + " 22 % late, 1.2 to 1.4 above the base."},
		{Code: "PROMISE_SLACK_SHORT", Weight: 0.875, Below: n(75),
			Sentence: "The promise leaves less than three quarters of the expected time to spare.",
			Source:   olist + " 16 % late, 0.84 above the base."},
		{Code: "PROMISE_SLACK_WIDE", Weight: -0.875, From: n(200),
			Sentence: "The promise leaves twice the expected time to spare.",
			Source:   olist + " 3.4 % late, 0.84 below the base."},
		{Code: "PROMISE_SLACK_AMPLE", Weight: -0.5, From: n(150),
			Sentence: "The promise leaves more than the expected time once again to spare.",
			Source:   olist + " 4.8 % late, 0.49 below the base."},
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
			Source:   "USAID SCMS shipments, all across borders: 11 % to 14 % late, 0.7 to 0.9 above the base; lighter here, because transit estimates know part of it."},
	},
}

var distanceItem = Characteristic{
	Name: "distance", Reads: []string{"distance_km"},
	Doc: "Kilometres from warehouse to customer.",
	Attributes: []Attribute{
		{Code: "LONG_DISTANCE", Weight: 0.25, From: n(1000),
			Sentence: "The customer is a thousand kilometres away or more.",
			Source:   "Our judgement: more hands, more that can go wrong; light, because transit estimates know most of it."},
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
