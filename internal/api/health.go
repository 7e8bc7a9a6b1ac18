package api

import (
	"encoding/json"
	"net/http"
)

// healthz says that the process runs and answers.
func healthz(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write([]byte("{\"status\":\"ok\"}\n"))
}

// readyz says part by part what can be reached. The server stays in rotation
// without Odoo: it can decide, and what it has to execute waits.
func (a *api) readyz(w http.ResponseWriter, r *http.Request) {
	checks := list(a.Ready(r.Context()))
	status, word := http.StatusOK, "ready"
	for _, c := range checks {
		switch {
		case c.OK:
		case c.Required:
			status, word = http.StatusServiceUnavailable, "unavailable"
		case word == "ready":
			word = "degraded"
		}
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"status": word, "checks": checks})
}
