package console

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"mime"
	"net/http"
	"path"

	"github.com/go-chi/chi/v5"
)

//go:embed assets
var assets embed.FS

// assetPaths maps a file to its address, which names its content, so that
// browsers may keep it for good.
var assetPaths = func() map[string]string {
	paths := map[string]string{}
	for _, name := range []string{"console.css", "console.js", "htmx.min.js", "favicon.svg"} {
		content, err := assets.ReadFile("assets/" + name)
		if err != nil {
			panic(err) // embedded at build time
		}
		sum := sha256.Sum256(content)
		paths[name] = "/static/" + name + "?v=" + hex.EncodeToString(sum[:6])
	}
	return paths
}()

// serveAsset serves the files that pages use; what lies beside them (licence,
// notes) is for who reads the code.
func serveAsset(w http.ResponseWriter, r *http.Request) {
	name := chi.URLParam(r, "name")
	if _, served := assetPaths[name]; !served {
		http.NotFound(w, r)
		return
	}
	content, err := assets.ReadFile("assets/" + name)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Write(content)
}
