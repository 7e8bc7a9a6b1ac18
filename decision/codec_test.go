package decision

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/shopspring/decimal"
)

// everyType declares one field of each type, and the shapes of paths.
var everyType = []Field{
	{Path: "money", Type: TypeMoney, Min: zero, Max: bound("1000")},
	{Path: "number", Type: TypeNumber, Min: bound("-10")},
	{Path: "integer", Type: TypeInteger, Max: bound("7")},
	{Path: "id", Type: TypeID},
	{Path: "text", Type: TypeText, Personal: true},
	{Path: "code", Type: TypeCode},
	{Path: "country", Type: TypeCountry},
	{Path: "currency", Type: TypeCurrency},
	{Path: "enum", Type: TypeEnum, Enum: []string{"draft", "sale"}},
	{Path: "flag", Type: TypeBoolean},
	{Path: "time", Type: TypeTime},
	{Path: "past", Type: TypeTime, NotAfter: true},
	{Path: "customer.email", Type: TypeText, Personal: true},
	{Path: "a.b.c", Type: TypeInteger},
	{Path: "lines", Type: TypeLines, Items: []Field{
		{Path: "product", Type: TypeID, Required: true},
		{Path: "price", Type: TypeMoney, Min: zero},
		{Path: "tax.rate", Type: TypeNumber},
	}},
}

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

func TestDecodeFieldsValues(t *testing.T) {
	t.Parallel()
	dec := decimal.RequireFromString
	tests := map[string]struct {
		raw  string
		want Record
	}{
		"nothing":            {`{}`, Record{}},
		"money":              {`{"money":12.50}`, Record{"money": dec("12.5")}},
		"money at a bound":   {`{"money":1000}`, Record{"money": dec("1000")}},
		"minus zero":         {`{"money":-0.00}`, Record{"money": dec("0")}},
		"most digits":        {`{"number":999999999999999.999999999}`, Record{"number": dec("999999999999999.999999999")}},
		"negative number":    {`{"number":-10}`, Record{"number": dec("-10")}},
		"integer":            {`{"integer":-9223372036854775808}`, Record{"integer": int64(-1 << 63)}},
		"id":                 {`{"id":9223372036854775807}`, Record{"id": int64(1<<63 - 1)}},
		"text":               {`{"text":"Ünïcode <&> \" "}`, Record{"text": `Ünïcode <&> " `}},
		"longest text":       {`{"text":"` + strings.Repeat("x", MaxText) + `"}`, Record{"text": strings.Repeat("x", MaxText)}},
		"code":               {`{"code":"A-z_0.9:/+"}`, Record{"code": "A-z_0.9:/+"}},
		"country":            {`{"country":"KP"}`, Record{"country": "KP"}},
		"Odoo's own country": {`{"country":"XK"}`, Record{"country": "XK"}},
		"currency":           {`{"currency":"JPY"}`, Record{"currency": "JPY"}},
		"enum":               {`{"enum":"sale"}`, Record{"enum": "sale"}},
		"flag":               {`{"flag":false}`, Record{"flag": false}},
		"time":               {`{"time":"2026-11-24T13:00:00+01:00"}`, Record{"time": noon}},
		"odoo's time is UTC": {`{"time":"2026-11-24 12:00:00"}`, Record{"time": noon}},
		"below a microsecond": {`{"time":"2026-11-24T12:00:00.123456789Z"}`,
			Record{"time": noon.Add(123456 * time.Microsecond)}},
		"past, by a clock that runs ahead": {`{"past":"2026-11-24T12:05:00Z"}`, Record{"past": noon.Add(ClockSkew)}},
		"nested":                           {`{"customer":{"email":"a@b"},"a":{"b":{"c":1}}}`, Record{"customer.email": "a@b", "a.b.c": int64(1)}},
		"nested, nothing inside":           {`{"customer":{}}`, Record{}},
		"lines": {`{"lines":[{"product":1,"price":2},{"product":2,"tax":{"rate":19}}]}`,
			Record{"lines": []Record{{"product": int64(1), "price": dec("2")}, {"product": int64(2), "tax.rate": dec("19")}}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			have, errs := DecodeFields(json.RawMessage(test.raw), everyType, "/fields", noon, true)
			if len(errs) > 0 {
				t.Fatalf("faults %v", errs)
			}
			if h, w := mustCanonical(have), mustCanonical(test.want); string(h) != string(w) {
				t.Errorf("have %s, want %s", h, w)
			}
		})
	}
}

