// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/usher-signin/usher"
)

// Sources are what is read when metrics are asked for; a nil one is left out.
type Sources struct {
	CachedSessions func() int             // sessions in memory
	CacheHits      func() (hit, miss int) // look-ups since the start
	StoreSilence   func() time.Duration   // since the database last said which sessions were ended
}

// Metrics is what a gateway counts, in a registry of its own. It is safe for
// concurrent use.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	counters atomic.Pointer[map[string]*[3]prometheus.Counter]

	verdicts      prometheus.Histogram
	signIns       *prometheus.CounterVec
	storeSeconds  *prometheus.HistogramVec
	storeErrors   *prometheus.CounterVec
	provider      *prometheus.CounterVec
	providerTakes *prometheus.HistogramVec
	revision      *prometheus.GaugeVec
	reloads       *prometheus.CounterVec
}

// NewMetrics makes the registry.
func NewMetrics(version string, from Sources) *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: counter("usher_requests_total", "Requests judged, by application and decision; application none is where no application is.", "application", "decision"),
		verdicts: prometheus.NewHistogram(prometheus.HistogramOpts{Name: "usher_verdict_seconds", Help: "How long judging a request took.",
			Buckets: []float64{.00001, .000025, .00005, .0001, .00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .5, 1, 5}}),
		signIns:       counter("usher_sign_ins_total", "Sign-ins that ended, by outcome and the code of the cause; code is empty where somebody was signed in.", "outcome", "code"),
		storeSeconds:  histogram("usher_store_seconds", "How long calls of the database took, by what they did.", "operation"),
		storeErrors:   counter("usher_store_errors_total", "Calls that the database did not answer, by what they did.", "operation"),
		provider:      counter("usher_provider_calls_total", "Calls of an identity provider, by external account and result.", "account", "result"),
		providerTakes: histogram("usher_provider_seconds", "How long calls of an identity provider took.", "account"),
		revision: prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "usher_configuration_info", Help: "One for the revision of the configuration that is in force."},
			[]string{"revision"}),
		reloads: counter("usher_configuration_reloads_total", "Changed configuration files, by whether they were put in force.", "result"),
	}
	build := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "usher_build_info", Help: "One for the version of the program."}, []string{"version"})
	build.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.requests, m.verdicts, m.signIns, m.storeSeconds, m.storeErrors, m.provider, m.providerTakes, m.revision, m.reloads, build,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	m.read(from)
	m.Applications(nil)
	return m
}

func counter(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Name: name, Help: help}, labels)
}

func histogram(name, help string, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: name, Help: help,
		Buckets: []float64{.0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2, 5, 10}}, labels)
}

// read registers what is asked for when metrics are.
func (m *Metrics) read(from Sources) {
	if from.CachedSessions != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "usher_sessions_cached", Help: "Sessions in this gateway's memory."},
			func() float64 { return float64(from.CachedSessions()) }))
	}
	if from.CacheHits != nil {
		m.registry.MustRegister(
			prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "usher_session_cache_hits_total", Help: "Look-ups of sessions that memory answered."},
				func() float64 { hit, _ := from.CacheHits(); return float64(hit) }),
			prometheus.NewCounterFunc(prometheus.CounterOpts{Name: "usher_session_cache_misses_total", Help: "Look-ups of sessions that the database was asked for."},
				func() float64 { _, miss := from.CacheHits(); return float64(miss) }))
	}
	if from.StoreSilence != nil {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: "usher_store_silence_seconds", Help: "Since when the database has not said which sessions were ended; above 30 nobody is let through from memory."},
			func() float64 { return from.StoreSilence().Seconds() }))
	}
}

// none is the application of requests that no application is there for.
const none = "none"

// Applications finds the counters of a configuration's applications. Those of
// applications that are gone go too.
func (m *Metrics) Applications(names []string) {
	byName := make(map[string]*[3]prometheus.Counter, len(names)+1)
	for _, name := range append([]string{none}, names...) {
		var of [3]prometheus.Counter
		for _, v := range verdicts() {
			of[v] = m.requests.WithLabelValues(strings.ToValidUTF8(name, "\ufffd"), v.String())
		}
		byName[name] = &of
	}
	if before := m.counters.Swap(&byName); before != nil {
		for name := range *before {
			if byName[name] == nil {
				m.requests.DeletePartialMatch(prometheus.Labels{"application": strings.ToValidUTF8(name, "\ufffd")})
			}
		}
	}
}

// verdicts are all there are; the last one has no name outside of its room, so
// that nobody else can say it.
func verdicts() []usher.Verdict { return []usher.Verdict{usher.Refuse, usher.SignIn, usher.SignIn + 1} }

// Request counts a request that was judged. It costs no memory.
func (m *Metrics) Request(application string, v usher.Verdict) {
	byName := *m.counters.Load()
	of := byName[application]
	if of == nil {
		of = byName[none]
	}
	if int(v) < len(of) {
		of[v].Inc()
	}
}

// Verdict notes how long judging took. It costs no memory.
func (m *Metrics) Verdict(took time.Duration) { m.verdicts.Observe(took.Seconds()) }

// SignIn counts a sign-in that ended.
func (m *Metrics) SignIn(outcome usher.Outcome, code usher.Code) {
	m.signIns.WithLabelValues(string(outcome), string(code)).Inc()
}

// Store notes a call of the database.
func (m *Metrics) Store(operation string, took time.Duration, answered bool) {
	operation = strings.ReplaceAll(operation, " ", "_")
	m.storeSeconds.WithLabelValues(operation).Observe(took.Seconds())
	if !answered {
		m.storeErrors.WithLabelValues(operation).Inc()
	}
}

// Provider notes a call of an identity provider; status zero: there was no answer.
func (m *Metrics) Provider(account string, status int, took time.Duration) {
	result := "no-answer"
	if status >= 100 && status < 600 {
		result = string(rune('0'+status/100)) + "xx"
	}
	account = strings.ToValidUTF8(account, "\ufffd")
	m.provider.WithLabelValues(account, result).Inc()
	m.providerTakes.WithLabelValues(account).Observe(took.Seconds())
}

// Revision says which revision of the configuration is in force.
func (m *Metrics) Revision(id string) {
	m.revision.Reset()
	m.revision.WithLabelValues(id).Set(1)
}

// Reload counts a changed configuration file.
func (m *Metrics) Reload(inForce bool) {
	result := "refused"
	if inForce {
		result = "in-force"
	}
	m.reloads.WithLabelValues(result).Inc()
}

// Handler answers whoever gathers metrics.
func (m *Metrics) Handler(logger *slog.Logger) http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorLog: slog.NewLogLogger(logger.Handler(), slog.LevelWarn), MaxRequestsInFlight: 4})
}
