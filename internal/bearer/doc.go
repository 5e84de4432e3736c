// SPDX-License-Identifier: Apache-2.0

// Package bearer knows programs by their access tokens (RFC 6750).
//
// A token is judged by the account whose provider it says that it is from: its
// signature, whom it is for, how long it lasts, its scopes. What the provider
// then says of the program is judged by the admission rule that persons are
// judged by, so a program has rights only through directory groups.
//
// A judgement is kept in a bounded memory, under the token's hash, until the
// token ends, its keys are fetched anew, or the configuration changes. The
// token itself is kept nowhere.
package bearer
