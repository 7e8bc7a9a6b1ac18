package main

import "fmt"

type migrateCmd struct{}

// Run brings the schema up to this release's.
func (c *migrateCmd) Run(p *process) error {
	store, err := openStore(p.ctx, p.config, readWrite, true)
	if err != nil {
		return err
	}
	defer store.Close()
	fmt.Fprintf(p.stdout, "%s is at this release's schema\n", p.config.storeName())
	return nil
}
