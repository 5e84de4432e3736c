// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/usher-signin/usher"
)

// source is the file's text with its lines. Lines end in LF or CR LF; whatever
// else a YAML reader might take for a line's end is refused, so that everybody
// counts alike.
type source struct {
	name   string
	data   []byte
	starts []int // byte offset of each line

	shifts map[int][]Shift // by line: an unpacked text's columns are not the file's
}

func newSource(name string, data []byte) *source {
	s := &source{name: name, data: data, starts: make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))}
	if bytes.HasPrefix(data, byteOrderMark()) {
		s.starts[0] = len(byteOrderMark()) // says how the text is written, and is none of it
	}
	for i := s.starts[0]; ; {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			return s
		}
		i += n + 1
		s.starts = append(s.starts, i)
	}
}

// byteOrderMark is what some editors put before a text in UTF-8. It is kept
// where the file is rewritten: whoever edits the file so sees no difference.
func byteOrderMark() []byte { return []byte("\ufeff") }

// lines counts the lines; what follows the last line's end is no line of its own.
func (s *source) lines() int {
	if n := len(s.starts); s.starts[n-1] == len(s.data) {
		return n - 1
	}
	return len(s.starts)
}

// line gives line n, counted from one, without its end.
func (s *source) line(n int) []byte {
	if n < 1 || n > len(s.starts) {
		return nil
	}
	line := s.data[s.starts[n-1]:s.end(n)]
	line = bytes.TrimSuffix(line, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'})
}

// end is the offset after line n, its line end included.
func (s *source) end(n int) int {
	if n < len(s.starts) {
		return s.starts[n]
	}
	return len(s.data)
}

// offset finds the byte at line and column, both counted from one, the column in characters.
func (s *source) offset(line, column int) int {
	if line < 1 || line > len(s.starts) {
		return len(s.data)
	}
	return s.advance(s.starts[line-1], column-1)
}

// advance moves some characters on from an offset, within the line.
func (s *source) advance(at, characters int) int {
	for ; characters > 0 && at < len(s.data) && s.data[at] != '\n'; characters-- {
		_, size := utf8.DecodeRune(s.data[at:])
		at += size
	}
	return at
}

// lineAt gives the line, from one, that holds the byte at offset.
func (s *source) lineAt(offset int) int {
	lo, hi := 0, len(s.starts)
	for hi-lo > 1 {
		mid := (lo + hi) / 2
		if s.starts[mid] <= offset {
			lo = mid
		} else {
			hi = mid
		}
	}
	return lo + 1
}

// place makes a place of line and column. A value that is not there, at the
// end of the file, is placed after the file's last character.
func (s *source) place(line, column int) usher.Place {
	if last := max(s.lines(), 1); line > last {
		line, column = last, utf8.RuneCount(s.line(last))+1
	}
	return usher.Place{File: s.name, Line: line, Column: s.shifted(line, column)}
}

func (s *source) placeOf(offset int) usher.Place {
	line := s.lineAt(offset)
	return s.place(line, 1+utf8.RuneCount(s.data[s.starts[line-1]:offset]))
}

// checkEncoding refuses bytes that are not UTF-8 and characters that a
// configuration file cannot hold as they are.
func (s *source) checkEncoding(p *Problems) {
	if bytes.HasPrefix(s.data, []byte{0xfe, 0xff}) || bytes.HasPrefix(s.data, []byte{0xff, 0xfe}) {
		p.add(Problem{Place: s.place(1, 1), Saw: "a file in UTF-16", Want: "UTF-8", Do: "save the file as UTF-8"})
		return
	}
	for i := s.starts[0]; i < len(s.data) && !p.full(); {
		c := s.data[i]
		if c >= ' ' && c < 0x7f || c == '\n' || c == '\t' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(s.data[i:])
		if saw, do := s.refusedRune(r, size, i); saw != "" {
			p.add(Problem{Place: s.placeOf(i), Saw: saw, Want: "printable UTF-8 text", Do: do})
		}
		i += size
	}
}

func (s *source) refusedRune(r rune, size, at int) (saw, do string) {
	switch {
	case r == utf8.RuneError && size == 1:
		return fmt.Sprintf("the byte 0x%02X, which is not UTF-8", s.data[at]), "save the file as UTF-8"
	case r == '\r' && at+1 < len(s.data) && s.data[at+1] == '\n':
		return "", ""
	case r == '\r', r == 0x85, r == 0x2028, r == 0x2029:
		return fmt.Sprintf("the line separator %U", r), "end lines with LF or CR LF; inside a text write " + escapeOf(r) + " between double quotes"
	case r < ' ', r >= 0x7f && r < 0xa0, r == 0xfffe, r == 0xffff:
		return fmt.Sprintf("the control character %U", r), "remove it, or write " + escapeOf(r) + " between double quotes"
	}
	return "", ""
}

func escapeOf(r rune) string {
	if r < 0x100 {
		return fmt.Sprintf(`\x%02x`, r)
	}
	return fmt.Sprintf(`\u%04x`, r)
}
