// SPDX-License-Identifier: Apache-2.0

// Package gate lets requests through to applications, or does not.
//
// There is one way from a request to a decision. A dialect turns what a front
// server says of a request into a [Request]; the reverse proxy takes it from
// the request itself. The [Guard] parses its target, finds the application,
// asks who is signed in, and asks [usher.Decide], which alone can allow, but for
// a browser's preflight: see [usher.DecidePreflight]. The
// dialect then spells the decision in the front server's own way.
//
//	nginx      /usher/auth/nginx      200, 401, 403; the refused request is
//	                                  handed to /usher/answer/nginx
//	traefik    /usher/auth/traefik    2xx, or the answer for the browser
//	caddy      /usher/auth/caddy      the same
//	envoy      /usher/auth/envoy/     the same; the request's path follows
//	           or over gRPC           envoy.service.auth.v3, see [Guard.EnvoyGRPC]
//	haproxy    /usher/auth/haproxy    as nginx, by the Lua script auth-request
//	proxy      everything else        the request is forwarded; Apache httpd
//	                                  stands before it
//
// # What fails, fails closed
//
// A handler of this package writes through a writer that turns every success
// into a failure unless an allowing decision was shown to it. So a missing
// verdict, a panic, a canceled request or a store that does not answer never
// lets anybody through.
//
// # Front servers
//
// A front server is believed only where its address is declared as trusted.
// What it does not say, says twice, or says in two ways is refused. See the
// package front for the configuration that each of them needs.
//
// A connection that stays open, a websocket or a stream of events, is judged
// again every [WatchEvery] where usher is the reverse proxy, and closed when its
// session has ended. Behind other front servers only the request that opened
// it was judged: how long it may last is theirs to limit.
//
// # Identity headers
//
// [DefaultHeaders] are sent to applications, every one of them each time, empty
// where there is nothing to say. Their values are percent-encoded UTF-8: every
// byte that is not printable ASCII, every percent sign and, in lists, every
// comma inside a name is written as %XX; so is a blank at either end. A list is
// joined by commas and therefore splits back exactly. What a client sends
// under such a name, in any spelling that an application could take for it, is
// removed or refused.
package gate
