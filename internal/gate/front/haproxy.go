// SPDX-License-Identifier: Apache-2.0

package front

import (
	"errors"
	"fmt"
	"net"
	"strings"
)

var errLuaPath = errors.New("the path of the Lua file is letters, digits, slashes, dots, hyphens and underscores")

// HAProxy writes a configuration for HAProxy 2.6 or later with Lua, and the
// Lua file that it loads. The configuration names the Lua file as luaPath.
func HAProxy(p Params, luaPath string) (conf, lua string, err error) {
	v, err := p.view(false)
	if err != nil {
		return "", "", err
	}
	if luaPath == "" || !plain(luaPath, "/._-") {
		return "", "", errLuaPath
	}
	beside, err := pairs(v)
	if err != nil {
		return "", "", err
	}
	if v.UsherTLS && v.LuaWhere() == "" && v.UsherName != v.UsherHost {
		return "", "", fmt.Errorf("HAProxy's script finds usher by an IP address, or by the name in its certificate: give one of the two in place of %s", v.UsherHost)
	}
	all := struct {
		view
		LuaPath, Forged string
		Beside          bool
	}{v, luaPath, forgedPattern(p.Identity), beside}
	if conf, err = render("haproxy", haproxyText, all); err != nil {
		return "", "", err
	}
	lua, err = render("lua", luaText, all)
	return conf, lua, err
}

// pairs checks that HAProxy will find the keys of all certificates. beside: one
// of them lies beside its certificate under the same name.
func pairs(v view) (beside bool, err error) {
	check := func(cert, key string) error {
		by := strings.HasSuffix(cert, ".crt") && key == strings.TrimSuffix(cert, ".crt")+".key"
		beside = beside || by
		if cert == "" || by || key == cert || key == cert+".key" {
			return nil
		}
		return fmt.Errorf("HAProxy finds a key by the certificate's name, so %s has to be %s.key or, for a certificate that ends in .crt, the same with .key in place of .crt; or put both into one file and name it twice", key, cert)
	}
	errs := []error{check(v.CertFile, v.KeyFile)}
	for _, s := range v.Sites {
		for _, a := range s.Apps {
			errs = append(errs, check(a.Way.CertFile, a.Way.KeyFile))
		}
	}
	return beside, errors.Join(errs...)
}

// forgedPattern matches, in lower case, every name that applications could take
// for an identity header or a forwarded one.
func forgedPattern(identity []string) string {
	const other = "[^a-z0-9]"
	parts := []string{"x" + other + "(forwarded|original|usher|auth" + other + "request)" + other, "forwarded$", "x" + other + "rewrite" + other + "url$",
		"x" + other + "(real|client)" + other + "ip$", "(x" + other + ")?remote" + other + "(user|email|groups?|name)$", "x" + other + "webauth" + other + "user$"}
	for _, n := range identity {
		parts = append(parts, strings.ReplaceAll(strings.ToLower(n), "-", other)+"$")
	}
	return "^(" + strings.Join(parts, "|") + ")"
}

const haproxyText = `# Written by usher for HAProxy 2.6 or later, built with Lua. Declare HAProxy's
# address under server.trusted_proxies in usher's file, or usher refuses
# everything.
global
    lua-load {{.LuaPath}}
{{- if .UsherTLS}}
    # The script asks usher over TLS.
    httpclient.ssl.verify required
    httpclient.ssl.ca-file {{.HAProxyCA}}
{{- end}}
{{- if .Beside}}
    # The key of NAME.crt is in NAME.key.
    ssl-load-extra-del-ext
{{- end}}

defaults
    mode http
    timeout connect 10s
    timeout client 1m
    timeout server 5m
    # Of silence. HAProxy ends no websocket that goes on speaking, and nobody
    # looks at its session again.
    timeout tunnel {{.Seconds}}
    timeout http-request 10s

frontend usher_front
    bind {{if .ListenHost}}{{.Listen}}{{else}}:{{.ListenPort}}{{end}}{{if .CertFile}} ssl crt {{.CertFile}} alpn h2,http/1.1{{end}}

    # What clients must not say, in any spelling that could be taken for it.
    http-request del-header {{.Forged}} -m reg

    # Paths are told apart as they were written.
    acl own_pages path -m beg /usher/
    acl closed path -m beg /usher/auth/ /usher/answer/
    http-request return status 404 if closed
{{range .Sites}}
    acl {{.ID}} req.hdr(host),host_only,lower -m str {{.Host}}
    use_backend {{.ID}}_pages if own_pages {{.ID}}
{{- $site := .}}{{range .Apps}}
{{- if .Prefix}}
    use_backend {{.ID}} if {{$site.ID}} { path -m str {{.Prefix}} }
    use_backend {{.ID}} if {{$site.ID}} { path -m beg {{.Prefix}}/ }
{{- else}}
    use_backend {{.ID}} if {{$site.ID}}
{{- end}}
{{- end}}
{{end}}
    default_backend nowhere

backend nowhere
    http-request return status 421
{{range $site := .Sites}}
# usher's own pages: sign-in, sign-out, the way back from the provider.
backend {{.ID}}_pages
    http-request set-header Host {{.Authority}}
    http-request set-header X-Forwarded-Host {{.Authority}}
    http-request set-header X-Forwarded-Proto {{.Scheme}}
    http-request set-header X-Forwarded-For %[src]
    server usher {{$.Usher}}{{$.HAProxyToUsher}}
{{range $app := .Apps}}
# {{.Remark}}
backend {{.ID}}
    http-request set-var(txn.usher_application) str("{{.Said}}")
    http-request set-header Host {{$site.Authority}}
    http-request set-header X-Forwarded-Host {{$site.Authority}}
    http-request set-header X-Forwarded-Proto {{$site.Scheme}}
    http-request set-header X-Forwarded-For %[src]
    http-request lua.usher_check
    # Nothing passes on which the action did not decide.
    http-request deny deny_status 503 unless { var(txn.usher_allows) -m bool }
{{- if .Withheld}}
    # Access tokens are for usher.
    http-request del-header Authorization if { req.fhdr(Authorization) -m reg -i '^bearer( |$)' }
{{- end}}
    server application {{.HAProxyUpstream}}
{{end}}{{end}}`

