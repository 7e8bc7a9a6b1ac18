package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// configFile is the JSON object of --config: flags by their names, with - or
// _. Flags and ASSENT_* variables are stronger.
type configFile map[string]any

// loadConfig is a kong.ConfigurationLoader.
func loadConfig(r io.Reader) (kong.Resolver, error) {
	var object map[string]any
	decoder := json.NewDecoder(r)
	if err := decoder.Decode(&object); err != nil || object == nil || !errors.Is(decoder.Decode(new(any)), io.EOF) {
		return nil, errors.New("--config: the file must hold one JSON object")
	}
	values := configFile{}
	for name, value := range object {
		values[strings.ReplaceAll(name, "_", "-")] = value
	}
	return values, nil
}

// Validate refuses what is no flag of any command: a typing error must not
// silently leave the default in place.
func (c configFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	err := kong.Visit(app, func(node kong.Visitable, next kong.Next) error {
		if flag, ok := node.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	for name := range c {
		if err == nil && !known[name] {
			err = fmt.Errorf("--config: %q is no flag; see --help", name)
		}
	}
	return err
}

// Resolve gives a flag its value unless a variable does.
func (c configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Envs {
		if _, set := os.LookupEnv(name); set {
			return nil, nil
		}
	}
	return c[flag.Name], nil
}
