// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// server gives the address of the PostgreSQL server that tests may use.
func server(t testing.TB) *url.URL {
	t.Helper()
	base := os.Getenv("USHER_TEST_POSTGRES")
	if base == "" {
		const how = "USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this; by hand, see testdata/postgres.sh"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("USHER_TEST_POSTGRES is no address")
	}
	return u
}

// postgres gives the address of an empty schema on that server.
func postgres(t testing.TB) string {
	t.Helper()
	u := server(t)
	name := "usher_" + strings.ToLower(rand.Text()[:12])
	administer(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { administer(t, "DROP SCHEMA "+name+" CASCADE") })
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// administer runs a statement as the server's own administrator.
func administer(t testing.TB, statement string) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context()) // clean-up runs when the test's own is over
	conn, err := pgx.Connect(ctx, server(t).String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Errorf("%s: %v", statement, err)
	}
	if err := conn.Close(ctx); err != nil {
		t.Error(err)
	}
}
