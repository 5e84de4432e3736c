// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"embed"
	"fmt"
	"html/template"
	"io/fs"
	"path"
	"strings"
)

//go:embed files
var files embed.FS

// shared holds what every page is built on; the other templates are pages.
const shared = "files/shared/*.html"

// parseSet parses every page with the words of one language.
func parseSet(words language) (map[string]*template.Template, error) {
	base, err := template.New("").Funcs(words.functions()).Option("missingkey=error").ParseFS(files, shared)
	if err != nil {
		return nil, err
	}
	names, err := fs.Glob(files, "files/*.html")
	if err != nil {
		return nil, err
	}
	set := make(map[string]*template.Template, len(names))
	for _, file := range names {
		t, err := base.Clone()
		if err == nil {
			t, err = t.ParseFS(files, file)
		}
		if err != nil {
			return nil, err
		}
		set[strings.TrimSuffix(path.Base(file), ".html")] = t
	}
	return set, nil
}

func (p *Pages) template(lang, name string) (*template.Template, error) {
	t := p.sets[lang][name]
	if t == nil {
		return nil, fmt.Errorf("there is no page %q in the language %q", name, lang)
	}
	return t, nil
}
