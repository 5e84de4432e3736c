// SPDX-License-Identifier: Apache-2.0

package pages

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/usher-signin/usher"
)

// StaticPath is below which the pages' style and icon are served.
const StaticPath = usher.Prefix + "static/"

const signOutPath = usher.Prefix + "signout"

// An asset is one file that pages refer to. Its address holds a hash of its
// content, so that browsers may keep it for ever.
type asset struct {
	content []byte
	kind    string
}

type assets struct {
	style, icon string
	byPath      map[string]asset
}

func readAssets() (assets, error) {
	a := assets{byPath: map[string]asset{}}
	for file, into := range map[string]*string{"files/usher.css": &a.style, "files/usher.svg": &a.icon} {
		content, err := files.ReadFile(file)
		if err != nil {
			return assets{}, err
		}
		kind := "text/css; charset=utf-8"
		if path.Ext(file) == ".svg" {
			kind = "image/svg+xml"
		}
		sum := sha256.Sum256(content)
		base, extension, _ := strings.Cut(path.Base(file), ".")
		*into = StaticPath + base + "." + hex.EncodeToString(sum[:8]) + "." + extension
		a.byPath[*into] = asset{content, kind}
	}
	return a, nil
}

// Static serves the style and the icon, and nothing else, below [StaticPath].
func (p *Pages) Static() http.Handler { return p }

// ServeHTTP serves the style and the icon.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	found, ok := p.assets.byPath[r.URL.Path]
	if !ok {
		w.Header().Set("Cache-Control", "no-store")
		http.Error(w, "There is no such file. Load the page again.", http.StatusNotFound)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "This file can be read only.", http.StatusMethodNotAllowed)
		return
	}
	h := w.Header()
	h.Set("Content-Type", found.kind)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(found.content))
}
