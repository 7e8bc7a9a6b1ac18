package decision

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// AnyEpoch changes what is in force, whatever that is by now.
const AnyEpoch int64 = -1

// SwitchReasons are the codes that a change of the switches may give as its
// reason, whichever way it comes in. A list and no text, since the journal
// holds none.
var SwitchReasons = []string{"incident", "maintenance", "drill", "go_live", "policy_change", "model_review", "resolved"}

// SwitchPatch changes some of the switches; what it leaves out stays as it is.
type SwitchPatch struct {
	Kill   *bool
	Modes  map[string]Mode // by kind
	Paused map[string]bool // by kind: true pauses it for the reason of the change, false ends the pause
}

// Over gives what the switches are after the change. A kind that is paused
// already keeps the reason that it has.
func (p SwitchPatch) Over(now Switches, reason string) Switches {
	next := Switches{Kill: now.Kill, Modes: map[string]Mode{}, Paused: map[string]string{}}
	maps.Copy(next.Modes, now.Modes)
	maps.Copy(next.Modes, p.Modes)
	maps.Copy(next.Paused, now.Paused)
	if p.Kill != nil {
		next.Kill = *p.Kill
	}
	for kind, pause := range p.Paused {
		if _, paused := next.Paused[kind]; !pause {
			delete(next.Paused, kind)
		} else if !paused {
			next.Paused[kind] = reason
		}
	}
	return next
}

// Switch changes the company's live controls: all of them. epoch is of the
// head that the change was thought out on; with another one in force it is a
// CodeConflict error, since what somebody else has changed would be lost.
// reason, and why a kind is newly paused, are of SwitchReasons.
func (s *Service) Switch(ctx context.Context, company string, epoch int64, sw Switches, by, reason string) (Head, error) {
	return s.change(ctx, company, epoch, switching(by, reason, func(Switches) Switches { return sw }))
}

// Amend is Switch for some of the controls. With AnyEpoch nothing that
// somebody else changes meanwhile is lost, and nothing keeps it from being
// done, as befits an emergency.
func (s *Service) Amend(ctx context.Context, company string, epoch int64, p SwitchPatch, by, reason string) (Head, error) {
	return s.change(ctx, company, epoch, switching(by, reason, func(now Switches) Switches { return p.Over(now, reason) }))
}

// switching makes the entry of a change of the switches, out of those in force.
func switching(by, reason string, next func(Switches) Switches) func(Head) (EntryType, any, error) {
	return func(head Head) (EntryType, any, error) {
		sw := next(head.Switches)
		if !slices.Contains(SwitchReasons, reason) {
			return "", nil, Invalid("/reason", missingOr(reason, "enum"), "must be one of "+listed(SwitchReasons))
		}
		return EntrySwitch, SwitchChange{Switches: sw, By: by, Reason: reason}, sw.check(head.Switches)
	}
}

func missingOr(value, code string) string {
	if value == "" {
		return "required"
	}
	return code
}

// check refuses modes, kinds and reasons that do not exist: a typing error
// must not silently become the careful default. A pause in force keeps the
// reason that it has, whatever it is.
func (s Switches) check(now Switches) error {
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
		if was, paused := now.Paused[kind]; paused && was == why {
			continue
		}
		if !slices.Contains(SwitchReasons, why) {
			return Invalid("/paused/"+kind, "enum", "must be one of "+listed(SwitchReasons))
		}
	}
	return nil
}

// Activate puts a policy revision in force. The caller has stored its
// artefact and compiled it.
func (s *Service) Activate(ctx context.Context, company, revision, by string) (Head, error) {
	return s.change(ctx, company, AnyEpoch, func(Head) (EntryType, any, error) {
		return EntryActivation, Activation{Policy: revision, By: by}, nil
	})
}

// change journals what entry makes of the head in force.
func (s *Service) change(ctx context.Context, company string, epoch int64, entry func(Head) (EntryType, any, error)) (Head, error) {
	if _, err := s.company(ctx, company); err != nil {
		return Head{}, err // a head of its own for a typing error would look like a company
	}
	var head Head
	err := s.Ledger.Do(ctx, company, Foreground, nil, func(ctx context.Context, w *Writer) error {
		if now := w.Head().Epoch; epoch != AnyEpoch && epoch != now {
			return Conflict(fmt.Sprint(now), "The switches, the policies or the models were changed in between.")
		}
		typ, body, err := entry(w.Head())
		if err != nil {
			return err
		}
		_, err = w.Append(ctx, s.NewID(), typ, s.Now(), body)
		head = w.Head()
		return err
	})
	return head, err
}
