// SPDX-License-Identifier: Apache-2.0

package server_test

import (
	"bufio"
	"context"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/lookalike"
	"github.com/usher-signin/usher/internal/server"
	"github.com/usher-signin/usher/internal/store"
)

// nodeFile names, in the environment, the file with which this program is a
// gateway instead of tests.
const nodeFile = "USHER_SERVER_NODE"

func TestMain(m *testing.M) {
	if file := os.Getenv(nodeFile); file != "" {
		os.Exit(beNode(file))
	}
	os.Exit(m.Run())
}

// beNode serves until it is told to end, or killed.
func beNode(file string) int {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	s, err := server.New(ctx, server.Options{ConfigFile: file, Environment: config.OS(), Now: time.Now, Random: rand.Reader,
		Logger: slog.New(slog.NewJSONHandler(os.Stderr, nil)), Near: lookalike.Near, Node: filepath.Base(file)})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	ln, err := s.Listen(ctx)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("serving")
	if err := s.Run(ctx, ln); err != nil {
		return 1
	}
	return 0
}

// schema gives the address of an empty schema on the server that tests may use.
func schema(t *testing.T) string {
	t.Helper()
	base := os.Getenv("USHER_TEST_POSTGRES")
	if base == "" {
		const how = "USHER_TEST_POSTGRES names no PostgreSQL server: `make test` starts one and runs this"
		if os.Getenv("USHER_TEST_ALL") != "" {
			t.Fatal(how)
		}
		t.Skip(how)
	}
	name := "usher_" + strings.ToLower(rand.Text()[:12])
	administer := func(statement string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, base)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Exec(ctx, statement); err != nil {
			t.Errorf("%s: %v", statement, err)
		}
		_ = conn.Close(ctx)
	}
	administer("CREATE SCHEMA " + name)
	t.Cleanup(func() { administer("DROP SCHEMA " + name + " CASCADE") })
	u, err := url.Parse(base)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", name)
	u.RawQuery = q.Encode()
	return u.String()
}

// A fleet is several gateways of one instance, each a process of its own on
// PostgreSQL, and a switch that leads a browser to one of them.
type fleet struct {
	*instance
	dsn   string
	nodes []*fleetNode
}

type fleetNode struct {
	file, port string
	mu         sync.Mutex
	cmd        *exec.Cmd
}

func startFleet(t *testing.T, count int) *fleet {
	t.Helper()
	f := &fleet{dsn: schema(t)}
	f.instance = startInstance(t, nil) // brings stand-in and application; its own gateway is not asked
	text, err := os.ReadFile(f.file)
	if err != nil {
		t.Fatal(err)
	}
	pair := certificate(t)
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(f.dir, "tls.pem"), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})))
	write(t, filepath.Join(f.dir, "tls.key"), string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})))
	for n := range count {
		ln, port := listen(t)
		if err := ln.Close(); err != nil {
			t.Fatal(err)
		}
		node := &fleetNode{file: filepath.Join(f.dir, fmt.Sprintf("node-%d.yaml", n+1)), port: port}
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			switch {
			case strings.HasPrefix(line, "  listen: "):
				lines[i] = "  listen: 127.0.0.1:" + port + "\n  key_file: fleet.key\n  tls: {cert_file: tls.pem, key_file: tls.key}"
			case strings.HasPrefix(line, "  database: "):
				lines[i] = "  database: " + strconv.Quote(f.dsn)
			}
		}
		write(t, node.file, strings.Join(lines, "\n"))
		f.nodes = append(f.nodes, node)
	}
	for _, node := range f.nodes {
		node.start(t)
		t.Cleanup(node.kill)
	}
	return f
}

// start starts the node, and returns when it serves.
func (n *fleetNode) start(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self)
	cmd.Env = append(os.Environ(), nodeFile+"="+n.file)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n.mu.Lock()
	n.cmd = cmd
	n.mu.Unlock()
	if line, err := bufio.NewReader(out).ReadString('\n'); line != "serving\n" {
		t.Fatalf("a gateway did not start: %q, %v", line, err)
	}
}

