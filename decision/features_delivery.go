package decision

import (
	"time"

	"github.com/shopspring/decimal"
)

// deliveryEntities are what deliveries are measured by. All are shared by
// many; the newest hundred arrivals tell how it goes now.
var deliveryEntities = []Entity{
	{Type: "warehouse", Name: "warehouse", Path: "warehouse_id", Cap: 500, Hot: true},
	{Type: "carrier", Name: "carrier", Path: "carrier", Cap: 100, Hot: true},
	{Type: "route", Name: "route (warehouse, country and first letter of the postcode)", Path: "warehouse_id", With: []string{"destination.country", "destination.zip"}, Of: route, Cap: 100, Hot: true},
	{Type: "region", Name: "country and first letter of the postcode", Path: "destination.country", With: []string{"destination.zip"}, Of: region, Cap: 100, Hot: true},
	{Type: "area", Name: "country and area of the postcode", Path: "destination.country", With: []string{"destination.zip"}, Of: area, Cap: 100, Hot: true},
	{Type: "system", Name: "company", Of: everything, Cap: 100, Hot: true},
}

// deliveryOutcomes teach handling and transit days apart: the house answers
// for one, the carrier for the other.
var deliveryOutcomes = []OutcomeType{
	{
		Name: "shipped", Values: []string{"on_time", "late"}, Doc: "The goods left, by the day that was planned or after it.",
		Teaches: []Lesson{yesNo("shipped_late", []string{"late"}, []string{"on_time"}), {Value: "handling_days", Since: "order_date"}},
	},
	{
		Name: "delivered", Values: []string{"on_time", "late"}, Doc: "The goods arrived, by the day that was promised or after it.",
		Teaches: []Lesson{
			yesNo("late", []string{"late"}, []string{"on_time"}), yesNo("failed", nil, []string{"late", "on_time"}),
			{Value: "transit_days", Since: "shipped"}, {Value: "total_days", Since: "order_date"},
		},
	},
	{
		Name: "failed", Values: []string{"refused", "not_found", "lost", "damaged", "other"},
		Doc:     "The goods did not arrive: the customer refused them or was not found, or they were lost or damaged.",
		Teaches: []Lesson{yesNo("failed", []string{"refused", "not_found", "lost", "damaged", "other"}, nil)},
	},
}

// What is believed of an entity that nobody has seen deliver yet.
var (
	latePrior   = prior("0.07", 10)
	failedPrior = prior("0.01", 20)
	daysPrior   = prior("10", 5)    // days from order to arrival
	slowPrior   = prior("0.07", 10) // of days that exceed the promise
)

func deliveryFeatures() []Feature {
	t := newTable("delivery", "deliveries", deliveryEntities,
		Feature{Path: "history.warehouse_deliveries_24h", Type: TypeInteger, Entity: "warehouse", Kind: "delivery", Window: 24 * time.Hour, Fold: Count, Saturates: true, Doc: "Deliveries of the same warehouse in the last 24 hours, at most 500: its load."},
	)
	t.perDay("carrier", aWeek)
	t.perDay("system", aWeek)
	for entity, days := range eachOf([]dayList{
		{"warehouse", []string{"handling_days", "total_days"}},
		{"carrier", []string{"transit_days", "total_days"}},
		{"route", []string{"handling_days", "transit_days", "total_days"}},
		{"region", []string{"transit_days", "total_days"}},
		{"area", []string{"transit_days", "total_days"}},
		{"system", []string{"handling_days", "transit_days", "total_days"}},
	}) {
		for _, value := range days {
			t.days(entity, value)
		}
		t.arrivals(entity)
	}
	return append(t.features, deliveryDates...)
}

type dayList struct {
	entity string
	values []string
}

func eachOf(lists []dayList) func(yield func(string, []string) bool) {
	return func(yield func(string, []string) bool) {
		for _, l := range lists {
			if !yield(l.entity, l.values) {
				return
			}
		}
	}
}

