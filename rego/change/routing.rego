# Who approves a change that was not made by itself. One change has one type,
# so that its reasons meet only within that type.
#
# Where duties are separated the route says each: one person of every role must
# sign, and two of one role are not enough.
package change

# METADATA
# title: The category manager decides on discounts
# description: The category manager decides within a working day.
# labels:
#   id: change/route/discount
#   owner: category_manager
route["DISCOUNT"] := category

# METADATA
# title: The category manager decides on price overrides
# description: The category manager decides within a working day.
# labels:
#   id: change/route/price-override
#   owner: category_manager
route["PRICE_OVERRIDE"] := category

# METADATA
# title: Finance decides on thin margins
# description: The category manager has an interest in the sale; finance decides within a working day.
# labels:
#   id: change/route/margin
#   owner: finance
route["MARGIN"] := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 8}

# METADATA
# title: The category manager decides on what is given away
# description: The category manager decides within a working day.
# labels:
#   id: change/route/given-away
#   owner: category_manager
route["GIVEN_AWAY"] := category if given_away <= data.limits.change.two_people_amount

# METADATA
# title: Two people decide when much is given away
# description: Category manager and finance decide within a day.
# labels:
#   id: change/route/given-away/two-people
#   owner: finance
route["GIVEN_AWAY"] := two_people if given_away > data.limits.change.two_people_amount

# METADATA
# title: The category manager decides on late changes
# description: The category manager decides within a working day.
# labels:
#   id: change/route/order-open
#   owner: category_manager
route["ORDER_OPEN"] := category

# METADATA
# title: The category manager looks at frequent changes
# description: The category manager decides within a working day.
# labels:
#   id: change/route/frequency
#   owner: category_manager
route["CHANGE_FREQUENCY"] := category

# METADATA
# title: The category manager decides on campaigns
# description: The category manager decides within a working day.
# labels:
#   id: change/route/campaign-exception
#   owner: category_manager
route["CAMPAIGN_EXCEPTION"] := category if input.subject.amount <= data.limits.change.two_people_amount

# METADATA
# title: Two people decide on costly campaigns
# description: Category manager and finance decide within a day.
# labels:
#   id: change/route/campaign-exception/two-people
#   owner: finance
route["CAMPAIGN_EXCEPTION"] := two_people if input.subject.amount > data.limits.change.two_people_amount

# METADATA
# title: The warehouse decides on stock differences
# description: The warehouse lead orders a second count, within a day.
# labels:
#   id: change/route/correction-value
#   owner: warehouse_lead
route["CORRECTION_VALUE"] := warehouse if input.subject.amount <= data.limits.change.finance_value

# METADATA
# title: Finance decides on large stock differences
# description: They change the balance sheet; finance decides within a day.
# labels:
#   id: change/route/correction-value/finance
#   owner: finance
route["CORRECTION_VALUE"] := stock_finance if input.subject.amount > data.limits.change.finance_value

# METADATA
# title: The warehouse decides on write-offs
# description: The warehouse lead looks at the goods, within a day.
# labels:
#   id: change/route/write-off-value
#   owner: warehouse_lead
route["WRITE_OFF_VALUE"] := warehouse if input.subject.amount <= data.limits.change.finance_value

# METADATA
# title: Finance decides on large write-offs
# description: They change the balance sheet; finance decides within a day.
# labels:
#   id: change/route/write-off-value/finance
#   owner: finance
route["WRITE_OFF_VALUE"] := stock_finance if input.subject.amount > data.limits.change.finance_value

# METADATA
# title: The warehouse asks for evidence
# description: The warehouse lead decides within a day.
# labels:
#   id: change/route/no-evidence
#   owner: warehouse_lead
route["NO_EVIDENCE"] := warehouse

# METADATA
# title: The category manager decides on purchases
# description: The category manager decides within four hours; goods are missing.
# labels:
#   id: change/route/purchase-amount
#   owner: category_manager
route["PURCHASE_AMOUNT"] := {"tier": 1, "roles": {"category_manager"}, "people": 1, "hours": 4}

# METADATA
# title: Two people decide over budget
# description: Category manager and finance decide within four hours; goods are missing.
# labels:
#   id: change/route/over-budget
#   owner: finance
route["OVER_BUDGET"] := {"tier": 2, "roles": {"category_manager", "finance"}, "each": true, "people": 2, "hours": 4}

# METADATA
# title: Two people decide on bank details
# description: Compliance and finance decide within two days; nothing is paid to the vendor meanwhile.
# labels:
#   id: change/route/bank-details
#   owner: compliance
route["BANK_DETAILS"] := {"tier": 2, "roles": {"compliance", "finance"}, "each": true, "people": 2, "hours": 48}

# METADATA
# title: Two people decide on payment states
# description: Two people of finance decide within a day.
# labels:
#   id: change/route/payment-state
#   owner: finance
route["PAYMENT_STATE"] := {"tier": 2, "roles": {"finance"}, "people": 2, "hours": 24}

category := {"tier": 1, "roles": {"category_manager"}, "people": 1, "hours": 8}

two_people := {"tier": 3, "roles": {"category_manager", "finance"}, "each": true, "people": 2, "hours": 24}

warehouse := {"tier": 1, "roles": {"warehouse_lead"}, "people": 1, "hours": 24}

stock_finance := {"tier": 2, "roles": {"finance"}, "people": 1, "hours": 24}
