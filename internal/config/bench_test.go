// SPDX-License-Identifier: Apache-2.0

package config

import (
	"bytes"
	"fmt"
	"testing"
)

// large is a file with 2,000 operator groups, and this many directory groups
// of 20 members each. With 10,000 it is as large as usher promises to take.
func large(groups int) []byte {
	var b bytes.Buffer
	b.WriteString(minimal + "    association_mask: \"Campaign - corp - \"\noperator_groups:\n")
	for g := range 2000 {
		fmt.Fprintf(&b, "  - name: Group %d\n    rights: [PREPARE DELIVERIES]\n", g)
	}
	b.WriteString("organization:\n  groups:\n")
	for g := range groups {
		fmt.Fprintf(&b, "    - name: Campaign - corp - Group %d\n      members: [", g)
		for m := range 20 {
			if m > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(&b, "user%d.%d@corp.example", g, m)
		}
		b.WriteString("]\n")
	}
	return b.Bytes()
}

func TestLargeFileLoads(t *testing.T) {
	c, err := Parse("large.yaml", large(1000), Environment{})
	if err != nil {
		t.Fatal(err)
	}
	if got := len(c.Organization.Groups); got != 1000 {
		t.Errorf("%d directory groups, want 1000", got)
	}
	if got, want := c.Line(c.At("organization.groups[999].members[19]").Line), "user999.19@corp.example]"; !bytes.HasSuffix([]byte(got), []byte(want)) {
		t.Errorf("line %q, want it to end in %q", got, want)
	}
}

func BenchmarkParseSmall(b *testing.B) {
	data := example(b)
	env := world(map[string]string{"/run/secrets/ims": "s3cret\n"}, nil)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("prod.yaml", data, env); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseLarge(b *testing.B) {
	data := large(10000)
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse("large.yaml", data, Environment{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkAtEveryGroup(b *testing.B) {
	c, err := Parse("large.yaml", large(10000), Environment{})
	if err != nil {
		b.Fatal(err)
	}
	paths := make([]string, 10000)
	for i := range paths {
		paths[i] = fmt.Sprintf("organization.groups[%d].name", i)
	}
	for b.Loop() {
		for _, p := range paths {
			if c.At(p).Line == 0 {
				b.Fatal(p)
			}
		}
	}
}

func BenchmarkRedactLarge(b *testing.B) {
	data := large(10000)
	for b.Loop() {
		c, err := Parse("large.yaml", data, Environment{})
		if err != nil {
			b.Fatal(err)
		}
		if c.Line(1) == "" {
			b.Fatal("no first line")
		}
	}
}

func BenchmarkProblemsEverywhere(b *testing.B) {
	data := bytes.ReplaceAll(large(10000), []byte("members:"), []byte("membres:"))
	for b.Loop() {
		if _, err := Parse("large.yaml", data, Environment{}); err == nil {
			b.Fatal("loaded")
		}
	}
}

func BenchmarkSyntaxErrorLate(b *testing.B) {
	data := append(bytes.Repeat([]byte("# a comment of some length, to make the file longer\n"), 18000), "instance:\n  name: x\n url: y\n"...)
	for b.Loop() {
		if _, err := Parse("large.yaml", data, Environment{}); err == nil {
			b.Fatal("loaded")
		}
	}
}
