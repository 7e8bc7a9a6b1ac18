package policy

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"assent/decision"
)

// jsonFile is a limits or lists file of a bundle.
type jsonFile struct{ name, content string }

// fault is a finding at a pointer into the file, as an error.
func (f jsonFile) fault(pointer, message string, cause error) error {
	return f.faultAt(f.places()[pointer], pointer, message, cause)
}

func (f jsonFile) faultAt(at place, pointer, message string, cause error) error {
	if pointer != "" {
		message = pointer + ": " + message
	}
	finding := Finding{File: f.name, Row: at.row, Col: at.col, Code: "data", Message: message}
	return &decision.Error{
		Code: decision.CodeInvalid, Message: fmt.Sprintf("%s:%d:%d: %s.", f.name, at.row, at.col, message),
		Err: &dataFault{finding, cause},
	}
}

// dataFault carries the finding behind an error of a JSON file.
type dataFault struct {
	finding Finding
	cause   error
}

// Error is the finding in words.
func (e *dataFault) Error() string { return e.finding.String() }

// Unwrap gives the cause.
func (e *dataFault) Unwrap() error { return e.cause }

// place is a row and a column of a file, both from 1; columns count bytes, as
// OPA's do.
type place struct{ row, col int }

func placeOf(content string, offset int) place {
	before := content[:min(max(offset, 0), len(content))]
	return place{1 + strings.Count(before, "\n"), len(before) - strings.LastIndexByte(before, '\n')}
}

// syntaxPlace is where a document stops being JSON, and why.
func syntaxPlace(content string) (at place, why string, found bool) {
	var syntax *json.SyntaxError
	if err := json.Unmarshal([]byte(content), new(any)); !errors.As(err, &syntax) {
		return place{}, "", false
	}
	return placeOf(content, int(syntax.Offset)-1), syntax.Error(), true
}

// places finds each key and element by its RFC 6901 pointer, as far as the
// document can be read. A key that is given twice stands where it is last.
func (f jsonFile) places() map[string]place {
	p := placer{content: f.content, dec: json.NewDecoder(strings.NewReader(f.content)), at: map[string]place{"": {1, 1}}}
	p.dec.UseNumber()
	_ = p.value("") // what cannot be read has no place
	return p.at
}

type placer struct {
	content string
	dec     *json.Decoder
	at      map[string]place
}

// next is where the next token stands.
func (p *placer) next() place {
	rest := p.content[p.dec.InputOffset():]
	gap := len(rest) - len(strings.TrimLeft(rest, " \t\r\n,:"))
	return placeOf(p.content, int(p.dec.InputOffset())+gap)
}

// value reads a value and notes what is inside it.
func (p *placer) value(pointer string) error {
	token, err := p.dec.Token()
	open, nested := token.(json.Delim)
	if err != nil || !nested {
		return err
	}
	for i := 0; p.dec.More(); i++ {
		at, key := p.next(), fmt.Sprint(i)
		if open == '{' {
			token, err := p.dec.Token()
			if err != nil {
				return err
			}
			key, _ = token.(string)
		}
		inner := pointer + "/" + decision.PointerKey(key)
		p.at[inner] = at
		if err := p.value(inner); err != nil {
			return err
		}
	}
	_, err = p.dec.Token()
	return err
}
