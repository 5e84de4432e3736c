// SPDX-License-Identifier: Apache-2.0

package bundle_test

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/bundle"
)

// A part is a member to be written into a hostile archive.
type part struct {
	header zip.FileHeader
	data   []byte
}

// parts takes a good archive apart.
func parts(t testing.TB, zipped []byte) []part {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(zipped), int64(len(zipped)))
	if err != nil {
		t.Fatal(err)
	}
	var out []part
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, part{zip.FileHeader{Name: f.Name, Method: zip.Deflate}, data})
	}
	return out
}

func zipOf(t testing.TB, list []part) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range list {
		w, err := z.CreateHeader(&p.header)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(p.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// manifestOf changes the manifest, which comes first.
func manifestOf(t *testing.T, list []part, change func(map[string]any)) []part {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(list[0].data, &m); err != nil {
		t.Fatal(err)
	}
	change(m)
	raw, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	out := append([]part(nil), list...)
	out[0].data = raw
	return out
}

// with replaces a member and says so in the manifest, so that only its content is wrong.
func with(t *testing.T, list []part, name, data string) []part {
	t.Helper()
	for i := range list {
		if list[i].header.Name == name {
			list = append([]part(nil), list...)
			list[i].data = []byte(data)
		}
	}
	return manifestOf(t, list, func(m map[string]any) {
		for _, f := range m["files"].([]any) {
			if entry := f.(map[string]any); entry["name"] == name {
				sum := sha256.Sum256([]byte(data))
				entry["bytes"], entry["sha256"] = len(data), hex.EncodeToString(sum[:])
			}
		}
	})
}

func read(data []byte) error {
	b, err := bundle.Read(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	_, err = b.Case()
	return err
}

func TestHostileArchives(t *testing.T) {
	_, zipped := carried(t, secretiveCase(t), false)
	good := parts(t, zipped)
	if err := read(zipOf(t, good)); err != nil {
		t.Fatalf("what was taken apart and put together again is refused: %v", err)
	}
	extra := func(name string, mode fs.FileMode) []byte {
		p := part{zip.FileHeader{Name: name, Method: zip.Deflate}, []byte("x")}
		if mode != 0 {
			p.header.SetMode(mode)
			p.data = nil
		}
		return zipOf(t, append(append([]part(nil), good...), p))
	}
	symlink := append([]part(nil), good...)
	symlink[1].header.SetMode(fs.ModeSymlink | 0o777)
	bomb := append([]part(nil), good...)
	bomb[2].data = make([]byte, 40<<20)
	several := append([]part(nil), good...)
	for i := 2; i < 10; i++ {
		several = append(several, part{zip.FileHeader{Name: "instances/" + string(rune('0'+i)) + "/facts.json", Method: zip.Deflate}, make([]byte, 30<<20)})
	}
	crowd := append([]part(nil), good...)
	for range 300 {
		crowd = append(crowd, part{zip.FileHeader{Name: "case.json", Method: zip.Store}, nil})
	}
	flipped := bytes.Clone(zipped)
	flipped[len(flipped)/3] ^= 0x55
	encrypted := append([]part(nil), good...)
	encrypted[1].header.Flags |= 1
	changed := append([]part(nil), good...)
	changed[len(changed)-1].data = []byte(`{"Email": "mallory@corp.example"}`)
	for name, c := range map[string]struct {
		data []byte
		want string
	}{
		"nothing":                  {nil, "no zip archive"},
		"a text":                   {[]byte("instance:\n"), "no zip archive"},
		"cut short":                {zipped[:len(zipped)-40], "no zip archive"},
		"a byte changed":           {flipped, ""},
		"a path upward":            {extra("../../etc/passwd", 0), "no archive of usher's has"},
		"an absolute path":         {extra("/etc/passwd", 0), "no archive of usher's has"},
		"a path with backslashes":  {extra(`instances\1\facts.json`, 0), "no archive of usher's has"},
		"a folder":                 {extra("instances/1/", fs.ModeDir|0o755), "no archive of usher's has"},
		"another file":             {extra("instances/1/log.txt", 0), "no archive of usher's has"},
		"a name with an escape":    {extra("\x1b[2Jx", 0), "no archive of usher's has"},
		"a symbolic link":          {zipOf(t, symlink), "no plain file"},
		"a member twice":           {extra("case.json", 0), "twice"},
		"an instance nobody names": {extra("instances/7/facts.json", 0), "more than its manifest says"},
		"encrypted":                {zipOf(t, encrypted), "encrypted"},
		"a bomb":                   {zipOf(t, bomb), "more than is read"},
		"a bomb in parts":          {zipOf(t, several), "more than is read"},
		"a crowd":                  {zipOf(t, crowd), "members"},
		"changed afterwards":       {zipOf(t, changed), "not as the manifest says"},
		"without a manifest":       {zipOf(t, good[1:]), "no manifest.json"},
		"without a member":         {zipOf(t, good[:len(good)-1]), "not in the archive"},
		"a later form":             {zipOf(t, manifestOf(t, good, func(m map[string]any) { m["form"], m["new"], m["usher"] = 2, true, "9.1" })), `form 2, made by usher "9.1"`},
		"no form":                  {zipOf(t, manifestOf(t, good, func(m map[string]any) { delete(m, "form") })), "form 0"},
		"an unknown member of it":  {zipOf(t, manifestOf(t, good, func(m map[string]any) { m["run"] = "rm" })), "manifest.json cannot be read"},
		"no instances":             {zipOf(t, manifestOf(t, good, func(m map[string]any) { m["instances"] = []string{} })), "0 instances"},
		"an unknown fact":          {zipOf(t, with(t, good, "instances/1/facts.json", `{"Sorcery": 1}`)), `the fact "Sorcery", which this usher does not know`},
		"a fact twice over":        {zipOf(t, with(t, good, "instances/1/facts.json", `{} {}`)), "more than one JSON value"},
		"a fact of another shape":  {zipOf(t, with(t, good, "instances/1/facts.json", `{"Email": [1]}`)), "the fact Email"},
		"a configuration as fact":  {zipOf(t, with(t, good, "instances/1/facts.json", `{"Config": {}}`)), "does not know"},
		"what is not exported":     {zipOf(t, with(t, good, "instances/1/facts.json", `{"derived": {}}`)), "does not know"},
		"a broken configuration":   {zipOf(t, with(t, good, "instances/1/config.yaml", "instance: [")), "usher.yaml"},
		"an odd shift":             {zipOf(t, with(t, good, "instances/1/config.json", `{"file":"usher.yaml","revision":"x","secrets":{},"shifts":[{"line":-4,"column":-9,"by":99999}],"guarded_lines":[-1,999999]}`)), "-"},
	} {
		err := read(c.data)
		switch {
		case c.want == "-":
			if err != nil && strings.Contains(err.Error(), "panic") {
				t.Errorf("%s: %v", name, err)
			}
		case err == nil:
			t.Errorf("%s: was read", name)
		case !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: %v; wanted a sentence about %q", name, err, c.want)
		case strings.Contains(err.Error(), "\x1b"):
			t.Errorf("%s: the sentence moves the cursor: %q", name, err)
		}
	}
}

// A bundle may be handed in by anybody: reading one never fails in another way
// than with a sentence.
func FuzzRead(f *testing.F) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "manifest.json", Modified: time.Unix(0, 0)})
	if err != nil {
		f.Fatal(err)
	}
	_, _ = w.Write([]byte(`{"form":1,"instances":["x"],"files":[]}`))
	_ = z.Close()
	f.Add(b.Bytes())
	f.Add([]byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, data []byte) {
		if err := read(data); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
