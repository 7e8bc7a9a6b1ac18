package lightgbm

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"assent/scoring/boost"
	"assent/scoring/frame"
)

// small is a model of one number, one category and two trees.
const small = `tree
version=v4
num_class=1
num_tree_per_iteration=1
label_index=0
max_feature_idx=1
objective=binary sigmoid:1
feature_names=amount country
feature_infos=[0:9] -1:0:2
tree_sizes=1 1

Tree=0
num_leaves=3
num_cat=1
split_feature=0 1
split_gain=2 1
threshold=4.5 0
decision_type=10 9
left_child=1 -2
right_child=-1 -3
leaf_value=0.5 -1 1
leaf_weight=1 1 1
leaf_count=10 20 30
internal_value=0 0
internal_weight=0 0
internal_count=60 50
cat_boundaries=0 1
cat_threshold=4
is_linear=0
shrinkage=1


Tree=1
num_leaves=1
num_cat=0
split_feature=
threshold=
decision_type=
left_child=
right_child=
leaf_value=0.25
leaf_count=
is_linear=0
shrinkage=1


end of trees

feature_importances:

parameters:
end of parameters

pandas_categorical:null
`

func TestSmall(t *testing.T) {
	t.Parallel()
	named := strings.Replace(small, "pandas_categorical:null", `pandas_categorical:[["NL", "DE", 7]]`, 1)
	for name, c := range map[string]struct {
		text   string
		values []frame.Value
		want   float64
	}{
		"right":            {small, []frame.Value{frame.Of(5), frame.Level("2")}, 0.75},
		"left, in the set": {small, []frame.Value{frame.Of(4.5), frame.Level("2")}, -0.75},
		"left, not in it":  {small, []frame.Value{frame.Of(1), frame.Level("0")}, 1.25},
		"unseen":           {small, []frame.Value{frame.Of(1), frame.Level("1")}, 1.25},
		"missing":          {small, []frame.Value{{}, {}}, 1.25},
		"name":             {named, []frame.Value{frame.Of(1), frame.Level("7")}, -0.75},
		"another name":     {named, []frame.Value{frame.Of(1), frame.Level("NL")}, 1.25},
		"name, not code":   {named, []frame.Value{frame.Of(1), frame.Level("2")}, 1.25},
	} {
		if got := mustRead(t, c.text).LogOdds(c.values); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ old, new, want string }{
		{"tree\n", "forest\n", "line 1: must be \"tree\""},
		{"version=v4", "version=v2", "line 2: version must be v3 or v4"},
		{"version=v4\n", "", "line 2: must be followed, before a blank line, by one with version"},
		{"num_class=1", "num_class=3", "line 3: num_class must be 1"},
		{"iteration=1", "iteration=3", "line 4: num_tree_per_iteration must be 1"},
		{"binary sigmoid:1", "regression", "line 7: objective must be binary"},
		{"binary sigmoid:1", "binary sigmoid:-1", "line 7: objective its sigmoid"},
		{"binary sigmoid:1", "binary alpha:1", "line 7: objective must be binary with nothing but"},
		{"[0:9] ", "", "line 9: feature_infos must be one for each"},
		{"-1:0:2", "0:x", "line 9: feature_infos must be none, a range"},
		{"-1:0:2", "0:0", "line 9: feature_infos must be none, a range"},
		{"Tree=0", "Tree=1", "line 12: must be \"Tree=0\""},
		{"num_leaves=3", "num_leaves=x", "line 13: num_leaves must have numbers only"},
		{"num_leaves=3", "num_leaves=0", "line 13: num_leaves must be above zero"},
		{"num_leaves=3", "num_leaves=4", "line 21: leaf_value must have 4 numbers"},
		{"num_leaves=3", "num_leaves=-3", "line 13: num_leaves must not be below zero"},
		{"num_cat=1", "num_cat=9", "line 14: num_cat must not be above"},
		{"split_feature=0 1", "split_feature=0 2", "line 15: split_feature must be below"},
		{"split_feature=0 1", "split_feature=1 1", "line 18: decision_type must be of a category where"},
		{"threshold=4.5 0", "threshold=4.5 3", "line 17: threshold must be one of the category sets"},
		{"threshold=4.5 0", "threshold=4.5", "line 17: threshold must have 2 numbers"},
		{"threshold=4.5 0", "threshold=nan 0", "finite threshold"},
		{"decision_type=10 9", "decision_type=12 9", "line 18: decision_type must be 0 to 11"},
		{"left_child=1 -2", "left_child=0 -2", "line 13: the tree that begins above cannot be"},
		{"left_child=1 -2", "left_child=1 -1", "line 13: the tree that begins above cannot be"},
		{"leaf_value=0.5", "leaf_value=NaN", "line 13: the tree that begins above cannot be"},
		{"leaf_count=10 20 30\n", "", "line 13: must be followed, before a blank line, by one with leaf_count"},
		{"cat_boundaries=0 1", "cat_boundaries=1 0", "line 27: cat_boundaries must begin with 0 and rise"},
		{"cat_boundaries=0 1", "cat_boundaries=0 9", "line 28: cat_threshold must have 9 numbers"},
		{"cat_threshold=4", "cat_threshold=2", "line 28: cat_threshold must have codes of feature_infos only"},
		{"cat_threshold=4", "cat_threshold=-4", "line 28: cat_threshold must have numbers only"},
		{"is_linear=0", "is_linear=1", "line 29: is_linear must be 0"},
		{"shrinkage=1", "num_cat=1", "line 30: must not be a key that came before"},
		{"end of trees", "the end", "line 47: must be \"Tree=2\""},
		{"end of trees\n\nfeature_importances:\n\nparameters:\nend of parameters\n\npandas_categorical:null\n", "", "line 47: must be there: the file is cut"},
		{"cal:null", "cal:{}", "line 54: must be null or lists"},
		{"cal:null", `cal:[["a"]]`, "line 54: must have a category for each code of country"},
		{"cal:null", `cal:[["a","b","c"],["d"]]`, "line 54: must have no more lists"},
	} {
		text := strings.Replace(small, c.old, c.new, 1)
		if text == small {
			t.Errorf("%q is not in the model", c.old)
		}
		if _, err := Read(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q for %q: %v, want %q", c.new, c.old, err, c.want)
		}
	}
}

