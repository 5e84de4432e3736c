// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"crypto/rand"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jackc/pgx/v5"
)

// mostIdleCalls bounds what a gateway asks of its database, in calls a second, when nobody
// asks anything of it: docs/reliability.md tells administrators so.
const mostIdleCalls = 3.0

// TestAnIdleGatewayHardlyAsks counts what a gateway that nobody uses asks of a
// real database within five minutes.
func TestAnIdleGatewayHardlyAsks(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) { idle(t) })
	t.Run("postgres", func(t *testing.T) {
		address := emptySchema(t)
		idle(t, "server: {", "server: {database: \""+address+"\", key_file: "+filepath.Join(t.TempDir(), "keys")+", ")
	})
}

func idle(t *testing.T, change ...string) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := quick(t, change...)
		before := storeCalls(t, s)
		ctx, stop := context.WithCancel(t.Context())
		var work sync.WaitGroup
		for _, task := range []func(context.Context){s.sessions.Run, s.follow, s.followKeys, s.beat, s.sweep} {
			work.Go(func() { task(ctx) })
		}
		const long = 5 * time.Minute
		time.Sleep(long)
		after := storeCalls(t, s)
		stop()
		work.Wait()
		total := 0.0
		for doing, n := range after {
			n = (n - before[doing]) / long.Seconds()
			t.Logf("%-45s %.2f a second", doing, n)
			total += n
		}
		t.Logf("together %.2f a second", total)
		if total > mostIdleCalls {
			t.Errorf("an idle gateway asks %.2f times a second; %v are promised at most", total, mostIdleCalls)
		}
		for _, doing := range []string{"listing_ended_sessions", "noting_that_a_node_is_there", "removing_what_is_past_its_time"} {
			if after[doing] <= before[doing] {
				t.Errorf("nothing was counted of %s: %v", doing, after)
			}
		}
	})
}

var storeCount = regexp.MustCompile(`(?m)^usher_store_seconds_count\{operation="([^"]*)"\} ([0-9.e+]+)$`)

// storeCalls reads from the metrics how often each call was made.
func storeCalls(t *testing.T, s *Server) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	s.metrics.Handler(slog.New(slog.NewTextHandler(io.Discard, nil))).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	out := map[string]float64{}
	for _, m := range storeCount.FindAllStringSubmatch(w.Body.String(), -1) {
		n, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		out[m[1]] = n
	}
	return out
}

// emptySchema gives the address of an empty schema on the tests' PostgreSQL.
func emptySchema(t *testing.T) string {
	t.Helper()
	base := os.Getenv("USHER_TEST_POSTGRES")
	if base == "" {
		const how = "USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	name := "usher_" + strings.ToLower(rand.Text()[:12])
	run := func(statement string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, base)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close(ctx) }()
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
	}
	run("CREATE SCHEMA " + name)
	t.Cleanup(func() { run("DROP SCHEMA " + name + " CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal("USHER_TEST_POSTGRES is no address")
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}
