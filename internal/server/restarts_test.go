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
func frontFor(t *testing.T, f *fleet) (address string, faults func() string) {
	t.Helper()
	nginx, err := exec.LookPath("nginx")
	if err != nil {
		const how = "nginx is not on this machine: restarts behind it were not tested"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	ln, port := listen(t)
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	conf := "daemon off;\nworker_processes 1;\nerror_log " + dir + "/error.log;\npid " + dir + "/pid;\nevents {}\nhttp {\n  access_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		conf += fmt.Sprintf("  %s_temp_path %s/%s;\n", kind, dir, kind)
	}
	conf += "  upstream gateways {\n"
	for _, n := range f.nodes {
		conf += "    server 127.0.0.1:" + n.port + " max_fails=0;\n" // else nginx shuns a gateway for a while after its restart, and may shun all
	}
	conf += "  }\n  server {\n    listen 127.0.0.1:" + port + ";\n    location / {\n      proxy_pass https://gateways;\n" +
		"      proxy_set_header Host $http_host;\n      proxy_http_version 1.1;\n      proxy_set_header Connection \"\";\n    }\n  }\n}\n"
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
	front, faults := frontFor(t, f)
	restarts := soak(t, "USHER_SOAK_RESTARTS", 4)
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
				err := ask(client)
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
