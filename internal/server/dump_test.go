// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/usher-signin/usher/internal/session"
	"github.com/usher-signin/usher/internal/store"
)

// A loot is every secret that went over any wire, by what it was.
type loot struct {
	mu   sync.Mutex
	kept map[string][]string
}

func (l *loot) note(what, value string) {
	if len(value) < 16 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if !slices.Contains(l.kept[what], value) {
		l.kept[what] = append(l.kept[what], value)
	}
}

func (l *loot) noteAll(values url.Values, names ...string) {
	for _, name := range names {
		l.note(name, values.Get(name))
	}
}

// around listens at the provider's door.
func (l *loot) around(provider http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is cut short holds nothing more
		r.Body = io.NopCloser(bytes.NewReader(body))
		if form, err := url.ParseQuery(string(body)); err == nil {
			l.noteAll(form, "code", "code_verifier", "client_secret", "refresh_token")
		}
		l.noteAll(r.URL.Query(), "state", "nonce", "code", "code_verifier", "client_secret")
		heard := httptest.NewRecorder()
		provider.ServeHTTP(heard, r)
		var said struct {
			Access  string `json:"access_token"`
			Refresh string `json:"refresh_token"`
			ID      string `json:"id_token"`
		}
		if json.Unmarshal(heard.Body.Bytes(), &said) == nil {
			l.note("access_token", said.Access)
			l.note("refresh_token", said.Refresh)
			l.note("id_token", said.ID)
		}
		for name, values := range heard.Header() {
			w.Header()[name] = values
		}
		w.WriteHeader(heard.Code)
		_, _ = w.Write(heard.Body.Bytes())
	})
}

// listening notes what a browser is given.
type listening struct {
	http.RoundTripper
	loot *loot
}

func (l listening) RoundTrip(r *http.Request) (*http.Response, error) {
	l.loot.noteAll(r.URL.Query(), "state", "nonce", "code", "ticket")
	res, err := l.RoundTripper.RoundTrip(r)
	if err == nil {
		for _, c := range res.Cookies() {
			switch {
			case c.Name == session.CookieName:
				l.loot.note("session cookie", c.Value)
			case strings.HasPrefix(c.Name, "__Host-usher_"):
				l.loot.note("other cookie", c.Value)
			}
		}
		if to, err := res.Location(); err == nil {
			l.loot.noteAll(to.Query(), "state", "nonce", "code", "ticket")
		}
	}
	return res, err
}

// forms are a secret as it is, and as it may look encoded, by itself or amid more.
func forms(secret string) (all []string) {
	shapes := [][]byte{[]byte(secret)}
	for _, enc := range []*base64.Encoding{base64.RawURLEncoding, base64.RawStdEncoding} {
		if raw, err := enc.DecodeString(secret); err == nil && len(raw) >= 16 {
			shapes = append(shapes, raw)
		}
	}
	if raw, err := hex.DecodeString(secret); err == nil && len(raw) >= 16 {
		shapes = append(shapes, raw)
	}
	for _, s := range shapes {
		all = append(all, string(s), hex.EncodeToString(s), strings.ToUpper(hex.EncodeToString(s)), url.QueryEscape(string(s)))
		for pad := range 3 { // where it stands in what was encoded shifts the letters
			for _, enc := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
				text := enc.EncodeToString(append(make([]byte, pad), s...))
				all = append(all, text[(pad*8+5)/6:len(text)-2])
			}
		}
	}
	return all
}

// dumped is all that somebody holds who has stolen the database.
func dumped(t *testing.T, dsn string) []byte {
	t.Helper()
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		var all []byte
		for _, file := range []string{path, path + "-wal", path + "-shm"} {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, data...)
		}
		return all
	}
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	tools, err := filepath.Glob("/usr/lib/postgresql/*/bin/pg_dump")
	if err != nil || len(tools) == 0 {
		t.Fatalf("there is a PostgreSQL to test with and no pg_dump: %v", err)
	}
	q := u.Query()
	name := q.Get("search_path")
	q.Del("search_path")
	u.RawQuery = q.Encode()
	cmd := exec.CommandContext(t.Context(), tools[len(tools)-1], "--schema="+name, u.String())
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pg_dump: %v", err)
	}
	return out
}

// TestStolenDatabase signs people in, leaves sign-ins and tickets half-way, and
// looks for every secret in all that the database is made of. What does stand
// there opens nothing.
func TestStolenDatabase(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) {
		stolenDatabase(t, "sqlite:"+filepath.Join(t.TempDir(), "u.db"))
	})
	t.Run("PostgreSQL", func(t *testing.T) { stolenDatabase(t, schema(t)) })
}

