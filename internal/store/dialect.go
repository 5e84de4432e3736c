// SPDX-License-Identifier: Apache-2.0

package store

import (
	"strconv"
	"strings"

	"github.com/pressly/goose/v3"
)

// A dialect holds what the engines do differently.
type dialect struct {
	name       string
	migrations goose.Dialect
	numbered   bool   // parameters are $1, $2 instead of ?
	clock      string // an expression: the database's own time in microseconds
	lock       string // holds others that name the same key until the transaction ends; empty: a transaction has the database to itself
	share      string // waits for those who hold the key, not for others who share it; empty as above
	tryLock    string // as lock, answering at once whether it was got
	tables     string // a query: how many tables have this name
	duplicate  func(error) bool
	broken     func(error) bool   // the connection was lost, or the transaction was chosen to lose: nothing was done
	lostRace   func(error) bool   // bringing the schema up to date failed, perhaps because another process does so
	full, held func(error) bool   // the disk has no room; another program holds what is to be written
	advice     func(error) string // what to do about an error that is known; empty: it is not
}

// bind writes the parameters as the engine wants them. No statement here holds
// a question mark in any other role.
func (d *dialect) bind(query string) string {
	if !d.numbered {
		return query
	}
	var b strings.Builder
	b.Grow(len(query) + 16)
	n := 0
	for {
		before, after, found := strings.Cut(query, "?")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		n++
		b.WriteByte('$')
		b.WriteString(strconv.Itoa(n))
		query = after
	}
}
