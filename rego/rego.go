// Package rego embeds the policies that compliance owns: the first policy
// revision of every installation.
//
// Each kind of decision has a folder. outcome.rego and everything in lib are
// protected: they say how requirements become a verdict, and a bundle that
// changes them is refused. The rest is compliance's: requirements.rego (what
// must be true), routing.rego (who approves what is not), protect.rego (what
// to do meanwhile), limits.json, and lists.json for all kinds.
package rego

import "embed"

// FS holds the policies, one folder a kind.
//
//go:embed lists.json */*.rego */*.json
var FS embed.FS
