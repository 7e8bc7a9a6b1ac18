# METADATA
# title: Helpers for every kind
# description: Protected. Small functions that fail closed, so that what is unknown never passes.
package assent.lib

# Every time in the input is in whole seconds since 1970, UTC.
seconds_a_day := 86400

# METADATA
# description: Days from a time until now, with their fraction; undefined if either is unknown.
days_since(time) := (input.now - time) / seconds_a_day

# METADATA
# description: |
#   Whether an amount is at most another. Amounts have at most three decimals,
#   so half of the smallest unit absorbs what binary arithmetic adds.
at_most(amount, limit) if amount - limit < 0.0005
