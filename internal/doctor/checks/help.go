// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/lookalike"
)

// set makes the edit that gives a key another value; none where the file does
// not allow it: the finding's description then has to do.
func set(cfg *config.Config, path, value string) []usher.Edit {
	if !cfg.Has(path) {
		return nil
	}
	edit, err := cfg.ReplaceScalar(path, value)
	if err != nil {
		return nil
	}
	return []usher.Edit{edit}
}

// remove makes the edits that delete an item or a key.
func remove(cfg *config.Config, path string) []usher.Edit {
	edits, err := cfg.DeleteItem(path)
	if err != nil {
		return nil
	}
	return edits
}

// insert makes the edit that adds an item or a key to what is at path.
func insert(cfg *config.Config, path, text string) []usher.Edit {
	edit, err := cfg.InsertItem(path, text)
	if err != nil {
		return nil
	}
	return []usher.Edit{edit}
}

// merged joins edits, or gives none where two of them change one line.
func merged(groups ...[]usher.Edit) []usher.Edit {
	all := slices.Concat(groups...)
	slices.SortFunc(all, func(a, b usher.Edit) int { return a.Line - b.Line })
	for i := range all {
		if i > 0 && all[i].Line == all[i-1].Line {
			return nil
		}
	}
	return all
}

// quoted writes a name between quotes with everything invisible made visible.
func quoted(name string) string { return `"` + lookalike.Show(name) + `"` }

// list writes names between quotes, a few of many.
func list(names []string) doctor.Phrase {
	const most = 8
	var parts []string
	for i, n := range names {
		if i == most {
			return doctor.Say("%s and %d more", strings.Join(parts, ", "), len(names)-most)
		}
		parts = append(parts, quoted(n))
	}
	return doctor.Value(strings.Join(parts, ", "))
}

// ofCause turns the cause that a rule gave into a ruling.
func ofCause(c *usher.Cause, message string, args ...any) doctor.Ruling {
	r := doctor.Fail(c.Subject, message, args...).Found(doctor.Heard(c.Saw), doctor.Heard(c.Want))
	if c.Detail != "" {
		r = r.With("%s", doctor.Heard(c.Detail))
	}
	return r
}

// dashboard is where the provider's side is mended.
const dashboard = "Enterprise Dashboard"

// item writes the path of a list's item.
func item(list string, i int) string { return fmt.Sprintf("%s[%d]", list, i) }

func status(code int) doctor.Phrase {
	if code == 0 {
		return doctor.Say("no answer")
	}
	return doctor.Say("HTTP %d", code)
}

func bytes(n int) doctor.Phrase { return doctor.Say("%d bytes", n) }

func itoa(n int) string { return strconv.Itoa(n) }
