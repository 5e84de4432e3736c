// SPDX-License-Identifier: Apache-2.0

package signin

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"github.com/usher-signin/usher/internal/session"
)

// RoundsCookie remembers, for a minute, for what a browser asked to sign in.
const RoundsCookie = "__Host-usher_rounds"

const (
	// aLoop is how many sign-ins for one address within [loopWithin] nobody
	// means. The doctor's check login-loop counts the same.
	aLoop      = 4
	loopWithin = time.Minute
	// mostRounds bounds the cookie.
	mostRounds    = 16
	maxRounds     = 3 << 10
	purposeRounds = "rounds of sign-ins"
)

// A round is one time that a browser asked to sign in, or, where Opened is set,
// that it was signed in and where to.
type round struct {
	Target string `json:"t"`
	At     int64  `json:"a"`           // milliseconds since 1970
	Opened string `json:"o,omitempty"` // beginning of the session's id
}

func (r round) at() time.Time { return time.UnixMilli(r.At) }

// targetKey names an address without its query, which may change each time.
func targetKey(returnTo string) string { return session.Hash(withoutQuery(returnTo))[:16] }

// rounds reads the cookie. What does not open, or is older than a minute, was
// never there.
func (f *Flow) rounds(host string, header http.Header) []round {
	values := session.Values(header, RoundsCookie)
	if len(values) != 1 || len(values[0]) > maxRounds {
		return nil
	}
	sealed, err := base64.RawURLEncoding.DecodeString(values[0])
	if err != nil {
		return nil
	}
	plain, err := f.Sealer.Open(purposeRounds, host, sealed)
	if err != nil {
		return nil
	}
	var all, lately []round
	if json.Unmarshal(plain, &all) != nil {
		return nil
	}
	now := f.Now()
	for _, r := range all {
		if age := now.Sub(r.at()); age >= 0 && age < loopWithin {
			lately = append(lately, r)
		}
	}
	return lately
}

// roundsCookie makes the cookie; where it cannot be made there is none, and the
// loop is seen a little later.
func (f *Flow) roundsCookie(host string, rounds []round) []*http.Cookie {
	plain, err := json.Marshal(rounds[max(0, len(rounds)-mostRounds):])
	if err != nil {
		return nil
	}
	sealed, err := f.Sealer.Seal(purposeRounds, host, plain)
	if err != nil {
		return nil
	}
	return []*http.Cookie{session.HostCookie(RoundsCookie, base64.RawURLEncoding.EncodeToString(sealed), int(loopWithin.Seconds()))}
}

// noRounds forgets them: the person did something, or was shown something.
func noRounds() *http.Cookie { return session.HostCookie(RoundsCookie, "", -1) }
