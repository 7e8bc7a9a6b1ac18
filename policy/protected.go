package policy

import (
	"strings"

	"assent/decision"
)

// outcomeFile is the protected file of each kind.
const outcomeFile = "outcome.rego"

// isProtected says whether compliance may read a file but not change it.
func isProtected(name string) bool {
	return folder(name) == libFolder || folder(name) != "" && strings.HasSuffix(name, "/"+outcomeFile)
}

// checkProtected refuses a new bundle whose protected files are not this
// release's.
func checkProtected(b Bundle) error {
	own, err := Embedded()
	if err != nil {
		return err
	}
	for _, name := range changedProtected(own, b) {
		return decision.Errorf(decision.CodeInvalid, "%s is protected and must be as released.", name)
	}
	return nil
}

// changedProtected lists the protected files that differ between bundles.
func changedProtected(own, b Bundle) []string {
	var changed []string
	for _, name := range own.names() {
		if content, ok := b.Files[name]; isProtected(name) && (!ok || content != own.Files[name]) {
			changed = append(changed, name)
		}
	}
	for _, name := range b.names() {
		if _, ok := own.Files[name]; isProtected(name) && !ok {
			changed = append(changed, name)
		}
	}
	return changed
}
