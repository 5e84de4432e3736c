// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"encoding/base64"
	"net/netip"
	"net/url"
	"slices"

	usher "github.com/usher-signin/usher"
)

// This file is for whoever looks at a provider without signing in: the same
// reading of addresses and answers as a sign-in's, so that the two agree.

// MaxBody is the longest answer that is read, in bytes after decompression.
const MaxBody = maxBody

// MaxKeys is how many keys of a key set are read.
const MaxKeys = maxKeys

// CheckTarget says why usher would not call an address, judged by its writing
// alone; nil: it would. allowLoopback permits this machine as a target,
// allowHTTP plain http to it.
func CheckTarget(u *url.URL, allowLoopback, allowHTTP bool) error {
	return checkTarget(u, allowLoopback, allowHTTP)
}

// CheckAddr says why usher would not connect to an address; nil: it would.
func CheckAddr(addr netip.Addr, allowLoopback bool) error { return checkAddr(addr, allowLoopback) }

// ExplainNetwork says why no answer came: what was seen in a phrase, and the
// error's own words without the address that was asked.
func ExplainNetwork(err error) (saw, detail string) { return explainNetwork(err) }

// DecodeObject reads one JSON object as a sign-in reads metadata.
func DecodeObject(data []byte) (map[string]any, error) { return decodeObject(data, foldTop) }

// DecodeKeySet reads one JSON object as a sign-in reads a key set.
func DecodeKeySet(data []byte) (map[string]any, error) { return decodeObject(data, foldKeys) }

// Sniff names what a body looks like, without showing it.
func Sniff(body []byte) string { return sniff(body) }

// Clean makes text of the provider's fit to be shown: secrets and tokens
// removed, nothing that does not print, limit bytes at most.
func Clean(text string, limit int, secrets ...string) string {
	return clean(scrub(text, secrets...), limit)
}

// Address is where the provider's metadata is asked for.
func (c *Client) Address() string { return c.discovery().url }

// Issuers lists who may have issued what the account's provider sends.
func (c *Client) Issuers() []string { return slices.Clone(c.issuers()) }

// ReadMetadata reads a metadata document as a sign-in would.
func (c *Client) ReadMetadata(object map[string]any) (*Metadata, *usher.Cause) {
	return c.readMetadata(c.discovery(), object)
}

// Documented gives the metadata that a sign-in goes by where the provider has
// none and is known to do without; nil for all others.
func (c *Client) Documented() *Metadata {
	if !c.account.IMS() {
		return nil
	}
	return documentedMetadata(c.server)
}

// AuthorizeURLAt is [Client.AuthorizeURL] for an endpoint that is known.
func (c *Client) AuthorizeURLAt(authorizationEndpoint string, r AuthRequest) (string, *usher.Cause) {
	if cause := r.check(); cause != nil {
		return "", cause
	}
	return c.authorizeURL(authorizationEndpoint, r)
}

// WireScopes writes scopes as the account's provider reads them.
func (c *Client) WireScopes(scopes usher.Scopes) string { return c.wireScopes(scopes) }

// Style is how a sign-in would prove the client at the token endpoint: "basic",
// "post", or "none" where the account has no secret. The cause says why it could not.
func (c *Client) Style(md *Metadata) (string, *usher.Cause) {
	method, cause := c.authMethod(c.tokenEndpoint(md), md)
	return map[authMethod]string{authBasic: "basic", authPost: "post", authPublic: "none"}[method], cause
}

// BasicCredentials gives the value of an Authorization header as RFC 6749
// section 2.3.1 wants it, both parts form-encoded; raw leaves them as they are.
func BasicCredentials(id, secret string, raw bool) string {
	if !raw {
		id, secret = url.QueryEscape(id), url.QueryEscape(secret)
	}
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(id+":"+secret))
}