// Each case holds s3cret or 987654 where a value is at fault: no message and
// no pointer may repeat it.
func TestDecodeFieldsFaults(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("s3cret", 1000)
	tests := map[string]struct {
		raw  string
		want []string // pointer and code
	}{
		"not JSON":                  {`{"money":s3cret`, []string{"/fields type"}},
		"not an object":             {`["s3cret"]`, []string{"/fields type"}},
		"null":                      {`null`, []string{"/fields type"}},
		"nothing at all":            {``, []string{"/fields type"}},
		"more than one value":       {`{} "s3cret"`, []string{"/fields type"}},
		"NaN":                       {`{"money":NaN}`, []string{"/fields type"}},
		"money as text":             {`{"money":"987654"}`, []string{"/fields/money type"}},
		"money null":                {`{"money":null}`, []string{"/fields/money type"}},
		"money with exponent":       {`{"money":1e987654}`, []string{"/fields/money type"}},
		"money too long":            {`{"money":9876540000000000}`, []string{"/fields/money type"}},
		"money too fine":            {`{"money":0.0000987654}`, []string{"/fields/money type"}},
		"money below":               {`{"money":-987654}`, []string{"/fields/money minimum"}},
		"money above":               {`{"money":987654}`, []string{"/fields/money maximum"}},
		"money a list":              {`{"money":[987654]}`, []string{"/fields/money type"}},
		"number below":              {`{"number":-987654}`, []string{"/fields/number minimum"}},
		"integer with fraction":     {`{"integer":987654.0}`, []string{"/fields/integer type"}},
		"integer with exponent":     {`{"integer":1e1}`, []string{"/fields/integer type"}},
		"integer too long":          {`{"integer":98765400000000000000}`, []string{"/fields/integer type"}},
		"integer above":             {`{"integer":987654}`, []string{"/fields/integer maximum"}},
		"integer a string":          {`{"integer":"987654"}`, []string{"/fields/integer type"}},
		"id zero":                   {`{"id":0}`, []string{"/fields/id minimum"}},
		"id negative":               {`{"id":-987654}`, []string{"/fields/id minimum"}},
		"text empty":                {`{"text":""}`, []string{"/fields/text length"}},
		"text too long":             {`{"text":"` + long + `"}`, []string{"/fields/text length"}},
		"text with NUL":             {`{"text":"s3cret\u0000"}`, []string{"/fields/text length"}},
		"text a number":             {`{"text":987654}`, []string{"/fields/text type"}},
		"code empty":                {`{"code":""}`, []string{"/fields/code pattern"}},
		"code with space":           {`{"code":"s3cret s3cret"}`, []string{"/fields/code pattern"}},
		"code too long":             {`{"code":"` + long + `"}`, []string{"/fields/code pattern"}},
		"enum unknown":              {`{"enum":"s3cret"}`, []string{"/fields/enum enum"}},
		"enum in capitals":          {`{"enum":"SALE"}`, []string{"/fields/enum enum"}},
		"enum empty":                {`{"enum":""}`, []string{"/fields/enum enum"}},
		"flag as number":            {`{"flag":1}`, []string{"/fields/flag type"}},
		"flag null":                 {`{"flag":null}`, []string{"/fields/flag type"}},
		"time as number":            {`{"time":987654}`, []string{"/fields/time type"}},
		"time without zone":         {`{"time":"2026-11-24T12:00:00"}`, []string{"/fields/time type"}},
		"time, only a date":         {`{"time":"2026-11-24"}`, []string{"/fields/time type"}},
		"time before 1970":          {`{"time":"1969-12-31T23:59:59Z"}`, []string{"/fields/time type"}},
		"time after 2200":           {`{"time":"2201-01-01T00:00:00Z"}`, []string{"/fields/time type"}},
		"time no time":              {`{"time":"s3cret"}`, []string{"/fields/time type"}},
		"future":                    {`{"past":"2026-11-24T12:05:01Z"}`, []string{"/fields/past future"}},
		"unknown field":             {`{"s":"s3cret"}`, []string{"/fields/s unknown"}},
		"case variant":              {`{"Money":987654}`, []string{"/fields/Money unknown"}},
		"empty key":                 {`{"":"s3cret"}`, []string{"/fields/ unknown"}},
		"key with slash":            {`{"a/b~c":"s3cret"}`, []string{"/fields/a~1b~0c unknown"}},
		"dotted key":                {`{"customer.email":"s3cret"}`, []string{"/fields/customer.email unknown"}},
		"dotted branch":             {`{"a.b":{"c":987654}}`, []string{"/fields/a.b unknown"}},
		"dotted key inside":         {`{"a":{"b.c":987654}}`, []string{"/fields/a/b.c unknown"}},
		"value where an object is":  {`{"customer":"s3cret"}`, []string{"/fields/customer type"}},
		"object where a value is":   {`{"money":{"amount":987654}}`, []string{"/fields/money type"}},
		"unknown inside":            {`{"customer":{"name":"s3cret"}}`, []string{"/fields/customer/name unknown"}},
		"null inside":               {`{"customer":{"email":null}}`, []string{"/fields/customer/email type"}},
		"lines null":                {`{"lines":null}`, []string{"/fields/lines type"}},
		"lines empty":               {`{"lines":[]}`, []string{"/fields/lines type"}},
		"lines too many":            {`{"lines":[` + strings.Repeat(`{"product":1},`, MaxLines) + `{"product":1}]}`, []string{"/fields/lines type"}},
		"line no object":            {`{"lines":[{"product":1},987654]}`, []string{"/fields/lines/1 type"}},
		"line without required":     {`{"lines":[{"price":1}]}`, []string{"/fields/lines/0/product required"}},
		"line with unknown":         {`{"lines":[{"product":1,"x":987654}]}`, []string{"/fields/lines/0/x unknown"}},
		"line with a wrong value":   {`{"lines":[{"product":1,"price":-987654}]}`, []string{"/fields/lines/0/price minimum"}},
		"line, wrong value nested":  {`{"lines":[{"product":1,"tax":{"rate":"s3cret"}}]}`, []string{"/fields/lines/0/tax/rate type"}},
		"several at once, in order": {`{"money":-987654,"flag":"s3cret","z":1}`, []string{"/fields/flag type", "/fields/money minimum", "/fields/z unknown"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			record, errs := DecodeFields(json.RawMessage(test.raw), everyType, "/fields", noon, true)
			var have []string
			for _, e := range errs {
				have = append(have, e.Pointer+" "+e.Code)
				if e.Message == "" {
					t.Errorf("%s says nothing about what is allowed", e.Pointer)
				}
			}
			if !slices.Equal(have, test.want) {
				t.Errorf("have %q, want %q", have, test.want)
			}
			for _, value := range []string{"s3cret", "987654"} {
				if strings.Contains(fmt.Sprint(errs), value) {
					t.Errorf("a value is repeated: %v", errs)
				}
			}
			if len(record) > 0 {
				t.Errorf("faulty values were kept: %s", mustCanonical(record))
			}
		})
	}
}

