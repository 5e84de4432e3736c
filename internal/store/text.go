// SPDX-License-Identifier: Apache-2.0

package store

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of what is kept, in bytes. PostgreSQL cannot index more than some
// 2,700, which two keys have to share even where both are spelled in base 64.
const (
	maxKey    = 900
	maxText   = 1 << 14
	maxRecord = 4 << 20
)

// strange marks text that PostgreSQL would not take as it is: bytes that are no
// UTF-8, or a zero byte. Both engines keep it in base 64 after this mark, so
// that it comes back byte for byte, and so that a look-up with such text finds
// nothing instead of failing.
const strange = "base64:"

func encodeText(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 && !strings.HasPrefix(s, strange) {
		return s
	}
	return strange + base64.StdEncoding.EncodeToString([]byte(s))
}

// text reads a column that encodeText wrote.
type text string

// Scan makes text usable in package database/sql.
func (t *text) Scan(src any) error {
	var s string
	switch v := src.(type) {
	case string:
		s = v
	case []byte:
		s = string(v)
	default:
		return refuse("a column holds %T where text was wanted: another program changed the database", src)
	}
	if rest, ok := strings.CutPrefix(s, strange); ok {
		raw, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			return refuse("a column holds text that cannot be read: another program changed the database: %w", err)
		}
		s = string(raw)
	}
	*t = text(s)
	return nil
}

// moment is a time as a column of microseconds; zero is the zero time.
type moment time.Time

// Scan makes moment usable in package database/sql.
func (m *moment) Scan(src any) error {
	us, ok := src.(int64)
	if !ok {
		return refuse("a column holds %T where microseconds were wanted: another program changed the database", src)
	}
	*m = moment{}
	if us != 0 {
		*m = moment(time.UnixMicro(us).UTC())
	}
	return nil
}

func micros(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// blob is bytes in a column of base 64; no bytes are nil.
type blob []byte

// Scan makes blob usable in package database/sql.
func (b *blob) Scan(src any) error {
	var t text
	if err := t.Scan(src); err != nil || t == "" {
		*b = nil
		return err
	}
	raw, err := base64.StdEncoding.DecodeString(string(t))
	if err != nil {
		return refuse("a column holds bytes that cannot be read: another program changed the database: %w", err)
	}
	*b = raw
	return nil
}

func encodeBytes(b []byte) string { return base64.StdEncoding.EncodeToString(b) }

// record is a structure in a column of JSON.
type record struct{ into any }

// Scan makes record usable in package database/sql.
func (r record) Scan(src any) error {
	var t text
	if err := t.Scan(src); err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(t), r.into); err != nil {
		return refuse("a column holds a structure that cannot be read: another program changed the database: %w", err)
	}
	return nil
}

func encodeRecord(what string, v any) (string, error) {
	raw, err := json.Marshal(v)
	if err != nil {
		return "", refuse("%s cannot be written down: %w", what, err)
	}
	if len(raw) > maxRecord {
		return "", refuse("%s has %d bytes; at most %d are kept", what, len(raw), maxRecord)
	}
	return string(raw), nil
}

// A field is a value with its limit.
type field struct {
	name  string
	value string
	limit int
}

// within refuses values that are longer than their limits.
func within(fields ...field) error {
	for _, f := range fields {
		if len(f.value) > f.limit {
			return refusal{fmt.Errorf("%s has %d bytes; at most %d are kept", f.name, len(f.value), f.limit)}
		}
	}
	return nil
}

// clip shortens text that is only for looking things up.
func clip(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	return strings.ToValidUTF8(s[:limit], "")
}

// fold spells an email address as look-ups compare it.
func fold(email string) string { return clip(strings.ToLower(email), 320) }
