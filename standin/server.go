// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// Options are what a stand-in is made of. The zero value is a stand-in of
// [Sample] that still needs its address.
type Options struct {
	Organization Organization // zero: Sample()
	BaseURL      string       // https://localhost:4181, the issuer; no trailing slash. Empty: say it with SetBaseURL
	Now          func() time.Time
	Rand         io.Reader // ids and tokens; keys always come from the system
	// Save writes the organization back to where it came from, and returns a
	// sentence that says what became of it. Where it is nil the dashboard says
	// that changes last until the stand-in stops.
	Save func(context.Context, Organization) (string, error)
	// Preview says what Save would change; the dashboard shows it first. It may
	// be nil.
	Preview func(context.Context, Organization) (Draft, error)
	Logger  *slog.Logger // nil: silence
	// Authority signs the certificates that the switches of TLS show: the one that
	// clients trust. Without it nobody that is known signs them.
	Authority tls.Certificate
	KeyBits   int // of signing keys; 0: 2048
	// Keys are used before any are made: the first signs, the second is the
	// idle one of the key set, the others come with each rotation.
	Keys []*rsa.PrivateKey
}

// A Server is the stand-in: IMS under /ims/, the user management API under
// /v2/usermanagement/, the Enterprise Dashboard under /dashboard/, the control
// endpoint under /standin/. It may be used by any number of goroutines.
type Server struct {
	base   atomic.Pointer[string]
	now    func() time.Time
	random *source
	save   func(context.Context, Organization) (string, error)
	draft  func(context.Context, Organization) (Draft, error)
	log    *slog.Logger
	keys   *keyring
	panel  *panel
	mux    *http.ServeMux
	pages  pageSet
	guard  *http.CrossOriginProtection

	changing  sync.Mutex // one change of the organization at a time
	current   atomic.Pointer[directory]
	unsaved   atomic.Bool
	offered   atomic.Pointer[Organization] // what the file holds besides; nil: nothing
	kept      atomic.Pointer[string]       // what Save said last
	authority tls.Certificate              // of the switches of TLS
	formKey   []byte                       // of the tokens in the dashboard's forms

	relays   *shelf[relay]     // sign-ins begun
	sessions *shelf[sso]       // people signed in, by cookie
	codes    *shelf[grant]     // authorization codes not yet redeemed
	spent    *shelf[string]    // redeemed codes, and the chain of tokens they gave
	ended    *shelf[struct{}]  // token ids and chains that were revoked
	notes    *shelf[misdirect] // why a browser was sent to adobe.com
	calls    *journal
	throttle *meters
}

// Limits of what is remembered. The oldest entry makes room.
const (
	maxRemembered = 20_000
	maxBody       = 64 << 10 // bytes of a request's body
	maxURI        = 16 << 10 // bytes of a request's path and query
)

// New makes a stand-in. It generates its keys, which takes a moment.
func New(o Options) (*Server, error) {
	s := &Server{
		authority: o.Authority, now: o.Now, save: o.Save, draft: o.Preview, log: o.Logger, random: &source{r: o.Rand},
		relays: newShelf[relay](maxRemembered), sessions: newShelf[sso](maxRemembered),
		codes: newShelf[grant](maxRemembered), spent: newShelf[string](maxRemembered),
		ended: newShelf[struct{}](maxRemembered), notes: newShelf[misdirect](maxRemembered),
		calls: newJournal(), throttle: newMeters(), guard: http.NewCrossOriginProtection(),
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.random.r == nil {
		s.random.r = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	org := o.Organization
	if org.ID == "" && len(org.Clients) == 0 && len(org.Groups) == 0 && len(org.Users) == 0 {
		org = Sample()
	}
	d, err := newDirectory(org)
	if err != nil {
		return nil, fmt.Errorf("the stand-in cannot serve this organization: %w", err)
	}
	s.current.Store(d)
	if o.BaseURL != "" {
		if err := s.SetBaseURL(o.BaseURL); err != nil {
			return nil, err
		}
	}
	if o.KeyBits == 0 {
		o.KeyBits = 2048
	}
	if s.keys, err = newKeyring(o.KeyBits, o.Keys); err != nil {
		return nil, err
	}
	if s.pages, err = newPages(); err != nil {
		return nil, err
	}
	s.panel, s.formKey = newPanel(), []byte(s.random.id(32))
	s.routes()
	return s, nil
}

// SetBaseURL says at which address the stand-in is reached: scheme, host and
// port, no path. It is the issuer, and every address in every answer begins
// with it. The host must be a loopback name or address.
func (s *Server) SetBaseURL(base string) error {
	u, err := url.Parse(base)
	if err != nil || !absoluteURL(base) || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
		return fmt.Errorf("the stand-in's base URL %q is not scheme://host:port: write it like https://localhost:4181, without a path", base)
	}
	if !loopbackName(u.Hostname()) {
		return fmt.Errorf("the stand-in's base URL %q does not name a loopback host: the stand-in gives tokens to anybody, so it is for this machine only", base)
	}
	s.base.Store(&base)
	return nil
}

// BaseURL is the address that the stand-in believes it is reached at, and its
// issuer. It is empty until it was said.
func (s *Server) BaseURL() string {
	if b := s.base.Load(); b != nil {
		return *b
	}
	return ""
}

// Organization returns a copy of the organization as it is now.
func (s *Server) Organization() Organization { return s.current.Load().org.clone() }

// Update changes the organization. The change is served at once; if f fails,
// or leaves an organization that cannot be served, nothing changes.
func (s *Server) Update(f func(*Organization) error) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	org := s.Organization()
	if err := f(&org); err != nil {
		return err
	}
	return s.serve(org, true)
}

// Replace serves another organization: what was read anew from where it is
// kept, so that there is nothing to write back.
func (s *Server) Replace(org Organization) error {
	s.changing.Lock()
	defer s.changing.Unlock()
	return s.serve(org, false)
}

func (s *Server) serve(org Organization, unsaved bool) error {
	d, err := newDirectory(org)
	if err != nil {
		return err
	}
	s.current.Store(d)
	s.unsaved.Store(unsaved)
	if !unsaved {
		s.offered.Store(nil)
	}
	return nil
}

// RotateKeys makes a new signing key. The former ones stay in the key set for
// a while, so that tokens signed with them still verify.
func (s *Server) RotateKeys() { s.keys.rotate() }

// clock is the stand-in's time, which a switch may put wrong.
func (s *Server) clock() time.Time { return s.now().Add(s.skew()) }

// source hands out randomness to any number of goroutines.
type source struct {
	mu sync.Mutex
	r  io.Reader
}

// id returns n random bytes in hexadecimal digits. A source that fails is
// replaced by the system's, which cannot: an id is never predictable.
func (s *source) id(n int) string {
	b := make([]byte, n)
	s.mu.Lock()
	_, err := io.ReadFull(s.r, b)
	s.mu.Unlock()
	if err != nil {
		_, _ = rand.Read(b)
	}
	return hex.EncodeToString(b)
}

// base32 returns 26 random characters of base32, as fingerprints in tokens are.
func (s *source) base32() string {
	b, err := hex.DecodeString(s.id(17))
	if err != nil {
		return ""
	}
	return base32.StdEncoding.EncodeToString(b)[:26]
}

// uuid returns a random UUID, version 4.
func (s *source) uuid() string {
	h := []byte(s.id(16))
	h[12] = '4'
	h[16] = "89ab"[strings.IndexByte("0123456789abcdef", h[16])%4]
	return string(h[:8]) + "-" + string(h[8:12]) + "-" + string(h[12:16]) + "-" + string(h[16:20]) + "-" + string(h[20:])
}
