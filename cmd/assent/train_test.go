package main

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// shopMapping is of the files that shopExport writes.
const shopMapping = `{
  "kind": "order", "model": "sale.order", "channel": "web",
  "files": {"orders": "orders.csv"}, "rows": "orders", "key": "order_id", "time": "placed_at",
  "fields": {
    "state": [{"value": "sent"}], "currency": [{"value": "EUR"}], "date_order": [{"columns": ["placed_at"]}],
    "amount_total": [{"columns": ["total"]}], "partner_id": [{"columns": ["customer"], "as": "id"}], "payment.method": [{"columns": ["method"]}]
  },
  "outcomes": [{"type": "chargeback", "at": [{"columns": ["disputed_at"]}], "value": [{"value": "fraud"}]}]
}`

// shopExport is a made-up shop in which dear orders that are paid by wallet
// are mostly fraud, and others are not.
func shopExport(rows int) string {
	random := rand.New(rand.NewPCG(1, 1))
	var b strings.Builder
	b.WriteString("order_id,placed_at,customer,total,method,disputed_at\n")
	for i := range rows {
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * 6 * time.Hour)
		method, total := []string{"card", "wallet"}[random.IntN(2)], 10+random.IntN(490)
		disputed := ""
		if method == "wallet" && total > 250 || random.IntN(200) == 0 {
			disputed = at.Add(10 * 24 * time.Hour).Format(time.RFC3339)
		}
		fmt.Fprintf(&b, "A-%d,%s,customer-%d,%d.00,%s,%s\n", i, at.Format(time.RFC3339), random.IntN(300), total, method, disputed)
	}
	return b.String()
}

// shopFolder writes the export into a folder of its own.
func (s shell) shopFolder(content string) (mapping, folder string) {
	s.t.Helper()
	folder = filepath.Join(filepath.Dir(s.dir), "export")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		s.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "orders.csv"), []byte(content), 0o600); err != nil {
		s.t.Fatal(err)
	}
	return s.file("mapping.json", shopMapping), folder
}

var written = regexp.MustCompile(`wrote (\S+), revision ([0-9a-f]{64})`)

// Training says how good the model is and writes it; again, it is the same
// to the byte.
func TestTrain(t *testing.T) {
	t.Parallel()
	s := installed(t)
	mapping, folder := s.shopFolder(shopExport(1200))
	var revisions []string
	for _, out := range []string{"one", "two"} {
		into := filepath.Join(filepath.Dir(s.dir), out)
		if err := os.Mkdir(into, 0o700); err != nil {
			t.Fatal(err)
		}
		said := s.ok("train", "order", mapping, folder, "--out="+into, "--set=odoo")
		for _, part := range []string{"order/odoo: ", "champion: ", "held out, all origins: auc ", "calibration: ", "gate auc >= 0.55: ", ", pass\n", "the model beats the scorecard from "} {
			if !strings.Contains(said, part) {
				t.Errorf("does not say %q:\n%s", part, said)
			}
		}
		match := written.FindStringSubmatch(said)
		if match == nil || !strings.HasPrefix(match[1], into) {
			t.Fatalf("wrote nothing:\n%s", said)
		}
		revisions = append(revisions, match[2])
	}
	if revisions[0] != revisions[1] {
		t.Errorf("trained twice, two models: %v", revisions)
	}
	s.fails(exitUsage, "no such feature set", "train", "delivery", "--set=enriched")
}

// trainOnce trains on the made-up shop and says what was printed, and where the
// files are.
func (s shell) trainOnce(flags ...string) (said, out string) {
	s.t.Helper()
	mapping, folder := s.shopFolder(shopExport(1200))
	out = filepath.Join(filepath.Dir(s.dir), "models")
	if err := os.MkdirAll(out, 0o700); err != nil {
		s.t.Fatal(err)
	}
	return s.ok(append([]string{"train", "order", mapping, folder, "--out=" + out, "--set=odoo"}, flags...)...), out
}

