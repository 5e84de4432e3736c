// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/expfmt"
	"github.com/prometheus/common/model"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"
)

// withAdmin gives the changes of a configuration with a listener for health and
// metrics, and its address.
func withAdmin(t *testing.T) ([][2]string, string) {
	t.Helper()
	port := keptPort(t)
	return [][2]string{{"  ca_file: ca.pem\n", "  ca_file: ca.pem\n  admin_listen: 127.0.0.1:" + port + "\n"}}, "http://127.0.0.1:" + port
}

func ask(t *testing.T, address string) (int, string) {
	t.Helper()
	for range 100 {
		res, err := http.Get(address)
		if err != nil {
			time.Sleep(20 * time.Millisecond) // it is just being opened
			continue
		}
		body, err := io.ReadAll(res.Body)
		if err := res.Body.Close(); err != nil {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	t.Fatalf("%s never answered", address)
	return 0, ""
}

type readyAnswer struct {
	Ready bool
	Items []struct{ Name, State, Says string }
}

func readiness(t *testing.T, address string) (int, readyAnswer, string) {
	t.Helper()
	status, body := ask(t, address+"/readyz")
	var said readyAnswer
	if err := json.Unmarshal([]byte(body), &said); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return status, said, body
}

func (r readyAnswer) item(name string) string {
	for _, i := range r.Items {
		if strings.HasPrefix(i.Name, name) {
			return i.State + " " + i.Says
		}
	}
	return "not told"
}

// metric reads one value from what a gatherer would get.
func metric(t *testing.T, address, name string, labels ...string) float64 {
	t.Helper()
	_, body := ask(t, address+"/metrics")
	parser := expfmt.NewTextParser(model.UTF8Validation)
	families, err := parser.TextToMetricFamilies(strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	total := 0.0
next:
	for _, m := range families[name].GetMetric() {
		have := map[string]string{}
		for _, l := range m.Label {
			have[l.GetName()] = l.GetValue()
		}
		for i := 0; i < len(labels); i += 2 {
			if have[labels[i]] != labels[i+1] {
				continue next
			}
		}
		total += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
	}
	return total
}

func TestAdminListener(t *testing.T) {
	changes, admin := withAdmin(t)
	i := startInstance(t, changes)
	if status, body := ask(t, admin+"/healthz"); status != http.StatusOK || body != "alive\n" {
		t.Errorf("healthz: %d %s", status, body)
	}
	if status, said, body := readiness(t, admin); status != http.StatusOK || !said.Ready || said.item("database") != "ok " || said.item("provider keys") != "ok " || said.item("keys") != "ok " {
		t.Errorf("readyz: %d %s", status, body)
	}
	if p := i.browser(t).signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
		t.Fatalf("sign-in: %d", p.status)
	}
	if p := i.browser(t).signIn(t, i.public+"/reports/", "nora@corp.example"); p.status != http.StatusForbidden {
		t.Fatalf("refused sign-in: %d", p.status)
	}
	for _, c := range []struct {
		name   string
		labels []string
		least  float64
	}{
		{"usher_requests_total", []string{"application", "reports", "decision", "allow"}, 1},
		{"usher_requests_total", []string{"application", "reports", "decision", "sign-in"}, 2},
		{"usher_sign_ins_total", []string{"outcome", "signed-in", "code", ""}, 1},
		{"usher_sign_ins_total", []string{"outcome", "refused", "code", "user-not-in-group"}, 1},
		{"usher_verdict_seconds", nil, 3}, {"usher_store_seconds", nil, 4}, {"usher_sessions_cached", nil, 1},
		{"usher_provider_calls_total", []string{"account", "Adobe_Marketing_Cloud", "result", "2xx"}, 2},
		{"usher_configuration_info", []string{"revision", i.load(t).Revision}, 1},
	} {
		if got := metric(t, admin, c.name, c.labels...); got < c.least {
			t.Errorf("%s %v is %v, wanted %v at least", c.name, c.labels, got, c.least)
		}
	}
	for _, path := range []string{"/", "/metrics/x", "/usher/", "/debug/pprof/"} {
		if status, _ := ask(t, admin+path); status != http.StatusNotFound {
			t.Errorf("%s answers %d", path, status)
		}
	}
	// What is wrong is said; what still works stays in service.
	i.providerDown()
	write(t, i.file, "not: [a configuration")
	eventually(t, "the refused file", func() bool {
		_, said, _ := readiness(t, admin)
		return strings.HasPrefix(said.item("configuration"), "degraded revision ")
	})
	if status, said, _ := readiness(t, admin); status != http.StatusOK || !said.Ready {
		t.Errorf("a refused file takes the gateway out of service: %d", status)
	}
	if err := os.Rename(filepath.Join(i.dir, "usher.key"), filepath.Join(i.dir, "aside.key")); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the missing key file", func() bool {
		_, said, _ := readiness(t, admin)
		return strings.HasPrefix(said.item("keys"), "degraded key file: ")
	})
	if err := os.Remove(filepath.Join(i.dir, "usher.db")); err != nil {
		t.Fatal(err)
	}
	status, said, body := readiness(t, admin)
	if status != http.StatusServiceUnavailable || said.Ready || !strings.Contains(said.item("database"), "removed while usher used it") || !strings.Contains(said.item("database"), "pass for another") {
		t.Errorf("without a database: %d %s", status, body)
	}
	_, metrics := ask(t, admin+"/metrics")
	i.noCanary(t, "readyz and metrics", []byte(body+metrics))
}

