// SPDX-License-Identifier: Apache-2.0

package config

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// seeds are texts with some of everything that YAML can do.
func seeds(f *testing.F) []string {
	f.Helper()
	return []string{
		string(example(f)), minimal, "", "\n", "a: b", "- a\n- b\n", "instance: {name: x, url: https://x}",
		account("label: |", "  a", "  b", "ims_client_secret: >-", "  s3cret", "  more", "ims_client_id: 'it''s'"),
		account(`label: "a\tb\u00e9" # c`, "ims_scopes: [openid, 'a b', \"c\"]", "association_mask: {prefix: x}"),
		account("label: a", "  b", "ims_server: 'a", "", "  b'", "product_context: \"a\\", "  b\""),
		after("organization: {clients: [{id: x, secrets: [a, 'b']}], users: [{email: a@b, password: pw}]}", "server: {database: 'postgres://u:pw@h/d'}"),
		after("organization:", "  clients:", "  - id: x", "    secrets:", "    - |2", "        a", "      b", "    - c"),
		after("operator_groups:", "  # one", "  - name: a # x", "    # y", "", "  -", "    name: b", "  - {name: c, rights: [d]}"),
		"a: &x [*x]\n<<: *x\n", "? [a]\n: b\n", "%YAML 1.1\n---\na: b\n...\n---\nc", "{a: [}", "a: \"\\q\"", "\ta: b", "a:\n\t- b", "\ufeffa: b", "a\u2028b: c\r\n", "!!binary x: !y z",
		strings.Repeat("[", 200), strings.Repeat("a:\n ", 50), strings.Repeat("- ", 100),
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range seeds(f) {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := Parse("f.yaml", []byte(text), Environment{LenientSecrets: true})
		if shown := Redact([]byte(text)); strings.Count(shown, "\n") != strings.Count(text, "\n") {
			t.Errorf("redacting loses or adds lines:\n%q\n%q", text, shown)
		}
		if err == nil {
			checkLoaded(t, c, text)
			return
		}
		var problems *Problems
		if !errors.As(err, &problems) || len(problems.List) == 0 {
			t.Fatalf("an error without problems: %v", err)
		}
		src := newSource("", []byte(text))
		for _, p := range problems.List {
			line, column := p.Place.Line, p.Place.Column
			if line < 1 || line > max(src.lines(), 1) || column < 1 || column > utf8.RuneCount(src.line(line))+1 {
				t.Errorf("%v: no place in the file %q", p, text)
			}
			if p.Saw == "" || p.Want == "" || p.Do == "" || strings.Contains(p.Error(), "\n") {
				t.Errorf("a problem that is not whole, in one line: %q", p.Error())
			}
		}
	})
}

// checkLoaded holds of every file that loads: its redacted text loads too and
// means the same but for secrets and addresses, and shows none of them at their places.
func checkLoaded(t *testing.T, c *Config, text string) {
	t.Helper()
	again, err := Parse("f.yaml", []byte(c.Redacted()), Environment{LenientSecrets: true})
	if err != nil {
		t.Fatalf("the redacted text does not load: %v\n%q\n%q", err, text, c.Redacted())
	}
	eachScalar(c.root, "", func(path string, n *yaml.Node) {
		_, m, found := again.find(path)
		switch {
		case !found:
			t.Errorf("%s is gone from the redacted text\n%q\n%q", path, text, c.Redacted())
		case m.Value == n.Value, strings.Contains(path, "secret"), strings.Contains(path, "password"), strings.Contains(n.Value, "://"):
		default:
			t.Errorf("%s was %q and is %q\n%q\n%q", path, n.Value, m.Value, text, c.Redacted())
		}
		if state := c.SecretAt(path); state.Source == SecretPlain && m.Value != "[secret]" {
			t.Errorf("%s shows %q", path, m.Value)
		}
		if at := c.At(path); at.Line != n.Line || at.Column != n.Column {
			t.Errorf("At(%q) is %v, the value is at %d:%d", path, at, n.Line, n.Column)
		}
	})
}

