package linear

// Params bound the learning. The zero value is as documented.
type Params struct {
	// Lines makes numbers straight lines instead of steps.
	Lines bool
	// Penalties are the strengths that are tried on the validation rows, weakest
	// first; without such rows the middle one is taken. Each is half the weight
	// of squared weights, and of squared jumps, against the sum of losses. nil is
	// 1, 3, 10, 30, 100, 300.
	Penalties []float64
	Steps     int // most steps of a number; 0 is 24
	LevelRows int // fewest rows of a level of its own; 0 is 20
}

func (p Params) orDefault() Params {
	if p.Penalties == nil {
		p.Penalties = []float64{1, 3, 10, 30, 100, 300}
	}
	if p.Steps == 0 {
		p.Steps = 24
	}
	if p.LevelRows == 0 {
		p.LevelRows = 20
	}
	return p
}
