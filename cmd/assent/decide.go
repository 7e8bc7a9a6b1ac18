package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"

	"assent/decision"
)

type decideCmd struct {
	File string `arg:"" optional:"" help:"File with the request, as POST /v1/decisions takes it; default is standard input."`
	ofCompany
	Key    string `env:"-" help:"Idempotency key."` // $ASSENT_KEY looks like an API key's
	DryRun bool   `help:"Assess and govern only: nothing is journalled."`
	Body   []byte `kong:"-"` // what was read
}

// maxRequest bounds what is read; the API's own limit is lower and says so.
const maxRequest = 2 << 20

// Run sends the request through the API's own handler, in this process, so
// that a file and a network caller get the same checks and the same answer.
func (c *decideCmd) Run(p *process) error {
	body, err := c.request(p.stdin)
	if err != nil {
		return err
	}
	c.Body = body
	if !c.DryRun {
		return p.apply(c)
	}
	app, err := p.read(&c.ofCompany)
	if err != nil {
		return err
	}
	defer app.store.Close()
	return c.do(p, app)
}

func (c *decideCmd) do(p *process, a *app) error {
	answer, err := a.ask(p, c)
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, answer.Body.Bytes(), "", "  "); err != nil {
		return err
	}
	fmt.Fprintln(p.stdout, pretty.String())
	switch {
	case answer.Code >= http.StatusInternalServerError:
		return exit(exitError)
	case answer.Code >= http.StatusBadRequest:
		return exit(exitUsage)
	}
	return nil
}

func (c *decideCmd) request(stdin io.Reader) ([]byte, error) {
	if c.File == "" || c.File == "-" {
		return io.ReadAll(io.LimitReader(stdin, maxRequest))
	}
	f, err := os.Open(c.File)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxRequest))
}

// ask asks with a key that only this request knows.
func (a *app) ask(p *process, c *decideCmd) (*httptest.ResponseRecorder, error) {
	secret, key, err := a.newKey(c.Company, "assent decide", decision.RightDecide)
	if err != nil {
		return nil, err
	}
	key.ID = "cli"
	target := "/v1/decisions"
	if c.DryRun {
		target += "?effect=none"
	}
	r := httptest.NewRequestWithContext(p.ctx, http.MethodPost, target, bytes.NewReader(c.Body))
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+secret)
	if c.Key != "" {
		r.Header.Set("Idempotency-Key", c.Key)
	}
	w := httptest.NewRecorder()
	local := *a
	local.store = oneKey{a.store, key}
	local.handler().ServeHTTP(w, r)
	return w, nil
}

// oneKey is a store with one key more, which is written nowhere.
type oneKey struct {
	decision.Store
	key decision.APIKey
}

// KeyByHash finds the key, or one of the store's.
func (s oneKey) KeyByHash(ctx context.Context, hash string) (decision.APIKey, error) {
	if hash == s.key.Hash {
		return s.key, nil
	}
	return s.Store.KeyByHash(ctx, hash)
}
