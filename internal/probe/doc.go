// SPDX-License-Identifier: Apache-2.0

// Package probe is the doctor's hands: it gathers facts from the living world
// and judges none of them. What it cannot see it says, with the reason.
//
// Everything is asked side by side, within a budget that also holds against
// servers that hang, names that nobody resolves and bodies that come byte by
// byte. The provider is asked through the gateway's own transport, and its
// answers are compared with those to requests that are certainly wrong; see
// docs/decisions/0012-one-request-carries-the-secret.md for what is sent.
//
// No secret, code, state, nonce or token is in any fact, error or step.
package probe
