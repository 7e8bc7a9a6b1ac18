package decision

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// docs/features.md is written from the declarations.
func TestFeaturesPage(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(`# Features

What gather adds to a request before a model or a policy sees it, under ` + "`context`" + `. This page is written from the declarations in ` + "`decision`" + ` (` + "`go test ./decision -run FeaturesPage -update`" + `), which training, serving
and the policy's schema use too; [ADR 11](adr/0011-features-are-of-the-newest-rows.md) says why they are as they are.

- **Source**: ` + "`fields`" + ` is computed from the request itself; otherwise it is the entity whose past is looked at, under a keyed hash, in so many of its newest rows of each kind. Rows of the record itself are left out.
- **Known**: ` + "`request`" + ` with the request, ` + "`history`" + ` from what was known when it came. What is learnt later is seen by later requests only.
- **Missing**: the codes for which it may be unknown. Missing is not zero: a customer who was never seen has 0 orders, an order without a customer has none to count.
- **Set**: ` + "`odoo`" + ` rests on what Odoo holds, ` + "`enriched`" + ` needs what only the shop, the till or the payment provider knows.

Outcomes add rows of the kind ` + "`<kind>.truth`" + `, known from when they were told. A cancelled order is no fraud.
`)
	for _, k := range kinds {
		sets := map[string]int{}
		for _, f := range k.Features {
			sets[k.SetOf(f)]++
		}
		fmt.Fprintf(&b, "\n## %s\n\n%s %d features: %d odoo, %d enriched.\n\n", k.Name, k.Doc, len(k.Features), sets[SetOdoo], sets[SetEnriched])
		b.WriteString("| feature | type | source | known | missing | set | what it says |\n| --- | --- | --- | --- | --- | --- | --- |\n")
		for _, f := range k.Features {
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s | %s | %s |\n", f.Path, f.Type, sourceOf(k, f), f.AvailableAt(), strings.Join(f.Absences(), ", "), k.SetOf(f), f.Doc)
		}
		b.WriteString(lessonsOf(k))
	}
	golden(t, "../../docs/features.md", []byte(b.String()))
}

func sourceOf(k Kind, f Feature) string {
	e, ok := k.entity(f.Entity)
	if !ok {
		return "fields"
	}
	return fmt.Sprintf("%s, %d", e.Type, e.Cap)
}

// lessonsOf lists what outcomes teach.
func lessonsOf(k Kind) string {
	var b strings.Builder
	for _, o := range k.Outcomes {
		for _, l := range o.Teaches {
			how := "days since `" + l.Since + "`"
			if l.Since == "" {
				var says []string
				for _, v := range o.Values {
					if n, ok := l.Says[v]; ok {
						says = append(says, fmt.Sprintf("%s %s", v, n))
					}
				}
				how = strings.Join(says, ", ")
			}
			fmt.Fprintf(&b, "| `%s` | `%s` | %s |\n", o.Name, l.Value, how)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "\nWhat outcomes teach:\n\n| outcome | value | how |\n| --- | --- | --- |\n" + b.String()
}

// The sets differ by what only the shop knows, and a link to a signal is one.
func TestSets(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"history.email_orders_1h": SetOdoo, "history.email_cards_30d": SetEnriched, "history.device_orders_1h": SetEnriched, "history.network_fraud_rate": SetEnriched,
		"match.names_differ": SetOdoo, "match.ip_abroad": SetEnriched, "history.domain_fraud_rate": SetOdoo,
	} {
		f, ok := orderKind.Feature(path)
		if have := orderKind.SetOf(f); !ok || have != want {
			t.Errorf("%s is of the set %s, want %s", path, have, want)
		}
	}
	for _, k := range kinds {
		for _, f := range k.Fields {
			if strings.HasPrefix(f.Path, "signals.") != f.Signal && k.Name == "order" {
				t.Errorf("%s: a signal or not", f.Path)
			}
		}
		for _, f := range k.Features {
			if !slices.Contains([]string{AtRequest, AtHistory}, f.AvailableAt()) || len(f.Absences()) == 0 {
				t.Errorf("%s", f.Path)
			}
		}
	}
}
