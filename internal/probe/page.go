// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"html"
	"mime"
	"net/http"
	"regexp"
	"strings"
)

// isPage says that an answer is a page for people, given with success: what
// stands between us and the provider answers so, the provider itself does not.
func isPage(status int, contentType string) bool {
	if status != http.StatusNetworkAuthenticationRequired && (status < 200 || status > 299) {
		return false
	}
	media, _, err := mime.ParseMediaType(contentType)
	return err == nil && (media == "text/html" || strings.HasSuffix(media, "/xml") || strings.HasSuffix(media, "+xml"))
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.{0,300}?)</title`)

// title is that of a page; empty: it has none.
func title(page []byte) string {
	m := titleTag.FindSubmatch(page)
	if m == nil {
		return ""
	}
	return strings.Join(strings.Fields(html.UnescapeString(string(m[1]))), " ")
}
