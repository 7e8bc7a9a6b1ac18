package export

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/shopspring/decimal"

	"assent/decision"
)

// Dispute is one row of a file of disputes.
type Dispute struct {
	Line     int    // of the file
	Order    string // number as people know it; or
	Record   int64  // id of the sale.order in Odoo; or
	Key      string // idempotency key of a decision about it; or
	Decision string // id of one
	Reason   string // of decision.DisputeReasons
	Opened   time.Time
	Lost     time.Time // zero: not, or not yet
	Won      time.Time // likewise
	Amount   *decision.Money
}

// The columns of a file of disputes. One of naming is needed, and the required
// ones; others are ignored.
var (
	naming   = []string{"name", "record_id", "key", "decision"}
	required = []string{"opened_on", "reason"}
)

// ReadDisputes reads a file of disputes: CSV with a header. A row that cannot
// be so is an error that names line, column and what is allowed, and then
// nothing of the file is taken. Rows that say the same are one; again lists the
// lines of the others.
func ReadDisputes(from io.Reader, now time.Time) (disputes []Dispute, again []int, err error) {
	r := csv.NewReader(from)
	header, err := r.Read()
	if err == io.EOF {
		return nil, nil, errors.New("has no header")
	}
	if err != nil {
		return nil, nil, broken(err)
	}
	columns := map[string]int{}
	for i, name := range header {
		columns[strings.TrimSpace(strings.TrimPrefix(name, "\ufeff"))] = i
	}
	if err := hasColumns(columns); err != nil {
		return nil, nil, err
	}
	seen := map[string]Dispute{}
	for {
		cells, err := r.Read()
		if err == io.EOF {
			return disputes, again, nil
		}
		if err != nil {
			return nil, nil, broken(err)
		}
		d, err := disputeRow{r, columns, cells, now}.dispute()
		if err != nil {
			return nil, nil, err
		}
		first, known := seen[d.name()]
		switch {
		case known && first.says() != d.says():
			return nil, nil, fmt.Errorf("line %d: the same dispute as in line %d, and it says something else", d.Line, first.Line)
		case known:
			again = append(again, d.Line)
		default:
			seen[d.name()] = d
			disputes = append(disputes, d)
		}
	}
}

// broken says where a file is no CSV.
func broken(err error) error {
	if b := (*csv.ParseError)(nil); errors.As(err, &b) {
		return fmt.Errorf("line %d, column %d: %w", b.Line, b.Column, b.Err)
	}
	return err
}

func hasColumns(columns map[string]int) error {
	if !slices.ContainsFunc(naming, func(c string) bool { _, ok := columns[c]; return ok }) {
		return fmt.Errorf("there must be a column that names the order: one of %s", strings.Join(naming, ", "))
	}
	for _, c := range required {
		if _, ok := columns[c]; !ok {
			return fmt.Errorf("there is no column %s", c)
		}
	}
	return nil
}

// name tells disputes apart: an order may be disputed more than once, but not
// twice at one time.
func (d Dispute) name() string {
	return fmt.Sprint(d.Order, "\x00", d.Record, "\x00", d.Key, "\x00", d.Decision, "\x00", d.Opened.UnixMicro())
}

func (d Dispute) says() string {
	text := fmt.Sprint(d.Reason, d.Lost.UnixMicro(), d.Won.UnixMicro())
	if d.Amount != nil {
		text += d.Amount.Amount.String() + d.Amount.Currency
	}
	return text
}

// disputeRow is one row as it is read.
type disputeRow struct {
	from    *csv.Reader
	columns map[string]int
	cells   []string
	now     time.Time
}

func (r disputeRow) dispute() (Dispute, error) {
	d := Dispute{Order: r.text("name"), Key: r.text("key"), Decision: r.text("decision"), Reason: r.text("reason")}
	d.Line, _ = r.from.FieldPos(0)
	if err := r.named(&d); err != nil {
		return d, err
	}
	if !slices.Contains(decision.DisputeReasons, d.Reason) {
		return d, r.fault("reason", "must be one of "+strings.Join(decision.DisputeReasons, ", "))
	}
	for _, c := range []struct {
		column string
		at     *time.Time
	}{{"opened_on", &d.Opened}, {"lost_on", &d.Lost}, {"won_on", &d.Won}} {
		if err := r.time(c.column, c.at); err != nil {
			return d, err
		}
		switch {
		case d.Opened.IsZero():
			return d, r.fault("opened_on", "is required: "+timeRule)
		case !c.at.IsZero() && c.at.Before(d.Opened):
			return d, r.fault(c.column, "must not be before opened_on")
		}
	}
	return d, r.amount(&d)
}

// named wants exactly one name of the order.
func (r disputeRow) named(d *Dispute) error {
	given := slices.DeleteFunc(slices.Clone(naming), func(c string) bool { return r.text(c) == "" })
	if len(given) != 1 {
		column := naming[slices.IndexFunc(naming, func(c string) bool { _, ok := r.columns[c]; return ok })]
		if len(given) > 1 {
			column = given[1]
		}
		return r.fault(column, "the order must be named once, by one of "+strings.Join(naming, ", "))
	}
	if text := r.text("record_id"); text != "" {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil || id < 1 {
			return r.fault("record_id", "must be the id of a sale.order, a whole number from 1 on")
		}
		d.Record = id
	}
	return nil
}

// maxAmountDigits is more than any amount has.
const maxAmountDigits = 24

func (r disputeRow) time(column string, at *time.Time) error {
	text := r.text(column)
	if text == "" {
		return nil
	}
	t, err := parseTime(text)
	switch {
	case err != nil:
		return r.fault(column, "must be "+timeRule)
	case t.After(r.now):
		return r.fault(column, "must not lie in the future")
	}
	*at = t.UTC()
	return nil
}

func (r disputeRow) amount(d *Dispute) error {
	text, currency := r.text("amount"), r.text("currency")
	if text == "" && currency == "" {
		return nil
	}
	amount, err := decimal.NewFromString(text)
	switch {
	case err != nil || strings.Trim(text, "0123456789.") != "" || len(text) > maxAmountDigits: // nor below zero, nor with an exponent
		return r.fault("amount", numberRule)
	case !decision.IsCurrency(currency):
		return r.fault("currency", "must be the ISO 4217 currency of the amount, such as EUR")
	}
	d.Amount = &decision.Money{Amount: amount, Currency: currency}
	return nil
}

// text is a cell; "" where there is no such column.
func (r disputeRow) text(column string) string {
	i, ok := r.columns[column]
	if !ok {
		return ""
	}
	return strings.TrimSpace(r.cells[i])
}

// fault names the place, and never the value.
func (r disputeRow) fault(column, want string) error {
	line, at := r.from.FieldPos(0)
	if i, ok := r.columns[column]; ok {
		line, at = r.from.FieldPos(i)
	}
	return fmt.Errorf("line %d, column %d: %s %s", line, at, column, want)
}
