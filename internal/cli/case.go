// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/bundle"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// caseOf loads what was named and gathers what the doctor judges: files and
// what is seen around them now, or the archive of another time and place.
func caseOf(ctx context.Context, env *Env, files []string, f *doctorFlags) (doctor.Report, error) {
	symptom, err := symptomOf(f.symptom)
	if err != nil {
		return doctor.Report{}, usage(err)
	}
	if len(files) == 1 && isBundle(files[0]) {
		report, err := replay(files[0], f)
		if symptom != "" {
			report.Case.Symptom = symptom
		}
		return report, err
	}
	configs, err := loadAll(files)
	if err != nil {
		return doctor.Report{}, usage(err)
	}
	c := doctor.NewCase(env.Now(), configs...)
	c.Symptom = symptom
	report := doctor.Report{Usher: Version, Case: c}
	for _, in := range c.Instances {
		in.Email = f.user
	}
	if !f.offline {
		gatherLive(ctx, env, &report, f)
	}
	return report, nil
}

func loadAll(files []string) ([]*config.Config, error) {
	var configs []*config.Config
	var problems []error
	for _, file := range files {
		if isBundle(file) {
			problems = append(problems, fmt.Errorf("%s is a support archive, and is judged alone: usher doctor %s", file, file))
			continue
		}
		cfg, err := config.Load(file, lenient())
		if err != nil {
			problems = append(problems, err)
			continue
		}
		configs = append(configs, cfg)
	}
	return configs, errors.Join(problems...)
}

// isBundle looks at how a file begins, and at its name where that says nothing.
func isBundle(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer func() { _ = f.Close() }() // nothing was written
	var begin [4]byte
	n, _ := f.Read(begin[:])
	return bundle.Is(begin[:n]) || strings.EqualFold(filepath.Ext(path), ".zip")
}

// replay reads a support archive: its facts, its date, and whom it is about.
func replay(path string, f *doctorFlags) (doctor.Report, error) {
	b, err := openBundle(path)
	if err != nil {
		return doctor.Report{}, usage(fmt.Errorf("%s: %w", path, err))
	}
	c, err := b.Case()
	if err != nil {
		return doctor.Report{}, usage(fmt.Errorf("%s: %w", path, err))
	}
	m := b.Manifest
	seen := m.Vantage
	if seen == "" {
		seen = "the file alone"
	}
	report := doctor.Report{Usher: Version, Case: c,
		Vantage: fmt.Sprintf("%s, at %s on %s (archive of usher %s)", seen, m.Made.UTC().Format(time.RFC3339), m.Host, m.Usher)}
	for _, in := range c.Instances {
		if f.user != "" {
			in.Email = f.user
		}
		f.user = in.Email
	}
	return report, nil
}

func openBundle(path string) (*bundle.Bundle, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // nothing was written
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return bundle.Read(f, info.Size())
}
