// SPDX-License-Identifier: Apache-2.0

package bundle

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// Form is the number of the form of archive that this program writes and reads.
const Form = 1

// A Manifest says what an archive holds and where it comes from.
type Manifest struct {
	Form       int       `json:"form"`
	Usher      string    `json:"usher"` // version of the program that made it
	Made       time.Time `json:"made"`
	Host       string    `json:"host"`
	Vantage    string    `json:"vantage,omitempty"` // where the facts were gathered; empty: the files alone
	Anonymized bool      `json:"anonymized"`
	Instances  []string  `json:"instances"`
	Files      []Entry   `json:"files"`
}

// An Entry is one member of an archive.
type Entry struct {
	Name    string `json:"name"`
	Bytes   int    `json:"bytes"`
	SHA256  string `json:"sha256"`
	Removed string `json:"removed,omitempty"` // what was taken out or replaced, for the reader
}

// A Bundle is an archive in memory: as it will be written, or as it was read.
type Bundle struct {
	Manifest Manifest
	files    map[string][]byte // without the manifest
}

// Origin says where a bundle comes from.
type Origin struct {
	Usher   string // version
	Made    time.Time
	Host    string
	Vantage string
}

// names of the members.
const (
	manifestName = "manifest.json"
	caseName     = "case.json"
)

func instanceFile(i int, name string) string { return fmt.Sprintf("instances/%d/%s", i+1, name) }

// Make packs a case. No secret of its configurations is in the result, which is
// searched for them before it is given. Persons stay as they are unless
// anonymize is set: a finding about somebody is of little use without a name.
func Make(c doctor.Case, from Origin, anonymize bool) (*Bundle, error) {
	b := &Bundle{files: make(map[string][]byte), Manifest: Manifest{Form: Form, Usher: from.Usher, Made: from.Made.UTC().Truncate(time.Second),
		Host: from.Host, Vantage: from.Vantage, Anonymized: anonymize}}
	configs := make([]*config.Config, len(c.Instances))
	for i, in := range c.Instances {
		configs[i] = in.Config
		b.Manifest.Instances = append(b.Manifest.Instances, in.Config.Instance.Name)
	}
	clean := &cleaner{configs: configs}
	if anonymize {
		clean.persons = personsOf(c)
	}
	asked, err := fieldsOf(c, clean.text)
	if err != nil {
		return nil, err
	}
	if err := b.add(caseName, asked, clean.said()); err != nil {
		return nil, err
	}
	for i, packed := range config.Pack(configs...) {
		if err := b.addInstance(i, c.Instances[i], packed, clean); err != nil {
			return nil, err
		}
	}
	return b, b.search(configs)
}

func (b *Bundle) addInstance(i int, in *doctor.Instance, packed config.Packed, clean *cleaner) error {
	text := clean.persons.replace(packed.Text)
	if err := b.put(instanceFile(i, "config.yaml"), []byte(text), joined(hiddenIn(packed), clean.said())); err != nil {
		return err
	}
	if err := b.add(instanceFile(i, "config.json"), packed, "holds what may be said of secrets: where they stand, their length, whether two are equal"); err != nil {
		return err
	}
	facts, err := fieldsOf(in, clean.text)
	if err != nil {
		return err
	}
	removed := clean.said()
	if removed == "" {
		removed = "held nothing that had to be removed"
	}
	return b.add(instanceFile(i, "facts.json"), facts, removed)
}

// hiddenIn says how much of a configuration is hidden.
func hiddenIn(p config.Packed) string {
	switch n := len(p.Guarded); n {
	case 0:
		return "no secret stands in it"
	case 1:
		return "secrets replaced on 1 line"
	default:
		return fmt.Sprintf("secrets replaced on %d lines", n)
	}
}

func (b *Bundle) add(name string, v any, removed string) error {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", " ")
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("%s cannot be written down: %w", name, err)
	}
	return b.put(name, raw.Bytes(), removed)
}

func (b *Bundle) put(name string, data []byte, removed string) error {
	if len(data) > maxMember {
		return fmt.Errorf("%s would have %d bytes, more than the %d that an archive takes", name, len(data), maxMember)
	}
	sum := sha256.Sum256(data)
	b.files[name] = data
	b.Manifest.Files = append(b.Manifest.Files, Entry{Name: name, Bytes: len(data), SHA256: hex.EncodeToString(sum[:]), Removed: removed})
	return nil
}

// search makes sure that no secret slipped through: rather no archive than one
// that gives something away.
func (b *Bundle) search(configs []*config.Config) error {
	for _, e := range b.Manifest.Files {
		for _, c := range configs {
			if c.Leaks(b.files[e.Name]) {
				return errors.New("nothing was written: a secret of " + c.File + " would have been in " + e.Name + "; this is a fault of usher's, please report it without the file")
			}
		}
	}
	return nil
}

// File gives one member as it is in the archive.
func (b *Bundle) File(name string) []byte { return b.files[name] }

// Case gives the case back, and where its facts were gathered.
func (b *Bundle) Case() (doctor.Case, error) {
	var c doctor.Case
	if err := b.into(caseName, &c); err != nil {
		return c, err
	}
	for i := range b.Manifest.Instances {
		in, err := b.instance(i)
		if err != nil {
			return c, err
		}
		c.Instances = append(c.Instances, in)
	}
	return c, nil
}

func (b *Bundle) instance(i int) (*doctor.Instance, error) {
	var packed config.Packed
	if err := strict(b.files[instanceFile(i, "config.json")], &packed); err != nil {
		return nil, fmt.Errorf("%s cannot be read: %w", instanceFile(i, "config.json"), err)
	}
	packed.Text = string(b.files[instanceFile(i, "config.yaml")])
	cfg, err := packed.Unpack()
	if err != nil {
		return nil, err
	}
	in := &doctor.Instance{Config: cfg}
	return in, b.into(instanceFile(i, "facts.json"), in)
}

// into reads fields that [fieldsOf] wrote.
func (b *Bundle) into(name string, target any) error {
	var fields map[string]json.RawMessage
	err := strict(b.files[name], &fields)
	if err == nil {
		err = setFields(fields, target)
	}
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w; it was made by usher %s", name, err, b.Manifest.Usher)
	}
	return nil
}
