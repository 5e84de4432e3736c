// SPDX-License-Identifier: Apache-2.0

package checks

import (
	"net/netip"
	"net/url"
	"strings"

	"github.com/usher-signin/usher"
	"github.com/usher-signin/usher/internal/config"
	"github.com/usher-signin/usher/internal/doctor"
)

// edge lists what stands between browsers and the gateway: addresses, cookies,
// proxies in front.
func edge() []doctor.Check {
	loop, app, adobe := doctor.SymptomLoginLoop, doctor.SymptomApplication, usher.SymptomRedirectedToAdobe
	door := doctor.Config | doctor.FrontDoor
	return []doctor.Check{
		{Code: "public-url-not-https", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "browsers reach the gateway over https", Reads: doctor.Config,
			Explains: doctor.Signs{loop: doctor.Likely}, Judge: publicURLNotHTTPS},
		{Code: "application-not-https", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "browsers reach every application over https", Reads: doctor.Config,
			Explains: doctor.Signs{loop: doctor.Likely, app: doctor.Sometimes}, Judge: applicationNotHTTPS},
		{Code: "trusted-proxies-wide", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "only the proxies in front are trusted", Reads: doctor.Config, Judge: trustedProxiesWide},
		{Code: "proxies-not-declared", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "the proxy that asks the gateway is declared", Reads: doctor.Config,
			Explains: doctor.Signs{app: doctor.Likely, loop: doctor.Sometimes}, Judge: proxiesNotDeclared},
		{Code: "public-url-unreached", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the public address leads to this gateway", Reads: door,
			Explains: doctor.Signs{adobe: doctor.Rarely, app: doctor.Likely, doctor.SymptomErrorAfterLogin: doctor.Likely}, Judge: publicURLUnreached},
		{Code: "callback-unreached", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the callback path leads to this gateway", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{doctor.SymptomErrorAfterLogin: doctor.Likely, loop: doctor.Sometimes}, Judge: callbackUnreached,
			Blind: untriedAtDoor(func(d *doctor.Echo) bool { return d.Callback != 0 }, "what answers at the callback path")},
		{Code: "forwarded-proto", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the gateway learns that browsers speak https", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{loop: doctor.Likely, adobe: doctor.Sometimes}, Judge: forwardedProto,
			Blind: untriedAtDoor(func(d *doctor.Echo) bool { return d.Scheme != "" }, "how requests arrive at the gateway")},
		{Code: "proxy-not-trusted", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the proxy in front is one of the trusted ones", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{loop: doctor.Likely, app: doctor.Likely}, Judge: proxyNotTrusted,
			Blind: untriedAtDoor(func(d *doctor.Echo) bool { return d.Peer != "" }, "how requests arrive at the gateway")},
		{Code: "forwarded-host", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the gateway learns which host browsers ask for", Reads: door, After: codes("public-url-unreached", "proxy-not-trusted"),
			Explains: doctor.Signs{loop: doctor.Likely, app: doctor.Likely}, Judge: forwardedHost,
			Blind: untriedAtDoor(func(d *doctor.Echo) bool { return d.Host != "" }, "how requests arrive at the gateway")},
		{Code: "forged-host", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "nobody but the proxy can say which host was asked for", Reads: door, After: codes("public-url-unreached"), Judge: forgedHost},
		{Code: "identity-headers-survive", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "identity headers that a client sends do not arrive", Reads: door, After: codes("public-url-unreached"), Judge: identityHeaders,
			Blind: byFrontServer(func(d *doctor.Echo) bool { return d.Spoofed != nil || len(d.Applications) > 0 && len(asked(d)) == 0 },
				"not known: what an application receives of identity headers that a client sends; only the application sees it",
				"ask for the application with such a header of your own, and look at what it receives: curl -H 'Remote-User: nobody' ADDRESS")},
		{Code: "cookie-not-returned", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "a cookie that the gateway sets comes back", Reads: door, After: codes("public-url-unreached", "public-url-not-https"),
			Explains: doctor.Signs{loop: doctor.Typically}, Judge: cookieNotReturned},
		{Code: "cookie-lost-on-refusal", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "cookies survive an answer that refuses", Reads: door, After: codes("public-url-unreached", "cookie-not-returned"),
			Explains: doctor.Signs{loop: doctor.Sometimes}, Judge: cookieLost},
		{Code: "answers-cached", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "nothing in front keeps the gateway's answers", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{loop: doctor.Sometimes}, Judge: answersCached,
			Blind: untriedAtDoor(triedAtDoor(doctor.TriedCookie), "whether an answer is kept in front")},
		{Code: "header-limit", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "headers of 8 KiB come through", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{loop: doctor.Sometimes, app: doctor.Sometimes}, Judge: headerLimit,
			Blind: untriedAtDoor(func(d *doctor.Echo) bool { return d.HeaderLimit != 0 }, "how large a header comes through")},
		{Code: "query-altered", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "addresses arrive with their query unchanged", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{app: doctor.Sometimes, doctor.SymptomErrorAfterLogin: doctor.Sometimes}, Judge: queryAltered},
		{Code: "application-unguarded", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "no application answers without a sign-in", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{app: doctor.Rarely}, Judge: applicationUnguarded},
		{Code: "auth-status-altered", Layer: doctor.LayerBrowser, Severity: usher.SeverityError,
			Holds: "the front server gets an answer that it understands", Reads: door, After: codes("public-url-unreached", "proxy-not-trusted", "forwarded-proto", "forwarded-host", "forged-host"),
			Explains: doctor.Signs{app: doctor.Likely}, Judge: authStatus,
			Blind: byFrontServer(func(d *doctor.Echo) bool { return d.AuthStatus != 0 },
				"not known: what a front server makes of usher's answer; none was seen to ask", "sign out, ask for an application at its public address, and see what comes")},
		{Code: "websocket-blocked", Layer: doctor.LayerBrowser, Severity: usher.SeverityInfo,
			Holds: "websockets come through", Reads: door, After: codes("public-url-unreached", "answers-cached"),
			Explains: doctor.Signs{app: doctor.Sometimes}, Judge: webSocketBlocked,
			Blind: byFrontServer(func(d *doctor.Echo) bool { return d.WebSocket != nil },
				"not known: whether websockets come through the front server; the application behind it decides that, too", "use the application's page that needs one, signed in")},
		{Code: "streaming-buffered", Layer: doctor.LayerBrowser, Severity: usher.SeverityWarning,
			Holds: "answers in parts arrive in parts", Reads: door, After: codes("public-url-unreached"),
			Explains: doctor.Signs{app: doctor.Rarely}, Judge: streamingBuffered,
			Blind: byFrontServer(func(d *doctor.Echo) bool { return d.Streams != nil },
				"not known: whether the front server passes an answer on in parts; the application behind it gives none to nobody", "watch an answer that takes its time, signed in: curl -N with the session's cookie")},
	}
}

