// SPDX-License-Identifier: Apache-2.0

package standin

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"sync"
	"time"
)

// maxKeys is how many keys the key set shows: the one in use, those before it,
// and the one called ims that the recorded key set begins with.
const maxKeys = 5

// A signingKey is one RSA key and the name that tokens call it by.
type signingKey struct {
	id      string // ims_na1-key-1
	private *rsa.PrivateKey
}

// A keyring holds the keys of a stand-in.
type keyring struct {
	mu      sync.RWMutex
	bits    int
	number  int
	current *signingKey
	former  []*signingKey          // newest first
	unused  *signingKey            // "ims": in the recorded key set, signs nothing here
	spares  map[string]*signingKey // made when asked for, in no key set

	supply []*rsa.PrivateKey // to be used before any are made
}

func newKeyring(bits int, supply []*rsa.PrivateKey) (*keyring, error) {
	if bits < 1024 || bits > 8192 {
		return nil, fmt.Errorf("a signing key of %d bits was asked for; RSA keys of 1024 to 8192 bits can be made, and 2048 is usual", bits)
	}
	k := &keyring{bits: bits, number: 1, spares: map[string]*signingKey{}}
	if len(supply) >= 2 {
		k.current, k.unused = &signingKey{"ims_na1-key-1", supply[0]}, &signingKey{"ims", supply[1]}
		k.supply = supply[2:]
		return k, nil
	}
	var wait sync.WaitGroup
	var first, second error
	wait.Go(func() { k.current, first = generate("ims_na1-key-1", bits) })
	wait.Go(func() { k.unused, second = generate("ims", bits) })
	wait.Wait()
	return k, errors.Join(first, second)
}

func generate(id string, bits int) (*signingKey, error) {
	private, err := rsa.GenerateKey(rand.Reader, bits)
	if err != nil {
		return nil, fmt.Errorf("no signing key could be made: %w", err)
	}
	return &signingKey{id: id, private: private}, nil
}

// next makes the key of a rotation, or takes it from the supply.
func (k *keyring) next() (*signingKey, error) {
	id := "ims_na1-key-" + strconv.Itoa(k.number+1)
	if len(k.supply) == 0 {
		return generate(id, k.bits)
	}
	key := &signingKey{id, k.supply[0]}
	k.supply = k.supply[1:]
	return key, nil
}

// signer is the key in use.
func (k *keyring) signer() *signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return k.current
}

// rotate puts a new key into use. If none can be made the old one stays.
func (k *keyring) rotate() {
	k.mu.Lock()
	defer k.mu.Unlock()
	next, err := k.next()
	if err != nil {
		return
	}
	k.number++
	k.former = append([]*signingKey{k.current}, k.former...)
	if len(k.former) > maxKeys-2 {
		k.former = k.former[:maxKeys-2]
	}
	k.current = next
}

// Keys that are made when a switch asks for them.
const (
	weakKey    = "ims_na1-key-weak"    // 1,024 bits: too short to be trusted
	foreignKey = "ims_na1-key-foreign" // the stand-in never publishes it
)

// spare is one of these keys; the one in use where none can be made.
func (k *keyring) spare(id string) *signingKey {
	k.mu.Lock()
	defer k.mu.Unlock()
	if key, ok := k.spares[id]; ok {
		return key
	}
	bits := k.bits
	if id == weakKey {
		bits = 1024
	}
	key, err := generate(id, bits)
	if err != nil {
		return k.current
	}
	k.spares[id] = key
	return key
}

// published lists the keys that the key set shows, as recorded: ims first.
func (k *keyring) published() []*signingKey {
	k.mu.RLock()
	defer k.mu.RUnlock()
	return append([]*signingKey{k.unused, k.current}, k.former...)
}

// find returns the key that signed a token of this key id.
func (k *keyring) find(id string) (*signingKey, bool) {
	for _, key := range k.published() {
		if key.id == id {
			return key, true
		}
	}
	return nil, false
}

// jwk is the key as the recorded key set writes it.
func (key *signingKey) jwk() object {
	public := key.private.PublicKey
	return object{
		{"alg", "RS256"}, {"kty", "RSA"}, {"use", "sig"}, {"kid", key.id},
		{"e", encode(big.NewInt(int64(public.E)).Bytes())},
		{"n", encode(public.N.Bytes())},
	}
}

// x5u is the name of the key's certificate, as token headers give it.
func (key *signingKey) x5u() string { return key.id + ".cer" }

// certificate is the self-signed certificate that x5u names, in DER.
func (key *signingKey) certificate(now time.Time) ([]byte, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: key.id},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.AddDate(1, 0, 0),
		KeyUsage:     x509.KeyUsageDigitalSignature,
	}
	return x509.CreateCertificate(rand.Reader, template, template, &key.private.PublicKey, key.private)
}

func encode(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }
