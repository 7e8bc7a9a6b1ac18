package metric_test

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"assent/scoring/metric"
)

func TestUnknownInJSON(t *testing.T) {
	t.Parallel()
	nan := math.NaN()
	for want, x := range map[string]metric.Difference{
		`{"value":0.5,"low":0.25,"high":1,"better":0.75}`:    {Interval: metric.Interval{Value: 0.5, Low: 0.25, High: 1}, Better: 0.75},
		`{"value":0,"low":null,"high":null}`:                 {Interval: metric.Interval{Low: nan, High: nan}, Better: nan},
		`{"value":null,"low":null,"high":null,"better":0.5}`: {Interval: metric.Interval{Value: nan, Low: nan, High: nan}, Better: 0.5},
	} {
		content, err := json.Marshal(x)
		if err != nil || string(content) != want {
			t.Errorf("have %s, %v, want %s", content, err, want)
		}
		var read metric.Difference
		if err := json.Unmarshal(content, &read); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(x, read, cmpopts.EquateNaNs()); diff != "" {
			t.Error(diff)
		}
		var interval metric.Interval
		if err := json.Unmarshal(content, &interval); err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(x.Interval, interval, cmpopts.EquateNaNs()); diff != "" {
			t.Error(diff)
		}
	}
}

func TestPointsWithoutPositivesInJSON(t *testing.T) {
	t.Parallel()
	points := metric.Rank([]float64{0.2, 0.4}, []bool{false, false}).Curve(nil).ROC(10)
	content, err := json.Marshal(points)
	if err != nil {
		t.Fatal(err)
	}
	var read []metric.Point
	if err := json.Unmarshal(content, &read); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(points, read, cmpopts.EquateNaNs()); diff != "" {
		t.Error(diff)
	}
}
