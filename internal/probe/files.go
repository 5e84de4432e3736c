// SPDX-License-Identifier: Apache-2.0

package probe

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// mostFile bounds what is read of a file with certificates.
const mostFile = 1 << 20

// A namedFile is a file that the configuration names.
type namedFile struct {
	key, name string
	made      bool // the gateway makes it where it does not exist
}

// namedFiles lists them; the configuration file itself is not among them.
func namedFiles(cfg *config.Config) []namedFile {
	var out []namedFile
	add := func(key, name string, made bool) {
		if name != "" && !slices.ContainsFunc(out, func(f namedFile) bool { return f.name == name }) {
			out = append(out, namedFile{key, name, made})
		}
	}
	for i := range cfg.Accounts {
		if s := cfg.Secret(i); s.Source == config.SecretFile {
			add(cfg.AccountPath(i, "ims_client_secret"), s.Name, false)
		}
	}
	add("server.ca_file", cfg.Server.CAFile, false)
	add("server.tls.cert_file", cfg.Server.TLS.CertFile, false)
	add("server.tls.key_file", cfg.Server.TLS.KeyFile, false)
	for i, app := range cfg.Applications {
		key := fmt.Sprintf("applications[%d].upstream_tls.", i)
		add(key+"ca_file", app.UpstreamTLS.CAFile, false)
		add(key+"cert_file", app.UpstreamTLS.CertFile, false)
		add(key+"key_file", app.UpstreamTLS.KeyFile, false)
	}
	add("server.key_file", cfg.Server.KeyFile, true)
	if path, ok := strings.CutPrefix(cfg.Server.Database, "sqlite:"); ok && path != ":memory:" {
		add("server.database", path, true)
	}
	return out
}

// files gathers what there is to know of the files that the configuration
// names: whether they can be read, by whom, and what certificates are in them.
func (w *world) files(context.Context) *doctor.Seen[[]doctor.FileState] {
	cfg := w.cfg
	var out []doctor.FileState
	if info, err := os.Stat(cfg.File); err == nil {
		out = append(out, doctor.FileState{Name: cfg.File, Mode: uint32(info.Mode().Perm())})
	}
	ours := here(cfg)
	for _, f := range namedFiles(cfg) {
		if state, ok := look(f, ours); ok {
			out = append(out, state)
		}
	}
	keyFits(out, cfg.Server.TLS.CertFile, cfg.Server.TLS.KeyFile)
	for _, app := range cfg.Applications {
		keyFits(out, app.UpstreamTLS.CertFile, app.UpstreamTLS.KeyFile)
	}
	return known(w, out)
}

// look looks at one file; ok is false where there is nothing to say of it.
func look(f namedFile, ours bool) (state doctor.FileState, ok bool) {
	state = doctor.FileState{Key: f.key, Name: f.name}
	info, err := os.Stat(f.name)
	if errors.Is(err, fs.ErrNotExist) && f.made {
		return state, false
	}
	if err == nil {
		state.Mode = uint32(info.Mode().Perm())
		if f.key == "server.database" { // opening it here could take SQLite's locks away: see package store
			return state, true
		}
		var data []byte
		if data, err = readSome(f.name); err == nil {
			state.Certificates, state.Encoding = certificates(data)
			return state, true
		}
	}
	switch {
	case errors.Is(err, fs.ErrPermission):
		state.Unsure = "this user may not read it"
	case !ours:
		state.Unsure = "no gateway has run with this file on this machine"
	case errors.Is(err, fs.ErrNotExist):
		state.Fault = "there is no such file"
	default:
		state.Fault = plainReason(err)
	}
	return state, true
}

func plainReason(err error) string {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err.Error()
	}
	return err.Error()
}

func readSome(name string) ([]byte, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() && info.IsDir() {
		return nil, errors.New("it is a directory")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, mostFile+1))
	if err == nil && len(data) > mostFile {
		err = fmt.Errorf("it is larger than %d bytes", mostFile)
	}
	return data, err
}

// certificates reads what certificates a file holds, and how it is written
// where that is not PEM.
func certificates(data []byte) (found []doctor.Certificate, encoding string) {
	for rest := data; ; {
		var block *pem.Block
		if block, rest = pem.Decode(rest); block == nil {
			break
		}
		if block.Type != "CERTIFICATE" && block.Type != "TRUSTED CERTIFICATE" {
			continue
		}
		if c, err := x509.ParseCertificate(block.Bytes); err == nil {
			found = append(found, ofCertificate(c))
		}
	}
	switch {
	case len(found) > 0 || bytes.Contains(data, []byte("-----BEGIN ")):
		return found, ""
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return nil, "UTF-16 text"
	case len(data) > 4 && data[0] == 0x30:
		if _, err := x509.ParseCertificate(data); err == nil {
			return nil, "a certificate in DER form"
		}
		return nil, "binary, perhaps PKCS#12"
	case len(bytes.TrimSpace(data)) == 0:
		return nil, "empty"
	}
	return nil, ""
}

func ofCertificate(c *x509.Certificate) doctor.Certificate {
	names := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		names = append(names, ip.String())
	}
	return doctor.Certificate{Subject: c.Subject.String(), Names: names, NotBefore: c.NotBefore, NotAfter: c.NotAfter, Authority: c.IsCA}
}

// keyFits notes whether a key is that of a certificate. Once it is not, it is
// not: one key may be named for two certificates.
func keyFits(states []doctor.FileState, certFile, keyFile string) {
	at := slices.IndexFunc(states, func(f doctor.FileState) bool { return keyFile != "" && f.Name == keyFile })
	if at < 0 || certFile == "" || states[at].Fault != "" || states[at].Unsure != "" || states[at].KeyFits != nil && !*states[at].KeyFits {
		return
	}
	cert, err1 := readSome(certFile)
	key, err2 := readSome(keyFile)
	if err1 != nil || err2 != nil {
		return
	}
	_, err := tls.X509KeyPair(cert, key)
	fits := err == nil
	states[at].KeyFits = &fits
}
