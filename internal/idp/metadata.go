// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	usher "github.com/usher-signin/usher"
)

// How long metadata is used: asked for again after an hour, kept for a day
// while the provider does not answer. A failure is remembered for two seconds,
// so that a crowd before a provider that is down makes no storm.
const (
	metadataFresh   = time.Hour
	metadataKept    = 24 * time.Hour
	failureRemember = 2 * time.Second
)

// patience is how long somebody waits for metadata when there is an older
// answer to fall back on, be it a failure: a provider that hangs is said to be
// down soon, and not ten seconds later for each who asks.
const patience = 1500 * time.Millisecond

// Metadata is what the provider says of itself (OpenID Connect Discovery 1.0
// section 3, RFC 8414, RFC 9207). It is shared; do not change it.
type Metadata struct {
	Issuer                string
	AuthorizationEndpoint string
	TokenEndpoint         string
	UserinfoEndpoint      string // may be empty
	RevocationEndpoint    string // may be empty
	EndSessionEndpoint    string // may be empty
	JWKSURI               string

	AuthMethods       []string // token_endpoint_auth_methods_supported; nil: not said
	SigningAlgorithms []string // id_token_signing_alg_values_supported; nil: not said
	Scopes            []string // scopes_supported; nil: not said
	IssuerParameter   bool     // the callback carries iss (RFC 9207)

	Documented bool      // not fetched: the provider has none, and the vendor's documentation was used
	Fetched    time.Time // by our clock
	ServerDate time.Time // the provider's clock in that answer; zero: not said
}

type metadataCache struct {
	mu       sync.Mutex
	value    *Metadata
	failure  *usher.Cause
	failedAt time.Time
	flight   singleflight.Group
}

// Metadata gives the provider's metadata, from memory where that is fresh.
func (c *Client) Metadata(ctx context.Context) (*Metadata, *usher.Cause) {
	m := &c.metadata
	if md, cause, known := m.known(c.now()); known {
		return md, cause
	}
	// The fetch belongs to all who wait for it, so it outlives the first of them.
	done := m.flight.DoChan("", func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		md, cause := c.fetchMetadata(ctx)
		m.store(md, cause, c.now())
		return nil, nil
	})
	wait := callTimeout
	if m.older() {
		wait = patience
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-done:
	case <-timer.C:
	case <-ctx.Done():
		return nil, c.discovery().unreachable(ctx.Err())
	}
	return m.best(c.discovery(), c.now())
}

// older reports whether there is an answer of before to fall back on.
func (m *metadataCache) older() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value != nil || m.failure != nil
}

// best gives what is known now: metadata of at most a day, else why there is none.
func (m *metadataCache) best(e endpoint, now time.Time) (*Metadata, *usher.Cause) {
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.value != nil && now.Sub(m.value.Fetched) < metadataKept:
		return m.value, nil
	case m.failure != nil:
		return nil, m.failure
	}
	return nil, e.unreachable(context.DeadlineExceeded)
}

func (m *metadataCache) known(now time.Time) (*Metadata, *usher.Cause, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	failedLately := m.failure != nil && now.Sub(m.failedAt) < failureRemember
	if m.value != nil {
		if age := now.Sub(m.value.Fetched); age < metadataFresh || failedLately && age < metadataKept {
			return m.value, nil, true
		}
	}
	return nil, m.failure, failedLately
}

func (m *metadataCache) store(md *Metadata, cause *usher.Cause, now time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if cause != nil {
		m.failure, m.failedAt = cause, now
		// An answer that came and was wrong ends trust in the old one; silence does not.
		if cause.Code != usher.CodeProviderUnreachable {
			m.value = nil
		}
		return
	}
	md.Fetched = now
	m.value, m.failure = md, nil
}

// cached gives metadata that is at hand, without I/O.
func (m *metadataCache) cached() *Metadata {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.value
}

func (c *Client) discovery() endpoint {
	path := "/.well-known/openid-configuration"
	if c.account.IMS() {
		path = imsMetadataPath
	}
	return endpoint{name: "metadata", url: strings.TrimSuffix(c.server, "/") + path, step: usher.StepBegin, odd: usher.CodeProviderMetadata}
}