const luaText = `-- Written by usher for HAProxy: asks usher for a verdict on a request.

local usher = "{{.LuaAsks}}/usher/auth/haproxy"
local identity = { {{range .Identity}}"{{.}}", {{end}}}

-- Headers that belong to one connection, or to the request's body.
local unsent = { ["connection"] = true, ["keep-alive"] = true, ["te"] = true, ["trailer"] = true, ["upgrade"] = true,
  ["transfer-encoding"] = true, ["content-length"] = true, ["expect"] = true, ["proxy-connection"] = true, ["host"] = true }

local function first(headers, name)
  local values = headers[string.lower(name)]
  return values and values[0] or ""
end

core.register_action("usher_check", { "http-req" }, function(txn)
  local asked = {}
  for name, values in pairs(txn.http:req_get_headers()) do
    if not unsent[name] then
      local list = {}
      for i = 0, #values do
        list[#list + 1] = values[i]
      end
      asked[name] = list
    end
  end
  asked["x-usher-application"] = { txn:get_var("txn.usher_application") }
  asked["x-original-method"] = { txn.f:method() }
  asked["x-original-uri"] = { txn.f:pathq() }

  local answer = core.httpclient():get{ url = usher,{{if .LuaWhere}} dst = "{{.LuaWhere}}",{{end}} headers = asked, timeout = 10000 }
  if answer == nil or answer.status == nil then
    return
  end

  if answer.status == 200 then
    for _, name in ipairs(identity) do
      txn.http:req_del_header(name)
      local value = first(answer.headers, name)
      if value ~= "" then
        txn.http:req_set_header(name, value)
      end
    end
    txn.http:req_del_header("cookie")
    local cookies = first(answer.headers, "x-usher-cookie")
    if cookies ~= "" then
      txn.http:req_set_header("cookie", cookies)
    end
    txn:set_var("txn.usher_allows", true)
    return
  end

  if answer.status < 300 or answer.status > 599 then
    return
  end
  local reply = txn:reply{ status = answer.status, reason = answer.reason }
  for name, values in pairs(answer.headers) do
    if not unsent[name] then
      for i = 0, #values do
        reply:add_header(name, values[i])
      end
    end
  end
  reply:set_body(answer.body or "")
  txn:done(reply)
end, 0)
`

// HAProxyUpstream is the application as a server line takes it.
func (a app) HAProxyUpstream() string {
	switch {
	case a.Address == a.Upstream: // unix:/path
		return "unix@" + a.Address[len("unix:"):]
	case a.TLS:
		return a.Address + haproxyTLS(a.Way.ServerName, a.Way.CAFile, a.Way.CertFile)
	}
	return a.Address
}

// haproxyTLS is the part of a server line that says how TLS is spoken.
func haproxyTLS(name, ca, cert string) string {
	if ca == "" {
		ca = "@system-ca"
	}
	text := " ssl verify required verifyhost " + name + " sni str(" + name + ") ca-file " + ca
	if cert != "" {
		text += " crt " + cert
	}
	return text
}

// HAProxyToUsher is the same towards usher.
func (v view) HAProxyToUsher() string {
	if !v.UsherTLS {
		return ""
	}
	return haproxyTLS(v.UsherName, v.UsherCA, "")
}

// LuaAsks is where the script asks: by the name that it looks for.
func (v view) LuaAsks() string {
	if v.UsherTLS {
		return "https://" + net.JoinHostPort(v.UsherName, v.UsherPort)
	}
	return "http://" + v.Usher
}

// LuaWhere is where that is; empty: where the name leads to.
func (v view) LuaWhere() string {
	if v.UsherTLS && net.ParseIP(v.UsherHost) != nil {
		return v.Usher
	}
	return ""
}

// HAProxyCA is whom the script trusts to vouch for usher.
func (v view) HAProxyCA() string {
	if v.UsherCA == "" {
		return "@system-ca"
	}
	return v.UsherCA
}
