package decision

import (
	"context"
	"encoding/json"
)

// Erase destroys a sealed object's key. The chain still verifies, and replay
// says erased.
func (s *Service) Erase(ctx context.Context, company, sealed, by string) error {
	return s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if err := w.EraseSealed(ctx, sealed); err != nil {
			return err
		}
		_, err := w.Append(ctx, s.NewID(), EntryErasure, s.Now(), Erasure{Sealed: sealed, By: by})
		return err
	})
}

// EraseDecision destroys everything personal that was kept about a decision:
// its snapshot, and every comment on its approval and on the exceptions it
// opened. It says how many objects it erased; what was erased before is no
// error, and neither is erasing again what people wrote since.
// Errors: CodeNotFound.
func (s *Service) EraseDecision(ctx context.Context, company, id, by string) (erased int, err error) {
	sealed, err := s.sealedOf(ctx, company, id)
	if err != nil {
		return 0, err
	}
	for _, object := range sealed {
		_, err := s.Store.Sealed(ctx, company, object)
		if CodeOf(err) == CodeErased {
			continue
		}
		if err := s.Erase(ctx, company, object, by); err != nil {
			return erased, err
		}
		erased++
	}
	return erased, nil
}

// sealedOf lists the sealed objects of a decision in the order of the
// journal. The tables would not do: they keep an exception's last comment.
func (s *Service) sealedOf(ctx context.Context, company, id string) ([]string, error) {
	entry, err := s.decisionEntry(ctx, s.Store, company, id)
	if err != nil {
		return nil, err
	}
	var d Decision
	if err := json.Unmarshal(entry.Body, &d); err != nil {
		return nil, err
	}
	c := commentsOf{decision: id, sealed: []string{d.Snapshot}, ended: map[string]bool{}, ours: map[string]bool{}}
	const page = 500
	for after := entry.Seq; ; {
		entries, err := s.Store.Entries(ctx, company, after, page)
		if err != nil || len(entries) == 0 {
			return c.sealed, err
		}
		for _, e := range entries {
			if err := c.read(e); err != nil {
				return nil, err
			}
			after = e.Seq
		}
	}
}

// commentsOf collects the comments on one decision.
type commentsOf struct {
	decision string
	sealed   []string
	ended    map[string]bool // exceptions, by id
	ours     map[string]bool // exceptions that the decision opened, until they end and another opens them
}

func (c *commentsOf) read(e Entry) error {
	switch e.Type {
	case EntryApproval:
		var step ApprovalStep
		if err := json.Unmarshal(e.Body, &step); err != nil {
			return err
		}
		c.add(step.Decision == c.decision, step.Comment)
	case EntryException:
		var step ExceptionStep
		if err := json.Unmarshal(e.Body, &step); err != nil {
			return err
		}
		c.exception(step)
	}
	return nil
}

func (c *commentsOf) exception(s ExceptionStep) {
	switch s.Step {
	case ExceptionOpen:
		mine := s.Opened != nil && s.Opened.Decision == c.decision
		c.ours[s.Exception] = mine || c.ours[s.Exception] && !c.ended[s.Exception]
		c.ended[s.Exception] = false
	case ExceptionResolve, ExceptionClose:
		c.ended[s.Exception] = true
	}
	c.add(c.ours[s.Exception], s.Comment)
}

func (c *commentsOf) add(ours bool, comment string) {
	if ours && comment != "" {
		c.sealed = append(c.sealed, comment)
	}
}