func (c *Client) fetchMetadata(ctx context.Context) (*Metadata, *usher.Cause) {
	e := c.discovery()
	a, cause := c.get(ctx, e, usher.Secret{})
	if cause != nil {
		return nil, cause
	}
	if a.status == http.StatusNotFound && c.account.IMS() {
		md := documentedMetadata(c.server)
		md.ServerDate = a.date()
		return md, nil
	}
	if a.status != http.StatusOK {
		return nil, a.notUsable(sniff(a.body), "HTTP 200 with metadata")
	}
	object, cause := a.object(foldTop)
	if cause != nil {
		return nil, cause
	}
	md, cause := c.readMetadata(e, object)
	if cause != nil {
		return nil, cause
	}
	md.ServerDate = a.date()
	return md, nil
}

func (c *Client) readMetadata(e endpoint, object map[string]any) (*Metadata, *usher.Cause) {
	md := &Metadata{Issuer: text(object, "issuer")}
	if cause := c.checkIssuer(e, md.Issuer); cause != nil {
		return nil, cause
	}
	for _, f := range []struct {
		name     string
		into     *string
		required bool
	}{
		{"authorization_endpoint", &md.AuthorizationEndpoint, true},
		{"token_endpoint", &md.TokenEndpoint, true},
		{"jwks_uri", &md.JWKSURI, true},
		{"userinfo_endpoint", &md.UserinfoEndpoint, c.account.IMS()},
		{"revocation_endpoint", &md.RevocationEndpoint, false},
		{"end_session_endpoint", &md.EndSessionEndpoint, false},
	} {
		value, present := object[f.name]
		if !present || value == nil {
			if f.required {
				return nil, e.cause(e.odd, "no "+f.name, "an https address", "")
			}
			continue
		}
		address, cause := c.readAddress(e, f.name, value)
		if cause != nil {
			return nil, cause
		}
		*f.into = address
	}
	if cause := c.readLists(e, object, md); cause != nil {
		return nil, cause
	}
	md.IssuerParameter, _ = object["authorization_response_iss_parameter_supported"].(bool)
	return md, nil
}

func (c *Client) readAddress(e endpoint, name string, value any) (string, *usher.Cause) {
	address, ok := value.(string)
	u, err := url.Parse(address)
	if !ok || err != nil || u.Fragment != "" {
		return "", e.cause(e.odd, name+": "+kindOf(value)+" that is no address", "an https address", "")
	}
	if err := checkTarget(u, c.loopback, c.plainHTTP); err != nil {
		return "", e.cause(e.odd, name+": "+endpoint{url: address}.shown(), "an https address", err.Error())
	}
	return address, nil
}

// checkIssuer compares the issuer exactly (Discovery section 4.3): metadata
// of another issuer is how one provider poses as another.
func (c *Client) checkIssuer(e endpoint, issuer string) *usher.Cause {
	accepted := c.issuers()
	if slices.Contains(accepted, issuer) {
		return nil
	}
	detail := ""
	if strings.TrimSuffix(issuer, "/") == strings.TrimSuffix(c.server, "/") {
		detail = "they differ by the slash at the end only; write the issuer in the configuration as the provider does"
	}
	cause := e.cause(usher.CodeProviderIssuer, quote(issuer), strings.Join(accepted, " or "), detail)
	cause.Subject = "issuer"
	return cause
}

// readLists refuses a provider that says it cannot do what usher needs. A list
// that is absent says nothing.
func (c *Client) readLists(e endpoint, object map[string]any, md *Metadata) *usher.Cause {
	lists := make(map[string][]string)
	for _, name := range []string{
		"token_endpoint_auth_methods_supported", "id_token_signing_alg_values_supported", "scopes_supported",
		"response_types_supported", "code_challenge_methods_supported",
	} {
		value, present := object[name]
		if !present || value == nil {
			continue
		}
		list, ok := stringsOf(value)
		if !ok {
			return e.cause(e.odd, name+": "+kindOf(value), "an array of strings", "")
		}
		lists[name] = list
	}
	md.AuthMethods = lists["token_endpoint_auth_methods_supported"]
	md.SigningAlgorithms = lists["id_token_signing_alg_values_supported"]
	md.Scopes = lists["scopes_supported"]
	for _, need := range []struct {
		name string
		any  []string
	}{
		{"response_types_supported", []string{"code"}},
		{"code_challenge_methods_supported", []string{"S256"}},
		{"id_token_signing_alg_values_supported", c.algorithms},
	} {
		have, said := lists[need.name]
		if said && !slices.ContainsFunc(need.any, func(n string) bool { return slices.Contains(have, n) }) {
			return e.cause(e.odd, need.name+": "+quote(strings.Join(have, ", ")), strings.Join(need.any, " or "),
				fmt.Sprintf("the provider rules out what the sign-in needs (%s)", need.name))
		}
	}
	return nil
}
