// SPDX-License-Identifier: Apache-2.0

// Package docs carries the pages of the checks inside the program, so that
// usher explain CODE works where there is no network.
package docs

import (
	"embed"
	"strings"
)

// Checks holds checks/CODE.md for every check.
//
//go:embed checks/*.md
var Checks embed.FS

// Page gives the page of a check. Codes are matched exactly.
func Page(code string) (string, bool) {
	if strings.ContainsAny(code, "/\\.") {
		return "", false
	}
	data, err := Checks.ReadFile("checks/" + code + ".md")
	return string(data), err == nil
}
