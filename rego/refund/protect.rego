# What happens to an invoice while its refund waits or is refused. Only
# protective actions: they can be undone, and move no money.
package refund

# METADATA
# title: Note on the invoice
# description: A refund of this invoice was not credited at once.
# labels:
#   id: refund/protect/note
#   owner: finance
protect["REFUND_REVIEW"] := {"action": "note"} if input.action.name == "credit_note"
