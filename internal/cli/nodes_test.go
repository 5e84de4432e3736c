// SPDX-License-Identifier: Apache-2.0

package cli_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/usher-signin/usher/internal/config"
)

// condition knows what a machine may lack: [postgres].
func condition(name string) (bool, error) {
	if name != "postgres" {
		return false, fmt.Errorf("no condition is called %s", name)
	}
	there := os.Getenv("USHER_TEST_POSTGRES") != ""
	if !there && os.Getenv("USHER_TEST_ALL") != "" {
		return false, errors.New("USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this")
	}
	return there, nil
}

// schema NAME puts the address of an empty schema on the PostgreSQL that tests
// may use into the variable NAME. It is gone after the script.
func schema(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: schema NAME")
	}
	dsn, drop, err := makeSchema()
	ts.Check(err)
	ts.Defer(drop)
	ts.Setenv(args[0], dsn)
}

// emptySchema is schema for tests that are no scripts.
func emptySchema(t *testing.T) string {
	t.Helper()
	if there, err := condition("postgres"); err != nil {
		t.Fatal(err)
	} else if !there {
		t.Skip("USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this")
	}
	dsn, drop, err := makeSchema()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(drop)
	return dsn
}

func makeSchema() (dsn string, drop func(), err error) {
	base := os.Getenv("USHER_TEST_POSTGRES")
	name := "usher_" + strings.ToLower(rand.Text()[:12])
	administer := func(statement string) error {
		conn, err := pgx.Connect(context.Background(), base)
		if err != nil {
			return err
		}
		_, err = conn.Exec(context.Background(), statement)
		return errors.Join(err, conn.Close(context.Background()))
	}
	if err := administer("CREATE SCHEMA " + name); err != nil {
		return "", nil, err
	}
	u, err := url.Parse(base)
	if err != nil {
		return "", nil, err
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String(), func() { _ = administer("DROP SCHEMA " + name + " CASCADE") }, nil // the server goes after the tests
}

// silence DSN NODE makes a gateway that was killed as silent as it is half a
// minute later.
func silence(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: silence DSN NODE")
	}
	conn, err := pgx.Connect(context.Background(), args[0])
	ts.Check(err)
	done, err := conn.Exec(context.Background(), "UPDATE nodes SET noted = noted - 30000000 WHERE node = $1", args[1])
	ts.Check(errors.Join(err, conn.Close(context.Background())))
	if done.RowsAffected() != 1 {
		ts.Fatalf("no gateway is called %s", args[1])
	}
}

// ask ADDRESS prints status and body of what answers there.
func ask(args []string) int {
	if len(args) != 1 {
		fmt.Fprintln(os.Stderr, "usage: ask ADDRESS")
		return 2
	}
	res, body, err := fetch(&http.Client{Timeout: 10 * time.Second}, http.MethodGet, args[0], nil)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	say("status %d\n%s", res.StatusCode, body)
	return 0
}

// reloaded FILE LOG waits until the gateway with that log has put the file in
// force as it is now.
func reloaded(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: reloaded FILE LOG")
	}
	eventually(ts, false, []string{args[1], `"msg":"configuration in force","revision":"` + config.RevisionOf([]byte(ts.ReadFile(args[0])))})
}
