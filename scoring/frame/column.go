package frame

import "fmt"

// Type is what the values of a column are.
type Type string

// The types.
const (
	Number   Type = "number"   // finite float64
	Category Type = "category" // text out of a set that the frame learns
)

// Column declares one feature of an example.
type Column struct {
	Name string `json:"name"`
	Type Type   `json:"type"`
	// Monotone says how the risk may move as a number grows: 1 never down, -1
	// never up, 0 freely. Models keep it.
	Monotone int `json:"monotone,omitempty"`
}

// checkColumns names the first column that no frame can have.
func checkColumns(columns []Column) error {
	seen := map[string]bool{}
	for i, c := range columns {
		want := ""
		switch {
		case c.Name == "" || seen[c.Name]:
			want = "must have a name of its own"
		case c.Type != Number && c.Type != Category:
			want = fmt.Sprintf("type must be %s or %s", Number, Category)
		case c.Monotone < -1 || c.Monotone > 1:
			want = "monotone must be -1, 0 or 1"
		case c.Monotone != 0 && c.Type == Category:
			want = "a category cannot be monotone"
		}
		if want != "" {
			return fmt.Errorf("frame: column %d (%s): %s", i+1, c.Name, want)
		}
		seen[c.Name] = true
	}
	return nil
}

// Value is one feature's value. The zero value is missing, which is not zero.
type Value struct {
	Known  bool
	Number float64 // of a Number column; finite
	Text   string  // of a Category column
}

// Of makes a known number.
func Of(number float64) Value { return Value{Known: true, Number: number} }

// Level makes a known category.
func Level(text string) Value { return Value{Known: true, Text: text} }
