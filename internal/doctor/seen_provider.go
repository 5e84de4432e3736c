// SPDX-License-Identifier: Apache-2.0

package doctor

import "time"

// A Document is what came back when the provider's metadata was asked for.
type Document struct {
	URL         string // asked
	Status      int    // HTTP; zero: no answer came
	Fault       string // why no answer came
	ContentType string
	Server      string // the Server or Via header, to tell who answered
	Location    string // of a redirect
	Invalid     string // why the body is no metadata; empty: it is

	Issuer                string
	AuthorizationEndpoint string
	TokenEndpoint         string
	UserinfoEndpoint      string
	KeysURL               string // jwks_uri
	EndSessionEndpoint    string
	BackChannelLogout     bool     // backchannel_logout_supported
	Scopes                []string // scopes_supported; nil: not said
	ResponseTypes         []string
	ResponseModes         []string
	ChallengeMethods      []string // code_challenge_methods_supported; nil: not said
	TokenAuthMethods      []string // token_endpoint_auth_methods_supported; nil: not said
	SigningAlgorithms     []string // id_token_signing_alg_values_supported

	IssuerParameter bool // authorization_response_iss_parameter_supported

	// Variants are other spellings of the issuer that were tried because the
	// configured one did not answer, and did.
	Variants []string
	// Running is the issuer, endpoints and keys URL that a running gateway
	// still uses, where they differ from the document; by member name.
	Running map[string]string
}

// A KeySet is what came back from the provider's jwks_uri.
type KeySet struct {
	URL     string
	Status  int
	Invalid string // why the body is no key set
	Keys    []Key
	// Running are the thumbprints (RFC 7638) of the keys that a running gateway
	// holds; nil: not known.
	Running []string
}

// A Key is one key of a set.
type Key struct {
	ID         string // kid
	Type       string // kty
	Use        string
	Algorithm  string
	Bits       int
	Private    bool   // the set publishes the private half
	Thumbprint string // RFC 7638
}

// A Landing says where an authorize request ended up, its redirects followed
// within the provider's own site and no further.
type Landing string

// The landings.
const (
	LandsBack      Landing = "callback"  // the provider would send the browser to our callback
	LandsElsewhere Landing = "elsewhere" // to a third site
	LandsLogin     Landing = "login"     // the provider's login page
	LandsPage      Landing = "page"      // another page of the provider's, an error page mostly
	LandsLoop      Landing = "loop"      // redirects without end
	LandsThrottled Landing = "throttled" // 429, 403 or 5xx: says nothing
	LandsNowhere   Landing = "nowhere"   // no answer came
)

// An AuthorizeAnswer is where one authorize request landed.
type AuthorizeAnswer struct {
	Landing     Landing
	Status      int
	Error       string // the error parameter
	Description string // error_description
	Location    string // address without query, of the last redirect
	Title       string // of a page
	Fault       string // why no answer came
	// Of an answer at our callback, what a sign-in looks at before it looks at
	// anything else.
	State    string // "missing" or "changed"; empty: it is the one that was sent
	Issuer   string // iss (RFC 9207); empty: none
	Fragment bool   // the answer is in the fragment, which no server sees
	// Alike is equal for answers that cannot be told apart, the values that
	// change from request to request left out.
	Alike string
	Sent  string // the request, client id shortened, state and nonce left out
}

// Same says that two answers cannot be told apart, so that nothing follows from either.
func (a AuthorizeAnswer) Same(b AuthorizeAnswer) bool {
	return a.Alike == b.Alike && a.Landing == b.Landing && a.Error == b.Error
}

// AuthorizeAnswers are the answers to one authorize request as the account
// would send it (prompt=none, no cookies), and to its controls. A nil control
// was not sent.
type AuthorizeAnswers struct {
	Asked           AuthorizeAnswer
	UnknownClient   *AuthorizeAnswer // with a client id that nobody has
	UnknownCallback *AuthorizeAnswer // with a callback on a host that nobody has
	UnknownScope    *AuthorizeAnswer // with one more scope that nobody has
	NoChallenge     *AuthorizeAnswer // without PKCE
	OpenIDOnly      *AuthorizeAnswer // with the scope openid alone
	NoPrompt        *AuthorizeAnswer // without prompt=none; asked only where the answer was an error
	// WithoutScope has the answers with one scope left out, by scope.
	WithoutScope map[string]AuthorizeAnswer
	// OnlyScope has the answers with openid and one scope alone, by scope; asked
	// only where no single scope left out made a difference.
	OnlyScope map[string]AuthorizeAnswer
	// Variants are callbacks that differ from the configured one by one
	// character or so, in the order tried.
	Variants []CallbackVariant
}

