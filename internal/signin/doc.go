// SPDX-License-Identifier: Apache-2.0

// Package signin is the way of a sign-in, told as a machine.
//
//	            Begin                     Finish
//	(nobody) ---------> pending ------------------------> session
//	    |                  |                                 |
//	    | refused          | never back                      | Carry (another host)
//	    v                  v                                 v
//	 attempt, cause     attempt, begun                    ticket -> Arrive -> session there
//
// Begin looks up the account and the provider, draws state, nonce and PKCE
// verifier, keeps them as a pending sign-in, ties it to the browser by a cookie
// of its own, and sends the browser away.
//
// Finish takes the pending sign-in by its state, once; asks for the cookie;
// hears the provider's error; redeems the code; reads what the provider says of
// the person; admits the person; opens the session. Each step is a function
// that returns the next value or a cause. None calls another, and nothing about
// one sign-in lives anywhere but in its own values.
//
// Every sign-in is recorded as an attempt with a reference, step by step. The
// person is shown one sentence and the reference; the administrator looks the
// reference up. An attempt holds no token, code, state, nonce or secret.
//
// A callback whose state is that of a rehearsal goes another way and never
// reaches Finish: what it brought is sealed toward the command that began it.
//
// A browser that comes again and again for the same address is stopped
// (loop.go): what was seen of its requests says why that probably is. A provider
// that signs a person out says so (logout.go), and ends the logins here. One
// that gave a refresh token is asked again what it says of the person
// (renew.go), once for a login, whatever the number of its sessions.
//
// A session cookie belongs to one host. When the application that was asked for
// lives on another host than the callback, a ticket carries the sign-in over:
// taken once, within a minute, only by the browser whose cookie on that host
// began it.
package signin