func stolenDatabase(t *testing.T, dsn string) {
	l := &loot{kept: map[string][]string{"client_secret": {"canary-client-secret"}}}
	const scopes, provisioned = "additional_info.projectedProductContext\n    ims_client_id", "additional_info.projectedProductContext]"
	i := startInstanceAt(t, time.Now, [][2]string{
		{scopes, "offline_access," + scopes},
		{provisioned, "additional_info.projectedProductContext, offline_access]"},
		{"    url: {{PUBLIC}}/reports\n", "    url: {{OTHER}}\n"},
		{"  database: sqlite:usher.db\n", "  database: " + fmt.Sprintf("%q", dsn) + "\n  key_file: usher.key\n  session: {refresh: 10m}\n"},
	}, l.around)
	other := "https://reports.localhost" + i.public[strings.LastIndex(i.public, ":"):]
	person := func() *browser {
		b := i.browser(t)
		b.client.Transport = listening{b.client.Transport, l}
		return b
	}
	ana, dirk, nora := person(), person(), person()
	for b, email := range map[*browser]string{ana: "ana@corp.example", dirk: "dirk@corp.example"} {
		if p := b.signIn(t, other+"/weekly", email); p.status != http.StatusOK {
			t.Fatalf("signing in came to %d %s", p.status, p.at)
		}
	}
	if p := nora.signIn(t, other+"/weekly", "nora@corp.example"); p.status != http.StatusForbidden {
		t.Fatalf("a sign-in that is to be refused came to %d", p.status)
	}
	person().callbackOf(t, i, "ana@corp.example") // never followed
	ticket := halfWay(t, ana, i, other)
	l.note("ticket", ticket)
	dirk.send(t, http.MethodPost, other+"/usher/signout", url.Values{})
	dump := dumped(t, dsn)
	for _, what := range []string{"client_secret", "access_token", "refresh_token", "id_token", "session cookie", "other cookie", "state", "nonce", "code", "code_verifier", "ticket"} {
		if len(l.kept[what]) == 0 {
			t.Errorf("no %s went over any wire: nothing was tested", what)
		}
		for _, secret := range l.kept[what] {
			for n, form := range forms(secret) {
				if bytes.Contains(dump, []byte(form)) {
					t.Errorf("the database holds a %s (form %d of it)", what, n)
				}
			}
		}
	}
	for _, known := range []string{"ana@corp.example", session.Hash(l.kept["session cookie"][0])} {
		if !bytes.Contains(dump, []byte(known)) {
			t.Errorf("the dump does not hold %q: it is no dump", known)
		}
	}
	useless(t, i, dsn, other)
}

// halfWay goes as far as a ticket that is not taken yet.
func halfWay(t *testing.T, b *browser, i *instance, other string) string {
	t.Helper()
	again := i.browser(t)
	again.client.Transport = b.client.Transport
	public, err := url.Parse(i.public)
	if err != nil {
		t.Fatal(err)
	}
	again.client.Jar.SetCookies(public, b.client.Jar.Cookies(public))
	at := other + "/usher/signin?rd=%2F"
	for range 5 {
		to, err := again.request(t, http.MethodGet, at, pageLoad).Location()
		if err != nil {
			t.Fatal(err)
		}
		if v := to.Query().Get("ticket"); v != "" {
			return v
		}
		at = to.String()
	}
	t.Fatal("no ticket was given")
	return ""
}

// useless tries what stands in the database as a key to the house.
func useless(t *testing.T, i *instance, dsn, other string) {
	t.Helper()
	db, err := store.Open(t.Context(), dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	open, err := db.Sessions(t.Context(), store.SessionFilter{})
	if err != nil || len(open) == 0 {
		t.Fatalf("open sessions: %d, %v", len(open), err)
	}
	var tried []string
	for _, s := range open {
		raw, err := hex.DecodeString(s.ID)
		if err != nil {
			t.Fatal(err)
		}
		tried = append(tried, s.ID, s.ID[:43], base64.RawURLEncoding.EncodeToString(raw), s.Login, base64.RawURLEncoding.EncodeToString(s.Sealed))
	}
	for _, value := range tried {
		for _, host := range []string{i.public + "/usher/", other + "/weekly"} {
			res := i.browser(t).request(t, http.MethodGet, host, http.Header{"Accept": {"text/html"}, "Cookie": {session.CookieName + "=" + value}})
			if strings.HasSuffix(host, "/weekly") && res.StatusCode != http.StatusFound {
				t.Errorf("what stands in the database, as a cookie, gets %d", res.StatusCode)
			}
		}
		for _, address := range []string{"/usher/callback?code=x&state=" + url.QueryEscape(value), "/usher/arrive?ticket=" + url.QueryEscape(value)} {
			if p := i.browser(t).open(t, i.public+address); p.status < 400 {
				t.Errorf("what stands in the database, at %.20s, gets %d", address, p.status)
			}
		}
	}
}
