package lib_test

import data.assent.lib

test_days_since if {
	lib.days_since(1000 * lib.seconds_a_day) == 2.5 with input.now as 1002.5 * lib.seconds_a_day
}

test_days_since_an_unknown_time if {
	known := {days | days := lib.days_since(input.subject.commitment_date)} with input as {"now": 1}
	known == set()
}

test_at_most_absorbs_binary_rounding if {
	lib.at_most(0.1 + 0.2, 0.3)
	lib.at_most(100.1 + 20.2, 120.3)
	lib.at_most(5, 5)
}

test_at_most_sees_the_smallest_unit if {
	not lib.at_most(0.301, 0.3)
	not lib.at_most(5.01, 5)
}
