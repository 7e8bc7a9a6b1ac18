package decision

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// AnyEpoch changes what is in force, whatever that is by now.
const AnyEpoch int64 = -1

// Switch changes the company's live controls: all of them. epoch is of the
// head that the change was thought out on; with another one in force it is a
// CodeConflict error, since what somebody else has changed would be lost.
// reason is a code.
func (s *Service) Switch(ctx context.Context, company string, epoch int64, sw Switches, by, reason string) (Head, error) {
	if err := sw.check(reason); err != nil {
		return Head{}, err
	}
	return s.change(ctx, company, epoch, EntrySwitch, SwitchChange{Switches: sw, By: by, Reason: reason})
}

// check refuses modes and kinds that do not exist: a typing error must not
// silently become the careful default.
func (s Switches) check(reason string) error {
	for kind, mode := range s.Modes {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/modes", "unknown", "must name kinds out of "+strings.Join(KindNames(), ", "))
		}
		if !slices.Contains(Modes, mode) {
			return Invalid("/modes/"+kind, "enum", "must be one of "+listed(Modes))
		}
	}
	for kind, why := range s.Paused {
		if _, ok := KindNamed(kind); !ok {
			return Invalid("/paused", "unknown", "must name kinds out of "+strings.Join(KindNames(), ", "))
		}
		if !IsCode(why, MaxCode) {
			return Invalid("/paused/"+kind, "pattern", "must be "+CodeRule(MaxCode))
		}
	}
	if reason != "" && !IsCode(reason, MaxCode) {
		return Invalid("/reason", "pattern", "must be "+CodeRule(MaxCode))
	}
	return nil
}

// Activate puts a policy revision in force. The caller has stored its
// artefact and compiled it.
func (s *Service) Activate(ctx context.Context, company, revision, by string) (Head, error) {
	return s.change(ctx, company, AnyEpoch, EntryActivation, Activation{Policy: revision, By: by})
}

func (s *Service) change(ctx context.Context, company string, epoch int64, typ EntryType, body any) (Head, error) {
	if _, err := s.company(ctx, company); err != nil {
		return Head{}, err // a head of its own for a typing error would look like a company
	}
	var head Head
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if now := w.Head().Epoch; epoch != AnyEpoch && epoch != now {
			return Conflict(fmt.Sprint(now), "The switches or the policies were changed in between.")
		}
		_, err := w.Append(ctx, s.NewID(), typ, s.Now(), body)
		head = w.Head()
		return err
	})
	return head, err
}
