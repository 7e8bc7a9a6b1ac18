// Package strictjson refuses JSON that two readers could understand
// differently, before anything decodes it.
//
// encoding/json takes the last of two equal keys, matches keys to struct
// fields whatever their case, and replaces broken text by U+FFFD. Measured
// behind a validating framework, {"amount":1,"AMOUNT":-5} passed as 1 and
// arrived as -5. What passes here means the same to every reader: valid
// UTF-8, no key twice (in any case) in one object, one value with nothing
// behind it, bounded in size and depth.
//
// Errors are *decision.Error with a JSON pointer to the place. They say what
// is allowed and never hold a value.
package strictjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"assent/decision"
)

// Limits bound a document.
type Limits struct {
	Bytes int64 // of the whole document
	Depth int   // objects and arrays inside each other
}

// Default is enough for any request: a decision of 500 lines is below 100 KiB.
var Default = Limits{Bytes: 1 << 20, Depth: 32}

// Read reads a whole document and checks it. Errors: CodeTooLarge,
// CodeMalformed, or the reader's own.
func (l Limits) Read(r io.Reader) (json.RawMessage, error) {
	data, err := io.ReadAll(io.LimitReader(r, l.Bytes+1))
	if err != nil {
		return nil, err
	}
	if err := l.Check(data); err != nil {
		return nil, err
	}
	return data, nil
}

// Check says what is wrong with a document, or nil.
func (l Limits) Check(data []byte) error {
	if int64(len(data)) > l.Bytes {
		return TooLarge(l.Bytes)
	}
	w := walker{data: data, dec: json.NewDecoder(bytes.NewReader(data)), depth: l.Depth}
	w.dec.UseNumber()
	for {
		done, err := w.step()
		if done || err != nil {
			return err
		}
	}
}

// TooLarge is the error for a document of more than limit bytes.
func TooLarge(limit int64) *decision.Error {
	return decision.Errorf(decision.CodeTooLarge, "A JSON document may have at most %d bytes.", limit)
}

// walker goes through a document token by token and knows where it is.
type walker struct {
	data  []byte
	dec   *json.Decoder
	from  int64 // where the bytes of the next token start
	depth int
	stack []level
	ended bool // the one value is complete
}

// level is an open object or array.
type level struct {
	keys  map[string]bool // folded keys seen; nil for an array
	key   string          // the key whose value comes next
	keyed bool
	index int
}

// step takes one token; done says that the document ended well.
func (w *walker) step() (done bool, err error) {
	token, err := w.dec.Token()
	segment := w.data[w.from:w.dec.InputOffset()]
	w.from = w.dec.InputOffset()
	switch {
	case errors.Is(err, io.EOF) && w.ended:
		return true, nil
	case w.ended:
		return false, w.fault("trailing", "one JSON value is allowed, with nothing behind it")
	case errors.Is(err, io.EOF):
		return false, w.fault("syntax", "the JSON document ends too early")
	case err != nil:
		return false, w.syntaxFault()
	}
	return false, w.take(token, segment)
}

func (w *walker) take(token json.Token, segment []byte) error {
	if d, ok := token.(json.Delim); ok {
		return w.delimiter(d)
	}
	text, isText := token.(string)
	if isText && !wellFormed(segment) {
		return w.fault("encoding", "text must be valid UTF-8, without half of a surrogate pair")
	}
	if top := w.top(); isText && top != nil && top.keys != nil && !top.keyed {
		return w.enterKey(top, text)
	}
	w.leaveValue()
	return nil
}

func (w *walker) delimiter(d json.Delim) error {
	switch d {
	case '{', '[':
		if len(w.stack) == w.depth {
			return w.fault("depth", fmt.Sprintf("at most %d objects and lists may be inside each other", w.depth))
		}
		var next level
		if d == '{' {
			next.keys = map[string]bool{}
		}
		w.stack = append(w.stack, next)
	default:
		w.stack = w.stack[:len(w.stack)-1]
		w.leaveValue()
	}
	return nil
}

// enterKey notes a key. Keys that differ only in case are the same key to
// encoding/json, so they are to us.
func (w *walker) enterKey(top *level, key string) error {
	top.key, top.keyed = key, true
	folded := fold(key)
	if top.keys[folded] {
		return w.fault("duplicate", "a key may be given once, upper and lower case being the same")
	}
	top.keys[folded] = true
	return nil
}

func (w *walker) leaveValue() {
	top := w.top()
	if top == nil {
		w.ended = true
		return
	}
	top.keyed = false
	top.index++
}

func (w *walker) top() *level {
	if len(w.stack) == 0 {
		return nil
	}
	return &w.stack[len(w.stack)-1]
}

// syntaxFault names the usual mistakes: NaN and Infinity are what many
// libraries write for numbers that JSON does not have.
func (w *walker) syntaxFault() error {
	rest := bytes.TrimLeft(w.data[w.from:], " \t\r\n:,")
	rest = bytes.TrimPrefix(rest, []byte("-"))
	for _, word := range []string{"NaN", "Infinity", "nan", "inf"} {
		if bytes.HasPrefix(rest, []byte(word)) {
			return w.fault("number", "NaN and Infinity are not JSON numbers; leave out what is unknown")
		}
	}
	return w.fault("syntax", fmt.Sprintf("not JSON near byte %d", w.from))
}

func (w *walker) fault(code, message string) error {
	return &decision.Error{
		Code:    decision.CodeMalformed,
		Message: "The body is not the JSON that is accepted here.",
		Fields:  []decision.FieldError{{Pointer: w.pointer(), Code: code, Message: message}},
	}
}

// pointer is the RFC 6901 pointer of the value being read.
func (w *walker) pointer() string {
	var b strings.Builder
	for _, l := range w.stack {
		switch {
		case l.keys == nil:
			fmt.Fprintf(&b, "/%d", l.index)
		case l.keyed:
			b.WriteByte('/')
			b.WriteString(decision.PointerKey(l.key))
		}
	}
	return b.String()
}

// wellFormed says whether the source of a string is valid UTF-8 and its
// escapes form whole code points. segment holds exactly one string.
func wellFormed(segment []byte) bool {
	if !utf8.Valid(segment) {
		return false
	}
	for i := 0; i < len(segment); i++ {
		if segment[i] != '\\' {
			continue
		}
		i++ // what is escaped; a backslash is not the start of another escape
		if segment[i] != 'u' {
			continue
		}
		r := unit(segment[i:])
		i += 4
		if !utf16.IsSurrogate(r) {
			continue
		}
		if i+2 >= len(segment) || segment[i+1] != '\\' || segment[i+2] != 'u' ||
			utf16.DecodeRune(r, unit(segment[i+2:])) == unicode.ReplacementChar {
			return false
		}
		i += 6
	}
	return true
}

// unit reads "uXXXX".
func unit(b []byte) rune {
	var r rune
	for _, c := range b[1:5] {
		r <<= 4
		switch {
		case c >= 'a':
			r |= rune(c-'a') + 10
		case c >= 'A':
			r |= rune(c-'A') + 10
		default:
			r |= rune(c - '0')
		}
	}
	return r
}

// fold maps a key to one representative of all keys that encoding/json takes
// for the same: simple Unicode folding, so that K (Kelvin) is k.
func fold(key string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for next := unicode.SimpleFold(r); next != r; next = unicode.SimpleFold(next) {
			least = min(least, next)
		}
		return least
	}, key)
}
