// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/doctor"
	"github.com/usher-signin/usher/internal/seal"
)

// How the doctor and the gateway speak about what arrives. What the doctor asks
// is sealed with the gateway's key file, and so is the answer: nobody else can
// ask, a stranger's gateway cannot answer, and what stands in between learns
// nothing. A request without a sealed question is answered as if nothing of
// this were here.
const (
	EchoPath   = usher.Prefix + "echo"
	EchoHeader = "Usher-Echo"        // of a request: the sealed question; of an answer: the sealed mark
	EchoCookie = "__Host-usher_echo" // set on every answer at EchoPath

	echoPurpose = "doctor echo"
	questionRow = "question"

	// EchoWithin is how old a question may be; clocks may differ by as much.
	EchoWithin = 5 * time.Minute
	// mostQuestion bounds a sealed question, in bytes.
	mostQuestion = 1 << 10
	// mostAnswer bounds an answer's body, in bytes.
	mostAnswer = 256 << 10
)

// What a question asks the gateway to do besides saying what arrived.
const (
	DoEcho      = ""
	DoRefuse    = "refuse"    // answer 401, with a cookie
	DoRecall    = "recall"    // say what arrived with another question, which came by way of a front server
	DoUpstreams = "upstreams" // say how the upstreams answer
)

// A Question is what the doctor asks.
type Question struct {
	Nonce string    `json:"nonce"`
	At    time.Time `json:"at"`
	Do    string    `json:"do,omitempty"`
	About string    `json:"about,omitempty"` // recall: the other question's nonce
}

// An Arrival is a request as it reached the gateway.
type Arrival struct {
	Node      string              `json:"node"`
	Revision  string              `json:"revision"`
	URI       string              `json:"uri"`
	Host      string              `json:"host"`
	TLS       bool                `json:"tls"`
	Peer      string              `json:"peer"`
	Trusted   bool                `json:"trusted"`
	Forwarded map[string][]string `json:"forwarded,omitempty"` // X-Forwarded-Proto, -Host and -For, as they came
	Cookie    string              `json:"cookie,omitempty"`    // EchoCookie's value
	Noted     *Arrival            `json:"noted,omitempty"`     // recall; nil: nothing arrived with that question
	Upstreams []doctor.Upstream   `json:"upstreams,omitempty"`
}

// forwardedNames are the headers that an arrival tells.
func forwardedNames() []string {
	return []string{"X-Forwarded-Proto", "X-Forwarded-Host", "X-Forwarded-For"}
}

// Arrived notes what a request brought. Values are bounded.
func Arrived(r *http.Request) Arrival {
	a := Arrival{URI: clip(r.RequestURI, 8<<10), Host: clip(r.Host, 512), TLS: r.TLS != nil, Forwarded: make(map[string][]string)}
	for _, name := range forwardedNames() {
		for i, v := range r.Header[http.CanonicalHeaderKey(name)] {
			if i < 8 {
				a.Forwarded[name] = append(a.Forwarded[name], clip(v, 512))
			}
		}
	}
	if c, err := r.Cookie(EchoCookie); err == nil {
		a.Cookie = clip(c.Value, 128)
	}
	return a
}

// sent gives a forwarded header's value, the last one where there are several.
func (a Arrival) sent(name string) string {
	if v := a.Forwarded[name]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

// scheme is what the gateway makes of the request: its own TLS, or what a
// trusted peer says.
func (a Arrival) scheme() string {
	switch proto := a.sent("X-Forwarded-Proto"); {
	case a.TLS:
		return "https"
	case a.Trusted && (proto == "https" || proto == "http"):
		return proto
	}
	return "http"
}

func clip(s string, n int) string { return s[:min(len(s), n)] }

// SealQuestion spells a question for the header.
func SealQuestion(keys *seal.Keys, q Question) (string, error) {
	plain, err := json.Marshal(q)
	if err != nil {
		return "", err
	}
	sealed, err := keys.Seal(echoPurpose, questionRow, plain)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

// OpenQuestion reads a request's question; ok is false where there is none, or
// none that the holder of the key file asked a moment ago.
func OpenQuestion(keys *seal.Keys, r *http.Request, now time.Time) (q Question, ok bool) {
	lines := r.Header[EchoHeader]
	if len(lines) != 1 || len(lines[0]) > mostQuestion {
		return q, false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(lines[0])
	if err != nil {
		return q, false
	}
	plain, err := keys.Open(echoPurpose, questionRow, sealed)
	if err != nil || json.Unmarshal(plain, &q) != nil || q.Nonce == "" {
		return Question{}, false
	}
	return q, now.Sub(q.At).Abs() <= EchoWithin
}

// SealArrival spells an answer to a question.
func SealArrival(keys *seal.Keys, q Question, a Arrival) (string, error) {
	plain, err := json.Marshal(a)
	if err != nil {
		return "", err
	}
	sealed, err := keys.Seal(echoPurpose, "answer "+q.Nonce, plain)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func openArrival(keys *seal.Keys, nonce, text string) (a Arrival, err error) {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return a, errors.New("the answer is not a gateway's")
	}
	plain, err := keys.Open(echoPurpose, "answer "+nonce, sealed)
	if err != nil {
		return a, err
	}
	return a, json.Unmarshal(plain, &a)
}

// SealMark says in a header that this gateway answers.
func SealMark(keys *seal.Keys, q Question) (string, error) {
	sealed, err := keys.Seal(echoPurpose, "mark "+q.Nonce, nil)
	return base64.RawURLEncoding.EncodeToString(sealed), err
}

func openMark(keys *seal.Keys, nonce, text string) bool {
	sealed, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil || text == "" {
		return false
	}
	_, err = keys.Open(echoPurpose, "mark "+nonce, sealed)
	return err == nil
}
