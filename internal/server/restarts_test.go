// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// frontFor starts nginx before the fleet and gives its address.
func frontFor(t *testing.T, f *fleet, locations string) (address string, faults func() string) {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		const how = "nginx is not on this machine: restarts behind it were not tested"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	port, dir := keptPort(t), t.TempDir()
	conf := "daemon off;\nworker_processes 1;\nerror_log " + dir + "/error.log;\npid " + dir + "/pid;\nevents {}\nhttp {\n  access_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		conf += fmt.Sprintf("  %s_temp_path %s/%s;\n", kind, dir, kind)
	}
	conf += "  upstream gateways {\n"
	for _, n := range f.nodes {
		conf += "    server 127.0.0.1:" + n.port + " max_fails=0;\n" // else nginx shuns a gateway for a while after its restart, and may shun all
	}
	conf += "    keepalive 8;\n  }\n  server {\n    listen 127.0.0.1:" + port + ";\n    proxy_http_version 1.1;\n" + locations + "  }\n}\n"
	write(t, filepath.Join(dir, "nginx.conf"), conf)
	cmd := exec.Command(nginx, "-p", dir, "-c", filepath.Join(dir, "nginx.conf"))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	return "http://127.0.0.1:" + port, func() string {
		log, _ := os.ReadFile(filepath.Join(dir, "error.log")) // what it says is for whoever looks for the cause
		return string(log[:min(len(log), 4000)])
	}
}

// Gateways behind nginx are restarted one after the other under load: no request
// fails. USHER_SOAK_RESTARTS says how many.
func TestRollingRestartsLoseNoRequest(t *testing.T) {
	f := startFleet(t, 2)
	front, faults := frontFor(t, f, "    location / {\n      proxy_pass https://gateways;\n      proxy_set_header Host $http_host;\n      proxy_set_header Connection \"\";\n    }\n")
	restarts := soak(t, "USHER_SOAK_RESTARTS", brief(4, 2))
	c := f.visitor(func() *fleetNode { return f.nodes[0] })
	callback, err := f.begin(c, "ana@corp.example")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := get(c, callback); err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	ask := func(client *http.Client) error {
		r, err := http.NewRequest(http.MethodGet, front+"/reports/load", nil)
		if err != nil {
			return err
		}
		r.Host = at.Host
		for _, cookie := range c.Jar.Cookies(at) {
			r.AddCookie(cookie)
		}
		res, body, err := answered(client.Do(r))
		if err == nil && res.StatusCode != http.StatusOK {
			err = fmt.Errorf("%d: %.200s", res.StatusCode, body)
		}
		return err
	}
	client := &http.Client{Timeout: 15 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	eventually(t, "nginx serves", func() bool { return ask(client) == nil })
	f.restartUnder(t, restarts, func() error { return ask(client) }, faults)
}

// A front server asks for verdicts on connections that it keeps open while the
// gateways behind it are restarted: no question fails.
func TestRollingRestartsLoseNoQuestion(t *testing.T) {
	f := makeFleet(t, 2, schema(t), nil)
	for _, node := range f.nodes {
		node.inTheClear(t)
		node.start(t)
	}
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	front, faults := frontFor(t, f, "    location / {\n      auth_request /verdict;\n    }\n    location = /verdict {\n      internal;\n      proxy_pass http://gateways/usher/auth/nginx;\n"+
		"      proxy_pass_request_body off;\n      proxy_set_header Content-Length \"\";\n      proxy_set_header X-Original-Method $request_method;\n      proxy_set_header X-Original-URI $request_uri;\n"+
		"      proxy_set_header X-Forwarded-Host "+at.Host+";\n      proxy_set_header X-Forwarded-Proto https;\n      proxy_set_header X-Forwarded-For $remote_addr;\n      proxy_set_header Connection \"\";\n    }\n")
	client := &http.Client{Timeout: 15 * time.Second}
	ask := func() error {
		res, body, err := answered(client.Get(front + "/reports/load"))
		if err == nil && (res.StatusCode != http.StatusUnauthorized || res.Header.Get("Www-Authenticate") == "") { // nginx says 500 where the question fails
			err = fmt.Errorf("%d: %.200s", res.StatusCode, body)
		}
		return err
	}
	eventually(t, "nginx asks", func() bool { return ask() == nil })
	f.restartUnder(t, soak(t, "USHER_SOAK_RESTARTS", brief(4, 2)), ask, faults)
}

// restartUnder restarts the gateways one after the other while many ask.
func (f *fleet) restartUnder(t *testing.T, restarts int, ask func() error, faults func() string) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		asked  int
		failed []error
	)
	for range 4 {
		wg.Go(func() {
			for ctx.Err() == nil {
				err := ask()
				mu.Lock()
				if asked++; err != nil {
					failed = append(failed, err)
				}
				mu.Unlock()
				time.Sleep(5 * time.Millisecond) // a light load
			}
		})
	}
	for n := range restarts {
		node := f.nodes[n%2]
		node.end(t)
		node.start(t)
		time.Sleep(500 * time.Millisecond) // the load goes on meanwhile
	}
	stop()
	wg.Wait()
	if len(failed) > 0 || asked < 20*restarts {
		t.Fatalf("of %d requests %d failed, the first with %v; nginx says\n%s", asked, len(failed), append(failed, nil)[0], faults())
	}
	t.Logf("%d restarts, %d requests, none failed", restarts, asked)
}
