// SPDX-License-Identifier: Apache-2.0

package doctor

import "time"

// An Echo is what arrived at the gateway when it was called at its own public
// address: how browsers' requests come through whatever stands in front.
type Echo struct {
	URL     string // asked
	Status  int
	Marker  bool   // our own signed marker came back: it is this gateway that answered
	Other   string // what else answered, by its Server header or title
	Scheme  string // that the gateway made out
	Host    string // that the gateway made out
	Peer    string // address of the proxy
	Trusted bool   // whether the peer is a trusted proxy

	SentProto string // X-Forwarded-Proto as received; empty: none
	SentHost  string // X-Forwarded-Host
	SentFor   string // X-Forwarded-For

	Callback     int      // HTTP status of the callback path; our own answer is 400
	CallbackOurs bool     // the callback path was answered by this gateway
	Query        bool     // a query with reserved characters arrived unchanged
	CookieBack   bool     // a cookie that the gateway set was sent back to it
	CookieOn401  bool     // Set-Cookie survives an answer 401
	Stored       bool     // a second call was answered from a cache in front
	HeaderLimit  int      // largest Cookie header that came through, bytes; zero: not tried
	Spoofed      []string // identity headers of a client that reached the gateway or an application
	Forged       bool     // a direct request with a forged X-Forwarded-Host was believed
	WebSocket    *bool    // an upgrade came through; nil: not tried
	Streams      *bool    // an answer in parts arrived in parts; nil: not tried
	AuthStatus   int      // of the authorization sub-request without a session; zero: not tried

	Untried      []string   // what could not be tried: TriedCookie and the like
	Applications []Approach // the applications, asked for by nobody in particular
}

// What may stand in Echo.Untried: its field then says nothing.
const (
	TriedCookie  = "cookie"  // CookieBack and Stored
	TriedQuery   = "query"   // Query
	TriedRefusal = "refusal" // CookieOn401
)

// An Approach is an application, asked for without a session at its own
// address, and what reached the gateway of that.
type Approach struct {
	Application string
	URL         string
	Status      int
	Fault       string // why there was no answer
	Marker      bool   // this gateway answered, or sent the browser to sign in
	Asked       bool   // a front server asked this gateway for a verdict first; the rest is of that question
	Peer        string
	Trusted     bool
	Scheme      string // that the gateway made out
	SentProto   string
	SentHost    string
	SentFor     string
}

// A StoreState is the database as the gateway would use it.
type StoreState struct {
	Engine    string // "sqlite", "postgres"
	Reachable bool
	Writable  bool // a row was written, read and removed
	Fault     string
	Full      bool  // it was not opened, or not written, because its disk is full
	Held      bool  // it was not written because another program holds it
	Schema    int   // version found
	Wanted    int   // version of this program
	FreeBytes int64 // negative: not known
	Latency   time.Duration
	Private   bool // SQLite: its folder is on a disk of one machine
}

// A Node is one running gateway.
type Node struct {
	Name     string
	Revision string // of the file that it runs
	Loaded   time.Time
	Pending  string   // revision that it has seen on disk and not put in force
	Refused  string   // why not
	Version  string   // of the program
	KeyIDs   []string // of the keys that it seals with, the first one in use
	Process  int      // process id
	Twin     *Twin    `json:",omitempty"` // another process that calls itself the same; nil: none does
	Listen   string
	Engine   string // of its database
	Database string // which one, password left out
	Host     string // name of its machine
	File     string // its configuration file
	// Waiting are settings of its file that count only after a restart, and what
	// it runs with until then.
	Waiting []Waiting `json:",omitempty"`
	// Secrets are names of its secrets that say nothing of them: with the same
	// sealing key equal secrets have equal names.
	Secrets map[string]string `json:",omitempty"`
}

// A Twin is a second process that has a gateway's name.
type Twin struct {
	Process int
	Host    string
	File    string
	Since   time.Time
}

// A Waiting is a setting that a gateway was started with and that its file has
// changed since.
type Waiting struct {
	Key     string
	Runs    string // what it runs with
	Written string // what the file says
}

// A FileState is a file that the configuration points to.
type FileState struct {
	Key   string // path of the configuration's key
	Name  string
	Mode  uint32 // permission bits
	Fault string // why it cannot be read
	// Unsure says why nothing can be said of it: this user may not read it, or
	// the gateway runs on another machine.
	Unsure string
	// Certificates found in it, where the key wants some.
	Certificates []Certificate
	KeyFits      *bool // tls.key_file: whether it is the key of tls.cert_file
	Encoding     string
}

// A Certificate is one certificate of a file.
type Certificate struct {
	Subject   string
	Names     []string
	NotBefore time.Time
	NotAfter  time.Time
	Authority bool
}

// Surrounding is the environment of a process: what it would read instead of
// the file, and how it reaches the world.
type Surrounding struct {
	Process    string // "this command", "gateway node-1"
	HTTPSProxy string // password left out
	HTTPProxy  string
	NoProxy    string
	CertFile   string // SSL_CERT_FILE
	Arguments  []string
	Others     []int // process ids of further gateways on the same file
}

// An Upstream is an application as the reverse proxy reaches it.
type Upstream struct {
	Application string
	URL         string
	Status      int
	Fault       string // why there was no answer
	Redirect    string // where a request for / was sent
	SetsCookie  []string
}
