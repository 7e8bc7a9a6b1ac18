// Package lightgbm reads binary classifiers that LightGBM wrote as text, so
// that a data-science team can bring its own model: served, explained and
// replayed like one that was trained here.
//
// Log-odds are LightGBM's raw scores times the objective's sigmoid, which is 1
// unless it was set. Contributions are those of pred_contrib, times the same.
package lightgbm
