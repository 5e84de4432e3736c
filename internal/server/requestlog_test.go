// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/gate"
	"github.com/usher-signin/usher/internal/telemetry"
)

func TestRequestLineIsWhatSlogWouldWrite(t *testing.T) {
	now := time.Date(2026, 11, 23, 1, 2, 3, 456000000, time.UTC)
	app := &usher.Application{Name: "reports", URL: "https://reports.corp.example"}
	target, err := usher.ParseTarget("reports.corp.example", "/x")
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]gate.Observation{
		"plain":         {Dialect: "nginx", Decision: usher.Decide(app, nil, target), Status: 401, Method: "GET", Host: "reports.corp.example", Path: "/x", Client: netip.MustParseAddr("192.0.2.7")},
		"nothing known": {},
		"hostile": {Method: "G\"ET", Host: "h\\", Path: "/\n{\"level\":\"ERROR\"}\u2028\xff<é", Reference: "7F3K-9QXM",
			Client: netip.MustParseAddr("2001:db8::1"), Decision: usher.Decide(nil, nil, target)},
	} {
		var theirs bytes.Buffer
		logger := slog.New(slog.NewJSONHandler(&theirs, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey {
				return slog.Time(slog.TimeKey, now)
			}
			return a
		}}))
		(&Server{opts: Options{Logger: logger}, metrics: telemetry.NewMetrics("test", telemetry.Sources{})}).observe(t.Context(), o)
		o.At = now
		ours := appendLine(nil, new(stamp), &o)
		if bytes.Count(ours, []byte("\n")) != 1 || !bytes.HasSuffix(ours, []byte("\n")) {
			t.Errorf("%s: not one line: %q", name, ours)
		}
		var got, want map[string]any
		if err := errors.Join(json.Unmarshal(ours, &got), json.Unmarshal(theirs.Bytes(), &want)); err != nil {
			t.Fatalf("%s: %v\n%s\n%s", name, err, ours, theirs.Bytes())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// reader is a log's reader that can be made to stop.
type reader struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (r *reader) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.text.Write(p)
}

func TestLogLinesWaitNoLongerThanSaid(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out reader
		sink := NewLogSink(&out)
		go sink.Run(t.Context())
		_, _ = io.WriteString(sink, "one\n")
		sink.request(func(b []byte, _ *stamp) []byte { return append(b, "two\n"...) })
		time.Sleep(logEvery + time.Millisecond)
		synctest.Wait()
		if got := out.text.String(); got != "one\ntwo\n" {
			t.Errorf("after %v: %q", logEvery, got)
		}
	})
}

func TestLogThatNobodyReadsSlowsNoRequest(t *testing.T) {
	var out reader
	sink := NewLogSink(&out)
	out.mu.Lock() // it reads nothing now
	line := []byte(strings.Repeat("x", 1023) + "\n")
	const more = 10
	for range logMost/len(line) + more {
		sink.request(func(b []byte, _ *stamp) []byte { return append(b, line...) })
	}
	out.mu.Unlock()
	if err := sink.Flush(); err != nil {
		t.Fatal(err)
	}
	got := out.text.Bytes()
	if n := bytes.Count(got, line); n != logMost/len(line) {
		t.Errorf("%d lines came, wanted %d", n, logMost/len(line))
	}
	last := got[bytes.LastIndexByte(got[:len(got)-1], '\n')+1:]
	var said struct{ Dropped int }
	if err := json.Unmarshal(last, &said); err != nil || said.Dropped != more {
		t.Errorf("said %q of %d dropped lines", last, more)
	}
}
