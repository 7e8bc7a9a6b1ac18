package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"
)

// fire sends requests on schedule. Each has its own goroutine, so that a slow
// one delays no other.
func fire(ctx context.Context, o options, r *report) {
	client := &http.Client{Timeout: o.Timeout, Transport: &http.Transport{MaxIdleConns: 4096, MaxIdleConnsPerHost: 4096}}
	interval := time.Second / time.Duration(o.Rate)
	total := int(int64(o.Warmup+o.Duration) / int64(interval))
	start := time.Now()
	var wg sync.WaitGroup
	for i := range total {
		due := start.Add(time.Duration(i) * interval)
		select {
		case <-ctx.Done():
			wg.Wait()
			return
		case <-time.After(time.Until(due)):
		}
		counted := due.Sub(start) >= o.Warmup
		wg.Go(func() {
			status, err := send(ctx, client, o, int64(i))
			r.add(time.Since(due), status, err, counted)
		})
	}
	wg.Wait()
	r.took = time.Since(start) - o.Warmup
}

func send(ctx context.Context, client *http.Client, o options, i int64) (int, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, o.URL+"/v1/decisions", bytes.NewReader(body(o, i)))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+o.Key)
	req.Header.Set("Idempotency-Key", fmt.Sprintf("load:%d", o.Offset+i))
	res, err := client.Do(req)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	_, err = io.Copy(io.Discard, res.Body)
	return res.StatusCode, err
}

// body is a decision request; customers repeat, as they do.
func body(o options, i int64) []byte {
	id, partner := o.Offset+i, 1+i%997
	if o.Existing > 0 {
		id = 1 + i%o.Existing
	}
	now := time.Now().UTC().Format(time.RFC3339)
	amount := fmt.Sprintf("%d.%02d", o.least+10+i*7%290, i%100)
	fields := map[string]string{
		"order": fmt.Sprintf(`{"state":"draft","date_order":%q,"currency":%q,"amount_total":%s,"partner_id":%d,
			"customer":{"email":"buyer%d@example.com","phone":"+999%06d","orders":3,"since":"2024-03-01T00:00:00Z"},
			"billing":{"country":"DE","zip":"10115"},"shipping":{"country":"DE","zip":"10115","express":false},
			"payment":{"method":"card","state":"authorized"},"signals":{"avs":"match","cvc":"match","ip_country":"DE","psp_score":12},"lines":[{"product_id":49,"quantity":2,"price_unit":60.25}]}`, now, o.Currency, amount, partner, partner, partner),
		"delivery": fmt.Sprintf(`{"state":"assigned","scheduled_date":%q,"currency":%q,"order_amount":%s,"partner_id":%d,"warehouse_id":%d,
			"promised_date":%q,"handling_days":1,"transit_days":2,"carrier":"dhl"}`, now, o.Currency, amount, partner, 1+i%4, time.Now().UTC().AddDate(0, 0, 5).Format(time.RFC3339)),
		"refund": fmt.Sprintf(`{"state":"posted","currency":%q,"amount":5.00,"amount_total":%s,"amount_credited":0,"partner_id":%d,
			"reason":"damaged","paid":true,"goods_returned":true,"delivered_date":%q}`, o.Currency, amount, partner, time.Now().UTC().AddDate(0, 0, -3).Format(time.RFC3339)),
	}[o.Kind]
	model := map[string]string{"order": "sale.order", "delivery": "stock.picking", "refund": "account.move"}[o.Kind]
	return fmt.Appendf(nil, `{"kind":%q,"company":%q,"channel":"web","requested_by":"odoo:7","subject":{"model":%q,"id":%d},"apply":%q,"fields":%s}`,
		o.Kind, o.Company, model, id, o.Apply, fields)
}
