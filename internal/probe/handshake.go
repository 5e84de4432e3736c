// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"strings"
	"syscall"

	"github.com/usher-signin/usher/internal/doctor"
)

// shake makes one TLS handshake over a connection, sends nothing through it,
// and says what it would take to trust it. The certificate is judged here and
// not by the TLS library, which stops at the first fault and says less.
func (p *provider) shake(ctx context.Context, host string, private bool, connect func(context.Context) (net.Conn, error)) *doctor.Handshake {
	within, cancel := context.WithTimeout(ctx, p.Each)
	defer cancel()
	raw, err := connect(within)
	if err != nil {
		return nil
	}
	defer func() { _ = raw.Close() }()
	conn := tls.Client(raw, &tls.Config{
		ServerName: host, InsecureSkipVerify: true, //nolint:gosec // verified below; nothing is sent
		MinVersion: tls.VersionTLS10, //nolint:gosec // to be able to say that it is too old
	})
	if err := conn.HandshakeContext(within); err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return &doctor.Handshake{Fault: handshakeFault(err), Detail: p.clean(handshakeDetail(err), maxDescription)}
	}
	state := conn.ConnectionState()
	h := &doctor.Handshake{Version: tls.VersionName(state.Version)}
	if len(state.PeerCertificates) > 0 {
		p.describe(h, state.PeerCertificates[0])
	}
	if state.Version < tls.VersionTLS12 {
		h.Fault, h.Detail = "too-old", h.Version
		return h
	}
	p.verify(within, h, host, private, state.PeerCertificates)
	return h
}

func handshakeFault(err error) string {
	var notTLS tls.RecordHeaderError
	var alert tls.AlertError
	switch {
	case errors.As(err, &notTLS):
		return "not-tls"
	case errors.As(err, &alert) && strings.Contains(alert.Error(), "protocol version"), strings.Contains(err.Error(), "unsupported version"):
		return "too-old"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.EPIPE):
		return "reset"
	}
	return "other"
}

func handshakeDetail(err error) string {
	var notTLS tls.RecordHeaderError
	if errors.As(err, &notTLS) && strings.HasPrefix(string(notTLS.RecordHeader[:]), "HTTP") {
		return "plain HTTP"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "no answer to the TLS hello in time"
	}
	return err.Error()
}

func (p *provider) describe(h *doctor.Handshake, leaf *x509.Certificate) {
	h.Subject, h.Issuer = p.clean(leaf.Subject.String(), maxShown), p.clean(leaf.Issuer.String(), maxShown)
	for _, name := range leaf.DNSNames[:min(len(leaf.DNSNames), 20)] {
		h.Names = append(h.Names, p.clean(name, maxShown))
	}
	for _, ip := range leaf.IPAddresses[:min(len(leaf.IPAddresses), 20)] {
		h.Names = append(h.Names, ip.String())
	}
	h.NotBefore, h.NotAfter = leaf.NotBefore, leaf.NotAfter
}

// verify says which fault a certificate has: its time first, for nothing else
// can be told of one that is over; then who issued it; then its names.
func (p *provider) verify(ctx context.Context, h *doctor.Handshake, host string, private bool, chain []*x509.Certificate) {
	if len(chain) == 0 {
		h.Fault, h.Detail = "other", "no certificate was shown"
		return
	}
	leaf, sent := chain[0], x509.NewCertPool()
	for _, c := range chain[1:] {
		sent.AddCert(c)
	}
	now := p.Now()
	passes := func(roots, between *x509.CertPool) error {
		_, err := leaf.Verify(x509.VerifyOptions{Roots: roots, Intermediates: between, CurrentTime: now})
		return err
	}
	err := passes(p.trust.all, sent)
	h.Private = err == nil && p.trust.extra && passes(p.trust.system, sent) != nil
	var invalid x509.CertificateInvalidError
	switch {
	case now.Before(leaf.NotBefore):
		h.Fault = "not-yet-valid"
	case now.After(leaf.NotAfter), errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		h.Fault = "expired"
	case err == nil && leaf.VerifyHostname(host) != nil:
		h.Fault = "hostname"
	case err == nil:
	case errors.As(err, &invalid):
		h.Fault, h.Detail = "other", p.clean(err.Error(), maxDescription)
	default:
		h.Fault = "unknown-authority"
		h.Intercepts = interceptor(chain)
		if between := p.missingLink(ctx, private, chain, sent); between != nil {
			h.Incomplete = passes(p.trust.all, between) == nil
		}
	}
}