func TestDecodeFieldsRequired(t *testing.T) {
	t.Parallel()
	fields := []Field{{Path: "customer.email", Type: TypeText, Required: true}, {Path: "zip", Type: TypeText}}
	_, errs := DecodeFields(json.RawMessage(`{}`), fields, "/f", noon, true)
	if len(errs) != 1 || errs[0].Pointer != "/f/customer/email" || errs[0].Code != "required" {
		t.Errorf("have %v", errs)
	}
	// What Odoo does not have is for the policy to judge.
	record, errs := DecodeFields(json.RawMessage(`{"zip":7}`), fields, "/f", noon, false)
	if len(errs) != 1 || errs[0].Pointer != "/f/zip" || len(record) != 0 {
		t.Errorf("have %v and %v", record, errs)
	}
}

// A list with one faulty line is unknown as a whole, and so is not decided on
// as if the faulty line were not there.
func TestDecodeFieldsFaultyLine(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		`{"lines":[{"product":1},{"product":2,"price":-1}]}`,
		`{"lines":[{"product":1},{"price":1}]}`,
		`{"lines":[{"product":1},7]}`,
	} {
		record, _ := DecodeFields(json.RawMessage(raw), everyType, "", noon, false)
		if _, known := record["lines"]; known {
			t.Errorf("%s is known as %s", raw, mustCanonical(record))
		}
	}
}

func TestDecodeFieldsManyFaults(t *testing.T) {
	t.Parallel()
	tree, lines := map[string]int{}, make([]map[string]int, 400)
	for i := range 3000 {
		tree[fmt.Sprint("key", i)] = i
	}
	for i := range lines {
		lines[i] = map[string]int{"x": 1}
	}
	for name, body := range map[string]any{"keys": tree, "lines": map[string]any{"lines": lines}} {
		_, errs := DecodeFields(encode(t, body), everyType, "", noon, true)
		if len(errs) != maxFaults {
			t.Errorf("%s: %d faults, want %d", name, len(errs), maxFaults)
		}
	}
	long, _ := json.Marshal(map[string]int{strings.Repeat("ü", 5000): 1})
	_, errs := DecodeFields(long, everyType, "/fields", noon, true)
	if len(errs[0].Pointer) > 120 || !strings.HasPrefix(errs[0].Pointer, "/fields/ü") {
		t.Errorf("pointer %q", errs[0].Pointer)
	}
}

