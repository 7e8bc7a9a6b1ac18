package api

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"time"

	"assent/decision"
	"assent/internal/strictjson"

	"github.com/danielgtaylor/huma/v2"
)

const (
	batchPath   = "/v1/decisions/batch"
	ndjson      = "application/x-ndjson"
	batchWindow = 32               // lines of one batch that are decided at once
	batchIdle   = 60 * time.Second // how long we wait for a client that neither sends nor reads
)

// BatchLine answers one line of a batch.
type BatchLine struct {
	Index    int      `json:"index" doc:"Of the line, from 0; empty lines do not count."`
	Key      string   `json:"key,omitempty" doc:"Key of a line that failed, where it could be read; a decision has its own."`
	Status   int      `json:"status" doc:"The HTTP status the line would have had by itself."`
	Decision *Answer  `json:"decision,omitempty"`
	Problem  *Problem `json:"problem,omitempty"`
}

// BatchTrailer is the last line. Without it the answer is not complete.
type BatchTrailer struct {
	Trailer  bool `json:"trailer" doc:"Always true."`
	Count    int  `json:"count" doc:"Lines that were read and answered."`
	Accepted int  `json:"accepted"`
	Failed   int  `json:"failed"`
}

// batch decides line by line while lines are still coming: POST
// /v1/decisions/batch. It is no huma operation because it must answer before
// it has read everything; without full duplex HTTP/1 would drop the rest of
// the body at the first answer, silently.
func (a *api) batch(w http.ResponseWriter, r *http.Request) {
	effect, err := a.batchRequest(r)
	if err == nil {
		err = http.NewResponseController(w).EnableFullDuplex()
	}
	if err != nil {
		writeProblem(w, r, a.logged(r.Context(), err))
		return
	}
	w.Header().Set("Content-Type", ndjson)
	goOn(w, r)
	ctx, cancel := context.WithCancel(r.Context())
	b := &batchRun{api: a, assessOnly: effect == effectNone,
		control: http.NewResponseController(w), queue: make(chan chan BatchLine, batchWindow-1)}
	var reader sync.WaitGroup
	reader.Go(func() { b.read(ctx, r.Body) })
	complete := b.write(ctx, w)
	cancel()
	if !complete {
		_ = b.control.SetReadDeadline(time.Now()) // wakes a reader that waits for the client
	}
	reader.Wait()
	b.deciding.Wait()
}

// goOn tells a client that asked for it, as curl does, to send its body. The
// server would say so at the first read, which the first flush of an answer
// would come before.
func goOn(w http.ResponseWriter, r *http.Request) {
	if strings.EqualFold(r.Header.Get("Expect"), "100-continue") {
		w.WriteHeader(http.StatusContinue)
	}
}

func (a *api) batchRequest(r *http.Request) (effect string, err error) {
	if err := allow(callerOf(r.Context()), "", decision.RightDecide); err != nil {
		return "", err
	}
	if err := mediaType(r, ndjson); err != nil {
		return "", err
	}
	effect = r.URL.Query().Get("effect") // given once, if at all: see plainQuery
	if effect != "" && effect != effectNone {
		return "", invalidParameter("effect", "enum", "must be none, or absent")
	}
	return effect, nil
}

// batchRun is one batch under way. The queue holds the lines in order, each
// as the place where its answer will be; its capacity is the window.
type batchRun struct {
	*api
	assessOnly bool
	control    *http.ResponseController
	queue      chan chan BatchLine
	deciding   sync.WaitGroup
	readErr    error // set before the queue is closed
}

// read takes lines off the body until it ends, and starts deciding each. It
// stops taking them while the window is full.
func (b *batchRun) read(ctx context.Context, body io.Reader) {
	defer close(b.queue)
	lines := bufio.NewReaderSize(body, 64<<10)
	for index := 0; ; {
		// The network has its own clock; Now may be a test's.
		_ = b.control.SetReadDeadline(time.Now().Add(batchIdle))
		line, err := readLine(lines, bodyLimits.Bytes)
		if errors.Is(err, io.EOF) {
			_ = b.control.SetReadDeadline(time.Time{})
			return
		}
		if decision.CodeOf(err) == decision.CodeInternal {
			b.readErr = err // the connection's, not the line's
			return
		}
		if err == nil && len(line) == 0 {
			continue
		}
		place := make(chan BatchLine, 1)
		select {
		case b.queue <- place:
		case <-ctx.Done():
			return
		}
		n := index
		b.deciding.Go(func() { place <- b.decide(ctx, n, line, err) })
		index++
	}
}

// readLine reads up to the next newline, which it leaves out. A line over
// the limit is read to its end and gives a CodeTooLarge error; a last line
// without newline is a line. The end is io.EOF.
func readLine(r *bufio.Reader, most int64) ([]byte, error) {
	var line []byte
	long := false
	for {
		part, err := r.ReadSlice('\n')
		if long = long || int64(len(line)+len(part)) > most+1; !long {
			line = append(line, part...)
		}
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err != nil && !(errors.Is(err, io.EOF) && (long || len(line) > 0)):
			return nil, err
		case long:
			return nil, strictjson.TooLarge(most)
		}
		return trimLine(line), nil
	}
}