// noCanary searches an output for every secret that went over the wire, and for
// who somebody is.
func (i *instance) noCanary(t *testing.T, what string, output []byte) {
	t.Helper()
	secrets := append(i.seen.values(), "canary", "ana@corp", "nora@corp", "Ana Lima")
	if len(secrets) < 8 {
		t.Fatalf("only %d secrets were seen", len(secrets))
	}
	for _, secret := range secrets {
		if bytes.Contains(output, []byte(secret)) {
			t.Errorf("%s hold %q", what, secret)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// receiver takes spans as any OTLP collector does.
type receiver struct {
	mu    sync.Mutex
	spans []*trace.Span
	raw   []byte
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var batch collector.ExportTraceServiceRequest
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &batch) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.raw = append(r.raw, body...)
	for _, rs := range batch.ResourceSpans {
		for _, ss := range rs.ScopeSpans {
			r.spans = append(r.spans, ss.Spans...)
		}
	}
}

func (r *receiver) named(prefix string) []*trace.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []*trace.Span
	for _, s := range r.spans {
		if strings.HasPrefix(s.Name, prefix) {
			out = append(out, s)
		}
	}
	return out
}

func TestTraces(t *testing.T) {
	r := &receiver{}
	srv := httptest.NewServer(r)
	t.Cleanup(srv.Close)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", srv.URL)
	t.Setenv("OTEL_BSP_SCHEDULE_DELAY", "100")
	var i *instance
	t.Run("gateway", func(t *testing.T) { // its end sends what is left
		i = startInstance(t, nil)
		if p := i.browser(t).signIn(t, i.public+"/reports/", "ana@corp.example"); p.status != http.StatusOK {
			t.Fatalf("sign-in: %d", p.status)
		}
		if p := i.browser(t).signIn(t, i.public+"/reports/", "nora@corp.example"); p.status != http.StatusForbidden {
			t.Fatalf("refused sign-in: %d", p.status)
		}
	})
	callbacks, calls := r.named("GET /usher/callback"), r.named("provider ")
	if len(callbacks) != 2 || len(calls) < 4 || len(r.named("store: ")) < 4 {
		t.Fatalf("spans: %d callbacks, %d calls of the provider, %d of the database", len(callbacks), len(calls), len(r.named("store: ")))
	}
	inside := 0
	for _, c := range calls {
		if bytes.Equal(c.TraceId, callbacks[0].TraceId) {
			inside++
		}
	}
	if inside == 0 {
		t.Error("no call of the provider is in the trace of the callback that made it")
	}
	said := ""
	for _, c := range callbacks {
		for _, a := range c.Attributes {
			said += fmt.Sprint(a.Key, "=", a.Value.GetStringValue(), " ")
		}
	}
	for _, want := range []string{"usher.outcome=signed-in", "usher.outcome=refused", "usher.code=user-not-in-group", "usher.account=Adobe_Marketing_Cloud"} {
		if !strings.Contains(said, want) {
			t.Errorf("the spans of the callbacks do not say %s: %s", want, said)
		}
	}
	i.noCanary(t, "spans", r.raw)
}
