package decision

import (
	"slices"

	"github.com/shopspring/decimal"
)

// Note declares a number that the rows of a decision hold beside its amount.
type Note struct {
	Value string // its name in HistoryRow.Values
	Doc   string // one sentence
	Of    func(Snapshot) (decimal.Decimal, bool)
	Reads []string // fields that Of looks at
}

// Remember lists what a decision on the snapshot adds to its entities' past.
func Remember(s Snapshot, hash Hash) []HistoryRow {
	kind, _ := KindNamed(s.Kind)
	row := HistoryRow{Kind: s.Kind, Subject: s.Subject.Record(), At: s.Now, KnownAt: s.Now, Values: kind.notes(s)}
	row.Partner, _ = s.Fields.Integer("partner_id")
	if m := atStake(s, kind.Amount); m != nil {
		row.Amount = &m.Amount
		if given := atStake(s, kind.Given); given != nil {
			*row.Amount = row.Amount.Add(given.Amount)
		}
	}
	return kind.each(s, hash, row, true)
}

// notes are the numbers that the kind declares of its rows.
func (k Kind) notes(s Snapshot) map[string]decimal.Decimal {
	var values map[string]decimal.Decimal
	for _, n := range k.Notes {
		if v, known := n.Of(s); known {
			if values == nil {
				values = map[string]decimal.Decimal{}
			}
			values[n.Value] = v.Round(valueDigits)
		}
	}
	return values
}

// each gives every entity that the snapshot names a row, with the links that
// its features count if linked.
func (k Kind) each(s Snapshot, hash Hash, row HistoryRow, linked bool) []HistoryRow {
	hashes := map[string][]string{}
	for _, e := range k.Entities {
		hashes[e.Type] = e.hashes(s, hash)
	}
	var rows []HistoryRow
	for _, e := range k.Entities {
		if linked {
			row.Links = k.links(e.Type, hashes)
		}
		for _, h := range hashes[e.Type] {
			row.EntityType, row.EntityHash = e.Type, h
			rows = append(rows, row)
		}
	}
	return rows
}

// links are the hashes of the other identifiers that some feature counts
// behind this one; of several values the first.
func (k Kind) links(entity string, hashes map[string][]string) map[string]string {
	var links map[string]string
	for _, link := range planOf(k.Name).links[entity] {
		if len(hashes[link]) == 0 {
			continue
		}
		if links == nil {
			links = map[string]string{}
		}
		links[link] = hashes[link][0]
	}
	return links
}

// linksCounted lists the links that features of each entity count.
func (k Kind) linksCounted() map[string][]string {
	all := map[string][]string{}
	for _, f := range k.Features {
		if f.Link != "" && f.Kind == k.Name && !slices.Contains(all[f.Entity], f.Link) {
			all[f.Entity] = append(all[f.Entity], f.Link)
		}
	}
	return all
}
