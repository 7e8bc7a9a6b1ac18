package frame

import (
	"encoding/csv"
	"io"
	"strconv"
)

// WriteCSV writes a source as a table for another program: id, label (1 or 0),
// and one column a feature, empty where it is missing. A category's name begins
// with "c:".
func WriteCSV(w io.Writer, columns []Column, source Source) error {
	out := csv.NewWriter(w)
	record := []string{"id", "label"}
	for _, c := range columns {
		name := c.Name
		if c.Type == Category {
			name = "c:" + name
		}
		record = append(record, name)
	}
	if err := out.Write(record); err != nil {
		return err
	}
	err := source(func(r *Row) error {
		record[0], record[1] = r.ID, "0"
		if r.Positive {
			record[1] = "1"
		}
		for i, v := range r.Values {
			switch {
			case !v.Known:
				record[i+2] = ""
			case columns[i].Type == Category:
				record[i+2] = v.Text
			default:
				record[i+2] = strconv.FormatFloat(v.Number, 'g', -1, 64)
			}
		}
		return out.Write(record)
	})
	out.Flush()
	if err != nil {
		return err
	}
	return out.Error()
}
