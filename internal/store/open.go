// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"fmt"
	"strings"
)

// Open opens the database that dsn names and brings its schema up to date:
//
//	sqlite:PATH                             a file; its folder must exist
//	sqlite::memory:                         gone when it is closed; for tests
//	postgres://USER:PASSWORD@HOST/NAME      also postgresql://
//
// It fails with a sentence that says what was seen and what to do. No error
// holds a password. A schema that is newer than this program is refused.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	o = o.withDefaults()
	scheme, rest, _ := strings.Cut(dsn, ":")
	switch scheme {
	case "sqlite":
		if rest == ":memory:" {
			return openMemory(ctx, o)
		}
		return openFile(ctx, rest, o)
	case "postgres", "postgresql":
		return openPostgres(ctx, dsn, o)
	}
	return nil, fmt.Errorf("the database's address begins with %q; wanted sqlite:PATH, such as sqlite:usher.db, or postgres://USER@HOST/NAME", clip(scheme, 20))
}