// What a review costs makes a suggestion of it, which nothing applies; and the
// cases may be learnt from elsewhere.
func TestTrainSuggests(t *testing.T) {
	t.Parallel()
	said, out := setup(t).trainOnce("--review=5", "--table")
	if !strings.Contains(said, "suggested limit fraud_probability: 0.") || !strings.Contains(said, "which nothing applies") {
		t.Errorf("suggests nothing:\n%s", said)
	}
	limits, err := os.ReadFile(filepath.Join(out, "order-odoo.limits.json"))
	if err != nil || !strings.Contains(string(limits), `"unit": "probability"`) {
		t.Errorf("%s %v", limits, err)
	}
	table, err := os.ReadFile(filepath.Join(out, "order-odoo.cases.csv"))
	if err != nil || !strings.HasPrefix(string(table), "id,label,") || strings.Count(string(table), "\n") < 900 {
		t.Errorf("%.80s %v", table, err)
	}
	setup(t).fails(exitUsage, "caught must be a share", "train", "order", "--review=5", "--caught=2")
}

// stump is what LightGBM writes of one split: dear orders are risky.
const stump = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=0
objective=binary sigmoid:1
feature_names=%s
feature_infos=[0:1000]
tree_sizes=1

Tree=0
num_leaves=2
num_cat=0
split_feature=0
split_gain=1
threshold=250
decision_type=2
left_child=-1
right_child=-2
leaf_value=-4 -1
leaf_weight=1 1
leaf_count=500 500
internal_value=0
internal_weight=0
internal_count=1000
is_linear=0
shrinkage=1


end of trees
`

// A model of another program is judged and calibrated like our own.
func TestTrainTakesLightGBM(t *testing.T) {
	t.Parallel()
	s := setup(t)
	said, _ := s.trainOnce("--lightgbm=" + s.file("own.txt", fmt.Sprintf(stump, "amount_total")))
	if !strings.Contains(said, "boosted_trees") || strings.Contains(said, "additive") || !written.MatchString(said) {
		t.Errorf("it is not what was judged:\n%s", said)
	}
	mapping, folder := s.shopFolder(shopExport(1200))
	s.fails(exitError, "no column here", "train", "order", mapping, folder, "--set=odoo", "--lightgbm="+s.file("other.txt", fmt.Sprintf(stump, "moon")))
	s.fails(exitError, "other.txt", "train", "order", mapping, folder, "--set=odoo", "--lightgbm="+s.file("other.txt", "tree\nnonsense\n"))
}

// What cannot be learnt from is named, and nothing is written.
func TestTrainRefuses(t *testing.T) {
	t.Parallel()
	good := shopExport(400)
	undisputed := regexp.MustCompile(`(?m),[^,\n]*T[^,\n]*$`)
	for name, c := range map[string]struct{ content, says string }{
		"broken line":         {strings.Replace(good, "\nA-7,", "\nA-\"7,", 1), `orders.csv: line 9, column 3: bare " in non-quoted-field`},
		"line too short":      {strings.Replace(good, "\nA-7,", "\nA-7\nA-,", 1), "orders.csv: line 9, column 1: wrong number of fields"},
		"key twice":           {strings.Replace(good, "\nA-7,", "\nA-6,", 1), "A-6: the key is there twice"},
		"truth of the future": {good + "B-1,2024-05-01T00:00:00Z,ada,10.00,card,2124-05-01T00:00:00Z\n", "B-1: outcome chargeback: must not become known in the future"},
		"one label only":      {undisputed.ReplaceAllString(good, ","), "0 rows with a positive"},
		"ten rows":            {shopExport(10), "no case has a known outcome yet"},
		"too few rows":        {shopExport(320), "at least 80 of each are needed"},
		"no rows":             {shopExport(0), "no rows"},
		"no such column":      {strings.Replace(good, "disputed_at", "other", 1), "disputed_at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := setup(t)
			mapping, folder := s.shopFolder(c.content)
			out := filepath.Join(filepath.Dir(s.dir), "out")
			if err := os.Mkdir(out, 0o700); err != nil {
				t.Fatal(err)
			}
			r := s.run("train", "order", mapping, folder, "--out="+out, "--set=odoo")
			if all := r.out + r.err; r.status == exitOK || !strings.Contains(all, c.says) {
				t.Errorf("status %d, want %q\n%.600s", r.status, c.says, all)
			}
			if left, err := os.ReadDir(out); err != nil || len(left) > 0 {
				t.Errorf("wrote %v %v", left, err)
			}
		})
	}
}
