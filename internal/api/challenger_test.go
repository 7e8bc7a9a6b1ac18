package api_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"assent/decision"
)

// tried are the models of the release, and one that is tried beside them.
type tried struct {
	decision.Assessors
	err error // of the one that is tried
}

const trial = "5d41402abc4b2a76b9719d911017c592ae62d7c1f0a5e1b4c3a2f1e0d9c8b7a6"

func (m tried) Model(ctx context.Context, kind, revision string) (decision.Assessor, error) {
	if revision == trial {
		return m, nil
	}
	return m.Assessors.Model(ctx, kind, revision)
}

func (m tried) Card(context.Context, string) (decision.ModelCard, error) {
	return decision.ModelCard{Name: "trained/order", Kind: "order"}, nil
}

func (tried) Revision() string { return trial }

func (m tried) Assess(decision.Snapshot) (decision.Assessment, error) {
	p, known := 0.9375, 0.5
	return decision.Assessment{Model: "trained/order", Revision: trial, Probability: &p, Confidence: &known}, m.err
}

// What a challenger says is told as what it is, beside the model that the
// decision was made with.
func TestChallengerIsTold(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, `"challenger":{"model":"trained/order","revision":"` + trial + `","probability":0.9375,"confidence":0.5}`},
		{errors.New("out of range"), `"challenger":{"revision":"` + trial + `","failure":{"code":"CHALLENGER_ERROR","text":"Sentence of CHALLENGER_ERROR."}}`},
	} {
		w := setup(t)
		before := w.decide(goodOrder)
		if before.Challenger != nil || before.Assessment.Revision == "" || before.Assessment.Revision != before.Revisions.Model {
			t.Errorf("without one: %+v by %+v", before.Challenger, before.Assessment)
		}
		w.service.Models, w.service.Patience = tried{w.service.Models.(decision.Assessors), test.err}, time.Minute
		_, err := w.service.Promote(t.Context(), "main", decision.AnyEpoch, decision.Promotion{Step: decision.StepChallenge, Kind: "order", Model: trial, By: "ada", Reason: "trial"})
		w.ok(err)
		w.now = w.now.Add(time.Minute)
		if after := w.decide(bigOrder); after.Revisions != before.Revisions {
			t.Errorf("decided with %+v, want %+v", after.Revisions, before.Revisions)
		}
		for _, path := range []string{"/v1/decisions/{decision}", "/v1/decisions/{decision}/explanation"} {
			answer := w.do(get(path, "reader"))
			if body := answer.Body.String(); answer.Code != http.StatusOK || !strings.Contains(body, test.want) || !strings.Contains(body, `"revision":"`+before.Assessment.Revision+`"`) {
				t.Errorf("%s: %d %s, want %s", path, answer.Code, body, test.want)
			}
		}
	}
}
