package console

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func asset(t *testing.T, name string) string {
	t.Helper()
	content, err := assets.ReadFile("assets/" + name)
	must(t, err)
	return string(content)
}

func TestVendoredFileIsTheOneNoted(t *testing.T) {
	t.Parallel()
	sum := sha256.Sum256([]byte(asset(t, "htmx.min.js")))
	if noted := asset(t, "htmx.md"); !strings.Contains(noted, hex.EncodeToString(sum[:])) {
		t.Error("htmx.min.js is not the file whose checksum htmx.md notes")
	}
	if !strings.Contains(asset(t, "htmx.LICENSE"), "Zero-Clause BSD") {
		t.Error("the licence is not next to it")
	}
}

func TestAssetsAreServedForGood(t *testing.T) {
	t.Parallel()
	h := setup(t)
	for name, kind := range map[string]string{"console.css": "text/css", "console.js": "text/javascript", "htmx.min.js": "text/javascript", "favicon.svg": "image/svg+xml"} {
		got := h.browser().get(assetPaths[name])
		if got.status != http.StatusOK || got.body != asset(t, name) {
			t.Errorf("%s: status %d, %d bytes", name, got.status, len(got.body))
		}
		if !strings.HasPrefix(got.header.Get("Content-Type"), kind) || !strings.Contains(got.header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s: headers are %v", name, got.header)
		}
	}
	h.browser().get("/static/htmx.md").want(t, http.StatusNotFound)
}

// TestContrast holds the colours to WCAG 2 AA: 4.5 for text, 3 for edges,
// marks and bars.
func TestContrast(t *testing.T) {
	t.Parallel()
	sheet := asset(t, "console.css")
	light, rest, _ := strings.Cut(sheet, "@media (prefers-color-scheme: dark)")
	dark, _, _ := strings.Cut(rest, "*, *::before")
	for scheme, colours := range map[string]map[string]float64{"light": luminances(t, light), "dark": luminances(t, dark)} {
		for _, pair := range []struct {
			least  float64
			colour string
			on     string
		}{
			{4.5, "ink", "ground surface sunken"}, {4.5, "muted", "ground surface sunken"}, {4.5, "accent", "ground surface sunken"},
			{4.5, "accent-ink", "accent"}, {4.5, "bar-ink", "bar"}, {4.5, "bar-muted", "bar"}, {4.5, "good", "good-ground surface"},
			{4.5, "warn", "warn-ground surface sunken"}, {4.5, "bad", "bad-ground surface sunken"}, {4.5, "plain", "plain-ground surface"},
			{4.5, "surface", "bad"}, {3, "edge", "surface ground"}, {3, "focus", "surface ground sunken"}, {3, "up", "surface"}, {3, "down", "surface"},
		} {
			for _, ground := range strings.Fields(pair.on) {
				if got := contrast(colours[pair.colour], colours[ground]); got < pair.least {
					t.Errorf("%s: %s on %s has a contrast of %.2f, want %.1f", scheme, pair.colour, ground, got, pair.least)
				}
			}
		}
	}
}

var colour = regexp.MustCompile(`--([a-z-]+): #([0-9a-f]{6});`)

// luminances are the relative luminances of a block's colours, as WCAG 2 has
// them.
func luminances(t *testing.T, block string) map[string]float64 {
	t.Helper()
	out := map[string]float64{}
	for _, m := range colour.FindAllStringSubmatch(block, -1) {
		sum := 0.0
		for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
			channel, err := strconv.ParseUint(m[2][2*i:2*i+2], 16, 8)
			must(t, err)
			sum += weight * linear(float64(channel)/255)
		}
		out[m[1]] = sum
	}
	if len(out) < 20 {
		t.Fatalf("only %d colours were found", len(out))
	}
	return out
}

func linear(c float64) float64 {
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func contrast(a, b float64) float64 { return (max(a, b) + 0.05) / (min(a, b) + 0.05) }