// kill ends the process as a crash does.
func (n *fleetNode) kill() {
	n.mu.Lock()
	cmd := n.cmd
	n.cmd = nil
	n.mu.Unlock()
	if cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// visitor is a browser that is led to the node that choose names, anew for each request.
func (f *fleet) visitor(choose func() *fleetNode) *http.Client {
	jar, _ := cookiejar.New(nil) // it has no way to fail
	_, public, _ := net.SplitHostPort(strings.TrimPrefix(f.public, "https://"))
	dial := func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		if port == public {
			port = choose().port
		}
		return new(net.Dialer).DialContext(ctx, network, "127.0.0.1:"+port)
	}
	return &http.Client{Jar: jar, Timeout: 15 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DialContext: dial,
		TLSClientConfig: f.browserTLS()}}
}

// get asks for an address as a browser does.
func get(c *http.Client, address string) (*http.Response, string, error) {
	r, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return nil, "", err
	}
	r.Header.Set("Accept", "text/html")
	return answered(c.Do(r))
}

func answered(res *http.Response, err error) (*http.Response, string, error) {
	if err != nil {
		return nil, "", err
	}
	defer func() { _ = res.Body.Close() }()
	var b strings.Builder
	_, err = bufio.NewReader(res.Body).WriteTo(&b)
	return res, b.String(), err
}

