package decision

import (
	"context"
	"errors"
	"time"
)

// Challenge is what the challenger said of a decision, or why it said nothing.
// It has no say in it.
type Challenge struct {
	Model       string   `json:"model,omitempty"`
	Revision    string   `json:"revision"`
	Probability *float64 `json:"probability,omitempty"` // calibrated, 0 to 1; nil is unknown
	Confidence  *float64 `json:"confidence,omitempty"`  // as in Assessment
	Failure     string   `json:"failure,omitempty"`     // ChallengerError, ChallengerLate or ChallengerMissing
}

// Codes of why a challenger said nothing.
const (
	ChallengerError   = "CHALLENGER_ERROR"
	ChallengerLate    = "CHALLENGER_LATE"
	ChallengerMissing = "CHALLENGER_MISSING"
)

// challengerPatience is how long a decision that is ready waits for its
// challenger, where Service.Patience says nothing else. A model takes well
// under a millisecond, but for the first time, when it is loaded.
const challengerPatience = 20 * time.Millisecond

// model finds the model in force. One that cannot be had is no reason to fail
// the request: without an assessment a person decides.
func (s *Service) model(ctx context.Context, kind, revision string) (Assessor, error) {
	tell := func(err error) {
		s.Log.ErrorContext(ctx, "model failed", "kind", kind, "revision", revision, "error", err)
	}
	model, err := s.Models.Model(ctx, kind, revision)
	switch {
	case errors.Is(err, context.Canceled), CodeOf(err) == CodeUnavailable:
		return nil, err
	case err != nil:
		return heard{broken{revision, err}, tell}, nil
	case model == nil:
		return nil, nil
	}
	return heard{model, tell}, nil
}

// heard tells why a model failed; the snapshot records only that it did.
type heard struct {
	Assessor
	tell func(error)
}

// Assess asks the model.
func (h heard) Assess(s Snapshot) (Assessment, error) {
	a, err := consult(h.Assessor, s)
	if err != nil {
		h.tell(err)
	}
	return a, err
}

// broken stands for a model that cannot be had.
type broken struct {
	revision string
	err      error
}

// Assess fails.
func (b broken) Assess(Snapshot) (Assessment, error) { return Assessment{}, b.err }

// Revision is that of the model that should be there.
func (b broken) Revision() string { return b.revision }

// challenge asks the model beside the one in force, if there is one, while the
// decision is made. The function that it gives waits for the answer, not for
// long: as long as one challenger is overdue no other is asked, so that one
// which hangs delays the decisions of a moment and then none.
func (s *Service) challenge(ctx context.Context, snap Snapshot, revision string) (answer func() *Challenge) {
	if revision == "" {
		return func() *Challenge { return nil }
	}
	late := &Challenge{Revision: revision, Failure: ChallengerLate}
	if s.overdue.Load() > 0 {
		return func() *Challenge { return late }
	}
	said := make(chan *Challenge, 1)
	ctx = context.WithoutCancel(ctx) // loading it is of use to the decisions after this one
	go func() { said <- s.opinion(ctx, snap, revision) }()
	return func() *Challenge {
		patience := time.NewTimer(s.patience())
		defer patience.Stop()
		select {
		case c := <-said:
			return c
		case <-patience.C:
		}
		s.overdue.Add(1)
		go func() {
			<-said
			s.overdue.Add(-1)
		}()
		return late
	}
}

func (s *Service) patience() time.Duration {
	if s.Patience > 0 {
		return s.Patience
	}
	return challengerPatience
}

// opinion is what the challenger says. Its reasons are left out: what is
// compared is the probability.
func (s *Service) opinion(ctx context.Context, snap Snapshot, revision string) *Challenge {
	c := &Challenge{Revision: revision}
	model, err := s.Models.Model(ctx, snap.Kind, revision)
	if err != nil || model == nil {
		s.Log.WarnContext(ctx, "challenger not available", "kind", snap.Kind, "revision", revision, "error", err)
		c.Failure = ChallengerMissing
		return c
	}
	a, err := consult(briefly(model), snap)
	if err != nil {
		s.Log.WarnContext(ctx, "challenger failed", "kind", snap.Kind, "revision", revision, "error", err)
		c.Failure = ChallengerError
		return c
	}
	c.Model, c.Probability, c.Confidence = a.Model, a.Probability, a.Confidence
	return c
}

// briefly makes a model leave its reasons out, if it can.
func briefly(model Assessor) Assessor {
	if e, ok := model.(Estimator); ok {
		return brief{model, e}
	}
	return model
}

type brief struct {
	Assessor
	estimator Estimator
}

// Assess gives no more than the probability.
func (b brief) Assess(s Snapshot) (Assessment, error) { return b.estimator.Estimate(s) }
