// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

// childRole names, in the environment, what this program does instead of tests.
const childRole = "USHER_STORE_CHILD"

// TestMain lets tests start this program as another process.
func TestMain(m *testing.M) {
	switch os.Getenv(childRole) {
	case "":
		os.Exit(m.Run())
	case "write":
		writeUntilKilled(os.Args[len(os.Args)-1])
	case "open":
		openOnce(os.Args[len(os.Args)-1])
	case "load":
		putLoadOn(os.Args[1], os.Args[2])
	}
}

// child makes this program ready to run again in a role.
func child(t *testing.T, role, dsn string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, dsn)
	cmd.Env = append(os.Environ(), childRole+"="+role)
	return cmd
}

// writeUntilKilled signs in as fast as it can, eight at once, and prints the id
// of each sign-in after it was answered.
func writeUntilKilled(dsn string) {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn, store.Options{Timeout: 10 * time.Second})
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	done := make(chan string)
	for who := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d-%d", os.Getpid(), who, i)
				if err := db.PutSession(ctx, someone(id)); err != nil {
					done <- "error " + err.Error()
					return
				}
				if i%2 == 1 {
					if err := db.EndSession(ctx, id, time.Now()); err != nil {
						done <- "error " + err.Error()
						return
					}
				}
				done <- id
			}
		}()
	}
	out := bufio.NewWriterSize(os.Stdout, 16) // nearly nothing waits here
	for line := range done {
		_, _ = fmt.Fprintln(out, line)
		_ = out.Flush()
	}
}

// openOnce opens a database and says how that went.
func openOnce(dsn string) {
	ctx := context.Background()
	db, err := store.Open(ctx, dsn, store.Options{Timeout: 10 * time.Second})
	if err == nil {
		err = db.PutTicket(ctx, usher.Ticket{ID: fmt.Sprint(os.Getpid()), Issued: time.Now()})
	}
	if err != nil {
		fmt.Print(err)
		os.Exit(1)
	}
	if err := db.Close(); err != nil {
		fmt.Print(err)
		os.Exit(1)
	}
	fmt.Print("opened")
}
