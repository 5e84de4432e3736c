// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
)

// params are a request's parameters. No name holds two different values.
type params map[string]string

// known names are those that must not come twice (RFC 6749 section 3.1).
// Others are ignored, as IMS ignores them.
const onceOnly = " client_id client_secret redirect_uri response_type response_mode scope state nonce prompt " +
	"code_challenge code_challenge_method grant_type code code_verifier refresh_token token token_type type access_token callback cascading "

// queryParams reads the query of a request.
func queryParams(r *http.Request) (params, *problem) {
	values, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, badRequest("invalid_request", "the query cannot be parsed")
	}
	p := params{}
	return p, p.merge(values)
}

// formParams reads parameters from the query and from a body that is urlencoded
// or multipart: clients of IMS use all three.
func formParams(r *http.Request) (params, *problem) {
	p, bad := queryParams(r)
	if bad != nil || r.Method == http.MethodGet || r.Method == http.MethodHead {
		return p, bad
	}
	kind, attributes, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if r.Header.Get("Content-Type") == "" {
		kind, err = "", nil
	}
	if err != nil {
		return nil, badRequest("invalid_request", "the content type cannot be parsed")
	}
	body, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxBody))
	if err != nil {
		return nil, &problem{http.StatusRequestEntityTooLarge, "invalid_request", "the body is longer than 64 KiB or was cut off"}
	}
	var values url.Values
	switch kind {
	case "application/x-www-form-urlencoded":
		values, err = url.ParseQuery(string(body))
	case "multipart/form-data":
		values, err = multipartValues(string(body), attributes["boundary"])
	case "":
		if len(body) > 0 {
			err = errors.New("a body without a content type")
		}
	default:
		return nil, &problem{http.StatusUnsupportedMediaType, "invalid_request", "the body must be application/x-www-form-urlencoded or multipart/form-data"}
	}
	if err != nil {
		return nil, badRequest("invalid_request", "the body cannot be parsed")
	}
	return p, p.merge(values)
}

func multipartValues(body, boundary string) (url.Values, error) {
	values := url.Values{}
	reader := multipart.NewReader(strings.NewReader(body), boundary)
	for range 100 {
		part, err := reader.NextPart()
		if errors.Is(err, io.EOF) {
			return values, nil
		}
		if err != nil {
			return nil, err
		}
		value, err := io.ReadAll(io.LimitReader(part, maxBody))
		if err != nil {
			return nil, err
		}
		values.Add(part.FormName(), string(value))
	}
	return nil, errors.New("more than 100 parts")
}

func (p params) merge(values url.Values) *problem {
	for name, all := range values {
		if !strings.Contains(onceOnly, " "+name+" ") {
			p[name] = all[0]
			continue
		}
		for _, v := range all {
			if had, there := p[name]; there && (had != v || len(all) > 1) {
				return badRequest("invalid_request", "the parameter "+name+" is there twice")
			}
			p[name] = v
		}
	}
	return nil
}

// scopesOf splits a scope parameter: IMS takes commas and spaces, and keeps
// the case. A scope asked for twice counts once.
func scopesOf(s string) []string {
	var scopes []string
	seen := map[string]bool{}
	for _, scope := range strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' || r == '\r' }) {
		if !seen[scope] {
			seen[scope] = true
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
