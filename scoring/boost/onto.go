package boost

import (
	"fmt"
	"slices"

	"assent/scoring/frame"
)

// Onto is the model over other columns, which must have its own among them, by
// name and type. So a model that was trained elsewhere reads the rows of a
// frame, whatever their order, and explains them by the frame's columns. Error:
// a column that is not there, or is of the other type.
func (m *Model) Onto(columns []frame.Column) (*Model, error) {
	places := make([]int, len(m.columns))
	onto := make([]Column, len(columns))
	for i, c := range columns {
		// What is monotone here need not be in a model from elsewhere.
		onto[i].Name, onto[i].Type = c.Name, c.Type
	}
	for i, c := range m.columns {
		at := slices.IndexFunc(columns, func(to frame.Column) bool { return to.Name == c.Name })
		if at < 0 {
			return nil, fmt.Errorf("boost: the model reads %q, which is no column here", c.Name)
		}
		if columns[at].Type != c.Type {
			return nil, fmt.Errorf("boost: column %q must be a %s, as the model has it", c.Name, c.Type)
		}
		places[i], onto[at] = at, c
	}
	trees := make([]Tree, len(m.trees))
	for t := range m.trees {
		trees[t] = Tree{slices.Clone(m.trees[t].Splits), m.trees[t].Leaves}
		for i := range trees[t].Splits {
			s := &trees[t].Splits[i]
			s.Column = places[s.Column]
		}
	}
	made, err := New(onto, m.base, trees)
	if err != nil {
		return nil, err
	}
	made.rounds = m.rounds
	return made, nil
}
