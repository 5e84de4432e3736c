// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxParameters bounds how many parameters a query may have.
const maxParameters = 64

// Query parses the query of a request so that nobody can read it otherwise: a
// percent sign that begins no byte, a semicolon, a name that is not text, or a
// parameter twice after decoding is an error of status 400.
func Query(r *http.Request) (url.Values, error) { return parseQuery(r.URL.RawQuery, nil) }

// QueryOf parses as [Query] does, but of parameters that are not among names,
// and that nobody will read, it lets pass more than one: a provider may add to
// a callback what it likes (RFC 6749 section 4.1.2).
func QueryOf(names ...string) func(*http.Request) (url.Values, error) {
	known := append([]string{}, names...)
	return func(r *http.Request) (url.Values, error) { return parseQuery(r.URL.RawQuery, known) }
}

// parseQuery reads a raw query. known nil: every parameter may come once only.
func parseQuery(raw string, known []string) (url.Values, error) {
	const public = "This address cannot be read in one way only. Go back and start again."
	values := url.Values{}
	count := 0
	for raw != "" {
		var pair string
		pair, raw, _ = strings.Cut(raw, "&")
		if pair == "" {
			continue
		}
		if count++; count > maxParameters {
			return nil, malformed(public, fmt.Errorf("the query has more than %d parameters", maxParameters))
		}
		name, value, err := parsePair(pair)
		if err != nil {
			return nil, malformed(public, err)
		}
		if _, twice := values[name]; twice {
			if known == nil || slices.Contains(known, name) {
				return nil, malformed(public, fmt.Errorf("the parameter %.64q comes twice", name))
			}
			continue
		}
		values[name] = []string{value}
	}
	return values, nil
}

// parsePair decodes one parameter. Errors say nothing of its value.
func parsePair(pair string) (name, value string, err error) {
	if strings.IndexByte(pair, ';') >= 0 {
		return "", "", errors.New("a semicolon stands in the query; some take it for a separator")
	}
	key, val, _ := strings.Cut(pair, "=")
	if name, err = url.QueryUnescape(key); err != nil {
		return "", "", errors.New("a percent sign in the name of a parameter begins no byte")
	}
	if !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) {
		return "", "", errors.New("the name of a parameter is not text")
	}
	if value, err = url.QueryUnescape(val); err != nil {
		return "", "", fmt.Errorf("a percent sign in the parameter %.64q begins no byte", name)
	}
	return name, value, nil
}

// SingleHeader gives the value of a header that may come once; empty where it
// did not come. Twice is an error of status 400. The value is not split at
// commas: addresses hold them.
func SingleHeader(r *http.Request, name string) (string, error) {
	switch values := r.Header.Values(name); len(values) {
	case 0:
		return "", nil
	case 1:
		return values[0], nil
	default:
		return "", malformed("A header of this request came more than once.", fmt.Errorf("the header %.64q came %d times", name, len(values)))
	}
}