func TestIsCode(t *testing.T) {
	t.Parallel()
	tests := []struct {
		s    string
		want bool
	}{
		{"", false}, {"a", true}, {"odoo:7", true}, {"db:sale.order:7:order:ff", true}, {"a b", false},
		{"ü", false}, {"a\n", false}, {"12345678", true}, {"123456789", false}, {"a'", false}, {"a\x00", false},
	}
	for _, test := range tests {
		most := 8
		if strings.Contains(test.s, "sale") {
			most = 255
		}
		if have := IsCode(test.s, most); have != test.want {
			t.Errorf("IsCode(%q) = %v", test.s, have)
		}
	}
}

// The sentence about a field names its bounds, those of its type too.
func TestAllowed(t *testing.T) {
	t.Parallel()
	tests := map[string]Field{
		"an amount as a JSON number without exponent from 0 to 1000, with at most 15 digits before the point and 9 after it": everyType[0],
		"a JSON number without exponent of at least -10, with at most 15 digits before the point and 9 after it":             everyType[1],
		"a whole number of at most 7": everyType[2],
		"one of draft, sale":          everyType[8],
		"a time such as 2026-11-24T09:30:00Z, of the years 1970 to 2200, not in the future": everyType[11],
	}
	for want, f := range tests {
		if have := f.Allowed(); have != want {
			t.Errorf("%s: have %q, want %q", f.Path, have, want)
		}
	}
}

// What is refused for a bound that no field declares is told which one.
func TestFaultsNameHiddenBounds(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ raw, says string }{
		"16 digits":                {`{"money":1000000000000000}`, "15 digits before the point"},
		"ten decimals":             {`{"money":0.0000000001}`, "9 after it"},
		"an exponent":              {`{"number":1e3}`, "without exponent"},
		"16 digits of a number":    {`{"number":1000000000000000}`, "15 digits before the point"},
		"an id of 20 digits":       {`{"id":10000000000000000000}`, "below 2^63"},
		"a whole number":           {`{"a":{"b":{"c":9223372036854775808}}}`, "below 2^63"},
		"before 1970":              {`{"time":"1969-12-31T23:59:59Z"}`, "years 1970 to 2200"},
		"before 1970, in Odoo's":   {`{"past":"1901-01-01 00:00:00"}`, "years 1970 to 2200"},
		"after 2200":               {`{"time":"2201-01-01T00:00:00Z"}`, "years 1970 to 2200"},
		"NUL":                      {`{"text":"a\u0000b"}`, "without NUL"},
		"NUL in a code":            {`{"code":"a\u0000b"}`, "letters, digits and"},
		"no text":                  {`{"text":""}`, "1 to 4096 bytes"},
		"too long a text":          {`{"text":"` + strings.Repeat("x", MaxText+1) + `"}`, "1 to 4096 bytes"},
		"a country in lower case":  {`{"country":"kp"}`, "two capital letters"},
		"a country's name":         {`{"country":"Deutschland"}`, "ISO 3166-1"},
		"a country that is none":   {`{"country":"ZZ"}`, "ISO 3166-1"},
		"two countries":            {`{"country":"DE FR"}`, "ISO 3166-1"},
		"a currency in lower case": {`{"currency":"eur"}`, "three capital letters"},
		"a currency's sign":        {`{"currency":"€"}`, "ISO 4217"},
		"no lines":                 {`{"lines":[]}`, "1 to 500 objects"},
	}
	for name, test := range tests {
		_, errs := DecodeFields(json.RawMessage(test.raw), everyType, "/fields", noon, true)
		if len(errs) != 1 || !strings.Contains(errs[0].Message, test.says) {
			t.Errorf("%s: have %v, want %q", name, errs, test.says)
		}
	}
}

// What Odoo says wrongly is unknown: a check that reads it does not pass, and a
// list never misses it for its spelling.
func TestACountryThatIsNoneIsUnknown(t *testing.T) {
	t.Parallel()
	for _, country := range []string{"kp", "Kp", "KP ", "PRK", "Deutschland", "ZZ", "  ", ""} {
		raw := encode(t, map[string]any{"country": country, "code": "x"})
		record, errs := DecodeFields(raw, everyType, "/fields", noon, false)
		if _, known := record["country"]; known || len(errs) != 1 || errs[0].Code != "pattern" || record["code"] != "x" {
			t.Errorf("%q: have %v, %v", country, record, errs)
		}
	}
}
