// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
)

// Limits of what is read, in bytes. An archive that unpacks to more is refused
// while it is unpacked, whatever its directory says.
const (
	maxArchive = 64 << 20
	maxMember  = 32 << 20
	maxTotal   = 96 << 20
	maxMembers = 256
)

// member is what a member may be called. Nothing is ever written under its name.
var member = regexp.MustCompile(`\A(?:manifest\.json|case\.json|instances/[1-9][0-9]{0,2}/(?:config\.yaml|config\.json|facts\.json))\z`)

// magic begins every archive that this package writes.
const magic = "PK\x03\x04"

// Is reports whether data begins as an archive does.
func Is(data []byte) bool { return bytes.HasPrefix(data, []byte(magic)) }

// Read reads an archive of size bytes.
func Read(from io.ReaderAt, size int64) (*Bundle, error) {
	if size > maxArchive {
		return nil, fmt.Errorf("the archive has %d bytes, and at most %d are read", size, maxArchive)
	}
	z, err := zip.NewReader(from, size)
	if err != nil {
		return nil, errors.New("it is no zip archive that can be read; fetch it again, whole")
	}
	if len(z.File) > maxMembers {
		return nil, fmt.Errorf("the archive has %d members, and at most %d are read", len(z.File), maxMembers)
	}
	files, err := unpack(z.File)
	if err != nil {
		return nil, err
	}
	return assemble(files)
}

// unpack reads the members into memory.
func unpack(members []*zip.File) (map[string][]byte, error) {
	files := make(map[string][]byte)
	room := int64(maxTotal)
	for _, f := range members {
		switch {
		case !member.MatchString(f.Name):
			return nil, fmt.Errorf("the archive has the member %.80q, which no archive of usher's has; it is not read any further", f.Name)
		case !f.Mode().IsRegular():
			return nil, fmt.Errorf("%s is no plain file in the archive, but %s; it is not read any further", f.Name, f.Mode().Type())
		case f.Flags&1 != 0:
			return nil, fmt.Errorf("%s is encrypted; usher writes archives in clear", f.Name)
		case f.Method != zip.Deflate && f.Method != zip.Store:
			return nil, fmt.Errorf("%s is compressed in a way that usher does not write (method %d)", f.Name, f.Method)
		case files[f.Name] != nil:
			return nil, fmt.Errorf("%s is in the archive twice", f.Name)
		}
		data, err := unpackOne(f, min(room, maxMember))
		if err != nil {
			return nil, err
		}
		room -= int64(len(data))
		files[f.Name] = data
	}
	return files, nil
}

func unpackOne(f *zip.File, most int64) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%s cannot be unpacked: the archive is damaged", f.Name)
	}
	defer func() { _ = r.Close() }() // nothing is written
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s cannot be unpacked: the archive is damaged", f.Name)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s unpacks to more than is read (%d bytes for a member, %d in all); this is no archive of usher's", f.Name, maxMember, maxTotal)
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

// assemble holds the members against the manifest.
func assemble(files map[string][]byte) (*Bundle, error) {
	b := &Bundle{files: files}
	if err := b.readManifest(files[manifestName]); err != nil {
		return nil, err
	}
	delete(files, manifestName)
	for _, e := range b.Manifest.Files {
		data, ok := files[e.Name]
		if !ok {
			return nil, fmt.Errorf("%s is in the manifest and not in the archive; fetch it again, whole", e.Name)
		}
		if sum := sha256.Sum256(data); len(data) != e.Bytes || hex.EncodeToString(sum[:]) != e.SHA256 {
			return nil, fmt.Errorf("%s is not as the manifest says: the archive was changed, or damaged on the way", e.Name)
		}
	}
	want := []string{caseName}
	for i := range b.Manifest.Instances {
		want = append(want, instanceFile(i, "config.yaml"), instanceFile(i, "config.json"), instanceFile(i, "facts.json"))
	}
	for _, name := range want {
		if !slices.ContainsFunc(b.Manifest.Files, func(e Entry) bool { return e.Name == name }) {
			return nil, fmt.Errorf("the archive has no %s; fetch it again, whole", name)
		}
	}
	if len(files) != len(want) || len(b.Manifest.Files) != len(want) {
		return nil, errors.New("the archive holds more than its manifest says; it is not read any further")
	}
	return b, nil
}

// readManifest reads the form first: whoever wrote a later one may say more.
func (b *Bundle) readManifest(raw []byte) error {
	if raw == nil {
		return errors.New("the archive has no manifest.json: usher bundle did not make it")
	}
	var first struct {
		Form  int    `json:"form"`
		Usher string `json:"usher"`
	}
	if err := json.Unmarshal(raw, &first); err != nil {
		return errors.New("manifest.json cannot be read: the archive was changed, or damaged on the way")
	}
	if first.Form != Form {
		return fmt.Errorf("the archive has form %d, made by usher %.40q; this usher reads form %d: read it with that version", first.Form, first.Usher, Form)
	}
	if err := strict(raw, &b.Manifest); err != nil {
		return fmt.Errorf("manifest.json cannot be read: %w", err)
	}
	if len(b.Manifest.Instances) == 0 || len(b.Manifest.Instances) > maxMembers/3 {
		return fmt.Errorf("the archive says that it holds %d instances", len(b.Manifest.Instances))
	}
	return nil
}
