//go:build browser

package console

import (
	"context"
	"crypto/rand"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// surfer is a person at a real Chromium with a profile of its own.
type surfer struct {
	t     *testing.T
	ctx   context.Context
	house *house

	mu       sync.Mutex
	problems []string // what the browser's console said
}

// surf starts a Chromium. A test without one fails, so that a green run means
// that the pages were walked.
func (h *house) surf(width, height int) *surfer {
	h.t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(chromium(h.t)), chromedp.UserDataDir(h.t.TempDir()), chromedp.WindowSize(width, height),
		chromedp.Flag("headless", true), chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("no-first-run", true), chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true),
	}
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	limited, cancelLimit := context.WithTimeout(context.Background(), 2*time.Minute)
	allocated, cancelAllocator := chromedp.NewExecAllocator(limited, options...)
	ctx, cancel := chromedp.NewContext(allocated)
	h.t.Cleanup(func() { cancel(); cancelAllocator(); cancelLimit() })
	s := &surfer{t: h.t, ctx: ctx, house: h}
	s.resize(width, height)
	go s.listen()
	return s
}

func chromium(t *testing.T) string {
	t.Helper()
	path := os.Getenv("ASSENT_TEST_CHROMIUM")
	if path == "" {
		path = "chromium"
	}
	found, err := exec.LookPath(path)
	if err != nil {
		t.Fatalf("the browser tests need Chromium: install it or set ASSENT_TEST_CHROMIUM: %v", err)
	}
	return found
}

// listen collects exceptions and violations of the content policy. Refusals
// (network) are part of what the tests do.
func (s *surfer) listen() {
	for m, err := range chromedp.Console(s.ctx) {
		if err != nil {
			return
		}
		if m.Source == "network" {
			continue
		}
		s.mu.Lock()
		s.problems = append(s.problems, m.String())
		s.mu.Unlock()
	}
}

// done fails the test for anything the browser's console said.
func (s *surfer) done() {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.problems {
		s.t.Errorf("the browser said %s", p)
	}
}

func (s *surfer) do(steps ...chromedp.Action[chromedp.Void]) {
	s.t.Helper()
	if err := chromedp.Do(s.ctx, steps...); err != nil {
		s.shoot("failed")
		s.t.Fatal(err)
	}
}

// signIn follows a one-time link.
func (s *surfer) signIn(name string) {
	s.t.Helper()
	path, err := NewSignIn(context.Background(), s.house.store, rand.Reader, s.house.users[name], s.house.clock(), time.Hour)
	must(s.t, err)
	s.open(path, "form button")
	s.shoot("signin")
	s.click("form button", "#queue")
}

// open loads a page and waits for an element.
func (s *surfer) open(path, wait string) {
	s.t.Helper()
	s.do(chromedp.Navigate(s.house.server.URL+path), see(wait))
}

// click clicks an element and waits for what it brings.
func (s *surfer) click(selector, wait string) {
	s.t.Helper()
	s.do(chromedp.Click(chromedp.CSS(selector)), see(wait))
}

func (s *surfer) write(selector, text string) {
	s.t.Helper()
	s.do(chromedp.SendKeys(chromedp.CSS(selector), text))
}

// choose picks an option as a person does, so that the page hears of it.
func (s *surfer) choose(selector, value string) {
	s.t.Helper()
	evaluate[bool](s, `(() => { const e = document.querySelector("`+selector+`"); e.value = "`+value+`"; return e.dispatchEvent(new Event("change", {bubbles: true})) })()`)
}

func (s *surfer) read(selector string) string {
	s.t.Helper()
	text, err := chromedp.Run(s.ctx, chromedp.Text(chromedp.CSS(selector)))
	must(s.t, err)
	return text
}

// until waits for a JavaScript condition.
func (s *surfer) until(condition string) {
	s.t.Helper()
	if _, err := chromedp.Run(s.ctx, chromedp.Poll[bool](condition)); err != nil {
		s.t.Fatalf("waiting for %s: %v", condition, err)
	}
}

// fits fails when the page is wider than the window.
func (s *surfer) fits() {
	s.t.Helper()
	if wide := evaluate[float64](s, `document.documentElement.scrollWidth - document.documentElement.clientWidth`); wide > 0 {
		s.t.Errorf("the page is %v pixels wider than the window", wide)
	}
}

func evaluate[T any](s *surfer, expression string) T {
	s.t.Helper()
	v, err := chromedp.Run(s.ctx, chromedp.Evaluate[T](expression))
	must(s.t, err)
	return v
}

func see(selector string) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(chromedp.CSS(selector))
}

// resize makes the window narrow or wide.
func (s *surfer) resize(width, height int) {
	s.t.Helper()
	s.do(chromedp.EmulateViewport(int64(width), int64(height)))
}

// prefer sets how the page is to be shown: a medium, and "dark" or "light".
func (s *surfer) prefer(media, scheme string) {
	s.t.Helper()
	s.do(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Media: media, Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	}))
}

// shoot keeps a picture of the whole page where ASSENT_SCREENSHOTS says.
func (s *surfer) shoot(name string) {
	s.t.Helper()
	dir := os.Getenv("ASSENT_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(s.ctx, chromedp.FullScreenshot(100))
	must(s.t, err)
	must(s.t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644))
}
