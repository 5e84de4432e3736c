// SPDX-License-Identifier: Apache-2.0

package browser

import (
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// Executable finds Chromium. Where there is none the test is skipped with a
// sentence, or fails where USHER_TEST_ALL demands every part.
func Executable(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const sentence = "no Chromium on this machine: `make test` installs Debian's package chromium and runs this"
	if os.Getenv("USHER_TEST_ALL") != "" {
		t.Fatal(sentence)
	}
	t.Skip(sentence)
	return ""
}

// Start starts a Chromium with an empty profile that trusts the server certificate in
// certFile, by the hash of its key, and nothing else new. Each call is another
// browser, with cookies of its own.
func Start(t testing.TB, certFile string) context.Context {
	t.Helper()
	executable := Executable(t)
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(executable),
		chromedp.NoSandbox,
		chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-background-networking", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true),
		chromedp.Flag("no-first-run", true),
		chromedp.UserDataDir(t.TempDir()),
	)
	if certFile != "" {
		pin, err := pinOf(certFile)
		if err != nil {
			t.Fatal(err)
		}
		options = append(options, chromedp.Flag("ignore-certificate-errors-spki-list", pin))
	}
	allocator, cancelAllocator := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		// Closing the browser properly lets it leave its profile folder before that is removed.
		closing, done := context.WithTimeout(ctx, 10*time.Second)
		defer done()
		_ = chromedp.Cancel(closing)
		cancel()
		cancelAllocator()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// pinOf hashes the public key of a certificate file as Chromium wants it.
func pinOf(caFile string) (string, error) {
	data, err := os.ReadFile(caFile)
	if err != nil {
		return "", err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return "", fmt.Errorf("%s holds no certificate", caFile)
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256(cert.RawSubjectPublicKeyInfo)
	return base64.StdEncoding.EncodeToString(sum[:]), nil
}

// A Look is one way to see a page.
type Look struct {
	Name          string
	Width, Height int64
	Dark          bool
}

// Looks are desktop and phone, light and dark.
func Looks() []Look {
	return []Look{
		{"desktop-light", 1280, 860, false}, {"desktop-dark", 1280, 860, true},
		{"phone-light", 390, 844, false}, {"phone-dark", 390, 844, true},
	}
}

// Wear makes the page look as l says.
func (l Look) Wear() chromedp.Action[chromedp.Void] {
	scheme := "light"
	if l.Dark {
		scheme = "dark"
	}
	return chromedp.Steps(
		chromedp.EmulateViewport(l.Width, l.Height),
		chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
			_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme},
					{Name: "prefers-reduced-motion", Value: "reduce"}}}) // a picture must not be taken halfway
			return err
		}),
	)
}
