// Package simulator is a retailer that does not exist: a company with
// warehouses, products, customers and staff, and one day of its business,
// with the truth that only time would tell. The demo, the tests of the whole
// and the benches live on it. A Season is many days of orders and refunds with
// abuse among them, for evals.
//
// The same seed, day and size give the same bytes. People are obviously
// invented: names out of a placeholder list, addresses at example.com, phone
// numbers of the unassigned country code 999.
package simulator
