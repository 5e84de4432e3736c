// SPDX-License-Identifier: Apache-2.0

package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/usher-signin/usher"
	"go.yaml.in/yaml/v3"
)

// want says what a kind wants, for sentences.
func (k Kind) want() string {
	switch k {
	case KindAddress:
		return "an absolute http or https address"
	case KindUpstream:
		return "http://host:port or https://host:port without a path, or unix:/path"
	case KindListen:
		return "an address to listen on, host:port"
	case KindPath:
		return "the path of a file"
	case KindDatabase:
		return "sqlite:PATH or a postgres:// address"
	case KindDuration:
		return "a duration above zero with its unit, such as 30m or 10h"
	case KindDays:
		return "a number of days or hours above zero, such as 90d or 12h"
	case KindDate:
		return "a date, year-month-day"
	case KindMask:
		return "a text, {prefix: text} or {pattern: text}"
	case KindSecret, KindSecrets:
		return "a text, {file: path} or {env: name}"
	case KindScopes:
		return "a list of texts, or one text with commas"
	case KindNetworks:
		return "an IP address or a network"
	case KindFlag:
		return string(KindFlag)
	}
	return "a text"
}

// parseAddress takes absolute http and https addresses that hold no password.
func parseAddress(_ *reader, v string) (string, string) {
	u, err := url.Parse(v)
	if err != nil || u.User != nil || u.RawQuery != "" || u.Fragment != "" || strings.ContainsAny(v, " \t") {
		return "", KindAddress.want() + ", without user, query and fragment"
	}
	if _, err := usher.Origin(v); err != nil || usher.CanonicalHost(u.Host) == "" {
		return "", KindAddress.want()
	}
	return v, ""
}

func parseListen(_ *reader, v string) (string, string) {
	_, port, err := net.SplitHostPort(v)
	if err != nil {
		return "", KindListen.want()
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || strconv.FormatUint(n, 10) != port {
		return "", KindListen.want() + ", with a port from 0 to 65535"
	}
	return v, ""
}

func parseDuration(_ *reader, v string) (time.Duration, string) {
	d, err := time.ParseDuration(v)
	if err != nil || d <= 0 {
		return 0, KindDuration.want()
	}
	return d, ""
}

// parseDays takes days and hours: how long something is kept is not told in
// minutes.
func parseDays(_ *reader, v string) (time.Duration, string) {
	number, unit := v, time.Duration(0)
	if rest, ok := strings.CutSuffix(v, "d"); ok {
		number, unit = rest, 24*time.Hour
	} else if rest, ok := strings.CutSuffix(v, "h"); ok {
		number, unit = rest, time.Hour
	}
	n, err := strconv.ParseUint(number, 10, 32)
	if err != nil || n == 0 || n > 99_999 || unit == 0 {
		return 0, KindDays.want()
	}
	return time.Duration(n) * unit, ""
}

func parseDate(_ *reader, v string) (time.Time, string) {
	t, err := time.Parse(time.DateOnly, v)
	if err != nil {
		return time.Time{}, KindDate.want()
	}
	return t, ""
}

// parsePath resolves a path against the file's folder.
func parsePath(r *reader, v string) (string, string) {
	if filepath.IsAbs(v) {
		return filepath.Clean(v), ""
	}
	return filepath.Join(r.dir, v), ""
}

func wantNetwork(v string) string {
	if _, err := netip.ParseAddr(v); err == nil {
		return ""
	}
	if _, err := netip.ParsePrefix(v); err == nil {
		return ""
	}
	return KindNetworks.want() + ", such as 127.0.0.1 or 10.0.0.0/8"
}

func wantPath(v string) string {
	if strings.HasPrefix(v, "/") {
		return ""
	}
	return "a path that begins with a slash"
}

const sqliteScheme = "sqlite:"

// database reads where the store is. The whole address may be a secret, as it
// holds a password.
func database(k Key) rule[Server] {
	k.Kind, k.Keys = KindDatabase, secretKeys()
	return rule[Server]{k, func(r *reader, n *yaml.Node, at *trail, s *Server) {
		v, ok := "", false
		if n.Kind == yaml.MappingNode {
			var held usher.Secret
			held, ok = r.secret(n, k, at)
			if v = held.Reveal(); v == "" {
				return
			}
		} else if v, ok = r.text(n, k); !ok {
			return
		}
		switch path, sqlite := strings.CutPrefix(v, sqliteScheme); {
		case sqlite && path == ":memory:":
			s.Database = v
		case sqlite && path != "":
			path, _ = parsePath(r, path)
			s.Database = sqliteScheme + path
		case ok && postgres(v):
			s.Database = v
		default:
			r.refuse(n, "a value for "+k.Name+" that is no such address", k.Kind.want(), "write it as in "+k.Name+": "+k.Example)
		}
	}}
}

func postgres(v string) bool {
	_, err := url.Parse(v)
	return err == nil && (strings.HasPrefix(v, "postgres://") || strings.HasPrefix(v, "postgresql://"))
}
