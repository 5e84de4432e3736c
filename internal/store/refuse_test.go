// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/store"
)

func TestPostgreSQLAddressThatCannotBeUsed(t *testing.T) {
	const unreadable = "address cannot be read; wanted postgres://USER:PASSWORD@HOST"
	for name, c := range map[string]struct{ dsn, want string }{
		"nobody listens":          {"postgres://u:canary@127.0.0.1:1/x", "does not let usher in: see that it runs"},
		"a host without a name":   {"postgres://u:canary@nowhere.invalid/x", "does not let usher in: see that it runs"},
		"a broken escape":         {"postgres://u:can%ary@h/x", unreadable},
		"a slash in it":           {"postgres://u:can/ary@h/x", "wanted postgres://USER:PASSWORD@HOST"},
		"a hash in it":            {"postgres://u:canary#1@h/x", "wanted postgres://USER:PASSWORD@HOST"},
		"an unknown mode":         {"postgres://u:canary@h/x?sslmode=sometimes", "is not one for PostgreSQL"},
		"a password as a port":    {"postgres://u@h:canary/x", unreadable},
		"a key that is not there": {"postgres://u@h/x?sslmode=verify-full&sslkey=/none&sslcert=/none&sslpassword=canary", "a file that it names cannot be read"},
		"a password apart":        {"postgres://u@127.0.0.1:1/x?password=canary", "does not let usher in"},
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{Timeout: time.Second})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; wanted a sentence with %q", name, err, c.want)
		}
		if err != nil && (strings.Contains(err.Error(), "canary") || strings.Contains(err.Error(), "ary@")) {
			t.Errorf("%s: the error shows the password: %v", name, err)
		}
	}
}

// TestPostgreSQLThatRefuses meets what a real server refuses.
func TestPostgreSQLThatRefuses(t *testing.T) {
	base := server(t)
	suffix := strings.ToLower(rand.Text()[:8])
	limited, database := "usher_limited_"+suffix, "usher_refuses_"+suffix
	administer(t, "CREATE ROLE "+limited+" LOGIN")
	administer(t, "CREATE DATABASE "+database)
	t.Cleanup(func() {
		administer(t, "DROP DATABASE "+database)
		administer(t, "DROP ROLE "+limited)
	})
	administer(t, `DO $$ BEGIN CREATE ROLE usher_password LOGIN PASSWORD 'right'; EXCEPTION WHEN duplicate_object THEN NULL; END $$`)
	foreign := postgres(t)
	name := mustParse(t, foreign).Query().Get("search_path")
	administer(t, "CREATE TABLE "+name+".sessions (of_another_program INT)")
	at := func(user, database string) string {
		u := *base
		u.User, u.Path = url.UserPassword(user, "canary-word"), "/"+database
		return u.String()
	}
	for what, c := range map[string]struct{ dsn, want string }{
		"a wrong password":         {at("usher_password", database), "refuses the user or the password"},
		"a user that is not there": {at("usher_nobody_"+suffix, database), "refuses the user or the password"},
		"no such database":         {at("usher", "usher_none_"+suffix), "is not there: make it with CREATE DATABASE"},
		"no rights":                {at(limited, database), "GRANT CREATE, USAGE ON SCHEMA public"},
		"another program's table":  {foreign, "has tables of another program: give usher a database of its own"},
		"a standby":                {at("usher", database) + "&default_transaction_read_only=on", "standby or was made read-only"},
	} {
		_, err := store.Open(t.Context(), c.dsn, store.Options{Timeout: 10 * time.Second})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; wanted a sentence with %q", what, err, c.want)
		}
		if err != nil && strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: the error shows the password: %v", what, err)
		}
	}
}

func mustParse(t *testing.T, address string) *url.URL {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestPostgreSQLOfSeveralHosts names a host that is gone before the right one.
func TestPostgreSQLOfSeveralHosts(t *testing.T) {
	u := mustParse(t, postgres(t))
	u.Host = "127.0.0.1:1," + u.Host
	if err := open(t, u.String(), store.Options{Timeout: 10 * time.Second}).PutSession(t.Context(), someone("one")); err != nil {
		t.Error(err)
	}
}

// TestPostgreSQLReadOnly opens for reading: nothing is made, nothing is written.
func TestPostgreSQLReadOnly(t *testing.T) {
	dsn := postgres(t)
	if _, err := store.Open(t.Context(), dsn, store.Options{ReadOnly: true}); err == nil || !strings.Contains(err.Error(), "usher has not used it yet") {
		t.Errorf("an empty database: %v; wanted that usher has not used it", err)
	}
	if err := open(t, dsn, store.Options{}).PutSession(t.Context(), someone("one")); err != nil {
		t.Fatal(err)
	}
	db := open(t, dsn, store.Options{ReadOnly: true})
	if _, err := db.Session(t.Context(), "one"); err != nil {
		t.Error(err)
	}
	if err := db.EndSession(t.Context(), "one", time.Now()); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("ending: %v; wanted that it is for reading only", err)
	}
	if err := db.Backup(t.Context(), "x"); err == nil || !strings.Contains(err.Error(), "pg_dump") {
		t.Errorf("a backup: %v; wanted that pg_dump does it", err)
	}
}

// TestPostgreSQLBecomesReadOnly is a primary that becomes a standby under a
// running usher: sessions are still found, nothing is written.
func TestPostgreSQLBecomesReadOnly(t *testing.T) {
	dsn := postgres(t)
	db := open(t, dsn+"&application_name=usher_demoted", store.Options{Timeout: 10 * time.Second})
	if err := db.PutSession(t.Context(), someone("one")); err != nil {
		t.Fatal(err)
	}
	if err := store.Exec(t.Context(), db, "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Session(t.Context(), "one"); err != nil {
		t.Errorf("reading: %v", err)
	}
	err := db.PutSession(t.Context(), someone("two"))
	if !errors.Is(err, usher.ErrUnavailable) || !strings.Contains(err.Error(), "name the primary") {
		t.Errorf("writing: %v; wanted unavailable, and what to do", err)
	}
}
