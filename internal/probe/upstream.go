// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/clienttls"
	"github.com/usher-signin/usher/internal/doctor"
)

// reachWithin bounds how long an upstream may take to answer the doctor.
const reachWithin = 3 * time.Second

// reachAtOnce is how many upstreams are asked side by side.
const reachAtOnce = 8

// Reach asks each upstream for its front page, in the way in which the gateway
// forwards requests: directly, without a proxy of the environment, redirects
// not followed, and with the application's own host. Roots nil: the system's.
func Reach(ctx context.Context, apps []usher.Application, roots *x509.CertPool) []doctor.Upstream {
	var all sync.WaitGroup
	out := make([]doctor.Upstream, len(apps))
	slots := make(chan struct{}, reachAtOnce)
	for i, app := range apps {
		if app.Upstream == "" {
			continue
		}
		all.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			out[i] = reach(ctx, app, roots)
		})
	}
	all.Wait()
	return slices.DeleteFunc(out, func(u doctor.Upstream) bool { return u.Application == "" })
}

func reach(ctx context.Context, app usher.Application, roots *x509.CertPool) doctor.Upstream {
	seen := doctor.Upstream{Application: app.Name, URL: app.Upstream}
	address, socket := strings.TrimSuffix(app.Upstream, "/"), ""
	if path, ok := strings.CutPrefix(app.Upstream, "unix:"); ok {
		address, socket = "http://localhost", path
	}
	public, err := url.Parse(app.URL)
	if err != nil {
		return doctor.Upstream{}
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address+strings.TrimSuffix(public.EscapedPath(), "/")+"/", nil)
	if err != nil {
		seen.Fault = "its address cannot be read"
		return seen
	}
	r.Host = public.Host
	r.Header.Set("X-Forwarded-Host", public.Host)
	r.Header.Set("X-Forwarded-Proto", public.Scheme)
	r.Header.Set("User-Agent", userAgent)
	secure, err := clienttls.Config(app.UpstreamTLS, roots)
	if err != nil {
		return doctor.Upstream{} // that its files cannot be used, another check says
	}
	transport := &http.Transport{TLSClientConfig: secure, ForceAttemptHTTP2: true, DisableKeepAlives: true, MaxResponseHeaderBytes: 256 << 10}
	if socket != "" {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
	}
	res, err := transport.RoundTrip(r)
	if err != nil {
		seen.Fault = reason(err)
		return seen
	}
	defer func() { _ = res.Body.Close() }()
	seen.Status, seen.Redirect = res.StatusCode, ""
	if res.StatusCode >= 300 && res.StatusCode < 400 {
		if to, err := url.Parse(res.Header.Get("Location")); err == nil && to.Host != "" {
			to.RawQuery, to.Fragment, to.User = "", "", nil
			seen.Redirect = clip(to.String(), 512)
		}
	}
	for _, c := range res.Cookies() {
		seen.SetsCookie = append(seen.SetsCookie, clip(c.Name, 128))
	}
	return seen
}

const userAgent = "usher doctor"

// upstreams gathers how the applications answer: as the running gateway meets
// them where it can be asked, else as this machine does where it is the gateway's.
func (w *world) upstreams(ctx context.Context) *doctor.Seen[[]doctor.Upstream] {
	if !slices.ContainsFunc(w.cfg.Applications, func(a usher.Application) bool { return a.Upstream != "" }) {
		return known(w, []doctor.Upstream{})
	}
	if d, err := w.newDoor(); err == nil {
		defer d.close()
		for _, address := range d.addresses() {
			if got, err := d.ask(ctx, ringing{address: address, do: DoUpstreams}); err == nil && got.arrival != nil && !got.stale {
				return doctor.Known(got.arrival.Upstreams, w.Now(), "gateway "+got.arrival.Node)
			}
		}
	}
	if !here(w.cfg) {
		return unseen[[]doctor.Upstream](w, errElsewhere.Error())
	}
	roots, err := trusted(w.cfg.Server.CAFile)
	if err != nil {
		return unseen[[]doctor.Upstream](w, err.Error())
	}
	return known(w, Reach(ctx, w.cfg.Applications, roots))
}

// trusted gives the certificates to trust: the system's, and those of caFile.
func trusted(caFile string) (*x509.CertPool, error) {
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if caFile == "" {
		return pool, nil
	}
	data, err := readSome(caFile)
	if err != nil {
		return nil, errors.New("server.ca_file cannot be read: " + plainReason(err))
	}
	pool.AppendCertsFromPEM(data) // where it holds none, another check says so
	return pool, nil
}

// alerted gives the words of an alert by which a server refuses a certificate
// of ours (RFC 8446 section 6.2); empty: it was none.
func alerted(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate") {
		return op.Err.Error()
	}
	return ""
}

// reason says in a few words why there was no answer.
func reason(err error) string {
	var dns *net.DNSError
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var timeout net.Error
	switch {
	case strings.HasSuffix(alerted(err), "certificate required"):
		return "it wants a certificate of usher's, and none is set"
	case alerted(err) != "":
		return "it does not take usher's certificate"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "the connection was refused"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return "the connection was closed without an answer"
	case errors.As(err, &dns):
		return "its name is not found"
	case errors.As(err, &unknown):
		return "its certificate is of an authority that is not known here"
	case errors.As(err, &name):
		return "its certificate is for another name"
	case errors.As(err, &invalid):
		return "its certificate is not valid"
	case errors.Is(err, os.ErrNotExist):
		return "there is no such socket"
	case errors.Is(err, context.Canceled):
		return "the look was broken off"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "no answer in time"
	}
	text := err.Error()
	if i := strings.LastIndex(text, ": "); i >= 0 {
		text = text[i+2:]
	}
	return clip(text, 200)
}