func TestReadRefusesOtherModels(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"linear": "is_linear must be 0", "regression": "objective must be binary"} {
		if _, err := Read(strings.NewReader(text(t, name))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", name, err, want)
		}
	}
}

// TestZeroMissingAtTimes has a feature that takes zero for missing in one split
// only, which no model of ours can say.
func TestZeroMissingAtTimes(t *testing.T) {
	t.Parallel()
	model := text(t, "zero")
	at := strings.LastIndex(model, "decision_type=")
	line, _, _ := strings.Cut(model[at:], "\n")
	other := strings.NewReplacer("=6", "=10", " 6", " 10", "=4", "=8", " 4", " 8").Replace(line)
	if line == other {
		t.Fatal("the last tree has no split that takes zero for missing")
	}
	_, err := Read(strings.NewReader(model[:at] + other + model[at+len(line):]))
	if err == nil || !strings.Contains(err.Error(), "must take zero for missing always or never") {
		t.Errorf("Read gives %v", err)
	}
}

// TestCut reads every beginning of a model: an error, never a panic.
func TestCut(t *testing.T) {
	t.Parallel()
	end := strings.Index(small, "end of trees") + len("end of trees")
	for n := range end {
		if _, err := Read(strings.NewReader(small[:n])); err == nil {
			t.Errorf("the first %d bytes are taken for a model", n)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(small)
	f.Add(strings.Replace(small, "cal:null", `cal:[["a","b","c"]]`, 1))
	f.Fuzz(func(t *testing.T, text string) {
		m, err := Read(strings.NewReader(text))
		if err != nil {
			return
		}
		values, out := make([]frame.Value, m.Columns()), make([]float64, m.Columns())
		if x := m.LogOdds(values); math.IsNaN(x) || math.IsNaN(m.Contributions(values, out)) {
			t.Error("it answers with no number")
		}
		data, err := json.Marshal(m)
		if err == nil {
			err = json.Unmarshal(data, new(boost.Model))
		}
		if err != nil {
			t.Errorf("it does not survive JSON: %v", err)
		}
	})
}
