package frame

// Encoder gives values their bins, as the frame has them. It is read-only and
// allocates nothing while it encodes.
type Encoder struct {
	columns  []Column
	binnings []Binning
	levels   []map[string]uint8 // by column; nil for numbers
}

// NewEncoder makes an encoder; columns and binnings are by the same index.
func NewEncoder(columns []Column, binnings []Binning) *Encoder {
	e := &Encoder{columns, binnings, make([]map[string]uint8, len(columns))}
	for c, column := range columns {
		if column.Type != Category {
			continue
		}
		e.levels[c] = make(map[string]uint8, len(binnings[c].Levels))
		for i, level := range binnings[c].Levels {
			e.levels[c][level] = uint8(i)
		}
	}
	return e
}

// Code gives the bin of a column's value, Other or Missing.
func (e *Encoder) Code(column int, v Value) uint8 {
	if !v.Known {
		return Missing
	}
	if e.columns[column].Type == Number {
		return e.binnings[column].Number(v.Number)
	}
	if code, ok := e.levels[column][v.Text]; ok {
		return code
	}
	return Other
}
