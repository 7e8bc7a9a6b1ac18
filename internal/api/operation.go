package api

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"

	"assent/decision"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humachi"
	"github.com/go-chi/chi/v5"
)

// newHuma sets huma up for one router: JSON only, no schema links in bodies,
// no pages of its own.
func newHuma(router chi.Router, version string) huma.API {
	registry := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	describeWords(registry)
	config := huma.Config{
		OpenAPI: &huma.OpenAPI{
			OpenAPI: "3.1.0",
			Info: &huma.Info{
				Title: "Assent", Version: version,
				Description: "Decisions about Odoo records: models recommend, a policy or a person assents, and only then does anything change.",
				License:     &huma.License{Name: "Apache-2.0", Identifier: "Apache-2.0"},
			},
			Tags: tags,
			Components: &huma.Components{
				Schemas: registry,
				SecuritySchemes: map[string]*huma.SecurityScheme{
					"key": {Type: "http", Scheme: "bearer", Description: "An API key made by `assent keys`, scoped by company, kinds and rights."},
				},
			},
		},
		Formats:       map[string]huma.Format{"application/json": huma.DefaultJSONFormat, "json": huma.DefaultJSONFormat},
		DefaultFormat: "application/json", // unknown query parameters are refused by plainQuery, for the batch too
	}
	return humachi.New(router, config)
}

var tags = []*huma.Tag{
	{Name: "Decisions", Description: "Ask, and read what was decided and why."},
	{Name: "Score", Description: "The same question with the kind in the path."},
	{Name: "Effects", Description: "What happened afterwards: receipts of callers that apply, and outcomes."},
	{Name: "Approvals", Description: "What waits for people."},
	{Name: "Exceptions", Description: "What a person must resolve that is no approval."},
	{Name: "Operations", Description: "The company's live controls."},
}

// operation is one endpoint: huma's description, and what we add to it.
type operation struct {
	id, method, path string
	tag, summary     string
	doc              string
	rights           []decision.Right // any of them is enough
	body             *huma.Schema     // nil: no body
	optional         bool             // the body may be absent
	created          bool             // answers 201 for something new, 200 for something known
	known            string           // what 200 says then; "" of a decision
	errors           []int            // beyond those every operation has
	example          any              // of the body
}

// register adds an operation. The handler runs only for callers with one of
// the operation's rights; its errors become problems.
func register[I, O any](a *api, op operation, handler func(context.Context, *I) (*O, error)) {
	h := op.describe()
	huma.Register(a.huma, h, func(ctx context.Context, in *I) (*O, error) {
		if err := allow(callerOf(ctx), "", op.rights...); err != nil {
			return nil, a.logged(ctx, err)
		}
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.logged(ctx, err)
		}
		return out, nil
	})
	if h.RequestBody != nil {
		h.RequestBody.Required = !op.optional // huma takes every body that is no pointer for required
	}
	if made := h.Responses["201"]; made != nil {
		known := *made
		known.Description = cmp.Or(op.known, "Nothing new: the decision of an earlier request with the same key, or an assessment without effect.")
		h.Responses["200"] = &known
	}
}

func (op operation) describe() huma.Operation {
	h := huma.Operation{
		OperationID: op.id, Method: op.method, Path: op.path, Tags: []string{op.tag}, Summary: op.summary, Description: op.doc,
		Security:         []map[string][]string{{"key": {}}},
		Extensions:       map[string]any{"x-rights": op.rights},
		SkipValidateBody: true, // the strict reader and our own decoder do it, see doc.go
		MaxBodyBytes:     -1,   // likewise
		BodyReadTimeout:  -1,
		Responses:        map[string]*huma.Response{},
		Parameters:       []*huma.Param{correlationParam},
	}
	h.Errors = []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusUnprocessableEntity, http.StatusTooManyRequests, http.StatusInternalServerError, http.StatusServiceUnavailable}
	if op.body != nil {
		content := &huma.MediaType{Schema: op.body, Example: op.example}
		h.RequestBody = &huma.RequestBody{Required: !op.optional, Content: map[string]*huma.MediaType{"application/json": content}}
		h.Errors = append(h.Errors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType)
	}
	if op.created {
		h.DefaultStatus = http.StatusCreated
	}
	h.Errors = append(h.Errors, op.errors...)
	slices.Sort(h.Errors)
	h.Errors = slices.Compact(h.Errors)
	return h
}

// correlationParam goes with every operation; the outermost layer reads it.
var correlationParam = &huma.Param{
	Name: CorrelationHeader, In: "header", Example: "shop-7",
	Description: "Travels through every log line, event and note that follows, and comes back in the answer; made up if absent.",
	Schema:      &huma.Schema{Type: huma.TypeString, Pattern: decision.CodePattern(decision.MaxCorrelation)},
}

// rawBody is the input of operations with a body that is declared as fields.
type rawBody struct {
	Body json.RawMessage
}
