// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// A dialect holds what the engines do differently.
type dialect struct {
	name     string
	migrates goose.Dialect
	numbered bool // parameters are $1, $2 instead of ?
}

var (
	sqliteDialect   = dialect{name: "sqlite", migrates: goose.DialectSQLite3}
	postgresDialect = dialect{name: "postgres", migrates: goose.DialectPostgres, numbered: true}
)

// bind writes the parameters as the engine wants them. Our statements hold no
// question mark in any other role.
func (d dialect) bind(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	n := 0
	for _, part := range strings.SplitAfter(query, "?") {
		if rest, ok := strings.CutSuffix(part, "?"); ok {
			n++
			b.WriteString(rest + "$" + strconv.Itoa(n))
			continue
		}
		b.WriteString(part)
	}
	return b.String()
}
