// Package odootest is a fake Odoo that is wrong in the ways the real one is.
//
// It answers the JSON-RPC API (16 to 19) and the JSON-2 API (19) from records
// in memory, and reproduces what was recorded from real 17.0, 18.0 and 19.0
// servers: testdata holds the recordings, and each of them is a test case. 16
// follows its published source. Traps it has on purpose, by version:
//
//   - confirming twice is a UserError from 17 on, and silently accepted on 16;
//   - cancelling past draft returns a wizard and cancels nothing up to 18;
//   - a method that returns None answers with neither result nor error;
//   - returned records are text ("mail.activity(17,)") up to 18, a list on 19;
//   - timestamps are truncated to seconds but compared in microseconds up to 18;
//   - action_post answers false on success, button_approve {} when it does nothing;
//   - line warehouses are ignored up to 17 and not checked from 18 on;
//   - native webhooks fire before the commit up to 18.
//
// # Use
//
// New makes a server, Start listens on loopback for a test, Transport gives an
// http.RoundTripper without sockets. Fill it with Seed or Demo, read it back
// with Records, read what was changed with Log, and break it with Inject.
//
// The write log holds one line per effect, with the request it came from and
// the marker (assent:...) found in the call or in the record, so that a
// checker can tell what was applied, by which execution, and how often. As a
// process of its own (cmd/fakeodoo) the log is on disk before the answer is
// sent.
//
// Requests run one at a time, each in a transaction that is undone when the
// method fails, as in Odoo.
package odootest
