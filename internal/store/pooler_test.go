// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/store/storetest"
)

// pooler starts PgBouncer in front of the server that tests may use, in a mode,
// and gives what makes an empty database behind it.
func pooler(t *testing.T, mode string) func(testing.TB) string {
	t.Helper()
	base := server(t)
	program, err := exec.LookPath("pgbouncer")
	if err != nil {
		if program = "/usr/sbin/pgbouncer"; !there(program) {
			const how = "pgbouncer is not on this machine: nothing was tested through a pooler"
			if os.Getenv("USHER_TEST_ALL") != "" {
				t.Fatal(how)
			}
			t.Skip(how)
		}
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := ln.Addr().String()
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		t.Fatal(err)
	}
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	conf := filepath.Join(t.TempDir(), "pgbouncer.ini")
	text := fmt.Sprintf("[databases]\n* = host=%s port=%s user=%s\n[pgbouncer]\nlisten_addr=127.0.0.1\nlisten_port=%s\nunix_socket_dir=\nauth_type=any\npool_mode=%s\ndefault_pool_size=4\nmax_client_conn=200\n",
		base.Hostname(), base.Port(), base.User.Username(), port, mode)
	if os.Getuid() == 0 {
		text += "user=nobody\n" // it refuses to be root
	}
	if err := os.WriteFile(conf, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "-q", conf)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Signal(syscall.SIGTERM)
		_ = cmd.Wait()
	})
	for range 200 {
		if conn, err := net.DialTimeout("tcp", address, time.Second); err == nil {
			_ = conn.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	return func(t testing.TB) string {
		name := "pooled_" + strings.ToLower(rand.Text()[:12])
		administer(t, "CREATE DATABASE "+name)
		t.Cleanup(func() { administer(t, "DROP DATABASE "+name+" WITH (FORCE)") })
		return fmt.Sprintf("postgres://usher@%s/%s?sslmode=disable", address, name)
	}
}

func there(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// The whole suite through a pooler that gives a connection for a transaction
// only: nothing may rest on what a connection remembers.
func TestThroughAPooler(t *testing.T) {
	address := pooler(t, "transaction")
	storetest.Run(t, func(t *testing.T, o store.Options) *store.DB { return open(t, address(t), o) })
}

// Several start at once behind a pooler: the lock belongs to a transaction, and
// is free afterwards.
func TestManyStartThroughAPooler(t *testing.T) {
	for _, mode := range []string{"transaction", "session"} {
		t.Run(mode, func(t *testing.T) {
			dsn := pooler(t, mode)(t)
			var all sync.WaitGroup
			for range 3 {
				all.Go(func() {
					db, err := store.Open(t.Context(), dsn, store.Options{Timeout: 20 * time.Second})
					if err != nil {
						t.Error(err)
						return
					}
					if err := db.Close(); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
			open(t, dsn, store.Options{Timeout: 20 * time.Second})
			if c, err := store.Inspect(t.Context(), dsn, store.Options{Timeout: 20 * time.Second}); err != nil || !c.Writable || c.Fault != "" {
				t.Errorf("looked at through the pooler: %+v, %v", c, err)
			}
		})
	}
}
