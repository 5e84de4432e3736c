// SPDX-License-Identifier: Apache-2.0

package session

import (
	"encoding/hex"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/usher-signin/usher"
)

// packer makes sessions as no provider would think of.
type packer struct{ *rand.Rand }

func newPacker(t *testing.T) packer {
	t.Helper()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return packer{rand.New(rand.NewPCG(seed, 1))}
}

// text is empty, short, long, quoted, of several scripts, or ends where the next begins.
func (d packer) text() string {
	parts := []string{"a", "Ana Lima", "é", "日本語", "🎭", "\u202e", "\u0000", `"`, `\`, "\n", "<&>", "\u2028", " ", "Campaign - corp - ", "\ufffd"}
	var b strings.Builder
	for range d.IntN(6) {
		b.WriteString(parts[d.IntN(len(parts))])
	}
	switch d.IntN(40) {
	case 0:
		b.WriteString(strings.Repeat("x", 20_000))
	case 1:
		b.WriteString(strings.Repeat("é", 32_766+d.IntN(4))) // around what has a small form
	}
	return b.String()
}

func several[T any](d packer, one func() T) (out []T) {
	for range d.IntN(5) {
		out = append(out, one())
	}
	return out
}

func (d packer) moment() time.Time {
	return time.UnixMicro(d.Int64N(4e15) - 1e15).UTC() // 1938 to 2065
}

func (d packer) key() (k key) {
	for i := range k {
		k[i] = byte(d.UintN(256))
	}
	return k
}

func (d packer) person() usher.Person {
	return usher.Person{Provider: d.text(), Subject: d.text(), Name: d.text(), Email: d.text(), EmailVerified: d.IntN(2) == 0,
		Organizations: several(d, d.text),
		ProductContexts: several(d, func() usher.ProductContext {
			return usher.ProductContext{ServiceCode: d.text(), Organization: d.text(), Label: d.text()}
		}),
		Groups:        several(d, func() usher.Membership { return usher.Membership{Group: d.text(), Source: d.text()} }),
		GrantedScopes: several(d, d.text)}
}

func (d packer) session(k key) usher.Session {
	s := usher.Session{ID: k.id(), Login: d.text(), Host: d.text(), Account: d.text(), Person: d.person(),
		Begun: d.moment(), LastSeen: d.moment(), Expires: d.moment(), Sealed: []byte(d.text()), ProviderSession: d.text()}
	if d.IntN(2) == 0 {
		s.Renewed = d.moment()
	}
	return s
}

// unpacked is the session as memory gives it back: all but the sealed part.
func unpacked(s usher.Session) usher.Session { s.Sealed = nil; return s }

func differs(got, want usher.Session) string { return cmp.Diff(want, got, cmpopts.EquateEmpty()) }

func TestPackedSessionsComeBackWhole(t *testing.T) {
	d := newPacker(t)
	times := 4000
	if testing.Short() { // under the race detector it takes most of a minute
		times = 400
	}
	small, large := 0, 0
	for range times {
		k := d.key()
		s := d.session(k)
		before := unpacked(s)
		l := newLive(s)
		if got := l.session(k); differs(got, before) != "" {
			t.Fatalf("a session came back otherwise (-put +got):\n%.4000s", differs(got, before))
		}
		if l.login() != s.Login {
			t.Fatalf("the login %.100q came back as %.100q", s.Login, l.login())
		}
		if l.large == nil {
			small++
		} else {
			large++
			if l.large.Sealed != nil {
				t.Fatal("the sealed part is held in memory")
			}
		}
	}
	if small < times/4 || large < times/200 {
		t.Errorf("%d sessions had the small form and %d had none: one of them was hardly looked at", small, large)
	}
}

// TestPackingAtItsBorder packs what just has the small form, and one byte more.
func TestPackingAtItsBorder(t *testing.T) {
	var k key
	for _, c := range []struct {
		bytes int
		large bool
	}{{0, false}, {1, false}, {1<<16 - 1, false}, {1 << 16, true}, {1<<16 + 1, true}, {1 << 17, true}, {1<<17 + 3, true}} {
		for field := range len(owned{}) {
			var o owned
			o[field] = strings.Repeat("n", c.bytes)
			s := usher.Session{ID: k.id(), Host: "h.test", Account: "MAC", Begun: time.UnixMicro(1).UTC(), LastSeen: time.UnixMicro(2).UTC(), Expires: time.UnixMicro(3).UTC()}
			o.into(&s)
			l := newLive(s)
			if (l.large != nil) != c.large {
				t.Errorf("%d bytes in field %d: large is %v", c.bytes, field, l.large != nil)
			}
			if diff := differs(l.session(k), s); diff != "" {
				t.Errorf("%d bytes in field %d came back otherwise:\n%.1000s", c.bytes, field, diff)
			}
			if l.login() != s.Login {
				t.Errorf("%d bytes in field %d: the login came back as %.50q", c.bytes, field, l.login())
			}
		}
	}
}

// TestPackingSharesAndSeparates: what two people have in common is held once,
// and nothing of one of them is in what they share.
func TestPackingSharesAndSeparates(t *testing.T) {
	d := newPacker(t)
	for range 300 {
		a := d.session(d.key())
		b := d.session(d.key())
		if a.Person.Provider == b.Person.Provider {
			b.Person.Provider += "'"
		}
		c := a
		c.Login, c.Person.Subject, c.Person.Name, c.Person.Email, c.ProviderSession = "L-canary", "S-canary", "N-canary", "E-canary", "P-canary"
		c.Person.EmailVerified = !a.Person.EmailVerified
		first, other, alike := newLive(a), newLive(b), newLive(c)
		if first.large != nil || other.large != nil {
			continue
		}
		if first.common != alike.common {
			t.Fatalf("two people with the same of everything that is shared do not share it:\n%.500s\n%.500s", first.common.Value(), alike.common.Value())
		}
		if first.common == other.common {
			t.Fatalf("people of two providers share %.500s", first.common.Value())
		}
		if strings.Contains(alike.common.Value(), "canary") {
			t.Fatalf("what is one person's own is in what others share: %.500s", alike.common.Value())
		}
	}
}

func TestSealedPartsAreNotInMemory(t *testing.T) {
	const canary = "canary-sealed-part"
	for _, name := range []string{"ana", strings.Repeat("a", 1<<16)} {
		l := newLive(usher.Session{Person: usher.Person{Name: name}, Sealed: []byte(canary)})
		if held := l.session(key{}); held.Sealed != nil || strings.Contains(l.own, canary) {
			t.Errorf("the session of a name of %d bytes holds its sealed part", len(name))
		}
	}
}

// TestLiveEnds holds the end of a session in memory against the session's own rule.
func TestLiveEnds(t *testing.T) {
	d := newPacker(t)
	over, going := 0, 0
	for range 5000 {
		at := time.UnixMicro(1_800_000_000_000_000).UTC()
		near := func() time.Time { return at.Add(time.Duration(d.IntN(7)-3) * time.Microsecond) }
		idle := time.Duration(1+d.IntN(3)) * time.Microsecond
		s := usher.Session{LastSeen: near(), Expires: near()}
		got, want := newLive(s).ended(at, idle), s.Ended(at, idle)
		if got != want {
			t.Fatalf("at %s, idle %s: in memory ended is %v, by the rule %v: %+v", at, idle, got, want, s)
		}
		if want {
			over++
		} else {
			going++
		}
	}
	if over < 500 || going < 500 {
		t.Errorf("%d were over and %d were not: too few of one kind", over, going)
	}
}

func TestKeysAndIDs(t *testing.T) {
	d := newPacker(t)
	for range 1000 {
		k := d.key()
		back, ok := parseID(k.id())
		if !ok || back != k {
			t.Fatalf("the id %s is read as %s, %v", k.id(), hex.EncodeToString(back[:]), ok)
		}
	}
}
