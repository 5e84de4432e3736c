// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/usher-signin/usher/internal/cli"
	"github.com/usher-signin/usher/internal/testport"
)

// rehearsing is a person who runs a rehearsal and follows it in a browser, in
// scripts: rehearsing MODE DIR EMAIL PASSWORD usher's arguments...
//
// MODE open opens the address and follows it to its end; paste stops where the
// provider sends the browser back or elsewhere, and pastes that address; wrong
// pastes addresses that are not the rehearsal's first; leave never opens it.
func rehearsing(args []string) int {
	if len(args) < 5 {
		fmt.Fprintln(os.Stderr, "usage: rehearsing MODE DIR EMAIL PASSWORD usher's arguments")
		return 2
	}
	in, paste := io.Pipe()
	out, stdout := io.Pipe()
	errs, stderr := io.Pipe()
	env := &cli.Env{Args: args[4:], Program: "usher", Stdin: in, Stdout: stdout, Stderr: stderr, Getenv: os.Getenv, Now: time.Now}
	ended := make(chan int, 1)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	go func() {
		code := cli.Run(ctx, env)
		_, _ = stdout.Close(), stderr.Close()
		ended <- code
	}()
	address := make(chan string, 2)
	go follow(errs, os.Stderr, address)
	heard := make(chan struct{})
	go func() {
		follow(out, os.Stdout, address)
		close(heard)
	}()
	select {
	case at := <-address:
		if err := play(args[0], args[1], at, args[2:4], paste); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 9
		}
	case <-heard:
	}
	code := <-ended
	<-heard
	say("exit %d", code)
	return code
}

// follow copies lines, and hands over the first address that stands alone on one.
func follow(from io.Reader, to io.Writer, address chan<- string) {
	lines := bufio.NewScanner(from)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		fmt.Fprintln(to, lines.Text())
		if strings.HasPrefix(lines.Text(), "https://") {
			address <- lines.Text()
		}
	}
}

// play does in the browser, and on the keyboard, what the mode says.
func play(mode, dir, address string, credentials []string, keyboard io.Writer) error {
	client, err := visitorClient(dir)
	if err != nil {
		return err
	}
	switch mode {
	case "leave":
		return nil
	case "open":
		return visitPage(client, address, credentials)
	case "wrong":
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		callback := u.Query().Get("redirect_uri")
		for _, line := range []string{"what?", address, callback, callback + "?code=x&state=y", callback + "?code=x&state=rehearsal.y", callback + "?state=a&state=b"} {
			fmt.Fprintln(keyboard, line)
		}
	}
	at, err := whereItEnds(client, address, credentials)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(keyboard, at)
	return err
}

// whereItEnds signs in and gives the first address to which the provider sends
// the browser away; it is not opened.
func whereItEnds(client *http.Client, address string, credentials []string) (string, error) {
	provider, err := url.Parse(address)
	if err != nil {
		return "", err
	}
	away := ""
	client.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		if next.URL.Host != provider.Host || strings.Contains(next.URL.Path, "adobe.com") { // the stand-in has a page for that
			away = next.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	res, body, err := fetch(client, http.MethodGet, address, nil)
	if err != nil || away != "" {
		return away, err
	}
	found := relayField.FindStringSubmatch(body)
	if found == nil {
		return "", fmt.Errorf("the provider's page did not come: %d\n%s", res.StatusCode, body)
	}
	form := url.Values{"relay": {html.UnescapeString(found[1])}, "email": {credentials[0]}, "password": {credentials[1]}}
	if _, _, err := fetch(client, http.MethodPost, provider.Scheme+"://"+provider.Host+"/signin/", form); err != nil {
		return "", err
	}
	if away == "" {
		return "", errors.New("the provider kept the browser")
	}
	return away, nil
}

// freeport NAME puts a port that nobody uses into the variable NAME.
func freePort(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: freeport NAME")
	}
	port, err := testport.Free(context.Background())
	ts.Check(err)
	ts.Setenv(args[0], port)
}

// rewrite FROM TO OLD NEW ... writes TO with each OLD of FROM replaced; it
// fails where an OLD is not there. In NEW \n is a line end.
func rewrite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 4 || len(args)%2 != 0 {
		ts.Fatalf("usage: rewrite FROM TO OLD NEW ...")
	}
	text := ts.ReadFile(args[0])
	for i := 2; i < len(args); i += 2 {
		if !strings.Contains(text, args[i]) {
			ts.Fatalf("%s does not hold %q", args[0], args[i])
		}
		text = strings.ReplaceAll(text, args[i], strings.ReplaceAll(args[i+1], `\n`, "\n"))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), []byte(text), 0o600))
}