func codes(list ...usher.Code) []usher.Code { return list }

// plainHTTP says that an address is http and not of this machine.
func plainHTTP(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && !usher.Loopback(u.Hostname())
}

func publicPath(cfg *config.Config) string {
	if cfg.Has("server.public_url") {
		return "server.public_url"
	}
	return "instance.url"
}

func publicURLNotHTTPS(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	public := cfg.Server.PublicURL
	if !plainHTTP(public) {
		return nil
	}
	path := publicPath(cfg)
	want := "https" + strings.TrimPrefix(public, "http")
	r := doctor.Fail(cfg.Instance.Name, "browsers reach the gateway over http: they keep no session cookie there, and go round in circles").
		Found(public, want).At(cfg.At(path)).Mend(set(cfg, path, want), "write %s, and serve it with a certificate", want)
	if !cfg.Has("server") {
		r.Severity = usher.SeverityWarning // the file does not say that usher serves anything
	}
	for _, a := range e.InUse() {
		if !a.Written("callback_url") && a.CheckCallbackHTTPS() != nil {
			r = r.Since(usher.CodeCallbackNotHTTPS)
		}
	}
	return []doctor.Ruling{r}
}

func applicationNotHTTPS(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, app := range cfg.Applications {
		if !plainHTTP(app.URL) {
			continue
		}
		path := item("applications", i) + ".url"
		want := "https" + strings.TrimPrefix(app.URL, "http")
		out = append(out, doctor.Fail(app.Name, "browsers reach the application over http: they keep no session cookie there, and go round in circles").
			Found(app.URL, want).At(cfg.At(path)).Mend(set(cfg, path, want), "write %s, and serve it with a certificate", want))
	}
	return out
}

