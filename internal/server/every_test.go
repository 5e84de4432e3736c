// SPDX-License-Identifier: Apache-2.0

package server

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

// TestTroubleIsToldSparingly has background work fail for an hour: the log says
// so once, reminds every ten minutes, and says when it is over.
func TestTroubleIsToldSparingly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log bytes.Buffer
		s := &Server{opts: Options{Now: time.Now, Logger: slog.New(slog.NewTextHandler(&log, nil))}}
		ctx, stop := context.WithCancel(t.Context())
		var failing atomic.Bool
		failing.Store(true)
		go s.every(ctx, heartbeatEvery, "the database cannot be written", func(context.Context) error {
			if failing.Load() {
				return errors.New("its disk is full: make room")
			}
			return nil
		})
		time.Sleep(time.Hour - time.Second)
		failing.Store(false)
		time.Sleep(time.Hour)
		stop()
		synctest.Wait()
		lines := strings.Split(strings.TrimSpace(log.String()), "\n")
		if len(lines) != 7 || strings.Count(log.String(), "make room") != 6 || strings.Count(log.String(), "level=ERROR") != 6 {
			t.Fatalf("an hour of trouble and an hour without made %d lines; wanted one, five reminders and the end:\n%s", len(lines), log.String())
		}
		if !strings.Contains(lines[6], "it is over: the database cannot be written") || !strings.Contains(lines[6], "after=1h0m0s") && !strings.Contains(lines[6], "after=59m") {
			t.Errorf("the end is told as %s", lines[6])
		}
	})
}
