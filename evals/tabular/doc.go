// Package tabular measures models of a yes or no on tables: built-in specs and
// a retailer's own, which name the files, the label, the time, the entities and
// the features, and are learnt and judged by the code that trains models.
package tabular
