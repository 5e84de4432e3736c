// SPDX-License-Identifier: Apache-2.0

package store

import (
	"context"
	"database/sql"
	"encoding/base64"
	"fmt"
	"slices"
)

// SealedHeader is how many bytes of a sealed value tell which key sealed it:
// twelve letters of base 64, so that the database can count by them.
const SealedHeader = 9

// A sealedColumn is a place where sealed values are kept for longer than a
// sign-in takes.
type sealedColumn struct{ table, row, where string }

func sealedColumns() []sealedColumn {
	return []sealedColumn{{"sessions", "id", "sealed <> '' AND ended = 0"}, {"grants", "login", "sealed <> ''"}}
}

// SealedTables names what holds sealed values, for [DB.Reseal] and [DB.SealedBy].
func SealedTables() []string {
	var names []string
	for _, c := range sealedColumns() {
		names = append(names, c.table)
	}
	return names
}

func sealedIn(table string) (sealedColumn, error) {
	i := slices.IndexFunc(sealedColumns(), func(c sealedColumn) bool { return c.table == table })
	if i < 0 {
		return sealedColumn{}, refuse("%q holds nothing that is sealed", table)
	}
	return sealedColumns()[i], nil
}

// SealedBy counts the sealed values of a table by their first [SealedHeader] bytes.
func (db *DB) SealedBy(ctx context.Context, table string) (map[string]int, error) {
	const doing = "counting what is sealed"
	c, err := sealedIn(table)
	if err != nil {
		return nil, db.failure(doing, err)
	}
	type count struct {
		header string
		n      int
	}
	counts, err := read(ctx, db, doing, func(ctx context.Context, r runner) ([]count, error) {
		return list(ctx, r, func(rows *sql.Rows) (c count, err error) { return c, rows.Scan(&c.header, &c.n) }, mostRows,
			`SELECT substr(sealed, 1, 12), count(*) FROM `+c.table+` WHERE `+c.where+` GROUP BY 1`)
	})
	out := make(map[string]int, len(counts))
	for _, c := range counts {
		raw, bad := base64.StdEncoding.DecodeString(c.header)
		if bad != nil {
			return nil, db.failure(doing, refuse("a sealed value cannot be read: another program changed the database: %w", bad))
		}
		out[string(raw)] += c.n
	}
	return out, err
}

// A Resealed is what one batch came to.
type Resealed struct {
	Last string // the last row, to go on after; empty: that was all
	Seen int
	New  int // sealed anew
	Lost int // could not be opened, and were left as they are
}

// Reseal gives each sealed value of a table to turn, a batch of rows after a
// row (empty: from the first), and keeps what comes back. A nil answer leaves
// the value as it is; an error does too, and is counted. A value that changed
// meanwhile is left to the next run, and serving goes on beside it.
func (db *DB) Reseal(ctx context.Context, table, after string, limit int, turn func(row string, sealed []byte) ([]byte, error)) (Resealed, error) {
	const doing = "sealing anew"
	c, err := sealedIn(table)
	if err != nil {
		return Resealed{}, db.failure(doing, err)
	}
	type value struct {
		row    string
		sealed []byte
	}
	values, err := read(ctx, db, doing, func(ctx context.Context, r runner) ([]value, error) {
		return list(ctx, r, func(rows *sql.Rows) (v value, err error) { return v, rows.Scan((*text)(&v.row), (*blob)(&v.sealed)) }, limited(limit),
			fmt.Sprintf(`SELECT %s, sealed FROM %s WHERE %s > ? AND %s ORDER BY %s`, c.row, c.table, c.row, c.where, c.row), after)
	})
	if err != nil {
		return Resealed{}, err
	}
	out := Resealed{Seen: len(values)}
	if len(values) == limited(limit) {
		out.Last = values[len(values)-1].row
	}
	type change struct{ row, before, now string }
	var changes []change
	for _, v := range values {
		now, err := turn(v.row, v.sealed)
		if err != nil {
			out.Lost++
		} else if now != nil {
			changes = append(changes, change{v.row, encodeBytes(v.sealed), encodeBytes(now)})
		}
	}
	if len(changes) == 0 {
		return out, nil
	}
	out.New, err = write(ctx, db, doing, func(ctx context.Context, r runner) (total int, err error) {
		for _, v := range changes {
			n, err := r.exec(ctx, fmt.Sprintf(`UPDATE %s SET sealed = ? WHERE %s = ? AND sealed = ?`, c.table, c.row), v.now, v.row, v.before)
			if err != nil {
				return 0, err
			}
			total += n
		}
		return total, nil
	})
	return out, err
}
