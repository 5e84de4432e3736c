// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	usher "github.com/usher-signin/usher"
)

// Codes of causes that only this room finds.
const (
	CodeTokenAnswer   = usher.CodeTokenAnswerInvalid
	CodeGroupsOverage = usher.CodeGroupOverage
)

// Options say how a Client works.
type Options struct {
	HTTP        *http.Client      // from [Transport]; nil: one with its defaults
	Now         func() time.Time  // nil: time.Now
	Environment usher.Environment // development permits plain http to this machine
	Algorithms  []string          // signatures accepted on ID tokens (RFC 7518 section 3.1 names); nil: RS256
}

// A Client speaks with the identity provider of one external account. It is
// safe for concurrent use; nothing of one sign-in is kept in it.
type Client struct {
	account    usher.ExternalAccount
	server     string // issuer as configured; for IMS without a slash at the end
	http       *http.Client
	now        func() time.Time
	algorithms []string
	loopback   bool // the account's server is this machine, so its endpoints may be
	plainHTTP  bool // and they may speak http, as it does
	metadata   metadataCache
	keys       *keySet
}

// New makes a client for one external account. It does no I/O: metadata is
// fetched when first needed, so that usher starts while the provider is down.
// The error says what in the account or the options cannot be used at all.
func New(account usher.ExternalAccount, opts Options) (*Client, error) {
	u, err := url.Parse(account.Server)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Host == "" {
		return nil, fmt.Errorf("the server of %q is %q; write an absolute https address", account.InternalName, clean(account.Server, maxShown))
	}
	if u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return nil, fmt.Errorf("the server of %q holds a user, a query or a fragment; write scheme, host and path alone", account.InternalName)
	}
	if account.ClientID == "" {
		return nil, fmt.Errorf("%q has no client id; write the one that the provider gave", account.InternalName)
	}
	algorithms := opts.Algorithms
	if len(algorithms) == 0 {
		algorithms = []string{"RS256"}
	}
	if err := checkAlgorithms(algorithms); err != nil {
		return nil, err
	}
	c := &Client{
		account: account, server: account.Server, http: opts.HTTP, now: opts.Now,
		algorithms: slices.Clone(algorithms), loopback: usher.Loopback(u.Hostname()),
	}
	c.plainHTTP = c.loopback && opts.Environment == usher.Development && u.Scheme == "http"
	if u.Scheme == "http" && !c.plainHTTP {
		return nil, fmt.Errorf("the server of %q is not https; plain http is for this machine in a development instance only", account.InternalName)
	}
	if account.IMS() {
		if strings.Trim(u.Path, "/") != "" {
			return nil, fmt.Errorf("the IMS server of %q is %q; write scheme and host alone", account.InternalName, account.Server)
		}
		c.server = u.Scheme + "://" + strings.ToLower(u.Host)
	}
	if c.now == nil {
		c.now = time.Now
	}
	if c.http == nil {
		c.http = Transport(TransportOptions{AllowLoopback: c.loopback})
	} else {
		c.http = hardened(c.http)
	}
	c.keys = &keySet{fetch: c.fetchKeys, now: c.now, bucket: fullBucket}
	return c, nil
}

// hardened makes sure of the rules that do not live in the transport, whatever
// client was handed in.
func hardened(h *http.Client) *http.Client {
	copied := *h
	copied.CheckRedirect = noRedirect
	copied.Jar = nil
	if copied.Timeout == 0 || copied.Timeout > callTimeout {
		copied.Timeout = callTimeout
	}
	return &copied
}

func checkAlgorithms(names []string) error {
	for _, n := range names {
		if _, known := signatureOf(n); !known {
			return fmt.Errorf("the signature algorithm %q is not accepted; choose among %s", n, algorithmNames)
		}
	}
	return nil
}

// errNoToken says that there is nothing to work with.
var errNoToken = errors.New("no token is kept for this session")