// Networks wider than these hold more machines than proxies.
const (
	widestV4 = 16
	widestV6 = 48
)

func trustedProxiesWide(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	var out []doctor.Ruling
	for i, text := range cfg.Server.TrustedProxies {
		p, err := netip.ParsePrefix(text)
		if err != nil || p.Addr().IsLoopback() || p.Addr().Is4() && p.Bits() >= widestV4 || p.Addr().Is6() && p.Bits() >= widestV6 {
			continue
		}
		r := doctor.Warn(text, "the network %s is wider than a proxy needs: every machine in it may say whose request this is", text).
			Found(text, doctor.Say("the addresses of the proxies")).At(cfg.At(item("server.trusted_proxies", i))).
			Elsewhere("write the proxies' own addresses, such as 127.0.0.1")
		if p.Bits() == 0 {
			r.Severity = usher.SeverityError
			r.Message = doctor.Say("%s trusts the whole world to say whose request this is", text)
		}
		out = append(out, r)
	}
	return out
}

// proxiesNotDeclared speaks only where the file says how the gateway runs, and
// an application is guarded behind another server.
func proxiesNotDeclared(e *doctor.Evidence) []doctor.Ruling {
	cfg := e.Config()
	if !cfg.Has("server.listen") || len(cfg.Server.TrustedProxies) > 0 {
		return nil
	}
	for _, app := range cfg.Applications {
		if app.Upstream == "" {
			host, _, _ := strings.Cut(cfg.Server.Listen, ":")
			if host == "" || host == "localhost" {
				host = "127.0.0.1"
			}
			return []doctor.Ruling{doctor.Fail(app.Name, "another server guards %s and asks usher, but no proxy is trusted: what it says of a request is not believed", app.Name).
				Found(doctor.Say("no trusted proxy"), doctor.Say("the address that the front server asks from")).At(cfg.At("server")).
				Mend(insert(cfg, "server", "trusted_proxies: ["+host+"]"), "declare the front server's address; %s where it runs on this machine", host)}
		}
	}
	return nil
}

// door makes a ruling about the public address.
func atDoor(e *doctor.Evidence, message string, args ...any) doctor.Ruling {
	cfg := e.Config()
	return doctor.Fail(cfg.Server.PublicURL, message, args...).At(cfg.At(publicPath(cfg)))
}

func publicURLUnreached(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.Marker {
		return nil
	}
	saw := status(d.Status)
	if d.Other != "" {
		saw = doctor.Say("%s from %s", saw, d.Other)
	}
	return []doctor.Ruling{atDoor(e, "what answers at the public address is not this gateway").Found(saw, doctor.Say("the gateway's own answer")).
		Elsewhere("let the front server pass %s to %s", usher.Prefix, e.Config().Server.Listen)}
}

func callbackUnreached(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.CallbackOurs || d.Callback == 0 {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "the callback path is answered by something else: no sign-in can be finished").
		Found(status(d.Callback), doctor.Say("the gateway's own answer")).
		Elsewhere("let the front server pass %s to usher, without asking for a sign-in first", usher.CallbackPath)}
}

// forwardedProto looks at usher's own pages, which do without the header, and
// at what front servers say when they ask for a verdict, which does not.
func forwardedProto(e *doctor.Evidence) []doctor.Ruling {
	d, cfg := e.FrontDoor(), e.Config()
	var out []doctor.Ruling
	if u, err := url.Parse(cfg.Server.PublicURL); err == nil && d.Scheme != "" && d.Scheme != u.Scheme {
		r := protoRuling(atDoor(e, "browsers speak %s, the gateway takes it for %s", u.Scheme, d.Scheme), d.SentProto, u.Scheme, d.Trusted)
		if !asksElsewhere(cfg, d) {
			r.Severity = usher.SeverityInfo
			r = r.With("usher's own pages and its reverse proxy do without it; a front server that asks usher for verdicts must send it")
		}
		out = append(out, r)
	}
	for _, a := range asked(d) {
		u, err := url.Parse(a.URL)
		if err != nil || a.Scheme == u.Scheme && a.SentProto != "" {
			continue
		}
		out = append(out, protoRuling(atApplication(cfg, a, "browsers speak %s to %s, and the front server does not say so when it asks for a verdict", u.Scheme, a.Application), a.SentProto, u.Scheme, a.Trusted))
	}
	return out
}

