package odoo

import (
	"encoding/json"
	"html"
	"regexp"
	"strconv"
)

// Version is the major version of an Odoo server, e.g. 17. A rolling release
// (saas~17.2) counts as the version it leads up from.
type Version int

// Oldest is the oldest version the table knows.
const Oldest Version = 16

// newest is the newest version seen; later ones are assumed to be like it.
const newest Version = 19

// Dialect is what differs between versions for the things we do. Sources:
// calls recorded on 17.0, 18.0 and 19.0 (odootest/testdata) and Odoo's source
// for 16.0.
type Dialect struct {
	JSON2 bool // /json/2 exists; /jsonrpc is deprecated

	// Orders.
	Confirmed      []string // states of a confirmed order; 16 has "done" for a locked one
	LockedField    string   // boolean field of a locked order; "" where the state says it
	LockMethod     string   // returns null
	ConfirmRepeats bool     // confirming a confirmed order is accepted and dates it anew; later it is a UserError
	CancelContext  Context  // without it a wizard comes back for every order past draft, and nothing is cancelled

	// Credit notes: create account.move.reversal with ReversalValues, call
	// ReversalMethod, then action_post the draft it names.
	ReversalMethod string
	ReversalValues map[string]any

	// Chatter.
	NoteIsHTML         bool   // message_post takes its body as HTML; later it escapes plain text itself
	ActivityNeedsUser  bool   // an activity without user_id is assigned to the caller, that is the bot
	ActivitiesArchived bool   // a finished activity is archived; earlier it is deleted
	RightsMethod       string // tells whether the caller may do something; "" where none has been seen
}

// dialects is the table; a version that is not listed speaks like the one
// before it.
var dialects = map[Version]Dialect{
	16: {
		Confirmed: []string{"sale", "done"}, LockMethod: "action_done", ConfirmRepeats: true,
		CancelContext:  Context{"disable_cancel_warning": true},
		ReversalMethod: "reverse_moves", ReversalValues: map[string]any{"refund_method": "refund"},
		NoteIsHTML: true, ActivityNeedsUser: true, RightsMethod: "check_access_rights",
	},
	17: {
		Confirmed: []string{"sale"}, LockedField: "locked", LockMethod: "action_lock",
		CancelContext:     Context{"disable_cancel_warning": true},
		ReversalMethod:    "refund_moves",
		ActivityNeedsUser: true, RightsMethod: "check_access_rights",
	},
	18: {
		Confirmed: []string{"sale"}, LockedField: "locked", LockMethod: "action_lock",
		CancelContext:     Context{"disable_cancel_warning": true},
		ReversalMethod:    "refund_moves",
		ActivityNeedsUser: true, RightsMethod: "check_access_rights",
	},
	19: {
		JSON2:     true,
		Confirmed: []string{"sale"}, LockedField: "locked", LockMethod: "action_lock",
		ReversalMethod:     "refund_moves",
		ActivitiesArchived: true,
	},
}

// Dialect returns the version's row of the table.
func (v Version) Dialect() Dialect {
	return dialects[min(max(v, Oldest), newest)]
}

// NoteBody turns plain text into what message_post wants as its body.
func (d Dialect) NoteBody(text string) string {
	if d.NoteIsHTML {
		return html.EscapeString(text)
	}
	return text
}

// versionBody is the answer of common.version and of /web/version, which name
// the same list differently. Its first item is 17, or "saas~17".
type versionBody struct {
	Server []any `json:"server_version_info"`
	Web    []any `json:"version_info"`
}

var saas = regexp.MustCompile(`^saas[~-](\d+)$`)

func (b versionBody) major(q Call) (Version, error) {
	info := b.Server
	if len(info) == 0 {
		info = b.Web
	}
	v := majorOf(info)
	switch {
	case v == 0:
		return 0, q.fail(KindProtocol, 200, "the version has an unknown form", nil)
	case v < Oldest:
		return 0, q.fail(KindRequest, 200, "this Odoo is older than 16, the oldest version supported", nil)
	}
	return v, nil
}

func majorOf(info []any) Version {
	if len(info) == 0 {
		return 0
	}
	switch major := info[0].(type) {
	case float64:
		return Version(major)
	case json.Number:
		n, _ := strconv.Atoi(major.String())
		return Version(n)
	case string:
		if m := saas.FindStringSubmatch(major); m != nil {
			n, _ := strconv.Atoi(m[1])
			return Version(n)
		}
	}
	return 0
}
