// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"testing"

	"github.com/jackc/pgx/v5"
)

// postgres gives the address of an empty database on the server that
// USHER_TEST_POSTGRES names.
func postgres(t *testing.T) string {
	t.Helper()
	base := os.Getenv("USHER_TEST_POSTGRES")
	if base == "" {
		t.Skip("USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this")
	}
	conn, err := pgx.Connect(t.Context(), base)
	if err != nil {
		t.Fatal(err)
	}
	name := "usher_" + fmt.Sprintf("%x", rand.Text()[:8])
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx := context.Background()
		_, _ = conn.Exec(ctx, "DROP DATABASE "+name+" WITH (FORCE)")
		_ = conn.Close(ctx)
	})
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}