func protoRuling(r doctor.Ruling, sent, want string, trusted bool) doctor.Ruling {
	r = r.Found(sentOrNot("X-Forwarded-Proto", sent), "X-Forwarded-Proto: "+want).
		Elsewhere("let the front server send X-Forwarded-Proto; in nginx: proxy_set_header X-Forwarded-Proto $scheme;")
	if sent == want && !trusted {
		return r.Since("proxy-not-trusted")
	}
	return r
}

func forwardedHost(e *doctor.Evidence) []doctor.Ruling {
	d, cfg := e.FrontDoor(), e.Config()
	var out []doctor.Ruling
	if u, err := url.Parse(cfg.Server.PublicURL); err == nil && d.Host != "" && usher.CanonicalHost(d.Host) != usher.CanonicalHost(u.Host) {
		out = append(out, atDoor(e, "browsers ask for %s, the gateway takes it for %s", u.Host, d.Host).Found("Host: "+d.Host, "Host: "+u.Host).
			Elsewhere("let the front server pass the host on; in nginx: proxy_set_header Host $host;"))
	}
	for _, a := range asked(d) {
		u, err := url.Parse(a.URL)
		if err != nil || usher.CanonicalHost(a.SentHost) == usher.CanonicalHost(u.Host) {
			continue
		}
		r := atApplication(cfg, a, "browsers ask for %s, and the front server does not say so when it asks for a verdict", u.Host).
			Found(sentOrNot("X-Forwarded-Host", a.SentHost), "X-Forwarded-Host: "+u.Host).
			Elsewhere("let the front server send X-Forwarded-Host; in nginx: proxy_set_header X-Forwarded-Host $host;")
		if d.Forged {
			r = r.Since("forged-host")
		}
		out = append(out, r)
	}
	return out
}

func sentOrNot(name, value string) doctor.Phrase {
	if value == "" {
		return doctor.Say("no %s", name)
	}
	return doctor.Value(name + ": " + value)
}

func proxyNotTrusted(e *doctor.Evidence) []doctor.Ruling {
	d, cfg := e.FrontDoor(), e.Config()
	var out []doctor.Ruling
	seen := make(map[string]bool)
	add := func(r doctor.Ruling, peer string) doctor.Ruling {
		seen[peer] = true
		r = r.Found(peer, doctor.Say("one of server.trusted_proxies")).At(cfg.At("server.trusted_proxies"))
		edits := insert(cfg, "server", "trusted_proxies: ["+peer+"]")
		if cfg.Has("server.trusted_proxies") {
			edits = insert(cfg, "server.trusted_proxies", peer)
		}
		return r.Mend(edits, "add %s to the trusted proxies, if that is your front server", peer)
	}
	for _, a := range asked(d) {
		if !a.Trusted && !seen[a.Peer] {
			out = append(out, add(atApplication(cfg, a, "the front server %s asks for verdicts on %s, and is not trusted: everything is refused", a.Peer, a.Application), a.Peer))
		}
	}
	if !d.Trusted && d.SentProto+d.SentHost+d.SentFor != "" && !seen[d.Peer] {
		r := add(atDoor(e, "the proxy %s says whose request this is, and is not trusted", d.Peer), d.Peer)
		if !asksElsewhere(cfg, d) {
			r.Severity = usher.SeverityWarning
			r = r.With("sign-ins work; every browser is taken to be at the proxy's address, in records and in limits")
		}
		out = append(out, r)
	}
	return out
}

func forgedHost(e *doctor.Evidence) []doctor.Ruling {
	if !e.FrontDoor().Forged {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "a client can say which host was asked for: the front server passes on the X-Forwarded-Host that it was sent").
		Found(doctor.Say("a forged X-Forwarded-Host was taken"), doctor.Say("the front server's own word")).
		Elsewhere("let the front server set X-Forwarded-Host itself, over whatever came; in nginx: proxy_set_header X-Forwarded-Host $host;")}
}

