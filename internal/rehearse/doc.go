// SPDX-License-Identifier: Apache-2.0

// Package rehearse is a real sign-in that grants nothing: the command is its
// own gateway, and shows what a gateway keeps to itself.
//
//	New --> Begin: the address to open
//	                 |
//	   door: a listener of the command's own  \
//	   mailbox: the running gateway's database  >  Wait: what the callback brought
//	   paste: the address, carried by hand    /
//	                 |
//	              Finish: redeem, every check of the ID token, the person, Admit
//	                 |
//	              Outcome, and the doctor's case of it
//
// State, nonce and PKCE verifier are drawn for one rehearsal and live only in
// its value; none of them is stored, and the state only as its hash. What comes
// back is used once, whichever way it took. No session exists anywhere, and
// the tokens are given back to the provider at the end.
package rehearse
