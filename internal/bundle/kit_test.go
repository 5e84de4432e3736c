// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/usher-signin/usher/internal/bundle"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/doctor/checks"
)

func today() time.Time { return time.Date(2026, 11, 20, 12, 0, 0, 0, time.UTC) }

func origin() bundle.Origin {
	return bundle.Origin{Usher: "0.1.0", Made: today(), Host: "gateway-1", Vantage: "the file and this machine's database"}
}

// world is what the doctor's scenarios find around their files.
func world(files map[string]string) config.Environment {
	return config.Environment{
		LenientSecrets: true,
		ReadFile: func(name string) ([]byte, error) {
			if data, ok := files[filepath.Base(name)]; ok {
				return []byte(data), nil
			}
			return nil, fs.ErrNotExist
		},
		LookupEnv: func(name string) (string, bool) {
			value, ok := map[string]string{"IMS_SECRET": "p8e-Xy7kQ2vLwZ", "OTHER_SECRET": "p8e-M4rTzB9sNc", "OIDC_SECRET": "p8e-H6dWqJ3fUg"}[name]
			return value, ok
		},
	}
}

// caseOf makes a case of files; the facts belong to the first.
func caseOf(t *testing.T, files map[string]string, facts string, names ...string) doctor.Case {
	t.Helper()
	var configs []*config.Config
	for _, name := range names {
		cfg, err := config.Parse(name, []byte(files[name]), world(files))
		if err != nil {
			t.Fatalf("%s does not load: %v", name, err)
		}
		configs = append(configs, cfg)
	}
	c := doctor.NewCase(today(), configs...)
	if facts != "" {
		var fields map[string]json.RawMessage
		if err := json.Unmarshal([]byte(strings.ReplaceAll(facts, "REVISION", configs[0].Revision)), &fields); err != nil {
			t.Fatal(err)
		}
		for name, raw := range fields {
			if name == "NoDate" {
				c.Now = time.Time{}
				continue
			}
			see(t, reflect.ValueOf(c.Instances[0]).Elem().FieldByName(name), raw)
		}
	}
	if in := c.Instances[0]; in.Attempt != nil && in.Profile == nil && in.Attempt.Value.Person != nil {
		in.Profile = doctor.Known(*in.Attempt.Value.Person, today(), "test")
	}
	return c
}

// see puts JSON into a field: a value, one that was seen, or several of such.
func see(t *testing.T, field reflect.Value, raw json.RawMessage) {
	t.Helper()
	if !field.IsValid() {
		t.Fatalf("there is no such fact: %.80s", raw)
	}
	switch {
	case field.Kind() == reflect.Pointer && strings.HasPrefix(field.Type().Elem().Name(), "Seen["):
		field.Set(reflect.New(field.Type().Elem()))
		seen := field.Elem()
		if err := json.Unmarshal(raw, seen.FieldByName("Value").Addr().Interface()); err != nil {
			t.Fatal(err)
		}
		seen.FieldByName("At").Set(reflect.ValueOf(today()))
		seen.FieldByName("From").SetString("test")
	case field.Kind() == reflect.Slice:
		var items []map[string]json.RawMessage
		if err := json.Unmarshal(raw, &items); err != nil {
			t.Fatal(err)
		}
		field.Set(reflect.MakeSlice(field.Type(), len(items), len(items)))
		for i, item := range items {
			for name, inner := range item {
				see(t, field.Index(i).FieldByName(name), inner)
			}
		}
	default:
		if err := json.Unmarshal(raw, field.Addr().Interface()); err != nil {
			t.Fatal(err)
		}
	}
}

// a half is one half of a scenario of the doctor's.
type half struct {
	name  string
	case_ func(t *testing.T) doctor.Case
}

func halves(t *testing.T) []half {
	t.Helper()
	var out []half
	for _, pattern := range []string{"scenarios", "healthy"} {
		paths, err := filepath.Glob("../doctor/checks/testdata/" + pattern + "/*.txtar")
		if err != nil || len(paths) < 20 {
			t.Fatalf("%d scenarios in %s, %v", len(paths), pattern, err)
		}
		for _, path := range paths {
			archive, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			files := make(map[string]string)
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			for _, which := range []string{"fails", "silent"} {
				out = append(out, half{strings.TrimSuffix(filepath.Base(path), ".txtar") + " " + which, func(t *testing.T) doctor.Case { return halfCase(t, files, which) }})
			}
		}
	}
	return out
}

func halfCase(t *testing.T, files map[string]string, which string) doctor.Case {
	t.Helper()
	first := func(names ...string) string {
		for _, n := range names {
			if _, ok := files[n]; ok {
				return n
			}
		}
		return ""
	}
	names := []string{first(which+".yaml", "both.yaml")}
	if other := first("other-"+which+".yaml", "other.yaml"); other != "" {
		names = append(names, other)
	}
	own := make(map[string]string, len(files))
	for n, data := range files {
		own[n] = data
	}
	if over, ok := files["secret-"+which]; ok {
		own["secret"] = over
	}
	return caseOf(t, own, files[first(which+".json", "both.json")], names...)
}

// judged gives the doctor's findings as JSON, and after them every other form.
func judged(t *testing.T, c doctor.Case) []byte {
	t.Helper()
	var b bytes.Buffer
	report := doctor.Report{Usher: "0.1.0", Case: c, Results: doctor.Run(checks.All(), c)}
	err := doctor.JSON(&b, report)
	for _, write := range []func() error{
		func() error { return doctor.Text(&b, report, doctor.Options{Verbose: true}) },
		func() error { return doctor.Text(&b, report, doctor.Options{Language: doctor.Dutch, Width: 80}) },
		func() error { return doctor.SARIF(&b, report) },
		func() error { return doctor.JUnit(&b, report) },
		func() error { return doctor.Timeline(&b, report, doctor.Options{}) },
	} {
		err = errors.Join(err, write())
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// carried makes a bundle of a case, writes it, and reads it again.
func carried(t *testing.T, c doctor.Case, anonymize bool) (*bundle.Bundle, []byte) {
	t.Helper()
	made, err := bundle.Make(c, origin(), anonymize)
	if err != nil {
		t.Fatal(err)
	}
	var zipped bytes.Buffer
	if err := made.Write(&zipped); err != nil {
		t.Fatal(err)
	}
	read, err := bundle.Read(bytes.NewReader(zipped.Bytes()), int64(zipped.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return read, zipped.Bytes()
}

func replayed(t *testing.T, b *bundle.Bundle) doctor.Case {
	t.Helper()
	c, err := b.Case()
	if err != nil {
		t.Fatal(err)
	}
	return c
}