// A CallbackVariant is another spelling of the callback, and its answer.
type CallbackVariant struct {
	URL    string
	Answer AuthorizeAnswer
}

// A GrantAnswer is what the token endpoint answered to a refresh token that
// nobody issued: invalid_grant says that the client is known and its secret right.
type GrantAnswer struct {
	Status      int
	ContentType string
	Error       string
	Description string
	Throttled   bool   // 429, 403, above 500, or no answer in the form of RFC 6749: says nothing
	Fault       string // why no answer came
	Alike       string
}

// Same says that two answers cannot be told apart.
func (a GrantAnswer) Same(b GrantAnswer) bool { return a.Alike == b.Alike && a.Error == b.Error }

// ClientKnown says that the answer is one that only an authenticated client gets.
func (a GrantAnswer) ClientKnown() bool { return !a.Throttled && a.Error == "invalid_grant" }

// GrantAnswers are the token endpoint's answers with the account's secret and
// with controls. A nil one was not asked for.
type GrantAnswers struct {
	Post          *GrantAnswer // id and secret in the body
	Basic         *GrantAnswer // in the header, form-encoded as RFC 6749 section 2.3.1 wants
	BasicRaw      *GrantAnswer // in the header as they are
	WrongPost     *GrantAnswer // control: a random secret in the body
	WrongBasic    *GrantAnswer // control: a random secret in the header
	UnknownClient *GrantAnswer // control: a random client id
	Trimmed       *GrantAnswer // the secret without blanks around it
	NoSecret      *GrantAnswer // the client id alone
	Style         string       // in use: "post" or "basic"; "none": the account has no secret
	// Authenticated is how many requests carried the account's own secret: the
	// provider notes them, as refused ones where the secret is wrong.
	Authenticated int
	Silent        string // why the endpoint gave no answer at all; empty: it did
}

// A Skew is our clock against the provider's Date header.
type Skew struct {
	Ahead     time.Duration // ours minus theirs, half the round trip taken off; median
	RoundTrip time.Duration
	Samples   int
	Host      string
}

// A Route is the way from where we stand to one host.
type Route struct {
	Purpose string // "provider", "callback", "upstream NAME"
	Host    string
	Port    string

	Addresses []string // A and AAAA records
	Elsewhere []string // the same name, resolved at another vantage; nil: not asked
	NameError string   // "not-found", "server-failure", "timeout"; empty: resolved
	Resolver  string

	Dials []Dial

	Proxy       string // egress proxy in use, password left out
	ProxyStatus int    // of CONNECT; zero: not asked
	NoProxy     string // the rule in force
	Bypassed    *bool  // whether the direct way works where a proxy is in use; nil: not tried

	Handshake *Handshake // nil: none was tried
	Page      *Page      // what answered plain HTTP over it; nil: not asked
}

// A Dial is one attempt to connect.
type Dial struct {
	Address string
	V6      bool
	Took    time.Duration
	Err     string // "refused", "timeout", "unreachable", "reset"; empty: connected
}

// A Handshake is one TLS handshake, and what would make it succeed.
type Handshake struct {
	Version    string // "TLS 1.3"
	Subject    string
	Issuer     string
	Names      []string // DNS names of the certificate
	NotBefore  time.Time
	NotAfter   time.Time
	Fault      string // "unknown-authority", "expired", "not-yet-valid", "hostname", "not-tls", "too-old", "reset", "other"
	Incomplete bool   // verification fails, and passes with the intermediate that the certificate names
	Private    bool   // verification passes with the configured ca_file only
	Intercepts string // the product that the issuer's name gives away as an interception box
	Detail     string
}

// A Page is what answered where JSON was expected.
type Page struct {
	Status      int
	ContentType string
	Server      string
	Title       string
}
