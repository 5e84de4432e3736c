// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// How the log is gathered before it is written.
const (
	logEvery = 100 * time.Millisecond // lines wait no longer than this
	logBytes = 64 << 10               // and are written when they are this much
	// logMost bounds what waits for a reader that has stopped reading. Lines about
	// single requests beyond it are counted and dropped; all others wait.
	logMost = 4 << 20
	// logSpare is the most that is kept for the lines to come: what a busy tenth
	// of a second writes. Growing it anew each time costs more than the lines.
	logSpare = 1 << 20
)

// A LogSink gathers log lines and writes many at once: a write for each request
// costs more than judging it. Call Run beside it and Close at the end. It is
// safe for concurrent use.
type LogSink struct {
	mu      sync.Mutex
	waiting []byte
	dropped int
	stamp   stamp
	full    chan struct{}

	writing sync.Mutex // held while out is written; taken before mu
	spare   []byte
	out     io.Writer
}

// NewLogSink makes a sink that writes to out.
func NewLogSink(out io.Writer) *LogSink {
	return &LogSink{out: out, full: make(chan struct{}, 1)}
}

// Write takes whole lines. It waits where too much waits already.
func (s *LogSink) Write(lines []byte) (int, error) {
	s.mu.Lock()
	s.waiting = append(s.waiting, lines...)
	n := len(s.waiting)
	s.mu.Unlock()
	if n >= logMost {
		return len(lines), s.Flush()
	}
	s.wake(n)
	return len(lines), nil
}

// request takes the line that add appends, or drops it where nobody reads: a
// slow reader of the log slows no request.
func (s *LogSink) request(add func([]byte, *stamp) []byte) {
	s.mu.Lock()
	if len(s.waiting) >= logMost {
		s.dropped++
		s.mu.Unlock()
		return
	}
	s.waiting = add(s.waiting, &s.stamp)
	n := len(s.waiting)
	s.mu.Unlock()
	s.wake(n)
}

func (s *LogSink) wake(n int) {
	if n < logBytes {
		return
	}
	select {
	case s.full <- struct{}{}:
	default: // it knows already
	}
}

// Flush writes what waits.
func (s *LogSink) Flush() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.mu.Lock()
	lines, dropped := s.waiting, s.dropped
	s.waiting, s.dropped = s.spare[:0], 0
	s.mu.Unlock()
	if dropped > 0 {
		lines = fmt.Appendf(lines, `{"level":"WARN","msg":"lines about requests were dropped: the log's reader is too slow","dropped":%d}`+"\n", dropped)
	}
	if len(lines) == 0 {
		s.spare = lines
		return nil
	}
	_, err := s.out.Write(lines)
	s.spare = lines
	if cap(lines) > logSpare || cap(lines) > 2*logBytes && len(lines) < cap(lines)/8 {
		s.spare = nil // a flood is over; its memory is not kept
	}
	return err
}

// Run writes what waits until ctx has ended. A log that cannot be written is no
// reason to stop: there is nowhere left to say so.
func (s *LogSink) Run(ctx context.Context) {
	ticker := time.NewTicker(logEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		case <-s.full:
		}
		_ = s.Flush()
	}
}