func identityHeaders(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if len(d.Spoofed) == 0 {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "a client can send identity headers of its own: they arrive behind the front server").
		Found(strings.Join(d.Spoofed, ", "), doctor.Say("none of them")).
		Elsewhere("let the front server clear these headers before it sets them from usher's answer")}
}

func cookieNotReturned(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if untried := notTried(d, doctor.TriedCookie, e); untried != nil || d.CookieBack {
		return untried
	}
	return []doctor.Ruling{atDoor(e, "a cookie that the gateway sets does not come back: every page leads to the login page again").
		Found(doctor.Say("no cookie in the second request"), doctor.Say("the cookie that was set in the first answer")).
		Elsewhere("see that the front server passes Set-Cookie and Cookie, and that the address is the same host over https")}
}

func cookieLost(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if untried := notTried(d, doctor.TriedRefusal, e); untried != nil || d.CookieOn401 {
		return untried
	}
	return []doctor.Ruling{atDoor(e, "the front server drops Set-Cookie from answers that refuse: a sign-in begun there has no cookie").
		Found(doctor.Say("an answer 401 without its Set-Cookie"), doctor.Say("the cookie passed on")).
		Elsewhere("pass the cookie on; in nginx: auth_request_set $c $upstream_http_set_cookie; add_header Set-Cookie $c always;")}
}

func answersCached(e *doctor.Evidence) []doctor.Ruling {
	if d := e.FrontDoor(); !d.Stored {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "something in front answered from a cache: one person could get what was meant for another").
		Found(doctor.Say("the same answer twice"), doctor.Say("a fresh answer each time")).
		Elsewhere("let the front server and any CDN keep nothing below %s, and heed Cache-Control: no-store", usher.Prefix)}
}

func headerLimit(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.HeaderLimit == 0 || d.HeaderLimit >= 8<<10 {
		return nil
	}
	r := atDoor(e, "headers of more than %d bytes do not come through", d.HeaderLimit).Found(bytes(d.HeaderLimit), doctor.Say("8192 bytes")).
		Elsewhere("raise the limit of the front server; in nginx: large_client_header_buffers 4 16k; and proxy_buffer_size 16k;")
	if d.HeaderLimit < 4<<10 {
		r.Severity = usher.SeverityError
	} else {
		r.Severity = usher.SeverityWarning
	}
	return []doctor.Ruling{r}
}

func queryAltered(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if untried := notTried(d, doctor.TriedQuery, e); untried != nil || d.Query {
		return untried
	}
	return []doctor.Ruling{atDoor(e, "the front server changes the query of an address: people land elsewhere after the sign-in, and states are lost").
		Found(doctor.Say("another query than was sent"), doctor.Say("the same, byte for byte")).
		Elsewhere("pass the address on unchanged; in nginx: proxy_pass without a path, and $request_uri")}
}

func authStatus(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.AuthStatus == 0 || d.AuthStatus == 401 || d.AuthStatus == 302 || d.AuthStatus == 303 {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "the question whether somebody is signed in is answered with %d on its way", d.AuthStatus).
		Found(status(d.AuthStatus), doctor.Say("HTTP 401 for nobody")).
		Elsewhere("let the front server ask usher's own address for its kind of server, and take 401 for nobody")}
}

func webSocketBlocked(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.WebSocket == nil || *d.WebSocket {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "websockets do not come through the front server").Found(doctor.Say("no upgrade"), "HTTP 101").
		Elsewhere("pass Upgrade and Connection on; in nginx: proxy_http_version 1.1; proxy_set_header Upgrade $http_upgrade;")}
}

func streamingBuffered(e *doctor.Evidence) []doctor.Ruling {
	d := e.FrontDoor()
	if d.Streams == nil || *d.Streams {
		return nil
	}
	return []doctor.Ruling{atDoor(e, "the front server keeps an answer back until it is complete").Found(doctor.Say("all parts at once"), doctor.Say("each part when it was sent")).
		Elsewhere("switch buffering off for such applications; in nginx: proxy_buffering off;")}
}
