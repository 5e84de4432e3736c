// SPDX-License-Identifier: Apache-2.0

package store_test

import (
	"path/filepath"
	"testing"

	"github.com/usher-signin/usher/internal/store"
	"github.com/usher-signin/usher/internal/store/storetest"
)

func TestSQLiteInMemory(t *testing.T) {
	if testing.Short() {
		t.Skip("the same code as for a file")
	}
	suite(t, func(testing.TB) string { return "sqlite::memory:" })
}

func TestSQLiteInAFile(t *testing.T) {
	suite(t, func(t testing.TB) string { return "sqlite:" + filepath.Join(t.TempDir(), "a b?c#d%41.db") })
}

func TestPostgreSQL(t *testing.T) {
	server(t) // skips
	suite(t, postgres)
}

func suite(t *testing.T, address func(testing.TB) string) {
	storetest.Run(t, func(t *testing.T, o store.Options) *store.DB { return open(t, address(t), o) })
}

func open(t testing.TB, dsn string, o store.Options) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return db
}
