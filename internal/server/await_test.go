// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/server"
)

// waiting makes the file of a gateway with a database, and the options to start it.
func waiting(t *testing.T, dsn string) (o server.Options, admin string, log *safeBuffer) {
	t.Helper()
	port := keptPort(t)
	dir := t.TempDir()
	write(t, filepath.Join(dir, "usher.yaml"), fmt.Sprintf("instance: {name: waiting, environment: development, url: \"http://localhost\"}\nexternal_accounts:\n"+
		"  - {internal_name: Adobe_Marketing_Cloud, type: Adobe Marketing Cloud, ims_server: \"https://ims-na1.adobelogin.com\", ims_client_id: a, ims_client_secret: CANARY-waiting}\n"+
		"server: {listen: \"127.0.0.1:0\", public_url: \"http://localhost\", key_file: usher.key, admin_listen: \"127.0.0.1:%s\", database: %q}\n", port, dsn))
	log = &safeBuffer{}
	return server.Options{ConfigFile: filepath.Join(dir, "usher.yaml"), Environment: config.OS(), Now: time.Now, Random: rand.Reader, Node: "waiting",
		Logger: slog.New(slog.NewTextHandler(log, nil))}, "http://127.0.0.1:" + port, log
}

// A gateway that is started before its database is waits, says so, and starts.
func TestAwaitsItsDatabase(t *testing.T) {
	u, err := url.Parse(schema(t))
	if err != nil {
		t.Fatal(err)
	}
	real := u.Host
	port := keptPort(t)
	u.Host = "127.0.0.1:" + port
	u.User = url.UserPassword("usher", "CANARY-database")
	o, admin, log := waiting(t, u.String())
	started := make(chan error, 1)
	go func() {
		s, err := server.Await(t.Context(), o)
		if err == nil {
			err = s.Close()
		}
		started <- err
	}()
	status, said, body := readiness(t, admin)
	if status != http.StatusServiceUnavailable || said.Ready || !strings.HasPrefix(said.item("database"), "missing ") || strings.Contains(body, "CANARY") {
		t.Errorf("readyz while the database is down: %d %s", status, body)
	}
	eventually(t, "it is said why", func() bool {
		_, said, _ := readiness(t, admin)
		return strings.Contains(said.item("database"), "does not let usher in")
	})
	if status, body := ask(t, admin+"/healthz"); status != http.StatusOK {
		t.Errorf("healthz: %d %s; a gateway that waits is alive", status, body)
	}
	select {
	case err := <-started:
		t.Fatalf("it did not wait: %v", err)
	default:
	}
	ln, err := net.Listen("tcp", u.Host)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = ln.Close() })
	go passOn(ln, real)
	select {
	case err := <-started:
		if err != nil {
			t.Fatalf("the database is there: %v", err)
		}
	case <-time.After(time.Minute):
		t.Fatal("it waits although the database is there")
	}
	if text := string(log.Bytes()); strings.Count(text, "the gateway starts when it does") != 1 || strings.Contains(text, "CANARY") {
		t.Errorf("the log says\n%s", text)
	}
}

// passOn carries connections to another address.
func passOn(ln net.Listener, to string) {
	for {
		in, err := ln.Accept()
		if err != nil {
			return
		}
		out, err := net.Dial("tcp", to)
		if err != nil {
			_ = in.Close()
			continue
		}
		go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
		go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
	}
}

// What waiting does not mend ends the start at once, with the sentence.
func TestDoesNotAwaitWhatNeverComes(t *testing.T) {
	u, err := url.Parse(schema(t))
	if err != nil {
		t.Fatal(err)
	}
	none, password := *u, *u
	none.Path = "/no_such_database"
	password.User = url.UserPassword("usher_password", "CANARY-wrong")
	for want, dsn := range map[string]string{"CREATE DATABASE": none.String(), "password": password.String(), "wanted sqlite:PATH": "mysql:x",
		"cannot be used": "sqlite:" + filepath.Join(t.TempDir(), "none", "usher.db")} {
		o, _, _ := waiting(t, dsn)
		ctx, stop := context.WithTimeout(t.Context(), time.Minute)
		_, err := server.Await(ctx, o)
		if stop(); err == nil || ctx.Err() == context.DeadlineExceeded || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "folder") || strings.Contains(err.Error(), "CANARY") {
			t.Errorf("%s: %v; wanted %q", config.RevisionOf([]byte(dsn)), err, want)
		}
	}
	// Whoever stops it while it waits is not kept waiting.
	u.Host = "127.0.0.1:1"
	o, _, _ := waiting(t, u.String())
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if _, err := server.Await(ctx, o); err == nil {
		t.Error("it started without a database")
	}
}