// begin signs in at the provider and gives the address of the callback, which is
// not asked for yet.
func (f *fleet) begin(c *http.Client, email string) (string, error) {
	var callback string
	c.CheckRedirect = func(next *http.Request, _ []*http.Request) error {
		if next.URL.Path == usher.CallbackPath {
			callback = next.URL.String()
			return http.ErrUseLastResponse
		}
		return nil
	}
	defer func() { c.CheckRedirect = nil }()
	res, body, err := get(c, f.public+"/reports/")
	if err != nil {
		return "", err
	}
	found := relay.FindStringSubmatch(body)
	if found == nil {
		return callback, nil
	}
	at := res.Request.URL
	form := url.Values{"relay": {found[1]}, "email": {email}, "password": {"any"}}
	r, err := http.NewRequest(http.MethodPost, at.Scheme+"://"+at.Host+"/signin/", strings.NewReader(form.Encode()))
	if err != nil {
		return "", err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Origin", at.Scheme+"://"+at.Host)
	_, _, err = answered(c.Do(r))
	return callback, err
}

// A sign-in that began on one gateway is finished once, whichever gateways its
// callback reaches; a session that is ended on one is refused on the other.
func TestNodesShareSignIns(t *testing.T) {
	f := startFleet(t, 2)
	var turn int
	var mu sync.Mutex
	c := f.visitor(func() *fleetNode { mu.Lock(); defer mu.Unlock(); turn++; return f.nodes[turn%2] })
	callback, err := f.begin(c, "ana@corp.example")
	if err != nil || callback == "" {
		t.Fatalf("the sign-in was not begun: %q, %v", callback, err)
	}
	c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	jar := c.Jar
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	cookies := jar.Cookies(at)
	var wins, others int
	var winner *http.Cookie
	var all sync.WaitGroup
	for range 100 {
		all.Go(func() {
			r, err := http.NewRequest(http.MethodGet, callback, nil)
			if err != nil {
				t.Error(err)
				return
			}
			r.Header.Set("Accept", "text/html")
			for _, cookie := range cookies {
				r.AddCookie(cookie)
			}
			res, _, err := answered((&http.Client{Transport: c.Transport, CheckRedirect: c.CheckRedirect, Timeout: 15 * time.Second}).Do(r))
			mu.Lock()
			defer mu.Unlock()
			if err != nil || res.StatusCode != http.StatusSeeOther {
				others++
				return
			}
			for _, set := range res.Cookies() {
				if set.Name == "__Host-usher_session" && set.MaxAge >= 0 {
					wins, winner = wins+1, set
				}
			}
		})
	}
	all.Wait()
	if wins != 1 || others != 99 {
		t.Fatalf("of 100 callbacks %d opened a session and %d did not; wanted one and 99", wins, others)
	}
	jar.SetCookies(at, []*http.Cookie{winner})
	for range 4 {
		if res, body, err := get(c, f.public+"/reports/x"); err != nil || res.StatusCode != http.StatusOK {
			t.Fatalf("the session on each gateway: %v, %v %s", res, err, body)
		}
	}
	db, err := store.Open(t.Context(), f.dsn, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = db.Close() }()
	open, err := db.Sessions(t.Context(), store.SessionFilter{Email: "ana@corp.example"})
	if err != nil || len(open) != 1 {
		t.Fatalf("%d sessions, %v", len(open), err)
	}
	if _, err := db.EndLogin(t.Context(), open[0].Login, time.Now()); err != nil {
		t.Fatal(err)
	}
	ended := time.Now()
	for refused := 0; refused < 4; {
		if res, body, err := get(c, f.public+"/reports/x"); err == nil && res.StatusCode != http.StatusOK {
			if refused++; res.StatusCode != http.StatusFound {
				t.Fatalf("an ended session is answered %d, wanted a redirect to sign in: %s", res.StatusCode, body)
			}
		} else {
			refused = 0
		}
		if time.Since(ended) > 5*time.Second {
			t.Fatal("an ended session is let through for more than five seconds")
		}
	}
	t.Logf("refused on both within %s", time.Since(ended))
	if nodes, err := db.Nodes(t.Context()); err != nil || len(nodes) != 2 || nodes[0].About.KeyIDs[0] != nodes[1].About.KeyIDs[0] || nodes[0].Revision == nodes[1].Revision {
		t.Errorf("the gateways say of themselves %+v, %v", nodes, err)
	}
}

// kept is a sign-in that was answered: it must live, whatever is killed.
type kept struct{ value string }

// Gateways are killed at random while people sign in: no sign-in that was
// answered is lost, and no session that exists is refused. USHER_SOAK_KILLS says
// how many kills.
func TestKilledNodesLoseNoSignIn(t *testing.T) {
	f := startFleet(t, 2)
	kills := 4
	if n, err := strconv.Atoi(os.Getenv("USHER_SOAK_KILLS")); err == nil {
		kills = n
	}
	var (
		mu     sync.Mutex
		ledger []kept
		asked  int
		broken int
		wg     sync.WaitGroup
	)
	ctx, stop := context.WithCancel(t.Context())
	at, err := url.Parse(f.public)
	if err != nil {
		t.Fatal(err)
	}
	check := func(k kept, node *fleetNode) (lost bool, err error) {
		c := f.visitor(func() *fleetNode { return node })
		c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		c.Jar.SetCookies(at, []*http.Cookie{{Name: "__Host-usher_session", Value: k.value, Path: "/", Secure: true}})
		res, _, err := get(c, f.public+"/reports/ledger")
		if err != nil {
			return false, err
		}
		return res.StatusCode != http.StatusOK, nil
	}
	for who := range 3 {
		random := mathrand.New(mathrand.NewPCG(uint64(who), 7))
		wg.Go(func() {
			for ctx.Err() == nil {
				c := f.visitor(func() *fleetNode { return f.nodes[random.IntN(2)] })
				callback, err := f.begin(c, []string{"ana@corp.example", "dirk@corp.example"}[who%2])
				if err == nil && callback != "" {
					c.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
					_, _, err = get(c, callback)
				}
				mu.Lock()
				if err != nil {
					broken++
				}
				for _, cookie := range c.Jar.Cookies(at) {
					if cookie.Name == "__Host-usher_session" {
						ledger = append(ledger, kept{cookie.Value})
					}
				}
				var some kept
				if len(ledger) > 0 {
					some = ledger[random.IntN(len(ledger))]
				}
				mu.Unlock()
				if some.value == "" {
					continue
				}
				lost, err := check(some, f.nodes[random.IntN(2)])
				mu.Lock()
				asked++
				if err != nil {
					broken++
				}
				mu.Unlock()
				if lost {
					t.Errorf("a session that was opened is refused")
				}
			}
		})
	}
	for n := range kills {
		time.Sleep(time.Duration(200+mathrand.IntN(500)) * time.Millisecond) // the load goes on meanwhile
		node := f.nodes[n%2]
		node.kill()
		node.start(t)
	}
	stop()
	wg.Wait()
	if len(ledger) < kills {
		t.Fatalf("only %d sign-ins in %d kills: nothing was tested", len(ledger), kills)
	}
	for _, k := range ledger {
		for _, node := range f.nodes {
			if lost, err := check(k, node); lost || err != nil {
				t.Errorf("a sign-in that was answered is lost: refused %v, %v", lost, err)
			}
		}
	}
	t.Logf("%d kills, %d sign-ins answered, %d look-ups meanwhile, %d requests broken by a kill", kills, len(ledger), asked, broken)
}

func (i *instance) browserTLS() *tls.Config { return &tls.Config{RootCAs: i.roots} }
