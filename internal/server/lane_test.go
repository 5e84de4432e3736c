// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// inTheClear has the node speak HTTP without TLS, to front servers on this machine.
func (n *fleetNode) inTheClear(t *testing.T) {
	t.Helper()
	text, err := os.ReadFile(n.file)
	if err != nil {
		t.Fatal(err)
	}
	const secure = "  tls: {cert_file: tls.pem, key_file: tls.key}"
	if strings.Count(string(text), secure) != 1 {
		t.Fatal("the node's file does not say where its certificate is")
	}
	write(t, n.file, strings.Replace(string(text), secure, "  trusted_proxies: [127.0.0.1]", 1))
}

// What holds for a question holds on a connection that is open already: the
// rules that are in force, and the end of the gateway.
func TestAnOpenConnectionIsJudgedByTheRulesInForce(t *testing.T) {
	f := makeFleet(t, 1, "sqlite:"+filepath.Join(t.TempDir(), "usher.db"), nil)
	node := f.nodes[0]
	node.inTheClear(t)
	node.start(t)
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	c, err := net.Dial("tcp", "127.0.0.1:"+node.port)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(time.Minute))
	source := bufio.NewReader(c)
	ask := func() *http.Response {
		if _, err := io.WriteString(c, "GET /usher/auth/nginx HTTP/1.1\r\nHost: a\r\nX-Original-Method: GET\r\nX-Original-URI: /reports/\r\nX-Forwarded-Host: "+at.Host+
			"\r\nX-Forwarded-Proto: https\r\nX-Forwarded-For: 192.0.2.7\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		res, err := http.ReadResponse(source, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		return res
	}
	if res := ask(); res.StatusCode != http.StatusUnauthorized || res.Header.Get("X-Usher-Sign-In") == "" {
		t.Errorf("nobody is signed in, and the answer is %d %v", res.StatusCode, res.Header)
	}
	text, err := os.ReadFile(node.file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, node.file, strings.Replace(string(text), "trusted_proxies: [127.0.0.1]", "trusted_proxies: [192.0.2.1]", 1))
	eventually(t, "the front server is trusted no longer", func() bool {
		res := ask()
		return res.StatusCode == http.StatusForbidden && res.Header.Get("X-Usher-Sign-In") == ""
	})
	node.end(t)
	if _, err := source.ReadByte(); !errors.Is(err, io.EOF) {
		t.Errorf("after the gateway's end the connection gave %v", err)
	}
}
