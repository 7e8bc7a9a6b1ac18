# METADATA
# title: First requirements
package change

required := {"CHANGE_AMOUNT"}

# METADATA
# title: Within the limit
# description: Over the limit, or unknown.
# labels:
#   id: change/change_amount
#   owner: finance
check.CHANGE_AMOUNT if input.subject.amount <= data.limits.change.amount

# METADATA
# title: Refused
# description: Refused by rule.
# labels:
#   id: change/no_evidence
#   owner: finance
reject.NO_EVIDENCE if input.missing.evidence == "never"
