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
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/cli"
	"github.com/usher-signin/usher/internal/testport"
)

// asUsher, in the environment, makes this program the usher command instead of tests.
const asUsher = "USHER_SERVER_NODE"

func TestMain(m *testing.M) {
	if os.Getenv(asUsher) != "" {
		os.Exit(cli.Main())
	}
	os.Exit(m.Run())
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

// A fleet is the gateways of one instance, each a process of its own on one
// database, and a switch that leads a browser to one of them.
type fleet struct {
	*instance
	dsn   string
	nodes []*fleetNode
}

// A fleetNode is one `usher serve`.
type fleetNode struct {
	name, file, port string
	admin            string // address of its health and metrics
	log              string // the file that its log goes to
	mu               sync.Mutex
	cmd              *exec.Cmd
	ready            int // how often it was ready
	down             bool
}

// up says whether the node serves, and which of its lives this is.
func (n *fleetNode) up() (life int, serves bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.ready, n.ready > 0 && !n.down
}

// startFleet starts gateways on PostgreSQL.
func startFleet(t *testing.T, count int) *fleet {
	t.Helper()
	f := makeFleet(t, count, schema(t), nil)
	for _, node := range f.nodes {
		node.start(t)
	}
	return f
}

// makeFleet makes ready what gateways need, which then are to be started.
func makeFleet(t *testing.T, count int, dsn string, around func(http.Handler) http.Handler) *fleet {
	t.Helper()
	f := &fleet{dsn: dsn}
	f.instance = startInstanceBehind(t, nil, around) // brings stand-in and application; its own gateway is not asked
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
		name := fmt.Sprintf("node-%d", n+1)
		node := &fleetNode{name: name, port: keptPort(t), file: filepath.Join(f.dir, name+".yaml"), log: filepath.Join(f.dir, name+".log")}
		health := keptPort(t)
		node.admin = "http://127.0.0.1:" + health
		lines := strings.Split(string(text), "\n")
		for i, line := range lines {
			switch {
			case strings.HasPrefix(line, "  listen: "):
				lines[i] = "  listen: 127.0.0.1:" + node.port + "\n  admin_listen: 127.0.0.1:" + health +
					"\n  key_file: fleet.key\n  tls: {cert_file: tls.pem, key_file: tls.key}"
			case strings.HasPrefix(line, "  database: "):
				lines[i] = "  database: " + strconv.Quote(f.dsn)
			}
		}
		write(t, node.file, strings.Join(lines, "\n"))
		f.nodes = append(f.nodes, node)
		t.Cleanup(node.kill)
	}
	return f
}

// keptPort gives a free loopback port that the system hands to nobody: a gateway
// that is restarted finds it free again.
func keptPort(t *testing.T) string {
	t.Helper()
	port, err := testport.Free(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// launch starts the process.
func (n *fleetNode) launch(t *testing.T) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, "serve", "-c", n.file, "--node", n.name)
	cmd.Env = append(os.Environ(), asUsher+"=1")
	cmd.Stderr = log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	_ = log.Close() // the process has its own
	n.mu.Lock()
	n.cmd = cmd
	n.mu.Unlock()
}

// start starts the node, returns when it says that it is ready, and says how
// long that took.
func (n *fleetNode) start(t *testing.T) time.Duration {
	t.Helper()
	begun := time.Now()
	n.launch(t)
	for time.Since(begun) < time.Minute {
		if status, _ := n.ask("/readyz"); status == http.StatusOK {
			n.mu.Lock()
			n.ready, n.down = n.ready+1, false
			n.mu.Unlock()
			return time.Since(begun)
		}
		time.Sleep(5 * time.Millisecond) // it is starting
	}
	_, says := n.ask("/readyz")
	t.Fatalf("the gateway %s did not become ready within a minute: %s\n%s", n.name, says, n.lastWords())
	return 0
}

// ask asks the listener for health and metrics; zero: it does not answer.
func (n *fleetNode) ask(path string) (status int, body string) {
	res, body, err := answered((&http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}).Get(n.admin + path))
	if err != nil {
		return 0, ""
	}
	return res.StatusCode, body
}

// lastWords is the end of the node's log.
func (n *fleetNode) lastWords() string {
	log, _ := os.ReadFile(n.log) // what it says is for whoever looks for the cause
	return string(log[max(0, len(log)-4000):])
}

// kill ends the process as a crash does.
func (n *fleetNode) kill() {
	n.mu.Lock()
	cmd := n.cmd
	n.cmd, n.down = nil, true
	n.mu.Unlock()
	if cmd != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}
}

// end stops the process as a service manager does, and waits.
func (n *fleetNode) end(t *testing.T) {
	t.Helper()
	n.mu.Lock()
	cmd := n.cmd
	n.cmd, n.down = nil, true
	n.mu.Unlock()
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("a gateway that was told to end: %v", err)
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

func (i *instance) browserTLS() *tls.Config { return &tls.Config{RootCAs: i.roots} }
