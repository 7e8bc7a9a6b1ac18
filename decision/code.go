package decision

// sentences say in plain words what the codes of this package mean. Codes of
// models and policies have theirs where they are declared.
var sentences = map[string]string{
	GuardKill:         "The kill switch is on: nothing executes by itself.",
	GuardPaused:       "Automatic execution of this kind is paused.",
	GuardShadow:       "This kind runs in shadow mode: it is recorded only.",
	GuardSuggest:      "This kind runs in suggest mode: a person decides.",
	GuardCount:        "The hour's budget of automatic executions is used up.",
	GuardAmount:       "It would exceed the hour's budget of money moved automatically.",
	GuardUnknown:      "The money at stake is unknown, so no budget can cover it.",
	HistoryMoved:      "Other decisions about the same customer were made at the same moment.",
	RecordBusy:        "Another decision about the same record has not been applied yet, as far as we know.",
	EpochMoved:        "The policies, models or switches changed while the decision was made.",
	PolicyError:       "The policy could not be evaluated.",
	PolicyTimeout:     "The policy took too long.",
	PolicyConflict:    "Two rules of the policy contradict each other.",
	PolicyEmpty:       "The policy gave no usable answer.",
	PolicyMissing:     "There is no policy in force.",
	ModelError:        "The model failed; there is no assessment.",
	ChallengerError:   "The challenger failed; it has no say.",
	ChallengerLate:    "The challenger was too slow; it has no say.",
	ChallengerMissing: "The challenger cannot be had; it has no say.",
	"NOT_REVERSIBLE":  "It could not be taken back.",
}

// Sentence says in plain words what a code of this package means.
func Sentence(code string) (string, bool) {
	s, ok := sentences[code]
	return s, ok
}
