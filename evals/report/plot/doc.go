// Package plot draws the plots of a report as SVG to be put into an HTML page.
// Colours are classes, so that the page's sheet decides what light, dark and
// paper look like. The same input gives the same bytes. Everything that is
// written is escaped; what is not finite is left out.
package plot
