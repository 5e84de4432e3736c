// SPDX-License-Identifier: Apache-2.0

package idp

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	usher "github.com/usher-signin/usher"
)

// How the key set is kept: asked for again after an hour; kept for a day while
// the provider's keys cannot be had; asked for at once when a token names an
// unknown key, as often as the bucket allows.
const (
	keysFresh    = time.Hour
	keysKept     = 24 * time.Hour
	bucketSize   = 2
	bucketRefill = 10 * time.Second // time for one fetch
	fullBucket   = bucketSize * bucketRefill
	maxKeys      = 200
	maxTried     = 16 // keys tried on a token that names none
)

// A keySet is the provider's keys as last seen.
type keySet struct {
	fetch func(ctx context.Context, uri string) ([]publicKey, []string, *usher.Cause)
	now   func() time.Time

	flight singleflight.Group

	mu      sync.Mutex
	uri     string
	keys    []publicKey
	skipped []string // why keys of the set are not used
	fetched time.Time
	bucket  time.Duration // saved up for fetches; one costs bucketRefill
	drawn   time.Time     // when the bucket was last looked at
	refused *usher.Cause  // why the last fetch failed; nil: it did not
}

// fitting gives the keys that may have signed a token: of its kid, or, where it
// names none, all whose kind fits.
func fitting(keys []publicKey, algorithm, kid string) []publicKey {
	var fit []publicKey
	for _, k := range keys {
		if k.fits(algorithm) && (kid == "" || k.id == kid) && len(fit) < maxTried {
			fit = append(fit, k)
		}
	}
	return fit
}

// find gives the keys to try. With renew it asks the provider first, as far as
// the bucket allows. No key and no cause: the key set holds none that fits.
func (s *keySet) find(ctx context.Context, uri, algorithm, kid string, renew bool) ([]publicKey, *usher.Cause) {
	keys, age := s.have(uri)
	fit := fitting(keys, algorithm, kid)
	if len(fit) > 0 && age < keysFresh && !renew {
		return fit, nil
	}
	var cause *usher.Cause
	// A fetch that somebody else began may have begun before the key was
	// published; then one more is needed.
	for range 2 {
		var shared bool
		shared, cause = s.renew(ctx, uri)
		keys, _ = s.have(uri)
		if fit = fitting(keys, algorithm, kid); len(fit) > 0 {
			return fit, nil
		}
		if !shared || cause != nil {
			break
		}
	}
	return nil, cause
}

// have gives the keys at hand, none where they are too old to be trusted.
func (s *keySet) have(uri string) ([]publicKey, time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	age := s.now().Sub(s.fetched)
	if s.uri != uri || s.fetched.IsZero() || age > keysKept {
		return nil, 0
	}
	return s.keys, age
}

// renew fetches the key set, once for all who ask at the same time. A failure
// keeps the old keys.
func (s *keySet) renew(ctx context.Context, uri string) (shared bool, cause *usher.Cause) {
	done := s.flight.DoChan(uri, func() (any, error) {
		if cause := s.spend(); cause != nil {
			return cause, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), callTimeout)
		defer cancel()
		keys, skipped, cause := s.fetch(ctx, uri)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.refused = cause
		if cause != nil {
			return cause, nil
		}
		s.uri, s.keys, s.skipped, s.fetched = uri, keys, skipped, s.now()
		return (*usher.Cause)(nil), nil
	})
	select {
	case r := <-done:
		cause, _ = r.Val.(*usher.Cause)
		return r.Shared, cause
	case <-ctx.Done():
		return false, keyEndpoint(uri).unreachable(ctx.Err())
	}
}

// spend takes a fetch from the bucket: two at once, then one each ten seconds.
func (s *keySet) spend() *usher.Cause {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	if elapsed := now.Sub(s.drawn); elapsed > 0 {
		s.bucket = min(fullBucket, s.bucket+min(elapsed, fullBucket)) // a very long time would overflow
	}
	s.drawn = now
	if s.bucket >= bucketRefill {
		s.bucket -= bucketRefill
		return nil
	}
	if s.refused != nil {
		return s.refused
	}
	return &usher.Cause{Step: usher.StepVerify, Code: usher.CodeIDTokenInvalid, Subject: "kid",
		Saw: "a key that the provider did not publish when it was last asked", Want: "a key of the provider's key set",
		Detail: fmt.Sprintf("the key set was fetched too often lately; it is fetched again at most once in %s", bucketRefill)}
}

func keyEndpoint(uri string) endpoint {
	return endpoint{name: "key set", url: uri, step: usher.StepVerify, odd: usher.CodeProviderMetadata}
}

func (c *Client) fetchKeys(ctx context.Context, uri string) ([]publicKey, []string, *usher.Cause) {
	a, cause := c.get(ctx, keyEndpoint(uri), usher.Secret{})
	if cause != nil {
		return nil, nil, cause
	}
	if a.status != http.StatusOK {
		return nil, nil, a.notUsable(sniff(a.body), "HTTP 200 with a key set")
	}
	object, cause := a.object(foldKeys)
	if cause != nil {
		return nil, nil, cause
	}
	items, ok := object["keys"].([]any)
	if !ok {
		return nil, nil, a.notUsable("keys: "+kindOfMember(object, "keys"), "an array of keys")
	}
	keys, skipped := readKeys(items)
	return keys, skipped, nil
}

// readKeys reads what can be used of a key set, and says why the rest cannot.
func readKeys(items []any) (keys []publicKey, skipped []string) {
	for i, item := range items {
		if i == maxKeys {
			return keys, append(skipped, fmt.Sprintf("keys after the first %d are not read", maxKeys))
		}
		jwk, ok := item.(map[string]any)
		if !ok {
			skipped = append(skipped, fmt.Sprintf("key %d is %s", i+1, kindOf(item)))
			continue
		}
		k, err := readKey(jwk)
		if err != nil {
			skipped = append(skipped, fmt.Sprintf("key %d (%s): %s", i+1, quote(k.id), err))
			continue
		}
		keys = append(keys, k)
	}
	return keys, skipped
}

// describe says what the key set holds, in one bounded sentence.
func (s *keySet) describe() string {
	const most = 3
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for _, k := range s.keys[:min(len(s.keys), most)] {
		names = append(names, quote(k.id))
	}
	sentence := fmt.Sprintf("the key set holds %d keys that can be used", len(s.keys))
	if len(names) > 0 {
		sentence += ": " + strings.Join(names, ", ")
	}
	if len(s.keys) > most {
		sentence += " and more"
	}
	return joinSentences(append([]string{sentence}, s.skipped[:min(len(s.skipped), most)]...)...)
}

// A KeySet is what the provider's keys look like, for diagnosis.
type KeySet struct {
	IDs     []string // kid of each usable key; "" where it has none
	Skipped []string // why the others are not used, a sentence each
	Fetched time.Time
}

// Keys gives the provider's key set as seen now or lately.
func (c *Client) Keys(ctx context.Context) (KeySet, *usher.Cause) {
	md, cause := c.Metadata(ctx)
	if cause != nil {
		return KeySet{}, cause
	}
	if keys, age := c.keys.have(md.JWKSURI); keys == nil || age >= keysFresh {
		if _, cause := c.keys.renew(ctx, md.JWKSURI); cause != nil {
			return KeySet{}, cause
		}
	}
	c.keys.mu.Lock()
	defer c.keys.mu.Unlock()
	out := KeySet{Skipped: append([]string(nil), c.keys.skipped...), Fetched: c.keys.fetched}
	for _, k := range c.keys.keys {
		out.IDs = append(out.IDs, clean(k.id, maxShown))
	}
	return out, nil
}
