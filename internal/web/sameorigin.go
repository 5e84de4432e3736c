// SPDX-License-Identifier: Apache-2.0

package web

import (
	"errors"
	"fmt"
	"net/http"
)

// SameOrigin lets a change come from our own pages only.
type SameOrigin struct{ protection *http.CrossOriginProtection }

// NewSameOrigin makes a SameOrigin. origins are the addresses under which
// browsers know us, for front servers that replace the Host header.
func NewSameOrigin(origins ...string) (*SameOrigin, error) {
	p := http.NewCrossOriginProtection()
	for _, o := range origins {
		if err := p.AddTrustedOrigin(o); err != nil {
			return nil, fmt.Errorf("%.200q is not an origin; wanted scheme and host, such as https://campaign.corp.example: %w", o, err)
		}
	}
	return &SameOrigin{p}, nil
}

// Check gives an error of status 403 for a request that could change something
// and was not sent by one of our own pages. Browsers say where a request comes
// from, in Sec-Fetch-Site or Origin. One that brings cookies and says nothing
// is refused too; one without cookies has no authority to misuse.
func (s *SameOrigin) Check(r *http.Request) error {
	const public = "This request did not come from one of our own pages, so nothing was changed."
	if err := s.protection.Check(r); err != nil {
		return &Error{Status: http.StatusForbidden, Public: public, Err: err}
	}
	if len(r.Header["Origin"]) > 1 || len(r.Header["Sec-Fetch-Site"]) > 1 {
		return &Error{Status: http.StatusForbidden, Public: public, Err: errors.New("the request says more than once where it comes from")}
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil
	}
	if len(r.Header["Cookie"]) > 0 && len(r.Header["Origin"]) == 0 && len(r.Header["Sec-Fetch-Site"]) == 0 {
		return &Error{Status: http.StatusForbidden, Public: public, Err: errors.New("cookies came with neither Origin nor Sec-Fetch-Site")}
	}
	return nil
}

// Protect lets only requests through to next that pass [SameOrigin.Check].
func (s *SameOrigin) Protect(next Handler) Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		if err := s.Check(r); err != nil {
			return err
		}
		return next(w, r)
	}
}
