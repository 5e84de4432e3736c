// SPDX-License-Identifier: Apache-2.0

package standin_test

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/usher-signin/usher/standin"
)

func clientTrials() []trial {
	const odd = "p+s%2Fx:y"
	raw := func(d desk) string {
		d.Change(func(o *standin.Organization) { client(o, "Campaign1").Secrets = []string{"s3cret", odd} })
		return outcome(d.post("/ims/token/v3", form("grant_type", "authorization_code", "code", d.code(), "code_verifier", verifier), "Authorization", basic("Campaign1", odd)))
	}
	decoded := func(d desk) string {
		d.Change(func(o *standin.Organization) { client(o, "Campaign1").Secrets = []string{"s3cret", odd} })
		return outcome(d.post("/ims/token/v3", form("grant_type", "authorization_code", "code", d.code(), "code_verifier", verifier), "Authorization", basic("Campaign1", url.QueryEscape(odd))))
	}
	noSecret := func(d desk) string { return outcome(d.redeem("/ims/token/v3", d.code(), "client_secret", "")) }
	described := func(d desk) string {
		return strings.Split(d.redeem("/ims/token/v3", d.code(), "code", "x").text("error_description"), ":")[0]
	}
	back := func(at string) probe { return landing("redirect_uri=" + at) }
	trials := []trial{
		{"client-unknown", true, landing(), "callback", "page 400"},
		{"client-unknown", true, func(d desk) string { return d.redeem("/ims/token/v3", "x").text("error_description") }, "the code is not valid", "invalid client_id parameter"},
		{"client-disabled", true, landing(), "callback", "page 403"},
		{"client-disabled", true, func(d desk) string { return outcome(d.redeem("/ims/token/v3", "x")) }, "400 invalid_grant", "400 unauthorized_client"},
		{"client-secret-refused", true, redeemed(), "ok", "400 invalid_client"},
		{"client-secret-refused", "expired", redeemed(), "ok", "401 invalid_client"},
		{"client-public", true, redeemed(), "ok", "400 invalid_client"},
		{"client-public", true, noSecret, "400 invalid_client", "ok"},
		{"client-single-page", true, described, "the code is not valid", "AADSTS9002327"},
		{"token-basic-raw", true, raw, "400 invalid_client", "ok"},
		{"token-basic-raw", true, decoded, "ok", "400 invalid_client"},
		{"scope-not-provisioned", true, landing(), "callback", "invalid_scope"},
		{"scope-not-provisioned", "email", landing("scope=openid"), "callback", "callback"},
		{"scope-spaces-only", true, landing("scope=openid,AdobeID"), "callback", "invalid_scope"},
		{"scope-spaces-only", true, landing("scope=openid AdobeID"), "callback", "callback"},
		{"callbacks-listed", true, back(callback), "callback", "adobe"},
	}
	for how, listed := range map[string]string{"slash": callback + "/", "case": callback[:len(callback)-1] + "K", "port": strings.Replace(callback, ".example/", ".example:443/", 1)} {
		trials = append(trials, trial{"callbacks-listed", how, back(callback), "callback", "adobe"}, trial{"callbacks-listed", how, back(listed), "adobe", "callback"})
	}
	return append(trials, trial{"callbacks-listed", "http", back(callback), "callback", "adobe"})
}

// throughUserGroup says whether the answer at path names a profile that Ana holds
// through a user group alone.
func throughUserGroup(path string) probe {
	return func(d desk) string {
		d.Change(func(o *standin.Organization) {
			for _, g := range o.Groups {
				if g.Name == "Through" {
					return
				}
			}
			o.Groups = append(o.Groups, standin.Group{Name: "Through", UserGroups: []string{"Set"}}, standin.Group{Name: "Set", UserGroup: true, Members: []string{"ana@corp.example"}})
		})
		body := d.get(path, with(d.redeem("/ims/token/v3", d.code(withGroups)).text("access_token"))...).body
		return map[bool]string{true: "named", false: "not named"}[contains(body, "Through")]
	}
}

func tlsTrials() []trial {
	return []trial{
		{"certificate-expired", true, handshake, "good", "expired"},
		{"certificate-expires-soon", true, handshake, "good", "good, 5 days"},
		{"certificate-hostname", true, handshake, "good", "for [ims.internal.invalid]"},
		{"certificate-unknown-authority", true, handshake, "good", "by An authority that nobody knows"},
		{"certificate-intercepted", true, handshake, "good", "by Zscaler Root CA"},
		{"tls-old", true, handshake, "good", "too old"},
		{"tls-missing", true, handshake, "good", "no TLS"},
	}
}

// handshake says what a client that trusts the stand-in makes of its certificate.
func handshake(d desk) string {
	config := d.TLS()
	config.Time = d.Clock.Now
	conn, err := tls.Dial("tcp", strings.TrimPrefix(d.URL, "https://"), config)
	var (
		invalid   x509.CertificateInvalidError
		name      x509.HostnameError
		authority x509.UnknownAuthorityError
		record    tls.RecordHeaderError
	)
	switch {
	case err == nil:
		defer func() { _ = conn.Close() }()
		if left := conn.ConnectionState().PeerCertificates[0].NotAfter.Sub(d.Clock.Now()); left < 30*24*time.Hour {
			return fmt.Sprintf("good, %.0f days", left.Hours()/24)
		}
		return "good"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "expired"
	case errors.As(err, &name):
		return fmt.Sprint("for ", name.Certificate.DNSNames)
	case errors.As(err, &authority):
		return "by " + authority.Cert.Issuer.CommonName
	case errors.As(err, &record):
		return "no TLS"
	case strings.Contains(err.Error(), "version"):
		return "too old"
	}
	return err.Error()
}

// A stand-in that was given no authority still shows what it was asked for.
func TestCertificatesWithoutAnAuthority(t *testing.T) {
	d := newDesk(t, func(o *standin.Options) { o.Authority = tls.Certificate{} })
	d.Set("certificate-expired", true)
	if got := handshake(d); got != "expired" {
		t.Errorf("%s", got)
	}
}
