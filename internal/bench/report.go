// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// reportText is the report in Markdown.
func (b *bench) reportText() string {
	var t strings.Builder
	fmt.Fprintf(&t, "Measured %s with `go run ./internal/bench -rounds %d -seconds %d -sessions %d`: %s, %s, %d processors, load average %s.\n",
		b.now().UTC().Format("2006-01-02 15:04 UTC"), b.rounds, b.seconds, b.sessions, runtime.Version(), model(), runtime.NumCPU(), loadAverage())
	fmt.Fprintf(&t, "Server on one processor, wrk with one thread on the other, keep-alive, loopback; %d interleaved rounds; medians, and the least and the most in brackets.\n\n", b.rounds)
	t.WriteString("| subject | requests/s | ratio | wanted | p99 | CPU per request |\n|---|---|---|---|---|---|\n")
	for _, s := range b.subjects {
		rates := floats(s.samples, func(s sample) float64 { return s.perSecond })
		fmt.Fprintf(&t, "| %s%s | %s | %s | %s | %s | %.1f us |\n", s.name, broken(s.samples), spread(rates, "%.0f"), b.ratio(s), s.want,
			median(durations(s.samples, func(s sample) time.Duration { return s.p99 })).Round(10*time.Microsecond),
			micros(median(durations(s.samples, func(s sample) time.Duration { return s.perRequest }))))
	}
	t.WriteString("\n| what | measured | wanted |\n|---|---|---|\n")
	for _, f := range b.facts {
		fmt.Fprintf(&t, "| %s | %s | %s |\n", f.name, f.value, f.want)
	}
	if len(b.logins) > 0 {
		fmt.Fprintf(&t, "| whole sign-ins a second, SQLite with synchronous FULL | %s; %.2f ms of usher's processor each | at least 150 |\n",
			spread(floats(b.logins, func(s sample) float64 { return s.perSecond }), "%.0f"),
			micros(median(durations(b.logins, func(s sample) time.Duration { return s.perRequest })))/1000)
	}
	return t.String()
}

// broken says how many connections failed under the load.
func broken(samples []sample) string {
	n := 0
	for _, s := range samples {
		n += s.broken
	}
	if n == 0 {
		return ""
	}
	return fmt.Sprintf(" (%d connections broke)", n)
}

// ratio is taken round by round, so that what slows the machine for a while
// slows both sides of it.
func (b *bench) ratio(s *subject) string {
	i := slices.IndexFunc(b.subjects, func(o *subject) bool { return o.name == s.against })
	if i < 0 {
		return ""
	}
	var ratios []float64
	for round := range s.samples {
		ratios = append(ratios, s.samples[round].perSecond/b.subjects[i].samples[round].perSecond)
	}
	return spread(ratios, "%.2f")
}

func spread(v []float64, format string) string {
	if len(v) == 0 {
		return "none"
	}
	slices.Sort(v)
	return fmt.Sprintf(format+" ["+format+" "+format+"]", v[len(v)/2], v[0], v[len(v)-1])
}

func median(v []time.Duration) time.Duration {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return v[len(v)/2]
}

func floats(all []sample, of func(sample) float64) []float64 {
	var out []float64
	for _, s := range all {
		out = append(out, of(s))
	}
	return out
}

func durations(all []sample, of func(sample) time.Duration) []time.Duration {
	var out []time.Duration
	for _, s := range all {
		out = append(out, of(s))
	}
	return out
}

func micros(d time.Duration) float64 { return float64(d) / float64(time.Microsecond) }

func model() string {
	data, _ := os.ReadFile("/proc/cpuinfo")
	_, rest, _ := strings.Cut(string(data), "model name")
	line, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(strings.TrimLeft(line, "\t :"))
}

func loadAverage() string {
	data, _ := os.ReadFile("/proc/loadavg")
	fields := strings.Fields(string(data))
	if len(fields) == 0 {
		return "unknown"
	}
	return fields[0]
}
