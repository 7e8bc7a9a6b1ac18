package frame

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
