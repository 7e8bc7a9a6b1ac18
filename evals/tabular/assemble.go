package tabular

import (
	"hash"
	"io/fs"
)

// assemblers join a spec's further files to its rows.
var assemblers = map[string]func(d *data, root, heldOut fs.FS, digest hash.Hash) error{"olist": assembleOlist}

// computers compute features that a spec cannot say.
var computers = map[string]func(d *data) error{"olist": computeOlist}
