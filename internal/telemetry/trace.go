// SPDX-License-Identifier: Apache-2.0

package telemetry

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"

	"github.com/usher-signin/usher"
)

// Tracing records spans and sends them by OTLP over HTTP. A nil Tracing records
// nothing. It is safe for concurrent use.
type Tracing struct {
	provider *sdktrace.TracerProvider
	tracer   trace.Tracer
	carrier  propagation.TraceContext // W3C Trace Context
}

// The variables that say where spans go (OpenTelemetry, OTLP exporter configuration).
const (
	endpointVariable = "OTEL_EXPORTER_OTLP_ENDPOINT"
	tracesVariable   = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
	disabledVariable = "OTEL_SDK_DISABLED"
	serviceVariable  = "OTEL_SERVICE_NAME"
)

// NewTracing makes a Tracing where the environment says where spans go; nil
// where it does not. The exporter reads the further standard variables, such as
// OTEL_EXPORTER_OTLP_HEADERS, itself.
func NewTracing(ctx context.Context, lookup func(string) (string, bool), version, node, instance string, logger *slog.Logger) (*Tracing, error) {
	get := func(name string) string {
		if lookup == nil {
			return ""
		}
		v, _ := lookup(name)
		return strings.TrimSpace(v)
	}
	address := get(tracesVariable)
	if base := get(endpointVariable); address == "" && base != "" {
		address = strings.TrimSuffix(base, "/") + "/v1/traces"
	}
	if address == "" || strings.EqualFold(get(disabledVariable), "true") {
		return nil, nil
	}
	exporter, err := otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(address))
	if err != nil {
		return nil, fmt.Errorf("spans cannot be sent to the address in %s: %w", endpointVariable, err)
	}
	service := get(serviceVariable)
	if service == "" {
		service = "usher"
	}
	about := resource.NewSchemaless(attribute.String("service.name", service), attribute.String("service.version", version),
		attribute.String("service.instance.id", node), attribute.String("usher.instance", instance))
	provider := sdktrace.NewTracerProvider(sdktrace.WithResource(about), sdktrace.WithBatcher(&teller{SpanExporter: exporter, logger: logger}))
	return &Tracing{provider: provider, tracer: provider.Tracer("usher")}, nil
}

// teller says once that spans cannot be sent, and once that they can again.
type teller struct {
	sdktrace.SpanExporter
	logger *slog.Logger
	failed atomic.Bool
}

// ExportSpans makes teller an exporter.
func (t *teller) ExportSpans(ctx context.Context, spans []sdktrace.ReadOnlySpan) error {
	err := t.SpanExporter.ExportSpans(ctx, spans)
	switch {
	case err != nil && !t.failed.Swap(true):
		t.logger.Warn("traces cannot be sent; they are dropped", slog.Any("error", err))
	case err == nil && t.failed.Swap(false):
		t.logger.Info("traces can be sent again")
	}
	return nil
}

// Close sends what is left, and ends.
func (t *Tracing) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Start begins a span; end says how it went. An error's text is not recorded: it
// may say who somebody is.
func (t *Tracing) Start(ctx context.Context, name string) (within context.Context, end func(error)) {
	if t == nil {
		return ctx, func(error) {}
	}
	ctx, span := t.tracer.Start(ctx, name)
	return ctx, func(err error) {
		if err != nil && !errors.Is(err, usher.ErrNotFound) {
			span.SetStatus(codes.Error, kindOf(err))
		}
		span.End()
	}
}

func kindOf(err error) string {
	switch {
	case errors.Is(err, context.Canceled):
		return "canceled"
	case errors.Is(err, usher.ErrUnavailable):
		return "unavailable"
	}
	return "failed"
}

// Attempt tells the span that a context is in of an attempt's state.
func Attempt(ctx context.Context, a *usher.Attempt) {
	span := trace.SpanFromContext(ctx)
	if !span.IsRecording() {
		return
	}
	span.SetAttributes(attribute.String("usher.reference", string(a.Reference)), attribute.String("usher.account", a.Account),
		attribute.String("usher.outcome", string(a.Outcome)), attribute.String("usher.revision", a.Revision))
	if a.Cause != nil {
		span.SetAttributes(attribute.String("usher.code", string(a.Cause.Code)), attribute.String("usher.step", string(a.Cause.Step)))
		span.SetStatus(codes.Error, string(a.Cause.Code))
	}
}

// Handler records a span for each request that next answers. The caller's trace
// goes on only where the caller is believed: a stranger's would mix into others'.
func (t *Tracing) Handler(name string, believed func(*http.Request) bool, next http.Handler) http.Handler {
	if t == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if believed(r) {
			ctx = t.carrier.Extract(ctx, propagation.HeaderCarrier(r.Header))
		}
		ctx, span := t.tracer.Start(ctx, name, trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(attribute.String("http.request.method", method(r.Method))))
		defer span.End()
		next.ServeHTTP(w, r.WithContext(ctx))
	})
}

// method keeps what is no method of HTTP's out.
func method(m string) string {
	switch m {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodDelete, http.MethodOptions, http.MethodPatch:
		return m
	}
	return "_OTHER"
}

// Provider counts, traces and passes on calls of the provider of an account.
func Provider(m *Metrics, t *Tracing, account string, now func() time.Time, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		began := now()
		var span trace.Span
		if t != nil {
			ctx := r.Context()
			ctx, span = t.tracer.Start(ctx, "provider "+method(r.Method), trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(
				attribute.String("http.request.method", method(r.Method)), attribute.String("server.address", r.URL.Hostname()),
				attribute.String("url.path", r.URL.EscapedPath()), attribute.String("usher.account", account)))
			defer span.End()
			r = r.Clone(ctx) // a RoundTripper must not change what it was given
			t.carrier.Inject(ctx, propagation.HeaderCarrier(r.Header))
		}
		res, err := next.RoundTrip(r)
		status := 0
		if err == nil {
			status = res.StatusCode
		}
		if m != nil {
			m.Provider(account, status, now().Sub(began))
		}
		if span != nil {
			span.SetAttributes(attribute.Int("http.response.status_code", status))
			if err != nil || status >= 400 {
				span.SetStatus(codes.Error, "")
			}
		}
		return res, err
	})
}

type roundTripper func(*http.Request) (*http.Response, error)

// RoundTrip makes roundTripper an http.RoundTripper.
func (f roundTripper) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }
