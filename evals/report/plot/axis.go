package plot

import (
	"math"
	"strconv"
)

// Axis is one direction of a plot.
type Axis struct {
	Label    string
	From, To float64
	Root     bool // square-root scale: gives small values room; From must be 0
	Percent  bool // values are shares, ticks are in per cent
}

// least is how far ticks are apart, as a share of the axis.
const least = 0.09

// Ceil rounds a positive number up to 1, 1.5, 2, 3, 5 or 7 times a power of
// ten, so that an axis ends where a tick may be. What is not above 0 gives 1.
func Ceil(v float64) float64 {
	if !(v > 0) || !finite(v) {
		return 1
	}
	for e := -12; e <= 12; e++ {
		for _, m := range []float64{1, 1.5, 2, 3, 5, 7} {
			if at := scale(m, e); at >= v {
				return at
			}
		}
	}
	return v
}

// at places a value between 0 and 1; what lies outside stays at the border.
func (a Axis) at(v float64) float64 {
	share := (v - a.From) / (a.To - a.From)
	share = min(max(share, 0), 1)
	if a.Root {
		return math.Sqrt(share)
	}
	return share
}

// ticks lists the values that are written at the axis.
func (a Axis) ticks() []float64 {
	if a.Root {
		return a.rootTicks()
	}
	m, e := step(a.To - a.From)
	var out []float64
	for k := math.Ceil(a.From/scale(m, e) - 1e-9); ; k++ {
		v := scale(k*m, e)
		if v > a.To+(a.To-a.From)*1e-9 || len(out) > 12 {
			return out
		}
		out = append(out, v)
	}
}

// step gives the multiple and the power of ten that cut a span into four to
// eight parts.
func step(span float64) (multiple float64, power int) {
	for e := -12; e <= 12; e++ {
		for _, m := range []float64{1, 2, 5} {
			if span/scale(m, e) <= 6 {
				return m, e
			}
		}
	}
	return span, 0
}

// rootTicks goes down from the end of the axis and takes round values that
// leave the last one room.
func (a Axis) rootTicks() []float64 {
	out, last := []float64{a.To}, 1.0
	for e := 12; e >= -12; e-- {
		for _, m := range []float64{5, 2, 1} {
			v := scale(m, e)
			if at := a.at(v); v < a.To && last-at >= least && at >= least {
				out, last = append(out, v), at
			}
		}
	}
	return append(out, 0)
}

// scale is m times ten to the power of e, exact where a product would not be.
func scale(m float64, e int) float64 {
	if e < 0 {
		return m / math.Pow10(-e)
	}
	return m * math.Pow10(e)
}

// name writes a tick.
func (a Axis) name(v float64) string {
	if a.Percent {
		return short(v*100) + " %"
	}
	return short(v)
}

// short writes six digits at most, without zeros at the end.
func short(v float64) string {
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'g', 6, 64), 64)
	if err != nil || rounded == 0 { // or zero would have a sign
		return "0"
	}
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// grid draws both axes with their ticks and names.
func (c *canvas) grid(x, y Axis) {
	for _, v := range x.ticks() {
		at := c.x(x, v)
		c.line(at, c.top, at, height-bottom, "grid")
		c.text(at, height-bottom+16, "middle", "tick", x.name(v))
	}
	for _, v := range y.ticks() {
		at := c.y(y, v)
		c.line(left, at, width-right, at, "grid")
		c.text(left-6, at+4, "end", "tick", y.name(v))
	}
	c.names(x.Label, y.Label)
}

// names draws the two lines of the axes and what they mean.
func (c *canvas) names(x, y string) {
	c.line(left, height-bottom, width-right, height-bottom, "axis")
	c.line(left, c.top, left, height-bottom, "axis")
	c.text((left+width-right)/2, height-10, "middle", "label", x)
	c.add(`<text transform="translate(13 %v) rotate(-90)" text-anchor="middle" class="label">%v</text>`+"\n", (c.top+height-bottom)/2, y)
}

func (c *canvas) x(a Axis, v float64) float64 {
	return left + a.at(v)*(width-right-left)
}

func (c *canvas) y(a Axis, v float64) float64 {
	return height - bottom - a.at(v)*(height-bottom-c.top)
}
