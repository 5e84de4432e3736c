// SPDX-License-Identifier: Apache-2.0

package browser_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/usher-signin/usher/internal/browser"
	"github.com/usher-signin/usher/internal/cli"
	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/internal/testport"
)

// rehearsal runs the command; it gives the address to open, and what is said
// until the end with the exit status.
func rehearsal(t *testing.T, file string) (address string, rest func() (string, int)) {
	t.Helper()
	out, stdout := io.Pipe()
	quiet, keyboard := io.Pipe() // nobody types
	t.Cleanup(func() { _ = keyboard.Close() })
	env := &cli.Env{Args: []string{"rehearse", file}, Program: "usher", Stdin: quiet, Stdout: stdout, Stderr: io.Discard,
		Getenv: func(string) string { return "" }, Now: time.Now}
	ended := make(chan int, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	go func() {
		ended <- cli.Run(ctx, env)
		_ = stdout.Close()
	}()
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for address == "" && lines.Scan() {
		if strings.HasPrefix(lines.Text(), "https://") {
			address = lines.Text()
		}
	}
	if address == "" {
		t.Fatal("no address was shown")
	}
	all := make(chan string, 1)
	go func() {
		var b bytes.Buffer
		for lines.Scan() {
			b.WriteString(lines.Text() + "\n")
		}
		all <- b.String()
	}()
	return address, func() (string, int) { return <-all, <-ended }
}

func TestRehearsalInABrowser(t *testing.T) {
	browser.Executable(t)
	d := startDemo(t)
	t.Run("the running gateway hands it over, and the browser is not signed in", func(t *testing.T) {
		v := newVisit(t, d)
		address, rest := rehearsal(t, d.Config)
		v.rehearsed(address, person(t, "dirk"), d.Public)
		if said, _ := rest(); !strings.Contains(said, "LET IN   dirk@corp.example would be let in as Delivery operators.") ||
			!strings.Contains(said, "The browser is back; the running gateway") {
			t.Errorf("the terminal says:\n%s", said)
		}
		// The provider knows the browser now; usher does not.
		v.do("opening one's own page", chromedp.Navigate(d.Public+"/usher/"), chromedp.WaitVisible("h1"))
		if text := v.text(); strings.Contains(text, "Dirk Visser") {
			t.Errorf("the browser is signed in:\n%s", text)
		}
	})
	t.Run("alone, with a copy that no gateway runs", func(t *testing.T) {
		v := newVisit(t, d)
		file, public := copied(t, d)
		address, rest := rehearsal(t, file)
		v.rehearsed(address, person(t, "ana"), public)
		if said, _ := rest(); !strings.Contains(said, "LET IN   ana@corp.example would be let in as Admin.") ||
			!strings.Contains(said, "this command answered at the callback") {
			t.Errorf("the terminal says:\n%s", said)
		}
	})
}

// rehearsed signs in at the address and comes to the page that ends a rehearsal.
func (v visit) rehearsed(address string, p demo.Person, public string) {
	v.t.Helper()
	v.signIn(address, p)
	v.wants("The rehearsal is over", "Return to the terminal", "grants nothing")
	if v.at() != public+"/usher/rehearsed" {
		v.t.Errorf("the browser is at %.60s", v.at())
	}
	color, err := chromedp.Run(v.ctx, chromedp.Evaluate[string](`getComputedStyle(document.body).fontFamily`))
	if err != nil || color == "" || strings.Contains(strings.ToLower(color), "times") {
		v.t.Errorf("the page has no style: %q, %v", color, err)
	}
}

// copied makes a copy of the demo's file with an address and a database of its
// own, and has the provider list its callback.
func copied(t *testing.T, d *demo.Demo) (file, public string) {
	t.Helper()
	port, err := testport.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	public = "https://localhost:" + port
	data, err := os.ReadFile(d.Config)
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Replace(string(data), "callback_urls: [", fmt.Sprintf("callback_urls: [%s/usher/callback, ", public), 1)
	if err := os.WriteFile(d.Config, []byte(listed), 0o600); err != nil {
		t.Fatal(err)
	}
	text := strings.ReplaceAll(string(data), d.Public, public)
	_, old, _ := strings.Cut(d.Public, "https://localhost:")
	text = strings.Replace(text, "listen: 127.0.0.1:"+old, "listen: 127.0.0.1:"+port, 1)
	text = strings.Replace(text, "sqlite:usher.db", "sqlite:other.db", 1)
	file = filepath.Join(d.Dir, "copy.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	deadline := time.Now().Add(15 * time.Second)
	for !strings.Contains(fmt.Sprint(d.Provider.Organization()), public) {
		if time.Now().After(deadline) {
			t.Fatal("the provider did not take the callback")
		}
		time.Sleep(50 * time.Millisecond)
	}
	return file, public
}