// days adds how long something took: as a rule, and at worst but for one in ten.
func (t *table) days(entity, value string) {
	words := map[string]string{"handling_days": "from order to departure", "transit_days": "on the road", "total_days": "from order to arrival"}[value]
	t.value(entity, value+"_mean", "delivery.truth", threeMonths, Mean, Feature{Value: value, Doc: "Mean days " + words + " of what arrived or left"})
	t.value(entity, value+"_p50", "delivery.truth", threeMonths, Quantile, Feature{Value: value, Level: decimal.New(5, -1), Doc: "Median days " + words + " of what arrived or left"})
	t.value(entity, value+"_p90", "delivery.truth", threeMonths, Quantile, Feature{Value: value, Level: decimal.New(9, -1), Doc: "Days " + words + " that nine in ten of what arrived or left did not exceed,"})
}

// arrivals adds how often it was late or failed, and how often it took longer
// than this promise allows.
func (t *table) arrivals(entity string) {
	t.value(entity, "late_rate", "delivery.truth", threeWeeks, Rate, Feature{Value: "late", Prior: latePrior, Doc: "Share of late arrivals, shrunk,"})
	t.value(entity, "failed_rate", "delivery.truth", aMonth, Rate, Feature{Value: "failed", Prior: failedPrior, Doc: "Share of failed deliveries, shrunk,"})
	t.value(entity, "over_promise", "delivery.truth", threeMonths, Above, Feature{
		Value: "total_days", Prior: slowPrior, Monotone: 1, Bound: promisedDays, Reads: []string{"order_date", "promised_date"},
		Doc: "Share, shrunk, of arrivals that took more days than this promise allows,",
	})
	t.value(entity, "spare", "delivery.truth", threeMonths, Spare, Feature{
		Value: "total_days", Prior: daysPrior, Monotone: -1, Bound: promisedDays, Reads: []string{"order_date", "promised_date"},
		Doc: "Days that this promise allows over the mean days, shrunk, of arrivals",
	})
}

// promisedDays is what the promise allows, from the order on.
func promisedDays(s Snapshot) (decimal.Decimal, bool) {
	days, known := daysBetween("order_date", "promised_date")(s).(decimal.Decimal)
	return days, known
}

// deliveryDates compare the promise with the dates and estimates of the
// request: without the promise there is nothing to be late for.
var deliveryDates = []Feature{
	{Path: "promise.days_allowed", Type: TypeNumber, From: daysBetween("order_date", "promised_date"), Reads: []string{"order_date", "promised_date"}, Doc: "Days from the order to the promised delivery."},
	{Path: "promise.days_left", Type: TypeNumber, From: daysUntil("promised_date"), Reads: []string{"promised_date"}, Doc: "Days until the promised delivery; below zero once it has passed."},
	{Path: "promise.days_after_departure", Type: TypeNumber, From: daysBetween("scheduled_date", "promised_date"), Reads: []string{"scheduled_date", "promised_date"}, Doc: "Days from the planned departure to the promised delivery."},
	{Path: "promise.slack_days", Type: TypeNumber, From: slackDays, Reads: []string{"promised_date", "handling_days", "transit_days"}, Doc: "Days until the promised delivery that the expected days of handling and transit leave over."},
	{Path: "promise.days_waiting", Type: TypeNumber, From: daysFrom("order_date"), Reads: []string{"order_date"}, Doc: "Days since the customer ordered."},
}

func slackDays(s Snapshot) any {
	left, knownLeft := daysUntil("promised_date")(s).(decimal.Decimal)
	handling, knownHandling := s.Fields.Money("handling_days")
	transit, knownTransit := s.Fields.Money("transit_days")
	if !knownLeft || !knownHandling || !knownTransit {
		return nil
	}
	return left.Sub(handling).Sub(transit).Round(valueDigits)
}