// FuzzStyles writes two values, one of them a secret, in every way that YAML
// has, and holds what must hold of every file that loads.
func FuzzStyles(f *testing.F) {
	styles := []yaml.Style{0, yaml.DoubleQuotedStyle, yaml.SingleQuotedStyle, yaml.LiteralStyle, yaml.FoldedStyle}
	for _, v := range []string{"a", "two words", "it's", `a "b" # c`, "a\nb\n\n  c", "é\u00a0€", strings.Repeat("long words ", 20), "#x", "a: b", " x ", "\\", "[a]", "# secret: x"} {
		for i := range styles {
			f.Add(v, "c4n4ry "+v, uint8(i), uint8(i+1), i%2 == 0)
		}
	}
	f.Fuzz(func(t *testing.T, value, secret string, style1, style2 uint8, flow bool) {
		scalar := func(text string, style uint8, comment string) *yaml.Node {
			return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: text, Style: styles[int(style)%len(styles)], LineComment: comment}
		}
		key := func(name string) *yaml.Node { return &yaml.Node{Kind: yaml.ScalarNode, Value: name} }
		list := &yaml.Node{Kind: yaml.SequenceNode, Content: []*yaml.Node{scalar(secret, style1, "# one"), scalar(secret, style2, "")}}
		client := &yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key("id"), scalar(value, style1, ""), key("secrets"), list, key("default_redirect_url"), scalar(value, style2, "# two")}}
		if flow {
			client.Style = yaml.FlowStyle
		}
		out, err := yaml.Marshal(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{key("organization"),
			{Kind: yaml.MappingNode, Content: []*yaml.Node{key("clients"), {Kind: yaml.SequenceNode, Content: []*yaml.Node{client}}}}}})
		if err != nil {
			return
		}
		text := minimal + string(out)
		c, err := Parse("f.yaml", []byte(text), Environment{})
		if err != nil {
			return // a value that no file can hold, or that the library writes wrongly
		}
		checkLoaded(t, c, text)
		if len(secret) > 8 && !strings.Contains(value, secret) && strings.Contains(c.Redacted(), secret) {
			t.Errorf("the secret is still there:\n%s", c.Redacted())
		}
		for _, path := range []string{"organization.clients[0].id", "organization.clients[0].default_redirect_url"} {
			if edit, err := c.ReplaceScalar(path, "new: 'value'"); err == nil {
				want := plainValues(c)
				want[path] = "new: 'value'"
				if got := plainValues(mustParse(t, applied(t, c, edit), Environment{})); !reflect.DeepEqual(got, want) {
					t.Errorf("%s: got %q, want %q in\n%s", path, got, want, text)
				}
			}
		}
		if edits, err := c.DeleteItem("organization.clients[0].secrets[0]"); err == nil {
			got := mustParse(t, applied(t, c, edits...), Environment{})
			if want := without(c.root, "organization.clients[0].secrets[0]"); !same(got.root, want) {
				t.Errorf("more or less is gone than the first secret:\n%s\n%s", text, got.src.data)
			}
		}
	})
}

// eachScalar visits the values of a file with their paths. Keys that a path
// cannot spell do not occur in files that load.
func eachScalar(n *yaml.Node, path string, visit func(string, *yaml.Node)) {
	switch n.Kind {
	case yaml.ScalarNode:
		visit(path, n)
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			eachScalar(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."), visit)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			eachScalar(c, path+"["+itoa(i)+"]", visit)
		}
	}
}

// plain gives a file's values by path, to compare files.
func plainValues(c *Config) map[string]string {
	out := make(map[string]string)
	eachScalar(c.root, "", func(path string, n *yaml.Node) { out[path] = n.Value })
	return out
}