// trimLine takes off the newline, and space that makes a line empty.
func trimLine(line []byte) []byte {
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r' || line[len(line)-1] == ' ') {
		line = line[:len(line)-1]
	}
	return line
}

// decide answers one line. A panic ends the line, not the process.
func (b *batchRun) decide(ctx context.Context, index int, line []byte, err error) (out BatchLine) {
	defer func() {
		if panicked := recover(); panicked != nil {
			b.logPanic(ctx, panicked)
			out = b.failed(ctx, index, line, decision.Errorf(decision.CodeInternal, "panic"))
		}
	}()
	if err == nil {
		err = bodyLimits.Check(line)
	}
	if err != nil {
		return b.failed(ctx, index, nil, err) // nothing in it can be relied on
	}
	answer, err := b.ask(ctx, line, "", "", b.assessOnly)
	if err != nil {
		return b.failed(ctx, index, line, err)
	}
	out = BatchLine{Index: index, Status: http.StatusOK, Decision: &answer}
	if answer.ID != "" && !answer.Replayed {
		out.Status = http.StatusCreated
	}
	return out
}

func (b *batchRun) failed(ctx context.Context, index int, line []byte, err error) BatchLine {
	p := b.logged(ctx, err)
	return BatchLine{Index: index, Key: lineKey(line), Status: p.Status, Problem: p}
}

// lineKey is the key of a line that is JSON, or "": what is no key is not
// given back.
func lineKey(line []byte) string {
	var top map[string]json.RawMessage
	var key string
	if json.Unmarshal(line, &top) != nil || json.Unmarshal(top["key"], &key) != nil || !decision.IsCode(key, decision.MaxKey) {
		return ""
	}
	return key
}

// write sends the answers in the order of the lines, then the trailer. It
// returns whether everything was read, answered and sent.
func (b *batchRun) write(ctx context.Context, w io.Writer) bool {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	trailer := BatchTrailer{Trailer: true}
	for place := range b.places() {
		var line BatchLine
		select {
		case line = <-place:
		default: // what is done so far must not wait for what is not
			_ = b.control.Flush()
			line = <-place
		}
		trailer.Count++
		if line.Problem == nil {
			trailer.Accepted++
		} else {
			trailer.Failed++
		}
		if b.send(encoder, line) != nil {
			return false
		}
	}
	if b.readErr != nil || ctx.Err() != nil {
		return false
	}
	return b.send(encoder, trailer) == nil
}

// places yields the queue, and flushes whenever there is nothing in it.
func (b *batchRun) places() func(yield func(chan BatchLine) bool) {
	return func(yield func(chan BatchLine) bool) {
		for {
			var place chan BatchLine
			var open bool
			select {
			case place, open = <-b.queue:
			default:
				_ = b.control.Flush()
				place, open = <-b.queue
			}
			if !open || !yield(place) {
				return
			}
		}
	}
}

func (b *batchRun) send(encoder *json.Encoder, v any) error {
	_ = b.control.SetWriteDeadline(time.Now().Add(batchIdle))
	return encoder.Encode(v)
}

// describeBatch adds the batch to the OpenAPI document.
func (a *api) describeBatch() {
	op := operation{
		id: "decide-batch", method: http.MethodPost, path: batchPath, tag: "Decisions", summary: "Ask for many decisions",
		doc: "One request a line, each with a key of its own; empty lines are passed over. Answers come in the order of the lines, while lines are still being sent, and end with a trailer; " +
			"without the trailer the batch is not complete, and the lines without an answer are to be sent again with the same keys. " +
			"A line that is wrong gets a problem and the others go on. Read while you send: at most " + strconv.Itoa(batchWindow) + " lines are taken without their answers being read.",
		rights: []decision.Right{decision.RightDecide},
	}
	h := op.describe()
	registry := a.huma.OpenAPI().Components.Schemas
	schemaOf := func(t reflect.Type) *huma.Schema { return registry.Schema(t, true, "") }
	h.Parameters = append(h.Parameters, &huma.Param{Name: "effect", In: "query", Schema: enumSchema(effectNone), Description: "With none each line is assessed and governed only."})
	h.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{ndjson: {Schema: ref("DecisionRequest")}}}
	h.Responses["200"] = &huma.Response{Description: "One answer a line, then the trailer.", Content: map[string]*huma.MediaType{
		ndjson: {Schema: &huma.Schema{OneOf: []*huma.Schema{schemaOf(reflect.TypeFor[BatchLine]()), schemaOf(reflect.TypeFor[BatchTrailer]())}}},
	}}
	for _, status := range append(h.Errors, http.StatusUnsupportedMediaType) {
		h.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{
			"application/problem+json": {Schema: schemaOf(reflect.TypeFor[Problem]())},
		}}
	}
	a.huma.OpenAPI().AddOperation(&h)
}
