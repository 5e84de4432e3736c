// SPDX-License-Identifier: Apache-2.0

package server

import "time"

// stamp writes times as slog's JSON handler does ([time.RFC3339Nano]). What the
// lines of one second have in common is made once.
type stamp struct {
	second int64
	text   []byte // to the second; empty: none was written yet
	zone   []byte
}

func (s *stamp) append(b []byte, now time.Time) []byte {
	if second := now.Unix(); second != s.second || len(s.text) == 0 {
		s.second = second
		s.text = now.AppendFormat(s.text[:0], "2006-01-02T15:04:05")
		s.zone = now.AppendFormat(s.zone[:0], "Z07:00")
	}
	b = append(b, s.text...)
	if n := now.Nanosecond(); n > 0 {
		var digits [10]byte
		digits[0] = '.'
		for i := 9; i > 0; i-- {
			digits[i] = byte('0' + n%10)
			n /= 10
		}
		last := 9
		for digits[last] == '0' {
			last--
		}
		b = append(b, digits[:last+1]...)
	}
	return append(b, s.zone...)
}