func FuzzReplaceScalar(f *testing.F) {
	for _, s := range seeds(f) {
		for i, v := range []string{"b", "", " x ", "a: b # c", "it's", `"\`, "[x", "- y", "\u00a0\u2028\x00", "true", "12", "~", "x\n\ny"} {
			f.Add(s, v, uint(i))
		}
	}
	f.Fuzz(func(t *testing.T, text, value string, pick uint) {
		c, err := Parse("f.yaml", []byte(text), Environment{LenientSecrets: true})
		if err != nil || !utf8.ValidString(value) {
			return
		}
		before := plainValues(c)
		path := pickPath(before, pick)
		edit, err := c.ReplaceScalar(path, value)
		if err != nil {
			return
		}
		out, err := c.Change(edit).Apply([]byte(text))
		if err != nil {
			t.Fatalf("%s: the edit does not apply: %v", path, err)
		}
		root, extra, err := decode(out)
		if err != nil || extra != nil {
			t.Fatalf("%s = %q: no YAML: %v\n%q\n%q", path, value, err, text, out)
		}
		changed := &Config{src: newSource("", out), root: root.Content[0]}
		before[path] = value
		if got := plainValues(changed); !reflect.DeepEqual(got, before) {
			t.Errorf("%s = %q: got %q, want %q\n%q\n%q", path, value, got, before, text, out)
		}
	})
}

func pickPath(values map[string]string, pick uint) string {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	names = sorted(names)
	return names[pick%uint(len(names))]
}

func FuzzDeleteItem(f *testing.F) {
	for _, s := range seeds(f) {
		for i := range 12 {
			f.Add(s, uint(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, pick uint) {
		c, err := Parse("f.yaml", []byte(text), Environment{LenientSecrets: true})
		if err != nil {
			return
		}
		path := pickItem(c.root, pick)
		edits, err := c.DeleteItem(path)
		if err != nil {
			return
		}
		out, err := c.Change(edits...).Apply([]byte(text))
		if err != nil {
			t.Fatalf("%s: the edits do not apply: %v\n%q", path, err, text)
		}
		root, extra, err := decode(out)
		if err != nil || extra != nil {
			t.Fatalf("%s: no YAML: %v\n%q\n%q", path, err, text, out)
		}
		want := without(c.root, path)
		if got := root.Content[0]; !same(got, want) {
			t.Errorf("%s: more is gone than that\n%q\n%q", path, text, out)
		}
	})
}

// pickItem picks an item of a list or a key, somewhere in the file.
func pickItem(root *yaml.Node, pick uint) string {
	var paths []string
	var walk func(n *yaml.Node, path string)
	walk = func(n *yaml.Node, path string) {
		paths = append(paths, path)
		switch n.Kind {
		case yaml.MappingNode:
			for i := 0; i+1 < len(n.Content); i += 2 {
				walk(n.Content[i+1], strings.TrimPrefix(path+"."+n.Content[i].Value, "."))
			}
		case yaml.SequenceNode:
			for i, c := range n.Content {
				walk(c, path+"["+itoa(i)+"]")
			}
		}
	}
	walk(root, "")
	return paths[pick%uint(len(paths))]
}

// without gives the tree that is left when what is at path is taken out.
func without(n *yaml.Node, path string) *yaml.Node {
	step, rest := cutStep(path)
	out := *n
	out.Content = nil
	width := 1
	if n.Kind == yaml.MappingNode {
		width = 2
	}
	for i := 0; i+width <= len(n.Content); i += width {
		value := n.Content[i+width-1]
		at := "[" + itoa(i) + "]"
		if width == 2 {
			at = n.Content[i].Value
		}
		switch {
		case at == step && rest == "":
		case at == step:
			out.Content = append(append(out.Content, n.Content[i:i+width-1]...), without(value, rest))
		default:
			out.Content = append(out.Content, n.Content[i:i+width]...)
		}
	}
	return &out
}

func same(a, b *yaml.Node) bool {
	if a.Kind != b.Kind || a.Value != b.Value || a.Tag != b.Tag || len(a.Content) != len(b.Content) {
		return false
	}
	for i := range a.Content {
		if !same(a.Content[i], b.Content[i]) {
			return false
		}
	}
	return true
}

func FuzzInsertItem(f *testing.F) {
	for _, s := range seeds(f) {
		for i := range 12 {
			f.Add(s, uint(i))
		}
	}
	f.Fuzz(func(t *testing.T, text string, pick uint) {
		c, err := Parse("f.yaml", []byte(text), Environment{LenientSecrets: true})
		if err != nil {
			return
		}
		path := pickItem(c.root, pick)
		at, err := c.trace(path)
		if err != nil {
			t.Fatal(err)
		}
		item, added := "zz: [yy]", strings.TrimPrefix(path+".zz", ".")
		if at.node.Kind == yaml.SequenceNode {
			item, added = `"zz"`, path+"["+itoa(len(at.node.Content))+"]"
		}
		edit, err := c.InsertItem(path, item)
		if err != nil {
			return
		}
		out, err := c.Change(edit).Apply([]byte(text))
		if err != nil {
			t.Fatalf("%s: the edit does not apply: %v\n%q", path, err, text)
		}
		root, extra, err := decode(out)
		if err != nil || extra != nil {
			t.Fatalf("%s: no YAML: %v\n%q\n%q", path, err, text, out)
		}
		changed := &Config{src: newSource("", out), root: root.Content[0]}
		if !changed.Has(added) || !same(without(changed.root, added), c.root) && !same(without(changed.root, path+"[0]"), c.root) {
			t.Errorf("%s: more has changed than the new item\n%q\n%q", path, text, out)
		}
	})
}
