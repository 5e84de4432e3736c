// SPDX-License-Identifier: Apache-2.0

//go:build linux

package checks_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// BenchmarkProcess runs the program as an administrator does: the start of the
// process, reading, every check offline, and the text. The command that makes
// the figures of docs/performance-doctor.md:
//
//	go test ./internal/doctor/checks -run '^$' -bench 'Process' -benchtime 20x -count 5
func BenchmarkProcess(b *testing.B) {
	program := build(b)
	small, err := os.ReadFile("testdata/healthy/as-designed.txtar")
	if err != nil {
		b.Fatal(err)
	}
	files := []struct{ name, text string }{{"one-account", strings.TrimPrefix(string(small), "-- both.yaml --\n")}}
	for _, n := range []int{1250, 2500, 5000, 10000} {
		files = append(files, struct{ name, text string }{fmt.Sprintf("%d-groups-%d-operator-groups-%d-members", n, n/5, n*20), largeFile(n)})
	}
	for _, f := range files {
		b.Run(f.name, func(b *testing.B) { execute(b, program, f.text) })
	}
}

func build(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "usher")
	if out, err := exec.Command("go", "build", "-o", program, "../../../cmd/usher").CombinedOutput(); err != nil {
		b.Fatalf("the program does not build: %v\n%s", err, out)
	}
	return program
}

// execute reports, besides the time that passes, processor time and the most
// memory that one run had.
func execute(b *testing.B, program, text string) {
	b.Helper()
	file := filepath.Join(b.TempDir(), "usher.yaml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	var processor, memory float64
	for b.Loop() {
		cmd := exec.Command(program, "doctor", "--offline", file)
		cmd.Env = []string{"IMS_SECRET=p8e-Xy7kQ2vLwZ", "HOME=" + b.TempDir()}
		out, err := cmd.Output()
		var status *exec.ExitError
		if err != nil && (!errors.As(err, &status) || status.ExitCode() != 1) || len(out) == 0 {
			b.Fatalf("the doctor fails: %v\n%s", err, out)
		}
		processor += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			memory = max(memory, float64(usage.Maxrss)/1024) // KiB on Linux
		}
	}
	b.ReportMetric(processor*1000/float64(b.N), "cpu-ms/op")
	b.ReportMetric(memory, "MiB")
}
