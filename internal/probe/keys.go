// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"strings"

	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/idp"
)

func (p *provider) gatherKeys(ctx context.Context) (*doctor.KeySet, string) {
	d, ok := p.found.wait(ctx)
	switch {
	case !ok:
		return nil, p.whyNot(ctx)
	case d.keys == "":
		return nil, d.why
	}
	set := &doctor.KeySet{URL: d.keys}
	r, err := p.get(ctx, d.keys, acceptJSON, idp.MaxBody)
	if err != nil {
		why, evidence := p.silence(ctx, err)
		if !evidence {
			return nil, why
		}
		set.Invalid = why
		return set, ""
	}
	if why, yes := throttled(r); yes {
		return nil, why
	}
	set.Status = r.status
	if r.status != http.StatusOK {
		return set, ""
	}
	object, invalid := readObject(r, idp.DecodeKeySet)
	items, isList := object["keys"].([]any)
	switch {
	case object == nil:
		set.Invalid = invalid
	case !isList:
		set.Invalid = "no array of keys"
	case len(items) > idp.MaxKeys:
		set.Invalid = fmt.Sprintf("%d keys, of which a sign-in looks at the first %d only", len(items), idp.MaxKeys)
	}
	for _, item := range items[:min(len(items), idp.MaxKeys)] {
		if jwk, ok := item.(map[string]any); ok {
			set.Keys = append(set.Keys, p.readKey(jwk))
		}
	}
	return set, ""
}

// readKey takes from a JSON Web Key what may be shown of it.
func (p *provider) readKey(jwk map[string]any) doctor.Key {
	text := func(name string) string {
		s, _ := jwk[name].(string)
		return p.clean(s, maxShown)
	}
	k := doctor.Key{ID: text("kid"), Type: text("kty"), Use: text("use"), Algorithm: text("alg")}
	switch k.Type {
	case "RSA":
		k.Bits = modulusBits(jwk)
		k.Thumbprint = thumbprint(jwk, "e", "kty", "n")
	case "EC":
		k.Thumbprint = thumbprint(jwk, "crv", "kty", "x", "y")
	case "OKP":
		k.Thumbprint = thumbprint(jwk, "crv", "kty", "x")
	default:
		return k // a symmetric key has no private half; a sign-in passes over it
	}
	_, k.Private = jwk["d"]
	for _, part := range []string{"p", "q", "dp", "dq", "qi"} {
		_, there := jwk[part]
		k.Private = k.Private || there && k.Type == "RSA"
	}
	return k
}

// leastBits is the length below which a modulus is no short key, but nonsense.
const leastBits = 512

// modulusBits is the length of an RSA key; zero where it is none that anybody
// could sign with.
func modulusBits(jwk map[string]any) int {
	number := func(name string) *big.Int {
		s, _ := jwk[name].(string)
		raw, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		if err != nil {
			return new(big.Int)
		}
		return new(big.Int).SetBytes(raw)
	}
	n, e := number("n"), number("e")
	if n.BitLen() < leastBits || e.BitLen() < 2 || e.Bit(0) == 0 {
		return 0
	}
	return n.BitLen()
}

// thumbprint is that of RFC 7638: the members that make the key, in order.
func thumbprint(jwk map[string]any, members ...string) string {
	made := make(map[string]string, len(members))
	for _, m := range members {
		s, ok := jwk[m].(string)
		if !ok {
			return ""
		}
		made[m] = s
	}
	text, err := json.Marshal(made) // sorts the members, as the RFC wants
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
