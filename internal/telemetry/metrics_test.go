// SPDX-License-Identifier: Apache-2.0

package telemetry_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/telemetry"
)

// scrape reads the metrics as a gatherer does: name, then labels, to value.
func scrape(t *testing.T, h http.Handler) map[string]float64 {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(w.Body)
	if err != nil || w.Code != http.StatusOK {
		t.Fatalf("%d, %v", w.Code, err)
	}
	out := map[string]float64{}
	for name, f := range families {
		for _, m := range f.Metric {
			key := name
			for _, l := range m.Label {
				key += " " + l.GetName() + "=" + l.GetValue()
			}
			out[key] = m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
	}
	return out
}

func TestMetrics(t *testing.T) {
	m := telemetry.NewMetrics("1.2.3", telemetry.Sources{CachedSessions: func() int { return 7 }, CacheHits: func() (int, int) { return 5, 2 },
		StoreSilence: func() time.Duration { return 3 * time.Second }})
	h := m.Handler(slog.New(slog.DiscardHandler))
	m.Applications([]string{"reports", "gone"})
	m.Request("reports", usher.SignIn)
	m.Request("reports", usher.SignIn+1)
	m.Request("gone", usher.Refuse)
	m.Request("what a client wrote", usher.Refuse)
	m.Request("reports", usher.Verdict(200))
	m.Verdict(time.Millisecond)
	m.SignIn(usher.OutcomeRefused, "mask-blanks")
	m.SignIn(usher.OutcomeSignedIn, "")
	m.Store("reading a session", time.Millisecond, true)
	m.Store("reading a session", time.Second, false)
	m.Provider("A", 503, time.Second)
	m.Provider("A", 0, time.Second)
	m.Revision("one")
	m.Revision("two")
	m.Reload(true)
	got := scrape(t, h)
	for key, want := range map[string]float64{
		"usher_requests_total application=reports decision=sign-in": 1, "usher_requests_total application=reports decision=allow": 1,
		"usher_requests_total application=gone decision=refuse": 1, "usher_requests_total application=none decision=refuse": 1,
		"usher_verdict_seconds": 1, "usher_sign_ins_total code=mask-blanks outcome=refused": 1, "usher_sign_ins_total code= outcome=signed-in": 1,
		"usher_store_seconds operation=reading_a_session": 2, "usher_store_errors_total operation=reading_a_session": 1,
		"usher_provider_calls_total account=A result=5xx": 1, "usher_provider_calls_total account=A result=no-answer": 1, "usher_provider_seconds account=A": 2,
		"usher_configuration_info revision=two": 1, "usher_configuration_reloads_total result=in-force": 1, "usher_build_info version=1.2.3": 1,
		"usher_sessions_cached": 7, "usher_session_cache_hits_total": 5, "usher_session_cache_misses_total": 2, "usher_store_silence_seconds": 3,
	} {
		if got[key] != want {
			t.Errorf("%s is %v, wanted %v", key, got[key], want)
		}
	}
	if _, stale := got["usher_configuration_info revision=one"]; stale {
		t.Error("the revision from before is still told")
	}
	m.Applications([]string{"reports"})
	got = scrape(t, h)
	if _, stale := got["usher_requests_total application=gone decision=refuse"]; stale || got["usher_requests_total application=reports decision=allow"] != 1 {
		t.Error("after a new configuration: an application that is gone is still told, or another was forgotten")
	}
}

// Counting a request must not cost memory.
func TestRequestsCostNoMemory(t *testing.T) {
	m := telemetry.NewMetrics("1", telemetry.Sources{})
	m.Applications([]string{"reports"})
	if n := testing.AllocsPerRun(1000, func() {
		m.Request("reports", usher.SignIn)
		m.Request("unknown", usher.Refuse)
		m.Verdict(time.Millisecond)
	}); n != 0 {
		t.Errorf("%v allocations, wanted none", n)
	}
}
