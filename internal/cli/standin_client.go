// SPDX-License-Identifier: Apache-2.0

package cli

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/usher-signin/usher/internal/demo"
	"github.com/usher-signin/usher/standin"
)

// A standinClient speaks with the control endpoint of a running stand-in.
type standinClient struct {
	base string
	dir  string
	http *http.Client
}

// dialStandin takes the stand-in at this address; without one the demo's, or
// the one at the usual port. It trusts the authority in the folder and no other.
func dialStandin(at, dir string) (*standinClient, error) {
	if at == "" {
		at = demo.StandinAddress(dir)
	}
	u, err := url.Parse(strings.TrimRight(at, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q is no base address of a stand-in: write it as its first line says it, such as https://localhost:4181", at)
	}
	if !thisMachine(u.Hostname()) {
		return nil, fmt.Errorf("%q is not on this machine, and a stand-in listens on its own machine only: write https://localhost:PORT", at)
	}
	c := &standinClient{base: u.String(), dir: dir}
	roots := x509.NewCertPool()
	if data, err := os.ReadFile(filepath.Join(dir, demo.AuthorityFile)); err == nil {
		roots.AppendCertsFromPEM(data)
	}
	c.http = &http.Client{
		Timeout:       10 * time.Second,
		Transport:     &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

func thisMachine(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// switches lists the switches, or turns all of them off first.
func (c *standinClient) switches(ctx context.Context, method string) ([]standin.Switch, error) {
	var list struct {
		Switches []standin.Switch `json:"switches"`
	}
	if err := c.call(ctx, method, "/standin/switches", nil, &list); err != nil {
		return nil, err
	}
	if len(list.Switches) == 0 {
		return nil, fmt.Errorf("what answers at %s is no stand-in: it lists no switches", c.base)
	}
	return list.Switches, nil
}

func (c *standinClient) set(ctx context.Context, name, value string) (standin.Switch, error) {
	body, err := json.Marshal(map[string]string{"value": value})
	if err != nil {
		return standin.Switch{}, err
	}
	var now standin.Switch
	return now, c.call(ctx, http.MethodPost, "/standin/switches/"+url.PathEscape(name), body, &now)
}

func (c *standinClient) call(ctx context.Context, method, path string, body []byte, into any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		return c.unreached(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(io.LimitReader(res.Body, 1<<20))
	if err != nil {
		return c.unreached(err)
	}
	var refused struct {
		Description string `json:"error_description"`
	}
	switch {
	case res.StatusCode == http.StatusBadRequest && json.Unmarshal(data, &refused) == nil && refused.Description != "":
		return errors.New(refused.Description)
	case res.StatusCode != http.StatusOK, json.Unmarshal(data, into) != nil:
		return fmt.Errorf("what answers at %s is no stand-in: %s %s got status %d", c.base, method, path, res.StatusCode)
	}
	return nil
}

func (c *standinClient) unreached(err error) error {
	var unknown x509.UnknownAuthorityError
	if errors.As(err, &unknown) {
		return fmt.Errorf("the stand-in at %s shows a certificate that the authority in %s did not sign: name the folder that it was started with, with --dir", c.base, c.dir)
	}
	return fmt.Errorf("no stand-in answers at %s: %w; start one with: usher standin, or name its address with --at", c.base, err)
}
